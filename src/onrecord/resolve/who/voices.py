"""Whose words these are: at every place of a text, who says "I" there, and to whom.

Inside quotation marks, in an embedded post and in a turn of talk it is the statement's source; elsewhere it is the author.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.types import Reading, Span

_TALK = 25  # turns on either side whose speakers count as those who talk with one another
_DEPTH = 12  # voices that begin before a place, looked at


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch in one voice: the index of the reading whose source speaks, and of the turn of talk that answers, if it is one."""

    span: Span
    reading: int
    hearer: int | None = None


class Voices:
    """The voices of a document, found by place."""

    def __init__(self, text: str, readings: Sequence[Reading]) -> None:
        self.readings = readings
        turns = [i for i, r in enumerate(readings) if is_turn(r)]
        labels = {i: readings[i].source[0].of(text) for i in turns}
        voices = []
        for i, reading in enumerate(readings):
            if i in labels or reading.embed is not None or reading.kind != "indirect":
                hearer = _find_hearer(text, readings, turns, labels, i) if i in labels else None
                voices += [
                    Voice(span, i, hearer) for span in reading.content if i in labels or reading.embed is not None or _is_quoted(text, span)
                ]
        self._voices = sorted(voices, key=lambda v: (v.span.start, -v.span.end))
        self._starts = [v.span.start for v in self._voices]

    def find(self, at: int) -> Voice | None:
        """The innermost voice at code point `at`; None where the author speaks."""
        last = bisect_right(self._starts, at)
        for k in range(last - 1, max(-1, last - 1 - _DEPTH), -1):
            if at < self._voices[k].span.end:
                return self._voices[k]
        return None


def is_turn(reading: Reading) -> bool:
    """Whether a reading is a turn of talk: no cue, its source a label before what is said, and no doubt, as with a headline's label."""
    is_labelled = bool(reading.source) and reading.source[0].end < reading.content[0].start
    return not reading.cue and reading.embed is None and is_labelled and reading.confidence == 1


def _is_quoted(text: str, span: Span) -> bool:
    return text[span.start] in "\"'“‘«„" or text[span.end - 1] in "\"'”’»"


def _find_hearer(text: str, readings: Sequence[Reading], turns: Sequence[int], labels: dict[int, str], index: int) -> int | None:
    """A turn of the one who is spoken to: who answers a question, of two speakers the other, of more who speaks before and after."""
    at = bisect_left(turns, index)
    speakers = {labels[t] for t in turns[max(0, at - _TALK) : at + _TALK]}
    others = [t for t in (*turns[at + 1 : at + 2], *turns[max(0, at - 1) : at]) if labels[t] != labels[index]]
    asks = text[readings[index].content[-1].start : readings[index].content[-1].end].rstrip("\"'”’) ").endswith("?")
    if asks or len(speakers) == 2 or (len(others) == 2 and labels[others[0]] == labels[others[1]]):
        return others[0] if others else None
    return None
