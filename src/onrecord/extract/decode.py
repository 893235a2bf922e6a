"""From the model's paths to relations: spans of code points, a confidence, and no two readings of the same words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from onrecord.extract.model import CONTENT, CUE, SOURCE, Anchor, Ints, Model
from onrecord.extract.windows import Window
from onrecord.types import Reading, Span


@dataclass(frozen=True, slots=True)
class Relation:
    """What belongs to one cue. `confidence` is that it is to be found as a relation that stands in no content, `inside` that it is one in a
    content or in none.
    """

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    confidence: float
    inside: float


_Claim = TypeVar("_Claim", Relation, Reading)


def decode_relations(model: Model, anchors: Sequence[Anchor], least: float) -> list[Relation]:
    """The outermost relations with a content and a confidence of at least `least`, in text order."""
    return share_out(r for anchor in anchors if (r := build_relation(model, anchor)) is not None and r.confidence >= least)


def share_out(found: Iterable[_Claim]) -> list[_Claim]:
    """What of relations or readings is left when no character may be in two contents, in text order: where two claim the same words, the
    surer one has them, and one that loses half of its content so is dropped.
    """
    taken: set[int] = set()
    kept: list[_Claim] = []
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
    confidence = judge(measure(anchor, anchor.cue), model.settings["confidence"])
    inside = judge(measure(anchor, anchor.cue + anchor.inner), model.settings["inside"])
    return Relation(source, cue, content, confidence, inside)


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


def judge(measured: Sequence[float], weights: Sequence[float]) -> float:
    """The calibrated probability that the relation is one that an annotator would mark, parts and all (Platt 1999)."""
    score = sum(w * x for w, x in zip(weights, measured, strict=True))
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), 4)


def measure(anchor: Anchor, cue: float) -> tuple[float, ...]:
    """What the confidence is judged by: 1, and log-odds of the cue, of anything belonging to it, of the path's states."""
    return (1.0, *(math.log(p / (1 - p)) for p in (min(0.9995, max(0.0005, p)) for p in (cue, anchor.some, anchor.path_share))))
