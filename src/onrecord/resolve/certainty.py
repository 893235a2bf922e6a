"""How sure a report presents what it says as being: -3 (it is not so), 0 (open), 3 (it is so), with the words that tell.

Three readings, from the inside out. `rate_predicate` gives the value of one predicate in its sentence by what governs it (modals,
negation, conditions, verbs of wishing and planning; words and values are in `data/en-certainty.toml`) and by what the reader's head
found, where it has read the sentence: the two together are better than either (docs/decisions/0004-certainty.md). `rate_content`
takes a content and its cue: a report that says "confirmed" stands behind the content, one that says "said" leaves it open, one that
says "falsely claimed" denies it. `rate_certainty` follows the chain: nobody further out is surer than the one who relays, so a
content is presented as no surer than the weakest link.

A content that denies something ("he did not go") is as sure as one that asserts it: the sign tells whether the report stands
behind the content or against it, and only the chain can turn it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Certainty, Reading, Span

_WORD = re.compile(r"n['’]t\b|['’](?:s|d|ll|re|ve|m)\b|(?:(?!n['’]t\b)\w)+|[^\w\s]")
_REACH = 400  # code points on either side in which a sentence's edge is looked for
_BESIDE = 40  # code points outside a cue that may turn it: "falsely", "did not"
_DISPUTED = 0.5  # how sure a content can be that another statement doubts
_ENDS = frozenset(';:.!?—–"“”()[]')
_TURNS = ("false",)  # classes of cues that are heard from beside a cue, too
_OPENING = 90  # code points of a content in which its main predicate's words are looked for
_LEADING = 3  # words that lead up to a cue


@dataclass(frozen=True, slots=True)
class Words:
    """A class of words: what it makes of what it governs. `low` and `high` bound a content; for one predicate they are the same."""

    name: str
    low: float
    high: float
    negated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of one language, read from its data."""

    cues: Mapping[str, Words]
    operators: Mapping[str, Words]
    ranks: Mapping[str, int]
    plain: float
    head: float  # weight of the reader's head beside that of the words
    words: float
    open_phrases: re.Pattern[str]
    open_value: float
    reach: int
    condition_reach: int
    breaks: frozenset[str]
    before_nouns: frozenset[str]
    negations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Token:
    word: str
    span: Span


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-certainty.toml").read_text(encoding="utf-8"))
    scope = data["scope"]
    cues = [(row["words"], Words(row["name"], row["from"], row["to"], row["negated"])) for row in data["cues"]]
    operators = [
        (row["words"], Words(row["name"], row["value"], row["value"], row.get("negated", row["value"]))) for row in data["operators"]
    ]
    return Lexicon(
        cues=_spread(cues),
        operators=_spread(operators),
        ranks={words.name: rank for rank, (_, words) in enumerate(cues)},
        plain=data["plain"]["value"],
        head=data["mix"]["head"],
        words=data["mix"]["words"],
        open_phrases=re.compile(rf"\b(?:{'|'.join(data['open']['phrases'])})\b".replace(" ", r"\s+"), re.I),
        open_value=data["open"]["value"],
        reach=scope["words"],
        condition_reach=scope["condition_words"],
        breaks=frozenset(scope["breaks"]),
        before_nouns=frozenset(scope["before_nouns"]),
        negations=frozenset(scope["negations"]),
    )


def _spread(rows: Sequence[tuple[Sequence[str], Words]]) -> dict[str, Words]:
    """Each form of each word with its class; the first class that has a form keeps it."""
    spread: dict[str, Words] = {}
    for forms, words in rows:
        for form in forms:
            for inflected in inflect(form):
                spread.setdefault(inflected, words)
    return spread


def inflect(word: str) -> Iterator[str]:
    """An English word with its regular endings: "deny", "denies", "denied", "denying"."""
    yield word
    if not word.isalpha() or len(word) < 3:
        return
    stem = word[:-1] if word.endswith("e") else word
    if word.endswith("y") and word[-2] not in "aeiou":
        yield from (word[:-1] + "ies", word[:-1] + "ied", word + "ing")
        return
    yield word + ("es" if word.endswith(("s", "sh", "ch", "x")) else "s")
    yield from (stem + "ed", stem + "ing")
    if word[-1] not in "aeiouwxy" and word[-2] in "aeiou" and word[-3] not in "aeiou":
        yield from (f"{word}{word[-1]}ed", f"{word}{word[-1]}ing")


