"""What reading a crawl costs, worked out from what its stages take here: `bench/scale --data DIR [--sizes 1 2 4 8 16] [--json]`.

DIR holds text files, in `text/` or itself; archives are made of them as `bench/batch` does. Each stage goes alone over one archive of
`--pages` articles in one process with one thread, and its processor seconds are counted; grouping is measured on `--grouped`
statements of the made world of `bench.grown`. From these come the costs of Common Crawl's CC-NEWS for a day, a month, and all of it.

With `--sizes`, archives of so many times `--pages` articles are then read by `onrecord batch` on all processors, and the seconds that each
takes are printed beside those that the stages foretell.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bench.batch import build_pages, read_once
from bench.group import write_shards
from bench.grown import STATEMENTS
from bench.report import print_figures
from onrecord.capture.warc import read_records
from onrecord.cluster.filters import Seen, find_other_language
from onrecord.cluster.grouping import find_groups
from onrecord.cluster.index import build_index
from onrecord.cluster.inputs import find_inputs
from onrecord.cluster.loading import load
from onrecord.cluster.local import count_processors
from onrecord.cluster.manifests import find_shard, read_manifests
from onrecord.cluster.reading import Left, Parsed, Rows, Settings, parse, read, read_input, run_here
from onrecord.cluster.shards import Shard, build_schemas, read_shard
from onrecord.store import open_store
from onrecord.types import Capture
from tests.cluster.made import write_warc

T = TypeVar("T")
Figures = dict[str, float]

_FILES, _PAGES, _DAYS = 50_000, 1.35e9, 3_750  # of CC-NEWS, August 2016 to November 2026
_GB = 1.0  # of one of its files, packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What one thing costs at each stage: processor seconds, and bytes that stay."""

    unpack: float  # a GB of an archive
    tell: float  # a page in another language, told by its head
    parse: float  # a page
    read: float  # an article
    write: float  # an article's rows
    load: float  # an article into a store
    group: float  # a statement
    statements: float  # an article has
    shard: float  # bytes of an article's rows, without the page's
    page: float  # bytes of its page, packed
    store: float  # bytes of an article in a store
    index: float  # bytes of a statement in a grouping's index

    def show(self) -> dict[str, Figures]:
        work = {
            "unpack, a GB": self.unpack,
            "other language told, a page": self.tell,
            "parse, a page": self.parse,
            "read, an article": self.read,
            "write, an article": self.write,
            "load into a store, an article": self.load,
            "group, a statement": self.group,
        }
        sizes = {
            "shards without pages, an article": self.shard,
            "its page, packed": self.page,
            "store, an article": self.store,
            "index of a grouping, a statement": self.index,
        }
        return {name: {"processor, ms": round(1000 * seconds, 3)} for name, seconds in work.items()} | {
            name: {"bytes": round(size)} for name, size in sizes.items()
        }


def measure(work: Callable[[], T]) -> tuple[T, float]:
    """What comes of some work, and the processor seconds of this process that it took."""
    started = time.process_time()
    return work(), time.process_time() - started


def measure_stages(archive: Path, place: Path, grouped: int) -> Stages:
    """Each stage alone, over the pages of one archive."""
    settings = Settings()
    captures, unpacking = measure(lambda: list(_read_records(archive)))
    others = [capture for capture in captures if find_other_language(capture)]
    _, telling = measure(lambda: [find_other_language(capture) for capture in others])
    english = [capture for capture in captures if not find_other_language(capture)]
    _do(parse(english[0], settings))  # what is loaded once is not counted
    parsed, parsing = measure(lambda: [(capture, parse(capture, settings)) for capture in english])
    pages = [(capture, answer.page) for capture, answer in parsed if isinstance(answer, Parsed)]
    _do(read(pages[0], settings))
    rows, reading = measure(lambda: [answer for page in pages if isinstance(answer := read(page, settings), Rows)])
    _write(place / "first", rows[:1])
    _, writing = measure(lambda: _write(place / "written", rows))
    said = sum(len(row.statements) for row in rows)
    kept, loading = _load(archive, place)
    index, grouping = _group(place / "grouped", grouped)
    return Stages(
        unpack=unpacking / archive.stat().st_size * 1e9,
        tell=telling / max(1, len(others)),
        parse=parsing / len(english),
        read=reading / len(rows),
        write=writing / len(rows),
        load=loading / kept["articles"],
        group=grouping,
        statements=said / len(rows),
        shard=_measure_folder(place / "written") / len(rows),
        page=kept["page"],
        store=kept["store"],
        index=index,
    )


def _do(answer: object) -> None:
    if isinstance(answer, Left):
        sys.exit(f"bench/scale: the first page cannot be read: {answer.reason}")


def _read_records(archive: Path) -> Iterable[Capture]:
    with archive.open("rb") as file:
        yield from (found for found in read_records(file, str(archive)) if isinstance(found, Capture))


def _write(folder: Path, rows: Sequence[Rows]) -> None:
    folder.mkdir()
    schemas = build_schemas()
    empty = dict.fromkeys(schemas["documents"].names)
    with Shard(folder / "statements", schemas["statements"]) as statements, Shard(folder / "documents", schemas["documents"]) as documents:
        for row in rows:
            statements.add(row.statements)
            documents.add([{**empty, **row.document}], len(row.document["report"]))


