"""Routes of definitions. They are applied like all documents."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, status

from pinnace_cloud.api.auth import Actor
from pinnace_cloud.api.operations import Operations
from pinnace_schemas import api
from pinnace_schemas.definition import NAME

router = APIRouter(tags=["definitions"])

KindInPath = Annotated[Literal["ComponentDefinition", "TraitDefinition"], Path()]
NameInPath = Annotated[str, Path(pattern=f"^{NAME}$", description="a name of Kubernetes: a DNS subdomain")]


@router.get("/definitions")
def definitions(controller: Operations) -> tuple[api.DefinitionSummary, ...]:
    """All component and trait types that are defined, each in its newest version."""
    return controller.definitions()


@router.get("/definitions/{kind}/{name}")
def definition(kind: KindInPath, name: NameInPath, controller: Operations) -> api.DefinitionStatus:
    """One definition, and the version that each application is rendered with."""
    return controller.definition(kind, name)


@router.get("/types")
def types(controller: Operations) -> tuple[api.DefinedType, ...]:
    """The types that definitions bring, each with the properties that its template declares, as CUE."""
    return controller.types()


@router.delete("/definitions/{kind}/{name}", status_code=status.HTTP_204_NO_CONTENT)
def delete_definition(kind: KindInPath, name: NameInPath, controller: Operations, actor: Actor) -> None:
    """Refused while an application is rendered with any version of it."""
    controller.delete_definition(kind, name, actor)
