"""Scores of predicted attribution against annotated, as counts of matches (see bench/README.md for the definitions)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.brat import ROLES

Parts = Mapping[str, Sequence[tuple[int, int]]]  # role -> spans in code points
Cells = dict[str, frozenset[int]]  # role -> code points
_KEPT_AT_EDGE = re.compile(r"[\w$£€%]")
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass
class Tally:
    """Matched, predicted and annotated things."""

    matched: int = 0
    predicted: int = 0
    gold: int = 0

    def add(self, matched: int, predicted: int, gold: int) -> None:
        self.matched, self.predicted, self.gold = self.matched + matched, self.predicted + predicted, self.gold + gold

    def figures(self) -> dict[str, float]:
        """Precision, recall and F1, to four places."""
        p = self.matched / self.predicted if self.predicted else 0.0
        r = self.matched / self.gold if self.gold else 0.0
        return {"p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0}


@dataclass
class Scores:
    tallies: dict[str, Tally] = field(default_factory=dict)

    def add_document(self, text: str, predicted: Sequence[Parts], gold: Sequence[Parts]) -> set[int]:
        """Count one document, and give the indices of the predicted statements that match as relations.

        Nothing is shared between documents, so the sums are micro-averages.
        """
        cells = [[{role: _cells(text, parts.get(role, ())) for role in ROLES} for parts in side] for side in (predicted, gold)]
        for role in ROLES:
            self._add_tokens(text, role, predicted, gold)
            self._add_bags(f"exact {role}", *([s[role] for s in side if s[role]] for side in cells))
            pieces = ([c for parts in side for span in parts.get(role, ()) if (c := _cells(text, [span]))] for side in (predicted, gold))
            self._add_bags(f"piece {role}", *pieces)
        self._add_pairs("strict", cells, _fits_strictly)
        return self._add_pairs("relation", cells, lambda p, g: _overlap(p["source"], g["source"]) >= 0.5)

    def _tally(self, name: str) -> Tally:
        return self.tallies.setdefault(name, Tally())

    def _add_tokens(self, text: str, role: str, predicted: Sequence[Parts], gold: Sequence[Parts]) -> None:
        words = [m.start() for m in _WORD.finditer(text)]
        ours, theirs = (_first_roles(side) for side in (predicted, gold))
        hit = sum(ours.get(w) == role and theirs.get(w) == role for w in words)
        self._tally(f"token {role}").add(hit, sum(ours.get(w) == role for w in words), sum(theirs.get(w) == role for w in words))

    def _add_bags(self, name: str, predicted: Iterable[frozenset[int]], gold: Iterable[frozenset[int]]) -> None:
        ours, theirs = Counter(predicted), Counter(gold)
        self._tally(name).add((ours & theirs).total(), ours.total(), theirs.total())

    def _add_pairs(self, name: str, cells: list[list[Cells]], fits: Callable[[Cells, Cells], bool]) -> set[int]:
        """One-to-one matches of statements whose contents overlap by half or more, the best overlap first."""
        ours, theirs = cells
        pairs = sorted(
            (-share, i, j)
            for i, p in enumerate(ours)
            for j, g in enumerate(theirs)
            if (share := _overlap(p["content"], g["content"])) >= 0.5
        )
        used: tuple[set[int], set[int]] = (set(), set())
        for _, i, j in pairs:
            if i not in used[0] and j not in used[1] and fits(ours[i], theirs[j]):
                used[0].add(i)
                used[1].add(j)
        self._tally(name).add(len(used[0]), len(ours), len(theirs))
        return used[0]

    def figures(self) -> dict[str, dict[str, float]]:
        return {name: tally.figures() for name, tally in self.tallies.items()}


def _fits_strictly(ours: Cells, theirs: Cells) -> bool:
    """The same content and source, and cues that share a character or are both empty."""
    return all(ours[r] == theirs[r] for r in ("content", "source")) and (ours["cue"] == theirs["cue"] or bool(ours["cue"] & theirs["cue"]))


def measure_calibration(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: the mean distance of confidence and share of right ones, over equal bins (Guo et al. 2017)."""
    error = 0.0
    for k in range(bins):
        inside = [i for i, c in enumerate(confidences) if k / bins <= c < (k + 1) / bins or (k == bins - 1 and c == 1)]
        error += abs(sum(confidences[i] - right[i] for i in inside))
    return error / max(1, len(confidences))


def _first_roles(side: Sequence[Parts]) -> dict[int, str]:
    roles: dict[int, str] = {}
    for parts in side:
        for role in ROLES:
            for start, end in parts.get(role, ()):
                for i in range(start, end):
                    roles.setdefault(i, role)
    return roles


def _cells(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The code points of the spans that are no white space, without the punctuation at each span's edges."""
    cells: set[int] = set()
    for start, end in spans:
        inner = [i for i in range(start, end) if _KEPT_AT_EDGE.match(text[i])]
        if inner:
            cells.update(i for i in range(inner[0], inner[-1] + 1) if not text[i].isspace())
    return frozenset(cells)


def overlap_spans(text: str, a: Iterable[tuple[int, int]], b: Iterable[tuple[int, int]]) -> float:
    """How much of two parts is common: intersection over union of their code points, as they are compared here."""
    return _overlap(_cells(text, a), _cells(text, b))


def _overlap(a: frozenset[int], b: frozenset[int]) -> float:
    """Intersection over union; two empty sets overlap wholly."""
    return len(a & b) / len(a | b) if a or b else 1.0
