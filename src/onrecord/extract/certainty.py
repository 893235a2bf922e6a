"""How sure sentences are of their predicates: the reader's certainty head, read over states that the encoder has made anyway.

`certainty.onnx` takes the states after the encoder's second layer, one sentence at a time, and gives for every piece how sure the
author presents what it names as being (-3 to 3) and whether it begins a predicate; see training/certainty.py. Of a content the head is
given its first sentence, without the cue: what that says of its content is told apart afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from onrecord.extract.model import Floats, Model, load_model
from onrecord.extract.windows import Window, cut_pieces, pack_windows
from onrecord.types import Judged, Span

_LONGEST = 160  # pieces of a sentence that are read


def judge_sentences(
    text: str, sentences: Sequence[Span], windows: Sequence[Window], middle: Sequence[Floats], model: Model
) -> list[tuple[Judged, ...]]:
    """The predicates of each sentence with their values; `middle` holds the states of the windows that the sentences stand in."""
    return [
        tuple(Judged(_find_word(text, span), _bound(scores[0])) for span, scores in pieces if scores[-1] > 0)
        for pieces in _score_pieces(sentences, windows, middle, model)
    ]


def rate_predicates(
    texts: Sequence[str], predicates: Sequence[Sequence[Span]], *, scale: int = 0, model: Model | None = None
) -> list[list[float]]:
    """How sure each text presents each of its predicates, given as spans, as being: -3 (it is not so) to 3 (it is so).

    Texts are sentences, each read as an article of its own. `scale` is the annotation whose scale is used (0 is UW's, as in reports).
    """
    model = model or load_model()
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)]).tolist()
    text, sentences = "\n".join(texts), [Span(start, start + len(t)) for start, t in zip(starts, texts, strict=False)]
    windows = [window for pieces in cut_pieces(text, sentences, model.tokenizer) for window in pack_windows([pieces])]
    scored = _score_pieces(sentences, windows, model.read_middle(windows), model)
    return [
        [_find_value(pieces, span.start + sentence.start, scale) for span in spans]
        for sentence, spans, pieces in zip(sentences, predicates, scored, strict=True)
    ]


def _find_value(pieces: Sequence[tuple[Span, Floats]], at: int, scale: int) -> float:
    """The value at the piece that holds code point `at`, or at the last one before it; 0 where there is none."""
    before = [scores for span, scores in pieces if span.start <= at]
    return _bound(before[-1][scale]) if before else 0.0


def _score_pieces(
    sentences: Sequence[Span], windows: Sequence[Window], middle: Sequence[Floats], model: Model
) -> list[list[tuple[Span, Floats]]]:
    """The pieces of each sentence with what the head gives for them."""
    own = [np.flatnonzero((w.starts >= 0) & (np.arange(len(w)) >= w.own_from) & (np.arange(len(w)) < w.own_to)) for w in windows]
    if not own or model.certainty is None:
        return [[] for _ in sentences]
    starts = np.concatenate([w.starts[i] for w, i in zip(windows, own, strict=True)])
    order = np.argsort(starts, kind="stable")
    starts, pieces = starts[order], np.concatenate(own)[order]
    of = np.concatenate([np.full(len(i), k) for k, i in enumerate(own)])[order]
    found = []
    for sentence in sentences:
        low, high = np.searchsorted(starts, [sentence.start, sentence.end])
        window = int(of[low]) if low < high else 0
        inside = pieces[low:high][of[low:high] == window][:_LONGEST]
        found.append((window, inside))
    scored = model.judge([middle[window][inside] for window, inside in found])
    return [
        [(Span(int(windows[window].starts[i]), int(windows[window].ends[i])), row) for i, row in zip(inside, scores, strict=True)]
        for (window, inside), scores in zip(found, scored, strict=True)
    ]


def _find_word(text: str, piece: Span) -> Span:
    end = piece.end
    while end < len(text) and end - piece.start < 40 and text[end].isalnum():
        end += 1
    return Span(piece.start, end)


def _bound(value: float) -> float:
    return round(float(max(-3.0, min(3.0, value))), 3)
