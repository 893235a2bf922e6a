"""A made world of news, grown from a grammar: articles whose statements' versions are known, as many as are asked for.

Speakers say things about subjects; papers print what they said, whole, cut short, or with a word changed; some articles are a wire
story printed again. `grow` gives one article after the other with its report as the reader would have it and, for each statement, the
truth: which utterance it renders, and how. The same seed gives the same world, and the first articles of a large world are those of a
small one. Words follow Zipf's law, so that some are in nearly every statement and most in few. All names are made of syllables.
"""

from __future__ import annotations

import random
import re
import tomllib
from bisect import bisect
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, cycle, islice
from pathlib import Path
from typing import Literal, NamedTuple

from onrecord.capture import build_capture
from onrecord.types import Capture, Certainty, Document, Hop, Interval, Origin, Report, Run, Source, SourceRef, Span, Statement

How = Literal["first", "duplicate", "truncation", "alteration"]

STATEMENTS = 20  # in each article
_BEGIN = date(2019, 1, 1)
_DAYS = 1800
_RECENT = 4000  # utterances that may still be printed again
_AGAIN = 0.4  # share of statements that render an utterance that was printed before
_WIRE = 0.08  # share of articles that are an earlier one printed again, with a paragraph left out
_HOW: tuple[tuple[How, float], ...] = (("duplicate", 0.55), ("truncation", 0.25), ("alteration", 0.2))
_SPEAKERS, _PLACES, _SUBJECTS, _OUTLETS = 20_000, 1_500, 3_000, 240

_CUES = ("said", "said", "said", "told reporters", "argued", "warned", "insisted", "wrote", "claimed", "admitted")
_MEDIA = (None, None, None, "interview", "statement", "press conference", "letter", "Twitter", "Telegram", "Facebook")

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_WORDS = {name: words.split() for name, words in _TABLE.items() if isinstance(words, str)}
_KINDS = ("nouns", "verbs", "adjectives", "people")
_CHANGEABLE = {word: kind for kind in (*_KINDS, "adverbs") for word in _WORDS[kind]}
_SLOT = re.compile(r"\{(\w+)\}")


class Truth(NamedTuple):
    """What a statement renders: an utterance by its number, and how."""

    statement: str
    utterance: int
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """An article with its report, and the truth of each statement. `copied` is the number of the article that it prints again."""

    number: int
    capture: Capture
    report: Report
    truths: tuple[Truth, ...]
    copied: int | None = None


class _Said(NamedTuple):
    number: int
    speaker: int
    subject: int
    words: tuple[str, ...]


class _Line(NamedTuple):
    """One statement of an article: whose, in which words, by which cue, how and where."""

    truth: _Said
    how: How
    words: str
    cue: str
    is_quoted: bool
    medium: str | None


class _Zipf:
    """Numbers below `many`, each as often as Zipf's law has it."""

    def __init__(self, many: int, exponent: float = 1.0) -> None:
        self._sums = list(accumulate((rank + 1) ** -exponent for rank in range(many)))

    def draw(self, dice: random.Random) -> int:
        return bisect(self._sums, dice.random() * self._sums[-1])


def grow(articles: int, seed: int = 1) -> Iterator[Grown]:
    """The first `articles` articles of the world of `seed`, in the order of their publication. Memory does not grow with their number."""
    world = _World(seed)
    return (world.write(number) for number in range(articles))


