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
from pinnace_sim.cluster.merging.managers import Entries, Entry, Manager, Operation

MAX_UPDATERS = 10
ANCIENT = "ancient-changes"


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


def capped(entries: Entries) -> Entries:
    """No more than ten updaters: the oldest of a version become one (managedfields/internal/capmanagers.go)."""
    updaters = [entry for entry in entries.values() if entry.manager.operation is Operation.UPDATE]
    kept, surplus = dict(entries), len(updaters) - MAX_UPDATERS
    oldest: dict[str, Entry] = {}
    for entry in sorted(updaters, key=lambda each: (each.time, each.manager.identity)):
        if surplus <= 0:
            break
        version = entry.manager.api_version
        if version in oldest:
            bucket = Manager(ANCIENT, Operation.UPDATE, version)
            both = fields.union(oldest[version].fields, entry.fields)
            del kept[oldest[version].manager.identity], kept[entry.manager.identity]
            entry = Entry(bucket, fields.ordered(both), entry.time)  # noqa: PLW2901 - it stands for both from now on
            kept[bucket.identity] = entry
            surplus -= 1
        oldest[version] = entry
    return kept
