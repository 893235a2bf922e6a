"""The cases that campaigns of fuzzing kept, and those that broke something once: all are read, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

import fuzz.ledger
from fuzz.corpora import read_corpus, read_found
from fuzz.ledger import enter, sum_up
from fuzz.parsers import PARSERS
from fuzz.seeds import list_seeds


@pytest.mark.parametrize("name", PARSERS)
def test_kept_cases(name: str) -> None:
    cases = [*list_seeds(name), *read_corpus(name), *read_found(name)]
    assert cases
    for case in cases:
        PARSERS[name](case)


def test_campaigns_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz.ledger, "LEDGER", tmp_path / "campaigns.tsv")
    assert sum_up() == {}
    for cases, slowest in ((1000, 0), (500, 2)):
        enter("html", {"cases": cases, "minutes": 1.5, "slowest, s": slowest, "memory, MB": 90, "kept": 7, "findings": 0})
    assert sum_up() == {
        "html": {"campaigns": 2, "cases": 1500, "minutes": 3.0, "slowest, s": 2, "memory, MB": 90, "kept": 7, "findings": 0}
    }
