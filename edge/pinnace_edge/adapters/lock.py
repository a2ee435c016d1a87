"""One daemon for one data folder: a lock that the kernel takes back when its holder dies, however it dies."""

import contextlib
import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

_FILE_NAME = "daemon.lock"
# `holder` looks by taking the lock for a moment; a daemon that starts in that moment must not be refused.
_TRIES = 5
_PAUSE_S = 0.02


class DataDirLock:
    """Held from `acquire` (or `with`) to `release`. Another process that tries meanwhile is refused, not queued."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises Rejected(IN_USE) naming the process that holds it, Unavailable when the file cannot be made."""
        handle = self._open()
        if not _try_often(handle):
            process = _process(handle)
            os.close(handle)
            message = f"the daemon with process id {process} uses this folder; stop it, or set another data_dir"
            raise Rejected(Reason.IN_USE, message, str(self._data_dir))
        self._handle = handle
        with contextlib.suppress(OSError):  # on a full disk the daemon starts without naming itself
            os.truncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _open(self) -> int:
        try:
            self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._data_dir / _FILE_NAME, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise Unavailable(f"{self._data_dir}: {exc.strerror}; check data_dir and its owner") from exc


def holder(data_dir: Path) -> int | None:
    """Process id of the running daemon; None when none runs, 0 when one does but its id cannot be read."""
    try:
        handle = os.open(data_dir / _FILE_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _try(handle, fcntl.LOCK_SH) else _process(handle)
    finally:
        os.close(handle)


def _try_often(handle: int) -> bool:
    for _ in range(_TRIES):
        if _try(handle, fcntl.LOCK_EX):
            return True
        time.sleep(_PAUSE_S)
    return False


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _process(handle: int) -> int:
    text = os.pread(handle, 20, 0)
    return int(text) if text.isdigit() else 0
