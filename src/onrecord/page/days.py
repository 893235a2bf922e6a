"""Calendar days as pages and posts write them out in full: day, month and year are all there, or it is no day.

Only what is already delimited is read here (a meta tag, a date line, the last part of a signature); expressions in running text are
another module's. A day is the one that is written: no time zone is ever applied, since the reader of the page saw that day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from onrecord.types import Span

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"), ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_FORMS = (
    rf"{_MONTH}\s{{1,3}}{_DAY},?\s{{1,3}}{_YEAR}",
    rf"{_DAY}[\s-]{{0,3}}(?:of\s)?{_MONTH},?[\s-]{{1,3}}{_YEAR}",
    rf"{_YEAR}(?P<gap>[-/.])(?P<month_number>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}})(?!\d)",
    r"(?P<year>(?:19|20)\d\d)(?P<month_number>\d\d)(?P<day>\d\d)(?=T|\b)",
    r"(?P<one>\d{1,2})(?P<gap>[./-])(?P<two>\d{1,2})(?P=gap)(?P<year>\d{4})(?!\d)",
)
_DAYS = tuple(re.compile(rf"(?<![\w.]){form}", re.I) for form in _FORMS)
_AROUND = re.compile(
    r"t?\d{1,2}[:.]\d\d(?:[:.]\d\d(?:\.\d+)?)?\s?(?:z\b|[ap]\.?m\b\.?|[+-]\d\d:?\d\d)?|\b(?:\d{1,2}\s?[ap]\.?m|at|on|"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|utc|gmt|[ecmp][sd]?t|bst|cet|cest|ist|eat|wat|msk)\b",
    re.I,
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?\Z")
_DATE_LEAD = re.compile(r"^\s*(?:first |last )?(?:published|updated|posted|date|modified)(?:\s+(?:on|at))?\b[\s:]*", re.I)
_LONGEST = 100


def parse_day(value: str) -> date | None:
    """The day that a metadata value tells (ISO 8601, RFC 2822, in words, or seconds since 1970); None if none, or an impossible one."""
    value = value.strip()[:_LONGEST]
    if _EPOCH.match(value):
        return datetime.fromtimestamp(int(value[:10]), UTC).date()
    found = find_day(value)
    return found[1] if found else None


def find_day(text: str) -> tuple[Span, date] | None:
    """The first day written out in `text`, and where. Meant for short lines."""
    found = [(Span(*match.span()), day) for form in _DAYS for match in form.finditer(text) if (day := _build_day(match))]
    return min(found, key=lambda pair: pair[0]) if found else None


def is_day_line(line: str) -> bool:
    """Whether a line is a day and nothing else but a time, a weekday, a time zone and punctuation."""
    if len(line) > _LONGEST:
        return False
    found = find_day(line)
    if found is None:
        return False
    rest = line[: found[0].start] + " " + line[found[0].end :]
    return not any(char.isalnum() for char in _AROUND.sub(" ", rest))


def parse_date_line(line: str) -> date | None:
    """The day of a line that holds nothing else, but for words such as "Published" before it."""
    rest = _DATE_LEAD.sub("", line)
    found = find_day(rest) if is_day_line(rest) else None
    return found[1] if found else None


def _build_day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    if "one" in parts:
        return _build_numeric(int(parts["year"]), int(parts["one"]), int(parts["two"]))
    month = MONTHS[parts["month"].lower()] if parts.get("month") else int(parts["month_number"])
    return _build_date(int(parts["year"]), month, int(parts["day"]))


def _build_numeric(year: int, one: int, two: int) -> date | None:
    """A day in numbers, where only one order of day and month is possible."""
    days = {day for month, number in ((one, two), (two, one)) if (day := _build_date(year, month, number))}
    return days.pop() if len(days) == 1 else None


def _build_date(year: int, month: int, day: int) -> date | None:
    if not 1700 <= year <= 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
