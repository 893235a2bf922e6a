"""Schemathesis over the whole API, with a fixed seed: what the description allows, what it does not, and what follows from one another.

`bench/api` asks thousands; here it is what the bounds are made of, and some of each kind beside.
"""

from __future__ import annotations

from pathlib import Path

from bench.api import build_probed, probe, reading
from bench.store import write_grown
from onrecord.store import open_store

ARTICLES = 12


def test_nothing_that_is_asked_is_answered_otherwise_than_described(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "grown.db"), make=True)
    write_grown(store, range(ARTICLES), len, 1)
    with reading(stand_in=True):
        app, secret = build_probed(store)
        outcome = probe(app, secret, cases=150, seed=7)
    store.close()
    assert outcome.failures == {}
    assert outcome.cases > 1_000
