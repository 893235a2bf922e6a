"""What may be asked: parameters and bodies, each with its bounds.

Parameters are read strictly, as what they are said to be: `true` and not `yes`, `2024-01-09` and not a number of seconds, `0.5` and not
` 0.5`; so that the description and what is taken do not differ. NUL and lone surrogates, which no database holds, are replaced as they
are in what is stored (`digests.clean`), so that asking for them finds nothing and breaks nothing.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag, WithJsonSchema

from onrecord.store import Query
from onrecord.store.digests import clean
from onrecord.types import Observed, StatementKind, Status
from onrecord.web.cursors import CURSOR

MOST = 100  # items of one page
LONGEST_TEXT = 2_000_000  # characters; the site's own limit may be lower
_TEXT = "“We will not close a single berth before April,” Ilsa Dorn told reporters on Tuesday."
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NUMBER = r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,3})?"
_DOCUMENT = r"(?:sha256:)?[0-9a-fA-F]{4,64}"


def _parse_day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(_DAY, value):
        return date.fromisoformat(value)
    raise ValueError("not a date: write it as YYYY-MM-DD, for example 2021-01-14")


def _parse_flag(value: object) -> object:
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, bool):
        return value
    raise ValueError("neither true nor false")


def _parse_number(value: object) -> object:
    if isinstance(value, (int, float)) or (isinstance(value, str) and re.fullmatch(_NUMBER, value)):
        return float(value)
    raise ValueError("not a number: write it with digits and a point, for example 0.5")


def _parse_whole(value: object) -> object:
    if isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"-?(?:0|[1-9][0-9]{0,8})", value)):
        return int(value)
    raise ValueError("not a whole number: write it with digits only, for example 20")


Day = Annotated[date, BeforeValidator(_parse_day, json_schema_input_type=str), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[bool, BeforeValidator(_parse_flag)]
Certainty = Annotated[float, Field(ge=-3, le=3, allow_inf_nan=False), BeforeValidator(_parse_number)]
Confidence = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(_parse_number)]
Whole = Annotated[int, BeforeValidator(_parse_whole)]
Line = Annotated[str, StringConstraints(max_length=1000), AfterValidator(clean)]
Cursor = Annotated[str, StringConstraints(pattern=f"^{CURSOR}$")]
DocumentId = Annotated[str, StringConstraints(pattern=f"^{_DOCUMENT}$")]
StatementId = Annotated[str, StringConstraints(pattern=r"^s[0-9A-Za-z_]{1,20}$")]
StatementName = Annotated[str, StringConstraints(pattern=rf"^{_DOCUMENT}/s[0-9A-Za-z_]{{1,20}}$")]
SourceName = Annotated[str, StringConstraints(pattern=rf"^{_DOCUMENT}/p[0-9A-Za-z_]{{1,20}}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\\]+$", max_length=4096), AfterValidator(clean)]


DocumentPath = Annotated[
    DocumentId,
    Path(description="A document's id: its SHA-256, or four or more digits of it that no other begins with.", examples=["716d409a5ba5"]),
]
StatementPath = Annotated[StatementId, Path(description="A statement's id in its document's report.", examples=["s2"])]


class Paged(BaseModel):
    """Which page of the results."""

    limit: Whole = Field(20, ge=1, le=MOST, description="Items of one page.")
    cursor: Cursor | None = Field(None, description="Where the page begins: `next` of the page before, asked with the same parameters.")

    def bind(self) -> dict[str, object]:
        """What a cursor is bound to: all that is asked but the page."""
        return self.model_dump(exclude={"limit", "cursor"})


class PagedHistory(Paged):
    """One address's observations, page by page."""

    url: Line = Field(min_length=1, description="The address, as the evidence has it.", examples=["https://post.example/14"])


class PagedReviews(Paged):
    """What people said, page by page."""

    document: DocumentId | None = Field(None, description="Of this document's statements only.", examples=["716d409a5ba5"])


class Filters(BaseModel):
    """What is searched for; all that is given must hold."""

    words: Line = Field(
        "", description='Words that must all be there, "phrases", beginnings*, and -words that must not be.', examples=["berth"]
    )
    source: Line | None = Field(None, description="Words of the name of who said it.", examples=["Ilsa Dorn"])
    outlet: Line | None = Field(None, description="Words of the name of who published it.", examples=["Courier"])
    since: Day | None = Field(None, description="Published on this day or later.")
    until: Day | None = Field(None, description="Published on this day or earlier.")
    said_since: Day | None = Field(None, description="Said on this day or later; statements whose day is not known are left out.")
    said_until: Day | None = Field(None, description="Said on this day or earlier; statements whose day is not known are left out.")
    kind: StatementKind | None = Field(None, description="How the words are given.")
    medium: Line | None = Field(None, description="Where it was said: Twitter, Telegram, interview, letter, …", examples=["interview"])
    status: Status | None = Field(None, description="What the article says has become of the evidence.")
    observed: Observed | None = Field(None, description="What was seen when the evidence was last looked at.")
    min_certainty: Certainty | None = Field(None, description="How sure the article presents it as being, at least: -3 (denied) to 3.")
    max_certainty: Certainty | None = Field(None, description="How sure the article presents it as being, at most.")
    min_confidence: Confidence | None = Field(None, description="How sure the reader is of the statement, at least.")

    def build_query(self, *, articles: bool = False) -> Query:
        """The question as the store takes it."""
        values = {name: getattr(self, name) for name in Filters.model_fields}
        return Query(**values, articles=articles)


