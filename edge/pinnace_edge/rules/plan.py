"""Turns desired state, inventory and live objects into ordered actions. Reads nothing, writes nothing.

Keeps true: no object without our label for this application is changed or deleted, whatever the inventory says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pinnace_edge.model import AppKey, Health, Kind, Live, Owned, Ref, Status
from pinnace_edge.rules import ownership
from pinnace_edge.rules.ownership import Desired
from pinnace_schemas.bundle import OnConflict
from pinnace_schemas.reasons import Reason

# Deleting these takes data or other people's objects with them, so that needs an explicit policy, which does not exist
# yet: they are left behind, without being forgotten silently (the journal says so).
KEPT_KINDS = frozenset({"Namespace", "PersistentVolumeClaim", "CustomResourceDefinition"})


class Cause(StrEnum):
    """Why an object is applied."""

    NEW = "new"
    CHANGED = "changed"
    DELETED_BY_SOMEONE = "deleted"
    EDITED_BY_SOMEONE = "edited"


@dataclass(frozen=True, slots=True)
class Apply:
    """Send this object. `force` takes fields over from other managers."""

    desired: Desired
    cause: Cause
    force: bool

    @property
    def is_drift(self) -> bool:
        return self.cause in (Cause.DELETED_BY_SOMEONE, Cause.EDITED_BY_SOMEONE)


@dataclass(frozen=True, slots=True)
class Keep:
    """The object is as we left it: no request."""

    desired: Desired
    live: Live


@dataclass(frozen=True, slots=True)
class Refuse:
    """The object must not be touched."""

    ref: Ref
    reason: Reason
    message: str


Action = Apply | Keep | Refuse


@dataclass(frozen=True, slots=True)
class World:
    """What was found: `ours` carries the labels of the application, `foreign` does not, but may those of another."""

    inventory: Mapping[Ref, Owned]
    ours: Mapping[Ref, Live]
    foreign: Mapping[Ref, Live]
    refused: Mapping[Kind, tuple[Reason, str]]


def plan(wanted: Sequence[Desired], key: AppKey, world: World, on_conflict: OnConflict) -> tuple[Action, ...]:
    """One action per desired object, in the given order."""
    return tuple(_decide(item, key, world, on_conflict) for item in wanted)


def _decide(item: Desired, key: AppKey, world: World, on_conflict: OnConflict) -> Action:
    if refusal := world.refused.get(item.ref.kind):
        return Refuse(item.ref, *refusal)
    row = world.inventory.get(item.ref)
    live = world.ours.get(item.ref)
    if live is not None and ownership.owner(live.labels) == key:
        return _labelled(item, row, live, on_conflict)
    return _not_labelled(item, row, world)


def _not_labelled(item: Desired, row: Owned | None, world: World) -> Action:
    was_there = row is not None and row.uid != ""
    found = world.foreign.get(item.ref)
    if found is None and row is not None and row.body == item.digest and was_there and _ends_by_itself(item):
        return Keep(item, _finished(row))
    if found is None:
        return Apply(item, Cause.DELETED_BY_SOMEONE if was_there else Cause.NEW, force=False)
    return Refuse(item.ref, Reason.NOT_OURS, f"{_why_foreign(found, was_there=was_there)}; it was not touched")


def _ends_by_itself(item: Desired) -> bool:
    """A Job that Kubernetes deletes some time after it ended. Making it anew would run it again and again."""
    spec = item.body.get("spec")
    return item.ref.kind.kind == "Job" and isinstance(spec, dict) and "ttlSecondsAfterFinished" in spec


def _finished(row: Owned) -> Live:
    health = Health(Status.CURRENT, "ended, and was removed after its ttlSecondsAfterFinished")
    return Live(row.ref, row.uid, row.resource_version, {}, row.our_fields, health)


def _why_foreign(found: Live, *, was_there: bool) -> str:
    owner = ownership.owner(found.labels)
    if owner is not None:
        return f"belongs to application {owner}"
    return "our label was removed from it" if was_there else "it exists and was not made by Pinnace"


def _labelled(item: Desired, row: Owned | None, live: Live, on_conflict: OnConflict) -> Action:
    force = on_conflict is not OnConflict.FAIL
    if row is None or row.body != item.digest:
        return Apply(item, Cause.CHANGED, force)
    if row.uid != live.uid:
        return Apply(item, Cause.DELETED_BY_SOMEONE, force)
    if row.our_fields != live.our_fields:
        return Apply(item, Cause.EDITED_BY_SOMEONE, force)
    return Keep(item, live)


@dataclass(frozen=True, slots=True)
class Prune:
    """What of the inventory is no longer wanted: to delete, to leave behind, and rows of what is not there."""

    delete: tuple[Live, ...]
    leave: tuple[Ref, ...]
    forget: tuple[Ref, ...]
    blocked: tuple[Refuse, ...]


def prune(wanted: Sequence[Ref], key: AppKey, world: World) -> Prune:
    """Old inventory minus new. Only what carries our label with our application is deleted.

    An object whose apiVersion moved on (v1beta1 to v1) is the same object: only its old row is forgotten.
    """
    delete, leave, forget, blocked = [], [], [], []
    kept = {_identity(ref) for ref in wanted}
    for ref in sorted(set(world.inventory) - set(wanted)):
        live = world.ours.get(ref)
        if _identity(ref) in kept:
            forget.append(ref)
        elif refusal := world.refused.get(ref.kind):
            # A kind that does not exist any more took its objects with it.
            (forget.append(ref) if refusal[0] is Reason.UNKNOWN_KIND else blocked.append(Refuse(ref, *refusal)))
        elif live is None or ownership.owner(live.labels) != key:
            forget.append(ref)
        elif ref.kind.kind in KEPT_KINDS:
            leave.append(ref)
        else:
            delete.append(live)
    return Prune(tuple(delete), tuple(leave), tuple(forget), tuple(blocked))


def _identity(ref: Ref) -> tuple[str, str, str, str]:
    """What an object is whatever version it is addressed by: API group, kind, namespace, name."""
    return ref.kind.api_version.rpartition("/")[0], ref.kind.kind, ref.namespace, ref.name
