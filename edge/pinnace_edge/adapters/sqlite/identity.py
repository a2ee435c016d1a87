"""Who the store is, and what the node knows of time and of its own problems."""

from datetime import datetime

from pinnace_edge import version
from pinnace_edge.adapters.sqlite.part import Part
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.reasons import Reason


class IdentityPart(Part):
    """`journal_id` is made with the file: another file is another journal."""

    def journal_id(self) -> str:
        return str(self._node("journal_id"))

    def report_number(self) -> int:
        return int(self._node("report_number"))

    def next_report_number(self) -> int:
        """Never given twice, also over restarts."""
        with self._session.transaction():
            self._session.write("UPDATE node SET report_number = report_number + 1")
            return self.report_number()

    def time_floor(self) -> datetime:
        """It was at least this late once: the release date of this version, or a signed time seen since."""
        seen = self._moment("time_floor")
        return max(seen, version.RELEASED) if seen else version.RELEASED

    def raise_time_floor(self, moment: datetime) -> None:
        """Never lowers it."""
        if moment > self.time_floor():
            self._set_node("time_floor", moment.isoformat())

    def last_contact(self) -> datetime | None:
        return self._moment("last_contact")

    def set_last_contact(self, moment: datetime) -> None:
        self._set_node("last_contact", moment.isoformat())

    def started_at(self) -> datetime | None:
        return self._moment("started_at")

    def daemon_started(self, moment: datetime) -> None:
        self._set_node("started_at", moment.isoformat())

    def problems(self) -> tuple[NodeProblem, ...]:
        """The oldest first."""
        rows = self._session.rows("SELECT reason, message, since FROM problems ORDER BY since, reason")
        return tuple(NodeProblem(reason=Reason(reason), message=text, since=since) for reason, text, since in rows)

    def set_problem(self, problem: NodeProblem) -> None:
        self._session.write(
            "INSERT INTO problems (reason, message, since) VALUES (?, ?, ?)"
            " ON CONFLICT (reason) DO UPDATE SET message = excluded.message",
            (problem.reason.value, problem.message, problem.since),
        )

    def clear_problem(self, reason: Reason) -> None:
        self._session.write("DELETE FROM problems WHERE reason = ?", (reason.value,))
