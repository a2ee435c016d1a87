"""What an error of SQLite means: damage of the file, a full disk, or something that passes.

Codes: https://www.sqlite.org/rescode.html. SQLite turns ENOSPC of a write into SQLITE_FULL, but that of growing the
shared-memory file or of an fsync into one of the SQLITE_IOERR codes; for those the free space decides.
"""

import os
import sqlite3
from pathlib import Path

from pinnace_edge.errors import DiskFull, StoreUnavailable

# One transaction of the daemon needs less; with less free than this an I/O error is taken for a full disk.
_SHORT_BYTES = 128 * 1024
_RETRY_AFTER_S = 30.0
_PRIMARY = 0xFF  # the low byte of an extended result code

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OURS = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH})


def code(exc: sqlite3.Error) -> int:
    """The primary result code; SQLITE_MISUSE for errors of the Python module itself."""
    extended = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
    return int(extended) & _PRIMARY


def is_damage(exc: sqlite3.Error) -> bool:
    """The file is not a database, or its pages contradict each other."""
    return code(exc) in _DAMAGE


def is_passing(exc: sqlite3.Error) -> bool:
    """Worth another try later: full, busy, not writable, an I/O error. Neither damage nor a bug of ours."""
    return code(exc) not in _DAMAGE | _OURS


def unavailable(exc: sqlite3.Error, path: Path) -> StoreUnavailable:
    """The error to raise for one that is passing."""
    kind = code(exc)
    if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and _is_short(path)):
        return DiskFull(f"{path}: the disk is full; nothing was written; free space on {path.parent}", _RETRY_AFTER_S)
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable(f"{path}: another process holds the store ({exc}); end it", _RETRY_AFTER_S)
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN):
        return StoreUnavailable(
            f"{path}: cannot be used ({exc}); check the path, its owner and its mount", _RETRY_AFTER_S
        )
    return StoreUnavailable(f"{path}: {exc}; check the disk", _RETRY_AFTER_S)


def _is_short(path: Path) -> bool:
    try:
        space = os.statvfs(path.parent)
    except OSError:
        return False
    return space.f_bavail * space.f_frsize < _SHORT_BYTES
