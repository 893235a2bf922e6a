"""Windows, the CRF's paths, relations out of paths, quotation marks, and the reader as a whole."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onrecord.errors import ModelError
from onrecord.extract import extract
from onrecord.extract.model import CONTENT, CUE, SOURCE, load_model
from onrecord.extract.paths import NONE, read_paths
from onrecord.extract.quotes import Place, find_place, find_whole_quotation, tell_kind
from onrecord.extract.windows import BREAK, Pieces, cut_pieces, pack_windows
from onrecord.text import find_paragraphs
from onrecord.types import Block, Embed, Reading, Span


def read_plain(text: str) -> list[Reading]:
    return extract(text, [Block(p, "paragraph") for p in find_paragraphs(text)])


def show(text: str, reading: Reading) -> tuple[str, str, str]:
    """Source, cue and content as words."""
    return tuple(" … ".join(s.of(text) for s in part) for part in (reading.source, reading.cue, reading.content))  # type: ignore[return-value]


# --- windows ------------------------------------------------------------------------------------------------------------------


def build_pieces(*lengths: int) -> list[Pieces]:
    paragraphs, at = [], 0
    for n in lengths:
        starts = np.arange(at, at + 2 * n, 2)
        paragraphs.append(Pieces(np.full(n, 2000), np.zeros(n, dtype=np.int64), starts, starts + 1))
        at += 2 * n + 2
    return paragraphs


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), max_size=12))
def test_every_piece_is_read_for_cues_exactly_once(lengths: list[int]) -> None:
    paragraphs = build_pieces(*lengths)
    windows = pack_windows(paragraphs, packed=30, longest=24)
    owned = [s for w in windows for s in w.starts[w.own_from : w.own_to].tolist() if s >= 0]
    assert owned == [s for p in paragraphs for s in p.starts.tolist()]
    assert all(len(w) <= 30 for w in windows)


def test_paragraphs_are_packed_with_a_break_between() -> None:
    (window,) = pack_windows(build_pieces(3, 4), packed=30)
    assert window.ids.tolist() == [101, 2000, 2000, 2000, BREAK, 2000, 2000, 2000, 2000, 102]


def test_pieces_know_their_case_and_whether_they_are_quoted() -> None:
    text = "She said “No WAY”."
    (pieces,) = cut_pieces(text, [Span(0, len(text))], load_model().tokenizer)
    words = [text[s:e] for s, e in zip(pieces.starts, pieces.ends, strict=True)]
    shapes = dict(zip(words, pieces.shapes.tolist(), strict=True))
    assert (shapes["She"], shapes["said"], shapes["No"], shapes["WAY"], shapes["."]) == (1, 0, 5, 6, 3)


# --- the CRF ------------------------------------------------------------------------------------------------------------------


def test_paths_and_probabilities_are_those_of_all_paths() -> None:
    """Against every path written out, on short windows of several lengths."""
    chance = np.random.default_rng(1)
    states = chance.normal(size=(3, 5, 4)).astype(np.float32)
    transitions = chance.normal(size=(4, 4)).astype(np.float32)
    lengths = np.array([5, 3, 1])
    paths, shares, nothing = read_paths(states, transitions, lengths)
    for k, length in enumerate(lengths.tolist()):
        scores = {
            path: sum(states[k, t, s] for t, s in enumerate(path)) + sum(transitions[a, b] for a, b in itertools.pairwise(path))
            for path in itertools.product(range(4), repeat=length)
        }
        best = max(scores, key=lambda p: scores[p])
        total = np.logaddexp.reduce(list(scores.values()))
        assert tuple(paths[k, :length].tolist()) == best
        assert (paths[k, length:] == NONE).all()
        assert nothing[k] == pytest.approx(np.exp(scores[(NONE,) * length] - total), abs=1e-4)
        named = [t for t in range(length) if best[t] != NONE]
        marginals = [sum(np.exp(s - total) for p, s in scores.items() if p[t] == best[t]) for t in named]
        assert shares[k] == pytest.approx(np.mean(marginals) if named else 0, abs=1e-4)


def test_states_are_none_source_cue_content() -> None:
    assert (NONE, SOURCE, CUE, CONTENT) == (0, 1, 2, 3)


# --- quotation marks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "content", "kind"),
    [
        ("“We sail,” she said.", "“We sail,”", "direct"),
        ("She said that “we sail”.", "that “we sail”", "direct"),
        ("She said they “sail” at noon.", "they “sail” at noon", "mixed"),
        ("She offered to “sail at noon”.", "to “sail at noon”", "direct"),
        ("She said they sail.", "they sail", "indirect"),
        ("She said: “We sail", "“We sail", "direct"),
        ("‘We sail,’ she said.", "‘We sail,’", "direct"),
    ],
)
def test_kind(text: str, content: str, kind: str) -> None:
    at = text.index(content)
    spans = [Span(at, at + len(content))]
    assert tell_kind(text, spans, find_place(text, [Span(0, len(text))]).quotations) == kind


@pytest.mark.parametrize(
    ("text", "whole"),
    [("“All of this is quoted.”", True), ("“All of this”, he said.", False), ("“No.”", False), ("He said “all of this here”", False)],
)
def test_paragraphs_that_only_quote(text: str, whole: bool) -> None:
    place = find_place(text, [Span(0, len(text))])
    assert (find_whole_quotation(text, place.spans[0], place.quotations) is not None) == whole


# --- the whole ------------------------------------------------------------------------------------------------------------------

CASES = [
    ("“The ferry is safe,” Captain Mara Quill said.", [("Captain Mara Quill", "said", "“The ferry is safe,”")]),
    ("Quill said that the ferry was safe.", [("Quill", "said", "that the ferry was safe")]),
    ("According to the harbour board, the ferry was safe.", [("the harbour board", "According to", "the ferry was safe")]),
    (
        "“The ferry,” Quill said, “is safe.”",
        [("Quill", "said", "“The ferry,” … “is safe.”")],
    ),
    ("‘The ferry is safe,’ Quill told reporters.", [("Quill", "told", "‘The ferry is safe,’")]),
    ("The ferry left at noon. It rained. The harbour was empty.", []),
]


@pytest.mark.parametrize(("text", "statements"), CASES)
def test_statements(text: str, statements: list[tuple[str, str, str]]) -> None:
    assert [show(text, r) for r in read_plain(text)] == statements


def test_what_is_quoted_inside_a_content_is_read_again() -> None:
    text = "“Jon Vale told me that the bridge was closed,” Mara Quill said on Monday."
    outer, inner = read_plain(text)
    assert (outer.within, inner.within) == (None, 0)
    assert show(text, inner)[:2] == ("Jon Vale", "told")


def test_a_reader_in_training_has_no_head_for_certainty() -> None:
    text = "“Jon Vale told me that the bridge was closed,” Mara Quill said on Monday."
    readings = extract(text, [Block(Span(0, len(text)), "paragraph")], model=replace(load_model(), certainty=None))
    assert [reading.within for reading in readings] == [None, 0]
    assert not any(reading.judged for reading in readings)
    assert read_plain(text)[0].judged


def test_what_is_inside_lies_inside() -> None:
    text = "‘He rang me,’ said Mara Quill, ‘and told me that it was closed, and Jon Vale said that he had said no.’"
    readings = read_plain(text)
    for inner in readings:
        if inner.within is not None:
            holder = readings[inner.within]
            assert all(any(h.holds(s) for h in holder.content) for part in (inner.content, inner.cue, inner.source) for s in part)


@pytest.mark.parametrize(
    "text",
    [
        "“The ferry is safe,” Mara Quill said. “It has sailed for forty years.\n\n“It will sail for forty more.”\n\nIt rained.",
        "‘The ferry is safe,’ Mara Quill said. ‘It has sailed for forty years.\n\n‘It will sail for forty more.’\n\nIt rained.",
        "“The ferry is safe,” Mara Quill said.\n\n“It will sail for forty more.”\n\nIt rained.",
    ],
)
def test_quotations_run_on_over_paragraphs(text: str) -> None:
    """What the next paragraph quotes is in one statement, direct, with the source above or none of its own."""
    holding = [r for r in read_plain(text) if any("sail for forty more" in span.of(text) for span in r.content)]
    assert len(holding) == 1
    assert holding[0].kind == "direct"
    assert [s.of(text) for s in holding[0].source] in (["Mara Quill"], [])


def test_a_post_is_a_statement_of_its_author() -> None:
    text = "It rained.\n\nThe bridge is closed.\n— Mara Quill (@mq)\nJanuary 3, 2031"
    post = Embed(span=Span(12, len(text)), platform=None, author="Mara Quill", author_span=Span(36, 46), content=(Span(12, 33),))
    (reading,) = extract(text, [Block(Span(0, 10), "paragraph"), Block(Span(12, len(text)), "embed")], [post])
    assert (reading.kind, reading.cue, reading.embed) == ("direct", (), 0)


def test_looking_inside_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a step makes of an inner content, what is no smaller than its holder is not looked into."""

    def find_whole(text: str, place: Place, *_: object) -> list[Reading]:
        return [Reading(content=place.spans, cue=(Span(0, 5),), source=(Span(0, 5),), kind="direct", confidence=0.9)]

    monkeypatch.setattr("onrecord.extract._find_within", find_whole)
    text = "Mara Quill said the bridge over the river would be closed until the spring of next year."
    assert [r.within for r in extract(text, [Block(Span(0, len(text)), "paragraph")])] == [None]


