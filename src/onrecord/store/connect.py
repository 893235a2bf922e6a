"""Opening a store, and transactions on it.

A store is one SQLite file or one PostgreSQL database. SQLite runs in WAL mode, so that readers never wait for the writer, with
a sync at every commit; writers begin with BEGIN IMMEDIATE, so that two of them take turns and none fails half way. On PostgreSQL
a writer takes an advisory lock, which orders the log in the same way. What a database complains of becomes a StoreError of one
line here and nowhere else.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from onrecord.errors import StoreError, UsageError
from onrecord.store.migrations import STEPS, check_known, find_taken, migrate
from onrecord.store.schema import migration

DEFAULT = "onrecord.db"
_MORE = 40  # connections beyond the five that stay open, so that no thread of the pages waits for one
_WAIT = 30.0  # seconds that a writer waits for its turn
_LOCK = 0x6F6E7265636F7264  # "onrecord"; one writer at a time in one PostgreSQL database
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")
_COMPLAINTS = {  # what SQLite says, and what is said to the user
    "database is locked": "another process keeps the store locked: try again when it is done",
    "database or disk is full": "the disk is full: free some space and run the same again; nothing stored is lost",
    "disk i/o error": "the disk cannot be written or read (disk I/O error): check the disk and its space; nothing stored is lost",
    "attempt to write a readonly database": "the store cannot be written: check who owns the file and its folder",
    "unable to open database file": "the file cannot be opened or made: check the folder and its permissions",
    "file is not a database": "not a store of onrecord: give another with --store",
    "malformed": "the file is damaged: onrecord verify says where; go back to a copy and add again what came later",
    "read-only transaction": "the store cannot be written: the database is read-only, or this user is",
    "permission denied for": "the store cannot be used: this user lacks the rights to its tables",
}


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `name` is what messages call it: a path, or a URL without its password."""

    engine: Engine
    name: str

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store. Raises StoreError."""
        engine = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        with self._translating(), engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writer's transaction: all of it is kept at the end, or nothing. Raises StoreError."""
        with self._translating(), self.engine.execution_options(writes=True).begin() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise describe(error, self.name) from error
        except UnicodeDecodeError as error:  # text that is none any more
            raise StoreError(f"{self.name}: {_COMPLAINTS['malformed']}") from error


def open_store(place: str, *, make: bool = False, wait: float = _WAIT) -> Store:
    """The store at `place`, a path or a postgresql:// URL; `make` makes it if it is not there. `wait`: seconds for a locked store,
    and on PostgreSQL for tables that are being migrated.

    Raises:
        UsageError: there is no store at `place`, or it is no place.
        StoreError: it cannot be opened, or is of a newer version.

    """
    store = _open_postgresql(place, wait) if place.startswith(_POSTGRESQL) else _open_sqlite(place, make, wait)
    try:
        _make_current(store, make)
    except BaseException:
        store.close()
        raise
    return store


def _make_current(store: Store, make: bool) -> None:
    """Make the tables where they are wanted and missing, and take the steps that an older store lacks."""
    with store.looking() as connection:
        taken = find_taken(connection, store.name)
    if not taken and not make:
        raise UsageError(f"{store.name}: nothing is stored there yet: put something in with onrecord add")
    check_known(taken, store.name)
    if any(step not in taken for step, _ in STEPS):
        with store.writing() as connection:
            migrate(connection, store.name)


def check_version(store: Store) -> None:
    """Raises StoreError if a newer onrecord has changed the store since it was opened."""
    with store.looking() as connection:
        check_known(set(connection.scalars(select(migration.c.name))), store.name)


def _open_sqlite(place: str, make: bool, wait: float) -> Store:
    if place in ("", ":memory:"):
        raise UsageError(f"{place or 'no name'}: not a store, which is kept: give a file's path or a postgresql:// URL")
    if "://" in place:
        raise UsageError(f"{_hide_password(place)}: not a store: give a file's path or a postgresql:// URL")
    path = Path(place)
    if path.is_dir():
        raise UsageError(f"{place}: a folder: give a file's path as the store")
    if not make and not path.exists():
        raise UsageError(f"{place}: no such store: make it with onrecord add, or name another with --store")
    url = URL.create("sqlite+pysqlite", database=str(path))
    if _is_unchanging(path):
        address = f"{path.absolute().as_uri()}?immutable=1"
        engine = create_engine(url, creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False))
    else:
        engine = create_engine(url, max_overflow=_MORE, connect_args={"timeout": wait, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine, place)


def _is_unchanging(path: Path) -> bool:
    """Whether a store lies on a disk that is mounted to be read only, where WAL's own files cannot be made beside it, nor are needed."""
    try:
        is_read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # no such file yet; no such call on Windows
        return False
    return is_read_only and not Path(f"{path}-wal").exists()


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -65536", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):
            raise


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _open_postgresql(place: str, wait: float) -> Store:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise UsageError("a PostgreSQL store needs psycopg: pip install 'onrecord[postgres]'") from None
    try:
        url = make_url(place).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise UsageError(f"{_hide_password(place)}: not a PostgreSQL URL: write it as postgresql://USER@HOST:PORT/NAME") from None
    options = f"-c jit=off -c lock_timeout={round(wait * 1000)}"
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10, "options": options})
    return Store(engine, url.set(drivername="postgresql").render_as_string(hide_password=True))


def _hide_password(place: str) -> str:
    before, at, after = place.rpartition("@")
    return f"{before.split('://')[0]}://…{at}{after}" if at else place


def describe(error: SQLAlchemyError, name: str) -> StoreError:
    """What a database complains of as one line; `again` where trying once more may help."""
    cause = str(error.orig if isinstance(error, DBAPIError) and error.orig else error)
    for words, line in _COMPLAINTS.items():
        if words in cause.lower():
            return StoreError(f"{name}: {line}")
    first = " ".join(cause.split())[:200]
    if isinstance(error, DBAPIError) and _is_gone(error):
        return StoreError(
            f"{name}: the database does not answer ({first}); what is stored is safe, run the same again when it is back", again=True
        )
    if "lock timeout" in cause:
        return StoreError(f"{name}: {_COMPLAINTS['database is locked']}")
    if "could not extend" in cause or "No space left" in cause:
        return StoreError(f"{name}: {_COMPLAINTS['database or disk is full']}")
    return StoreError(f"{name}: the database complains: {first}")


def _is_gone(error: DBAPIError) -> bool:
    """Whether the connection to a server was lost or refused: what PostgreSQL's class 08 and 57P stand for, or no answer at all."""
    state = getattr(error.orig, "sqlstate", None)
    is_server = type(error.orig).__module__.startswith("psycopg")
    return error.connection_invalidated or (
        is_server and (state or "08").startswith(("08", "57P")) and "Operational" in type(error).__name__
    )
