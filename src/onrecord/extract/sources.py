"""The source of a reading, put right by what print shows: the subject of a verb for which the model named none, a hearer taken for a
speaker, a name cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from onrecord.extract.cues import load_cues
from onrecord.extract.edges import find_words
from onrecord.extract.labels import Label, read_label
from onrecord.extract.subjects import find_subject
from onrecord.text import find_sentence_start, trim
from onrecord.types import Reading, Span

_INVERTED = re.compile(r"((?:[A-Z][\w.’'-]* ){0,3}[A-Z][\w’'-]+),")
_COMMA_BEFORE = re.compile(r"[,”\"] \Z")
_CLAUSE_AFTER = re.compile(
    r" (?:not to|to|that (?:the|an?|this|these|those|he|she|it|they|we|I|you|his|her|its|their|our|my|your|there|[A-Z]\w*))\b"
)
_RENDERED = 40  # characters before a cue in which what is done to the subject may stand
_REST = re.compile(r"(?: (?:[A-Z][\w’'-]*[^\W\d_]|de|van|von|al|bin|la|da)){1,3}(?=(?P<end>,| \()?)")
_INITIALS = re.compile(r"(?:\b[A-Z]\.[ \u00a0]?){1,3}\Z")
_OPENING = re.compile(r"\b(?:the|an?|his|her|its|their|our|my|your) \Z", re.I)
_ARTICLE = re.compile(r"(?:the|an?)\Z", re.I)
_AGE = re.compile(r", (?:1[01])?\d{1,2}(?=[,.;:)”]|\s*\Z| who\b)")
_COMPOUND = re.compile(r"-\w[\w-]*")  # "The 19" goes on with "-year-old"
_DAY = re.compile(r",? (?:today|yesterday|tonight)\Z", re.I)
_OF = re.compile(r" of [^.;:“”\"‘!?\n]{2,80}?(?=,? \Z)")
_STOP = re.compile(r"[a-z]{2}[.!?…]\s+\Z")  # no initial's, no title's
_ACT = re.compile(
    r"(?P<who>(?:(?!\b(?:who|which|that)\b)[\w.’'-]+[ \u00a0]){0,5}?(?!(?:who|which|that)\b)[\w.’'-]+)[ \u00a0]"
    r"(?:rang|phoned|telephoned|texted|emailed)\b"
)
_TWO_NAMES = re.compile(r"(?:[A-Z][\w.’'-]*[ \u00a0]){0,3}[A-Z][\w’'-]*, (?P<last>(?:[A-Z][\w.’'-]*[ \u00a0]){0,3}[A-Z][\w’'-]*)")
_ASKED = re.compile(r"[A-Z]\w+ed\b[^.;:“”\"\n]{0,160}?\bby\b[^.;:“”\"\n]{1,80}, \Z")
_COLON_BEFORE = re.compile(r"\s?:\s*(?=[“\"‘'«„])")
_LEAD = 120  # code points before a colon that may say whose words follow
_BEFORE = 12  # code points before a source that are looked at
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def mend_source(text: str, reading: Reading) -> Reading:
    """The reading with a whole source, a subject for a verb without one, and no hearer for a speaker."""
    whole = name_source(text, complete_source(text, leave_out_article(text, reading)))
    return leave_out_hearer(text, name_owner(text, whole))


def leave_out_article(text: str, reading: Reading) -> Reading:
    """The reading without a source that is the article of its cue's noun: "the claim was", "the short answer is"."""
    if len(reading.source) != 1 or not reading.cue or not _ARTICLE.match(text, reading.source[0].start, reading.source[0].end):
        return reading
    source, cue = reading.source[0], reading.cue[0]
    is_next = source.end <= cue.start and not text[source.end : cue.start].strip()
    return replace(reading, source=(), cue=(Span(source.start, cue.end), *reading.cue[1:]) if is_next else reading.cue)


def complete_source(text: str, reading: Reading) -> Reading:
    """The reading with what was cut off its source: the rest of a name, initials and an article before it, an age after it."""
    if not reading.source:
        return reading
    reading = _leave_out_sentence_before(text, reading)
    last = _leave_out_asker(text, _leave_out_act(text, reading.source[-1]))
    reading = replace(reading, source=(*reading.source[:-1], last))
    first, *_, last = (*reading.source, reading.source[-1])
    before = text[max(0, first.start - _BEFORE) : first.start]
    content = reading.content
    if text[first.start : first.start + 1].isupper() and (initials := _INITIALS.search(before)):
        start = first.start - len(initials[0])
        content = tuple(span for span in content if not (start <= span.start and span.end <= first.start)) or content
        first = Span(start, first.end)
    elif text[first.start : first.start + 1].islower() and (opening := _OPENING.search(before)):
        first = Span(first.start - len(opening[0]), first.end)
    end = _find_name_end(text, last, reading.cue)
    if rest := _COMPOUND.match(text, end) or _AGE.match(text, end):
        end = rest.end()
    if day := _DAY.search(text, last.start, end):
        end = day.start()
    cue = next((span.start for span in reading.cue if end < span.start), end)
    if (more := _OF.match(text, end, cue)) and not find_words(text, [Span(*more.span())]) & load_cues().known:
        end = more.end()
    source = (first, *reading.source[1:])
    source = (*source[:-1], Span(source[-1].start, end))
    if any(span.meets(part) for part in source for span in (*reading.cue, *content)):
        return reading
    return replace(reading, source=source, content=content)


