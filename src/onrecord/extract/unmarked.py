"""Statements that the model has no cue for, by what print shows: quotations after a colon or a verb, tags, second verbs, verdicts.

Each finder looks for one form that English news sets always the same, in what no reading covers yet; words in marks alone are
never enough (scare quotes are no statements). Confidences are the shares of PolNeAR's development articles that a form is right in where it
occurs there, and one for the rest.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from onrecord.extract.cues import Cues, load_cues
from onrecord.extract.headlines import find_headlined
from onrecord.extract.labels import read_label
from onrecord.extract.quotes import Place, find_near, is_sentence, tell_kind
from onrecord.extract.subjects import find_subject
from onrecord.text import Quotation, find_sentence_end, find_sentence_start, trim
from onrecord.types import Reading, Span

Spans = tuple[Span, ...]

_SURE = 0.55
_SURER = 0.7  # where a verb and its subject stand by
_REACH = 300  # code points of a sentence before or after a quotation that are read
_OBJECT = r"(?:\s+(?:(?:to\s+)?(?:me|us|him|her|them|you)|(?!that\b)[\w’'.-]+(?:\s[\w’'.-]+){0,3}))?"
_VERB_BEFORE = re.compile(rf"\b(?P<verb>\w+)(?:{_OBJECT}(?P<mark>[,:])|(?P<plain>))\s*\Z")
_WORD = re.compile(r"\b\w+\b")
_PASSIVE = re.compile(r"\b(?:is|was|were|are|been|being)\s+(?:\w+ly\s+)?\Z")
_POSSESSIVE = ("’s", "'s")
_TOKEN = re.compile(r"\w+(?:[’'-]\w+)*")
_LABEL = re.compile(r"[\"'“‘]?[^\W\d_a-z][^.!?:;“”\n]{0,80}\Z")
_TOPIC = re.compile(r" (?:on|in|at|to|via|about|after) ")  # "Soutar on the Rovers: “…”", "The Sheriff’s Office on X: “…”"
_ATTRIBUTED = re.compile(r"(?P<cue>(?:[Qq]uotes? )?attribut(?:able|ed) to) (?P<who>[^\n]{2,120})\Z")
_POSTED = re.compile(
    r"\b(?P<verb>posted|posts|tweeted|tweets|wrote|writes|replied|replies|texted|texts)"
    r"(?: (?:this|on [A-Z]\w*|earlier|again|back))?: +(?=[A-Z])"
)
_TAG_AFTER = re.compile(r"\s*(?P<source>(?:it|he|she|they|[Tt]he \w+|an? \w+|[A-Z]\w+(?: [A-Z]\w+)?)) (?P<verb>\w+)(?=\s*[.,:;])")
_DASH = re.compile(r"\s*[―—–-]{1,2}\s*(?P<name>[^\W\d_a-z][\w.’'-]*(?: [^\W\d_a-z][\w.’'-]*| (?:de|van|von|al|bin|la|da)){0,4})[\s.]*\Z")
_SECOND = re.compile(r",? and (?P<cue>(?:\w+ly |also |later |then )?(?P<verb>\w+)) (?P<what>(?!that\b)[^.;:!?“”\n]{1,80}? to \w[^.;!?\n]*)")
_QUOTED_AS = re.compile(
    r"\b(?P<cue>(?:is|was|were|are|be|been)\s+(?:(?:also|widely|later) )?(?:quoted|heard|cited)(?: by [^,.;:“”\n]{1,60}?)?(?: as)? "
    r"(?:saying|telling(?: (?!that\b)[\w’'.-]+){1,5}))(?P<mark>[:,]?) "
)
_QUOTING = re.compile(
    r"\s++(?P<agency>[^,.;:“”\"\n]{1,60}?) (?P<cue>(?:quoted|quotes|cited|cites) (?P<who>[^,.;:“”\"\n]{1,60}?) as (?:saying|telling))\b"
)
_DISMISSED = re.compile(
    r"\b(?P<cue>(?:rejected|dismissed|denounced|condemned|described|rejects|dismisses|denounces|condemns)) "
    r"(?P<what>as [“\"‘][^“”\"\n]{2,80}[”\"’]"
    r" (?:an?|the|any|all|these|those|this|that|reports|claims|suggestions|allegations) \w)"
)
_TOLD_BY = re.compile(
    r"\b(?:is|was|are|were|been|being) (?:\w+ )?(?P<cue>(?:told|informed|assured|warned|advised|notified|briefed)) by "
    r"(?P<who>(?:(?!\bthat\b)[^,.;:“”\"\n]){2,60}?),? (?P<what>that [^.;“”\"\n]+)"
)
_IN_WORDS = re.compile(r"\b(?P<cue>[Ii]n (?P<who>his|her|their|[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}(?=[’']s))(?:[’']s)? (?:own )?words)[,:] ")
_BE = re.compile(r"\b(?:is|was|are|were|sounded|seemed|remained)\s+")
_CLAIM = re.compile(r"\s+(?:this|that|the|it|his|her|their|its)\b")
_CLAIMED = 80  # code points from what is rated to its verdict
_DUMMIES = frozenset({"it", "this", "that", "what", "there", "one"})
_LETTER = re.compile(r"\w")


def find_unmarked(text: str, place: Place, readings: Sequence[Reading]) -> list[Reading]:
    """Statements in a place that `readings`, those found in it, do not cover, in text order. Offsets are the text's."""
    found: list[Reading] = []
    cues, covered = load_cues(), Covered(place, readings)
    for finder in _FINDERS:
        for reading in finder(text, place, covered, readings, cues):
            if not any(covered.holds(span) for span in reading.content):
                covered.add(reading)
                found.append(reading)
    return sorted(found, key=lambda r: r.content)


