"""Text cut at the edges of spans: where statements are inside one another and cross paragraphs, as in formats that nest elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onrecord.types import Json


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and the marks that it lies in, the outermost first: the number of each span among those that were given."""

    start: int
    end: int
    inside: tuple[int, ...]


def cut(spans: Sequence[Json], start: int, end: int) -> Iterator[Piece]:
    """The text from `start` to `end` in pieces. A span in another is below it; of two that cross, the one that begins first is above."""
    here = [n for n, span in enumerate(spans) if span["start"] < end and span["end"] > start]
    order = sorted(here, key=lambda n: (spans[n]["start"], -spans[n]["end"], n))
    edges = sorted({start, end, *(min(max(spans[n][edge], start), end) for n in here for edge in ("start", "end"))})
    for first, last in pairwise(edges):
        yield Piece(first, last, tuple(n for n in order if spans[n]["start"] <= first and spans[n]["end"] >= last))
