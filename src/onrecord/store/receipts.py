"""One document's receipt: its bytes' hash, every clock on them, where the log tells of them, which time stamps cover that; checked again.

`verify` goes through a whole store. Here only what concerns one document is gone through, in time that does not grow with the store: the
bytes, the rows beside their log entries, each entry's seal and its place between its neighbours, every span, and the stamps.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from onrecord.errors import StoreError
from onrecord.store import log, tokens
from onrecord.store.connect import Store
from onrecord.store.digests import unpack
from onrecord.store.latest import find_document
from onrecord.store.schema import capture as captures
from onrecord.store.schema import content as contents
from onrecord.store.schema import document as documents
from onrecord.store.schema import log as log_table
from onrecord.store.schema import reading as readings
from onrecord.store.schema import stamp as stamps
from onrecord.store.verify import slice_spans
from onrecord.types import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFacts:
    """Where and when the bytes were found, by every clock, and the log's entry that tells of it (None if it does not)."""

    id: str
    location: str
    url: str | None
    media_type: str | None
    charset: str | None
    captured: str | None
    served: str | None
    last_modified: str | None
    etag: str | None
    status: int | None
    has_records: bool
    seq: int | None
    entry_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFacts:
    """Which reader read the bytes, when, and the SHA-256 of the report."""

    id: str
    reader: str
    at: str
    sha256: str
    seq: int | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFacts:
    """A time stamp on an entry of the log, and so on all entries before it."""

    seq: int
    head: str
    authority: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """All that shows when a document's bytes were had from where; `head` is the log's last hash, and `length` its number."""

    document: str
    sha256: str
    size: int
    captures: tuple[CaptureFacts, ...]
    readings: tuple[ReadingFacts, ...]
    head: str
    length: int
    stamps: tuple[StampFacts, ...]

    @property
    def captured(self) -> str | None:
        """When the bytes were first captured, as far as a clock tells."""
        return next((capture.captured for capture in self.captures if capture.captured), None)

    def to_dict(self) -> Json:
        return {**asdict(self), "document": f"sha256:{self.document}"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: what, whether it is as it was, and what was found."""

    what: str
    ok: bool
    detail: str

    def to_dict(self) -> Json:
        return asdict(self)


def load_receipt(store: Store, document: str) -> Receipt:
    """The receipt of the document whose id begins so. Raises UsageError, StoreError."""
    key = find_document(store, document)
    with store.looking() as connection:
        size = connection.scalar(select(contents.c.size).where(contents.c.sha256 == key)) or 0
        found, read = _load_captures(connection, key), _load_readings(connection, key)
        current = connection.scalar(select(documents.c.reading).where(documents.c.id == key))
        entries = log.find_entries(connection, [row.id for row in (*found, *read)])
        head = log.find_head(connection)
        first = min((entries[row.id].seq for row in found if row.id in entries), default=None)
        stamped = _load_stamps(connection, first)
    return Receipt(
        document=key,
        sha256=key,
        size=size,
        captures=tuple(_build_capture(row, entries.get(row.id)) for row in found),
        readings=tuple(_build_reading(row, entries.get(row.id), row.id == current) for row in read),
        head=head.hash if head else log.START,
        length=head.seq if head else 0,
        stamps=tuple(StampFacts(seq=row.seq, head=row.head, authority=row.authority, time=row.time) for row in stamped),
    )


def load_content(store: Store, document: str) -> tuple[bytes, str | None]:
    """The captured bytes of the document whose id begins so, and the media type that was declared. Raises UsageError, StoreError."""
    key = find_document(store, document)
    query = select(contents.c.packed, captures.c.media_type).join(captures, captures.c.content == contents.c.sha256)
    with store.looking() as connection:
        row = connection.execute(query.where(contents.c.sha256 == key).order_by(captures.c.captured, captures.c.id).limit(1)).one()
    try:
        return unpack(bytes(row.packed)), row.media_type
    except ValueError as error:
        raise StoreError(f"{document}: the bytes {error}: see onrecord verify") from error


def _load_captures(connection: Connection, document: str) -> Sequence[Row[Any]]:
    return connection.execute(select(captures).where(captures.c.content == document).order_by(captures.c.captured, captures.c.id)).all()


def _load_readings(connection: Connection, document: str) -> Sequence[Row[Any]]:
    return connection.execute(select(readings).where(readings.c.document == document).order_by(readings.c.at, readings.c.id)).all()


def _load_stamps(connection: Connection, first: int | None) -> Sequence[Row[Any]]:
    if first is None:
        return []
    return connection.execute(select(stamps).where(stamps.c.seq >= first).order_by(stamps.c.seq)).all()


def _build_capture(row: Row[Any], entry: log.Entry | None) -> CaptureFacts:
    names = ("id", "location", "url", "media_type", "charset", "captured", "served", "last_modified", "etag", "status")
    values = {name: row._mapping[name] for name in names}
    return CaptureFacts(
        **values, has_records=row.warc is not None, seq=entry.seq if entry else None, entry_hash=entry.hash if entry else None
    )


def _build_reading(row: Row[Any], entry: log.Entry | None, is_current: bool) -> ReadingFacts:
    return ReadingFacts(id=row.id, reader=row.reader, at=row.at, sha256=row.sha256, seq=entry.seq if entry else None, is_current=is_current)


# --- checked again ---------------------------------------------------------------------------------------------------------


def check_receipt(store: Store, document: str) -> tuple[Check, ...]:
    """What was checked of the document whose id begins so, one after the other. Raises UsageError, StoreError."""
    key = find_document(store, document)
    with store.looking() as connection:
        return (_check_bytes(connection, key), *_check_rows(connection, key), *_check_stamps(connection, key))


def _check_bytes(connection: Connection, document: str) -> Check:
    packed = connection.scalar(select(contents.c.packed).where(contents.c.sha256 == document))
    what = "the captured bytes"
    if packed is None:
        return Check(what, False, "are no longer in the store")
    try:
        found = sha256(unpack(bytes(packed))).hexdigest()
    except ValueError as error:
        return Check(what, False, str(error))
    return Check(what, found == document, f"SHA-256 {found}" + ("" if found == document else f", and {document} was captured"))


def _check_rows(connection: Connection, document: str) -> Iterator[Check]:
    found, read = _load_captures(connection, document), _load_readings(connection, document)
    entries = log.find_entries(connection, [row.id for row in (*found, *read)])
    for row in found:
        yield _check_row(connection, f"the capture of {row.location}", dict(row._mapping), entries.get(row.id), "capture")
    for row in read:
        facts = {name: value for name, value in row._mapping.items() if name != "packed"}
        yield _check_row(connection, f"the reading of {row.at[:10]}", facts, entries.get(row.id), "reading")
        yield _check_report(row)


def _check_row(connection: Connection, what: str, row: Json, entry: log.Entry | None, kind: str) -> Check:
    """Whether a row says what the log says of it, and that entry stands where it was put."""
    if entry is None:
        return Check(what, False, "is not in the log")
    try:
        told = log.parse_entry(entry.entry)
    except ValueError as error:
        return Check(what, False, f"entry {entry.seq} of the log cannot be read ({error})")
    said = told[told["kind"]]
    if (told["seq"], told["kind"], said["id"]) != (entry.seq, kind, row["id"]):
        return Check(what, False, f"entry {entry.seq} of the log, where it should be told of, tells of something else")
    changed = [name for name, value in said.items() if row.get(name) != value]
    if changed:
        return Check(what, False, f"{', '.join(changed)} is not as it was logged in entry {entry.seq}")
    if log.seal(entry.previous, entry.entry) != entry.hash:
        return Check(what, False, f"entry {entry.seq} of the log was changed: its hash is another")
    beside = {row.seq: row for row in connection.execute(select(log_table).where(log_table.c.seq.in_([entry.seq - 1, entry.seq + 1])))}
    before = beside[entry.seq - 1].hash if entry.seq - 1 in beside else log.START
    if before != entry.previous or (entry.seq + 1 in beside and beside[entry.seq + 1].previous != entry.hash):
        return Check(what, False, f"entry {entry.seq} of the log does not stand between its neighbours")
    return Check(what, True, f"as in entry {entry.seq} of the log, which is sealed between its neighbours")


def _check_report(row: Row[Any]) -> Check:
    what = f"the report of {row.at[:10]}"
    try:
        payload = unpack(bytes(row.packed))
        spans = list(slice_spans(json.loads(payload)["report"]))
    except (ValueError, KeyError, TypeError) as error:
        return Check(what, False, f"cannot be read ({error})")
    if (found := sha256(payload).hexdigest()) != row.sha256:
        return Check(what, False, f"was changed: its SHA-256 is {found}")
    wrong = next((path for path, _, is_same in spans if not is_same), None)
    return Check(what, wrong is None, f"{len(spans)} spans sliced again" + (f": {wrong} is not what it says" if wrong else ""))


def _check_stamps(connection: Connection, document: str) -> Iterator[Check]:
    entries = log.find_entries(connection, [row.id for row in _load_captures(connection, document)])
    for row in _load_stamps(connection, min((entry.seq for entry in entries.values()), default=None)):
        what = f"the time stamp of {row.time[:10]}"
        if connection.scalar(select(log_table.c.hash).where(log_table.c.seq == row.seq)) != row.head:
            yield Check(what, False, f"the log has another entry {row.seq} than was stamped")
        elif not tokens.can_check():
            yield Check(what, True, f"is of entry {row.seq}; its signature was not checked: {tokens.INSTALL}")
        else:
            yield _check_token(what, row)


def _check_token(what: str, row: Row[Any]) -> Check:
    try:
        told = tokens.check_token(bytes(row.token), row.head, ())
    except tokens.TokenError as error:
        return Check(what, False, str(error))
    return Check(what, True, f"entry {row.seq}, signed by {told.signer}; onrecord verify --certificate checks that against a root")
