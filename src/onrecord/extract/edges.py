"""Where a content begins and ends, put right by what print shows: marks, colons, commas, the ends of sentences.

The model's edges are right most often; what it gets wrong is what newspapers set by rule. Each step looks for one such thing and leaves
everything else alone. Contents that say nothing ("the opposite", "to comment") are dropped. To learn the edges from more text was the
alternative: PolNeAR has few of these cases, and marks them in several ways.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from onrecord.extract.cues import Cues, load_cues
from onrecord.extract.quotes import is_sentence, tell_kind
from onrecord.text import Quotation, find_sentence_start, find_sentence_starts, trim
from onrecord.types import Reading, Span

Spans = tuple[Span, ...]

_SHORT = 6  # words of a content that says nothing, or before a clause, at most
_GAP = 2  # words between two pieces of one content, at most
_ADDRESSEES = frozenset({"that", "me", "him", "her", "us", "them", "you"})
_RENDERED = 40  # characters of what is rendered, with its preposition, at most
_LEAD = 12  # words before a colon that may belong to what is quoted after it, at most
_DATELINE = re.compile(r"[A-Z][A-Z.’'-]+(?: [A-Z.’'-]+){0,3}(?:, [A-Z][\w.]*(?: [\w.]+){0,2})?(?: \([\w /]{2,30}\))? ?(?:--|[—–]|-(?= )) ?")
_NAME_FIRST = re.compile(r"(?:[A-Z][\w.’'-]* ){1,3}[A-Z][\w’'-]+, (?=[\w“\"‘])")
_APPOSED = re.compile(r",? (?:an?|the) [^,]{1,60},? ?")
_CLOSES = re.compile(r"[^()\n]{0,60}\)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MARK = re.compile(r"[“”„«»\"]|''|(?<!\w)['‘]")
_TAIL = r"[^.;:,“”\n]*[^.;:,“”\s]"
_SO = re.compile(r"\bsa(?:id|ys?) so\Z")
_SO_TAIL = re.compile(rf" (?:in|on|at|during|before|to) {_TAIL}")
_WHOSE = re.compile(r"(?:[A-Z][\w.’'-]* ){0,3}[A-Z][\w-]*(?:['’]s|(?<=s)['’]) (?:[a-z-]+ ){0,2}")
_CUT_THAT = re.compile(r"\bthat(?: \w\S*){1,2} \Z")
_NOTHING = re.compile(  # "him as saying", where the words stand elsewhere; "not to be named"
    r"(?:[\w.’'-]+ ){1,5}as saying\Z"
    r"|(?:not to be (?:named|identified)|to (?:remain|stay) anonymous|not to give (?:his|her|their) (?:\w+ )?names?)\b"
)
_SENTENCE_BREAK = re.compile(r"(?:[a-z]{4}[.!?]|[.!?…][”’\"'])\s+\Z")


def mend(text: str, quotations: Sequence[Quotation], reading: Reading) -> Reading | None:
    """The reading with its content's edges put right; None if it is none. `quotations` are those of its paragraph or holder."""
    cues = load_cues()
    for step in _STEPS:
        content = tuple(span for span in step(text, quotations, reading, cues) if len(span))
        if content and content != reading.content:
            reading = replace(reading, content=content, kind=tell_kind(text, content, quotations))
    return None if _is_empty(text, reading, cues) else reading


def find_words(text: str, spans: Sequence[Span]) -> frozenset[str]:
    """The words of some spans, in small letters."""
    return frozenset(m[0].lower() for s in spans for m in _WORD.finditer(text, s.start, s.end))


def count_words(text: str, spans: Sequence[Span]) -> int:
    """How many words some spans hold."""
    return sum(len(_WORD.findall(s.of(text))) for s in spans)


def _is_empty(text: str, reading: Reading, cues: Cues) -> bool:
    """Whether the content says nothing: "the opposite", or that somebody has not spoken, or is a thing that somebody gave others."""
    words = " ".join(s.of(text) for s in reading.content).strip(" .,;:").lower()
    if reading.cue and text[max(0, reading.cue[0].start - 3) : reading.cue[0].start].lower() == "so-":
        return True  # "the so-called “Battle of the Bakeries”"
    if words in cues.empty or (reading.kind == "indirect" and (_NOTHING.match(words) or _is_cut_clause(text, reading.content))):
        return True
    if reading.kind == "indirect" and find_words(text, reading.cue) & cues.giving and cues.thing.match(words):
        return True
    said = f"{' '.join(s.of(text) for s in reading.cue)} {words}"
    return (
        reading.kind == "indirect"
        and len(words.split()) <= _SHORT
        and bool(find_words(text, reading.cue) & cues.silent)
        and (cues.silence.search(said) is not None)
    )


