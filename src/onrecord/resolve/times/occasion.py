"""When the statements of a document were said, with what is told around them and not beside their cues.

A statement that its own sentence does not date goes with the occasion that it plainly belongs to, looked for in this order:

- the quotation that it carries on, where it has no cue of its own;
- the making of the document that it is read from ("In a paper published on 2 June, … The paper states");
- the sentence before it in its paragraph, where that dates an act of its source ("rang on Monday. He said");
- a post with the same words, shown in the page with its day;
- the day of the talk, which an interview or a record of a hearing tells before its first turn;
- the date or clock time that heads a run of paragraphs, as live blogs and chronicles have it.

Each asks for the same source, or for the one document of its name: a time is left out rather than guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from onrecord.resolve.times.said import INTO, breaks, compile_words, ends_in, find_own_time, is_of_noun
from onrecord.resolve.who.voices import is_turn
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Embed, Interval, Reading, Span, Time

_MADE = 90  # code points from a document's name to the time of its making
_NAMES = 40  # places where a document's noun stands that are looked at
_BEFORE_TURNS = 1200  # code points before the first turn of an interview
_NEAR = 40  # statements that are looked through
_PRONOUN = 4  # code points of a pronoun, at most
_ONE_OF_SOME = re.compile(r"(?:an?|his|her|their)\b", re.I)
_AFTER_HEAD = re.compile(r",| (?:from|by|to|who|which|that|at|for|in) ")
_SAME = 6  # words that make a quotation the same as a post


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is known of a document's statements when their times are looked for."""

    text: str
    readings: Sequence[Reading]
    times: Sequence[Time]
    embeds: Sequence[Embed] = ()
    speakers: Sequence[str | None] = ()  # the id of each statement's source
    mentions: Mapping[str, Sequence[Span]] = field(default_factory=dict)  # where each source is mentioned
    published: date | None = None
    makings: dict[str, Interval | None] = field(default_factory=dict)  # of documents, by their noun, as they are found

    def get_speaker(self, index: int) -> str | None:
        return self.speakers[index] if self.speakers else None

    def list_times(self, start: int, end: int) -> list[Time]:
        """The times with days that begin from `start` up to `end`."""
        first = bisect_left(self.times, start, key=lambda t: t.span.start)
        last = bisect_left(self.times, end, key=lambda t: t.span.start)
        return [t for t in self.times[first:last] if t.days and t.type in ("DATE", "TIME")]

    def is_in_content(self, span: Span, outside: Span | None = None, holder: Sequence[Span] | None = None) -> bool:
        """Whether somebody's words, other than `holder`'s, hold `span`, and not `outside` with it."""
        last = bisect_right(self.readings, span.start, key=lambda r: r.content[0].start)
        near = (piece for reading in self.readings[max(0, last - _NEAR) : last] if reading.content != holder for piece in reading.content)
        return any(piece.holds(span) and not (outside and piece.holds(outside)) for piece in near)


def find_times_said(telling: Telling) -> list[Interval | None]:
    """The days in which each statement was said; None where the text does not tell. A post was said on the day it was posted."""
    talk = _find_talk(telling)
    headings = _find_headings(telling)
    found: list[Interval | None] = []
    for i, reading in enumerate(telling.readings):
        if reading.embed is not None:
            found.append(_find_posted(telling, reading))
        elif is_turn(reading):
            found.append(talk if reading.within is None else None)
        else:
            found.append(_find_told(telling, i, found))
        if found[-1] is None and reading.within is None and reading.embed is None:
            found[-1] = _find_heading(telling, reading, headings)
    return found


def _find_posted(telling: Telling, reading: Reading) -> Interval | None:
    posted = None if reading.embed is None else telling.embeds[reading.embed].posted
    return Interval(posted, posted) if posted else None


def _find_told(telling: Telling, index: int, found: Sequence[Interval | None]) -> Interval | None:
    reading = telling.readings[index]
    if not reading.cue:
        return _carry_on(telling, index, found) or _find_same_post(telling, reading)
    holder = None if reading.within is None else telling.readings[reading.within]
    return (
        find_own_time(telling.text, reading, holder, telling.times)
        or _find_shared(telling, index, found)
        or _find_made(telling, index)
        or _find_before(telling, index, found)
        or _find_same_post(telling, reading)
    )


def _carry_on(telling: Telling, index: int, found: Sequence[Interval | None]) -> Interval | None:
    """A quotation without a cue carries on the utterance of the last statement before it at its depth, if that is a quotation too."""
    readings = telling.readings
    for j in range(index - 1, -1, -1):
        if readings[j].within != readings[index].within or readings[j].embed is not None:
            continue
        return None if readings[j].kind == "indirect" else found[j]
    return None


