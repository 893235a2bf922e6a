"""PolNeAR's statements put inside one another: what nobody has annotated inside contents, made of what somebody has.

A sentence with statements of its own takes the place of another sentence's content: "The board said the pier was safe." in "Ruel told
the council that …" becomes "Ruel told the council that the board said the pier was safe." Every word of it is annotated: the outer
statement by whoever annotated the one sentence, the inner ones by whoever annotated the other. Sentences without a statement are put
inside in the same way, so that being inside a content says nothing of whether there is one.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.brat import ROLES, Article, Relation, Spans
from onrecord.extract.quotes import find_place
from onrecord.text import find_paragraphs, find_sentence_starts, trim
from onrecord.types import Span
from training.own import Sheet

_SHORTEST, _LONGEST = 40, 260  # code points of a sentence that is put into another
_EMPTY = 0.25  # of those put inside, the share without a statement
_MARKS = re.compile(r"[“”\"‘«»]|(?<!\w)['’]|['’](?!\w)")
_BEGINS = (  # words that sentences begin with, and that are written small within them
    "the|a|an|he|she|they|it|his|her|their|its|we|our|this|that|these|those|there|some|many|most|few|several|two|three|one|both|all|another|other"
)
_COMMON = frozenset(_BEGINS.split("|"))
_LEADS = re.compile(r"[A-Z]{2,}|.{0,40}(?:[(:—–]| - )")  # datelines, labels
_CLAUSE = re.compile(rf"(?:{_BEGINS})\b|[A-Z]")
_TAKES_CLAUSE = re.compile(  # without "that"
    r"\b(?:s(?:ay|ays|aid|aying)|tell(?:s|ing)?|told|th(?:ink|inks|ought)|believe[sd]?|argue[sd]?|claim(?:s|ed)?|hope[sd]?|add(?:s|ed)|insist(?:s|ed)?|"
    r"note[sd]?|suggest(?:s|ed)?|know(?:s|n)?|knew|fear(?:s|ed)?|expect(?:s|ed)?|predict(?:s|ed)?|announced|acknowledge[sd]?|warn(?:s|ed)?|"
    r"concede[sd]?|admit(?:s|ted)?|maintain(?:s|ed)?|contend(?:s|ed)?|conclude[sd]?|show(?:s|ed|n)?|found|indicate[sd]?|report(?:s|ed)?)\b"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence and the relations that stand in it, in code points of its own."""

    text: str
    relations: tuple[Relation, ...]


def make_nested(articles: Sequence[Article], many: int, seed: int) -> Iterator[Sheet]:
    """So many sentences with others inside; those that are put inside are of another article."""
    chance = random.Random(seed)
    small = {word for article in articles for word in re.findall(r"\b[a-z]+\b", article.text)}
    sentences = [(article.name, one) for article in articles for one in cut_sentences(article)]
    frames = [(name, one) for name, one in sentences if len(one.relations) == 1 and find_hole(one)]
    inside = [(name, one) for name, one in sentences if _may_stand_inside(one, small)]
    told = [(name, one) for name, one in inside if one.relations]
    empty = [(name, one) for name, one in inside if not one.relations]
    for number in range(many if frames and told and empty else 0):
        outer, frame = chance.choice(frames)
        inner, put = chance.choice(empty if chance.random() < _EMPTY else told)
        if outer != inner:
            yield nest(frame, put, f"nested-{number}")


def cut_sentences(article: Article) -> Iterator[Sentence]:
    """The sentences of an article that hold all of every relation that meets them."""
    starts = find_sentence_starts(article.text)
    for paragraph in find_paragraphs(article.text):
        inside = starts[bisect_right(starts, paragraph.start) : bisect_left(starts, paragraph.end)]
        for at, end in pairwise((paragraph.start, *inside, paragraph.end)):
            span = trim(article.text, Span(at, end))
            meeting = [r for r in article.relations if any(s < span.end and span.start < e for part in _parts(r) for s, e in part)]
            if all(span.start <= s and e <= span.end for r in meeting for part in _parts(r) for s, e in part):
                yield Sentence(span.of(article.text), tuple(_move(r, -span.start) for r in meeting))


def _parts(relation: Relation) -> tuple[Spans, ...]:
    return tuple(getattr(relation, role) for role in ROLES)


def _move(relation: Relation, by: int, behind: int = 0) -> Relation:
    """The relation with what begins at `behind` or later moved."""
    return Relation(*([(s + by, e + by) if s >= behind else (s, e) for s, e in part] for part in _parts(relation)))


def _may_stand_inside(one: Sentence, small: Container[str]) -> bool:
    """Whether a sentence is as good within another: it begins with a name, or with a word that is written small there."""
    is_long = _SHORTEST <= len(one.text) <= _LONGEST and one.text.endswith(".") and not _LEADS.match(one.text)
    first = re.split(r"\W", one.text, maxsplit=1)[0]
    begins = first[:1].isupper() and (first.lower() in _COMMON or first.lower() not in small)
    return is_long and begins and not _MARKS.search(one.text) and all(r.source and r.cue for r in one.relations)


def find_hole(one: Sentence) -> Span | None:
    """Where another sentence may stand in the content of the only relation: between its marks, or its clause as a whole."""
    relation = one.relations[0]
    if not (len(relation.source) == len(relation.cue) == len(relation.content) == 1):
        return None
    (start, end), (cue_start, cue_end) = relation.content[0], relation.cue[0]
    text, content = one.text, one.text[start:end]
    if any(start < e and s < end for s, e in (*relation.source, *relation.cue)) or len(content) < _SHORTEST:
        return None
    if content[0] == "“" and content[-1] == "”" and len(_MARKS.findall(text)) == 2:
        return Span(start + 1, end - 1)
    if _MARKS.search(text):
        return None
    takes = content.startswith("that ") or (_CLAUSE.match(content) and _TAKES_CLAUSE.search(text[cue_start:cue_end]))
    follows = start == cue_end + 1 and takes and not text[end:].strip(". ")
    leads = start == 0 and end < cue_start and text[end] == ","
    return Span(start, end) if follows or leads else None


def nest(frame: Sentence, put: Sentence, name: str) -> Sheet:
    """The frame with the other sentence in its hole."""
    hole = find_hole(frame)
    assert hole is not None
    old, words = hole.of(frame.text), put.text.removesuffix(".")
    lead = "that " if old.startswith("that ") else ""
    is_begin = hole.start == 0 or (frame.text[hole.start - 1] == "“" and old[:1].isupper())
    if not is_begin and words.split(" ")[0].lower() in _COMMON:
        words = words[0].lower() + words[1:]
    new = lead + words + (old[-1] if old[-1] in ",.!?" else "")
    text = frame.text[: hole.start] + new + frame.text[hole.end :]
    grown = len(new) - len(hole)
    (start, end) = frame.relations[0].content[0]
    outer = _move(frame.relations[0], grown, hole.end)
    outer = Relation(outer.source, outer.cue, [(start, end + grown)])
    inner = tuple(_move(r, hole.start + len(lead)) for r in put.relations)
    return Sheet(name, text, [outer], (find_place(text, [Span(0, len(text))]),), inner)