class Covered:
    """Which characters of a place stand in contents already."""

    def __init__(self, place: Place, readings: Sequence[Reading]) -> None:
        self._start = place.spans[0].start
        self._cells = bytearray(place.spans[-1].end - self._start)
        for reading in readings:
            self.add(reading)

    def add(self, reading: Reading) -> None:
        for span in reading.content:
            low, high = self._cut(span)
            self._cells[low:high] = b"\1" * (high - low)

    def holds(self, span: Span) -> bool:
        """Whether more than half of `span` stands in contents."""
        low, high = self._cut(span)
        return 2 * self._cells.count(1, low, high) > len(span)

    def _cut(self, span: Span) -> tuple[int, int]:
        low = min(max(0, span.start - self._start), len(self._cells))
        return low, max(low, min(len(self._cells), span.end - self._start))


def covers(reading: Reading, span: Span) -> bool:
    """Whether the reading's content is most of `span`, so that the two are one statement."""
    shared = sum(max(0, min(s.end, span.end) - max(s.start, span.start)) for s in reading.content)
    return 2 * shared > len(span)


def _find_own(place: Place, at: int) -> Span:
    """The place's span that `at` stands in; an empty one where none does."""
    span = place.spans[max(0, bisect_right(place.spans, at, key=lambda s: s.start) - 1)]
    return span if span.start <= at <= span.end else Span(at, at)


def _find_start(text: str, place: Place, at: int) -> int:
    """Where the sentence at `at` begins within the place's own span."""
    return max(_find_own(place, at).start, find_sentence_start(text, at, _REACH))


def _build(text: str, place: Place, content: Spans, cue: Spans, source: Spans, confidence: float) -> Reading:
    near = find_near(place.quotations, content)
    return Reading(content=content, cue=cue, source=source, kind=tell_kind(text, content, near), confidence=confidence)


def _leave_out_stop(text: str, span: Span) -> Span:
    return Span(span.start, span.end - 1) if text[span.end - 1 : span.end] == "." else span


# --- quotations -----------------------------------------------------------------------------------------------------------------


