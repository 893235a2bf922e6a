"""The pages under load: `bench/web --store STORE [--readers N] [--seconds S] [--pause S] [--workers N] [--article FILE] [--json]`.

`onrecord serve` is started on the store, and so many readers at once ask it for pages of every kind, drawn from what is stored: each waits
for the whole answer, looks at it for `--pause` seconds (drawn around it; 0 for a machine that never looks), and asks for the next.
No page is asked for twice by the same reader, and nothing is answered from a reader's own cache. Printed for each kind are the milliseconds
at the median and the 99th percentile, and what is sent for the first page in all: the page, its style and its script, compressed. Beside:
the time until a pasted article (`--article`, an example of ours by default) is read and shown, of ten whose bytes differ.

The store needs nothing but statements: `bench/trace --keep DIR` and `bench/store --keep DIR` leave one of a million.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx2
from sqlalchemy import func, select
from sqlalchemy.engine import Row

from bench.report import print_figures
from onrecord.store import Store, open_store
from onrecord.store.schema import statement as statements

_ARTICLE = Path(__file__).parent.parent / "examples" / "harbour-offer.txt"
_SAMPLED = 3_000  # statements from which pages are drawn
_WARM = 40  # pages that are asked for before anything is timed
_WORD = re.compile(r"[a-z]{4,}")

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One page that was asked for: of which kind, how it was answered, after how many milliseconds."""

    kind: str
    status: int
    spent: float


def draw_pages(store: Store, seed: int) -> Iterator[tuple[str, str]]:
    """Kinds and paths of pages, without end: mostly articles and statements, as readers ask for them. What they are of is drawn at once."""
    dice = random.Random(seed)
    with store.looking() as connection:
        last = connection.scalar(select(func.max(statements.c.key))) or 0
        keys = sorted({dice.randint(1, last) for _ in range(_SAMPLED)})
        rows = [
            row
            for at in range(0, len(keys), 500)
            for row in connection.execute(select(statements).where(statements.c.key.in_(keys[at : at + 500])))
        ]
    return _name_pages(dice, rows)


def _name_pages(dice: random.Random, rows: Sequence[Row[Any]]) -> Iterator[tuple[str, str]]:
    kinds = ("home", "article", "article", "statement", "statement", "source", "search", "search", "receipt", "post", "review")
    while True:
        kind, row = dice.choice(kinds), dice.choice(rows)
        words = _WORD.findall(row.content.lower()) or ["harbour"]
        paths = {
            "home": "/",
            "article": f"/article/{row.document[:12]}",
            "statement": f"/statement/{row.document[:12]}/{row.id}",
            "source": f"/source?name={quote_plus(row.source or 'Ilsa Dorn')}",
            "search": f"/search?q={quote_plus(' '.join(dice.sample(words, min(len(words), dice.choice((1, 2))))))}",
            "receipt": f"/receipt/{row.document[:12]}",
            "post": f"/post?url={quote_plus('https://post.example/' + row.document[:8])}",
            "review": "/review",
        }
        yield kind, paths[kind]


@contextmanager
def serving(place: str, workers: int) -> Iterator[tuple[str, httpx2.Cookies]]:
    """A site of its own, and the cookies of somebody who came by its one-time link."""
    command = [sys.executable, "-m", "onrecord", "serve", "--store", place, "--port", "0", "--workers", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if found := re.search(r"(http://\S+?)/login\?link=(\S+)", line):
                break
        else:
            raise SystemExit("".join(printed))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        address, link = found[1], found[2]
        try:
            with httpx2.Client(base_url=address, timeout=30) as client:
                _wait(client)
                client.post("/login", data={"link": link}, headers={"Origin": address})
                yield address, client.cookies
        finally:
            process.terminate()
            process.wait(30)


def _wait(client: httpx2.Client) -> None:
    for _ in range(300):
        try:
            client.get("/login")
            return
        except httpx2.TransportError:
            time.sleep(0.1)


def read_pages(
    address: str, cookies: httpx2.Cookies, pages: Sequence[Iterator[tuple[str, str]]], seconds: float, pause: float
) -> list[Asked]:
    """What so many readers at once got within so many seconds."""
    asked: list[Asked] = []
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=_read, args=(address, cookies, each, until, pause, asked)) for each in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return asked


