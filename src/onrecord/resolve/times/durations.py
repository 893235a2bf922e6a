"""Stretches of time, what happens again and again, and words that name no day: "ten days", "every week", "recently"."""

from __future__ import annotations

import re

from onrecord.resolve.times.anchor import Anchor
from onrecord.resolve.times.meaning import Meaning, Parts, ends_in, get_before, goes_on
from onrecord.types import Span

_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_LETTERS = {"S": "TS", "M": "TM", "H": "TH", "D": "D", "N": "D", "W": "W", "MO": "M", "Q": "Q", "Y": "Y", "E": "E", "C": "C"}
_PERIODS = {"WE": ("W", 1), "F": ("W", 2), "E": ("Y", 10), "C": ("Y", 100)}


def parse_number(words: str, anchor: Anchor) -> float | None:
    """The number that words or digits give, the last one of "three or four"; None where they are vague."""
    words = re.split(r" to | or | and (?!a\b)| ?– ?|(?<=\d)-(?=\d)", words)[-1]
    if words in anchor.words.vague:
        return None
    if words in anchor.words.numbers:
        return anchor.words.numbers[words]
    total: float = 0.5 if words.endswith(" and a half") else 0
    words = words.removesuffix(" and a half")
    for part in re.findall(r"[a-z]+|\d[\d,]*(?:\.\d+)?(?:/\d)?|[½¼¾]", words):
        if part in ("hundred", "thousand", "million", "billion"):
            total *= {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}[part]
        elif part in _FRACTIONS:
            total += _FRACTIONS[part]
        elif "/" in part:
            top, bottom = part.split("/")
            total += float(top) / max(1, int(bottom))
        else:
            total += anchor.words.numbers.get(part, 0) if part.isalpha() else float(part.replace(",", ""))
    return total


def interpret_duration(parts: Parts, anchor: Anchor) -> Meaning | None:
    word = parts["numbered"].rstrip(".")
    unit = anchor.words.units[word]
    quantity = parts.get("quantity", "half" if parts.get("half") == "half" else "one")
    if not _is_duration(word, unit, quantity, anchor):
        return None
    if re.match(r"a\b|an\b|half\b", quantity) and (rate := parse_rate(unit, anchor)):
        return rate
    number = parse_number(quantity, anchor)
    if number is not None and "plushalf" in parts:
        number += 0.5
    return Meaning("DURATION", write_duration(number, unit) + _write_minor(parts, anchor), _cut_article(quantity, anchor))


def _cut_article(quantity: str, anchor: Anchor) -> Span | None:
    """The place of "two-week" in "the two-week strike": the article there is the noun's."""
    words = anchor.at.of(anchor.text).lower()
    at = words.find(f"{quantity}-")
    return Span(anchor.at.start + at, anchor.at.end) if at > 0 and words.startswith(("the ", "that ", "this ")) else None


def _is_duration(word: str, unit: str, quantity: str, anchor: Anchor) -> bool:
    """Whether the words measure time: no "second" one of something, no "quarter of" it, no "one night" club."""
    if word in ("second", "quarter") and quantity in ("a", "an", "one", "another", "the") and unit in ("S", "Q"):
        return False
    if unit == "Q" and "-" in anchor.at.of(anchor.text) and word.endswith("s"):
        return False
    if word == "minute" and quantity == "a" and goes_on("no_minute", anchor):
        return False
    return not goes_on("old", anchor)


def parse_rate(unit: str, anchor: Anchor) -> Meaning | None:
    """ "50 flights a day" is said of every day."""
    before = get_before(anchor)
    is_rated = ends_in("rated", before, anchor) or before.rstrip()[-1:] in ("%", "¢")
    return Meaning("SET", write_duration(1, unit)) if is_rated and anchor.at.of(anchor.text).lower().startswith(("a ", "an ")) else None


