"""How sure a report presents what it says as being, on sentences of our own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.extract import extract
from onrecord.extract.certainty import rate_predicates
from onrecord.resolve.certainty import find_tokens, inflect, load_lexicon, rate_certainty, rate_predicate
from onrecord.types import Block, Certainty, Judged, Reading, Span
from tests.timing import measure_best


def build_reading(text: str, cue: str, content: str, source: str = "", within: int | None = None) -> Reading:
    """A reading by its words, each looked up where it stands first."""
    spans = {
        name: (Span(at := text.index(words), at + len(words)),) if words else ()
        for name, words in (("cue", cue), ("content", content), ("source", source))
    }
    return Reading(**spans, kind="indirect", confidence=0.9, within=within)


def rate(text: str, cue: str, content: str, source: str = "") -> tuple[float, str | None]:
    """The value of one reading, and the words that tell."""
    certainty = rate_certainty(text, [build_reading(text, cue, content, source)])[0]
    return certainty.value, certainty.span.of(text) if certainty.span else None


# --- contents under their cues ---------------------------------------------------------------------------------------

DENIED, DOUBTED, OPEN, SAID, CERTAIN = "denied", "doubted", "open", "said", "certain"
LEVELS = {DENIED: (-3, -1.5), DOUBTED: (-1.5, 0), OPEN: (0, 1.0), SAID: (1.0, 1.499), CERTAIN: (1.5, 3)}

CUES = [
    ("The mayor said the bridge was closed.", "said", "the bridge was closed", SAID, "said"),
    ("According to the mayor, the bridge was closed.", "According to", "the bridge was closed", SAID, "According"),
    ("The mayor confirmed that the bridge was closed.", "confirmed", "that the bridge was closed", CERTAIN, "confirmed"),
    ("The mayor admitted the bridge had cracks.", "admitted", "the bridge had cracks", CERTAIN, "admitted"),
    ("The mayor denied that the bridge was closed.", "denied", "that the bridge was closed", DENIED, "denied"),
    ("The mayor dismissed the story that the bridge fell.", "dismissed the story", "that the bridge fell", DENIED, "dismissed"),
    ("The paper had wrongly said that the bridge fell.", "had wrongly said", "that the bridge fell", DENIED, "wrongly"),
    ("The paper falsely claimed that the bridge fell.", "claimed", "that the bridge fell", DENIED, "falsely"),
    ("The mayor doubted that the bridge was safe.", "doubted", "that the bridge was safe", DOUBTED, "doubted"),
    ("The mayor claimed the bridge was safe.", "claimed", "the bridge was safe", OPEN, "claimed"),
    ("The mayor believes the bridge is safe.", "believes", "the bridge is safe", OPEN, "believes"),
    ("The mayor offered to mend the bridge.", "offered", "to mend the bridge", OPEN, "offered"),
    ("The mayor did not confirm that the bridge fell.", "confirm", "that the bridge fell", OPEN, "not"),
    ("The mayor would not say whether it fell.", "would not say", "whether it fell", OPEN, "not"),
    ("The mayor, who declined to be named, denied that it fell.", "denied", "that it fell", DENIED, "denied"),
    ("The mayor said it was not at all clear that it fell.", "said", "it was not at all clear that it fell", OPEN, "not at all clear"),
    ("“Did the bridge fall?” asked the mayor.", "asked", "“Did the bridge fall?”", OPEN, "?"),
    ("The mayor hollered that the bridge fell.", "hollered", "that the bridge fell", SAID, None),
]


@pytest.mark.parametrize(("text", "cue", "content", "level", "told"), CUES, ids=[c[0] for c in CUES])
def test_contents(text: str, cue: str, content: str, level: str, told: str | None) -> None:
    value, words = rate(text, cue, content)
    low, high = LEVELS[level]
    assert low <= value <= high
    assert words == told


def test_a_denial_inside_a_content_is_no_denial_of_it() -> None:
    text = "The mayor confirmed that the bridge had not fallen."
    reading = build_reading(text, "confirmed", "that the bridge had not fallen")
    at = text.index("fallen")
    judged = Reading(cue=reading.cue, content=reading.content, kind="indirect", confidence=0.9, judged=(Judged(Span(at, at + 6), -2.9),))
    assert rate_certainty(text, [judged])[0].value >= 1.5


def test_a_nested_content_is_no_surer_than_what_holds_it() -> None:
    text = "The clerk claimed the mayor confirmed that the bridge fell."
    outer = build_reading(text, "claimed", "the mayor confirmed that the bridge fell")
    inner = build_reading(text, "confirmed", "that the bridge fell", within=0)
    first, second = rate_certainty(text, [outer, inner])
    assert second == first
    assert first.span is not None
    assert first.span.of(text) == "claimed"


def test_a_nested_denial_stays_a_denial() -> None:
    text = "The clerk claimed the mayor denied that the bridge fell."
    outer = build_reading(text, "claimed", "the mayor denied that the bridge fell")
    inner = build_reading(text, "denied", "that the bridge fell", within=0)
    assert rate_certainty(text, [outer, inner])[1].value < 0


def test_what_another_statement_disputes_is_open() -> None:
    text = "The mayor confirmed that the bridge fell."
    readings = [build_reading(text, "confirmed", "that the bridge fell")]
    assert rate_certainty(text, readings)[0].value >= 1.5
    assert 0 <= rate_certainty(text, readings, disputed=[0])[0].value <= 0.5


# --- predicates by rule ------------------------------------------------------------------------------------------------

PREDICATES = [
    ("The ferry sank.", "sank", None),
    ("The ferry did not sink.", "sink", "not"),
    ("The ferry didn’t sink.", "sink", "n’t"),
    ("The ferry may sink.", "sink", "may"),
    ("The ferry may not sink.", "sink", "not"),
    ("If the ferry is late, the bus waits.", "late", "If"),
    ("They failed to raise the ferry.", "raise", "failed"),
    ("The ferry did not leave; it sank.", "sank", None),
]


@pytest.mark.parametrize(("text", "word", "told"), PREDICATES, ids=[p[0] for p in PREDICATES])
def test_predicates(text: str, word: str, told: str | None) -> None:
    at = text.index(word)
    certainty = rate_predicate(text, Span(at, at + len(word)))
    assert (certainty.span.of(text) if certainty.span else None) == told
    assert (certainty.value == load_lexicon().plain) == (told is None)


def test_words_are_listed_once() -> None:
    forms = [form for words in load_lexicon().cues for form in [words]]
    assert len(forms) == len(set(forms))
    assert list(inflect("deny")) == ["deny", "denies", "denied", "denying"]
    assert "admitted" in set(inflect("admit"))


# --- the reader's head -------------------------------------------------------------------------------------------------


def rate_word(text: str, word: str) -> float:
    at = text.index(word)
    return rate_predicates([text], [[Span(at, at + len(word))]])[0][0]


def test_the_head_tells_facts_from_the_rest() -> None:
    fact = rate_word("The ferry sank off the cape on Monday.", "sank")
    chance = rate_word("The ferry may sink off the cape on Monday.", "sink")
    denied = rate_word("The ferry did not sink off the cape on Monday.", "sink")
    assert denied < 0 < chance < fact
    assert fact > 2


def test_sentences_are_rated_in_the_order_given() -> None:
    texts = ["The ferry sank.", "The ferry, which was built in Noor and was seen there on Monday, did not sink at all.", ""]
    words = ["sank", "sink"]
    spans = [[Span(t.index(w), t.index(w) + len(w))] for t, w in zip(texts, words, strict=False)] + [[]]
    together = rate_predicates(texts, spans)
    assert [len(row) for row in together] == [1, 1, 0]
    assert together[1][0] < 0 < together[0][0]


def test_contents_are_judged_where_they_are_read_again() -> None:
    text = "The harbour master, Ada Noor, said that the ferry might sink before the tugs from the mainland reach the cape."
    readings = extract(text, [Block(Span(0, len(text)), "paragraph")])
    judged = [j for r in readings for j in r.judged]
    assert "sink" in [j.span.of(text) for j in judged]
    assert all(any(piece.holds(j.span) for piece in r.content) for r in readings for j in r.judged)


# --- properties ----------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["not", "may", "denied", "“", "”", "?", ",", ".", "\n", "ferry", "falsely", "said", "’", "n’t", "the", "é", "whether"]
)


@given(st.lists(WORDS, min_size=3, max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_values_are_bounded_and_spans_lie_in_the_text(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    cue, content = Span(cuts[0], cuts[1]), Span(cuts[2], max(cuts[2] + 1, cuts[3]))
    content = Span(min(content.start, len(text) - 1), min(content.end, len(text)))
    readings = [
        Reading(content=(content,), cue=(cue,) if len(cue) else (), kind="direct", confidence=0.5, within=within) for within in (None, 0)
    ]
    for certainty in (*rate_certainty(text, readings), rate_predicate(text, content)):
        assert -3 <= certainty.value <= 3
        assert certainty.span is None or 0 <= certainty.span.start < certainty.span.end <= len(text)


def measure_time(sentences: int) -> float:
    text = " ".join(f"The mayor number {i} did not confirm that the bridge {i} may fall , and so on" for i in range(sentences))
    readings = [
        Reading(cue=(Span(*m.span(1)),), content=(Span(*m.span(2)),), kind="indirect", confidence=0.5)
        for m in re.finditer(r"(confirm) (that the bridge \d+ may fall)", text)
    ]
    assert all(isinstance(c, Certainty) for c in rate_certainty(text, readings))
    return measure_best(lambda: rate_certainty(text, readings))


def test_time_is_linear_in_the_text() -> None:
    measure_time(50)
    assert measure_time(3200) < 40 * max(0.005, measure_time(400))


def test_tokens_part_clitics() -> None:
    assert [t.word for t in find_tokens("They didn’t; he'll go.", Span(0, 22))] == ["they", "did", "n't", ";", "he", "'ll", "go", "."]
