"""Routes that take what people write: apply (also as a dry run) and diff."""

from typing import Annotated

from fastapi import APIRouter

from pinnace_cloud.api import bodies, openapi
from pinnace_cloud.api.auth import Actor
from pinnace_cloud.api.operations import Operations
from pinnace_schemas import api

router = APIRouter(tags=["documents"])

Request = Annotated[api.ApplyRequest, bodies.strict(api.ApplyRequest)]
_TAKES = openapi.takes(api.ApplyRequest)


@router.post("/apply", openapi_extra=_TAKES)
def apply(request: Request, controller: Operations, actor: Actor) -> api.ApplyResponse:
    """Checks everything, then stores everything in one transaction; with `dry_run` it only checks."""
    return controller.apply(request, actor)


@router.post("/diff", openapi_extra=_TAKES)
def diff(request: Request, controller: Operations) -> api.DiffResponse:
    """What `apply` would change in the rendered objects of each application and group."""
    return controller.diff(request)
