"""Dates that are written out with a number or a name: "3 March", "May 2012", "12/05/2019", "last spring", "Christmas"."""

from __future__ import annotations

import re
from datetime import date

from onrecord.resolve.times.anchor import Anchor
from onrecord.resolve.times.days import add_days, build_day, find_easter, find_nth_weekday, write_month, write_week
from onrecord.resolve.times.meaning import STEP_WORDS, Meaning, Parts, get_after, get_before, is_led
from onrecord.text import find_sentence_start
from onrecord.types import Span


def interpret_iso(parts: Parts, anchor: Anchor) -> Meaning:
    if hours := parts.get("hours"):
        return Meaning("TIME", f"{parts['full']}T{hours}")
    return Meaning("DATE", parts["full"])


def interpret_event(parts: Parts, anchor: Anchor) -> Meaning | None:
    return next(
        (
            Meaning("DATE", value)
            for pattern, value in anchor.words.events
            if re.match(pattern, anchor.text[anchor.at.start : anchor.at.start + 60], re.I)
        ),
        None,
    )


def interpret_numeric(parts: Parts, anchor: Anchor) -> Meaning | None:
    one, two = int(parts["one"]), int(parts["two"])
    year = parse_short_year(parts["short"], anchor)
    is_american = anchor.is_american if anchor.is_american is not None else "/" in anchor.at.of(anchor.text)
    pairs = ((one, two), (two, one)) if is_american else ((two, one), (one, two))
    day = next((day for month, number in pairs if (day := build_day(year, month, number))), None)
    return Meaning("DATE", day.isoformat()) if day else None


def parse_short_year(digits: str, anchor: Anchor) -> int:
    """The year of two digits that is no more than twenty years after publication, or after 2030 where there is none."""
    if len(digits) > 2:
        return int(digits)
    limit = (anchor.published.year if anchor.published else 2030) + 20
    return limit - (limit - int(digits)) % 100


def interpret_date(parts: Parts, anchor: Anchor) -> list[Meaning] | Meaning | None:
    month, day = anchor.words.months[parts["month"]], int(parts["day"])
    year = find_stated_year(parts, anchor)
    if parts.get("half") and year is None and anchor.published is None:
        return None
    first = _write_date(year, month, day, parts, anchor)
    if first is None:
        return None
    other = parts.get("day2")
    if not other:
        return first
    second = _write_date(year, month, int(other), {}, anchor)
    return _split_days(first, second, parts, anchor) if second else first


def _split_days(first: Meaning, second: Meaning, parts: Parts, anchor: Anchor) -> list[Meaning]:
    """The two days of "April 24 and 25", each at its own place."""
    words = anchor.at.of(anchor.text)
    start, end = anchor.at.start, anchor.at.end
    digits = [Span(start + m.start(), start + m.end()) for m in re.finditer(r"\d{1,2}(?:st|nd|rd|th)?(?!\d)", words)]
    if "backward" in parts:
        cut = digits[0].end
        return [Meaning(second.type, second.value, Span(start, cut)), Meaning(first.type, first.value, Span(digits[1].start, end))]
    return [Meaning(first.type, first.value, Span(start, digits[0].end)), Meaning(second.type, second.value, Span(digits[1].start, end))]


def find_stated_year(parts: Parts, anchor: Anchor) -> int | None:
    if year := parts.get("year"):
        return int(year)
    if short := parts.get("short"):
        return parse_short_year(short, anchor)
    if spelled := parts.get("spelled"):
        return parse_spelled(spelled, anchor)
    if words := parts.get("thatyear"):
        return _find_that_year(words, anchor)
    return None


def parse_spelled(spelled: str, anchor: Anchor) -> int:
    words = re.findall(r"[a-z]+", spelled)
    base = {"nineteen": 1900, "eighteen": 1800, "two": 2000}[words[0]]
    rest = words[2:] if base == 2000 else words[1:]
    return base + int(sum(anchor.words.numbers.get(word, 0) for word in rest))


def _find_that_year(words: str, anchor: Anchor) -> int | None:
    day = anchor.get_narrative("Y") if words.startswith(("that", "the")) else anchor.get_published()
    return day.year + STEP_WORDS[words] if day else None


def _write_date(year: int | None, month: int, number: int, parts: Parts, anchor: Anchor) -> Meaning | None:
    if year is None:
        year = _find_shared_year(anchor) or _choose_year(month, number, anchor)
    if year is None:
        return Meaning("DATE", f"XXXX-{month:02}-{number:02}") if build_day(2000, month, number) else None
    day = build_day(year, month, number)
    if day is None:
        return None
    part = parts.get("part")
    return Meaning("TIME", f"{day}T{anchor.words.parts[part]}") if part else Meaning("DATE", day.isoformat())


