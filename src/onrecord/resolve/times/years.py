"""Years and their parts, and what is longer: "1990", "2003-04", "the third quarter", "the 1960s", "the 19th century"."""

from __future__ import annotations

import re

from onrecord.resolve.times.anchor import Anchor
from onrecord.resolve.times.days import write_quarter
from onrecord.resolve.times.meaning import STEP_WORDS, Meaning, Parts, ends_in, get_before, goes_on, is_led
from onrecord.resolve.times.written import find_stated_year, parse_spelled


def interpret_quarter(parts: Parts, anchor: Anchor) -> Meaning | None:
    letter = "H" if parts["which"][0] == "h" else "Q"
    ordinal = parts["ordinal"]
    number = int(ordinal) if ordinal.isdigit() else anchor.words.ordinals[ordinal]
    if letter == "H" and (number > 2 or not _is_half_year(parts, anchor)):
        return None
    year = find_stated_year(parts, anchor)
    if year is None:
        year = _choose_quarter_year(number * (3 if letter == "Q" else 6), anchor, anchor.at.of(anchor.text).lower())
    return Meaning("DATE", f"{year or 'XXXX'}-{letter}{number}")


def _is_half_year(parts: Parts, anchor: Anchor) -> bool:
    """Whether a half is one of a year and not of a match."""
    return "year" in parts or "thatyear" in parts or parts["which"] == "h"


def _choose_quarter_year(last_month: int, anchor: Anchor, words: str) -> int | None:
    published = anchor.get_published()
    if published is None:
        return None
    if "last year" in words:
        return published.year - 1
    begun = last_month - 2 <= published.month
    return published.year if begun or anchor.find_tense() == "future" or last_month - published.month <= 4 else published.year - 1


def interpret_quarter_ago(parts: Parts, anchor: Anchor) -> Meaning:
    return write_year_ago(anchor)


def interpret_quarter_now(parts: Parts, anchor: Anchor) -> Meaning:
    day = anchor.quarter or anchor.get_published()
    return Meaning("DATE", write_quarter(day.year, day.month) if day else "XXXX-QX")


def interpret_year_ago(parts: Parts, anchor: Anchor) -> Meaning:
    return write_year_ago(anchor)


def write_year_ago(anchor: Anchor) -> Meaning:
    """A year before: the same quarter where the text speaks of quarters, else the year."""
    if anchor.is_near_quarter() and anchor.quarter:
        return Meaning("DATE", write_quarter(anchor.quarter.year - 1, anchor.quarter.month))
    day = anchor.get_published()
    return Meaning("DATE", f"{day.year - 1:04}" if day else "XXXX")


_NAME_BEFORE = re.compile(r"\b([A-Z][\w'’-]*)\.?\s+$")


def interpret_year(parts: Parts, anchor: Anchor) -> Meaning | None:
    year = parts["year"]
    if not parts.get("early") and not _is_bare_year(int(year), anchor):
        return None
    return Meaning("DATE", year)


def _is_bare_year(year: int, anchor: Anchor) -> bool:
    """Whether four digits are a year and no number of people, money or a product."""
    before = get_before(anchor, 40)
    if goes_on("counted", anchor) and not ends_in("sure_year_lead", before, anchor):
        return False
    if ends_in("year_lead", before, anchor):
        return 1000 <= year <= 2199
    name = _NAME_BEFORE.search(before)
    if name:
        return 1900 <= year <= 2050 and name[1] not in anchor.words.products
    return 1700 <= year <= 2100 and not ends_in("count_lead", before, anchor) and before.rstrip()[-1:] not in tuple("#№+*=")


def interpret_year_range(parts: Parts, anchor: Anchor) -> Meaning | None:
    first, second = int(parts["first"]), parts["second"]
    last = int(second) if len(second) == 4 else first - first % 100 + int(second) + (100 if int(second) < first % 100 else 0)
    if not 0 < last - first < 150 or first < 1400:
        return None
    return Meaning("DATE", f"{first}/{last}")


def interpret_fiscal(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("DATE", parts["year"])


def interpret_spelled_year(parts: Parts, anchor: Anchor) -> Meaning | None:
    if parts["spelled"].startswith("two") and not is_led(anchor):
        return (
            None
            if not anchor.at.of(anchor.text).lower().startswith("the year")
            else Meaning("DATE", str(parse_spelled(parts["spelled"], anchor)))
        )
    return Meaning("DATE", str(parse_spelled(parts["spelled"], anchor)))


def interpret_year_end(parts: Parts, anchor: Anchor) -> Meaning:
    day = anchor.get_published()
    return Meaning("DATE", f"{day.year:04}" if day else "XXXX")


def interpret_decade(parts: Parts, anchor: Anchor) -> Meaning | None:
    if tens := parts.get("tens"):
        return Meaning("DATE", tens[:2] if tens.endswith("00") and tens < "2000" else tens[:3])
    digit = int(parts["two"][0]) if "two" in parts else anchor.words.decades[parts["decadename"]]
    if "decadename" in parts and not re.search(r"\b(?:the|early|mid|late|nineteen)[- ]", anchor.at.of(anchor.text), re.I):
        return None
    if "decadename" in parts and ends_in("possessive", get_before(anchor), anchor):
        return None
    return Meaning("DATE", f"19{digit}")


def interpret_century(parts: Parts, anchor: Anchor) -> Meaning | None:
    count = int(parts["count"]) if "count" in parts else anchor.words.centuries[parts["centuryordinal"]]
    if not 1 <= count <= 30:
        return None
    return Meaning("DATE", f"BC{count - 1:02}" if "era" in parts else f"{count - 1:02}")


def interpret_century_now(parts: Parts, anchor: Anchor) -> Meaning:
    day = anchor.get_published()
    step = -1 if "last" in parts["step"] or "past" in parts["step"] else 1 if parts["step"] == "next" else 0
    return Meaning("DATE", f"{day.year // 100 + step:02}" if day else "XX")


def interpret_decade_step(parts: Parts, anchor: Anchor) -> Meaning:
    day = anchor.get_published()
    if anchor.at.of(anchor.text).lower().startswith(("the last", "the past", "the next")):
        return Meaning("DURATION", "P1E")
    step = STEP_WORDS[parts["step"]]
    return Meaning("DATE", f"{day.year // 10 + step:03}" if day else "XXX")
