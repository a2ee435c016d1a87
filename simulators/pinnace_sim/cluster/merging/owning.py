"""Passes fields from manager to manager when an object changes (structured-merge-diff, merge/update.go).

Who sets a field to another value takes it from the others; what is removed belongs to nobody; a manager without fields
disappears. All versions of a kind are taken to have the same fields.
"""

from __future__ import annotations

from dataclasses import replace

from pinnace_sim.cluster.merging import conflicts, fields
from pinnace_sim.cluster.merging.compare import Comparison
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.merging.fields import Fields
from pinnace_sim.cluster.merging.managers import Entries, Entry, Manager


def lost(entries: Entries, comparison: Comparison, by: str) -> dict[Manager, Fields]:
    """What each manager but the one with the identity `by` owned of what was changed."""
    changed = comparison.changed
    if not changed:
        return {}
    found = {
        entry.manager: fields.intersection(entry.fields, changed)
        for identity, entry in entries.items()
        if identity != by
    }
    return {manager: taken for manager, taken in found.items() if taken}


def conflicts_of(entries: Entries, comparison: Comparison, by: str) -> Conflicts | None:
    """What stands against the change; None if nothing does."""
    found = lost(entries, comparison, by)
    return conflicts.of(found) if found else None


def passed_on(entries: Entries, comparison: Comparison, by: str) -> Entries:
    """The entries after the change, without those that are left with nothing. That of `by` stays as it is."""
    gone = fields.union(comparison.changed, comparison.removed)
    kept = {}
    for identity, entry in entries.items():
        left = entry if identity == by or not gone else replace(entry, fields=fields.difference(entry.fields, gone))
        if left.fields:
            kept[identity] = left
    return kept


def stripped(entries: Entries, by: str) -> Entries:
    """Without the fields that nobody owns, in the entry of `by`."""
    if by not in entries:
        return entries
    entry: Entry = entries[by]
    owned = fields.difference(entry.fields, fields.UNOWNED)
    others = {identity: each for identity, each in entries.items() if identity != by}
    return others | {by: replace(entry, fields=fields.ordered(owned))} if owned else others
