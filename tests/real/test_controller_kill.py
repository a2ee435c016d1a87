"""A controller that is killed again and again while people change things: what it has acknowledged stays true."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from tests.real import hostile, sites
from tests.real.hostile import Line, topic
from tests.real.sites import World

from pinnace_schemas.topics import Kind
from pinnace_sim.processes.command import CommandFailed
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

_KILLS = 4
_APPLIED_BETWEEN = 3
_DEADLINE_S = 60.0
HEAD = topic(Kind.HEAD, "shops")


class Office:
    """Somebody who applies a new revision again and again, and keeps what was acknowledged."""

    def __init__(self, world: World) -> None:
        self.acknowledged: list[int] = []
        self._world = world
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(_DEADLINE_S)

    def wait_for_more(self) -> None:
        """Until some more changes were acknowledged."""
        enough = len(self.acknowledged) + _APPLIED_BETWEEN
        wait_until(lambda: len(self.acknowledged) >= enough, "changes to be acknowledged", _DEADLINE_S)

    def _work(self) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            try:
                revision = sites.deliver(self._world, "shop", _config(turn))
            except (OSError, HTTPException, CommandFailed):
                self._stop.wait(0.05)
            else:
                self.acknowledged.append(revision)


def _config(turn: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "turn"}, "data": {"turn": str(turn)}}


@contextmanager
def listening(world: World) -> Iterator[Line]:
    with hostile.line(world.broker.port) as line:
        line.listen(HEAD)
        yield line


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    require(Part.MOSQUITTO)
    with sites.desk(tmp_path) as world:
        world.controller.apply(sites.group("shops", "site-a"))
        yield world


def test_what_was_acknowledged_is_there_after_each_kill_and_no_number_goes_down(desk: World) -> None:
    office, controller = Office(desk), desk.controller
    with listening(desk) as line:
        office.start()
        try:
            for _ in range(_KILLS):
                office.wait_for_more()
                controller.kill()
                controller.restart()
        finally:
            office.stop()

        history = controller.ask("/applications/default/shop/history")
        assert [row["revision"] for row in history] == list(range(1, len(history) + 1))
        assert sorted(set(office.acknowledged)) == office.acknowledged  # each content has a number of its own
        assert office.acknowledged[-1] <= len(history)
        wanted = controller.ask("/groups/shops")["head_version"]
        versions = _versions(line, until=wanted)

    assert versions == sorted(versions)
    (released,), _ = hostile.bundles_of(hostile.retained(desk.broker.port, HEAD))
    assert released.digest == history[-1]["groups"]["shops"]


def _versions(line: Line, until: int) -> list[int]:
    """Versions of the heads as they arrived."""
    found: list[int] = []
    end = time.monotonic() + _DEADLINE_S
    while not found or found[-1] < until:
        assert time.monotonic() < end, f"the broker was given {found}, the store has {until}"
        try:
            payload = line.next()[1]
        except queue.Empty:
            continue
        if payload:
            found.append(hostile.bundles_of(payload)[1])
    return found
