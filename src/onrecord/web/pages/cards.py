"""The cards in an article's margin, one for each statement, and the stretches of text that they stand beside.

A stretch is a block in which statements begin, with the blocks after it in which none does. Its cards stand beside it, so that they are
where their words are without a script that moves them, and after it on a phone and in the order of reading. Notes that float past one
another, as in some books, drift from their places where there are many; a column of cards beside all of the text is far off at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from onrecord.store import Review
from onrecord.types import Json, Report, Source, Statement
from onrecord.view.outline import NO_SOURCE, Entry, Outline
from onrecord.view.visible import show
from onrecord.web.drawing import draw_paragraph
from onrecord.web.marking import Paragraph
from onrecord.web.pages.common import build_text_link

Reviews: TypeAlias = Mapping[str, Sequence[Review]]
_LOOKED_UP = ("person", "organisation", "group")  # kinds of sources that may be known from other articles
_WORDS = 170  # characters of a content that its card repeats; the rest stands beside it
_ID = re.compile(r"\b(s\d+)\b")
_UNSURE = 0.6  # confidence below which a card says how sure the reader is


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card says of a statement; all of it is safe to show but `source`, the name to look up, and the addresses."""

    entry: Entry
    name: str
    source: str | None  # by which others can be looked up
    named: str | None  # how the text names the source, where that is not its name
    detail: tuple[str, ...]
    words: str
    sure: int | None  # per cent, where that is little
    takes: tuple[tuple[str, tuple[str, ...]], ...]  # how it takes other statements, and they it: "doubted in", their ids
    evidence: tuple[tuple[str, str, str | None], ...]  # ids, kinds, and addresses if any
    span: str | None  # of the content's first part, for a permalink
    live: str | None  # the words on the live page
    reviews: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks of the text as HTML, and the cards that stand beside them."""

    blocks: tuple[Markup, ...]
    cards: tuple[tuple[int, Card], ...]  # each with its place, which the style sheet knows up to a number


def build_cards(report: Report, outline: Outline, reviews: Reviews) -> tuple[Card, ...]:
    """The cards of a report in the order of its outline."""
    statements = {show(statement.id): statement for statement in report.statements}
    sources = {source.id: source for source in report.sources}
    kinds = {e.id: (f"{e.kind} on {e.platform}" if e.platform else e.kind, e.url) for e in report.evidence}
    return tuple(_build_card(entry, statements[entry.id], report, sources, kinds, reviews) for entry in outline.entries)


def _build_card(
    entry: Entry,
    statement: Statement,
    report: Report,
    sources: Mapping[str, Source],
    kinds: Mapping[str, tuple[str, str | None]],
    reviews: Reviews,
) -> Card:
    source = sources.get(statement.source.id) if statement.source else None
    name = show(source.name) if source else NO_SOURCE if statement.source is None else entry.who
    words = " … ".join(" ".join(span.of(report.document.text).split()) for span in statement.content)
    first = statement.content[0] if statement.content else None
    return Card(
        entry=entry,
        name=name,
        source=source.name if source and source.kind in _LOOKED_UP else None,
        named=entry.who if source and entry.note is None and entry.who != name else entry.note,
        detail=tuple(word for word in entry.detail if not any(word in other for other in entry.detail if other != word)),
        words=show(words if len(words) <= _WORDS else words[:_WORDS].rsplit(" ", 1)[0] + " …"),
        sure=round(entry.confidence * 100) if entry.confidence < _UNSURE else None,
        takes=tuple(_split(line) for line in (*entry.about, *entry.met_by)),
        evidence=tuple((show(e), show(kinds[e][0]), kinds[e][1]) for e in statement.evidence if e in kinds),
        span=f"{first.start}-{first.end}" if first else None,
        live=build_text_link(report.document.url, first.of(report.document.text)) if first else None,
        reviews=tuple(review.to_dict() for review in reviews.get(statement.id, ())),
    )


def _split(line: str) -> tuple[str, tuple[str, ...]]:
    """`doubted in s4, s5` as words and ids."""
    words, *ids = _ID.split(line)
    return words.strip(), tuple(each for each in ids if each.strip(", "))


def build_stretches(report: Report, cards: Sequence[Card], paragraphs: Sequence[Paragraph]) -> tuple[Stretch, ...]:
    """The text and the cards; a statement that no block holds has its card beside the last one."""
    kinds = {statement.id: statement.kind for statement in report.statements}
    groups = list(_group(paragraphs)) or [[]]
    where = {show(begun): number for number, group in enumerate(groups) for p in group for piece in p.pieces for begun in piece.begins}
    beside: list[list[Card]] = [[] for _ in groups]
    for card in cards:
        beside[where.get(card.entry.id, -1)].append(card)
    return tuple(
        Stretch(
            tuple(draw_paragraph(p, {card.entry.id: place for place, card in enumerate(mine)}, kinds) for p in group),
            tuple(enumerate(mine)),
        )
        for group, mine in zip(groups, beside, strict=True)
    )


def _group(paragraphs: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """The paragraphs in groups, each but the first beginning with one in which a statement begins."""
    group: list[Paragraph] = []
    for paragraph in paragraphs:
        if group and any(piece.begins for piece in paragraph.pieces):
            yield group
            group = []
        group.append(paragraph)
    if group:
        yield group
