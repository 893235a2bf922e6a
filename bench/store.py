"""A store of a million made statements: `bench/store [--statements N …] [--data DIR] [--only sqlite|postgresql] [--keep DIR] [--json]`.

The articles come from `bench.grown`, with the reports that a reader would give, so that only the store works. At each size of
`--statements`: milliseconds to write an article (one transaction each, as `onrecord add` does), bytes in the database for each article,
the resident peak of the process, and the time of searches: the first twenty hits of each of `--queries` questions of nine kinds, drawn
from what is stored, words by how often they are used, so that words that are in nearly every statement are asked for too.
With `--data`, a folder of articles: how fast `add` is beside reading alone, with the real reader, in turns.
With `--keep`, the SQLite store stays there as `grown.db`, with `grown.tsv`: which utterance each statement renders, and how.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from bench.grown import STATEMENTS, grow
from bench.report import print_figures, track
from onrecord.pipeline import find_reader_version
from onrecord.store import Query, Store, open_store, search
from onrecord.store.add import add
from onrecord.store.keep import keep_capture, keep_reading
from onrecord.store.schema import statement as statements
from tests.store.servers import build_server, remove_server

SHOWN = 20  # hits, as the command line shows
_SAMPLED = 400  # statements from which questions are drawn

Figures = dict[str, float]


def write_grown(store: Store, articles: range, truths: Callable[[str], object], seed: int) -> Figures:
    """Keep the articles of the made world whose numbers are in `articles`; only writing is timed, not growing."""
    reader, spent, kept = find_reader_version(), 0.0, 0
    for grown in track(_Sized(articles, seed), f"writing {len(articles):,} articles"):
        started = time.perf_counter()
        with store.writing() as connection:
            key = keep_capture(connection, grown.capture)
            keep_reading(connection, key, grown.report, reader=reader, given=None, forced=False)
        spent += time.perf_counter() - started
        kept += len(grown.truths)
        for truth in grown.truths:
            truths(f"{grown.capture.sha256}/{truth.statement}\t{truth.utterance}\t{truth.how}\n")
    return {"articles": articles.stop, "statements": articles.stop * STATEMENTS, "writing, ms an article": 1000 * spent / len(articles)}


class _Sized:
    """Some of the world's articles, as a progress bar wants them."""

    def __init__(self, articles: range, seed: int) -> None:
        self.articles, self.seed = articles, seed

    def __len__(self) -> int:
        return len(self.articles)

    def __getitem__(self, index: int) -> Any:
        raise IndexError(index)

    def __iter__(self) -> Iterator[Any]:
        return (grown for grown in grow(self.articles.stop, self.seed) if grown.number >= self.articles.start)


