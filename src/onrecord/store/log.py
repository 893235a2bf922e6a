"""The log: one entry for every capture and every reading, each sealed with the hash of the one before.

An entry's hash is SHA-256 of the previous hash, a line feed, and the entry's canonical JSON, all as ASCII; before the first
stands a row of zeros. Whoever has noted the last hash (the head) can tell later whether anything before it was changed, taken out
or put in. Writers append in turn: SQLite lets one write at a time, and on PostgreSQL they take one advisory lock (see `connect`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from onrecord.store.digests import format_canonical
from onrecord.store.schema import log, logged
from onrecord.types import Json

START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    seq: int
    entry: str
    previous: str
    hash: str


def append(connection: Connection, kind: str, facts: Json) -> None:
    """Add an entry of what `facts` tells under its `kind`; the caller's transaction must be a writer's (`Store.writing`)."""
    last = connection.execute(select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    entry = format_canonical({"seq": seq, "kind": kind, **facts})
    connection.execute(insert(log).values(seq=seq, entry=entry, previous=previous, hash=seal(previous, entry)))
    connection.execute(insert(logged).values(id=facts[kind]["id"], seq=seq))


def parse_entry(entry: str) -> Json:
    """What an entry tells: its `seq`, its `kind`, and facts with an `id` under that. Raises ValueError if it tells no such thing."""
    try:
        told: Json = json.loads(entry)
        if not (isinstance(told["seq"], int) and isinstance(told["kind"], str) and isinstance(told[told["kind"]]["id"], str)):
            raise TypeError("its number, kind or id is none")
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return told


def find_entries(connection: Connection, ids: Iterable[str]) -> dict[str, Entry]:
    """The entries that tell of what has these ids; nothing of those that the log does not have."""
    query = select(logged.c.id, log).join(log, log.c.seq == logged.c.seq).where(logged.c.id.in_(list(ids)))
    return {row.id: Entry(seq=row.seq, entry=row.entry, previous=row.previous, hash=row.hash) for row in connection.execute(query)}


def seal(previous: str, entry: str) -> str:
    """The hash of an entry that follows the one with the hash `previous`."""
    return sha256(f"{previous}\n{entry}".encode()).hexdigest()


def read_entries(connection: Connection, many: int = 1000) -> Iterator[Entry]:
    """All entries in order; `many` are fetched at once."""
    last = None
    while True:
        query = select(log).order_by(log.c.seq).limit(many)
        rows = connection.execute(query if last is None else query.where(log.c.seq > last)).all()
        for row in rows:
            yield Entry(seq=row.seq, entry=row.entry, previous=row.previous, hash=row.hash)
        if len(rows) < many:
            return
        last = rows[-1].seq


def find_head(connection: Connection) -> Entry | None:
    """The last entry."""
    row = connection.execute(select(log).order_by(log.c.seq.desc()).limit(1)).first()
    return Entry(seq=row.seq, entry=row.entry, previous=row.previous, hash=row.hash) if row else None
