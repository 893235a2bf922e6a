"""Who passed words on without a statement of their own: "the Herald reported, citing two officials", "first reported by the Herald"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.resolve.media import Lexicon, cut_out, find_around, load_lexicon
from onrecord.resolve.who.entities import Entity, Gathered
from onrecord.types import Reading, Span

_BEFORE = 80  # code points before a name in which words of passing on are looked for
_AFTER = 40
_NAMES = 24  # mentions of a sentence that are looked at


@dataclass(frozen=True, slots=True)
class Relay:
    """Whose words a statement passes on, and who passed it on in turn, where its sentence tells either."""

    originator: Entity | None = None
    through: Entity | None = None

    @property
    def people(self) -> tuple[Entity, ...]:
        return tuple(e for e in (self.originator, self.through) if e is not None)


def find_relays(text: str, readings: Sequence[Reading], gathered: Gathered) -> list[Relay]:
    """For each reading who else its words went through."""
    lexicon = load_lexicon()
    starts = [m.span.start for m in gathered.mentions]
    return [
        _find_relay(text, reading, speaker, gathered, starts, lexicon) if reading.cue or reading.source else Relay()
        for reading, speaker in zip(readings, gathered.speakers, strict=True)
    ]


def _find_relay(text: str, reading: Reading, speaker: Entity | None, gathered: Gathered, starts: Sequence[int], lexicon: Lexicon) -> Relay:
    originator = through = None
    outside = list(cut_out(find_around(text, reading), reading.content))
    for place in outside:
        first = bisect_left(starts, place.start)
        for mention, entity in zip(gathered.mentions[first : first + _NAMES], gathered.entities[first : first + _NAMES], strict=True):
            if mention.span.end > place.end:
                break
            whose = entity.follow()
            if whose is speaker or mention.form == "pronoun":
                continue
            if originator is None and _is_told(text, mention.span, place, lexicon.originators):
                originator = whose
            elif through is None and whose.kind != "person" and _is_told(text, mention.span, place, lexicon.passing):
                through = whose
    return Relay(originator, through)


def _is_told(text: str, name: Span, place: Span, patterns: Sequence[tuple[re.Pattern[str], re.Pattern[str]]]) -> bool:
    ahead, behind = text[max(place.start, name.start - _BEFORE) : name.start], text[name.end : min(place.end, name.end + _AFTER)]
    return any(before.search(ahead) and after.match(behind) for before, after in patterns)