class Search(Filters, Paged):
    """One page of what is searched for."""

    articles: Flag = Field(
        False, description="Search the articles' own text instead, by words, outlet and days of publication: one hit is one article."
    )

    def find_needless(self) -> list[str]:
        """What is given that articles are not found by."""
        if not self.articles:
            return []
        return sorted(self.model_fields_set & (Filters.model_fields.keys() - ArticleFilters.model_fields.keys()))


class ArticleFilters(BaseModel):
    """Which articles."""

    words: Line = Field("", description="Words that the article must have.", examples=["harbour"])
    outlet: Line | None = Field(None, description="Words of the name of who published it.", examples=["Courier"])
    since: Day | None = Field(None, description="Published on this day or later.")
    until: Day | None = Field(None, description="Published on this day or earlier.")


class Tracing(BaseModel):
    """An utterance: by some statement of it, or by words of it."""

    id: StatementName | None = Field(
        None, description="A statement's id, with four or more digits of its document's.", examples=["716d409a5ba5/s2"]
    )
    words: Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(clean)] | None = Field(
        None, description="Words of the utterance, two or more of its own.", examples=["not close a single berth before April"]
    )
    base: Annotated[str, StringConstraints(pattern=rf"^(first|fullest|{_DOCUMENT}/s[0-9A-Za-z_]{{1,20}})$")] | None = Field(
        None, description="What the versions are set against: `first`, `fullest`, or the id of one of them.", examples=["first"]
    )
    related: Flag = Field(False, description="Also give statements on the same matter that are not the same utterance.")


# --- bodies ------------------------------------------------------------------------------------------------------------


class Body(BaseModel):
    """What is sent: nothing but what is named here, each as what it is."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Given(Body):
    published: Day | None = Field(None, description="The day of publication, where the page has none; relative dates count from it.")
    force: bool = Field(False, description="Read it although it does not look like an English report.")


class TextGiven(_Given):
    """A text to be read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _TEXT, "published": "2024-03-12"}]})

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)] = Field(description="The article: plain text or HTML.")


class AddressGiven(_Given):
    """An address whose page is to be read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "https://news.example/harbour/berths"}]})

    url: Address = Field(description="Where the article stands on the web: http or https, a public address.")


def _is_address(value: object) -> str:
    return "url" if isinstance(value, AddressGiven) or (isinstance(value, dict) and "url" in value) else "text"


Reading = Annotated[Annotated[TextGiven, Tag("text")] | Annotated[AddressGiven, Tag("url")], Discriminator(_is_address)]


class Judging(Body):
    """What somebody decides of two sources."""

    kind: Literal["join", "split"] = Field(description="`join`: they are one; `split`: they are not.")
    a: SourceName = Field(description="A source's id, as in `/sources`.", examples=["716d409a5ba5/p1"])
    b: SourceName = Field(description="Another source's id.", examples=["7382242465c2/p3"])
    note: Line = Field("", description="Why, for those who come later.")


_Pair = Annotated[list[Annotated[int, Field(ge=0, le=10_000_000)]], Field(min_length=2, max_length=2)]


class Mended(Body):
    """What is right instead; what is left out is right as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    source: Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(clean)] | None = Field(
        None, description="Who said it, by name."
    )
    kind: StatementKind | None = Field(None, description="How the words are given.")
    content: Annotated[list[_Pair], Field(min_length=1, max_length=100)] | None = Field(
        None, description="What was said: pairs of first and last (exclusive) offset in the document's text."
    )
    certainty: Annotated[float, Field(ge=-3, le=3, allow_inf_nan=False)] | None = Field(
        None, description="From -3 (denied) to 3 (certain)."
    )
    note: Line | None = Field(None, description="What else is wrong.")


class _Reviewing(Body):
    subject: StatementName = Field(description="The statement's id.", examples=["716d409a5ba5/s2"])
    note: Line = Field("", description="Why, for those who come later.")


class Passing(_Reviewing):
    """That a statement is right as it is, or is none at all."""

    verdict: Literal["accept", "reject"] = Field(description="Right as it is, or no statement at all.")
    mended: None = None


class Mending(_Reviewing):
    """That a statement is right when it is mended."""

    verdict: Literal["mend"]
    mended: Mended = Field(description="What is right instead.")


Reviewing = Annotated[Passing | Mending, Field(discriminator="verdict")]


def dump(model: BaseModel) -> dict[str, Any]:
    """What was given of a body, as JSON values."""
    return model.model_dump(mode="json", exclude_unset=True, exclude_none=True)