_SHARED_NEAR = re.compile(r"(\w+\.?) (this|last|next) year\b", re.I)
_SHARED = re.compile(r"(?:[^\W\d_]+\.?\s+){0,2}(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?(?:[^\W\d_]+\.?,?\s+)?((?:1\d|20)\d\d)(?!\d)")
_MONTH_WORD = re.compile(r"[^\W\d_]+\.?")


def _find_shared_year(anchor: Anchor) -> int | None:
    """The year of "July" in "from July to December 2004": that of the month which a linking word ties to it."""
    link = anchor.words.between.match(anchor.text, anchor.at.end, anchor.at.end + 12)
    if not link:
        return None
    near = _SHARED_NEAR.match(anchor.text, link.end(), link.end() + 40)
    if near and near[1].lower() in anchor.words.months and anchor.published:
        return anchor.published.year + anchor.words.steps[near[2].lower()]
    tied = _SHARED.match(anchor.text, link.end(), link.end() + 40)
    if not tied or not any(m.group().lower() in anchor.words.months for m in _MONTH_WORD.finditer(tied.group())):
        return None
    return int(tied[1])


_TOLD = 60  # code points before a month in which a verb stands that says that it is over
_IN = re.compile(r"[^.;:,!?\n]* in \Z")
_SOON = 3  # months ahead that are this way in any tense: news seldom speaks of days nine months back without their year
_LATEST = 8  # months ahead that the future is believed for


def _choose_year(month: int, number: int | None, anchor: Anchor) -> int | None:
    """The year of a month or day that the text gives without one: the nearest one, by tense where both sides are far."""
    published = anchor.get_published()
    if published is None:
        return anchor.year.year if anchor.year else None
    ahead = (month - published.month) % 12
    if ahead == 0 and (number is None or anchor.find_tense() is None or abs(number - published.day) < 25):
        return published.year
    comes = published.year + (month < published.month)
    if ahead <= _SOON and not (number is None and _is_told_as_past(anchor)):
        return comes
    return comes if anchor.find_tense() == "future" and ahead <= _LATEST else comes - 1


def _is_told_as_past(anchor: Anchor) -> bool:
    """Whether what happened in a month is told as over right before it: "who replaced him as its head in January"."""
    start = find_sentence_start(anchor.text, anchor.at.start, _TOLD)
    last = max((m.end() for m in anchor.words.past.finditer(anchor.text, start, anchor.at.start)), default=None)
    if last is None or any(True for _ in anchor.words.future.finditer(anchor.text, start, anchor.at.start)):
        return False
    return _IN.search(anchor.text, last, anchor.at.start) is not None


# --- months ----------------------------------------------------------------------------------------------------------

_SINCE = re.compile(r"\b(?:since|as of|from) \Z", re.I)
_NAMESAKES = ("may", "march", "april", "june", "august", "mar", "jan", "dec")


def interpret_month(parts: Parts, anchor: Anchor) -> Meaning | None:
    month = anchor.words.months[parts["month"]]
    year = find_stated_year(parts, anchor)
    if year is not None:
        return Meaning("DATE", write_month(year, month))
    if not parts.get("step") and not parts.get("early") and not _is_bare_month(parts["month"], anchor):
        return None
    if step := parts.get("step"):
        year = _find_step_year(month, anchor.words.steps[step], anchor)
    else:
        year = _find_shared_year(anchor) or _find_narrative_year(anchor) or _choose_year(month, None, anchor)
    return Meaning("DATE", write_month(year, month) if year else f"XXXX-{month:02}")


