"""Through whom: the chain of each statement, from its originator out to the publisher."""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.resolve.vocabulary import Vocabulary
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Embed, Hop, Reading, Span

_REACH = 400


def build_chain(index: int, readings: Sequence[Reading], sources: Sequence[str | None], media: Sequence[str | None]) -> tuple[Hop, ...]:
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
    told = "".join(text[i] if _is_outside(i, reading, holder) else " " for i in range(around.start, around.end))
    return next((medium for pattern, medium in vocabulary.media if pattern.search(told)), None)


def _is_outside(at: int, reading: Reading, holder: Reading | None) -> bool:
    """Whether a code point is the holder's words (or the report's own) around a statement, not the statement's."""
    return not any(s.start <= at < s.end for s in reading.content) and (
        holder is None or any(s.start <= at < s.end for s in holder.content)
    )


def _find_sentence(text: str, reading: Reading) -> Span:
    """From the start of the sentence that the cue or source begins in to the end of the one that it ends in."""
    parts = [*reading.cue, *reading.source]
    start, end = min(p.start for p in parts), max(p.end for p in parts)
    return Span(find_sentence_start(text, start, _REACH), find_sentence_end(text, end, _REACH))
