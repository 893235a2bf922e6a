"""Everything at once, and everything going wrong: `bench/soak [--minutes 10] [--seed N] [--json]`.

Three papers publish on this machine; their servers dawdle, break off, refuse, and lie. `onrecord watch` keeps what they print in
PostgreSQL, `onrecord serve` shows it to readers, and `onrecord batch` reads archives into shards and loads them into a store, over and
over. Meanwhile watch and batch are killed (SIGKILL), the database is restarted and its sessions are ended, and the disk that all of it
stands on is filled to the last byte; the disk is a small one of its own, which takes root to make: without, it is not filled. A second
watch keeps a store elsewhere and is left alone, for its memory.

When the time is over the faults end, the watch catches up, and: every article that a paper was ever ready to send is in the store once,
both stores verify, all shards have the bytes of a batch that was left alone, nobody printed a traceback, the site answers, and the memory
of what lived through it all is flat: at the end at most a tenth and 20 MB above what it was after a third of the time. Exits with 1 if not.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import httpx2
import psycopg
from sqlalchemy import func, select

from bench.batch import measure_memory
from bench.report import print_figures
from bench.web import serving
from onrecord.errors import StoreError
from onrecord.store import open_store
from onrecord.store.schema import document
from tests.cluster.kill import read_shards
from tests.cluster.made import build_article, write_warc
from tests.store.servers import Server, build_server, remove_server
from tests.web.server import HTML, Answer, Handler, Site

_DISK = 700  # MB
_EVERY = 4.0  # seconds between two articles of a paper
_ARCHIVES, _PAGES = 3, 60
_FEED = "<rss version='2.0'><channel><title>{}</title>{}</channel></rss>"
_SLACK = (1.1, 20)  # by which memory may grow: times, and MB


# --- the papers ---------------------------------------------------------------------------------------------------------------


def _dawdle(handler: Handler, body: bytes) -> None:
    handler.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    for at in range(0, len(body), 200):
        handler.write(body[at : at + 200])
        time.sleep(0.5)


def _break_off(handler: Handler, body: bytes) -> None:
    handler.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body) + 500}\r\n\r\n".encode() + body)


def _say_nothing(handler: Handler, body: bytes) -> None:
    time.sleep(25)


def _hang_up(handler: Handler, body: bytes) -> None:
    return None


def _refuse(handler: Handler, body: bytes) -> Answer:
    return 503, {"Retry-After": "1"}, b"come again"


def _lie_of_packing(handler: Handler, body: bytes) -> Answer:
    return 200, {**HTML, "Content-Encoding": "gzip"}, body


def _lead_astray(handler: Handler, body: bytes) -> Answer:
    return 302, {"Location": "file:///etc/passwd"}, b""


def _lead_in_circles(handler: Handler, body: bytes) -> Answer:
    return 302, {"Location": handler.path}, b""


def _send_noise(handler: Handler, body: bytes) -> Answer:
    return 200, HTML, os.urandom(50_000)


Fault = Callable[[Handler, bytes], Answer | None]
_PASSING: Sequence[Fault] = (_dawdle, _dawdle, _break_off, _hang_up, _refuse, _refuse, _say_nothing)  # the next time the page is sent
_LASTING: Sequence[Fault] = (_lie_of_packing, _lead_astray, _lead_in_circles, _send_noise)


class Paper:
    """A server that publishes an article now and then; some only when they are asked for again, some never."""

    def __init__(self, number: int, seed: int) -> None:
        self.site, self.honest = Site(), set[str]()  # digests of what it is ready to send
        self.dishonest = 0  # articles that it never sends as they are
        self._dice, self._number = random.Random(seed * 100 + number), number
        self._paths: list[str] = []
        self.feed = self.site.url("/feed", "127.0.0.1")
        self.site.pages["/feed"] = self._list

    def publish(self) -> None:
        """One article more."""
        many = len(self._paths)
        body = build_article(self._number * 100_000 + many, f"It stands in paper {self._number}, and nowhere else, said the clerk.")
        path, drawn = f"/a/{many}", self._dice.random()
        if drawn < 0.15:
            self.dishonest += 1
            self._play(path, self._dice.choice(_LASTING), body)
        else:
            self.honest.add(sha256(body).hexdigest())
            self._play(path, self._dice.choice(_PASSING) if drawn < 0.35 else None, body)
        self._paths.append(path)

    def _play(self, path: str, fault: Fault | None, body: bytes) -> None:
        asked = 0

        def play(handler: Handler) -> Answer | None:
            nonlocal asked
            asked += 1
            if fault and (asked == 1 or fault in _LASTING):
                return fault(handler, body)
            return 200, HTML, body

        self.site.pages[path] = play

    def _list(self, handler: Handler) -> Answer:
        if self._dice.random() < 0.05:
            return 500, {}, b"broken"
        items = "".join(f"<item><link>{path}</link></item>" for path in reversed(self._paths))
        return 200, {"Content-Type": "application/rss+xml"}, _FEED.format(self._number, items).encode()


# --- what runs ----------------------------------------------------------------------------------------------------------------


@dataclass
class Job:
    """A command that is run again whenever it has ended or was killed."""

    name: str
    arguments: Callable[[], list[str]]  # of the next run
    log: Path
    ended: Callable[[int], None] = lambda code: None
    process: subprocess.Popen[bytes] | None = None
    runs: int = 0

    def look(self) -> None:
        """Start it if it does not run."""
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self.ended(self.process.returncode)
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "onrecord", *self.arguments()]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.runs += 1

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Kill it and all that it has started."""
        if self.process and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait()

    def stop(self) -> None:
        """End it as a person would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(90)
        self.kill()


@dataclass
class Batches:
    """Batches of the same archives, each into a new folder and then into a store; what is wrong with their shards."""

    archives: Path
    place: Path
    alone: dict[str, bytes]
    number: int = 0
    loading: bool = False
    whole: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def out(self) -> Path:
        return self.place / f"shards{self.number}"

    @property
    def store(self) -> str:
        return str(self.place / f"loaded{self.number}.db")

    def next(self) -> list[str]:
        load = ["--load", "--store", self.store] if self.loading else [str(self.archives)]
        return ["batch", *load, "--out", str(self.out)]

    def ended(self, code: int) -> None:
        if code:
            return  # killed, or the disk is full: the same again
        if not self.loading:
            if read_shards(self.out) != self.alone:
                self.wrong.append(f"shards {self.number} differ from those of a batch that was left alone")
            self.loading = True
            return
        self.check()
        shutil.rmtree(self.out)
        Path(self.store).unlink()
        self.number, self.loading, self.whole = self.number + 1, False, self.whole + 1

    def check(self) -> None:
        """What is wrong with the store that has been loaded."""
        store = open_store(self.store)
        with store.looking() as connection:
            many = connection.scalar(select(func.count()).select_from(document))
        store.close()
        if many != _ARCHIVES * _PAGES:
            self.wrong.append(f"store {self.number} has {many} documents, not {_ARCHIVES * _PAGES}")
        if code := run("verify", "--store", self.store):
            self.wrong.append(f"store {self.number} does not verify ({code})")


def run(*arguments: str) -> int:
    """A command of ours to its end; its exit code, complaints on our standard error."""
    return subprocess.run([sys.executable, "-m", "onrecord", *arguments], stdout=subprocess.DEVNULL, check=False).returncode


class Readers:
    """Readers of the site; how they were answered."""

    def __init__(self, address: str, cookies: httpx2.Cookies, seed: int) -> None:
        self.answers: Counter[str] = Counter()
        self.slowest = 0.0
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(address, cookies, seed + n), daemon=True) for n in range(3)]
        for thread in self._threads:
            thread.start()

    def _read(self, address: str, cookies: httpx2.Cookies, seed: int) -> None:
        dice = random.Random(seed)
        with httpx2.Client(base_url=address, cookies=cookies, timeout=60) as client:
            while not self._stopped.wait(dice.uniform(0.1, 0.5)):
                path = dice.choice(("/", "/search?q=harbour+fee", "/source?name=Mara+Quill", f"/search?q={dice.randint(0, 99)}", "/review"))
                started = time.perf_counter()
                try:
                    self.answers[str(client.get(path).status_code)] += 1
                except httpx2.HTTPError as error:
                    self.answers[type(error).__name__] += 1
                self.slowest = max(self.slowest, time.perf_counter() - started)

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)


# --- what goes wrong ----------------------------------------------------------------------------------------------------------


@contextmanager
def open_disk(megabytes: int) -> Iterator[tuple[Path, bool]]:
    """A folder, and whether it is a small disk of its own."""
    with tempfile.TemporaryDirectory(prefix="onrecord-soak-") as name:
        place = Path(name)
        place.chmod(0o755)
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", name]
        small = not subprocess.run(["mount", *options], stderr=subprocess.DEVNULL, check=False).returncode
        try:
            yield place, small
        finally:
            if small:
                subprocess.run(["umount", "-l", name], check=False)


def fill_disk(place: Path, seconds: float) -> None:
    """Take all that is left of a disk for some seconds."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    time.sleep(seconds)
    filler.unlink()


