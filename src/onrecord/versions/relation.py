"""Whether two renderings are of one utterance, and which is what to the other.

- *duplicate*: the same words, but for what reported speech turns ("it is" told as "it was") outside quotation marks.
- *truncation*: one is a part of the other: what is missing stood before or after, or where an editor's dots or brackets are.
- *translation*: other words, and one or both are a translation.
- *paraphrase*: other words, and one of the two is in the reporter's.
- *alteration*: other words between quotation marks, or words left out of the middle with nothing to show it.

Words of a partly quoted content outside its quotation marks are the reporter's: they are neither missing nor changed words of the source.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.types import VariantRelation
from onrecord.versions.differences import Edit, find_edits
from onrecord.versions.likeness import Likeness, measure_likeness
from onrecord.versions.rendering import Rendering, is_closely_tied, is_tied, is_told_apart
from onrecord.versions.wording import Wording, is_shift, load_lexicon

_FEW = 5  # telling words up to which all of them must be there
_SHARE = 0.8  # of more telling words, the share that must be there
_SHARE_TRANSLATED = 0.6
_SHARE_CHANGED = 0.75  # of quotations whose words are the same but for a few: of all words on both sides
_SHARE_MUCH = 0.9  # that speaks for one utterance whatever the sources say
_ORDERED = 0.6  # share of the telling words that must be there in order
_ORDERED_STRICT = 0.8
_HELD = 0.8  # share of the words in common that are somebody else's, quoted in it, from which on a content is not compared


@dataclass(frozen=True, slots=True)
class Link:
    """Two renderings of one utterance, in text order, what they are to each other, and what turns the first into the second."""

    a: Rendering
    b: Rendering
    relation: VariantRelation
    edits: tuple[Edit, ...]


def compare(a: Rendering, b: Rendering) -> Link | None:
    """The link between two renderings, `a` before `b` in the text; None where they are not of one utterance."""
    if not is_tied(a, b) or a.meets(b):
        return None
    link = compare_words(a, b, close=is_closely_tied(a, b) or is_told_apart(a, b) or _is_much_alike(a, b))
    opposed = link is not None and link.relation == "paraphrase" and _is_opposed(a.wording, b.wording, link.edits)
    return None if opposed else link


def _is_much_alike(a: Rendering, b: Rendering) -> bool:
    """Whether two quotations have so many telling words in common, one after the other, that whoever gives them gives one utterance."""
    short, long = sorted((a.wording, b.wording), key=lambda w: len(w.core))
    return a.kind == b.kind == "direct" and len(short.core) > _FEW and measure_likeness(short, long).share >= _SHARE_MUCH


def compare_words(a: Rendering, b: Rendering, *, close: bool) -> Link | None:
    """The link between two renderings whose sources do not speak against it, by their words; `close`: whether the sources speak for it."""
    a_short = (len(a.wording.core), len(a.wording.words)) <= (len(b.wording.core), len(b.wording.words))
    short, long = (a, b) if a_short else (b, a)
    likeness = measure_likeness(short.wording, long.wording)
    told = _is_told_translated(short, long)
    if likeness.share < (_SHARE_TRANSLATED if told else _SHARE_CHANGED):
        return None
    all_short = range(len(short.wording.words))
    edits = find_edits(a.wording, b.wording, *((all_short, likeness.near) if a_short else (likeness.near, all_short)))
    kept = _find_kept(edits, len(a.wording.words))
    alike = _is_alike(short, long, likeness, _count_kept(a, b, kept, short), close=close, told=told)
    if not alike and not (close and _is_nearly_same(a, b, len(kept))):
        return None
    if _is_held(a, [i for i, _ in kept]) or _is_held(b, [j for _, j in kept]):
        return None
    edits = _drop_framing(a.wording, b.wording, edits)
    relation = _find_relation(a, b, edits, told=told)
    if not close and relation == "alteration":  # who changed whose words could not be said
        return None
    return Link(a, b, relation, edits)


def _is_told_translated(a: Rendering, b: Rendering) -> bool:
    """Whether two wordings of some length may differ because one is a translation, or both are."""
    if not (a.translated or b.translated):
        return False
    if not (a.kind == b.kind == "direct"):
        return False
    return len(b.wording.words) <= 2 * len(a.wording.words) and len(a.wording.words) <= 2 * len(b.wording.words)


def _find_kept(edits: Sequence[Edit], count: int) -> list[tuple[int, int]]:
    """The words that are the same, as pairs of indices; `count` is that of the first wording's words."""
    kept: list[tuple[int, int]] = []
    i = j = 0
    for edit in edits:
        kept += zip(range(i, edit.a), range(j, edit.b), strict=True)
        i, j = edit.a_end, edit.b_end
    kept += [(i + k, j + k) for k in range(count - i)]
    return kept


def _count_kept(a: Rendering, b: Rendering, kept: Sequence[tuple[int, int]], short: Rendering) -> int:
    """How many of the shorter wording's different telling words are there in order."""
    core = short.wording.core
    words = a.wording.words if short is a else b.wording.words
    return len({words[i if short is a else j].stem for i, j in kept} & core)


