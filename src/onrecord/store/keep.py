"""One capture and its report into the store, in the caller's transaction: bytes, where they were found, the reading, and the log.

Everything is looked up by digest before it is written, so keeping the same thing again changes nothing, whoever kept it first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.engine import Connection, Row

from onrecord.store import log
from onrecord.store.digests import digest, pack, unpack
from onrecord.store.rows import (
    build_address_rows,
    build_capture_row,
    build_document_index,
    build_document_row,
    build_index_row,
    build_source_rows,
    build_statement_rows,
)
from onrecord.store.schema import address as addresses
from onrecord.store.schema import capture as captures
from onrecord.store.schema import content as contents
from onrecord.store.schema import document as documents
from onrecord.store.schema import exchange as exchanges
from onrecord.store.schema import reading as readings
from onrecord.store.schema import source as sources
from onrecord.store.schema import statement as statements
from onrecord.store.values import format_report, parse_report
from onrecord.store.words import INDEXED, find_tokens
from onrecord.types import Capture, Report


def is_known(connection: Connection, sha256: str, given: date | None) -> bool:
    """Whether the bytes have been read, and `given`, a day of publication, would not make another reading of them."""
    row = connection.execute(select(documents.c.given, documents.c.published).where(documents.c.id == sha256)).first()
    if row is None:
        return False
    is_dated_by_page = row.published is not None and row.given is None
    return given is None or is_dated_by_page or row.given == given.isoformat()


def has_capture(connection: Connection, capture: Capture) -> bool:
    """Whether these bytes have been found at this place before."""
    return connection.scalar(select(captures.c.id).where(captures.c.id == build_capture_row(capture)["id"])) is not None


def keep_capture(connection: Connection, capture: Capture) -> str:
    """Store bytes and where they were found, if they are not there; the capture's id."""
    row = build_capture_row(capture)
    if connection.scalar(select(contents.c.sha256).where(contents.c.sha256 == capture.sha256)) is None:
        connection.execute(insert(contents).values(sha256=capture.sha256, size=len(capture.content), packed=pack(capture.content)))
    if connection.scalar(select(captures.c.id).where(captures.c.id == row["id"])) is None:
        if capture.record is not None:
            row["warc"] = _keep_records(connection, capture.record())
        connection.execute(insert(captures).values(row))
        log.append(connection, "capture", {"capture": row, "size": len(capture.content)})
    return str(row["id"])


def _keep_records(connection: Connection, raw: bytes) -> str:
    key = sha256(raw).hexdigest()
    if connection.scalar(select(exchanges.c.id).where(exchanges.c.id == key)) is None:
        connection.execute(insert(exchanges).values(id=key, records=raw))
    return key


def keep_reading(connection: Connection, capture: str, report: Report, *, reader: str, given: date | None, forced: bool) -> None:
    """Store a report as the current reading of its document; `capture` is the id of the capture that it was read from.

    `given` is the day of publication that the user gave. It counts only where the page has none of its own.
    """
    document = report.document.id.removeprefix("sha256:")
    counted = given.isoformat() if given and report.document.published == given else None
    key = digest({"document": document, "reader": reader, "given": counted})
    before = connection.execute(select(documents).where(documents.c.id == document)).first()
    if connection.scalar(select(readings.c.id).where(readings.c.id == key)) is None:
        payload = format_report(report)
        row = {"id": key, "document": document, "reader": reader, "given": counted, "at": datetime.now(UTC).isoformat()}
        row["sha256"] = sha256(payload).hexdigest()
        about = {"reading": key, "given": counted, "forced": forced, **build_document_row(report), **build_document_index(report)}
        _put_document(connection, before, {"id": document, "capture": capture, **about})
        connection.execute(insert(readings).values(**row, packed=pack(payload)))
        log.append(connection, "reading", {"reading": row})
    elif before is not None and before.reading == key:
        return
    else:
        connection.execute(
            update(documents).where(documents.c.id == document).values(reading=key, given=counted, **build_document_row(report))
        )
    _index(connection, before, report, document)


def set_reading(connection: Connection, row: dict[str, Any], report: Report) -> None:
    """Make `report` the reading that counts of a document of which nothing is indexed yet; `row` is what is known of it besides."""
    values = {**row, **build_document_row(report), **build_document_index(report)}
    connection.execute(update(documents).where(documents.c.id == row["id"]).values(values))
    _index(connection, None, report, row["id"])


