"""The cases that campaigns of fuzzing kept, and those that broke something once: all are read, or refused in one line."""

from __future__ import annotations

import pytest

from fuzz.corpora import read_corpus, read_found
from fuzz.parsers import PARSERS
from fuzz.seeds import list_seeds


@pytest.mark.parametrize("name", PARSERS)
def test_kept_cases(name: str) -> None:
    cases = [*list_seeds(name), *read_corpus(name), *read_found(name)]
    assert cases
    for case in cases:
        PARSERS[name](case)
