"""Articles that are odd in what they tell: each is read, and what is not clear in it stays open."""

from __future__ import annotations

import pytest

import onrecord
from onrecord.resolve import resolve
from onrecord.types import Block, Origin, Page, Reading, Report, Span
from tests.timing import measure_best

DEEP = "“Ann said ‘Bob said “Cora said ‘Dan said “Eve said ‘Fay said “Gus said ‘Hal said “Ida said ‘Jon said no.’”’”’”’”’”"
SAME = "We saw nothing on the night of the fire.\n\n— {} ({})\n\nMarch {}, 2024\n\n"
ODD = {
    "quotations ten deep": f"The clerk, Nora Quill, told the court: {DEEP}\n\nThe judge, Max Orme, said that the case would go on.",
    "a doubt about nothing that is there": "The mayor, Ida Marsh, said that the claim was a hoax.",
    "a post with no author": "The post caused a stir.\n\nNobody will be paid this month.\n\n— (@)\n\nMarch 3, 2024",
    "a date line that is no date": "The post caused a stir.\n\nNobody will be paid this month.\n\n— Ann Roe (@annroe)\n\nSmarch 43, 2024",
    "two posts with the same words by two people": "Two people wrote the same.\n\n"
    + SAME.format("Ann Roe", "@annroe", 3)
    + SAME.format("Bo Lane", "@bolane", 4),
    "brackets never closed": "“We have [forty boats and … [crews ready for every harbor [,” Ann Roe said. “It [is our own.”",
    "marks never closed": "“We have forty boats, Ann Roe said. ‘And crews, “she added, ‘ready for every harbor.",
    "forty versions of one sentence": "\n\n".join(
        f"“We have {n} boats and willing crews ready for every free harbor on the coast,” Ann Roe said." for n in range(40)
    ),
    "who said that somebody said": "Ann Roe said Bo Lane said Ann Roe said Bo Lane said the post was fake.",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_articles_are_read(name: str) -> None:
    report = onrecord.read_text(ODD[name], published="2024-03-05", force=True)
    ids = {s.id for s in report.statements}
    for statement in report.statements:
        assert set(statement.about) <= ids - {statement.id}
        assert len(statement.stances) == len(statement.about)
        assert statement.chain[-1].source == "publisher"
        assert len({(h.source, h.statement) for h in statement.chain}) == len(statement.chain)
    assert report.to_dict()


def test_a_doubt_about_nothing_is_about_nothing() -> None:
    report = onrecord.read_text(ODD["a doubt about nothing that is there"], force=True)
    assert [s.about for s in report.statements if s.within is None] == [()]


def find_embeds(report: Report) -> list[tuple[str | None, str | None]]:
    return [(e.author, e.posted.isoformat() if e.posted else None) for e in report.evidence if e.kind == "embed"]


def test_a_date_line_that_is_no_date_gives_no_day() -> None:
    report = onrecord.read_text(ODD["a date line that is no date"], published="2024-03-05", force=True)
    assert all(posted is None for _, posted in find_embeds(report))


def test_the_same_words_of_two_people_are_two_utterances() -> None:
    report = onrecord.read_text(ODD["two posts with the same words by two people"], published="2024-03-05", force=True)
    assert find_embeds(report) == [("Ann Roe", "2024-03-03"), ("Bo Lane", "2024-03-04")]
    assert report.variants == ()


def test_statements_that_hold_each_other_end() -> None:
    text = "Ann said that Bob said that the post was fake."
    spans = [Span(9, 45), Span(23, 45)]
    readings = [
        Reading(content=(s,), cue=(Span(4, 8),), source=(Span(0, 3),), kind="indirect", confidence=1.0, within=1 - i)
        for i, s in enumerate(spans)
    ]
    resolved = resolve(Page(text=text, blocks=(Block(Span(0, len(text)), "paragraph"),), origin=Origin(())), readings)
    assert [len(s.chain) for s in resolved.statements] == [3, 3]


def test_time_grows_no_faster_than_the_text() -> None:
    def measure(count: int) -> float:
        text = "\n\n".join(
            f"“Mill {n} is shut, and [all of] its {n} workers are told to stay away,” Ann Roe said. Bo Lane denied the claim. "
            f"A screenshot of the post about mill {n} was shared by Cora Finn before it was deleted."
            for n in range(count)
        )
        return measure_best(lambda: onrecord.read_text(text, published="2024-03-05", force=True), runs=2)

    measure(5)
    assert measure(160) < 4 * 2.5 * measure(40) + 0.5
