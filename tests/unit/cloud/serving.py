"""One real HTTP server per test process, whose application each test replaces: starting uvicorn costs 0.2 s."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.unit.cloud import controllers

from pinnace_cloud import api
from pinnace_cloud.ports import Controller


@dataclass
class Server:
    """`controller` is what the current test asks; set by `use`."""

    url: str
    app: ASGIApp | None = None
    controller: controllers.MemoryController = field(default_factory=controllers.MemoryController)
    _router: APIRouter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)

    def use(self, controller: Controller, settings: api.ApiSettings) -> None:
        app = api.create(controller, settings)
        # The routes are the same for all; FastAPI makes them ready at their first request, which takes 50 ms.
        app.router = self._router = self._router or app.router
        self.app = app
        if isinstance(controller, controllers.MemoryController):
            self.controller = controller

    def client(self, token: str | None = controllers.TOKEN) -> httpx.Client:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        no_tls = False  # loading the CA bundle for each client would cost more than the test
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, verify=no_tls)


@contextmanager
def serve() -> Iterator[Server]:
    """Listens on a free port of the loopback until left."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
    config = uvicorn.Config(server, log_config=None, log_level="critical", lifespan="off", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, args=([listener],))
    thread.start()
    try:
        yield server
    finally:
        running.should_exit = True
        thread.join(timeout=10)
        listener.close()
