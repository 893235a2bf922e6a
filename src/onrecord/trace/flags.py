"""What of a version a person should look at: where it may say something else than an earlier one does.

A number altered, a negation lost or added, a telling word replaced between quotation marks, the same words from another source. A flag is
no verdict: the later version may be the right one. Other spellings and other forms of a word are not flagged, nor are words in a
translation, which has its own; its numbers and negations are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.trace.comparing import Match, find_replaced, is_cut
from onrecord.types import Json, Span
from onrecord.versions.differences import Edit
from onrecord.versions.wording import Word, load_lexicon

_NOWHERE = Span(0, 0)
FlagKind = Literal["number", "negation", "word", "source"]


@dataclass(frozen=True, slots=True)
class Flag:
    """A change of sense from an earlier version to a later one; spans of the words of each, empty where there is nothing on that side."""

    kind: FlagKind
    was: str
    now: str
    a: Span  # of the words, not of a source's name
    b: Span

    def to_dict(self) -> Json:
        sides = {"was": (self.a, self.was), "now": (self.b, self.now)}
        return {"kind": self.kind, **{name: {"start": s.start, "end": s.end, "text": text} for name, (s, text) in sides.items()}}


def find_flags(match: Match) -> tuple[Flag, ...]:
    """What a person should look at in `match.b`, which is later than `match.a`, in the order of the words."""
    reworded = match.relation in ("translation", "paraphrase")
    flags = list(_judge_whole(match)) if reworded else [flag for edit in match.edits for flag in _judge(match, edit)]
    if match.tie == "apart":
        flags.append(Flag("source", match.a.source or "", match.b.source or "", _NOWHERE, _NOWHERE))
    return tuple(flags)


def _judge(match: Match, edit: Edit) -> Iterator[Flag]:
    a, b = match.a.wording, match.b.wording
    was, now = a.words[edit.a : edit.a_end], b.words[edit.b : edit.b_end]
    if is_cut(edit, a, b):
        return
    kind = _find_kind(match, was, now)
    if kind is not None:
        yield _build_flag(kind, match, was, now)


def _build_flag(kind: FlagKind, match: Match, was: Sequence[Word], now: Sequence[Word]) -> Flag:
    a, b = _find_span(was), _find_span(now)
    return Flag(kind, a.of(match.a.words), b.of(match.b.words), a, b)


def _judge_whole(match: Match) -> Iterator[Flag]:
    """What two wordings differ in that have other words anyway: their numbers, and whether they deny."""
    was, now = match.a.wording.words, match.b.wording.words
    lost, come = (
        [w for w in mine if _is_number(w) and w.form not in {o.form for o in others}] for mine, others in ((was, now), (now, was))
    )
    if lost and come:
        yield _build_flag("number", match, lost[:1], come[:1])
    denials = [[w for w in words if w.form in load_lexicon().negations] for words in (was, now)]
    if len(denials[0]) % 2 != len(denials[1]) % 2:
        yield _build_flag("negation", match, denials[0][:1], denials[1][:1])


def _find_kind(match: Match, was: Sequence[Word], now: Sequence[Word]) -> FlagKind | None:
    if sorted(w.form for w in was if _is_number(w)) != sorted(w.form for w in now if _is_number(w)):
        return "number"
    if _count_negations(was) % 2 != _count_negations(now) % 2:
        return "negation"
    if match.relation == "alteration" and _is_replaced(was, now):
        return "word"
    return None


def _is_number(word: Word) -> bool:
    return word.form[:1].isdigit() and bool(word.stem)  # "one" is seldom a number


def _count_negations(words: Sequence[Word]) -> int:
    return sum(word.form in load_lexicon().negations for word in words)


def _is_replaced(was: Sequence[Word], now: Sequence[Word]) -> bool:
    """Whether a telling word stands in the place of another, or of none."""
    return any(word.stem for word in (*find_replaced(was, now), *find_replaced(now, was)))


def _find_span(words: Sequence[Word]) -> Span:
    return Span(words[0].start, words[-1].end) if words else _NOWHERE
