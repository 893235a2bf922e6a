"""Which source a pronoun or description stands for: a log-linear choice among those before it, or nobody.

Each candidate is described by a few yes-or-no features (how far, how often named, whether sex, number and noun agree, who
speaks); their weights, fitted on GUM's coreference (training/ranking.py), are data: `data/en-ranking.json`. The
probability of the choice says whether it is clear; what is not clear is left unresolved. The model is the mention
ranker of Denis and Baldridge (EMNLP 2008), over entities.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

from onrecord.types import Span

NOBODY = -1
_LEAST = 0.25  # probability of a choice that must be somebody


class Chooser(Protocol):
    """What chooses: the ranker, or the teacher that it is fitted with."""

    def choose(
        self, sort: str, candidates: Sequence[Sequence[str]], nobody: Sequence[str] | None, span: Span, lasts: Sequence[Span]
    ) -> int:
        """The index of the candidate that a mention stands for, or `NOBODY`."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights by feature, and by class of mention the least probability of a choice that counts as clear."""

    weights: dict[str, float]
    least: dict[str, float]

    def choose(
        self, sort: str, candidates: Sequence[Sequence[str]], nobody: Sequence[str] | None, span: Span, lasts: Sequence[Span]
    ) -> int:
        """The candidate that a mention of class `sort` stands for, or `NOBODY`, by their features; without features for nobody, it
        must be one of them. `span` is the mention and `lasts` are the candidates' last ones; only a teacher looks at them.
        """
        del span, lasts
        shares = self.share(sort, candidates if nobody is None else [*candidates, nobody])
        best = max(range(len(shares)), key=shares.__getitem__)
        least = self.least.get(sort, 1.0) if nobody is not None else _LEAST
        return best if best < len(candidates) and shares[best] >= least else NOBODY

    def share(self, sort: str, choices: Sequence[Sequence[str]]) -> list[float]:
        """The probability of each choice."""
        weights = self.weights
        scores = [sum([weights.get(f"{sort} {feature}", 0.0) for feature in choice]) for choice in choices]
        top = max(scores)
        raised = [math.exp(score - top) for score in scores]
        total = sum(raised)
        return [r / total for r in raised]


@cache
def load_ranker(language: str = "en") -> Ranker:
    """The ranker of one language."""
    data = json.loads((files("onrecord") / "data" / f"{language}-ranking.json").read_text(encoding="utf-8"))
    return Ranker(data["weights"], data["least"])
