"""PolNeAR and other brat-standoff corpora, as windows with labels for the reader's heads."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from bench.brat import Article, Relation
from onrecord.extract.windows import Pieces, Window, cut_pieces, cut_place, pack_windows
from onrecord.text import find_paragraphs
from training.own import Sheet

O, SOURCE, CUE, CONTENT = range(4)
UNKNOWN = -1  # whether a cue begins inside a content, where nobody has annotated that


# --- quotation styles: the corpus has one style only, other newspapers have others -------------------------------

_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_SINGLE = {"“": "‘", "”": "’", "‘": "“", "’": "’"}


def restyle_quotes(text: str, chance: random.Random) -> str:
    """`text` with its quotation marks in another style (straight, single, straight single); offsets stay the same."""
    draw = chance.random()
    if draw < 0.15:
        return text.translate(_STRAIGHT)
    if draw < 0.25:
        return re.sub(r"‘(?=[^’]*’)|[“”]", lambda m: _SINGLE[m.group()], text)
    if draw < 0.30:
        return re.sub("[“”]", "'", text).translate(_STRAIGHT)
    return text


# --- labels -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A window with its labels: a BIO tag per piece (of relations that stand in no content), whether a cue inside a content begins at it
    (or `UNKNOWN`), and for each anchor (a cue's first piece) a role per piece.
    """

    window: Window
    tags: np.ndarray
    inner: np.ndarray
    anchors: np.ndarray  # positions
    roles: np.ndarray  # anchors by pieces


@dataclass(frozen=True)
class Labelled:
    """An article's pieces by paragraph, with a BIO tag for each piece."""

    article: Article
    paragraphs: list[Pieces]
    tags: dict[int, int]  # by the code point that a piece starts at
    inner: Sequence[Relation]  # those that stand inside a content


def label_article(article: Article, tokenizer: Tokenizer, chance: random.Random | None = None, inner: Sequence[Relation] = ()) -> Labelled:
    """The article in word pieces, its quotation marks restyled if `chance` is given. `inner` are the relations inside contents, which
    PolNeAR does not mark (see training.inner).
    """
    text = restyle_quotes(article.text, chance) if chance else article.text
    if isinstance(article, Sheet):
        paragraphs = [pieces for place in article.places for pieces in cut_place(text, place, tokenizer)]
    else:
        paragraphs = cut_pieces(text, find_paragraphs(text), tokenizer)
    starts = np.concatenate([np.zeros(0, dtype=np.int64), *(p.starts for p in paragraphs)])
    tags = np.zeros(len(starts), dtype=np.int64)
    for relation in article.relations:
        for role, code in (("source", SOURCE), ("cue", CUE), ("content", CONTENT)):
            for start, end in getattr(relation, role):
                first, last = np.searchsorted(starts, (start, end))
                tags[first:last] = 2 * code
                tags[first : first + (last > first)] = 2 * code - 1
    return Labelled(article, paragraphs, dict(zip(starts.tolist(), tags.tolist(), strict=True)), inner)


def build_examples(labelled: Labelled, packed: int) -> list[Example]:
    """The windows of one article with their labels. Cues outside a window's own part are left to its neighbour."""
    return [_label_window(labelled, window) for window in pack_windows(labelled.paragraphs, packed)]


def _label_window(labelled: Labelled, window: Window) -> Example:
    anchors, roles = [], []
    inner = np.zeros(len(window), dtype=np.int64)
    own = window.starts[window.own_from : window.own_to]
    for relations, is_inner in ((labelled.article.relations, 0), (labelled.inner, 1)):
        for relation in relations:
            path = _read_path(relation, window)
            cue = np.flatnonzero(path == CUE)
            is_whole = len(cue) > 0 and relation.cue[0][0] <= window.starts[cue[0]] and window.starts[cue[0]] in own
            if is_whole and not (is_inner and cue[0] in anchors):
                anchors.append(int(cue[0]))
                roles.append(path)
                inner[cue[0]] = is_inner
    tags = np.array([labelled.tags[s] if s >= 0 else 0 for s in window.starts.tolist()])
    if not isinstance(labelled.article, Sheet):
        inner[(inner == 0) & (tags >= 2 * CONTENT - 1)] = UNKNOWN
    paths = np.array(roles, dtype=np.int64).reshape(len(anchors), len(window))
    return Example(window, tags, inner, np.array(anchors, dtype=np.int64), paths)


def _read_path(relation: Relation, window: Window) -> np.ndarray:
    path = np.zeros(len(window), dtype=np.int64)
    for spans, code in ((relation.source, SOURCE), (relation.content, CONTENT), (relation.cue, CUE)):
        for start, end in spans:
            path[(window.starts >= start) & (window.starts < end)] = code
    return path
