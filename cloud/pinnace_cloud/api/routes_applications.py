"""Routes of applications: where they stand, what they were, and their end."""

from typing import Annotated

from fastapi import APIRouter, Query

from pinnace_cloud.api import bodies, openapi
from pinnace_cloud.api.auth import Actor
from pinnace_cloud.api.operations import NameInPath, Operations
from pinnace_schemas import api
from pinnace_schemas.names import DNS_LABEL

router = APIRouter(tags=["applications"])

Namespace = Annotated[str | None, Query(pattern=DNS_LABEL)]
Rollback = Annotated[api.RollbackRequest, bodies.strict(api.RollbackRequest)]


@router.get("/applications")
def applications(controller: Operations, namespace: Namespace = None) -> tuple[api.ApplicationSummary, ...]:
    """All applications, or those of one namespace."""
    return controller.applications(namespace)


@router.get("/applications/{namespace}/{name}")
def application(namespace: NameInPath, name: NameInPath, controller: Operations) -> api.ApplicationStatus:
    """One application with its document and its state on each node."""
    return controller.application(namespace, name)


@router.get("/applications/{namespace}/{name}/history")
def history(namespace: NameInPath, name: NameInPath, controller: Operations) -> tuple[api.RevisionInfo, ...]:
    """Its revisions."""
    return controller.history(namespace, name)


@router.post(
    "/applications/{namespace}/{name}/rollback", openapi_extra=openapi.takes(api.RollbackRequest, required=False)
)
def rollback(
    namespace: NameInPath, name: NameInPath, request: Rollback, controller: Operations, actor: Actor
) -> api.ApplyItem:
    """Old content as a new revision; without `to`, that of the revision before the current one."""
    return controller.rollback(namespace, name, request.to, actor)


@router.delete("/applications/{namespace}/{name}")
def delete(
    namespace: NameInPath, name: NameInPath, controller: Operations, actor: Actor, force: bool = False
) -> api.ApplicationStatus:
    """Begins the removal; the application is listed until each node has said Removed. `force` forgets it now."""
    return controller.delete_application(namespace, name, force=force, actor=actor)


@router.get("/verdicts")
def verdicts(controller: Operations) -> tuple[api.NodeVerdict, ...]:
    """Every application on every node."""
    return controller.verdicts()
