"""Journal: what happened on a node, numbered without gaps within a journal identity."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pinnace_schemas.codec import Wire
from pinnace_schemas.names import Digest, Name
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import Timestamp


class Event(StrEnum):
    """What an entry tells. INTERMEDIATE ones may be folded into a FOLDED summary when the journal is full."""

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
    FOLDED = "Folded"


class Entry(Wire):
    """`at` is the node's own clock, which may be wrong; the order is that of `seq`. `count` is above 1 for FOLDED."""

    seq: Annotated[int, Field(ge=1)]
    at: Timestamp
    event: Event
    namespace: Name | None = None
    application: Name | None = None
    group: Name | None = None
    revision: int | None = None
    bundle: Digest | None = None
    phase: str | None = None
    object: str | None = Field(default=None, max_length=600)
    reason: Reason | None = None
    message: str = Field(default="", max_length=1000)
    count: Annotated[int, Field(ge=1)] = 1
