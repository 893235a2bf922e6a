"""A whole store as JSON Lines, and back: `write_dump` loses nothing, and `load_dump` makes an equal store of it, on either database.

The first line says what the file is. Then come the entries of the log in their order, each with what it tells of and the bytes that
belong to it; a line for each document, with the capture that it was read from and the reading that counts; what is known of lists that
are watched; and a last line with the SHA-256 of all before, without which nothing is imported. What is searched follows from the readings
and is not in the file. Accounts, tokens, sessions and the audit log are not either: they are of one place, and not of the record.

Whoever imports into a store that has something already adds to it. Ids are digests of what they name: what is there is known by them and
is not changed, and an id that is not the digest of what stands beside it is refused, and with it the whole file. What is new gets entries
of the own log, so that time stamps on the other log say nothing there and are left out.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Any, BinaryIO

from sqlalchemy import Table, func, insert, select
from sqlalchemy.engine import Connection

from onrecord.errors import StoreError, UnreadableError
from onrecord.store import log
from onrecord.store.connect import Store
from onrecord.store.digests import digest, format_canonical, pack, unpack
from onrecord.store.keep import set_reading
from onrecord.store.schema import capture as captures
from onrecord.store.schema import content as contents
from onrecord.store.schema import document as documents
from onrecord.store.schema import exchange as exchanges
from onrecord.store.schema import judgement as judgements
from onrecord.store.schema import observation as observations
from onrecord.store.schema import polling as pollings
from onrecord.store.schema import reading as readings
from onrecord.store.schema import review as reviews
from onrecord.store.schema import stamp as stamps
from onrecord.store.values import parse_report
from onrecord.types import Json

SCHEMA = "onrecord-store/1"
_MANY = 100  # entries whose bytes are fetched at once
_KEPT: dict[str, Table] = {
    "capture": captures,
    "reading": readings,
    "observation": observations,
    "judgement": judgements,
    "review": reviews,
    "stamp": stamps,
}
_DOCUMENT = ("id", "capture", "reading", "given", "forced")
Watch = Callable[[int, int], None]


# --- out -------------------------------------------------------------------------------------------------------------------


def write_dump(store: Store, out: BinaryIO, watch: Watch | None = None) -> int:
    """Write a store as it is at this moment, whatever is added meanwhile; how many lines. `watch` is told how many of them are written.

    Raises StoreError.
    """
    summed, written = sha256(), 0
    with store.looking() as connection:
        head = log.find_head(connection)
        total = 1 + (head.seq if head else 0) + sum(_count(connection, table) for table in (documents, pollings))
        first = format_canonical({"onrecord": SCHEMA, "head": head.hash if head else log.START, "lines": total})
        try:
            for line in chain((first,), _read_entries(connection), _read_documents(connection), _read_pollings(connection)):
                raw = f"{line}\n".encode("ascii")
                summed.update(raw)
                out.write(raw)
                written += 1
                if watch is not None:
                    watch(written, total)
        except ValueError as error:
            raise StoreError(f"{store.name}: {error}: see onrecord verify; nothing was exported") from error
    out.write(f"{format_canonical({'lines': written, 'sha256': summed.hexdigest()})}\n".encode("ascii"))
    return written


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _read_entries(connection: Connection) -> Iterator[str]:
    """The log's entries, each with what belongs to it: bytes and WARC records with the first capture that has them, reports, tokens."""
    given: set[bytes] = set()
    batch: list[log.Entry] = []
    for entry in chain(log.read_entries(connection), (None,)):
        if entry is not None:
            batch.append(entry)
        if batch and (entry is None or len(batch) == _MANY):
            yield from _join(connection, batch, given)
            batch = []


def _join(connection: Connection, batch: Sequence[log.Entry], given: set[bytes]) -> Iterator[str]:
    told = [log.parse_entry(entry.entry) for entry in batch]
    rows = {kind: [each[kind] for each in told if each["kind"] == kind] for kind in ("capture", "reading", "stamp")}
    packed = _fetch(connection, contents.c.sha256, contents.c.packed, [row["content"] for row in rows["capture"]])
    records = _fetch(connection, exchanges.c.id, exchanges.c.records, [row["warc"] for row in rows["capture"] if row["warc"]])
    reports = _fetch(connection, readings.c.id, readings.c.packed, [row["id"] for row in rows["reading"]])
    signed = _fetch(connection, stamps.c.id, stamps.c.token, [row["id"] for row in rows["stamp"]])
    for entry, facts in zip(batch, told, strict=True):
        kind, row = facts["kind"], facts[facts["kind"]]
        more = ""
        if kind == "capture":
            for name, key, found in (("content", row["content"], packed), ("records", row["warc"], records)):
                if key and bytes.fromhex(key) not in given:
                    given.add(bytes.fromhex(key))
                    raw = unpack(found[key]) if name == "content" else found[key]
                    more += f',"{name}":"{b64encode(raw).decode("ascii")}"'
        elif kind == "reading":
            more = f',"payload":{unpack(reports[row["id"]]).decode("ascii")}'
        elif kind == "stamp":
            more = f',"token":"{b64encode(signed[row["id"]]).decode("ascii")}"'
        yield f"{entry.entry[:-1]}{more}}}"


