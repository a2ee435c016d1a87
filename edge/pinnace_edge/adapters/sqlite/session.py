"""One connection of one thread: transactions, statements, and what is to happen after a commit.

Keeps true: a transaction is written whole or not at all, also when SQLite ends it by itself (it may, on a full disk)
and also when the caller has caught the error inside. Raises StoreUnavailable for what passes; damage found while
running is marked in a file, so that the next start sets the store aside, and surfaces.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pinnace_edge.adapters.sqlite import faults
from pinnace_edge.adapters.sqlite.reserve import Reserve
from pinnace_edge.errors import DiskFull

Row = tuple[Any, ...]

_BUSY_TIMEOUT_S = 5.0  # readers (`status`) never block a writer in WAL mode; a second writer is a mistake
_CHECKPOINT_PAGES = 128  # 512 KiB of log, after which it is used again from its start: half of the reserve


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection. WAL lets `status` read meanwhile; FULL keeps commits through a power cut."""
    db = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    # Only counts for a new file. Deleted pages can be given back to the disk in small steps.
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    # Debian's SQLite overwrites what is deleted: a dropped bundle would be written once more, as zeros.
    db.execute("PRAGMA secure_delete = OFF")
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. It reads one state of the store for as long as it is open."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    db.execute("BEGIN")
    return db


class Session:
    """`suspect` is created when damage is met while running."""

    def __init__(self, db: sqlite3.Connection, path: Path, reserve: Reserve, suspect: Path) -> None:
        self.path: Final = path
        self._db = db
        self._reserve = reserve
        self._suspect = suspect
        self._failure: BaseException | None = None
        self._is_open = False
        self._after: dict[str, Callable[[], bool]] = {}

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Outermost: begins and commits. Nested: joins, and an error in it undoes the whole."""
        if self._is_open:
            with self._joined():
                yield
            return
        self._execute("BEGIN IMMEDIATE")
        self._is_open, self._failure = True, None
        try:
            yield
            if self._failure is not None:
                raise self._failure
            self._execute("COMMIT")
        finally:
            self._is_open = False
            self._undo()
        self._run_after()

    @property
    def is_open(self) -> bool:
        """A transaction is open."""
        return self._is_open

    def after_commit(self, name: str, action: Callable[[], bool]) -> None:
        """Runs after the open transaction, or at once; again after later ones until it returns True.

        It must not raise, and be safe to run without need: after a rollback it runs with the next commit.
        """
        self._after[name] = action
        if not self._is_open:
            self._run_after()

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """One statement, in the open transaction or in one of its own."""
        with self.transaction():
            self._execute(sql, parameters)

    def write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows, together."""
        with self.transaction(), self._translated():
            self._db.executemany(sql, rows)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Rows as tuples, read as they are asked for."""
        with self._translated():
            yield from self._db.execute(sql, parameters)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row."""
        return next(self.rows(sql, parameters), None)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row:
        """The first row of a query that always has one."""
        return next(self.rows(sql, parameters))

    def shrink(self) -> None:
        """Gives deleted pages back to the disk, all at once or in the largest steps for which the log finds room.

        Not inside a transaction. Ends without having done everything when there is not even room for one page.
        """
        free = step = self._free_pages()
        while free and step:
            before = free
            try:
                self._vacuum(step)
                free = self._free_pages()
                step = step if free < before else 0
            except DiskFull:
                step //= 4
            self.checkpoint()

    def checkpoint(self) -> None:
        """Moves the log into the file, so that its space is used again, unless a reader or a full disk is in the way.

        On a full disk a file that would have to grow can block it; later deletions make that needless.
        """
        with contextlib.suppress(DiskFull):
            list(self.rows("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        self._db.close()

    def _vacuum(self, pages: int) -> None:
        """By script: `execute` would end after one page, since the statement yields rows without columns."""
        with self._translated():
            self._db.executescript(f"PRAGMA incremental_vacuum({pages})")

    def _free_pages(self) -> int:
        return int(self.one("PRAGMA freelist_count")[0])

    def _execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        with self._translated():
            self._db.execute(sql, parameters)

    @contextlib.contextmanager
    def _joined(self) -> Iterator[None]:
        try:
            yield
        except BaseException as exc:
            self._failure = self._failure or exc
            raise

    def _undo(self) -> None:
        """Nothing after a commit; the rest of a transaction that did not get there."""
        with self._translated():
            self._db.rollback()

    def _run_after(self) -> None:
        for name, action in tuple(self._after.items()):
            if action():
                del self._after[name]

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            if faults.is_damage(exc):
                self._suspect.touch()
            if not faults.is_passing(exc):
                raise
            failure = faults.unavailable(exc, self.path)
            if isinstance(failure, DiskFull):
                self._reserve.give_up()
            raise failure from exc
