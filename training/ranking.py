"""Fit the ranker's weights on GUM's coreference: `python -m training.ranking --data GUM_DIR --out src/onrecord/data/en-ranking.json`.

GUM_DIR holds `xml` and `coref`. Every document is gathered as onrecord does it, but each pronoun and description goes to the source
that holds its cluster, if one does; what the ranker would have seen there is one example. The weights maximise the
conditional log-likelihood with an L2 penalty (Adam, all examples at once). Printed is how often choices are right on folds left
out, by class of mention, and how often above the probability that counts as clear.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.gum import GoldDocument, find_documents, read_document
from bench.report import track
from bench.sources import read_text
from onrecord.resolve import gather
from onrecord.resolve.who.ranking import NOBODY
from onrecord.types import Page, Reading, Span

BODIES = ("person", "body", "group", "document")
FOLDS = 5
STEPS = 200
RATE = 0.1
LEAST = 5  # examples that have a feature, or it gets no weight
CLEAR = (
    {"he": 0.25, "they": 0.4, "it": 0.5} | dict.fromkeys(BODIES, 0.4) | {f"{s} again": 0.35 for s in BODIES}
)  # probabilities that are enough
# taken from the score of nobody for a noun that comes again: descriptions in GUM are of anybody, those in news mostly of who was named
CAUTION = 1.5
NEWS = frozenset({"news", "interview", "speech", "court", "bio"})


@dataclass(frozen=True)
class Example:
    """One mention: its class, the features of each choice (the last is nobody, unless it must be somebody), which is right, and its
    document's number.
    """

    sort: str
    choices: tuple[tuple[str, ...], ...]
    right: int
    document: int


class Teacher:
    """A chooser that knows the answers, and keeps what it was shown."""

    def __init__(self, clusters: dict[Span, str], document: int) -> None:
        self.clusters, self.document = clusters, document
        self.examples: list[Example] = []

    def choose(
        self, sort: str, candidates: Sequence[Sequence[str]], nobody: Sequence[str] | None, span: Span, lasts: Sequence[Span]
    ) -> int:
        cluster = self.clusters.get(span)
        held = [self.clusters.get(last) for last in lasts]
        right = held.index(cluster) if cluster is not None and cluster in held else NOBODY
        if cluster is not None and (right != NOBODY or nobody is not None):
            choices = tuple(tuple(f"{sort} {f}" for f in c) for c in (*candidates, *([] if nobody is None else [nobody])))
            self.examples.append(Example(sort, choices, right % len(choices), self.document))
        return right


def list_examples(document: GoldDocument, page: Page, readings: Sequence[Reading], number: int) -> list[Example]:
    clusters = {Span(m.start, m.end): m.cluster for m in document.mentions}
    teacher = Teacher(clusters, number)
    gather(page, readings, spans=list(clusters), ranker=teacher)
    return teacher.examples


def fit(examples: Sequence[Example], weight: Sequence[float], penalty: float) -> dict[str, float]:
    """The weights by feature."""
    counts: dict[str, int] = {}
    for example in examples:
        for feature in {f for c in example.choices for f in c}:
            counts[feature] = counts.get(feature, 0) + 1
    index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= LEAST))}
    rows = [(k, index[f]) for k, c in enumerate(c for e in examples for c in e.choices) for f in c if f in index]
    row, column = np.array(rows).T
    groups = np.repeat(np.arange(len(examples)), [len(e.choices) for e in examples])
    starts = np.concatenate([[0], np.cumsum([len(e.choices) for e in examples])[:-1]])
    right = starts + np.array([e.right for e in examples])
    wanted = np.zeros(len(groups))
    wanted[right] = 1
    share = np.array(weight)[groups]
    w, m, v = np.zeros(len(index)), np.zeros(len(index)), np.zeros(len(index))
    for step in range(1, STEPS + 1):
        scores = np.bincount(row, weights=w[column], minlength=len(groups))
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[groups])
        p = raised / np.add.reduceat(raised, starts)[groups]
        slope = np.bincount(column, weights=((p - wanted) * share)[row], minlength=len(index)) + penalty * w
        m, v = 0.9 * m + 0.1 * slope, 0.99 * v + 0.01 * slope**2
        w -= RATE * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
    return {f: round(float(w[i]), 3) for f, i in index.items()}


def guess(examples: Sequence[Example], weights: dict[str, float]) -> list[tuple[str, float, bool]]:
    """For each choice that is not nobody its class, probability, and whether it is right."""
    found = []
    for e in examples:
        scores = np.array([sum(weights.get(f, 0) for f in c) for c in e.choices])
        p = np.exp(scores - scores.max())
        best = int(p.argmax())
        if best < len(e.choices) - 1 or "nobody" not in e.choices[-1][0]:
            found.append((e.sort, float(p[best] / p.sum()), best == e.right))
    return found


def print_shares(guesses: Sequence[tuple[str, float, bool]]) -> None:
    for sort in sorted({g[0] for g in guesses}):
        mine = [(p, right) for s, p, right in guesses if s == sort]
        clear = [right for p, right in mine if p >= CLEAR[sort]]
        shares = [sum(rights) / max(1, len(rights)) for rights in ([right for _, right in mine], clear)]
        print(f"{sort:15} {len(mine):5} choices, {shares[0]:.3f} right; {len(clear)} clear, {shares[1]:.3f} right")


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.ranking", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--penalty", type=float, default=1.0)
    parser.add_argument("--other", type=float, default=0.5, help="weight of genres that are far from news")
    args = parser.parse_args()
    examples, genres = [], []
    for number, (xml, conll) in enumerate(track(find_documents(args.data), "gathering")):
        document = read_document(xml, conll)
        genres.append(document.genre)
        examples += list_examples(document, *read_text(document), number)
    weight = [1.0 if genres[e.document] in NEWS else args.other for e in examples]
    guesses = []
    for fold in range(FOLDS):
        kept = [i for i, e in enumerate(examples) if e.document % FOLDS != fold]
        weights = fit([examples[i] for i in kept], [weight[i] for i in kept], args.penalty)
        guesses += guess([e for e in examples if e.document % FOLDS == fold and genres[e.document] in NEWS], weights)
    print_shares(guesses)
    weights = fit(examples, weight, args.penalty)
    for sort in BODIES:
        weights[f"{sort} again nobody"] = round(weights.get(f"{sort} again nobody", 0) - CAUTION, 3)
    data = {"weights": {f: w for f, w in weights.items() if w}, "least": CLEAR}
    args.out.write_text(json.dumps(data, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
