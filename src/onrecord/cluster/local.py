"""The engine for one machine: a process for each processor, which hold the model, and one that feeds them.

Pages go out a few ahead of what comes back, so memory does not grow with the input. A process that dies (of a page that the system kills it
for) takes no other page with it: what was on its way is done once more, each alone.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from onrecord.cluster.filters import Seen
from onrecord.cluster.inputs import Input
from onrecord.cluster.manifests import Failed, Manifest
from onrecord.cluster.reading import Answer, Ask, Left, Settings, Watch, Work, attempt, read_input
from onrecord.errors import OnRecordError

AHEAD = 3  # pages on their way for each process


def count_processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_local(
    inputs: Sequence[Input], out: Path, settings: Settings, *, make_seen: Callable[[], Seen], workers: int, watch: Watch | None = None
) -> Iterator[Manifest | Failed]:
    """Read the inputs one after the other, each by all processes.

    Raises:
        OSError: the disk is full or gone: the inputs after it would fail alike.

    """
    with Pool(workers) as pool:
        for one in inputs:
            try:
                yield read_input(one, out, settings, make_seen(), run=pool.run, watch=watch)
            except OnRecordError as error:
                yield Failed(one.name, str(error))
            except OSError as error:
                if error.filename not in one.paths:
                    raise
                yield Failed(one.name, f"{error.filename}: cannot be read ({(error.strerror or 'no file').lower()})")


class Pool:
    """Processes that each hold the model. `run` is a `reading.Run`."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._executor = self._start(workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._executor.shutdown(cancel_futures=True)

    @staticmethod
    def _start(workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)

    def run(
        self, step: Callable[[Ask], Answer | Left], works: Iterable[Work], ask: Callable[[Work], Ask | None]
    ) -> Iterator[tuple[Work, Answer | Left | None]]:
        ahead: deque[tuple[Work, Ask | None, Future[Any] | None]] = deque()
        for work in works:
            asked = ask(work)
            ahead.append((work, asked, None if asked is None else self._submit(step, asked)))
            if len(ahead) > AHEAD * self._workers:
                yield self._finish(step, *ahead.popleft())
        while ahead:
            yield self._finish(step, *ahead.popleft())

    def _submit(self, step: Callable[[Any], Any], asked: Any) -> Future[Any]:
        try:
            return self._executor.submit(attempt, step, asked)
        except BrokenProcessPool:
            self._executor.shutdown(cancel_futures=True)
            self._executor = self._start(self._workers)
            return self._executor.submit(attempt, step, asked)

    def _finish(self, step: Callable[[Any], Any], work: Any, asked: Any, future: Future[Any] | None) -> tuple[Any, Any]:
        if future is None:
            return work, None
        try:
            return work, future.result()
        except BrokenProcessPool:
            return work, self._do_alone(step, asked)

    def _do_alone(self, step: Callable[[Any], Any], asked: Any) -> Any:
        """The step once more, in a process of its own: if that dies too, it is this page that it dies of."""
        with self._start(1) as alone:
            try:
                return alone.submit(attempt, step, asked).result()
            except BrokenProcessPool:
                return Left("unreadable", "the process that read it died, and so did another: see whether memory is short")


def _prepare() -> None:
    """One thread for each process; an interrupt is the feeding process's business."""
    import signal

    os.environ["ONRECORD_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
