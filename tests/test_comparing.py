"""Two statements of different articles: which are one utterance, and which only sound like it."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.trace.comparing import compare
from onrecord.trace.told import Told

QUAY = "the northern quay will be closed to lorries until the cranes are repaired"
PERSON: dict[str, Any] = {"kind": "direct", "source": "Mara Quill", "source_kind": "person", "published": "2024-03-01"}
OTHERS: dict[str, Any] = {"source": "Tom Ashdown"}
NOBODY: dict[str, Any] = {"source": "the candidate", "source_kind": "unnamed"}
TOLD: dict[str, Any] = {"kind": "indirect"}
LATER: dict[str, Any] = {"published": "2024-03-08"}
YEAR: dict[str, Any] = {"published": "2025-03-08"}

ONE = {
    "the same words": (QUAY, {}, QUAY, {}, "duplicate"),
    "a surname that was taken for a body": (QUAY, {}, QUAY, {"source": "Quill", "source_kind": "organisation"}, "duplicate"),
    "words that changed places": ("We will close the quays and the cranes of this harbour in winter", {},
                                  "We will close the cranes and the quays of this harbour in winter", {}, "alteration"),
    "an adverb left out": ("We have waited a pretty long time for these two cranes", {},
                           "We have waited a long time for these two cranes", {},
                           "alteration"),
    "more said after it": ("The harbour fees are robbery under the law", {},
                           "The harbour fees are robbery under the laws. But I pay for it", {},
                           "alteration"),
    "a word moved in a report": ("his skill in cutting nine million crowns off the yard's asking price", TOLD | NOBODY,
                                 "his skill in cutting nine million crowns off the asking price of the yard", TOLD | NOBODY, "paraphrase"),
    "the same report of different people on one day": ("that ships from the strait should pay a higher toll to the council", TOLD,
                                                       "that ships from the strait should pay a higher toll to the council",
                                                       TOLD | NOBODY, "duplicate"),
    "partly quoted in few words": ("“We will not close a single berth before April, and nobody will lose a day’s pay,”", {},
                                   "she would “not close a single berth before April”", {"kind": "mixed"}, "truncation"),
    "quoted again a year later": (f"“{QUAY}”", {}, f"“{QUAY}”", YEAR, "duplicate"),
}  # fmt: skip
TWO = {
    "somebody else": (QUAY, {}, "the cranes are repaired", OTHERS),
    "a call for one thing, a week later": ("a temporary ban on lorries entering the old harbour", TOLD,
                                           "a temporary ban on lorries entering the old harbour", TOLD | LATER),
    "a slogan partly quoted": ("“We must stop the great green tide of the east,”", {},
                               "their “great green tide” of paper", {"kind": "mixed"}),
    "few words of nobody": ("the old crane", TOLD | NOBODY, "the old crane", TOLD | NOBODY),
    "another subject": (QUAY, {}, "the town council will meet on Thursday to speak about the school", {}),
}  # fmt: skip


def tell(words: str, document: str, **given: Any) -> Told:
    return Told(key=ord(document), document=document, statement="s1", words=words, **(PERSON | given))


@pytest.mark.parametrize("case", ONE)
def test_one_utterance(case: str) -> None:
    a, of_a, b, of_b, relation = ONE[case]
    for match in (compare(tell(a, "a", **of_a), tell(b, "b", **of_b)), compare(tell(b, "b", **of_b), tell(a, "a", **of_a))):
        assert match is not None
        assert match.relation == relation


@pytest.mark.parametrize("case", TWO)
def test_two_utterances(case: str) -> None:
    a, of_a, b, of_b = TWO[case]
    assert compare(tell(a, "a", **of_a), tell(b, "b", **of_b)) is None
    assert compare(tell(b, "b", **of_b), tell(a, "a", **of_a)) is None