def _find_shared(telling: Telling, index: int, found: Sequence[Interval | None]) -> Interval | None:
    """The days of what the same source said before in the same sentence: "said on Monday that … and added"."""
    text, reading, speaker = telling.text, telling.readings[index], telling.get_speaker(index)
    if speaker is None or index == 0 or _is_present(text, reading):
        return None
    start = find_sentence_start(text, reading.cue[0].start + INTO)
    for j in range(index - 1, max(-1, index - _NEAR), -1):
        other = telling.readings[j]
        if other.within == reading.within and other.cue and telling.get_speaker(j) == speaker:
            return found[j] if start <= other.cue[0].start < reading.cue[0].start and not _is_present(text, other) else None
    return None


# --- the making of a document ----------------------------------------------------------------------------------------


def _find_made(telling: Telling, index: int) -> Interval | None:
    """The days in which the letter, post or paper that is the source was made; None if the text dates two of them."""
    noun = _find_document_noun(telling, index)
    if noun is None:
        return None
    if noun not in telling.makings:
        telling.makings[noun] = _date_document(telling, noun)
    return telling.makings[noun]


def _date_document(telling: Telling, noun: str) -> Interval | None:
    places = islice(re.finditer(rf"\b{re.escape(noun)}\b", telling.text, re.I), _NAMES)
    days = [days for place in places if (days := _find_making(telling, place.end()))]
    best = [d for d, is_own in days if is_own] or [d for d, _ in days]
    return best[0] if best and len(set(best)) == 1 else None


def _find_document_noun(telling: Telling, index: int) -> str | None:
    """The head noun of the source, if it is a document; of what it was called before, if it is a pronoun."""
    text, spans = telling.text, telling.readings[index].source
    if spans and all(len(span) <= _PRONOUN for span in spans):
        spans = tuple(telling.mentions.get(telling.get_speaker(index) or "", ()))
    elif any(_ONE_OF_SOME.match(text, span.start) for span in spans):
        return None
    for span in spans:
        found = compile_words("documents", r"\b(%s)(?:['’]s)?\Z").search(_AFTER_HEAD.split(span.of(text), maxsplit=1)[0])
        if found:
            return found[1].lower()
    return None


def _find_making(telling: Telling, at: int) -> tuple[Interval, bool] | None:
    """The days of "dated 3 March" just after a document's name at `at`, and whether that is its own date and not its release's."""
    end = min(at + _MADE, find_sentence_end(telling.text, at, _MADE))
    made = compile_words("issued", r"\b(%s)\b").search(telling.text, at, end)
    if made is None or breaks("made_breaks", telling.text[at : made.start()]):
        return None
    time = next(iter(telling.list_times(made.end(), end)), None)
    if time is None or time.days is None or telling.is_in_content(time.span):
        return None
    between = telling.text[made.end() : time.span.start]
    if breaks("breaks", between) or ends_in("barred_lead", between) or is_of_noun(telling.text, time.span):
        return None
    return time.days, compile_words("own_date", r"(?:%s)\Z").match(made[1]) is not None


# --- the sentence before ---------------------------------------------------------------------------------------------


def _find_before(telling: Telling, index: int, found: Sequence[Interval | None]) -> Interval | None:
    """The days of an act of the same source that the sentence before tells of, in the same paragraph."""
    text, reading, speaker = telling.text, telling.readings[index], telling.get_speaker(index)
    here = find_sentence_start(text, _find_first(reading) + INTO)
    sentence = _find_sentence_before(text, here)
    if sentence is None or speaker is None or _is_present(text, reading) or _has_time(telling, here, reading):
        return None
    for j in range(index - 1, max(-1, index - _NEAR), -1):
        other = telling.readings[j]
        if other.within != reading.within or other.embed is not None or telling.get_speaker(j) != speaker:
            continue
        if not any(sentence.meets(cue) for cue in other.cue):
            break
        if (days := found[j]) and _is_short(days) and not _is_present(text, other):
            return days
    holder = None if reading.within is None else telling.readings[reading.within].content
    near = [m for m in telling.mentions.get(speaker, ()) if sentence.holds(m)]
    is_post = not near and any(compile_words("documents", r"\bthe (?:%s)\b").match(text, s.start, s.end) for s in reading.source)
    if is_post:
        return _find_act(telling, sentence, holder, "issued", [])
    others = (j for j in range(max(0, index - _NEAR), index) if telling.get_speaker(j) not in (None, speaker))
    cues = [cue for j in others if telling.readings[j].within == reading.within for cue in telling.readings[j].cue]
    return _find_act(telling, sentence, holder, "acts", cues) if near else None


def _has_time(telling: Telling, here: int, reading: Reading) -> bool:
    """Whether the sentence tells another time before what is said."""
    last = max(span.end for span in (*reading.cue, *reading.source))
    return any(not any(c.meets(t.span) for c in reading.content) for t in telling.list_times(here, last))


def _is_short(days: Interval) -> bool:
    return (days.last - days.first).days <= 31


