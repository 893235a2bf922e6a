"""Whether a store is what it was: every byte hashed again, every span sliced again, every link of the log's chain sealed again.

Nothing is repaired. Each finding says what is wrong and where. What this cannot see is a store that was replaced as a whole, or cut
back to an earlier state with its log: for that, note the log's head that `verify` prints, and give it later as `head`, or have the
head stamped (`stamps`). Each time stamp is held against the log, and its signature checked where the extra for that is installed.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, func, select
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import DBAPIError

from onrecord.store import log, tokens
from onrecord.store.connect import Store
from onrecord.store.digests import unpack
from onrecord.store.rows import build_statement_rows
from onrecord.store.schema import capture as captures
from onrecord.store.schema import content as contents
from onrecord.store.schema import document as documents
from onrecord.store.schema import exchange as exchanges
from onrecord.store.schema import judgement as judgements
from onrecord.store.schema import log as log_table
from onrecord.store.schema import logged as places
from onrecord.store.schema import observation as observations
from onrecord.store.schema import reading as readings
from onrecord.store.schema import review as reviews
from onrecord.store.schema import stamp as stamps
from onrecord.store.schema import statement as statements
from onrecord.store.values import parse_report
from onrecord.types import Json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MANY, _FEW = 200, 8  # rows fetched at once; few where each may hold a document of 50 MB
_COUNTED = ("entries", "captures", "readings", "spans", "statements", "exchanges", "observations", "judgements", "reviews", "stamps")
_GONE = "is in the log and no longer in the store"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was: `where` in the store, and `what` is wrong with it."""

    where: str
    what: str


