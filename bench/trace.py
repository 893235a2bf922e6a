"""Tracing in a store of made statements: `bench/trace [--statements N …] [--queries N] [--data DIR] [--only NAME] [--keep DIR] [--json]`.

The articles are those of `bench.grown`, which tells for each statement which utterance it renders: whole, copied, cut short, or with a
word, number or negation changed. At each size of `--statements`, `--queries` statements that have other versions are traced by their
ids, as many that have none, and as many by words alone: the share of the versions there are that are found (recall), the share of what
is found that is right (precision), recall of copies, cuts and alterations, and milliseconds. A third of the traces runs once before
anything is timed.
With `--keep`, the SQLite store stays there as `traced.db`, with its truth, `traced.tsv`; what is there already is not made again, and
smaller sizes are left out.
With `--data`, a folder of articles: how much longer adding takes with what tracing needs than without it, with the real reader, in turns.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TextIO
from unittest.mock import patch

from bench.grown import STATEMENTS
from bench.report import print_figures, track
from bench.store import Figures, measure_size, start_server, turn_table, write_grown
from onrecord.errors import UsageError
from onrecord.store import Store, open_store, trace
from onrecord.store.add import add

_SHORT = 12  # digits of a document's id in a statement's


class Truth:
    """Which utterance each statement renders, and how; statements by the ids that `trace` gives."""

    def __init__(self) -> None:
        self.utterances: dict[str, tuple[int, str]] = {}
        self.versions: defaultdict[int, list[str]] = defaultdict(list)

    def note(self, line: str) -> None:
        """A line of `bench.store.write_grown`: the statement, its utterance, how."""
        statement, utterance, how = line.split("\t")
        document, name = statement.split("/")
        short = f"{document[:_SHORT]}/{name}"
        self.utterances[short] = (int(utterance), how.strip())
        self.versions[int(utterance)].append(short)


def measure_tracing(store: Store, truth: Truth, many: int, seed: int) -> Figures:
    """Recall, precision and time of `many` traces of statements with versions, `many` without, and `many` by words."""
    dice = random.Random(seed)
    drawn = dice.sample(sorted(truth.utterances), min(len(truth.utterances), 12 * many))
    told = [s for s in drawn if len(truth.versions[truth.utterances[s][0]]) > 1][:many]
    alone = [s for s in drawn if len(truth.versions[truth.utterances[s][0]]) == 1][:many]
    for statement in (told + alone)[::3]:
        trace(store, statement)
    gc.collect()
    gc.freeze()  # a million lines of truth are ours, and no part of what a trace has to walk through
    counts: Counter[str] = Counter()
    spent: dict[str, list[float]] = {"id": [], "words": []}
    for statement in track(told + alone, "tracing statements"):
        spent["id"].append(_trace_one(store, truth, statement, statement, counts))
    by_words: Counter[str] = Counter()
    for statement in track(told, "tracing words"):
        spent["words"].append(_trace_one(store, truth, statement, _find_words(store, statement), by_words))
    return {
        **_describe(counts),
        **{f"by words, {k}": v for k, v in _describe(by_words).items() if " of " not in k},
        **_describe_times(spent),
    }


def _find_words(store: Store, statement: str) -> str:
    found = trace(store, statement)
    return next(v.told.words for v in found.versions if v.told.id == statement)


def _trace_one(store: Store, truth: Truth, statement: str, asked: str, counts: Counter[str]) -> float:
    """Trace once and count what is right, wrong and missed; milliseconds."""
    started = time.perf_counter()
    try:
        found = {version.told.id for version in trace(store, asked).versions} - {statement}
    except UsageError:  # a cut of a single word
        found = set()
    spent = 1000 * (time.perf_counter() - started)
    utterance, _ = truth.utterances[statement]
    wanted = {other for other in truth.versions[utterance] if other != statement}
    counts["wrong"] += len(found - wanted)
    for other in wanted:
        _, how = truth.utterances[other]
        counts["found" if other in found else "missed"] += 1
        counts[f"{how} {'found' if other in found else 'missed'}"] += 1
    return spent


def _describe(counts: Counter[str]) -> Figures:
    hows = ("first", "duplicate", "truncation", "alteration")
    by_how = {f"recall of {h}": counts[f"{h} found"] / max(1, counts[f"{h} found"] + counts[f"{h} missed"]) for h in hows}
    return {
        "recall": counts["found"] / max(1, counts["found"] + counts["missed"]),
        "precision": counts["found"] / max(1, counts["found"] + counts["wrong"]),
        **by_how,
    }


def _describe_times(spent: dict[str, list[float]]) -> Figures:
    figures: Figures = {}
    for kind, times in spent.items():
        ordered = sorted(times)
        figures[f"by {kind}, p50, ms"] = statistics.median(ordered)
        figures[f"by {kind}, p99, ms"] = ordered[int(len(ordered) * 0.99)]
        figures[f"by {kind}, slowest, ms"] = ordered[-1]
    return figures


def measure_sizes(place: str, sizes: Sequence[int], many: int, kept: Path | None = None, seed: int = 1) -> dict[str, Figures]:
    """Figures at each size; the store grows from one to the next. `kept` is a file for the truth, of what is in the store already too."""
    table: dict[str, Figures] = {}
    store, truth = open_store(place, make=True), Truth()
    lines = kept.read_text().splitlines() if kept and kept.exists() else []
    for line in lines:
        truth.note(line)
    done = len({line.split("/")[0] for line in lines})
    try:
        for size in sorted(size for size in sizes if size // STATEMENTS >= done):
            articles = range(done, max(done, 1, size // STATEMENTS))
            with kept.open("a") if kept else nullcontext() as file:
                if articles:
                    write_grown(store, articles, _note_in(truth, file), seed)
            done = articles.stop
            figures = {**measure_tracing(store, truth, many, seed), "KB an article": measure_size(store) / done / 1000}
            table[f"{done * STATEMENTS:,} statements"] = {name: round(value, 4) for name, value in figures.items()}
    finally:
        store.close()
    return table


def _note_in(truth: Truth, file: TextIO | None) -> Callable[[str], object]:
    def note(line: str) -> None:
        truth.note(line)
        if file:
            file.write(line)

    return note


def measure_adding(place: Callable[[str], str], data: Path, rounds: int = 3) -> Figures:
    """Seconds of adding a folder, with what tracing needs and without; the medians of rounds in turns."""
    paths = sorted(str(p) for p in (data / "text" if (data / "text").is_dir() else data).iterdir() if p.is_file())
    spent: dict[str, list[float]] = {"with": [], "without": []}
    for number in range(rounds):
        for name, chosen in (("with", _as_it_is), ("without", _without_tracing)):
            with chosen():
                store = open_store(place(f"{name}{number}"), make=True)
                started = time.perf_counter()
                assert sum(kept.outcome == "added" for kept in add(store, paths, force=True))
                spent[name].append(time.perf_counter() - started)
                store.close()
    with_it, without = (statistics.median(spent[name]) for name in ("with", "without"))
    return {"adding, s": with_it, "adding without tracing, s": without, "more": with_it / without - 1}


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _without_tracing() -> Iterator[None]:
    """Adding as it was before there was tracing: nothing is looked for that only tracing needs, so that its indexes stay empty."""

    def find_nothing(*_: Any) -> dict[str, Any]:
        return {}

    keep = "onrecord.store.keep"
    with (
        patch(f"{keep}.build_index_row", find_nothing),
        patch(f"{keep}.build_document_index", find_nothing),
        patch(f"{keep}.build_source_rows", lambda *_: []),
    ):
        yield


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/trace", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--data", type=Path, help="articles to be added with the real reader")
    parser.add_argument("--keep", type=Path, help="a folder for the SQLite store and its truth")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in (chosen.only,) if chosen.only else ("sqlite", "postgresql"):
            _measure(name, folder, chosen, stack)
    return 0


def _measure(name: str, folder: Path, chosen: argparse.Namespace, stack: ExitStack) -> None:
    """Print what one database does."""
    if name == "sqlite":

        def make(called: str) -> str:
            return str((chosen.keep if chosen.keep and called == "traced" else folder) / f"{called}.db")

    else:
        make = start_server(stack)
    if chosen.data:
        print_figures(f"Adding with the reader, {name}, {chosen.data}", measure_adding(make, chosen.data), as_json=chosen.json)
    kept = chosen.keep / "traced.tsv" if chosen.keep and name == "sqlite" else None
    table = measure_sizes(make("traced"), chosen.statements, chosen.queries, kept)
    print_figures(f"Tracing, {name}", turn_table(table), as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
