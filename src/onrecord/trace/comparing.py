"""Two statements of different articles: whether they are of one utterance, and what one is to the other.

The words are compared as they are inside a document (`versions`); what differs is who is behind them. Names that agree, or are open,
let words speak that are mostly the same; where two named people have nothing to do with each other, only long words that are the
same nearly throughout are looked at as one utterance, and the change of source is flagged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from onrecord.trace.told import Tie, Told, count_days, find_tie
from onrecord.types import Difference, VariantRelation
from onrecord.versions.differences import Edit, build_differences, find_edits
from onrecord.versions.relation import Link, compare_words
from onrecord.versions.wording import Word, Wording, is_shift, load_lexicon

_FEWEST = 3  # telling words that two quotations of one source share at least, as do the very same words
_FEWEST_TOLD = 5  # the same where one is in the reporter's words, or where neither has a source: less is what everybody calls a thing
_RUN = 6  # words in a row that are the same from which on what is partly quoted is as good as a quotation
_OTHER = 8  # telling words from which on nearly the same words are no chance where the sources are not shown to be the same
_SAME = 0.9  # share of those that must be there then
_SIMILAR = 0.7  # how long one of them is at least, to the other
_CHANGED = 5  # telling words that must be the same for each that is changed
_CHANGED_IN_PART = 8  # the same where one is but a part of the other
_PART = 0.7  # of the longer one's telling words, below which the shorter is a part
_FEW = 7  # telling words up to which a part must be near its whole in time
_DAYS = 14  # apart, at most
_AT_ONCE = 3  # the same where both are in the reporter's words: what somebody calls for is called the same for weeks
_SAME_DAY = 1  # apart at most, where the very same words of nobody in particular are one report
_LIGHT = 0.5  # what a light word that is changed counts, or one that stands elsewhere
_OMITTED = 0.5  # what each word counts that one lacks in its middle, with nothing in its place
_BEYOND = 0.5  # what each word counts that the shorter has before the longer one's beginning, or after its end
_SPELLING = 0.8  # likeness of two words from which on one is another spelling or form of the other


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
    if tie == "apart" and not _SIMILAR * len(a.words) <= len(b.words) <= len(a.words) / _SIMILAR:
        return None
    link = compare_words(a.rendering, b.rendering, close=tie == "same")
    if link is None or not _is_enough(a, b, link, tie) or not _is_timely(a, b, link):
        return None
    return Match(a, b, link.relation, link.edits, tie)


def count_spells(a: Told, b: Told) -> int:
    """How far apart two statements are in time, as far as comparing them asks: those of one wording and one spell compare alike."""
    return bisect_left((_SAME_DAY, _AT_ONCE, _DAYS), count_days(a, b))


def compare_reworded(a: Told, b: Told) -> Match:
    """What `b` is to `a`, of which it is known by their meaning that they are of one utterance."""
    edits = find_edits(a.wording, b.wording, range(len(a.wording.words)), range(len(b.wording.words)))
    return Match(a, b, "translation" if a.translated or b.translated else "paraphrase", edits, find_tie(a, b))


def _is_enough(a: Told, b: Told, link: Link, tie: Tie) -> bool:
    """Whether words are so many and so much the same that what speaks against it (changed words, sources) is outweighed."""
    shared = _count_shared(a, b, link.edits)
    sizes = sorted((len(a.wording.core), len(b.wording.core)))
    verbatim = a.wording.forms == b.wording.forms
    if link.relation != "translation":
        factor = _CHANGED if sizes[0] >= _PART * sizes[1] else _CHANGED_IN_PART
        if shared < factor * _count_changed(a.wording, b.wording, link.edits):
            return False
    if not (a.document and b.document):
        return True
    if tie == "same":
        quoted = a.kind == b.kind == "direct" or ("indirect" not in (a.kind, b.kind) and _count_run(a.wording, link.edits) >= _RUN)
        return shared >= (_FEWEST if verbatim or quoted else _FEWEST_TOLD)
    if not (a.source or b.source) or (tie != "apart" and verbatim and count_days(a, b) <= _SAME_DAY):
        return shared >= _FEWEST_TOLD
    soon = tie != "apart" and "indirect" not in (a.kind, b.kind) and count_days(a, b) <= _DAYS
    return shared >= (_FEWEST_TOLD if soon else _OTHER) and shared >= _SAME * sizes[0]


def _is_timely(a: Told, b: Told, link: Link) -> bool:
    """Whether a few words are near enough in time: a part of the other's, or a report's own words, are as likely said anew a year later."""
    sizes = sorted((len(a.wording.core), len(b.wording.core)))
    quoted = a.kind == b.kind == "direct" and sizes[0] >= _PART * sizes[1]  # who is quoted in full may be quoted again
    most = _AT_ONCE if a.kind == b.kind == "indirect" else _DAYS
    return quoted or _count_shared(a, b, link.edits) > _FEW or count_days(a, b) <= most


def _count_shared(a: Told, b: Told, edits: Sequence[Edit]) -> int:
    """How many different telling words stand in both at aligned places, or were moved; of a content that is mostly quoted, the quoted
    ones.
    """
    words, at, kept = a.wording.words, 0, set(_find_moved(a.wording, b.wording, edits))
    for edit in (*edits, Edit(len(words), len(words), 0, 0)):
        kept |= {word.stem for word in words[at : edit.a] if word.stem}
        at = max(at, edit.a_end)
    return len(kept & a.wording.core & b.wording.core)


def _count_run(a: Wording, edits: Sequence[Edit]) -> int:
    """The most words in a row that are the same."""
    edges = [0, *(at for edit in edits for at in (edit.a, edit.a_end)), len(a.words)]
    return max((end - start for start, end in zip(edges[::2], edges[1::2], strict=True)), default=0)


def _find_moved(a: Wording, b: Wording, edits: Sequence[Edit]) -> frozenset[str]:
    """The telling words that are missing at one place and added at another."""
    gone = Counter(word.stem for edit in edits for word in a.words[edit.a : edit.a_end] if word.stem)
    come = Counter(word.stem for edit in edits for word in b.words[edit.b : edit.b_end] if word.stem)
    return frozenset(stem for stem, many in gone.items() if come[stem] == many)


def _count_changed(a: Wording, b: Wording, edits: Sequence[Edit]) -> float:
    """How many words have others in their place, or none where nothing shows it; light ones and those that were moved count little, other
    forms of a word nothing.
    """
    moved, changed = _find_moved(a, b, edits), 0.0
    for edit in edits:
        was, now = a.words[edit.a : edit.a_end], b.words[edit.b : edit.b_end]
        gone, come = find_replaced(was, now), find_replaced(now, was)
        weight = max(_weigh(gone, moved), _weigh(come, moved))
        if not is_cut(edit, a, b) and not (_is_at_end(edit, a, b) and not (gone and come)):
            changed += weight if was and now else weight * _OMITTED
        elif bool(gone) == (len(a.words) <= len(b.words)):  # the part goes on where the whole has ended
            changed += weight * _BEYOND
    return changed


def _weigh(words: Sequence[Word], moved: Collection[str]) -> float:
    """How much words count that are changed; light ones beside one that was moved went with it."""
    negations = load_lexicon().negations
    went_along = any(word.stem in moved for word in words)
    heavy = [word for word in words if word.stem or word.form in negations]
    light = 0 if went_along else len(words) - len(heavy)
    return sum(_LIGHT if word.stem in moved else 1.0 for word in heavy) + _LIGHT * light


def is_cut(edit: Edit, a: Wording, b: Wording) -> bool:
    """Whether words are missing on one side, and nothing stands there instead: at an end, or at an editor's dots."""
    if edit.a < edit.a_end and edit.b < edit.b_end:
        return False
    if _is_at_end(edit, a, b):
        return True
    lacking, at = (b, edit.b) if edit.b == edit.b_end else (a, edit.a)
    return at in (0, len(lacking.words)) or lacking.words[at].gap


def _is_at_end(edit: Edit, a: Wording, b: Wording) -> bool:
    return (edit.a == edit.b == 0) or (edit.a_end == len(a.words) and edit.b_end == len(b.words))


def find_replaced(words: Sequence[Word], others: Sequence[Word]) -> list[Word]:
    """The words that no other is a form or a spelling of."""
    return [word for word in words if not any(_is_one_word(word, other) for other in others)]


def _is_one_word(one: Word, other: Word) -> bool:
    if is_shift(one.form, other.form) or (one.stem and one.stem == other.stem):
        return True
    return (
        one.form[:1] == other.form[:1] and not one.form[:1].isdigit() and SequenceMatcher(None, one.form, other.form).ratio() >= _SPELLING
    )
