"""Opens the store, whatever state it is in.

A damaged file is set aside (the newest two are kept for whoever wants to look) and a new one is made: a new journal
identity, without deployments and inventory, but with the trust state from `trust.json`. The same happens when the file
is missing while `trust.json` is there. What merely passes (disk full, no permission, in use) is StoreUnavailable and
never taken for damage.
"""

import contextlib
import logging
import os
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from pinnace_edge.adapters import files
from pinnace_edge.adapters.sqlite import faults, schema, session
from pinnace_edge.adapters.sqlite.reserve import Reserve
from pinnace_edge.adapters.sqlite.session import Session
from pinnace_edge.adapters.sqlite.store import SqliteStore
from pinnace_edge.adapters.sqlite.trust_file import TrustFile
from pinnace_edge.errors import DiskFull, StoreUnavailable
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.reasons import Reason

_LOG = logging.getLogger(__name__)

FILE_NAME = "edge.db"
_KEPT_DAMAGED = 2
_DAMAGED = re.compile(r"\.damaged-(\d+)\Z")


@dataclass(frozen=True, slots=True)
class Opened:
    """`was_damaged`: this store is new because the old one was damaged or missing; `set_aside` is where it is now.

    `kept_trust` is False when it was damaged and the trust state could not be taken over: the node must trust anew.
    """

    store: SqliteStore
    was_damaged: bool = False
    set_aside: Path | None = None
    kept_trust: bool = True


def open_store(path: Path, limits: Limits = DEFAULT_LIMITS) -> Opened:
    """The store for the daemon's owner thread. Raises StoreUnavailable, or Rejected for a store of a newer version."""
    _make_folder(path.parent)
    reserve, copy = _reserve(path), _trust_file(path)
    is_missing, aside = not path.exists(), None
    try:
        db = _open(path, reserve)
    except _Damaged as exc:
        aside = _set_aside(path)
        _LOG.error("%s is damaged (%s); set aside as %s", path, exc, aside.name)
        db = _open(path, reserve)
    store = SqliteStore(Session(db, path, reserve, _suspect(path)), reserve, copy, limits)
    remembered = copy.read() if is_missing or aside else None
    if remembered:
        store.restore(remembered)
    reserve.take()
    store.copy_trust()
    was_damaged = aside is not None or remembered is not None
    return Opened(store, was_damaged, aside, kept_trust=not was_damaged or remembered is not None)


def open_reader(path: Path) -> SqliteStore:
    """One state of the store, for `status`, whether the daemon runs or not. Raises StoreUnavailable."""
    if not path.exists():
        raise StoreUnavailable(f"{path}: there is no store; the daemon has not run yet, or data_dir is another one")
    try:
        db = session.connect_reader(path)
        _check_version(db, path)
        if not schema.is_current(db):
            raise StoreUnavailable(f"{path}: the store is older than this program; restart the daemon")
    except sqlite3.Error as exc:
        if faults.is_passing(exc):
            raise faults.unavailable(exc, path) from exc
        raise StoreUnavailable(
            f"{path}: cannot be read ({exc}); restart the daemon, which sets a damaged one aside"
        ) from exc
    reserve = _reserve(path)
    return SqliteStore(Session(db, path, reserve, _suspect(path)), reserve, _trust_file(path), DEFAULT_LIMITS)


class _Damaged(Exception):  # noqa: N818 - the name says what the file is
    """Why the file cannot be used."""


def _open(path: Path, reserve: Reserve) -> sqlite3.Connection:
    """A migrated, checked database. A full disk is tried once more with the reserve given up."""
    if _suspect(path).exists():
        raise _Damaged("damage was met while the daemon ran")
    try:
        return _connect(path)
    except DiskFull:
        if not reserve.give_up():
            raise
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    is_new = not path.exists()
    with contextlib.ExitStack() as undo:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            db = session.connect(path)
            undo.callback(db.close)
            _check(db, path)
        except sqlite3.Error as exc:
            if faults.is_passing(exc):
                raise faults.unavailable(exc, path) from exc
            if faults.is_damage(exc):
                raise _Damaged(str(exc)) from exc
            raise  # a migration of ours is wrong: a good store must not be set aside for it
        except OSError as exc:
            raise StoreUnavailable(f"{path}: {exc.strerror}; check the path and its owner") from exc
        undo.pop_all()
    if is_new:
        files.sync_folder(path.parent)
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    """`quick_check` reads every page: 0.1 s for 100 MiB. The rest finds a file that is not ours."""
    _check_version(db, path)
    schema.bring_up_to_date(db)
    result = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        raise _Damaged(result)
    if not schema.has_table(db, "node") or db.execute("SELECT count(*) FROM node").fetchone()[0] != 1:
        raise _Damaged("it lacks the node's row")


def _check_version(db: sqlite3.Connection, path: Path) -> None:
    unknown = schema.unknown(db)
    if unknown:
        message = f"written by a newer version ({', '.join(sorted(unknown))}); install that version again"
        raise Rejected(Reason.UNSUPPORTED, message, str(path))


def _set_aside(path: Path) -> Path:
    """Renames the file with its log and shared memory; drops older ones, which only take space."""
    older = _set_aside_before(path)
    number = older[-1][0] + 1 if older else 1
    target = path.with_name(f"{path.name}.damaged-{number}")
    for suffix in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(target.with_name(target.name + suffix))
    for _, old in older[: len(older) + 1 - _KEPT_DAMAGED]:
        for suffix in ("", "-wal", "-shm"):
            old.with_name(old.name + suffix).unlink(missing_ok=True)
    _suspect(path).unlink(missing_ok=True)
    return target


def _set_aside_before(path: Path) -> list[tuple[int, Path]]:
    """Numbers and paths, in order."""
    found = ((_DAMAGED.search(item.name), item) for item in path.parent.glob(f"{path.name}.damaged-*"))
    return sorted((int(match[1]), item) for match, item in found if match)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreUnavailable(f"{folder}: {exc.strerror}; check data_dir and its owner") from exc


def _reserve(path: Path) -> Reserve:
    return Reserve(path.with_name("reserve"))


def _trust_file(path: Path) -> TrustFile:
    return TrustFile(path.with_name("trust.json"))


def _suspect(path: Path) -> Path:
    return path.with_name(path.name + ".suspect")
