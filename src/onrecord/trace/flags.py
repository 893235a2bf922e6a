"""What of a version a person should look at: where it may say something else than an earlier one does.

A number altered, a negation lost or added, a telling word replaced between quotation marks, the same words from another source. A flag is no
verdict: the later version may be the right one. Other spellings and other forms of a word are not flagged, nor are words in a
translation, which has its own; its numbers and negations are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from onrecord.trace.comparing import Match
from onrecord.types import Json, Span
from onrecord.versions.differences import Edit
from onrecord.versions.wording import Word, Wording, is_shift, load_lexicon

FlagKind = Literal["number", "negation", "word", "source"]
_SPELLING = 0.8  # likeness of two words from which on one is another spelling or form of the other


@dataclass(frozen=True, slots=True)
class Flag:
    """A change of sense from an earlier version to a later one; spans of the words of each, empty where there is nothing on that side."""

    kind: FlagKind
    was: str
    now: str
    a: Span = Span(0, 0)
    b: Span = Span(0, 0)

    def to_dict(self) -> Json:
        sides = {"was": (self.a, self.was), "now": (self.b, self.now)}
        return {"kind": self.kind, **{name: {"start": s.start, "end": s.end, "text": text} for name, (s, text) in sides.items()}}


def find_flags(match: Match) -> tuple[Flag, ...]:
    """What a person should look at in `match.b`, which is later than `match.a`, in the order of the words."""
    flags = [flag for edit in match.edits for flag in _judge(match, edit)]
    if match.tie == "apart":
        flags.append(Flag("source", match.a.source or "", match.b.source or ""))
    return tuple(flags)


def _judge(match: Match, edit: Edit) -> Iterator[Flag]:
    a, b = match.a.wording, match.b.wording
    was, now = a.words[edit.a : edit.a_end], b.words[edit.b : edit.b_end]
    if _is_cut(edit, a, b):
        return
    kind = _find_kind(match, was, now)
    if kind is not None:
        yield Flag(kind, *(_say(*side) for side in ((match.a.words, was), (match.b.words, now))), _span(was), _span(now))


def _is_cut(edit: Edit, a: Wording, b: Wording) -> bool:
    """Whether words are missing on one side, and nothing stands there instead: at an end, or at an editor's dots."""
    if edit.a < edit.a_end and edit.b < edit.b_end:
        return False
    if (edit.a == edit.b == 0) or (edit.a_end == len(a.words) and edit.b_end == len(b.words)):
        return True
    lacking, at = (b, edit.b) if edit.b == edit.b_end else (a, edit.a)
    return at in (0, len(lacking.words)) or lacking.words[at].gap


def _find_kind(match: Match, was: Sequence[Word], now: Sequence[Word]) -> FlagKind | None:
    if sorted(w.form for w in was if _is_number(w)) != sorted(w.form for w in now if _is_number(w)):
        return "number"
    if _count_negations(was) % 2 != _count_negations(now) % 2:
        return "negation"
    if match.relation == "alteration" and _is_replaced(was, now):
        return "word"
    return None


def _is_number(word: Word) -> bool:
    return word.form[:1].isdigit()


def _count_negations(words: Sequence[Word]) -> int:
    return sum(word.form in load_lexicon().negations for word in words)


def _is_replaced(was: Sequence[Word], now: Sequence[Word]) -> bool:
    """Whether a telling word stands in the place of another, or of none."""
    old, new = ([w for w in words if w.stem] for words in (was, now))
    lost = [w for w in old if not any(_is_one_word(w, other) for other in new)]
    come = [w for w in new if not any(_is_one_word(w, other) for other in old)]
    return bool(lost or come)


def _is_one_word(one: Word, other: Word) -> bool:
    if one.stem == other.stem or is_shift(one.form, other.form):
        return True
    return one.form[:1] == other.form[:1] and SequenceMatcher(None, one.form, other.form).ratio() >= _SPELLING


def _span(words: Sequence[Word]) -> Span:
    return Span(words[0].start, words[-1].end) if words else Span(0, 0)


def _say(text: str, words: Sequence[Word]) -> str:
    return _span(words).of(text)
