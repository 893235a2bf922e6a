"""The words of a statement as they are shown: paragraphs of pieces, quoted words and an editor's insertions apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from onrecord.text import find_paragraphs, find_quotations
from onrecord.types import Report, Span, Statement
from onrecord.view.visible import show

_OPENING = "\"“„‟«‹‘「『＂`'"
_PAIRS = {"”": "“", "»": "«", "」": "「", "』": "『"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a content: `quoted` if they stand between quotation marks, `inserted` if they are an editor's."""

    text: str
    quoted: bool = False
    inserted: bool = False


def build_splitter(report: Report) -> Callable[[Statement], tuple[tuple[Piece, ...], ...]]:
    """A function that cuts a statement's content into paragraphs of pieces, by the blocks and quotations of the text."""
    text = report.document.text
    blocks = sorted(block.span for block in report.document.blocks) or find_paragraphs(text)
    ends = sorted(block.end for block in blocks)
    quoted = sorted(q.inner for block in blocks for q in find_quotations(text, block) if q.depth == 0)

    def split(statement: Statement) -> tuple[tuple[Piece, ...], ...]:
        paragraphs: list[list[Piece]] = [[]]
        for index, span in enumerate(statement.content):
            if index:
                paragraphs[-1].append(Piece(" … "))
            for number, part in enumerate(_cut(span, ends)):
                if number:
                    paragraphs.append([])
                paragraphs[-1].extend(_find_pieces(part, text, quoted, statement))
        full = [trimmed for paragraph in paragraphs if (trimmed := _trim(paragraph))]
        return _add_marks(full) if statement.kind == "direct" else tuple(full)

    return split


def _cut(span: Span, ends: list[int]) -> Iterator[Span]:
    """`span` in parts, each up to an end of a block."""
    start = span.start
    for end in ends[bisect_right(ends, span.start) :]:
        if end >= span.end:
            break
        yield Span(start, end)
        start = end
    yield Span(start, span.end)


def _find_pieces(part: Span, text: str, quoted: list[Span], statement: Statement) -> Iterator[Piece]:
    """The words of `part`: those inside quotation marks apart, if they are mixed, and an editor's insertions."""
    edges = {part.start, part.end}
    inside = [part] if statement.kind == "direct" else []
    for inner in quoted[bisect_right(quoted, part.start, key=lambda q: q.end) :] if statement.kind == "mixed" else ():
        if inner.start >= part.end:
            break
        inside.append(Span(max(inner.start, part.start), min(inner.end, part.end)))
    for span in (*inside, *(s for s in statement.insertions if part.holds(s))):
        edges |= {span.start, span.end}
    for start, end in pairwise(sorted(edges)):
        span = Span(start, end)
        yield Piece(show(span.of(text)), any(q.holds(span) for q in inside), any(i.holds(span) for i in statement.insertions))


def _trim(paragraph: list[Piece]) -> tuple[Piece, ...]:
    """The pieces that hold something, without white space at the paragraph's edges."""
    pieces = [piece for piece in paragraph if piece.text]
    while pieces and not pieces[0].text.strip():
        del pieces[0]
    while pieces and not pieces[-1].text.strip():
        del pieces[-1]
    if pieces:
        pieces[0] = replace(pieces[0], text=pieces[0].text.lstrip())
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text.rstrip())
    return tuple(pieces)


def _add_marks(paragraphs: list[tuple[Piece, ...]]) -> tuple[tuple[Piece, ...], ...]:
    """Quotation marks around direct words whose span leaves them out; where the text's own are there, nothing is added."""
    words = "".join(piece.text for paragraph in paragraphs for piece in paragraph)
    if not words or words[0] in _OPENING:
        return tuple(paragraphs)
    paragraphs[0] = (Piece("“", quoted=True), *paragraphs[0])
    if not _ends_in_lone_mark(words):
        paragraphs[-1] = (*paragraphs[-1], Piece("”", quoted=True))
    return tuple(paragraphs)


def _ends_in_lone_mark(words: str) -> bool:
    """Whether the last character is a double closing mark whose opening one is not among `words`."""
    if words[-1] == '"':
        return words.count('"') % 2 == 1
    return words[-1] in _PAIRS and words.count(words[-1]) > words.count(_PAIRS[words[-1]])
