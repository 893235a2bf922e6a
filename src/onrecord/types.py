"""The values that captures, pages and reports are made of.

All are frozen; none carries an id that a store gave it. Offsets are Unicode code points in the document's text, `end` exclusive,
unless a name says bytes. `Report.to_dict` is the one place where values become JSON, so that the contract (`onrecord schema`)
can be read beside it; a span's `text` is sliced there and nowhere stored twice.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from onrecord.rows import TABLES, Table, read_rows

if TYPE_CHECKING:
    import pandas
    import polars

SCHEMA = "onrecord/1"

Json = dict[str, Any]
StatementKind = Literal["direct", "indirect", "mixed"]
SourceKind = Literal["person", "organisation", "group", "document", "unnamed"]
BlockKind = Literal["paragraph", "heading", "caption", "embed", "byline"]
EvidenceKind = Literal["embed", "link", "screenshot", "translation", "document"]
Status = Literal["available", "deleted", "suspended", "archived", "unknown"]
Observed = Literal["available", "deleted", "suspended", "private", "rate-limited", "age-gated", "absent", "unknown"]
Stance = Literal["doubts", "denies", "confirms", "corrects", "reacts"]
VariantRelation = Literal["duplicate", "truncation", "alteration", "translation", "paraphrase"]


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A stretch of a text: Unicode code points from `start` up to, not including, `end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters that the span covers."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def to_dict(self, text: str) -> Json:
        return {"start": self.start, "end": self.end, "text": self.of(text)}


# --- captured bytes, and the page read from them ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Bytes as they were found: content, where from, and every clock that was on them."""

    content: bytes
    sha256: str
    location: str  # the path or URL asked for; "-" for standard input
    url: str | None = None
    media_type: str | None = None  # as declared by whoever served it
    charset: str | None = None  # as declared by whoever served it
    captured: datetime | None = None
    served: datetime | None = None  # the server's clock when it answered (HTTP Date)
    last_modified: datetime | None = None  # when the server says that the page last changed (HTTP Last-Modified)
    etag: str | None = None  # the server's name for this version of the page, as it stands in the header
    status: int | None = None  # the answer's HTTP status; None where the bytes did not come over HTTP
    record: Callable[[], bytes] | None = field(default=None, repr=False, compare=False)  # writes what was sent and received as WARC 1.1


@dataclass(frozen=True, slots=True)
class Run:
    """Text from `start` up to `end` that stands in the capture's bytes from `first` up to `last`.

    An `even` run has the same number of bytes for every character; any other is taken whole (a character reference, a
    normalised stretch of white space).
    """

    start: int
    end: int
    first: int
    last: int
    even: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each character of a page's text stands in the captured bytes; runs in text order, gaps were made by the reader."""

    runs: tuple[Run, ...]

    def find_bytes(self, span: Span) -> tuple[int, int] | None:
        """First and last (exclusive) byte of the capture that `span` was read from; None where it was not read from any."""
        index = max(0, bisect_right(self.runs, span.start, key=lambda r: r.start) - 1)
        first = last = None
        for run in self.runs[index:]:
            if run.start >= span.end:
                break
            if run.end <= span.start:
                continue
            width = (run.last - run.first) // max(1, run.end - run.start)
            begin = run.first + (span.start - run.start) * width if run.even and span.start > run.start else run.first
            finish = run.first + (span.end - run.start) * width if run.even and span.end < run.end else run.last
            first = begin if first is None else min(first, begin)
            last = finish if last is None else max(last, finish)
        return None if first is None or last is None else (first, last)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page's text, without the white space at its edges."""

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A post of a platform shown in a page, or flattened into its text: what the page says of it."""

    span: Span  # all of it, name and date lines too
    platform: str | None
    author: str | None = None
    author_span: Span | None = None
    handle: str | None = None  # with its @
    url: str | None = None
    posted: date | None = None
    posted_span: Span | None = None
    content: tuple[Span, ...] = ()  # the post's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as text: plain text keeps every character, HTML is reduced to the readable article."""

    text: str
    blocks: tuple[Block, ...]
    origin: Origin
    embeds: tuple[Embed, ...] = ()
    title: str | None = None
    title_span: Span | None = None  # where the title stands in the text itself
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | None = None
    modified: date | None = None
    url: str | None = None
    language: str | None = None


