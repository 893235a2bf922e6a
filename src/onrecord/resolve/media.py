"""Where it was said: the platform of a post, and what the words around a cue tell of interviews, letters, statements, filings.

Read are the words of the cue's sentence outside the content. Where they tell nothing, a document says it by what it is called, a turn of
an interview by being one, and what a source says next is taken for said in the same place, if nobody else speaks between. Words are
data (`data/LANGUAGE-media.toml`).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from onrecord.resolve.who.voices import is_turn
from onrecord.sieve import Sieve
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Embed, Reading, Source, Span

_REACH = 400  # code points on either side in which a sentence's edge is looked for
_NEAR = 4  # statements before one whose words are left out where a scene is looked for
_SCENE = 700  # code points up to the next statement of a source that is said in the same place
_INTRODUCTION = 1500  # code points before the first turn in which a text says that it is an interview

_NO_CLAUSE = (
    r"(?<!\band\s)(?<!\bbut\s)(?<!\bwhile\s)(?<!\bwhen\s)(?<!\bthat\s)(?<!\bafter\s)(?<!\band the\s)(?<!\bbut the\s)(?<!\bwhile the\s)\Z"
)

Patterns = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, from `data/LANGUAGE-media.toml`."""

    phrases: Patterns
    sieve: Sieve  # of the phrases
    documents: Patterns
    relays: Patterns
    scenes: frozenset[str]
    spoken: frozenset[str]
    writing: re.Pattern[str]
    unreal: re.Pattern[str]
    interview_labels: frozenset[str]
    interviews: re.Pattern[str]
    originators: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]  # before and after the name of whose words they are
    passing: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]  # before and after the name of who passes them on


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-media.toml").read_text(encoding="utf-8"))
    phrases = _compile(data["phrases"], r"\b(?:{})\b")
    return Lexicon(
        phrases=phrases,
        sieve=Sieve(pattern for pattern, _ in phrases),
        documents=_compile(data["documents"], r"\b(?:{})\b"),
        relays=_compile(data["relays"], r"\b(?:{})\Z"),
        scenes=frozenset(data["scenes"]),
        spoken=frozenset(data["spoken"]),
        writing=re.compile(rf"\b(?:{data['writing']})\b", re.I),
        unreal=re.compile(rf"\b(?:{data['unreal']})\b|n['’]t\b", re.I),
        interview_labels=frozenset(data["interview_labels"]),
        interviews=re.compile(rf"\b(?:{data['interviews']})\b", re.I),
        originators=tuple(map(_split, data["passing"]["originators"])),
        passing=tuple(map(_split, data["passing"]["relays"])),
    )


def _compile(rows: Sequence[tuple[str, str]], frame: str) -> Patterns:
    return tuple((re.compile(frame.format(phrase), re.I), medium) for phrase, medium in rows)


