"""How fast articles are read: `bench/speed --data DIR [--peer] [--growth] [--json]`. DIR holds text files, in `text/` or itself.

Warm: one process reads every article through `onrecord.read_many`, as `onrecord read FOLDER` does.
Cold: the command line, from nothing to the report of one article, the median of five. Memory is the resident peak of the warm process.
With `--peer`, a spaCy pipeline of en_core_web_sm's shape (bench/peer.py) goes over the same texts, in one process and in two.
With `--growth`, instead: seconds for one text of 1, 2, 4 and 8 times a length, made of DIR's texts one after the other, for the whole
pipeline and for what each step takes; time that is linear in the length doubles from one column to the next.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from bench.peer import time_peer
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


def measure_growth(paths: list[Path], length: int) -> dict[str, dict[str, float]]:
    """Seconds by step for texts of 1, 2, 4 and 8 times `length` code points. Texts are repeated where DIR holds too few."""
    from onrecord.capture import build_capture
    from onrecord.extract import extract
    from onrecord.page import read_page
    from onrecord.resolve import resolve
    from onrecord.resolve.times import find_times

    whole = "\n\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)
    whole *= 1 + 8 * length // max(1, len(whole))
    rows: dict[str, dict[str, float]] = {}
    for times in (1, 2, 4, 8):
        text = whole[: times * length]
        clock = [time.perf_counter()]
        page = read_page(build_capture(text.encode(), location="text", charset="utf-8"))
        clock.append(time.perf_counter())
        readings = extract(page.text, page.blocks, page.embeds)
        clock.append(time.perf_counter())
        resolve(page, readings)
        clock.append(time.perf_counter())
        find_times(page.text, page.published)
        clock.append(time.perf_counter())
        spent = [round(after - before, 3) for before, after in pairwise(clock)]
        names = ("page, seconds", "extract, seconds", "resolve, seconds", "times within it, seconds")
        rows[f"× {times}"] = {
            "all, seconds": round(clock[3] - clock[0], 3),
            **dict(zip(names, spent, strict=True)),
            "statements": len(readings),
        }
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    parser.add_argument("--peer", action="store_true", help="time a spaCy pipeline on the same texts beside it")
    parser.add_argument("--growth", action="store_true", help="seconds for a text of 1, 2, 4 and 8 times a length")
    parser.add_argument("--length", type=int, default=20_000, metavar="N", help="code points of the shortest text (with --growth)")
    args = parser.parse_args()
    folder = args.data / "text" if (args.data / "text").is_dir() else args.data
    paths = sorted(p for p in folder.iterdir() if p.is_file())
    if not paths:
        sys.exit(f"bench/speed: no files in {folder}")
    if args.growth:
        measure_growth(paths[:1], 2000)  # the model is loaded once, and not timed
        print_figures(f"Growth, {folder}", measure_growth(paths, args.length), as_json=args.json)
        return
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths] if args.peer else []
    figures = read_all(paths) | {"cold start, seconds": start_cold(paths[0]), "cores": os.cpu_count() or 0}
    if texts:
        figures |= {f"spaCy, articles a second, {n} process{'es' * (n > 1)}": time_peer(texts, n) for n in (1, 2)}
    print_figures(f"Speed, {folder}", figures, as_json=args.json)


if __name__ == "__main__":
    main()
