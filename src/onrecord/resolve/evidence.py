"""On what evidence: posts, screenshots, documents, translations and links that show statements, and what the text says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.resolve.entities import Entity, Gathered
from onrecord.types import Evidence, EvidenceKind, Page, Reading, Span, Status, Time


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of evidence, before sources have ids. `readings` are the indices of the statements whose words it shows."""

    kind: EvidenceKind
    span: Span  # the words that tell of it; of an embed, all of it
    readings: tuple[int, ...] = ()
    platform: str | None = None
    author: str | None = None
    handle: str | None = None
    url: str | None = None
    posted: date | None = None
    status: Status = "unknown"
    status_span: Span | None = None
    content: tuple[Span, ...] = ()
    words_of: Entity | None = None  # who said or wrote what it shows
    supplier: Entity | None = None
    translator: Entity | None = None

    @property
    def people(self) -> tuple[Entity, ...]:
        """Who has to do with it."""
        return tuple(e for e in (self.words_of, self.supplier, self.translator) if e is not None)

    def write(self, identity: str, ids: Mapping[int, str]) -> Evidence:
        """The item as a report has it; `ids` are the sources' by the `id()` of their entities."""
        words_of, supplier, translator = (None if e is None else ids[id(e)] for e in (self.words_of, self.supplier, self.translator))
        return Evidence(
            id=identity,
            kind=self.kind,
            span=self.span,
            platform=self.platform,
            author=self.author,
            handle=self.handle,
            url=self.url,
            posted=self.posted,
            status=self.status,
            status_span=self.status_span,
            content=self.content,
            words_of=words_of,
            supplied_by=supplier,
            translated_by=translator,
        )


def find_evidence(page: Page, readings: Sequence[Reading], gathered: Gathered, times: Sequence[Time]) -> tuple[Item, ...]:
    """Every piece of evidence that the page shows or tells of, in text order."""
    items = []
    for index, embed in enumerate(page.embeds):
        holding = tuple(i for i, r in enumerate(readings) if r.embed == index)
        items.append(
            Item(
                kind="embed",
                span=embed.span,
                readings=holding,
                platform=embed.platform,
                author=embed.author,
                handle=embed.handle,
                url=embed.url,
                posted=embed.posted,
                content=embed.content,
            )
        )
    return tuple(items)


def find_originators(items: Sequence[Item], speakers: Sequence[Entity | None]) -> list[Entity | None]:
    """For each reading the one whose words its evidence shows, where that is somebody else than its source: a translation of
    a post, a letter read out.
    """
    found: list[Entity | None] = [None] * len(speakers)
    for item in items:
        for at in item.readings:
            if item.words_of is not None and item.words_of is not speakers[at]:
                found[at] = item.words_of
    return found


def find_translated(items: Sequence[Item]) -> frozenset[int]:
    """The readings whose words are a translation."""
    return frozenset(at for item in items if item.kind == "translation" for at in item.readings)
