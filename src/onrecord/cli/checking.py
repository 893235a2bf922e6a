"""What `onrecord check` does: looks at the evidence's addresses, keeps what was seen, and prints it beside what was seen before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onrecord.cli import complain
from onrecord.cli.fetching import Web, open_fetcher
from onrecord.cli.keeping import open_bar
from onrecord.cli.reading import format_json
from onrecord.errors import UsageError
from onrecord.store import Address, Store, find_addresses, find_last, keep_observations, load_history, open_store
from onrecord.view.visible import show

if TYPE_CHECKING:
    from onrecord.capture.observe import Observation

_STYLES = {"available": "green", "deleted": "red", "suspended": "red", "absent": "red", "unknown": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line. `timemaps`: where archives' TimeMaps begin."""

    urls: tuple[str, ...]
    timemaps: tuple[str, ...]
    history: bool
    as_json: bool
    width: int | None
    web: Web


@dataclass(frozen=True, slots=True)
class _Seen:
    """An observation, and what was seen at the same address before it, if that was something else."""

    now: Observation
    before: Observation | None = None


def check_and_print(request: Request, place: str) -> int:
    """Look at addresses, or at what was seen of them; the exit code. Raises UsageError, StoreError."""
    from onrecord.capture import is_url

    for url in (*request.urls, *request.timemaps):
        if not is_url(url):
            raise UsageError(f"{url}: not an address; give one that begins with http:// or https://")
    store = open_store(place)
    with ExitStack() as stack:
        stack.callback(store.close)
        addresses = _choose(store, request)
        if request.history:
            seen = [_Seen(each) for address in addresses for each in load_history(store, address.url)]
        else:
            seen = list(_look(store, addresses, request, stack))
    if request.as_json:
        print(format_json([each.now.to_dict() | {"before": each.before.status if each.before else None} for each in seen], indent=2))
    elif seen:
        _print_table(seen, request.width)
    if not seen:
        complain("nothing was seen of it yet: leave --history out to look" if addresses else "no evidence in the store has an address")
    return 1 if not request.history and any(_was_out_of_reach(each.now) for each in seen) else 0


def _choose(store: Store, request: Request) -> list[Address]:
    """The addresses that are meant, with their words where the store knows them."""
    known = find_addresses(store)
    if not request.urls:
        return known
    words = {address.url: address.words for address in known}
    return [Address(url, words.get(url)) for url in dict.fromkeys(request.urls)]


def _look(store: Store, addresses: list[Address], request: Request, stack: ExitStack) -> Iterator[_Seen]:
    """Look at each address, and keep what was seen at once, so that nothing is lost when the rest is not waited for."""
    from onrecord.capture.observe import observe

    fetcher = stack.enter_context(open_fetcher(request.web))
    bar = open_bar("looking")
    if bar is not None:
        stack.enter_context(bar)
    for address in addresses if bar is None else bar.track(addresses):
        before = find_last(store, address.url)
        found = observe(address.url, fetcher, words=address.words, timemaps=request.timemaps)
        keep_observations(store, found)
        for each in found:
            yield _Seen(each, before if before and each.method == "page" and before.status != each.status else None)


def _was_out_of_reach(seen: Observation) -> bool:
    return seen.status == "unknown" and seen.http_status is None and seen.answered is None


def _print_table(seen: list[_Seen], width: int | None) -> None:
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    rows = [_build_cells(each) for each in seen]
    if not console.is_terminal and width is None:
        sys.stdout.writelines("\t".join(cell.plain for cell in row) + "\n" for row in rows)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("looked at (UTC)", no_wrap=True)
    table.add_column("seen", ratio=2)
    table.add_column("address", ratio=4, overflow="fold")
    table.add_column("told from", ratio=4, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _build_cells(seen: _Seen) -> tuple[Text, ...]:
    now, before = seen.now, seen.before
    status = Text("in an archive" if now.method == "memento" and now.answered else now.status, style=_STYLES.get(now.status, ""))
    if before is not None:
        status.append(f" (was {before.status} on {before.time:%Y-%m-%d})", style="bold")
    address = now.answered if now.method == "memento" and now.answered else now.url
    return Text(f"{now.time:%Y-%m-%d %H:%M}"), status, Text(show(address)), Text(show(now.reason))
