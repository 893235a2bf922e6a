"""What `onrecord add`, `reread` and `verify` do: the store's functions, their outcomes as they come, and a summary."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from onrecord.cli import complain
from onrecord.cli.fetching import Web, open_fetcher
from onrecord.cli.outline import count_of
from onrecord.cli.reading import format_json
from onrecord.cli.visible import show
from onrecord.errors import StoreError
from onrecord.store import Checked, Kept, add, count_stale, open_store, reread, verify


def add_and_print(sources: tuple[str, ...], place: str, *, published: date | None, force: bool, web: Web) -> int:
    """Store what `sources` mean; the exit code. Raises UsageError, StoreError."""
    from onrecord.capture import find_locations, holds_many, is_url

    locations = find_locations(sources)
    total = None if any(is_url(location) or holds_many(location) for location in locations) else len(locations)
    store = open_store(place, make=True)
    with ExitStack() as stack:
        stack.callback(store.close)
        fetcher = None if total is not None else stack.enter_context(open_fetcher(web))
        return _follow(add(store, locations, published=published, force=force, fetcher=fetcher), total, "adding", store.name)


def reread_and_print(place: str) -> int:
    """Read anew what another reader has read; the exit code. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        return _follow(reread(store), count_stale(store), "reading", store.name)
    finally:
        store.close()


def _follow(outcomes: Iterable[Kept], total: int | None, verb: str, name: str) -> int:
    """Complain of what is skipped as it comes, and print the summary, also when the store gives out half way."""
    counts: Counter[str] = Counter()
    failed = None
    try:
        for kept in _track(outcomes, total, verb):
            counts[kept.outcome] += 1
            counts["statements"] += kept.statements
            _tell(kept)
    except StoreError as error:
        failed = error
        complain(str(error))
    except KeyboardInterrupt:
        print(_summarise(counts, name))
        raise
    print(_summarise(counts, name))
    return 1 if failed or counts["skipped"] else 0


def _tell(kept: Kept) -> None:
    for line in (*([kept.reason] if kept.reason is not None else ()), *(f"warning: {warning}" for warning in kept.warnings)):
        complain(line if kept.location in line else f"{kept.location}: {line}")


def _summarise(counts: Counter[str], name: str) -> str:
    parts = [f"{counts[outcome]} {outcome}" for outcome in ("added", "known", "reread", "skipped") if counts[outcome]]
    found = f" ({count_of(counts['statements'], 'statement')})" if counts["added"] or counts["reread"] else ""
    return f"{', '.join(parts) or 'nothing to do'}{found}: {show(name)}"


def _track(outcomes: Iterable[Kept], total: int | None, verb: str) -> Iterator[Kept]:
    """`outcomes` with a bar on standard error, where that is a terminal."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield from outcomes
        return
    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        yield from progress.track(outcomes, total=total)


def verify_and_print(place: str, *, head: str | None, as_json: bool) -> int:
    """Check a store and print what is wrong; the exit code. Raises UsageError, StoreError."""
    store = open_store(place)
    checked, findings = Checked(), []
    try:
        for finding in verify(store, checked, head=head):
            findings.append({"where": finding.where, "what": finding.what})
            if not as_json:
                print(f"{show(finding.where)}: {show(finding.what)}")
                sys.stdout.flush()
    finally:
        store.close()
    if as_json:
        print(format_json({"findings": findings, "checked": checked.counts, "head": checked.head, "length": checked.length}, indent=2))
    else:
        print(_summarise_check(checked, len(findings)))
    return 1 if findings else 0


def _summarise_check(checked: Checked, found: int) -> str:
    counts = checked.counts
    what = f"{count_of(counts['captures'], 'capture')}, {count_of(counts['readings'], 'reading')}, {count_of(counts['spans'], 'span')}"
    verdict = "all as they were" if not found else f"{count_of(found, 'thing')} wrong"
    return f"{what}, {counts['entries']} log entries: {verdict}\nhead of the log: {checked.head} (entry {checked.length})"
