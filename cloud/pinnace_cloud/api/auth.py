"""Who asks: a bearer token for every path but /healthz, also for paths that do not exist.

Runs before anything of the request's body is read. The token goes to the controller, which compares hashes; it is
never logged and never repeated in an answer.
"""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pinnace_cloud.api import errors
from pinnace_cloud.ports import Controller
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

OPEN_PATHS = frozenset({"/healthz"})

_SCHEME = "bearer"
# Ours have about 60 characters; hashing megabytes for strangers would be a gift.
_MAX_TOKEN_CHARS = 512


class Authenticate:
    """Lets a request pass with the actor's name in its state, or answers 401."""

    def __init__(self, app: ASGIApp, controller: Controller) -> None:
        self._app = app
        self._controller = controller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            try:
                scope.setdefault("state", {})["actor"] = await self._actor(Headers(scope=scope))
            except (Rejected, Unavailable) as exc:
                await errors.answer(exc)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _actor(self, headers: Headers) -> str:
        token = bearer(headers.get("authorization", ""))
        actor = await run_in_threadpool(self._controller.authenticate, token)
        if actor is None:
            raise Rejected(Reason.UNAUTHENTICATED, "this API token is not known to the controller", "Authorization")
        return actor


def bearer(header: str) -> str:
    """The token of an Authorization header. Raises Rejected(UNAUTHENTICATED)."""
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != _SCHEME or not 0 < len(token) <= _MAX_TOKEN_CHARS or not token.isascii():
        raise Rejected(Reason.UNAUTHENTICATED, "send the header 'Authorization: Bearer TOKEN'", "Authorization")
    return token


async def _actor_of(request: Request) -> str:
    return str(request.state.actor)


Actor = Annotated[str, Depends(_actor_of)]
