"""Versions of one utterance inside a document, and how they differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from onrecord.types import Span, Statement, Variant


def find_variants(text: str, statements: Sequence[Statement], translated: Collection[int]) -> tuple[Variant, ...]:
    """Groups of statements that render the same utterance. `translated` are the indices of those whose words are a translation."""
    return ()


def find_insertions(text: str, content: Sequence[Span]) -> tuple[Span, ...]:
    """What in a content is an editor's and not its source's: words in square brackets, and ellipses."""
    return ()
