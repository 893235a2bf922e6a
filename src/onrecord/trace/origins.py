"""How many independent origins an utterance has: articles that have it from one another, or from the same third, count once.

They are joined by what can be shown: the same text, a wire that both credit (or that one of them is), a relay that both name, an outlet or
translator that one names and the other is. Two reporters who heard it themselves are two. Without a sign, articles are independent:
too many origins can be joined by a reader, too few hide one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onrecord.trace.names import fold_name
from onrecord.trace.sketch import measure_containment, read_sketch
from onrecord.types import Json

_SAME = 0.4  # of the shorter text, from which on one is taken from the other
_COMPARED = 4  # articles that a text is compared with: those that share most with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One article that has the utterance, and what it says of where it has it from. `relays` are names: relays, outlets, translators."""

    document: str
    outlet: str | None = None
    published: str | None = None
    credits: tuple[str, ...] = ()
    sketch: bytes = b""
    relays: tuple[str, ...] = ()


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
    """Articles that name one of whom they have it, and the article of that one itself."""
    firsts: dict[tuple[str, ...], int] = {}
    known: dict[tuple[str, ...], str] = {}
    for at, telling in enumerate(tellings):
        for name in (*telling.credits, *telling.relays):
            if key := fold_name(name):
                known.setdefault(key, name.rstrip("."))
                yield firsts.setdefault(key, at), at, f"through {known[key]}"
    for at, telling in enumerate(tellings):
        if telling.outlet and (first := firsts.get(fold_name(telling.outlet))) is not None:
            yield first, at, f"through {known[fold_name(telling.outlet)]}"


def name_relays(source: str | None, chain: Iterable[str | None], through: Iterable[str]) -> tuple[str, ...]:
    """Those by whom a statement came, without whoever said it and those who are only described ("a spokesman")."""
    said = fold_name(source or "")
    names = dict.fromkeys(name for name in (*chain, *through) if name and name[:1].isupper() and fold_name(name) != said)
    return tuple(names)