# --- statements as read, before anybody is resolved --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A predicate, and how sure the author of its sentence presents it as being, -3 to 3, as the reader's head has it."""

    span: Span
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One attribution relation as the text has it. `within` is the index of the reading whose content holds this one."""

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    kind: StatementKind
    confidence: float
    within: int | None = None
    embed: int | None = None  # index of the embed whose words these are
    judged: tuple[Judged, ...] = ()  # the predicates of its content, in text order


# --- the report --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: str
    text: str = field(repr=False)
    url: str | None
    title: str | None
    authors: tuple[str, ...]
    publisher: str | None
    published: date | None
    modified: date | None
    language: str | None
    blocks: tuple[Block, ...] = field(repr=False)
    origin: Origin = field(default=Origin(()), repr=False)

    def find_bytes(self, span: Span) -> tuple[int, int] | None:
        """Where `span` stands in the captured bytes: first, and last exclusive; None where it was not read from any."""
        return self.origin.find_bytes(span)

    def to_dict(self) -> Json:
        return {
            "id": self.id,
            "text": self.text,
            "url": self.url,
            "title": self.title,
            "authors": list(self.authors),
            "publisher": self.publisher,
            "published": _iso(self.published),
            "modified": _iso(self.modified),
            "language": self.language,
            "blocks": [{"kind": b.kind, "start": b.span.start, "end": b.span.end} for b in self.blocks],
        }


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A statement's source: whose it is, and where this statement names it (nowhere, if it is inherited)."""

    id: str
    spans: tuple[Span, ...]

    def to_dict(self, text: str) -> Json:
        return {"id": self.id, "spans": _spans(self.spans, text)}


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of a chain: a source's id (or "publisher"), the statement by which it passed the words on, and where."""

    source: str | None
    statement: str | None
    medium: str | None

    def to_dict(self) -> Json:
        return {"source": self.source, "statement": self.statement, "medium": self.medium}