def _measure_folder(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _load(archive: Path, place: Path) -> tuple[Figures, float]:
    """Bytes that an article takes in a store and its page in a shard, and the processor seconds of loading all."""
    out = place / "out"
    (one,) = find_inputs([str(archive)])
    read_input(one, out, Settings(), Seen(), run=run_here)
    manifests = read_manifests(out)
    contents = sum(
        len(row["content"] or b"") for rows in read_shard(find_shard(out, "documents", manifests[0].name), ("content",)) for row in rows
    )
    with closing(open_store(str(place / "loaded.db"), make=True)) as store:
        kept, seconds = measure(lambda: list(load(store, out, manifests)))
    return {"articles": len(kept), "store": (place / "loaded.db").stat().st_size / len(kept), "page": contents / len(kept)}, seconds


def _group(out: Path, statements: int) -> tuple[float, float]:
    """Bytes of the index for a statement, and the processor seconds of grouping one."""
    out.mkdir()
    write_shards(out, -(-statements // STATEMENTS))
    index = out / "index.db"
    count, building = measure(lambda: build_index(index, out, read_manifests(out)))
    _, tracing = measure(lambda: find_groups(index, count, run_here))
    return index.stat().st_size / count, (building + tracing) / count


def work_out(stages: Stages, pages: float, english: float, price: float, gb_price: float) -> Figures:
    """What so many pages of CC-NEWS cost: core-hours, GB, and money. `english` is the share of pages that are read."""
    packed = pages / _PAGES * _FILES * _GB
    articles = pages * english
    hours = {
        "unpack": packed * stages.unpack,
        "tell and parse": (pages - articles) * stages.tell + articles * stages.parse,
        "read": articles * stages.read,
        "write": articles * stages.write,
        "load": articles * stages.load,
        "group": articles * stages.statements * stages.group,
    }
    stored = {"archives": packed, "shards": articles * stages.shard / 1e9, "store": articles * stages.store / 1e9}
    total = sum(hours.values()) / 3600
    return {
        "pages, million": round(pages / 1e6, 2),
        "articles read, million": round(articles / 1e6, 2),
        "statements, million": round(articles * stages.statements / 1e6, 1),
        **{f"{name}, core-hours": round(seconds / 3600, 1) for name, seconds in hours.items()},
        "all, core-hours": round(total, 1),
        **{f"{name}, GB": round(size, 1) for name, size in stored.items()},
        "index of one grouping, GB": round(articles * stages.statements * stages.index / 1e9, 1),
        "days on 2 cores": round(total / 2 / 24, 2),
        "days on 64 cores": round(total / 64 / 24, 2),
        "money, computing": round(total * price),
        "money, a month of shards": round(stored["shards"] * gb_price, 2),
    }


def foretell(stages: Stages, archive: Path, counts: Figures, starting: float) -> float:
    """Seconds that a batch of an archive made by `build_pages` takes on all processors; unpacking and writing are one process's."""
    read, others = counts["articles read"], counts["in another language"]
    work = others * stages.tell + (counts["pages"] - others) * stages.parse + read * stages.read
    feed = archive.stat().st_size / 1e9 * stages.unpack + read * stages.write
    return starting + max((work + feed) / count_processors(), feed)


def simulate(texts: list[str], stages: Stages, pages: int, sizes: Sequence[int], place: Path) -> dict[str, Figures]:
    """Archives of several sizes through the command, beside what was foretold."""
    figures: dict[str, Figures] = {}
    starting = _time_start(texts, place)
    for times in sizes:
        archive = write_warc(place / f"{times}.warc.gz", build_pages(texts, times * pages))
        started = time.perf_counter()
        found = read_once([archive], place / f"out{times}", [])
        seconds = time.perf_counter() - started
        told = foretell(stages, archive, found, starting)
        figures[f"× {times}"] = {
            "articles read": found["articles read"],
            "seconds": round(seconds, 1),
            "foretold": round(told, 1),
            "off by": f"{100 * (told / seconds - 1):+.0f} %",  # type: ignore[dict-item]
            "articles a second": found["articles a second"],
            "peak memory, MB": found["peak memory, MB"],
            "shards, MB": found["shards, MB"],
        }
    return figures


def _time_start(texts: list[str], place: Path) -> float:
    """Seconds of a batch of one short page: starting and ending."""
    archive = write_warc(place / "0.warc.gz", build_pages([min(texts, key=len)], 1))
    started = time.perf_counter()
    read_once([archive], place / "out0", [])
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=84, metavar="N", help="articles in the smallest archive")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], metavar="N", help="read archives of so many times --pages too")
    parser.add_argument("--grouped", type=int, default=2_000, metavar="N", help="statements to measure grouping on")
    parser.add_argument("--english", type=float, default=0.4, help="share of pages that are read")
    parser.add_argument("--price", type=float, default=0.04, help="of a core-hour")
    parser.add_argument("--gb-price", type=float, default=0.023, help="of a GB for a month")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    folder = args.data / "text" if (args.data / "text").is_dir() else args.data
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.iterdir()) if path.is_file()]
    if not texts:
        sys.exit(f"bench/scale: no files in {folder}")
    os.environ["ONRECORD_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        archive = write_warc(place / "stages.warc.gz", build_pages(texts, args.pages))
        stages = measure_stages(archive, place, args.grouped)
        print_figures(f"What the stages take, {folder}", stages.show(), as_json=False)
        spans: dict[str, float] = {"a day": _PAGES / _DAYS, "a month": _PAGES / _DAYS * 30.4, "all": _PAGES}
        costs = {span: work_out(stages, pages, args.english, args.price, args.gb_price) for span, pages in spans.items()}
        turned: dict[str, Any] = {row: {span: costs[span][row] for span in spans} for row in costs["all"]}
        print_figures("CC-NEWS", turned, as_json=False)
        simulated = simulate(texts, stages, args.pages, args.sizes, place)
        if simulated:
            print_figures("Foretold and measured", simulated, as_json=False)
    if args.json:
        print(json.dumps({"stages": stages.show(), "costs": costs, "simulated": simulated}))


if __name__ == "__main__":
    main()
