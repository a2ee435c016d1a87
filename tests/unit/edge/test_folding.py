"""Which entries give way, and what the summary says."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pinnace_edge.rules import folding
from pinnace_edge.rules.folding import Goal, Line
from pinnace_schemas import codec
from pinnace_schemas.journal import Entry, Event


def lines(*events: Event, size: int = 2000) -> list[Line]:
    return [
        Line(number, 1, event, f"2026-11-23T10:00:{number:02d}Z", f"2026-11-23T10:00:{number:02d}Z", size, {event: 1})
        for number, event in enumerate(events, start=1)
    ]


def test_a_run_of_passing_entries_becomes_one_counted_summary() -> None:
    (fold,) = folding.passing(lines(Event.STARTED, Event.APPLIED, Event.APPLIED), Goal(2, 0))

    assert (fold.first_seq, fold.summary.seq, fold.summary.count) == (1, 3, 3)
    assert (fold.since, fold.summary.at) == ("2026-11-23T10:00:01Z", "2026-11-23T10:00:03Z")
    assert fold.summary.message.endswith("entries since 2026-11-23T10:00:01Z are only counted: Applied 2, Started 1")


def test_only_as_many_are_folded_as_are_needed() -> None:
    (fold,) = folding.passing(lines(*[Event.APPLIED] * 50), Goal(4, 0))

    assert fold.summary.count == 5


def test_lasting_entries_split_runs() -> None:
    folds = folding.passing(
        lines(Event.APPLIED, Event.APPLIED, Event.REMOVED, Event.PRUNED, Event.APPLIED, Event.APPLIED), Goal(3, 0)
    )

    assert [(fold.first_seq, fold.summary.seq) for fold in folds] == [(1, 2), (4, 6)]


def test_nothing_is_folded_when_the_passing_ones_do_not_suffice() -> None:
    assert folding.passing(lines(Event.JOINED, Event.APPLIED, Event.REMOVED, Event.APPLIED), Goal(1, 0)) == ()


def test_the_oldest_are_folded_whatever_they_are() -> None:
    (fold,) = folding.oldest(lines(Event.JOINED, Event.REMOVED, Event.REMOVED), Goal(1, 0))

    assert (fold.first_seq, fold.summary.seq, dict(fold.tally)) == (1, 2, {Event.JOINED: 1, Event.REMOVED: 1})


def test_a_summary_is_folded_into_the_next() -> None:
    first = Line(100, 100, Event.FOLDED, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", 300, {Event.DRIFT_HEALED: 100})
    second = Line(101, 1, Event.APPLIED, "2026-02-02T00:00:00Z", "2026-02-02T00:00:00Z", 200, {Event.APPLIED: 1})

    (fold,) = folding.passing([first, second], Goal(1, 0))

    assert (fold.since, fold.summary.seq, fold.summary.count) == ("2026-01-01T00:00:00Z", 101, 101)
    assert dict(fold.tally) == {Event.DRIFT_HEALED: 100, Event.APPLIED: 1}


def test_no_lines_no_fold() -> None:
    assert folding.passing([], Goal(1, 1)) == () == folding.oldest([], Goal(1, 1))


def test_a_summary_of_every_event_fits_its_field() -> None:
    huge = [
        Line(n, 1, event, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z", 1, {event: 10**12})
        for n, event in enumerate(Event, start=1)
    ]

    (fold,) = folding.oldest(huge, Goal(len(huge), 10**9))

    assert isinstance(fold.summary, Entry)
    assert len(codec.encode(fold.summary)) < folding.MAX_SUMMARY_BYTES


@given(st.lists(st.sampled_from(list(Event)), max_size=60), st.integers(1, 30), st.integers(0, 5000))
def test_folds_reach_their_goal_keep_every_number_and_no_lasting_event(
    events: list[Event], entries: int, size: int
) -> None:
    kept = lines(*[event for event in events if event is not Event.FOLDED], size=500)
    folds = folding.passing(kept, Goal(entries, size))

    if folds:
        assert sum(fold.gained.entries for fold in folds) >= entries
        assert sum(fold.gained.size for fold in folds) >= size
    for fold in folds:
        assert fold.summary.count == fold.summary.seq - fold.first_seq + 1 == sum(fold.tally.values())
        assert not folding.LASTING & set(fold.tally)
    assert all(earlier.summary.seq < later.first_seq for earlier, later in pairwise(folds))
