"""Posts that lost their markup: words, then a line with name and handle, then a date.

Whoever copies an article's text, and most extractors, leave embedded posts so; only the signature line tells that the words above
are somebody else's. A signature has a dash or a date by it, since a bare `Name (@handle)` is how bylines end. Upwards, the words are
the paragraph above, and more only where that is plain: a quotation that closes there, lines set closer than the paragraphs around
them, lines that no article would end so. A model was not used: what it would gain is rare, and what a wrong guess costs is an
article's paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise, takewhile

from onrecord.page.days import find_day, is_day_line
from onrecord.page.platforms import find_handle_platform, find_named_platforms, find_single_platform
from onrecord.text import find_sentence_end, find_sentence_start, trim
from onrecord.types import Block, Embed, Span

_LONGEST = 300
_DASH = r"(?:[—–―‒⸺]|-{1,3})"
_HANDLE = r"@[A-Za-z0-9_](?:[\w.-]{0,58}\w)?(?:@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4})?"
_SIGNATURE = re.compile(
    rf"(?P<dash>{_DASH}\s*)?(?:(?P<name>\S.{{0,100}}?)\s*(?:[(\[]\s?(?P<enclosed>{_HANDLE})\s?[)\]]|,\s(?P<bare>{_HANDLE}))"
    rf"|(?P<alone>{_HANDLE}))(?P<rest>(?:[\s,·|:•].*)?)$"
)
_UNHANDLED = re.compile(rf"{_DASH}\s*(?P<name>\S.{{1,60}})$")
_SIGNED = frozenset({"Twitter", "X"})  # whose own markup signs a post with a dash, the name and the handle
_PRONOUN = re.compile(r"(?:He|She|They|It)\b")
_RENAMED = date(2024, 1, 1)  # from when on news mostly calls X what was renamed in July 2023
_ON_PLATFORM = re.compile(r"[\s,·|:•]*(?:(?:on|via)\s+(?P<platform>[A-Z][A-Za-z]*(?: Social)?))?[\s,·|:•]*")
_LINK = re.compile(r"(?:https?://|pic\.twitter\.com/|www\.|t\.co/)\S+")
_NO_NAMES = re.compile(
    r"(?:follow|by|contact|email|reporting by|edited by|a (?:post|photo|video|reel|thread)\b|post(?:ed)? by|from|via|see|read|source|photo|"
    r"image|credit)\b",
    re.I,
)
_LOOSE_END = re.compile(r"(?:,|:|;|…|\.\.\.|\b\d{1,2}/\d{0,2}|[—–-])$")
_TAGS_ONLY = re.compile(r"(?:https?://\S++|pic\.twitter\.com/\S++|t\.co/\S++|[#@]\w++|\W)*+$")
_LABEL_WORDS = 4
_MAX_PARAGRAPHS = 12
_NAMED = 20  # places looked at where a post's author is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A line that says whose post it is. All spans are in the document's text."""

    span: Span
    has_dash: bool
    author: str | None
    author_span: Span | None
    handle: str | None
    platform: str | None
    posted: date | None
    posted_span: Span | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text, and the index of the block that it is in."""

    span: Span
    block: int


def parse_signature(text: str, span: Span) -> Signature | None:
    """The signature that a trimmed line is, or None. A date on the same line is read; nothing else may follow the handle."""
    if len(span) > _LONGEST or "@" not in (line := span.of(text)):
        return None
    match = _SIGNATURE.match(line)
    if match is None or _NO_NAMES.match(match["name"] or ""):
        return None
    handle = match["enclosed"] or match["bare"] or match["alone"]
    rest = match["rest"]
    on = _ON_PLATFORM.match(rest)
    platform = find_single_platform([f"on {on['platform']}"]) if on and on["platform"] else None
    tail_at = on.end() if on and (platform or not on["platform"]) else 0
    tail = _LINK.sub(" ", rest[tail_at:]).strip(" ,·|:•.")
    if tail and not is_day_line(tail):
        return None
    if match["name"] and not match["dash"] and not _is_bare_name(match["name"]):
        return None
    author_span = _trim_name(text, Span(span.start + match.start("name"), span.start + match.end("name"))) if match["name"] else None
    found = find_day(rest) if tail else None
    at = span.start + match.start("rest")
    return Signature(
        span=span,
        has_dash=bool(match["dash"]),
        author=_clean_name(author_span.of(text)) if author_span else None,
        author_span=author_span,
        handle=handle,
        platform=platform or find_handle_platform(handle),
        posted=found[1] if found else None,
        posted_span=Span(at + found[0].start, at + found[0].end) if found else None,
    )


def _is_bare_name(name: str) -> bool:
    """Whether words without a dash before them can be a name: a few, the first not in lower case, no sentence's end among them."""
    return len(name.split()) <= 6 and not name[0].islower() and not re.search(r"[!?:;“”\"]|\w\w\w\.\s", name)


