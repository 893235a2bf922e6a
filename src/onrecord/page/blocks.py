"""A tree cut into blocks: stretches of characters as a browser would set them, each piece with its place in the source.

White space is collapsed; `<br>` is a line end within a block, and two of them part blocks. What a block stands in (headings,
captions, elements that look like furniture, links) is noted here and judged elsewhere. Embedded posts come out as one item each,
since their inside is not the article's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from onrecord.page import vocabulary
from onrecord.page.embeds import Post, match_post
from onrecord.page.tree import BLOCKS, Element, Text
from onrecord.types import BlockKind

_UNSEEN = frozenset(
    ("script", "style", "template", "svg", "math", "head", "textarea", "select", "button", "iframe", "video", "audio", "canvas", "object",
     "title", "datalist", "noembed", "noframes", "xmp")
)  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FURNITURE_TAGS = frozenset(("nav", "footer", "aside", "dialog", "noscript", "menu"))
_FURNITURE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "dialog", "search", "alertdialog"))
_MOST_FURNITURE = 16  # nested in each other; more tell nothing
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_PIECE = re.compile(
    r"(?P<space>[ \t\n\r\f]+)|(?P<reference>&(?:#[0-9]{1,8};?|#[xX][0-9A-Fa-f]{1,7};?|[A-Za-z][A-Za-z0-9]{1,31};?))"
    r"|(?P<words>[^ \t\n\r\f&]+(?: [^ \t\n\r\f&]+)*+|&)"
)
_CLASS_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the text, and the source's characters from `start` up to `end` that they were read from."""

    text: str
    start: int
    end: int
    is_even: bool  # one source character for each


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block of the page, of the article or not."""

    pieces: tuple[Piece, ...]
    kind: BlockKind
    element: Element  # the nearest block element around it
    furniture: tuple[Element, ...] = ()  # elements around it that look like navigation, sharing and the like
    linked: int = 0  # characters inside links
    heading: str = ""  # h1 to h6
    post: Post | None = None
    lines: tuple[tuple[Piece, ...], ...] = ()  # of a post

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def read_blocks(root: Element, source: str) -> list[RawBlock]:
    """All blocks of a tree in document order, embedded posts among them."""
    return _Walk(source).run(root)


@dataclass(slots=True)
class _Walk:
    """One pass over a tree with its own stack: what is open is kept in counters, and pieces are gathered until a block ends."""

    source: str
    is_post: bool = False
    found: list[RawBlock] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    blocks: list[Element] = field(default_factory=list)
    furniture: list[Element] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    captions: int = 0
    links: int = 0
    preformatted: int = 0
    linked: int = 0

    def run(self, root: Element) -> list[RawBlock]:
        self.blocks.append(root)
        stack: list[tuple[Element, Iterator[Element | Text]]] = [(root, iter(root.children))]
        while stack:
            element, children = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if stack:
                    self.leave(element)
            elif isinstance(child, Text):
                self.add_text(child)
            elif self.enter(child):
                stack.append((child, iter(child.children)))
        self.flush()
        return self.found

    def enter(self, element: Element) -> bool:
        """Notes an element's start; False if its children are not to be walked."""
        post = None if self.is_post else match_post(element, self.source)
        if post:
            self.add_post(element, post)
            return False
        if element.tag in _UNSEEN or (element.tag == "figcaption" and not element.children):
            return False
        if element.tag == "br":
            self.add_break(element)
            return False
        if element.tag in BLOCKS:
            self.flush()
            self.blocks.append(element)
        if not self.is_post and len(self.furniture) < _MOST_FURNITURE and _is_furniture(element):
            self.furniture.append(element)
        self.count(element, 1)
        return True

    def leave(self, element: Element) -> None:
        if element.tag in BLOCKS:
            self.flush()
            self.blocks.pop()
        if self.furniture and self.furniture[-1] is element:
            self.furniture.pop()
        self.count(element, -1)

    def count(self, element: Element, by: int) -> None:
        tag = element.tag
        if tag == "a":
            self.links += by
        elif tag == "pre":
            self.preformatted += by
        elif tag == "figcaption" or (tag in BLOCKS and "wp-caption-text" in element.classes):
            self.captions += by
        elif tag in _HEADINGS:
            if by > 0:
                self.headings.append(tag)
            else:
                self.headings.pop()

    def add_text(self, node: Text) -> None:
        for match in _PIECE.finditer(self.source, node.start, node.end):
            if match.lastgroup == "space":
                self.add_space(match)
                continue
            words = match.group()
            if match.lastgroup == "reference":
                words = unescape(words)
                is_even = words == match.group()
            else:
                is_even = True
            if words:
                self.pieces.append(Piece(words, match.start(), match.end(), is_even))
                self.linked += len(words) if self.links else 0

    def add_space(self, match: re.Match[str]) -> None:
        if self.preformatted and "\n" in match.group():
            self.add_line_end(match.start(), match.end())
        elif self.pieces and self.pieces[-1].text not in (" ", "\n"):
            self.pieces.append(Piece(" ", match.start(), match.end(), match.group() == " "))

    def add_break(self, element: Element) -> None:
        while self.pieces and self.pieces[-1].text == " ":
            self.pieces.pop()
        if self.pieces and self.pieces[-1].text == "\n":
            self.flush()
        else:
            self.add_line_end(element.start, element.end)

    def add_line_end(self, start: int, end: int) -> None:
        if self.pieces and self.pieces[-1].text != "\n":
            self.pieces.append(Piece("\n", start, end, False))

    def flush(self) -> None:
        """Ends the block at hand, if it has words."""
        pieces = _trim(self.pieces)
        if pieces:
            kind: BlockKind = "caption" if self.captions else "heading" if self.headings else "paragraph"
            heading = self.headings[-1] if self.headings else ""
            self.found.append(RawBlock(pieces, kind, self.blocks[-1], tuple(self.furniture), linked=self.linked, heading=heading))
        self.pieces = []
        self.linked = 0

    def add_post(self, element: Element, post: Post) -> None:
        self.flush()
        inside = _Walk(self.source, is_post=True).run(element) if post.has_words else []
        lines = tuple(block.pieces for block in inside)
        self.found.append(RawBlock((), "embed", self.blocks[-1], tuple(self.furniture), post=post, lines=lines))


def _trim(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Without white space pieces at both ends; empty if there is nothing to see."""
    start, end = 0, len(pieces)
    while start < end and not pieces[start].text.strip(vocabulary.INVISIBLE):
        start += 1
    while end > start and not pieces[end - 1].text.strip(vocabulary.INVISIBLE):
        end -= 1
    return tuple(pieces[start:end])


def _is_furniture(element: Element) -> bool:
    """Whether an element says of itself that it is not the article: by tag, role, class or id, or by being hidden."""
    if element.tag in _FURNITURE_TAGS:
        in_quotation = element.parent is not None and element.parent.tag == "blockquote"
        return element.tag != "footer" or not in_quotation  # a footer there says whose words they are
    attributes = element.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") in _FURNITURE_ROLES:
        return True
    if "style" in attributes and _HIDDEN_STYLE.search(attributes["style"]):
        return True
    names = f"{attributes.get('class', '')[:500]} {attributes.get('id', '')[:100]}"
    return element.tag not in ("html", "body") and any(_is_furniture_name(name) for name in names.split())


def _is_furniture_name(name: str) -> bool:
    words = [word.lower() for word in _CLASS_WORD.findall(name)]
    if not vocabulary.FURNITURE_WORDS.isdisjoint(words):
        return True
    joined = "-".join(words)
    return any(phrase in joined for phrase in vocabulary.FURNITURE_PHRASES)
