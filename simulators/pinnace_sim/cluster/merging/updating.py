"""The book of owners after a POST, PUT or PATCH: who changes a field owns it from now on, together with nobody.

structured-merge-diff's merge/update.go (Update), with apimachinery's rules on top of it: an update that changes nothing
keeps its time, and no more than ten updaters are told apart.
"""

from __future__ import annotations

from dataclasses import replace

from pinnace_sim.cluster.merging import compare, fields, managers, owning, values
from pinnace_sim.cluster.merging.fields import NOTHING, Fields
from pinnace_sim.cluster.merging.managers import Entries, Entry, Manager
from pinnace_sim.cluster.schema import defaults
from pinnace_sim.cluster.schema.types import Object, Type

SELF = "current-operation"


def update(
    kind: Type, live: Object | None, new: Object, manager: Manager, *, now: str, reset: Fields = NOTHING
) -> Object:
    """`new` with its managedFields. `live` is None if the object was not there.

    `new` is as it will be stored, but for what the server alone sets (uid, resourceVersion, times): its defaults are
    the writer's. Entries that `new` brings count, as a client that edits them wants it; an empty list clears them.
    """
    try:
        return _updated(kind, live, new, manager, now=now, reset=reset)
    except ValueError:
        # A list whose items cannot be told apart, or entries that are none: then nobody owns anything, as there.
        return managers.onto(new, {})


def _updated(kind: Type, live: Object | None, new: Object, manager: Manager, *, now: str, reset: Fields) -> Object:
    entries = {} if live is None else _entries(live, new)
    if live is not None and not entries:
        return managers.onto(new, {})  # nobody's fields were written down before, or the writer clears them
    before = defaults.blank(kind) if live is None else managers.without(live)
    comparison = compare.compare(kind, before, managers.without(new)).without(reset)
    entries = owning.passed_on(entries, comparison, SELF)
    taken = fields.difference(comparison.changed, fields.UNOWNED)
    if not taken:
        return managers.onto(new, entries)
    by = manager.identity
    mine = entries[by].fields if by in entries else NOTHING
    entries[by] = Entry(manager, fields.ordered(fields.union(mine, taken)), now)
    return managers.onto(new, owning.capped(entries))


def settled(live: Object, new: Object) -> Object:
    """`live` if `new` says the same and only names other times for it: the KubeAPI writes nothing then."""
    if new is live:
        return live
    if not values.are_same(managers.without(live), managers.without(new)):
        return new
    return live if _timeless(live) == _timeless(new) else new


def _entries(live: Object, new: Object) -> Entries:
    given = (new.get("metadata") or {}).get("managedFields")
    if given is not None and (not given or given == [{}]):
        return {}
    return managers.read(new) or managers.read(live)


def _timeless(value: Object) -> dict[str, Entry]:
    return {identity: replace(entry, time="") for identity, entry in managers.read(value).items()}
