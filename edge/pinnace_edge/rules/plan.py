"""Turns desired state, inventory and live objects into ordered actions. Reads nothing, writes nothing.

Keeps true: no object without our label for this application is changed or deleted, whatever the inventory says.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pinnace_edge.model import FAILED_AT_LAST, AppKey, Health, Kind, Live, Owned, Ref, Status
from pinnace_edge.rules import ownership
from pinnace_edge.rules.ownership import Desired
from pinnace_schemas.bundle import OnConflict
from pinnace_schemas.handling import Prune, When
from pinnace_schemas.reasons import Reason

# By these an object is found.
_KNOWN_BY = frozenset({"apiVersion", "kind", "metadata"})


class Cause(StrEnum):
    """Why an object is applied."""

    NEW = "new"
    CHANGED = "changed"
    DELETED_BY_SOMEONE = "deleted"
    EDITED_BY_SOMEONE = "edited"


@dataclass(frozen=True, slots=True)
class Apply:
    """Send this object. `force` takes fields over from other managers; what others set at `leave` stays theirs."""

    desired: Desired
    cause: Cause
    force: bool
    leave: tuple[str, ...] = ()

    @property
    def is_drift(self) -> bool:
        return self.cause in (Cause.DELETED_BY_SOMEONE, Cause.EDITED_BY_SOMEONE)


@dataclass(frozen=True, slots=True)
class Keep:
    """The object is as we left it: no request."""

    desired: Desired
    live: Live


@dataclass(frozen=True, slots=True)
class Observe:
    """Only look how it is: its policy says so, or (`is_share`) another application applies what this one holds too."""

    desired: Desired
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """The object must not be touched. `after`: what it waits for, where that may bring its kind."""

    ref: Ref
    reason: Reason
    message: str
    after: tuple[Ref, ...] = ()


Action = Apply | Keep | Observe | Refuse


@dataclass(frozen=True, slots=True)
class World:
    """What was found: `ours` carries the labels of the application, `foreign` does not, but may those of another.

    `holders`: of what is shared or was to stay for good, the other applications of this node that hold it.
    """

    inventory: Mapping[Ref, Owned]
    ours: Mapping[Ref, Live]
    foreign: Mapping[Ref, Live]
    refused: Mapping[Kind, tuple[Reason, str]]
    holders: Mapping[Ref, Collection[AppKey]] = field(default_factory=dict)


def plan(wanted: Sequence[Desired], key: AppKey, world: World, on_conflict: OnConflict) -> tuple[Action, ...]:
    """One action per desired object, in the given order."""
    return tuple(_decide(item, key, world, on_conflict) for item in wanted)


def _decide(item: Desired, key: AppKey, world: World, on_conflict: OnConflict) -> Action:
    if refusal := world.refused.get(item.ref.kind):
        return Refuse(item.ref, *refusal)
    if item.handling.observe:
        return Observe(item)
    row = world.inventory.get(item.ref)
    live = world.ours.get(item.ref)
    if live is not None and ownership.owner(live.labels) == key:
        return _labelled(item, row, live, on_conflict)
    found = world.foreign.get(item.ref)
    return _absent(item, row) if found is None else _foreign(item, row, found, world)


def newly_failed(actions: Iterable[Action], inventory: Mapping[Ref, Owned]) -> tuple[Owned, ...]:
    """Rows for what ends by itself and has failed: when it is gone, nobody else will know."""
    kept = (action for action in actions if isinstance(action, Keep) and _ends_by_itself(action.desired))
    rows = (inventory.get(each.desired.ref) for each in kept if each.live.health.status is Status.FAILED)
    return tuple(replace(row, resource_version=FAILED_AT_LAST) for row in rows if row and not row.has_failed)


def _absent(item: Desired, row: Owned | None) -> Action:
    was_there = row is not None and row.uid != "" and row.body != ""
    if row is not None and was_there and row.body == item.digest:
        if _ends_by_itself(item):
            return Keep(item, _gone(row, _FAILED if row.has_failed else _FINISHED))
        if _is_left(item, When.KEEP):
            return Keep(item, _gone(row, _LEFT_DELETED))
    return Apply(item, Cause.DELETED_BY_SOMEONE if was_there else Cause.NEW, force=False)


def _foreign(item: Desired, row: Owned | None, found: Live, world: World) -> Action:
    """What may be adopted is applied by force; what is shared, by whoever holds it first."""
    owner = ownership.owner(found.labels)
    if item.handling.adopt and (owner is None or _is_left_behind(found, world)):
        return _taking_over(item)
    if owner is not None and item.handling.shared and ownership.is_shared(found.labels):
        is_held = owner in world.holders.get(item.ref, ())
        return Observe(item, is_share=True) if is_held else _taking_over(item)
    was_there = row is not None and row.uid != ""
    why = _why_foreign(item, owner, was_there=was_there)
    return Refuse(item.ref, Reason.NOT_OURS, f"{why}; it was not touched")


def _taking_over(item: Desired) -> Apply:
    return Apply(item, Cause.NEW, force=True, leave=_left_paths(item, When.UPDATE))


def _is_left_behind(found: Live, world: World) -> bool:
    """Its application let it go and was to leave it in place, and no other holds it: it belongs to nobody."""
    return ownership.prune_of(found.labels) is Prune.NEVER and not world.holders.get(found.ref)


def _ends_by_itself(item: Desired) -> bool:
    """A Job that Kubernetes deletes some time after it ended. Making it anew would run it again and again."""
    spec = item.body.get("spec")
    return item.ref.kind.kind == "Job" and isinstance(spec, dict) and "ttlSecondsAfterFinished" in spec


_FINISHED = Health(Status.CURRENT, "ended, and was removed after its ttlSecondsAfterFinished", is_over=True)
_FAILED = Health(Status.FAILED, "the job failed, and was removed after its ttlSecondsAfterFinished", is_over=True)
_LEFT_DELETED = Health(Status.NOT_FOUND, "deleted by someone, and its policy apply-once does not bring it back")


def _gone(row: Owned, health: Health) -> Live:
    return Live(row.ref, row.uid, row.resource_version, {}, row.our_fields, health)


def _why_foreign(item: Desired, owner: AppKey | None, *, was_there: bool) -> str:
    if owner is not None:
        return f"belongs to application {owner}" + (", which does not share it" if item.handling.shared else "")
    return "our label was removed from it" if was_there else "it exists and was not made by Pinnace"


def _labelled(item: Desired, row: Owned | None, live: Live, on_conflict: OnConflict) -> Action:
    force = on_conflict is not OnConflict.FAIL
    cause = _cause(item, row, live)
    if cause is None:
        return Keep(item, live)
    moment = When.UPDATE if cause is Cause.CHANGED else When.KEEP
    if row is not None and _is_left(item, moment) and ownership.is_marked(item, live.labels):
        return Keep(item, live)
    return Apply(item, cause, force, _left_paths(item, moment))


def _cause(item: Desired, row: Owned | None, live: Live) -> Cause | None:
    if row is None or row.body != item.digest:
        return Cause.CHANGED
    if row.uid != live.uid:
        return Cause.DELETED_BY_SOMEONE
    return Cause.EDITED_BY_SOMEONE if row.our_fields != live.our_fields else None


def _is_left(item: Desired, moment: When) -> bool:
    """The whole object is left to others at this moment."""
    once = item.handling.once
    return once is not None and once.paths is None and once.holds(moment)


def _left_paths(item: Desired, moment: When) -> tuple[str, ...]:
    """Also of what is left to others as a whole: all but our labels, by which it is known whose it is."""
    once = item.handling.once
    if once is None or not once.holds(moment):
        return ()
    return once.paths or (*sorted(item.body.keys() - _KNOWN_BY), "metadata.annotations")
