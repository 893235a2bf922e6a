"""Kills at random moments of an add, on both databases, and of a batch: `bench/kill [--files N] [--kills N] [--longest SECONDS] [--json]`.

An add of made files is started again and again and killed (SIGKILL) within `--longest` seconds, until it has ended or was killed
often enough; then one add is left to end, and the store must hold every file once and verify. That is one round; rounds in new
stores follow until there were `--kills` kills. The reader is a stand-in that takes no time, so that kills fall on the store's own work.
A batch of archives is killed and run again likewise, and its shards must have the bytes of one that was left alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.report import print_figures
from tests.cluster import kill as archives
from tests.store.kill import check_kills, write_articles
from tests.store.servers import build_server, remove_server


def kill_often(make: Callable[[str], str], articles: Path, kills: int, longest: float, seed: int) -> dict[str, float]:
    """Rounds of `check_kills` in new stores until there were `kills` kills; their figures together."""
    total: dict[str, float] = {}
    rounds = 0
    while total.get("kills", 0) < kills:
        found = check_kills(make(f"killed{rounds}"), articles, kills - round(total.get("kills", 0)), longest, seed + rounds)
        if not found["kills"]:
            sys.exit("bench/kill: the adds end before they are killed: give more --files or a shorter --longest")
        rounds += 1
        total = {"files": found["files"]} | {name: total.get(name, 0) + found[name] for name in ("kills", "seconds")} | {"rounds": rounds}
        print(f"round {rounds}: {round(total['kills'])} of {kills} kills", file=sys.stderr)
    return total


def kill_batches(folder: Path, articles: int, kills: int, longest: float, seed: int) -> dict[str, float]:
    """Batches of `articles` pages in archives of twenty, killed `kills` times in new folders; their figures together."""
    archives.write_archives(folder / "archives", files=-(-articles // 20), pages=20)
    total: dict[str, float] = {}
    rounds = 0
    while total.get("kills", 0) < kills:
        found = archives.check_kills(
            folder / "archives", folder / f"batch{rounds}", kills - round(total.get("kills", 0)), longest, seed + rounds
        )
        if not found["kills"]:
            sys.exit("bench/kill: the batches end before they are killed: give more --files or a shorter --longest")
        rounds += 1
        total = {"files": found["files"]} | {name: total.get(name, 0) + found[name] for name in ("kills", "seconds")} | {"rounds": rounds}
        print(f"batch, round {rounds}: {round(total['kills'])} of {kills} kills", file=sys.stderr)
    return total


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--longest", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles"
        write_articles(articles, chosen.files)
        server = build_server()
        try:
            server.start()
            make: dict[str, Callable[[str], str]] = {
                "SQLite": lambda name: str(Path(folder) / f"{name}.db"),
                "PostgreSQL": server.make_database,
            }
            figures = {name: kill_often(place, articles, chosen.kills, chosen.longest, chosen.seed) for name, place in make.items()}
            figures["batch"] = kill_batches(Path(folder), chosen.files, chosen.kills, chosen.longest, chosen.seed)
        finally:
            remove_server(server)
    print_figures("Nothing lost, nothing twice, all verified", figures, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
