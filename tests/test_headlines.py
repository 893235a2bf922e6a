"""Statements in headlines, by the forms that headlines have, and lines that have them and state nothing."""

from __future__ import annotations

import pytest

from onrecord.extract.quotes import find_place
from onrecord.extract.unmarked import find_unmarked
from onrecord.extract.windows import is_title_cased
from onrecord.types import Span

HEADLINES = [
    ("Council leader: no plan to quit", ("Council leader", "no plan to quit")),
    ("IMD: More rain till Friday", ("IMD", "More rain till Friday")),
    ("Bishop on asylum: ‘We can do better than this’", ("Bishop", "‘We can do better than this’")),
    ("Ex-treasurer ‘misled’ inquiry - report", ("report", "Ex-treasurer ‘misled’ inquiry")),
    ("Firm in talks to buy sensor unit -sources", ("sources", "Firm in talks to buy sensor unit")),
    ("Reservoir ‘safe’, says inspector", ("inspector", "Reservoir ‘safe’")),
    ("Rates Could Fall Again by December, Central Banker Signals", ("Central Banker", "Rates Could Fall Again by December")),
    ("Pier burned for three hours, court hears", ("", "Pier burned for three hours")),
    ("‘We thought the instrument was broken’: physicists on the ghost particle", ("physicists", "‘We thought the instrument was broken’")),
    ("‘I was never offered the captaincy’: Rathod", ("Rathod", "‘I was never offered the captaincy’")),
    ("‘They took the chairs’: inside the last days of a start-up", ("", "‘They took the chairs’")),
]
NONE = [
    "Analysis: what the deal means for farmers",
    "COOL CUSTOMER: Pierre the penguin gets a hose-down",
    "Investor contact: Lena Marsh, ir@solvena.example",
    "Minister’s office: Tess Rooney, 0491 570 156",
    "Minister’s Memo Leaks, and Nobody Agrees on What It Says",
    "‘The Old Crane’: a review",
    "Footbridge: what we know",
    "The council: a short history.",
    "Swifts 1, developers 0",
]


@pytest.mark.parametrize(("text", "said"), HEADLINES)
def test_headlines(text: str, said: tuple[str, str]) -> None:
    (found,) = find_unmarked(text, find_place(text, [Span(0, len(text))], heading=True), [])
    assert (" … ".join(s.of(text) for s in found.source), found.content[0].of(text)) == said


@pytest.mark.parametrize("text", NONE)
def test_lines_that_state_nothing(text: str) -> None:
    assert find_unmarked(text, find_place(text, [Span(0, len(text))], heading=True), []) == []


@pytest.mark.parametrize(
    ("line", "cased"),
    [
        ("Dockworkers Warn of Long Winter", True),
        ("DOCKWORKERS WARN OF LONG WINTER", True),
        ("Dockworkers warn of long winter", False),
        ("Mara Hale said it rained", False),
        ("Long Winter", False),
    ],
)
def test_capitals(line: str, cased: bool) -> None:
    assert is_title_cased(line) == cased
