"""Made stories: one utterance as several invented outlets tell it, and from which of them it can really be had.

A story has a kind (`KINDS`) that says who heard the words and who copied, rewrote, translated or cited whom. Reporters who were there
write in sentences of their own, drawn without putting back; a copy is another's text under a new headline, cut, with or without a
sign of whose it is. The grammar is data (`origins.toml`), in two halves that have no sentence, outlet or sign in common.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

_TABLE = tomllib.loads((Path(__file__).parent / "origins.toml").read_text(encoding="utf-8"))
_SLOT = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_BEGIN = date(2023, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One outlet's telling. `origin` names where its words come from: articles of one story with the same one are one origin."""

    origin: str
    outlet: str
    title: str
    day: date
    paragraphs: tuple[str, ...]
    byline: str = ""
    lines: tuple[str, ...] = ()  # at the end
    is_page: bool = False

    @property
    def content(self) -> bytes:
        """The article as it would be found: a page, or plain text."""
        return (_write_page(self) if self.is_page else _write_plain(self)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    number: int
    kind: str
    words: str
    articles: tuple[Article, ...]

    @property
    def origins(self) -> int:
        return len({article.origin for article in self.articles})


def make_stories(many: int, part: str, seed: int) -> Iterator[Story]:
    """The first `many` stories of a seed, the kinds in turns. An utterance comes again after all others of its `part` have."""
    dice = random.Random(f"{part} {seed}")
    order: list[dict[str, Any]] = []
    kinds = list(KINDS)
    for number in range(many):
        order = order or dice.sample(_TABLE[part]["utterances"], len(_TABLE[part]["utterances"]))
        desk = _Desk(dice, _TABLE[part], order.pop())
        kind = kinds[number % len(kinds)]
        articles = KINDS[kind](desk)
        yield Story(number=number, kind=kind, words=desk.renderings[0], articles=tuple(dice.sample(articles, len(articles))))


def count_utterances(part: str) -> int:
    """So many stories of a part have utterances that differ from each other."""
    return len(_TABLE[part]["utterances"])


class _Desk:
    """What the articles of one story have in common, and the sentences that have not been used in it."""

    def __init__(self, dice: random.Random, table: dict[str, Any], utterance: dict[str, Any]) -> None:
        self.dice, self.table = dice, table
        self.renderings: list[str] = utterance["said"]
        self.day = _BEGIN + timedelta(days=dice.randrange(500))
        self.named: set[str] = set()
        person, place = self.name(), dice.choice(table["places"])
        self.outlets = dice.sample(table["outlets"], len(table["outlets"]))
        self.wires = dice.sample(table["wires"], len(table["wires"]))
        self.left: dict[str, list[str]] = {}
        self.facts = {
            "person": person,
            "surname": person.split()[-1],
            "place": place,
            "body": dice.choice(table["bodies"]),
            "thing": utterance["thing"],
            "thing_cap": utterance["thing"].capitalize(),
            "language": dice.choice(table["languages"]),
        }
        self.facts["role"] = self.fill(dice.choice(_TABLE["shared"]["roles"]))

    def name(self) -> str:
        """A person that is not in the story yet."""
        first, last = (_TABLE["shared"][part].split() for part in ("first", "last"))
        while (name := f"{self.dice.choice(first)} {self.dice.choice(last)}") in self.named:
            pass
        self.named.add(name)
        return name

    def draw(self, kind: str, **slots: str) -> str:
        """A sentence of a kind, not used in this story if one is left."""
        if not self.left.get(kind):
            self.left[kind] = self.dice.sample(self.table[kind], len(self.table[kind]))
        return self.fill(self.left[kind].pop(), **slots)

    def fill(self, template: str, **slots: str) -> str:
        dice, shared = self.dice, _TABLE["shared"]
        loose: dict[str, Callable[[], str]] = {
            "number": lambda: f"{dice.randrange(3, 900) * 10:,}",
            "few": lambda: dice.choice(("two", "three", "four", "five", "six", "seven", "nine", "eleven", "twelve")),
            "date": lambda: str(self.day.day),
            "year": lambda: str(self.day.year),
            "day": lambda: dice.choice(shared["days"]),
            "month": lambda: dice.choice(shared["months"]),
            "place2": lambda: dice.choice([p for p in self.table["places"] if p != self.facts["place"]]),
            "other": self.name,
            "author": self.name,
            "name": self.name,
        }
        template = _CHOICE.sub(lambda m: dice.choice(m[1].split("|")), template)
        known = {**self.facts, "PLACE": self.facts["place"].upper(), **slots}
        return _SLOT.sub(lambda m: known[m[1]] if m[1] in known else loose[m[1]](), template)

    def write(self, origin: str, frame: str, *, outlet: str = "", rendering: int = 0, details: int = 0, **slots: str) -> Article:
        """An article in sentences of its own, with the utterance in a frame of the kind `frame`."""
        said = self.draw(frame, words=self.renderings[rendering], outlet=_run_on(outlet), **slots)
        many = details or self.dice.randrange(3, 7)
        body = [self.draw("details") for _ in range(many)]
        if self.dice.random() < 0.6:
            body.insert(self.dice.randrange(1, many), self.draw("others"))
        paragraphs = [self.draw("leads"), said, *body, self.draw("closings")]
        if self.dice.random() < 0.4:
            paragraphs[1], paragraphs[2] = paragraphs[2], paragraphs[1]
        return Article(
            origin=origin,
            outlet=outlet or self.outlets.pop(),
            title=_begin_large(self.draw("heads")),
            day=self.day + timedelta(days=self.dice.randrange(3)),
            paragraphs=tuple(map(_begin_large, self._introduce(paragraphs))),
            byline=f"By {self.name()}" if self.dice.random() < 0.7 else "",
            is_page=self.dice.random() < 0.5,
        )

    def _introduce(self, paragraphs: Sequence[str]) -> list[str]:
        """With the full name where the speaker comes up first."""
        person, surname = self.facts["person"], self.facts["surname"]
        first = next((i for i, p in enumerate(paragraphs) if surname in p), None)
        if first is None or person in paragraphs[first]:
            return list(paragraphs)
        return [p.replace(surname, person, 1) if i == first else p for i, p in enumerate(paragraphs)]

    def write_wire(self, wire: str, frame: str = "quotes") -> Article:
        """A wire's own article, as it sends it."""
        article = self.write(_name(wire), frame, outlet=_name(wire), details=self.dice.randrange(6, 11), wire=wire)
        head = self.fill(self.table["datelines"][0], wire=_name(wire))
        return replace(article, paragraphs=(head + article.paragraphs[0], *article.paragraphs[1:]), day=self.day)

    def copy(self, article: Article, wire: str = "", *, always: bool = False) -> Article:
        """Another's text under a new headline, cut; of a wire's, mostly (or `always`) with a sign of whose it is."""
        dice = self.dice
        paragraphs = [_DATELINE.sub("", article.paragraphs[0]), *article.paragraphs[1:]]
        paragraphs = paragraphs[: max(4, round(len(paragraphs) * dice.choice((1.0, 1.0, 0.8, 0.6, 0.45))))]
        if len(paragraphs) > 6 and dice.random() < 0.4:
            del paragraphs[dice.randrange(3, len(paragraphs))]
        if dice.random() < 0.4:
            paragraphs += [self.draw("localities") for _ in range(dice.randrange(1, 3))]
        made = replace(
            article,
            outlet=self.outlets.pop(),
            title=_begin_large(self.draw("heads")),
            day=article.day + timedelta(days=dice.randrange(2)),
            paragraphs=tuple(paragraphs),
            byline="" if wire else article.byline,
            lines=(),
            is_page=dice.random() < 0.5,
        )
        return self._sign(made, wire, always) if wire else made

    def _sign(self, article: Article, wire: str, always: bool) -> Article:
        """With a dateline, a byline, a line at the end, two of them, or nothing."""
        signs = (("datelines",), ("bylines",), ("lines",), ("datelines", "lines"), ("bylines", "lines"), ())
        chosen = self.dice.choice(signs[:-1] if always else signs)
        bare = _name(wire)
        if "datelines" in chosen:
            article = replace(article, paragraphs=(self.draw("datelines", wire=bare) + article.paragraphs[0], *article.paragraphs[1:]))
        if "bylines" in chosen:
            article = replace(article, byline=self.draw("bylines", wire=bare))
        return replace(article, lines=(self.draw("lines", wire=bare),)) if "lines" in chosen else article

    def report(self) -> Article:
        """The article of a reporter who was there."""
        article = self.write("", "quotes")
        return replace(article, origin=article.outlet)


_DATELINE = re.compile(r"^[A-Z ]+ \([^()]*\) . |^[A-Z ]+ / .*? — |^\([^()]*\) [A-Z ]+ — ")


def _name(name: str) -> str:
    """A name without its article."""
    return name.removeprefix("the ").removeprefix("The ")


def _run_on(outlet: str) -> str:
    return "the " + outlet[4:] if outlet.startswith("The ") else outlet


def _begin_large(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- the kinds of stories --------------------------------------------------------------------------------------------------


def _copy_wire(desk: _Desk) -> list[Article]:
    """A wire and its copies."""
    wire = desk.wires.pop()
    first = desk.write_wire(wire)
    copies = [desk.copy(first, wire) for _ in range(desk.dice.randrange(3, 8))]
    return copies if desk.dice.random() < 0.3 else [first, *copies]


def _rewrite_wire(desk: _Desk) -> list[Article]:
    """Articles with reporting of their own that have the words from a wire, and say so."""
    wire = desk.wires.pop()
    first, is_there = desk.write_wire(wire), desk.dice.random() < 0.7
    copies = [desk.copy(first, wire, always=not is_there) for _ in range(desk.dice.randrange(0, 3))]
    rewrites = [desk.write(first.origin, "attributions", wire=wire) for _ in range(desk.dice.randrange(2, 5))]
    return [first, *copies, *rewrites] if is_there else [*copies, *rewrites]


def _hear_themselves(desk: _Desk) -> list[Article]:
    """Reporters at the same event."""
    return [desk.report() for _ in range(desk.dice.randrange(2, 7))]


def _mix(desk: _Desk) -> list[Article]:
    """A wire with copies and rewrites, and reporters of their own."""
    wire = desk.wires.pop()
    first = desk.write_wire(wire)
    copies = [desk.copy(first, wire) for _ in range(desk.dice.randrange(1, 4))]
    rewrites = [desk.write(first.origin, "attributions", wire=wire) for _ in range(desk.dice.randrange(0, 3))]
    return [first, *copies, *rewrites, *(desk.report() for _ in range(desk.dice.randrange(1, 4)))]


def _copy_two_wires(desk: _Desk) -> list[Article]:
    """Two wires that were both there, each with its copies."""
    made = []
    for wire in (desk.wires.pop(), desk.wires.pop()):
        first = desk.write_wire(wire)
        made += [first, *(desk.copy(first, wire) for _ in range(desk.dice.randrange(1, 4)))]
    return made


def _translate(desk: _Desk) -> list[Article]:
    """Translations that were made independently, and reprints of them."""
    made = []
    for rendering in range(desk.dice.randrange(2, 4)):
        translator = desk.draw("translators")
        is_own = desk.dice.random() < 0.35
        first = desk.write("", "self_heard" if is_own else "heard", rendering=rendering, translator=translator)
        first = replace(first, origin=f"translation {rendering}", is_page=first.is_page or is_own)
        named = _run_on(first.outlet) if is_own else translator
        made.append(first)
        for _ in range(desk.dice.randrange(0, 3)):
            is_copy = desk.dice.random() < 0.4
            made.append(desk.copy(first) if is_copy else desk.write(first.origin, "heard", rendering=rendering, translator=named))
    return made


def _cite(desk: _Desk) -> list[Article]:
    """An outlet's interview, and others that have the words from it and say so; sometimes a reporter who heard them said again."""
    first = desk.write("", "own", outlet=desk.outlets.pop())
    first = replace(first, origin=first.outlet, is_page=desk.dice.random() < 0.8)
    citing = [desk.write(first.origin, "attributions", wire=_run_on(first.outlet)) for _ in range(desk.dice.randrange(1, 4))]
    heard = [desk.report() for _ in range(desk.dice.randrange(0, 3))]
    return [*citing, *heard] if len(citing) > 1 and desk.dice.random() < 0.2 else [first, *citing, *heard]


def _mislead(desk: _Desk) -> list[Article]:
    """Reporters of their own whose articles have something in common all the same."""
    wire, trap = desk.wires.pop(), desk.dice.choice(("parts", "asides", "generic", "own", "footer"))
    made = []
    for _ in range(desk.dice.randrange(2, 5)):
        frame = trap if trap in ("generic", "own") else "quotes"
        article = desk.write("", frame, outlet=desk.outlets.pop())
        article = replace(article, origin=article.outlet)
        if trap == "parts":
            article = replace(article, lines=(desk.draw(trap, wire=_begin_large(wire)),))
        elif trap == "asides":
            article = replace(article, paragraphs=(*article.paragraphs[:-1], desk.draw(trap, wire=wire), article.paragraphs[-1]))
        elif trap == "footer":
            article = replace(article, lines=(desk.fill("{footer}", footer=desk.table["footer"]),))
        made.append(article)
    return made


KINDS: dict[str, Callable[[_Desk], list[Article]]] = {
    "wire and copies": _copy_wire,
    "wire and rewrites": _rewrite_wire,
    "reporters": _hear_themselves,
    "wire and reporters": _mix,
    "two wires": _copy_two_wires,
    "translations": _translate,
    "outlet cited": _cite,
    "misleading": _mislead,
}


# --- as found --------------------------------------------------------------------------------------------------------------


def _write_plain(article: Article) -> str:
    day = f"{article.day.day} {article.day:%B %Y}"
    return "\n\n".join(part for part in (article.title, article.byline, day, *article.paragraphs, *article.lines) if part) + "\n"


def _write_page(article: Article) -> str:
    def mark(words: str, kind: str) -> str:
        return f'<p class="{kind}">{escape(words)}</p>' if words else ""

    body = "\n".join(mark(p, "text") for p in article.paragraphs)
    name, place = escape(article.outlet), re.sub(r"\W+", "", article.outlet.lower())
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(article.title)} | {name}</title>
<meta property="og:site_name" content="{name}"><meta property="og:title" content="{escape(article.title)}">
<meta property="article:published_time" content="{article.day.isoformat()}T08:00:00Z">
<link rel="canonical" href="https://{place}.example/{article.day:%Y/%m}/{_number(article.title)}"></head>
<body><nav><a href="/">Home</a> <a href="/region">Region</a> <a href="/sport">Sport</a></nav>
<article><h1>{escape(article.title)}</h1>
{mark(article.byline, "byline")}
{body}
{"".join(mark(line, "credit") for line in article.lines)}</article>
<footer><p>Subscribe to {name}</p></footer></body></html>
"""


def _number(words: str) -> int:
    """A number for an address, the same in every run."""
    return random.Random(words).randrange(10**6)
