"""Kills at random moments of an add, on both databases: `bench/kill [--files N] [--kills N] [--longest SECONDS] [--json]`.

Each run starts an add of the same made files and kills it (SIGKILL) within `--longest` seconds of its start; then one add is left
to end, and the store must hold every file once and verify. The reader is a stand-in that takes no time, so that kills fall on the
store's own work.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.report import print_figures
from tests.store.kill import check_kills, write_articles
from tests.store.servers import build_server, remove_server


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
            places = {"SQLite": str(Path(folder) / "kept.db"), "PostgreSQL": server.make_database("killed")}
            figures = {name: check_kills(place, articles, chosen.kills, chosen.longest, chosen.seed) for name, place in places.items()}
        finally:
            remove_server(server)
    print_figures("Nothing lost, nothing twice, all verified", figures, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