def _split(phrase: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before `{name}`, and what after it."""
    before, after = phrase.split("{name}")
    ahead = rf"\b(?:{before.rstrip()})\s?(?<=\s)(?:(?:the|an?)\s)?\Z" if before else _NO_CLAUSE
    return re.compile(ahead, re.I), re.compile(rf"{after}\b" if after else "", re.I)


def find_media(
    text: str, readings: Sequence[Reading], speakers: Sequence[str | None], sources: Mapping[str, Source], embeds: Sequence[Embed]
) -> list[str | None]:
    """The medium of each reading; `speakers` are its sources' ids."""
    lexicon = load_lexicon()
    talk = _tell_talk(text, readings, lexicon)
    found: list[str | None] = []
    for index, (reading, speaker) in enumerate(zip(readings, speakers, strict=True)):
        if reading.embed is not None:
            found.append(embeds[reading.embed].platform)
        elif is_turn(reading):
            found.append(talk)
        else:
            holder = None if reading.within is None else readings[reading.within]
            medium = _find_told(text, reading, holder, lexicon) or _name_document(sources.get(speaker or ""), lexicon)
            medium = medium or _carry_on(index, readings, speakers, found, lexicon)
            found.append(medium or _find_scene(text, index, readings, sources.get(speaker or ""), lexicon))
    return found


def name_relay(name: str) -> str | None:
    """What a body that passes words on is: a newspaper, a news agency, a broadcaster; None if its name does not tell."""
    return next((medium for pattern, medium in load_lexicon().relays if pattern.search(name)), None)


def find_around(text: str, reading: Reading) -> Span:
    """From the start of the sentence that the cue or source begins in to the end of the one that it ends in."""
    parts = [*reading.cue, *reading.source] or [*reading.content]
    start, end = min(p.start for p in parts), max(p.end for p in parts)
    return Span(find_sentence_start(text, start, _REACH), find_sentence_end(text, end, _REACH))


def cut_out(span: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """What is left of `span` between the holes."""
    at = span.start
    for hole in sorted(h for h in holes if h.meets(span)):
        if at < hole.start:
            yield Span(at, hole.start)
        at = max(at, hole.end)
    if at < span.end:
        yield Span(at, span.end)


def _find_told(text: str, reading: Reading, holder: Reading | None, lexicon: Lexicon) -> str | None:
    """What the sentence says, inside the content of the holder if there is one."""
    if not reading.cue and not reading.source:
        return None
    around = find_around(text, reading)
    within = (
        [around]
        if holder is None
        else [Span(max(s.start, around.start), min(s.end, around.end)) for s in holder.content if s.meets(around)]
    )
    told = " ".join(part.of(text) for span in within for part in cut_out(span, reading.content))
    return next((medium for pattern, medium in lexicon.phrases if pattern.search(told)), None) if lexicon.sieve.may_find(told) else None


def _name_document(source: Source | None, lexicon: Lexicon) -> str | None:
    """What a document that speaks is, by its name."""
    if source is None or source.kind != "document":
        return None
    return next((medium for pattern, medium in lexicon.documents if pattern.search(source.name)), None)


def _tell_talk(text: str, readings: Sequence[Reading], lexicon: Lexicon) -> str | None:
    """Whether the turns of talk are an interview's: by their labels, or by what stands before them."""
    turns = [r for r in readings if is_turn(r)]
    if not turns:
        return None
    labels = {t.source[0].of(text).strip(" .:") for t in turns}
    begin = turns[0].source[0].start
    introduced = lexicon.interviews.search(text, max(0, begin - _INTRODUCTION), begin)
    return "interview" if labels & lexicon.interview_labels or introduced else None


def _find_scene(text: str, index: int, readings: Sequence[Reading], source: Source | None, lexicon: Lexicon) -> str | None:
    """Where the source is said to speak by the sentence before: "Brandt walked out of his press conference. “…,” he said"; on which
    platform, where the statement was written: "Nwosu posted the page on X. “…,” she wrote".
    """
    reading = readings[index]
    if source is None or reading.within is not None or not reading.cue:
        return None
    here = find_around(text, replace(reading, cue=(*reading.cue, *reading.content[:1]))).start
    end = len(text[:here].rstrip())
    before = Span(find_sentence_start(text, max(0, end - 1), _REACH), end)
    first = bisect_left(source.mentions, before.start, key=lambda m: m.start)
    if not any(before.holds(mention) for mention in source.mentions[first : first + 1]):
        return None
    near = readings[max(0, index - _NEAR) : index]
    told = " ".join(part.of(text) for part in cut_out(before, [span for other in near for span in other.content]))
    for pattern, medium in lexicon.phrases if lexicon.sieve.may_find(told) else ():
        found = pattern.search(told)
        is_posted = medium[0].isupper() and any(lexicon.writing.search(text, cue.start, cue.end) for cue in reading.cue)
        if found and (medium in lexicon.spoken or is_posted) and not lexicon.unreal.search(told, 0, found.start()):
            return medium
    return None


def _carry_on(
    index: int, readings: Sequence[Reading], speakers: Sequence[str | None], found: Sequence[str | None], lexicon: Lexicon
) -> str | None:
    """The medium of the statement before, where the same source goes on in the same place."""
    reading = readings[index]
    for before in range(index - 1, -1, -1):
        if readings[before].within != reading.within:
            continue
        near = reading.content[0].start - readings[before].content[-1].end <= _SCENE
        same = speakers[before] is not None and speakers[before] == speakers[index] and readings[before].embed is None
        return found[before] if near and same and found[before] in lexicon.scenes else None
    return None
