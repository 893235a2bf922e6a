"""How likely two statements are one utterance in other words: two translations, or a quotation and a paraphrase.

A logistic regression on a few measures of the pair, fitted on translations (training/scoring.py): how much of what each tells is meant in
the other, how much of what only one has is, how much of it in the same words, their lengths, and what speaks against it, other numbers
and a negation on one side. Meaning alone puts much that is said of one subject together; words alone miss what has been reworded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log

from onrecord.versions.wording import find_forms, find_stem, load_lexicon

Weigh = Callable[[str], float]
Meant = tuple[float, float]
Shared = tuple[float, float, float, float]  # of `a` in `b`, of `b` in `a`, and twice the same of what only one of them has
NAMES = (
    "bias",
    "meant of the shorter",
    "meant of the longer",
    "meant of the rest of the shorter",
    "meant of the rest of the longer",
    "shared of the shorter",
    "shared of the longer",
    "longer by",
    "other numbers",
    "negated",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a statement's words tell: each stem with its weight, its numbers, whether it is negated, and how many words it has."""

    weights: dict[str, float]
    numbers: frozenset[str]
    negated: bool
    words: int

    @property
    def total(self) -> float:
        return sum(self.weights.values())


def build_profile(words: str, weigh: Weigh) -> Profile:
    """The profile of a statement; `weigh` tells how much a word says."""
    forms = find_forms(words)
    weights = {find_stem(form) or form: weigh(form) for form in forms}
    negations = sum(form in load_lexicon().negations for form in forms)
    return Profile(weights, frozenset(f for f in forms if f[:1].isdigit()), negations % 2 == 1, len(forms))


def weigh_shared(a: Profile, b: Profile) -> Meant:
    """How much of what the words of `a` tell stands in `b`, and how much of `b` in `a`."""
    shared = sum(weight for stem, weight in a.weights.items() if stem in b.weights)
    return shared / max(1e-9, a.total), shared / max(1e-9, b.total)


def measure(a: Profile, b: Profile, meant: Shared) -> tuple[float, ...]:
    """The measures of a pair, in the order of `NAMES`; `meant`: how much of each is meant in the other."""
    shared = weigh_shared(a, b)
    order = (0, 1) if a.total <= b.total else (1, 0)
    other = bool(a.numbers and b.numbers) and not (a.numbers <= b.numbers or b.numbers <= a.numbers)
    return (
        1.0,
        *(meant[i] for i in order),
        *(meant[i + 2] for i in order),
        *(shared[i] for i in order),
        abs(log((1 + a.words) / (1 + b.words))),
        float(other),
        float(a.negated != b.negated),
    )


@cache
def load_weights(language: str = "en") -> tuple[tuple[float, ...], float]:
    """The weights of the measures, and the log-odds from which on two are taken for one utterance."""
    data = json.loads((files("onrecord") / "data" / f"{language}-meaning.json").read_text(encoding="utf-8"))
    return tuple(data["weights"][name] for name in NAMES), data["threshold"]


def score(measures: Sequence[float]) -> float:
    """The log-odds that a pair is one utterance."""
    return sum(weight * value for weight, value in zip(load_weights()[0], measures, strict=True))


def find_probability(log_odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + exp(-max(-50.0, min(50.0, log_odds))))
