"""How the tables of an older store become those of today: named steps, each recorded in the transaction that takes it.

A new store is made whole from `schema` and records every step as taken. A step, once released, is never edited or taken away: it
must do to an old store what has been done to `schema`, in its own words and without using `schema`, which goes on changing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, inspect, select, text
from sqlalchemy.engine import Connection

from onrecord.errors import StoreError
from onrecord.store.digests import unpack
from onrecord.store.log import parse_entry
from onrecord.store.rows import build_document_index, build_index_row, build_source_rows, build_statement_rows
from onrecord.store.schema import create_tables, migration
from onrecord.store.values import parse_report
from onrecord.types import Report

_MANY = 1000  # rows at once
Step = tuple[str, Callable[[Connection], None]]


def _begin(_: Connection) -> None:
    """The first tables: there is nothing older."""


def _add_observations(connection: Connection) -> None:
    """Tables for what was seen of posts, for feeds that are watched, and for what came over the wire.

    `reread` fills `address` for what was stored before.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    key = "INTEGER PRIMARY KEY" if is_sqlite else "BIGSERIAL PRIMARY KEY"
    for command in (
        f"""CREATE TABLE address (key {key}, document VARCHAR(64) NOT NULL REFERENCES document (id), statement TEXT,
            evidence TEXT NOT NULL, url TEXT NOT NULL, words TEXT)""",
        "CREATE INDEX ix_address_document ON address (document)",
        "CREATE INDEX ix_address_url ON address (url)",
        """CREATE TABLE observation (id VARCHAR(64) NOT NULL PRIMARY KEY, url TEXT NOT NULL, time TEXT NOT NULL, method TEXT NOT NULL,
            status TEXT NOT NULL, reason TEXT NOT NULL, http_status INTEGER, answered TEXT, digest TEXT)""",
        f"CREATE TABLE exchange (id VARCHAR(64) NOT NULL PRIMARY KEY, records {'BLOB' if is_sqlite else 'BYTEA'} NOT NULL)",
        "CREATE INDEX observation_url ON observation (url, time)",
        "CREATE TABLE polling (url TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, seen TEXT NOT NULL)",
    ):
        connection.exec_driver_sql(command)
    for table in ("observation", "exchange"):
        _refuse_changes(connection, table)


def _add_stamps(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        f"""CREATE TABLE stamp (id VARCHAR(64) NOT NULL PRIMARY KEY, seq BIGINT NOT NULL, head VARCHAR(64) NOT NULL,
            authority TEXT NOT NULL, time TEXT NOT NULL, token {"BLOB" if is_sqlite else "BYTEA"} NOT NULL)"""
    )
    _refuse_changes(connection, "stamp")


def _add_tracing(connection: Connection) -> None:
    """What tracing needs of statements: their chains, what holds them, and the index of their pairs; read from the stored readings."""
    is_sqlite = connection.dialect.name == "sqlite"
    for column in ("within TEXT", "translated BOOLEAN", "chain TEXT", "through TEXT", "pairs TEXT"):
        connection.exec_driver_sql(f"ALTER TABLE statement ADD COLUMN {column}")
    for column in ("credits TEXT", f"sketch {'BLOB' if is_sqlite else 'BYTEA'}"):
        connection.exec_driver_sql(f"ALTER TABLE document ADD COLUMN {column}")
    names = ("within", "translated", "chain", "through", "pairs")
    changed = ", ".join(f"{name} = :{name}" for name in names)
    change = text(f"UPDATE statement SET {changed} WHERE document = :document AND id = :id")
    for document, report in _read_reports(connection):
        rows = build_statement_rows(report, document)
        if rows:
            kept = [{**row, **build_index_row(report, s, row["content"])} for row, s in zip(rows, report.statements, strict=True)]
            connection.execute(change, [{name: row[name] for name in (*names, "document", "id")} for row in kept])
        about = text("UPDATE document SET credits = :credits, sketch = :sketch WHERE id = :id")
        connection.execute(about, {**build_document_index(report), "id": document})
    if not is_sqlite:
        connection.exec_driver_sql("CREATE INDEX statement_pairs ON statement USING gin ((string_to_array(pairs, ' ')))")
        return
    for command in (
        """CREATE VIRTUAL TABLE statement_pairs USING fts5(pairs, content='statement', content_rowid='key', detail=none, columnsize=0,
            tokenize='unicode61')""",
        """CREATE TRIGGER statement_pairs_insert AFTER INSERT ON statement BEGIN
            INSERT INTO statement_pairs(rowid, pairs) VALUES (new.key, new.pairs); END""",
        """CREATE TRIGGER statement_pairs_delete AFTER DELETE ON statement BEGIN
            INSERT INTO statement_pairs(statement_pairs, rowid, pairs) VALUES ('delete', old.key, old.pairs); END""",
        "INSERT INTO statement_pairs(statement_pairs) VALUES ('rebuild')",
    ):
        connection.exec_driver_sql(command)


