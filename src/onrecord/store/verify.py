"""Whether a store is what it was: every byte hashed again, every span sliced again, every link of the log's chain sealed again.

Nothing is repaired. Each finding says what is wrong and where. What this cannot see is a store that was replaced as a whole, or cut
back to an earlier state with its log: for that, note the log's head that `verify` prints, and give it later as `head`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import DBAPIError

from onrecord.store import log
from onrecord.store.connect import Store
from onrecord.store.digests import unpack
from onrecord.store.rows import build_statement_rows
from onrecord.store.schema import capture as captures
from onrecord.store.schema import content as contents
from onrecord.store.schema import document as documents
from onrecord.store.schema import reading as readings
from onrecord.store.schema import statement as statements
from onrecord.store.values import parse_report
from onrecord.types import Json

_MANY = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was: `where` in the store, and `what` is wrong with it."""

    where: str
    what: str


@dataclass(slots=True)
class Checked:
    """What has been looked at so far, counted while `verify` runs; `head` is the last entry of the log."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("entries", "captures", "readings", "spans", "statements"), 0))
    head: str = log.START
    length: int = 0

    def count(self, name: str, many: int = 1) -> None:
        self.counts[name] += many


@dataclass(frozen=True, slots=True)
class _Logged:
    """What the log says was stored: captures' rows, bytes' sizes and readings' rows, by id."""

    captures: dict[str, Json]
    sizes: dict[str, int]
    readings: dict[str, Json]


def verify(store: Store, checked: Checked, *, head: str | None = None) -> Iterator[Finding]:
    """Everything that is wrong with a store, as it is found. `head` is a hash that the log must hold, noted earlier."""
    with store.looking() as connection:
        yield from _guard(lambda: _check_file(connection), "file")
        logged = _Logged({}, {}, {})
        yield from _guard(lambda: _check_log(connection, logged, checked, head), "log")
        steps: dict[str, Callable[[Connection, _Logged, Checked], Iterator[Finding]]] = {
            "contents": _check_contents,
            "captures": _check_captures,
            "readings": _check_readings,
            "documents": _check_documents,
        }
        for name, check in steps.items():
            yield from _guard(lambda check=check: check(connection, logged, checked), name)  # type: ignore[misc]


def _guard(check: Callable[[], Iterator[Finding]], where: str) -> Iterator[Finding]:
    """The findings of one step; a database that cannot read its own pages is a finding too."""
    try:
        yield from check()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        yield Finding(where, f"cannot be read ({' '.join(str(error.orig).split())})")


