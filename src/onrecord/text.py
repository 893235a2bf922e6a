"""Plain text as news uses it: paragraphs and quotations, as spans of code points.

Both are found by reading characters, not by a model: they are input to the reader (a token knows whether it
stands inside quotation marks) and evidence after it (`kind`, quotations that run over paragraphs). A paragraph is a
line, as extractors write them, unless the lines are those of a hard-wrapped file; quotation marks are matched inside
one paragraph, because a mark left open at its end is how a running quotation is set in print.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from onrecord.types import Span

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WRAP_WIDTHS = range(40, 101)
_SENTENCE_ENDS = ".!?…:”\"’')"


def replace_surrogates(text: str) -> str:
    """`text` with U+FFFD for each lone surrogate, which no encoding can write; offsets stay the same."""
    return _SURROGATE.sub("\ufffd", text)


def trim(text: str, span: Span) -> Span:
    """`span` without white space and control characters at its edges; empty at its start if nothing is left."""
    start, end = span.start, span.end
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return Span(start, end)


def _is_blank(char: str) -> bool:
    return char.isspace() or char in "\x00\ufeff\u200b\u200e\u200f"


def find_paragraphs(text: str) -> list[Span]:
    """The paragraphs of `text`, trimmed, in order; lines of white space alone are left out."""
    lines = [s for m in _LINE.finditer(text) if len(s := trim(text, Span(*m.span())))]
    width = max((len(line) for line in lines), default=0)
    if width not in _WRAP_WIDTHS or not _is_hard_wrapped(text, lines, width):
        return lines
    paragraphs: list[Span] = []
    for line in lines:
        if paragraphs and _is_wrapped(text, paragraphs[-1], line, width):
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        else:
            paragraphs.append(line)
    return paragraphs


def _is_hard_wrapped(text: str, lines: list[Span], width: int) -> bool:
    """Whether most of the line ends that could be a typewriter's are in mid-sentence, as they are not between short paragraphs."""
    ends = [text[before.end - 1] for before, line in pairwise(lines) if _is_wrapped(text, before, line, width)]
    return 2 * sum(1 for end in ends if end not in _SENTENCE_ENDS) > len(ends)


def _is_wrapped(text: str, before: Span, line: Span, width: int) -> bool:
    """Whether the line end between the two is a typewriter's: the next line's first word had no room before it."""
    gap = text[before.end : line.start]
    if gap.count("\n") > 1 or gap.count("\r") > 1 or len(gap) > 12:
        return False
    near = max(before.start, before.end - _WRAP_WIDTHS.stop)  # no line is longer: a search of all of a long paragraph would be quadratic
    last_line = before.end - max(text.rfind("\n", near, before.end), text.rfind("\r", near, before.end), near - 1) - 1
    first_word = text[line.start : line.start + _WRAP_WIDTHS.stop].split(None, 1)[0]
    return last_line + 1 + len(first_word) > width - 2


_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Mr|Ms|Dr|St|Lt))(?<!\b(?:Mrs|Sen|Rep|Gov|Gen|Col|Sgt|Rev|Maj))(?<!\b(?:Prof|Capt))[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[]?\w)|[\n\r]+"
)


def find_sentence_start(text: str, at: int, reach: int = 600) -> int:
    """Where the sentence that holds code point `at` begins, looking back `reach` at most."""
    starts, _ = _find_sentence_bounds(text)
    return max(0, at - reach, starts[bisect_right(starts, at) - 1])


def find_sentence_end(text: str, at: int, reach: int = 600) -> int:
    """Where the sentence that holds code point `at` ends, its end mark left out, looking ahead `reach` at most."""
    _, ends = _find_sentence_bounds(text)
    return min(len(text), at + reach, ends[bisect_left(ends, at)])


def find_sentence_starts(text: str) -> tuple[int, ...]:
    """Where each sentence of `text` begins, in order."""
    return _find_sentence_bounds(text)[0]


