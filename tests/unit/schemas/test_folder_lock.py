"""One daemon, and one controller, for one data folder."""

import errno
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.folder_lock import FolderLock
from pinnace_schemas.reasons import Reason

HOLDER = """
import sys, time
from pathlib import Path
from pinnace_schemas.folder_lock import FolderLock
with FolderLock(Path(sys.argv[1]), "daemon", time.sleep):
    print("held", flush=True)
    sys.stdin.read()
"""


def lock(folder: Path, program: str = "daemon") -> FolderLock:
    return FolderLock(folder, program, time.sleep)


def hold(folder: Path) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", HOLDER, str(folder)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_daemon_is_refused_with_the_process_id_of_the_first(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        with pytest.raises(Rejected, match=f"the daemon with process id {process.pid}") as caught:
            lock(tmp_path).acquire()
        assert lock(tmp_path).holder() == process.pid
        process.kill()

    assert caught.value.reason is Reason.IN_USE


def test_a_killed_daemon_leaves_no_lock(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        process.kill()

    assert lock(tmp_path).holder() is None
    with lock(tmp_path):
        assert lock(tmp_path).holder() is not None


def test_release_may_come_twice_and_never(tmp_path: Path) -> None:
    held = lock(tmp_path / "new")
    held.release()
    held.acquire()
    held.release()
    held.release()

    assert lock(tmp_path / "new").holder() is None


def test_one_that_has_not_named_itself_is_refused_for_all_that(tmp_path: Path) -> None:
    """On a full disk its process id is not in the file."""
    with lock(tmp_path):
        (tmp_path / "daemon.lock").write_text("")
        with pytest.raises(Rejected, match="another daemon uses this folder"):
            lock(tmp_path).acquire()


def test_one_who_only_looks_for_a_moment_keeps_nobody_out(tmp_path: Path) -> None:
    looking = lock(tmp_path)
    looking.acquire()

    starting = FolderLock(tmp_path, "daemon", lambda _: looking.release())
    starting.acquire()

    assert starting.holder() is not None
    starting.release()


def test_a_daemon_and_a_controller_may_share_a_folder(tmp_path: Path) -> None:
    with lock(tmp_path, "daemon"), lock(tmp_path, "controller"):
        assert lock(tmp_path, "controller").holder() is not None


def test_a_folder_that_cannot_be_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Misconfigured, match="check data_dir"):
        lock(tmp_path / "file").acquire()


def test_nobody_holds_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert lock(tmp_path / "nowhere").holder() is None


def test_a_disk_that_keeps_no_locks_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As network disks without a lock service do."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    (tmp_path / "daemon.lock").touch()
    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(Misconfigured, match="No locks available; put data_dir on a disk that keeps locks") as caught:
        lock(tmp_path).acquire()
    assert caught.value.where == str(tmp_path / "daemon.lock")
    assert lock(tmp_path).holder() is None
