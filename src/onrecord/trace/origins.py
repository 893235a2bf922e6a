"""How many independent origins an utterance has: articles that have it from one another, or from the same third, count once.

They are joined by what can be shown: the same text, a wire that both credit (or that one of them is), a relay that both name, an outlet or
translator that one names and the other is. Two reporters who heard it themselves are two. Without a sign, articles are independent:
too many origins can be joined by a reader, too few hide one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.trace.credits import Passing, is_name, is_press
from onrecord.trace.names import compare_names, fold_name
from onrecord.trace.sketch import measure_containment, read_sketch
from onrecord.types import Json

_SAME = 0.5  # of the shorter text, from which on one is taken from the other
_COMPARED = 4  # articles that a text is compared with: those that share most with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One article that has the utterance, and what it says of where it has it from. `relays`: relays, outlets, translators."""

    document: str
    outlet: str | None = None
    published: str | None = None
    credits: tuple[str, ...] = ()
    sketch: bytes = b""
    relays: tuple[Passing, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Articles, by their indices, that have the utterance from one origin; and what shows that, one line for each kind of sign."""

    members: tuple[int, ...]
    reasons: tuple[str, ...]

    def to_dict(self, documents: Sequence[str]) -> Json:
        return {"documents": [f"sha256:{documents[i]}" for i in self.members], "reasons": list(self.reasons)}


def find_origins(tellings: Sequence[Telling]) -> tuple[Origin, ...]:
    """The origins, those of the earliest articles first; the articles of each in time order. Time grows with the articles' length, not
    with the square of their number.
    """
    groups = _Groups(len(tellings))
    for a, b, reason in (*_find_same_texts(tellings), *_find_same_names(tellings)):
        groups.join(a, b, reason)
    order = sorted(range(len(tellings)), key=lambda i: (tellings[i].published or "9999", i))
    members: dict[int, list[int]] = {}
    for i in order:
        members.setdefault(groups.find(i), []).append(i)
    return tuple(Origin(tuple(m), tuple(groups.reasons.get(root, ()))) for root, m in members.items())


class _Groups:
    """Sets that grow together, with the reasons for it."""

    def __init__(self, many: int) -> None:
        self._roots = list(range(many))
        self.reasons: dict[int, dict[str, None]] = {}

    def find(self, at: int) -> int:
        while self._roots[at] != at:
            self._roots[at] = self._roots[self._roots[at]]
            at = self._roots[at]
        return at

    def join(self, a: int, b: int, reason: str) -> None:
        one, other = sorted((self.find(a), self.find(b)))
        self._roots[other] = one
        mine = self.reasons.setdefault(one, {})
        mine |= {**self.reasons.pop(other, {}), reason: None} if one != other else {reason: None} if a != b else {}


_Join = tuple[int, int, str]
Name = tuple[str, ...]  # folded


def _find_same_texts(tellings: Sequence[Telling]) -> Iterator[_Join]:
    """Each article with those before it that share most of its text."""
    index: defaultdict[int, list[int]] = defaultdict(list)
    sketches = [read_sketch(telling.sketch) for telling in tellings]
    for at, sketch in enumerate(sketches):
        shared: defaultdict[int, int] = defaultdict(int)
        for number in sketch:
            for earlier in index[number][:_COMPARED]:
                shared[earlier] += 1
        for earlier in sorted(shared, key=lambda i: (-shared[i], i))[:_COMPARED]:
            if measure_containment(sketch, sketches[earlier]) >= _SAME:
                yield earlier, at, "the same text"
        for number in sketch:
            index[number].append(at)


def _find_same_names(tellings: Sequence[Telling]) -> Iterator[_Join]:
    """Articles that name one of whom they have it, and the article of that one itself. A name that may be a mere audience's counts
    where another article shows that it is not.
    """
    known: dict[Name, str] = {}
    for telling in tellings:
        for name in (*telling.credits, *(relay.name for relay in telling.relays if relay.sure)):
            known.setdefault(fold_name(name), name.rstrip("."))
    outlets = {fold_name(telling.outlet): telling.outlet for telling in tellings if telling.outlet}
    shown = {**outlets, **known}
    shown.pop((), None)
    firsts: dict[Name, int] = {}
    for at, telling in enumerate(tellings):
        for name in (*telling.credits, *(relay.name for relay in telling.relays)):
            if (key := fold_name(name)) in shown:
                yield firsts.setdefault(key, at), at, f"through {shown[key]}"
    for at, telling in enumerate(tellings):
        if telling.outlet and (first := firsts.get(fold_name(telling.outlet))) is not None:
            yield first, at, f"through {shown[fold_name(telling.outlet)]}"


def name_relays(source: str | None, chain: Sequence[str | None], through: Sequence[Passing]) -> tuple[Passing, ...]:
    """Those by whom a statement came: the hops of its chain after the originator, and who is told to have passed it on.

    Whoever said it is none of them, nor are those who are only described ("a spokesman"). An outlet in the originator's place passed it on.
    """
    agencies = {p.name for p in through if p.sure and p.name.isupper()}
    said = [name for name in chain[:1] or [source] if name and is_name(name) and not is_press(name) and name not in agencies]
    hops = [Passing(name, True) for name in (*chain, source) if name]
    named = (p for p in (*hops, *through) if is_name(p.name) and all(compare_names(p.name, name) == "different" for name in said))
    return tuple(dict.fromkeys(named))
