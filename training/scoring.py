"""Fit the weights by which pairs are scored: `python -m training.scoring --pairs FILE.tsv --head build/fold.npz`.

FILE has the same utterance in two translations (ref, a, b); all are looked at together. For each, its other translation and the eight that
are nearest to it of those that share its rarest words are pairs; logistic regression by Newton's method. The head is the one that
`training.meaning --fold` trained without these books: with one that has seen a pair, meaning would seem to tell more than it does.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pairs import read_pairs
from bench.report import track
from onrecord.extract.vectors import Head, Meaning, build_meaning, measure_shared, weigh_word
from onrecord.store.words import find_tokens
from onrecord.trace.scoring import NAMES, Profile, build_profile, measure, weigh_shared
from training.meaning import find_aside, read_states

_COMMON = 1500  # texts with a word, from which on it is not looked up
_NEAR, _READ, _WRONG = 150, 64, 8  # candidates by words, those of them that are scored, and those that are learned from
_RIDGE = 1e-3


def find_near(texts: Sequence[str], profiles: Sequence[Profile], asked: Sequence[int]) -> Iterator[list[int]]:
    """For each of the `asked`, the indices of those that share its rarest words and most of what its words tell."""
    tokens = [set(find_tokens(text)) for text in texts]
    counts = Counter(token for known in tokens for token in known)
    where: defaultdict[str, list[int]] = defaultdict(list)
    for at, known in enumerate(tokens):
        for token in known:
            where[token].append(at)
    for i in asked:
        sums = np.zeros(len(texts))
        for token in tokens[i]:
            if counts[token] <= _COMMON:
                sums[where[token]] += log(1 + len(texts) / counts[token])
        sums[i] = -1
        best = np.argsort(-sums)[:_NEAR].tolist()
        yield sorted(best, key=lambda j: -sum(weigh_shared(profiles[i], profiles[j])))[:_READ]


def gather(
    texts: Sequence[str], meanings: Sequence[Meaning], asked: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The measures of right and wrong pairs, and which are right; the second half of `texts` are the first half's other versions."""
    profiles = [build_profile(text, weigh_word) for text in texts]
    half = len(texts) // 2
    rows, right = [], []
    for i, near in zip(track(asked, "pairs"), find_near(texts, profiles, asked), strict=True):
        mate = (i + half) % len(texts)
        found = [mate, *(j for j in near if j != mate)]
        meant = measure_shared(meanings[i], [meanings[j] for j in found]).tolist()
        measured = [measure(profiles[i], profiles[j], (a, b)) for j, (a, b) in zip(found, meant, strict=True)]
        wrong = sorted(measured[1:], key=lambda m: -(m[1] + m[2] + m[4]))[:_WRONG]
        rows += [measured[0], *wrong]
        right += [1.0, *(0.0 for _ in wrong)]
    return np.array(rows), np.array(right)


def fit(rows: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights, the measures' scales taken back out."""
    mean, scale = rows.mean(0), rows.std(0)
    mean[0], scale[0] = 0, 1
    scaled = (rows - mean) / scale
    weights = np.zeros(rows.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chance - right) + _RIDGE * weights
        bend = (scaled * (chance * (1 - chance))[:, None]).T @ scaled + _RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    plain: NDArray[np.float64] = weights / scale
    plain[0] -= (plain * mean)[1:].sum()
    return plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--head", type=Path, default=Path("build/fold.npz"))
    parser.add_argument("--out", type=Path, default=Path("src/onrecord/data/en-meaning.json"))
    parser.add_argument("--threshold", type=float, default=-1.0, help="log-odds of one utterance")
    args = parser.parse_args()
    refs, a, b = read_pairs(args.pairs)
    with np.load(args.head) as arrays:
        head = Head(dict(arrays))
    texts = [*a, *b]
    meanings = [build_meaning(text.ids, text.states.astype(np.float32), head) for text in read_states(texts)]
    aside = np.flatnonzero(find_aside(refs))
    weights = fit(*gather(texts, meanings, [*aside.tolist(), *(aside + len(a)).tolist()]))
    named = {name: round(float(value), 4) for name, value in zip(NAMES, weights, strict=True)}
    args.out.write_text(json.dumps({"weights": named, "threshold": args.threshold}, indent=1) + "\n")
    print(json.dumps(named, indent=1))


if __name__ == "__main__":
    main()