def mend(server: Server) -> None:
    """Start the database where it does not answer; it may be mending itself."""
    for _ in range(30):
        with suppress(psycopg.Error):
            server.sql("SELECT 1")
            return
        time.sleep(1)
        if not (Path(server._data) / "postmaster.pid").exists():
            with suppress(RuntimeError):
                server.start()
    raise SystemExit("bench/soak: the database does not start again")


class Faults:
    """What goes wrong next, drawn."""

    def __init__(self, seed: int, jobs: Sequence[Job], server: Server, disk: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        self._dice, self._jobs, self._server, self._disk = random.Random(seed), jobs, server, disk
        self._next = time.monotonic() + 10

    def strike(self) -> None:
        """One fault, if it is time for one."""
        if time.monotonic() < self._next:
            return
        kinds = ["killed", "killed", "database restarted", "sessions ended"] + ["disk full"] * bool(self._disk)
        kind = self._dice.choice(kinds)
        if kind == "killed":
            job = self._dice.choice(self._jobs)
            job.kill()
            kind = f"{job.name} killed"
        elif kind == "sessions ended":
            self._server.drop_connections()
        elif kind == "database restarted":
            self._server.stop(self._dice.choice(("immediate", "fast")))
            time.sleep(self._dice.uniform(0, 4))
            self._server.start()
        elif self._disk:
            fill_disk(self._disk, self._dice.uniform(2, 6))
        mend(self._server)
        self.counts[kind] += 1
        self._next = time.monotonic() + self._dice.uniform(3, 12)


# --- the soak -----------------------------------------------------------------------------------------------------------------


def soak(minutes: float, seed: int) -> tuple[dict[str, float], list[str]]:
    """Figures, and what was wrong."""
    with ExitStack() as stack:
        disk, small = stack.enter_context(open_disk(_DISK))
        quiet = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onrecord-quiet-")))
        tempfile.tempdir = str(disk)
        try:
            server = build_server()
        finally:
            tempfile.tempdir = None
        stack.callback(remove_server, server)
        server.start()
        place = server.make_database("soak")
        batches = _prepare_batches(quiet, disk)
        papers = [Paper(number, seed) for number in range(3)]
        for paper in papers:
            stack.callback(paper.site.stop)
            paper.publish()
        feeds = [paper.feed for paper in papers]
        watching = ["watch", *feeds, "--every", "2s", "--allow-private-addresses", "--store"]
        jobs = [
            Job("watch", lambda: [*watching, place], quiet / "watch.log"),
            Job("batch", batches.next, quiet / "batch.log", batches.ended),
        ]
        alone = Job("watch left alone", lambda: [*watching, str(quiet / "alone.db")], quiet / "alone.log")
        for job in (*jobs, alone):
            stack.callback(job.kill)
        run("add", "examples/harbour-offer.txt", "--store", place)
        address, cookies = stack.enter_context(serving(place, 1))
        (served,) = _find_children("onrecord serve")
        readers = Readers(address, cookies, seed)
        faults = Faults(seed, jobs, server, disk if small else None)
        memory: dict[str, list[int]] = {"serve": [], "watch": []}
        until = time.monotonic() + 60 * minutes
        published = time.monotonic()
        while time.monotonic() < until:
            if time.monotonic() - published > _EVERY:
                published = time.monotonic()
                for paper in papers:
                    paper.publish()
            for job in (*jobs, alone):
                job.look()
            faults.strike()
            for name, pid in (("serve", served), ("watch", alone.process.pid if alone.process else 0)):
                memory[name].append(measure_memory(pid))
            time.sleep(0.3)
        wrong = _catch_up(jobs, batches, place, papers, watching)
        readers.stop()
        wrong += batches.wrong + _check_end(address, cookies, alone, quiet, memory)
    answers = {f"pages answered {status}": count for status, count in sorted(readers.answers.items())}
    return {
        **dict(sorted(faults.counts.items())),
        "articles published": sum(len(paper.honest) + paper.dishonest for paper in papers),
        "to be kept": sum(len(paper.honest) for paper in papers),
        "batches read and loaded": batches.whole,
        **answers,
        "slowest page, s": round(readers.slowest, 1),
        **{f"{name}, MB {when}": size for name, each in memory.items() for when, size in _describe(each).items()},
        "things wrong": len(wrong),
    }, wrong


def _prepare_batches(quiet: Path, disk: Path) -> Batches:
    archives = quiet / "archives"
    for number in range(_ARCHIVES):
        pages = (build_article(number * _PAGES + page) for page in range(_PAGES))
        write_warc(archives / f"part-{number}.warc.gz", pages)
    if run("batch", str(archives), "--out", str(quiet / "shards")):
        raise SystemExit("bench/soak: a batch that was left alone failed")
    return Batches(archives, disk, read_shards(quiet / "shards"))


def _find_children(words: str) -> list[int]:
    """The processes that we have started whose command line has these words."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if parent == os.getpid() and words in line:
                found.append(int(path.name))
    return found


def _catch_up(jobs: Sequence[Job], batches: Batches, place: str, papers: Sequence[Paper], watching: list[str]) -> list[str]:
    """Without faults: the watch until it has all, the batch until it is whole. What is wrong."""
    watch, batch = jobs
    goal, before = set[str]().union(*(paper.honest for paper in papers)), batches.whole
    until = time.monotonic() + 300
    while time.monotonic() < until and (batches.whole == before or goal - set(read_documents(place))):
        watch.look()
        if batches.whole == before:
            batch.look()
        time.sleep(1)
    watch.stop()
    batch.stop()
    wrong = []
    found = Counter(read_documents(place))
    if lost := goal - set(found):
        wrong.append(f"{len(lost)} articles are not in the store")
    if twice := [each for each, count in found.items() if count > 1]:
        wrong.append(f"{len(twice)} documents are in the store twice")
    if batches.whole == before:
        wrong.append("the last batch did not end")
    if code := run("verify", "--store", place):
        wrong.append(f"the store does not verify ({code})")
    return wrong


def read_documents(place: str) -> list[str]:
    """The digests of a store's documents."""
    try:
        store = open_store(place)
        with store.looking() as connection:
            found = [row.id for row in connection.execute(select(document.c.id))]
    except StoreError:
        return []
    store.close()
    return found


def _check_end(address: str, cookies: httpx2.Cookies, alone: Job, quiet: Path, memory: dict[str, list[int]]) -> list[str]:
    wrong = []
    with httpx2.Client(base_url=address, cookies=cookies, timeout=60) as client:
        if (status := client.get("/search?q=harbour").status_code) != 200:
            wrong.append(f"the site answers {status}")
    if alone.runs != 1:
        wrong.append(f"the watch that was left alone was started {alone.runs} times")
    alone.stop()
    if code := run("verify", "--store", str(quiet / "alone.db")):
        wrong.append(f"the store of the watch that was left alone does not verify ({code})")
    for log in quiet.glob("*.log"):
        if count := log.read_bytes().count(b"Traceback"):
            wrong.append(f"{log.stem}: {count} tracebacks")
            print(log.read_text(errors="replace")[-3000:], file=sys.stderr)
    for name, sizes in memory.items():
        found = _describe(sizes)
        if found["at the end"] > found["after a third"] * _SLACK[0] + _SLACK[1]:
            wrong.append(f"{name} has grown from {found['after a third']:.0f} to {found['at the end']:.0f} MB")
    return wrong


def _describe(sizes: Sequence[int]) -> dict[str, float]:
    """MB after a third of the time and at the end, each the largest of a twentieth of the looks."""
    some, third = max(1, len(sizes) // 20), len(sizes) // 3
    return {"after a third": round(max(sizes[third : third + some]) / 1e6), "at the end": round(max(sizes[-some:]) / 1e6)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    figures, wrong = soak(args.minutes, args.seed)
    print_figures(f"Soak, {args.minutes:g} minutes", figures, as_json=args.json)
    for each in wrong:
        print(f"bench/soak: {each}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
