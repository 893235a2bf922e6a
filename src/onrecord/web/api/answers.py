"""What is answered: the shapes of the values that the store gives, for the description.

The values' own `to_dict` is what is sent; these models say what is in it, and a test holds every answer against them. They are not run on
answers: whatever the store gives has been checked when it was stored, and checking a thousand hits again takes longer than finding them.
Reports are described by their own JSON Schema (`onrecord.schema`), of which parts are named here by `_Part`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from onrecord.trace.changes import Op
from onrecord.trace.flags import FlagKind
from onrecord.types import Observed, SourceKind, StatementKind, Status, VariantRelation
from onrecord.web.api.questions import Cursor, Mended

Hash = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
Id = Annotated[str, Field(pattern="^[0-9a-f]{12}/s[0-9A-Za-z_]+$")]
Date = Annotated[str, Field(json_schema_extra={"format": "date"})]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Next = Annotated[Cursor | None, Field(description="The next page's cursor; null at the end.")]

REF = "x-part-of-report"  # a part of the report's schema by its name there; put in by `description`
_Statement = Annotated[dict[str, Any], WithJsonSchema({REF: "statement"})]
_Source = Annotated[dict[str, Any], WithJsonSchema({REF: "source"})]
_Evidence = Annotated[dict[str, Any], WithJsonSchema({REF: "evidence"})]


class Span(BaseModel):
    """A stretch of words; offsets count Unicode code points, and the end is exclusive."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


# --- statements --------------------------------------------------------------------------------------------------------


class Hit(BaseModel):
    """One statement, or one article, whose `statement` is null."""

    id: str = Field(description="What `/statements` and `/documents` take: 12 digits of the document's hash, and the statement's id.")
    document: Hash
    statement: str | None = Field(description="The statement's id in its report.")
    content: str = Field(description="What was said; parts are joined by “ … ”.")
    source: str | None = Field(description="Who said it, by the fullest name that the article gives.")
    source_kind: SourceKind | None
    title: str | None = Field(description="The article's.")
    outlet: str | None = Field(description="Who published the article.")
    url: str | None
    published: Date | None
    said_from: Date | None = Field(description="The first day on which it may have been said.")
    said_to: Date | None = Field(description="The last day on which it may have been said.")
    kind: StatementKind | None
    medium: str | None = Field(description="Where it was said.")
    certainty: float | None = Field(description="How sure the article presents it as being: -3 (denied) to 3 (certain).")
    status: Status | None = Field(description="What the article says has become of the evidence.")
    confidence: float | None = Field(description="How sure the reader is of this statement, 0 to 1.")


class Hits(BaseModel):
    """A page of what was found, the best first."""

    hits: list[Hit]
    next: Next


class Article(BaseModel):
    """What is known of the article that a statement stands in."""

    id: Hash
    url: str | None
    title: str | None
    authors: list[str]
    publisher: str | None
    published: Date | None
    language: str | None


class StatementAnswer(BaseModel):
    """One statement with what belongs to it."""

    id: Id
    document: Article
    statement: _Statement
    source: _Source | None
    evidence: list[_Evidence]
    reviews: list[Review] = Field(description="What people said of it, the oldest first; the last one counts.")


class Count(BaseModel):
    """How many of the hits have a value."""

    value: str
    hits: int


class Facets(BaseModel):
    """What the hits of a search have in common."""

    total: int = Field(description="Hits that were counted.")
    is_capped: bool = Field(description="Whether there are more than were counted.")
    counts: dict[Literal["outlet", "source", "kind", "medium", "year"], list[Count]] = Field(description="The most frequent values first.")


# --- trace -------------------------------------------------------------------------------------------------------------


class Relay(BaseModel):
    """One who passed the words on, and where."""

    name: str | None
    medium: str | None


class Difference(BaseModel):
    """An edit from the base's words to the version's."""

    op: Op
    base: Span
    version: Span


class Flag(BaseModel):
    """A change of sense that a person should look at; which side is right is not said."""

    kind: FlagKind
    was: Span
    now: Span


class Version(BaseModel):
    """One statement that renders the utterance."""

    id: Id
    document: Hash
    statement: str
    words: str
    source: str | None
    source_kind: SourceKind | None
    kind: StatementKind
    title: str | None
    outlet: str | None
    url: str | None
    published: Date | None
    said_from: Date | None
    said_to: Date | None
    certainty: float | None
    confidence: float
    chain: list[Relay] = Field(description="From the originator outwards.")
    relation: VariantRelation | None = Field(description="What it is to the base; null for the base itself, and where they share no part.")
    differences: list[Difference]
    flags: list[Flag]
    flagged_against: Id | None = Field(description="The earliest whole version, which the flags are set against.")


class Origin(BaseModel):
    """Articles that have the utterance from one origin, and what shows that."""

    documents: list[Hash]
    reasons: list[str]


class Trace(BaseModel):
    """Every version of one utterance, in time order. Independent origins are counted, not articles."""

    asked: str
    origins: list[Origin]
    articles: list[Hash]
    base: Id | None
    versions: list[Version]
    related: list[Version] = Field(description="On the same matter, and not the same utterance; empty unless asked for.")


# --- sources -----------------------------------------------------------------------------------------------------------


