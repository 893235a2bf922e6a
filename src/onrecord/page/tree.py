"""HTML as a tree whose text nodes know where they stand in the source.

Written here because no parser at hand keeps offsets: lxml gives lines at best, and html.parser takes quadratic time on some
malformed pages. It is not the whole of the HTML standard: it knows void elements, raw text, implied end tags, and that an end tag
must not reach out of its block or table cell, which is what decides where paragraphs end. It never raises and is linear in the
source's length. Depth is held at 512, as in browsers, so that every climb through ancestors is short and nothing recurses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

MAX_DEPTH = 512
_MAX_ATTRIBUTES = 200

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "amp-img",
     "basefont", "frame")
)  # fmt: skip
_RAW = frozenset(("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"))
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
     "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "td",
     "tfoot", "th", "thead", "tr", "ul", "head", "select", "video", "audio", "canvas", "amp-twitter", "amp-instagram",
     "amp-facebook", "amp-youtube", "iframe", "object")
)  # fmt: skip
_CLOSES_P = BLOCKS - {"p", "html", "body", "head", "tr", "td", "th", "option", "iframe", "object", "video", "audio", "canvas", "select"}
_FENCES = frozenset(("table", "td", "th", "caption", "button", "object", "html", "template", "marquee"))
# An opening tag closes these, unless an element of the second group was opened since.
_IMPLIED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "menu")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "tr": (("tr",), ("table",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "tbody": (("tbody", "thead", "tfoot"), ("table",)),
    "tfoot": (("tbody", "thead", "tfoot"), ("table",)),
    "option": (("option",), ("select",)),
    "body": (("head",), ()),
}


class Text:
    """A text node: the source from `start` up to `end`, character references unresolved."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Element:
    """An element with its attributes (values with references resolved) and children; `start` is its tag's place in the source."""

    __slots__ = ("attributes", "children", "end", "parent", "start", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None, start: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | Text] = []
        self.start = start
        self.end = start

    def get(self, name: str) -> str:
        """An attribute's value, empty if it is not there."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> list[str]:
        return self.get("class").lower().split()

    def find_ancestors(self) -> Iterator[Element]:
        """The element's parent, and so on up to the root."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def find_elements(self) -> Iterator[Element]:
        """The elements inside, in document order."""
        stack = [iter(self.children)]
        while stack:
            for child in stack[-1]:
                if isinstance(child, Element):
                    yield child
                    stack.append(iter(child.children))
                    break
            else:
                stack.pop()

    def find_texts(self) -> Iterator[Text]:
        """The text nodes inside, in document order, without those of scripts and styles."""
        stack = [iter(self.children)]
        while stack:
            for child in stack[-1]:
                if isinstance(child, Text):
                    yield child
                elif child.tag not in ("script", "style"):
                    stack.append(iter(child.children))
                    break
            else:
                stack.pop()

    def find_words(self, source: str, limit: int = 2000) -> str:
        """The text inside, references resolved and white space collapsed, cut at about `limit` characters."""
        parts: list[str] = []
        size = 0
        for text in self.find_texts():
            part = source[text.start : min(text.end, text.start + 4 * limit)]
            parts.append(part)
            size += len(part)
            if size > 4 * limit:
                break
        return " ".join(unescape(" ".join(parts)).split())[:limit]


_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/>\x00]{0,60})")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s=>/][^\s=>/]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_TAG_END = re.compile(r"[\s/]*>")
_RAW_END: dict[str, re.Pattern[str]] = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.I) for tag in _RAW}


def parse_tree(source: str) -> Element:
    """The document as a tree. Offsets count the characters of `source`."""
    builder = _Builder(is_xml=source[:200].lstrip("\ufeff \t\r\n").startswith("<?xml"))
    at = 0
    while at < len(source):
        opening = source.find("<", at)
        if opening < 0:
            break
        end = _read_markup(source, opening, builder, at)
        at = end if end is not None else _skip_bracket(builder, at, opening)
    builder.add_text(at, len(source))
    builder.finish(len(source))
    return builder.root


def _skip_bracket(builder: _Builder, at: int, opening: int) -> int:
    """A `<` that opens no tag is text."""
    builder.add_text(at, opening + 1)
    return opening + 1


def _read_markup(source: str, opening: int, builder: _Builder, at: int) -> int | None:
    """Reads what a `<` opens, with the text from `at` before it; gives where it ends, or None if it opens nothing."""
    following = source[opening + 1 : opening + 2]
    if following in ("!", "?"):
        builder.add_text(at, opening)
        return _skip_declaration(source, opening)
    match = _TAG_NAME.match(source, opening)
    if match is None:
        if following != "/":
            return None
        builder.add_text(at, opening)
        return _find_end(source, ">", opening)
    builder.add_text(at, opening)
    name = match[1].lower()
    attributes, end, is_selfclosing = _read_attributes(source, match.end())
    if following == "/":
        builder.close(name, opening, end)
        return end
    builder.open(name, attributes, opening, end, is_selfclosing)
    if name in _RAW and not (builder.is_xml and is_selfclosing):
        return _read_raw(source, name, end, builder)
    return end