@dataclass(slots=True)
class Checked:
    """What has been looked at so far, counted while `verify` runs; `head` is the last entry of the log.

    `notes` says of the time stamps what was not, or could not be, checked. `watch` is called with the rows gone through and all there are.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    head: str = log.START
    length: int = 0
    notes: list[str] = field(default_factory=list)
    watch: Callable[[int, int], None] | None = None
    done: int = 0
    total: int = 0

    def count(self, name: str, many: int = 1) -> None:
        self.counts[name] += many

    def step(self) -> None:
        self.done += 1
        if self.watch is not None:
            self.watch(self.done, self.total)


@dataclass(frozen=True, slots=True)
class _Logged:
    """Where the log says what was stored: for each kind of entry, the number of the entry by id; and bytes' sizes.

    The facts themselves are read again where they are compared, so that a store of any size fits into memory.
    """

    seqs: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    sizes: dict[str, int] = field(default_factory=dict)

    def find(self, connection: Connection, kind: str, ids: Iterable[str]) -> dict[str, Json]:
        """What the log says of some ids, in one query; nothing of those that it does not have."""
        wanted = {self.seqs[kind][each]: each for each in ids if each in self.seqs[kind]}
        rows = connection.execute(select(log_table.c.seq, log_table.c.entry).where(log_table.c.seq.in_(wanted)))
        return {wanted[row.seq]: json.loads(row.entry)[kind] for row in rows}


def verify(store: Store, checked: Checked, *, head: str | None = None, roots: Sequence[Certificate] = ()) -> Iterator[Finding]:
    """Everything that is wrong with a store, as it is found.

    `head` is a hash that the log must hold, noted earlier; `roots` are the certificates that those of time stamps must lead to, if any.
    """
    with store.looking() as connection:
        yield from _guard(lambda: _check_file(connection), "file")
        logged = _Logged()
        if checked.watch is not None:
            checked.total = _count_rows(connection)
        yield from _guard(lambda: _check_log(connection, logged, checked, head), "log")
        steps: dict[str, Callable[[Connection, _Logged, Checked], Iterator[Finding]]] = {
            "places in the log": _check_places,
            "contents": _check_contents,
            "captures": _check_captures,
            "readings": _check_readings,
            "documents": _check_documents,
            "exchanges": _check_exchanges,
            "observations": partial(_check_kept, table=observations, kind="observation", says=lambda row: f" of {row.url}"),
            "judgements": partial(_check_kept, table=judgements, kind="judgement", says=lambda row: f" of {row.a} and {row.b}"),
            "reviews": partial(_check_kept, table=reviews, kind="review", says=lambda row: f" of {row.subject}"),
            "stamps": partial(_check_stamps, roots=roots),
        }
        for name, check in steps.items():
            yield from _guard(lambda check=check: check(connection, logged, checked), name)  # type: ignore[misc]


def _count_rows(connection: Connection) -> int:
    """How many rows there are to go through; 0 where the database cannot say."""
    try:
        return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in (log_table, contents, captures, readings))
    except DBAPIError:
        return 0


def _guard(check: Callable[[], Iterator[Finding]], where: str) -> Iterator[Finding]:
    """The findings of one step; a database that cannot read its own pages, or gives what cannot be there, is a finding too."""
    try:
        yield from check()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        yield Finding(where, f"cannot be read ({' '.join(str(error.orig).split())})")
    except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError) as error:
        yield Finding(where, f"cannot be read further ({type(error).__name__}: {' '.join(str(error).split())[:200]})")


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
        checked.step()
    if not seen:
        yield Finding("log", f"the head {head} is not in it: the store was cut back, replaced, or is another")


def _note(entry: log.Entry, logged: _Logged, where: str) -> Iterator[Finding]:
    try:
        told = log.parse_entry(entry.entry)
        if told["seq"] != entry.seq:
            yield Finding(where, f"says of itself that it is entry {told['seq']}")
        kind = told["kind"]
        logged.seqs[kind][told[kind]["id"]] = entry.seq
        if kind == "capture":
            logged.sizes[told[kind]["content"]] = told["size"]
    except (ValueError, KeyError, TypeError) as error:
        yield Finding(where, f"cannot be read ({error})")


def _check_places(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = {identity: seq for seqs in logged.seqs.values() for identity, seq in seqs.items()}
    for row in chain.from_iterable(_read(connection, places, "id")):
        if missing.pop(row.id, None) != row.seq:
            yield Finding(f"log entry {row.seq}", f"does not tell of {row.id}, which is looked up there")
    yield from (Finding(f"log entry {seq}", f"tells of {identity}, and is not found by that") for identity, seq in missing.items())


def _check_contents(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = set(logged.sizes)
    for row in chain.from_iterable(_read(connection, contents, "sha256", _FEW)):
        checked.step()
        where = f"content {row.sha256}"
        if row.sha256 not in logged.sizes:
            yield Finding(where, "is not in the log")
        missing.discard(row.sha256)
        try:
            raw = unpack(bytes(row.packed))
        except ValueError as error:
            yield Finding(where, f"the bytes {error}")
            continue
        if len(raw) != row.size or len(raw) != logged.sizes.get(row.sha256, len(raw)):
            yield Finding(where, f"{len(raw)} bytes are stored, {logged.sizes.get(row.sha256, row.size)} were captured")
        if (found := sha256(raw).hexdigest()) != row.sha256:
            yield Finding(where, f"the bytes were changed: their SHA-256 is {found}")
    yield from (Finding(f"content {key}", _GONE) for key in sorted(missing))


def _check_captures(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = set(logged.seqs["capture"])
    for rows in _read(connection, captures, "id"):
        said = logged.find(connection, "capture", [row.id for row in rows])
        for row in rows:
            checked.count("captures")
            checked.step()
            missing.discard(row.id)
            yield from _compare(f"capture {row.id} ({row.location})", dict(row._mapping), said.get(row.id))
    for key in sorted(missing):
        facts = logged.find(connection, "capture", [key])[key]
        yield Finding(f"capture {key} ({facts.get('location')})", _GONE)


def _compare(where: str, row: Json, logged: Json | None) -> Iterator[Finding]:
    """Whether a row says what the log says of it."""
    if logged is None:
        yield Finding(where, "is not in the log")
        return
    for name, value in logged.items():
        if row.get(name) != value:
            yield Finding(where, f"{name} was changed: {row.get(name)!r} is stored, {value!r} was logged")


def _check_readings(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    missing = set(logged.seqs["reading"])
    for rows in _read(connection, readings, "id", _FEW):
        said = logged.find(connection, "reading", [row.id for row in rows])
        current = set(connection.scalars(select(documents.c.reading).where(documents.c.id.in_([row.document for row in rows]))))
        for row in rows:
            checked.count("readings")
            checked.step()
            missing.discard(row.id)
            yield from _check_reading(connection, row, said.get(row.id), row.id in current, checked)
    yield from (Finding(f"reading {key[:12]}", _GONE) for key in sorted(missing))


def _check_reading(connection: Connection, row: Row[Any], said: Json | None, is_current: bool, checked: Checked) -> Iterator[Finding]:
    where = f"reading {row.id[:12]} of document {row.document[:12]}"
    yield from _compare(where, {name: value for name, value in row._mapping.items() if name != "packed"}, said)
    try:
        payload = unpack(bytes(row.packed))
    except ValueError as error:
        yield Finding(where, f"the report {error}")
        return
    if (found := sha256(payload).hexdigest()) != row.sha256:
        yield Finding(where, f"the report was changed: its SHA-256 is {found}")
    yield from _check_payload(connection, row, payload, where, is_current, checked)


def _check_payload(
    connection: Connection, row: Row[Any], payload: bytes, where: str, is_current: bool, checked: Checked
) -> Iterator[Finding]:
    try:
        value = json.loads(payload)["report"]
        for path, span, is_same in slice_spans(value):
            checked.count("spans")
            if not is_same:
                yield Finding(where, f"{path}: the span {span['start']} to {span['end']} is not {span['text'][:60]!r}")
        if value["document"]["id"] != f"sha256:{row.document}":
            yield Finding(where, f"says that it is of {value['document']['id']}")
        if is_current:
            yield from _check_statements(connection, row.document, payload, where, checked)
    except (ValueError, KeyError, TypeError) as error:
        yield Finding(where, f"the report cannot be read ({error})")


def slice_spans(report: Json) -> Iterator[tuple[str, Json, bool]]:
    """Every span of a report as JSON with its path in it, and whether the text has there what it says."""
    text = report["document"]["text"]
    for path, span in _find_spans(report, ""):
        yield path, span, text[span["start"] : span["end"]] == span["text"]


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
    for rows in _read(connection, documents, "id"):
        read = logged.find(connection, "reading", [row.reading for row in rows])
        found = logged.find(connection, "capture", [row.capture for row in rows])
        for row in rows:
            where = f"document {row.id[:12]}"
            if read.get(row.reading, {}).get("document") != row.id:
                yield Finding(where, "its current reading is not in the log")
            if found.get(row.capture, {}).get("content") != row.id:
                yield Finding(where, "its capture is not in the log")


def _check_exchanges(connection: Connection, logged: _Logged, checked: Checked) -> Iterator[Finding]:
    """Whether WARC records are what their captures say: their id, which is in the log with the capture, is their hash."""
    named = {row.warc: row.id for row in connection.execute(select(captures.c.id, captures.c.warc).where(captures.c.warc.is_not(None)))}
    missing = set(named)
    for row in chain.from_iterable(_read(connection, exchanges, "id", _FEW)):
        checked.count("exchanges")
        missing.discard(row.id)
        where = f"exchange {row.id[:12]}"
        if row.id not in named:
            yield Finding(where, "belongs to no capture")
        if (found := sha256(bytes(row.records)).hexdigest()) != row.id:
            yield Finding(where, f"the WARC records were changed: their SHA-256 is {found}")
    yield from (Finding(f"exchange {key[:12]} of capture {named[key][:12]}", "is no longer in the store") for key in sorted(missing))


def _check_kept(
    connection: Connection, logged: _Logged, checked: Checked, *, table: Table, kind: str, says: Callable[[Row[Any]], str]
) -> Iterator[Finding]:
    """Rows of which the log has all that they say: observations, judgements."""
    missing = set(logged.seqs[kind])
    for rows in _read(connection, table, "id"):
        said = logged.find(connection, kind, [row.id for row in rows])
        for row in rows:
            checked.count(f"{kind}s")
            missing.discard(row.id)
            yield from _compare(f"{kind} {row.id[:12]}{says(row)}", dict(row._mapping), said.get(row.id))
    yield from (Finding(f"{kind} {key[:12]}", _GONE) for key in sorted(missing))


def _check_stamps(connection: Connection, logged: _Logged, checked: Checked, roots: Sequence[Certificate]) -> Iterator[Finding]:
    """Whether each token is the one that was stored, and stamps an entry that is in the log still."""
    missing, signers, unchecked = set(logged.seqs["stamp"]), Counter[str](), 0
    for rows in _read(connection, stamps, "id"):
        said = logged.find(connection, "stamp", [row.id for row in rows])
        for row in rows:
            checked.count("stamps")
            missing.discard(row.id)
            where = f"stamp {row.id[:12]} of log entry {row.seq}"
            token = bytes(row.token)
            yield from _compare(where, {name: value for name, value in row._mapping.items() if name != "token"}, said.get(row.id))
            if (found := sha256(token).hexdigest()) != row.id:
                yield Finding(where, f"the token was changed: its SHA-256 is {found}")
            if connection.scalar(select(log_table.c.hash).where(log_table.c.seq == row.seq)) != row.head:
                yield Finding(where, f"the log has another entry {row.seq} than was stamped at {row.time}: it was made anew, or cut back")
            if not tokens.can_check():
                unchecked += 1
                continue
            try:
                told = tokens.check_token(token, row.head, roots)
            except tokens.TokenError as error:
                yield Finding(where, str(error))
                continue
            signers[told.signer] += 1
            if told.time.isoformat() != row.time:
                yield Finding(where, f"the token tells {told.time.isoformat()}, and {row.time} is stored")
    yield from (Finding(f"stamp {key[:12]}", _GONE) for key in sorted(missing))
    if unchecked:
        checked.notes.append(f"signatures of time stamps not checked: {tokens.INSTALL}")
    how = "checked against the certificate given" if roots else "not checked against a root: give one with --certificate"
    checked.notes += [f"{many} of the time stamps signed by {name}, {how}" for name, many in sorted(signers.items())]


def _read(connection: Connection, table: Table, key: str, many: int = _MANY) -> Iterator[Sequence[Row[Any]]]:
    """All rows of a table, `many` at a time."""
    last: str | None = None
    while True:
        query = select(table).order_by(table.c[key]).limit(many)
        rows = connection.execute(query if last is None else query.where(table.c[key] > last)).all()
        yield rows
        if len(rows) < many:
            return
        last = rows[-1]._mapping[key]