class Member(BaseModel):
    """A source of one document that is taken for this person or body."""

    id: str
    name: str
    outlet: str | None
    published: Date | None
    joined: str | None = Field(description="Why it is taken for the same; null for the first.")


class Said(BaseModel):
    """One statement of a person or body."""

    id: Id
    words: str
    kind: StatementKind
    outlet: str | None
    published: Date | None
    said_from: Date | None
    said_to: Date | None
    certainty: float | None


class Identity(BaseModel):
    """A person or body over all documents, and its statements in time order."""

    name: str
    kind: SourceKind
    roles: list[str]
    affiliations: list[str]
    handles: list[str]
    sources: list[Member]
    apart: list[str] = Field(description="Why others of the name are not in it.")
    statements: list[Said]


class Sources(BaseModel):
    """Those who go by a name, the one with most documents first."""

    asked: str
    cut: bool = Field(description="Whether more sources have the name than were looked at.")
    identities: list[Identity]


class Judgement(BaseModel):
    """What somebody decided of two sources; the latest on the same two counts."""

    kind: Literal["join", "split"]
    a: str
    b: str
    by: str
    at: Moment
    note: str


class Judgements(BaseModel):
    """What was decided, the oldest first."""

    judgements: list[Judgement]
    next: Next


# --- observations and reviews ------------------------------------------------------------------------------------------


class Observation(BaseModel):
    """One look at a post: when, how, and what came back."""

    url: str
    time: Moment
    method: Literal["page", "memento"]
    status: Observed
    reason: str = Field(description="What the status was told from.")
    http_status: int | None
    answered: str | None = Field(description="The address that answered in the end.")
    digest: str | None = Field(description="Of the answer's body: sha256:…")


class Observations(BaseModel):
    """The history of an address, the oldest first."""

    url: str
    observations: list[Observation]
    next: Next


class Review(BaseModel):
    """What a person said of a statement, kept beside what the reader said."""

    id: str
    subject: str
    verdict: Literal["accept", "mend", "reject"]
    mended: Mended | None
    by: str
    at: Moment
    note: str


class Reviews(BaseModel):
    """What people said, the oldest first."""

    reviews: list[Review]
    next: Next


# --- documents ---------------------------------------------------------------------------------------------------------


class Listed(BaseModel):
    """A stored document."""

    document: Hash
    title: str | None
    outlet: str | None
    published: Date | None
    url: str | None
    language: str | None
    statements: int
    key: int = Field(description="Its number in the order of storing.")


class Documents(BaseModel):
    """A page of the documents, those that were stored last first."""

    documents: list[Listed]
    next: Next


class Kept(BaseModel):
    """What came of a document: it is stored now, or was before."""

    document: Hash
    outcome: Literal["added", "known"]
    statements: int = Field(description="That were read; 0 where the document was known.")
    warnings: list[str]


class Capture(BaseModel):
    """These bytes, as they were found once: where, and by which clocks."""

    id: str
    location: str
    url: str | None
    media_type: str | None
    charset: str | None
    captured: Moment | None = Field(description="By our clock.")
    served: Moment | None = Field(description="By the server's clock.")
    last_modified: Moment | None = Field(description="When the server says that the page last changed.")
    etag: str | None
    status: int | None = Field(description="Of the HTTP answer; null where it did not come over HTTP.")
    has_records: bool = Field(description="Whether what was sent and received is kept (`onrecord show --warc`).")
    seq: int | None = Field(description="The capture's entry in the log.")
    entry_hash: str | None


class ReadingFacts(BaseModel):
    """One reading of the document."""

    id: str
    reader: str
    at: Moment
    sha256: str = Field(description="Of the report as it is stored.")
    seq: int | None
    is_current: bool


class Stamp(BaseModel):
    """A time stamp on the log, at the first capture's entry or later."""

    seq: int
    head: str
    authority: str
    time: Moment


class Receipt(BaseModel):
    """What is promised of a document: these bytes, unchanged since then, fetched by us from there. Never that they are true."""

    document: Hash
    sha256: str
    size: int = Field(description="Bytes.")
    captures: list[Capture]
    readings: list[ReadingFacts]
    head: str
    length: int = Field(description="Entries of the log.")
    stamps: list[Stamp]


class Check(BaseModel):
    """One thing that was checked again."""

    what: str
    ok: bool
    detail: str


class Checks(BaseModel):
    """What was checked again, and whether all of it holds."""

    ok: bool
    checks: list[Check]


class State(BaseModel):
    """How far the store is."""

    head: str = Field(description="The hash of the log's last entry: whoever notes it can tell later whether anything before was changed.")
    entries: int
    documents: int
    statements: int


class Who(BaseModel):
    """As whom this was asked."""

    name: str
    role: Literal["read", "annotate", "admin"]


class Service(BaseModel):
    """What answers here, and to whom."""

    version: str
    reader: str = Field(description="The reader's version; what another version has read is read anew by `onrecord reread`.")
    store: State
    visitor: Who


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: list[str] = Field(description="The way to it: query or body, and names from there.")
    what: str


class ProblemAnswer(BaseModel):
    """Why a request is not answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = Field(None, description="For what does not hold its bounds: where, and what is wrong.")


StatementAnswer.model_rebuild()
