"""Pictures that the server draws as SVG: the ways that an utterance took into the articles, and when it stood where.

They repeat what lists and tables beside them say, so that nobody needs them. Plain elements without styles of their own: colours come from
the style sheet, for light, dark and print. Ways are drawn in layers, who said it first, then whoever passed it on, then the articles, each
beside the middle of those that it leads to (the barycentre of Sugiyama et al. 1981); a general layout of graphs was rejected: chains have
three or four layers, and crossings are few. What stands on a time line is placed in hundredths of its width, so that it fits any screen. A
charting library was rejected: 33 MB and a tenth of a second for a dozen dots.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

_BOX, _HEIGHT, _GAP, _ROW = 176, 50, 56, 62  # of a box and between layers and rows, in units of the picture
_LETTERS = 24  # on a line of a box
_ARTICLES = 12  # that are drawn one by one
_LANES, _LANE = 12, 40
_TICKS = 4  # between the first day and the last


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of a chain: who, the medium by which the words were passed on, and whether it is the publisher."""

    name: str
    medium: str | None
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the words came into one article. `told` is a word for how sure it presents them, `note` a line below its name."""

    hops: tuple[Hop, ...]
    note: str = ""
    told: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Somebody in the picture: who, and a smaller line below; `is_own` if the statement that is shown came this way."""

    x: int
    y: int
    lines: tuple[str, ...]
    note: str
    name: str
    is_last: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curve from one box to another, as the `d` of a path; `told` as in the way that it belongs to."""

    path: str
    told: str | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class WaysPicture:
    """Everything that is needed to draw ways: the picture's size, its boxes and arrows, and how many articles are left out."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    more: int


_Place = tuple[int, str]  # layer, and who is there; nobody, where an arrow passes a layer
_Route = tuple[tuple[_Place, Hop | None], ...]  # one for each layer


def lay_out_ways(ways: Sequence[Way]) -> WaysPicture:
    """Where everybody stands, and what leads where. Of many articles the first are drawn, and the one that is shown."""
    drawn = [way for at, way in enumerate(ways) if at < _ARTICLES or way.is_own]
    last = max((len(way.hops) for way in drawn), default=1) - 1
    routes = [_find_route(way, number, last) for number, way in enumerate(drawn) if way.hops]
    rows = _find_rows([[place for place, _ in route] for route in routes])
    boxes: dict[_Place, Box] = {}
    arrows: dict[tuple[_Place, _Place], Arrow] = {}
    for way, route in sorted(zip(drawn, routes, strict=False), key=lambda pair: pair[0].is_own):
        boxes |= {place: _build_box(hop, way, place, rows[place]) for place, hop in route if hop is not None}
        for (one, _), (other, hop) in pairwise(route):
            told = way.told if other[0] == last or hop is None else None
            arrows[one, other] = Arrow(_bend(one, other, rows, ends=hop is not None), told, way.is_own)
    return WaysPicture(
        width=(last + 1) * (_BOX + _GAP) - _GAP + 4,
        height=round((max(rows.values(), default=0) + 1) * _ROW),
        boxes=tuple(boxes.values()),
        arrows=tuple(arrows.values()),
        more=len(ways) - len(drawn),
    )


def _find_route(way: Way, number: int, last: int) -> _Route:
    """Who stands in each layer: whoever is in the same layer under the same name is one, and each article is by itself."""
    passed = [((layer, hop.name.casefold()), hop) for layer, hop in enumerate(way.hops[:-1])]
    nobody = [((layer, f"\n{number}"), None) for layer in range(len(passed), last)]
    return (*passed, *nobody, ((last, f"\n{number}"), way.hops[-1]))


def _find_rows(routes: Sequence[Sequence[_Place]]) -> dict[_Place, float]:
    """At which height each stands: the articles one below the other, the others at the middle of those they lead to, none on another."""
    rows: dict[_Place, float] = {route[-1]: float(number) for number, route in enumerate(routes)}
    after: defaultdict[_Place, dict[_Place, None]] = defaultdict(dict)
    for route in routes:
        for one, other in pairwise(route):
            after[one][other] = None
    for layer in sorted({place[0] for place in after}, reverse=True):
        here = [place for place in after if place[0] == layer]
        wished = {place: sum(rows[other] for other in after[place]) / len(after[place]) for place in here}
        free = 0.0
        for place in sorted(here, key=lambda each: wished[each]):
            rows[place] = max(free, wished[place])
            free = rows[place] + 1
    return rows


