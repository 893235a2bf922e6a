"""The statements of a text by where their parts stand, so that what stands beside some words is found without looking at them all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import takewhile

from onrecord.resolve.who.entities import Entity, Gathered, fold_name
from onrecord.types import Embed, Reading, Span


class Said:
    """The readings of one document, indexed. Everything that is given back is a reading's index."""

    def __init__(self, readings: Sequence[Reading], gathered: Gathered, embeds: Sequence[Embed]) -> None:
        self.readings, self.speakers, self.embeds = readings, gathered.speakers, embeds
        self.cues = sorted((s, i) for i, r in enumerate(readings) for s in r.cue)
        self.contents = sorted((s, i) for i, r in enumerate(readings) for s in r.content)
        self.in_embed: dict[int, list[int]] = {}
        self.inside: dict[int, list[int]] = {}
        self.by_speaker: dict[int, list[int]] = {}  # by the `id()` of the source
        for i, reading in enumerate(readings):
            if reading.embed is not None:
                self.in_embed.setdefault(reading.embed, []).append(i)
            if (speaker := gathered.speakers[i]) is not None:
                self.by_speaker.setdefault(id(speaker), []).append(i)
            if reading.within is not None:
                self.inside.setdefault(reading.within, []).append(i)
        self._names: dict[tuple[str, ...], Entity] = {}
        self._handles: dict[str, Entity] = {}
        for entity in reversed(gathered.entities) if embeds else ():
            self._names.update({fold_name(n): entity for n in entity.names if entity.named})
            self._handles.update(dict.fromkeys(entity.handles, entity))

    def find_cues(self, around: Span) -> list[tuple[Span, int]]:
        """The cues that begin in `around`, with their readings, in text order."""
        first = bisect_left(self.cues, around.start, key=lambda c: c[0].start)
        return list(takewhile(lambda c: c[0].start < around.end, self.cues[first : first + 40]))

    def find_contents(self, around: Span) -> list[int]:
        """The readings with a content that begins in `around`."""
        first = bisect_left(self.contents, around.start, key=lambda c: c[0].start)
        return [i for _, i in takewhile(lambda c: c[0].start < around.end, self.contents[first : first + 40])]

    def find_embed_after(self, at: int) -> int | None:
        """The first embed that begins at `at` or later, or that holds it."""
        index = bisect_right(self.embeds, at, key=lambda e: e.span.end)
        return index if index < len(self.embeds) else None

    def find_owner(self, embed: int) -> Entity | None:
        """Whose post an embed is: the source of its statement, else the bearer of its handle or name."""
        speaker = next((s for i in self.in_embed.get(embed, ()) if self.readings[i].within is None and (s := self.speakers[i])), None)
        shown = self.embeds[embed]
        return speaker or self._handles.get(shown.handle or "") or (self._names.get(fold_name(shown.author)) if shown.author else None)

    def list_nested(self, index: int) -> Iterator[int]:
        """The readings inside a reading's content, at any depth."""
        waiting = list(self.inside.get(index, ()))
        while waiting:
            inner = waiting.pop()
            yield inner
            waiting += self.inside.get(inner, ())
