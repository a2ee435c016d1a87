"""The one place where an error becomes an answer: an ErrorBody with the status that its reason asks for.

What is neither Rejected nor Unavailable is our bug: it is logged once with the request's id and answered with the
id alone, since a stack trace helps nobody at the other end.
"""

import logging
import math
import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import api, diagnostics, wording
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

REQUEST_ID = "X-Request-Id"

_STATUS = {
    Reason.UNAUTHENTICATED: 401,
    Reason.NOT_FOUND: 404,
    Reason.TWO_GROUPS: 409,
    Reason.IN_USE: 409,
    Reason.TOO_LARGE: 413,
}
_REFUSED = 422
_UNKNOWN_FIELD = "extra_forbidden"  # pydantic's names of two kinds of error
_NOT_JSON = "json_invalid"
# The controller's own waits (a locked store, a broker that reconnects) end within seconds.
_DEFAULT_RETRY_S = 5

_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Every error that a route raises on purpose, and those of the framework, leave as an ErrorBody."""
    app.add_exception_handler(Rejected, _on_error)
    app.add_exception_handler(Unavailable, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def answer(error: Rejected | Unavailable) -> Response:
    """Status, headers and body of an error that was raised on purpose."""
    if isinstance(error, Unavailable):
        retry_s = _DEFAULT_RETRY_S if error.retry_after_s is None else max(1, math.ceil(error.retry_after_s))
        body = api.ErrorBody(reason=Reason.UNAVAILABLE, message=str(error))
        return _response(503, body, {"Retry-After": str(retry_s)})
    found = error.diagnostics if isinstance(error, InvalidSources) else ()
    body = api.ErrorBody(reason=error.reason, message=error.message, where=error.where, diagnostics=found)
    # Something that a document names and that is not there is a fault of the document, not of the path.
    status = _REFUSED if found and error.reason is Reason.NOT_FOUND else _STATUS.get(error.reason, _REFUSED)
    return _response(status, body, {"WWW-Authenticate": "Bearer"} if status == 401 else {})


def invalid(problems: Sequence[Any]) -> Rejected:
    """Pydantic's list of errors as one Rejected: the first one's field path and text, and how many more there are."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    reason = {_UNKNOWN_FIELD: Reason.UNKNOWN_FIELD, _NOT_JSON: Reason.MALFORMED}.get(first["type"], Reason.INVALID)
    return Rejected(reason, f"{wording.of(first)}{more}", diagnostics.join_path(first["loc"]) or "body")


class Surface:
    """Outermost: gives each request an id, and turns a bug into an answer that carries it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        has_started = False

        async def send_with_id(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            _log.debug("request %s: the client hung up", request_id)
        except Exception:
            if has_started:
                raise
            _log.exception("request %s failed: %s %r", request_id, scope["method"], scope["path"])
            await _bug(request_id)(scope, receive, send_with_id)


def _bug(request_id: str) -> Response:
    message = f"the controller met a bug; its log tells more under request id {request_id}"
    return _response(500, api.ErrorBody(reason=Reason.INTERNAL, message=message))


async def _on_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Rejected | Unavailable):
        raise error
    return answer(error)


async def _on_invalid(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # The first part of a location says where the field stands (path or query); the field's name is enough.
    return answer(invalid([{**problem, "loc": problem["loc"][1:]} for problem in error.errors()]))


async def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    is_unknown = error.status_code == 404
    reason, message = (Reason.NOT_FOUND, "no such path in this API") if is_unknown else (Reason.INVALID, error.detail)
    body = api.ErrorBody(reason=reason, message=message, where=f"{request.method} {request.url.path}")
    return _response(error.status_code, body, dict(error.headers or {}))


def _response(status: int, body: api.ErrorBody, headers: dict[str, str] | None = None) -> Response:
    return Response(body.model_dump_json(), status, headers, media_type="application/json")
