"""Whose report a report says it is: a wire's dateline, a byline, a line of credit; and through whom one statement of it came.

Only what makes all of it somebody else's is a credit of the report: "Northwire contributed to this report" does not. A name counts as one
of the press by its words ("The Kelm Herald", "Northwire"), or where it stands in a place that only the press stands in. Whom a
statement was told is read in its own sentence: elsewhere in the article the same wire may be named for something else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.trace.names import fold_name, fold_words
from onrecord.types import Span, Statement

_WORD = r"[A-Z][\w&’'-]*(?:\.(?=[\w&])[\w&’'-]*)?"
_NAME = rf"{_WORD}(?: (?:(?:of|and|the|for|&) )*(?:{_WORD}|\d+\b)){{0,5}}"
_TOP, _END = 8, 6  # lines of a report that may give it away
_LONGEST = 160  # characters of such a line
_REACH = 600  # code points on either side of a statement in which its sentence ends
_SHORTHAND = re.compile(r"[A-Z]{2,5}")


@dataclass(frozen=True, slots=True)
class Passing:
    """Who passed a statement on, or heard it. Where it is not `sure`, the name may be of a mere audience."""

    name: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Signs:
    datelines: tuple[re.Pattern[str], ...]
    bylines: tuple[re.Pattern[str], ...]
    lines: tuple[re.Pattern[str], ...]
    press: frozenset[str]
    press_first: frozenset[str]
    press_anywhere: re.Pattern[str]
    passing: dict[str, tuple[re.Pattern[str], ...]]
    needed: dict[str, re.Pattern[str]]
    after: re.Pattern[str]
    leading: frozenset[str]
    trailing: frozenset[str]
    audiences: frozenset[str]
    generic: frozenset[str]


@cache
def _load(language: str = "en") -> _Signs:
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-credits.toml").read_text(encoding="utf-8"))
    passing = data["passing"]

    def build(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern.replace("NAME", _NAME))

    return _Signs(
        datelines=tuple(map(build, data["datelines"])),
        bylines=(build(data["byline"]), build(data["agency_byline"])),
        lines=tuple(build(pattern) for pattern in data["lines"]),
        press=frozenset(data["press"]),
        press_first=frozenset(data["press_first"]),
        press_anywhere=re.compile(data["press_anywhere"]),
        passing={kind: tuple(map(build, passing[kind])) for kind in ("sure", "heard", "reported", "translated")},
        needed={kind: re.compile(pattern) for kind, pattern in passing["needed"].items()},
        after=re.compile(passing["after"]),
        leading=frozenset(passing["leading"]),
        trailing=frozenset(passing["trailing"]),
        audiences=frozenset(passing["audiences"]),
        generic=frozenset(passing["generic"]),
    )


def is_press(name: str) -> bool:
    """Whether a name is one of a newspaper, an agency or a broadcaster, by how it is written."""
    words, signs = fold_name(name), _load()
    if not words:
        return False
    return words[-1] in signs.press or words[0] in signs.press_first or bool(signs.press_anywhere.search(" ".join(words)))


def is_name(name: str) -> bool:
    """Whether it is a name at all, and no description: "state media", "Residents of Kelm", "a person close to the board"."""
    words = fold_words(name)
    front = words[: words.index("of")] if "of" in words else words
    is_described = all(word in _load().generic for word in front)
    return name[:1].isupper() and not is_described and not any(word[0].islower() and len(word) > 3 for word in name.split())


# --- of all of an article --------------------------------------------------------------------------------------------------


def find_credits(text: str, authors: Sequence[str] = (), outlet: str | None = None) -> tuple[str, ...]:
    """The names of those whose report this is, as it says itself; without `outlet`, who publishes it."""
    own = fold_name(outlet or "")
    found = dict.fromkeys(name.strip(" .,'’") for name in (*_find_in_lines(text), *_find_in_authors(authors)))
    return tuple(name for name in found if fold_name(name) not in ((), own))


def _find_in_lines(text: str) -> Iterator[str]:
    signs = _load()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines[:_TOP]:
        first, *others = (pattern.match(line) for pattern in signs.datelines)
        yield from (m["name"] for m in (first, *others) if m and (m is first or _is_named(m["name"])))
        if len(line) <= _LONGEST:
            yield from (m["name"] for p in signs.bylines if (m := p.fullmatch(line)) and is_press(m["name"]))
    for line in (*lines[:_TOP], *lines[max(_TOP, len(lines) - _END) :]):
        if len(line) <= _LONGEST:
            yield from (m["name"] for p in signs.lines if (m := p.fullmatch(line)) and _is_named(m["name"]))


def _is_named(name: str) -> bool:
    return is_press(name) or _SHORTHAND.fullmatch(name) is not None


def _find_in_authors(authors: Sequence[str]) -> Iterator[str]:
    for author in authors:
        for part in re.split(r",|\||/|\(|\)| - | – | — |\b(?:of|for|from|at)\b", author):
            if is_press(part):
                yield part.strip()


# --- of one statement ------------------------------------------------------------------------------------------------------


def find_passing(text: str, statement: Statement) -> tuple[Passing, ...]:
    """Through whom a statement came, or to whom it was said, as its own sentence tells outside its content; and who translated it."""
    sentence, paragraph = _read_around(text, statement)
    found = [
        *(Passing(n, not _SHORTHAND.fullmatch(n) or _is_agency(n, bare)) for n, bare in _find_names(sentence, "sure")),
        *(Passing(n, _is_hearer(n, bare)) for n, bare in _find_names(sentence, "heard")),
        *(Passing(n, is_press(n) or _is_agency(n, bare)) for n, bare in _find_names(sentence, "reported")),
        *(Passing(name, True) for name, _ in _find_names(paragraph, "translated")),
    ]
    sure = {fold_name(passing.name) for passing in found if passing.sure}
    return tuple(dict.fromkeys(p for p in found if fold_name(p.name) and (p.sure or fold_name(p.name) not in sure)))


def _read_around(text: str, statement: Statement) -> tuple[str, str]:
    """The statement's sentence and its paragraph, with an ellipsis in the place of its content."""
    spans = [*statement.content, *statement.cue, *(statement.source.spans if statement.source else ())]
    first, last = min(s.start for s in spans), max(s.end for s in spans)
    sentence = Span(find_sentence_start(text, first, _REACH), find_sentence_end(text, last, _REACH))
    start, end = text.rfind("\n", max(0, first - _REACH), first), text.find("\n", last, last + _REACH)
    paragraph = Span(start + 1 if start >= 0 else max(0, first - _REACH), end if end >= 0 else last + _REACH)
    return _cut(text, sentence, statement.content), _cut(text, paragraph, statement.content)


