"""From text to the encoder's input: word pieces with offsets, packed by paragraphs into short windows.

Statements hardly ever reach over a paragraph's end (0.8 % of PolNeAR's relations do), so windows are whole paragraphs
packed up to `PACKED` pieces, with a break piece between them, and no overlap: short windows are where the speed is. A paragraph
too long for one window is laid out in windows that overlap by half, and each cue is read in the one that it stands
nearest the middle of, so that no seam shows. Each piece carries a shape: its letter case, which the uncased vocabulary loses,
and whether it stands inside quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from onrecord.extract.quotes import Place
from onrecord.text import find_quotations, replace_surrogates
from onrecord.types import Span

PACKED = 80
LONGEST = 384
BREAK, CLS, SEP = 1, 101, 102
SHAPES = 8
_CONTINUES = re.compile(r"[\W_]*[^\W\d_A-Z]")  # a small letter or other script: the sentence goes on
_QUOTED = 4  # added to the shapes of pieces in quotation marks
_LINE, _WORDS = 200, 3  # code points of a line in capitals, at most; words of it, at least
_LONG_WORD = re.compile(r"[^\W\d_][\w’'-]{3,}")  # those of four letters and more: "of" and "the" have no capitals

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces of one paragraph: vocabulary ids, shapes, and the code points that each covers."""

    ids: Ints
    shapes: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Window:
    """One encoder input. `starts` is -1 at pieces that are not text; cues are read at positions `own_from` to `own_to`."""

    ids: Ints
    shapes: Ints
    starts: Ints
    ends: Ints
    own_from: int
    own_to: int

    def __len__(self) -> int:
        return len(self.ids)


def cut_pieces(text: str, paragraphs: Sequence[Span], tokenizer: Tokenizer, *, headings: bool = False) -> list[Pieces]:
    """The word pieces of each paragraph, in order. In `headings` set in capitals these are left out, as they tell of no names there."""
    encodings = tokenizer.encode_batch([replace_surrogates(p.of(text)) for p in paragraphs], add_special_tokens=False)
    pieces = [_piece_paragraph(text, p, e) for p, e in zip(paragraphs, encodings, strict=True)]
    return [_lower(one) if headings and is_title_cased(p.of(text)) else one for p, one in zip(paragraphs, pieces, strict=True)]


def cut_place(text: str, place: Place, tokenizer: Tokenizer) -> Iterator[Pieces]:
    """The word pieces of a place: spans of one sentence, which a cue broke, are joined again."""
    joined: list[Pieces] = []
    for span, pieces in zip(place.spans, cut_pieces(text, place.spans, tokenizer, headings=place.heading), strict=True):
        if joined and not _CONTINUES.match(text, span.start):
            yield _join_pieces(joined)
            joined = []
        joined.append(pieces)
    yield _join_pieces(joined)


def _join_pieces(pieces: Sequence[Pieces]) -> Pieces:
    if len(pieces) == 1:
        return pieces[0]
    return Pieces(*(np.concatenate([getattr(p, column) for p in pieces]) for column in ("ids", "shapes", "starts", "ends")))


def _lower(pieces: Pieces) -> Pieces:
    """The pieces as if but the first were in small letters."""
    return replace(pieces, shapes=np.concatenate([pieces.shapes[:1], pieces.shapes[1:] // _QUOTED * _QUOTED]))


def _piece_paragraph(text: str, paragraph: Span, encoding: Encoding) -> Pieces:
    offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    offsets = offsets + paragraph.start
    depth = np.zeros(len(paragraph) + 1, dtype=np.int64)
    for quotation in find_quotations(text, paragraph):
        depth[quotation.inner.start - paragraph.start] += 1
        depth[quotation.inner.end - paragraph.start] -= 1
    quoted = np.cumsum(depth)[offsets[:, 0] - paragraph.start] > 0
    cases = np.array([_letter_case(text[s:e]) for s, e in offsets.tolist()], dtype=np.int64)
    return Pieces(np.array(encoding.ids, dtype=np.int64), cases + _QUOTED * quoted, offsets[:, 0], offsets[:, 1])


def is_title_cased(line: str) -> bool:
    """Whether a line is a headline in capitals, "Dockworkers Warn of Strike" or "DOCKWORKERS WARN OF STRIKE"."""
    if len(line) > _LINE or "\n" in line:
        return False
    words = _LONG_WORD.findall(line)
    return len(words) >= _WORDS and 4 * sum(word[0].isupper() for word in words) >= 3 * len(words)


@lru_cache(maxsize=65536)
def _letter_case(piece: str) -> int:
    if piece.islower():
        return 0
    if piece.isupper():
        return 2 if len(piece) > 1 else 1
    return 1 if piece.istitle() else 3


def pack_windows(paragraphs: Iterable[Pieces], packed: int = PACKED, longest: int = LONGEST) -> list[Window]:
    """Windows over the paragraphs, in order; each piece is read as a cue in exactly one of them."""
    windows: list[Window] = []
    waiting: list[Pieces] = []
    size = 2
    for pieces in paragraphs:
        is_long = len(pieces) + 2 > longest
        if waiting and (is_long or size + len(pieces) + 1 > packed):
            windows.append(_join(waiting))
            waiting, size = [], 2
        if is_long:
            windows += _slide(pieces, longest)
        elif len(pieces):
            waiting.append(pieces)
            size += len(pieces) + 1
    if waiting:
        windows.append(_join(waiting))
    return windows


def _join(paragraphs: Sequence[Pieces]) -> Window:
    """One window: a first piece, the paragraphs with a break between them, a last piece."""
    ids, shapes, starts, ends = (
        _fill_column([getattr(p, name) for p in paragraphs], *edges)
        for name, edges in (("ids", (CLS, BREAK, SEP)), ("shapes", (3, 3, 3)), ("starts", (-1, -1, -1)), ("ends", (-1, -1, -1)))
    )
    return Window(ids=ids, shapes=shapes, starts=starts, ends=ends, own_from=1, own_to=len(ids) - 1)


def _fill_column(parts: Sequence[Ints], first: int, between: int, last: int) -> Ints:
    filled: list[Ints] = []
    for part in parts:
        filled += [np.array([between if filled else first]), part]
    return np.concatenate([*filled, np.array([last])])


def _slide(pieces: Pieces, longest: int) -> list[Window]:
    size, step = longest - 2, (longest - 2) // 2
    firsts = [*range(0, max(1, len(pieces) - size), step), len(pieces) - size]
    windows = []
    for i, first in enumerate(firsts):
        part = slice(first, first + size)
        joined = _join([Pieces(pieces.ids[part], pieces.shapes[part], pieces.starts[part], pieces.ends[part])])
        own_from = 0 if i == 0 else (firsts[i - 1] + size + first) // 2 - first
        own_to = size if i == len(firsts) - 1 else (first + size + firsts[i + 1]) // 2 - first
        windows.append(replace(joined, own_from=own_from + 1, own_to=own_to + 1))
    return windows
