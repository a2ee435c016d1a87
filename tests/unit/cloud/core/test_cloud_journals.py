"""Stored journal entries: each once, in the order of storing, and no cursor is ever given out twice."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from pinnace_cloud.adapters.sqlite.schema import MIGRATIONS
from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.storage.rows import JournalItem

_OLD_ENTRIES = [(3, "s1", "j1", 1), (4, "s2", "j2", 1), (7, "s1", "j1", 2), (8, "s1", "j3", 1)]


def _item(node: str, journal: str, seq: int) -> JournalItem:
    return JournalItem(node, journal, seq, "2026-11-23T10:00:00Z", f'{{"seq":{seq}}}')


def _add(store: SqliteStore, *items: JournalItem) -> None:
    with store.writing() as tx:
        tx.reports.add_entries(items)


def _numbers(items: Sequence[JournalItem]) -> list[tuple[str, str, int]]:
    return [(item.node, item.journal, item.seq) for item in items]


def _older_store(path: Path) -> None:
    """As the release before wrote it, with entries of a node that was deleted since."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        MIGRATIONS.apply(Database(connection), stop_before="third")
        for cursor, node, journal, seq in [*_OLD_ENTRIES, (9, "gone", "j9", 1)]:
            row = [cursor, node, journal, seq, "2026-11-20T10:00:00Z", f'{{"seq":{seq}}}']
            connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.execute("DELETE FROM journal WHERE node = 'gone'")


def test_an_entry_that_comes_again_is_there_once(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.db")
    _add(store, _item("s1", "j1", 1), _item("s1", "j1", 2))
    _add(store, _item("s1", "j1", 2), _item("s1", "j1", 3))

    with store.reading() as tx:
        assert [item.seq for item in tx.reports.journal("s1", 0, 10)] == [1, 2, 3]
    store.close()


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 128, 130])
def test_entries_are_all_there_once_in_their_order_however_many_come_at_once(tmp_path: Path, count: int) -> None:
    store = SqliteStore(tmp_path / "c.db")
    items = [_item(f"s{seq % 3}", "j1", seq + 1) for seq in range(count)]
    _add(store, *items, *items)

    with store.reading() as tx:
        assert _numbers(tx.reports.journal(None, 0, 1000)) == _numbers(items)
    store.close()


def test_a_node_s_page_holds_its_journals_only_in_the_order_of_storing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.db")
    _add(store, _item("s1", "j8", 1), _item("s2", "j7", 1), _item("s1", "j8", 2))
    _add(store, _item("s1", "j1", 1))

    with store.reading() as tx:
        first = tx.reports.journal("s1", 0, 2)
        rest = tx.reports.journal("s1", first[-1].cursor, 2)
        newest = tx.reports.newest_entries(2)
    store.close()

    assert _numbers([*first, *rest]) == [("s1", "j8", 1), ("s1", "j8", 2), ("s1", "j1", 1)]
    assert _numbers(newest) == [("s1", "j8", 2), ("s1", "j1", 1)]


def test_the_journal_of_a_deleted_node_is_gone_and_its_cursors_are_not_used_again(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.db")
    _add(store, _item("s1", "j1", 1), _item("s2", "j2", 1))
    with store.writing() as tx:
        last = tx.reports.newest_entries(1)[0].cursor
        tx.targets.forget_node("s2")
    _add(store, _item("s1", "j1", 2))

    with store.reading() as tx:
        assert _numbers(tx.reports.journal(None, 0, 10)) == [("s1", "j1", 1), ("s1", "j1", 2)]
        assert tx.reports.newest_entries(1)[0].cursor > last
    store.close()


def test_entries_of_an_older_store_keep_their_cursors(tmp_path: Path) -> None:
    _older_store(tmp_path / "c.db")

    store = SqliteStore(tmp_path / "c.db")
    _add(store, _item("s2", "j2", 1), _item("s2", "j2", 2))  # the first one is known from before
    with store.reading() as tx:
        items = tx.reports.journal(None, 0, 10)
        of_node = tx.reports.journal("s1", 3, 10)
    store.close()

    assert [(item.cursor, item.node, item.journal, item.seq) for item in items[:-1]] == _OLD_ENTRIES
    assert _numbers(items[-1:]) == [("s2", "j2", 2)]
    assert items[-1].cursor > 9  # the cursor of the deleted node's entry was given out
    assert _numbers(of_node) == [("s1", "j1", 2), ("s1", "j3", 1)]
