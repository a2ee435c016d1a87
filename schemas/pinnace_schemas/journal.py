"""Journal: what happened on a node, numbered without gaps within a journal identity.

Every number is delivered exactly once, by the entry that carries it or by a FOLDED entry that stands for it: one whose
`seq` is the highest of `count` neighbouring numbers. An entry whose range begins at or below what was stored before and
ends above it is a FOLDED one made after those were sent: the rest of its range is new, nothing of it is a gap.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pinnace_schemas.codec import Wire
from pinnace_schemas.head import MAX_NUMBER
from pinnace_schemas.names import Digest, Name
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import Timestamp


class Event(StrEnum):
    """What an entry tells. When the journal is full, the oldest passing ones are folded into a FOLDED summary."""

    STARTED = "Started"
    STOPPED = "Stopped"
    JOINED = "Joined"
    ASSIGNED = "Assigned"
    HEAD_ACCEPTED = "HeadAccepted"
    MESSAGE_REFUSED = "MessageRefused"
    PHASE_CHANGED = "PhaseChanged"
    BUNDLE_STAGED = "BundleStaged"
    APPLIED = "Applied"
    OBJECT_REFUSED = "ObjectRefused"
    DRIFT_HEALED = "DriftHealed"
    PRUNED = "Pruned"
    PRUNE_FAILED = "PruneFailed"
    REMOVED = "Removed"
    PROBLEM = "Problem"
    SOLVED = "Solved"
    STORE_REBUILT = "StoreRebuilt"
    JOURNAL_BEGUN = "JournalBegun"
    FOLDED = "Folded"


class Entry(Wire):
    """`at` is the node's own clock, which may be wrong; the order is that of `seq`.

    A FOLDED entry has the reason JournalOverflow, the time of the last entry that it stands for, and their events and
    numbers in its message; `count` is 1 for every other event.
    """

    seq: Annotated[int, Field(ge=1, le=MAX_NUMBER)]
    at: Timestamp
    event: Event
    namespace: Name | None = None
    application: Name | None = None
    group: Name | None = None
    revision: Annotated[int, Field(ge=0, le=MAX_NUMBER)] | None = None
    bundle: Digest | None = None
    phase: str | None = Field(default=None, max_length=32)
    object: str | None = Field(default=None, max_length=600)
    reason: Reason | None = None
    message: str = Field(default="", max_length=1000)
    count: Annotated[int, Field(ge=1, le=MAX_NUMBER)] = 1


def first_number(entry: Entry) -> int:
    """The lowest number that the entry stands for; `seq` is the highest."""
    return entry.seq - entry.count + 1 if entry.event is Event.FOLDED else entry.seq
