"""What in a quotation is an editor's: words in square brackets, and the dots that stand for words left out.

Brackets are an editor's wherever they stand. Dots are so where they are set in brackets, or where they stand by themselves
between words, or before the first one, inside quotation marks ("the lake … before"). Dots that hang on a word ("I don't
know…") may be the speaker's own pause, and those of a post that is shown without quotation marks its author's, so they are not taken
for an editor's. A bracket that is not closed soon, on its own line, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from onrecord.types import Span

_REACH = 300  # characters between a bracket and its closing one, at most
_BRACKETS = re.compile(rf"\[[^\[\]\r\n]{{1,{_REACH}}}\]|\((?:…|\.{{3}}|\. ?\. ?\.)\)")
_DOTS = re.compile(r"(?:…|\.(?:[ \u00a0]?\.){2,3})(?=\s)")
_OPENING = re.compile(r"[\"“„«‘‚‹「]")
_HANGS = re.compile(r"[\s\"“„«‘‚‹「]")


def find_insertions(text: str, content: Sequence[Span]) -> tuple[Span, ...]:
    """What in a content is an editor's and not its source's, brackets and dots with it, in text order."""
    return tuple(sorted({*find_brackets(text, content), *_find_dots(text, content)}))


def find_brackets(text: str, content: Iterable[Span]) -> Iterator[Span]:
    """The square brackets of a content, with what is in them, and dots in round ones."""
    for span in content:
        yield from (Span(*m.span()) for m in _BRACKETS.finditer(text, span.start, span.end))


def _find_dots(text: str, content: Sequence[Span]) -> Iterator[Span]:
    for span in content:
        first = _OPENING.search(text, max(0, span.start - 1), span.end)
        if first is None:
            continue
        for match in _DOTS.finditer(text, first.end(), span.end):
            if _HANGS.match(text[match.start() - 1]) and match.end() < span.end:
                yield Span(*match.span())
