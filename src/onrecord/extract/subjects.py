"""The subject of a verb, read backwards from it: enough grammar to name a source where the model named none.

Words are taken from the verb back to what cannot stand inside a noun phrase; what stands between commas before the verb is passed over.
It gives nothing rather than a guess that reaches over a clause. A parser would do more, and costs more than the model itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from onrecord.extract.cues import Cues, load_cues
from onrecord.types import Span

_TOKEN = re.compile(r"\w[\w’'.-]*|[^\w\s]|’s|'s")
_SHORTENED = re.compile(r"(?<=\w)[’'](?:s|d|ve|ll|re|m)\Z")
_REACH = 240  # code points that are looked back
_LONGEST = 10  # words of a noun phrase


@dataclass(frozen=True, slots=True)
class Said:
    """A verb with what stands between it and its subject, and the subject, if one is found."""

    source: tuple[Span, ...]
    cue: Span


def find_subject(text: str, start: int, verb: Span) -> Said:
    """The subject of `verb` and the verb's whole group; nothing before `start` is read."""
    cues = load_cues()
    low = max(start, verb.start - _REACH)
    tokens = [Span(*m.span()) for m in _TOKEN.finditer(text, low, verb.start)]
    words = [t.of(text).lower() for t in tokens]
    at = len(tokens)
    while at and (_is_between(words[at - 1], cues) or (words[at - 1].endswith("ly") and at > 1)):
        at -= 1
    cue = Span(tokens[at].start if at < len(tokens) else verb.start, verb.end)
    at, last = _take_age(words, _pass_over(words, at), at)
    first = _find_first(words, at, cues)
    if first >= at:
        return Said((), cue)
    source = Span(tokens[first].start, tokens[last - 1].end)
    if short := _SHORTENED.search(text, source.start, source.end):
        return Said((Span(source.start, short.start()),), Span(short.start(), cue.end) if source.end + 1 >= cue.start else cue)
    return Said((source,), cue)


def _pass_over(words: list[str], at: int) -> int:
    """Before what stands between two commas, dashes or brackets right in front of `at`."""
    if not at or words[at - 1] not in (",", ")", "—", "–"):
        return at
    opening = "(" if words[at - 1] == ")" else words[at - 1]
    before = at - 2
    while before >= 0 and words[before] != opening:
        if words[before] in ("“", "”", ":", ";"):
            return 0
        before -= 1
    return max(0, before)


def _is_between(word: str, cues: Cues) -> bool:
    """Whether a word may stand between a subject and its verb."""
    return word in cues.auxiliaries or word in cues.adverbs or word in cues.days


def _take_age(words: list[str], at: int, before: int) -> tuple[int, int]:
    """Where the name ends, and where its bearer's age does: "Ana Vell, 43, said", "Ana Vell, 43, a baker, said"; of what ends at `at`, with
    what was passed over up to `before`.
    """
    if before - at == 3 and words[at + 1].isdigit():
        return at, at + 2
    if at > 2 and words[at - 1].isdigit() and words[at - 2] == ",":
        return at - 2, at
    return at, at


def _find_first(words: list[str], at: int, cues: Cues) -> int:
    """The index of the first word of the noun phrase that ends before `at`; `at` where there is none."""
    first = at
    while first and at - first < _LONGEST:
        word = words[first - 1]
        if first == at and (word in cues.pronouns or word in cues.relatives):
            return first - 1
        if not word[0].isalnum() or word in cues.breaks or word in cues.relatives or word in cues.known or word in cues.auxiliaries:
            break
        first -= 1
        if word in cues.determiners and words[first - 1 : first] != ["of"]:
            break
    return _leave_out_time(words, first, at, cues)


def _leave_out_time(words: list[str], first: int, at: int, cues: Cues) -> int:
    """Without a preposition in front: "on Monday" and the like are no part of the subject, and a phrase alone is none."""
    if first < at and words[first] in cues.prepositions:
        return at
    if 0 < first < at and words[first - 1] in cues.prepositions and words[first] in cues.determiners:
        earlier = first - 1
        head = _find_first(words[:earlier], earlier, cues) if earlier else earlier
        return head if head < earlier else first
    return first
