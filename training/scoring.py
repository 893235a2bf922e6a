"""Fit the weights by which pairs are scored: `python -m training.scoring --pairs FILE.tsv --out src/onrecord/data/en-meaning.json`.

FILE has the same utterance in two translations (ref, a, b). For each `a`, its `b` and the eight others that are nearest to it among those
that share its rarest words are pairs; logistic regression by Newton's method. The vectors are those that `training.meaning --fold` made for
the books that it left out: with vectors that have seen a pair, the cosine would seem to tell more than it does.
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

from onrecord.extract.vectors import weigh_word
from onrecord.trace.scoring import NAMES, Profile, build_profile, measure
from training.meaning import read_pairs

_COMMON = 2000  # texts with a stem, from which on it is not looked up
_NEAR, _WRONG = 100, 8  # candidates by words, and those of them that are learned from
_RIDGE = 1e-3


def find_near(a: Sequence[Profile], b: Sequence[Profile]) -> Iterator[NDArray[np.int64]]:
    """For each of `a`, the indices of those of `b` that share its rarest stems, the best first."""
    counts = Counter(stem for profile in (*a, *b) for stem in profile.weights)
    where: defaultdict[str, list[int]] = defaultdict(list)
    for at, profile in enumerate(b):
        for stem in profile.weights:
            where[stem].append(at)
    for profile in a:
        sums = np.zeros(len(b))
        for stem in profile.weights:
            if counts[stem] <= _COMMON:
                sums[where[stem]] += log(1 + (len(a) + len(b)) / counts[stem])
        yield np.argsort(-sums)[:_NEAR]


def gather(a: Sequence[str], b: Sequence[str], fold: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The measures of right and wrong pairs of the books that the fold's vectors were not trained on, and which are right."""
    mine, theirs = ([build_profile(text, weigh_word) for text in texts] for texts in (a, b))
    vectors = np.load(fold)
    cosines = vectors["va"] @ vectors["vb"].T
    rows, right = [], []
    for i, near in enumerate(find_near(mine, theirs)):
        if not vectors["aside"][i]:
            continue
        measured = {int(j): measure(mine[i], theirs[j], float(cosines[i, j])) for j in {i, *near.tolist()}}
        wrong = sorted((j for j in measured if j != i), key=lambda j: -(measured[j][1] + measured[j][3]))[:_WRONG]
        rows += [measured[j] for j in (i, *wrong)]
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
    plain = weights / scale
    plain[0] -= (plain * mean)[1:].sum()
    return plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--fold", type=Path, default=Path("build/fold.npz"))
    parser.add_argument("--out", type=Path, default=Path("src/onrecord/data/en-meaning.json"))
    parser.add_argument("--threshold", type=float, default=-2.0, help="log-odds of one utterance")
    args = parser.parse_args()
    _, a, b = read_pairs(args.pairs)
    weights = fit(*gather(a, b, args.fold))
    named = {name: round(float(value), 4) for name, value in zip(NAMES, weights, strict=True)}
    args.out.write_text(json.dumps({"weights": named, "threshold": args.threshold}, indent=1) + "\n")
    print(json.dumps(named, indent=1))


if __name__ == "__main__":
    main()
