"""Times counted from publication or from the narrative: "yesterday", "Monday night", "last week", "two days later", "5 p.m."."""

from __future__ import annotations

import re
from datetime import date

from onrecord.resolve.times.anchor import Anchor
from onrecord.resolve.times.days import add_days, find_weekday, shift
from onrecord.resolve.times.durations import parse_number, write_duration
from onrecord.resolve.times.meaning import STEP_WORDS, UNKNOWN, Meaning, Parts, ends_in, get_after, get_before, goes_on
from onrecord.resolve.times.written import interpret_date
from onrecord.resolve.times.years import write_year_ago

_NAME_BEFORE, _NAME_AFTER = re.compile(r"\b[Tt]he \Z"), re.compile(r" [A-Z][a-z]+\b")
_LINKED = 12  # code points between the two ends of "Monday to Friday"


def interpret_day_off(parts: Parts, anchor: Anchor) -> Meaning:
    published = anchor.get_published()
    day = add_days(published, anchor.words.days_off[parts["dayoff"]]) if published else None
    value = day.isoformat() if day else "XXXX-XX-XX"
    return Meaning("TIME", f"{value}T{anchor.words.parts[parts['half']]}") if "half" in parts else Meaning("DATE", value)


def interpret_today_part(parts: Parts, anchor: Anchor) -> Meaning:
    published = anchor.get_published()
    day = add_days(published, -1 if "past" in parts else 0) if published else None
    part = parts.get("past") or parts.get("part") or "night"
    return Meaning("TIME", f"{day or 'XXXX-XX-XX'}T{anchor.words.parts[part]}")


def interpret_overnight(parts: Parts, anchor: Anchor) -> Meaning:
    published = anchor.get_published()
    return Meaning("TIME", f"{published or 'XXXX-XX-XX'}TNI")


def interpret_part_of_day(parts: Parts, anchor: Anchor) -> Meaning | None:
    words = anchor.at.of(anchor.text).lower()
    if words.startswith("the ") and words.split()[1] in anchor.words.parts and not ends_in("part_lead", get_before(anchor), anchor):
        return None
    day = anchor.get_narrative("D")
    step = 1 if "following" in words or "next" in words else -1 if "previous" in words else 0
    day = add_days(day, step) if day else None
    return Meaning("TIME", f"{day or 'XXXX-XX-XX'}T{anchor.words.parts[parts['half']]}")


def interpret_weekday_set(parts: Parts, anchor: Anchor) -> Meaning:
    value = f"XXXX-WXX-{anchor.words.weekdays[parts.get('weekday') or parts['manydays'].removesuffix('s')]}"
    part = parts.get("part") or parts.get("halves", "").removesuffix("s")
    return Meaning("SET", f"{value}T{anchor.words.parts[part]}" if part else value)