def test_headings_are_read() -> None:
    text = "Quill says the ferry is safe"
    (reading,) = extract(text, [Block(Span(0, len(text)), "heading")])
    assert [s.of(text) for s in (*reading.source, *reading.cue, *reading.content)] == ["Quill", "says", "the ferry is safe"]


@pytest.mark.parametrize(
    "text", ["Ferry Service Resumes After Storm", "Harbour news", "The ‘ghost’ ferry of Tern Bay", "Footbridge: what we know"]
)
def test_most_headings_state_nothing(text: str) -> None:
    assert extract(text, [Block(Span(0, len(text)), "heading")]) == []


def test_a_long_paragraph_has_no_seams() -> None:
    """The same sentence a hundred times in one paragraph: every window's own cues are found, none twice."""
    sentence = "Captain Quill said that the ferry was safe. It rained all day in the empty harbour. "
    text = (sentence * 100).strip()
    found = read_plain(text)
    assert len({r.cue[0].start // len(sentence) for r in found}) == len(found) >= 95
    assert {show(text, r)[:2] for r in found} == {("Captain Quill", "said")}


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" .,“”\"'‘’\nsaid")), max_size=300))
@example("\ud800 said “\udfff”")
def test_spans_lie_inside_any_text(text: str) -> None:
    for reading in read_plain(text):
        for span in (*reading.content, *reading.cue, *reading.source):
            assert 0 <= span.start < span.end <= len(text)


def test_a_damaged_installation_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(Path(__file__).parent.parent / "src" / "onrecord" / "data" / "reader", folder)
    (folder / "anchors.onnx").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match=r"anchors\.onnx is damaged"):
        load_model(folder)
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path / "nowhere")
