"""Changes at awkward moments: killed in between, signed with a lowered limit, made twice, made of nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.adapters.sqlite.store import SqliteStore, SqliteTransaction
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.upkeep import Upkeep
from pinnace_schemas import topics
from pinnace_schemas.api import ApplyRequest
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind

OBJECTS = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {{name: shop}}
spec:
  components:
    - name: all
      type: k8s-objects
      properties: {{objects: [{item}]}}
  policies:
    - {{name: all, type: topology, properties: {{clusters: [shops]}}}}
"""
INNER = "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {p: hunter2}}"


class Killed(BaseException):
    """What a power cut is to a process."""


@contextmanager
def killed_after(desk: Desk, commits: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next transactions that write are made; what would come after them is not."""
    writing, left = desk.store.writing, commits

    @contextmanager
    def counted() -> Iterator[SqliteTransaction]:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        with writing() as tx:
            yield tx

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "writing", counted)
        with suppress(Killed):
            yield


def test_a_kill_while_the_last_node_is_deleted_leaves_no_application_that_waits_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    desk.join("s1")
    desk.controller.delete_application("default", "shop", force=False, actor=ACTOR)

    with killed_after(desk, 1, monkeypatch):
        desk.controller.delete_node("s1", ACTOR)

    assert desk.controller.nodes() == ()
    assert desk.controller.applications() == ()


def test_a_head_that_exceeds_a_lowered_limit_keeps_no_other_from_renewal(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    many = [desks.application(f"app-{number}", f"nginx:{number}", ["large"]) for number in range(30)]
    desk.apply(desks.group("large"), desks.group("shops", "s1"), desks.node("s1"), *many, desks.application())
    desk.outbox()
    desk.clock.pass_by(days=16)
    lowered = Post("default", desk.post.signer, Limits(max_message_bytes=3000))
    releases = Releases(desk.store, lowered, desk.clock, lambda: None)

    Upkeep(desk.store, lowered, releases, desk.clock).renew()

    names = {parcel.topic for parcel in desk.outbox()}
    assert names == {topics.build("default", Kind.HEAD, "shops"), topics.build("default", Kind.ASSIGNMENT, "s1")}
    assert "head of group large" in caplog.text


def test_two_controllers_on_one_store_never_give_one_number_twice(desk: Desk) -> None:
    """Both have planned on the same moment; the slower one is told, and its plan is not stored."""
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    store = desk.store
    other = Releases(store, desk.post, desk.clock, lambda: None)
    request = ApplyRequest(sources=desks.sources(desks.application(image="nginx:slow")))
    plan, _ = other.dry_run(request)
    desk.apply(desks.application(image="nginx:quick"))
    desk.outbox()

    with pytest.raises(Unavailable, match="another controller"):
        other._store_plan(plan, "apply")

    assert desk.head_version() == 2
    assert desk.outbox() == ()
    assert desk.controller.application("default", "shop").summary.revision == 2


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n---\n"])
def test_nothing_at_all_is_not_applied_as_if_it_were_something(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidSources, match=r"there is no document in file0\.yaml"):
        desk.apply(text)


def test_an_empty_file_beside_others_is_fine(desk: Desk) -> None:
    assert [item.name for item in desk.apply("# later\n", desks.node("s1")).items] == ["s1"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (f"{{apiVersion: v1, kind: List, items: [{INNER}]}}", Reason.INVALID),
        (f"{{apiVersion: v1, kind: SecretList, metadata: {{name: a}}, items: [{INNER}]}}", Reason.INVALID),
        (INNER.replace("Secret", "secret"), Reason.PLAIN_SECRET),
        (INNER.replace("Secret", '"Secret "'), Reason.PLAIN_SECRET),
        (INNER.replace("v1,", "core/v1,"), Reason.PLAIN_SECRET),
        (INNER.replace("v1,", "/v1,"), Reason.PLAIN_SECRET),
    ],
)
def test_a_secret_does_not_travel_in_the_clear_however_it_is_written(desk: Desk, item: str, reason: Reason) -> None:
    desk.apply(desks.group("shops", "s1"))

    with pytest.raises(InvalidSources) as refused:
        desk.apply(OBJECTS.format(item=item))

    assert refused.value.reason is reason
    assert desk.controller.applications() == ()


def test_a_kind_that_only_ends_like_a_list_is_an_object(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"))
    desk.apply(OBJECTS.format(item="{apiVersion: example.org/v1, kind: AllowList, metadata: {name: a}, spec: {}}"))
    assert len(desk.controller.applications()) == 1


def test_a_copy_that_fails_leaves_nothing_that_looks_like_a_backup(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    _end_of_disk(monkeypatch)

    with pytest.raises(Unavailable, match=r"copy\.db could not be made"):
        desk.store.backup(copy)

    assert not copy.exists()


def _end_of_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy may have one page."""
    connect = sqlite3.connect

    def limited(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    def either(path: Path, *args: object, **options: object) -> sqlite3.Connection:
        return connect(path, *args, **options) if options else limited(path)  # type: ignore[call-overload]

    monkeypatch.setattr(sqlite3, "connect", either)


def test_a_backup_that_was_copied_back_is_for_its_owner_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "controller.db")
    store.close()
    (tmp_path / "controller.db").chmod(0o644)

    again = SqliteStore(tmp_path / "controller.db")
    again.close()

    assert (tmp_path / "controller.db").stat().st_mode & 0o777 == 0o600
