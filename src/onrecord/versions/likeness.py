"""Which wordings may be of one utterance: those that have the same telling words near one another.

Two wordings are looked at together if two stems that stand near one another in one do so in the other, in either order; an index
of such pairs finds them without comparing each with all. Only the latest wordings of a pair are kept, and of those only the ones
that share most, so that the time is linear in the words, however often something is repeated.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.versions.wording import Wording

_NEAR = 3  # telling words from one another, of a pair
_KEPT = 16  # wordings kept for a pair
_COMPARED = 5  # earlier wordings that one is compared with
_OFTEN = 40  # places of one stem that are looked at
_SLACK = 8  # words that a window may be wider than twice the wording that is looked for in it


def find_candidates(wordings: Sequence[Wording]) -> Iterator[tuple[int, int]]:
    """Pairs of indices, the first one smaller, of wordings that are worth a comparison; in order of the second."""
    index: defaultdict[tuple[str, str], deque[int]] = defaultdict(lambda: deque(maxlen=_KEPT))
    sizes: list[int] = []
    for at, wording in enumerate(wordings):
        pairs = _find_pairs(wording)
        sizes.append(max(1, len(pairs)))
        shared = Counter(earlier for pair in pairs for earlier in index.get(pair, ()))
        best = sorted(shared, key=lambda i: (-shared[i] / min(sizes[i], sizes[at]), -i))
        yield from ((i, at) for i in best[:_COMPARED])
        for pair in pairs:
            index[pair].append(at)


def _find_pairs(wording: Wording) -> set[tuple[str, str]]:
    stems = [w.stem for w in wording.words if w.stem]
    return {(min(a, b), max(a, b)) for i, a in enumerate(stems) for b in stems[i + 1 : i + 1 + _NEAR] if a != b}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of the shorter wording stands in one place of the longer: `shared` of its `asked` different stems, and in which words."""

    asked: int
    shared: int
    near: range  # words of the longer wording, with room around what is shared

    @property
    def share(self) -> float:
        return self.shared / self.asked if self.asked else 0.0


def measure_likeness(short: Wording, long: Wording) -> Likeness:
    """The place in the longer wording that has most of the shorter one's stems."""
    asked = short.core
    places = sorted((p, stem) for stem in asked for p in long.places.get(stem, ())[:_OFTEN])
    width = 2 * len(short.words) + _SLACK
    inside: Counter[str] = Counter()
    first, best, where = 0, 0, range(0)
    for place, stem in places:
        inside[stem] += 1
        while place - places[first][0] > width:
            gone = places[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) > best:
            best, where = len(inside), range(places[first][0], place + 1)
    return Likeness(len(asked), best, _widen(where, short, long))


def _widen(where: range, short: Wording, long: Wording) -> range:
    """All of a wording that is not much longer than the other; of one that is, as much as the other could take up around the place."""
    room = len(short.words) + _SLACK
    if len(long.words) <= 4 * room:
        return range(len(long.words))
    return range(max(0, where.start - room), min(len(long.words), where.stop + room))
