"""The engine for many machines: Ray actors that each hold the model and read whole inputs, by their paths.

Every machine must see the inputs and the folder of the batch under the same paths. An actor that dies is started anew, and what it was
reading is given out again; an input that fails twice is reported.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.cluster.filters import Seen
from onrecord.cluster.inputs import Input
from onrecord.cluster.local import AHEAD
from onrecord.cluster.manifests import Failed, Manifest
from onrecord.cluster.reading import Left, Run, Settings, attempt, read_input
from onrecord.errors import OnRecordError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TIMES = 2  # that an input is tried
_PATIENCE = 10.0  # seconds for a cluster to answer


class Reader:
    """One actor: a process on some machine, with the model in it."""

    def __init__(self) -> None:
        os.environ["ONRECORD_THREADS"] = "1"

    def read(self, one: Input, out: Path, settings: Settings, before: NDArray[np.uint64]) -> Manifest | Failed:
        """Read one input. What the disk does is told as an error, so that it is tried once more, perhaps elsewhere."""
        try:
            return read_input(one, out, settings, Seen(before))
        except OnRecordError as error:
            return Failed(one.name, str(error))


class Doer:
    """One actor that does single steps."""

    def __init__(self) -> None:
        os.environ["ONRECORD_THREADS"] = "1"

    def do(self, step: Callable[[Any], Any], asked: Any) -> Any:
        """One step, or that it failed."""
        return attempt(step, asked)


@contextmanager
def open_run(workers: int, address: str | None) -> Iterator[Run]:
    """So many actors that do steps, a few ahead of what is taken. Raises UsageError where there is no Ray."""
    ray = _connect(address, workers)
    actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=_TIMES - 1)(Doer)
    doers = [actor.remote() for _ in range(workers)]

    def run(step: Any, works: Iterable[Any], ask: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
        known, turns = ray.put(step), cycle(doers)
        ahead: deque[tuple[Any, Any]] = deque()
        for work in works:
            asked = ask(work)
            ahead.append((work, None if asked is None else next(turns).do.remote(known, asked)))
            if len(ahead) > AHEAD * workers:
                yield finish(*ahead.popleft())
        while ahead:
            yield finish(*ahead.popleft())

    def finish(work: Any, coming: Any) -> tuple[Any, Any]:
        try:
            return work, None if coming is None else ray.get(coming)
        except ray.exceptions.RayError as error:
            return work, Left("failed", _describe(error))

    try:
        yield run
    finally:
        for doer in doers:
            ray.kill(doer)
        ray.shutdown()


def read_on_ray(
    inputs: Sequence[Input], out: Path, settings: Settings, *, before: NDArray[np.uint64], workers: int, address: str | None
) -> Iterator[Manifest | Failed]:
    """Read the inputs with so many actors, in the order in which they are done. Raises UsageError where there is no Ray."""
    ray = _connect(address, workers)
    actor = ray.remote(num_cpus=1, max_restarts=-1)(Reader)
    idle = [actor.remote() for _ in range(min(workers, len(inputs)))]
    known = ray.put(before)
    waiting = [(_see_from_anywhere(one), 1) for one in reversed(inputs)]
    busy: dict[Any, tuple[Any, Input, int]] = {}
    try:
        while waiting or busy:
            while idle and waiting:
                one, times = waiting.pop()
                reader = idle.pop()
                busy[reader.read.remote(one, out.absolute(), settings, known)] = reader, one, times
            (done,), _ = ray.wait(list(busy), num_returns=1)
            reader, one, times = busy.pop(done)
            idle.append(reader)
            try:
                yield ray.get(done)
            except (ray.exceptions.RayError, OSError) as error:
                if times < _TIMES:
                    waiting.append((one, times + 1))
                else:
                    yield Failed(one.name, f"{one.name}: failed {times} times ({_describe(error)})")
    finally:
        for reader in (*idle, *(reader for reader, _, _ in busy.values())):
            ray.kill(reader)
        ray.shutdown()


def _see_from_anywhere(one: Input) -> Input:
    """The input with absolute paths: actors have folders of their own."""
    return Input(one.name, tuple(os.path.abspath(path) for path in one.paths), one.size, one.stamp, one.is_archive)


def _connect(address: str | None, workers: int) -> Any:
    try:
        import ray
    except ImportError:
        raise UsageError("--engine ray needs Ray: pip install 'onrecord[ray]'") from None
    try:
        if address:
            _check_answers(address)
            ray.init(address=address, log_to_driver=False, configure_logging=False)
        else:
            ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{address or 'this machine'}: no Ray cluster answers there ({_describe(error)})") from error
    return ray


def _check_answers(address: str) -> None:
    """Raises OSError where nothing listens at HOST:PORT: Ray would ask again for many minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


def _describe(error: BaseException) -> str:
    """The last line of what Ray says, which is what happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
