"""The controller's memory: all or nothing, one writer, damage is told, and a copy can be made while it runs."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.storage.rows import Parcel
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.reasons import Reason


def test_a_transaction_that_fails_leaves_nothing(desk: Desk) -> None:
    def fail() -> None:
        with desk.store.writing() as tx:
            tx.outbox.put([Parcel("a", b"x", retain=True)])
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert desk.outbox() == ()


def test_what_is_committed_is_there_after_reopening(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.db")
    with store.writing() as tx:
        tx.outbox.put([Parcel("a", b"x", retain=True)])
    store.close()

    store = SqliteStore(tmp_path / "c.db")
    with store.reading() as tx:
        assert tx.outbox.count() == 1
    store.close()


def test_commits_are_made_to_survive_a_power_cut(desk: Desk) -> None:
    with sqlite3.connect(desk.folder / "controller.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    with desk.store.writing() as tx:
        assert tx.outbox._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_reader_sees_one_moment(desk: Desk) -> None:
    seen: list[int] = []
    with desk.store.reading() as tx:
        seen.append(tx.outbox.count())
        thread = threading.Thread(target=desk.apply, args=(desks.node("s1"),))
        thread.start()
        thread.join()
        seen.append(tx.outbox.count())

    assert seen == [0, 0]
    assert len(desk.outbox()) == 1


def test_a_transaction_within_a_transaction_is_a_bug(desk: Desk) -> None:
    with desk.store.reading(), pytest.raises(RuntimeError), desk.store.reading():
        pass


@pytest.mark.parametrize("damage", [b"this is no database at all, but some text" * 100, None])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "c.db"
    store = SqliteStore(path)
    with store.writing() as tx:
        tx.outbox.put(Parcel(f"topic/{number}", b"x" * 500, retain=True) for number in range(200))
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content) if damage is None else damage)

    with pytest.raises(Rejected) as caught:
        SqliteStore(path)

    assert caught.value.reason is Reason.STORE_DAMAGED
    assert caught.value.where == str(path)
    assert "restore a backup" in caught.value.message


def test_only_who_goes_on_with_it_reads_the_whole_store(tmp_path: Path) -> None:
    """A gigabyte takes seconds: too long for a command that makes a token."""
    path = tmp_path / "c.db"
    store = SqliteStore(path)
    with store.writing() as tx:
        tx.outbox.put(Parcel(f"topic/{number}", b"x" * 500, retain=True) for number in range(200))
    store.close()
    content = path.read_bytes()
    path.write_bytes(content[:-4096] + b"\xff" * 4096)

    SqliteStore(path, is_checked=False).close()

    with pytest.raises(Rejected, match="the store is damaged"):
        SqliteStore(path)


@pytest.mark.parametrize("is_checked", [True, False])
def test_what_is_no_store_is_found_out_in_any_case(tmp_path: Path, is_checked: bool) -> None:
    (tmp_path / "c.db").write_bytes(b"this is no database at all, but some text" * 100)

    with pytest.raises(Rejected, match="the store is damaged"):
        SqliteStore(tmp_path / "c.db", is_checked=is_checked)


def test_a_path_that_can_be_no_store_is_called_wrong_and_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "c.db").mkdir()

    with pytest.raises(Misconfigured, match="Is a directory") as caught:
        SqliteStore(tmp_path / "c.db")

    assert str(tmp_path / "c.db") in str(caught.value)


def test_a_store_of_a_newer_version_is_refused_and_not_changed(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "c.db").close()
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('pinnace-controller', 'of the future', '2030-01-01')"
        )
    before = (tmp_path / "c.db").read_bytes()

    with pytest.raises(Rejected, match="of the future") as caught:
        SqliteStore(tmp_path / "c.db")

    assert caught.value.reason is Reason.UNSUPPORTED
    assert str(tmp_path / "c.db") in str(caught.value)
    assert (tmp_path / "c.db").read_bytes() == before


def test_a_backup_goes_to_a_folder_that_is_there(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no folder"):
        desk.store.backup(tmp_path / "mistyped" / "copy.db")
    assert not (tmp_path / "mistyped").exists()


def test_the_file_is_for_its_owner_only(desk: Desk) -> None:
    for path in desk.folder.glob("controller.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_backup_is_a_whole_store(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    copy = desk.folder / "copy.db"

    desk.store.backup(copy)

    store = SqliteStore(copy)
    with store.reading() as tx:
        assert [str(row.key) for row in tx.applications.all()] == ["default/shop"]
    store.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(desk: Desk) -> None:
    (desk.folder / "copy.db").write_text("precious")

    with pytest.raises(Rejected):
        desk.store.backup(desk.folder / "copy.db")

    assert (desk.folder / "copy.db").read_text() == "precious"


def test_the_newest_retained_message_wins_and_the_same_keeps_its_place(desk: Desk) -> None:
    with desk.store.writing() as tx:
        tx.outbox.put([Parcel("chunk", b"c", retain=True), Parcel("head", b"1", retain=True)])
        tx.outbox.put([Parcel("head", b"2", retain=True), Parcel("chunk", b"c", retain=True)])
        tx.outbox.put([Parcel("inbox", b"x", retain=False), Parcel("inbox", b"x", retain=False)])

    assert [(parcel.topic, parcel.payload) for parcel in desk.outbox()] == [
        ("chunk", b"c"),
        ("head", b"2"),
        ("inbox", b"x"),
        ("inbox", b"x"),
    ]


def test_a_number_that_someone_has_seen_is_not_forgotten_by_a_slower_writer(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    with desk.store.writing() as tx:
        head, assignment = tx.deliveries.head("shops"), tx.deliveries.assignment("s1")
        tx.deliveries.raise_floors({"shops": 9}, {"s1": 8})
        tx.deliveries.save_head(head)
        tx.deliveries.save_assignments([assignment])
        assert tx.deliveries.head("shops").next_version == 10
        assert tx.deliveries.assignment("s1").next_version == 9


def test_threads_that_come_and_go_leave_no_open_files(desk: Desk) -> None:
    open_files = Path("/proc/self/fd")
    before = len(list(open_files.iterdir()))

    for _ in range(20):
        thread = threading.Thread(target=desk.controller.applications)
        thread.start()
        thread.join()

    assert len(list(open_files.iterdir())) <= before + 2


def test_wrong_sql_is_a_bug_and_not_a_store_that_does_not_work(desk: Desk) -> None:
    with pytest.raises(sqlite3.OperationalError), desk.store.reading() as tx:
        tx.outbox._db.execute("SELECT nothing FROM nowhere")
