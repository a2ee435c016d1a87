"""What a kind is called and how it can be used: a row of discovery. Values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pinnace_sim.cluster.schema.types import Type

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class ScalePaths:
    """Where a scale subresource finds its numbers; each begins with a dot, as in CRDs."""

    wanted: str = ".spec.replicas"
    there: str = ".status.replicas"
    selector: str = ".spec.selector"


OF_WORKLOADS = ScalePaths()


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One kind under one version. `fields` gives its schema; it is asked late, because most kinds are never used."""

    group: str
    version: str
    kind: str
    plural: str
    is_namespaced: bool
    fields: Callable[[], Type]
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS
    is_custom: bool = False
    scale_paths: ScalePaths = OF_WORKLOADS

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def singular(self) -> str:
        return self.kind.lower()

    @property
    def key(self) -> str:
        """The name under which its objects are stored, such as 'deployments.apps'."""
        return str(self)

    @property
    def has_status(self) -> bool:
        return "status" in self.subresources

    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural
