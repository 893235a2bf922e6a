"""Through whom: the chain of each statement, from its originator out to the publisher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onrecord.resolve.vocabulary import Vocabulary
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Embed, Hop, Reading, Span

_REACH = 400


def build_chains(
    text: str,
    readings: Sequence[Reading],
    sources: Sequence[str | None],
    originators: Sequence[str | None],
    embeds: Sequence[Embed],
    vocabulary: Vocabulary,
) -> list[tuple[Hop, ...]]:
    """The chain of each reading. `sources` and `originators` are sources' ids: who says it here, and whose words these
    are, where that is somebody else (a translation's, a letter's author).
    """
    media = [find_medium(text, r, None if r.within is None else readings[r.within], embeds, vocabulary) for r in readings]
    return [(*_find_origin(originators[i], sources[i]), *_build_chain(i, readings, sources, media)) for i in range(len(readings))]


def _find_origin(originator: str | None, source: str | None) -> tuple[Hop, ...]:
    return () if originator is None or originator == source else (Hop(originator, None, None),)


def _build_chain(index: int, readings: Sequence[Reading], sources: Sequence[str | None], media: Sequence[str | None]) -> tuple[Hop, ...]:
    """The hops of one statement: itself, the statements that hold it from the inside out, and the publisher."""
    hops: list[Hop] = []
    at: int | None = index
    while at is not None:
        hops.append(Hop(sources[at], f"s{at + 1}", media[at]))
        at = readings[at].within
    return (*hops, Hop("publisher", None, None))


def find_medium(text: str, reading: Reading, holder: Reading | None, embeds: Sequence[Embed], vocabulary: Vocabulary) -> str | None:
    """Where it was said, if the words of its own sentence around its content tell, inside the content of its holder if it has
    one; a post's platform for a post.
    """
    if reading.embed is not None:
        return embeds[reading.embed].platform
    if not reading.cue:
        return None
    around = _find_sentence(text, reading)
    within = (
        [around]
        if holder is None
        else [Span(max(s.start, around.start), min(s.end, around.end)) for s in holder.content if s.meets(around)]
    )
    told = " ".join(part.of(text) for span in within for part in _cut_out(span, reading.content))
    return next((medium for pattern, medium in vocabulary.media if pattern.search(told)), None)


def _cut_out(span: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """What is left of `span` between the holes, which are in order."""
    at = span.start
    for hole in sorted(holes):
        if at < hole.start and hole.start <= span.end:
            yield Span(at, hole.start)
        at = max(at, hole.end)
    if at < span.end:
        yield Span(at, span.end)


def _find_sentence(text: str, reading: Reading) -> Span:
    """From the start of the sentence that the cue or source begins in to the end of the one that it ends in."""
    parts = [*reading.cue, *reading.source]
    start, end = min(p.start for p in parts), max(p.end for p in parts)
    return Span(find_sentence_start(text, start, _REACH), find_sentence_end(text, end, _REACH))
