"""Every kind of source as a stream of captures: files, standard input, addresses, feeds, WARC and WACZ files.

One location gives one page or many, and which is told from what it holds. What cannot be had is a `Skipped`, and the others go on. The
fetcher is opened when the first address comes, so that files are read without the web's libraries.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import TYPE_CHECKING

from onrecord.capture.feeds import is_feed, parse_feed
from onrecord.capture.files import STDIN, WACZ_SUFFIX, is_archive, is_url, read_capture
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Capture, Skipped

if TYPE_CHECKING:
    from onrecord.capture.fetch import Fetcher

_HEAD = 4096
_MOST_LISTS = 50  # that one index of sitemaps leads to


def read_captures(locations: Iterable[str], fetcher: Fetcher | None = None) -> Iterator[Capture | Skipped]:
    """The pages at `locations` (as `find_locations` gives them), in order; a feed or sitemap gives the pages that it tells of.

    Without `fetcher` one with the default guard and limits is opened where it is needed. Each is read when it is asked for.
    """
    with ExitStack() as stack:

        def open_fetcher() -> Fetcher:
            nonlocal fetcher
            if fetcher is None:
                from onrecord.capture.fetch import Fetcher

                fetcher = stack.enter_context(Fetcher())
            return fetcher

        for location in locations:
            yield from _read_location(location, open_fetcher)


def read_one(location: str, fetcher: Fetcher | None = None) -> Capture:
    """The one page at a location.

    Raises:
        UsageError: it holds many, or there is none.
        UnreadableError: it cannot be had.

    """
    if holds_many(location):
        raise UsageError(f"{location}: holds many documents, not one: use read_many")
    if not is_url(location):
        return read_capture(location)
    found = next(read_captures([location], fetcher), None)
    if isinstance(found, Capture) and found.location == location:
        return found
    if isinstance(found, Skipped) and found.location == location:
        raise UnreadableError(found.reason)
    raise UsageError(f"{location}: a feed, which holds many documents, not one: use read_many")


def holds_many(location: str) -> bool:
    """Whether a file holds many documents; for an address that is known only when it has been fetched."""
    if is_url(location) or location == STDIN:
        return False
    return is_archive(location) or is_warc(peek(location)) or is_feed(peek(location))


def peek(location: str) -> bytes:
    """The first bytes of a file; none where there is none."""
    try:
        if not os.path.isfile(location):
            return b""
        with open(location, "rb") as file:
            return file.read(_HEAD)
    except (OSError, ValueError):
        return b""


def is_warc(head: bytes) -> bool:
    """Whether a file that begins so is a WARC file, whatever it is called; one that is packed is told by its name."""
    return head.startswith(b"WARC/")


def _read_location(location: str, open_fetcher: Callable[[], Fetcher]) -> Iterator[Capture | Skipped]:
    try:
        if is_url(location):
            yield from _read_address(location, open_fetcher())
        elif location.lower().endswith(WACZ_SUFFIX):
            from onrecord.capture.wacz import read_wacz

            yield from read_wacz(location)
        elif is_archive(location) or (location != STDIN and is_warc(peek(location))):
            from onrecord.capture.warc import read_warc

            yield from read_warc(location)
        else:
            yield from _read_listed(read_capture(location), open_fetcher)
    except (UnreadableError, UsageError) as error:
        yield Skipped(location, str(error))


def _read_address(url: str, fetcher: Fetcher) -> Iterator[Capture | Skipped]:
    from onrecord.capture.fetch import fetch_capture
    from onrecord.capture.warc import read_records

    capture = fetch_capture(url, fetcher)
    if capture is None:
        return
    if is_warc(capture.content) or (is_archive(url) and not url.lower().endswith(WACZ_SUFFIX)):
        yield from read_records(BytesIO(capture.content), url)
    else:
        yield from _read_listed(capture, lambda: fetcher)


def _read_listed(capture: Capture, open_fetcher: Callable[[], Fetcher], *, leads_on: bool = True) -> Iterator[Capture | Skipped]:
    """The capture itself, or the pages that it tells of if it is a feed or a sitemap."""
    if not is_feed(capture.content):
        yield capture
        return
    feed = parse_feed(capture)
    if not feed.entries and not feed.lists:
        raise UnreadableError(f"{capture.location}: a feed without entries that lead to pages")
    for entry in feed.entries:
        yield from _fetch_page(entry.url, open_fetcher())
    for url in feed.lists[:_MOST_LISTS] if leads_on else ():
        for found in _fetch_page(url, open_fetcher()):
            yield from _read_list(found, open_fetcher) if isinstance(found, Capture) else (found,)


def _read_list(capture: Capture, open_fetcher: Callable[[], Fetcher]) -> Iterator[Capture | Skipped]:
    try:
        yield from _read_listed(capture, open_fetcher, leads_on=False)
    except UnreadableError as error:
        yield Skipped(capture.location, str(error))


def _fetch_page(url: str, fetcher: Fetcher) -> Iterator[Capture | Skipped]:
    from onrecord.capture.fetch import fetch_capture

    try:
        capture = fetch_capture(url, fetcher)
    except (UnreadableError, UsageError) as error:
        yield Skipped(url, str(error))
    else:
        if capture is not None:
            yield capture
