"""Vectors of what statements say, for finding the same said in other words.

The reader's encoder has them nearly ready: its states after the second layer still know what words mean, and later ones are tuned to who
says what. They are averaged, each word piece by its weight, and mapped to fewer dimensions; the weights and the map are trained on
translations (training/meaning.py). A sentence encoder of its own was rejected: three times the work for each statement, for as good a
result.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from onrecord.extract.model import Floats, Ints, Model, count_threads, load_model

_LONGEST = 160  # pieces of a text that are read; its beginning and its end, if it is longer
_BATCH = 512  # pieces, padding counted in


def embed(texts: Sequence[str]) -> Floats:
    """A vector of length 1 for each text, texts by dimensions; for a text without any words, zeros. The cosine of two is their product."""
    model = load_model()
    ids = [_cut(encoding.ids) for encoding in model.tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    batches = _fill_batches(order, ids)
    vectors = np.zeros((len(texts), load_head().map.shape[1]), dtype=np.float32)
    for batch, read in zip(batches, model.workers.map(lambda batch: pool(*_run(model, [ids[i] for i in batch])), batches), strict=True):
        vectors[batch] = read
    return vectors


def _cut(ids: list[int]) -> list[int]:
    half = _LONGEST // 2
    return ids if len(ids) <= _LONGEST else [*ids[:half], *ids[-half:]]


def _fill_batches(order: Sequence[int], ids: Sequence[Sequence[int]]) -> list[list[int]]:
    """Texts of about one length together, and so many batches that every processor has some."""
    most = max(32, min(_BATCH, sum(map(len, ids)) // count_threads()))
    batches: list[list[int]] = []
    for i in order:
        if batches and len(ids[i]) * (len(batches[-1]) + 1) <= most:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def _run(model: Model, texts: Sequence[Sequence[int]]) -> tuple[Ints, Floats, Ints]:
    """Pieces, their middle states and the mask of texts of about one length."""
    ids = np.zeros((len(texts), max(map(len, texts))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    (middle,) = model.lower.run(["middle"], {"ids": ids, "shapes": np.zeros_like(ids), "mask": mask})
    return ids, middle, mask


class Head:
    """What is trained: a weight for each word piece, how much its state adds to that, and the map to fewer dimensions."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self.pieces, self.gate, self.map = (arrays[name].astype(np.float32) for name in ("pieces", "gate", "map"))
        self.offset = float(arrays["offset"])


@cache
def load_head() -> Head:
    """The head that the package ships. Raises ModelError if it is damaged."""
    with np.load(io.BytesIO(load_model().vectors), allow_pickle=False) as arrays:
        return Head(dict(arrays))


def pool(ids: Ints, middle: Floats, mask: Ints, head: Head | None = None) -> Floats:
    """The texts' vectors from the states of their pieces. The tokenizer's own first and last piece say nothing."""
    head = head or load_head()
    said = mask.copy()
    said[:, 0] = 0
    said[np.arange(len(said)), mask.sum(1) - 1] = 0
    weights = np.logaddexp(0, head.pieces[ids] + middle @ head.gate + head.offset) * said
    means = np.einsum("tp,tpd->td", weights, middle) / np.maximum(1e-9, weights.sum(1, keepdims=True))
    vectors = means @ head.map
    return np.asarray(vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True)), dtype=np.float32)


@lru_cache(maxsize=65536)
def weigh_word(word: str) -> float:
    """How much a word tells of what is said, by the weights of its pieces."""
    ids = load_model().tokenizer.encode(word, add_special_tokens=False).ids
    return float(np.logaddexp(0, load_head().pieces[ids] + load_head().offset).sum()) if ids else 0.0
