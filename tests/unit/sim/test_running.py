"""Programs under test: their ports, their errors, their end."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from pinnace_sim.provision import ProgramFailed, ports
from pinnace_sim.provision.running import Program, wait_until


def _program(folder: Path, source: str) -> Program:
    return Program("tested", [sys.executable, "-c", source], folder, os.environ)


def _wait_for_log(running: Program, word: str, times: int) -> None:
    wait_until(lambda: running.tail().count(word) == times, f"{word} in the log", 30, [running])


def test_free_ports_differ_and_are_below_the_range_of_outgoing_connections() -> None:
    given = [ports.free_port() for _ in range(50)]
    assert len(set(given)) == 50
    with socket.create_server((ports.LOOPBACK, 0)) as by_kernel:
        assert max(given) < by_kernel.getsockname()[1]


def test_port_in_use_is_not_free() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        assert not ports.is_free(taken.getsockname()[1])


def test_early_end_shows_the_end_of_the_log(tmp_path: Path) -> None:
    failing = _program(tmp_path, "raise SystemExit('no such setting')")
    failing.start()
    with pytest.raises(ProgramFailed, match=r"tested ended with 1;(.|\n)*no such setting"):
        wait_until(lambda: False, "nothing", 30, [failing])


def test_deadline_names_what_was_waited_for(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"waited 0 s in vain for the moon"):
        wait_until(lambda: False, "the moon", 0)


def test_killed_program_starts_again_and_appends_to_its_log(tmp_path: Path) -> None:
    running = _program(tmp_path, "import time; print('up', flush=True); time.sleep(600)")
    for starts in (1, 2):
        running.start()
        _wait_for_log(running, "up", starts)
        running.kill()
        assert not running.is_running


def test_program_that_ignores_the_request_to_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinnace_sim.provision.running.STOP_DEADLINE_S", 0.05)
    source = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    stubborn = _program(tmp_path, source)
    stubborn.start()
    _wait_for_log(stubborn, "up", 1)
    stubborn.stop()
    assert not stubborn.is_running


@pytest.mark.slow
def test_program_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    source = (
        "import os, pathlib, sys; from pinnace_sim.provision.running import Program\n"
        "child = Program('child', ['sleep', '600'], pathlib.Path(sys.argv[1]), os.environ)\n"
        "child.start(); comm = pathlib.Path(f'/proc/{child.pid}/comm')\n"
        "while comm.read_text() != 'sleep\\n': pass\n"  # from then on the kernel knows what to do
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = Program("parent", [sys.executable, "-c", source, str(tmp_path)], tmp_path, os.environ)
    parent.start()
    wait_until(lambda: not parent.is_running, "the parent to be killed", 30)
    child = Path("/proc") / parent.tail().strip()
    wait_until(lambda: not child.exists(), "the child to end", 30)
