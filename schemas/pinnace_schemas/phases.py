"""Phases of an application on a node. The table of transitions belongs to the edge; everyone may name a phase."""

from enum import StrEnum


class Phase(StrEnum):
    """Design 05. Waiting, Returning and Returned come with waves and automatic return."""

    PENDING = "Pending"
    FETCHING = "Fetching"
    STAGED = "Staged"
    APPLYING = "Applying"
    PROGRESSING = "Progressing"
    CONVERGED = "Converged"
    DEGRADED = "Degraded"
    DRIFTED = "Drifted"
    FAILED = "Failed"
    REMOVING = "Removing"
    REMOVED = "Removed"
