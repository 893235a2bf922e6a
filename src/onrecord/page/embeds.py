"""Posts embedded in the platforms' own markup: which element is one, whose it is, and which of its words are the post's.

The element tells platform and address; the words inside, where there are any, end in a signature that is read as flattened posts'
are. Scripts and iframes hold no words, and are kept for their address all the same: that a post stood there is evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.page.days import find_day
from onrecord.page.flat import is_label, parse_signature
from onrecord.page.platforms import (
    FRAME_ADDRESSES,
    FURNITURE,
    MARKUPS,
    PLATFORMS,
    Markup,
    clean_post_url,
    clean_url,
    find_frame_post,
    find_handle_platform,
    find_url_handle,
    find_url_platform,
    is_post_url,
)
from onrecord.page.tree import Element
from onrecord.text import trim
from onrecord.types import Embed, Span

_MAX_LINKS = 200
_SHARED_BY = re.compile(
    r"(?:a (?:post|video|photo|reel|thread) (?:shared |posted )?by|post(?:ed)? by|original post by)\s++(?P<name>[^@(]{1,80}?)?\s{0,9}"
    r"(?:\(?(?P<handle>@[\w.-]*\w(?:@[\w-]+(?:\.[\w-]+)+)?)\)?)?(?=\s{1,9}on\b|\s{0,9}[.·|]?\s*+$|\s{1,9}view\b)",
    re.I,
)
_ON_PLATFORM = re.compile(
    rf"(?P<name>[^\W\d_a-z][\w.’'-]*(?: [\w.’'-]+){{0,4}}) (?:on|via) (?:{'|'.join(p.name for p in PLATFORMS)})\b(?!.*[!?])"
)
_ONLY_HANDLE = re.compile(r"(?P<handle>@[\w.-]*\w)$")
_TAGS = frozenset(tag for markup in MARKUPS for tag in markup.tags) | {"iframe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the element of an embedded post tells, before its words are read."""

    platform: str
    url: str | None
    handle: str | None
    has_words: bool


def match_post(element: Element, source: str) -> Post | None:
    """The post that an element embeds, or None. `source` is the page's, for the links inside."""
    if element.tag not in _TAGS:
        return None
    for markup in MARKUPS:
        if element.tag in markup.tags and _has_marks(element, markup):
            return _build_post(element, markup)
    if element.tag == "blockquote":
        return _match_citation(element)
    return _match_frame(element) if element.tag == "iframe" else None


def _match_citation(element: Element) -> Post | None:
    """A post that a quotation of the page's own markup gives as where it is from."""
    url = clean_url(element.get("cite"))
    platform = find_url_platform(url) if url else None
    if url is None or platform is None or not is_post_url(url, platform):
        return None
    return Post(platform=platform, url=clean_post_url(url), handle=find_url_handle(url, platform), has_words=True)


def _has_marks(element: Element, markup: Markup) -> bool:
    if markup.id_prefix:
        return element.get("id").startswith(markup.id_prefix) and bool(re.search(r"\d", element.get("id")))
    if markup.has:
        return bool(element.get(markup.has))
    return "class" in element.attributes and not set(markup.classes).isdisjoint(element.classes)


def _build_post(element: Element, markup: Markup) -> Post:
    platform = markup.platform
    url = _find_template_url(element, markup) or _find_address(element, markup, platform)
    if platform == "Twitter" and any(find_url_platform(link) == "X" for link in ([url] if url else _find_links(element))):
        platform = "X"
    handle = find_url_handle(url, platform) if url else None
    if markup.has == "data-telegram-post" and url and "/" in element.get(markup.has):
        handle = "@" + element.get(markup.has).split("/")[0].lstrip("@")
    return Post(platform=platform, url=url, handle=handle, has_words=element.tag not in ("iframe", "script"))


def _find_template_url(element: Element, markup: Markup) -> str | None:
    value = element.get("id")[len(markup.id_prefix) :] if markup.id_prefix else element.get(markup.has) if markup.has else ""
    if not value or not markup.template or (markup.template != "{}" and not re.fullmatch(r"[\w./@-]{1,100}", value)):
        return None
    return clean_url(markup.template.format(value))


def _find_address(element: Element, markup: Markup, platform: str) -> str | None:
    """The post's address: in the element's attributes, else the last link inside that leads to a post."""
    for name in markup.address:
        url = clean_url(element.get(name))
        if url:
            return clean_post_url(url)
    families = {platform, "X"} if platform == "Twitter" else {platform}
    links = [
        link for link in _find_links(element) if (family := find_url_platform(link)) in families and is_post_url(link, family or platform)
    ]
    return clean_post_url(links[-1]) if links else None


