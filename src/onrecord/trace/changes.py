"""How a version's words differ from the base's, as people read it: missing, added, replaced, or moved elsewhere.

An alignment keeps the order of words, so that what was moved is missing in one place and added in another; the two are one change here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.trace.told import Told
from onrecord.types import Difference, Json, Span
from onrecord.versions.wording import find_forms

Op = Literal["delete", "insert", "replace", "move"]
_MOVED = 2  # words, from which on the same ones in another place are moved


@dataclass(frozen=True, slots=True)
class Change:
    """An edit from the base's words (`a`) to a version's (`b`); an empty span where there is nothing on that side."""

    op: Op
    a: Span
    b: Span

    def to_dict(self, base: Told, version: Told) -> Json:
        return {"op": self.op, "base": self.a.to_dict(base.words), "version": self.b.to_dict(version.words)}


def find_changes(base: Told, version: Told, differences: Sequence[Difference]) -> tuple[Change, ...]:
    """The differences with what was moved as one change, in the order of the base's words."""
    missing = [d for d in differences if d.op == "delete"]
    added = {find_forms(d.b.of(version.words)): d for d in differences if d.op == "insert"}
    moved: dict[Difference, Difference] = {}
    for gone in missing:
        forms = find_forms(gone.a.of(base.words))
        if len(forms) >= _MOVED and forms in added:
            moved[gone] = added.pop(forms)
    changes = [Change("move", gone.a, come.b) for gone, come in moved.items()]
    taken = {*moved, *moved.values()}
    changes += [Change(d.op, d.a, d.b) for d in differences if d not in taken]
    return tuple(sorted(changes, key=lambda change: (change.a, change.b)))
