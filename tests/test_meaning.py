"""The same in other words: what pieces mean, how much two texts share, and which pairs are taken for one utterance."""

import numpy as np
import pytest

from onrecord.extract.vectors import _keep, load_head, measure_shared, read_meanings, weigh_word
from onrecord.trace.scoring import NAMES, build_profile, find_probability, load_weights, measure, score

HARBOUR = "We shall not sell the harbour to anybody who means to close it."
REWORDED = [
    (HARBOUR, "The port will not go to any buyer who intends to shut it."),
    ("Whoever opened the sluices that night knew that the lower town would drown.",
     "The person who opened the floodgates that night was aware the lower part of the town would be flooded."),
    ("My grandmother planted these orchards, and nobody is going to cut down one tree of them.",
     "These orchards were planted by my grandmother, and not a single tree of them will be felled by anyone."),
    ("The old bridge can carry lorries for three more winters.", "For another three winters the old bridge is able to bear trucks."),
]  # fmt: skip
APART = [
    (HARBOUR, "The harbour made more money last year than in the ten years before."),
    ("The old bridge can carry lorries for three more winters.", "The bridge was built by the same company as the tunnel at Ossen."),
    ("Our nurses have not been paid since March.", "Our nurses will get a new hospital next to the river."),
    ("I never met the contractor.", "I have nothing to say about the inquiry."),
    ("The ferry will sail again on Monday.", "Our school needs a new roof before the winter."),
]
ODD = [
    "",
    " ",
    "…",
    "?!",
    "\u200b",
    "a" * 3000,
    "said " * 4000,
    "Мост закрыт до весны.",
    "桥将关闭到春天",
    "الجسر مغلق",
    "🚢🚢",
    "\x00\x07",
]


def score_pair(a: str, b: str) -> float:
    one, other = read_meanings([a, b])
    (meant,) = measure_shared(one, [other]).tolist()
    return score(measure(build_profile(a, weigh_word), build_profile(b, weigh_word), meant))


def test_pieces_have_vectors_of_length_one_and_weights_above_nothing() -> None:
    for meaning in read_meanings([HARBOUR, *ODD]):
        assert meaning.vectors.shape == (len(meaning.weights), load_head().map.shape[1])
        assert np.allclose(np.linalg.norm(meaning.vectors, axis=1), 1, atol=1e-4)
        assert (meaning.weights > 0).all()


def test_a_text_without_words_has_no_pieces_and_shares_nothing() -> None:
    nothing, something = read_meanings(["", HARBOUR])
    assert len(nothing.weights) == 0
    assert measure_shared(nothing, [nothing, something]).tolist() == [[0] * 4] * 2
    assert measure_shared(something, [nothing]).tolist() == [[0] * 4]
    assert measure_shared(something, []).shape == (0, 4)


def test_long_texts_are_read_in_part() -> None:
    (meaning,) = read_meanings(["said " * 4000])
    assert len(meaning.weights) <= 160


def test_a_text_is_read_the_same_whatever_is_read_beside_it() -> None:
    (alone,) = read_meanings([HARBOUR])
    _keep.cache_clear()
    among = read_meanings([HARBOUR, *(text for pair in REWORDED for text in pair), *ODD])[0]
    assert (alone.vectors == among.vectors).all()
    assert (alone.weights == among.weights).all()


def test_shared_both_ways() -> None:
    texts = [HARBOUR, "", "We shall not sell the harbour.", "Our school needs a new roof before the winter."]
    one, *others = read_meanings(texts)
    shared = measure_shared(one, others)
    for row, other in zip(shared, others, strict=True):
        assert np.allclose(row, measure_shared(one, [other])[0], atol=1e-5)
        assert np.allclose(row[[1, 0, 3, 2]], measure_shared(other, [one])[0], atol=1e-5)
    assert measure_shared(one, [one])[0] == pytest.approx([1] * 4, abs=1e-3)
    assert shared[1, 1] > 0.9 > shared[1, 0] > shared[2, 0]  # of a part everything is in the whole, but not the other way about


def test_what_two_say_of_one_matter_is_alike_and_the_rest_is_not() -> None:
    one, other, reworded = read_meanings(
        [
            "Nobody told residents that the southern harbour grant was leaked, and farmers never asked for the southern harbour grant.",
            "We paid the teachers, although the southern harbour grant was late, and pupils applauded the southern harbour grant.",
            "No resident was informed that the southern harbour grant had come out, nor did a farmer request the southern harbour grant.",
        ]
    )
    apart, alike = measure_shared(one, [other, reworded])
    assert apart[2:].max() < apart[:2].min() - 0.1
    assert alike[2:].min() > apart[2:].max() + 0.1


@pytest.mark.parametrize(("a", "b"), REWORDED)
def test_the_same_in_other_words(a: str, b: str) -> None:
    assert score_pair(a, b) >= load_weights()[1]


@pytest.mark.parametrize(("a", "b"), APART)
def test_something_else_on_one_subject(a: str, b: str) -> None:
    assert score_pair(a, b) < load_weights()[1]


@pytest.mark.parametrize(
    ("a", "same", "changed"),
    [
        ("We lost 40 boats in the storm.", "In the storm 40 of our boats were lost.", "In the storm 70 of our boats were lost."),
        ("The mayor signed the contract.", "The contract was signed by the mayor.", "The contract was not signed by the mayor."),
    ],
)
def test_another_number_or_a_negation_speaks_against_it(a: str, same: str, changed: str) -> None:
    assert score_pair(a, same) > score_pair(a, changed)


def test_measures_are_the_same_both_ways_round() -> None:
    a, b = (build_profile(text, weigh_word) for text in REWORDED[0])
    assert measure(a, b, (0.7, 0.8, 0.4, 0.5)) == measure(b, a, (0.8, 0.7, 0.5, 0.4))
    assert len(measure(a, b, (0.7, 0.8, 0.4, 0.5))) == len(NAMES) == len(load_weights()[0])


def test_probabilities_stay_between_nothing_and_one() -> None:
    assert [find_probability(x) for x in (-1e9, 0, 1e9)] == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_have_a_score(text: str) -> None:
    assert np.isfinite(score_pair(text, HARBOUR))