def _is_alike(short: Rendering, long: Rendering, likeness: Likeness, ordered: int, *, close: bool, told: bool) -> bool:
    """Whether enough of the shorter wording is in the longer: all of a short one, most of others, and in order."""
    asked, shared = likeness.asked, likeness.shared
    if told:
        return ordered >= max(2, asked * _SHARE_TRANSLATED)
    if shared < asked * (1 if asked <= _FEW else _SHARE):
        return False
    if not close or "indirect" in (short.kind, long.kind):
        return asked > 2 and ordered >= asked * _ORDERED_STRICT
    return ordered >= asked * (_ORDERED if asked > 2 else 1)


def _is_nearly_same(a: Rendering, b: Rendering, kept: int) -> bool:
    """Whether two quotations are the same from end to end but for a few words."""
    return a.kind == b.kind == "direct" and kept >= _SHARE_CHANGED * max(len(a.wording.words), len(b.wording.words)) and kept >= _FEW


def _is_held(rendering: Rendering, kept: Sequence[int]) -> bool:
    """Whether what a content has in common with another is what it quotes of somebody else, and not all that it says."""
    words, starts = rendering.wording.words, [s.start for s in rendering.inside]
    held = 0
    for i in kept if starts else ():
        before = bisect_right(starts, words[i].start) - 1
        held += before >= 0 and words[i].end <= rendering.inside[before].end
    return held > 0 and held >= _HELD * len(kept)


# --- relation --------------------------------------------------------------------------------------------------------------


def _drop_framing(a: Wording, b: Wording, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Without the reporter's own words before the first word in common and after the last: "her as" in 'her as "the only adult"'."""
    kept = []
    for edit in edits:
        head, tail = edit.a == edit.b == 0, (edit.a_end, edit.b_end) == (len(a.words), len(b.words))
        if (head or tail) and not _is_turned(a, b, edit):
            if _is_framing(a, edit.a, edit.a_end):
                edit = Edit(edit.a_end, edit.a_end, edit.b, edit.b_end) if head else Edit(edit.a, edit.a, edit.b, edit.b_end)
            if _is_framing(b, edit.b, edit.b_end):
                edit = Edit(edit.a, edit.a_end, edit.b_end, edit.b_end) if head else Edit(edit.a, edit.a_end, edit.b, edit.b)
        if edit.a < edit.a_end or edit.b < edit.b_end:
            kept.append(edit)
    return tuple(kept)


def _is_framing(wording: Wording, start: int, end: int) -> bool:
    """Whether words are the reporter's, in a content that is partly quoted."""
    return wording.quoted and not any(wording.words[k].quoted for k in range(start, end))


def _find_relation(a: Rendering, b: Rendering, edits: Sequence[Edit], *, told: bool) -> VariantRelation:
    changes = [e for e in edits if not _is_reporters(a.wording, b.wording, e)]
    if not changes:
        return "duplicate"
    if _is_part(changes, b.wording, a.wording, mine="b") or _is_part(changes, a.wording, b.wording, mine="a"):
        return "truncation"
    if told:
        return "translation"
    return "paraphrase" if "indirect" in (a.kind, b.kind) else "alteration"


def _is_opposed(a: Wording, b: Wording, edits: Sequence[Edit]) -> bool:
    """Whether one of two denies, between the words in common, what the other says."""
    inner = [e for e in edits if (e.a or e.b) and (e.a_end, e.b_end) != (len(a.words), len(b.words))]
    denied = [form for e in inner for form in (*a.forms[e.a : e.a_end], *b.forms[e.b : e.b_end]) if form in load_lexicon().negations]
    return len(denied) % 2 == 1


def _is_reporters(a: Wording, b: Wording, edit: Edit) -> bool:
    """Whether an edit is of no words of the source: those of two contents that are partly quoted, or a turn of reported speech."""
    return _is_turned(a, b, edit) or (_is_framing(a, edit.a, edit.a_end) and _is_framing(b, edit.b, edit.b_end))


def _is_turned(a: Wording, b: Wording, edit: Edit) -> bool:
    """Whether reported speech alone accounts for an edit: word for word, and on one side outside quotation marks."""
    if edit.a_end - edit.a != edit.b_end - edit.b:
        return False
    pairs = zip(a.words[edit.a : edit.a_end], b.words[edit.b : edit.b_end], strict=True)
    return all(is_shift(x.form, y.form) and not (x.quoted and y.quoted) for x, y in pairs)


def _is_part(changes: Sequence[Edit], part: Wording, whole: Wording, *, mine: str) -> bool:
    """Whether `part` ("a" or "b" of the changes) has no words of its own, and lacks words at its ends, or at its dots, alone."""
    for edit in changes:
        (first, last), (there, there_last) = (edit.a, edit.a_end), (edit.b, edit.b_end)
        if mine == "b":
            (first, last), (there, there_last) = (there, there_last), (first, last)
        own = first < last
        if own and not _is_framing(part, first, last):
            return False
        at_end = first == 0 or last == len(part.words) or there == 0 or there_last == len(whole.words)
        if not (at_end or own or part.words[last].gap):
            return False
    return True
