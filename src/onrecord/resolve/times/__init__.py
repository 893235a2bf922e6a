"""When: every time expression of a text, as TIMEX3 with the days that it means, and when each statement was said.

The way through: `scan` (where an expression is, by the rules of `data/en-times.toml`) → `normalise` (its TIMEX3 type and value, counted
from `anchor`: publication and the narrative) → `days` (the days that a value means) → `said` (the time that belongs to a
statement's cue) → `occasion` (what is told around it). A trained head and a parser for dates in general were rejected: see
docs/decisions/0003-times-by-rule.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onrecord.resolve.times.anchor import Anchor, find_order
from onrecord.resolve.times.days import find_days
from onrecord.resolve.times.normalise import normalise
from onrecord.resolve.times.occasion import Telling, find_times_said
from onrecord.resolve.times.scan import find_expressions
from onrecord.resolve.times.vocabulary import load_time_words
from onrecord.types import Time

__all__ = ["NO_DATE", "Telling", "Times", "find_times", "find_times_said"]

NO_DATE = "no publication date: relative dates such as “last week” have no days; --published gives one"


@dataclass(frozen=True, slots=True)
class Times:
    """A text's time expressions, in order, and what a reader of them should know."""

    found: tuple[Time, ...]
    warnings: tuple[str, ...]


def find_times(text: str, published: date | None) -> Times:
    """Every time expression of `text`, counted from the day of publication and from what the text spoke of last.

    Without a day of publication relative expressions have values with X and no days, and there is one warning.
    """
    words = load_time_words()
    anchor = Anchor(text, published, words, is_american=find_order(text))
    times: list[Time] = []
    for found in find_expressions(text, words):
        anchor.at = found.span
        for meaning in normalise(found.rule.reads, found.parts, anchor):
            span = meaning.span or found.span
            days = find_days(meaning.value) if meaning.type in ("DATE", "TIME") else None
            times.append(Time(span=span, type=meaning.type, value=meaning.value, days=days))
            anchor.note(found.rule.reads, meaning.value, days, span)
    return Times(tuple(times), (NO_DATE,) if anchor.lacked else ())
