"""Adds that are killed at random moments: what is asked is that nothing is lost, nothing is there twice, and all verifies."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from pathlib import Path

from sqlalchemy import func, select

from onrecord.store import Checked, open_store, verify
from onrecord.store.schema import capture, document, log, reading, statement
from tests.store.killed import add_all

_PROCESSES = multiprocessing.get_context("forkserver")  # what is slow to import is imported once
_PROCESSES.set_forkserver_preload(["tests.store.killed"])


def write_articles(folder: Path, many: int) -> None:
    """`many` small articles, each with one statement for the stand-in reader."""
    folder.mkdir(parents=True)
    for number in range(many):
        (folder / f"{number:05}.txt").write_text(f"Article {number}\n\nMara Quill said the harbour fee number {number} was robbery.\n")


def kill_add(place: str, folder: Path, seconds: float) -> bool:
    """Start an add, kill it after some seconds; whether it had ended by itself."""
    ready, started = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=add_all, args=(place, str(folder), started))
    process.start()
    ready.recv()
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), "the add failed by itself"
    return process.exitcode == 0


def check_kills(place: str, folder: Path, kills: int, longest: float, seed: int = 0) -> dict[str, float]:
    """Kill adds of `folder` `kills` times, up to `longest` seconds after their start, then let one end; figures, or AssertionError."""
    draw, killed = random.Random(seed), 0
    many = len(list(folder.iterdir()))
    started = time.perf_counter()
    for _ in range(kills):
        if kill_add(place, folder, draw.uniform(0.0, longest)):
            break
        killed += 1
    assert kill_add(place, folder, 600)
    store = open_store(place)
    try:
        assert list(verify(store, Checked())) == []
        with store.looking() as connection:
            counts = {
                t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in (capture, document, reading, statement, log)
            }
    finally:
        store.close()
    assert counts == {"capture": many, "document": many, "reading": many, "statement": many, "log": 2 * many}, counts
    return {"files": many, "kills": killed, "seconds": round(time.perf_counter() - started, 1)}
