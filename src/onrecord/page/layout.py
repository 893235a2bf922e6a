"""The article's blocks set as one text, with its way back to the capture's bytes.

Blocks are joined by an empty line, a post's lines by a line end: those are the reader's own characters and have no bytes. Every other
character has, even where the source wrote it as a reference or as a stretch of white space.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from onrecord.encoding import Decoded
from onrecord.page.blocks import Piece, RawBlock
from onrecord.page.embeds import Post, build_embed
from onrecord.text import trim
from onrecord.types import Block, Embed, Origin, Run, Span

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Layout:
    """A text, its blocks and embeds, and where its characters come from."""

    text: str
    blocks: tuple[Block, ...]
    embeds: tuple[Embed, ...]
    origin: Origin


@dataclass(slots=True)
class _Sheet:
    """The text as it grows."""

    decoded: Decoded
    parts: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    size: int = 0

    def add(self, words: str) -> None:
        self.parts.append(words)
        self.size += len(words)

    def add_pieces(self, pieces: Sequence[Piece]) -> Span:
        start = self.size
        for piece in pieces:
            for run in _find_runs(self.decoded, piece, self.size):
                _append(self.runs, run)
            self.add(piece.text)
        return Span(start, self.size)


def lay_out(chosen: Sequence[RawBlock], decoded: Decoded) -> Layout:
    """The chosen blocks as a text. Offsets of the pieces are those of `decoded.text`."""
    sheet = _Sheet(decoded)
    blocks: list[Block] = []
    posts: list[tuple[Post, list[Span], int]] = []
    for raw in _drop_repeated(chosen):
        if raw.post and not raw.lines:
            posts.append((raw.post, [], sheet.size))
            continue
        if sheet.size:
            sheet.add(_GAP)
        if raw.post:
            spans = _add_lines(sheet, raw.lines)
            posts.append((raw.post, spans, sheet.size))
            blocks.append(Block(Span(spans[0].start, spans[-1].end), "embed"))
        else:
            blocks.append(Block(sheet.add_pieces(raw.pieces), raw.kind))
    text = "".join(sheet.parts)
    trimmed = (Block(trim(text, block.span), block.kind) for block in blocks)
    embeds = tuple(_build(text, post, spans, place) for post, spans, place in posts)
    return Layout(text, tuple(block for block in trimmed if len(block.span)), embeds, Origin(tuple(sheet.runs)))


def _build(text: str, post: Post, spans: Sequence[Span], place: int) -> Embed:
    """An embed; one without words stands within the gap after the block before it, so that no block holds it."""
    trimmed = [span for span in (trim(text, span) for span in spans) if len(span)]
    return build_embed(text, trimmed, post, min(place + 1, len(text)) if place else 0)


def _drop_repeated(chosen: Sequence[RawBlock]) -> Iterator[RawBlock]:
    """Without posts that stand twice, as lazily loaded ones do: once for the script and once for those who have none."""
    spoken = {raw.post.url for raw in chosen if raw.post and raw.lines}
    seen: set[str | None] = set()
    for raw in chosen:
        if raw.post and not raw.lines and raw.post.url and (raw.post.url in seen or raw.post.url in spoken):
            continue
        if raw.post:
            seen.add(raw.post.url)
        yield raw


def _add_lines(sheet: _Sheet, lines: Sequence[Sequence[Piece]]) -> list[Span]:
    spans: list[Span] = []
    for index, line in enumerate(lines):
        if index:
            sheet.add("\n")
        whole = sheet.add_pieces(line)
        spans.extend(_split(line, whole.start))
    return spans


def _split(pieces: Sequence[Piece], start: int) -> Iterator[Span]:
    """The lines of a block that `<br>` parts."""
    at = begin = start
    for piece in pieces:
        if piece.text == "\n":
            yield Span(begin, at)
            begin = at + 1
        at += len(piece.text)
    yield Span(begin, at)


def _find_runs(decoded: Decoded, piece: Piece, at: int) -> Iterator[Run]:
    """A piece's runs: as many as the bytes' widths change in it."""
    if not piece.is_even:
        place = decoded.origin.find_bytes(Span(piece.start, piece.end))
        if place:
            yield Run(at, at + len(piece.text), *place, False)
        return
    runs = decoded.origin.runs
    index = max(0, bisect_right(runs, piece.start, key=lambda r: r.start) - 1)
    while index < len(runs) and runs[index].start < piece.end:
        run = runs[index]
        start, end = max(run.start, piece.start), min(run.end, piece.end)
        place = decoded.origin.find_bytes(Span(start, end)) if start < end else None
        if place:
            yield Run(at + start - piece.start, at + end - piece.start, *place, run.even)
        index += 1


def _append(runs: list[Run], run: Run) -> None:
    """Adds a run, joined to the one before where text and bytes go on at the same width."""
    last = runs[-1] if runs else None
    if last and last.even and run.even and last.end == run.start and last.last == run.first and _width(last) == _width(run):
        runs[-1] = Run(last.start, run.end, last.first, run.last, True)
    else:
        runs.append(run)


def _width(run: Run) -> int:
    return (run.last - run.first) // (run.end - run.start)
