"""What the parts of the store share: the session, and times as text."""

from datetime import datetime
from typing import Any

from pinnace_edge.adapters.sqlite.session import Session


class Part:
    """One group of the store's methods. The parts together are the store."""

    _session: Session

    def _node(self, column: str) -> Any:
        """One value of the node's only row; `column` is a name of ours, never input."""
        return self._session.one(f"SELECT {column} FROM node")[0]  # noqa: S608

    def _set_node(self, column: str, value: object) -> None:
        self._session.write(f"UPDATE node SET {column} = ?", (value,))  # noqa: S608

    def _moment(self, column: str) -> datetime | None:
        text = self._node(column)
        return datetime.fromisoformat(text) if text else None