def _put_document(connection: Connection, before: Row[Any] | None, row: dict[str, Any]) -> None:
    if before is None:
        connection.execute(insert(documents).values(row))
    else:
        changes = {name: value for name, value in row.items() if name not in ("id", "capture")}
        connection.execute(update(documents).where(documents.c.id == row["id"]).values(changes))


def _index(connection: Connection, before: Row[Any] | None, report: Report, document: str) -> None:
    """Put the report's statements and words where they are searched, in the place of those of the reading before."""
    if before is not None:
        for table in (statements, sources, addresses):
            connection.execute(delete(table).where(table.c.document == document))
    told = [
        {**row, **build_index_row(report, statement, row["content"])}
        for row, statement in zip(build_statement_rows(report, document), report.statements, strict=True)
    ]
    named, shown = build_source_rows(report, document), build_address_rows(report, document)
    for table, rows in ((statements, told), (sources, named), (addresses, shown)):
        if rows:
            connection.execute(insert(table), rows)
    key = connection.scalar(select(documents.c.key).where(documents.c.id == document))
    if connection.dialect.name == "sqlite":
        old = load_reading(connection, before.reading) if before is not None else None
        _index_sqlite(connection, key, old, report)
    else:
        _index_postgresql(connection, document, report)


def _index_sqlite(connection: Connection, key: int | None, old: Report | None, new: Report) -> None:
    if old is not None:
        words = "INSERT INTO document_words(document_words, rowid, title, text, outlet) VALUES ('delete', :key, :title, :text, :outlet)"
        connection.execute(text(words), {"key": key, **_find_words(old)})
    words = "INSERT INTO document_words(rowid, title, text, outlet) VALUES (:key, :title, :text, :outlet)"
    connection.execute(text(words), {"key": key, **_find_words(new)})


def _index_postgresql(connection: Connection, document: str, report: Report) -> None:
    """Fill the tsvectors. The words go in as our own tokens, so that PostgreSQL's parser sees no addresses or numbers of its own."""
    parts = "setweight(to_tsvector('onrecord', {}), '{}')"
    query = select(statements.c.key, *(statements.c[name] for name, _ in INDEXED)).where(statements.c.document == document)
    rows = [{"key": row.key, **{name: _join(getattr(row, name)) for name, _ in INDEXED}} for row in connection.execute(query)]
    joined = " || ".join(parts.format(f":{name}", weight) for name, weight in INDEXED)
    if rows:
        connection.execute(text(f"UPDATE statement SET words = {joined} WHERE key = :key"), rows)
    own = " || ".join(parts.format(f":{name}", weight) for name, weight in (("text", "A"), ("title", "C"), ("outlet", "D")))
    words = {name: _join(value) for name, value in _find_words(report).items()}
    connection.execute(text(f"UPDATE document SET words = {own} WHERE id = :id"), {"id": document, **words})


_LONGEST = 500_000  # characters of one document that are searched; PostgreSQL's vectors end at a megabyte


def _find_words(report: Report) -> dict[str, str]:
    row = build_document_row(report)
    return {"title": row["title"] or "", "outlet": row["outlet"] or "", "text": report.document.text[:_LONGEST].replace("\0", " ")}


def _join(words: str | None) -> str:
    return " ".join(find_tokens(words or ""))


def load_reading(connection: Connection, reading: str) -> Report:
    """A stored report. Raises ValueError if it is damaged."""
    packed = connection.scalar(select(readings.c.packed).where(readings.c.id == reading))
    return parse_report(unpack(bytes(packed or b"")))


def load_capture(connection: Connection, capture: str) -> Capture:
    """A stored capture with its bytes. Raises ValueError if these are damaged."""
    query = select(captures, contents.c.packed).join(contents, contents.c.sha256 == captures.c.content).where(captures.c.id == capture)
    row = connection.execute(query).one()
    return Capture(
        content=unpack(bytes(row.packed)),
        sha256=row.content,
        location=row.location,
        url=row.url,
        media_type=row.media_type,
        charset=row.charset,
        etag=row.etag,
        status=row.status,
        captured=_parse_moment(row.captured),
        served=_parse_moment(row.served),
        last_modified=_parse_moment(row.last_modified),
    )


def _parse_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