@dataclass(frozen=True, slots=True)
class Interval:
    """Days, both inclusive."""

    first: date
    last: date

    def to_dict(self) -> Json:
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure the report presents a content as being, -3 (denied) to 3 (certain), and the words that made the difference."""

    value: float
    span: Span | None

    def to_dict(self, text: str) -> Json:
        return {"value": self.value, "span": self.span.to_dict(text) if self.span else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    id: str
    kind: StatementKind
    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    source: SourceRef | None
    within: str | None
    about: tuple[str, ...] = ()
    stances: tuple[Stance, ...] = ()  # how it takes each of those that it is about
    chain: tuple[Hop, ...]
    time: Interval | None = None
    certainty: Certainty | None = None
    confidence: float
    evidence: tuple[str, ...] = ()
    insertions: tuple[Span, ...] = ()  # words and dots in the content that are an editor's and not the source's

    def to_dict(self, text: str) -> Json:
        return {
            "id": self.id,
            "kind": self.kind,
            "content": _spans(self.content, text),
            "cue": _spans(self.cue, text),
            "source": self.source.to_dict(text) if self.source else None,
            "within": self.within,
            "about": list(self.about),
            "stances": list(self.stances),
            "chain": [hop.to_dict() for hop in self.chain],
            "time": self.time.to_dict() if self.time else None,
            "certainty": self.certainty.to_dict(text) if self.certainty else None,
            "confidence": self.confidence,
            "evidence": list(self.evidence),
            "insertions": _spans(self.insertions, text),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    id: str
    name: str
    kind: SourceKind
    roles: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    mentions: tuple[Span, ...] = ()

    def to_dict(self, text: str) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "roles": list(self.roles),
            "affiliations": list(self.affiliations),
            "handles": list(self.handles),
            "mentions": _spans(self.mentions, text),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time expression (TIMEX3): its type and value, and the days that it means."""

    span: Span
    type: str
    value: str
    days: Interval | None

    def to_dict(self, text: str) -> Json:
        days = self.days.to_dict() if self.days else {"from": None, "to": None}
        return {**self.span.to_dict(text), "type": self.type, "value": self.value, **days}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What shows a statement. `author` is the name of whose piece of evidence it is: who posted, wrote, translated or supplied it."""

    id: str
    kind: EvidenceKind
    span: Span | None = None  # the words that tell of it
    platform: str | None = None
    author: str | None = None
    handle: str | None = None
    url: str | None = None
    posted: date | None = None
    status: Status = "unknown"
    status_span: Span | None = None
    content: tuple[Span, ...] = ()
    words_of: str | None = None  # ids of sources: whose words it shows, who supplied it, who translated it
    supplied_by: str | None = None
    translated_by: str | None = None

    def to_dict(self, text: str) -> Json:
        return {
            "id": self.id,
            "kind": self.kind,
            "platform": self.platform,
            "author": self.author,
            "handle": self.handle,
            "url": self.url,
            "posted": _iso(self.posted),
            "status": self.status,
            "status_span": self.status_span.to_dict(text) if self.status_span else None,
            "content": _spans(self.content, text),
            "span": self.span.to_dict(text) if self.span else None,
            "words_of": self.words_of,
            "supplied_by": self.supplied_by,
            "translated_by": self.translated_by,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """An edit from one statement's words to another's; an empty span where there is nothing on that side."""

    op: Literal["replace", "insert", "delete"]
    a: Span
    b: Span

    def to_dict(self, text: str) -> Json:
        return {"op": self.op, "a": self.a.to_dict(text), "b": self.b.to_dict(text)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    members: tuple[str, ...]
    relation: VariantRelation
    differences: tuple[Difference, ...]

    def to_dict(self, text: str) -> Json:
        return {"members": list(self.members), "relation": self.relation, "differences": [d.to_dict(text) for d in self.differences]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one document says that others said. `to_dict` is the object that `onrecord read --json` prints."""

    document: Document
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    times: tuple[Time, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    variants: tuple[Variant, ...] = ()
    warnings: tuple[str, ...] = ()  # what a reader of the report should know, one line each

    def to_dict(self) -> Json:
        """The report as JSON values, by the contract of `schema`."""
        text = self.document.text
        return {
            "schema": SCHEMA,
            "document": self.document.to_dict(),
            "statements": [s.to_dict(text) for s in self.statements],
            "sources": [s.to_dict(text) for s in self.sources],
            "times": [t.to_dict(text) for t in self.times],
            "evidence": [e.to_dict(text) for e in self.evidence],
            "variants": [v.to_dict(text) for v in self.variants],
            "warnings": list(self.warnings),
        }

    def to_pandas(self, table: Table = "statements") -> pandas.DataFrame:
        """The statements, or the hops of their chains, as a frame of pandas, which must be installed; columns as in `onrecord.rows`."""
        import pandas

        kinds = {str: "string", int: "Int64", float: "Float64"}
        frame = pandas.DataFrame(list(read_rows(self.to_dict(), table)), columns=list(TABLES[table]))
        return frame.astype({name: kinds[kind] for name, kind in TABLES[table].items()})

    def to_polars(self, table: Table = "statements") -> polars.DataFrame:
        """The statements, or the hops of their chains, as a frame of Polars, which must be installed; columns as in `onrecord.rows`."""
        import polars

        kinds = {str: polars.String, int: polars.Int64, float: polars.Float64}
        return polars.DataFrame(list(read_rows(self.to_dict(), table)), schema={name: kinds[kind] for name, kind in TABLES[table].items()})

    def _repr_html_(self) -> str:
        """The statements as a table, as notebooks show it."""
        names = ("source", "kind", "cue", "content", "said_from", "certainty", "confidence")
        rows = [
            "".join(f"<td><bdi>{escape(_show_cell(row[name]))}</bdi></td>" for name in names)
            for row in read_rows(self.to_dict(), "statements")
        ]
        head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in names)
        title = escape(self.document.title or self.document.id)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><caption><bdi>{title}</bdi></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _show_cell(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A report as it is written for others, and what is known of the bytes behind it. `payload` is JSON with the object of the contract
    (`Report.to_dict`) under `report`: it is parsed when it is asked for, so that processes can hand it on.
    """

    document: str  # SHA-256 of the captured bytes
    payload: bytes
    location: str | None = None  # the path or address that was asked for
    media_type: str | None = None
    captured: str | None = None  # ISO 8601, as the following
    reader: str | None = None  # whose reading it is
    read: str | None = None  # when
    captures: tuple[Capture, ...] = ()  # with their bytes, where they were asked for

    @property
    def id(self) -> str:
        """Twelve digits of the document's SHA-256, by which the command line knows it."""
        return self.document[:12]

    @property
    def report(self) -> Json:
        """The object of the contract, parsed anew. Raises ValueError, KeyError or TypeError for a damaged payload."""
        report: Json = json.loads(self.payload)["report"]
        return report


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that was not read, and why: one line that says what was wrong and what to do."""

    location: str
    reason: str

    def to_dict(self) -> Json:
        return {"schema": SCHEMA, "skipped": self.location, "reason": self.reason}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _spans(spans: tuple[Span, ...], text: str) -> list[Json]:
    return [span.to_dict(text) for span in spans]
