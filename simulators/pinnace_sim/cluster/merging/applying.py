"""Server-side apply (KEP-555; structured-merge-diff, merge/update.go).

An applier says what it wants to be the case. What it sets to another value than its owner is a conflict, unless it
forces; what it said before and leaves out now is removed, unless somebody else owns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from pinnace_sim.cluster.merging import compare, fields, fieldsets, managers, merge, owning, removing, updating, values
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.merging.fields import NOTHING, Fields
from pinnace_sim.cluster.merging.managers import Entries, Entry, Manager, Operation
from pinnace_sim.cluster.schema import checking
from pinnace_sim.cluster.schema.types import Object, Type

BEFORE = "before-first-apply"  # owns what nobody had written down


@dataclass(frozen=True, slots=True)
class Merged:
    """The object after the apply, with its managedFields. It has no new defaults yet; see `updating.settled`."""

    object: Object


@dataclass(frozen=True, slots=True)
class Mistyped:
    """The intent does not fit the type of its kind. The KubeAPI answers 500 with this message."""

    message: str


def apply(
    kind: Type,
    live: Object | None,
    intent: Object,
    manager: Manager,
    *,
    force: bool,
    now: str,
    reset: Fields = NOTHING,
) -> Merged | Conflicts | Mistyped:
    """Merge the intent of one manager into the live object, None if there is none yet.

    `now` is RFC 3339 in UTC with whole seconds; `reset` are fields that this path of the API does not write.
    """
    if problems := checking.problems(kind, intent):
        return Mistyped(f"failed to create typed patch object ({_named(intent)}): {checking.message(problems)}")
    try:
        return _applied(kind, live, intent, manager, force=force, now=now, reset=reset)
    except ValueError as why:  # a list of the live object whose items cannot be told apart
        return Mistyped(f"failed to create typed live object ({_named(intent)}): {why}")


def _applied(
    kind: Type, live: Object | None, intent: Object, manager: Manager, *, force: bool, now: str, reset: Fields
) -> Merged | Conflicts:
    before = managers.without(live or {})
    entries = _entries(kind, live, now)
    by = manager.identity
    last = entries[by].fields if by in entries else NOTHING
    said = fields.without_branches(fieldsets.of(kind, intent), reset)
    claimed = entries | {by: Entry(manager, _owned(said, last), entries[by].time if by in entries else now)}
    new = _pruned(kind, merge.merged(kind, before, intent), claimed, last, said)
    comparison = compare.compare(kind, before, new).without(reset)
    if not force and (found := owning.conflicts_of(claimed, comparison, by)):
        return found
    settled = owning.passed_on(claimed, comparison, by)
    if live is not None and new is before and settled == entries:
        return Merged(live)
    if by in settled and not values.are_same(before, new):
        settled[by] = Entry(manager, settled[by].fields, now)
    return Merged(managers.onto(new, settled))


def _owned(said: Fields, last: Fields) -> Fields:
    """What the applier owns of what it says; the last entry itself if that is the same."""
    owned = fields.difference(said, fields.UNOWNED)
    return last if owned == last else fields.ordered(owned)


def _entries(kind: Type, live: Object | None, now: str) -> Entries:
    """Fields of an object without any manager are given to one of their own, so that an applier meets conflicts."""
    if live is None:
        return {}
    found = managers.read(live)
    if found:
        return found
    owner = Manager(BEFORE, Operation.UPDATE, str(live.get("apiVersion", "")))
    return managers.read(updating.update(kind, None, live, owner, now=now))


def _pruned(kind: Type, merged: Object, claimed: Entries, last: Fields, said: Fields) -> Object:
    """Without what the applier said before, says no longer, and nobody else says.

    Nothing can go while it says all that it said before.
    """
    if not fields.difference(last, said):
        return merged
    last = fields.with_named(last, kind)
    there = fields.with_named(fieldsets.of(kind, merged), kind)
    left = _fields_of(kind, removing.without(kind, merged, last))
    owned = fields.with_named(reduce(fields.union, (entry.fields for entry in claimed.values()), said), kind)
    # What others own comes back, with all that leads there,
    left = _fields_of(kind, removing.without(kind, merged, fields.difference(there, fields.union(left, owned))))
    # and so does what this applier never said.
    return removing.without(kind, merged, fields.intersection(fields.difference(there, left), last))


def _fields_of(kind: Type, value: Object) -> Fields:
    return fields.with_named(fieldsets.of(kind, value), kind)


def _named(intent: Object) -> str:
    metadata = intent.get("metadata") or {}
    place = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
    version = str(intent.get("apiVersion", ""))
    # As Go tells a GroupVersionKind: the core group is nothing before a slash.
    return f"{place}; {version if '/' in version else f'/{version}'}, Kind={intent.get('kind', '')}"
