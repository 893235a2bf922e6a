"""What relative expressions are counted from: the day of publication, and what the text spoke of last.

The narrative is kept by granularity, because "the following year" counts from the year spoken of last and "two days later" from the
day spoken of last, whatever came between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from onrecord.resolve.times.vocabulary import TimeWords
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Interval, Span

Tense = Literal["past", "future"]
_LOOK_BACK, _LOOK_AHEAD = 90, 60  # code points within the sentence
_GLANCE = 24  # code points after a telling word that it may ask about
_ASIDES = ("ago", "later", "year_ago", "quarter_ago")  # "a year earlier" said twice is one and the same year
_NEAR = 700  # code points that a day, week or quarter of the narrative holds for


@dataclass(slots=True)
class Anchor:
    """What is known at one place of the text. Mutable: it goes along with the reading."""

    text: str
    published: date | None
    words: TimeWords
    at: Span = field(default_factory=lambda: Span(0, 0))
    is_american: bool | None = None  # whether numeric dates put the month first; None if no date of the text settles it
    day: date | None = None
    gone: date | None = None  # the last of those days that was not after publication
    week: date | None = None
    month: date | None = None
    quarter: date | None = None
    year: date | None = None
    day_end: int = 0
    quarter_end: int = 0
    lacked: bool = False  # whether a relative expression had nothing to be counted from

    def note(self, reads: str, value: str, days: Interval | None, at: Span) -> None:
        """Go on from a resolved time: it is what the text spoke of last, of its granularity and of the larger ones."""
        if days is None:
            return
        length = (days.last - days.first).days
        if length == 0:
            self.day, self.day_end = days.first, at.end
            self.gone = days.first if self.published is None or days.first <= self.published else self.gone
        if length <= 7:
            self.week = days.first
        if length <= 31:
            self.month = days.first
        if "-Q" in value and reads == "quarter":
            self.quarter, self.quarter_end = days.first, at.end
        if length <= 366 and reads not in _ASIDES:
            self.year = days.first

    def get_published(self) -> date | None:
        """The day of publication; that it is not known is noted."""
        self.lacked = self.lacked or self.published is None
        return self.published

    def get_narrative(self, unit: str) -> date | None:
        """The day that an expression such as "two days later" counts from, for units of that size; else publication's."""
        day = {
            "S": self.day,
            "M": self.day,
            "H": self.day,
            "D": self.day,
            "N": self.day,
            "W": self.week,
            "WE": self.week,
            "MO": self.month,
            "Q": self.quarter,
        }.get(unit, self.year)
        near = self.at.start - self.day_end <= _NEAR or unit in ("W", "WE", "F", "MO", "Q", "Y", "E", "C")
        if unit in ("D", "N") and day != self.gone and self.find_tense() != "future":
            day = self.gone  # "the pier will open at Christmas. … The following day the council said"
        return day if day is not None and near else self.get_published()

    def is_near_quarter(self) -> bool:
        """Whether the text speaks of quarters just here, as reports of earnings do."""
        return self.quarter is not None and self.at.start - self.quarter_end <= _NEAR

    def find_tense(self) -> Tense | None:
        """The tense of the words around the expression: the nearest telling word before it in its sentence, else after it."""
        start = find_sentence_start(self.text, self.at.start, _LOOK_BACK)
        end = find_sentence_end(self.text, self.at.end, _LOOK_AHEAD)
        before = max(_list_telling(self.text, start, self.at.start, self.words), default=None)
        if before is not None and self.at.start - before[0] < _LOOK_BACK:
            return before[1]
        after = min(_list_telling(self.text, self.at.end, end, self.words), default=None)
        return after[1] if after else None


def _list_telling(text: str, start: int, end: int, words: TimeWords) -> list[tuple[int, Tense]]:
    """The places of telling words between `start` and `end`; what follows them may lie beyond."""
    beyond = end + _GLANCE
    found: list[tuple[int, Tense]] = [(m.end(), "future") for m in words.future.finditer(text, start, beyond) if m.end() <= end]
    taken = {place for place, _ in found}
    return found + [(m.end(), "past") for m in words.past.finditer(text, start, beyond) if m.end() <= end and m.end() not in taken]


_DAY_FIRST = re.compile(r"(?<![\w/.])(1[3-9]|2\d|3[01])/(0?[1-9]|1[0-2])/(?:\d{4}|\d\d)(?![\w/])")
_MONTH_FIRST = re.compile(r"(?<![\w/.])(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])/(?:\d{4}|\d\d)(?![\w/])")


def find_order(text: str) -> bool | None:
    """Whether the text's numeric dates put the month first, if one of them can only be read one way."""
    if _MONTH_FIRST.search(text):
        return True
    return False if _DAY_FIRST.search(text) else None
