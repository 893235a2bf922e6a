"""From how many of its articles an utterance can be had: sketches, credits, who passed a statement on, and origins."""

from __future__ import annotations

import random

import pytest

from onrecord.trace.credits import Passing, find_credits, find_passing, is_name, is_press
from onrecord.trace.origins import Telling, find_origins, name_relays
from onrecord.trace.sketch import build_sketch, measure_containment, read_sketch
from onrecord.types import Span, Statement
from tests.timing import measure_best

QUOTE = "“We counted the boats before the fog came, and nine of them were ours,” Dorn said."


def write(seed: int, sentences: int = 14) -> list[str]:
    """Sentences of made words, other ones for each seed."""
    dice = random.Random(seed)
    words = ["".join(dice.choice("bfgklmnprstv") + dice.choice("aeiou") for _ in range(3)) for _ in range(400)]
    return [" ".join(dice.sample(words, 14)).capitalize() + "." for _ in range(sentences)]


def sketch(*paragraphs: str) -> bytes:
    return build_sketch("\n\n".join(paragraphs))


WIRE, OTHER, OWN = write(1), write(2), write(3)

SKETCHES = {  # two texts, and from how much to how much of the shorter is in the longer
    "the same": (WIRE, WIRE, (1, 1)),
    "cut at its end": (WIRE, WIRE[:7], (1, 1)),
    "inside a longer one": (WIRE[:8], [*OTHER[:8], *WIRE[:8], *OTHER[8:]], (1, 1)),
    "half of it new": (WIRE, [*WIRE[:7], *OTHER[:7]], (0.35, 0.65)),
    "another": (WIRE, OTHER, (0, 0)),
    "another with the same quotation": ([*WIRE, QUOTE], [*OTHER, QUOTE], (0, 0.05)),
    "a text of quotations": ([QUOTE], [QUOTE], (0, 0)),
    "nothing": ([], WIRE, (0, 0)),
}


@pytest.mark.parametrize("case", SKETCHES)
def test_sketches(case: str) -> None:
    one, other, (least, most) = SKETCHES[case]
    a, b = (read_sketch(sketch(*paragraphs)) for paragraphs in (one, other))
    assert least <= measure_containment(a, b) == measure_containment(b, a) <= most


def test_a_long_article_is_sketched_in_bounds() -> None:
    text = "\n\n".join(write(4, 5_000))
    build_sketch(text[:100])
    assert len(build_sketch(text)) <= 4 * 2_000
    article = "\n\n".join(write(5, 70))
    assert measure_best(lambda: [build_sketch(article) for _ in range(20)]) / 20 < 0.02


@pytest.mark.parametrize(
    ("lines", "authors", "expected"),
    [
        (["LISSEN (Northwire) — The ferry sails."], (), ["Northwire"]),
        (["LISSEN, March 3 (DWZ) - The ferry sails."], (), ["DWZ"]),
        (["Lissen (3 March, Northwire) – The ferry sails."], (), ["Northwire"]),
        (["(Northwire) PORT AVERIL — The ferry sails."], (), ["Northwire"]),
        (["LISSEN / Strait Press — The ferry sails."], (), ["Strait Press"]),
        (["LISSEN, March 3, Northwire — The ferry sails."], (), ["Northwire"]),
        (["By Ana Ruel, Northwire"], (), ["Northwire"]),
        (["Northwire staff"], (), ["Northwire"]),
        (["Text.", "© 2024 Northwire"], (), ["Northwire"]),
        (["Text.", "Source: DWZ"], (), ["DWZ"]),
        (["Text.", "(This text was not edited by us and is published from a Northwire feed.)"], (), ["Northwire"]),
        (["Text.", "This article was first published by Northwire."], (), ["Northwire"]),
        (["Text."], ("Ana Ruel, Northwire",), ["Northwire"]),
        # for a part only, for a picture, for the paper itself, or for nobody of the press
        (["Text.", "Northwire contributed to this report."], (), []),
        (["Text.", "Additional reporting by Northwire."], (), []),
        (["Text.", "Photo: Ana Ruel/Northwire"], (), []),
        (["Text.", "© The Kelm Herald"], (), []),
        (["The pier (owned by the town) – a ruin – was sold."], (), []),
        (["By Ana Ruel"], ("Ana Ruel",), []),
        ([""], (), []),
    ],
)
def test_credits(lines: list[str], authors: tuple[str, ...], expected: list[str]) -> None:
    assert list(find_credits("\n\n".join(("A headline", *lines)), authors, "The Kelm Herald")) == expected