def _is_cut_clause(text: str, content: Spans) -> bool:
    """Whether of a clause nothing is left but its "that", before a list too."""
    after = text[content[0].end : content[0].end + 2].strip()
    return len(content) == 1 and content[0].of(text).lower() == "that" and (after.isalnum() or after == ":")


# --- steps ----------------------------------------------------------------------------------------------------------------------


def _end_with_sentence(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """What is reported without marks does not go on over a sentence's end: “… shouted, “Leave it!” The third has not spoken”."""
    last = reading.content[-1]
    if reading.kind == "direct" or _MARK.match(text, last.start, last.end):
        return reading.content
    starts = find_sentence_starts(text)
    for k in range(bisect_right(starts, last.start), len(starts)):
        at = starts[k]
        if at >= last.end:
            break
        quoted = any(q.inner.start < at < q.inner.end for q in quotations) or _MARK.search(text, at, last.end)
        if not quoted and not text[at].islower() and _SENTENCE_BREAK.search(text, max(last.start, at - 12), at):
            return (*reading.content[:-1], trim(text, Span(last.start, at)))
    return reading.content


def _end_with_quotation(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """Of a quotation that it begins with, and has half of, a content has the rest too, if nobody speaks in between; where its words end
    the sentence, what is told after them is no part of it: "one yelled, ‘So have I!’ It was mental".
    """
    last = reading.content[-1]
    for q in quotations:
        beyond = text[q.outer.end : last.end].strip() if q.closed and q.outer.start == last.start else ""
        if beyond[:1].isupper() and text[q.inner.end - 1] in ".!?" and not _MARK.search(beyond):
            return (*reading.content[:-1], q.outer)
        is_cut = q.closed and last.start <= q.outer.start < last.end < q.outer.end and 2 * (last.end - q.outer.start) >= len(q.outer)
        rest = Span(last.end, q.outer.end)
        if is_cut and not _WORD.search(text, last.start, q.outer.start) and not any(s.meets(rest) for s in (*reading.cue, *reading.source)):
            return (*reading.content[:-1], Span(last.start, q.outer.end))
    return reading.content


def _begin_after_source(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "According to two men, who were there, it rained": what describes the source up to the comma is not reported."""
    first, *rest = reading.content
    if not reading.cue or reading.cue[-1].end > first.start or not reading.cue[0].of(text).lower().startswith("according"):
        return reading.content
    named = max((s.end for s in (*reading.source, *reading.cue) if s.end <= first.start), default=first.start)
    between = text[named : first.start]
    opening = first.of(text).lower().split()[:4]
    is_apposed = opening[0] in ("a", "an") and bool(cues.papers & set(opening))  # "According to Threads, a report published in May, …"
    is_described = bool(reading.source) and text[reading.source[-1].start].islower()
    is_apposed = is_apposed or (is_described and _NAME_FIRST.match(text, first.start, first.end) is not None)  # "the minister, Ann Reed, …"
    if not (re.search(r"\w", between) and "," not in between[-2:]) and opening[0] not in cues.relatives and not is_apposed:
        return reading.content
    comma = _find_outside(text, quotations, ",", first)
    if comma is None or len(text[comma + 1 : first.end].split()) < 3:
        return reading.content
    return (trim(text, Span(comma + 1, first.end)), *rest)


def _find_outside(text: str, quotations: Sequence[Quotation], mark: str, span: Span) -> int | None:
    """Where `mark` stands first in the span outside quotations."""
    at = text.find(mark, span.start, span.end)
    while at >= 0:
        inside = [q.outer.end for q in quotations if q.outer.start <= at < q.outer.end]
        if not inside:
            return at
        at = text.find(mark, max(inside), span.end)
    return None


def _keep_words_after_colon(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "quotes a notebook: ‘…’": the words are what is in marks, not what they are taken from."""
    first, last = reading.content[0], reading.content[-1]
    for q in quotations:
        if q.depth or not (first.start < q.outer.start < last.end <= q.outer.end) or not is_sentence(text, q):
            continue
        lead = " ".join(text[s.start : min(s.end, q.outer.start)] for s in reading.content if s.start < q.outer.start)
        words = {w.lower() for w in _WORD.findall(lead)}
        if _is_after_colon(text, q) and len(lead.split()) <= _LEAD and words & cues.documents and not _MARK.search(lead):
            return (Span(q.outer.start, min(last.end, q.outer.end)),)
    return reading.content


def _is_after_colon(text: str, quotation: Quotation) -> bool:
    return text[max(0, quotation.outer.start - 3) : quotation.outer.start].rstrip()[-1:] == ":"


def _end_before_own_words(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "they had heard it before: in August he promised “…”": what follows the colon has somebody of its own."""
    last = reading.content[-1]
    if reading.kind == "direct" or not any(q.outer.start > last.start and q.outer.end >= last.end for q in quotations):
        return reading.content
    colon = _find_outside(text, quotations, ":", last)
    if colon is None:
        return reading.content
    quote = next((q for q in quotations if q.outer.start > colon and q.outer.end >= last.end), None)
    words = text[colon + 1 : quote.outer.start].rstrip(" ,").split() if quote else []
    if len(words) > 1 and words[-1].lower() in cues.saying and colon - last.start > 8:
        return (*reading.content[:-1], Span(last.start, colon))
    return reading.content


def _end_before_refusal(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "confirmed that talks would resume but would not be drawn on the offer": what the source did not say."""
    last = reading.content[-1]
    refusal = cues.withheld.search(text, last.start, last.end) if reading.kind != "direct" else None
    if refusal is None or any(q.outer.start < refusal.start() < q.outer.end for q in quotations):
        return reading.content
    kept = trim(text, Span(last.start, refusal.start()))
    return (*reading.content[:-1], kept) if count_words(text, [kept]) > _GAP else reading.content


def _keep_rendered_words(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "renders it as “…”", "put ‘…’ on there": the words are those in marks."""
    words = find_words(text, reading.cue)
    for q in quotations:
        if q.depth or not q.closed or not any(q.outer.meets(s) for s in reading.content):
            continue
        is_last = q.outer.end >= reading.content[-1].end
        before = text[max(reading.content[0].start, q.outer.start - _RENDERED) : q.outer.start]
        if is_last and words & cues.rendering and re.fullmatch(r"(?:\w+ ){1,3}(?:as|to|into) ", before):
            return (q.outer,)
        after = re.match(r"\s+(\w+)", text[q.outer.end : q.outer.end + 20])
        is_first = q.outer.start <= reading.content[0].start < q.outer.end
        if is_first and not is_last and words & cues.writing and after and after[1] in cues.places:
            return (q.outer,)
    return reading.content


def _leave_out_relative(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "“…,” says a memo that somebody read to me": a clause about the source is not reported."""
    first = reading.content[0]
    quoted = any(q.closed and q.depth == 0 and q.outer.holds(first) for q in quotations)
    if not quoted or not reading.cue or reading.cue[0].start < first.end:
        return reading.content
    return (
        first,
        *(
            s
            for s in reading.content[1:]
            if any(q.outer.meets(s) for q in quotations) or s.of(text).split(None, 1)[0].lower() not in cues.relatives | {"that"}
        ),
    )


def _add_tail(text: str, _: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "blamed Pell, a minister, for the blockade"; "that she said so in a speech": what the verb or "so" asks for belongs to it."""
    *rest, last = reading.content
    verb = next((m[0].lower() for s in reversed(reading.cue) for m in reversed([*_WORD.finditer(s.of(text))])), "")
    content = " ".join(s.of(text) for s in reading.content)
    window = text[last.end : last.end + 300]
    found = None
    if preposition := cues.tails.get(verb):
        if not re.search(rf"\b{preposition}\b", content) and reading.cue[-1].end <= reading.content[0].start:
            found = re.match(rf"(?:, [^,.;:“”\n]{{1,80}},)? {preposition} {_TAIL}", window)
        elif reading.source and last.end <= reading.cue[0].start < reading.source[-1].end:
            begin = max(reading.cue[-1].end, reading.source[-1].end)
            if after := re.match(rf" ({preposition} (?:[“\"‘][^”\"\n]{{1,200}}[”\"’]|{_TAIL}))", text[begin : begin + 300]):
                return (*reading.content, Span(begin + after.start(1), begin + after.end(1)))
    elif _SO.search(content) and len(content.split()) > 3:
        found = _SO_TAIL.match(window)
    return (*rest, Span(last.start, last.end + found.end())) if found else reading.content


def _begin_with_clause(text: str, _: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """A clause whose "that", or whose subject at the sentence's start, was cut off has it."""
    first, *rest = reading.content
    own = (*reading.cue, *reading.source)
    if reading.kind == "direct" or not own:
        return reading.content
    begin = first.start
    cut = _CUT_THAT.search(text, max(0, first.start - 40), first.start)
    if cut and max((s.end for s in reading.cue), default=len(text)) <= cut.start():
        begin = cut.start()
    elif min(s.start for s in own) >= first.end and first.of(text).split(None, 1)[0] in cues.reported | cues.urging:
        start = find_sentence_start(text, first.start)
        begin = max(start, start + text[start : first.start].rfind("—") + 1, start + text[start : first.start].rfind("-- ") + 2)
        begin = begin if len(text[begin : first.start].split()) <= _SHORT else first.start
    elif min(s.start for s in own) >= first.end and _WHOSE.fullmatch(text, start := find_sentence_start(text, first.start), first.start):
        begin = start  # "Vell’s | lawyers had never seen it, she said"
    grown = trim(text, Span(begin, first.end))
    return (grown, *rest) if not any(grown.meets(s) for s in (*own, *rest)) else reading.content


def _close_gaps(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """Pieces with a word or two, or an apposition, between them that are neither cue nor source are one: only those break a content."""
    if reading.kind == "direct":
        return reading.content
    closed = [reading.content[0]]
    for span in reading.content[1:]:
        gap = Span(closed[-1].end, span.start)
        between = gap.of(text)
        is_own = any(s.start < gap.end and gap.start < s.end for s in (*reading.cue, *reading.source))
        is_long = len(between.split()) > _GAP and not _APPOSED.fullmatch(between)
        if is_own or is_long or _MARK.search(between) or re.search(r"[.;:!?\n]", between):
            closed.append(span)
        else:
            closed[-1] = Span(closed[-1].start, span.end)
    return tuple(closed)


def _begin_with_quotation(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """A content of quoted words alone that begins within a quotation begins with it, unless it is told there whose they are."""
    first, *rest = reading.content
    q = next((q for q in quotations if q.depth == 0 and q.closed and q.inner.start < first.start < q.inner.end), None)
    if reading.kind != "direct" or q is None:
        return reading.content
    cut = Span(q.outer.start, first.start)
    own = (*reading.cue, *reading.source, *rest)
    return (Span(cut.start, first.end), *rest) if not any(cut.meets(span) for span in own) else reading.content


def _begin_after_question(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """ "Did she believe him? “I believe the paper,” she said": what a sentence before the quotation asks or tells is not quoted."""
    first, *rest = reading.content
    q = next((q for q in quotations if q.depth == 0 and first.start < q.outer.start < first.end), None)
    before = text[first.start : q.outer.start] if q else ""
    is_told = any(0 <= first.start - span.end <= _GAP for span in reading.cue)  # "called it a coup. “We won.”"
    if not q or is_told or not before.rstrip().endswith(("?", ".", "!")) or len(_WORD.findall(before)) <= _GAP or _MARK.search(before):
        return reading.content
    return (Span(q.outer.start, first.end), *rest)


def _leave_out_dateline(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """ "PORT ELLERY, June 3 (CPN) — The pier burned, officials said": where it was written is nobody's words."""
    first, *rest = reading.content
    line = _DATELINE.match(text, first.start, first.end)
    return (trim(text, Span(line.end(), first.end)), *rest) if line else reading.content


def _close_bracket(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """ "at 22 kph (14 mph": a content that ends inside a bracket goes on to its end."""
    *rest, last = reading.content
    opened = text.rfind("(", last.start, last.end)
    if opened < 0 or text.find(")", opened, last.end) >= 0:
        return reading.content
    closed = _CLOSES.match(text, last.end)
    if closed is None or any(span.meets(Span(*closed.span())) for span in (*reading.cue, *reading.source)):
        return reading.content
    return (*rest, Span(last.start, closed.end()))


def _leave_out_conjunction(text: str, quotations: Sequence[Quotation], reading: Reading, cues: Cues) -> Spans:
    """ "As the union writes, “…”": the word that ties the sentence to the one before it is nobody's."""
    kept = tuple(s for s in reading.content if s.of(text).strip(" ,").lower() not in cues.conjunctions)
    return kept or reading.content


def _leave_out_addressee(text: str, quotations: Sequence[Quotation], reading: Reading, _: Cues) -> Spans:
    """ "that one told her, “…”", where only "that" and "her" were taken with the words: they are no words of his."""
    last = reading.content[-1]
    q = next((q for q in quotations if q.depth == 0 and q.outer.start < last.end <= q.outer.end), None)
    if q is None or not is_sentence(text, q) or text[q.outer.start - 2 : q.outer.start] not in (", ", ": "):
        return reading.content
    before = [Span(s.start, min(s.end, q.outer.start)) for s in reading.content if s.start < q.outer.start]
    words = [w for s in before for w in s.of(text).lower().strip(" ,:").split()]
    return (Span(q.outer.start, last.end),) if set(words) - {"that"} and set(words) <= _ADDRESSEES else reading.content


_STEPS = (
    _leave_out_conjunction,
    _begin_with_quotation,
    _begin_after_question,
    _leave_out_dateline,
    _close_gaps,
    _close_bracket,
    _leave_out_addressee,
    _end_with_sentence,
    _end_with_quotation,
    _begin_after_source,
    _keep_words_after_colon,
    _end_before_own_words,
    _end_before_refusal,
    _keep_rendered_words,
    _leave_out_relative,
    _add_tail,
    _begin_with_clause,
)
