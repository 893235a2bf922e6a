"""What the model has read of a document: relations at every depth, and the states that predicates are judged by.

Words are read once. The tag head says where cues begin whose relations stand in no content, and another where those begin that stand
inside one; what belongs to them is read alike, so which content holds which relation is left to see, and is seen by where they stand
(`Known.find_inside`). An alternative was to read every content again as if it stood alone: it needs no labels of relations inside contents,
which PolNeAR does not mark, but nearly half of all words are inside contents, so reading took almost twice as long.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from onrecord.extract.certainty import judge_sentences
from onrecord.extract.decode import Relation, build_relation, share_out
from onrecord.extract.model import Floats, Model
from onrecord.extract.quotes import Place
from onrecord.extract.windows import Window, cut_place, pack_windows
from onrecord.types import Judged, Span

_TURN = 200_000  # characters that are read at once


@dataclass(slots=True)
class Known:
    """What has been read of `text` so far. Relations of which the model is less sure than `floor` are not kept."""

    text: str
    model: Model
    floor: float
    read_spans: list[Span] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    middle: list[Floats] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)  # by where they begin

    def read(self, places: Sequence[Place]) -> list[Relation]:
        """Read places; the relations there that stand in no content, in text order."""
        outermost: list[Relation] = []
        for first, last in _take_turns(places):
            windows = pack_windows(p for place in places[first:last] for p in cut_place(self.text, place, self.model.tokenizer))
            found = [r for a in self.model.read_windows(windows, self.middle) if (r := build_relation(self.model, a))]
            self.windows += windows
            self.relations += (r for r in found if r.inside >= self.floor)
            self.read_spans += (span for place in places[first:last] for span in place.spans)
            outermost += share_out(r for r in found if r.confidence >= self.floor)
        self.relations.sort(key=_find_begin)
        self.read_spans.sort()
        return outermost

    def has_read(self, place: Place) -> bool:
        """Whether a place's words were read, as those of a place around it."""
        start = place.spans[0].start
        at = bisect_right(self.read_spans, start, key=lambda s: s.start) - 1
        return at >= 0 and start < self.read_spans[at].end

    def find_inside(self, place: Place) -> Iterator[Relation]:
        """What of relations stands in a place, of those that begin there and have half of their content there."""
        for span in place.spans:
            first, last = (bisect_left(self.relations, at, key=_find_begin) for at in (span.start, span.end))
            for relation in self.relations[first:last]:
                clipped = _clip(relation, place)
                if 2 * sum(map(len, clipped.content)) >= sum(map(len, relation.content)):
                    yield clipped

    def judge(self, sentences: Sequence[Span]) -> list[tuple[Judged, ...]]:
        """The predicates of sentences in what has been read, with how sure the sentence is of each."""
        return judge_sentences(self.text, sentences, self.windows, self.middle, self.model)


def _find_begin(relation: Relation) -> int:
    return (relation.cue or relation.content)[0].start


def _clip(relation: Relation, place: Place) -> Relation:
    """The relation's parts inside its place: pieces that stand side by side in a window may have other words between them."""
    source, cue, content = (
        tuple(Span(max(s.start, p.start), min(s.end, p.end)) for s in part for p in place.spans if s.meets(p))
        for part in (relation.source, relation.cue, relation.content)
    )
    return replace(relation, source=source, cue=cue, content=content, confidence=relation.inside)


def _take_turns(places: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """Runs of places that together are not too long, so that what is computed at once does not grow with the document."""
    first = size = 0
    for at, place in enumerate(places):
        if size > _TURN:
            yield first, at
            first, size = at, 0
        size += sum(map(len, place.spans))
    if first < len(places):
        yield first, len(places)
