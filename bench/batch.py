"""From WARC files to Parquet shards: `bench/batch --data DIR [--pages N] [--sizes 1 2 4] [--files N] [--engine ray] [--workers N]`.

DIR holds text files, in `text/` or itself; each becomes a page with a menu, and pages in another language, copies and stubs stand
between them as in a crawl. The archive of `--sizes` times `--pages` articles, or `--files` of them that hold so many together, is read by
the command, starting it counted in; memory is the sum of what all its processes have at once (RSS, so what they share is counted twice),
looked at ten times a second. On Ray a worker reads whole files, so that it takes several for several workers.
"""

from __future__ import annotations

import argparse
import html
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from bench.report import print_figures
from tests.cluster.made import build_article, write_warc

_MENU = "".join(f"<li><a href='/{name}'>{name.title()}</a></li>" for name in ("news", "sport", "weather", "culture", "letters") * 20)
_OTHER = "<html lang=da><article>" + "<p>Færgen sejler to gange om dagen om vinteren, og kontoret fører en liste over dem.</p>" * 20


def build_pages(texts: list[str], many: int) -> Iterator[bytes]:
    """So many articles, each unlike the others, and what stands between them."""
    for number, text in enumerate(islice(cycle(texts), many)):
        own = f"This is the printing number {number} of the article, which was set for measuring how long it takes to read it."
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in (*text.split("\n"), own) if line.strip())
        page = f"<html lang=en><title>{number}</title><ul>{_MENU}</ul><article>{paragraphs}</article></html>".encode()
        yield page
        if number % 3 == 0:
            yield _OTHER.replace("Færgen", f"Færge {number}").encode()
        if number % 10 == 0:
            yield page.replace(b"</article>", b"<p>Updated.</p></article>")
        if number % 5 == 0:
            yield build_article(number)[:200]


def measure_memory(root: int) -> int:
    """Bytes of a process and all that it has started."""
    parents: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            sizes[int(path.name)] = int((path / "statm").read_text().split()[1]) * 4096
        except (OSError, IndexError):
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.name))
    total, waiting = 0, [root]
    while waiting:
        each = waiting.pop()
        total += sizes.get(each, 0)
        waiting += parents.get(each, [])
    return total


def read_once(archives: list[Path], out: Path, more: list[str]) -> dict[str, float]:
    """Figures of one batch, from starting the command to its end."""
    command = [sys.executable, "-m", "onrecord", "batch", *map(str, archives), "--out", str(out), "--json", *more]
    started, peak = time.perf_counter(), 0
    counts: Counter[str] = Counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed)
        while process.poll() is None:
            peak = max(peak, measure_memory(process.pid))
            time.sleep(0.1)
        seconds = time.perf_counter() - started
        printed.seek(0)
        for line in printed:
            counts.update(json.loads(line)["counts"])
    return {
        "MB": round(sum(archive.stat().st_size for archive in archives) / 1e6, 2),
        "pages": sum(count for outcome, count in counts.items() if outcome != "statements"),
        "in another language": counts["language"],
        "articles read": counts["read"],
        "articles a second": round(counts["read"] / seconds, 2),
        "peak memory, MB": round(peak / 1e6),
        "shards, MB": round(sum(path.stat().st_size for path in out.rglob("*.parquet")) / 1e6, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/batch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=200, metavar="N", help="articles in the smallest archive")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 2, 4], metavar="N", help="times --pages")
    parser.add_argument("--files", type=int, default=1, metavar="N", help="archives that the articles stand in")
    parser.add_argument("--engine", default="local")
    parser.add_argument("--workers", type=int, default=0, metavar="N")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    folder = args.data / "text" if (args.data / "text").is_dir() else args.data
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.iterdir()) if path.is_file()]
    if not texts:
        sys.exit(f"bench/batch: no files in {folder}")
    figures = {}
    with tempfile.TemporaryDirectory() as place:
        for times in args.sizes:
            pages = list(build_pages(texts, times * args.pages))
            each = -(-len(pages) // args.files)
            archives = [write_warc(Path(place) / f"{times}-{at}.warc.gz", pages[at : at + each]) for at in range(0, len(pages), each)]
            more = ["--engine", args.engine, "--workers", str(args.workers)]
            figures[f"× {times}"] = read_once(archives, Path(place) / f"out{times}", more)
    print_figures(f"WARC to Parquet, {folder}, {args.engine}", figures, as_json=args.json)


if __name__ == "__main__":
    main()
