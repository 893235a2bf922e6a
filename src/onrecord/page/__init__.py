"""A capture read as a page: text, blocks, embedded posts and metadata, each character with its way back to the bytes.

Plain text is taken as it is. HTML goes `tree` → `blocks` (with `embeds`) → `meta` → `body` → `layout`, and posts that were
flattened into the text are found in both (`flat`).
"""

from __future__ import annotations

from onrecord.encoding import Decoded, check_readable, decode, sniff
from onrecord.errors import UnreadableError
from onrecord.page.blocks import read_blocks
from onrecord.page.body import find_body
from onrecord.page.flat import call_as_text, find_flat_embeds, merge_blocks
from onrecord.page.language import detect_language, find_language
from onrecord.page.layout import lay_out
from onrecord.page.meta import read_meta
from onrecord.page.plain import read_plain
from onrecord.page.tree import parse_tree
from onrecord.types import Capture, Page

__all__ = ["detect_language", "read_page"]


def read_page(capture: Capture) -> Page:
    """The page in a capture. Raises UnreadableError, in one line, if there is no text in it that could be an article."""
    check_readable(capture)
    decoded = decode(capture)
    if sniff(capture, decoded) == "html":
        return read_html(decoded, capture)
    page = read_plain(decoded)
    if not page.blocks:
        raise UnreadableError(f"{capture.location} is empty: give a file that holds an article")
    return page


def read_html(decoded: Decoded, capture: Capture) -> Page:
    """An HTML page reduced to its article."""
    source = decoded.text
    root = parse_tree(source)
    raw = read_blocks(root, source)
    meta = read_meta(root, source, raw)
    layout = lay_out(find_body(raw, source, meta.title), decoded)
    if not layout.blocks:
        raise UnreadableError(f"no article text found in {capture.location}: give the page of one article, or its text")
    flat = find_flat_embeds(layout.text, layout.blocks)
    return Page(
        text=layout.text,
        blocks=merge_blocks(layout.text, layout.blocks, flat) if flat else layout.blocks,
        origin=layout.origin,
        embeds=call_as_text(layout.text, sorted((*layout.embeds, *flat), key=lambda embed: embed.span)),
        title=meta.title,
        authors=meta.authors,
        publisher=meta.publisher,
        published=meta.published,
        modified=meta.modified,
        url=meta.url or capture.url,
        language=find_language(meta.language, layout.text),
    )