def interpret_month_set(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("SET", f"XXXX-{anchor.words.months[parts['month']]:02}")


def _is_bare_month(name: str, anchor: Anchor) -> bool:
    """Whether a month's name by itself is the month and no verb, march or person."""
    if re.match(r"\s+[A-Z][a-z]|['’]s\s+[A-Z]|-[A-Z]", get_after(anchor)) and not is_led(anchor):
        return False
    if not name.endswith(".") and len(name) < 5 and name not in ("may", "june", "july"):
        return False
    return name.rstrip(".") not in _NAMESAKES or is_led(anchor) or re.match(r"['’]s ", get_after(anchor)) is not None


def _find_step_year(month: int, step: int, anchor: Anchor) -> int | None:
    """The year of "last May" (the one gone by last), "next May", "this May"."""
    published = anchor.get_published()
    if published is None:
        return None
    if step < 0:
        return published.year - (month >= published.month)
    return published.year + (month <= published.month) if step > 0 else published.year


def _find_narrative_year(anchor: Anchor) -> int | None:
    """The year that the same sentence gave just before, if it is one gone by: "in 2004 … in March"."""
    if anchor.year is None or anchor.published is None or anchor.year.year >= anchor.published.year - 1:
        return None
    if _SINCE.search(get_before(anchor)) or anchor.find_tense() == "future":
        return None  # "founded in 2004, it has grown since March"
    near = anchor.text[max(0, anchor.at.start - 200) : anchor.at.start]
    return (
        anchor.year.year if str(anchor.year.year) in near and not re.search(r"[.!?]\s", near.rsplit(str(anchor.year.year), 1)[1]) else None
    )


def interpret_week_of(parts: Parts, anchor: Anchor) -> Meaning | None:
    day = interpret_date({key: value for key, value in parts.items() if key in ("month", "day", "year")}, anchor)
    if not isinstance(day, Meaning) or "X" in day.value:
        return None
    return Meaning("DATE", write_week(date.fromisoformat(day.value)))


def interpret_nth_weekday(parts: Parts, anchor: Anchor) -> Meaning:
    """ "The third Monday of January": of this month in the year that the tense tells."""
    month, weekday = anchor.words.months[parts["month"]], anchor.words.weekdays[parts["weekday"]]
    year = find_stated_year(parts, anchor) or _choose_year(month, None, anchor)
    number = -1 if "latest" in parts else anchor.words.ordinals[parts["ordinal"]]
    day = find_nth_weekday(year, month, weekday, number) if year and 1 <= year <= 9998 else None
    return Meaning("DATE", day.isoformat() if day else f"XXXX-{month:02}-XX")


# --- seasons and holidays --------------------------------------------------------------------------------------------


def interpret_season_year(parts: Parts, anchor: Anchor) -> Meaning:
    year = find_stated_year(parts, anchor)
    return Meaning("DATE", f"{year or 'XXXX'}-{anchor.words.seasons[parts['season']]}")


_DOUBTFUL_SEASONS = ("spring", "fall")  # they spring, and prices fall
_IN_THE = re.compile(r"\b(?:in|by|until|since|during)\s*\Z", re.I)
_SEASON_STARTS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


def interpret_season(parts: Parts, anchor: Anchor) -> Meaning | None:
    code = anchor.words.seasons[parts.get("season") or parts["bare"]]
    if parts.get("bare") in _DOUBTFUL_SEASONS and not _IN_THE.search(get_before(anchor)):
        return None
    if "bare" in parts and not re.match(r"the\b", anchor.at.of(anchor.text), re.I) and not is_led(anchor):
        return None
    narrative = parts.get("narrativestep")
    day = anchor.get_narrative("Y") if narrative else anchor.get_published()
    if day is None:
        return Meaning("DATE", f"XXXX-{code}")
    if narrative:
        return Meaning("DATE", f"{day.year + anchor.words.narrative_steps[narrative]:04}-{code}")
    step = anchor.words.steps[parts["step"]] if "step" in parts else None
    return Meaning("DATE", f"{_find_season_year(_SEASON_STARTS[code], step, day, anchor):04}-{code}")


def _find_season_year(start: int, step: int | None, day: date, anchor: Anchor) -> int:
    """The year that a season begins in: the last that has ended, the next to begin, or this year's."""
    if step == -1 or (step is None and anchor.find_tense() != "future"):
        return day.year - (start + (3 if step else 0) > day.month + (0 if step else 1))
    if step == 1:
        return day.year + (start <= day.month)
    return day.year - (start == 12 and day.month <= 2)


def interpret_holiday(parts: Parts, anchor: Anchor) -> Meaning | None:
    rule = next(value for pattern, value in anchor.words.holidays if re.fullmatch(pattern, parts["holiday"]))
    day = _find_holiday(rule, int(parts["year"])) if "year" in parts else _choose_holiday(rule, parts, anchor)
    if day is None:
        return Meaning("DATE", f"XXXX-{rule}" if isinstance(rule, str) else "XXXX-XX-XX")
    if stretch := parts.get("stretch"):
        return Meaning("DATE", write_week(day) + ("-WE" if stretch == "weekend" else ""))
    return Meaning("DATE", day.isoformat())


def _choose_holiday(rule: object, parts: Parts, anchor: Anchor) -> date | None:
    """The holiday that `last` or `next` means, else the one nearest to publication on the side that the tense tells."""
    published = anchor.get_published()
    if published is None:
        return None
    near = [day for year in (-1, 0, 1) if (day := _find_holiday(rule, published.year + year))]
    step = anchor.words.steps[parts["step"]] if "step" in parts else None
    if step == 0:
        return next((day for day in near if day.year == published.year), None)
    tense = {-1: "past", 1: "future"}.get(step or 0) or anchor.find_tense()
    if tense == "past":
        return max((day for day in near if day <= published), default=None)
    if tense == "future":
        return min((day for day in near if day >= published), default=None)
    return min(near, key=lambda day: abs((day - published).days), default=None)


def _find_holiday(rule: object, year: int) -> date | None:
    if not 2 <= year <= 9998:
        return None
    if isinstance(rule, str):
        return build_day(year, int(rule[:2]), int(rule[3:]))
    if isinstance(rule, int):
        return add_days(find_easter(year), rule)
    assert isinstance(rule, list)
    day = find_nth_weekday(year, *rule[:3])
    return add_days(day, rule[3]) if len(rule) > 3 else day
