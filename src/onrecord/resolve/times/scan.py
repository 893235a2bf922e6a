"""Where time expressions are: stretches of known words around a head, and in them the rules' one alternation.

Words are looked up one by one first, because most of a text is far from any time expression, and an alternation of fifty rules
tried at every word costs ten times as much. Stretches are bounded, so time is linear in the text's length whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.resolve.times.vocabulary import Rule, TimeWords, merge_groups
from onrecord.types import Span

_WORD = re.compile(r"[ap]\.m\b|[^\W\d_]+|\d+")
_LEFT, _RIGHT = 8, 10  # words around a head
_BEYOND = 60  # code points after a stretch that a rule may look at


@dataclass(frozen=True, slots=True)
class Found:
    """An expression in the text: where, by which rule, and what its groups hold."""

    span: Span
    rule: Rule
    parts: dict[str, str]


def find_expressions(text: str, words: TimeWords) -> Iterator[Found]:
    """Everything in `text` that a rule fits, in order; nothing overlaps."""
    at = 0
    flat = words.flatten(text)
    for stretch in _find_stretches(text, words):
        limit = min(len(text), stretch[-1].end + _BEYOND)
        for word in stretch:
            if word.start >= at and (found := _match_rules(flat, word, limit, words)):
                yield found
                at = found.span.end


def _match_rules(flat: str, word: Span, limit: int, words: TimeWords) -> Found | None:
    """The expression that begins with `word`, by the first rule that fits."""
    if word.of(flat) in words.never_first or not (match := words.scan.match(flat, word.start, limit)):
        return None
    rule = words.rules[int((match.lastgroup or "r0")[1:])]
    inner = rule.match(flat, word.start, limit)
    return Found(Span(*inner.span()), rule, merge_groups(inner)) if inner else None


def _find_stretches(text: str, words: TimeWords) -> Iterator[list[Span]]:
    """Runs of known words and numbers that hold a head, trimmed to a few words around their heads."""
    run: list[Span] = []
    heads: list[int] = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in words.known or word[0].isdigit():
            if _is_head(word, text, match.end(), words):
                heads.append(len(run))
            run.append(Span(*match.span()))
        elif run:
            yield from _trim_run(run, heads)
            run, heads = [], []
    yield from _trim_run(run, heads)


def _is_head(word: str, text: str, end: int, words: TimeWords) -> bool:
    if not word[0].isdigit():
        return word in words.heads
    return len(word) == 4 or (len(word) <= 2 and text[end : end + 1] in tuple(":/.-'’sapSAP"))


def _trim_run(run: list[Span], heads: list[int]) -> Iterator[list[Span]]:
    last = -1
    first = 0
    for head in heads:
        if last >= 0 and head - _LEFT > last:
            yield run[first : last + 1]
            last = -1
        if last < 0:
            first = max(0, head - _LEFT)
        last = min(len(run) - 1, head + _RIGHT)
    if last >= 0:
        yield run[first : last + 1]
