"""Articles of our own as examples for the reader: `training/articles/`, annotated within their text (bench.marked).

They are of other kinds than PolNeAR's, and annotated at all depths: beside each article's paragraphs, the contents in it are read as
if they stood alone, as the reader reads them again. Two things keep what the reader has learned of PolNeAR's ways: where it
reads an annotated statement nearly as annotated, its own edges are taught, and what it is sure of and nobody annotated (thoughts, plans,
which PolNeAR counts) stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.brat import Article, Relation
from bench.marked import measure_depths, parse_marked
from bench.report import track
from bench.scoring import overlap_spans
from onrecord.capture import build_capture
from onrecord.extract import find_inside, find_told
from onrecord.extract.decode import decode_relations
from onrecord.extract.model import Model
from onrecord.extract.quotes import Place, find_place
from onrecord.extract.windows import cut_place, pack_windows
from onrecord.page import read_page
from onrecord.types import Span

_LEAST = 0.3  # confidence of what is compared with annotations
_SURE, _SURE_INSIDE = 0.7, 0.85  # of what stays without one, by its depth
_NEARLY = 0.8  # overlap of contents from which on the reader's edges are taught
_SHORTEST = 40  # characters of a content that is looked into


@dataclass(frozen=True)
class Sheet(Article):
    """What of an article is read together, one depth of it; relations are those that stand there, and `inner` all that stand in their
    contents.
    """

    places: tuple[Place, ...] = ()
    inner: tuple[Relation, ...] = ()


def read_sheets(folder: Path, model: Model) -> list[list[Sheet]]:
    """The sheets of all articles of a folder; each alone in a list, as it has one annotator."""
    return [[sheet] for path in track(sorted(folder.glob("*.txt")), "our own") for sheet in cut_sheets(parse_marked(path), model)]


def cut_sheets(article: Article, model: Model) -> Iterator[Sheet]:
    """The paragraphs of an article, then the contents at each depth, as turns of talk and posts are read alone."""
    page = read_page(build_capture(article.text.encode(), "article", charset="utf-8"))
    if page.text != article.text:
        raise ValueError(f"{article.name}: the page's text is another than the article's")
    depths = measure_depths(article.relations)
    places, _ = find_told(page.text, page.blocks)
    levels = [[r for r, d in zip(article.relations, depths, strict=True) if d == depth] for depth in range(max(depths, default=0) + 2)]
    read: list[tuple[list[Place], list[Relation]]] = []
    for depth, here in enumerate(levels):
        standing = [r for r in here if _stands_in(places, r)]
        if places:
            read.append((places, complete(article.text, places, standing, model, _SURE_INSIDE if depth else _SURE)))
        inside = [find_inside(article.text, [Span(*s) for s in r.content]) for r in here]
        places = [find_place(article.text, spans) for spans in inside if sum(map(len, spans)) >= _SHORTEST]
    for depth, (places, relations) in enumerate(read):
        yield Sheet(article.name, article.text, relations, tuple(places), tuple(r for _, deeper in read[depth + 1 :] for r in deeper))


def _stands_in(places: Sequence[Place], relation: Relation) -> bool:
    start = (relation.cue or relation.content)[0][0]
    return any(span.start <= start < span.end for place in places for span in place.spans)


def complete(text: str, places: Sequence[Place], annotated: Sequence[Relation], model: Model, sure: float) -> list[Relation]:
    """The annotated relations with the reader's edges where it reads them nearly so, and what it is sure of beside them."""
    windows = pack_windows(pieces for place in places for pieces in cut_place(text, place, model.tokenizer))
    read = decode_relations(model, model.read_windows(windows), _LEAST)
    found = [(Relation(*([(s.start, s.end) for s in part] for part in (r.source, r.cue, r.content))), r.confidence) for r in read]
    kept = [next((r for r, _ in found if _is_nearly(text, r, one)), one) for one in annotated]
    for relation, confidence in found:
        is_new = all(overlap_spans(text, relation.content, one.content) == 0 and not _meet(relation.cue, one.cue) for one in annotated)
        if confidence >= sure and is_new and relation.cue and relation.source:
            kept.append(relation)
    return sorted(kept, key=lambda r: r.content)


def _is_nearly(text: str, read: Relation, annotated: Relation) -> bool:
    same_source = overlap_spans(text, read.source, annotated.source) >= 0.5
    return same_source and _meet(read.cue, annotated.cue) and overlap_spans(text, read.content, annotated.content) >= _NEARLY


def _meet(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> bool:
    return any(a < d and c < b for a, b in one for c, d in other)
