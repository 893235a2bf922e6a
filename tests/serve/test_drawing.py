"""Marks in a text, pictures of chains and times, differences: values before any page."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from onrecord.types import Report, Span, Statement
from onrecord.view.visible import show_lines
from onrecord.web.drawing import draw_paragraph, show_hidden
from onrecord.web.marking import Paragraph, Piece, mark
from onrecord.web.pictures import Hop, Moment, Way, lay_out_time, lay_out_ways
from tests.invented import build_report


def join(report: Report) -> str:
    return "".join(piece.text for paragraph in mark(report) for piece in paragraph.pieces)


def test_marks_keep_the_text_and_know_their_statements() -> None:
    report = build_report()
    blocks = sorted(block.span for block in report.document.blocks)
    assert join(report) == "".join(show_lines(span.of(report.document.text)) for span in blocks)
    marked = {s for paragraph in mark(report) for piece in paragraph.pieces for s in piece.content}
    assert marked == {statement.id for statement in report.statements}
    begun = [s for paragraph in mark(report) for piece in paragraph.pieces for s in piece.begins]
    assert sorted(begun) == sorted(statement.id for statement in report.statements)


def build_statement(number: int, start: int, end: int) -> Statement:
    return replace(build_report().statements[0], id=f"s{number}", content=(Span(start, end),), cue=(), source=None, within=None)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=12))
def test_marks_hold_wherever_spans_cross(spans: list[tuple[int, int]]) -> None:
    report = build_report()
    text = report.document.text
    statements = tuple(build_statement(n, start, min(len(text), start + length)) for n, (start, length) in enumerate(spans))
    crossed = replace(report, statements=statements)
    assert join(crossed) == join(report)
    at = 0
    for paragraph, block in zip(mark(crossed), sorted(b.span for b in report.document.blocks), strict=True):
        at = block.start
        for piece in paragraph.pieces:
            held = {s.id for s in statements if s.content[0].start <= at < s.content[0].end}
            assert set(piece.content) == held
            at += len(piece.text)


def test_a_chosen_stretch() -> None:
    report = build_report()
    span = next(b.span for b in report.document.blocks if len(b.span) > 10)
    chosen = Span(span.start + 2, span.start + 7)
    pieces = [piece for paragraph in mark(report, chosen) for piece in paragraph.pieces if piece.is_chosen]
    assert "".join(piece.text for piece in pieces) == chosen.of(report.document.text)


def test_what_stands_between_blocks_is_shown_if_it_is_anything() -> None:
    report = build_report()
    first, *rest = sorted(report.document.blocks, key=lambda block: block.span)
    text = report.document.text
    bare = replace(report.document, blocks=(first,))
    gap = mark(replace(report, document=bare))[1]
    assert gap.kind == "gap"
    assert "".join(piece.text for piece in gap.pieces) == show_lines(text[first.span.end :])
    assert rest
    assert [paragraph.kind for paragraph in mark(report)].count("gap") == 0


def test_the_outermost_is_named_first() -> None:
    outer, inner = build_statement(2, 0, 40), replace(build_statement(1, 0, 40), within="s2")
    pieces = mark(replace(build_report(), statements=(inner, outer)))[0].pieces
    assert pieces[0].content == ("s2", "s1")
    drawn = draw_paragraph(mark(replace(build_report(), statements=(inner, outer)))[0], {"s1": 0, "s2": 1}, {"s1": "indirect"})
    assert 'data-s="s2 s1" data-i="s1" data-k="0"' in drawn
    assert 'class="mark d2 indirect k1 k0"' in drawn


def test_whatever_comes_from_outside_is_escaped() -> None:
    odd = Piece(text='<b onclick="x()">⟨U+202E⟩&', content=('"><script>',), begins=('"><script>',))
    drawn = draw_paragraph(Paragraph('"p', (odd,)), {}, {})
    assert "<script" not in drawn
    assert "<b " not in drawn
    assert 'title="RIGHT-TO-LEFT OVERRIDE">⟨U+202E⟩</span>' in drawn
    assert show_hidden("⟨U+D800⟩ ⟨U+110000⟩").count("<span") == 2


def name_way(*names: str, is_own: bool = False) -> Way:
    return Way(hops=tuple(Hop(name, "Telegram", name == names[-1]) for name in names), is_own=is_own)


def test_ways_meet_where_the_same_passed_the_words_on() -> None:
    picture = lay_out_ways([name_way("Mara Quill", "Ana Reyes", "The Post"), name_way("Mara Quill", "The Courier", is_own=True)])
    assert [box.name for box in picture.boxes].count("Mara Quill on Telegram") == 1
    assert len(picture.boxes) == 4
    assert len({(box.x, box.y) for box in picture.boxes}) == 4
    assert {box.is_own for box in picture.boxes if box.is_last} == {True, False}
    assert [arrow.is_own for arrow in picture.arrows].count(True) == 2
    assert all(box.x + 176 <= picture.width and box.y + 50 <= picture.height for box in picture.boxes)


def test_of_many_ways_the_first_and_ones_own_are_drawn() -> None:
    picture = lay_out_ways([name_way("Mara Quill", f"Outlet {n}", is_own=n == 29) for n in range(30)])
    assert picture.more == 17
    assert "Outlet 29" in {box.lines[0] for box in picture.boxes}
    assert lay_out_ways([]).boxes == ()


@given(st.lists(st.lists(st.text(max_size=40), max_size=6), max_size=15))
def test_no_box_stands_on_another(names: list[list[str]]) -> None:
    picture = lay_out_ways([name_way(*each) for each in names])
    assert len({(box.x, box.y) for box in picture.boxes}) == len(picture.boxes)
    assert all(len(box.lines) <= 2 and 0 <= box.y < picture.height for box in picture.boxes)


def test_a_time_line() -> None:
    assert lay_out_time([Moment("2024-01-09", "1", "A")]) is None
    assert lay_out_time([Moment("2024-01-09", "1", "A"), Moment("2024-01-09", "2", "B")]) is None
    moments = [Moment("2024-01-09", "1", "A", True), Moment("", "2", "B"), Moment("2024-01-13", "2", "B"), Moment("2024-01-13", "2", "C")]
    picture = lay_out_time(moments)
    assert picture is not None
    assert [dot.names for dot in picture.dots] == [("A",), ("B", "C")]
    assert [dot.is_first for dot in picture.dots] == [True, False]
    assert 0 <= picture.dots[0].x < picture.dots[1].x <= 100
    assert [day for _, day in picture.ticks] == ["2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12", "2024-01-13"]


def test_of_many_lanes_the_first_are_drawn() -> None:
    picture = lay_out_time([Moment(f"2024-01-{n:02}", f"lane {n}", "A") for n in range(1, 21)])
    assert picture is not None
    assert (len(picture.lanes), picture.more) == (12, 8)
