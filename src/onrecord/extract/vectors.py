"""What statements mean, word piece by word piece, for finding the same said in other words.

The reader's encoder has it nearly ready: its states after the second layer still know what words mean, and later ones are tuned to who
says what. Each piece's state is mapped to fewer dimensions; each piece has a weight, how much it tells. Of two texts is
measured how much of what one tells is in the other: for each piece the nearest of the other text, averaged by the weights (late
interaction, Khattab and Zaharia 2020). One vector for a whole text was rejected: it puts all that is said of one subject together,
and found 0.82 of what this finds 0.91, both of them before any training. So was a sentence encoder of its own: three times the
work for each statement. Map and weights are trained on translations (training/meaning.py).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from onrecord.extract.model import Floats, Ints, Model, count_threads, load_model

_LONGEST = 160  # pieces of a text that are read; its beginning and its end, if it is longer
_BATCH = 512  # pieces, padding counted in


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text's word pieces: a vector of length 1 for each (pieces by dimensions), and how much each tells."""

    vectors: Floats
    weights: Floats


def read_meanings(texts: Sequence[str], head: Head | None = None) -> list[Meaning]:
    """What each text means, by the shipped head or another; a text without any words has no pieces."""
    model = load_model()
    ids = [_cut(encoding.ids) for encoding in model.tokenizer.encode_batch(list(texts))]
    batches = _fill_batches(sorted(range(len(ids)), key=lambda i: len(ids[i])), ids)
    read: dict[int, Meaning] = {}
    runs = list(model.workers.map(lambda batch: _run(model, [ids[i] for i in batch]), batches))
    for batch, run in zip(batches, runs, strict=True):  # here and not in the workers: NumPy's own threads and ours get in each other's way
        read.update(zip(batch, _build_batch(*run, head or load_head()), strict=True))
    return [read[i] for i in range(len(ids))]


def measure_shared(one: Meaning, others: Sequence[Meaning]) -> Floats:
    """How much of what `one` tells is in each of the others, and how much of what that tells is in `one`: others by 2, about 0 to 1."""
    shared = np.zeros((len(others), 2), dtype=np.float32)
    held = [i for i, other in enumerate(others) if len(other.weights)]
    if not held or not len(one.weights):
        return shared
    starts = np.cumsum([0, *(len(others[i].weights) for i in held[:-1])])
    near = one.vectors @ np.concatenate([others[i].vectors for i in held]).T
    weights = np.concatenate([others[i].weights for i in held])
    mine = one.weights @ np.maximum.reduceat(near, starts, axis=1) / one.weights.sum()
    theirs = np.add.reduceat(near.max(0) * weights, starts) / np.add.reduceat(weights, starts)
    shared[held] = np.stack([mine, theirs], axis=1)
    return shared


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


def build_meaning(ids: Ints, middle: Floats, head: Head) -> Meaning:
    """The meaning of a text from the states of its pieces. The tokenizer's own first and last piece say nothing."""
    return _build_batch(ids[None], middle[None], np.ones((1, len(ids)), dtype=np.int64), head)[0]


def _build_batch(ids: Ints, middle: Floats, mask: Ints, head: Head) -> list[Meaning]:
    """The meanings of texts that were read together, by one product for all of their pieces."""
    states = middle.reshape(-1, middle.shape[-1])
    vectors = (states @ head.map).reshape(*ids.shape, -1)
    vectors /= np.maximum(1e-9, np.linalg.norm(vectors, axis=-1, keepdims=True))
    weights = np.logaddexp(0, head.pieces[ids] + (states @ head.gate).reshape(ids.shape) + head.offset).astype(np.float32)
    lasts = (mask.sum(1) - 1).tolist()
    return [Meaning(vectors[row, 1:last], weights[row, 1:last]) for row, last in enumerate(lasts)]


@lru_cache(maxsize=65536)
def weigh_word(word: str) -> float:
    """How much a word tells of what is said, by the weights of its pieces."""
    ids = load_model().tokenizer.encode(word, add_special_tokens=False).ids
    return float(np.logaddexp(0, load_head().pieces[ids] + load_head().offset).sum()) if ids else 0.0
