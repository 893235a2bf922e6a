"""Quotation marks as evidence: is a content direct, does it run on into the next paragraph, does a paragraph only quote.

Unclosed marks are how print sets a running quotation: each paragraph opens one, the last closes it. The marks decide
nothing alone: words in marks are a statement only if a cue reads them as one, or if they fill a whole paragraph that
follows a quoted one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.text import Quotation, find_quotations
from onrecord.types import Span, StatementKind

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMPLEMENTISERS = frozenset({"that", "to"})
_LEAST_WORDS = 4
_ENDS = ".!?…,"


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph, a heading, or a content that is looked into, with the quotations in it."""

    spans: tuple[Span, ...]
    quotations: tuple[Quotation, ...]
    heading: bool = False


def find_place(text: str, spans: Sequence[Span], *, heading: bool = False) -> Place:
    """The place that `spans` make, in order."""
    return Place(tuple(spans), tuple(q for span in spans for q in find_quotations(text, span)), heading)


def tell_kind(text: str, content: Sequence[Span], quotations: Sequence[Quotation]) -> StatementKind:
    """Direct if all words but a leading "that" or "to" stand in quotation marks, mixed if some do, else indirect."""
    words = [Span(*m.span()) for span in content for m in _WORD.finditer(text, span.start, span.end)]
    if words and words[0].of(text).lower() in _COMPLEMENTISERS:
        words = words[1:]
    near = [q.outer for q in quotations if any(q.outer.meets(span) for span in content)]
    quoted = sum(any(q.holds(word) for q in near) for word in words)
    if not quoted:
        return "indirect"
    return "direct" if quoted == len(words) else "mixed"


def find_near(quotations: Sequence[Quotation], content: Sequence[Span]) -> list[Quotation]:
    """Those of one paragraph's quotations that meet the stretch from the content's first word to its last, in order. Those at depth 0
    are disjoint, so that the time is in what is near, not in the paragraph.
    """
    start, end = content[0].start, content[-1].end
    last = bisect_right(quotations, end, key=lambda q: q.outer.start)
    first = last
    while first and not (quotations[first - 1].depth == 0 and quotations[first - 1].outer.end < start):
        first -= 1
    return list(quotations[first:last])


def is_sentence(text: str, quotation: Quotation) -> bool:
    """Whether what is quoted reads as words that somebody said or wrote, not as a name or a turn of phrase: three words or more,
    a capital letter at its start or the end of a sentence within the marks or right after them.
    """
    words, inner = _WORD.findall(quotation.inner.of(text)), quotation.inner.of(text).strip()
    if len(words) < _LEAST_WORDS - 1:
        return False
    ends = inner[-1:] in _ENDS or text[quotation.outer.end : quotation.outer.end + 1] in (*_ENDS, "\n", "") or not quotation.closed
    return ends and not inner[:1].islower()


def find_open_end(quotations: Sequence[Quotation], content: Sequence[Span]) -> Quotation | None:
    """The quotation that the content ends in and that its paragraph leaves open."""
    return next((q for q in quotations if not q.closed and q.depth == 0 and q.inner.meets(content[-1])), None)


def find_whole_quotation(text: str, paragraph: Span, quotations: Sequence[Quotation]) -> Quotation | None:
    """The quotation that fills the paragraph, if one does: nothing but marks and white space is left outside."""
    outer = next((q for q in quotations if q.depth == 0 and paragraph.holds(q.outer)), None)
    if outer is None or outer.outer.start != paragraph.start or len(_WORD.findall(outer.inner.of(text))) < _LEAST_WORDS:
        return None
    return outer if not _WORD.search(text, outer.outer.end, paragraph.end) else None


def strip_marks(text: str, content: Span, quotations: Sequence[Quotation]) -> Span:
    """`content` without the quotation marks that enclose the whole of it."""
    for quotation in quotations:
        if (
            quotation.depth == 0
            and quotation.outer.start <= content.start < quotation.inner.end
            and not _WORD.search(text, min(content.end, quotation.outer.end), content.end)
        ):
            return Span(max(content.start, quotation.inner.start), min(content.end, quotation.inner.end))
    return content
