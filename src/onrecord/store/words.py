"""What a user writes to search: words (all must be there), "phrases", beginnings with a star, and -words that must not be there.

Parsed here once, and written out for each database: both get the same tokens, folded in the same way, and so find the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

from onrecord.errors import UsageError

INDEXED = (("content", "A"), ("source", "B"), ("title", "C"), ("outlet", "D"))  # columns, and their weights in PostgreSQL
_TERM = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that stand one after the other, folded. `column`: where they must stand; anywhere if it is None."""

    tokens: tuple[str, ...]
    is_beginning: bool = False  # of the last of them
    is_excluded: bool = False
    column: str | None = None


def find_tokens(text: str) -> list[str]:
    """The words of `text`, lower case and without diacritics."""
    decomposed = normalize("NFKD", text)
    return _TOKEN.findall("".join(c for c in decomposed if not combining(c)).lower())


def parse_words(words: str) -> tuple[Term, ...]:
    """The terms of a query. Raises UsageError if all that it says is what must not be there."""
    terms = []
    for match in _TERM.finditer(words):
        written = match["phrase"] if match["phrase"] is not None else match["word"]
        tokens = tuple(find_tokens(written))
        if tokens:
            is_beginning = match["word"] is not None and written.endswith("*")
            terms.append(Term(tokens=tokens, is_beginning=is_beginning, is_excluded=match["no"] is not None))
    if terms and all(term.is_excluded for term in terms):
        raise UsageError(f"{words!r} only says what must not be found: give a word that must")
    return tuple(terms)


def build_column_term(words: str, column: str) -> tuple[Term, ...]:
    """A name that must stand in a column; nothing if it holds no letters."""
    tokens = tuple(find_tokens(words))
    return (Term(tokens=tokens, column=column),) if tokens else ()


def format_fts5(terms: Sequence[Term]) -> str:
    """The terms as a query of SQLite's FTS5; the included come first, as NOT must follow something."""
    included = " AND ".join(_format_fts5_term(term) for term in terms if not term.is_excluded)
    return included + "".join(f" NOT {_format_fts5_term(term)}" for term in terms if term.is_excluded)


def _format_fts5_term(term: Term) -> str:
    phrase = '"' + " ".join(term.tokens) + '"' + ("*" if term.is_beginning else "")
    return f"{term.column} : {phrase}" if term.column else phrase


def format_tsquery(terms: Sequence[Term]) -> str:
    """The terms as a query for PostgreSQL's to_tsquery."""
    return " & ".join(("!" if term.is_excluded else "") + _format_tsquery_term(term) for term in terms)


def _format_tsquery_term(term: Term) -> str:
    weight = dict(INDEXED).get(term.column or "", "")
    last = len(term.tokens) - 1
    marks = [weight + ("*" if term.is_beginning and index == last else "") for index in range(len(term.tokens))]
    words = [f"{token}:{mark}" if mark else token for token, mark in zip(term.tokens, marks, strict=True)]
    return "(" + " <-> ".join(words) + ")"
