"""What somebody pastes or points at, read at once or stored: for the pages and the API alike.

The model loads in the background when the application starts (`start_reader`), so that nobody waits for it but who asks in the first
second. A few texts are read at once; who comes then waits for a turn, and is told to come again where that takes too long: twenty texts
at once are all late, four at once are not. Addresses go through one guarded fetcher, with less patience than a person at a terminal has.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from onrecord.capture import build_capture
from onrecord.capture.feeds import is_feed
from onrecord.errors import OnRecordError, UnreadableError
from onrecord.pipeline import read_captured, read_text
from onrecord.store import Kept, add_captures
from onrecord.text import replace_surrogates
from onrecord.types import Capture, Report
from onrecord.web.problems import Problem
from onrecord.web.site import Settings, Site

if TYPE_CHECKING:
    from onrecord.capture.fetch import Fetcher

AT_ONCE = 4  # texts that one process reads at the same time
PATIENCE = 20.0  # seconds that a request waits for its turn
_AGAIN = "5"  # seconds after which it may come again
_turns = threading.BoundedSemaphore(AT_ONCE)
_loading = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A text or an address, one of the two; `published` is the day of publication where the page gives none."""

    text: str | None = None
    url: str | None = None
    published: date | None = None
    force: bool = False  # read it although it does not look like an English report


def start_reader() -> threading.Thread:
    """Load the model in the background; whoever has something read in the meantime waits for that."""
    thread = threading.Thread(target=_load, name="loading the reader", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    with _loading:
        try:
            read_text("The reader is ready, the printer said on Monday.", published="2024-01-08", force=True)
        except OnRecordError as error:
            _log.error("the reader cannot be loaded: %s", error)


def read_given(site: Site, given: Given) -> Report:
    """What is given, read and not stored.

    Raises Problem (413, 422, 503), UsageError for an address that is none, UnreadableError for what cannot be read, FetchError.
    """
    capture = _capture(site, given)
    with _taking_turns():
        return read_captured(capture, published=given.published, force=given.force)


def keep_given(site: Site, given: Given) -> Kept:
    """What is given, read and stored: `added` or `known`. Raises what `read_given` does, and StoreError."""
    capture = _capture(site, given)
    with _taking_turns():
        kept = next(iter(add_captures(site.store, [capture], published=given.published, force=given.force)))
    if kept.outcome == "skipped":
        raise UnreadableError(kept.reason or "cannot be read")
    return kept


@contextmanager
def _taking_turns() -> Iterator[None]:
    with _loading:  # held while the model is loaded
        pass
    if not _turns.acquire(timeout=PATIENCE):
        raise Problem(503, "many texts are being read at this moment: try again in a few seconds", headers={"Retry-After": _AGAIN})
    try:
        yield
    finally:
        _turns.release()


# --- where it comes from -----------------------------------------------------------------------------------------------


def _capture(site: Site, given: Given) -> Capture:
    if (given.text is None) == (given.url is None):
        raise Problem(422, "give either a text or an address")
    if given.text is None:
        return _fetch(site, given.url or "")
    most = site.settings.most_characters
    if len(given.text) > most:
        raise Problem(413, f"{len(given.text):,} characters are more than are read here at once ({most:,}): onrecord read takes more")
    return build_capture(replace_surrogates(given.text).encode(), location="text", charset="utf-8")


def _fetch(site: Site, url: str) -> Capture:
    """The one page at an address."""
    from onrecord.capture.fetch import fetch_capture

    capture = fetch_capture(url, get_fetcher(site))
    if capture is None or is_feed(capture.content) or capture.content.startswith(b"WARC/"):
        raise Problem(422, "a feed or an archive, which holds many documents: give one page's address; onrecord add takes them all")
    return capture


def get_fetcher(site: Site) -> Fetcher:
    """The site's fetcher, made when it is first wanted."""
    if site.fetcher is None:
        site.fetcher = _build_fetcher(site.settings)
    return site.fetcher


def _build_fetcher(settings: Settings) -> Fetcher:
    from onrecord.capture.fetch import Fetcher
    from onrecord.capture.guard import Guard
    from onrecord.capture.limits import Limits

    limits = Limits(most_bytes=settings.most_bytes, connect_seconds=5, silence_seconds=10, total_seconds=20, redirects=5, retries=0)
    return Fetcher(guard=Guard(allow_private=settings.allow_private), limits=limits, agent=settings.agent)
