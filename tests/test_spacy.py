"""onrecord in a spaCy pipeline: the same spans as reading the text, over many texts, and what cannot be read."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

import onrecord
from onrecord.errors import UnreadableError

spacy = pytest.importorskip("spacy")

EXAMPLES = Path(__file__).parent.parent / "examples"
SAID = "“The quay stays open,” Ilsa Dorn said on Tuesday."
PARAGRAPHS = [each for path in sorted(EXAMPLES.glob("*.txt")) for each in path.read_text(encoding="utf-8").split("\n\n") if len(each) > 60]


def build_texts(many: int) -> list[str]:
    """Texts of one and two paragraphs, no two the same."""
    pairs = (f"{PARAGRAPHS[n]}\n\n{PARAGRAPHS[(n + step) % len(PARAGRAPHS)]}" for step in range(1, 9) for n in range(len(PARAGRAPHS)))
    return [*PARAGRAPHS, *islice(pairs, many - len(PARAGRAPHS))]


def list_spans(text: str, report: onrecord.Report | None) -> list[tuple[str, str, tuple[int, int]]]:
    if report is None:
        return []
    return [
        (said.id, part, (span.start, span.end))
        for said in report.statements
        for part, spans in (("content", said.content), ("cue", said.cue), ("source", said.source.spans if said.source else ()))
        for span in spans
    ]


def test_a_thousand_texts_have_the_spans_that_reading_gives() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord", config={"published": "2022-03-17"})
    texts = build_texts(1000)
    assert len(set(texts)) == 1000
    for text, doc in zip(texts, nlp.pipe(texts), strict=True):
        try:
            read: onrecord.Report | None = onrecord.read_text(text, published="2022-03-17")
        except UnreadableError:
            read = None
        assert doc.text == text
        assert list_spans(text, doc._.report) == list_spans(text, read)
        in_tokens = [
            (said.id, part, (span.start_char, span.end_char))
            for said in doc._.attributions
            for part in ("content", "cue", "source")
            for span in getattr(said, part)
        ]
        for (said, part, (start, end)), (id_, name, (first, last)) in zip(in_tokens, list_spans(text, read), strict=True):
            assert (said, part) == (id_, name)
            assert start <= first < last <= end


def test_what_is_on_a_doc() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord", config={"published": "2024-01-10"})
    doc = nlp(SAID)
    (said,) = doc._.attributions
    assert (said.kind, said.speaker, said.within) == ("direct", "Ilsa Dorn", None)
    assert [(group, [(span.text, span.label_, span.id_) for span in spans]) for group, spans in doc.spans.items()] == [
        ("statements", [("“The quay stays open,”", "CONTENT", "s1")]),
        ("cues", [("said", "CUE", "s1")]),
        ("sources", [("Ilsa Dorn", "SOURCE", "s1")]),
    ]
    assert doc._.report.to_dict()["statements"][0]["time"]["from"] == "2024-01-09"


OTHER = {
    "nothing": "",
    "white space": "   ",
    "German": "Der Kai bleibt offen, sagte die Hafenmeisterin am Dienstag in der Stadt.",
    "too long": "a" * 3_000_000,
}


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_what_cannot_be_read_has_no_statements(text: str) -> None:
    nlp = spacy.blank("en")
    nlp.max_length = 4_000_000
    nlp.add_pipe("onrecord")
    doc = nlp(text)
    assert doc._.report is None or not doc._.report.statements
    assert doc._.attributions == ()
    assert all(len(spans) == 0 for spans in doc.spans.values())


def test_a_byte_order_mark_moves_nothing() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord")
    (said,) = nlp(f"\ufeff{SAID}")._.attributions
    assert [span.text for span in said.cue] == ["said"]
