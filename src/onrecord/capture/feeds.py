"""Feeds (RSS, Atom, JSON Feed) and news sitemaps as lists of entries: which pages there are, and since when.

RSS and Atom are read by feedparser from bytes in hand, so that it never fetches anything, and expat stops entities that multiply. It reads
on through broken XML as far as it can; a feed with nothing left to read is refused. Entries are told apart by their own id where they
have one, else by their address. The bytes themselves are kept by whoever fetched them.
"""

from __future__ import annotations

import json
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from onrecord.capture.sitemaps import XML_START, MapEntry, is_sitemap, parse_sitemap, parse_time
from onrecord.errors import UnreadableError
from onrecord.types import Capture

MOST_BYTES = 20 << 20
MOST_ENTRIES = 50_000
_HEAD = 4096
_FEED_START = re.compile(XML_START + rb"<(?:[a-z]{1,9}:)?(?:rss|feed|rdf)\b", re.I | re.S)
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org(?:\\?/)version')


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page that a feed or sitemap tells of."""

    id: str  # the feed's own name for it, or its address
    url: str
    title: str | None = None
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed or sitemap says: its entries, and other lists that it leads to (of a sitemap index)."""

    title: str | None = None
    entries: tuple[Entry, ...]
    lists: tuple[str, ...] = ()


def is_feed(content: bytes) -> bool:
    """Whether bytes are a feed or a sitemap, told from the first of them, since servers call these by many types."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    return bool(_FEED_START.match(head)) or is_json_feed(content) or is_sitemap(content)


def is_json_feed(content: bytes) -> bool:
    """Whether bytes are a JSON Feed (its `version` is an address at jsonfeed.org)."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and bool(_JSON_FEED.search(content[: 64 * _HEAD]))


def parse_feed(capture: Capture) -> Feed:
    """The entries of a feed or sitemap, in its order.

    Raises:
        UnreadableError: it is too large, or nothing can be read in it.

    """
    where = capture.location
    if len(capture.content) > MOST_BYTES:
        raise UnreadableError(f"{where}: a feed of {len(capture.content) / 2**20:.0f} MB, over the {MOST_BYTES >> 20} MB that are read")
    base = capture.url or ""
    if is_sitemap(capture.content):
        return _build_map(parse_sitemap(capture.content, where), base)
    title, found = (_read_json if is_json_feed(capture.content) else _read_xml)(capture.content, where)
    return Feed(title=title, entries=_choose(found, base))


def _build_map(found: list[MapEntry], base: str) -> Feed:
    pages = (Entry(id=e.url, url=e.url, title=e.title, published=e.published, updated=e.updated) for e in found if not e.is_list)
    return Feed(entries=_choose(pages, base), lists=tuple(urljoin(base, e.url) for e in found if e.is_list))


def _choose(found: Iterator[Entry], base: str) -> tuple[Entry, ...]:
    """The entries that lead to a page of the web, each id once."""
    chosen: dict[str, Entry] = {}
    for entry in found:
        url = _join(base, entry.url)
        if url is not None and len(chosen) < MOST_ENTRIES:
            named = Entry(id=entry.id or url, url=url, title=entry.title, published=entry.published, updated=entry.updated)
            chosen.setdefault(named.id, named)
    return tuple(chosen.values())


def _join(base: str, link: str) -> str | None:
    if not link.strip():
        return None
    try:
        url = urljoin(base, link.strip())
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


# --- RSS and Atom --------------------------------------------------------------------------------------------------------


def _read_xml(content: bytes, where: str) -> tuple[str | None, Iterator[Entry]]:
    import feedparser

    try:
        parsed = feedparser.parse(BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # what it stumbles over in broken feeds has no common type
        raise UnreadableError(f"{where}: broken feed, nothing could be read in it ({type(error).__name__})") from error
    if not parsed.get("version") or (parsed.get("bozo") and not parsed.entries):
        reason = " ".join(str(parsed.get("bozo_exception") or "no RSS or Atom in it").split())
        raise UnreadableError(f"{where}: broken feed, nothing could be read in it ({reason[:120]})")
    return _as_text(parsed.feed.get("title")), (_build_entry(entry) for entry in parsed.entries)


def _build_entry(entry: Any) -> Entry:
    return Entry(
        id=_as_text(entry.get("id")) or "",
        url=_as_text(entry.get("link")) or "",
        title=_as_text(entry.get("title")),
        published=_as_time(entry.get("published_parsed")),
        updated=_as_time(dict.get(entry, "updated_parsed")),
    )


def _as_text(value: Any) -> str | None:
    return (" ".join(value.split()) or None) if isinstance(value, str) else None


def _as_time(value: Any) -> datetime | None:
    """feedparser gives UTC as a struct_time."""
    try:
        return datetime.fromtimestamp(timegm(value), UTC) if value else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


# --- JSON Feed -----------------------------------------------------------------------------------------------------------


def _read_json(content: bytes, where: str) -> tuple[str | None, Iterator[Entry]]:
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{where}: broken feed, it is not JSON ({' '.join(str(error).split())[:120]})") from error
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise UnreadableError(f"{where}: broken feed, it has no list of items")
    return _as_text(value.get("title")), (_build_item(item) for item in items if isinstance(item, dict))


def _build_item(item: dict[str, Any]) -> Entry:
    identity = item.get("id")
    return Entry(
        id=str(identity) if isinstance(identity, str | int | float) else "",
        url=_as_text(item.get("url")) or _as_text(item.get("external_url")) or "",
        title=_as_text(item.get("title")),
        published=parse_time(_as_text(item.get("date_published"))),
        updated=parse_time(_as_text(item.get("date_modified"))),
    )
