"""When a statement was said, if the text says: the time that belongs to its cue.

There is no parser, so a time counts only where news puts one for the act of saying: just after the cue or its hearer ("told
reporters on Monday"), between source and cue ("the ministry on Tuesday announced"), or at the clause's front ("In a statement on
Tuesday, …"). What lies in the content, behind a linking word ("after Monday's vote"), or in front of a noun ("a Friday meeting") is not
taken: rather no time than a wrong one. What a statement's own words do not tell may still be told around it: see `occasion`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from onrecord.resolve.times.vocabulary import load_time_words
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Interval, Reading, Span, Time

_REACH = 300  # code points of a sentence around the cue
_FAR = 110  # code points between a cue and its time
INTO = 2  # code points into a sentence from which its start can be told
_DAY_TYPES = ("DATE", "TIME")


def find_own_time(text: str, reading: Reading, holder: Reading | None, times: Sequence[Time]) -> Interval | None:
    """The days that the cue of `reading` stands with; for a statement inside another, only a time inside that one's content."""
    for time in _list_near(text, reading, times):
        if holder is not None and not any(span.holds(time.span) for span in holder.content):
            continue
        if any(span.meets(time.span) for span in reading.content):
            continue
        if _belongs(text, reading, time):
            return time.days
    return None


def _list_near(text: str, reading: Reading, times: Sequence[Time]) -> list[Time]:
    """The resolved times of the cue's sentence, nearest to the cue first, those after it before those before it."""
    cue = Span(reading.cue[0].start, reading.cue[-1].end)
    start = find_sentence_start(text, cue.start + INTO, _REACH)
    end = find_sentence_end(text, cue.end, _REACH)
    first = bisect_left(times, start, key=lambda t: t.span.start)
    last = bisect_left(times, end, key=lambda t: t.span.start)
    near = [t for t in times[first:last] if t.days and t.type in _DAY_TYPES]
    return sorted(near, key=lambda t: (t.span.start < cue.start, abs(t.span.start - cue.end)))


def _belongs(text: str, reading: Reading, time: Time) -> bool:
    """Whether a time outside the content is that of the cue."""
    lead = text[max(0, time.span.start - 24, find_sentence_start(text, time.span.start + INTO, 30)) : time.span.start]
    if any(span.holds(time.span) for span in reading.source):
        return is_issued(text[max(0, time.span.start - 30) : time.span.start])
    if not _is_of_talk(text, time.span, lead) and (is_of_noun(text, time.span) or ends_in("barred_lead", lead)):
        return False
    if any(span.meets(time.span) for span in reading.cue):
        return True
    cue = Span(reading.cue[0].start, reading.cue[-1].end)
    if time.span.start >= cue.end:
        return _follows(text, reading, cue, time.span)
    return _precedes(text, reading, cue, time.span)


def _follows(text: str, reading: Reading, cue: Span, time: Span) -> bool:
    """Just after the cue: only its hearer, place or medium between, and no content."""
    thing = next((span for span in reading.content if span.start < time.start and span.end > cue.end), None)
    if thing is not None:
        return _follows_thing(text, cue, thing, time)
    between = _TITLE.sub(" ", text[cue.end : time.start])
    if len(between) > _FAR:
        return False
    source = next((span for span in reading.source if span.start >= cue.end and span.end <= time.start), None)
    if source is not None:
        between = between[: source.start - cue.end] + " " + between[source.end - cue.end :]
    return not breaks("breaks", between)


def _follows_thing(text: str, cue: Span, thing: Span, time: Span) -> bool:
    """After a content that is a thing and not a clause, the time is the cue's: "endorsed the plan last week"."""
    words = load_time_words()
    if not cue.end <= thing.start <= cue.end + 4 or len(thing) > _THING or time.start < thing.end or len(text[thing.end : time.start]) > 40:
        return False
    is_clause = words.past.search(text, thing.start, thing.end) or words.future.search(text, thing.start, thing.end)
    if is_clause or compile_words("clause_marks", r"%s").search(text, thing.start, thing.end):
        return False
    return not breaks("breaks", _TITLE.sub(" ", text[thing.end : time.start]))


def _precedes(text: str, reading: Reading, cue: Span, time: Span) -> bool:
    """Between source and cue, or at the front of the source's clause."""
    between = text[time.end : cue.start]
    source = next((span for span in reading.source if span.start >= time.end and span.end <= cue.start), None)
    if any(span.start < cue.start and span.end > time.end for span in reading.content):
        return False
    if source is None:
        named = max((span.end for span in reading.source if span.end <= time.start), default=time.start)
        between = _AND.sub("", between)
        return len(between) <= 40 and not breaks("front_breaks", text[named : time.start]) and not breaks("front_breaks", between)
    gap = text[time.end : source.start]
    front = _CLAUSE.split(text[find_sentence_start(text, time.start + INTO, _REACH) : time.start])[-1]
    front = _LINK.sub("", front)
    if len(front) > 60 or breaks("front_breaks", front):
        return False
    return len(gap) <= 40 and (not breaks("front_breaks", gap) or (gap.startswith(", ") and _opens(front)))


_THING = 50  # code points of a content that is a thing
_TITLE = re.compile(r"[“\"‘'][A-Z][^“”\"‘]{0,40}[”\"’'](?=\W|\Z)")  # a programme's name: on “Good Morning” on Monday
_AND = re.compile(r",? and \Z")  # "rang on Monday and said"
_LINK = re.compile(r"(?:And|But|Then|So|Yet),? ")
_CLAUSE = re.compile(r"[:;—–] ?")


def _opens(front: str) -> bool:
    """Whether a time's adverbial stands at the front of a sentence, so that what follows its comma is the main clause."""
    return compile_words("openers", r"(?:%s)\b[^,]*\Z").match(front) is not None


# --- words around it -------------------------------------------------------------------------------------------------


@cache
def compile_words(name: str, form: str) -> re.Pattern[str]:
    """`form` with the words of the list `said.name` in the place of its `%s`."""
    return re.compile(form % load_time_words().said[name], re.I)


def ends_in(name: str, before: str) -> bool:
    return compile_words(name, r"(?:\b|(?<=\w))(?:%s)\s*\Z").search(before) is not None


def breaks(name: str, between: str) -> bool:
    """Whether another clause begins between a cue and a time."""
    return compile_words(name, r"[.;:!?“”\"]|\b(?:%s)\b").search(between) is not None


def is_of_noun(text: str, time: Span) -> bool:
    """Whether a time belongs to a noun after it: "Friday's vote", "a Monday meeting"."""
    return compile_words("nouns", r"['’]s?\b|-\w|\s+(?:%s)s?\b").match(text, time.end) is not None


def _is_of_talk(text: str, time: Span, lead: str) -> bool:
    """Whether a time stands before the occasion itself: "in a Friday letter", "at Monday’s news conference"."""
    led = compile_words("talk_leads", r"\b(?:%s)(?: (?:an?|the|his|her|its|their))? \Z").search(lead)
    return led is not None and compile_words("media", r"(?:['’]s)? (?:[a-z-]+ ){0,2}(?:%s)\b").match(text, time.end) is not None


def is_issued(before: str) -> bool:
    """Whether a time inside a source is that of its making: "a statement released on Monday"."""
    return compile_words("issued", r"\b(?:%s)\s+(?:\w+\s+)?(?:on|in|late|early)?\s*\Z").search(before) is not None
