"""Plain text as a page: every character kept, so that offsets are the file's own.

What stands at the head of a copied article (headline, byline, date) is told from its shape alone and only where nothing else can be
meant: taking a first sentence for a title would take it out of reach of everything that reads sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from onrecord.encoding import Decoded
from onrecord.page.days import parse_date_line
from onrecord.page.flat import find_flat_embeds, merge_blocks, parse_signature
from onrecord.page.language import detect_language
from onrecord.page.names import clean, is_byline, parse_authors
from onrecord.text import find_paragraphs
from onrecord.types import Block, BlockKind, Page, Span

_TITLE_WORDS = 20
_HEADING_WORDS = 12
_TITLE_LENGTH = 250
_HEAD_LINES = 4
_NO_TITLE_END = re.compile(r"[.!?…:;,”\"'’»)\]—–-]\s*$|^[“\"#@—–-]|https?://")
_BARE_NAME = re.compile(r"(?:[A-Z][\w.’'-]* ){1,3}[A-Z][\w’'-]+(?: and (?:[A-Z][\w.’'-]* ){1,3}[A-Z][\w’'-]+)?(?: in [A-Z][\w ]{2,30})?")
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "is", "of", "on", "or", "over", "the", "to", "vs", "with", "after")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the first lines of a text say of it, and the kinds of their blocks."""

    kinds: tuple[BlockKind, ...] = ()
    title: Span | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None


def read_plain(decoded: Decoded) -> Page:
    """A page whose text is the decoded capture itself."""
    text = decoded.text
    paragraphs = find_paragraphs(text)
    head = _read_head(text, paragraphs)
    blocks = [Block(span, kind) for span, kind in zip(paragraphs, head.kinds, strict=False)]
    blocks += [Block(span, "paragraph") for span in paragraphs[len(blocks) :]]
    embeds = find_flat_embeds(text, blocks)
    merged = merge_blocks(text, blocks, embeds)
    return Page(
        text=text,
        blocks=tuple(_mark_headings(text, merged)),
        origin=decoded.origin,
        embeds=tuple(embeds),
        title=clean(head.title.of(text)) if head.title else None,
        title_span=head.title,
        authors=head.authors,
        published=head.published,
        language=detect_language(text),
    )


def _read_head(text: str, paragraphs: Sequence[Span]) -> _Head:
    """The title, if the first paragraph is one, and the byline and date lines right after it, after one line that sums the article up, or
    at the very start. A bare name is a byline where the date stands below it.
    """
    kinds: list[BlockKind] = []
    title = paragraphs[0] if _has_title(text, paragraphs) else None
    if title:
        kinds.append("heading")
    authors: tuple[str, ...] = ()
    published: date | None = None
    lines = [span.of(text) if len(span) < _TITLE_LENGTH else "" for span in paragraphs[len(kinds) : len(kinds) + _HEAD_LINES + 1]]
    for line, below in pairwise([*lines, ""]):
        day = parse_date_line(line)
        is_named = title and _BARE_NAME.fullmatch(line) and parse_date_line(below)
        if (is_byline(line) or is_named) and not authors:
            authors = parse_authors(line)
        elif day and not published and (title or authors):
            published = day
        elif title and line and len(kinds) == 1 and (is_byline(below) or parse_date_line(below)):
            kinds.append("paragraph")
            continue
        else:
            break
        kinds.append("byline")
    return _Head(kinds=tuple(kinds), title=title, authors=authors, published=published)


def _has_title(text: str, paragraphs: Sequence[Span]) -> bool:
    """Whether the first paragraph is a short line without an end, and a text follows that is not itself made of such lines."""
    if len(paragraphs) < 2 or len(paragraphs[0]) > _TITLE_LENGTH or parse_signature(text, paragraphs[0]):
        return False
    line = paragraphs[0].of(text)
    if not _is_endless(line, _TITLE_WORDS) or is_byline(line) or parse_date_line(line) or "\n" in line or len(line.split()) < 2:
        return False
    if parse_signature(text, paragraphs[1]):
        return False
    return any(re.search(r"[.!?…][”\"’')\]]*\s*$", text[max(span.start, span.end - 10) : span.end]) for span in paragraphs[1:6])


def _is_endless(line: str, words: int) -> bool:
    return len(line.split()) <= words and not _NO_TITLE_END.search(line) and any(char.isalpha() for char in line)


def _mark_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Short lines in capitals between two paragraphs, as headings."""
    return [
        Block(block.span, "heading")
        if 0 < index < len(blocks) - 1
        and blocks[index - 1].kind != "embed"
        and blocks[index + 1].kind == "paragraph"
        and _is_heading(text, block)
        else block
        for index, block in enumerate(blocks)
    ]


def _is_heading(text: str, block: Block) -> bool:
    if block.kind != "paragraph" or len(block.span) > 100:
        return False
    line = block.span.of(text)
    if not _is_endless(line, _HEADING_WORDS) or "\n" in line or "@" in line:
        return False
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", line) if word.lower() not in _SMALL_WORDS]
    return bool(words) and line[0].isupper() and 2 * sum(1 for word in words if word[0].isupper()) > len(words)