def _trim_name(text: str, span: Span) -> Span | None:
    """A name without the emoji, marks and punctuation around it."""
    start, end = span.start, span.end
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in ".)"):
        end -= 1
    return Span(start, end) if end > start else None


def _clean_name(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())


def find_flat_embeds(text: str, blocks: Sequence[Block]) -> list[Embed]:
    """The posts flattened into a text, in order, disjoint; blocks of kind embed, and titles in front, are left alone."""
    lines = [_Line(span, index) for index, block in enumerate(blocks) if block.kind != "embed" for span in _split_lines(text, block.span)]
    is_spaced = _is_spaced(text, blocks)
    embeds: list[Embed] = []
    floor = 0
    for index in range(len(lines)):
        found = _read_embed(text, lines, index, floor, is_spaced, blocks) if index >= floor else None
        if found:
            embed, floor = found
            embeds.append(embed)
    if all(embed.platform for embed in embeds):
        return embeds
    named = find_named_platforms(text)
    return [replace(e, platform=e.platform or _guess_platform(text, e, blocks, named)) for e in embeds]


def _guess_platform(text: str, embed: Embed, blocks: Sequence[Block], named: frozenset[str]) -> str | None:
    """The platform whose markup signs posts so, if the text names one; else the one named near the post, or alone. What is named in a
    sentence that does not name the post's author may be somebody else's: a post signed as Twitter's markup does it is Twitter's
    then, or, from when on that is called so, X's.
    """
    near, signed = _find_near_platform(text, embed, blocks), named & _SIGNED
    if near in signed or (near and not signed and _is_tied(text, embed, near)):
        return near
    if len(signed) == 1:
        return next(iter(signed))
    if not signed and embed.posted and embed.author and not _is_tied(text, embed, *named) and _is_signed(text, embed):
        return "X" if embed.posted >= _RENAMED else "Twitter"
    return next(iter(named)) if len(named) == 1 and not signed else near


def _is_signed(text: str, embed: Embed) -> bool:
    """Whether a post ends in one line with a dash, its author, handle and day, as Twitter's markup has it."""
    line = text[text.rfind("\n", embed.span.start, embed.span.end) + 1 : embed.span.end] if embed.span else ""
    return re.fullmatch(rf"{_DASH}\s*\S.*\({_HANDLE}\)\s*\S.*", line) is not None


def _is_tied(text: str, embed: Embed, *platforms: str) -> bool:
    """Whether a sentence outside the post names one of the platforms and the post's author, or one right above says "he" or "it"."""
    end = len(text[: embed.span.start].rstrip())
    above = text[find_sentence_start(text, max(0, end - 1), _LONGEST) : end]
    if _PRONOUN.match(above) and find_named_platforms(above) & {*platforms}:
        return True
    name = (embed.author or "").split()[-1:]
    for match in islice(re.finditer(rf"\b{re.escape(name[0])}\b", text), _NAMED) if name else ():
        sentence = Span(find_sentence_start(text, match.start(), _LONGEST), find_sentence_end(text, match.end(), _LONGEST))
        if not sentence.meets(embed.span) and find_named_platforms(sentence.of(text)) & {*platforms}:
            return True
    return False


def call_as_text(text: str, embeds: Sequence[Embed]) -> tuple[Embed, ...]:
    """`embeds`, in order, with Twitter called as the text around them calls it, if it uses one of its names alone."""
    if not any(embed.platform in _SIGNED for embed in embeds):
        return tuple(embeds)
    starts, ends = [0, *(e.span.end for e in embeds)], [*(e.span.start for e in embeds), len(text)]
    named = find_named_platforms(" ".join(text[start:end] for start, end in zip(starts, ends, strict=True))) & _SIGNED
    name = next(iter(named)) if len(named) == 1 else None
    return tuple(replace(e, platform=name) if name and e.platform in _SIGNED else e for e in embeds)


def _split_lines(text: str, span: Span) -> list[Span]:
    """The lines of a block, trimmed; a block without line ends is one."""
    if text.find("\n", span.start, span.end) < 0:
        return [span]
    found = (trim(text, Span(*m.span())) for m in re.compile(r"[^\n]+").finditer(text, span.start, span.end))
    return [line for line in found if len(line)]