def _add_sources(connection: Connection) -> None:
    """Tables for sources across documents, read from the stored readings, and for what is decided of them by hand."""
    is_sqlite = connection.dialect.name == "sqlite"
    key = "INTEGER PRIMARY KEY" if is_sqlite else "BIGSERIAL PRIMARY KEY"
    for command in (
        "ALTER TABLE statement ADD COLUMN source_id TEXT",
        f"""CREATE TABLE source (key {key}, document VARCHAR(64) NOT NULL REFERENCES document (id), id TEXT NOT NULL, name TEXT NOT NULL,
            kind TEXT NOT NULL, folded TEXT NOT NULL, handle TEXT, roles TEXT NOT NULL, affiliations TEXT NOT NULL, handles TEXT NOT NULL,
            beside TEXT NOT NULL)""",
        "CREATE INDEX ix_source_document ON source (document)",
        "CREATE INDEX ix_source_folded ON source (folded)",
        "CREATE INDEX ix_source_handle ON source (handle)",
        """CREATE TABLE judgement (id VARCHAR(64) NOT NULL PRIMARY KEY, kind TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
            by TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL)""",
    ):
        connection.exec_driver_sql(command)
    _refuse_changes(connection, "judgement")
    names = ("document", "id", "name", "kind", "folded", "handle", "roles", "affiliations", "handles", "beside")
    put = text(f"INSERT INTO source ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})")
    say = text("UPDATE statement SET source_id = :source WHERE document = :document AND id = :id")
    for document, report in _read_reports(connection):
        if rows := build_source_rows(report, document):
            connection.execute(put, rows)
        if said := [{"source": s.source.id, "document": document, "id": s.id} for s in report.statements if s.source]:
            connection.execute(say, said)


def _add_people(connection: Connection) -> None:
    """Tables for who may use the pages, for what they say of statements, and for where the log tells of what."""
    key = "INTEGER PRIMARY KEY" if connection.dialect.name == "sqlite" else "BIGSERIAL PRIMARY KEY"
    for command in (
        """CREATE TABLE review (id VARCHAR(64) NOT NULL PRIMARY KEY, subject TEXT NOT NULL, verdict TEXT NOT NULL, mended TEXT,
            by TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL)""",
        "CREATE INDEX review_subject ON review (subject, at)",
        """CREATE TABLE account (name TEXT NOT NULL PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, made TEXT NOT NULL,
            disabled TEXT)""",
        """CREATE TABLE token (id VARCHAR(64) NOT NULL PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name), role TEXT NOT NULL,
            label TEXT NOT NULL, made TEXT NOT NULL, expires TEXT, revoked TEXT)""",
        "CREATE INDEX ix_token_account ON token (account)",
        """CREATE TABLE session (id VARCHAR(64) NOT NULL PRIMARY KEY, kind TEXT NOT NULL, account TEXT, role TEXT NOT NULL,
            expires TEXT NOT NULL)""",
        "DROP INDEX IF EXISTS ix_statement_document",
        "CREATE INDEX statement_document ON statement (document, source_id)",
        "CREATE INDEX statement_doubtful ON statement (key) WHERE confidence < 0.6",
        "CREATE TABLE logged (id VARCHAR(64) NOT NULL PRIMARY KEY, seq BIGINT NOT NULL)",
        f"""CREATE TABLE audit (key {key}, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, "where" TEXT NOT NULL,
            detail TEXT NOT NULL)""",
    ):
        connection.exec_driver_sql(command)
    for table in ("review", "audit"):
        _refuse_changes(connection, table)
    put = text("INSERT INTO logged (id, seq) VALUES (:id, :seq) ON CONFLICT DO NOTHING")
    entries = connection.exec_driver_sql("SELECT seq, entry FROM log ORDER BY seq")
    while rows := entries.fetchmany(_MANY):
        if told := [{"id": identity, "seq": seq} for seq, entry in rows if (identity := _find_id(entry)) is not None]:
            connection.execute(put, told)


def _find_id(entry: str) -> str | None:
    """Of what an entry of the log tells; None where it was damaged, which `verify` reports."""
    try:
        told = parse_entry(entry)
    except ValueError:
        return None
    return str(told[told["kind"]]["id"])


def _read_reports(connection: Connection) -> Iterator[tuple[str, Report]]:
    """The current readings of all documents, one after the other."""
    for document, reading in connection.exec_driver_sql("SELECT id, reading FROM document").all():
        packed = connection.execute(text("SELECT packed FROM reading WHERE id = :id"), {"id": reading}).scalar_one()
        yield document, parse_report(unpack(bytes(packed)))


def _refuse_changes(connection: Connection, table: str) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" if is_sqlite else "FOR EACH ROW EXECUTE FUNCTION onrecord_refuse()"
    for event in ("update", "delete"):
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} {refuse}")


STEPS: tuple[Step, ...] = (
    ("0001_begin", _begin),
    ("0002_observations", _add_observations),
    ("0003_stamps", _add_stamps),
    ("0004_tracing", _add_tracing),
    ("0005_sources", _add_sources),
    ("0006_people", _add_people),
)


def migrate(connection: Connection, name: str, steps: Sequence[Step] = STEPS) -> None:
    """Bring the tables up to date, inside the caller's transaction. `name` is what messages call the store.

    Raises StoreError if the store knows steps that this version does not, or the database holds something else.
    """
    taken = find_taken(connection, name)
    check_known(taken, name, steps)
    if not taken:
        create_tables(connection)
    for step, change in steps:
        if step not in taken:
            if taken:
                change(connection)
            connection.execute(insert(migration).values(name=step, at=datetime.now(UTC).isoformat()))


def find_taken(connection: Connection, name: str) -> set[str]:
    """The names of the steps that a store has behind it; none if it is new. Raises StoreError if these are somebody else's tables."""
    tables = set(inspect(connection).get_table_names())
    if migration.name in tables:
        return set(connection.scalars(select(migration.c.name)))
    if tables:
        raise StoreError(f"{name}: a database, but not a store of onrecord: give another with --store")
    return set()


def check_known(taken: set[str], name: str, steps: Sequence[Step] = STEPS) -> None:
    """Raises StoreError if a step was taken that this version does not know."""
    newer = sorted(taken - {step for step, _ in steps})
    if newer:
        raise StoreError(f"{name}: made by a newer onrecord (step {newer[0]}): install that version to use this store")
