"""Tables of the node's store, as migrations that are never edited once released: a change is a new migration.

Tables are STRICT where SQLite knows it (3.37), so that a wrong type fails when it is written, not when it is read.
Imported only to bring a store up to date (see `schema`): what it is made of takes 4 MB.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from pinnace_edge.adapters.sqlite import schema

MIGRATIONS = Migrations(schema.MIGRATION_SET)


def apply(connection: sqlite3.Connection) -> None:
    """Brings the store up to date. Safe to repeat."""
    MIGRATIONS.apply(Database(connection, recursive_triggers=False, execute_plugins=False))


@MIGRATIONS()
def m001_first(db: Database) -> None:
    """Everything that the first version keeps."""
    _node(db)
    _cache(db)
    _applications(db)
    _journal(db)


def _node(db: Database) -> None:
    """`node` has exactly one row; `versions` holds the highest accepted version of each '<scope> <role>'."""
    columns = {
        "id": int,
        "journal_id": str,
        "journal_last": int,
        "journal_entries": int,
        "journal_bytes": int,
        "report_number": int,
        "time_floor": str,
        "last_contact": str,
        "started_at": str,
        "root": str,
        "control": str,
        "assignment_version": int,
        "assigned_groups": str,
    }
    db.table("node").create(columns, pk="id", strict=True)
    db.execute(
        "INSERT INTO node (id, journal_id, journal_last, journal_entries, journal_bytes, report_number,"
        " assignment_version, assigned_groups) VALUES (1, lower(hex(randomblob(16))), 0, 0, 0, 0, 0, '[]')"
    )
    db.table("versions").create({"name": str, "version": int}, pk="name", strict=True)
    db.table("problems").create({"reason": str, "message": str, "since": str}, pk="reason", strict=True)


def _cache(db: Database) -> None:
    """What arrived and can be fetched again."""
    db.table("heads").create({"group_name": str, "version": int, "message": bytes}, pk="group_name", strict=True)
    db.table("bundles").create({"digest": str, "body": bytes}, pk="digest", strict=True)
    db.table("chunks").create({"digest": str, "body": bytes}, pk="digest", strict=True)


def _applications(db: Database) -> None:
    """What runs. Two inventories may name one object; the row that was there first tells who owns it."""
    texts = ("namespace", "name", "group_name", "phase", "since", "wanted_bundle", "bundle", "reason", "message")
    numbers = ("wanted_revision", "revision", "ready", "total", "healed")
    columns: dict[str, type] = {**dict.fromkeys(texts, str), **dict.fromkeys(numbers, int)}
    db.table("deployments").create(columns, pk=("namespace", "name"), strict=True)
    key = ("app_namespace", "app_name", "api_version", "kind", "namespace", "name")
    rest = ("body", "uid", "resource_version", "our_fields")
    db.table("inventory").create(dict.fromkeys((*key, *rest), str), pk=key, strict=True)


def _journal(db: Database) -> None:
    """`seq` is the highest number a row stands for, `count` how many; `tally` is JSON {event: count} of a summary.

    `since` and `at` are the times of the first and the last of them, `size` the bytes of `body`.
    """
    texts = ("event", "since", "at", "tally", "body")
    columns: dict[str, type] = {"seq": int, "count": int, "size": int, **dict.fromkeys(texts, str)}
    db.table("journal").create(columns, pk="seq", strict=True)