def _is_spaced(text: str, blocks: Sequence[Block]) -> bool:
    """Whether empty lines part the paragraphs, so that lines without one between them belong together."""
    gaps = [_count_line_ends(text, a.span, b.span) for a, b in pairwise(blocks)]
    wide = sum(1 for gap in gaps if gap > 1)
    return wide > 0 and 2 * wide >= len(gaps) - wide


def _count_line_ends(text: str, before: Span, after: Span) -> int:
    gap = text[before.end : min(after.start, before.end + 20)]
    return max(gap.count("\n"), gap.count("\r"))


def _read_embed(
    text: str, lines: Sequence[_Line], index: int, floor: int, is_spaced: bool, blocks: Sequence[Block]
) -> tuple[Embed, int] | None:
    """The post whose signature is line `index`, and the index of the first line after it."""
    inline = _parse_inline(text, lines[index].span)
    signature = parse_signature(text, lines[index].span) or (inline[1] if inline else None) or _parse_unhandled(text, lines[index].span)
    if signature is None:
        return None
    dated = index + 1 < len(lines) and signature.posted is None and is_day_line(lines[index + 1].span.of(text))
    if dated:
        signature = _add_day(text, signature, lines[index + 1].span)
    if not _is_convincing(signature, inline is not None):
        return None
    if inline and signature.span != lines[index].span:
        top, first = index, inline[0].start
    elif index > floor and blocks[lines[index - 1].block].kind in ("paragraph", "caption"):
        top = _climb(text, lines, index - 1, floor, is_spaced)
        first = lines[top].span.start
    else:
        return None
    last = lines[index + dated].span.end
    words_end = trim(text, Span(first, signature.span.start)).end
    content = _without_label(text, Span(first, words_end))
    above = lines[top - 1] if top > floor else None
    if above and is_label(above.span.of(text)) and blocks[above.block].kind != "byline":
        first = above.span.start
    embed = Embed(
        span=Span(first, last),
        platform=signature.platform or find_single_platform([_leave_out_words(text, Span(first, last), content)]),
        author=signature.author,
        author_span=signature.author_span,
        handle=signature.handle,
        posted=signature.posted,
        posted_span=signature.posted_span,
        content=(content,),
    )
    return embed, index + 1 + dated


def _is_convincing(signature: Signature, is_inline: bool) -> bool:
    if signature.posted:
        return True
    return signature.handle is not None and not is_inline and (signature.has_dash or signature.platform is not None)


def _parse_inline(text: str, line: Span) -> tuple[Span, Signature] | None:
    """Words and signature in one line: `… the words. — Name (@handle) January 13, 2021`."""
    tail_start = max(line.start, line.end - _LONGEST)
    if "@" not in text[tail_start : line.end]:
        return None
    for match in reversed(list(re.compile(rf"(?<=[\s.!?…”\"’)\w])\s*{_DASH}(?=\s?\S)").finditer(text, tail_start, line.end))):
        at = match.end() - len(match.group().lstrip())
        signature = parse_signature(text, Span(at, line.end))
        if signature and signature.has_dash and at > line.start and (text[at - 1].isspace() or text[at] in "—―"):
            return Span(line.start, at), signature
    return None


def _parse_unhandled(text: str, line: Span) -> Signature | None:
    """A dash and a name, without a handle; the date on the next line has to prove it."""
    match = _UNHANDLED.match(line.of(text)) if len(line) <= 80 else None
    if match is None or not _is_bare_name(match["name"]) or match["name"][-1] in '.,!?:;…”"' or _NO_NAMES.match(match["name"]):
        return None
    name = _trim_name(text, Span(line.start + match.start("name"), line.end))
    author = _clean_name(name.of(text)) if name else None
    return Signature(span=line, has_dash=True, author=author, author_span=name, handle=None, platform=None, posted=None, posted_span=None)


def _add_day(text: str, signature: Signature, line: Span) -> Signature:
    found = find_day(line.of(text))
    if found is None:
        return signature
    return replace(signature, posted=found[1], posted_span=Span(line.start + found[0].start, line.start + found[0].end))


def _climb(text: str, lines: Sequence[_Line], index: int, floor: int, is_spaced: bool) -> int:
    """The index of the first line of the words whose last line is `index`."""
    top = _climb_block(lines, index, floor)
    if is_spaced:
        top = _climb_chunk(text, lines, top, floor)
    opened = _climb_quotation(text, lines, top, index, floor)
    if opened is not None:
        top = opened
    while top > floor and index - top < _MAX_PARAGRAPHS and _is_continued(text, lines[top - 1].span, lines[top].span):
        top = _climb_block(lines, top - 1, floor)
    return top


