"""Sentences with labelled predicates as text: Jiang & de Marneffe's JSON lines (UW, UDS-IH2, MEANTIME).

A line holds `text` (tokens with a blank between them) and `targets` (`span1`, tokens from and up to; `label`, -3 to 3). News is not written
that way, so tokens are put together again the way a newspaper prints them, and each predicate keeps its code points.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.types import Span

SETS = ("UW", "UDS_IH2", "MEANTIME")
_WRITTEN = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}
_CLOSES = frozenset([".", ",", ";", ":", "?", "!", "”", ")", "]", "%", "’", "..."])
_OPENS = frozenset(["“", "(", "[", "$", "£"])
_CLITICS = frozenset(["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"])


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and its labelled predicates."""

    text: str
    targets: tuple[tuple[Span, float], ...]


def read_sentences(path: Path) -> Iterator[Sentence]:
    """The sentences of a file.

    Raises:
        ValueError: a line is not as described above.

    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                given = json.loads(line)
                text, spans = join_tokens(given["text"].split())
                targets = tuple(
                    (Span(spans[t["span1"][0]].start, spans[t["span1"][1] - 1].end), float(t["label"])) for t in given["targets"]
                )
            except (KeyError, IndexError, TypeError) as error:
                raise ValueError(f"{path}, line {number}: no sentence with labelled predicates ({error})") from error
            yield Sentence(text, targets)


def join_tokens(tokens: list[str]) -> tuple[str, list[Span]]:
    """The tokens as one text, and where each of them stands in it."""
    text, spans, open_quote = "", [], False
    for token in tokens:
        word = _WRITTEN.get(token, token)
        if token == '"':
            open_quote = not open_quote
            word = "“" if open_quote else "”"
        joins = not text or word in _CLOSES or word.lower() in _CLITICS or text[-1] in _OPENS
        text += word if joins else f" {word}"
        spans.append(Span(len(text) - len(word), len(text)))
    return text, spans
