"""What a page says of itself: title, authors, publisher, days, address, language.

Sources in the order of trust: the article's JSON-LD, OpenGraph and other meta tags, links, then what can be seen.
Every value is hostile until cleaned; one that cannot be what it should be is as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from onrecord.page.blocks import RawBlock
from onrecord.page.days import find_day, parse_date_line, parse_day
from onrecord.page.jsonld import Article, read_jsonld
from onrecord.page.language import parse_language
from onrecord.page.names import clean, is_byline, parse_authors
from onrecord.page.platforms import clean_url
from onrecord.page.tree import Element

_TITLES = (
    "og:title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "twitter:title",
    "headline",
    "title",
)
_AUTHORS = (
    "article:author",
    "author",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article.author",
    "og:article:author",
)
_PUBLISHERS = (
    "og:site_name",
    "application-name",
    "citation_publisher",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "al:android:app_name",
)
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "citation_date",
    "citation_publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dcterms.date", "pubdate",
    "publishdate", "publish-date", "date", "article.published", "og:pubdate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
)
_LANGUAGES = ("og:locale", "language", "content-language", "dc.language", "dcterms.language", "inlanguage")
_Value = TypeVar("_Value")
_CUT = re.compile(r"\s+[|–—»·-]\s+")
_NEAR = 12
_MAX_TITLE = 500
_MAX_NAME = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    title: str | None
    authors: tuple[str, ...]
    publisher: str | None
    published: date | None
    modified: date | None
    url: str | None
    language: str | None


def read_meta(root: Element, source: str, blocks: Sequence[RawBlock]) -> Meta:
    """A page's metadata from its tree, the source it was parsed from, and all of its blocks."""
    elements = _find_telling(root)
    article = read_jsonld(
        source[e.children[0].start : e.children[-1].end] for e in elements.get("script", ()) if _is_jsonld(e) and e.children
    )
    values = _read_metas(elements.get("meta", ()))
    near = _find_near(blocks)
    publisher = _first(clean(v, _MAX_NAME) for v in (article.publisher, *_get(values, _PUBLISHERS)))
    days = [day for day in map(parse_day, (article.published, *_get(values, _PUBLISHED))) if day]
    return Meta(
        title=_find_title(article, values, elements, source, publisher),
        authors=_find_authors(article, values, elements, source, near),
        publisher=publisher,
        published=days[0] if days else _find_visible_day(elements, near, source),
        modified=_first(map(parse_day, (article.modified, *_get(values, _MODIFIED)))),
        url=_find_url(article, values, elements),
        language=_first(
            map(
                parse_language,
                (*(e.get("lang") or e.get("xml:lang") for e in elements.get("html", ())), article.language, *_get(values, _LANGUAGES)),
            )
        ),
    )


def _find_telling(root: Element) -> dict[str, list[Element]]:
    """The elements that tell something, by tag."""
    wanted = ("html", "meta", "link", "script", "title", "time", "h1", "a", "span", "div", "p")
    found: dict[str, list[Element]] = {}
    for element in root.find_elements():
        if element.tag in wanted and (element.attributes or element.tag in ("title", "h1")):
            found.setdefault(element.tag, []).append(element)
    return found


def _is_jsonld(element: Element) -> bool:
    return "ld+json" in element.get("type").lower()


def _first(values: Iterator[_Value | None]) -> _Value | None:
    return next((value for value in values if value), None)


def _read_metas(metas: Sequence[Element]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for element in metas:
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name and element.get("content").strip():
            values.setdefault(name.strip().lower(), []).append(element.get("content"))
    return values


def _get(values: dict[str, list[str]], names: Sequence[str]) -> list[str]:
    return [value for name in names for value in values.get(name, ())]


def _find_title(
    article: Article, values: dict[str, list[str]], elements: dict[str, list[Element]], source: str, publisher: str | None
) -> str | None:
    heads = [e.find_words(source, _MAX_TITLE) for e in elements.get("h1", ())]
    titles = [e.find_words(source, _MAX_TITLE) for e in elements.get("title", ())[:1]]
    head = clean(heads[0], _MAX_TITLE) if len(heads) == 1 else ""
    for value in (article.headline, *_get(values, _TITLES[:1]), head, *_get(values, _TITLES[1:]), *titles, *heads):
        title = _cut_site(clean(value, _MAX_TITLE), publisher, heads)
        if title:
            return title
    return None


def _cut_site(title: str, publisher: str | None, heads: Sequence[str]) -> str:
    """A title without the site's name at its end."""
    parts = _CUT.split(title)
    if len(parts) < 2:
        return title
    cut = title[: [m.start() for m in _CUT.finditer(title)][-1]]
    if (publisher and parts[-1].lower() == publisher.lower()) or cut in [clean(head) for head in heads]:
        return cut
    return title


def _find_authors(
    article: Article, values: dict[str, list[str]], elements: dict[str, list[Element]], source: str, near: Sequence[str]
) -> tuple[str, ...]:
    marked = [
        e.find_words(source, 200)
        for tag in ("a", "span", "div", "p")
        for e in elements.get(tag, ())
        if "author" in e.get("rel").lower().split() or e.get("itemprop") == "author"
    ]
    for values_of in (article.authors, *(_get(values, (name,)) for name in _AUTHORS), marked, [line for line in near if is_byline(line)]):
        names = tuple(dict.fromkeys(name for value in values_of for name in parse_authors(value)))
        if names:
            return names[:20]
    return ()


def _find_visible_day(elements: dict[str, list[Element]], near: Sequence[str], source: str) -> date | None:
    """A day marked as a time, or one on a line of its own near the headline or at the end of a byline."""
    times = elements.get("time", ())
    marked = [e for e in times if "pubdate" in e.attributes or e.get("itemprop") == "datePublished"]
    stamped = [e.get("datetime") for e in (*marked, *times) if e.get("datetime")]
    lines = (parse_date_line(line) or _find_byline_day(line) for line in near)
    return _first(map(parse_day, stamped)) or _first(lines) or _first(parse_day(e.find_words(source, 100)) for e in times)


def _find_byline_day(line: str) -> date | None:
    found = find_day(line) if is_byline(line) else None
    return found[1] if found else None


def _find_url(article: Article, values: dict[str, list[str]], elements: dict[str, list[Element]]) -> str | None:
    links = [e.get("href") for e in elements.get("link", ()) if "canonical" in e.get("rel").lower().split()]
    return _first(map(clean_url, (*links, *_get(values, ("og:url", "parsely-link", "citation_public_url")), article.url)))


def _find_near(blocks: Sequence[RawBlock]) -> list[str]:
    """Short blocks near the headline, or at the top if there is none."""
    heads = [i for i, block in enumerate(blocks) if block.heading == "h1"]
    at = heads[0] if heads else 0
    around = list(blocks[at + 1 : at + 1 + _NEAR]) + list(blocks[max(0, at - 4) : at + (not heads)])
    return [block.text for block in around if block.post is None and sum(len(p.text) for p in block.pieces) < 200]