def _cut(text: str, span: Span, holes: Iterable[Span]) -> str:
    pieces, at = [], span.start
    for hole in sorted(holes):
        pieces.append(text[at : max(at, hole.start)])
        at = max(at, hole.end)
    return "…".join((*pieces, text[at : max(at, span.end)]))


def _find_names(text: str, kind: str) -> Iterator[tuple[str, bool]]:
    """Names in the places where the patterns of a kind have them, and whether they stand there without an article."""
    signs = _load()
    if not signs.needed[kind].search(text.lower()):
        return
    for pattern in signs.passing[kind]:
        for match in pattern.finditer(text):
            name = _trim(match["name"])
            if name and (match.end("name") < match.end() or signs.after.match(text, match.end("name"))):
                yield name, not match.groupdict().get("article")


def _trim(name: str) -> str:
    """A name without the words around it that have a large letter for another reason."""
    words, signs = name.split(), _load()
    while words and words[0].lower() in signs.leading:
        words.pop(0)
    while words and words[-1].lower() in signs.trailing:
        words.pop()
    name = " ".join(words)
    owner = re.split("[’']s\\b", name)[0]  # "Northwire’s Ana Ruel"
    return owner if is_press(owner) else name.removesuffix("’s").removesuffix("'s")


def _is_hearer(name: str, is_bare: bool) -> bool:
    """Whether something told to this name was told to it alone, and not to whoever was there."""
    if is_press(name) or _is_agency(name, is_bare):
        return True
    return _load().audiences.isdisjoint(fold_words(name)) and len(fold_name(name)) > 1


def _is_agency(name: str, is_bare: bool) -> bool:
    """Whether initials may be an agency's: those stand without an article, and other bodies' mostly with one."""
    return is_bare and _SHORTHAND.fullmatch(name) is not None and _load().audiences.isdisjoint(fold_words(name))