def find_tokens(text: str, span: Span) -> list[Token]:
    """Words and marks of `span`, in small letters; clitics apart ("did", "n't")."""
    return [Token(m.group().casefold().replace("’", "'"), Span(*m.span())) for m in _WORD.finditer(text, span.start, span.end)]


def find_sentence(text: str, span: Span) -> Span:
    """The sentence around `span`, no more than a few hundred characters of it."""
    start = find_sentence_start(text, span.start, _REACH)
    return Span(start, max(span.end, find_sentence_end(text, span.end, _REACH)))


# --- one predicate -----------------------------------------------------------------------------------------------------


def rate_predicate(text: str, predicate: Span, head: float | None = None, lexicon: Lexicon | None = None) -> Certainty:
    """How sure the author presents an event as being that the text's words at `predicate` name, and the word that governs it.

    `head` is the value that the reader's head has given; without it the words alone are heard.
    """
    lexicon = lexicon or load_lexicon()
    told = _rate_by_words(text, predicate, lexicon)
    return told if head is None else Certainty(max(-3.0, min(3.0, lexicon.head * head + lexicon.words * told.value)), told.span)


def _rate_by_words(text: str, predicate: Span, lexicon: Lexicon) -> Certainty:
    before = find_tokens(text, Span(find_sentence_start(text, predicate.start, _REACH), predicate.start))
    governing = list(_find_governing(before, lexicon))
    negation = next((t for t, words in governing if words.name == "negation"), None)
    others = [(t, words) for t, words in governing if words.name != "negation"]
    if not others:
        return Certainty(lexicon.operators[negation.word].low, negation.span) if negation else Certainty(lexicon.plain, None)
    token, words = min(others, key=lambda pair: pair[1].low)
    return Certainty(words.negated if negation else words.low, (negation or token).span)


def _find_governing(before: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[Token, Words]]:
    """The words before a predicate that govern it, the nearest first: those of its clause, and conditions further off."""
    inside = True
    for distance, token in enumerate(reversed(before), 1):
        if distance > lexicon.condition_reach:
            return
        inside = inside and distance <= lexicon.reach and token.word not in lexicon.breaks and token.word not in _ENDS
        words = lexicon.operators.get(token.word)
        if words is not None and (inside or words.name == "condition") and (words.name != "purpose" or distance == 1):
            yield token, words


# --- a content under its cue ---------------------------------------------------------------------------------------


def rate_content(text: str, reading: Reading, lexicon: Lexicon | None = None) -> Certainty:
    """How sure the one who relays a content presents it as being, by its cue and by its own main predicate."""
    lexicon = lexicon or load_lexicon()
    own = _rate_inside(text, reading, lexicon)
    heard = _hear_cue(text, reading, lexicon)
    if heard is None:
        report = lexicon.cues["said"]
        return own if own.value < report.high else Certainty(report.high, None)
    words, span, negated = heard
    if negated:
        return Certainty(words.negated, span)
    if words.high <= 0:
        return Certainty(words.low if words.name == "false" else max(words.low, min(words.high, -own.value)), span)
    value = max(words.low, min(words.high, own.value))
    return Certainty(value, own.span if own.span and own.value < words.high else span)


def _rate_inside(text: str, reading: Reading, lexicon: Lexicon) -> Certainty:
    """The content's own: how sure its main predicate is, as if it stood alone, whichever way round."""
    if (mark := _find_question(text, reading.content)) is not None:
        return Certainty(0.0, mark)
    opening = _find_opening(text, reading.content[0])
    told = _find_telling(find_tokens(text, opening), lexicon)
    main = next((judged for judged in reading.judged if not _is_noun(text, judged.span, lexicon)), None)
    value = (
        abs(rate_predicate(text, main.span, main.value, lexicon).value)
        if main
        else abs(lexicon.operators[told.word].low)
        if told
        else lexicon.plain
    )
    phrase = lexicon.open_phrases.search(text, opening.start, opening.end)
    if phrase is not None:
        return Certainty(min(value, lexicon.open_value), Span(*phrase.span()))
    return Certainty(value, told.span if told else None)


def _find_opening(text: str, content: Span) -> Span:
    """The first clause of a content, or so."""
    return Span(content.start, min(content.end, content.start + _OPENING, find_sentence_end(text, content.start, _OPENING)))