def _find_links(element: Element) -> Iterator[str]:
    for count, inner in enumerate(element.find_elements()):
        if count > 20 * _MAX_LINKS:
            return
        if inner.tag in ("a", "blockquote", "iframe"):
            url = clean_url(inner.get("href") or inner.get("cite") or inner.get("data-href") or inner.get("src"))
            if url:
                yield url


def _match_frame(element: Element) -> Post | None:
    for name in FRAME_ADDRESSES:
        url = clean_url(element.get(name))
        found = find_frame_post(url) if url else None
        if found:
            platform, address = found
            return Post(platform=platform, url=address, handle=find_url_handle(address, platform), has_words=False)
    return None


def build_embed(text: str, lines: Sequence[Span], post: Post, place: int) -> Embed:
    """The embed whose words stand in `text` at `lines`, in order; without words, it is an empty span at `place`."""
    if not lines:
        return Embed(span=Span(place, place), platform=post.platform, handle=post.handle, url=post.url)
    words = list(lines)
    author: str | None = None
    author_span: Span | None = None
    handle = post.handle
    platform = post.platform
    posted: tuple[Span, date] | None = None
    while words and (found := _read_tail(text, words[-1], is_first=len(words) == 1)):
        author_span = found.author_span or author_span
        author = found.author or author
        handle = found.handle or handle
        posted = found.posted or posted
        words.pop()
    words = [line for line in words if not FURNITURE.match(line.of(text))]
    if words and (only := _ONLY_HANDLE.match(words[0].of(text))):
        handle = handle or only["handle"]
        words.pop(0)
    if len(words) > 1 and is_label(words[0].of(text)):
        words.pop(0)
    return Embed(
        span=Span(lines[0].start, lines[-1].end),
        platform=platform or find_handle_platform(handle),
        author=author,
        author_span=author_span,
        handle=handle,
        url=post.url,
        posted=posted[1] if posted else None,
        posted_span=posted[0] if posted else None,
        content=_gather(text, lines, words),
    )


@dataclass(frozen=True, slots=True)
class _Tail:
    """What a line after a post's words tells."""

    author: str | None = None
    author_span: Span | None = None
    handle: str | None = None
    posted: tuple[Span, date] | None = None


def _read_tail(text: str, line: Span, is_first: bool) -> _Tail | None:
    """A signature, a date, or a line of the platform's own; None for the post's words."""
    signature = parse_signature(text, line)
    if signature and (signature.has_dash or signature.posted or not is_first):
        posted = (signature.posted_span, signature.posted) if signature.posted_span and signature.posted else None
        return _Tail(signature.author, signature.author_span, signature.handle, posted)
    words = line.of(text)
    if len(words) > 300:
        return None
    found = find_day(words)
    day = (Span(line.start + found[0].start, line.start + found[0].end), found[1]) if found else None
    shared = _SHARED_BY.search(words)
    if shared and FURNITURE.match(words):
        name = trim(text, Span(line.start + shared.start("name"), line.start + shared.end("name"))) if shared["name"] else None
        return _Tail(name.of(text) if name else None, name, shared["handle"], day)
    if FURNITURE.match(words):
        return _Tail(posted=day)
    named = None if is_first else _ON_PLATFORM.match(words)
    if named:
        name = Span(line.start + named.start("name"), line.start + named.end("name"))
        return _Tail(name.of(text), name, None, day)
    unsigned = re.match(r"[—–―]\s*(?P<name>[^@\d]{1,60}?)[\s,(]*(?=$|" + re.escape(found[0].of(words) if found else "\x00") + ")", words)
    if unsigned and unsigned["name"].strip():
        name = trim(text, Span(line.start + unsigned.start("name"), line.start + unsigned.end("name")))
        return _Tail(name.of(text), name, None, day)
    return _Tail(posted=day) if found and day and len(words) - len(found[0]) < 30 and not is_first else None


def _gather(text: str, lines: Sequence[Span], words: Sequence[Span]) -> tuple[Span, ...]:
    """The words' lines as spans, neighbouring ones joined."""
    spans: list[Span] = []
    wanted = set(words)
    was_in = False
    for line in lines:
        if line in wanted and was_in:
            spans[-1] = Span(spans[-1].start, line.end)
        elif line in wanted:
            spans.append(line)
        was_in = line in wanted
    return tuple(spans)
