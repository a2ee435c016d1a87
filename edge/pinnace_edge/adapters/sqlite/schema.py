"""Which migrations the store has had, and which this version knows: whether it is older, newer or as it should be.

A store that is up to date, which is every store but at the first start of a version, is told without the library that
makes tables: it is loaded only where there is something to migrate.
"""

import sqlite3
from typing import Final

MIGRATION_SET: Final = "pinnace-edge"
# In order. Those of `migrations`, named here as well so that nobody has to import them to know.
KNOWN: Final = ("m001_first",)

_HAS_TABLE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
_TABLE = "_sqlite_migrations"  # of sqlite-utils
_APPLIED = f"SELECT name FROM {_TABLE} WHERE migration_set = ?"  # noqa: S608


def unknown(db: sqlite3.Connection) -> frozenset[str]:
    """Migrations in the file that this version does not have: a newer version wrote it."""
    return _applied(db).difference(KNOWN)


def is_current(db: sqlite3.Connection) -> bool:
    """Nothing of what this version knows is missing."""
    return _applied(db).issuperset(KNOWN)


def has_table(db: sqlite3.Connection, name: str) -> bool:
    return bool(db.execute(_HAS_TABLE, (name,)).fetchone()[0])


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Makes what is missing."""
    if not is_current(db):
        from pinnace_edge.adapters.sqlite import migrations

        migrations.apply(db)


def _applied(db: sqlite3.Connection) -> frozenset[str]:
    if not has_table(db, _TABLE):
        return frozenset()
    return frozenset(name for (name,) in db.execute(_APPLIED, (MIGRATION_SET,)))