def write_duration(number: float | None, unit: str) -> str:
    """`P3D`, `PT2H`, `PXY`; halves in the next smaller unit."""
    if unit in ("WE", "F"):
        unit, factor = _PERIODS[unit]
        number = number * factor if number is not None else None
    letter = _LETTERS[unit]
    clock, letter = ("T", letter[1:]) if len(letter) == 2 else ("", letter)
    if number is None:
        return f"P{clock}X{letter}"
    whole, rest = int(number), number % 1
    if letter in ("E", "C"):
        return f"P{int(number * (10 if letter == 'E' else 100))}Y" if whole > 1 or rest else f"P{whole}{letter}"
    if not rest:
        return f"P{clock}{whole}{letter}"
    smaller, size = {"Y": ("M", 12), "M": ("W", 4), "W": ("D", 7), "D": ("H", 24), "H": ("M", 60)}.get(letter, (letter, 1))
    if clock:
        smaller, size = {"H": ("M", 60), "M": ("S", 60)}.get(letter, (letter, 1))
    between = "T" if letter == "D" else ""
    return f"P{clock}{f'{whole}{letter}' if whole else ''}{between}{round(rest * size)}{smaller}"


def _write_minor(parts: Parts, anchor: Anchor) -> str:
    """The second part of "two years and three months"."""
    if "minor" not in parts:
        return ""
    number, unit = parts["minor"].rsplit(" ", 1)
    count = parse_number(number, anchor)
    return f"{int(count or 0)}{_LETTERS[anchor.words.units[unit]][-1]}"


def interpret_vague_duration(parts: Parts, anchor: Anchor) -> Meaning | None:
    unit = anchor.words.units[parts["pluralunit"]]
    words = anchor.at.of(anchor.text)
    if ends_in("no_stretch", get_before(anchor), anchor):
        return None
    if words.lower().startswith("the ") and unit != "Y" and not goes_on("direction", anchor):
        return None
    return Meaning("DURATION", write_duration(None, unit))


def interpret_a_while(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("DURATION", "PXX")


def interpret_recent(parts: Parts, anchor: Anchor) -> Meaning | None:
    if parts["many"] == "times":
        return Meaning("DATE", "PAST_REF") if parts["vaguestep"] == "recent" else None
    if parts["vaguestep"] in ("past few", "last few", "past several", "last several"):
        return Meaning("DURATION", write_duration(None, anchor.words.units[parts["many"]]))
    return Meaning("DATE", "PAST_REF" if parts["vaguestep"] == "recent" else "FUTURE_REF")


def interpret_set(parts: Parts, anchor: Anchor) -> Meaning | None:
    whole = parts["whole"]
    if whole in anchor.words.seasons:
        return Meaning("SET", f"XXXX-{anchor.words.seasons[whole]}")
    if whole in anchor.words.parts and whole != "night":
        return Meaning("SET", f"XXXX-XX-XXT{anchor.words.parts[whole]}")
    if whole == "weekday":
        return Meaning("SET", "XXXX-WXX-XWD")
    unit = anchor.words.units[whole]
    number = parse_number(parts["every"], anchor) if "every" in parts else 2 if " other " in anchor.at.of(anchor.text) else 1
    if whole == "night":
        return Meaning("SET", "XXXX-XX-XXTNI")
    return Meaning("SET", "XXXX-WXX-WE" if unit == "WE" else write_duration(number, unit))


def interpret_set_word(parts: Parts, anchor: Anchor) -> Meaning | None:
    if anchor.at.of(anchor.text)[0].isupper() and re.search(r"[\w,:]\s*$", get_before(anchor)):
        return None  # a newspaper's name
    return Meaning("SET", anchor.words.adverbs[parts["adverb"]])


def interpret_present(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("DATE", "PRESENT_REF")


def interpret_past(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("DATE", "PAST_REF")


def interpret_future(parts: Parts, anchor: Anchor) -> Meaning:
    return Meaning("DATE", "FUTURE_REF")
