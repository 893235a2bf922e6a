"""A statement of one article, as it is compared with those of others: its words, whose they are, and through whom they came.

Within a document sources have ids; across documents all that is known of them is their names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from onrecord.trace.credits import Passing
from onrecord.trace.names import compare_names
from onrecord.types import Json, SourceKind, Span, StatementKind
from onrecord.versions.rendering import Rendering
from onrecord.versions.wording import Wording, fold, read_wording

Tie = Literal["same", "open", "kin", "apart"]
_PROPER = re.compile(r"(?<=[\w,;] )[A-Z][^\W\d_]{2,}")
_ANYBODY = ("document", "unnamed", None)


@dataclass(frozen=True, slots=True)
class Relay:
    """One hop of a chain by its name: who passed the words on (first, who said them), and where."""

    name: str | None
    medium: str | None

    def to_dict(self) -> Json:
        return {"name": self.name, "medium": self.medium}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One statement of one article. Spans count code points in `words`: the content, its spans joined by " … ", white space as one
    space.
    """

    key: int  # the order in which statements were stored
    document: str  # SHA-256 of its bytes
    statement: str  # its id in the report
    words: str
    kind: StatementKind
    source: str | None = None
    source_kind: SourceKind | None = None
    chain: tuple[Relay, ...] = ()  # from the originator outwards, without the publisher
    through: tuple[Passing, ...] = ()  # outlets that it was told to, and translators
    within: str | None = None
    translated: bool = False  # said to be a translation
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    published: str | None = None  # ISO 8601, as the following
    said_from: str | None = None
    said_to: str | None = None
    certainty: float | None = None
    confidence: float = 1.0

    @property
    def id(self) -> str:
        """The id by which the command line knows it."""
        return f"{self.document[:12]}/{self.statement}"

    @cached_property
    def wording(self) -> Wording:
        return _read_wording(self.words, self.kind)

    @cached_property
    def rendering(self) -> Rendering:
        """The statement for comparing with one of another document: who said it is not in it, see `find_tie`."""
        return Rendering(
            id=self.id,
            index=self.key,
            kind=self.kind,
            content=(Span(0, len(self.words)),),
            wording=self.wording,
            within=None,
            inside=(),
            source=None,
            names=frozenset(),
            bodies=frozenset(),
            anybody=True,
            translated=self.translated,
            passed=False,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Its source and everybody in its chain."""
        return tuple(dict.fromkeys(n for n in (self.source, *(relay.name for relay in self.chain)) if n))


def find_numbers(told: Told) -> frozenset[str]:
    """The numbers in a statement; "one" is seldom a number."""
    return frozenset(form for form in told.wording.forms if form[:1].isdigit() and form != "1")


def find_proper(told: Told) -> frozenset[str]:
    """The capitalised words in a statement, but those that begin a sentence; folded."""
    return frozenset(fold(match[0]) for match in _PROPER.finditer(told.words))


def count_days(one: Told, other: Told) -> int:
    """Days between the publication of two; 0 where one has no date."""
    if not (one.published and other.published):
        return 0
    return abs((date.fromisoformat(one.published) - date.fromisoformat(other.published)).days)


@lru_cache(maxsize=8192)
def _read_wording(words: str, kind: StatementKind) -> Wording:
    return read_wording(words, (Span(0, len(words)),), kind)


def find_tie(one: Told, other: Told) -> Tie:
    """What the names say of whether two statements may be of one utterance.

    `same`: one's source is the other's, or is in its chain; `open`: one of them names nobody, or somebody who may have anybody's
    words; `kin`: a person and a body, who may speak for it; `apart`: two who have nothing to do with each other. Words that somebody asks
    with are of no document, and nothing speaks against them.
    """
    if not (one.document and other.document):
        return "same"
    if one.source_kind in _ANYBODY or other.source_kind in _ANYBODY or not (one.source and other.source):
        return "same" if one.source and one.source == other.source and one.document == other.document else "open"
    person = "person" in (one.source_kind, other.source_kind)  # a surname alone may have been taken for a body
    for name, names in ((one.source, other.names), (other.source, one.names)):
        if any(compare_names(name, known, person=person) != "different" for known in names):
            return "same"
    return "kin" if (one.source_kind == "person") != (other.source_kind == "person") else "apart"
