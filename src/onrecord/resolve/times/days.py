"""Days, weeks and months as TIMEX3 values, steps from one to the next, and the days that a value means.

Values are the only form in which a resolved time is kept, so that what is printed and what is counted on from cannot differ. All
arithmetic stays within the years 1 to 9999: what falls outside has no value.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from onrecord.types import Interval

_SEASONS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 14)}
_HALF_OF_DAY = r"(?:T.*)?"
_DAY = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d){_HALF_OF_DAY}")
_WEEK = re.compile(r"(\d{4})-W(\d\d)(-WE)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_SEASON = re.compile(r"(\d{4})-(SP|SU|FA|WI)")
_PORTION = re.compile(r"(\d{4})-([QH])(\d)")
_YEARS = re.compile(r"\d{1,4}")
_RANGE = re.compile(r"(\d{4})/(\d{4})")

Month = tuple[int, int]


def build_day(year: int, month: int, day: int) -> date | None:
    """That day, or None if there is no such."""
    if 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
        return date(year, month, day)
    return None


def add_days(day: date, number: int) -> date | None:
    """`number` days on, or back if negative; None outside the years 1 to 9999."""
    ordinal = day.toordinal() + number
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


def add_months(year: int, month: int, number: int) -> Month | None:
    """The month `number` months on; None outside the years 1 to 9999."""
    year, month = divmod(year * 12 + month - 1 + number, 12)
    return (year, month + 1) if 1 <= year <= 9999 else None


def write_week(day: date) -> str:
    """The ISO week that `day` falls in: `2021-W01`."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def write_month(year: int, month: int) -> str:
    return f"{year:04}-{month:02}"


def write_quarter(year: int, month: int) -> str:
    return f"{year:04}-Q{(month + 2) // 3}"


def find_weekday(day: date, weekday: int, step: int) -> date | None:
    """The weekday (1 Monday … 7 Sunday) nearest before `day` (step -1), after it (1), or on it in either case."""
    off = weekday - day.isoweekday()
    return add_days(day, off % 7 if step > 0 else -(-off % 7))


def find_easter(year: int) -> date:
    """Easter Sunday by the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden, century = year % 19, year // 100
    skipped = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    shift = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - skipped - year % 100 % 4) % 7
    month, day = divmod(skipped + shift - 7 * ((golden + 11 * skipped + 22 * shift) // 451) + 114, 31)
    return date(year, month, day + 1)


def find_nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The `number`-th such weekday of a month; -1 is the last one."""
    if number < 0:
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (number - 1))


def shift(day: date, unit: str, number: int) -> str | None:
    """The value of the unit (D, W, MO, Q, Y, E, C) that lies `number` units from the one of `day`."""
    if unit in ("D", "N"):
        moved = add_days(day, number)
        return moved.isoformat() if moved else None
    if unit in ("W", "WE", "F"):
        moved = add_days(day, number * (14 if unit == "F" else 7))
        return write_week(moved) + ("-WE" if unit == "WE" else "") if moved else None
    if unit in ("MO", "Q"):
        month = add_months(day.year, day.month, number * (3 if unit == "Q" else 1))
        return (write_quarter(*month) if unit == "Q" else write_month(*month)) if month else None
    year = day.year + number * {"Y": 1, "E": 10, "C": 100}[unit]
    return f"{year:04}" if 1 <= year <= 9999 else None


# --- the days of a value ---------------------------------------------------------------------------------------------


def find_days(value: str) -> Interval | None:
    """The days that a TIMEX3 value means, both inclusive; None for durations, sets, references, and what has an X."""
    if match := _DAY.fullmatch(value):
        day = build_day(*(int(part) for part in match.groups()))
        return Interval(day, day) if day else None
    if match := _WEEK.fullmatch(value):
        return _find_week(int(match[1]), int(match[2]), weekend=bool(match[3]))
    if match := _MONTH.fullmatch(value):
        return _find_months(int(match[1]), int(match[2]), int(match[2]))
    if match := _SEASON.fullmatch(value):
        return _find_months(int(match[1]), *_SEASONS[match[2]])
    if match := _PORTION.fullmatch(value):
        size = 3 if match[2] == "Q" else 6
        last = int(match[3]) * size
        return _find_months(int(match[1]), last - size + 1, last) if 1 <= last <= 12 else None
    if match := _RANGE.fullmatch(value):
        first, last = int(match[1]), int(match[2])
        return _find_years(first, last) if first <= last else None
    if _YEARS.fullmatch(value):
        size = 10 ** (4 - len(value))
        return _find_years(int(value) * size, int(value) * size + size - 1)
    return None


def _find_week(year: int, week: int, *, weekend: bool) -> Interval | None:
    if not 1 <= week <= 53 or not 1 < year < 9999:
        return None
    monday = date(year, 1, 4) - timedelta(days=date(year, 1, 4).isoweekday() - 1) + timedelta(weeks=week - 1)
    return Interval(monday + timedelta(days=5 if weekend else 0), monday + timedelta(days=6))


def _find_months(year: int, first: int, last: int) -> Interval | None:
    start, end = build_day(year, first, 1), add_months(year, last, 0) if 1 <= first <= 12 else None
    if start is None or end is None:
        return None
    return Interval(start, date(*end, monthrange(*end)[1]))


def _find_years(first: int, last: int) -> Interval | None:
    if last < 1 or first > 9999:
        return None
    return Interval(date(max(1, first), 1, 1), date(min(9999, last), 12, 31))