def interpret_weekend_set(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("SET", anchor.words.weekends[parts["weekends"]])


def interpret_weekday(parts: Parts, anchor: Anchor) -> Meaning | None:
    if _NAME_BEFORE.search(get_before(anchor)) and _NAME_AFTER.match(get_after(anchor)):
        return None  # "the Sunday Courant"
    number = anchor.words.weekdays[parts["weekday"]]
    day = _find_narrative_weekday(number, parts, anchor) if "narrativestep" in parts else choose_weekday(number, parts, anchor)
    value = day.isoformat() if day else f"XXXX-WXX-{number}"
    part = parts.get("part")
    return Meaning("TIME", f"{value}T{anchor.words.parts[part]}") if part else Meaning("DATE", value)


def _find_narrative_weekday(number: int, parts: Parts, anchor: Anchor) -> date | None:
    """ "that Tuesday", "the following Tuesday": counted from the day that the text spoke of last."""
    day = anchor.get_narrative("D")
    step = anchor.words.narrative_steps[parts["narrativestep"]]
    if day is None:
        return None
    if step == 0:
        monday = add_days(day, 1 - day.isoweekday())
        return add_days(monday, number - 1) if monday else None
    moved = add_days(day, step)
    return find_weekday(moved, number, step) if moved else None


def choose_weekday(number: int, parts: Parts, anchor: Anchor) -> date | None:
    published = anchor.get_published()
    if published is None:
        return None
    if "week" in parts:
        return add_days(published, number - published.isoweekday() + 7 * STEP_WORDS[parts["week"]])
    step = anchor.words.steps[parts["step"]] if "step" in parts else None
    if step == 0:
        return add_days(published, number - published.isoweekday())
    if step is not None:
        moved = add_days(published, step)
        return find_weekday(moved, number, step) if moved else None
    if anchor.day and anchor.at.start - anchor.day_end < _LINKED and ends_in("stretch_lead", get_before(anchor), anchor):
        return find_weekday(anchor.day, number, 1)
    if published.isoweekday() == number:
        return published
    return find_weekday(published, number, 1 if anchor.find_tense() == "future" else -1)


def interpret_clock(parts: Parts, anchor: Anchor) -> Meaning | None:
    hours = parse_hours(parts, anchor)
    if hours is None:
        return None
    day = _find_clock_day(parts, anchor)
    return Meaning("TIME", f"{day}{hours}")


def _find_clock_day(parts: Parts, anchor: Anchor) -> str:
    if "month" in parts:
        found = interpret_date({key: value for key, value in parts.items() if key in ("month", "day", "year")}, anchor)
        return found.value if isinstance(found, Meaning) else "XXXX-XX-XX"
    if "weekday" in parts:
        day = choose_weekday(anchor.words.weekdays[parts["weekday"]], {}, anchor)
    elif "dayoff" in parts:
        published = anchor.get_published()
        day = add_days(published, anchor.words.days_off[parts["dayoff"]]) if published else None
    else:
        day = anchor.get_narrative("D")
    return day.isoformat() if day else "XXXX-XX-XX"


def parse_hours(parts: Parts, anchor: Anchor) -> str | None:
    """The hour and minute as `T14:30`; None where digits are no time of day ("Route 10:30" is past telling, "10.30 percent" is not)."""
    words = parts.get("clock") or parts["bare"]
    if words in anchor.words.hours:
        return anchor.words.hours[words]
    digits = re.findall(r"\d+", words)
    if len(digits[0]) == 4:
        digits = [digits[0][:2], digits[0][2:]]
    hour = int(digits[0])
    half = re.search(r"([ap])\.?m", words)
    late = (half is not None and half[1] == "p") or parts.get("half") in ("afternoon", "evening")
    if half is None and "." in words.rstrip(".") and "hour" not in words and not parts.get("zone"):
        return None
    if half is None and ":" in words and re.search(r"\d\s*$|:\s*$", get_before(anchor, 4)):
        return None
    if hour > 24 or (half and hour > 12):
        return None
    hour = hour % 12 + (12 if late else 0) if half or parts.get("half") else hour
    return f"T{hour:02}:{digits[1] if len(digits) > 1 else '00'}"


# --- steps and distances ---------------------------------------------------------------------------------------------


def interpret_unit_step(parts: Parts, anchor: Anchor) -> Meaning | None:
    unit = anchor.words.units[parts["whole"]]
    if "step" not in parts:
        return _choose_bare_unit(unit, parts, anchor)
    if parts["step"] in ("the last", "the past", "past") and unit != "WE":
        return None if goes_on("of", anchor) else Meaning("DURATION", write_duration(1, unit))
    published = anchor.get_published()
    step = anchor.words.steps[parts["step"]]
    if unit == "WE" and step == 0 and published and published.isoweekday() < 5 and anchor.find_tense() == "past":
        step = -1
    value = _write_step(published, unit, step) if published else None
    return Meaning("DATE", value or UNKNOWN[unit])


def _write_step(day: date, unit: str, step: int) -> str | None:
    """The unit `step` units from the day's own; "next weekend", said within the week, is the one that ends it."""
    if unit == "WE" and step == 1 and day.isoweekday() < 6:
        step = 0
    return shift(day, unit, step)


def _choose_bare_unit(unit: str, parts: Parts, anchor: Anchor) -> Meaning | None:
    """ "the year", "the weekend": the one that the text speaks of, else publication's."""
    if unit == "Y" and goes_on("ending", anchor):
        return Meaning("DURATION", "P1Y")
    if goes_on("side", anchor):
        return None
    if unit == "Q" or (goes_on("of", anchor) and unit != "WE"):
        return None
    if unit in ("W", "MO") and not parts.get("early") and not ends_in("unit_lead", get_before(anchor), anchor):
        return None
    day = anchor.get_published()
    if day is None:
        return Meaning("DATE", UNKNOWN[unit])
    step = -1 if unit == "WE" and day.isoweekday() < 5 and anchor.find_tense() != "future" else 0
    return Meaning("DATE", shift(day, unit, step) or UNKNOWN[unit])


def interpret_unit_narrative(parts: Parts, anchor: Anchor) -> Meaning | None:
    unit = anchor.words.units[parts["whole"]]
    day = anchor.get_narrative(unit)
    value = shift(day, unit, anchor.words.narrative_steps[parts["narrativestep"]]) if day else None
    return Meaning("DATE", value or UNKNOWN[unit])


def interpret_ago(parts: Parts, anchor: Anchor) -> Meaning | None:
    return read_distance(parts, anchor, -1, anchor.get_published())


def interpret_from_now(parts: Parts, anchor: Anchor) -> Meaning | None:
    return read_distance(parts, anchor, 1, anchor.get_published())


def interpret_later(parts: Parts, anchor: Anchor) -> Meaning | None:
    back = parts["side"] in ("earlier", "before", "previously")
    words = anchor.at.of(anchor.text).lower()
    if words.startswith("the ") and parts["side"] not in ("before", "after", "earlier"):
        return None
    unit = anchor.words.units[parts["unit"]]
    if unit == "Y" and back and parts.get("quantity") == "a" and anchor.is_near_quarter():
        return write_year_ago(anchor)
    return read_distance(parts, anchor, -1 if back else 1, anchor.get_narrative(unit))


def read_distance(parts: Parts, anchor: Anchor, side: int, day: date | None) -> Meaning | None:
    """A number of units before or after `day`; a vague number is a reference to the past or the future."""
    unit = anchor.words.units[parts["unit"]]
    number = parse_number(parts.get("quantity", "a" if "unit" in parts else ""), anchor)
    if "quantity" not in parts and not parts["unit"].endswith("s") and not anchor.at.of(anchor.text).lower().startswith("the "):
        return None
    if number is None or ("quantity" not in parts and parts["unit"].endswith("s")):
        return Meaning("DATE", "PAST_REF" if side < 0 else "FUTURE_REF")
    if unit == "Y" and side < 0 and parts.get("quantity") == "a" and anchor.is_near_quarter():
        return write_year_ago(anchor)
    if unit in ("S", "M", "H"):
        return Meaning("TIME", f"{day or 'XXXX-XX-XX'}TXX")
    if number % 1:
        unit, number = {"Y": ("MO", number * 12), "E": ("Y", number * 10), "C": ("Y", number * 100)}.get(unit, (unit, number))
    value = shift(day, unit, side * int(min(number, 10**7))) if day else None
    return Meaning("DATE", value or UNKNOWN[unit])
