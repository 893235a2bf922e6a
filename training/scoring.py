"""Fit the weights by which pairs are scored: `python -m training.scoring --pairs FILE.tsv --news DIR --head build/fold.npz`.

FILE has the same utterance in two translations (ref, a, b); all are looked at together. For each, those of the other translation that share
its words are a list, from which the right one is to be chosen, or none where it is not there: the scores are log-odds against none.
In news (DIR, in PolNeAR's layout), and in the made world of bench/grown, what one source says besides is a list of which none is right:
translations alone would teach that whatever is on one matter is one utterance. The head is the one that `training.meaning --fold` trained
without these books: with one that has seen a pair, meaning would seem to tell more than it does.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bench.brat import Article, read_articles
from bench.grown import Grown, grow
from bench.pairs import read_pairs
from bench.report import track
from onrecord.extract.vectors import Head, Meaning, build_meaning, measure_shared, read_meanings, weigh_word
from onrecord.store.words import find_tokens
from onrecord.trace.scoring import NAMES, Profile, build_profile, measure, weigh_shared
from training.meaning import find_aside, read_texts

_COMMON = 1500  # texts with a word, from which on it is not looked up
_NEAR, _READ = 150, 64  # candidates by words, and those of them that are scored
_SAME = 0.5  # share of the words of the shorter of two statements in news, from which on they may be one utterance
_NEWS, _GROWN = 0.1, 0.03  # weights of their lists
_PENALTY = 1e-4


@dataclass(frozen=True)
class List:
    """The measures of pairs (pairs by measures), and which of them is right, if one is."""

    rows: Tensor
    right: int | None


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


def gather_pairs(texts: Sequence[str], meanings: Sequence[Meaning], asked: Sequence[int]) -> Iterator[List]:
    """A list for each of the `asked`; the second half of `texts` are the first half's other versions."""
    profiles = [build_profile(text, weigh_word) for text in texts]
    half = len(texts) // 2
    for i, near in zip(track(asked, "pairs"), find_near(texts, profiles, asked), strict=True):
        found = [j for j in near if (j < half) != (i < half)]
        mate = (i + half) % len(texts)
        if found:
            yield List(_measure_all(i, found, meanings, profiles), found.index(mate) if mate in found else None)


def gather_apart(texts: Sequence[str], head: Head, same: float) -> Iterator[List]:
    """A list without a right one for each of what one source says; pairs that share more of their words than `same` are left out."""
    meanings, profiles = read_meanings(texts, head), [build_profile(text, weigh_word) for text in texts]
    for i in range(len(texts)):
        found = [j for j in range(len(texts)) if j != i and max(weigh_shared(profiles[i], profiles[j])) < same][:_READ]
        if found:
            yield List(_measure_all(i, found, meanings, profiles), None)


def _measure_all(i: int, found: Sequence[int], meanings: Sequence[Meaning], profiles: Sequence[Profile]) -> Tensor:
    meant = measure_shared(meanings[i], [meanings[j] for j in found]).tolist()
    return torch.tensor([measure(profiles[i], profiles[j], each) for j, each in zip(found, meant, strict=True)])


def group_news(articles: Iterable[Article]) -> Iterator[list[str]]:
    """What each source of each article says, by the last word of its name."""
    for article in articles:
        said: defaultdict[str, list[str]] = defaultdict(list)
        for relation in article.relations:
            content, source = (" ".join(article.text[a:b] for a, b in spans).split() for spans in (relation.content, relation.source))
            if len(content) >= 6 and source:
                said[source[-1]].append(" ".join(content))
        yield from ([*dict.fromkeys(texts)] for texts in said.values())


def group_grown(articles: Iterable[Grown]) -> Iterator[list[str]]:
    """The utterances of each speaker of a made world, each once."""
    said: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for grown in articles:
        names = {source.id: source.name for source in grown.report.sources}
        for statement, truth in zip(grown.report.statements, grown.truths, strict=True):
            if truth.how == "first" and statement.source:
                said[names[statement.source.id]][truth.utterance] = statement.content[0].of(grown.report.document.text)
    yield from (list(texts.values())[:25] for texts in said.values())


def fit(sets: Sequence[tuple[float, Sequence[List]]]) -> list[float]:
    """The weights of the measures that make what is right in the lists of all sets likeliest, each set by its own weight."""
    laid = [(weight, *_lay_out(lists)) for weight, lists in sets]
    weights = torch.zeros(len(NAMES), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def find_loss() -> Tensor:
        optimizer.zero_grad()
        loss = _PENALTY * (weights**2).sum() + sum(weight * _count_loss(weights, *parts) for weight, *parts in laid)
        loss.backward()
        return loss

    optimizer.step(find_loss)
    return [float(weight) for weight in weights.detach()]


def _lay_out(lists: Sequence[List]) -> tuple[Tensor, Tensor, Tensor]:
    rows = torch.zeros(len(lists), max(len(one.rows) for one in lists), len(NAMES))
    known = torch.zeros(rows.shape[:2], dtype=torch.bool)
    for i, one in enumerate(lists):
        rows[i, : len(one.rows)], known[i, : len(one.rows)] = one.rows, True
    return rows, known, torch.tensor([0 if one.right is None else one.right + 1 for one in lists])


def _count_loss(weights: Tensor, rows: Tensor, known: Tensor, right: Tensor) -> Tensor:
    scores = (rows @ weights).masked_fill(~known, -1e4)
    return torch.nn.functional.cross_entropy(torch.cat([torch.zeros(len(rows), 1), scores], 1), right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--head", type=Path, default=Path("build/fold.npz"))
    parser.add_argument("--out", type=Path, default=Path("src/onrecord/data/en-meaning.json"))
    parser.add_argument("--threshold", type=float, default=0.0, help="log-odds of one utterance")
    args = parser.parse_args()
    refs, a, b = read_pairs(args.pairs)
    with np.load(args.head) as arrays:
        head = Head(dict(arrays))
    texts, aside = [*a, *b], np.flatnonzero(find_aside(refs))
    meanings = [build_meaning(text.ids, text.states.astype(np.float32), head) for text in read_texts(texts)]
    pairs = list(gather_pairs(texts, meanings, [*aside.tolist(), *(aside + len(a)).tolist()]))
    news = [one for texts in group_news(islice(read_articles(args.news), 250)) for one in gather_apart(texts, head, _SAME)]
    grown = [one for texts in islice(group_grown(grow(300)), 200) for one in gather_apart(texts, head, 2.0)]
    named = {name: round(weight, 4) for name, weight in zip(NAMES, fit([(1.0, pairs), (_NEWS, news), (_GROWN, grown)]), strict=True)}
    args.out.write_text(json.dumps({"weights": named, "threshold": args.threshold}, indent=1) + "\n")
    print(json.dumps(named, indent=1))


if __name__ == "__main__":
    main()
