"""Request bodies: size before reading, depth before parsing, then a strict model; nothing is guessed or converted.

FastAPI's own body parameters go through Python objects, where strict models refuse JSON's lists and strings for
tuples and enums; so the bytes go to the model here, in a worker thread, since a large one takes tens of milliseconds.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from pinnace_cloud.api import errors
from pinnace_cloud.api.settings import ApiSettings
from pinnace_schemas import amounts, codec
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

Model = TypeVar("Model", bound=BaseModel)

_JSON = "application/json"


def strict(model: type[Model]) -> Any:
    """A dependency that gives the request's body as `model`; an empty body stands for `{}`."""
    return Depends(_reader(model))


def _reader(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    async def read(request: Request) -> Model:
        settings: ApiSettings = request.app.state.settings
        data = await _bytes(request, settings.max_body_bytes)
        return await run_in_threadpool(_parse, model, data or b"{}", settings.max_body_depth)

    return read


async def _bytes(request: Request, limit: int) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            raise _too_large(limit)
    if data:
        _check_type(request.headers.get("content-type", ""))
    return bytes(data)


def _check_type(header: str) -> None:
    """A web page can make a browser send forms and plain text anywhere, but not JSON."""
    if header.partition(";")[0].strip().lower() != _JSON:
        raise Rejected(Reason.MALFORMED, f"send the body as {_JSON}, not as '{header[:100]}'", "Content-Type")


def _too_large(limit: int) -> Rejected:
    return Rejected(Reason.TOO_LARGE, f"a request has at most {amounts.size(limit)}; send fewer files at once", "body")


def _parse(model: type[Model], data: bytes, max_depth: int) -> Model:
    codec.check_depth(data, max_depth, "body")
    try:
        return model.model_validate_json(data)
    except ValidationError as exc:
        raise errors.invalid(exc.errors(include_url=False, include_input=False)) from exc
