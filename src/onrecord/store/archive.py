"""Documents as they are written for others: the report as it is stored, and what is known of its bytes, in one state of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from onrecord.errors import StoreError, UsageError
from onrecord.store.connect import Store
from onrecord.store.digests import unpack
from onrecord.store.schema import capture as captures
from onrecord.store.schema import document as documents
from onrecord.store.schema import reading as readings
from onrecord.store.search import Query, search
from onrecord.types import Archived

_MANY = 200  # documents that are fetched at once


def read_archived(store: Store, query: Query | None = None) -> Iterator[Archived]:
    """All documents in the order of their storing, or those that a query finds, the best first. Raises UsageError, StoreError."""
    wanted = None if query is None else [hit.document for hit in search(store, query)]
    with store.looking() as connection:
        batches = _read_all(connection) if wanted is None else _read_some(connection, wanted)
        for rows in batches:
            yield from map(_build, rows)


def load_archived(store: Store, document: str) -> Archived:
    """One document, by its full id. Raises UsageError if there is none, StoreError."""
    with store.looking() as connection:
        for rows in _read_some(connection, [document]):
            for row in rows:
                return _build(row)
    raise UsageError(f"{document[:12]}: no such document in the store")


def _build(row: Row[Any]) -> Archived:
    try:
        payload = unpack(bytes(row.packed))
    except ValueError as error:
        raise StoreError(f"{row.id[:12]}: the stored report is damaged ({error}): see onrecord verify") from error
    about = {"location": row.location, "media_type": row.media_type, "captured": row.captured}
    return Archived(document=row.id, payload=payload, reader=row.reader, read=row.at, **about)


def _select() -> Any:
    columns = (documents.c.key, documents.c.id, readings.c.packed, readings.c.reader, readings.c.at)
    about = (captures.c.location, captures.c.media_type, captures.c.captured)
    joined = documents.join(readings, readings.c.id == documents.c.reading).join(captures, captures.c.id == documents.c.capture)
    return select(*columns, *about).select_from(joined)


def _read_all(connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    last = 0
    while rows := connection.execute(_select().where(documents.c.key > last).order_by(documents.c.key).limit(_MANY)).all():
        yield rows
        last = rows[-1].key


def _read_some(connection: Connection, wanted: Sequence[str]) -> Iterator[Sequence[Row[Any]]]:
    for at in range(0, len(wanted), _MANY):
        asked = wanted[at : at + _MANY]
        found = {row.id: row for row in connection.execute(_select().where(documents.c.id.in_(asked)))}
        yield [found[each] for each in asked if each in found]
