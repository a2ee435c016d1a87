"""What a node says about itself, to people and to programs, from its store alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pinnace_edge import status
from pinnace_edge.__main__ import Exit
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey, Deployment, Trust
from pinnace_edge.ports import Store, StoredHead
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
GOOD, WANTED = "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = opening.open_store(tmp_path / opening.FILE_NAME).store
    yield opened
    opened.close()


def fill(store: Store) -> None:
    store.save_trust(Trust("root"))
    store.save_assignment(1, ("shops", "plants"))
    store.save_head(StoredHead("shops", 7, b""))
    store.daemon_started(NOW - timedelta(hours=3))
    store.set_last_contact(NOW - timedelta(minutes=4))
    pos, web, old = (AppKey("retail", name) for name in ("pos", "web", "old"))
    since = NOW - timedelta(days=2)
    store.save_deployment(Deployment(pos, "shops", Phase.CONVERGED, since, GOOD, 3, GOOD, 3, 4, 4))
    waits = Deployment(web, "shops", Phase.FETCHING, NOW, WANTED, 2, GOOD, 1, 1, 2, reason=Reason.CHUNK_MISSING)
    store.save_deployment(waits)
    store.save_deployment(
        Deployment(old, "shops", Phase.REMOVING, NOW, bundle=GOOD, revision=5, reason=Reason.REMOVING)
    )
    store.append(Entry(seq=1, at="2026-11-23T10:22:00Z", event=Event.STARTED))
    store.set_problem(NodeProblem(reason=Reason.DISK_FULL, message="0 bytes left", since="2026-11-23T11:00:00Z"))


def test_text_tells_what_runs_what_waits_and_what_to_do(store: Store) -> None:
    fill(store)

    lines = status.as_text(status.collect(store, process=123), NOW).splitlines()

    assert lines == [
        "daemon    running (process 123), started 2026-11-23T09:00:00Z (3 h ago)",
        "contact   2026-11-23T11:56:00Z (4 min ago)",
        "journal   1 entry waits for the cloud (1 KiB)",
        "groups    shops (head 7), plants (no head yet)",
        "",
        "APPLICATION  GROUP  PHASE      REVISION   READY  SINCE",
        "retail/old   shops  Removing   5 -> none  0/0    2026-11-23T12:00:00Z (0 s ago)",
        "  Removing: the objects are being deleted",
        "  what to do: wait; look at finalizers if it lasts",
        "retail/pos   shops  Converged  3          4/4    2026-11-21T12:00:00Z (2 d ago)",
        "retail/web   shops  Fetching   1 -> 2     1/2    2026-11-23T12:00:00Z (0 s ago)",
        "  ChunkMissing: the broker does not hold a chunk; the node has asked for it",
        "  what to do: wait; check that the controller runs",
        "",
        "problem   DiskFull: 0 bytes left",
        "          since 2026-11-23T11:00:00Z (1 h ago)",
        "          what to do: free space on the site",
    ]


def test_json_tells_the_same_to_programs(store: Store) -> None:
    fill(store)

    document = json.loads(status.as_json(status.collect(store)))

    assert (document["running"], document["process"], document["joined"]) == (False, None, True)
    assert document["groups"] == [{"name": "shops", "head": 7}, {"name": "plants", "head": 0}]
    assert document["journal"]["waiting"] == 1
    web = document["applications"][2]
    assert (web["application"], web["phase"], web["revision"], web["wanted_revision"]) == ("web", "Fetching", 1, 2)
    assert (web["reason"], web["since"]) == ("ChunkMissing", "2026-11-23T12:00:00Z")
    assert document["problems"][0]["action"] == "free space on the site"
    assert document["last_contact"] == "2026-11-23T11:56:00Z"


def test_a_node_that_never_joined_is_told_how(store: Store) -> None:
    text = status.as_text(status.collect(store), NOW)

    assert "daemon    not running" in text
    assert "contact   never" in text
    assert "journal   nothing waits for the cloud" in text
    assert "pinnace-edge join TOKEN" in text
    assert text.endswith("no applications")


def test_a_wrong_clock_gives_no_negative_age(store: Store) -> None:
    store.set_last_contact(NOW)

    text = status.as_text(status.collect(store), NOW - timedelta(days=20000))

    assert "contact   2026-11-23T12:00:00Z\n" in text


def test_foreign_text_cannot_break_out_of_its_line(store: Store) -> None:
    message = "denied\n\x1b[2Jdaemon    running"
    store.set_problem(NodeProblem(reason=Reason.FORBIDDEN, message=message, since="2026-11-23T11:00:00Z"))

    text = status.as_text(status.collect(store), NOW)

    assert "problem   Forbidden: denied  [2Jdaemon    running\n" in text


def test_status_can_be_read_while_the_daemon_writes(store: Store, tmp_path: Path) -> None:
    fill(store)
    reader = opening.open_reader(tmp_path / opening.FILE_NAME)

    with store.transaction():
        store.drop_deployment(AppKey("retail", "pos"))
        assert len(status.collect(reader).deployments) == 3

    reader.close()


def test_a_reader_that_goes_away_is_no_error(store: Store, tmp_path: Path) -> None:
    fill(store)
    environment = {**os.environ, "PINNACE_EDGE_DATA_DIR": str(tmp_path)}
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "pinnace_edge", "status"]
    ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (Exit.PIPE_CLOSED, b"")
