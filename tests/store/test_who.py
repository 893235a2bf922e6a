"""One source's statements over all documents, on both databases; decisions by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from onrecord.cli import main
from onrecord.errors import UsageError
from onrecord.store import Checked, Store, add, judge, open_store, reread, verify, who

TEXTS = {
    "a": "Fees\nPublished: 2022-03-17\n\nMara Quill said the harbour fees were robbery.\n",
    "b": "Fees again\nPublished: 2022-01-02\n\nMara Quill said nobody had asked her. Oswin Pell said nothing would change.\n",
    "c": "Undated\n\nQuill said boats would not charge a fee.\n",
}


@pytest.fixture
def kept(store: Store, reader: Callable[[str], None], tmp_path: Path) -> Store:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(text)
    list(add(store, [str(tmp_path / f"{name}.txt") for name in TEXTS]))
    return store


def said(store: Store, name: str) -> list[list[str]]:
    return [[told.words for told in person.statements] for person in who(store, name).persons]


def test_in_time_order(kept: Store) -> None:
    assert said(kept, "Mara Quill")[0][:2] == ["nobody had asked her.", "the harbour fees were robbery."]
    assert said(kept, "pell") == [["nothing would change."]]


def test_kept_by_hand(kept: Store) -> None:
    first, second = who(kept, "Mara Quill").persons[0].identity.members[:2]
    judge(kept, "split", first.id, second.id, by="Ana", note="two of them")
    assert ["nobody had asked her.", "the harbour fees were robbery."] not in said(kept, "Mara Quill")
    judge(kept, "join", first.id, second.id, by="Ana")
    assert ["nobody had asked her.", "the harbour fees were robbery."] in said(kept, "Mara Quill")
    checked = Checked()
    assert not list(verify(kept, checked))
    assert checked.counts["judgements"] == 2


def test_stays_after_reading_anew(kept: Store, reader: Callable[[str], None]) -> None:
    before = said(kept, "Quill")
    reader("2")
    list(reread(kept))
    assert said(kept, "Quill") == before


@pytest.mark.parametrize(
    ("name", "words"),
    [("Zebedee", "no source in the store goes by this name"), ("x", "not a name to look for"), ("", "not a name"), ("Quilll", "there are")],
)
def test_bad_names(kept: Store, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        who(kept, name)


@pytest.mark.parametrize("bad", ["p1", "zzzz/p1", "0123456789ab/p1"])
def test_bad_ids(kept: Store, bad: str) -> None:
    with pytest.raises(UsageError):
        judge(kept, "join", bad, bad, by="Ana")


def test_command(place: str, reader: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(place, make=True)
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(text)
    list(add(store, [str(tmp_path / f"{name}.txt") for name in TEXTS]))
    store.close()
    assert main(["who", "Mara", "Quill", "--store", place, "--width", "100"]) == 0
    assert "the same full name, and nothing against it" in capsys.readouterr().out
    assert main(["who", "Mara", "Quill", "--store", place, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    one, other = (s["id"] for s in value["identities"][0]["sources"][:2])
    assert main(["who", "Mara", "Quill", "--store", place, "--split", one, other, "--by", "Ana"]) == 0
    assert "kept: " in capsys.readouterr().err
    assert main(["who", "Nobody", "Here", "--store", place]) == 2
