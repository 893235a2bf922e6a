"""How two wordings differ: the words that are not the same, as aligned spans of the document's text.

The alignment is that of most words in common, a word that says something counting twice a light one, with every stretch that
differs costing something, so that one light word in common does not break a stretch in two; what stands before the first and after the
last word in common costs nothing, as one wording may be a part of the other (Needleman and Wunsch 1970 with Gotoh's gaps of 1982).
Its time is the product of the lengths, so longer wordings are first cut at words that both have once, in the same order (patience
diff); a stretch that is still long is one difference.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from onrecord.types import Difference, Span
from onrecord.versions.wording import Word, Wording

_CELLS = 40_000  # words of one side times words of the other, up to which every alignment is tried
_CONTENT, _LIGHT, _OPENING = 4, 2, 3
_SURE = 8  # words that both begin or end with, from which on that is no chance
_NARROWED = 4  # words on both sides of a gap, up to which those in the same place are compared
_FAR = 6  # words away from all others that are the same, where one word in common at an end is chance


@dataclass(frozen=True, slots=True)
class Edit:
    """Words `a` up to `a_end` of one wording, in whose place the other has those from `b` up to `b_end`; not both are none."""

    a: int
    a_end: int
    b: int
    b_end: int


def find_edits(a: Wording, b: Wording, near_a: range, near_b: range) -> tuple[Edit, ...]:
    """The stretches in which two wordings differ, in order; between them the words are the same.

    Words in common are looked for in `near_a` and `near_b` alone, indices of words. Which of the two comes first makes no
    difference: of alignments that are as good, one is always taken.
    """
    if (len(b.forms), b.forms) < (len(a.forms), a.forms):
        return tuple(Edit(e.b, e.b_end, e.a, e.a_end) for e in find_edits(b, a, near_b, near_a))
    pairs = _prune(_align(a.words[near_a.start : near_a.stop], b.words[near_b.start : near_b.stop], near_a.start, near_b.start))
    gaps = []
    i = j = 0
    for x, y in (*pairs, (len(a.words), len(b.words))):
        gaps.append(Edit(i, x, j, y))
        i, j = x + 1, y + 1
    return tuple(edit for gap in gaps for edit in _narrow(gap, a.forms, b.forms))


def _narrow(gap: Edit, a: Sequence[str], b: Sequence[str]) -> Iterator[Edit]:
    """A gap without words that both begin with, or both end with; one with as many words on both sides, word by word where some agree."""
    i, i_end, j, j_end = gap.a, gap.a_end, gap.b, gap.b_end
    while i < i_end and j < j_end and gap.a == gap.b == 0 and a[i] == b[j]:
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and (gap.a_end, gap.b_end) == (len(a), len(b)) and a[i_end - 1] == b[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
    if i_end - i != j_end - j or i_end - i > _NARROWED:
        if i < i_end or j < j_end:
            yield Edit(i, i_end, j, j_end)
        return
    at = 0
    for same, run in groupby(range(i_end - i), key=lambda k: a[i + k] == b[j + k]):
        size = len(list(run))
        if not same:
            yield Edit(i + at, i + at + size, j + at, j + at + size)
        at += size


def build_differences(a: Wording, b: Wording, edits: Sequence[Edit]) -> tuple[Difference, ...]:
    """Edits as spans of the text, from `a` to `b`. One that runs over a cue or brackets is cut there, as none of its words are."""
    found: list[Difference] = []
    for edit in edits:
        one, other = list(_cut(a, edit.a, edit.a_end)), list(_cut(b, edit.b, edit.b_end))
        found += _write(one, other, _find_place(a, edit.a), _find_place(b, edit.b))
    return tuple(found)


def _write(a: list[Span], b: list[Span], a_place: int, b_place: int) -> Iterator[Difference]:
    for one, other in zip_longest(a, b):
        if one is None:
            yield Difference("insert", Span(a_place, a_place), other)
        elif other is None:
            yield Difference("delete", one, Span(b_place, b_place))
        else:
            yield Difference("replace", one, other)
            a_place, b_place = one.end, other.end


def _cut(wording: Wording, start: int, end: int) -> Iterator[Span]:
    """The words from `start` up to `end` as spans, one for each part of the content that they are in."""
    words = wording.words
    while start < end:
        last = bisect_right(words, words[start].part, start, end, key=lambda w: w.part)
        yield Span(words[start].start, words[last - 1].end)
        start = last


def _find_place(wording: Wording, at: int) -> int:
    """Where words would stand that come before word `at`: at the end of the word before, or the beginning of the first."""
    return wording.words[at - 1].end if at else wording.words[0].start


# --- alignment -----------------------------------------------------------------------------------------------------------

Pairs = list[tuple[int, int]]


def _align(a: Sequence[Word], b: Sequence[Word], i: int, j: int) -> Pairs:
    """The words that are the same, as pairs of indices that both grow; `i` and `j` are the indices of the first words."""
    if not a or not b:
        return []
    head, tail = _count_shared_ends([w.form for w in a], [w.form for w in b])
    if max(head, tail) >= _SURE:
        head, tail = (head if head >= _SURE else 0), (tail if tail >= _SURE else 0)
        ends = [(i + len(a) - k, j + len(b) - k) for k in range(tail, 0, -1)]
        middle = _align(a[head : len(a) - tail], b[head : len(b) - tail], i + head, j + head)
        return [*((i + k, j + k) for k in range(head)), *middle, *ends]
    if len(a) * len(b) <= _CELLS:
        return [(i + x, j + y) for x, y in _align_all(a, b)]
    anchors = _find_anchors([w.form for w in a], [w.form for w in b])
    pairs: Pairs = []
    x = y = 0
    for p, q in (*anchors, (len(a), len(b))):
        if (p - x) * (q - y) <= _CELLS:
            pairs += [(i + x + k, j + y + m) for k, m in _align_all(a[x:p], b[y:q])]
        if p < len(a):
            pairs.append((i + p, j + q))
        x, y = p + 1, q + 1
    return pairs


def _count_shared_ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the others both end with."""
    head = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest = min(len(a), len(b)) - head
    return head, next((k for k in range(rest) if a[-1 - k] != b[-1 - k]), rest)


