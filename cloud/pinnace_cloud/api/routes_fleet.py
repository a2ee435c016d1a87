"""Routes of node groups and nodes, and the tokens that let nodes join."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from pinnace_cloud.api import bodies, openapi
from pinnace_cloud.api.auth import Actor
from pinnace_cloud.api.operations import NameInPath, Operations
from pinnace_schemas import api
from pinnace_schemas.head import MAX_NUMBER

router = APIRouter(tags=["fleet"])

# A page of this many entries is about 300 KiB and takes a few milliseconds to read and to write.
_MAX_PAGE = 1000

_SEEN = "the last row already seen; 0 begins at the first"

Cursor = Annotated[int, Query(ge=0, le=MAX_NUMBER, description=_SEEN)]
OptionalCursor = Annotated[int | None, Query(ge=0, le=MAX_NUMBER, description=f"{_SEEN}; without it the newest rows")]
PageSize = Annotated[int, Query(ge=1, le=_MAX_PAGE)]
TokenRequest = Annotated[api.TokenRequest, bodies.strict(api.TokenRequest)]


@router.get("/groups")
def groups(controller: Operations) -> tuple[api.GroupSummary, ...]:
    """All node groups."""
    return controller.groups()


@router.get("/groups/{name}")
def group(name: NameInPath, controller: Operations) -> api.GroupSummary:
    """One node group."""
    return controller.group(name)


@router.delete("/groups/{name}", status_code=status.HTTP_204_NO_CONTENT)
def delete_group(name: NameInPath, controller: Operations, actor: Actor) -> None:
    """Refused while an application names it."""
    controller.delete_group(name, actor)


@router.get("/nodes")
def nodes(controller: Operations) -> tuple[api.NodeSummary, ...]:
    """All nodes."""
    return controller.nodes()


@router.get("/nodes/{name}")
def node(name: NameInPath, controller: Operations) -> api.NodeStatus:
    """One node with the state of each application on it."""
    return controller.node(name)


@router.delete("/nodes/{name}", status_code=status.HTTP_204_NO_CONTENT)
def delete_node(name: NameInPath, controller: Operations, actor: Actor) -> None:
    """Forgets the node and its key; its site keeps what it runs."""
    controller.delete_node(name, actor)


@router.get("/nodes/{name}/journal")
def journal(name: NameInPath, controller: Operations, cursor: Cursor = 0, limit: PageSize = 500) -> api.JournalPage:
    """What happened on a node, in order of storing."""
    return controller.journal(name, cursor, limit)


@router.get("/journal")
def fleet_journal(
    controller: Operations, cursor: OptionalCursor = None, limit: PageSize = _MAX_PAGE
) -> api.JournalPage:
    """What happened on all nodes, in order of storing."""
    return controller.fleet_journal(cursor, limit)


@router.post("/tokens", status_code=status.HTTP_201_CREATED, openapi_extra=openapi.takes(api.TokenRequest))
def create_join_token(request: TokenRequest, controller: Operations, actor: Actor) -> api.TokenResponse:
    """A join token for a node: usable once, shown once."""
    return controller.create_join_token(request, actor)
