"""Whose report a report says it is: a wire's dateline, a byline, a line of credit; and which outlet heard a statement.

Only what makes all of it somebody else's is a credit of the report: "Northwire contributed to this report" does not. A name counts as one
of the press by its last word, by being written like a wire's ("Northwire"), or where it stands in a place that only the press stands in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from onrecord.trace.names import fold_name

_NAME = r"[A-Z][\w&.’'-]*(?: (?:of|and|the|&|[A-Z][\w&.’'-]*)){0,4}"
_TOP, _END = 8, 6  # lines of a report that may give it away
_LONGEST = 160  # characters of such a line
_WIRES = re.compile(r"wire|press|\bnews|media\b", re.I)
_SHORTHAND = re.compile(r"[A-Z]{2,5}")


@dataclass(frozen=True, slots=True)
class _Signs:
    dateline: re.Pattern[str]
    bylines: tuple[re.Pattern[str], ...]
    lines: tuple[re.Pattern[str], ...]
    heard: re.Pattern[str]
    press: frozenset[str]


@cache
def _load(language: str = "en") -> _Signs:
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-credits.toml").read_text(encoding="utf-8"))

    def build(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern.replace("NAME", _NAME))

    return _Signs(
        dateline=build(data["dateline"]),
        bylines=(build(data["byline"]), build(data["agency_byline"])),
        lines=tuple(build(pattern) for pattern in data["lines"]),
        heard=build(data["heard"]),
        press=frozenset(data["press"]),
    )


def is_press(name: str) -> bool:
    """Whether a name is one of a newspaper, an agency or a broadcaster, by how it is written."""
    words = fold_name(name)
    return bool(words) and (words[-1] in _load().press or bool(_WIRES.search(words[-1])))


def find_credits(text: str, authors: Sequence[str] = (), outlet: str | None = None) -> tuple[str, ...]:
    """The names of those whose report this is, as it says itself; without `outlet`, who publishes it."""
    own = fold_name(outlet or "")
    found = dict.fromkeys(name.strip(" .,'’") for name in (*_find_in_lines(text), *_find_in_authors(authors)))
    return tuple(name for name in found if fold_name(name) not in ((), own))


def _find_in_lines(text: str) -> Iterator[str]:
    signs = _load()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines[:_TOP]:
        if match := signs.dateline.match(line):
            yield match["name"]
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


def find_hearer(after: str) -> str | None:
    """Which outlet is told something, from the words after the cue ("told" the Kelm Courier …); None where it is none of the press."""
    match = _load().heard.match(after)
    if match is None:
        return None
    words = match["name"].split()
    for many in range(len(words), 0, -1):  # a name may run into what follows it
        if is_press(" ".join(words[:many])):
            return " ".join(words[:many]).rstrip(".")
    return None