def _check_file(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield Finding("file", line)


def _check_log(connection: Connection, logged: _Logged, checked: Checked, head: str | None) -> Iterator[Finding]:
    previous, seen = log.START, head in (None, log.START)
    for entry in log.read_entries(connection):
        where = f"log entry {entry.seq}"
        if entry.seq != checked.length + 1:
            yield Finding(where, f"entries {checked.length + 1} to {entry.seq - 1} are missing before it")
        if entry.previous != previous:
            yield Finding(where, "does not follow the entry before it: one was changed, taken out or put in")
        if log.seal(entry.previous, entry.entry) != entry.hash:
            yield Finding(where, "was changed: its hash is another")
        yield from _note(entry, logged, where)
        previous, seen = entry.hash, seen or entry.hash == head
        checked.head, checked.length = entry.hash, entry.seq
        checked.count("entries")
    if not seen:
        yield Finding("log", f"the head {head} is not in it: the store was cut back, replaced, or is another")


def _note(entry: log.Entry, logged: _Logged, where: str) -> Iterator[Finding]:
    try:
        facts = json.loads(entry.entry)
        if facts["seq"] != entry.seq:
            yield Finding(where, f"says of itself that it is entry {facts['seq']}")
        if facts["kind"] == "capture":
            logged.captures[facts["capture"]["id"]] = facts["capture"]
            logged.sizes[facts["capture"]["content"]] = facts["size"]
        elif facts["kind"] == "reading":
            logged.readings[facts["reading"]["id"]] = facts["reading"]
    except (ValueError, KeyError, TypeError) as error:
        yield Finding(where, f"cannot be read ({error})")


def _check_contents(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = dict(logged.sizes)
    for row in _read(connection, contents, "sha256"):
        where = f"content {row.sha256}"
        if missing.pop(row.sha256, None) is None:
            yield Finding(where, "is not in the log")
        try:
            raw = unpack(bytes(row.packed))
        except ValueError as error:
            yield Finding(where, f"the bytes {error}")
            continue
        if len(raw) != row.size or len(raw) != logged.sizes.get(row.sha256, len(raw)):
            yield Finding(where, f"{len(raw)} bytes are stored, {logged.sizes.get(row.sha256, row.size)} were captured")
        if (found := sha256(raw).hexdigest()) != row.sha256:
            yield Finding(where, f"the bytes were changed: their SHA-256 is {found}")
    yield from (Finding(f"content {key}", "is in the log and no longer in the store") for key in missing)


def _check_captures(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = dict(logged.captures)
    for row in _read(connection, captures, "id"):
        checked.count("captures")
        yield from _compare(f"capture {row.id} ({row.location})", dict(row._mapping), missing.pop(row.id, None))
    yield from (
        Finding(f"capture {key} ({row.get('location')})", "is in the log and no longer in the store") for key, row in missing.items()
    )


def _compare(where: str, row: Json, logged: Json | None) -> Iterator[Finding]:
    """Whether a row says what the log says of it."""
    if logged is None:
        yield Finding(where, "is not in the log")
        return
    for name, value in logged.items():
        if row.get(name) != value:
            yield Finding(where, f"{name} was changed: {row.get(name)!r} is stored, {value!r} was logged")


def _check_readings(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = dict(logged.readings)
    current = set(connection.scalars(select(documents.c.reading)))
    for row in _read(connection, readings, "id"):
        checked.count("readings")
        where = f"reading {row.id[:12]} of document {row.document[:12]}"
        mapping = {name: value for name, value in row._mapping.items() if name != "packed"}
        yield from _compare(where, mapping, missing.pop(row.id, None))
        try:
            payload = unpack(bytes(row.packed))
        except ValueError as error:
            yield Finding(where, f"the report {error}")
            continue
        if (found := sha256(payload).hexdigest()) != row.sha256:
            yield Finding(where, f"the report was changed: its SHA-256 is {found}")
        yield from _check_payload(connection, row, payload, where, row.id in current, checked)
    yield from (Finding(f"reading {key[:12]}", "is in the log and no longer in the store") for key in missing)


def _check_payload(
    connection: Connection, row: Row[Any], payload: bytes, where: str, is_current: bool, checked: Checked
) -> Iterator[Finding]:
    try:
        value = json.loads(payload)["report"]
        text = value["document"]["text"]
        for path, span in _find_spans(value, ""):
            checked.count("spans")
            if text[span["start"] : span["end"]] != span["text"]:
                yield Finding(where, f"{path}: the span {span['start']} to {span['end']} is not {span['text'][:60]!r}")
        if value["document"]["id"] != f"sha256:{row.document}":
            yield Finding(where, f"says that it is of {value['document']['id']}")
        if is_current:
            yield from _check_statements(connection, row.document, payload, where, checked)
    except (ValueError, KeyError, TypeError) as error:
        yield Finding(where, f"the report cannot be read ({error})")


def _find_spans(value: Any, path: str) -> Iterator[tuple[str, Json]]:
    """Every span of a report with its path in it."""
    if isinstance(value, dict):
        if isinstance(value.get("start"), int) and "text" in value:
            yield path, value
        for name, inner in value.items():
            yield from _find_spans(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _find_spans(inner, f"{path}[{index}]")


def _check_statements(connection: Connection, document: str, payload: bytes, where: str, checked: Checked) -> Iterator[Finding]:
    """Whether the rows that are searched say what the report says."""
    query = select(statements).where(statements.c.document == document).order_by(statements.c.key)
    stored = [{name: value for name, value in row._mapping.items() if name != "key"} for row in connection.execute(query)]
    expected = build_statement_rows(parse_report(payload), document)
    checked.count("statements", len(stored))
    if len(stored) != len(expected):
        yield Finding(where, f"{len(stored)} statements can be searched, the report has {len(expected)}")
        return
    for one, other in zip(stored, expected, strict=True):
        for name, value in other.items():
            if one[name] != value:
                yield Finding(
                    f"statement {document[:12]}/{other['id']}", f"{name} was changed: {one[name]!r} is stored, {value!r} was read"
                )


def _check_documents(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    for row in _read(connection, documents, "id"):
        where = f"document {row.id[:12]}"
        if logged.readings.get(row.reading, {}).get("document") != row.id:
            yield Finding(where, "its current reading is not in the log")
        if logged.captures.get(row.capture, {}).get("content") != row.id:
            yield Finding(where, "its capture is not in the log")


def _read(connection: Connection, table: Table, key: str) -> Iterator[Row[Any]]:
    """All rows of a table, some at a time."""
    last: str | None = None
    while True:
        query = select(table).order_by(table.c[key]).limit(_MANY)
        rows = connection.execute(query if last is None else query.where(table.c[key] > last)).all()
        yield from rows
        if len(rows) < _MANY:
            return
        last = rows[-1]._mapping[key]