def _find_telling(opening: Sequence[Token], lexicon: Lexicon) -> Token | None:
    """The word of a content's first clause that makes it least sure; a negation does not, nor a bare "to" that is not its first word."""
    hits = [
        t for i, t in enumerate(opening) if (w := lexicon.operators.get(t.word)) and w.name != "negation" and (w.name != "purpose" or i < 1)
    ]
    return min(hits, key=lambda t: abs(lexicon.operators[t.word].low), default=None)


def _find_question(text: str, content: Sequence[Span]) -> Span | None:
    """The question mark of a content that is one question."""
    words = text[content[-1].start : content[-1].end].rstrip("\"'”’») ")
    if len(content) > 1 or not words.endswith("?") or any(mark in words[:-1] for mark in ".?!"):
        return None
    end = content[-1].start + len(words)
    return Span(end - 1, end)


def _is_noun(text: str, span: Span, lexicon: Lexicon) -> bool:
    before = find_tokens(text, Span(max(0, span.start - _BESIDE), span.start))
    return bool(before) and before[-1].word in lexicon.before_nouns


def _hear_cue(text: str, reading: Reading, lexicon: Lexicon) -> tuple[Words, Span, bool] | None:
    """The class of a cue, the words that tell, and whether the cue is negated; None where there is no cue that is known."""
    if not reading.cue:
        return None
    tokens = [t for span in reading.cue for t in find_tokens(text, span)]
    beside = _find_beside(text, reading)
    heard = [(words, t.span) for t in tokens if (words := lexicon.cues.get(t.word))]
    heard += [(words, t.span) for t in beside if (words := lexicon.cues.get(t.word)) and words.name in _TURNS]
    if not heard:
        return None
    words, span = min(heard, key=lambda pair: lexicon.ranks[pair[0].name])
    negation = next((t for t in (*_find_before(text, reading), *tokens) if t.word in lexicon.negations and t.span.start < span.start), None)
    return words, negation.span if negation else span, negation is not None


def _find_before(text: str, reading: Reading) -> list[Token]:
    """The few words that lead up to a cue without a mark between: "did not", "has yet to"; and its source ("nobody")."""
    first = reading.cue[0]
    before = [
        t for t in find_tokens(text, Span(max(0, first.start - _BESIDE), first.start)) if not any(t.span.meets(s) for s in reading.content)
    ]
    marks = [i for i, t in enumerate(before) if t.word in _ENDS or t.word == ","]
    return [*(t for s in reading.source for t in find_tokens(text, s)[:2]), *before[max(marks, default=-1) + 1 :][-_LEADING:]]


def _find_beside(text: str, reading: Reading) -> list[Token]:
    """The words of the cue's sentence close before and after the cue, but for those of source and content."""
    first, last = reading.cue[0], reading.cue[-1]
    sentence = find_sentence(text, Span(first.start, last.end))
    around = Span(max(sentence.start, first.start - _BESIDE), min(sentence.end, last.end + _BESIDE))
    taken = (*reading.content, *reading.source, *reading.cue)
    tokens = [t for t in find_tokens(text, around) if not any(t.span.meets(span) for span in taken)]
    stops = [t.span for t in tokens if t.word in _ENDS]
    low = max((s.end for s in stops if s.end <= first.start), default=around.start)
    high = min((s.start for s in stops if s.start >= last.end), default=around.end)
    return [t for t in tokens if low <= t.span.start < high]


# --- the chain ----------------------------------------------------------------------------------------------------------


def rate_certainty(text: str, readings: Sequence[Reading], disputed: Collection[int] = ()) -> list[Certainty]:
    """How sure the report presents each reading's content as being; holders stand before what they hold.

    `disputed` are the readings whose content another statement doubts or denies: they stay open, whatever their own cue says.
    """
    lexicon = load_lexicon()
    rated: list[Certainty] = []
    for index, reading in enumerate(readings):
        own = rate_content(text, reading, lexicon)
        if index in disputed and own.value > _DISPUTED:
            own = Certainty(_DISPUTED, own.span)
        if reading.within is not None and reading.within < index and abs(rated[reading.within].value) < abs(own.value):
            holder = rated[reading.within]
            own = Certainty(math.copysign(holder.value, own.value), holder.span)
        rated.append(Certainty(round(max(-3.0, min(3.0, own.value)), 2) + 0.0, own.span))  # no -0.0
    return rated
