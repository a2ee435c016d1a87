"""The journal: numbered entries, kept until the cloud has stored them, bounded by folding (`rules.folding`).

Keeps true: numbers follow each other without a gap and none is given twice, since the last one is kept apart from the
entries; the number of entries and their bytes are counted in the same transaction that changes them.
"""

import json
from collections.abc import Iterator, Mapping

from pinnace_edge.adapters.sqlite.part import Part
from pinnace_edge.ports import Backlog
from pinnace_edge.rules import folding
from pinnace_edge.rules.folding import Fold, Goal, Line
from pinnace_schemas import codec
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import Limits

# An overflow folds this share of the limits at once: walking 50,000 lines takes 0.2 s and should be rare.
_SHARE = 16
_SEPARATOR_BYTES = 1  # the comma between two entries of a JSON array

_INSERT = "INSERT INTO journal (seq, count, event, since, at, tally, size, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT = "UPDATE node SET journal_entries = journal_entries + ?, journal_bytes = journal_bytes + ?"
_COUNT_NEXT = (
    "UPDATE node SET journal_last = journal_last + 1,"
    " journal_entries = journal_entries + 1, journal_bytes = journal_bytes + ?"
)


class JournalPart(Part):
    """The bound may be exceeded by two entries: a summary and the newest are never given up."""

    _limits: Limits

    def append(self, entry: Entry) -> int:
        with self._session.transaction():
            number = self.last_entry() + 1
            numbered = entry.model_copy(update={"seq": number, "count": 1})
            body = codec.encode(numbered)
            self._make_room(len(body))
            self._session.write(_INSERT, _row(numbered, body, entry.at, {entry.event: 1}))
            self._session.write(_COUNT_NEXT, (len(body),))
            return number

    def entries(self, after: int, max_bytes: int) -> tuple[Entry, ...]:
        found: list[Entry] = []
        room = max_bytes
        for size, body in self._session.rows("SELECT size, body FROM journal WHERE seq > ? ORDER BY seq", (after,)):
            room -= size + _SEPARATOR_BYTES
            if found and room < 0:
                break
            found.append(Entry.model_validate_json(body))
        return tuple(found)

    def kept_from(self) -> int:
        row = self._session.row("SELECT seq - count + 1 FROM journal ORDER BY seq LIMIT 1")
        return int(row[0]) if row else self.last_entry() + 1

    def last_entry(self) -> int:
        return int(self._node("journal_last"))

    def acknowledged(self, through: int) -> None:
        with self._session.transaction():
            self._forget(0, through)

    def begin_journal(self) -> None:
        with self._session.transaction():
            rows = list(self._session.rows("SELECT body, since, tally FROM journal ORDER BY seq"))
            self._forget(0, self.last_entry())
            last = 0
            for body, since, tally in rows:
                entry = Entry.model_validate_json(body)
                last += entry.count
                self._put(entry.model_copy(update={"seq": last}), since, _tally(tally))
            reset = "UPDATE node SET journal_id = lower(hex(randomblob(16))), journal_last = ?, report_number = 0"
            self._session.write(reset, (last,))

    def backlog(self) -> Backlog:
        return Backlog(*self._session.one("SELECT journal_entries, journal_bytes FROM node"))

    def _make_room(self, size: int) -> None:
        goal = _goal(self.backlog(), size, self._limits)
        if goal is None:
            return
        folds = folding.passing(self._lines(), goal) or folding.oldest(self._lines(), goal)
        for fold in folds:
            self._replace(fold)

    def _replace(self, fold: Fold) -> None:
        self._forget(fold.first_seq - 1, fold.summary.seq)
        self._put(fold.summary, fold.since, fold.tally)

    def _put(self, entry: Entry, since: str, tally: Mapping[Event, int]) -> None:
        body = codec.encode(entry)
        self._session.write(_INSERT, _row(entry, body, since, tally))
        self._session.write(_COUNT, (1, len(body)))

    def _forget(self, after: int, through: int) -> None:
        place = (after, through)
        total = "SELECT count(*), coalesce(sum(size), 0) FROM journal WHERE seq > ? AND seq <= ?"
        entries, size = self._session.one(total, place)
        self._session.write("DELETE FROM journal WHERE seq > ? AND seq <= ?", place)
        self._session.write(_COUNT, (-entries, -size))

    def _lines(self) -> Iterator[Line]:
        rows = self._session.rows("SELECT seq, count, event, since, at, size, tally FROM journal ORDER BY seq")
        for seq, count, event, since, at, size, tally in rows:
            yield Line(seq, count, Event(event), since, at, size, _tally(tally))


def _goal(kept: Backlog, size: int, limits: Limits) -> Goal | None:
    """The room to make for an entry of `size` bytes; None when there is enough."""
    entries = kept.entries + 1 - limits.max_journal_entries
    bytes_ = kept.size_bytes + size - limits.max_journal_bytes
    if entries <= 0 and bytes_ <= 0:
        return None
    return Goal(
        entries + limits.max_journal_entries // _SHARE if entries > 0 else 0,
        bytes_ + limits.max_journal_bytes // _SHARE if bytes_ > 0 else 0,
    )


def _row(entry: Entry, body: bytes, since: str, tally: Mapping[Event, int]) -> tuple[object, ...]:
    return entry.seq, entry.count, entry.event.value, since, entry.at, json.dumps(tally), len(body), body.decode()


def _tally(text: str) -> dict[Event, int]:
    return {Event(name): number for name, number in json.loads(text).items()}
