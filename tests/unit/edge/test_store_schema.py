"""Which stores need what makes tables, and which are told to be up to date without it."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from pinnace_edge.adapters.sqlite import migrations, opening, schema


def test_known_migrations_are_those_there_are() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    assert not schema.is_current(connection)
    migrations.apply(connection)
    assert schema.is_current(connection)
    assert not schema.unknown(connection)
    connection.close()


def test_store_that_is_up_to_date_is_opened_without_what_makes_tables(tmp_path: Path) -> None:
    path = tmp_path / opening.FILE_NAME
    opening.open_store(path).store.close()
    program = (
        "import sys, pathlib; from pinnace_edge.adapters.sqlite import opening;"
        f" opening.open_store(pathlib.Path({str(path)!r})).store.close(); sys.exit('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