def _skip_declaration(source: str, opening: int) -> int:
    if source.startswith("<!--", opening):
        if source.startswith((">", "->"), opening + 4):
            return source.index(">", opening) + 1
        return _find_end(source, "-->", opening + 4)
    if source.startswith("<![CDATA[", opening):
        return _find_end(source, "]]>", opening)
    return _find_end(source, ">", opening)


def _find_end(source: str, mark: str, start: int) -> int:
    """Behind the next `mark`; the document's end if there is none, which can be so only once."""
    found = source.find(mark, start)
    return len(source) if found < 0 else found + len(mark)


def _read_raw(source: str, name: str, start: int, builder: _Builder) -> int:
    match = _RAW_END[name].search(source, start)
    end = match.start() if match else len(source)
    builder.add_text(start, end)
    return end


def _read_attributes(source: str, at: int) -> tuple[dict[str, str], int, bool]:
    """Attributes from `at` on, where the tag ends, and whether it ends in a slash."""
    attributes: dict[str, str] = {}
    while True:
        closing = _TAG_END.match(source, at)
        if closing:
            return attributes, closing.end(), "/" in closing.group()
        match = _ATTRIBUTE.match(source, at)
        if match is None:
            return attributes, len(source), False
        if len(attributes) < _MAX_ATTRIBUTES:
            value = next((group for group in match.groups()[1:] if group is not None), "")
            attributes.setdefault(match[1].lower(), unescape(value) if "&" in value else value)
        at = match.end()


class _Builder:
    """The stack of open elements. `places` holds each tag's depths on it, so that no end tag has to search."""

    def __init__(self, is_xml: bool) -> None:
        self.root = Element("#document", {}, None, -1)
        self.is_xml = is_xml
        self.stack = [self.root]
        self.places: dict[str, list[int]] = {}
        self.fences: list[int] = [0]
        self.blocks: list[int] = [0]

    def add_text(self, start: int, end: int) -> None:
        if end > start:
            self.stack[-1].children.append(Text(start, end))

    def open(self, name: str, attributes: dict[str, str], start: int, end: int, is_selfclosing: bool) -> None:
        self._close_implied(name, start)
        if name in ("html", "body") and self.places.get(name):
            return
        if len(self.stack) > MAX_DEPTH:
            self._pop_to(MAX_DEPTH, start)
        element = Element(name, attributes, self.stack[-1], start)
        element.end = end
        self.stack[-1].children.append(element)
        if name not in VOID and not (self.is_xml and is_selfclosing):
            self._push(element)

    def close(self, name: str, start: int, end: int) -> None:
        depth = self._depth_of(name)
        fence = self.fences[-1] if name in BLOCKS and name not in _FENCES else self.blocks[-1] if name not in BLOCKS else 0
        if name in ("td", "th", "tr", "tbody", "thead"):
            fence = self._depth_of("table")
        if depth > 0 and depth >= fence:
            self._pop_to(depth, start)
            self.stack[-1].children[-1].end = end
        elif name == "br":
            self.open("br", {}, start, end, False)

    def finish(self, end: int) -> None:
        self._pop_to(1, end)
        self.root.end = end

    def _close_implied(self, name: str, at: int) -> None:
        if name in _CLOSES_P or name == "p":
            depth = self._depth_of("p")
            if depth > self.fences[-1]:
                self._pop_to(depth, at)
        closed, kept = _IMPLIED.get(name, ((), ()))
        if closed:
            depth = max(map(self._depth_of, closed))
            if depth > max(map(self._depth_of, kept), default=0):
                self._pop_to(depth, at)

    def _depth_of(self, name: str) -> int:
        """Where on the stack the innermost open element of a name is; 0 if there is none."""
        places = self.places.get(name)
        return places[-1] if places else 0

    def _push(self, element: Element) -> None:
        depth = len(self.stack)
        self.stack.append(element)
        for places in self._indexes(element.tag):
            places.append(depth)

    def _pop_to(self, depth: int, end: int) -> None:
        """Closes every element from `depth` of the stack on."""
        while len(self.stack) > max(1, depth):
            element = self.stack.pop()
            element.end = end
            for places in self._indexes(element.tag):
                places.pop()

    def _indexes(self, tag: str) -> Iterator[list[int]]:
        yield self.places.setdefault(tag, [])
        if tag in _FENCES:
            yield self.fences
        if tag in BLOCKS:
            yield self.blocks
