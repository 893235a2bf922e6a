"""The article that a page's JSON-LD describes (schema.org), from blocks that are often broken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

_ARTICLES = re.compile(r"(?:\w*Article|Report\w*|\w*BlogPosting|NewsItem|LiveBlogPosting|CreativeWork|WebPage|SocialMediaPosting)$")
_WRAPPING = re.compile(r"^(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s?;?$")
_LARGEST = 2_000_000
_MOST_NODES = 5_000
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What JSON-LD tells of an article, as it stands there; empty where it tells nothing."""

    headline: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    published: str = ""
    modified: str = ""
    url: str = ""
    language: str = ""


def read_jsonld(scripts: Iterable[str]) -> Article:
    """The first article among the scripts' nodes; an empty one if there is none. Never raises."""
    nodes = [node for script in scripts for value in _parse(script[:_LARGEST]) for node in _find_nodes(value)][:_MOST_NODES]
    by_id = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = sorted((node for node in nodes if _is_article(node)), key=_rank)
    return _build_article(articles[0], by_id) if articles else Article()


def _parse(script: str) -> Iterator[Any]:
    """The values in a script; what is commonly broken (comments, trailing commas, raw line ends, two values) is mended."""
    script = _WRAPPING.sub("", script.strip()).strip().rstrip(";")
    for text in (script, re.sub(r",\s*(?=[}\]])", "", script)):
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        return
    yield from _parse_first(script)


def _parse_first(script: str) -> Iterator[Any]:
    """The value at the start of a script that goes on with something else."""
    try:
        yield json.JSONDecoder(strict=False).raw_decode(script)[0]
    except (ValueError, RecursionError):
        return


def _find_nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, outer ones first; the number is bounded."""
    queue = [value]
    for count, item in enumerate(queue):
        if count > _MOST_NODES:
            return
        if isinstance(item, dict):
            yield item
            queue.extend(child for child in item.values() if isinstance(child, dict | list))
        elif isinstance(item, list):
            queue.extend(child for child in item if isinstance(child, dict | list))


def _is_article(node: dict[str, Any]) -> bool:
    return any(_ARTICLES.match(name) for name in _types(node))


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    return [kind.rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _rank(node: dict[str, Any]) -> tuple[bool, bool]:
    """Articles proper with a headline first."""
    is_loose = all(kind in ("WebPage", "CreativeWork", "SocialMediaPosting") for kind in _types(node))
    return is_loose, not _text(node.get("headline"))


def _build_article(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> Article:
    return Article(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        authors=tuple(name for author in _list(node.get("author") or node.get("creator"))[:50] if (name := _name(author, by_id))),
        publisher=next((name for value in _list(node.get("publisher")) if (name := _name(value, by_id))), ""),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")),
        modified=_text(node.get("dateModified")),
        url=_text(node.get("url")),
        language=_name(node.get("inLanguage"), by_id),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    """The name in a string, an object, or the object that an id refers to."""
    if isinstance(value, dict):
        own = value.get("name") or value.get("alternateName")
        referred = by_id.get(value["@id"], {}).get("name") if not own and isinstance(value.get("@id"), str) else None
        return _text(own or referred)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), "")
    return unescape(unescape(value[:_LONGEST])) if isinstance(value, str) else ""
