"""Those whom a lead only describes, and who turn out to be somebody named further down."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onrecord.resolve.who.entities import Entity
from onrecord.types import Reading, Span

_STEM = 5  # letters by which words of two contents are compared
_LEADS = 12  # statements after a lead among which the one that it sums up is looked for
_TELLING = 3  # words that make a lead's content one statement's


def find_leads(text: str, readings: Sequence[Reading], speakers: Sequence[Entity | None]) -> list[tuple[Entity, Entity]]:
    """Somebody whom a lead only describes ("A harbour official has offered boats"), and the one who makes that very statement
    later on, by name: the same cue, and half of the lead's words again.
    """
    found = []
    for i, (reading, entity) in enumerate(zip(readings, speakers, strict=True)):
        if entity is None or entity.named or entity.plural or entity.kind != "unnamed" or not reading.source or not reading.cue:
            continue
        words, cue = _list_stems(text, reading.content), _list_stems(text, reading.cue)
        later = [
            speaker
            for other, speaker in zip(readings[i + 1 : i + 1 + _LEADS], speakers[i + 1 : i + 1 + _LEADS], strict=True)
            if speaker is not None and speaker.named and speaker.kind == "person" and other.cue
            and cue & _list_stems(text, other.cue)
            and 2 * len(words & _list_stems(text, other.content)) >= len(words)
        ]  # fmt: skip
        if len(words) >= _TELLING and len(set(later)) == 1:
            found.append((entity, later[0]))
    return found


def _list_stems(text: str, spans: Sequence[Span]) -> set[str]:
    return {w[:_STEM] for span in spans for w in re.findall(r"[^\W\d_]{4,}", span.of(text).lower())}
