"""About what: statements that doubt, deny, confirm, correct or react to another statement of the same document."""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.types import Reading


def find_about(text: str, readings: Sequence[Reading], sources: Sequence[str | None]) -> list[tuple[int, ...]]:
    """For each reading the indices of those that it comments on, in text order."""
    return [() for _ in readings]


def find_disputed(text: str, readings: Sequence[Reading], about: Sequence[tuple[int, ...]]) -> frozenset[int]:
    """The readings whose content another one doubts or denies."""
    return frozenset()
