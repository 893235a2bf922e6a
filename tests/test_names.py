"""Names of two documents: what is one, what is a shorter form, what is another."""

import pytest

from onrecord.trace.names import compare_names, fold_name


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Ilsa Dorn", ("ilsa", "dorn")),
        ("Prof. Ilsa Dörn", ("ilsa", "dorn")),
        ("Sen. Ilsa Dorn Jr.", ("ilsa", "dorn")),
        ("Prime Minister Dorn", ("dorn",)),
        ("The Kelm Harbour Company", ("kelm", "harbour")),
        ("Varo Lines Ltd", ("varo", "lines")),
        ("Dorn’s", ("dorn",)),
        ("the Prime Minister", ("the", "prime", "minister")),
        ("!?", ()),
    ],
)
def test_folded(name: str, folded: tuple[str, ...]) -> None:
    assert fold_name(name) == folded


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Ilsa Dorn", "Dr Ilsa Dorn", "same"),
        ("Ilsa Dorn", "Dorn", "part"),
        ("I. Dorn", "Ilsa Dorn", "part"),
        ("Ilsa M. Dorn", "Ilsa Dorn", "part"),
        ("Ilsa Dorn", "Oskar Dorn", "different"),
        ("O. Dorn", "Ilsa Dorn", "different"),
        ("Ilsa Dorn", "Ilsa Brandt", "different"),
        ("Ilsa", "Ilsa Dorn", "different"),
        ("", "Dorn", "different"),
    ],
)
def test_people(a: str, b: str, expected: str) -> None:
    assert compare_names(a, b, person=True) == compare_names(b, a, person=True) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Kelm Port Authority", "the Kelm Port Authority", "same"),
        ("Varo Lines Ltd", "Varo Lines", "same"),
        ("KPA", "Kelm Port Authority", "part"),
        ("Varo", "Varo Lines", "part"),
        ("Port Authority", "Kelm Port Authority", "different"),
    ],
)
def test_bodies(a: str, b: str, expected: str) -> None:
    assert compare_names(a, b, person=False) == compare_names(b, a, person=False) == expected
