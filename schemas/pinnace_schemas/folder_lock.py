"""One program for one data folder: a lock that the kernel takes back when its holder dies, however it dies.

The only I/O of this package: the daemon and the controller must not have two opinions of who may write to a store.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from pinnace_schemas import errors
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# `holder` looks by taking the lock for a moment; a program that starts in that moment must not be refused.
_TRIES = 5
_PAUSE_S = 0.02


class FolderLock:
    """Held from `acquire` (or `with`) to `release`. Another process that tries meanwhile is refused, not queued.

    `program` is 'daemon' or 'controller', as messages and the lock file name it; `pause` waits for so many seconds.
    """

    def __init__(self, folder: Path, program: str, pause: Callable[[float], None]) -> None:
        self._folder = folder
        self._program = program
        self._pause = pause
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises Rejected(IN_USE) naming the process that holds it; where no file can be made or locked, as
        `errors.of_path`."""
        handle = self._open()
        if not self._is_free(handle):
            process = _process(handle)
            os.close(handle)
            raise self._refusal(process)
        self._handle = handle
        with contextlib.suppress(OSError):  # on a full disk a program starts without naming itself
            os.truncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> int | None:
        """Process id of the running program; None when none runs, 0 when one does but its id cannot be read."""
        try:
            handle = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return None if _try(handle, fcntl.LOCK_SH) else _process(handle)
        except OSError:  # of a disk without locks, on which no program starts
            return None
        finally:
            os.close(handle)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    @property
    def _file(self) -> Path:
        return self._folder / f"{self._program}.lock"

    def _open(self) -> int:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise errors.of_path(exc, str(self._folder), "check data_dir and its owner") from exc

    def _is_free(self, handle: int) -> bool:
        try:
            return self._try_often(handle)
        except OSError as exc:
            os.close(handle)
            advice = "put data_dir on a disk that keeps locks"
            raise errors.of_path(exc, str(self._file), advice) from exc

    def _try_often(self, handle: int) -> bool:
        for _ in range(_TRIES):
            if _try(handle, fcntl.LOCK_EX):
                return True
            self._pause(_PAUSE_S)
        return False

    def _refusal(self, process: int) -> Rejected:
        named = f"the {self._program} with process id {process}" if process else f"another {self._program}"
        return Rejected(Reason.IN_USE, f"{named} uses this folder; stop it, or set another data_dir", str(self._folder))


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _process(handle: int) -> int:
    text = os.pread(handle, 20, 0)
    return int(text) if text.isdigit() else 0
