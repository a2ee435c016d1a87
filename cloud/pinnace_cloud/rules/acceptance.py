"""What of a verified report is new: the state, and the journal entries without a gap. Pure.

The journal is complete up to `stored_through`: an entry is taken only when it follows, so that acknowledging a number
says that all before it are stored. A hole is accepted only when the node no longer keeps what is missing; it becomes an
entry of its own, Folded with the count of what was lost, so that numbers stay without gaps.
"""

from typing import NamedTuple

from pydantic import TypeAdapter

from pinnace_cloud.storage.rows import Contact, JournalItem
from pinnace_schemas import journal
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.messages import Report
from pinnace_schemas.reasons import Reason

# As `model_dump_json`, without the search for its settings at each of thousands of calls in a second.
_WRITER = TypeAdapter(Entry).serializer


class Accepted(NamedTuple):
    """`is_news`: the state is newer than what is stored. `retires` is the journal that this report's replaces."""

    contact: Contact
    items: tuple[JournalItem, ...]
    is_news: bool
    gaps: int = 0
    retires: str | None = None


def accept(report: Report, known: Contact | None, at: str) -> Accepted:
    """`known`: what is stored of the node. `at`: the time of storing. The report's journal is not a retired one."""
    retires = known.journal if known is not None and known.journal != report.journal else None
    same = known if retires is None else None
    through, entries, gaps = _following(report, same.stored_through if same else 0)
    items = tuple([_item(report, entry, at) for entry in entries])
    if same is not None and report.number <= same.report:
        return Accepted(same._replace(stored_through=through), items, False, gaps)
    return Accepted(_told(report, through, at), items, True, gaps, retires)


def _told(report: Report, through: int, at: str) -> Contact:
    """An old report, sent again by whoever, does not make a node look alive."""
    return Contact(
        node=report.node,
        journal=report.journal,
        report=report.number,
        stored_through=through,
        last_seen=at,
        assignment=report.assignment,
        daemon=report.daemon,
        kubernetes=report.kubernetes,
        started_at=report.started_at,
        heads=report.heads,
        problems=report.problems,
    )


def _following(report: Report, through: int) -> tuple[int, list[Entry], int]:
    """The highest number stored after this, the entries to store, and how many holes became entries."""
    taken: list[Entry] = []
    gaps = 0
    for entry in sorted(report.entries, key=lambda item: item.seq):
        first = journal.first_number(entry)
        if entry.seq <= through:
            continue
        if first > through + 1:
            if report.kept_from < first:
                break  # the node still has what is missing, and sends it again
            taken.append(_lost(through + 1, first - 1, entry.at))
            gaps += 1
        taken.append(entry)
        through = entry.seq
    if report.kept_from > through + 1 and not _is_cut(report, through):
        taken.append(_lost(through + 1, report.kept_from - 1, report.sent_at))
        gaps += 1
        through = report.kept_from - 1
    return through, taken, gaps


def _is_cut(report: Report, through: int) -> bool:
    """True if entries of the report lie beyond a hole that the node can still fill."""
    return any(entry.seq > through for entry in report.entries)


def _lost(first: int, last: int, at: str) -> Entry:
    return Entry(
        seq=last,
        at=at,
        event=Event.FOLDED,
        reason=Reason.JOURNAL_OVERFLOW,
        message=f"entries {first} to {last} never arrived, and the node no longer keeps them",
        count=last - first + 1,
    )


def _item(report: Report, entry: Entry, at: str) -> JournalItem:
    text = _WRITER.to_json(entry, exclude_none=True).decode()
    return JournalItem(report.node, report.journal, entry.seq, at, text)
