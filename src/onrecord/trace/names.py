"""Whether two names of different documents may be of one person or body.

Names are compared as printed: without case, diacritics, titles and the endings of companies. A surname fits a full name ("part"), an
initial fits a first name; other first names are other people. That two names may be one does not make them so: see `identity`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal
from unicodedata import combining, normalize

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")


@cache
def _load(language: str = "en") -> tuple[frozenset[str], frozenset[str]]:
    """Words that are left out before a name, and behind one."""
    data = files("onrecord") / "data"
    own = tomllib.loads((data / f"{language}-names.toml").read_text(encoding="utf-8"))
    titles = tomllib.loads((data / f"{language}.toml").read_text(encoding="utf-8"))["titles"]
    short = titles["short"]
    front = {
        *own["front"],
        *titles["male"],
        *titles["female"],
        *titles["either"],
        *short,
        *(word for t in short.values() for word in t.split()),
    }
    return frozenset(front), frozenset((*own["behind"], *own["companies"]))


def fold_words(text: str) -> list[str]:
    """The words of a text without case, diacritics and the possessive's s."""
    plain = "".join(c for c in normalize("NFKD", text) if not combining(c)).casefold()
    return [_POSSESSIVE.sub("", word) for word in _WORD.findall(plain)]


@lru_cache(maxsize=8192)
def fold_name(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared; all of them where nothing else would be left."""
    words = fold_words(name)
    front, behind = _load()
    first = next((i for i, word in enumerate(words) if word not in front), None)
    if first is None:
        return tuple(words)
    last = next(i for i in range(len(words), first, -1) if words[i - 1] not in behind or i == first + 1)
    return tuple(words[first:last])


def find_key(name: str, *, person: bool) -> str:
    """By what a name is looked up: the last word of a person's, all of a body's."""
    folded = fold_name(name)
    return "" if not folded else folded[-1] if person else " ".join(folded)


@lru_cache(maxsize=8192)
def compare_names(a: str, b: str, *, person: bool = True) -> Literal["same", "part", "different"]:
    """Whether two names are the same, or one is a shorter form of the other: its surname, or with an initial in the place of a first name.

    Without `person`, names of bodies: one is a shorter form where it is the other's beginning, or its initials.
    """
    one, other = fold_name(a), fold_name(b)
    if not one or not other:
        return "different"
    if one == other:
        return "same"
    short, long = sorted((one, other), key=len)
    fits = _fits_person(short, long) if person else long[: len(short)] == short or _is_acronym(short, long)
    return "part" if fits else "different"


def _fits_person(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether the last words are the same, and each word before them is one of the other's, or its initial, in order."""
    if short[-1] != long[-1]:
        return len(short) == 1 and len(long) > 1 and _is_acronym(short, long)
    rest = iter(long[:-1])
    return all(any(_is_one(word, other) for other in rest) for word in short[:-1])


def _is_one(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) == 1 and word[0] == other[0])


def _is_acronym(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether a single word is made of the initials of the others ("of" and "the" may be left out)."""
    if len(short) != 1 or len(short[0]) < 2:
        return False
    return short[0] in ("".join(word[0] for word in long), "".join(word[0] for word in long if word not in ("of", "the", "for", "and")))
