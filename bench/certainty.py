"""How well the certainty of single predicates is told: `bench/certainty --data DIR [--part dev] [--by WAY] [--errors] [--json]`.

DIR holds the factuality sets (UW, UDS_IH2, MEANTIME), each with `dev.jsonl`, `train.jsonl` or others of that layout; `--part` says
which. Every sentence goes through the functions that the pipeline calls; `--by` takes their parts alone (head, words). Figures are the
mean absolute error and Pearson's r, by set and in all. The product gives one value, on UW's scale; the other sets' annotators were
asked other things (a plan is 2 in UW, -2 in UDS-IH2), so with `--by head` *own scale* is the same head's output for the set itself.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.factuality import SETS, Sentence, read_sentences
from bench.report import print_figures, track
from onrecord.extract.certainty import rate_predicates
from onrecord.resolve.certainty import rate_predicate
from onrecord.types import Span

_BATCH = 64  # sentences
_WORST = 40  # lines in `--errors` for each set
_AROUND = 60  # code points of context there


WAYS = ("both", "head", "words")  # the product takes both


def rate_all(sentences: Sequence[Sentence], way: str) -> list[list[float]]:
    """The values of the sentences' predicates as the product gives them, or by one of its two parts alone."""
    heads = rate_by_head(sentences) if way != "words" else [[None] * len(s.targets) for s in sentences]
    if way == "head":
        return [[v for v in row if v is not None] for row in heads]
    return [
        [rate_predicate(s.text, span, head).value for (span, _), head in zip(s.targets, row, strict=True)]
        for s, row in zip(sentences, heads, strict=True)
    ]


def rate_by_head(sentences: Sequence[Sentence], scale: int = 0) -> list[list[float]]:
    """The values of the sentences' predicates by the reader's head, on the scale of the set of that number."""
    values: list[list[float]] = []
    for first in track(range(0, len(sentences), _BATCH), "reading"):
        batch = sentences[first : first + _BATCH]
        values += rate_predicates([s.text for s in batch], [[span for span, _ in s.targets] for s in batch], scale=scale)
    return values


def compare(values: Sequence[Sequence[float]], sentences: Sequence[Sentence]) -> dict[str, float]:
    """Mean absolute error and Pearson's r."""
    given = np.array([v for row in values for v in row])
    labels = np.array([label for s in sentences for _, label in s.targets])
    r = float(np.corrcoef(given, labels)[0, 1]) if given.std() and labels.std() else 0.0
    return {"MAE": round(float(np.abs(given - labels).mean()), 4), "r": round(r, 4)}


def describe_errors(values: Sequence[Sequence[float]], sentences: Sequence[Sentence]) -> list[str]:
    """The predicates that are furthest off, the worst first."""
    rows = [
        (value, label, span, s.text)
        for row, s in zip(values, sentences, strict=True)
        for value, (span, label) in zip(row, s.targets, strict=True)
    ]
    rows.sort(key=lambda row: -abs(row[0] - row[1]))
    return [f"{value:5.2f}, gold {label:5.2f}  {_show(text, span)}" for value, label, span, text in rows[:_WORST]]


def _show(text: str, span: Span) -> str:
    before, after = text[max(0, span.start - _AROUND) : span.start], text[span.end : span.end + _AROUND]
    return " ".join(f"{before}[[{span.of(text)}]]{after}".split())


def read_sets(folder: Path, part: str) -> dict[str, list[Sentence]]:
    """The sentences of each set that is there. Leaves the program with one line where there are none."""
    paths = {name: folder / name / f"{part}.jsonl" for name in SETS}
    try:
        found = {name: list(read_sentences(path)) for name, path in paths.items() if path.exists()}
    except (ValueError, OSError) as error:
        return _leave(str(error))
    return found or _leave(f"no {part}.jsonl in a folder named {', '.join(SETS)} under {folder}")


def _leave(complaint: str) -> dict[str, list[Sentence]]:
    print(f"bench/certainty: {complaint}", file=sys.stderr)
    raise SystemExit(2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/certainty", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--part", default="dev", help="the file of each set that is read, without .jsonl (dev)")
    parser.add_argument("--by", choices=WAYS, default="both", help="the head and the words, as in reports (both), or one of them")
    parser.add_argument("--errors", action="store_true", help="print the predicates that are furthest off")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    sets = read_sets(args.data, args.part)
    figures: dict[str, object] = {}
    everything: list[tuple[list[float], Sentence]] = []
    started = time.perf_counter()
    for name, sentences in sets.items():
        values = rate_all(sentences, args.by)
        figures[name] = {"predicates": sum(map(len, values)), **compare(values, sentences)}
        everything += zip(values, sentences, strict=True)
        for line in describe_errors(values, sentences) if args.errors else ():
            print(f"{name}: {line}")
    seconds = time.perf_counter() - started
    values, sentences = [v for v, _ in everything], [s for _, s in everything]
    figures["all"] = {"predicates": sum(map(len, values)), **compare(values, sentences)}
    for name in [name for name in SETS[1:] if name in sets and args.by == "head"]:
        figures[f"{name}, own scale"] = compare(rate_by_head(sets[name], scale=SETS.index(name)), sets[name])
    figures["milliseconds for 1,000 predicates"] = round(1e6 * seconds / max(1, sum(map(len, values))), 1)
    print_figures(f"Certainty, {len(sentences):,} sentences", figures, as_json=args.json)


if __name__ == "__main__":
    main()
