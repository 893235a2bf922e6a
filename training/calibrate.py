"""Fit the confidence and the threshold on development data: `python -m training.calibrate --data DIR --reader DIR`.

The confidence is a logistic regression (Platt 1999) of whether a relation matches an annotated one (contents and sources
overlapping by half or more) on the log-odds that the model gives; the threshold is the lowest whose mean of
relation and strict F1 is as good as the best. Both are written into `reader.json`. What is inside contents has no annotations there: it is
judged by the same regression, a little more likely (so chosen on the articles of `bench/styles` that are there to tune on).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from bench.brat import Article, read_articles
from bench.scoring import Scores
from onrecord.extract.decode import build_relation, decode_relations, measure
from onrecord.extract.model import Anchor, Model, load_model
from onrecord.extract.windows import cut_pieces, pack_windows
from onrecord.text import find_paragraphs

_CLOSE = 0.002  # a lower threshold is taken if it costs no more than this: readers can filter, but not bring back
_NESTED = 0.5
_MORE = 0.4  # log-odds of a relation inside a content


def read_anchors(model: Model, article: Article) -> list[Anchor]:
    pieces = cut_pieces(article.text, find_paragraphs(article.text), model.tokenizer)
    return model.read_windows(pack_windows(pieces))


def is_right(article: Article, relation: dict[str, list[tuple[int, int]]]) -> bool:
    scores = Scores()
    near = [vars(g) for g in article.relations if any(a < e and s < b for a, b in g.content for s, e in relation["content"])]
    scores.add_document(article.text, [relation], near)
    return scores.tallies["relation"].matched == 1


def as_parts(relation: object) -> dict[str, list[tuple[int, int]]]:
    return {role: [(s.start, s.end) for s in getattr(relation, role)] for role in ("source", "cue", "content")}


def fit_logistic(x: np.ndarray, y: np.ndarray, rounds: int = 50) -> np.ndarray:
    """Weights by Newton's method with a little ridge."""
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(x.shape[1])
        weights += np.linalg.solve(hessian, x.T @ (y - p) - 1e-3 * weights)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="a folder with text/ and attributions/")
    parser.add_argument("--reader", type=Path, required=True, help="the exported reader; its reader.json is rewritten")
    args = parser.parse_args()
    path = args.reader / "reader.json"
    settings = json.loads(path.read_text())
    model = load_model(args.reader)
    read = [(article, read_anchors(model, article)) for article in read_articles(args.data)]
    rows = [
        (measure(a, a.cue), is_right(article, as_parts(r))) for article, anchors in read for a in anchors if (r := build_relation(model, a))
    ]
    x, y = np.array([m for m, _ in rows]), np.array([float(right) for _, right in rows])
    model.settings["confidence"] = settings["confidence"] = [round(w, 4) for w in fit_logistic(x, y).tolist()]
    means: dict[float, float] = {}
    for least in np.arange(0.1, 0.7, 0.02).round(2).tolist():
        scores = Scores()
        for article, anchors in read:
            scores.add_document(
                article.text, [as_parts(r) for r in decode_relations(model, anchors, least)], [vars(g) for g in article.relations]
            )
        relation, strict = (scores.tallies[name].figures()["f1"] for name in ("relation", "strict"))
        print(f"threshold {least:.2f} relation {relation:.4f} strict {strict:.4f}")
        means[least] = (relation + strict) / 2
    settings["threshold"] = min(least for least, mean in means.items() if mean > max(means.values()) - _CLOSE)
    settings["nested_threshold"] = max(settings["threshold"], _NESTED)
    settings["inside"] = [round(settings["confidence"][0] + _MORE, 4), *settings["confidence"][1:]]
    path.write_text(json.dumps(settings, indent=1) + "\n")
    print(f"weights {settings['confidence']}, threshold {settings['threshold']}")


if __name__ == "__main__":
    main()
