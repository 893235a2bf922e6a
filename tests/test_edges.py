"""Readings put right by what print and grammar show: who hears and does not speak, who is asked, whose name stands behind the verb."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onrecord.extract.edges import mend
from onrecord.extract.sources import complete_source, leave_out_hearer, mend_source, name_source
from onrecord.extract.weigh import is_asked, is_bare, is_whose
from onrecord.types import Reading, Span


def build_reading(marked: str) -> tuple[str, Reading]:
    """A text and the reading in it: [source], <cue> and {content} are marked."""
    parts: dict[str, list[Span]] = {"[": [], "<": [], "{": []}
    text, opened = "", {}
    for letter in marked:
        if letter in "[<{":
            opened[letter] = len(text)
        elif letter in "]>}":
            opening = "[<{"["]>}".index(letter)]
            parts[opening].append(Span(opened[opening], len(text)))
        else:
            text += letter
    source, cue, content = (tuple(spans) for spans in parts.values())
    return text, Reading(content=content, cue=cue, source=source, kind="indirect", confidence=0.9)


@pytest.mark.parametrize(
    "marked",
    [
        "[People] <were encouraged> {to send designs}.",
        "[She] <had not been told> {that it was over}.",
        "[Staff] <have been warned> {not to speak}.",
        "[I] was hauled in and <told> {that it was over}.",
        "[They] were <asked> {to leave}.",
        "[Nobody] <got told> {why}.",
    ],
)
def test_who_hears_is_no_source(marked: str) -> None:
    text, reading = build_reading(marked)
    assert leave_out_hearer(text, reading).source == ()


@pytest.mark.parametrize(
    "marked",
    [
        "[She] <told> them {that it was over}.",
        "[He] <asked> {to leave}.",
        "{The port is shut}, she <was told> by [the guard].",
        "[The mayor] <urged> {people to leave}.",
        "[They] <were saying> {that it was over}.",
        "[He] <told> {that story again}.",
        "[She] <told> {how the boat sank}.",
        "<According to> [the guard], {she was told}.",
    ],
)
def test_who_speaks_stays(marked: str) -> None:
    text, reading = build_reading(marked)
    assert leave_out_hearer(text, reading) == reading


@pytest.mark.parametrize(
    ("marked", "source", "content"),
    [
        ("{The photographs}, <said> {Maurer, are on show}.", "Maurer", ["The photographs", "are on show"]),
        ("“{The quay},” <said> {Ana Vell, “is shut}.”", "Ana Vell", ["The quay", "“is shut"]),
        ("{The photographs}, <said> {everybody, are on show}.", None, ["The photographs", "everybody, are on show"]),
        ("{The photographs} she <said> {Maurer, who took them, had lost}.", None, ["The photographs", "Maurer, who took them, had lost"]),
    ],
)
def test_a_name_between_the_verb_and_a_comma(marked: str, source: str | None, content: list[str]) -> None:
    text, reading = build_reading(marked)
    named = name_source(text, reading)
    assert [span.of(text) for span in named.source] == ([source] if source else [])
    assert [span.of(text) for span in named.content] == content


@pytest.mark.parametrize(
    ("marked", "source"),
    [
        ("[Dr Imran] Sayle, who rang her, <said> {that it was over}.", "Dr Imran Sayle"),
        ("[Dr Imran] Sayle <said> {that it was over}.", "Dr Imran Sayle"),
        ("Its [owner, Ron Peas], 81, <said> {it was over}.", "Its owner, Ron Peas, 81"),
        ("“{It is over},” <said> K. [Basavaraj].", "K. Basavaraj"),
        ("[The 19]-year-old <said> {it was over}.", "The 19-year-old"),
        ("[Vell Foods today] <announced> {that it was over}.", "Vell Foods"),
        ("[Mum] of four Kay Brunt, 33, from Saltby, <raged> {that it was over}.", "Mum of four Kay Brunt, 33, from Saltby"),
        ("I asked [Dennis Cho. He] <told> me {it was over}.", "He"),
        ("[Mr. Cho] <told> me {it was over}.", "Mr. Cho"),
        ("[Trump] Tells Guest {to Leave} <Says>", "Trump"),
        ("[the poll], 46 percent <said> {it was over}.", "the poll"),
    ],
)
def test_sources_are_whole(marked: str, source: str) -> None:
    text, reading = build_reading(marked)
    assert " … ".join(span.of(text) for span in complete_source(text, reading).source) == source


@pytest.mark.parametrize(
    ("marked", "source", "cue"),
    [
        ("[The] <short answer is> {that we do not know}.", "", "The short answer is"),
        ("[The clerk] <said> {that it was over}.", "The clerk", "said"),
    ],
)
def test_an_article_alone_is_no_source(marked: str, source: str, cue: str) -> None:
    text, reading = build_reading(marked)
    mended = mend_source(text, reading)
    assert [[span.of(text) for span in part] for part in (mended.source, mended.cue)] == [[source] if source else [], [cue]]


def test_a_court_hears() -> None:
    text, reading = build_reading("[The court] <heard> {that it was over}.")
    assert leave_out_hearer(text, reading).source == ()


@pytest.mark.parametrize(
    ("marked", "asked"),
    [
        ("Do [you] <think> {it will rain}?", True),
        ("Why did [you] <want> {to sail}?", True),
        ("If [you] <want> {to sail}, wait.", True),
        ("[You] <think> {it will rain}.", False),
        ("I know [you] <said> {it would rain}.", False),
        ("Do [they] <think> {it will rain}?", False),
    ],
)
def test_who_is_asked_has_not_spoken(marked: str, asked: bool) -> None:
    assert is_asked(*build_reading(marked)) is asked


@pytest.mark.parametrize(
    ("marked", "is_one"),
    [
        ("[They] <wrote> {that} as of Friday the site was shut.", False),
        ("[They] <wrote> {that}.", True),
        ("[They] <wrote> {that it was}.", True),
    ],
)
def test_a_clause_cut_off_after_its_first_word_says_nothing(marked: str, is_one: bool) -> None:
    text, reading = build_reading(marked)
    assert (mend(text, (), reading) is not None) is is_one


def test_the_word_that_ties_a_sentence_to_the_one_before_is_nobodys() -> None:
    text, reading = build_reading("{As} [the union] <writes>, {it is shut}.")
    mended = mend(text, (), reading)
    assert mended is not None
    assert [span.of(text) for span in mended.content] == ["it is shut"]


@pytest.mark.parametrize(
    ("marked", "whose"),
    [
        ("[The agency], <citing> {an unnamed official}, was first.", True),
        ("[The agency], <quoting> {two people familiar with the talks}, was first.", True),
        ("[She] <cited> {low growth and weak demand}.", False),
        ("[She] <cited> {an official report on growth}.", False),
    ],
)
def test_who_is_cited_is_no_statement(marked: str, whose: bool) -> None:
    assert is_whose(*build_reading(marked)) is whose


@pytest.mark.parametrize(
    ("marked", "confidence", "bare"),
    [
        ("[The boatyard] <turned to> {the nets of others}.", 0.45, False),
        ("[The boatyard] <turned to> {the nets of others}.", 0.35, True),
        ("[Quill] <said> {mending nets was hard}.", 0.35, False),
    ],
)
def test_few_words_without_a_verb_of_saying_must_be_likelier(marked: str, confidence: float, bare: bool) -> None:
    text, reading = build_reading(marked)
    assert is_bare(text, replace(reading, confidence=confidence)) is bare


@pytest.mark.parametrize(
    ("marked", "source"),
    [
        ("Challenged by his shadow, [Priya Handcock, Pillinger] <told> members: {“It was lost.”}", "Pillinger"),
        ("Pressed on it by the chair, [Laura Denby, Ann Whitlock] <said>: {“It was lost.”}", "Ann Whitlock"),
        ("The chair, [Laura Denby, Halm] <said>: {“It was lost.”}", "Laura Denby, Halm"),
    ],
)
def test_who_asks_is_not_who_answers(marked: str, source: str) -> None:
    text, reading = build_reading(marked)
    assert [span.of(text) for span in complete_source(text, reading).source] == [source]
