"""Cursors: where a page of results ends, so that the next one can be asked for.

A cursor is opaque, holds no text of the query, and is bound to it: with another query it is refused, as its place would be somewhere else
there. What it holds is a place, which the asker could reach anyway, so that it is not signed. A page is found by its place in an order
that new documents add to: whoever pages while somebody stores may see an item again, and never something that is not there.

    cursor = make_cursor({"words": "harbour fees", "kind": "direct"}, 40)
    read_cursor(cursor, {"words": "harbour fees", "kind": "direct"})      # 40
"""

from __future__ import annotations

import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import islice

from onrecord.store import Hit, Query, Store, search
from onrecord.store.search import RANKED, RANKED_IN_POSTGRESQL
from onrecord.web.problems import Problem

CURSOR = r"[A-Za-z0-9_-]{26}[AEIMQUYcgkosw048]"  # 20 bytes: the last character has two bits that are none
_LAYOUT = struct.Struct(">Q12s")
AFAR = 2**63 - 1  # what both databases count up to


def make_cursor(query: Mapping[str, object], at: int) -> str:
    """A cursor to the place `at` in the answer to `query`, whose None values count as not given."""
    return urlsafe_b64encode(_LAYOUT.pack(at, _bind(query))).rstrip(b"=").decode("ascii")


def read_cursor(cursor: str, query: Mapping[str, object]) -> int:
    """The place that a cursor was made with. Raises Problem (400) if it is none, or one of another query."""
    try:
        packed = urlsafe_b64decode(cursor.encode("ascii") + b"=")
        at, bound = _LAYOUT.unpack(packed)
    except (ValueError, struct.error):
        raise Problem(400, "not a cursor: give one as it came in `next`, or leave it out to begin at the beginning") from None
    if bound != _bind(query) or at > AFAR or make_cursor(query, at) != cursor:
        raise Problem(400, "the cursor is of another query: ask as it was asked before, or leave it out to begin at the beginning")
    return int(at)


def _bind(query: Mapping[str, object]) -> bytes:
    given = {name: value for name, value in query.items() if value is not None}
    return sha256(json.dumps(given, sort_keys=True, default=str).encode("ascii")).digest()[:12]


def find_hits(store: Store, query: Query, *, at: int, most: int) -> tuple[Sequence[Hit], int | None]:
    """The hits of `query` from the place `at` on, `most` of them, and the place of the next page; None at the end.

    Only so many hits are paged through as are ranked among each other (see `search`): 10,000, and 2,000 for words in PostgreSQL.

    Raises Problem (400) for a place beyond that, UsageError for words that cannot be searched, StoreError.
    """
    end = RANKED if store.is_sqlite or not (query.words or query.source or query.outlet) else RANKED_IN_POSTGRESQL
    if at >= end:
        raise Problem(400, f"only the first {end:,} hits are given page by page: make the search narrower, or ask for all as NDJSON")
    most = min(most, end - at)
    found = list(islice(search(store, query, limit=min(at + most + 1, end)), at, None))
    return found[:most], at + most if len(found) > most else None