@lru_cache(maxsize=8)
def _find_sentence_bounds(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where sentences begin, from 0 on, and where they end, up to one past the text's end."""
    bounds = [m.span() for m in _SENTENCE_END.finditer(text)]
    return (0, *(end for _, end in bounds)), (*(start for start, _ in bounds), len(text) + 1)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between quotation marks: `outer` with the marks, `inner` without; `closed` if the last mark is there."""

    outer: Span
    inner: Span
    closed: bool
    depth: int


_MARK = re.compile(r"``|''|[\"'“”„‟«»‹›‘’‚‛「」『』＂]")
_OPENS = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "‹": "›",
    "‘": "’",
    "‚": "‘’",
    "‛": "’",
    "「": "」",
    "『": "』",
    "``": ("''"),
}
_ELISION = re.compile(r"(?:\d\ds?|em|tis|twas|til|cause|round|n)\b", re.I)
_LOOK = 1500
_MAX_DEPTH = 12


def find_quotations(text: str, paragraph: Span) -> list[Quotation]:
    """The quotations in one paragraph, outer ones before those inside them; unbalanced marks never raise.

    A mark that opens and is never closed runs to the paragraph's end (`closed` is then false) if it is a double one; a single one is
    taken for an apostrophe where no sentence follows it, and a straight one everywhere but at the paragraph's start. Time is
    linear in the paragraph's length.
    """
    found: list[Quotation] = []
    open_marks: list[tuple[str, Span]] = []
    for match in _MARK.finditer(text, paragraph.start, paragraph.end):
        mark, at = match.group(), Span(*match.span())
        depth = _depth_closed_by(text, paragraph, mark, at, open_marks)
        if depth is not None:
            opened = open_marks[depth][1]
            del open_marks[depth:]
            found.append(Quotation(Span(opened.start, at.end), Span(opened.end, at.start), True, depth))
        elif len(open_marks) < _MAX_DEPTH and _is_opening(text, paragraph, mark, at):
            open_marks.append((mark, at))
    for depth, (mark, at) in enumerate(open_marks):
        if (mark not in "'‚‛" or (mark == "'" and at.start == paragraph.start)) and len(at) and at.end < paragraph.end:
            found.append(Quotation(Span(at.start, paragraph.end), Span(at.end, paragraph.end), False, depth))
    return sorted(found, key=lambda q: (q.outer.start, -q.outer.end))


def _depth_closed_by(text: str, paragraph: Span, mark: str, at: Span, open_marks: list[tuple[str, Span]]) -> int | None:
    """The index of the innermost open mark that `mark` closes, if it closes one."""
    if mark in "'’‘" and not _may_close_single(text, paragraph, at):
        return None
    for depth in range(len(open_marks) - 1, -1, -1):
        opener = open_marks[depth][1].of(text)
        if opener in "\"'＂":
            if opener == mark and not _is_opening_context(text, paragraph, at):
                return depth
        elif mark in _OPENS[opener] or (opener in "“‟" and mark == '"'):
            return depth
    return None


def _is_opening(text: str, paragraph: Span, mark: str, at: Span) -> bool:
    if mark == "'":
        runs_on = at.start == paragraph.start and _is_running(text, paragraph, at) and not _ELISION.match(text, at.end)
        return _is_opening_context(text, paragraph, at) and (_has_single_closer(text, paragraph, at, "'") or runs_on)
    if mark == "‘":
        return not _follows_word(text, paragraph, at) and (_has_single_closer(text, paragraph, at, "’") or _is_running(text, paragraph, at))
    if mark in '"＂':
        return True
    return mark in _OPENS


def _is_opening_context(text: str, paragraph: Span, at: Span) -> bool:
    """Whether a straight mark stands where only an opening one can: after a gap and before a word."""
    before = text[at.start - 1] if at.start > paragraph.start else " "
    after = text[at.end] if at.end < paragraph.end else " "
    return (before.isspace() or before in '([{-–—/"“‘') and not after.isspace() and after not in ".,;:!?)]}"


def _follows_word(text: str, paragraph: Span, at: Span) -> bool:
    return at.start > paragraph.start and text[at.start - 1].isalnum()


def _may_close_single(text: str, paragraph: Span, at: Span) -> bool:
    """Whether a single mark can close: something before it, and no letter after it (that would be an apostrophe)."""
    if at.start == paragraph.start or text[at.start - 1].isspace():
        return False
    if at.end < paragraph.end and text[at.end].isalnum():
        return False
    return not (text[at.start - 1] in "sS" and _is_plural_possessive(text, paragraph, at))


def _is_plural_possessive(text: str, paragraph: Span, at: Span) -> bool:
    """`the boys’ plan`: a word follows at once, and another mark that can close comes before any that opens."""
    rest = text[at.end : min(paragraph.end, at.end + _LOOK)]
    if not re.match(r" [a-z]", rest):
        return False
    later = re.search(r"[‘“\"]|(?<=[\w.,!?…])[’'](?!\w)", rest)
    return bool(later) and later is not None and later.group() in "’'"


def _is_running(text: str, paragraph: Span, at: Span) -> bool:
    """Whether a curly single mark without a closing one opens a quotation that runs on: a sentence follows it."""
    return re.match(r"[“\"]?[A-Z]\w*['’]?\w*,?(?: \S+){2}", text[at.end : min(paragraph.end, at.end + 80)]) is not None


def _has_single_closer(text: str, paragraph: Span, at: Span, closer: str) -> bool:
    rest = text[at.end : min(paragraph.end, at.end + _LOOK)]
    if _ELISION.match(rest):
        return False
    return re.search(r"(?<=[^\s(])" + closer + r"(?!\w)", rest) is not None
