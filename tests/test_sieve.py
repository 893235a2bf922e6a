"""A sieve lets through whatever one of its patterns finds, in any case."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from onrecord.resolve import about, media
from onrecord.sieve import Sieve

ABOUT = about.load_lexicon()
PATTERNS = [p for p, _ in media.load_lexicon().phrases] + [*ABOUT.words.values(), *ABOUT.weak.values()]
SAID = [
    "on Twitter",
    "told the BBC",
    "FALSE",
    "in an Interview",
    "a Draft",
    "not clear whether",
    "wrote on X",
    "Genuine",
    "in response",
    "it rained",
]


def test_what_nothing_finds_is_held_back() -> None:
    sieve = Sieve([re.compile(r"\bon (?:X|the radio)\b", re.I), re.compile(r"\Aby letter", re.I)])
    assert [sieve.may_find(text) for text in ("On x", "ON THE RADIO", "By Letter", "on Xylophones", "sent by letter")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_letters_that_are_others_in_any_case_pass() -> None:
    sieve = Sieve([re.compile(r"\bin response\b", re.I)])
    assert all(sieve.may_find(text) for text in ("İn reſponse", "ın Response", "IN RESPONSE"))


@given(st.lists(st.one_of(st.sampled_from(SAID), st.text(max_size=12)), max_size=6).map(" ".join))
def test_what_a_pattern_finds_passes(text: str) -> None:
    if any(pattern.search(text) for pattern in PATTERNS):
        assert Sieve(PATTERNS).may_find(text)
