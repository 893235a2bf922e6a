"""From the model's paths to relations: spans of code points, a confidence, and no two readings of the same words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from onrecord.extract.model import CONTENT, CUE, SOURCE, Anchor, Ints, Model
from onrecord.extract.windows import Window
from onrecord.types import Span


@dataclass(frozen=True, slots=True)
class Relation:
    """What belongs to one cue."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    confidence: float


def decode_relations(model: Model, anchors: Sequence[Anchor], least: float) -> list[Relation]:
    """The relations with a content and a confidence of at least `least`, in text order.

    No character is in two contents: where two cues claim the same words, the surer one has them, and a relation that loses half
    of its content so is dropped.
    """
    found = [r for anchor in anchors if (r := build_relation(model, anchor)) is not None and r.confidence >= least]
    taken: set[int] = set()
    kept: list[Relation] = []
    for relation in sorted(found, key=lambda r: (-r.confidence, r.content)):
        claimed = [i for span in relation.content for i in range(span.start, span.end)]
        free = [i for i in claimed if i not in taken]
        if 2 * len(free) <= len(claimed):
            continue
        kept.append(relation if len(free) == len(claimed) else replace(relation, content=join_positions(free)))
        taken.update(free)
    return sorted(kept, key=lambda r: (r.content, r.cue))


def join_positions(positions: Sequence[int]) -> tuple[Span, ...]:
    """Ascending code points as spans."""
    spans: list[Span] = []
    for i in positions:
        if spans and spans[-1].end == i:
            spans[-1] = Span(spans[-1].start, i + 1)
        else:
            spans.append(Span(i, i + 1))
    return tuple(spans)


def build_relation(model: Model, anchor: Anchor) -> Relation | None:
    """The relation that an anchor's path names; None if it has no content."""
    content = join_pieces(anchor.window, anchor.path, CONTENT)
    if not content:
        return None
    source, cue = (join_pieces(anchor.window, anchor.path, role) for role in (SOURCE, CUE))
    return Relation(source, cue, content, judge(anchor, model.settings["confidence"]))


def join_pieces(window: Window, path: Ints, role: int) -> tuple[Span, ...]:
    """The spans of a role: pieces that follow each other are one span, also over a paragraph's break."""
    spans: list[Span] = []
    last = None
    for i in np.flatnonzero((path == role) & (window.starts >= 0)).tolist():
        start, end = int(window.starts[i]), int(window.ends[i])
        if last is not None and (i == last + 1 or (i == last + 2 and window.starts[i - 1] < 0)):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
        last = i
    return tuple(spans)


def judge(anchor: Anchor, weights: Sequence[float]) -> float:
    """The calibrated probability that the relation is one that an annotator would mark, parts and all (Platt 1999)."""
    score = sum(w * x for w, x in zip(weights, measure(anchor), strict=True))
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), 4)


def measure(anchor: Anchor) -> tuple[float, ...]:
    """What the confidence is judged by: 1, and log-odds of the cue, of anything belonging to it, of the path's states."""
    return (1.0, *(math.log(p / (1 - p)) for p in (min(0.9995, max(0.0005, p)) for p in (anchor.cue, anchor.some, anchor.path_share))))
