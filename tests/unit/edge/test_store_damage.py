"""A damaged or missing store is replaced, told of, and what refuses replays survives. What passes is no damage."""

import json
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from pinnace_edge import version
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.adapters.sqlite.opening import Opened
from pinnace_edge.model import Trust
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.reasons import Reason

TRUST = Trust("root text", "control text", {"group/shops timestamp": 7})
LATER = version.RELEASED + timedelta(days=3)
ENTRY = Entry(seq=1, at="2026-11-23T10:22:00Z", event=Event.STARTED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed store with some trust, a journal entry and enough bundles for many pages."""
    path = tmp_path / opening.FILE_NAME
    store = opening.open_store(path).store
    store.raise_time_floor(LATER)
    store.save_trust(TRUST)
    store.save_assignment(4, ("shops",))
    store.append(ENTRY)
    for digit in "0123456789":
        store.save_bundle(digit * 64, digit.encode() * 50_000)
    store.close()
    return path


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def assert_new_with_old_trust(opened: Opened) -> None:
    assert opened.was_damaged
    assert opened.kept_trust
    assert opened.store.trust() == TRUST
    assert opened.store.assignment() == (4, ("shops",))
    assert opened.store.time_floor() == LATER
    assert opened.store.last_entry() == 0
    assert opened.store.bundle("0" * 64) is None
    opened.store.close()


def test_a_whole_store_is_not_damaged(path: Path) -> None:
    opened = opening.open_store(path)

    assert (opened.was_damaged, opened.set_aside) == (False, None)
    opened.store.close()


def test_the_very_first_start_is_not_damage(tmp_path: Path) -> None:
    opened = opening.open_store(tmp_path / "new" / opening.FILE_NAME)

    assert (opened.was_damaged, opened.kept_trust) == (False, True)
    opened.store.close()


@pytest.mark.parametrize(
    ("offset", "data"),
    [(0, b"this is not a database at all"), (100, b"\xff" * 300), (40_000, b"\xff" * 40_000)],
    ids=["header", "schema page", "pages in the middle"],
)
def test_a_damaged_store_is_set_aside_and_made_anew(path: Path, offset: int, data: bytes) -> None:
    overwrite(path, offset, data)

    opened = opening.open_store(path)

    assert opened.set_aside == path.with_name("edge.db.damaged-1")
    assert opened.set_aside.exists()
    assert_new_with_old_trust(opened)


def test_a_truncated_store_is_set_aside(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)

    assert_new_with_old_trust(opening.open_store(path))


def test_a_missing_store_is_made_anew_with_the_old_trust(path: Path) -> None:
    path.unlink()

    opened = opening.open_store(path)

    assert opened.set_aside is None
    assert_new_with_old_trust(opened)


def test_a_file_of_other_tables_is_set_aside(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DELETE FROM node")
    db.commit()
    db.close()

    assert_new_with_old_trust(opening.open_store(path))


def test_damage_met_while_running_surfaces_and_is_dealt_with_at_the_next_start(path: Path) -> None:
    store = opening.open_store(path).store
    for digit in "0123456789":
        store.save_chunk(digit * 64, bytes(500_000))  # more than the page cache holds
    for number in range(1, path.stat().st_size // 4096):
        overwrite(path, number * 4096, b"\xff" * 4096)

    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        [store.chunk(digit * 64) for digit in "0123456789"]
    store.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)

    assert_new_with_old_trust(opening.open_store(path))
    assert not opening.open_store(path).was_damaged


def test_damage_that_the_check_does_not_find_is_believed_all_the_same(path: Path) -> None:
    path.with_name("edge.db.suspect").touch()

    assert_new_with_old_trust(opening.open_store(path))
    assert not path.with_name("edge.db.suspect").exists()


def test_a_new_store_is_a_new_journal(path: Path) -> None:
    store = opening.open_store(path).store
    before = store.journal_id()
    store.close()
    overwrite(path, 0, b"garbage garbage garbage")

    opened = opening.open_store(path)

    assert opened.store.journal_id() != before
    opened.store.close()


def test_only_the_newest_damaged_files_are_kept(path: Path) -> None:
    for _ in range(5):
        overwrite(path, 0, b"garbage garbage garbage")
        opening.open_store(path).store.close()

    assert sorted(item.name for item in path.parent.glob("*.damaged-*")) == ["edge.db.damaged-4", "edge.db.damaged-5"]


def test_a_damaged_copy_of_the_trust_is_told_and_not_believed(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    copy = path.with_name("trust.json")
    copy.write_text(copy.read_text().replace('timestamp\\":7', 'timestamp\\":1'))
    overwrite(path, 0, b"garbage garbage garbage")

    opened = opening.open_store(path)

    assert (opened.was_damaged, opened.kept_trust, opened.store.trust()) == (True, False, None)
    assert "its digest differs" in caplog.text
    opened.store.close()


def test_a_copy_that_is_behind_is_brought_up_when_the_store_is_opened(path: Path, tmp_path: Path) -> None:
    copy, saved = path.with_name("trust.json"), tmp_path / "saved"
    shutil.copy(copy, saved)
    store = opening.open_store(path).store
    store.save_trust(Trust("root text", "control text", {"group/shops timestamp": 8}))
    store.close()
    newest = copy.read_bytes()
    shutil.copy(saved, copy)  # as a kill between commit and copy leaves it

    opening.open_store(path).store.close()

    assert copy.read_bytes() == newest != saved.read_bytes()


def test_trust_of_a_transaction_that_failed_is_not_copied(path: Path) -> None:
    copy = path.with_name("trust.json")
    before = copy.read_bytes()
    store = opening.open_store(path).store

    def fail() -> None:
        with store.transaction():
            store.save_trust(Trust("evil root"))
            raise OSError("boom")

    with pytest.raises(OSError, match="boom"):
        fail()
    store.append(ENTRY)

    assert copy.read_bytes() == before
    assert "sha256" in json.loads(before)
    store.close()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('pinnace-edge', 'm999_later', '')"
    )
    db.commit()
    db.close()

    with pytest.raises(Rejected, match="m999_later") as caught:
        opening.open_store(path)

    assert caught.value.reason is Reason.UNSUPPORTED
    assert path.exists()
    assert not list(path.parent.glob("*.damaged-*"))


def test_a_folder_in_the_place_of_the_store_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / opening.FILE_NAME
    path.mkdir()

    with pytest.raises(Unavailable, match="check"):
        opening.open_store(path)

    assert path.is_dir()


def test_a_reader_does_not_touch_a_damaged_store(path: Path) -> None:
    overwrite(path, 0, b"garbage garbage garbage")

    with pytest.raises(Unavailable, match="restart the daemon"):
        opening.open_reader(path)

    assert not list(path.parent.glob("*.damaged-*"))
