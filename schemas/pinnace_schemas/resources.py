"""NodeGroup and Node (`pinnace.dev/v1alpha1`), and the pure rules which nodes a group has."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from pinnace_schemas.fields import DnsLabel, Many
from pinnace_schemas.head import RESERVED_GROUPS
from pinnace_schemas.metadata import Named, Written

API_VERSION = "pinnace.dev/v1alpha1"


class Requirement(Written):
    """One line of matchExpressions, with the meaning of Kubernetes' label selectors."""

    key: str = Field(min_length=1)
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: Many[str] = ()

    @model_validator(mode="after")
    def _values_fit(self) -> Self:
        if bool(self.values) != (self.operator in ("In", "NotIn")):
            wanted = "needs 'values'" if self.operator in ("In", "NotIn") else "takes no 'values'"
            raise PydanticCustomError("selector", "operator {operator} " + wanted, {"operator": self.operator})
        return self


class Selector(Written):
    """All of it must hold. An empty selector selects every node, as in Kubernetes."""

    match_labels: dict[str, str] = Field(default_factory=dict)
    match_expressions: Many[Requirement] = ()


class GroupSpec(Written):
    """Members are `nodes` united with what `selector` selects; no selector selects nothing."""

    nodes: Many[DnsLabel] = ()
    selector: Selector | None = None


class GroupMetadata(Named):
    """A group's name is also the name of its role in the signed metadata, where TUF has names of its own."""

    @field_validator("name")
    @classmethod
    def _is_free(cls, value: str) -> str:
        if value in RESERVED_GROUPS:
            listed = ", ".join(sorted(RESERVED_GROUPS))
            raise PydanticCustomError("reserved", "no group can have one of these names: {listed}", {"listed": listed})
        return value


class NodeGroup(Written):
    """`metadata.labels` are what a topology's clusterLabelSelector selects."""

    api_version: Literal["pinnace.dev/v1alpha1"] = "pinnace.dev/v1alpha1"
    kind: Literal["NodeGroup"] = "NodeGroup"
    metadata: GroupMetadata
    spec: GroupSpec = GroupSpec()
    status: Any = Field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.metadata.name


class NodeSpec(Written):
    description: str = ""


class Node(Written):
    """One k3s site. `metadata.labels` are what the selector of a NodeGroup looks at."""

    api_version: Literal["pinnace.dev/v1alpha1"] = "pinnace.dev/v1alpha1"
    kind: Literal["Node"] = "Node"
    metadata: Named
    spec: NodeSpec = NodeSpec()
    status: Any = Field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.metadata.name


def matches(selector: Selector, labels: Mapping[str, str]) -> bool:
    """True if every matchLabels pair and every requirement holds for `labels`."""
    pairs = all(labels.get(key) == value for key, value in selector.match_labels.items())
    return pairs and all(_holds(item, labels) for item in selector.match_expressions)


def group_members(group: NodeGroup, nodes: Iterable[Node]) -> tuple[str, ...]:
    """Names of the members, sorted. A name in `spec.nodes` is a member also when no such Node exists yet."""
    selector = group.spec.selector
    chosen = set() if selector is None else {node.name for node in nodes if matches(selector, node.metadata.labels)}
    return tuple(sorted(chosen | set(group.spec.nodes)))


def to_dict(resource: NodeGroup | Node) -> dict[str, Any]:
    """The document again, as plain JSON: what was written, without what servers add."""
    plain = resource.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"status"})
    return {"apiVersion": API_VERSION, "kind": resource.kind, **plain}


def _holds(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    """A missing key satisfies NotIn, as in Kubernetes."""
    there = requirement.key in labels
    listed = there and labels[requirement.key] in requirement.values
    return {"In": listed, "NotIn": not listed, "Exists": there, "DoesNotExist": not there}[requirement.operator]
