"""Asks a controller what the picture of a fleet is drawn from: one application, or all of them on every site."""

from dataclasses import replace

from pinnace_cloud.cli.client import Client
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.session import Clock
from pinnace_schemas import api


class Observer:
    """Remembers how far it has read the journal.

    `application` is namespace and name; without it every application is looked at, or those of `namespace`.
    """

    def __init__(
        self, client: Client, clock: Clock, application: tuple[str, str] | None = None, namespace: str | None = None
    ) -> None:
        self._client = client
        self._clock = clock
        self._application = application
        self._namespace = namespace
        self._cursor: int | None = None
        self._rows: list[api.JournalRow] = []

    def read(self) -> Answer:
        """The fleet now, with what was journalled since the last call. Raises Rejected(NOT_FOUND), Unavailable.

        The first call brings the newest rows of the journal, a thousand at most.
        """
        self._read_journal()
        answer = replace(self.look(), rows=tuple(self._rows))
        self._rows = []
        return answer

    def look(self) -> Answer:
        """The fleet now, without the journal."""
        if self._application is not None:
            found = self._client.application(*self._application)
            return Answer(self._clock.now(), (found.summary,), found.nodes, outage=found.broker_outage)
        verdicts = tuple(item for item in self._client.verdicts() if self._namespace in (None, item.namespace))
        applications = self._client.applications(self._namespace)
        nodes, outage = self._nodes(verdicts), self._client.broker().outage
        return Answer(self._clock.now(), applications, verdicts, nodes, outage=outage)

    def _nodes(self, verdicts: tuple[api.NodeVerdict, ...]) -> tuple[api.NodeSummary, ...]:
        """All, or where one namespace is looked at those that it reaches."""
        reached = {item.node for item in verdicts}
        return tuple(item for item in self._client.nodes() if self._namespace is None or item.name in reached)

    def _read_journal(self) -> None:
        """Rows wait here for an answer to go with: one that fails afterwards must not lose them."""
        is_more = True
        while is_more:
            page = self._client.fleet_journal(self._cursor)
            self._rows += page.rows
            self._cursor = page.rows[-1].cursor if page.rows else self._cursor or 0
            is_more = page.next_cursor is not None