PASSED = {  # a sentence, who passed its statement on for sure, and who may be a mere audience
    "“We stay,” Dorn told Northwire on Monday.": (["Northwire"], []),
    "“We stay,” Dorn told the Inland Wire Service.": (["Inland Wire Service"], []),
    "“We stay,” Dorn told DWZ by telephone.": (["DWZ"], []),
    "“We stay,” Dorn said in an interview with Plain Speaking.": (["Plain Speaking"], []),
    "“We stay,” DWZ quoted Dorn as saying.": (["DWZ"], []),
    "“We stay,” Dorn said, The Kelm Herald reported.": (["Kelm Herald"], []),
    "As Northwire reported on Monday, Dorn said: “We stay.”": (["Northwire"], []),
    "“We stay,” Dorn was cited as saying by DWZ.": (["DWZ"], []),
    "“We stay,” Dorn told Northwire’s Ana Ruel.": (["Northwire"], []),
    "“We stay,” Dorn said in a translation by Ana Ruel, an analyst.": (["Ana Ruel"], []),
    "“We stay,” Dorn wrote. The translation was made by Ana Ruel.": (["Ana Ruel"], []),
    "“We stay,” he said in a video that Ana Ruel, of the Kelm Institute, translated.": (["Ana Ruel"], []),
    "“We stay,” Dorn said, as rendered into English by Ana Ruel.": (["Ana Ruel"], []),
    "“We stay,” Dorn wrote. Ana Ruel, who teaches at Kelm, put it into English.": (["Ana Ruel"], []),
    "“We stay,” Dorn wrote (translation: Ana Ruel).": (["Ana Ruel"], []),
    "“We stay,” Dorn said in Ana Ruel’s own rendering.": (["Ana Ruel"], []),
    "“We stay,” Dorn posted in Vellish on Telegram on Monday.": ([], []),
    "“We stay,” Dorn said in a translation from Vellish.": ([], []),
    "“We stay,” Dorn told the Morrow.": ([], ["Morrow"]),
    "“We stay,” Dorn told NATO on Monday.": ([], ["NATO"]),
    "“We stay,” Dorn told the Kelm Assembly.": ([], ["Kelm Assembly"]),
    "“We stay,” Dorn told Kelm residents.": ([], []),
    "“We stay,” Dorn told reporters.": ([], []),
    "“We stay,” Dorn told state television.": ([], []),
    "“We stay.”": ([], []),
}


@pytest.mark.parametrize("sentence", PASSED)
def test_who_passed_it_on(sentence: str) -> None:
    sure, maybe = PASSED[sentence]
    before = "Lund told The Inland Dispatch something else in May.\n\n"
    start, end = sentence.index("“"), sentence.index("”") + 1
    content = (Span(len(before) + start, len(before) + end),)
    statement = Statement(id="s1", kind="direct", content=content, cue=(), source=None, within=None, chain=(), confidence=1.0)
    found = find_passing(f"{before}{sentence}\n\nLund told Harbour News more.", statement)
    assert [p.name for p in found if p.sure] == sure
    assert [p.name for p in found if not p.sure] == maybe


@pytest.mark.parametrize("name", ["Northwire", "The Kelm Herald", "Südpress", "Radio Kelm", "Channel Nine", "Eastern News Agency"])
def test_names_of_the_press(name: str) -> None:
    assert is_press(name)


@pytest.mark.parametrize("name", ["Ana Ruel", "the Environment Agency", "Press Secretary Ana Ruel", "NATO", "", "?!"])
def test_other_names(name: str) -> None:
    assert not is_press(name)


