"""Paths of a linear-chain CRF: the best one of each anchor, how probable its states are, and whether there is anything at all.

Rows are anchors, padded at their ends. The best path is Viterbi's (in logs); probabilities are those of the forward and backward
recursions, each step scaled to sum to one (Rabiner 1989, section V.A), which takes fewer operations than sums in logs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onrecord.extract.windows import Ints

Floats = NDArray[np.float32]

NONE = 0  # the state of pieces that do not belong to an anchor


def read_paths(states: Floats, transitions: Floats, lengths: Ints) -> tuple[Ints, Floats, Floats]:
    """The best path of each anchor under the CRF (anchors by pieces, NONE where there is padding), the mean marginal probability of the
    states that it names, and the probability of the path that names nothing.

    `states` has the scores (anchors by pieces by states), `transitions` those of one state after another, `lengths` the pieces of each
    anchor.
    """
    inside = np.arange(states.shape[1]) < lengths[:, None]
    paths = _find_best(states, transitions, lengths)
    marginals, norms = _measure(states, transitions, lengths, paths)
    named = (paths != NONE) & inside
    shares = (marginals * named).sum(1) / np.maximum(1, named.sum(1))
    nothing = ((states[..., NONE] - norms) * inside).sum(1) + transitions[NONE, NONE] * (lengths - 1)
    return paths, shares.astype(np.float32), np.exp(np.minimum(0, nothing)).astype(np.float32)


def _find_best(states: Floats, transitions: Floats, lengths: Ints) -> Ints:
    n, length, count = states.shape
    rows = np.arange(n)
    best, back = np.empty_like(states), np.empty((length, n, count), dtype=np.int8)
    best[:, 0] = states[:, 0]
    for t in range(1, length):
        steps = best[:, t - 1, :, None] + transitions
        back[t] = steps.argmax(1)
        best[:, t] = steps.max(1) + states[:, t]
    paths = np.full((n, length), NONE, dtype=np.int64)
    at = best[rows, lengths - 1].argmax(1)
    for t in range(length - 1, -1, -1):
        if t < length - 1:
            at = np.where(t < lengths - 1, back[t + 1][rows, at], at)
        paths[:, t] = np.where(t < lengths, at, NONE)
    return paths


def _measure(states: Floats, transitions: Floats, lengths: Ints, paths: Ints) -> tuple[Floats, Floats]:
    """The marginal probability of each state of the paths, and the log of each step's norm; their sum is the log of the partition."""
    n, length, count = states.shape
    rows = np.arange(n)
    top = states.max(2, keepdims=True)
    raised, scale = np.exp(states - top), np.exp(transitions)
    forward, norms = np.empty_like(states), np.empty((n, length, 1), dtype=np.float32)
    before = np.ones((n, count), dtype=np.float32)
    for t in range(length):
        step = raised[:, t] * before
        norms[:, t] = step.sum(1, keepdims=True)
        forward[:, t] = step / norms[:, t]
        before = forward[:, t] @ scale
    marginals, backward = np.empty((n, length), dtype=np.float32), np.ones((n, count), dtype=np.float32)
    for t in range(length - 1, -1, -1):
        if t < length - 1:
            step = (raised[:, t + 1] * backward / norms[:, t + 1]) @ scale.T
            backward = np.where((t < lengths - 1)[:, None], step, np.float32(1))
        marginals[:, t] = forward[rows, t, paths[:, t]] * backward[rows, paths[:, t]]
    return marginals, (np.log(norms) + top)[..., 0]
