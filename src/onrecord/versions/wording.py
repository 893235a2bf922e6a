"""The words of a statement, as two renderings of one utterance are compared by.

A word is compared without case, punctuation and the style of its apostrophe; a hyphen parts words as a space does; figures and
words for them are one ("forty", "40"). Other spellings differ ("harbor", "harbour"). Words in an editor's brackets are left out: they
are not the source's. A script without spaces is compared character by character.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from onrecord.text import find_quotations
from onrecord.types import Span, StatementKind
from onrecord.versions.editing import find_brackets

_CHARACTERS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PLAIN = rf"[^\W_{_CHARACTERS}]"
_LETTERS = rf"{_PLAIN}++(?:[\u0300-\u036f]++{_PLAIN}*+)*+"  # possessive, so that nothing is read twice
_WORD = re.compile(
    rf"(?:[^\W\d_]\.)+[^\W\d_]\b\.?|\d++(?:[.,]\d++)++|{_LETTERS}(?:['’ʼ‘]{_LETTERS}|\[\w{{1,20}}\](?:{_LETTERS})?)*+"
    rf"|\[\w{{1,20}}\]{_LETTERS}|[{_CHARACTERS}]|%"
)
_DOTS = re.compile(r"…|\.[ \u00a0]?\.[ \u00a0]?\.")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What comparing needs to know of a language's words, from `data/LANGUAGE-variants.toml`."""

    light: frozenset[str]
    complementisers: frozenset[str]
    negations: frozenset[str]
    endings: tuple[str, ...]
    shortest: int  # letters that a stem has, at least
    shifts: dict[str, frozenset[int]]  # word -> the rows that it is in
    translation: re.Pattern[str]
    passing: re.Pattern[str]
    numbers: dict[str, str]


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-variants.toml").read_text(encoding="utf-8"))
    rows = data["shifts"]
    return Lexicon(
        light=frozenset(data["light"]),
        complementisers=frozenset(data["complementisers"]),
        negations=frozenset(data["negations"]),
        endings=tuple(data["endings"]),
        shortest=data["stem"],
        shifts={word: frozenset(i for i, row in enumerate(rows) if word in row) for word in {w for row in rows for w in row}},
        translation=re.compile(rf"\b(?:{'|'.join(data['translation'])})", re.I),
        passing=re.compile(rf"\b(?:{'|'.join(data['passing'])})", re.I),
        numbers=data["numbers"],
    )


class Word(NamedTuple):
    """A word where it stands, in code points. `part` changes where something else stands before it (a cue, brackets)."""

    start: int
    end: int
    form: str  # as it is compared
    stem: str  # "" of a light word
    quoted: bool  # whether it is given as the source's own
    part: int
    gap: bool  # whether an editor's brackets or dots stand between it and the word before


@dataclass(frozen=True, slots=True)
class Wording:
    """A statement's words, without the complementiser in front, and where each stem stands among them."""

    words: tuple[Word, ...]
    forms: tuple[str, ...]
    places: dict[str, list[int]] = field(compare=False)
    core: frozenset[str]  # the stems; those of the quoted words alone where they are much of what is said
    quoted: bool  # whether any of the words is given as the source's own


def read_wording(text: str, content: Sequence[Span], kind: StatementKind) -> Wording:
    """The words of a statement's content; time is linear in its length."""
    quoted = None if kind == "direct" else _find_quoted(text, content, kind)
    words: list[Word] = []
    for span in content:
        words += _read_words(text, span, quoted, words[-1].part + 1 if words else 0)
    if quoted is not None and len(words) > 1 and words[0].form in load_lexicon().complementisers and not words[0].quoted:
        words = words[1:]
    return Wording(tuple(words), tuple(w.form for w in words), _place(words), _find_core(words), any(w.quoted for w in words))


def _read_words(text: str, span: Span, quoted: deque[Span] | None, part: int) -> Iterator[Word]:
    """The words of one span of a content; `quoted` are the quotations of a content that is not one as a whole."""
    skipped = _find_skipped(text, span)
    last = span.start
    for match in _WORD.finditer(text, span.start, span.end):
        start, end = match.span()
        gap = text[last:start] != " " and _DOTS.search(text, last, start) is not None
        while skipped and skipped[0].end <= start:
            skipped.popleft()
            gap, part = True, part + 1
        if skipped and skipped[0].start < end:
            continue
        form = fold(match[0])
        yield Word(start, end, form, find_stem(form), quoted is None or _is_held(quoted, start, end), part, gap)
        last = end


def _is_held(quoted: deque[Span], start: int, end: int) -> bool:
    """Whether a word is in one of the quotations; those that end before it are dropped for good."""
    while quoted and quoted[0].end <= start:
        quoted.popleft()
    return bool(quoted) and quoted[0].start <= start and end <= quoted[0].end


def find_forms(text: str) -> tuple[str, ...]:
    """The words of `text` as they are compared, in order."""
    return tuple(fold(match[0]) for match in _WORD.finditer(text))


def find_stems(text: str) -> list[str]:
    """The stems of the telling words of `text`, in order; of all its words where fewer than two are telling."""
    forms = list(find_forms(text))
    stems = [stem for form in forms if (stem := find_stem(form))]
    return stems if len(stems) > 1 else forms


def _find_quoted(text: str, content: Sequence[Span], kind: StatementKind) -> deque[Span]:
    """The outermost quotations of a content that is partly quoted, in order."""
    if kind != "mixed":
        return deque()
    return deque(q.outer for span in content for q in find_quotations(text, span) if q.depth == 0)


def _find_skipped(text: str, span: Span) -> deque[Span]:
    """Brackets with words of their own; a bracket in a word, or that a word hangs on ("[T]he"), is read with the word."""
    return deque(
        b
        for b in find_brackets(text, [span])
        if not (text[b.start - 1 : b.start].isalnum() or text[b.end : b.end + 1].isalnum()) or len(b) > 22 or " " in b.of(text)
    )


def _place(words: Sequence[Word]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        if word.stem:
            places.setdefault(word.stem, []).append(i)
    return places


def _find_core(words: Sequence[Word]) -> frozenset[str]:
    quoted = [w.stem for w in words if w.stem and w.quoted]
    stems = [w.stem for w in words if w.stem]
    return frozenset(quoted if len(quoted) >= 3 or 2 * len(quoted) >= len(stems) > 0 else stems)


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word as it is compared."""
    plain = unicodedata.normalize("NFC", word).casefold()
    for mark in "’ʼ‘":
        plain = plain.replace(mark, "'")
    plain = plain.replace("[", "").replace("]", "")
    plain = plain.replace(".", "") if plain[:1].isalpha() else plain.replace(",", "")
    return load_lexicon().numbers.get(plain, plain)


@lru_cache(maxsize=8192)
def find_stem(form: str) -> str:
    """The beginning of a folded word that its forms have in common; "" for one that says little by itself."""
    lexicon = load_lexicon()
    if form in lexicon.light:
        return ""
    form = form.removesuffix("'s")
    for ending in lexicon.endings:
        if form.endswith(ending) and len(form) - len(ending) >= lexicon.shortest:
            return form[: -len(ending)]
    return form


def is_shift(a: str, b: str) -> bool:
    """Whether reported speech turns one word into the other, and no more than that: "will" and "would"."""
    rows = load_lexicon().shifts
    return bool(rows.get(a, frozenset()) & rows.get(b, frozenset()))