def _climb_block(lines: Sequence[_Line], index: int, floor: int) -> int:
    top = index
    while top > floor and lines[top - 1].block == lines[index].block:
        top -= 1
    return top


def _climb_chunk(text: str, lines: Sequence[_Line], index: int, floor: int) -> int:
    top = index
    while top > floor and index - top < _MAX_PARAGRAPHS and _count_line_ends(text, lines[top - 1].span, lines[top].span) <= 1:
        top -= 1
    while top < index and is_label(lines[top].span.of(text)):
        top += 1
    return top


def _climb_quotation(text: str, lines: Sequence[_Line], top: int, index: int, floor: int) -> int | None:
    """The line above where a quotation opens that closes in the words without having been opened in them."""
    if not _closes_quotation(text[lines[top].span.start : lines[index].span.end]):
        return None
    opened: int | None = None
    for above in range(top - 1, max(floor, top - _MAX_PARAGRAPHS) - 1, -1):
        line = lines[above].span.of(text)
        if "”" in line or line.count('"') > 1 or (opened is not None and not line.startswith("“")):
            break
        if line.startswith(("“", '"')):
            opened = above
    return opened


def _closes_quotation(words: str) -> bool:
    words = words.rstrip()
    opened, closed = words.count("“"), words.count("”")
    return (closed > opened and words.rstrip(".,!?").endswith("”")) or (
        words.endswith('"') and not words.startswith('"') and words.count('"') == 1
    )


def _is_continued(text: str, above: Span, words: Span) -> bool:
    """Whether the line above is of the post too: it ends as no paragraph does, or is nothing but tags and links."""
    line = above.of(text)
    if len(line) > _LONGEST or is_day_line(line) or is_label(line):
        return False
    if _TAGS_ONLY.match(line) or re.match(r"#\w", line):
        return True
    if len(words) <= _LONGEST and _TAGS_ONLY.match(words.of(text)) and len(line.split()) <= 60:
        return not re.search(r"[.!?…:”\"’)]$", line)
    return bool(_LOOSE_END.search(line)) and not line.endswith(":") and text[words.start].islower()


def is_label(line: str) -> bool:
    """`Translation:` and the like, which stand above the words and are not of them."""
    return line.endswith(":") and len(line.split()) <= _LABEL_WORDS and len(line) <= 40


def _without_label(text: str, words: Span) -> Span:
    """The words without a label line at their start."""
    line_end = text.find("\n", words.start, words.end)
    if line_end > 0 and is_label(text[words.start : line_end].strip()):
        return trim(text, Span(line_end, words.end))
    return words


def _leave_out_words(text: str, post: Span, words: Span) -> str:
    """A post's lines around its words, with the links in these: its words may name where others have posted."""
    return " ".join((text[post.start : words.start], *_LINK.findall(text, words.start, words.end), text[words.end : post.end]))


def _find_near_platform(text: str, embed: Embed, blocks: Sequence[Block]) -> str | None:
    """The platform that one of the two paragraphs above names, the nearer one first."""
    last = bisect_right(blocks, embed.span.start, key=lambda block: block.span.end)
    return find_single_platform(block.span.of(text) for block in reversed(blocks[max(0, last - 2) : last]))


def merge_blocks(text: str, blocks: Sequence[Block], embeds: Iterable[Embed]) -> tuple[Block, ...]:
    """`blocks` with one block of kind embed for each of `embeds` that has characters; what an embed covers in part is cut."""
    merged: list[Block] = []
    taken = sorted(embed.span for embed in embeds if len(embed.span))
    at = 0
    for block in blocks:
        while at < len(taken) and taken[at].end <= block.span.start:
            at += 1
        merged.extend(_cut(text, block, taken, at))
    merged.extend(Block(span, "embed") for span in taken)
    return tuple(sorted(merged, key=lambda block: block.span))


def _cut(text: str, block: Block, taken: Sequence[Span], at: int) -> list[Block]:
    pieces: list[Block] = []
    start = block.span.start
    for span in takewhile(lambda s: s.start < block.span.end, (taken[i] for i in range(at, len(taken)))):
        pieces.append(Block(trim(text, Span(start, max(start, span.start))), block.kind))
        start = max(start, span.end)
    pieces.append(Block(trim(text, Span(min(start, block.span.end), block.span.end)), block.kind))
    return [piece for piece in pieces if len(piece.span)]
