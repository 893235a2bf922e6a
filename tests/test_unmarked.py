"""What print shows beside the model: edges of contents, statements without a cue, turns by their labels, and what must not break."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.extract import extract
from onrecord.extract.edges import mend
from onrecord.extract.quotes import find_place, tell_kind
from onrecord.extract.subjects import find_subject
from onrecord.extract.turns import find_turns, leave_out_label
from onrecord.extract.unmarked import find_held, find_unmarked
from onrecord.text import find_paragraphs
from onrecord.types import Block, Embed, Reading, Span
from tests.timing import measure_best


def find(text: str, words: str) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def build(text: str, *content: str, cue: str = "said", source: str = "") -> Reading:
    spans = tuple(find(text, words) for words in content)
    kind = tell_kind(text, spans, find_place(text, [Span(0, len(text))]).quotations)
    named = (find(text, source),) if source else ()
    return Reading(content=spans, cue=(find(text, cue),), source=named, kind=kind, confidence=0.9)


def show(text: str, readings: list[Reading]) -> list[tuple[str, str]]:
    """Source and content of each, as words."""
    return [tuple(" … ".join(s.of(text) for s in part) for part in (r.source, r.content)) for r in readings]  # type: ignore[misc]


# --- edges ----------------------------------------------------------------------------------------------------------------------

EDGES = [
    ("She said: “Somebody’s leeks won’t be winning.”", ["t be winning."], "said", ["“Somebody’s leeks won’t be winning.”"]),
    (
        "He told us: “Fill in your sheets. Say nothing to them.”",
        ["“Fill in your sheets. Say nothing"],
        "told",
        ["“Fill in your sheets. Say nothing to them.”"],
    ),
    ("He told us: “Fill in your sheets. Say nothing to them.”", ["“Fill in"], "told", ["“Fill in"]),  # less than half of it
    (
        "The storm moved at 22 kph (14 mph) on Monday, she said.",
        ["The storm moved at 22 kph (14 mph"],
        "said",
        ["The storm moved at 22 kph (14 mph)"],
    ),
    ("It rained (93 days a year, according to polls).", ["It rained (93 days a year"], "according to", ["It rained (93 days a year"]),
    ("PORT VELL, June 3 (CPN) — The pier burned, she said.", ["PORT VELL, June 3 (CPN) — The pier burned"], "said", ["The pier burned"]),
    (
        "He said that the mate cried, “Go!” The rest ran.",
        ["that the mate cried, “Go!” The rest ran"],
        "said",
        ["that the mate cried, “Go!”"],
    ),
    ("She said the bridge was closed. Nobody was hurt.", ["the bridge was closed. Nobody was hurt"], "said", ["the bridge was closed."]),
    ("She said it cost $3.5 million at St. Ives.", ["it cost $3.5 million at St. Ives"], "said", ["it cost $3.5 million at St. Ives"]),
    ("She called it a coup. “We won.”", ["it a coup. “We won.”"], "called", ["it a coup. “We won.”"]),
    (
        "According to two men, who asked not to be named, the bank has failed.",
        ["who asked not to be named, the bank has failed"],
        "According to",
        ["the bank has failed"],
    ),
    (
        "According to Threads, a report published in May, every ten jobs support eighteen.",
        ["a report published in May, every ten jobs support eighteen"],
        "According to",
        ["every ten jobs support eighteen"],
    ),
    (
        "According to the mayor, the bank, a small one, failed.",
        ["the bank, a small one, failed"],
        "According to",
        ["the bank, a small one, failed"],
    ),
    (
        "The report quotes a line of the letter: “We were all warned.”",
        ["a line of the letter: “We were all warned.”"],
        "quotes",
        ["“We were all warned.”"],
    ),
    (
        "She said one thing was plain: “We were warned.”",
        ["one thing was plain: “We were warned.”"],
        "said",
        ["one thing was plain: “We were warned.”"],
    ),
    (
        "Fans say they knew: in May he promised “a new ground.”",
        ["they knew: in May he promised “a new ground.”"],
        "say",
        ["they knew"],
    ),
    ("The Daily translated it as “No more war.”", ["it as “No more war.”"], "translated", ["“No more war.”"]),
    ("He wrote ‘liar’ on the wall, and left.", ["‘liar’ on the wall"], "wrote", ["‘liar’"]),
    ("“We sail,” says a note that he read to me.", ["“We sail,”", "that he read to me"], "says", ["“We sail,”"]),
    ("Critics blamed Pell, a minister, for the strike.", ["Pell"], "blamed", ["Pell, a minister, for the strike"]),
    ("They thanked Ana Quill for her help.", ["Ana Quill"], "thanked", ["Ana Quill for her help"]),
    ("The post claims that she said so in a speech on Monday.", ["that she said so"], "claims", ["that she said so in a speech on Monday"]),
    ("She said that the dam had failed in a speech.", ["that the dam had failed"], "said", ["that the dam had failed"]),
    ("The other one yelled, “So have I!” It was mental.", ["“So have I!” It was mental"], "yelled", ["“So have I!”"]),
    ("The other one yelled, “So have I,” and it was mental.", ["“So have I,” and it"], "yelled", ["“So have I,” and it"]),
    ("He said that the old bridge was closed.", ["bridge was closed"], "said", ["that the old bridge was closed"]),
]


@pytest.mark.parametrize(("text", "content", "cue", "mended"), EDGES)
def test_edges(text: str, content: list[str], cue: str, mended: list[str]) -> None:
    reading = mend(text, find_place(text, [Span(0, len(text))]).quotations, build(text, *content, cue=cue))
    assert reading is not None
    assert [s.of(text) for s in reading.content] == mended


@pytest.mark.parametrize(
    ("text", "content", "cue"),
    [
        ("Her post says the opposite.", "the opposite", "says"),
        ("The report also found that: one in ten has left.", "that", "found"),
        ("The agency quoted him as saying.", "him as saying", "quoted"),
        ("One aide asked to remain anonymous.", "to remain anonymous", "asked"),
        ("One aide preferred not to give her name.", "not to give her name", "preferred"),
        ("The firm declined to comment.", "to comment", "declined"),
        ("The firm did not respond to our request for comment.", "our request for comment", "did not respond"),
    ],
)
def test_what_says_nothing_is_no_statement(text: str, content: str, cue: str) -> None:
    assert mend(text, (), build(text, content, cue=cue)) is None


# --- statements without a cue ------------------------------------------------------------------------------------------------------

UNMARKED = [
    ("There is a note in his hand: ‘Say nothing until the loan is paid.’", [("a note", "‘Say nothing until the loan is paid.’")]),
    ("A sign on the door: “Back in five minutes.”", [("A sign", "“Back in five minutes.”")]),
    ("Dr Vell of the institute: “Never drink bleach.” They will delete this!", [("Dr Vell of the institute", "“Never drink bleach.”")]),
    ("The clerk told her, “The doctor said so.”", [("The clerk", "“The doctor said so.”")]),
    ("In our translation it reads “We were all warned.”", [("it", "“We were all warned.”")]),
    ("The Courier shortened that to “the only adult.”", [("The Courier", "“the only adult.”")]),
    ("The line was translated by the Valle Daily as “Take a spoon.”", [("the Valle Daily", "“Take a spoon.”")]),
    ("‘Dear Ghost,’ it begins. ‘Neither.’", [("it", "‘Dear Ghost,’ … ‘Neither.’")]),
    ("“I am ashamed of what we did.” ― Ana Vell", [("Ana Vell", "“I am ashamed of what we did.”")]),
    ("The post was deleted in May, the court heard.", [("", "The post was deleted in May")]),
    ("A second official, from the port, was less certain: the voice was his.", [("A second official", "the voice was his")]),
    ("PlainFacts rates the claim FALSE.", [("PlainFacts", "the claim FALSE")]),
    ("Snopes rated this post as Mostly False.", [("Snopes", "this post as Mostly False")]),
    ("Vell was asked, “What is the worst place you know?”", [("", "“What is the worst place you know?”")]),
    ("She is quoted as telling the firm that “they will come round”.", [("She", "that “they will come round”")]),
    ("In her words, it was “a boy’s idea of a duke”.", [("her", "it was “a boy’s idea of a duke”")]),
    ("“We waited to see,” the Post quoted him as saying.", [("him", "“We waited to see,”")]),
    ("Soutar on the Rovers: “I have nothing to say about them.”", [("Soutar", "“I have nothing to say about them.”")]),
    (
        "Vell County Sheriff’s Office on X: “The levee has been breached.”",
        [("Vell County Sheriff’s Office", "“The levee has been breached.”")],
    ),
    ("Quotes attributable to Premier Ana Vell: “We said we would build it.”", [("Premier Ana Vell", "“We said we would build it.”")]),
    ("Another fumed: “That man could not act.”", [("Another", "“That man could not act.”")]),
    ("It’s understood the singer was in Spain at the time.", [("", "the singer was in Spain at the time")]),
    ("The singer may stay in Spain, it is understood.", [("", "The singer may stay in Spain")]),
    ("There are fears that the tracks could buckle.", [("", "the tracks could buckle")]),
    ("The pier burned for three hours, a jury was told yesterday.", [("", "The pier burned for three hours")]),
    ("North Valley Trains tweeted: No service today. Sorry, folks.", [("North Valley Trains", "No service today. Sorry, folks.")]),
    ("My translation of Colonel Vell’s post: “Bring me forty names.”", [("Colonel Vell", "“Bring me forty names.”")]),
    ("My attempt at the Vell post: “Bring me forty names.”", [("Vell", "“Bring me forty names.”")]),
    ("Rough translation of today’s post by Col. Vell: “Bring me forty names.”", [("Col. Vell", "“Bring me forty names.”")]),
    ("Full text (my translation): “Bring me forty names.”", [("", "“Bring me forty names.”")]),
    (
        "The port yesterday rejected as “pure invention” a claim that it had met an envoy.",
        [("The port", "as “pure invention” a claim that it had met an envoy")],
    ),
    # no statements
    ("In other words, it was “a bad idea”.", []),
    ("She comes from a small state of the north, “Home of the Free.”", []),
    ("The “night of the chains” cost the port its trade.", []),
    ("He appeared on “Fox News Sunday,” a talk show.", []),
    ("The so-called “Battle of the Bakeries” is played in May.", []),
    ("The menu had three soups: “Leek”, “Pea” and “Bean”.", []),
    ("They rate it highly, and it is true.", []),
    ("It was clear: a warm day in May.", []),
    ("She heard the court, and left.", []),
]


@pytest.mark.parametrize(("text", "statements"), UNMARKED)
def test_unmarked(text: str, statements: list[tuple[str, str]]) -> None:
    assert show(text, find_unmarked(text, find_place(text, [Span(0, len(text))]), [])) == statements


def test_a_second_verb_has_the_first_ones_source() -> None:
    text = "Pell said that the fees were wrong and urged the crowd to stay at home."
    reading = build(text, "that the fees were wrong", source="Pell")
    found = find_unmarked(text, find_place(text, [Span(0, len(text))]), [reading])
    assert show(text, found) == [("Pell", "the crowd to stay at home")]


@pytest.mark.parametrize(
    ("text", "content", "cue", "second"),
    [
        ("Vell rejected the offer and demanded an inquiry.", "the offer", "rejected", ["an inquiry"]),
        ("He promised that a firm would come, and did not rule out a ban.", "that a firm would come", "promised", ["a ban"]),
        ("She accused the board and warned of a strike if it met.", "the board", "accused", ["a strike if it met"]),
        ("He praised the crew and demanded by noon.", "the crew", "praised", []),
    ],
)
def test_a_second_verb_asks_for_something(text: str, content: str, cue: str, second: list[str]) -> None:
    reading = build(text, content, cue=cue, source=text.split()[0])
    found = find_unmarked(text, find_place(text, [Span(0, len(text))]), [reading])
    assert [r.content[0].of(text) for r in found] == second


def test_what_somebody_has_been_accused_of() -> None:
    text = "Ana Vell has been accused by his mother of “milking it”."
    reading = mend(text, (), build(text, "Ana Vell", cue="has been accused", source="his mother"))
    assert reading is not None
    assert [s.of(text) for s in reading.content] == ["Ana Vell", "of “milking it”"]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("that the Brigade had vowed to “guard every wing”", [("the Brigade", "to “guard every wing”")]),
        ("that Castellane had called the signal “clean”", [("Castellane", "the signal “clean”")]),
        ("He’s put “paid to lie” on there", [("He", "“paid to lie”")]),
        ("that she liked the “old ice” best", []),
        ("that he paid for items labelled “Made in Velland”", []),
    ],
)
def test_what_contents_hold(text: str, statements: list[tuple[str, str]]) -> None:
    assert show(text, find_held(text, find_place(text, [Span(0, len(text))]), [])) == statements


def test_what_is_read_already_is_not_found_again() -> None:
    text = "The clerk told her, “The doctor said so.”"
    assert find_unmarked(text, find_place(text, [Span(0, len(text))]), [build(text, "“The doctor said so.”", cue="told")]) == []


@pytest.mark.parametrize(
    ("text", "verb", "subject", "group"),
    [
        ("One patient had told", "told", "One patient", "had told"),
        ("A ministry official, speaking at noon, was", "was", "A ministry official", "was"),
        ("On Monday the union said", "said", "the union", "said"),
        ("A sign on the door read", "read", "A sign on the door", "read"),
        ("the chief of the union’s legal office promised", "promised", "the chief of the union’s legal office", "promised"),
        ("He smiled and said", "said", "", "said"),
        ("Ana Vell, 43, said", "said", "Ana Vell, 43", "said"),
        ("Ana Vell, 43, who lost two sheep, said", "said", "Ana Vell, 43", "said"),
        ("Vell Foods, a maker of tea, today announced", "announced", "Vell Foods", "today announced"),
        ("said", "said", "", "said"),
    ],
)
def test_subjects(text: str, verb: str, subject: str, group: str) -> None:
    said = find_subject(text, 0, find(text, verb))
    assert (" ".join(s.of(text) for s in said.source), said.cue.of(text)) == (subject, group)


def test_a_post_that_is_a_translation_holds_somebody_elses_words() -> None:
    text = "It rained.\n\nTranslation:\n\n“The boats will come on Monday.”\n\n— Mara Quill (@mq)"
    words = find(text, "“The boats will come on Monday.”")
    post = Embed(span=Span(12, len(text)), platform=None, author="Mara Quill", author_span=find(text, "Mara Quill"), content=(words,))
    outer, inner = extract(text, [Block(Span(0, 10), "paragraph"), Block(Span(12, len(text)), "embed")], [post])
    assert (outer.embed, inner.embed, inner.within, inner.source, inner.content) == (0, None, 0, (), (words,))


# --- turns ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        (
            "CHAIR ROSA VELL: One.\nWALT LANE: Two.\nVELL: Three?\nLANE: Four.\nCOUNCILMAN REED: Five.\nREED: Six.",
            ["CHAIR ROSA VELL", "WALT LANE", "VELL", "LANE", "COUNCILMAN REED", "REED"],
        ),
        ("[00:01:02] SPEAKER 1: One.\n[00:01:09] SPEAKER 2: Two.\n[00:02:00] SPEAKER 1: Three.", ["SPEAKER 1", "SPEAKER 2", "SPEAKER 1"]),
        ("SEN. VELL [via video]: One.\nMR. LANE: Two.\nSEN. VELL: Three.", ["SEN. VELL", "MR. LANE", "SEN. VELL"]),
        (
            "ANA VELL, HOST: One.\nGREG LANE, FORMER FEDERAL JUDGE: Two.\nVELL: Three?\nLANE: Four.",
            ["ANA VELL, HOST", "GREG LANE, FORMER FEDERAL JUDGE", "VELL", "LANE"],
        ),
        ("Q. One?\nA. Two.\nQ. Three?\nA. Four.\nIt ended at 11:24 A.M. on the day.", ["Q", "A", "Q", "A"]),
        ("Claim: One.\nFact: Two.\nClaim: Three.\nFact: Four.", []),
        ("Mills: 20 points.\nVega: 12 points.\nOrr: 9 points.", []),
    ],
)
def test_labels_come_in_many_forms(text: str, turns: list[str]) -> None:
    assert [t.label.of(text) for t in find_turns(text, find_paragraphs(text))] == turns


def test_talk_ends_where_the_report_goes_on() -> None:
    text = "Q: One?\nA: Two.\nQ: Three?\nA: Four.\nI like it here.\nVell, the director, said: “I am glad.”\nThe drum is old."
    last = find_turns(text, find_paragraphs(text))[-1]
    assert [s.of(text) for s in last.said] == ["Four.", "I like it here."]


def test_what_is_done_is_not_said() -> None:
    text = "VELL: One?\nLANE: Two.\n(Applause.)\nVELL: Three?\n[CLIP ENDS]\nLANE: Four."
    assert [[s.of(text) for s in turn.said] for turn in find_turns(text, find_paragraphs(text))] == [
        ["One?"],
        ["Two."],
        ["Three?"],
        ["Four."],
    ]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("12.03 “Is it too late?” asks Tom.", "“Is it too late?” asks Tom."),
        ("10.15 million boats came.", "10.15 million boats came."),
        ("The claim: A doctor urged people to wait.", "A doctor urged people to wait."),
        ("Vell: I waited.", "Vell: I waited."),
    ],
)
def test_labels_that_are_no_speakers_are_left_out(text: str, rest: str) -> None:
    assert leave_out_label(text, Span(0, len(text))).of(text) == rest


# --- what must not break ------------------------------------------------------------------------------------------------------------

ODD = st.lists(
    st.sampled_from(
        ["“", "”", "‘", "’", '"', "''", ":", ",", ". ", "\n", "said", "that", "He", "told her", "a note", "wrote", "put", "in",
         "and urged us to", "the court heard.", "rates it FALSE", "was clear", "―", "Ana Vell", "Q: ", "A: ", "according to", "who",
         "(", ")", "Translation"]
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(ODD)
def test_odd_text_breaks_nothing(words: list[str]) -> None:
    text = " ".join(words)
    readings = extract(text, [Block(p, "paragraph") for p in find_paragraphs(text)], least=0.0)
    for index, reading in enumerate(readings):
        assert all(0 <= s.start < s.end <= len(text) for part in (reading.content, reading.cue, reading.source) for s in part)
        assert reading.within is None or (reading.within != index and reading.within < len(readings))


def test_quotations_ten_deep_are_read() -> None:
    text = (
        "".join("“He told me, " if k % 2 else "‘She said: " for k in range(10))
        + "Leave it."
        + "".join("”" if k % 2 else "’" for k in range(9, -1, -1))
    )
    extract(text, [Block(Span(0, len(text)), "paragraph")])


@pytest.mark.parametrize(
    "piece", ["A note: “Stay at home today.” ", "the court heard. ", "in the ", "rates it ", "was clear: ", "He said “no ", ", "]
)
def test_time_is_linear(piece: str) -> None:
    def take(count: int) -> float:
        text = piece * count
        place = find_place(text, [Span(0, len(text))])
        return measure_best(lambda: (find_unmarked(text, place, []), find_held(text, place, [])))

    take(100)
    assert take(8000) < 16 * take(1000) + 0.2
