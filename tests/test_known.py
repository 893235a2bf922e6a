"""What the model has read: each word once, and which relations stand in which place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from onrecord.extract import _find_outermost, extract
from onrecord.extract.decode import Relation
from onrecord.extract.known import Known
from onrecord.extract.model import Anchor, Floats, Model, load_model
from onrecord.extract.quotes import find_place
from onrecord.extract.windows import Window
from onrecord.types import Block, Reading, Span

TEXT = "“Jon Vale told me that the bridge was closed,” Mara Quill said on Monday."
INNER = Span(1, TEXT.index(",”"))


def build(cue: tuple[int, int], *content: tuple[int, int], confidence: float = 0.9) -> Reading:
    return Reading(content=tuple(Span(*c) for c in content), cue=(Span(*cue),), source=(), kind="indirect", confidence=confidence)


def test_words_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contents are looked into without being given to the model again."""
    read: list[int] = []
    read_windows = Model.read_windows

    def count(self: Model, windows: Sequence[Window], middle: list[Floats] | None = None) -> list[Anchor]:
        read.extend(i for w in windows for i in w.starts.tolist() if i >= 0)
        return read_windows(self, windows, middle)

    monkeypatch.setattr(Model, "read_windows", count)
    assert [r.within for r in extract(TEXT, [Block(Span(0, len(TEXT)), "paragraph")])] == [None, 0]
    assert len(read) == len(set(read)) > 10


def test_a_place_has_what_begins_in_it_and_half_of_whose_content_it_has() -> None:
    known = Known(TEXT, load_model(), 0.2)
    assert not known.has_read(find_place(TEXT, [INNER]))
    (outermost,) = known.read([find_place(TEXT, [Span(0, len(TEXT))])])
    assert outermost.cue[0].of(TEXT) == "said"
    assert known.has_read(find_place(TEXT, [INNER]))
    (inner,) = known.find_inside(find_place(TEXT, [INNER]))
    assert inner.cue[0].of(TEXT) == "told"
    assert inner.confidence == inner.inside > next(r for r in known.relations if r.cue == inner.cue).confidence
    start, end = inner.content[0].start, inner.content[-1].end
    assert [r.content for r in known.find_inside(find_place(TEXT, [Span(1, end - 4)]))] == [(Span(start, end - 4),)]
    assert list(known.find_inside(find_place(TEXT, [Span(1, start + 4)]))) == []


def test_parts_outside_a_place_are_left_out() -> None:
    known = Known("x" * 50, load_model(), 0.2)
    known.relations = [Relation((Span(0, 4),), (Span(5, 8),), (Span(8, 20), Span(24, 30)), 0.1, 0.7)]
    place = replace(find_place(known.text, [Span(4, 22)]), spans=(Span(4, 12), Span(13, 28)))
    assert list(known.find_inside(place)) == [Relation((), (Span(5, 8),), (Span(8, 12), Span(13, 20), Span(24, 28)), 0.7, 0.7)]


@pytest.mark.parametrize(
    ("readings", "outermost"),
    [
        ([build((0, 4), (5, 90)), build((10, 14), (15, 60)), build((20, 24), (25, 50))], [0]),  # each inside the last
        ([build((0, 4), (5, 20)), build((30, 34), (35, 60))], [0, 1]),
        ([build((0, 4), (5, 40), confidence=0.6), build((20, 24), (0, 18), (28, 40))], [1]),  # each inside the other
        ([build((0, 4), (5, 30)), build((25, 29), (28, 90))], [0, 1]),  # most of it stands outside
        ([], []),
    ],
)
def test_what_stands_in_no_other(readings: list[Reading], outermost: list[int]) -> None:
    assert sorted(readings.index(r) for r in _find_outermost(readings)) == outermost