def ask(store: Store, many: int, seed: int) -> Figures:
    """Time `many` questions of each kind together; milliseconds."""
    dice = random.Random(seed)
    with store.looking() as connection:
        last = connection.scalar(select(func.max(statements.c.key))) or 1
        keys = [dice.randint(1, last) for _ in range(_SAMPLED)]
        rows = connection.execute(select(statements).where(statements.c.key.in_(keys))).all()
    kinds = (_ask_words, _ask_phrase, _ask_source, _ask_word, _ask_dated, _ask_outlet, _ask_beginning, _ask_filters, _ask_articles)
    questions = [(kind.__name__, kind(dice, dice.choice(rows))) for _ in range(many // len(kinds)) for kind in kinds]
    dice.shuffle(questions)
    spent: dict[str, list[float]] = {}
    found = 0
    for kind, question in questions:
        started = time.perf_counter()
        found += bool(list(search(store, question, limit=SHOWN)))
        spent.setdefault(kind, []).append(1000 * (time.perf_counter() - started))
    every = sorted(ms for times in spent.values() for ms in times)
    by_kind = {f"{kind.removeprefix('_ask_')} p50, ms": statistics.median(times) for kind, times in sorted(spent.items())}
    return {
        "search p50, ms": statistics.median(every),
        "search p99, ms": every[int(len(every) * 0.99)],
        "search slowest, ms": every[-1],
        "search answered": found / len(questions),
        **by_kind,
    }


def _ask_words(dice: random.Random, row: Any) -> Query:
    return Query(words=" ".join(dice.sample(row.content.split(), 2)))


def _ask_phrase(dice: random.Random, row: Any) -> Query:
    words = row.content.split()
    at = dice.randrange(max(1, len(words) - 3))
    return Query(words='"' + " ".join(words[at : at + 3]) + '"')


def _ask_source(dice: random.Random, row: Any) -> Query:
    return Query(source=row.source, words=dice.choice(row.content.split()))


def _ask_word(dice: random.Random, row: Any) -> Query:
    return Query(words=dice.choice(row.content.split()))


def _ask_dated(dice: random.Random, row: Any) -> Query:
    return replace(_ask_words(dice, row), since=date.fromisoformat(row.published), kind=row.kind, min_certainty=2.0)


def _ask_outlet(dice: random.Random, row: Any) -> Query:
    return Query(outlet=row.outlet, words=dice.choice(row.content.split()), medium=row.medium)


def _ask_beginning(dice: random.Random, row: Any) -> Query:
    return Query(words=max(row.content.split(), key=len)[:5] + "*")


def _ask_filters(dice: random.Random, row: Any) -> Query:
    return Query(kind=row.kind, medium=row.medium, until=date.fromisoformat(row.published))


def _ask_articles(dice: random.Random, row: Any) -> Query:
    return Query(words=" ".join(dice.sample(row.content.split(), 2)), articles=True)


def measure_size(store: Store) -> int:
    """Bytes that the database takes."""
    with store.looking() as connection:
        if store.is_sqlite:
            return int(connection.scalar(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")) or 0)
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def measure_growth(place: str, sizes: Sequence[int], queries: int, keep: Path | None, seed: int = 1) -> dict[str, Figures]:
    """Figures at each size; the store grows from one to the next."""
    table: dict[str, Figures] = {}
    store, done = open_store(place, make=True), 0
    try:
        with keep.open("w") if keep else nullcontext() as truths:
            for size in sorted(sizes):
                articles = range(done, max(done + 1, size // STATEMENTS))
                figures = write_grown(store, articles, truths.write if truths else len, seed)
                done = articles.stop
                bytes_now = measure_size(store)
                figures |= {"KB an article": bytes_now / done / 1000, "database, MB": bytes_now / 1e6}
                figures |= ask(store, queries, seed)
                figures["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                table[f"{figures['statements']:,} statements"] = {name: round(value, 2) for name, value in figures.items()}
    finally:
        store.close()
    return table


def measure_adding(place: Callable[[str], str], data: Path, rounds: int = 3) -> Figures:
    """Articles a second: reading alone, and adding to an empty store; the medians of rounds in turns."""
    import onrecord

    paths = sorted(str(p) for p in (data / "text" if (data / "text").is_dir() else data).iterdir() if p.is_file())
    onrecord.read(paths[0], force=True)
    rates: dict[str, list[float]] = {"read": [], "add": []}
    for number in range(rounds):
        started = time.perf_counter()
        read = sum(isinstance(r, onrecord.Report) for r in onrecord.read_many(paths, force=True))
        rates["read"].append(read / (time.perf_counter() - started))
        store = open_store(place(f"added{number}"), make=True)
        started = time.perf_counter()
        added = sum(kept.outcome == "added" for kept in add(store, paths, force=True))
        rates["add"].append(added / (time.perf_counter() - started))
        store.close()
    read_rate, add_rate = (statistics.median(rates[name]) for name in ("read", "add"))
    return {
        "reading, articles a second": read_rate,
        "adding, articles a second": add_rate,
        "adding, share of reading": add_rate / read_rate,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/store", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=800)
    parser.add_argument("--data", type=Path, help="articles to be added with the real reader")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path, help="a folder for the SQLite store and its truth")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in (chosen.only,) if chosen.only else ("sqlite", "postgresql"):
            _measure(name, folder, chosen, stack)
    return 0


def _measure(name: str, folder: Path, chosen: argparse.Namespace, stack: ExitStack) -> None:
    """Print what one database does."""
    truths = chosen.keep / "grown.tsv" if chosen.keep and name == "sqlite" else None
    if name == "sqlite":
        home = chosen.keep or folder
        home.mkdir(parents=True, exist_ok=True)
        if (home / "grown.db").exists():
            sys.exit(f"bench/store: {home / 'grown.db'} is there already: give another folder with --keep")

        def make(called: str) -> str:
            return str((home if called == "grown" else folder) / f"{called}.db")

    else:
        make = start_server(stack)
    if chosen.data:
        print_figures(f"Adding with the reader, {name}, {chosen.data}", measure_adding(make, chosen.data), as_json=chosen.json)
    print_figures(
        f"Growing, {name}", turn_table(measure_growth(make("grown"), chosen.statements, chosen.queries, truths)), as_json=chosen.json
    )


def start_server(stack: ExitStack) -> Callable[[str], str]:
    """Start a PostgreSQL server that goes with `stack`; what is returned makes a database of a name in it."""
    server = build_server()
    stack.callback(remove_server, server)
    server.start()
    return server.make_database


def turn_table(table: dict[str, Figures]) -> dict[str, Figures]:
    """Rows for figures, columns for sizes."""
    names = list(dict.fromkeys(name for row in table.values() for name in row))
    return {name: {size: row[name] for size, row in table.items() if name in row} for name in names}


if __name__ == "__main__":
    sys.exit(main())
