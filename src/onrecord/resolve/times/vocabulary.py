"""The words of time expressions and the rules that put them together, read once from `data/en-times.toml`.

A rule is a regular expression over words: lists stand in it as `<month>`, a blank is any white space on one line or over one line's
end. All rules are joined in one alternation, which says where an expression is and by which rule; the rule's own expression, with
its groups, then takes it apart. It is only tried on stretches of known words around a head ("Monday", "weeks"), see `scan`.

Compiling is what a first article waits for. So rules are matched against the text with plain blanks and in small letters
(`flatten`), which more than halves the alternation, and a rule's own expression is compiled when it is first needed.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_BLANK = r"(?:[^\S\r\n]{1,8}|[^\S\r\n]{0,8}\r?\n[^\S\r\n]{0,8})"
_FLAT_BLANK = "(?: +)"
_GAP = re.compile(r"[^\S\r\n]{0,8}\r?\n[^\S\r\n]{0,8}(?!\s)|[^\S\r\n ]")
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_MASK = "\x00"
_BEFORE = r"(?<![\w$£€¥#@/:])(?<!\w[-.,'’])(?<![$£€] )"
_NAME = re.compile(r"\(\?P<(\w+)>")
_MACRO = re.compile(r"<([a-z]+)(?:\.(\d))?>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One form of time expression: what its words mean (`reads`, a function of `normalise`) and how it looks."""

    reads: str
    source: str  # over flat text

    def match(self, flat: str, start: int, end: int) -> re.Match[str] | None:
        """What the rule finds at `start` of a flat text."""
        return _compile_rule(self.source).match(flat, start, end)