def _fetch(connection: Connection, key: Any, value: Any, wanted: Sequence[str]) -> dict[str, bytes]:
    """Bytes by their keys. Raises ValueError where some are gone."""
    found = {row[0]: bytes(row[1]) for row in connection.execute(select(key, value).where(key.in_(wanted)))} if wanted else {}
    missing = next((each for each in wanted if each not in found), None)
    if missing is not None:
        raise ValueError(f"{key.table.name} {missing} is in the log and no longer in the store")
    return found


def _read_documents(connection: Connection) -> Iterator[str]:
    query = select(documents.c.key, *(documents.c[name] for name in _DOCUMENT)).order_by(documents.c.key)
    last = 0
    while rows := connection.execute(query.where(documents.c.key > last).limit(1000)).all():
        for row in rows:
            yield format_canonical({"kind": "document", "document": {name: getattr(row, name) for name in _DOCUMENT}})
        last = rows[-1].key


def _read_pollings(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(pollings).order_by(pollings.c.url)):
        yield format_canonical({"kind": "polling", "polling": dict(row._mapping)})


# --- in --------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Imported:
    """How many of each kind were new and how many were there already; `left` are stamps of another log."""

    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    left: int = 0
    open: set[str] = field(default_factory=set, repr=False)  # new documents of which the line is still to come

    def count(self, kind: str, *, is_new: bool) -> None:
        counts = self.added if is_new else self.known
        counts[kind] = counts.get(kind, 0) + 1


@dataclass(frozen=True, slots=True)
class Dump:
    """A file that is whole: `name` is what messages call it, `head` that of its log."""

    file: BinaryIO
    name: str
    head: str
    lines: int


def open_dump(file: BinaryIO, name: str) -> Dump:
    """A file that `write_dump` wrote, read once from its beginning; `name` is what messages call it.

    Raises UnreadableError for a file that is none, is cut off, was changed, or is of a newer version.
    """
    file.seek(0)
    first = _parse(file.readline(1000))
    if not str(first.get("onrecord", "")).startswith("onrecord-store/"):
        raise UnreadableError(f"{name}: not a store as JSON Lines: give a file that onrecord export wrote")
    if first["onrecord"] != SCHEMA:
        raise UnreadableError(f"{name}: made by another onrecord ({first['onrecord']}, and this one reads {SCHEMA}): install that version")
    file.seek(0)
    summed, lines, last = sha256(), 0, b""
    for line in file:
        if last:
            summed.update(last)
            lines += 1
        last = line
    end = _parse(last) if last.endswith(b"\n") else {}
    if end.get("lines") != lines or first.get("lines") != lines:
        raise UnreadableError(f"{name}: cut off: {lines:,} whole lines are there, of {first.get('lines', '?')}; export it again")
    if end.get("sha256") != summed.hexdigest():
        raise UnreadableError(f"{name}: changed since it was written: its SHA-256 is another; export it again")
    return Dump(file, name, str(first.get("head")), lines)


def _parse(line: bytes) -> Json:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def load_dump(store: Store, dump: Dump, watch: Watch | None = None) -> Imported:
    """Import what `open_dump` has checked: all of it or nothing. `watch` is told how many lines of how many are done.

    Raises UnreadableError for what is not what it says it is, StoreError.
    """
    name, total, done = dump.name, dump.lines, Imported()
    dump.file.seek(0)
    with store.writing() as connection:
        before = log.find_head(connection)
        for number, line in enumerate(dump.file):
            if 0 < number < total:
                try:
                    _put(connection, json.loads(line), done, is_same_log=before is None)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    said = f"{type(error).__name__}: {error}" if isinstance(error, (KeyError, TypeError, AttributeError)) else str(error)
                    raise UnreadableError(f"{name}, line {number + 1}: {said}; nothing was imported") from error
                if watch is not None:
                    watch(number + 1, total)
        if done.open:
            raise UnreadableError(f"{name}: document {min(done.open)} has readings and no line of its own; nothing was imported")
        after = log.find_head(connection)
        if before is None and (after.hash if after else log.START) != dump.head:
            raise UnreadableError(f"{name}: its log has another head than its first line says; nothing was imported")
    return done


