"""Problems of the node as a whole: each is journalled when it begins and when it ends, and reported while it lasts."""

from pinnace_edge.ports import Clock, Store
from pinnace_edge.services.journal import Journal
from pinnace_schemas import times
from pinnace_schemas.journal import Event
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.reasons import Reason


class Problems:
    """One problem per reason. A repeated one is not written again."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock

    def lasts(self, reason: Reason) -> bool:
        """It was raised and is not solved."""
        return any(problem.reason is reason for problem in self._store.problems())

    def raise_(self, reason: Reason, message: str) -> None:
        """Begins a problem, unless it lasts already."""
        if self.lasts(reason):
            return
        problem = NodeProblem(reason=reason, message=message[:2000], since=times.format_time(self._clock.now()))
        with self._store.transaction():
            self._store.set_problem(problem)
            self._journal.note(Event.PROBLEM, reason=reason, message=message)

    def solve(self, reason: Reason) -> None:
        """Ends a problem, if there is one."""
        if not self.lasts(reason):
            return
        with self._store.transaction():
            self._store.clear_problem(reason)
            self._journal.note(Event.SOLVED, reason=reason)
