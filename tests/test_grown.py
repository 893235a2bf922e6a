"""The made world: what it says is true of what it gives."""

from bench.grown import STATEMENTS, Grown, grow
from onrecord.types import Statement


def words_of(grown: Grown, statement: Statement) -> str:
    return statement.content[0].of(grown.report.document.text).lower()


def test_a_seed_gives_one_world_and_small_ones_begin_large_ones() -> None:
    small, large = list(grow(5)), list(grow(12))
    assert [g.capture.sha256 for g in small] == [g.capture.sha256 for g in large[:5]]
    assert [g.capture.sha256 for g in grow(5, seed=2)] != [g.capture.sha256 for g in small]


def test_spans_hold_what_they_say() -> None:
    for grown in grow(20):
        text = grown.report.document.text
        assert grown.capture.content.decode() == text
        names = {source.id: source.name for source in grown.report.sources}
        for statement in grown.report.statements:
            assert statement.source is not None
            assert statement.source.spans[0].of(text) == names[statement.source.id]
            assert text[statement.cue[0].end] in " ."
            assert text[statement.content[0].end] in ',."'


def test_versions_are_what_the_truth_calls_them() -> None:
    first: dict[int, str] = {}
    kinds = set()
    for grown in grow(200):
        assert len(grown.truths) in (STATEMENTS, STATEMENTS + 1)
        for statement, truth in zip(grown.report.statements, grown.truths, strict=True):
            words = words_of(grown, statement)
            kinds.add(truth.how)
            if truth.how == "first":
                assert truth.utterance not in first
                first[truth.utterance] = words
            elif truth.how == "duplicate":
                assert words == first[truth.utterance]
            elif truth.how == "truncation":
                assert words in first[truth.utterance]
            else:
                assert words != first[truth.utterance]
    assert kinds == {"first", "duplicate", "truncation", "alteration"}
    assert len(set(first.values())) == len(first)
