"""Routes about the controller itself: alive, ready, version, metrics."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from pinnace_cloud.api.operations import Operations
from pinnace_cloud.api.settings import ApiSettings
from pinnace_schemas import api

router = APIRouter(tags=["controller"])
versioned = APIRouter(tags=["controller"])


async def _settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


async def _registry(request: Request) -> CollectorRegistry:
    registry: CollectorRegistry = request.app.state.registry
    return registry


@router.get("/healthz")
async def healthz() -> dict[str, bool]:
    """The event loop turns; says nothing about store and broker, so that a restart never follows from theirs."""
    return {"ok": True}


@router.get("/readyz")
def readyz(controller: Operations, response: Response) -> dict[str, bool]:
    """Named conditions; 503 when one of them does not hold."""
    conditions = controller.ready()
    response.status_code = 200 if all(conditions.values()) else 503
    return conditions


@router.get("/metrics", response_class=Response)
def metrics(registry: Annotated[CollectorRegistry, Depends(_registry)]) -> Response:
    """Prometheus text."""
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@versioned.get("/version")
async def version(settings: Annotated[ApiSettings, Depends(_settings)]) -> api.VersionBody:
    """What answers."""
    return api.VersionBody(version=settings.version, tenant=settings.tenant)


@versioned.get("/broker")
def broker(controller: Operations) -> api.BrokerBody:
    """Whether there is a link to the broker: without one nothing is delivered."""
    return controller.broker()