def _find_anchors(a: Sequence[str], b: Sequence[str]) -> Pairs:
    """Words in the same order on both sides that each has once."""
    mine, theirs = Counter(a), Counter(b)
    where = {form: y for y, form in enumerate(b) if theirs[form] == 1}
    return _find_longest_rise([(x, where[form]) for x, form in enumerate(a) if mine[form] == 1 and form in where])


def _find_longest_rise(pairs: Pairs) -> Pairs:
    """The longest part of pairs, in order of the first number, in which the second grows too (patience sorting)."""
    tops: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for index, (_, y) in enumerate(pairs):
        pile = bisect_left(tops, y)
        before.append(at[pile - 1] if pile else None)
        if pile == len(tops):
            tops.append(y)
            at.append(index)
        else:
            tops[pile], at[pile] = y, index
    rise: Pairs = []
    last = at[-1] if at else None
    while last is not None:
        rise.append(pairs[last])
        last = before[last]
    return rise[::-1]


_PAIR_AFTER_PAIR, _UP, _GAP_AFTER_PAIR = 1, 2, 4  # how the best value of a cell came about


def _align_all(a: Sequence[Word], b: Sequence[Word]) -> Pairs:
    """The best alignment of all. `same` holds the best value that ends in a pair, `apart` that ends in words of one side."""
    width, none = len(b) + 1, -(10**9)
    forms = [w.form for w in b]
    same, apart = [none] * width, [0] * width
    steps: list[bytearray] = []
    best, ends = 0, (0, 0)
    for i, word in enumerate(a, 1):
        gain, form = (_CONTENT if word.stem else _LIGHT), word.form
        row, new_same, new_apart = bytearray(width), [none] * width, [0] * width
        for j in range(1, width):
            if forms[j - 1] == form:
                after_pair = same[j - 1] >= apart[j - 1]
                value = new_same[j] = gain + (same[j - 1] if after_pair else apart[j - 1])
                row[j] = _PAIR_AFTER_PAIR if after_pair else 0
                if value > best:
                    best, ends = value, (i, j)
            up, left = max(apart[j], same[j] - _OPENING), max(new_apart[j - 1], new_same[j - 1] - _OPENING)
            if up >= left:
                new_apart[j] = up
                row[j] |= _UP | (_GAP_AFTER_PAIR if same[j] - _OPENING > apart[j] else 0)
            else:
                new_apart[j] = left
                row[j] |= _GAP_AFTER_PAIR if new_same[j - 1] - _OPENING > new_apart[j - 1] else 0
        steps.append(row)
        same, apart = new_same, new_apart
    return _trace(steps, *ends)


def _trace(steps: Sequence[bytearray], i: int, j: int) -> Pairs:
    """The pairs of the best alignment that ends after words `i` and `j`, read back from there."""
    pairs: Pairs = []
    paired = True
    while i and j:
        step = steps[i - 1][j]
        if paired:
            pairs.append((i - 1, j - 1))
            paired = bool(step & _PAIR_AFTER_PAIR)
            i, j = i - 1, j - 1
        else:
            paired = bool(step & _GAP_AFTER_PAIR)
            i, j = (i - 1, j) if step & _UP else (i, j - 1)
    return pairs[::-1]


def _prune(pairs: Pairs) -> Pairs:
    """Without a first or last pair that stands alone, far from all others."""
    first, last = 0, len(pairs)
    while last - first > 2 and _is_far(pairs[first], pairs[first + 1]):
        first += 1
    while last - first > 2 and _is_far(pairs[last - 2], pairs[last - 1]):
        last -= 1
    return pairs[first:last]


def _is_far(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(other[0] - one[0], other[1] - one[1]) > _FAR
