"""What of an application's inventory goes, now that it is no longer wanted. Reads nothing, writes nothing.

Keeps true: nothing is deleted that does not carry our label for this application, but for one case: of what several
applications share, the last one that holds it deletes it, whoever's label it carries. Nobody is the last as long as
another application, or a head that may name one, is on its way here, which may hold it too. Of when it goes each says
its own word, and that of the last one counts; `never` of the one that wrote it, or of one that holds it as that one
goes, is not passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pinnace_edge.model import AppKey, Live, Owned, Ref
from pinnace_edge.rules import ownership
from pinnace_edge.rules.plan import Refuse, World
from pinnace_schemas.handling import Prune as Asked
from pinnace_schemas.reasons import Reason

# Deleting these takes data with them, so that needs an explicit policy.
_DATA_KINDS = frozenset({"PersistentVolumeClaim", "CustomResourceDefinition"})
# Deleting one takes other people's objects with it: no policy allows that.
_NAMESPACE = "Namespace"


@dataclass(frozen=True, slots=True)
class Left:
    """An object that stays although nobody wants it any more, and why."""

    ref: Ref
    message: str


@dataclass(frozen=True, slots=True)
class Prune:
    """What is no longer wanted: to delete, to leave behind, to hold for those that come, and rows of what is not there
    or not for us to delete."""

    delete: tuple[Live, ...]
    leave: tuple[Left, ...]
    hold: tuple[Left, ...]
    forget: tuple[Ref, ...]
    blocked: tuple[Refuse, ...]


@dataclass(frozen=True, slots=True)
class Others:
    """The other applications of this node: those that are to be here and are not applied yet, of which nobody knows
    what they hold, and those that go, with their inventories. `is_complete`: the heads of all groups are here, so that
    no further one is on its way."""

    coming: tuple[AppKey, ...] = ()
    is_complete: bool = True
    leaving: Mapping[AppKey, Mapping[Ref, Owned]] = field(default_factory=dict)


NO_OTHERS = Others()


def prune(
    wanted: Sequence[Ref],
    key: AppKey,
    world: World,
    others: Others = NO_OTHERS,
    *,
    is_leaving: bool = False,
    keep_legacy: bool = False,
) -> Prune:
    """Old inventory minus new, but for what is kept until the application goes.

    `is_leaving`: the application goes now. An object whose apiVersion moved on (v1beta1 to v1) is the same object: only
    its old row is forgotten.
    """
    delete, leave, hold, forget, blocked = [], [], [], [], []
    named = {_identity(ref) for ref in wanted}
    for ref in sorted(set(world.inventory) - set(wanted)):
        row = world.inventory[ref]
        live = _found(row, world)
        if _identity(ref) in named:
            forget.append(ref)
        elif refusal := world.refused.get(ref.kind):
            # A kind that does not exist any more took its objects with it.
            (forget.append(ref) if refusal[0] is Reason.UNKNOWN_KIND else blocked.append(Refuse(ref, *refusal)))
        elif live is None or not _is_held(live, row, key):
            forget.append(ref)
        elif not is_leaving and _is_kept(live, row, keep_legacy=keep_legacy):
            continue  # also what others hold too
        elif message := _why_held(live, row, world, others):
            hold.append(Left(ref, message))
        elif ownership.is_shared(live.labels) and world.holders.get(ref):
            forget.append(ref)
        elif message := _why_left(live, row):
            leave.append(Left(ref, message))
        else:
            delete.append(live)
    return Prune(tuple(delete), tuple(leave), tuple(hold), tuple(forget), tuple(blocked))


def _found(row: Owned, world: World) -> Live | None:
    return world.ours.get(row.ref) or (world.foreign.get(row.ref) if row.is_share else None)


def _is_held(live: Live, row: Owned, key: AppKey) -> bool:
    return ownership.owner(live.labels) == key or (row.is_share and ownership.is_shared(live.labels))


def _why_held(live: Live, row: Owned, world: World, others: Others) -> str:
    """Why it must not be let go yet; '' if nothing speaks against it."""
    if not ownership.is_shared(live.labels):
        return ""
    holders = world.holders.get(row.ref, ())
    careless = [key for key in holders if _would_delete(row.ref, others.leaving.get(key))]
    if careless and row.asked is Asked.NEVER and ownership.prune_of(live.labels) is not Asked.NEVER:
        return f"stays until {careless[0]} has let it go, which would delete it"
    if holders or _why_left(live, row):
        return ""
    if others.coming:
        return f"stays until {others.coming[0]} is applied, which may hold it too"
    return "" if others.is_complete else "stays until the heads of all groups are here: they may name who holds it too"


def _would_delete(ref: Ref, leaving: Mapping[Ref, Owned] | None) -> bool:
    """Whether an application that goes holds it, and does not say itself that it is to stay."""
    rows = [row for other, row in (leaving or {}).items() if _identity(other) == _identity(ref)]
    return bool(rows) and all(row.asked is not Asked.NEVER for row in rows)


def _why_left(live: Live, row: Owned) -> str:
    """Why it stays for good; '' for what goes, now or later."""
    kind, asked = live.ref.kind.kind, _asked(live, row)
    if Asked.NEVER in (asked, ownership.prune_of(live.labels)):
        return "left in place, as its policy garbage-collect says"
    if kind == _NAMESPACE or (kind in _DATA_KINDS and asked is not Asked.ON_UPDATE):
        return f"left in place: a {kind} may hold data or objects of others"
    return ""


def _asked(live: Live, row: Owned) -> Asked | None:
    """By this application: the labels of a share say what another asks."""
    return row.asked if row.is_share else ownership.prune_of(live.labels)


def _is_kept(live: Live, row: Owned, *, keep_legacy: bool) -> bool:
    """Until the application goes."""
    return not _why_left(live, row) and (keep_legacy or _asked(live, row) is Asked.ON_DELETE)


def _identity(ref: Ref) -> tuple[str, str, str, str]:
    """What an object is whatever version it is addressed by: API group, kind, namespace, name."""
    return ref.kind.group, ref.kind.kind, ref.namespace, ref.name