def _put(connection: Connection, told: Json, done: Imported, *, is_same_log: bool) -> None:
    """Keep what a line tells. Raises ValueError and others for what cannot be."""
    kind, row = told["kind"], told[told["kind"]]
    if kind == "document":
        done.count(kind, is_new=_put_document(connection, row, done))
    elif kind == "polling":
        done.count(kind, is_new=_put_polling(connection, row))
    elif kind not in _KEPT:
        raise ValueError(f"{kind} is no kind of entry that this version knows: install a newer onrecord")
    elif kind == "stamp" and not is_same_log:
        done.left += 1
    else:
        done.count(kind, is_new=_put_entry(connection, kind, row, told, done))


def _put_entry(connection: Connection, kind: str, row: Json, told: Json, done: Imported) -> bool:
    table, more = _KEPT[kind], dict[str, Any]()
    _check_id(kind, row, told)
    if connection.scalar(select(table.c.id).where(table.c.id == row["id"])) is not None:
        return False
    if kind == "capture":
        _put_bytes(connection, row, told)
    elif kind == "reading":
        payload = _format_payload(row, told["payload"])
        _open_document(connection, row, done)
        more["packed"] = pack(payload)
    elif kind == "stamp":
        more["token"] = b64decode(told["token"], validate=True)
    connection.execute(insert(table).values(**row, **more))
    log.append(connection, kind, {name: value for name, value in told.items() if name in (kind, "size")})
    return True


def _put_polling(connection: Connection, row: Json) -> bool:
    """What is known here of a list that is watched stays as it is."""
    if connection.scalar(select(pollings.c.url).where(pollings.c.url == row["url"])) is not None:
        return False
    connection.execute(insert(pollings).values(row))
    return True


def _check_id(kind: str, row: Json, told: Json) -> None:
    named = {"capture": ("content", "location", "url"), "reading": ("document", "reader", "given")}.get(kind)
    if kind == "stamp":
        found = sha256(b64decode(told["token"], validate=True)).hexdigest()
    else:
        found = digest({name: value for name, value in row.items() if (name in named if named else name != "id")})
    if found != row["id"]:
        raise ValueError(f"{kind} {row['id']} has another id than it should have, {found}")


def _put_bytes(connection: Connection, row: Json, told: Json) -> None:
    """Keep a capture's bytes and records, of which the first capture that has them brings them."""
    for name, key, table in (("content", row["content"], contents), ("records", row["warc"], exchanges)):
        own = table.c.sha256 if table is contents else table.c.id
        if name in told:
            raw = b64decode(told[name], validate=True)
            if sha256(raw).hexdigest() != key:
                raise ValueError(f"the {name} are not those with the SHA-256 {key}")
            if connection.scalar(select(own).where(own == key)) is None:
                values = {"sha256": key, "size": len(raw), "packed": pack(raw)} if table is contents else {"id": key, "records": raw}
                connection.execute(insert(table).values(values))
        elif key and connection.scalar(select(own).where(own == key)) is None:
            raise ValueError(f"the {name} with the SHA-256 {key} are not there")


def _format_payload(row: Json, payload: Json) -> bytes:
    raw = format_canonical(payload).encode("ascii")
    if sha256(raw).hexdigest() != row["sha256"]:
        raise ValueError(f"the report of reading {row['id']} is not the one with the SHA-256 {row['sha256']}")
    parse_report(raw)
    return raw


def _open_document(connection: Connection, row: Json, done: Imported) -> None:
    """Have a document for a reading to belong to; its line, which comes later, tells the rest."""
    document = row["document"]
    if connection.scalar(select(documents.c.id).where(documents.c.id == document)) is None:
        capture = connection.scalar(select(captures.c.id).where(captures.c.content == document).limit(1))
        if capture is None:
            raise ValueError(f"reading {row['id']} is of document {document}, which has no capture")
        connection.execute(insert(documents).values(id=document, capture=capture, reading=row["id"], forced=False))
        done.open.add(document)


def _put_document(connection: Connection, row: Json, done: Imported) -> bool:
    """A document that was there before keeps the reading that it has."""
    if row["id"] not in done.open:
        if connection.scalar(select(documents.c.id).where(documents.c.id == row["id"])) is None:
            raise ValueError(f"document {row['id']} has no reading")
        return False
    packed = connection.scalar(select(readings.c.packed).where(readings.c.id == row["reading"], readings.c.document == row["id"]))
    if packed is None or connection.scalar(select(captures.c.content).where(captures.c.id == row["capture"])) != row["id"]:
        raise ValueError(f"document {row['id']} has no such capture or reading")
    set_reading(connection, {name: row[name] for name in _DOCUMENT}, parse_report(unpack(bytes(packed))))
    done.open.remove(row["id"])
    return True
