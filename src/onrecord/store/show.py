"""One stored document by the beginning of its id: its current report as typed values, and its captures."""

from __future__ import annotations

import re

from sqlalchemy import select

from onrecord.errors import StoreError, UsageError
from onrecord.store.connect import Store
from onrecord.store.keep import load_reading
from onrecord.store.schema import capture as captures
from onrecord.store.schema import document as documents
from onrecord.store.schema import exchange as exchanges
from onrecord.types import Report

_ID = re.compile(r"(?:sha256:)?([0-9a-f]{4,64})(?:/(\w+))?")


def load_records(store: Store, document: str) -> bytes:
    """The WARC records in which the captures of a document came, one after the other; none if it was not fetched. Raises StoreError."""
    query = select(exchanges.c.records).join(captures, captures.c.warc == exchanges.c.id).where(captures.c.content == document)
    with store.looking() as connection:
        return b"".join(bytes(records) for records in connection.scalars(query.order_by(captures.c.captured)))


def load_report(store: Store, name: str) -> tuple[Report, str | None]:
    """The current report of the document that `name` begins the id of, and the statement's id if `name` gives one (`3fa9c1d2/s4`).

    Raises UsageError if there is none or more than one, StoreError if the stored report is damaged.
    """
    match = _ID.fullmatch(name.strip().lower())
    if not match:
        raise UsageError(f"{name!r}: not an id; give four or more digits of a document's id, as search prints it (3fa9c1d2/s4)")
    beginning, statement = match.groups()
    with store.looking() as connection:
        query = select(documents.c.id, documents.c.reading).where(documents.c.id >= beginning, documents.c.id <= beginning + "g")
        rows = connection.execute(query.limit(2)).all()
        if len(rows) != 1:
            raise UsageError(f"{name}: {'more than one document begins so: give more digits' if rows else 'no such document in the store'}")
        try:
            report = load_reading(connection, rows[0].reading)
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{name}: the stored report is damaged ({error}): see onrecord verify") from error
    if statement is not None and statement not in {s.id for s in report.statements}:
        raise UsageError(f"{name}: the document has no statement {statement}")
    return report, statement
