"""The policy `replication`: makes of each component that it selects one for each key, after all overrides.

It holds only where a deploy step names it, as in KubeVela. What tells the replicas apart is `replicaKey`: types that do
not look at it make the same objects for each, which is refused as such.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from pinnace_cloud.render.drafts import Draft
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason

Drafts = tuple[Draft, ...]


class ReplicationParameters(Written):
    closed: ClassVar[bool] = True

    keys: Many[str]
    """One replica is made for each."""
    selector: Many[str] = ()
    """Names of the components to replicate."""


class Replication:
    """Makes replicas of components that are told apart by a key."""

    name = "replication"
    parameters = ReplicationParameters
    only_where_named = True

    def change(
        self, parameters: ReplicationParameters, path: Parts, components: Drafts
    ) -> tuple[Drafts, tuple[Diagnostic, ...]]:
        """Replicas stand behind all others, by component, then by key."""
        if not parameters.keys:
            message = "needs at least one key, or the selected components would be nowhere"
            return components, (diagnostics.error(Reason.INVALID, message, *path, "properties", "keys"),)
        names, place = parameters.selector, (*path, "properties", "selector")
        chosen = {item.component.name: item for item in reversed(components) if item.component.name in names}
        if not chosen:
            hint = f"components: {', '.join(item.component.name for item in components)}"
            message = "no component selected to replicate"
            return components, (diagnostics.error(Reason.INVALID, message, *place, hint=hint),)
        others = (item for item in components if item.component.name not in chosen or item.component.replica_key)
        replicas = (_replica(item, key) for item in reversed(chosen.values()) for key in parameters.keys)
        return (*others, *replicas), tuple(_missing(names, chosen, place))


def _missing(names: Sequence[str], chosen: Collection[str], place: Parts) -> Iterator[Diagnostic]:
    for index, name in enumerate(names):
        if name not in chosen:
            yield diagnostics.warning(Reason.INVALID, f"no component is called '{name}' here", *place, index)


def _replica(item: Draft, key: str) -> Draft:
    return replace(item, component=item.component.model_copy(update={"replica_key": key}))
