"""Statements out of text: one pass of the encoder, paths decoded, quotation marks heard, contents looked into.

`extract` is the whole of it. First the statements that stand in no other's content, with what print shows beside them; then those inside
each content, level by level, until nothing more is found. The model has read them in the same pass (`known`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from onrecord.extract.cues import load_cues
from onrecord.extract.decode import Relation, share_out
from onrecord.extract.edges import find_words, mend
from onrecord.extract.headlines import read_whole
from onrecord.extract.known import Known
from onrecord.extract.model import Model, load_model
from onrecord.extract.quotes import Place, find_near, find_open_end, find_place, find_whole_quotation, strip_marks, tell_kind
from onrecord.extract.sources import is_labelled, mend_source
from onrecord.extract.turns import Turn, find_turns, leave_out_label
from onrecord.extract.unmarked import covers, find_held, find_unmarked, read_after_lead
from onrecord.extract.weigh import FLOOR, is_asked, is_bare, is_compared, is_plain, is_whose, weigh
from onrecord.text import Quotation, find_sentence_end, trim
from onrecord.types import Block, Embed, Reading, Span

__all__ = ["extract"]

_READ = ("paragraph", "caption", "heading")
_LEAST_CHARACTERS = 40  # a content shorter than this holds no statement of its own
_INHERITED = 0.6  # confidence of a paragraph that only quotes, where one that quotes went before
_NEAR = 4  # statements before a paragraph that may hold its words
_QUOTED_LABEL = re.compile(r"\W*(?:\w+ ){0,4}(\w+)\s*:\s*")
_WORD_BEFORE = re.compile(r"[^\W\d_]+\Z")
_WORD_AFTER = re.compile(r"[^\W\d_]+")
_WORD_REACH = 30  # code points of a word that are looked at
_GOES_ON = re.compile(
    r"[,”’\"']{0,3}(?: (?:where|who|which|whom)\b[^.;:“”\"\n]{1,120},)? (?:and|but|then|or)"
    r"(?: then| also| later| even| again| has| have| had| \w+ly)* "
)
_SPEAKER = re.compile(r"(?:I|[Ww]e)(?:['’]\w+)?\Z")


def extract(
    text: str, blocks: Sequence[Block], embeds: Sequence[Embed] = (), *, model: Model | None = None, least: float | None = None
) -> list[Reading]:
    """Every statement that `text` attributes to somebody, in text order; holders before what they hold.

    `least` is the lowest confidence to be given back; by default the one that reads best on development data.
    """
    model = model or load_model()
    least = model.settings["threshold"] if least is None else least
    known = Known(text, model, min(least, FLOOR))
    told, turns = find_told(text, blocks)
    read = _add_unmarked(text, told, _read_paragraphs(text, told, known, least), least)
    readings = _hear_quotations(text, told, read, least)
    level = [*readings, *_read_turns(turns), *_read_embeds(embeds)]
    found: list[Reading] = []
    while level:
        inner, level = _look_inside(text, found, level, embeds, known, least)
        found += level
        level = inner
    return _put_in_order(found)


def find_told(text: str, blocks: Sequence[Block]) -> tuple[list[Place], list[Turn]]:
    """What of a text is read for statements, and its turns of talk, which are statements as they stand."""
    paragraphs = [find_place(text, [leave_out_label(text, b.span)], heading=b.kind == "heading") for b in blocks if b.kind in _READ]
    turns = find_turns(text, [p.spans[0] for p in paragraphs])
    spoken = {p for turn in turns for p in turn.paragraphs}
    return [p for p in paragraphs if p.spans[0] not in spoken], turns


def _read_paragraphs(text: str, paragraphs: Sequence[Place], known: Known, least: float) -> list[Reading]:
    """The statements of the paragraphs that stand in no content."""
    readings: list[Reading] = []
    starts = [p.spans[0].start for p in paragraphs]
    for relation in known.read(paragraphs):
        low = max(0, bisect_right(starts, relation.content[0].start) - 1)
        high = bisect_right(starts, relation.content[-1].end)
        quotations = [q for place in paragraphs[low:high] for q in find_near(place.quotations, relation.content)]
        found = _build_readings(text, quotations, relation, least)
        readings += (r for r in found if not paragraphs[low].heading or is_plain(text, r))
    return [replace(r, cue=()) if is_labelled(text, r) else r for r in _share_subjects(text, readings)]


def _share_subjects(text: str, readings: Sequence[Reading]) -> Iterator[Reading]:
    """`readings` in text order, those without a source with that of the one before if its verb goes on from there: "said it was late and
    insisted that nobody was hurt" (where annotators see two statements there, the source of both is one in 94 of 100).
    """
    before: Reading | None = None
    for reading in readings:
        if before and before.source and before.cue and reading.cue and not reading.source:
            start = reading.cue[0].start
            end = max((span.end for span in (*before.cue, *before.content) if span.start < start), default=start)
            if before.source[0] < before.cue[0] < reading.cue[0] and _GOES_ON.fullmatch(text, end, start):
                reading = replace(reading, source=before.source)
        before = reading
        yield reading


def _add_unmarked(text: str, paragraphs: Sequence[Place], readings: Sequence[Reading], least: float) -> list[Reading]:
    """`readings`, and what the paragraphs' print shows beside them, or of headings in their stead, in text order."""
    found: list[Reading] = []
    for place, mine in zip(paragraphs, _deal_out(paragraphs, readings), strict=True):
        kept = [] if read_whole(text, place, load_cues()) else mine
        found += (*kept, *(r for r in find_unmarked(text, place, kept) if r.confidence >= least))
    return sorted(found, key=lambda r: (r.content, r.cue))


