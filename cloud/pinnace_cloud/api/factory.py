"""Puts the API together. Order from the outside in: count, request id and bugs, who asks, routes.

Routes are plain functions, which FastAPI runs in its thread pool: the event loop also carries MQTT.
"""

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware import Middleware

from pinnace_cloud.api import (
    auth,
    errors,
    metrics,
    openapi,
    routes_applications,
    routes_definitions,
    routes_documents,
    routes_fleet,
    routes_self,
)
from pinnace_cloud.api.settings import ApiSettings
from pinnace_cloud.ports import Controller

PREFIX = "/api/v1"


def create(controller: Controller, settings: ApiSettings, registry: CollectorRegistry | None = None) -> FastAPI:
    """The ASGI application. `registry` may hold metrics of other parts; the API's own are added to it."""
    registry = CollectorRegistry() if registry is None else registry
    app = FastAPI(
        title="Pinnace",
        version=settings.version,
        docs_url=None,  # its page loads scripts from the internet
        redoc_url=None,
        redirect_slashes=False,
        responses=openapi.ERRORS,
        middleware=[
            Middleware(metrics.Count, registry=registry),
            Middleware(errors.Surface),
            Middleware(auth.Authenticate, controller=controller),
        ],
    )
    app.state.controller, app.state.settings, app.state.registry = controller, settings, registry
    registry.register(metrics.Fleet(controller, settings))
    errors.install(app)
    openapi.install(app)
    app.include_router(routes_self.router)
    app.include_router(_versioned(), prefix=PREFIX)
    return app


def _versioned() -> APIRouter:
    router = APIRouter()
    for part in (routes_documents, routes_applications, routes_definitions, routes_fleet):
        router.include_router(part.router)
    router.include_router(routes_self.versioned)
    return router