@pytest.mark.parametrize("name", ["state media", "Police", "State Television", "Residents of Kelm", "a translation by Ana Ruel", ""])
def test_descriptions_are_no_names(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    ("source", "chain", "through", "expected"),
    [
        ("Dorn", ["Dorn"], [], []),
        ("Dorn", ["Ilsa Dorn", "Ana Ruel"], [Passing("Ilsa Dorn", True)], ["Ana Ruel"]),
        ("Dorn", ["Dorn", "state media", "reporters"], [], []),
        ("The Kelm Herald", ["The Kelm Herald"], [], ["The Kelm Herald"]),
        ("DWZ", ["DWZ"], [Passing("DWZ", True)], ["DWZ"]),
        ("NATO", ["NATO"], [], []),
        (None, [None], [Passing("Northwire", True)], ["Northwire"]),
    ],
)
def test_relays(source: str | None, chain: list[str | None], through: list[Passing], expected: list[str]) -> None:
    assert [p.name for p in name_relays(source, chain, through)] == expected


def tell(
    outlet: str | None = None,
    text: list[str] | None = None,
    *,
    credits: tuple[str, ...] = (),
    relays: tuple[str, ...] = (),
    told: tuple[str, ...] = (),
    day: int = 1,
) -> Telling:
    passed = (*(Passing(name, True) for name in relays), *(Passing(name, False) for name in told))
    made = sketch(*text) if text else b""
    return Telling(document="", outlet=outlet, published=f"2024-03-{day:02}", credits=credits, sketch=made, relays=passed)


ORIGINS = {
    "reporters of their own": ([tell("A", WIRE), tell("B", OTHER), tell("C", OWN)], [[0], [1], [2]]),
    "one text, cut and under another name": ([tell("A", WIRE), tell("B", WIRE[:8]), tell("C", OTHER)], [[0, 1], [2]]),
    "a wire and who credits it": ([tell("Northwire", WIRE), tell("B", OTHER, credits=("Northwire",))], [[0, 1]]),
    "two that credit a wire which is not there": ([tell("A", credits=("Northwire",)), tell("B", credits=("The Northwire",))], [[0, 1]]),
    "a rewrite with words from the wire": ([tell("Northwire", WIRE), tell("B", OTHER, relays=("Northwire",))], [[0, 1]]),
    "two through one relay": ([tell("A", WIRE, relays=("Ana Ruel",)), tell("B", OTHER, relays=("Ana Ruel",))], [[0, 1]]),
    "two relays": ([tell("A", relays=("Ana Ruel",)), tell("B", relays=("Piet Havik",))], [[0], [1]]),
    "an outlet cited": ([tell("The Kelm Herald", WIRE), tell("B", OTHER, relays=("Kelm Herald",))], [[0, 1]]),
    "an audience is no relay": ([tell("A", told=("NATO",)), tell("B", told=("NATO",))], [[0], [1]]),
    "an outlet that only its own article shows to be one": ([tell("The Morrow"), tell("B", told=("the Morrow",))], [[0, 1]]),
    "joined by a third": ([tell("A", WIRE), tell("B", WIRE, credits=("DWZ",)), tell("C", OTHER, relays=("DWZ",))], [[0, 1, 2]]),
    "the earliest first": ([tell("A", WIRE, day=9), tell("B", OTHER, day=3), tell("C", WIRE, day=5)], [[1], [2, 0]]),
    "two papers of one name": ([tell("The Herald", WIRE), tell("The Herald", OTHER)], [[0], [1]]),
    "none": ([], []),
    "nothing known": ([tell(), tell()], [[0], [1]]),
}


@pytest.mark.parametrize("case", ORIGINS)
def test_origins(case: str) -> None:
    tellings, expected = ORIGINS[case]
    found = find_origins(tellings)
    assert [list(origin.members) for origin in found] == expected
    assert all(bool(origin.reasons) == (len(origin.members) > 1) for origin in found)


def test_many_tellings_take_little_time() -> None:
    texts = [sketch(*write(seed % 40)) for seed in range(5_000)]
    relays = (Passing("Northwire", True), Passing("NATO", False))
    tellings = [Telling(document=str(i), outlet=f"The {i} Herald", sketch=made, relays=relays[i % 2 :]) for i, made in enumerate(texts)]
    found = find_origins(tellings)
    assert measure_best(lambda: find_origins(tellings), runs=2) < 2
    assert sum(len(origin.members) for origin in found) == 5_000
