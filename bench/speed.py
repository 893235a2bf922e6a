"""How fast articles are read: `bench/speed --data DIR [--json]`. DIR holds text files, in `text/` or itself.

Warm: one process reads every article through `onrecord.read_many`, as `onrecord read FOLDER` does.
Cold: the command line, from nothing to the report of one article, the median of five. Memory is the resident peak of the warm process.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.report import print_figures


def read_all(paths: list[Path]) -> dict[str, float]:
    """Figures of one warm pass; the first article is read once before, so that loading is not counted."""
    import onrecord

    onrecord.read(str(paths[0]), force=True)
    started = time.perf_counter()
    reports = list(onrecord.read_many([str(path) for path in paths], force=True))
    seconds = time.perf_counter() - started
    read = [r for r in reports if isinstance(r, onrecord.Report)]
    words = sum(len(r.document.text.split()) for r in read)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return {
        "articles": len(read),
        "words": words,
        "statements": sum(len(r.statements) for r in read),
        "articles a second": round(len(read) / seconds, 2),
        "words a second": round(words / seconds),
        "peak memory, MB": round(peak),
    }


def start_cold(path: Path, times: int = 5) -> float:
    """Seconds from starting `onrecord read PATH --json` to its end, the median."""
    command = [sys.executable, "-m", "onrecord", "read", str(path), "--json", "--force"]
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    return round(statistics.median(seconds), 2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    folder = args.data / "text" if (args.data / "text").is_dir() else args.data
    paths = sorted(p for p in folder.iterdir() if p.is_file())
    if not paths:
        sys.exit(f"bench/speed: no files in {folder}")
    figures = read_all(paths) | {"cold start, seconds": start_cold(paths[0]), "cores": os.cpu_count() or 0}
    print_figures(f"Speed, {folder}", figures, as_json=args.json)


if __name__ == "__main__":
    main()
