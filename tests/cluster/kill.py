"""Batches that are killed at random moments: what is asked is that the shards are those of a batch that was left alone."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from onrecord.cluster.shards import KINDS
from tests.cluster.made import build_article, read_stand_in_page, write_warc

_PROCESSES = multiprocessing.get_context("forkserver")  # what is slow to import is imported once
_PROCESSES.set_forkserver_preload(["tests.cluster.kill", "pyarrow.parquet", "onrecord.cluster.batch"])


def write_archives(folder: Path, files: int, pages: int) -> None:
    """So many archives of so many articles, each with one statement for the stand-in reader."""
    for file in range(files):
        write_warc(folder / f"part-{file:03}.warc.gz", (build_article(file * pages + page) for page in range(pages)))


def read_all(archives: str, out: str, started: Connection) -> None:
    """A batch with the stand-in reader, in this process; something is sent on `started` when it begins."""
    from onrecord.cluster.batch import Batch, open_plan
    from onrecord.cluster.filters import Seen
    from onrecord.cluster.reading import Settings, read_input

    module = import_module("onrecord.cluster.reading")
    module.read_parsed = read_stand_in_page  # type: ignore[attr-defined]
    started.send(None)
    with open_plan([archives], Batch(out=Path(out))) as plan:
        for one in plan.left:
            read_input(one, Path(out), Settings(), Seen())


def kill_batch(archives: Path, out: Path, seconds: float) -> bool:
    """Start a batch, kill it after some seconds; whether it had ended by itself."""
    ready, started = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=read_all, args=(str(archives), str(out), started))
    process.start()
    ready.recv()
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), "the batch failed by itself"
    return process.exitcode == 0


def read_shards(out: Path) -> dict[str, bytes]:
    """The bytes of all shards, by their names."""
    return {str(path.relative_to(out)): path.read_bytes() for kind in KINDS for path in (out / kind).rglob("*.parquet")}


def check_kills(archives: Path, folder: Path, kills: int, longest: float, seed: int = 0) -> dict[str, float]:
    """Kill batches of `archives` `kills` times, up to `longest` seconds after their start, then let one end; figures, or AssertionError."""
    draw, killed, started = random.Random(seed), 0, time.perf_counter()
    assert kill_batch(archives, folder / "alone", 600)
    for _ in range(kills):
        if kill_batch(archives, folder / "killed", draw.uniform(0.0, longest)):
            break
        killed += 1
    assert kill_batch(archives, folder / "killed", 600)
    shards = read_shards(folder / "alone")
    assert read_shards(folder / "killed") == shards
    assert [path.name for path in (folder / "killed" / ".aside").rglob("*") if path.is_file()] == ["lock"]
    return {"files": len(shards) // 2, "kills": killed, "seconds": round(time.perf_counter() - started, 1)}
