"""Schema and its migrations. A released migration is never edited; a new one is added below.

WITHOUT ROWID tables are those whose rows are small and always found by their key.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("pinnace-controller")

_FIRST = """
CREATE TABLE applications (
    namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, leaving INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
CREATE TABLE revisions (
    namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, document TEXT NOT NULL,
    digest TEXT NOT NULL, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (namespace, name, revision)
);
CREATE TABLE released (
    namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, node_group TEXT NOT NULL,
    bundle TEXT NOT NULL,
    PRIMARY KEY (namespace, name, revision, node_group)
) WITHOUT ROWID;
CREATE TABLE placements (
    namespace TEXT NOT NULL, name TEXT NOT NULL, node_group TEXT NOT NULL, revision INTEGER NOT NULL,
    bundle TEXT NOT NULL, base TEXT NOT NULL, head INTEGER NOT NULL,
    PRIMARY KEY (namespace, name, node_group)
) WITHOUT ROWID;
CREATE INDEX placements_by_group ON placements (node_group);
CREATE TABLE node_groups (
    name TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL,
    public_key TEXT, joined_at TEXT
) WITHOUT ROWID;
CREATE TABLE members (
    node_group TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (node_group, node)
) WITHOUT ROWID;
CREATE INDEX members_by_node ON members (node);
CREATE TABLE bundles (
    digest TEXT NOT NULL PRIMARY KEY, plain BLOB NOT NULL, named_at TEXT NOT NULL
);
CREATE TABLE variants (
    bundle TEXT NOT NULL, base TEXT NOT NULL, encoding TEXT NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (bundle, base, encoding)
) WITHOUT ROWID;
CREATE TABLE variant_chunks (
    bundle TEXT NOT NULL, base TEXT NOT NULL, encoding TEXT NOT NULL, place INTEGER NOT NULL, chunk TEXT NOT NULL,
    PRIMARY KEY (bundle, base, encoding, place)
) WITHOUT ROWID;
CREATE INDEX variant_chunks_by_chunk ON variant_chunks (chunk);
CREATE TABLE chunks (
    digest TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL, named_at TEXT NOT NULL, cleared INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE heads (
    node_group TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL DEFAULT 0, floor INTEGER NOT NULL DEFAULT 0,
    message BLOB NOT NULL DEFAULT x'', signed_at TEXT NOT NULL DEFAULT ''
);
CREATE TABLE assignments (
    node TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL DEFAULT 0, floor INTEGER NOT NULL DEFAULT 0,
    groups TEXT NOT NULL DEFAULT '[]', message BLOB NOT NULL DEFAULT x'', signed_at TEXT NOT NULL DEFAULT ''
);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload BLOB NOT NULL, retain INTEGER NOT NULL
);
CREATE INDEX outbox_by_topic ON outbox (topic);
CREATE TABLE contacts (
    node TEXT NOT NULL PRIMARY KEY, journal TEXT NOT NULL, report INTEGER NOT NULL, stored_through INTEGER NOT NULL,
    last_seen TEXT NOT NULL, assignment INTEGER NOT NULL, daemon TEXT NOT NULL, kubernetes TEXT NOT NULL,
    started_at TEXT NOT NULL, heads TEXT NOT NULL, problems TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE retired_journals (
    node TEXT NOT NULL, journal TEXT NOT NULL, retired_at TEXT NOT NULL, PRIMARY KEY (node, journal)
) WITHOUT ROWID;
CREATE TABLE states (
    node TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (node, namespace, name)
) WITHOUT ROWID;
CREATE TABLE journal (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, journal TEXT NOT NULL, seq INTEGER NOT NULL,
    stored_at TEXT NOT NULL, entry TEXT NOT NULL
);
CREATE UNIQUE INDEX journal_once ON journal (node, journal, seq);
CREATE INDEX journal_by_node ON journal (node, cursor);
CREATE TABLE removals (
    namespace TEXT NOT NULL, name TEXT NOT NULL, node TEXT NOT NULL, node_group TEXT NOT NULL, head INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (namespace, name, node)
) WITHOUT ROWID;
CREATE INDEX removals_by_node ON removals (node);
CREATE TABLE api_tokens (
    digest TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE join_tokens (
    id TEXT NOT NULL PRIMARY KEY, node TEXT NOT NULL, public_key TEXT NOT NULL, expires_at TEXT NOT NULL,
    used_by TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL
);
"""


@MIGRATIONS()
def first(db: Database) -> None:
    """Everything of the first release."""
    db.executescript(_FIRST)


@MIGRATIONS()
def second(db: Database) -> None:
    """The targets of a head, to be used in the next one."""
    db.execute("ALTER TABLE heads ADD COLUMN targets TEXT NOT NULL DEFAULT ''")


_THIRD = (
    "CREATE TABLE journals (id INTEGER PRIMARY KEY, node TEXT NOT NULL, journal TEXT NOT NULL, UNIQUE (node, journal))",
    """
    CREATE TABLE entries (
        cursor INTEGER PRIMARY KEY AUTOINCREMENT, journal INTEGER NOT NULL, seq INTEGER NOT NULL,
        stored_at TEXT NOT NULL, entry TEXT NOT NULL
    )
    """,
    "INSERT INTO journals (node, journal) SELECT DISTINCT node, journal FROM journal",
    """
    INSERT INTO entries (cursor, journal, seq, stored_at, entry)
    SELECT old.cursor, known.id, old.seq, old.stored_at, old.entry
    FROM journal old JOIN journals known ON known.node = old.node AND known.journal = old.journal
    """,
    "CREATE UNIQUE INDEX entries_once ON entries (journal, seq)",
    # Cursors that were given out are never used again, also those of entries that are gone.
    "DELETE FROM sqlite_sequence WHERE name = 'entries'",
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'entries', seq FROM sqlite_sequence WHERE name = 'journal'",
    "DROP TABLE journal",
)


@MIGRATIONS()
def third(db: Database) -> None:
    """Names of node and journal once for each journal. In each entry and its two indices they were most of the pages
    that a batch of reports had to write."""
    for statement in _THIRD:
        db.execute(statement)


_FOURTH = (
    "CREATE TABLE materials (digest TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL, made_at TEXT NOT NULL)",
    """
    CREATE TABLE revision_materials (
        namespace TEXT NOT NULL, application TEXT NOT NULL, revision INTEGER NOT NULL, sort TEXT NOT NULL,
        name TEXT NOT NULL, digest TEXT NOT NULL,
        PRIMARY KEY (namespace, application, revision, sort, name)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX revision_materials_by_digest ON revision_materials (digest)",
)


@MIGRATIONS()
def fourth(db: Database) -> None:
    """What revisions were rendered with: charts, overlays, objects that were given along."""
    for statement in _FOURTH:
        db.execute(statement)


@MIGRATIONS()
def fifth(db: Database) -> None:
    """Types that people have defined, in all versions."""
    db.execute(
        """
        CREATE TABLE definitions (
            kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,
            digest TEXT NOT NULL, declared TEXT NOT NULL, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL,
            PRIMARY KEY (kind, name, version)
        )
        """
    )


@MIGRATIONS()
def sixth(db: Database) -> None:
    """Whose place who joins with a token may take."""
    db.execute("ALTER TABLE join_tokens ADD COLUMN replaces TEXT NOT NULL DEFAULT ''")


def unknown(db: Database) -> frozenset[str]:
    """Migrations in the file that this version does not have: a newer version wrote it."""
    known = {item.name for item in MIGRATIONS.pending(Database(memory=True))}
    return frozenset(item.name for item in MIGRATIONS.applied(db)) - known
