"""Feeds and news sitemaps, asked again and again: what is new comes out, once.

What has been seen is a value that the caller keeps, so that it can stand in the same transaction as the captures; every item comes with the
state as it is when that item has been kept. The list itself comes after its entries, and only then does the state name its version: whoever
is interrupted before is given the whole list again. An entry counts as seen under its id and its time of change, so a changed
article comes again; one that could not be had for now is tried again with the next round.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from onrecord.capture.feeds import Entry, Feed, is_feed, parse_feed
from onrecord.capture.fetch import Exchange, Fetcher, Validators, build_fetched, check_status, fetch_capture
from onrecord.errors import FetchError, UnreadableError, UsageError
from onrecord.types import Capture, Json, Skipped

_MOST_LISTS = 50  # that one index of sitemaps leads to


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """What is known of the lists that are polled, by their addresses: their versions, and the entries that were seen in them."""

    versions: Mapping[str, Validators] = field(default_factory=dict)
    seen: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def to_dict(self) -> Json:
        """The state as JSON values."""
        return {
            "versions": {url: [v.etag, v.last_modified] for url, v in self.versions.items()},
            "seen": {url: sorted(keys) for url, keys in self.seen.items()},
        }

    @classmethod
    def from_dict(cls, value: Json) -> PollState:
        """The state that `to_dict` gave."""
        versions = {url: Validators(*pair) for url, pair in value["versions"].items()}
        return cls(versions=versions, seen={url: frozenset(keys) for url, keys in value["seen"].items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One thing that came back: a page with its `entry`, or the list itself (None); and the state once it is kept."""

    found: Capture | Skipped
    entry: Entry | None
    state: PollState


def poll(url: str, fetcher: Fetcher, state: PollState | None = None) -> Iterator[Polled]:
    """One round: the pages that the list at `url` tells of and that `state` does not know, then the list; nothing if it has not changed.

    Lists that an index of sitemaps leads to are polled in turn. What fails is a `Skipped`, and the others go on.
    """
    yield from _poll(url, fetcher, state or PollState(), leads_on=True)


def _poll(url: str, fetcher: Fetcher, state: PollState, *, leads_on: bool) -> Iterator[Polled]:
    try:
        hops = fetcher.fetch(url, known=state.versions.get(url, Validators()))
        answer = hops[-1]
        if answer.status == 304:
            return
        capture, feed = _read_list(hops, url)
    except (UnreadableError, UsageError) as error:
        yield Polled(found=Skipped(url, str(error)), entry=None, state=state)
        return
    complete = True
    for polled in _poll_entries(url, feed, fetcher, state):
        state = polled.state
        complete &= _find_key(polled.entry) in state.seen.get(url, ())
        yield polled
    for nested in feed.lists[:_MOST_LISTS] if leads_on else ():
        for polled in _poll(nested, fetcher, state, leads_on=False):
            state = polled.state
            yield polled
    yield Polled(found=capture, entry=None, state=_close(state, url, feed, answer.validators if complete else Validators()))


def _read_list(hops: Sequence[Exchange], url: str) -> tuple[Capture, Feed]:
    check_status(hops[-1], url)
    capture = build_fetched(hops, url)
    if not is_feed(capture.content):
        raise UnreadableError(f"{url}: neither a feed nor a sitemap: give the address of one")
    return capture, parse_feed(capture)


def _poll_entries(url: str, feed: Feed, fetcher: Fetcher, state: PollState) -> Iterator[Polled]:
    for entry in feed.entries:
        key = _find_key(entry)
        if key in state.seen.get(url, ()):
            continue
        found, done = _fetch_entry(entry, fetcher)
        if done:
            state = replace(state, seen={**state.seen, url: state.seen.get(url, frozenset()) | {key}})
        yield Polled(found=found, entry=entry, state=state)


def _fetch_entry(entry: Entry, fetcher: Fetcher) -> tuple[Capture | Skipped, bool]:
    """An entry's page, and whether it need not be asked for again."""
    try:
        capture = fetch_capture(entry.url, fetcher)
    except (UnreadableError, UsageError) as error:
        return Skipped(entry.url, str(error)), not (isinstance(error, FetchError) and error.again)
    return capture or Skipped(entry.url, f"{entry.url}: not sent"), True


def _find_key(entry: Entry | None) -> str:
    if entry is None:
        return ""
    return f"{entry.id} {entry.updated.isoformat()}" if entry.updated else entry.id


def _close(state: PollState, url: str, feed: Feed, version: Validators) -> PollState:
    """The state after a round: entries that the list no longer holds are forgotten, or it would grow for ever."""
    held = frozenset(map(_find_key, feed.entries))
    return PollState(
        versions={**state.versions, url: version},
        seen={**state.seen, url: state.seen.get(url, frozenset()) & held},
    )


def watch(
    urls: Iterable[str],
    fetcher: Fetcher,
    state: PollState | None = None,
    *,
    every: float = 900.0,
    rounds: int | None = None,
    stop: threading.Event | None = None,
) -> Iterator[Polled]:
    """`poll` for each of `urls`, round after round, until `stop` is set or there were so many `rounds`.

    `every`: seconds from one round's end to the next one's start.
    """
    known, stop, lists = state or PollState(), stop or threading.Event(), tuple(urls)
    for done in count(1):
        if stop.is_set():
            return
        for url in lists:
            for polled in poll(url, fetcher, known):
                known = polled.state
                yield polled
                if stop.is_set():
                    return
        if done == rounds:
            return
        stop.wait(every)
