"""The journal in the store: numbers without gaps, kept until acknowledged, bounded."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.ports import Store
from pinnace_schemas import codec, journal
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

SMALL = Limits(max_journal_entries=20, max_journal_bytes=100_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / opening.FILE_NAME


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = opening.open_store(path, SMALL).store
    yield opened
    opened.close()


def entry(event: Event = Event.APPLIED, message: str = "") -> Entry:
    return Entry(seq=99, at="2026-11-23T10:22:00Z", event=event, message=message, namespace="retail")


def kept(store: Store) -> tuple[Entry, ...]:
    return store.entries(0, 10_000_000)


def assert_covers(store: Store, first: int, last: int) -> None:
    entries = kept(store)
    assert journal.first_number(entries[0]) == first == store.kept_from()
    assert entries[-1].seq == last == store.last_entry()
    assert all(later.seq - later.count == earlier.seq for earlier, later in pairwise(entries))


def test_entries_are_numbered_from_one_whatever_they_say(store: Store) -> None:
    assert [store.append(entry()) for _ in range(3)] == [1, 2, 3]
    assert [item.seq for item in kept(store)] == [1, 2, 3]
    assert kept(store)[0] == entry().model_copy(update={"seq": 1})


def test_acknowledged_entries_are_dropped_and_their_numbers_never_given_again(store: Store, path: Path) -> None:
    for _ in range(3):
        store.append(entry())
    store.acknowledged(2)
    assert (store.kept_from(), [item.seq for item in kept(store)]) == (3, [3])
    store.acknowledged(3)
    assert (store.kept_from(), kept(store), store.backlog().entries, store.backlog().size_bytes) == (4, (), 0, 0)
    store.close()

    again = opening.open_store(path, SMALL).store

    assert (again.last_entry(), again.append(entry()), again.kept_from()) == (3, 4, 4)
    again.close()


def test_entries_come_in_portions_of_at_most_the_asked_size_but_at_least_one(store: Store) -> None:
    for _ in range(5):
        store.append(entry())
    size = len(codec.encode(kept(store)[0])) + 1  # and a comma

    assert [item.seq for item in store.entries(1, 3 * size)] == [2, 3, 4]
    assert [item.seq for item in store.entries(1, 1)] == [2]
    assert store.entries(5, 1000) == ()


def test_an_entry_is_undone_with_its_transaction_and_its_number_is_free(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.append(entry())
            raise OSError("boom")

    with pytest.raises(OSError, match="boom"):
        fail()

    assert (store.last_entry(), store.backlog().entries) == (0, 0)
    assert store.append(entry()) == 1


def test_a_full_journal_folds_its_oldest_entries_without_a_gap(store: Store) -> None:
    for number in range(1, 201):
        assert store.append(entry()) == number
        assert store.backlog().entries <= SMALL.max_journal_entries

    assert_covers(store, 1, 200)
    first = kept(store)[0]
    assert (first.event, first.reason) == (Event.FOLDED, Reason.JOURNAL_OVERFLOW)
    assert f"Applied {first.count}" in first.message
    assert {item.event for item in kept(store)[1:]} == {Event.APPLIED}


def test_lasting_entries_outlive_passing_ones(store: Store) -> None:
    store.append(entry(Event.JOINED))
    for _ in range(100):
        store.append(entry())

    assert [item.event for item in kept(store)[:3]] == [Event.JOINED, Event.FOLDED, Event.APPLIED]
    assert_covers(store, 1, 101)


def test_a_journal_of_lasting_entries_is_bounded_all_the_same(store: Store) -> None:
    for _ in range(100):
        store.append(entry(Event.REMOVED))

    assert store.backlog().entries <= SMALL.max_journal_entries
    assert_covers(store, 1, 100)
    assert "Removed" in kept(store)[0].message


def test_a_journal_is_bounded_in_bytes_too(path: Path) -> None:
    limits = Limits(max_journal_entries=1000, max_journal_bytes=20_000)
    store = opening.open_store(path, limits).store

    for _ in range(200):
        store.append(entry(message="x" * 900))

    sizes = [len(codec.encode(item)) for item in kept(store)]
    assert store.backlog().size_bytes == sum(sizes) <= 20_000
    assert_covers(store, 1, 200)
    store.close()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_smallest_journals_keep_a_summary_and_the_newest(path: Path, most: int) -> None:
    store = opening.open_store(path, Limits(max_journal_entries=most)).store

    for _ in range(10):
        store.append(entry())

    assert store.backlog().entries <= max(2, most)
    assert_covers(store, 1, 10)
    store.close()


def test_a_summary_stays_until_its_last_number_is_acknowledged(store: Store) -> None:
    for _ in range(40):
        store.append(entry())
    summary = kept(store)[0]

    store.acknowledged(summary.seq - 1)
    assert kept(store)[0] == summary

    store.acknowledged(summary.seq)
    assert store.kept_from() == summary.seq + 1


def test_a_new_file_is_another_journal(store: Store, tmp_path: Path) -> None:
    other = opening.open_store(tmp_path / "other" / opening.FILE_NAME).store

    assert other.journal_id() != store.journal_id()
    other.close()


def test_a_new_journal_numbers_what_is_kept_from_one_and_counts_reports_anew(tmp_path: Path) -> None:
    store = opening.open_store(tmp_path / opening.FILE_NAME).store
    before = store.journal_id()
    for number in range(5):
        store.append(Entry(seq=1, at="2026-11-20T12:00:00Z", event=Event.STARTED, message=str(number)))
    store.next_report_number()
    store.acknowledged(3)
    store.begin_journal()
    assert store.journal_id() != before
    assert [(entry.seq, entry.message) for entry in store.entries(0, 10_000)] == [(1, "3"), (2, "4")]
    assert (store.last_entry(), store.kept_from(), store.report_number()) == (2, 1, 0)
    assert store.backlog().entries == 2
    assert store.append(Entry(seq=1, at="2026-11-20T12:00:00Z", event=Event.STARTED)) == 3
    store.close()
