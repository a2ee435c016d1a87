"""Whatever ends the demo, nothing of it stays: no process, no folder, and no setting of this process."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from pinnace_sim.demo import children, interrupts, workspace
from pinnace_sim.provision.running import wait_until

PATIENCE_S = 20.0
HOLD = """
import os, sys, time
from pinnace_sim.demo import workspace
with workspace.opened(sys.argv[1]) as space:
    (space.folder / "file").touch()
    print(space.folder, os.environ["TMPDIR"], flush=True)
    sys.stdin.read()
"""
WAIT = """
import os, pathlib, signal, sys
from pinnace_sim.demo import children, interrupts
from pinnace_sim.provision.running import Program, wait_until
slow = Program("slow", ["sleep", "600"], pathlib.Path(sys.argv[1]), os.environ)
def wait():
    slow.start()
    os.kill(os.getpid(), signal.SIGTERM)
    wait_until(lambda: not slow.is_running, "the program to be ended", 600)
try:
    with interrupts.heeded():
        children.side_by_side([wait])
except KeyboardInterrupt:
    print("interrupted, the program has ended:", not slow.is_running)
"""


def test_everything_temporary_lies_in_the_folder_and_goes_with_it() -> None:
    before = tempfile.gettempdir()
    with workspace.opened("pinnace-test-") as space:
        inside = Path(tempfile.mkdtemp())
        assert inside.parent == space.folder == Path(os.environ["TMPDIR"])
    assert not space.folder.exists()
    assert tempfile.gettempdir() == before


def test_a_folder_that_is_kept_has_every_log_in_one_place(tmp_path: Path) -> None:
    with workspace.opened("pinnace-test-") as space:
        (space.folder / "north").mkdir()
        (space.folder / "north" / "edge.log").write_text("what happened")
        space.keep()
        space.keep()
    try:
        assert [path.name for path in space.logs.iterdir()] == ["north-edge.log"]
        assert (space.logs / "north-edge.log").read_text() == "what happened"
    finally:
        shutil.rmtree(space.folder)
    assert not space.folder.exists()


def test_a_demo_that_is_killed_leaves_no_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, "pinnace-test-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as demo:
        assert demo.stdout is not None
        folder, temporary = demo.stdout.readline().split()
        assert Path(folder, "file").exists()
        assert temporary == folder
        demo.kill()
    wait_until(lambda: not Path(folder).exists(), "the folder to be removed", PATIENCE_S)


def test_jobs_run_side_by_side_and_answer_in_order() -> None:
    both = threading.Barrier(2, timeout=PATIENCE_S)
    assert children.side_by_side([lambda: both.wait() >= 0, lambda: both.wait() < 2]) == [True, True]


def test_a_job_that_fails_is_told_after_all_have_ended() -> None:
    ended: list[str] = []

    def fail() -> None:
        raise ValueError("no such cluster")

    with pytest.raises(ValueError, match="no such cluster"):
        children.side_by_side([fail, lambda: ended.append("other")])
    assert ended == ["other"]


def test_an_interrupt_ends_what_a_job_waits_for(tmp_path: Path) -> None:
    """In a process of its own: all children of the interrupted one end."""
    command = [sys.executable, "-c", WAIT, str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert (answer.stdout, answer.stderr) == ("interrupted, the program has ended: True\n", "")


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_each_way_to_interrupt_is_one_and_comes_once(number: signal.Signals) -> None:
    """Whatever started the tests may have had one ignored, as `nohup` does."""
    usual = signal.default_int_handler
    before = signal.signal(number, usual)

    def interrupt_twice() -> None:
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(number)

    try:
        with pytest.raises(KeyboardInterrupt), interrupts.heeded():
            interrupt_twice()
        assert signal.getsignal(number) == usual
    finally:
        signal.signal(number, before)


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.heeded():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
