"""ComponentDefinition and TraitDefinition (`core.oam.dev/v1beta1`): types written in CUE, in KubeVela's own envelope.

Holds every field of KubeVela v1.11. Those that steer a cluster's controller, such as `childResourceKinds`, are kept and
mean nothing here.
"""

import re
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Metadata, Written

API_VERSION = "core.oam.dev/v1beta1"

# A DNS subdomain of Kubernetes.
NAME = r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"
# KubeVela's annotation for one line about a definition.
DESCRIPTION = "definition.oam.dev/description"


class Cue(Written):
    """`template` is CUE text."""

    template: str = Field(min_length=1)


class Schematic(Written):
    """KubeVela also has helm, kube and terraform; a definition of these is refused."""

    cue: Cue | None = None
    helm: Any = Field(default=None, repr=False)
    kube: Any = Field(default=None, repr=False)
    terraform: Any = Field(default=None, repr=False)


class Status(Written):
    """CUE texts: `healthPolicy` gives `isHealth`, `customStatus` gives `message`, `details` fields of any name."""

    custom_status: str = ""
    health_policy: str = ""
    details: str = ""


class Spec(Written):
    """What both kinds have."""

    schematic: Schematic
    status: Status = Status()
    version: str = ""
    extension: Any = Field(default=None, repr=False)

    @field_validator("schematic", mode="after")
    @classmethod
    def _is_cue(cls, value: Schematic) -> Schematic:
        if value.cue is None:
            raise PydanticCustomError("schematic", "only 'cue' is evaluated here; it needs cue.template")
        return value

    @property
    def template(self) -> str:
        assert self.schematic.cue is not None
        return self.schematic.cue.template


class Gvk(Written):
    api_version: str = ""
    kind: str = ""


class Workload(Written):
    """Which kind of object a component makes: for people."""

    type: str = ""
    definition: Gvk = Gvk()


class ComponentSpec(Spec):
    workload: Workload = Workload()
    child_resource_kinds: Any = Field(default=None, repr=False)
    revision_label: str = ""
    pod_spec_path: str = ""


class TraitSpec(Spec):
    """`appliesToWorkloads`, `conflictsWith` and `podDisruptive` are for people; KubeVela enforces none of them."""

    applies_to_workloads: Many[str] = ()
    conflicts_with: Many[str] = ()
    pod_disruptive: bool = False
    revision_enabled: bool = False
    workload_ref_path: str = ""
    manage_workload: bool = False
    control_plane_only: bool = False
    stage: str = ""
    definition_ref: Any = Field(default=None, repr=False)


class DefinitionMetadata(Metadata):
    """A definition holds in all namespaces; the one that KubeVela keeps it in is tolerated."""

    name: str
    namespace: str = Field(default="", repr=False)

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if not re.fullmatch(NAME, value):
            message = "must be at most 253 of a-z, 0-9, '-' and '.', as names in Kubernetes are"
            raise PydanticCustomError("name", message)
        return value


class ComponentDefinition(Written):
    """A component type."""

    api_version: Literal["core.oam.dev/v1beta1"] = "core.oam.dev/v1beta1"
    kind: Literal["ComponentDefinition"] = "ComponentDefinition"
    metadata: DefinitionMetadata
    spec: ComponentSpec
    status: Any = Field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.metadata.name


class TraitDefinition(Written):
    """A trait type."""

    api_version: Literal["core.oam.dev/v1beta1"] = "core.oam.dev/v1beta1"
    kind: Literal["TraitDefinition"] = "TraitDefinition"
    metadata: DefinitionMetadata
    spec: TraitSpec
    status: Any = Field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.metadata.name


Definition = ComponentDefinition | TraitDefinition

_WRITTEN = {"name", "namespace", "labels", "annotations"}


def to_dict(definition: Definition) -> dict[str, Any]:
    """The document again, as plain JSON: what was written, without what servers add."""
    metadata = definition.metadata.model_dump(mode="json", exclude_unset=True, include=_WRITTEN)
    spec = definition.spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {"apiVersion": API_VERSION, "kind": definition.kind, "metadata": metadata, "spec": spec}
