"""Accepts assignments: which groups this node belongs to, signed by the control role, never older."""

from pinnace_edge.ports import Store
from pinnace_edge.rules import freshness
from pinnace_edge.services.control import Control
from pinnace_edge.services.heads import Heads
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.trusted_time import TrustedTime
from pinnace_schemas import times
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Event
from pinnace_schemas.messages import Assignment
from pinnace_schemas.reasons import Reason


class Assignments:
    """Owns the node's membership. Leaving a group takes its applications away; that is signed, so it is obeyed."""

    def __init__(self, store: Store, control: Control, heads: Heads, time: TrustedTime, journal: Journal) -> None:
        self._store = store
        self._control = control
        self._heads = heads
        self._time = time
        self._journal = journal

    def receive(self, message: bytes) -> bool:
        """True when the assignment is new. Raises Rejected; then nothing has changed."""
        opened = self._control.open(Assignment, message)
        assigned, (version, _) = opened.message, self._store.assignment()
        if assigned.version < version:
            raise Rejected(
                Reason.OLDER_VERSION, f"version {assigned.version} is older than the accepted {version}", "assignment"
            )
        if assigned.version == version:
            return False
        if freshness.is_expired(times.parse_time(assigned.expires_at), self._time.now()):
            raise Rejected(Reason.EXPIRED, f"its date was {assigned.expires_at}", "assignment")
        with self._store.transaction():
            self._control.remember(opened, times.parse_time(assigned.issued_at))
            self._change_groups(assigned)
        return True

    def _change_groups(self, assigned: Assignment) -> None:
        _, before = self._store.assignment()
        self._store.save_assignment(assigned.version, assigned.groups)
        self._journal.note(Event.ASSIGNED, message=f"groups: {', '.join(assigned.groups) or 'none'}")
        for group in set(before) - set(assigned.groups):
            self._heads.drop(group)
