"""Grouping of made statements: `bench/group [--statements N …] [--engine ray] [--workers N] [--json]`.

The articles are those of `bench.grown`, which tells for each statement which utterance it renders; their shards are grouped by the command,
starting it and making its index counted in. Precision and recall are of the pairs of statements that are in one group; memory is
the sum of what all its processes have at once (RSS, what they share counted twice).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.batch import measure_memory
from bench.grown import STATEMENTS, grow
from bench.report import print_figures, track
from onrecord.cluster.manifests import Manifest, find_shard, write_manifest
from onrecord.cluster.reading import build_rows
from onrecord.cluster.shards import Shard, build_schemas, read_shard
from onrecord.rows import name_id

_IN_SHARD = 500  # articles
Figures = dict[str, float]


def write_shards(out: Path, articles: int) -> dict[str, int]:
    """The shards of the first so many articles of the made world; the utterance of each statement."""
    truth: dict[str, int] = {}
    grown = grow(articles)
    for number in track(range(0, articles, _IN_SHARD), "writing"):
        name = f"{number:08d}"
        shards = {}
        for kind, schema in build_schemas().items():
            find_shard(out, kind, name).parent.mkdir(parents=True, exist_ok=True)
            shards[kind] = Shard(find_shard(out, kind, name), schema)
        with shards["statements"] as said, shards["documents"]:
            for article in (next(grown) for _ in range(min(_IN_SHARD, articles - number))):
                said.add(build_rows(article.report, article.capture).statements)
                truth |= {name_id(article.capture.sha256, one.statement): one.utterance for one in article.truths}
        settings = {"published": None, "force": False}
        write_manifest(
            out, Manifest(name=name, paths=(), size=0, stamp="", reader="made", settings=settings, counts={}, notes=(), seconds=0)
        )
    return truth


def count_pairs(sizes: Iterable[int]) -> int:
    """Pairs within groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes)


def compare(out: Path, truth: dict[str, int]) -> Figures:
    """Precision and recall of the pairs that share a group."""
    groups: Counter[str] = Counter()
    both: Counter[tuple[str, int]] = Counter()
    for rows in read_shard(out / "groups.parquet"):
        for row in rows:
            groups[row["group"]] += 1
            both[row["group"], truth[row["id"]]] += 1
    right = count_pairs(both.values())
    return {
        "precision": round(right / max(1, count_pairs(groups.values())), 4),
        "recall": round(right / max(1, count_pairs(Counter(truth.values()).values())), 4),
    }


def group_once(out: Path, statements: int, more: list[str]) -> Figures:
    """Seconds and memory of one grouping."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen([sys.executable, "-m", "onrecord", "group", str(out), "--json", *more], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, measure_memory(process.pid))
        time.sleep(0.1)
    if process.returncode:
        sys.exit(f"bench/group: the command ended with {process.returncode}")
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 1), "statements a second": round(statements / seconds, 1), "peak memory, MB": round(peak / 1e6)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/group", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, nargs="+", default=[10_000, 20_000, 40_000], metavar="N")
    parser.add_argument("--engine", default="local")
    parser.add_argument("--workers", type=int, default=0, metavar="N")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    figures = {}
    for size in args.statements:
        with tempfile.TemporaryDirectory() as place:
            out = Path(place)
            truth = write_shards(out, -(-size // STATEMENTS))
            more = ["--engine", args.engine, "--workers", str(args.workers)]
            figures[f"{len(truth):,} statements"] = group_once(out, len(truth), more) | compare(out, truth)
    print_figures(f"Grouping, {args.engine}", figures, as_json=args.json)


if __name__ == "__main__":
    main()
