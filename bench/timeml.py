"""Articles with annotated times: TimeML files (TIMEX3), and GUM's TEI with resolved `<date>` elements."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from bench.files import read_utf8
from bench.gum import Word, set_text
from onrecord.resolve.times.days import find_days
from onrecord.types import Interval, Span

PARTS = ("all", "tune", "aside")


@dataclass(frozen=True, slots=True)
class Gold:
    """An annotated time. GUM gives days and no type or value."""

    span: Span
    type: str | None = None
    value: str | None = None
    days: Interval | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its day of publication and its annotated times."""

    name: str
    text: str
    published: date | None
    times: tuple[Gold, ...]


def is_in_part(name: str, part: str) -> bool:
    """Whether a document belongs to `part`: a third of all, by a hash of their names, is kept aside."""
    aside = int(sha256(name.encode()).hexdigest(), 16) % 3 == 0
    return part == "all" or aside == (part == "aside")


# --- TimeML ----------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"(<[^>]+>)")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_CREATED = re.compile(r"<DCT>.*?<TIMEX3[^>]*\bvalue=\"(\d{4}-\d\d-\d\d)", re.S)
_CREATION = re.compile(
    r'functionInDocument="CREATION_TIME"[^>]*\bvalue="(\d{4}-\d\d-\d\d)|\bvalue="(\d{4}-\d\d-\d\d)[^>]*functionInDocument="CREATION_TIME"'
)


def read_timeml(path: Path) -> Article:
    """The text of one TimeML file, its creation time and its TIMEX3 elements.

    Raises:
        ValueError: the file has no TEXT element, or is dated on no day.

    """
    raw = read_utf8(path)
    body = re.search(r"<TEXT>(.*?)</TEXT>", raw, re.S)
    if body is None:
        raise ValueError(f"{path} has no <TEXT>: not a TimeML file")
    created = _CREATED.search(raw) or _CREATION.search(raw)
    day = next(group for group in created.groups() if group) if created else None
    text, times = _strip_tags(body[1])
    return Article(path.stem, text, _read_day(day, path), times)


def _read_day(value: str | None, path: Path) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{path}: dated {value[:40]!r}, which is no day") from error


def _strip_tags(body: str) -> tuple[str, tuple[Gold, ...]]:
    text = ""
    times: list[Gold] = []
    opened: list[tuple[int, dict[str, str]]] = []
    for part in _TAG.split(body):
        if part.startswith("<TIMEX3"):
            opened.append((len(text), dict(_ATTRIBUTE.findall(part))))
        elif part.startswith("</TIMEX3") and opened:
            start, attributes = opened.pop()
            times.append(Gold(Span(start, len(text)), attributes.get("type"), attributes.get("value")))
        elif not part.startswith("<"):
            text += html.unescape(part)
    return text, tuple(times)


# --- GUM -------------------------------------------------------------------------------------------------------------


def read_gum(path: Path) -> Article:
    """The text of one GUM file, as print has it, its creation date and its resolved `<date>` elements.

    Raises:
        ValueError: the file has no `<text>` element, or is dated on no day.

    """
    raw = read_utf8(path)
    head = re.search(r"<text [^>]*>", raw)
    if head is None:
        raise ValueError(f"{path} has no <text>: not a GUM file")
    created = dict(_ATTRIBUTE.findall(head[0])).get("dateCreated")
    text, words = set_text(raw)
    return Article(path.stem, text, _read_day(created, path), tuple(_find_dates(raw, words)))


def _find_dates(raw: str, words: Sequence[Word]) -> Iterator[Gold]:
    """The `<date>` elements, each from its first word to its last."""
    opened: list[tuple[int, dict[str, str]]] = []
    count = 0
    for line in raw.splitlines():
        if line.startswith("<date"):
            opened.append((count, dict(_ATTRIBUTE.findall(line))))
        elif line.startswith("</date") and opened:
            first, attributes = opened.pop()
            if first < count:
                yield Gold(Span(words[first].start, words[count - 1].end), days=_read_days(attributes))
        elif line.split("\t")[0] and not line.startswith("<"):
            count += 1


def _read_days(attributes: dict[str, str]) -> Interval | None:
    """The days of TEI's `when`, or of `from` and `to`; None where a year is left open."""
    first = attributes.get("when") or attributes.get("from") or attributes.get("notBefore")
    last = attributes.get("when") or attributes.get("to") or attributes.get("notAfter")
    start, end = (find_days(value) if value else None for value in (first, last))
    if start and end and start.first <= end.last:
        return Interval(start.first, end.last)
    return None
