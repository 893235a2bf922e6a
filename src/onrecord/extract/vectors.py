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
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from onrecord.extract.model import Floats, Ints, load_model

_LONGEST = 160  # pieces of a text that are read; its beginning and its end, if it is longer
_SMOOTH = 2.0  # weight of the whole in what is measured of the rest: few pieces tell little
_KEPT = 8_192  # texts whose meaning is kept: some 50 MB of them


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text's word pieces: a vector of length 1 for each (pieces by dimensions), and how much each tells."""

    ids: Ints
    vectors: NDArray[np.float16]
    weights: Floats


def read_meanings(texts: Sequence[str], head: Head | None = None) -> list[Meaning]:
    """What each text means, by the shipped head or another; a text without any words has no pieces.

    Each is read by itself, as the encoder's rounding depends on all that it reads at once. What was read last is kept.
    """
    head = head or load_head()
    places = [_keep(text, head) for text in texts]
    new = {text: place for text, place in zip(texts, places, strict=True) if not place}
    read = load_model().run_all(read_states, new)
    with find_products().limit(limits=1):
        for place, states in zip(new.values(), read, strict=True):
            place.append(build_meaning(*states, head))
    return [place[0] for place in places]


@lru_cache(maxsize=_KEPT)
def _keep(text: str, head: Head) -> list[Meaning]:
    """The place where a text's meaning is put; empty at first."""
    return []


def read_states(text: str) -> tuple[Ints, Floats]:
    """A text's word pieces, and the encoder's middle states of them (pieces by the encoder's width)."""
    model = load_model()
    ids = np.array([_cut(model.tokenizer.encode(text).ids)], dtype=np.int64)
    (middle,) = model.lower.run(["middle"], {"ids": ids, "shapes": np.zeros_like(ids), "mask": np.ones_like(ids)})
    return ids[0], middle[0]


def measure_shared(one: Meaning, others: Sequence[Meaning]) -> Floats:
    """How much of what `one` tells is in each of the others, how much of what that tells is in `one`, and twice the same for the rest: the
    pieces that the other does not have, held against those of the other that this one has not. Others by 4, about 0 to 1.

    What two statements tell of one matter in the same words makes their wholes alike; only if the rest agrees too do they say the same.
    """
    shared = np.zeros((len(others), 4), dtype=np.float32)
    held = [i for i, other in enumerate(others) if len(other.weights)]
    if not held or not len(one.weights):
        return shared
    starts = np.cumsum([0, *(len(others[i].weights) for i in held[:-1])])
    ids, weights = (np.concatenate([getattr(others[i], name) for i in held]) for name in ("ids", "weights"))
    with find_products().limit(limits=1):
        near = one.vectors.astype(np.float32) @ np.concatenate([others[i].vectors for i in held]).T.astype(np.float32)
    same = one.ids[:, None] == ids
    lacking = ~np.logical_or.reduceat(same, starts, axis=1)  # of mine: pieces by others
    new = ~same.any(0)  # of theirs
    apart = np.where(new, near, 0.0)  # mine against what is new in theirs
    mine, mine_new = np.maximum.reduceat(near, starts, axis=1), np.maximum.reduceat(apart, starts, axis=1)
    shared[held, 0] = one.weights @ mine / one.weights.sum()
    shared[held, 1] = np.add.reduceat(near.max(0) * weights, starts) / np.add.reduceat(weights, starts)
    heavy = one.weights[:, None] * lacking
    shared[held, 2] = ((heavy * mine_new).sum(0) + _SMOOTH * shared[held, 0]) / (heavy.sum(0) + _SMOOTH)
    spread = np.repeat(lacking, np.diff([*starts, len(weights)]), axis=1)  # mine by their pieces: whether that other lacks it
    best = np.where(spread, near, 0.0).max(0)
    theirs = np.where(new, weights, 0.0)
    shared[held, 3] = (np.add.reduceat(theirs * best, starts) + _SMOOTH * shared[held, 1]) / (np.add.reduceat(theirs, starts) + _SMOOTH)
    return shared


def _cut(ids: list[int]) -> list[int]:
    half = _LONGEST // 2
    return ids if len(ids) <= _LONGEST else [*ids[:half], *ids[-half:]]


class Head:
    """What is trained: a weight for each word piece, how much its state adds to that, and the map to fewer dimensions."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self.pieces, self.gate, self.map = (arrays[name].astype(np.float32) for name in ("pieces", "gate", "map"))
        self.offset = float(arrays["offset"])


@cache
def find_products() -> ThreadpoolController:
    """NumPy's products of matrices, to be kept to one thread: ours are small, and with more they take many times as long where all
    processors are busy, as with our own workers.
    """
    return ThreadpoolController()


@cache
def load_head() -> Head:
    """The head that the package ships. Raises ModelError if it is damaged."""
    with np.load(io.BytesIO(load_model().vectors), allow_pickle=False) as arrays:
        return Head(dict(arrays))


def build_meaning(ids: Ints, middle: Floats, head: Head) -> Meaning:
    """The meaning of a text from the states of its pieces. The tokenizer's own first and last piece say nothing."""
    ids, states = ids[1:-1], middle[1:-1]
    vectors = states @ head.map
    vectors /= np.maximum(1e-9, np.linalg.norm(vectors, axis=-1, keepdims=True))
    weights = np.logaddexp(0, head.pieces[ids] + states @ head.gate + head.offset)
    return Meaning(ids, vectors.astype(np.float16), weights.astype(np.float32))


@lru_cache(maxsize=65536)
def weigh_word(word: str) -> float:
    """How much a word tells of what is said, by the weights of its pieces."""
    ids = load_model().tokenizer.encode(word, add_special_tokens=False).ids
    return float(np.logaddexp(0, load_head().pieces[ids] + load_head().offset).sum()) if ids else 0.0
