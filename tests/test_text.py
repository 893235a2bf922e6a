"""Paragraphs, sentences and quotations, as spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.text import find_paragraphs, find_quotations, find_sentence_end, find_sentence_start, trim
from onrecord.types import Span


def whole(text: str) -> Span:
    return Span(0, len(text))


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", []),
        (" \n\t\n", []),
        ("One.\nTwo.\n\nThree.", ["One.", "Two.", "Three."]),
        ("One.\r\nTwo.\rThree.\u2028Four.", ["One.", "Two.", "Three.", "Four."]),
        ("  padded \x00 \n", ["padded"]),
        (
            "The ferry company said on Monday that it would\nnot sail in winter any more, and that the islanders\nknew.\n\nNobody had.",
            ["The ferry company said on Monday that it would\nnot sail in winter any more, and that the islanders\nknew.", "Nobody had."],
        ),
        (
            "Short line\nAnother short line\nA third one that is longer than those",
            ["Short line", "Another short line", "A third one that is longer than those"],
        ),
    ],
)
def test_paragraphs(text: str, paragraphs: list[str]) -> None:
    assert [p.of(text) for p in find_paragraphs(text)] == paragraphs


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ("“We sail,” she said.", [("We sail,", True, 0)]),
        ('"We sail," she said. "At noon."', [("We sail,", True, 0), ("At noon.", True, 0)]),
        ("‘We sail,’ she said, ‘and don’t ask.’", [("We sail,", True, 0), ("and don’t ask.", True, 0)]),
        ("'We sail,' she said. 'Don't ask.'", [("We sail,", True, 0), ("Don't ask.", True, 0)]),
        ("“He said ‘no’ twice.”", [("He said ‘no’ twice.", True, 0), ("no", True, 1)]),
        ("‘He said “no” twice.’", [("He said “no” twice.", True, 0), ("no", True, 1)]),
        ("“This runs on", [("This runs on", False, 0)]),
        ("the crews’ boats and the ’90s rock ’n’ roll", []),
        ("It's the crew's boat", []),
        ("„Ja“, said he, «oui», and 「はい」", [("Ja", True, 0), ("oui", True, 0), ("はい", True, 0)]),
        ("``Yes,'' he said", [("Yes,", True, 0)]),
        ("stray ” mark and “", []),
        ("‘The boys’ plan is late,’ he said", [("The boys’ plan is late,", True, 0)]),
    ],
)
def test_quotations(text: str, quotations: list[tuple[str, bool, int]]) -> None:
    assert [(q.inner.of(text), q.closed, q.depth) for q in find_quotations(text, whole(text))] == quotations


MARKS = st.text(alphabet="ab S.,'\"“”‘’„«»` \n", max_size=120)


@given(MARKS)
def test_quotations_lie_inside_and_nest(text: str) -> None:
    for q in find_quotations(text, whole(text)):
        assert whole(text).holds(q.outer)
        assert q.outer.holds(q.inner)
        assert len(q.inner) < len(q.outer)


@pytest.mark.parametrize("mark", ["“", "”", '"', "'", "‘", "’", "«", "``"])
def test_marks_by_the_thousand(mark: str) -> None:
    text = f" {mark}a" * 20_000
    assert len(find_quotations(text, whole(text))) <= 20_000


@given(st.text(max_size=200), st.integers(0, 200))
def test_sentences_hold_their_place(text: str, at: int) -> None:
    at = min(at, len(text))
    assert find_sentence_start(text, at) <= at <= find_sentence_end(text, at) <= len(text)


def test_sentence_ends_are_not_abbreviations() -> None:
    text = "He left. Mr. Noor told Sen. A. Quill so. She stayed."
    at = text.index("told")
    assert Span(find_sentence_start(text, at), find_sentence_end(text, at)).of(text) == "Mr. Noor told Sen. A. Quill so"


@given(st.text(max_size=50))
def test_trimmed_spans_have_no_white_edges(text: str) -> None:
    cut = trim(text, whole(text)).of(text)
    assert cut == cut.strip()
