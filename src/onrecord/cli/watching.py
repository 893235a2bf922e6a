"""What `onrecord watch` does: one line for each thing that comes, until it is stopped, and then a summary."""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import FrameType

from onrecord.cli import complain
from onrecord.cli.fetching import Web, open_fetcher
from onrecord.cli.keeping import summarise, tell
from onrecord.cli.reading import format_json
from onrecord.errors import StoreError, UsageError
from onrecord.store import Kept, open_store, watch
from onrecord.view.outline import count_of
from onrecord.view.visible import show


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line, checked. `every`: seconds between rounds."""

    lists: tuple[str, ...]
    every: float
    once: bool
    force: bool
    as_json: bool
    web: Web


def watch_and_print(request: Request, place: str) -> int:
    """Poll lists into a store until a signal says stop; the exit code. Raises UsageError, StoreError."""
    from onrecord.capture import is_url

    for each in request.lists:
        if not is_url(each):
            raise UsageError(f"{each}: not the address of a feed or sitemap; give one that begins with http:// or https://")
    store = open_store(place, make=True)
    counts: Counter[str] = Counter()
    failed = False
    with ExitStack() as stack:
        stack.callback(store.close)
        stop = stack.enter_context(_stopping())
        fetcher = stack.enter_context(open_fetcher(request.web))
        rounds = 1 if request.once else None
        try:
            for kept in watch(store, request.lists, fetcher, every=request.every, rounds=rounds, force=request.force, stop=stop):
                counts[kept.outcome] += 1
                counts["statements"] += kept.statements
                _print_kept(kept, as_json=request.as_json)
        except StoreError as error:
            failed = True
            complain(str(error))
    if not request.as_json:
        print(summarise(counts, store.name))
    return 1 if failed or (request.once and counts["skipped"]) else 0


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that is set by the first Ctrl-C or SIGTERM, so that what is under way is ended; a second one interrupts."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_kept(kept: Kept, *, as_json: bool) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    if as_json:
        print(format_json({"time": now.isoformat(), **asdict(kept)}))
    elif kept.outcome == "added":
        print(f"{now:%Y-%m-%d %H:%M:%SZ} added {show(kept.location)} ({count_of(kept.statements, 'statement')})")
    sys.stdout.flush()
    tell(kept)
