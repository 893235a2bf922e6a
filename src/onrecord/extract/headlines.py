"""Statements in headlines, by the forms that headlines have and sentences have not.

    Council leader: no plan to quit            Ex-treasurer ‘misled’ inquiry - report
    Reservoir ‘safe’, says inspector           Rates Could Fall Again, Central Banker Signals
    ‘We thought the instrument was broken’: physicists on the particle that should not exist

A label before a colon or after a dash is a source only if its noun is one for somebody who speaks ("Analysis: …" and "Live: …" are none).
What has the form of a sentence ("Union warns of cuts") is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onrecord.extract.cues import Cues
from onrecord.extract.quotes import Place, find_near, tell_kind
from onrecord.text import Quotation, trim
from onrecord.types import Reading, Span

_CONFIDENCE = 0.55
_WORDS = 25  # of a headline, at most
_WHO = 6  # words of a source, at most
_SHORT = 4  # words of one that needs no noun that tells that it speaks, at most
_SENTENCE = re.compile(r"[.!?…]\Z")
_NAME = r"(?P<who>[^,.;:“”\"‘!?]{2,60}?)"
_LABEL = re.compile(rf"{_NAME}: +(?=\S)")
_AFTER_DASH = re.compile(rf"\s+(?:-{{1,2}}|[–—]) ?{_NAME}\Z")
_SAYS_WHO = re.compile(rf", (?P<cue>\w+) {_NAME}\Z")
_WHO_SAYS = re.compile(rf", {_NAME} (?P<cue>\w+)\Z")
_WHO_AFTER = re.compile(
    r": (?P<who>(?:the |an? )?[^\W\d_][^,.;:“”\"‘’!?]{1,40}?)(?= (?:on|about|of|after|over|as|at|in|to|recalls?|remembers?)\b|\Z)", re.I
)
_TOPIC = re.compile(r" (?:on|in|at|to|via|about|after|over) ", re.I)
_PERSON = re.compile(r"\b(?:I|me|my|[Ww]e|us|our|[Yy]ou|[Hh]e|[Ss]he|[Tt]hey|[Ii]t)\b")
_ACRONYM = re.compile(r"[A-Z]{2,6}\Z")
_ADDRESS = re.compile(r"\w@\w|://|\bwww\.|\d{3} \d{3}")
_OF = re.compile(r" (?:of|in|at|for|from|by|to) ")
_TOKEN = re.compile(r"[^\W\d_][\w-]*")


def find_headlined(text: str, place: Place, _covered: object, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """The statement of a heading, or of a line that stands like one, where the model found none; a finder of `unmarked`."""
    line = place.spans[0]
    if readings or len(place.spans) > 1 or not is_headline(text, line):
        return
    for read in (_read_label, _read_dash, _read_verb, _read_quotation):
        if reading := read(text, place, line, cues):
            yield reading
            return


def read_whole(text: str, place: Place, cues: Cues) -> Reading | None:
    """The statement that a whole heading is, by who says it at its end; what else stands in it is part of what is said."""
    if not place.heading or not is_headline(text, place.spans[0]):
        return None
    return _read_dash(text, place, place.spans[0], cues) or _read_verb(text, place, place.spans[0], cues)


def is_headline(text: str, line: Span) -> bool:
    """Whether a paragraph is one line that does not end as a sentence does."""
    if len(line) > 250 or _SENTENCE.search(text, line.start, line.end) or _ADDRESS.search(text, line.start, line.end):
        return False
    return "\n" not in line.of(text) and len(line.of(text).split()) <= _WORDS


def _read_label(text: str, place: Place, line: Span, cues: Cues) -> Reading | None:
    """ "Council leader: no plan to quit", "Bishop on asylum: ‘We can do better’"."""
    label = _LABEL.match(text, line.start, line.end)
    if label is None or label["who"].lower() in cues.labels:
        return None
    topic = _TOPIC.search(text, line.start, label.end("who"))
    who = Span(line.start, topic.start() if topic else label.end("who"))
    quotation = _find_outer(place, label.end())
    is_short = len(who.of(text).split()) <= _WHO
    is_last = quotation is not None and len(text[quotation.outer.end : line.end].split()) < 2  # else it is told there who said it
    if quotation and is_last and is_short and _PERSON.search(quotation.inner.of(text)):
        return _build(text, place, quotation.outer, (), (who,))
    is_kicker = " " in who.of(text) and who.of(text).isupper() and not line.of(text).isupper()  # "COOL CUSTOMER: The penguin at the zoo"
    if topic is None and not is_kicker and _is_speaker(text, who, cues):
        return _build(text, place, Span(label.end(), line.end), (), (who,))
    return None


def _read_dash(text: str, place: Place, line: Span, cues: Cues) -> Reading | None:
    """ "Ex-treasurer ‘misled’ inquiry - report"."""
    dash = _AFTER_DASH.search(text, line.start, line.end)
    if dash is None or not _is_speaker(text, Span(*dash.span("who")), cues):
        return None
    return _build(text, place, Span(line.start, dash.start()), (), (Span(*dash.span("who")),))


def _read_verb(text: str, place: Place, line: Span, cues: Cues) -> Reading | None:
    """ "Reservoir ‘safe’, says inspector", "Rates Could Fall, Central Banker Signals", "Pier burned for hours, court hears"."""
    for pattern in (_SAYS_WHO, _WHO_SAYS):
        if (match := pattern.search(text, line.start, line.end)) and len(match["who"].split()) <= _WHO:
            cue, who = Span(*match.span("cue")), Span(*match.span("who"))
            words = {m[0].lower() for m in _TOKEN.finditer(text, who.start, who.end)}
            if match["cue"].lower() in cues.headlined and not words & (cues.breaks | cues.auxiliaries | cues.known):
                return _build(text, place, Span(line.start, match.start()), (cue,), (who,))
    return None


def _read_quotation(text: str, place: Place, line: Span, cues: Cues) -> Reading | None:
    """ "‘It’s a car park with a fountain’: traders on the new square"; words of a person are somebody's even where nobody is named."""
    quotation = _find_outer(place, line.start)
    if quotation is None or text[quotation.outer.end : quotation.outer.end + 2] != ": " or not _PERSON.search(quotation.inner.of(text)):
        return None
    who = _WHO_AFTER.match(text, quotation.outer.end, line.end)
    source: tuple[Span, ...] = ()
    if who:
        named, is_all = Span(*who.span("who")), who.end() == line.end and len(who["who"].split()) <= _SHORT
        source = (named,) if is_all or _is_speaker(text, named, cues) else ()
    return _build(text, place, quotation.outer, (), source)


