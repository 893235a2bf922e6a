"""Which of a page's blocks are its article.

trafilatura is the better judge of that, measured on many sites, so its paragraphs are looked up among our own blocks, which have the
offsets. Where it finds nothing, or is not asked because the page is too large or too odd, the container with the most plain paragraph text
is taken. Either way the same rules then add what stands among those paragraphs (captions, posts, short lines) and
take away what calls itself furniture, since no extractor keeps posts or captions in place.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from onrecord.page.blocks import RawBlock
from onrecord.page.days import parse_date_line
from onrecord.page.names import is_byline
from onrecord.page.tree import Element
from onrecord.page.vocabulary import FURNITURE_LINE_WORDS, FURNITURE_LINES

_LARGEST = 3_000_000
_MOST_TAGS = 40_000  # it takes quadratic time on some pages
_SHINGLE = 4
_ENOUGH = 120
_HOMELY = frozenset(("article", "main"))
_HEAD_BLOCKS = 6

for _name in ("trafilatura", "htmldate", "justext"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # its complaints about a page are not the user's business


@dataclass(frozen=True, slots=True)
class _Key:
    """A block's words for comparison, and how many characters they are."""

    words: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.words))


def find_body(blocks: Sequence[RawBlock], source: str, title: str | None) -> list[RawBlock]:
    """The blocks of the article, in document order, without its headline and byline; empty if there is none."""
    keys = [_Key(tuple(re.findall(r"\w+", block.text.lower()))) for block in blocks]
    plain = [index for index, block in enumerate(blocks) if block.post is None and keys[index].words]
    matched = _match_lines(keys, plain, _read_lines(source))
    if sum(keys[i].size for i in matched) < min(_ENOUGH, sum(keys[i].size for i in plain if not blocks[i].furniture)):
        matched = matched | _find_dense(blocks, keys, plain)
    if not matched:
        return [block for block in blocks if block.lines and not block.furniture]
    scope = _find_scope(blocks, keys, matched)
    choice = _Choice(
        blocks=blocks,
        matched=frozenset(matched),
        exempt=_find_exempt(blocks, keys, matched),
        homes=_find_homes(blocks, keys, matched),
        inside=frozenset(i for i, block in enumerate(blocks) if _is_inside(block.element, scope)),
        title=tuple(re.findall(r"\w+", (title or "").lower())),
    )
    chosen = [i for i in range(len(blocks)) if choice.takes(i, keys[i])]
    return [blocks[i] for i in _drop_edges(blocks, keys, _drop_copies(keys, chosen, choice.inside), choice)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What decides about a block besides itself."""

    blocks: Sequence[RawBlock]
    matched: frozenset[int]
    exempt: frozenset[Element]  # elements named like furniture that hold the article all the same
    homes: frozenset[Element]  # elements whose children are the article's paragraphs
    inside: frozenset[int]
    title: tuple[str, ...]

    def takes(self, index: int, key: _Key) -> bool:
        block = self.blocks[index]
        if block.post:
            return index in self.inside and not self.is_furniture(block)
        if not key.words and not (index in self.inside and block.element in self.homes):
            return False
        if self.is_furniture(block) or _is_furniture_line(block, key) or (key.words and self.is_title(block, key)):
            return False
        if block.kind == "caption":
            return index in self.inside
        return index in self.matched or (self.is_at_home(block) and 2 * block.linked < len(block.text))

    def is_furniture(self, block: RawBlock) -> bool:
        return any(element not in self.exempt for element in block.furniture)

    def is_title(self, block: RawBlock, key: _Key) -> bool:
        """The headline is metadata: an h1, or a heading with the title's words."""
        return block.kind == "heading" and (block.heading == "h1" or key.words == self.title)

    def is_at_home(self, block: RawBlock) -> bool:
        """Whether a block stands where the article's paragraphs stand, or in a quotation or list there."""
        parent = block.element.parent
        if block.element in self.homes or parent in self.homes:
            return True
        return parent is not None and parent.tag in ("blockquote", "ul", "ol", "section") and parent.parent in self.homes


def _read_lines(source: str) -> list[str]:
    """The article's lines as trafilatura has them; none if it finds none or gives up."""
    if len(source) > _LARGEST or source.count("<") > _MOST_TAGS:
        return []
    from trafilatura import bare_extraction  # takes a quarter of a second to import, and plain text does without

    page = re.sub(r"^\s*<\?xml[^>]*>", "", source.replace("\x00", " "))
    try:
        document = bare_extraction(page, include_comments=False, include_tables=True)
    except Exception:  # whatever it stumbles over in a hostile page, our own judgement is there
        return []
    text = getattr(document, "text", None)
    return text.splitlines() if isinstance(text, str) else []


def _match_lines(keys: Sequence[_Key], plain: Iterable[int], lines: Iterable[str]) -> set[int]:
    """The blocks whose words are in `lines`: the same line, or most of their word sequences."""
    wanted = [tuple(re.findall(r"\w+", line.lower())) for line in lines]
    whole = set(wanted)
    shingles = {words[i : i + _SHINGLE] for words in wanted for i in range(len(words) - _SHINGLE + 1)}
    return {index for index in plain if keys[index].words in whole or _is_among(keys[index].words, shingles)}


def _is_among(words: tuple[str, ...], shingles: set[tuple[str, ...]]) -> bool:
    own = [words[i : i + _SHINGLE] for i in range(len(words) - _SHINGLE + 1)]
    return bool(own) and sum(1 for shingle in own if shingle in shingles) >= 0.7 * len(own)


def _find_dense(blocks: Sequence[RawBlock], keys: Sequence[_Key], plain: Iterable[int]) -> set[int]:
    """The paragraphs in the container that holds most of them."""
    paragraphs = [i for i in plain if blocks[i].kind == "paragraph" and 2 * blocks[i].linked < len(blocks[i].text)]
    exempt = _find_exempt(blocks, keys, set(paragraphs))
    paragraphs = [i for i in paragraphs if all(element in exempt for element in blocks[i].furniture)]
    paragraphs = [i for i in paragraphs if not _is_furniture_line(blocks[i], keys[i])]
    if not paragraphs:
        return set()
    sizes = _sum_sizes(blocks, keys, paragraphs)
    total = sum(keys[i].size for i in paragraphs)
    semantic = [e for e in sizes if e.tag in _HOMELY or e.get("itemprop") == "articleBody" or e.get("role") == "main"]
    best = max((e for e in semantic if 2 * sizes[e] >= total), key=lambda e: e.start, default=None) or _find_densest(
        blocks, keys, paragraphs
    )
    return {i for i in paragraphs if _is_inside(blocks[i].element, best)}


def _find_densest(blocks: Sequence[RawBlock], keys: Sequence[_Key], paragraphs: Sequence[int]) -> Element:
    """The element with the most paragraph text in children and, at half their worth, grandchildren."""
    scores: Counter[Element] = Counter()
    for index in paragraphs:
        element, size = blocks[index].element, keys[index].size
        parent = element.parent or element
        scores[parent] += 2 * size
        scores[parent.parent or parent] += size
        if element.tag not in ("p", "blockquote", "li", "pre"):
            scores[element] += 2 * size
    return max(scores, key=lambda e: (scores[e], -e.start))


def _sum_sizes(blocks: Sequence[RawBlock], keys: Sequence[_Key], indexes: Iterable[int]) -> Counter[Element]:
    """How many characters of the given blocks each element around them holds."""
    sizes: Counter[Element] = Counter()
    for index in indexes:
        sizes[blocks[index].element] += keys[index].size
    queue = [(-element.start, id(element), element) for element in sizes]
    heapify(queue)  # by place from the last, so that each element is done before the one around it, and once
    while queue:
        element = heappop(queue)[2]
        parent = element.parent
        if parent is not None:
            if parent not in sizes:
                heappush(queue, (-parent.start, id(parent), parent))
            sizes[parent] += sizes[element]
    return sizes


def _find_exempt(blocks: Sequence[RawBlock], keys: Sequence[_Key], matched: set[int]) -> frozenset[Element]:
    """Elements that are named like furniture but hold much of the article, or a post and nothing else."""
    total = sum(keys[i].size for i in matched)
    sizes: Counter[Element] = Counter()
    others: Counter[Element] = Counter()
    for index, block in enumerate(blocks):
        for element in block.furniture:
            sizes[element] += keys[index].size if index in matched else 0
            others[element] += block.post is None and block.kind != "caption"
    hidden = {e for e in others if e.tag in ("nav", "footer") or "hidden" in e.attributes}
    return frozenset(e for e in others if (e not in hidden and 5 * sizes[e] >= 2 * total and sizes[e]) or not others[e])


def _find_scope(blocks: Sequence[RawBlock], keys: Sequence[_Key], matched: set[int]) -> Element:
    """The innermost element that holds nearly all of the article, or the `article` or `main` around it."""
    sizes = _sum_sizes(blocks, keys, matched)
    total = sum(keys[i].size for i in matched)
    holders = [e for e in sizes if 20 * sizes[e] >= 17 * total]
    container = max(holders, key=lambda e: (e.start, -e.end))
    if container.tag == "p" and container.parent is not None:
        container = container.parent
    around = [e for e in (container, *container.find_ancestors()) if e.tag in _HOMELY]
    return around[0] if around else container


def _find_homes(blocks: Sequence[RawBlock], keys: Sequence[_Key], matched: set[int]) -> frozenset[Element]:
    """Elements that have at least two of the article's paragraphs as children, or a third of its characters."""
    total = sum(keys[i].size for i in matched)
    counts: Counter[Element] = Counter()
    sizes: Counter[Element] = Counter()
    for index in matched:
        element = blocks[index].element
        home = element.parent if element.tag in ("p", "h2", "h3", "h4", "blockquote", "li", "pre") else element
        if home is not None and blocks[index].kind == "paragraph":
            counts[home] += 1
            sizes[home] += keys[index].size
    return frozenset(
        e for e in counts if e.tag not in ("body", "html", "#document", "ul", "ol") and (counts[e] > 1 or 3 * sizes[e] >= total)
    ) | frozenset(e for e in counts if 2 * sizes[e] >= total)


def _is_inside(element: Element, scope: Element) -> bool:
    return scope.start <= element.start and element.end <= scope.end if scope.parent is not None else True


def _is_furniture_line(block: RawBlock, key: _Key) -> bool:
    if len(key.words) > FURNITURE_LINE_WORDS:
        return False
    match = FURNITURE_LINES.match(block.text.strip())
    return match is not None and (block.kind != "heading" or len(key.words) < 8)


def _drop_copies(keys: Sequence[_Key], chosen: Sequence[int], inside: frozenset[int]) -> list[int]:
    """Without blocks outside the article's element that repeat one inside, as teasers do."""
    within = {keys[i].words for i in chosen if i in inside}
    return [i for i in chosen if i in inside or keys[i].words not in within]


def _drop_edges(blocks: Sequence[RawBlock], keys: Sequence[_Key], chosen: list[int], choice: _Choice) -> list[int]:
    """Without byline and date lines before the first long paragraph, and without headings that nothing follows."""
    kept: list[int] = []
    is_head = True
    for place, index in enumerate(chosen):
        block = blocks[index]
        if (
            is_head
            and block.kind == "paragraph"
            and place < _HEAD_BLOCKS
            and (is_byline(block.text) or parse_date_line(block.text[:200]) is not None)
        ):
            continue
        is_head = is_head and not (block.kind == "paragraph" and len(keys[index].words) > 15)
        kept.append(index)
    while kept and blocks[kept[-1]].kind == "heading":
        kept.pop()
    return kept if any(blocks[i].kind == "paragraph" or blocks[i].lines for i in kept) else []
