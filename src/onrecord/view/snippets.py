"""The part of a text around the words that were searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onrecord.store.words import find_tokens

_WORD = re.compile(r"[^\W_]+")
_LENGTH = 160  # characters
_STEM = 4  # letters that a word must share with one searched for, as the databases compare stems


def cut_snippet(text: str, tokens: Sequence[str], length: int = _LENGTH) -> Iterator[tuple[str, bool]]:
    """Pieces of `text` around the first word searched for, about `length` characters, and whether each is such a word.

    Which words the database found by their stems is guessed: those that begin as a word searched for does.
    """
    found = [match.span() for match in _WORD.finditer(text) if tokens and _is_like(match.group(), tokens)]
    start = max(0, found[0][0] - length // 3) if found and len(text) > length else 0
    start = text.find(" ", start) + 1 if start else 0
    end = len(text) if len(text) <= start + length else max(text.rfind(" ", start, start + length), start + length // 2)
    yield "… " if start else "", False
    at = start
    for first, last in found:
        if start <= first and last <= end:
            yield text[at:first], False
            yield text[first:last], True
            at = last
    yield text[at:end] + (" …" if end < len(text) else ""), False


def _is_like(word: str, tokens: Sequence[str]) -> bool:
    folded = "".join(find_tokens(word))
    return any(
        folded == t or (min(len(folded), len(t)) >= _STEM and folded[: max(_STEM, len(t) - 2)] == t[: max(_STEM, len(t) - 2)])
        for t in tokens
    )
