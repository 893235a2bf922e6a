"""Sitemaps (sitemaps.org 0.9), with what news sitemaps say of articles: addresses, titles, days of publication.

Read with lxml without entities, network or DTD; elements are told by their local names, since sites bind every namespace there is to them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onrecord.capture.limits import inflate
from onrecord.errors import UnreadableError

_MOST_BYTES = 50 << 20  # of a sitemap, unpacked, by its standard
_GZIP = b"\x1f\x8b"
XML_START = (  # what may stand before a document's first element
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]{0,300}\?>\s*|<!--(?:(?!-->).){0,2000}-->\s*|<!DOCTYPE[^>\[]{0,300}(?:\[[^\]]{0,3000}\]\s*)?>\s*)*+"
)
_START = re.compile(XML_START + rb"<(?:[a-z]{1,9}:)?(?:urlset|sitemapindex)\b", re.I | re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """One address in a sitemap: of a page, or of another sitemap (`is_list`)."""

    url: str
    title: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    is_list: bool = False


def is_sitemap(content: bytes) -> bool:
    """Whether bytes are a sitemap or an index of sitemaps, also gzipped."""
    if content.startswith(_GZIP):
        try:
            content = zlib.decompressobj(31).decompress(content[:4096], 4096)
        except zlib.error:
            return False
    return bool(_START.match(content[:4096]))


def parse_sitemap(content: bytes, where: str) -> list[MapEntry]:
    """The addresses of a sitemap, in its order. Raises UnreadableError if nothing can be read in it."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(_unpack(content, where), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"{where}: broken sitemap ({' '.join(str(error).split())[:120]})") from error
    if root is None:
        raise UnreadableError(f"{where}: broken sitemap, nothing could be read in it")
    return list(_read(root))


def _unpack(content: bytes, where: str) -> bytes:
    try:
        content = inflate(content, _MOST_BYTES, 31) if content.startswith(_GZIP) else content
    except (zlib.error, EOFError) as error:
        raise UnreadableError(f"{where}: broken sitemap, its gzip is damaged or cut off") from error
    if len(content) > _MOST_BYTES:
        raise UnreadableError(f"{where}: a sitemap over {_MOST_BYTES >> 20} MB, more than its standard allows")
    return content


def _read(root: Any) -> Iterator[MapEntry]:
    for element in root:
        name = _local(element)
        if name not in ("url", "sitemap"):
            continue
        found = {_local(child): (child.text or "").strip() for child in reversed(list(element.iter())) if child is not element}
        if found.get("loc"):
            yield MapEntry(
                url=found["loc"],
                title=found.get("title") or None,
                published=parse_time(found.get("publication_date")),
                updated=parse_time(found.get("lastmod")),
                is_list=name == "sitemap",
            )


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def parse_time(value: str | None) -> datetime | None:
    """A time of the W3C's profile of ISO 8601 as an aware UTC time (days begin at midnight UTC); None for anything else."""
    try:
        time = datetime.fromisoformat(value or "")
        return (time.replace(tzinfo=UTC) if time.tzinfo is None else time).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
