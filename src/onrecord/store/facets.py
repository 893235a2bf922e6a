"""How many of a search's hits are of each outlet, source, kind, medium and year."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from onrecord.store.connect import Store
from onrecord.store.search import Query, load_facts
from onrecord.types import Json

MOST = 2_000  # hits that are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Counts of the hits that were looked at: `total` of them; `is_capped` if there are more."""

    total: int
    is_capped: bool
    counts: dict[str, tuple[tuple[str, int], ...]]

    def to_dict(self) -> Json:
        counts = {name: [{"value": value, "hits": hits} for value, hits in found] for name, found in self.counts.items()}
        return {"total": self.total, "is_capped": self.is_capped, "counts": counts}


def count_facets(store: Store, query: Query, *, most: int = 8) -> Facets:
    """The most frequent values among the first hits of a query. Raises UsageError, StoreError."""
    names = ("outlet",) if query.articles else ("outlet", "source", "kind", "medium")
    rows = load_facts(store, query, MOST + 1)
    counts = {name: Counter(getattr(row, name) for row in rows[:MOST] if getattr(row, name)) for name in names}
    counts["year"] = Counter(row.published[:4] for row in rows[:MOST] if row.published)
    return Facets(
        total=min(len(rows), MOST),
        is_capped=len(rows) > MOST,
        counts={name: tuple(found.most_common(most)) for name, found in counts.items()},
    )
