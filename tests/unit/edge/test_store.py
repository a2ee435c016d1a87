"""What the store is given it gives back, whole, also after it was closed and opened again."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pinnace_edge import version
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey, Deployment, Kind, Owned, Ref, Trust
from pinnace_edge.ports import Store, StoredHead
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

NOW = datetime(2026, 11, 23, 10, 22, 7, 123456, tzinfo=UTC)
KEY = AppKey("retail", "pos")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / opening.FILE_NAME


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = opening.open_store(path).store
    yield opened
    opened.close()


def reopened(path: Path) -> Store:
    return opening.open_store(path).store


def deployment(key: AppKey = KEY, **changes: object) -> Deployment:
    fields: dict[str, object] = {"wanted_bundle": "b" * 64, "wanted_revision": 3, "ready": 1, "total": 2, "healed": 5}
    return Deployment(key, "shops", Phase.PROGRESSING, NOW, **{**fields, **changes})  # type: ignore[arg-type] # a builder


def owned(name: str, uid: str = "u-1") -> Owned:
    return Owned(Ref(Kind("apps/v1", "Deployment"), "retail", name), "digest", uid, "17", "fields")


def test_everything_is_there_after_reopening(store: Store, path: Path) -> None:
    trust = Trust("root text", "control text", {"group/shops timestamp": 7, "nodes/* targets": 2})
    head = StoredHead("shops", 7, b"\x00head")
    failed = deployment(reason=Reason.UNHEALTHY, message="web: 0 of 2", bundle="a" * 64, revision=2)
    store.save_trust(trust)
    store.save_assignment(4, ("shops", "plants"))
    store.save_head(head)
    store.save_bundle("b" * 64, b"plain")
    store.save_chunk("c" * 64, b"\xff")
    store.save_deployment(failed)
    store.save_owned(KEY, [owned("web")])
    store.set_last_contact(NOW)
    store.daemon_started(NOW)
    journal = store.journal_id()
    store.close()

    again = reopened(path)

    assert again.trust() == trust
    assert again.assignment() == (4, ("shops", "plants"))
    assert again.heads() == (head,)
    assert (again.bundle("b" * 64), again.chunk("c" * 64)) == (b"plain", b"\xff")
    assert again.deployments() == (failed,)
    assert again.inventory(KEY) == {owned("web").ref: owned("web")}
    assert (again.last_contact(), again.started_at(), again.journal_id()) == (NOW, NOW, journal)
    again.close()


def test_a_new_store_knows_nothing(store: Store) -> None:
    assert store.trust() is None
    assert store.assignment() == (0, ())
    assert (store.last_contact(), store.started_at()) == (None, None)
    assert (store.deployments(), store.heads(), store.problems(), store.owners()) == ((), (), (), {})
    assert (store.bundle("b" * 64), store.chunk("c" * 64)) == (None, None)
    assert len(store.journal_id()) == 32


def test_files_are_readable_by_their_owner_only(store: Store, path: Path) -> None:
    store.save_trust(Trust("root"))

    modes = {item.name: item.stat().st_mode & 0o777 for item in path.parent.iterdir()}

    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_saving_again_replaces(store: Store) -> None:
    store.save_deployment(deployment())
    store.save_deployment(deployment(healed=6))
    store.save_head(StoredHead("shops", 1, b"old"))
    store.save_head(StoredHead("shops", 2, b"new"))
    store.save_trust(Trust("root", "", {"a b": 1, "c d": 1}))
    store.save_trust(Trust("root", "", {"a b": 2}))
    store.save_owned(KEY, [owned("web", uid="")])
    store.save_owned(KEY, [owned("web", uid="u-2")])

    assert store.deployments() == (deployment(healed=6),)
    assert store.heads() == (StoredHead("shops", 2, b"new"),)
    assert store.trust() == Trust("root", "", {"a b": 2})
    assert store.inventory(KEY)[owned("web").ref].uid == "u-2"


def test_dropping_leaves_the_others(store: Store) -> None:
    other = AppKey("retail", "web")
    store.save_deployment(deployment())
    store.save_deployment(deployment(other))
    store.save_owned(KEY, [owned("one"), owned("two")])
    store.save_owned(other, [owned("three")])
    store.save_head(StoredHead("shops", 1, b"s"))
    store.save_head(StoredHead("plants", 1, b"p"))

    store.drop_deployment(KEY)
    store.drop_owned(KEY, [owned("one").ref])
    store.drop_head("shops")

    assert [item.key for item in store.deployments()] == [other]
    assert store.owners() == {owned("two").ref: KEY, owned("three").ref: other}
    assert [head.group for head in store.heads()] == ["plants"]


def test_an_object_in_two_inventories_belongs_to_the_first(store: Store) -> None:
    store.save_owned(KEY, [owned("web")])
    store.save_owned(AppKey("retail", "late"), [owned("web")])

    assert store.owners() == {owned("web").ref: KEY}


def test_holders_are_those_who_have_applied_an_object_and_not_those_who_meant_to(store: Store) -> None:
    late, never = AppKey("retail", "late"), AppKey("retail", "never")
    store.save_owned(never, [owned("web", uid="")])
    store.save_owned(KEY, [owned("web")])
    store.save_owned(late, [owned("web"), owned("other")])

    assert store.holders(owned("web").ref) == (KEY, late)
    assert store.holders(owned("third").ref) == ()


def test_an_object_is_held_in_whatever_version_of_its_api_it_is_named(store: Store) -> None:
    older, other = (Ref(Kind(version, "Deployment"), "retail", "web") for version in ("apps/v1beta1", "example.com/v1"))
    store.save_owned(KEY, [Owned(older, "digest", "u")])

    assert store.holders(owned("web").ref) == (KEY,)
    assert store.holders(other) == ()


def test_keep_only_drops_the_rest(store: Store) -> None:
    for digest in ("1" * 64, "2" * 64):
        store.save_bundle(digest, b"x")
        store.save_chunk(digest, b"y")

    store.keep_only({"1" * 64}, {"2" * 64})

    assert (store.bundle("1" * 64), store.bundle("2" * 64)) == (b"x", None)
    assert store.chunk_digests() == {"2" * 64}


def test_report_numbers_go_on_after_reopening(store: Store, path: Path) -> None:
    assert [store.next_report_number() for _ in range(3)] == [1, 2, 3]
    store.close()

    again = reopened(path)

    assert again.next_report_number() == 4
    again.close()


def test_time_floor_never_falls(store: Store) -> None:
    assert store.time_floor() == version.RELEASED
    store.raise_time_floor(version.RELEASED - timedelta(days=1))
    assert store.time_floor() == version.RELEASED
    store.raise_time_floor(version.RELEASED + timedelta(days=9))
    store.raise_time_floor(version.RELEASED + timedelta(days=1))
    assert store.time_floor() == version.RELEASED + timedelta(days=9)


def test_a_problem_keeps_when_it_began(store: Store) -> None:
    store.set_problem(NodeProblem(reason=Reason.DISK_FULL, message="10 KiB left", since="2026-11-23T10:00:00Z"))
    store.set_problem(NodeProblem(reason=Reason.DISK_FULL, message="0 KiB left", since="2026-11-23T11:00:00Z"))
    store.set_problem(NodeProblem(reason=Reason.CLUSTER_UNAVAILABLE, since="2026-11-23T09:00:00Z"))

    assert [item.reason for item in store.problems()] == [Reason.CLUSTER_UNAVAILABLE, Reason.DISK_FULL]
    assert store.problems()[1].since == "2026-11-23T10:00:00Z"
    assert store.problems()[1].message == "0 KiB left"

    store.clear_problem(Reason.DISK_FULL)
    store.clear_problem(Reason.DISK_FULL)

    assert [item.reason for item in store.problems()] == [Reason.CLUSTER_UNAVAILABLE]


def test_an_error_undoes_the_whole_transaction(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.save_deployment(deployment())
            with store.transaction():
                store.save_head(StoredHead("shops", 1, b""))
            raise OSError("boom")

    with pytest.raises(OSError, match="boom"):
        fail()

    assert (store.deployments(), store.heads()) == ((), ())


def test_an_error_inside_undoes_the_outer_transaction_even_when_caught(store: Store) -> None:
    def inner() -> None:
        with store.transaction():
            store.save_head(StoredHead("shops", 1, b""))
            raise OSError("boom")

    def outer() -> None:
        with store.transaction():
            store.save_deployment(deployment())
            with pytest.raises(OSError, match="boom"):
                inner()
            store.save_chunk("c" * 64, b"")

    with pytest.raises(OSError, match="boom"):
        outer()

    assert (store.deployments(), store.heads(), store.chunk_digests()) == ((), (), frozenset())
    store.save_deployment(deployment())
    assert len(store.deployments()) == 1


def test_the_store_belongs_to_one_thread(store: Store) -> None:
    errors: list[Exception] = []

    def use() -> None:
        try:
            store.journal_id()
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is looked at below
            errors.append(exc)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()

    assert "thread" in str(errors[0])


def test_a_reader_sees_one_state_while_the_daemon_writes(store: Store, path: Path) -> None:
    store.save_deployment(deployment())
    reader = opening.open_reader(path)
    assert len(reader.deployments()) == 1

    store.save_deployment(deployment(AppKey("retail", "web")))

    assert len(reader.deployments()) == 1
    reader.close()
    later = opening.open_reader(path)
    assert len(later.deployments()) == 2
    later.close()


def test_a_reader_cannot_write(store: Store, path: Path) -> None:
    reader = opening.open_reader(path)

    with pytest.raises(sqlite3.OperationalError, match="transaction"):
        reader.save_bundle("b" * 64, b"")

    reader.close()


def test_a_reader_of_no_store_says_so(path: Path) -> None:
    with pytest.raises(Unavailable, match="there is no store"):
        opening.open_reader(path)
    assert not path.exists()


def test_a_second_writer_is_told_of_the_first(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinnace_edge.adapters.sqlite.session._BUSY_TIMEOUT_S", 0.01)
    second = opening.open_store(path).store

    with store.transaction():
        store.save_chunk("c" * 64, b"")
        with pytest.raises(Unavailable, match="another process"):
            second.save_chunk("d" * 64, b"")

    second.close()


def test_a_folder_that_cannot_be_made_is_unavailable_not_damaged(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(Unavailable, match="check data_dir"):
        opening.open_store(tmp_path / "file" / "data" / opening.FILE_NAME)
