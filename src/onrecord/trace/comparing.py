"""Two statements of different articles: whether they are of one utterance, and what one is to the other.

The words are compared as they are inside a document (`versions`); what differs is who is behind them. Names that agree, or are open,
let words speak that are mostly the same; where two named people have nothing to do with each other, only long words that are the
same nearly throughout are looked at as one utterance, and the change of source is flagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from onrecord.trace.told import Tie, Told, find_tie
from onrecord.types import Difference, VariantRelation
from onrecord.versions.differences import Edit, build_differences
from onrecord.versions.relation import Link, compare_words

_LONG = 6  # telling words from which on nearly the same words are no chance
_APART = 8  # the same where two named people have them
_SAME = 0.9  # share of those that must be there then


@dataclass(frozen=True, slots=True)
class Match:
    """Two statements of one utterance: what the second is to the first, by which edits, and how their sources stand to each other."""

    a: Told
    b: Told
    relation: VariantRelation
    edits: tuple[Edit, ...]
    tie: Tie

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The edits as spans of the words of both."""
        return build_differences(self.a.wording, self.b.wording, self.edits)


def compare(a: Told, b: Told) -> Match | None:
    """What `b` is to `a`; None where they are not of one utterance."""
    tie = find_tie(a, b)
    link = compare_words(a.rendering, b.rendering, close=tie == "same")
    if link is None or not _is_enough(a, b, link, tie):
        return None
    return Match(a, b, link.relation, link.edits, tie)


def _is_enough(a: Told, b: Told, link: Link, tie: Tie) -> bool:
    """Whether words are so many and so much the same that the sources, which do not speak for it, need not."""
    if tie == "same" or (tie == "open" and "indirect" not in (a.kind, b.kind)):
        return True
    shared = _count_shared(a, b, link.edits)
    least = min(len(a.wording.core), len(b.wording.core))
    return shared >= (_APART if tie == "apart" else _LONG) and shared >= _SAME * least


def _count_shared(a: Told, b: Told, edits: Sequence[Edit]) -> int:
    """How many different telling words stand in both at aligned places."""
    words, at, kept = a.wording.words, 0, set()
    for edit in (*edits, Edit(len(words), len(words), 0, 0)):
        kept |= {word.stem for word in words[at : edit.a] if word.stem}
        at = max(at, edit.a_end)
    return len(kept)