def _find_quoted(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """Quotations after a colon or a verb of saying, or before one."""
    for q in place.quotations:
        if q.depth or covered.holds(q.inner):
            continue
        start = _find_start(text, place, q.outer.start)
        before = text[start : q.outer.start].rstrip()
        is_led = before.endswith(":") and is_sentence(text, q)
        reading = _read_label(text, place, q, Span(start, start + len(before) - 1)) if is_led else None
        reading = reading or _read_after_verb(text, place, q, start, cues) or _read_after_rendering(text, place, q, start, cues)
        if reading is None and is_led:
            reading = _read_after_colon(text, place, q, start, cues)
        if reading := reading or _read_before_verb(text, place, q, cues):
            yield reading


def _read_label(text: str, place: Place, q: Quotation, lead: Span) -> Reading | None:
    """ "My translation of Pell’s post: “…”", "Translation: “…”"."""
    label = read_label(text, lead)
    if label is None:
        return None
    source, cue = ((label.owner,), (label.noun,)) if label.owner and label.noun else ((), ())
    return _build(text, place, (q.outer,), cue, source, _SURE)


def _read_after_verb(text: str, place: Place, q: Quotation, start: int, cues: Cues) -> Reading | None:
    """ "one patient had told her, “…”", "a sign reading “…”"."""
    low = max(start, q.outer.start - 80)
    match = _VERB_BEFORE.search(text, low, q.outer.start)
    verb = _find_verb(text, Span(match.start(), q.outer.start), cues.saying) if match else None
    if verb is None or not (_is_end(text, q) or is_sentence(text, q)):
        return None
    between = text[verb.end : q.outer.start].strip()
    if between and between[-1] not in ",:":
        return None
    is_addressed = verb.of(text).lower() in cues.urging
    if len(between) > 1 and not is_addressed and between.split()[0].lower() not in (*cues.prepositions, "that"):
        return None
    said = find_subject(text, start, verb)
    is_passive = is_addressed and _PASSIVE.search(text, said.cue.start, verb.start) is not None
    source = () if is_passive else said.source
    return _build(text, place, (q.outer,), (said.cue,), source, _SURER if source else _SURE)


def _find_verb(text: str, span: Span, verbs: frozenset[str]) -> Span | None:
    """The last of `verbs` in a span; after a determiner, a preposition or a possessive, a word is a noun ("a note", "in reply")."""
    cues = load_cues()
    words = [(m[0].lower(), m.span()) for m in _TOKEN.finditer(text, span.start, span.end)]
    for k in range(len(words) - 1, -1, -1):
        before = words[k - 1][0] if k else ""
        is_whose = before in cues.pronouns and words[k][0].endswith("ed")  # "another fumed", not "another note"
        is_noun = (before in cues.determiners | cues.prepositions and not is_whose) or (
            before[-2:] in _POSSESSIVE and before[:-2] not in cues.pronouns
        )
        if words[k][0] in verbs and not is_noun:
            return Span(*words[k][1])
    return None


def _is_end(text: str, q: Quotation) -> bool:
    """Whether a quotation of two words or more ends as a sentence does, within its marks."""
    inner = q.inner.of(text).strip()
    return len(inner.split()) > 1 and inner[-1:] in ".!?…,"


def _read_after_rendering(text: str, place: Place, q: Quotation, start: int, cues: Cues) -> Reading | None:
    """ "shortened that to “…”", "was translated by the Daily as “…”"."""
    match = re.search(r"\b(?:as|to|into)\s*\Z", text[max(start, q.outer.start - 6) : q.outer.start])
    verb = _find_verb(text, Span(max(start, q.outer.start - 80), q.outer.start), cues.rendering) if match else None
    if verb is None or len(q.inner.of(text).split()) < 2:
        return None
    said = find_subject(text, start, verb)
    by = re.match(r"\s+by\s+((?:(?!\b(?:as|to|into)\b)[^,.;:“”\n])+?)\s+(?:as|to|into)\s*\Z", text[verb.end : q.outer.start])
    source = (Span(verb.end + by.start(1), verb.end + by.end(1)),) if by else said.source
    return _build(text, place, (q.outer,), (said.cue,), source, _SURE) if source else None


def _read_after_colon(text: str, place: Place, q: Quotation, start: int, cues: Cues) -> Reading:
    """ "There is a note in his hand: ‘…’", "Dr Osei of the institute: “…”", "He had one rule, he wrote: “…”"."""
    lead = Span(start, start + len(text[start : q.outer.start].rstrip()) - 1)
    if given := _ATTRIBUTED.search(text, lead.start, lead.end):
        return _build(text, place, (q.outer,), (Span(*given.span("cue")),), (Span(*given.span("who")),), _SURER)
    if reading := _read_label(text, place, q, lead):
        return reading
    if verb := _find_verb(text, lead, cues.saying):
        said = find_subject(text, start, verb)
        return _build(text, place, (q.outer,), (said.cue,), said.source, _SURER if said.source else _SURE)
    words = [Span(*m.span()) for m in _WORD.finditer(text, lead.start, lead.end)]
    small = [w.of(text).lower() for w in words]
    noun = next((k for k in range(len(small) - 1, -1, -1) if small[k] in cues.documents), None)
    if noun is not None:
        first = noun
        while first and noun - first < 4 and small[first] not in cues.determiners:
            first -= 1
        source: Spans = (Span(words[first].start, words[noun].end),) if small[first] in cues.determiners else (words[noun],)
    else:
        topic = _TOPIC.search(text, lead.start, lead.end)
        who = Span(lead.start, topic.start() if topic else lead.end)
        is_label = start == _find_own(place, start).start and _LABEL.match(text, who.start, who.end)
        plain = {m[0].lower() for m in _WORD.finditer(text, who.start, who.end)}
        source = (who,) if is_label and not plain & (cues.auxiliaries | cues.known) else ()
    return _build(text, place, (q.outer,), (), source, _SURE)


def read_after_lead(text: str, before: Place, quotation: Quotation) -> Reading | None:
    """The statement that a paragraph's quotation is, where the paragraph `before` it ends in a colon: "Mr Askew, 60, said:"."""
    end = before.spans[-1].end
    if text[end - 1 : end] != ":" or text[end : quotation.outer.start].strip():
        return None
    reading = _read_after_colon(text, before, quotation, _find_start(text, before, end - 1), load_cues())
    return replace(reading, kind="direct")  # its marks are not those of the place before


def _read_before_verb(text: str, place: Place, q: Quotation, cues: Cues) -> Reading | None:
    """ "‘Dear Ghost,’ it begins. ‘Neither.’": with what is quoted next, if nothing stands between."""
    is_open = q.closed and q.inner.of(text).rstrip()[-1:] in (",", "?", "!")
    match = _TAG_AFTER.match(text, q.outer.end, min(_find_own(place, q.outer.end).end, q.outer.end + 80)) if is_open else None
    if match is None or match["verb"] not in cues.saying:
        return None
    later = place.quotations[bisect_right(place.quotations, match.end() - 1, key=lambda o: o.outer.start) :][:1]
    content = (q.outer, *(o.outer for o in later if not _LETTER.search(text, match.end(), o.outer.start)))
    return _build(text, place, content, (Span(*match.span("verb")),), (Span(*match.span("source")),), _SURER)


def _find_signed(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """A paragraph that is a quotation and, after a dash, a name."""
    whole = place.spans[0]
    outer = next((q.outer for q in place.quotations if q.depth == 0 and q.closed), None)
    if outer is None or len(place.spans) > 1 or outer.start != whole.start or len(outer.of(text).split()) < 4:
        return
    if match := _DASH.match(text, outer.end, whole.end):
        yield _build(text, place, (outer,), (), (Span(*match.span("name")),), _SURER)


# --- reports without marks ------------------------------------------------------------------------------------------------------


def _find_heard(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "The post was deleted, the court heard.": nobody is named."""
    for span in place.spans:
        for match in cues.heard.finditer(text, span.start, span.end):
            start = _find_start(text, place, match.start())
            content = trim(text, Span(start, match.start()))
            if len(content.of(text).split()) > 2:
                verb = Span(match.start("verb") + match["verb"].rfind(" ") + 1, match.end("verb"))
                yield _build(text, place, (content,), (verb,), (), _SURE)


def _find_second(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "said that it was so and urged the crowd to stay": the second verb has the first one's source."""
    for reading in readings:
        end = reading.content[-1].end
        match = _SECOND.match(text, end, min(_find_own(place, end).end, end + _REACH)) if reading.source else None
        if match and match["verb"] in cues.urging and match["verb"].endswith(("ed", "d", "s", "t", "g")):
            content = trim(text, Span(*match.span("what")))
            yield _build(text, place, (content,), (Span(*match.span("cue")),), reading.source, _SURE)


def _find_demanded(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "rejected the offer and demanded an inquiry", "promised a report and did not rule out a ban"."""
    for reading in readings:
        end = reading.content[-1].end
        is_first = reading.source and reading.cue and reading.cue[-1].start < reading.content[0].start
        match = cues.demanded.match(text, end, min(_find_own(place, end).end, end + _REACH)) if is_first else None
        if match and match["what"].split(None, 1)[0] not in (*cues.breaks, *cues.prepositions):
            content = _leave_out_stop(text, trim(text, Span(*match.span("what"))))
            yield _build(text, place, (content,), (Span(*match.span("cue")),), reading.source, _SURE)


def _find_dismissed(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "The port yesterday rejected as “pure invention” a claim that …": what is rejected, with what it is called."""
    told = {span.start for reading in readings for span in reading.cue}
    for span in place.spans:
        for match in _DISMISSED.finditer(text, span.start, span.end):
            verb = Span(*match.span("cue"))
            if verb.start in told:
                continue
            start = _find_start(text, place, verb.start)
            said = find_subject(text, start, verb)
            end = min(span.end, find_sentence_end(text, match.end()))
            if said.source:
                yield _build(
                    text, place, (_leave_out_stop(text, trim(text, Span(match.start("what"), end))),), (verb,), said.source, _SURER
                )


def _find_quoted_as(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "He is quoted as telling the firm that “…”", "In her words, it was “…”": what has a quotation in it, to its end."""
    for span in place.spans:
        for pattern in (_QUOTED_AS, _IN_WORDS):
            for match in pattern.finditer(text, span.start, span.end):
                end = min(span.end, find_sentence_end(text, match.end()))
                k = bisect_right(place.quotations, match.end() - 1, key=lambda o: o.outer.start)
                q = next((o for o in place.quotations[k : k + 1] if o.depth == 0 and o.outer.start < end), None)
                if q is None or ":" in text[match.end() : q.outer.start]:
                    continue
                verb = Span(*match.span("cue"))
                source: Spans
                if pattern is _IN_WORDS:
                    cue, source = verb, (Span(*match.span("who")),)
                else:
                    said = find_subject(text, _find_start(text, place, verb.start), verb)
                    source, cue = said.source, said.cue
                yield _build(text, place, (Span(match.end(), q.outer.end),), (cue,), source, _SURER if source else _SURE)


def _find_quoting(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "“…,” the agency quoted him as saying": the words are those in marks, with the next ones if nothing stands between."""
    for q in place.quotations:
        match = _QUOTING.match(text, q.outer.end, min(_find_own(place, q.outer.end).end, q.outer.end + 200)) if q.depth == 0 else None
        if match and not covered.holds(q.inner):
            yield _build(text, place, (q.outer,), (Span(*match.span("cue")),), (Span(*match.span("who")),), _SURER)


def _find_manner(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "A second official was less certain: the voice was his"."""
    for span in place.spans:
        for match in _BE.finditer(text, span.start, span.end):
            manner = cues.manner.match(text, match.end(), span.end)
            if manner is None:
                continue
            content = _leave_out_stop(text, trim(text, Span(manner.end(), min(span.end, find_sentence_end(text, manner.end())))))
            said = find_subject(text, _find_start(text, place, match.start()), Span(match.start(), match.start() + len(match[0].rstrip())))
            is_somebody = said.source and said.source[0].of(text).lower() not in _DUMMIES
            if is_somebody and len(content.of(text).split()) > 2:
                yield _build(text, place, (content,), (Span(said.cue.start, manner.end() - 1),), said.source, _SURE)


def _find_verdict(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "PlainFacts rates the claim FALSE"."""
    for span in place.spans:
        for match in cues.rating.finditer(text, span.start, span.end):
            what = _CLAIM.match(text, match.end(), span.end)
            verdict = next(cues.verdict.finditer(text, what.end(), min(span.end, what.end() + _CLAIMED)), None) if what else None
            said = find_subject(text, _find_start(text, place, match.start()), Span(*match.span()))
            if verdict and verdict[0].strip("“‘\"'")[:1].isupper() and not re.search(r"[.;:,]", text[match.end() : verdict.start()]):
                content = trim(text, Span(match.end(), verdict.end()))
                yield _build(text, place, (content,), (said.cue,), said.source, _SURE)


def _find_posted(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "North Valley Trains tweets: No service today. Sorry.": what stands after the colon, without marks, to the paragraph's end."""
    for span in place.spans:
        match = _POSTED.search(text, span.start, span.end)
        if match and not (place.quotations and place.quotations[-1].outer.end > match.end()):
            verb = Span(*match.span("verb"))
            said = find_subject(text, _find_start(text, place, verb.start), verb)
            content = trim(text, Span(match.end(), span.end))
            if said.source and len(content.of(text).split()) > 2:
                yield _build(text, place, (content,), (said.cue,), said.source, _SURE)


def _find_impersonal(text: str, place: Place, covered: Covered, readings: Sequence[Reading], cues: Cues) -> Iterator[Reading]:
    """ "It’s understood the singer was in Spain.", also at the end; "There are fears that the tracks could buckle.": nobody is named."""
    for span in place.spans:
        for match in cues.impersonal.finditer(text, span.start, span.end):
            content = _leave_out_stop(text, trim(text, Span(match.end(), min(span.end, find_sentence_end(text, match.end())))))
            if len(content.of(text).split()) > 2 and match.start() == _find_start(text, place, match.start()):
                yield _build(text, place, (content,), (Span(*match.span("verb" if match["verb"] else "noun")),), (), _SURE)
        for match in cues.impersonal_after.finditer(text, span.start, span.end):
            content = trim(text, Span(_find_start(text, place, match.start()), match.start()))
            if len(content.of(text).split()) > 2:
                yield _build(text, place, (content,), (Span(*match.span("verb")),), (), _SURE)


def find_held(text: str, place: Place, readings: Sequence[Reading]) -> list[Reading]:
    """What a content with marks in it says that somebody called something, would do or put somewhere: "the Brigade had vowed to
    “guard every wing”", "he’s put ‘paid to lie’ on there".
    """
    cues, covered = load_cues(), Covered(place, readings)
    found: list[Reading] = list(_find_told(text, place, covered))
    for q in place.quotations:
        if q.depth or covered.holds(q.inner):
            continue
        start = _find_start(text, place, q.outer.start)
        low = max(start, q.outer.start - 80)
        verb = _find_verb(text, Span(low, q.outer.start), cues.calling | cues.committing | cues.writing)
        if verb is None:
            continue
        if verb.of(text).lower() in cues.writing:
            found += _find_put(text, place, q, verb, cues)
            continue
        between = text[verb.end : q.outer.start]
        promised = verb.of(text).lower() in cues.committing
        is_whole = re.match(r"\s+to\b", between) if promised else between.strip()
        if re.search(r"[,.;:“”]", between) or len(between.split()) > 6 or not is_whole:
            continue
        said = find_subject(text, start, verb)
        if said.source:
            found.append(_build(text, place, (trim(text, Span(verb.end, q.outer.end)),), (said.cue,), said.source, _SURER))
    return found


def _find_told(text: str, place: Place, covered: Covered) -> Iterator[Reading]:
    """ "The ministry had been informed by mediators that the talks were off"."""
    for span in place.spans:
        for match in _TOLD_BY.finditer(text, span.start, span.end):
            content = _leave_out_stop(text, trim(text, Span(*match.span("what"))))
            if not covered.holds(content):
                yield _build(text, place, (content,), (Span(*match.span("cue")),), (Span(*match.span("who")),), _SURER)


def _find_put(text: str, place: Place, q: Quotation, verb: Span, cues: Cues) -> Iterator[Reading]:
    after = re.match(r"\s+(\w+)", text[q.outer.end : min(_find_own(place, q.outer.end).end, q.outer.end + 20)])
    said = find_subject(text, _find_start(text, place, verb.start), verb)
    if said.source and after and after[1] in cues.places and not text[verb.end : q.outer.start].strip():
        yield _build(text, place, (q.outer,), (said.cue,), said.source, _SURER)


_FINDERS: tuple[Callable[[str, Place, Covered, Sequence[Reading], Cues], Iterator[Reading]], ...] = (
    _find_quoted,
    _find_signed,
    _find_heard,
    _find_second,
    _find_demanded,
    _find_quoting,
    _find_quoted_as,
    _find_dismissed,
    _find_manner,
    _find_verdict,
    _find_impersonal,
    _find_posted,
    find_headlined,
)