def _leave_out_act(text: str, source: Span) -> Span:
    """The source without what it did before it spoke: "The ambassador | rang in May and said"."""
    act = _ACT.match(text, source.start, source.end)
    return Span(source.start, act.end("who")) if act else source


def _leave_out_asker(text: str, source: Span) -> Span:
    """The source without who put something to it: "Challenged by his shadow, Priya Handcock, | Pillinger told"."""
    two = _TWO_NAMES.fullmatch(text, source.start, source.end)
    asked = _ASKED.match(text, find_sentence_start(text, source.start), source.start) if two else None
    return Span(two.start("last"), source.end) if two and asked else source


def _leave_out_sentence_before(text: str, reading: Reading) -> Reading:
    """The reading with a source of one sentence, that of its cue: "Dennis Cho. He told me"."""
    last = reading.source[-1]
    start = find_sentence_start(text, last.end)
    if not last.start < start < last.end or not reading.cue or reading.cue[0].start < start or not _STOP.search(text, last.start, start):
        return reading
    return replace(reading, source=(trim(text, Span(start, last.end)),))


def _find_name_end(text: str, source: Span, cue: Sequence[Span]) -> int:
    """Where the name that a source ends in ends: "Dr Imran" goes on with "Sayle", where a comma, a bracket or the cue is next."""
    name = source.of(text).rsplit(None, 1)[-1]
    rest = _REST.match(text, source.end)
    if not rest or not name[:1].isupper() or not name.isalpha():
        return source.end
    is_end = rest["end"] or any(span.start == rest.end() + 1 for span in cue)
    is_verb = {word.lower() for word in rest[0].split()} & load_cues().known
    return rest.end() if is_end and not is_verb else source.end


def name_source(text: str, reading: Reading) -> Reading:
    """The reading; if its cue is a verb of saying for which the model found no source, with the verb's subject as its source."""
    if reading.source or not reading.cue or not find_words(text, reading.cue[:1]) & load_cues().reported:
        return reading
    cue = reading.cue[0]
    if inverted := _name_inverted(text, reading):
        return inverted
    if cue.of(text).endswith("ing"):
        return reading
    said = find_subject(text, find_sentence_start(text, cue.start), cue)
    own = (*reading.content, *reading.cue)
    if not said.source or any(span.meets(said.source[0]) for span in own) or reading.content[0].start < cue.start:
        return reading
    return replace(reading, source=said.source)


def name_owner(text: str, reading: Reading) -> Reading:
    """The reading of a quotation behind a colon, its source the one whose words it is said to translate, or nobody where that is
    not said: "My translation of Colonel Pell’s post:", "Translation:".
    """
    label = _find_label(text, reading)
    if label is None or not label.renders:
        return reading
    if label.owner is None or label.noun is None:
        return replace(reading, source=())
    cue = tuple(part for part in reading.cue if not part.meets(label.owner))
    return replace(reading, source=(label.owner,), cue=cue or (label.noun,))


def is_labelled(text: str, reading: Reading) -> bool:
    """Whether a quotation stands behind a label that does not say whose it is, which is no cue: "Translation: “…”"."""
    label = None if reading.source else _find_label(text, reading)
    return label is not None and label.owner is None


def _find_label(text: str, reading: Reading) -> Label | None:
    first, parts = reading.content[0], (*reading.source, *reading.cue)
    colon = _COLON_BEFORE.search(text, max(0, first.start - 4), first.start + 1) if reading.kind == "direct" else None
    if colon is None or any(part.end > first.start for part in parts):
        return None
    lead = Span(find_sentence_start(text, colon.start(), _LEAD), colon.start())
    return None if any(part.start < lead.start for part in parts) else read_label(text, lead)


def _name_inverted(text: str, reading: Reading) -> Reading | None:
    """The reading with a name between its cue and the comma after it as its source: "the photographs, said Mauer, are on show"."""
    at = next((k for k, span in enumerate(reading.content) if reading.cue[-1].end < span.start <= reading.cue[-1].end + 1), 0)
    name = _INVERTED.match(text, reading.content[at].start, reading.content[at].end) if at else None
    if name is None or not _COMMA_BEFORE.search(text, max(0, reading.cue[0].start - 4), reading.cue[0].start):
        return None
    rest = trim(text, Span(name.end(), reading.content[at].end))
    content = (*reading.content[:at], *([rest] if len(rest) else []), *reading.content[at + 1 :])
    return replace(reading, source=(Span(*name.span(1)),), content=content)


def leave_out_hearer(text: str, reading: Reading) -> Reading:
    """The reading without a source that hears what somebody else says: "they were told that", "hauled in and told to"."""
    if not reading.source or not reading.cue or reading.source[-1].end > reading.cue[0].start:
        return reading
    words = [w.lower() for span in reading.cue for w in _WORD.findall(span.of(text))]
    cues = load_cues()
    if words[-1:] in (["heard"], ["hears"]) and find_words(text, reading.source) & cues.courts:
        return replace(reading, source=())
    heard = next((k for k in range(len(words) - 1, -1, -1) if words[k] in cues.hearing), None)
    if heard is None:
        return reading
    before = words[:heard] or _WORD.findall(text[max(0, reading.cue[0].start - _RENDERED) : reading.cue[0].start].lower())[-1:]
    is_passive = bool(cues.being & set(before[-3:]))
    is_bare = words[heard] in cues.addressing and _CLAUSE_AFTER.match(text, reading.cue[-1].end) is not None  # who tells, tells somebody
    return replace(reading, source=()) if is_passive or is_bare else reading
