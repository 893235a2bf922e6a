"""When a statement was said, if the text says: the time that belongs to its cue.

There is no parser, so a time counts only where news puts one for the act of saying: just after the cue or its hearer ("told
reporters on Monday"), between source and cue ("the ministry on Tuesday announced"), or at the clause's front ("In a statement on
Tuesday, …"). What lies in the content, behind a linking word ("after Monday's vote"), or in front of a noun ("a Friday meeting") is not
taken: rather no time than a wrong one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from onrecord.resolve.times.vocabulary import load_time_words
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Embed, Interval, Reading, Span, Time

_REACH = 300  # code points of a sentence around the cue
_FAR = 110  # code points between a cue and its time
_DAY_TYPES = ("DATE", "TIME")


def find_time_said(text: str, index: int, readings: Sequence[Reading], times: Sequence[Time], embeds: Sequence[Embed]) -> Interval | None:
    """The days in which statement `index` was said; None where the text does not tell. A post was said on the day it was posted."""
    reading = readings[index]
    if reading.embed is not None and (posted := embeds[reading.embed].posted):
        return Interval(posted, posted)
    if not reading.cue:
        return _inherit(text, index, readings, times, embeds)
    holder = None if reading.within is None else readings[reading.within].content
    for time in _list_near(text, reading, times):
        if holder is not None and not any(span.holds(time.span) for span in holder):
            continue
        if any(span.meets(time.span) for span in reading.content):
            continue
        if _belongs(text, reading, time):
            return time.days
    return None


def _inherit(text: str, index: int, readings: Sequence[Reading], times: Sequence[Time], embeds: Sequence[Embed]) -> Interval | None:
    """A quotation without a cue carries on the utterance of the last statement before it at its depth, if that is a quotation too."""
    reading = readings[index]
    before = next((j for j in range(index - 1, -1, -1) if readings[j].within == reading.within and readings[j].embed is None), None)
    if before is None or reading.embed is not None or readings[before].kind == "indirect":
        return None
    while before is not None and not readings[before].cue:
        before = next((j for j in range(before - 1, -1, -1) if readings[j].within == reading.within and readings[j].embed is None), None)
    return find_time_said(text, before, readings, times, embeds) if before is not None else None


def _list_near(text: str, reading: Reading, times: Sequence[Time]) -> list[Time]:
    """The resolved times of the cue's sentence, nearest to the cue first, those after it before those before it."""
    cue = Span(reading.cue[0].start, reading.cue[-1].end)
    start = find_sentence_start(text, cue.start, _REACH)
    end = find_sentence_end(text, cue.end, _REACH)
    first = bisect_left(times, start, key=lambda t: t.span.start)
    last = bisect_left(times, end, key=lambda t: t.span.start)
    near = [t for t in times[first:last] if t.days and t.type in _DAY_TYPES]
    return sorted(near, key=lambda t: (t.span.start < cue.start, abs(t.span.start - cue.end)))


def _belongs(text: str, reading: Reading, time: Time) -> bool:
    """Whether a time outside the content is that of the cue."""
    lead = text[max(0, time.span.start - 24) : time.span.start]
    if any(span.holds(time.span) for span in reading.source):
        return _is_issued(text[max(0, time.span.start - 30) : time.span.start])
    if _is_of_noun(text, time.span) or _ends_in("barred_lead", lead):
        return False
    if any(span.meets(time.span) for span in reading.cue):
        return True
    cue = Span(reading.cue[0].start, reading.cue[-1].end)
    if time.span.start >= cue.end:
        return _follows(text, reading, cue, time.span)
    return _precedes(text, reading, cue, time.span)


def _follows(text: str, reading: Reading, cue: Span, time: Span) -> bool:
    """Just after the cue: only its hearer, place or medium between, and no content."""
    between = text[cue.end : time.start]
    if len(between) > _FAR or any(span.start < time.start and span.end > cue.end for span in reading.content):
        return False
    source = next((span for span in reading.source if span.start >= cue.end and span.end <= time.start), None)
    if source is not None:
        between = between[: source.start - cue.end] + " " + between[source.end - cue.end :]
    return not _breaks("breaks", between)


def _precedes(text: str, reading: Reading, cue: Span, time: Span) -> bool:
    """Between source and cue, or at the front of the source's clause."""
    between = text[time.end : cue.start]
    source = next((span for span in reading.source if span.start >= time.end and span.end <= cue.start), None)
    if any(span.start < cue.start and span.end > time.end for span in reading.content):
        return False
    if source is None:
        named = max((span.end for span in reading.source if span.end <= time.start), default=time.start)
        return len(between) <= 40 and not _breaks("front_breaks", text[named : time.start]) and not _breaks("front_breaks", between)
    gap = text[time.end : source.start]
    front = text[find_sentence_start(text, time.start, _REACH) : time.start]
    return len(gap) <= 40 and not _breaks("front_breaks", gap) and len(front) <= 60 and not _breaks("front_breaks", front)


# --- words around it -------------------------------------------------------------------------------------------------


@cache
def _compile(name: str, form: str) -> re.Pattern[str]:
    """`form` with the words of the list `said.name` in the place of its `%s`."""
    return re.compile(form % load_time_words().said[name], re.I)


def _ends_in(name: str, before: str) -> bool:
    return _compile(name, r"(?:\b|(?<=\w))(?:%s)\s*\Z").search(before) is not None


def _breaks(name: str, between: str) -> bool:
    """Whether another clause begins between a cue and a time."""
    return _compile(name, r"[.;:!?“”\"]|\b(?:%s)\b").search(between) is not None


def _is_of_noun(text: str, time: Span) -> bool:
    """Whether a time belongs to a noun after it: "Friday's vote", "a Monday meeting"."""
    return _compile("nouns", r"['’]s?\b|-\w|\s+(?:%s)s?\b").match(text, time.end) is not None


def _is_issued(before: str) -> bool:
    """Whether a time inside a source is that of its making: "a statement released on Monday"."""
    return _compile("issued", r"\b(?:%s)\s+(?:\w+\s+)?(?:on|in|late|early)?\s*\Z").search(before) is not None
