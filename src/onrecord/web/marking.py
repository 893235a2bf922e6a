"""An article's text with its statements marked: flat pieces, each with the statements whose content, cue or source it is.

Contents are inside one another, and cues cut them; nested elements would have to be closed and opened again wherever spans cross. So
the text is cut at every edge, and each piece knows all that it belongs to. Offsets are code points, as in the report; time is linear in
the text and its spans but for how deep they nest. White space between blocks is left out, and anything else that stands there, characters
that nobody sees among it, is a paragraph of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onrecord.text import find_paragraphs
from onrecord.types import Report, Span
from onrecord.view.visible import show_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: the statements whose content it is, those whose cue and those whose source; and those that begin with it."""

    text: str
    start: int = 0  # in the document's text
    content: tuple[str, ...] = ()  # the outermost first
    cue: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    is_chosen: bool = False  # whether somebody asked for this stretch
    opens: bool = False  # whether that begins here

    @property
    def depth(self) -> int:
        """How many statements it is inside of, three at most."""
        return min(3, len(self.content))

    @property
    def all(self) -> tuple[str, ...]:
        """All statements that it belongs to."""
        if not (self.cue or self.source):
            return self.content
        return tuple(dict.fromkeys((*self.content, *self.cue, *self.source)))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the text: of which kind ("gap" if it is none of the report's), and its pieces."""

    kind: str
    pieces: tuple[Piece, ...]


def mark(report: Report, chosen: Span | None = None, *, is_placed: bool = False) -> tuple[Paragraph, ...]:
    """The paragraphs of a report's text; `chosen` is a stretch of it that was asked for.

    `is_placed` also cuts where what is shown has another length than the text, after a line end of two characters, so that places in
    what is shown can be told.
    """
    text = report.document.text
    blocks = [(block.span, str(block.kind)) for block in report.document.blocks] or [(span, "paragraph") for span in find_paragraphs(text)]
    edges = _find_edges(report, chosen)
    cuts = sorted({*edges, *(match.end() for match in re.finditer("\r\n", text))} if is_placed else edges)
    found, held, at = [], _Held(_find_depths(report)), 0
    for span, kind in _fill_gaps(sorted(blocks), text):
        while at < len(cuts) and cuts[at] <= span.start:
            held.step(edges.get(cuts[at], ()))
            at += 1
        pieces, start = [], span.start
        while at < len(cuts) and cuts[at] < span.end:
            pieces.append(held.build(text[start : cuts[at]], start))
            start = cuts[at]
            held.step(edges.get(start, ()))
            at += 1
        pieces.append(held.build(text[start : span.end], start))
        found.append(Paragraph(kind, tuple(piece for piece in pieces if piece.text)))
    return tuple(paragraph for paragraph in found if paragraph.pieces)


def _fill_gaps(blocks: Iterable[tuple[Span, str]], text: str) -> Iterator[tuple[Span, str]]:
    """The blocks in order, and between them whatever is not white space."""
    at = 0
    for span, kind in (*blocks, (Span(len(text), len(text)), "")):
        if text[at : span.start].strip(" \t\r\n"):
            yield Span(at, span.start), "gap"
        if span.end > at:
            yield Span(max(at, span.start), span.end), kind
        at = max(at, span.end)


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where a span of a statement begins or ends."""

    role: str
    statement: str
    begins: bool
    is_first: bool = False


class _Held:
    """What the place that has been reached belongs to."""

    def __init__(self, depths: dict[str, int]) -> None:
        self.depths = depths
        self.open: dict[str, dict[str, int]] = {"content": {}, "cue": {}, "source": {}, "chosen": {}}
        self.begins: list[str] = []

    def step(self, edges: Sequence[_Edge]) -> None:
        for edge in edges:
            names = self.open[edge.role]
            names[edge.statement] = names.get(edge.statement, 0) + (1 if edge.begins else -1)
            if names[edge.statement] <= 0:
                del names[edge.statement]
            if edge.is_first:
                self.begins.append(edge.statement)

    def build(self, text: str, start: int) -> Piece:
        if not text:
            return Piece(text="")
        begun, self.begins = self.begins, []
        content, cue, source = (tuple(self.open[role]) for role in ("content", "cue", "source"))
        if len(content) > 1:
            content = tuple(sorted(content, key=self.depths.__getitem__))
        return Piece(
            text=show_lines(text),
            start=start,
            content=content,
            cue=cue,
            source=source,
            begins=tuple(each for each in begun if each),
            is_chosen=bool(self.open["chosen"]),
            opens="" in begun,
        )


def _find_depths(report: Report) -> dict[str, int]:
    """How many statements each one is inside of."""
    holders = {statement.id: statement.within for statement in report.statements}
    depths: dict[str, int] = {}
    for identity in holders:
        seen, at = [identity], holders[identity]
        while at in holders and at not in seen and at not in depths:
            seen.append(str(at))
            at = holders[at]
        above = depths.get(at, -1) if at is not None else -1
        for number, each in enumerate(reversed(seen), 1):
            depths[each] = above + number
    return depths


def _find_edges(report: Report, chosen: Span | None) -> dict[int, list[_Edge]]:
    edges: defaultdict[int, list[_Edge]] = defaultdict(list)
    for role, statement, span, is_first in _find_spans(report, chosen):
        edges[span.start].append(_Edge(role, statement, True, is_first))
        edges[span.end].append(_Edge(role, statement, False))
    return edges


def _find_spans(report: Report, chosen: Span | None) -> Iterator[tuple[str, str, Span, bool]]:
    for statement in report.statements:
        for number, span in enumerate(sorted(statement.content)):
            yield "content", statement.id, span, number == 0
        yield from (("cue", statement.id, span, False) for span in statement.cue)
        yield from (("source", statement.id, span, False) for span in (statement.source.spans if statement.source else ()))
    if chosen is not None and len(chosen):
        yield "chosen", "", chosen, True