def _find_within(text: str, place: Place, known: Known, told: Container[int], least: float) -> list[Reading]:
    """The statements that stand in a content and in none of each other's, in text order; cues in `told` have been heard already."""
    found = [
        reading
        for relation in known.find_inside(place)
        if not any(span.start in told for span in relation.cue)
        for reading in _build_readings(text, find_near(place.quotations, relation.content), relation, least)
        if reading.cue and (reading.source or is_labelled(text, reading))
        if not (reading.kind == "indirect" and _is_no_voice(text, reading))
    ]
    shared = (replace(r, content=content) for r in share_out(_find_outermost(found)) if (content := _tidy(text, r.content)))
    return [replace(r, cue=()) if is_labelled(text, r) else r for r in shared]


def _find_outermost(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Those that stand in no other's content; of two that each stand in the other's, the surer one."""
    ordered = sorted(readings, key=lambda r: r.content)
    longest = max((r.content[-1].end - r.content[0].start for r in ordered), default=0)
    for reading in ordered:
        cue = reading.cue[0].start
        first, last = (bisect_left(ordered, at, key=lambda r: r.content[0].start) for at in (cue - longest, cue + 1))
        around = [other for other in ordered[first:last] if _holds(other, reading)]
        if not any(not _holds(reading, other) or reading.confidence <= other.confidence for other in around):
            yield reading


def _holds(outer: Reading, inner: Reading) -> bool:
    """Whether one statement stands in another's content, cue and most of its words."""
    inside = sum(min(s.end, o.end) - max(s.start, o.start) for s in inner.content for o in outer.content if s.meets(o))
    cue = inner.cue[0].start
    return outer is not inner and any(o.start <= cue < o.end for o in outer.content) and 2 * inside >= sum(map(len, inner.content))


def _find_first_sentence(text: str, place: Place) -> Span:
    start = place.spans[0].start
    return Span(start, min(find_sentence_end(text, start), place.spans[-1].end))


def _build_readings(text: str, quotations: Sequence[Quotation], relation: Relation, least: float) -> Iterator[Reading]:
    """The relation as a reading, its edges put right; nothing if no content is left, or it is less sure than `least`."""
    source, cue, content = (_tidy(text, part) for part in (relation.source, relation.cue, relation.content))
    if content:
        kind = tell_kind(text, content, quotations)
        reading = Reading(content=content, cue=cue, source=source, kind=kind, confidence=relation.confidence)
        mended = mend(text, quotations, reading)
        weighed = weigh(text, mend_source(text, mended)) if mended else None
        if weighed and weighed.confidence >= least and not any(test(text, weighed) for test in (is_bare, is_asked, is_whose, is_compared)):
            yield weighed


def _tidy(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    tidied = []
    for span in spans:
        start, end = span.start, span.end
        while start < end and (text[start].isspace() or text[start] in ",;:"):
            start += 1
        while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:"):
            end -= 1
        start, end = _find_word_edge(text, start), _find_word_edge(text, end)
        if start < end:
            tidied.append(Span(start, end))
    return tuple(tidied)


def _find_word_edge(text: str, at: int) -> int:
    """`at`, or where it stands inside a word, that word's nearer edge: no span cuts a word in two."""
    after = _WORD_AFTER.match(text, at, at + _WORD_REACH)
    is_inside = after and _WORD_AFTER.match(text, max(0, at - 1), at)  # looked at first: looking back takes longer
    before = _WORD_BEFORE.search(text, max(0, at - _WORD_REACH), at) if is_inside else None
    if not before or not after:
        return at
    return before.start() if at - before.start() <= after.end() - at else after.end()


def _read_embeds(embeds: Sequence[Embed]) -> Iterator[Reading]:
    """A post's words are a statement of its author, without a cue."""
    for index, embed in enumerate(embeds):
        if embed.content:
            source = (embed.author_span,) if embed.author_span else ()
            yield Reading(content=embed.content, source=source, kind="direct", confidence=1.0, embed=index)


def _read_turns(turns: Sequence[Turn]) -> Iterator[Reading]:
    """A turn of talk is a statement of the speaker whom its label names, without a cue."""
    for turn in turns:
        yield Reading(content=turn.said, source=(turn.label,), kind="direct", confidence=1.0)


def _hear_quotations(text: str, paragraphs: Sequence[Place], readings: Sequence[Reading], least: float) -> list[Reading]:
    """Quotations that run on over paragraphs are joined to their statement; a paragraph that only quotes is what the one before it
    leads up to with a colon, or, right after one that quotes, a statement whose source the text does not name again.
    """
    heard: list[Reading] = []
    running: int | None = None  # the statement whose quotation the last paragraph left open
    quoted_before = False
    for before, place, mine in zip([None, *paragraphs], paragraphs, _deal_out(paragraphs, readings), strict=False):
        whole = find_whole_quotation(text, place.spans[0], place.quotations)
        if whole and not any(covers(reading, whole.inner) for reading in (*mine, *heard[-_NEAR:])):
            if running is not None:
                heard[running] = replace(heard[running], content=(*heard[running].content, whole.outer))
                running = None if whole.closed else running
                quoted_before = True
                continue
            led = read_after_lead(text, before, whole) if before else None
            if led and led.confidence >= least:
                heard[-_NEAR:] = [r for r in heard[-_NEAR:] if not any(part.meets(its) for its in r.cue for part in led.cue)]
                mine = [led]
            elif quoted_before:
                mine = [Reading(content=(whole.outer,), kind="direct", confidence=_INHERITED)]
        heard += mine
        running, quoted_before = None, any(r.kind != "indirect" for r in mine)
        for at in range(len(heard) - len(mine), len(heard)):
            if heard[at].kind != "indirect" and find_open_end(place.quotations, heard[at].content):
                running = at
    return heard


def _deal_out(paragraphs: Sequence[Place], readings: Sequence[Reading]) -> list[list[Reading]]:
    dealt: list[list[Reading]] = [[] for _ in paragraphs]
    starts = [p.spans[0].start for p in paragraphs]
    for reading in readings:
        dealt[bisect_right(starts, reading.content[0].start) - 1].append(reading)
    return dealt


def _look_inside(
    text: str, before: Sequence[Reading], level: Sequence[Reading], embeds: Sequence[Embed], known: Known, least: float
) -> tuple[list[Reading], list[Reading]]:
    """What is reported inside the contents of `level`, which follow on those of `before`; and `level` with its contents' predicates."""
    holders, places, first = [], [], len(before)
    translated = [replace(r, within=first + i, source=(), embed=None) for i, r in enumerate(level) if _is_translation(text, r, embeds)]
    whole = {r.within for r in translated}
    for index, reading in enumerate(level):
        inside = find_inside(text, reading.content) if first + index not in whole else []
        if sum(map(len, inside)) >= _LEAST_CHARACTERS:
            holders.append(index)
            places.append(find_place(text, inside))
    known.read([place for place in places if not known.has_read(place)])  # turns of talk and posts, which stand in no paragraph
    judged = known.judge([_find_first_sentence(text, place) for place in places])
    told = {i for reading in (*before, *level) for span in reading.cue for i in range(span.start, span.end)}
    nested = max(least, known.model.settings["nested_threshold"])
    dealt = [_find_within(text, place, known, told, nested) for place in places]
    inner = [
        replace(reading, within=first + holder)
        for holder, place, mine in zip(holders, places, dealt, strict=True)
        for reading in (*mine, *(r for find in (find_unmarked, find_held) for r in find(text, place, mine) if r.confidence >= least))
        if sum(map(len, reading.content)) < sum(map(len, place.spans))  # so that looking inside comes to an end
    ]
    predicates = dict(zip(holders, judged, strict=True))
    return [*translated, *inner], [replace(reading, judged=predicates.get(index, ())) for index, reading in enumerate(level)]


def _is_translation(text: str, reading: Reading, embeds: Sequence[Embed]) -> bool:
    """Whether a post gives its words, all of them in marks, under a label for somebody else's: "Translation: “…”"."""
    if reading.embed is None:
        return False
    start, end = reading.content[0].start, reading.content[-1].end
    label = _QUOTED_LABEL.fullmatch(text[embeds[reading.embed].span.start : start])
    inner = trim(text, strip_marks(text, reading.content[0], find_place(text, reading.content[:1]).quotations))
    is_quoted = len(reading.content) == 1 and start < inner.start and inner.end < end
    return label is not None and is_quoted and label[1].lower() in load_cues().documents


def find_inside(text: str, content: Sequence[Span]) -> list[Span]:
    """A content without the marks that enclose it, piece by piece: what is looked into."""
    inside = (trim(text, strip_marks(text, span, find_place(text, [span]).quotations)) for span in content)
    return [span for span in inside if len(span)]


def _is_no_voice(text: str, reading: Reading) -> bool:
    """Whether the source is the one who is speaking, or a bare relative pronoun: "I think" inside somebody's words is no second voice, nor
    is "crews who ask for no wage"; "I told them" is.
    """
    if len(reading.source) != 1:
        return False
    source = reading.source[0].of(text)
    is_speaker = _SPEAKER.match(source) is not None and not (find_words(text, reading.cue) & load_cues().telling)
    return is_speaker or source.lower() in load_cues().relatives


def _put_in_order(found: Sequence[Reading]) -> list[Reading]:
    depth: list[int] = []
    for reading in found:
        depth.append(0 if reading.within is None else depth[reading.within] + 1)
    order = sorted(range(len(found)), key=lambda i: (found[i].content[0].start, depth[i], found[i].content))
    place = {old: new for new, old in enumerate(order)}
    return [replace(found[i], within=None if (w := found[i].within) is None else place[w]) for i in order]