@cache
def _compile_rule(source: str) -> re.Pattern[str]:
    return re.compile(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWords:
    """The words of one language; keys are in lower case."""

    months: dict[str, int]
    weekdays: dict[str, int]
    seasons: dict[str, str]
    parts: dict[str, str]
    units: dict[str, str]
    numbers: dict[str, float]
    vague: frozenset[str]
    ordinals: dict[str, int]
    centuries: dict[str, int]
    decades: dict[str, int]
    days_off: dict[str, int]
    steps: dict[str, int]
    narrative_steps: dict[str, int]
    hours: dict[str, str]
    holidays: tuple[tuple[str, Any], ...]  # patterns, and what they mean
    events: tuple[tuple[str, str], ...]
    heads: frozenset[str]
    known: frozenset[str]
    never_first: frozenset[str]
    future: re.Pattern[str]
    past: re.Pattern[str]
    between: re.Pattern[str]
    products: frozenset[str]
    adverbs: dict[str, str]
    weekends: dict[str, str]
    before: dict[str, re.Pattern[str]]  # by name, what a text ends in
    after: dict[str, re.Pattern[str]]  # by name, what a text begins with
    said: dict[str, str]  # by name, an alternation of words
    rules: tuple[Rule, ...]
    scan: re.Pattern[str]
    capitals: re.Pattern[str]  # names that are only read with a capital, in small letters

    def flatten(self, text: str) -> str:
        """`text` as the rules want it, character for character: plain blanks, small letters, and no "march", "sat" or "may"."""
        masked = self.capitals.sub(lambda m: _MASK * len(m[0]), text)
        return _GAP.sub(lambda m: " " * len(m[0]), masked).translate(_SMALL)


@cache
def load_time_words(language: str = "en") -> TimeWords:
    """The words and rules of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-times.toml").read_text(encoding="utf-8"))
    macros = _build_macros(data)
    rules = tuple(Rule(rule["reads"], _write_rule(rule["pattern"], macros)) for rule in data["rules"])
    numbers = {**data["numbers"], **data["tens"], **data["articles"]}
    return TimeWords(
        months=data["months"],
        weekdays=data["weekdays"] | data["short_weekdays"],
        seasons=data["seasons"],
        parts=data["parts_of_day"],
        units=data["units"] | data["plural_units"] | data["more_plural_units"],
        numbers=numbers,
        vague=frozenset(data["vague"]["words"]),
        ordinals=data["ordinals"],
        centuries=data["century_ordinals"],
        decades=data["decades"],
        days_off=data["days_off"],
        steps=data["steps"],
        narrative_steps=data["narrative_steps"],
        hours=data["names"],
        holidays=tuple(data["holidays"].items()),
        events=tuple((_space(name), day) for name, day in data["events"].items()),
        heads=_list_heads(data),
        known=_list_known(data, macros),
        never_first=frozenset(data["heads"]["never_first"]),
        future=_compile_words(data["tense"]["future"]),
        past=_compile_words(data["tense"]["past"], after=r"(?<!\bbe )(?<!\bto )"),
        between=re.compile(_space(data["lists"]["between"]), re.I),
        products=frozenset(data["products"]["words"]),
        adverbs=data["adverbs"],
        weekends=data["weekends"],
        before={name: re.compile(rf"(?<!\w)(?:{'|'.join(words)})\s*\Z", re.I) for name, words in data["before"].items()},
        after={name: re.compile(pattern) for name, pattern in data["after"].items()},
        said={name: "|".join(words) for name, words in data["said"].items()},
        rules=rules,
        scan=re.compile(f"{_BEFORE}(?:{_join_rules(rules)})"),
        capitals=re.compile(rf"\b(?:{_join_capitals(data)})\b"),
    )


def _compile_words(words: list[str], after: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){after}(?:{'|'.join(words)})(?!\w)", re.I)


def _list_heads(data: dict[str, Any]) -> frozenset[str]:
    """Words without which there is no expression."""
    tables = (
        "months",
        "weekdays",
        "short_weekdays",
        "seasons",
        "parts_of_day",
        "units",
        "plural_units",
        "more_plural_units",
        "names",
        "decades",
    )
    words = {word.rstrip(".") for table in tables for word in data[table]}
    single = {word for word in data["holidays"] if word.isalpha()}
    plurals = {f"{day}s" for day in data["weekdays"]} | set(data["weekends"])
    return frozenset(words | single | plurals | set(data["heads"]["words"]))


def _list_known(data: dict[str, Any], macros: dict[str, str]) -> frozenset[str]:
    """Every word that stands anywhere in a rule."""
    patterns = " ".join((*macros.values(), *(rule["pattern"] for rule in data["rules"])))
    return frozenset(re.findall(r"[a-z]+", re.sub(r"\\[a-zA-Z]|\?P<\w+>|<[\w.]+>|\?-i", " ", patterns).lower())) | _list_heads(data)


# --- rules as regular expressions ------------------------------------------------------------------------------------


def _build_macros(data: dict[str, Any]) -> dict[str, str]:
    shapes: dict[str, str] = data["shapes"]
    ones = _join(data["numbers"])
    number = rf"(?:(?:{_join(data['tens'])})(?:[- ](?:{ones}))?|{ones}|{shapes['digits']})"
    many = r"(?: (?:hundred|thousand|million|billion)){0,2}"
    singular, plural = _join(data["units"]), _join(data["plural_units"] | data["more_plural_units"])
    quantity = (
        rf"(?:{number}{many}(?:(?: to | or | and |-| ?– ?){number}| and a half)?|{_join(data['vague']['words'])}|{_join(data['articles'])})"
    )
    return shapes | {
        "month": _join_names(data["months"]),
        "weekday": _join_names(data["weekdays"]),
        "shortweekday": _join_names(data["short_weekdays"]),
        "season": _join(data["seasons"]),
        "part": rf"(?:{_join(data['parts_of_day'])})\b",
        "unit": rf"(?:{plural}|{singular})\b",
        "pluralunit": _join(data["plural_units"]),
        "number": number,
        "quantity": rf"{quantity}",
        "manydays": _join_names(f"{day}s" for day in data["weekdays"]),
        "weekends": _join(data["weekends"]),
        "ordinal": _join(data["ordinals"]),
        "centuryordinal": _join(data["century_ordinals"]),
        "decadename": _join(data["decades"]),
        "dayoff": _join(data["days_off"]),
        "step": _join(data["steps"]),
        "narrativestep": _join(data["narrative_steps"]),
        "holiday": _join(data["holidays"]),
        "event": _join(data["events"]),
        "spelledyear": rf"(?:nineteen|eighteen)[- ](?:{_join(data['tens'])})(?:[- ](?:{ones}))?|two thousand(?: (?:and )?(?:{ones}))?",
    }


def _join(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _join_names(words: Iterable[str]) -> str:
    """Names; those without a full stop at their end are whole words."""
    words = sorted(words, key=len, reverse=True)
    whole, short = [w for w in words if not w.endswith(".")], [re.escape(w) for w in words if w.endswith(".")]
    return "|".join((*short, f"(?:{'|'.join(whole)})(?![a-z])"))


def _join_capitals(data: dict[str, Any]) -> str:
    """Names that are words of another kind when they have no capital."""
    names = {name.rstrip(".") for table in ("months", "weekdays", "short_weekdays") for name in data[table]}
    return _join(names | {f"{day}s" for day in data["weekdays"]})


def _write_rule(pattern: str, macros: dict[str, str]) -> str:
    """A rule's pattern with its lists put in; a group's second use is `name__2`."""
    full = _MACRO.sub(lambda m: rf"(?P<{m[1]}{m[2] or ''}>{macros[m[1]]})", _mask_groups(pattern)).replace("?P{", "?P<").replace("}>", ">")
    seen: Counter[str] = Counter()

    def number(match: re.Match[str]) -> str:
        seen[match[1]] += 1
        return match[0] if seen[match[1]] == 1 else f"(?P<{match[1]}__{seen[match[1]]}>"

    return "(?:" + _space(_NAME.sub(number, full), _FLAT_BLANK).replace("(?: +)?", " *").replace("(?: +)", " +") + r")(?!\w|:\d)"


def _join_rules(rules: Iterable[Rule]) -> str:
    """One alternation whose group `r7` says that the eighth rule fits."""
    return "|".join(f"(?P<r{i}>{_NAME.sub('(?:', rule.source)})" for i, rule in enumerate(rules))


def _mask_groups(pattern: str) -> str:
    """`pattern` with its own groups' names out of the way of `_MACRO`."""
    return re.sub(r"\?P<(\w+)>", r"?P{\1}>", pattern)


def _space(pattern: str, blank: str = _BLANK) -> str:
    """`pattern` with any white space, or `blank`, for each blank outside of character classes."""
    parts = re.split(r"(\[(?:\\.|[^\]\\])*\])", pattern)
    return "".join(part.replace("[- ]", rf"(?:-|{blank})") if i % 2 else part.replace(" ", blank) for i, part in enumerate(parts))


def merge_groups(match: re.Match[str]) -> dict[str, str]:
    """What a rule's groups hold under their plain names; the first where a name is used twice."""
    parts: dict[str, str] = {}
    for name, value in match.groupdict().items():
        if value:
            parts.setdefault(name.split("__")[0], " ".join(value.split()))
    return parts
