"""What a store that the sites do not know must not do: tell them that nothing is wanted. Pure.

A number above ours that someone holds says that the store was lost or is older than the fleet. An empty head or an
assignment without groups, signed above that number, would make sites remove everything; so it takes a person's word.
Unless that number is known to have said the same: then the store has taken it over as its own (`Releases.take_over`).
What a node reports is not enough for that, since one node may not have another emptied.
"""

from collections.abc import Mapping

from pinnace_cloud.storage.rows import AssignmentRow, HeadRow
from pinnace_schemas import diagnostics, labels
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason


def is_known(row: HeadRow | AssignmentRow) -> bool:
    """True if nobody holds a later version than the one that this store has signed."""
    return row.floor <= row.version


def is_allowed(annotations: Mapping[str, str]) -> bool:
    """Of a NodeGroup or a Node."""
    return annotations.get(labels.ALLOW_EMPTY) == "true"


def head(row: HeadRow) -> Diagnostic:
    """Shown at the group."""
    message = (
        f"sites of this group hold version {row.floor} of its head, which this store does not know; an empty one would"
        " remove every application from them"
    )
    hint = (
        "restore the backup of the store, or apply the group together with its applications in one call; if its sites"
        f' shall be emptied, annotate the group with {labels.ALLOW_EMPTY}: "true"'
    )
    return diagnostics.error(Reason.IN_USE, message, "metadata", "name", hint=hint)


def assignment(row: AssignmentRow) -> Diagnostic:
    """Shown at the node."""
    message = (
        f"node '{row.node}' holds version {row.floor} of its assignment, which this store does not know; one without"
        " groups would remove every application from it"
    )
    hint = (
        "restore the backup of the store, or apply the groups and applications of the node first; if its site shall be"
        f' emptied, apply the Node with the annotation {labels.ALLOW_EMPTY}: "true"'
    )
    return diagnostics.error(Reason.IN_USE, message, "metadata", "name", hint=hint)