def _read(address: str, cookies: httpx2.Cookies, pages: Iterator[tuple[str, str]], until: float, pause: float, asked: list[Asked]) -> None:
    dice = random.Random(next(pages)[1])
    with httpx2.Client(base_url=address, cookies=cookies, timeout=60) as client:
        time.sleep(dice.random() * pause)
        while time.perf_counter() < until:
            kind, path = next(pages)
            started = time.perf_counter()
            answer = client.get(path)
            asked.append(Asked(kind, answer.status_code, 1000 * (time.perf_counter() - started)))
            time.sleep(dice.uniform(0.5, 1.5) * pause)


def describe(asked: Sequence[Asked]) -> dict[str, Figures]:
    """For each kind of page and for all: how many, how many failed, and milliseconds."""
    table: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        table[one.kind].append(one)
        table["all"].append(one)
    return {kind: _describe(table[kind]) for kind in sorted(table, key=lambda k: (k == "all", k))}


def _describe(asked: Sequence[Asked]) -> Figures:
    spent = sorted(one.spent for one in asked)
    failed = sum(one.status not in (200, 404) for one in asked)
    at_99 = spent[min(len(spent) - 1, int(len(spent) * 0.99))]
    return {"pages": len(spent), "failed": failed, "p50, ms": round(statistics.median(spent), 1), "p99, ms": round(at_99, 1)}


def measure_first(client: httpx2.Client) -> Figures:
    """Bytes that come over the wire for the first page and what it needs."""
    page = client.get("/")
    needed = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    sent = [page, *(client.get(path) for path in sorted(needed))]
    return {"requests": len(sent), "kB compressed": round(sum(_count_sent(answer) for answer in sent) / 1000, 1)}


def _count_sent(answer: httpx2.Response) -> int:
    return answer.num_bytes_downloaded + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)


def measure_reading(client: httpx2.Client, address: str, article: Path) -> Figures:
    """Milliseconds until a pasted article is read and shown; the model is loaded before."""
    text, spent = article.read_text(encoding="utf-8"), []
    for number in range(11):
        started = time.perf_counter()
        answer = client.post("/read", data={"text": f"{text}\n\nEdition {number}.", "published": "2024-01-09"}, headers={"Origin": address})
        answer.raise_for_status()
        spent.append(1000 * (time.perf_counter() - started))
    return {"p50, ms": round(statistics.median(spent[1:]), 1), "slowest, ms": round(max(spent[1:]), 1), "the first, ms": round(spent[0], 1)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/web", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", required=True)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--article", type=Path, default=_ARTICLE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    store = open_store(chosen.store)
    pages = [draw_pages(store, chosen.seed * 1000 + n) for n in range(chosen.readers + 1)]
    with serving(chosen.store, chosen.workers) as (address, cookies):
        with httpx2.Client(base_url=address, cookies=cookies, timeout=60) as client:
            for _ in range(_WARM):
                client.get(next(pages[-1])[1])
            first, reading = measure_first(client), measure_reading(client, address, chosen.article)
        figures: Mapping[str, Figures] = {
            **describe(read_pages(address, cookies, pages[:-1], chosen.seconds, chosen.pause)),
            "first page": first,
            "a pasted article": reading,
        }
    store.close()
    if chosen.json:
        print_figures("", figures, as_json=True)
    else:
        beside = ("first page", "a pasted article")
        title = f"{chosen.readers} readers, {chosen.pause:g} s on each page, {chosen.workers} workers: {chosen.store}"
        print_figures(title, {name: row for name, row in figures.items() if name not in beside}, as_json=False)
        for name in beside:
            print(f"{name}: " + "; ".join(f"{value:g} {label}" for label, value in figures[name].items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