def _find_act(telling: Telling, sentence: Span, holder: Sequence[Span] | None, acts: str, cues: Sequence[Span]) -> Interval | None:
    """The days of the act of saying that a sentence tells of, if it dates one thing only; `cues` are others' acts."""
    text = telling.text
    inside = telling.list_times(sentence.start, sentence.end)
    if len(inside) != 1:
        return None
    time = inside[0]
    matches = compile_words(acts, r"\b(?:%s)\b").finditer(text, sentence.start, sentence.end)
    found = [act for act in matches if not any(cue.start <= act.start() < cue.end for cue in cues)]
    if all(breaks("breaks", text[min(a.end(), time.span.end) : max(a.start(), time.span.start)]) for a in found):
        return None
    if is_of_noun(text, time.span) or ends_in("barred_lead", text[max(0, time.span.start - 24) : time.span.start]):
        return None
    if time.days is None or not _is_short(time.days) or (holder is not None and not any(span.holds(time.span) for span in holder)):
        return None
    return None if telling.is_in_content(time.span, sentence, holder) else time.days


def _find_first(reading: Reading) -> int:
    return min(span.start for span in (*reading.content[:1], *reading.cue[:1], *reading.source[:1]))


def _find_sentence_before(text: str, here: int) -> Span | None:
    """The sentence that ends at `here`; None where a paragraph begins."""
    end = here
    while end > 0 and text[end - 1] in " \t\u00a0\"'“‘":
        end -= 1
    if end == 0 or text[end - 1] in "\n\r":
        return None
    return Span(find_sentence_start(text, end - 1), end)


def _is_present(text: str, reading: Reading) -> bool:
    """Whether somebody "says" or "has said" it: in general, now, or before what the text tells."""
    return not reading.cue or compile_words("present", r"(?:%s)\b").match(text, reading.cue[0].start) is not None


# --- posts, talks, headings ------------------------------------------------------------------------------------------


def _find_same_post(telling: Telling, reading: Reading) -> Interval | None:
    """The day of the page's post that holds a quotation's words."""
    if reading.kind != "direct" and reading.kind != "mixed":
        return None
    words = _fold(telling.text, reading.content)
    days = {e.posted for e in telling.embeds if e.posted and e.content and words in _fold(telling.text, e.content)}
    return Interval(*days, *days) if len(days) == 1 and words.count(" ") >= _SAME else None


def _fold(text: str, spans: Sequence[Span]) -> str:
    return " ".join(["", *re.findall(r"\w+", " ".join(span.of(text) for span in spans).lower()), ""])


def _find_talk(telling: Telling) -> Interval | None:
    """The day of an interview or hearing, as the text before its first turn tells it."""
    turns = [r for r in telling.readings if r.within is None and is_turn(r)]
    if len(turns) < 2:
        return None
    text, end = telling.text, turns[0].source[0].start
    inside = telling.list_times(end - _BEFORE_TURNS, end)
    for act in compile_words("talks", r"\b(?:%s)\b").finditer(text, max(0, end - _BEFORE_TURNS), end):
        after = next((t for t in inside if act.end() <= t.span.start < act.end() + 50), None)
        if after and not breaks("breaks", text[act.end() : after.span.start]) and not is_of_noun(text, after.span):
            return after.days
        front = next((t for t in reversed(inside) if t.span.end <= act.start() < t.span.end + 40), None)
        if (
            front
            and not breaks("breaks", text[front.span.end : act.start()])
            and find_sentence_start(text, act.start() + INTO) >= front.span.start - 4
        ):
            return front.days
    return None


def _find_headings(telling: Telling) -> list[tuple[int, Interval]]:
    """Where each date or clock time that is a paragraph of its own stands, with its days; empty if they head nothing."""
    text = telling.text
    lines = [t for t in telling.times if _is_line(text, t.span) and not any(e.span.meets(t.span) for e in telling.embeds)]
    clocks = [t.span.start for t in lines if t.type == "TIME"]
    if len(clocks) >= 3 and telling.published:
        return [(at, Interval(telling.published, telling.published)) for at in clocks]
    days = [(t.span.start, t.days) for t in lines if t.days and t.type == "DATE" and t.days.first != telling.published]
    return days if len({d.first for _, d in days}) >= 2 else []


def _is_line(text: str, span: Span) -> bool:
    before, after = text[max(0, span.start - 2) : span.start], text[span.end : span.end + 2]
    return before.strip(" ") in ("\n", "\n\n") and (not after or after.lstrip(" .:")[:1] in ("\n", "\r"))


def _find_heading(telling: Telling, reading: Reading, headings: Sequence[tuple[int, Interval]]) -> Interval | None:
    """The day of the heading that a quotation stands under."""
    if reading.kind == "indirect":
        return None
    return next((days for at, days in reversed(headings) if at < _find_first(reading)), None)