def _build_box(hop: Hop, way: Way, place: _Place, row: float) -> Box:
    note = way.note if hop.is_last else f"on {hop.medium}" if hop.medium else ""
    return Box(
        x=place[0] * (_BOX + _GAP) + 2,
        y=round(row * _ROW) + 4,
        lines=tuple(textwrap.wrap(hop.name, _LETTERS, max_lines=1 if note else 2, placeholder=" …")) or ("–",),
        note=textwrap.shorten(note, _LETTERS + 4, placeholder=" …"),
        name=f"{hop.name} {note}".strip(),
        is_last=hop.is_last,
        is_own=way.is_own,
    )


def _bend(one: _Place, other: _Place, rows: Mapping[_Place, float], *, ends: bool) -> str:
    """A curve from one layer to the next, level where it leaves and where it arrives: with a head where it `ends` at somebody, else on
    through the layer.
    """
    x, end = one[0] * (_BOX + _GAP) + _BOX + 2, other[0] * (_BOX + _GAP) + 2
    y, down = (round(rows[place] * _ROW) + 4 + _HEIGHT // 2 for place in (one, other))
    turn = x + _GAP // 2
    if not ends:
        return f"M{x} {y}C{turn} {y} {turn} {down} {end} {down}h{_BOX}"
    return f"M{x} {y}C{turn} {y} {turn} {down} {end - 3} {down}m-7 -4l7 4l-7 4"


# --- time lines --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """One version on the time line: its day, in which lane, where it stood, and whether it was the first."""

    day: str
    lane: str
    name: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """The moments of one lane on one day: where they stood, and whether the first is among them. `x` in hundredths of the width."""

    x: float
    y: int
    day: str
    names: tuple[str, ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class TimePicture:
    """A time line: its lanes with their names, its dots, its ticks in hundredths of the width, and how many lanes are left out."""

    height: int
    lanes: tuple[tuple[int, str], ...]
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    more: int


def lay_out_time(moments: Sequence[Moment]) -> TimePicture | None:
    """Where the dots stand; None where all that have a day have the same."""
    dated = [moment for moment in moments if moment.day]
    days = sorted({date.fromisoformat(moment.day[:10]).toordinal() for moment in dated})
    if len(days) < 2:
        return None
    names = list(dict.fromkeys(moment.lane for moment in dated))
    lanes = {name: 30 + number * _LANE for number, name in enumerate(names[:_LANES])}
    groups: defaultdict[tuple[str, int], list[Moment]] = defaultdict(list)
    for moment in dated:
        if moment.lane in lanes:
            groups[moment.lane, date.fromisoformat(moment.day[:10]).toordinal()].append(moment)
    return TimePicture(
        height=len(lanes) * _LANE + 34,
        lanes=tuple((y, name) for name, y in lanes.items()),
        dots=tuple(_build_dot(_place(day, days), lanes[lane], group) for (lane, day), group in groups.items()),
        ticks=tuple((_place(day, days), _name_day(day, days)) for day in _find_ticks(days)),
        more=len(names) - len(lanes),
    )


def _build_dot(x: float, y: int, group: Sequence[Moment]) -> Dot:
    return Dot(x, y, group[0].day, tuple(moment.name for moment in group), any(moment.is_first for moment in group))


def _place(day: int, days: Sequence[int]) -> float:
    return round(2 + 96 * (day - days[0]) / (days[-1] - days[0]), 2)


def _find_ticks(days: Sequence[int]) -> Iterable[int]:
    """The first day, the last, and some between them, evenly."""
    span = days[-1] - days[0]
    return sorted({days[0] + round(span * at / _TICKS) for at in range(_TICKS + 1)})


def _name_day(day: int, days: Sequence[int]) -> str:
    """A day as its month where the line is longer than two years."""
    return date.fromordinal(day).isoformat()[: 10 if days[-1] - days[0] <= 730 else 7]
