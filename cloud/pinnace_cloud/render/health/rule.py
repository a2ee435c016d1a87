"""What a health rule sees and says, and the protocol that a component or trait type may fulfil to have one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from pinnace_cloud.materials.needs import Materials, Need
from pinnace_schemas.bundle import KubeObject


@dataclass(frozen=True, slots=True)
class Live:
    """The objects of one component, or of one of its traits, as a cluster has them.

    A component's rule sees the workload as `output` and its further objects as `outputs`; a trait's rule sees the
    objects that the trait made as `outputs`, and no `output`. Keys of `outputs` are those of `Part.key`. `properties`
    are those of the component or trait as written, without defaults: KubeVela's rules see them so. `materials` has the
    answers to what the rule has asked for (see `Health.needs`). `labels` and `annotations` are the Application's,
    `replica` tells replicas of a component apart.
    """

    component: str
    application: str
    namespace: str
    output: KubeObject | None = None
    outputs: Mapping[str, KubeObject] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    materials: Materials = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    replica: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """`message` is for people, empty where the rule has none, and so are `details`, by name; `error` says why the rule
    could not be evaluated.

    What could not be evaluated is not healthy, unless only the message failed. `needs` is what the rule misses among
    the materials; where there are any, it is asked again with them.
    """

    is_healthy: bool
    message: str = ""
    error: str = ""
    needs: tuple[Need, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class HealthRule(Protocol):
    """A component or trait type that says when it is healthy. A type without a rule is healthy once it is applied."""

    def health(self, live: Live) -> Health:
        """Never raises."""
        ...


def of(kind: object, live: Live) -> Health:
    """By the rule of a component or trait type, if it has one."""
    return kind.health(live) if isinstance(kind, HealthRule) else Health(is_healthy=True)
