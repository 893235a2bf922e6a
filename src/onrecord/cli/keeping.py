"""What `onrecord add`, `reread`, `stamp` and `verify` do: the store's functions, their outcomes as they come, and a summary."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from onrecord.cli import complain
from onrecord.cli.fetching import Web, open_fetcher
from onrecord.cli.reading import format_json
from onrecord.errors import StoreError
from onrecord.store import Checked, Kept, add, count_stale, open_store, reread, stamp, verify
from onrecord.store.tokens import load_roots
from onrecord.view.outline import count_of
from onrecord.view.visible import show


def add_and_print(sources: tuple[str, ...], place: str, *, published: date | None, force: bool, as_json: bool, web: Web) -> int:
    """Store what `sources` mean; the exit code. Raises UsageError, StoreError."""
    from onrecord.capture import find_locations, holds_many, is_url

    locations = find_locations(sources)
    total = None if any(is_url(location) or holds_many(location) for location in locations) else len(locations)
    store = open_store(place, make=True)
    with ExitStack() as stack:
        stack.callback(store.close)
        fetcher = None if total is not None else stack.enter_context(open_fetcher(web))
        outcomes = add(store, locations, published=published, force=force, fetcher=fetcher)
        return _follow(outcomes, total, "adding", store.name, as_json)


def reread_and_print(place: str, *, as_json: bool) -> int:
    """Read anew what another reader has read; the exit code. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        return _follow(reread(store), count_stale(store), "reading", store.name, as_json)
    finally:
        store.close()


def _follow(outcomes: Iterable[Kept], total: int | None, verb: str, name: str, as_json: bool) -> int:
    """Complain of what is skipped as it comes, and print the summary, also when the store gives out half way; or each outcome as JSON."""
    counts: Counter[str] = Counter()
    failed = None
    try:
        for kept in _track(outcomes, total, verb):
            counts[kept.outcome] += 1
            counts["statements"] += kept.statements
            tell(kept)
            if as_json:
                print(format_json(asdict(kept)), flush=True)
    except StoreError as error:
        failed = error
        complain(str(error))
    except KeyboardInterrupt:
        if not as_json:
            print(summarise(counts, name))
        raise
    if not as_json:
        print(summarise(counts, name))
    return 1 if failed or counts["skipped"] else 0


def tell(kept: Kept) -> None:
    """Say on standard error why something was skipped, and what was doubtful."""
    for line in (*([kept.reason] if kept.reason is not None else ()), *(f"warning: {warning}" for warning in kept.warnings)):
        complain(line if kept.location in line else f"{kept.location}: {line}")


def summarise(counts: Counter[str], name: str) -> str:
    """One line: how many of each outcome, how many statements, which store."""
    parts = [f"{counts[outcome]} {outcome}" for outcome in ("added", "known", "reread", "skipped") if counts[outcome]]
    if counts["listed"]:
        parts.append(f"{count_of(counts['listed'], 'list')} kept")
    found = f" ({count_of(counts['statements'], 'statement')})" if counts["added"] or counts["reread"] else ""
    return f"{', '.join(parts) or 'nothing to do'}{found}: {show(name)}"


def _track(outcomes: Iterable[Kept], total: int | None, verb: str) -> Iterator[Kept]:
    """`outcomes` with a bar on standard error, where that is a terminal."""
    progress = open_bar(verb)
    if progress is None:
        yield from outcomes
        return
    with progress:
        yield from progress.track(outcomes, total=total)


def open_bar(verb: str) -> Progress | None:
    """A progress bar on standard error, where that is a terminal."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        return None
    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, redirect_stdout=False)


def stamp_and_print(place: str, authority: str, *, certificate: str | None, as_json: bool, web: Web) -> int:
    """Have the head of a store's log stamped; the exit code. Raises UsageError, FetchError, StoreError."""
    roots = load_roots(certificate) if certificate else ()
    store = open_store(place)
    with ExitStack() as stack:
        stack.callback(store.close)
        made = stamp(store, authority, stack.enter_context(open_fetcher(web)), roots=roots)
    time = made.time.isoformat()
    if as_json:
        token = b64encode(made.token).decode("ascii")
        facts = {"seq": made.seq, "head": made.head, "authority": made.authority, "signer": made.signer, "time": time, "token": token}
        print(format_json(facts, indent=2))
    else:
        print(f"entry {made.seq} stamped at {time} by {show(made.authority)}")
    return 0


def verify_and_print(place: str, *, head: str | None, certificate: str | None, as_json: bool) -> int:
    """Check a store and print what is wrong; the exit code. Raises UsageError, StoreError."""
    roots = load_roots(certificate) if certificate else ()
    store = open_store(place)
    checked, findings = Checked(), []
    with ExitStack() as stack:
        stack.callback(store.close)
        _watch(checked, stack)
        for finding in verify(store, checked, head=head, roots=roots):
            findings.append({"where": finding.where, "what": finding.what})
            if not as_json:
                print(f"{show(finding.where)}: {show(finding.what)}")
                sys.stdout.flush()
    if as_json:
        facts = {"findings": findings, "checked": checked.counts, "notes": checked.notes, "head": checked.head, "length": checked.length}
        print(format_json(facts, indent=2))
    else:
        print(_summarise_check(checked, len(findings)))
    return 1 if findings else 0


def _watch(checked: Checked, stack: ExitStack) -> None:
    """Show on standard error how far the check is, where that is a terminal."""
    progress = open_bar("verifying")
    if progress is not None:
        stack.enter_context(progress)
        task = progress.add_task("verifying", total=None)
        checked.watch = lambda done, total: progress.update(task, completed=done, total=total or None)


def _summarise_check(checked: Checked, found: int) -> str:
    counts = checked.counts
    what = f"{count_of(counts['captures'], 'capture')}, {count_of(counts['readings'], 'reading')}, {count_of(counts['spans'], 'span')}"
    what += f", {count_of(counts['observations'], 'observation')}" if counts["observations"] else ""
    what += f", {count_of(counts['judgements'], 'judgement')}" if counts["judgements"] else ""
    what += f", {count_of(counts['reviews'], 'review')}" if counts["reviews"] else ""
    what += f", {count_of(counts['stamps'], 'time stamp')}" if counts["stamps"] else ""
    verdict = "all as they were" if not found else f"{count_of(found, 'thing')} wrong"
    summary = f"{what}, {counts['entries']} log entries: {verdict}"
    return "\n".join([summary, *map(show, checked.notes), f"head of the log: {checked.head} (entry {checked.length})"])
