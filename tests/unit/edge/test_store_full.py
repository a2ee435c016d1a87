"""A full disk: nothing is written by half, room can still be made, and the store can still be opened."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.edge.disks import fill, small_disk

from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.adapters.sqlite.reserve import RESERVE_BYTES
from pinnace_edge.errors import DiskFull
from pinnace_edge.model import Trust
from pinnace_edge.ports import Store
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.reasons import Reason

DISK_BYTES = 16 * 1024 * 1024
BUNDLE = b"x" * (2 * 1024 * 1024)
ENTRY = Entry(seq=1, at="2026-11-23T10:22:00Z", event=Event.PROBLEM, reason=Reason.DISK_FULL)
PROBLEM = NodeProblem(reason=Reason.DISK_FULL, since="2026-11-23T10:22:00Z")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", DISK_BYTES) as place:
        yield place


@pytest.fixture
def path(disk: Path) -> Path:
    return disk / "data" / opening.FILE_NAME


def digests(store: Store) -> list[str]:
    return [digest for digest in (f"{number:064x}" for number in range(100)) if store.bundle(digest) is not None]


def save_until_full(store: Store) -> None:
    def save_all() -> None:
        for number in range(100):
            store.save_bundle(f"{number:064x}", BUNDLE)

    with pytest.raises(DiskFull, match="disk is full"):
        save_all()


def test_a_full_disk_is_told_and_nothing_is_written_by_half(path: Path) -> None:
    store = opening.open_store(path).store

    def save_both() -> None:
        with store.transaction():
            store.append(ENTRY)
            for number in range(100):
                store.save_bundle(f"{number:064x}", BUNDLE)

    with pytest.raises(DiskFull):
        save_both()

    assert (store.last_entry(), digests(store)) == (0, [])
    store.close()


def test_after_a_failed_write_the_problem_can_be_written_down(path: Path, disk: Path) -> None:
    store = opening.open_store(path).store
    fill(disk)
    save_until_full(store)

    store.set_problem(PROBLEM)
    for _ in range(500):
        store.append(ENTRY)

    assert store.problems() == (PROBLEM,)
    assert store.backlog().entries == 500
    store.close()


def test_room_is_made_on_a_full_disk_and_given_back_to_it(path: Path, disk: Path) -> None:
    store = opening.open_store(path).store
    for number in range(3):
        store.save_bundle(f"{number:064x}", BUNDLE)
    fill(disk)
    save_until_full(store)
    fill(disk)  # takes the reserve too, which the failed write gave up

    store.keep_only({f"{0:064x}"}, ())

    assert digests(store) == [f"{0:064x}"]
    space = os.statvfs(disk)
    assert space.f_bavail * space.f_frsize >= len(BUNDLE)
    store.set_problem(PROBLEM)
    store.close()


def test_the_reserve_is_given_up_by_the_first_failure_and_taken_back_with_plenty(path: Path, disk: Path) -> None:
    store = opening.open_store(path).store
    reserve = path.with_name("reserve")
    assert reserve.stat().st_size == RESERVE_BYTES
    other = fill(disk)
    save_until_full(store)
    assert not reserve.exists()

    other.unlink()
    store.keep_only((), ())

    assert reserve.stat().st_size == RESERVE_BYTES
    store.close()


def test_the_store_opens_on_a_full_disk(path: Path, disk: Path) -> None:
    store = opening.open_store(path).store
    store.append(ENTRY)
    store.close()
    fill(disk)

    opened = opening.open_store(path)

    assert not opened.was_damaged
    assert opened.store.append(ENTRY) == 2
    opened.store.close()


def test_a_full_disk_without_reserve_is_unavailable_not_damaged(path: Path, disk: Path) -> None:
    opening.open_store(path).store.close()
    path.with_name("reserve").unlink()
    fill(disk)

    with pytest.raises(DiskFull):
        opening.open_store(path)

    assert path.exists()
    assert not list(path.parent.glob("*.damaged-*"))


def test_the_copy_of_the_trust_follows_when_there_is_room_again(
    path: Path, disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = opening.open_store(path).store
    copy = path.with_name("trust.json")
    copy.with_name("trust.json.new").mkdir()  # as good as no room: the copy cannot be written

    store.save_trust(Trust("root"))
    store.append(ENTRY)
    assert not copy.exists()
    assert caplog.text.count("is behind") == 1

    copy.with_name("trust.json.new").rmdir()
    store.append(ENTRY)
    assert copy.exists()
    store.close()


def test_without_a_mount_a_page_limit_is_a_full_disk_too(tmp_path: Path) -> None:
    store = opening.open_store(tmp_path / opening.FILE_NAME).store
    store.save_bundle("0" * 64, b"kept")
    list(store._session.rows("PRAGMA max_page_count = 64"))

    with pytest.raises(DiskFull, match="disk is full"):
        store.save_bundle("1" * 64, BUNDLE)

    assert (store.bundle("0" * 64), store.bundle("1" * 64)) == (b"kept", None)
    store.close()
