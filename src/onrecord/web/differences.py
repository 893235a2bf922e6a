"""A version's words with what differs from the base marked by kind: pieces for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onrecord.store import Version
from onrecord.trace.told import Told
from onrecord.view.visible import show

Sort = Literal["same", "gone", "come", "moved", "fold"]
_OPENING = "“\"'‘(["
_AROUND, _FOLDED = 60, 280  # characters beside a difference that are shown; words up to which nothing is folded


@dataclass(frozen=True, slots=True)
class Bit:
    """Words of a version: the same, missing (`gone`), added (`come`), standing elsewhere (`moved`), or left out of the view (`fold`)."""

    sort: Sort
    text: str


def find_bits(version: Version, base: Told, *, full: bool = False) -> tuple[Bit, ...]:
    """The words of `version` in order, with what is missing where it stood."""
    told = version.told
    if told is base or version.relation is None or not version.changes:
        return (Bit("same", show(told.words)),)
    fold = not full and len(told.words) > _FOLDED
    bits: list[Bit] = []
    at, changes = 0, sorted(version.changes, key=lambda change: (change.b, change.a))
    for number, change in enumerate(changes):
        bits += _cut_same(told.words[at : change.b.start], fold, is_first=number == 0, is_last=False)
        gone, come = change.a.of(base.words), change.b.of(told.words)
        if change.op == "move":
            bits.append(Bit("moved", show(come)))
        else:
            bits += [Bit(sort, show(words)) for sort, words in (("gone", gone), ("come", come)) if words]  # type: ignore[arg-type]
        at = max(at, change.b.end)
    bits += _cut_same(told.words[at:], fold, is_first=False, is_last=True)
    return tuple(_space([bit for bit in bits if bit.text]))


def _space(bits: list[Bit]) -> Iterator[Bit]:
    """The bits with room around what is missing, which has no place of its own among the words."""
    for number, bit in enumerate(bits):
        before = bits[number - 1].text[-1:] if number else ""
        after = bits[number + 1].text[:1] if number + 1 < len(bits) else ""
        if bit.sort == "gone" and before and not before.isspace() and before not in _OPENING:
            yield Bit("same", " ")
        yield bit
        if bit.sort == "gone" and after and not after.isspace() and (after.isalnum() or after in _OPENING):
            yield Bit("same", " ")


def _cut_same(words: str, fold: bool, *, is_first: bool, is_last: bool) -> list[Bit]:
    if not fold or len(words) <= 2 * _AROUND + 20:
        return [Bit("same", show(words))]
    head = "" if is_first else words[:_AROUND].rsplit(" ", 1)[0]
    tail = "" if is_last else words[-_AROUND:].split(" ", 1)[-1]
    return [Bit("same", show(head)), Bit("fold", "⋯"), Bit("same", show(tail))]