def _find_outer(place: Place, at: int) -> Quotation | None:
    """The closed quotation that begins at `at`."""
    return next((q for q in place.quotations if q.depth == 0 and q.closed and q.outer.start == at), None)


def _is_speaker(text: str, who: Span, cues: Cues) -> bool:
    """Whether a label names somebody or something that speaks: "Ex-minister", "the mayor of Tern Bay", "IMD", "leaked memo"."""
    words = [m[0] for m in _TOKEN.finditer(text, who.start, who.end)]
    if not words or len(words) > _WHO:
        return False
    if len(words) == 1 and _ACRONYM.match(words[0]):
        return words[0].lower() not in cues.labels
    head = _TOKEN.findall(_OF.split(who.of(text))[0])[-1:]
    titled = words[:1] if len(words) > 1 and words[-1][0].isupper() else []
    return any(part in cues.speakers for word in (*head, *titled) for part in (word.lower(), word.lower().rpartition("-")[2]))


def _build(text: str, place: Place, content: Span, cue: tuple[Span, ...], source: tuple[Span, ...]) -> Reading | None:
    content = trim(text, content)
    if len(content.of(text).split()) < 2:
        return None
    kind = tell_kind(text, (content,), find_near(place.quotations, (content,)))
    return Reading(content=(content,), cue=cue, source=source, kind=kind, confidence=_CONFIDENCE)