class _World:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.speakers = self._name_all(_SPEAKERS, 2)
        self.places = self._name_all(_PLACES, 1)
        self.subjects = [self._draw_subject() for _ in range(_SUBJECTS)]
        self.outlets = [f"The {self.dice.choice(self.places)} {title}" for title in islice(cycle(_WORDS["titles"]), _OUTLETS)]
        self.often = {"speaker": _Zipf(_SPEAKERS), "subject": _Zipf(_SUBJECTS), "place": _Zipf(_PLACES), "outlet": _Zipf(_OUTLETS)}
        self.words = {kind: _Zipf(len(_WORDS[kind]), 0.8) for kind in _KINDS}
        self.recent: deque[_Said] = deque(maxlen=_RECENT)
        self.printed: deque[tuple[int, list[_Line]]] = deque(maxlen=200)
        self.said = 0

    def write(self, number: int) -> Grown:
        copied = None
        if self.printed and self.dice.random() < _WIRE:
            copied, lines = self.dice.choice(self.printed)
            gone = self.dice.randrange(len(lines))
            lines = [line._replace(how="duplicate" if line.how == "first" else line.how) for line in lines]
            lines = [*lines[:gone], *lines[gone + 1 :], self._draw_line()]
        else:
            lines = [self._draw_line() for _ in range(STATEMENTS)]
        self.printed.append((number if copied is None else copied, lines))
        return _set(number, lines, self, copied)

    def _draw_line(self) -> _Line:
        how: How = "first"
        if self.recent and self.dice.random() < _AGAIN:
            said = self.recent[-1 - min(int(self.dice.expovariate(1 / 400)), len(self.recent) - 1)]
            how = self.dice.choices([name for name, _ in _HOW], [share for _, share in _HOW])[0]
            words, how = self._render(said, how)
        else:
            said = self._say()
            words = " ".join(said.words)
        return _Line(said, how, words, self.dice.choice(_CUES), self.dice.random() < 0.7, self.dice.choice(_MEDIA))

    def _say(self) -> _Said:
        """A new utterance. Speakers speak again and again of the same subjects, in other words."""
        speaker = self.often["speaker"].draw(self.dice)
        subject = (speaker * 7 + self.often["subject"].draw(self.dice) % 5) % _SUBJECTS
        said = _Said(self.said, speaker, subject, tuple(self._speak(subject)))
        self.said += 1
        self.recent.append(said)
        return said

    def _speak(self, subject: int) -> list[str]:
        clauses = [self._fill(clause, subject) for clause in self.dice.sample(_TABLE["clauses"], 2)]
        return f"{clauses[0]}, {self.dice.choice(_WORDS['joints'])} {clauses[1]}".split()

    def _fill(self, clause: str, subject: int) -> str:
        """A clause with words in the place of what stands in braces."""
        return _SLOT.sub(lambda slot: self._draw(slot[1], subject), clause)

    def _draw(self, slot: str, subject: int) -> str:
        if slot in self.words:
            return _WORDS[slot][self.words[slot].draw(self.dice)]
        if slot == "past":
            verb = self._draw("verbs", subject)
            return f"{verb}d" if verb.endswith("e") else f"{verb}ed"
        if slot == "subject":
            return self.subjects[subject]
        if slot == "place":
            return self.places[self.often["place"].draw(self.dice)]
        if slot == "few":
            return str(self.dice.randint(2, 60))
        if slot == "many":
            return str(self.dice.randint(2, 990))
        if slot == "perhaps":
            return "not " if self.dice.random() < 0.2 else ""
        if slot in _WORDS:
            return self.dice.choice(_WORDS[slot])
        return self._fill(self.dice.choice(_TABLE[slot]), subject)

    def _render(self, said: _Said, how: How) -> tuple[str, How]:
        words = list(said.words)
        if how == "truncation":
            many = self.dice.randint(max(5, len(words) // 3), max(6, len(words) * 3 // 4))
            first = self.dice.choice((0, 0, self.dice.randrange(len(words) - many + 1)))
            words = words[first : first + many]
            while words[-1] in _WORDS["loose"] and len(words) > 4:
                words.pop()
        elif how == "alteration":
            self._alter(words)
        return " ".join(words), how

    def _alter(self, words: list[str]) -> None:
        """Change one word: a number, a negation, a noun or an adverb."""
        at = self.dice.choice([i for i, word in enumerate(words) if word.isdigit() or word == "not" or word in _CHANGEABLE])
        word = words[at]
        if word.isdigit():
            words[at] = str(int(word) + self.dice.choice((-1, 1, 10, 100)))
        elif word == "not":
            del words[at]
        else:
            words[at] = self.dice.choice([other for other in _WORDS[_CHANGEABLE[word]] if other != word])

    def _name_all(self, many: int, parts: int) -> list[str]:
        names: dict[str, None] = {}
        while len(names) < many:
            names[" ".join(self._make_name() for _ in range(parts))] = None
        return list(names)

    def _make_name(self) -> str:
        syllables = self.dice.choices(_WORDS["syllables"], k=self.dice.choice((1, 2, 2)))
        return ("".join(syllables) + self.dice.choice(_WORDS["ends"])).capitalize()

    def _draw_subject(self) -> str:
        return f"the {self.dice.choice(_WORDS['adjectives'])} {self.dice.choice(self.places)} {self.dice.choice(_WORDS['nouns'])}"


def _set(number: int, lines: list[_Line], world: _World, copied: int | None) -> Grown:
    """An article in print, with its report: every line is a paragraph."""
    dice = world.dice
    published = _BEGIN + timedelta(days=number * _DAYS // 50_000 % _DAYS)
    outlet = world.outlets[world.often["outlet"].draw(dice)]
    title = f"{world.subjects[lines[0].truth.subject].removeprefix('the ').capitalize()}: what is known"
    parts, at = [title], len(title)
    statements: list[Statement] = []
    sources: dict[int, Source] = {}
    for index, line in enumerate(lines, 1):
        source = sources.setdefault(line.truth.speaker, _build_source(len(sources) + 1, line.truth.speaker, world))
        paragraph, content, cue, name = _print_line(line, source.name)
        start = at + 2
        parts.append(paragraph)
        at = start + len(paragraph)
        mention = Span(name.start + start, name.end + start)
        sources[line.truth.speaker] = replace(source, mentions=(*source.mentions, mention))
        statements.append(_build_statement(index, line, source.id, mention, content, cue, start, published))
    text = "\n\n".join(parts) + "\n"
    captured = datetime.combine(published, time(12), UTC)
    capture = build_capture(text.encode(), location=f"grown/{number:06}.txt", charset="utf-8", captured=captured)
    document = Document(
        id=f"sha256:{capture.sha256}",
        text=text,
        url=f"https://news.example/{number}",
        title=title,
        authors=(),
        publisher=outlet,
        published=published,
        modified=None,
        language="en",
        blocks=(),
        origin=Origin((Run(0, len(text), 0, len(text), True),)),
    )
    truths = tuple(Truth(s.id, line.truth.number, line.how) for s, line in zip(statements, lines, strict=True))
    report = Report(document=document, statements=tuple(statements), sources=tuple(sources.values()))
    return Grown(number=number, capture=capture, report=report, truths=truths, copied=copied)


def _print_line(line: _Line, name: str) -> tuple[str, Span, Span, Span]:
    """A paragraph, and where the content, the cue and the source's name stand in it."""
    if line.is_quoted:
        words = line.words[0].upper() + line.words[1:]
        tail = len(words) + 4
        paragraph = f'"{words}," {name} {line.cue}.'
        content, source = Span(1, 1 + len(words)), Span(tail, tail + len(name))
        return paragraph, content, Span(source.end + 1, source.end + 1 + len(line.cue)), source
    paragraph = f"{name} {line.cue} that {line.words}."
    start = len(name) + len(line.cue) + 7
    return paragraph, Span(start, start + len(line.words)), Span(len(name) + 1, len(name) + 1 + len(line.cue)), Span(0, len(name))


def _build_source(number: int, speaker: int, world: _World) -> Source:
    return Source(id=f"p{number}", name=world.speakers[speaker], kind="person", roles=(_WORDS["roles"][speaker % len(_WORDS["roles"])],))


def _build_statement(index: int, line: _Line, source: str, mention: Span, content: Span, cue: Span, start: int, day: date) -> Statement:
    sure = {"claimed": 1.2, "admitted": 2.9, "warned": 2.0}.get(line.cue, 2.6)
    return Statement(
        id=f"s{index}",
        kind="direct" if line.is_quoted else "indirect",
        content=(Span(content.start + start, content.end + start),),
        cue=(Span(cue.start + start, cue.end + start),),
        source=SourceRef(source, (mention,)),
        within=None,
        chain=(Hop(source, f"s{index}", line.medium), Hop("publisher", None, None)),
        time=Interval(day, day),
        certainty=Certainty(sure, None),
        confidence=0.9,
    )
