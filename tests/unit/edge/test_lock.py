"""One daemon for one data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from pinnace_edge.adapters import lock
from pinnace_edge.adapters.lock import DataDirLock
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

HOLDER = """
import sys
from pathlib import Path
from pinnace_edge.adapters.lock import DataDirLock
with DataDirLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(data_dir: Path) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", HOLDER, str(data_dir)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_daemon_is_refused_with_the_process_id_of_the_first(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        with pytest.raises(Rejected, match=f"process id {process.pid}") as caught:
            DataDirLock(tmp_path).acquire()
        assert lock.holder(tmp_path) == process.pid
        process.kill()

    assert caught.value.reason is Reason.IN_USE


def test_a_killed_daemon_leaves_no_lock(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        process.kill()

    assert lock.holder(tmp_path) is None
    with DataDirLock(tmp_path):
        assert lock.holder(tmp_path) is not None


def test_release_may_come_twice_and_never(tmp_path: Path) -> None:
    held = DataDirLock(tmp_path / "new")
    held.release()
    held.acquire()
    held.release()
    held.release()

    assert lock.holder(tmp_path / "new") is None


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Unavailable, match="check data_dir"):
        DataDirLock(tmp_path / "file").acquire()


def test_nobody_holds_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert lock.holder(tmp_path / "nowhere") is None
