"""Documents as they are written for others: the report as it is stored, and what is known of its bytes, in one state of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from onrecord.errors import StoreError, UsageError
from onrecord.store.connect import Store
from onrecord.store.digests import unpack
from onrecord.store.schema import capture as captured
from onrecord.store.schema import content as contents
from onrecord.store.schema import document as documents
from onrecord.store.schema import exchange as exchanges
from onrecord.store.schema import reading as readings
from onrecord.store.search import Query, search
from onrecord.types import Archived, Capture

_MANY = 200  # documents that are fetched at once


def read_archived(store: Store, query: Query | None = None, *, captures: bool = False) -> Iterator[Archived]:
    """All documents in the order of their storing, or those that a query finds, the best first; with the bytes of their captures if asked.

    Raises UsageError, StoreError.
    """
    wanted = None if query is None else [hit.document for hit in search(store, query)]
    with store.looking() as connection:
        batches = _read_all(connection) if wanted is None else _read_some(connection, wanted)
        for rows in batches:
            for row in rows:
                yield _build(row, _read_captures(connection, row.id) if captures else ())


def load_archived(store: Store, document: str, *, captures: bool = False) -> Archived:
    """One document, by its full id. Raises UsageError if there is none, StoreError."""
    with store.looking() as connection:
        for rows in _read_some(connection, [document]):
            for row in rows:
                return _build(row, _read_captures(connection, row.id) if captures else ())
    raise UsageError(f"{document[:12]}: no such document in the store")


def _read_captures(connection: Connection, document: str) -> tuple[Capture, ...]:
    """The captures of a document, the earliest first. Raises StoreError if the bytes are damaged."""
    try:
        content = unpack(bytes(connection.scalars(select(contents.c.packed).where(contents.c.sha256 == document)).one()))
    except ValueError as error:
        raise StoreError(f"{document[:12]}: the stored bytes are damaged ({error}): see onrecord verify") from error
    joined = captured.outerjoin(exchanges, exchanges.c.id == captured.c.warc)
    query = select(captured, exchanges.c.records).select_from(joined).where(captured.c.content == document)
    return tuple(_build_capture(row, content) for row in connection.execute(query.order_by(captured.c.captured, captured.c.id)))


def _build_capture(row: Row[Any], content: bytes) -> Capture:
    records = None if row.records is None else bytes(row.records)
    return Capture(
        content=content,
        sha256=row.content,
        location=row.location,
        url=row.url,
        media_type=row.media_type,
        charset=row.charset,
        captured=datetime.fromisoformat(row.captured) if row.captured else None,
        record=None if records is None else lambda: records,
    )


def _build(row: Row[Any], captures: tuple[Capture, ...]) -> Archived:
    try:
        payload = unpack(bytes(row.packed))
    except ValueError as error:
        raise StoreError(f"{row.id[:12]}: the stored report is damaged ({error}): see onrecord verify") from error
    about = {"location": row.location, "media_type": row.media_type, "captured": row.captured}
    return Archived(document=row.id, payload=payload, reader=row.reader, read=row.at, captures=captures, **about)


def _select() -> Any:
    columns = (documents.c.key, documents.c.id, readings.c.packed, readings.c.reader, readings.c.at)
    about = (captured.c.location, captured.c.media_type, captured.c.captured)
    joined = documents.join(readings, readings.c.id == documents.c.reading).join(captured, captured.c.id == documents.c.capture)
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
