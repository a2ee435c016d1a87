"""The store: opens and checks the file, gives transactions, copies it while running.

Keeps true: one writer at a time in this process; a connection is used by one thread at a time; a commit is on the
disk when it returns (WAL with synchronous FULL: with NORMAL a power cut loses commits).
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from pinnace_cloud.adapters.sqlite import schema
from pinnace_cloud.adapters.sqlite.access import Access
from pinnace_cloud.adapters.sqlite.applications import Applications
from pinnace_cloud.adapters.sqlite.definitions import Definitions
from pinnace_cloud.adapters.sqlite.deliveries import Deliveries
from pinnace_cloud.adapters.sqlite.journals import Journals
from pinnace_cloud.adapters.sqlite.materials import Materials
from pinnace_cloud.adapters.sqlite.outbox import Outbox
from pinnace_cloud.adapters.sqlite.reports import Reports
from pinnace_cloud.adapters.sqlite.schema import MIGRATIONS
from pinnace_cloud.adapters.sqlite.sights import Sights
from pinnace_cloud.adapters.sqlite.targets import Targets
from pinnace_schemas import errors
from pinnace_schemas.errors import Misconfigured, Rejected, Unavailable
from pinnace_schemas.reasons import Reason

# How long a statement waits for another program (a backup tool) that holds the file.
_BUSY_TIMEOUT_S = 10
_CACHE_KIB = 16 * 1024
# 32 MiB of log before its pages are copied into the file. A batch of reports changes the same thousand pages of indices
# as the one before; at SQLite's 1,000 each commit would copy all of them.
_CHECKPOINT_PAGES = 8_000
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"cache_size=-{_CACHE_KIB}",
    f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
)
# With SQLITE_ERROR, which stands for wrong SQL: nothing that waiting or an operator could mend.
_OUR_BUGS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
_RESTORE = "stop the controller and restore a backup to this path"


class AllReports(Reports, Journals, Sights):
    """The whole Reports port."""


class SqliteTransaction:
    """The ports over one connection."""

    def __init__(self, db: Database) -> None:
        self.applications = Applications(db)
        self.targets = Targets(db)
        self.deliveries = Deliveries(db)
        self.materials = Materials(db)
        self.definitions = Definitions(db)
        self.outbox = Outbox(db)
        self.reports = AllReports(db)
        self.access = Access(db)


class SqliteStore:
    """Opening raises Rejected(STORE_DAMAGED) when the file is not what it should be.

    `is_checked`: every page is read for it, which takes seconds for a gigabyte: for who goes on for long with it.
    """

    def __init__(self, path: Path, *, is_checked: bool = True) -> None:
        self._path = path
        self._write = threading.Lock()
        self._busy = threading.local()
        # Connections between two transactions. There are never more than transactions at one time, however many
        # threads come and go.
        self._free: list[Database] = []
        self._pool = threading.Lock()
        _create_private(path)
        self._prepare(is_checked=is_checked)

    @contextmanager
    def reading(self) -> Iterator[SqliteTransaction]:
        with self._failures(), self._borrowed() as db:
            db.conn.execute("BEGIN")
            try:
                yield SqliteTransaction(db)
            finally:
                db.rollback()

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        with self._failures(), self._borrowed() as db, self._write:
            db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(db)
                db.conn.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise

    def backup(self, path: Path) -> None:
        if path.exists():
            raise Misconfigured(Reason.IN_USE, "exists already; name a new file", str(path))
        if not path.parent.is_dir():
            raise Misconfigured(Reason.NOT_FOUND, f"there is no folder {path.parent}; make it first", str(path))
        _create_private(path)
        try:
            with self._borrowed() as db, closing(sqlite3.connect(path)) as target:
                db.conn.backup(target)
        except BaseException as exc:
            path.unlink()  # a part of a store is not a backup
            if isinstance(exc, sqlite3.DatabaseError):
                raise Unavailable(f"the copy {path} could not be made: {exc}") from exc
            raise

    def close(self) -> None:
        """Every transaction must have ended."""
        with self._pool:
            for db in self._free:
                db.close()
            self._free.clear()

    @contextmanager
    def _borrowed(self) -> Iterator[Database]:
        """A connection for this thread alone, until given back."""
        if getattr(self._busy, "is_inside", False):
            raise RuntimeError("a transaction within a transaction of the same thread")
        with self._pool:
            db = self._free.pop() if self._free else None
        db = db or self._open()
        self._busy.is_inside = True
        try:
            yield db
        finally:
            self._busy.is_inside = False
            with self._pool:
                self._free.append(db)

    def _open(self) -> Database:
        # `isolation_level=None`: transactions begin and end where this module says so, nowhere else.
        # `check_same_thread=False`: a connection goes from thread to thread, between transactions only.
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return Database(connection)

    def _prepare(self, *, is_checked: bool) -> None:
        try:
            with self._borrowed() as db:
                problem = db.conn.execute("PRAGMA quick_check(1)").fetchone()[0] if is_checked else "ok"
                if problem == "ok":
                    self._check_version(db)
                    MIGRATIONS.apply(db)
        except Misconfigured:
            self.close()
            raise
        except sqlite3.OperationalError as exc:
            self.close()
            raise Unavailable(f"the store {self._path} cannot be opened: {exc}") from exc
        except sqlite3.DatabaseError as exc:
            problem = str(exc)
        if problem != "ok":
            self.close()
            message = f"the store is damaged ({problem}); {_RESTORE}"
            raise Rejected(Reason.STORE_DAMAGED, message, str(self._path))

    def _check_version(self, db: Database) -> None:
        """What a newer version has added might be lost by one that does not know it."""
        if added := schema.unknown(db):
            message = f"written by a newer version ({', '.join(sorted(added))}); install that version again"
            raise Misconfigured(Reason.UNSUPPORTED, message, str(self._path))

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as exc:
            if isinstance(exc, _OUR_BUGS) or getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
                raise
            if isinstance(exc, sqlite3.OperationalError):
                raise Unavailable(f"the store {self._path} does not work: {exc}") from exc
            raise Unavailable(f"the store {self._path} is damaged ({exc}); {_RESTORE}") from exc


def _create_private(path: Path) -> None:
    """Mode 0600: the store holds what every site runs. SQLite gives its side files the mode of the main one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(PermissionError):  # another's file, who says who may read it
            os.fchmod(descriptor, 0o600)  # a backup that was copied back may be open to all
        os.close(descriptor)
    except OSError as exc:
        raise errors.of_path(exc, str(path), "check the folder and its owner") from exc
