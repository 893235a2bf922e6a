"""`onrecord export` and `import` on a small store: every format, filters, places that are none."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from onrecord.cli import _FORMATS, main
from onrecord.export import FORMATS
from onrecord.store import Store, add, open_store
from tests.store.conftest import reader

__all__ = ["reader"]


@pytest.fixture
def place(tmp_path: Path, reader: Callable[[str], None]) -> str:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Fees {number}\n\nMara Quill said the harbour fee number {number} was robbery.\n")
    store: Store = open_store(str(tmp_path / "kept.db"), make=True)
    list(add(store, [str(tmp_path / f"{number}.txt") for number in range(3)]))
    store.close()
    return str(tmp_path / "kept.db")


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format(name: str, place: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    out = tmp_path / "out"
    assert main(["export", "--store", place, "--format", name, "--out", str(out)]) == 0
    assert capfdbinary.readouterr().out == f"3 documents of {place} in {out}\n".encode()
    assert out.is_dir() == FORMATS[name].is_folder
    assert not list(tmp_path.glob(".*"))
    if FORMATS[name].is_folder:
        assert main(["export", "--store", place, "--format", name, "--out", "-"]) == 2
        assert main(["export", "--store", place, "--format", name, "--out", str(out)]) == 2
    else:
        assert main(["export", "--store", place, "--format", name, "--out", "-"]) == 0
        printed = capfdbinary.readouterr().out
        assert printed == out.read_bytes() or (name == "wacz" and zipfile.is_zipfile(io.BytesIO(printed)))


def test_the_help_names_every_format() -> None:
    assert _FORMATS.rstrip(".").replace(" or ", ", ").split(", ") == ["jsonl", *FORMATS]


def test_only_some(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--store", place, "--format", "annotations", "--out", "-", "number 2"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert "number 2" in item["target"]["selector"][0]["exact"]


def test_lines_and_back(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines, copy = tmp_path / "out.jsonl", str(tmp_path / "copy.db")
    assert main(["export", "--store", place, "--out", str(lines)]) == 0
    assert main(["import", str(lines), "--store", copy]) == 0
    assert capsys.readouterr().out.splitlines()[1] == f"3 documents, 3 captures, 3 readings added: {copy}"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.read_bytes())))
    assert main(["import", "-", "--store", copy, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": {}, "known": {"capture": 3, "document": 3, "reading": 3}, "left": 0}
    assert main(["export", "--store", copy, "--out", "-"]) == 0
    assert capsys.readouterr().out == lines.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["export", "--out", "x", "--format", "wish"], 2, "not a format; give one of jsonl, csv"),
        (["export", "--out", "x", "--outlet", "The Post"], 2, "is the whole store"),
        (["export", "--out", "{folder}"], 2, "a folder: give the name of a file"),
        (["export", "--out", "{folder}/no/x"], 2, "no such folder to write it in"),
        (["export", "--out", "{folder}/no/x", "--format", "wacz"], 2, "no such folder to write it in"),
        (["export", "--out", "/proc/x"], 1, "cannot be written"),
        (["export", "--out", "/proc/x", "--format", "csv"], 1, "cannot be written"),
        (["export", "--out", "/proc/x", "--format", "wacz"], 1, "cannot be written"),
        (["export", "--out", "/dev/full/x"], 2, "no such folder"),
        (["import", "{folder}/none.jsonl"], 2, "cannot be opened"),
        (["import", "{folder}/0.txt"], 1, "not a store as JSON Lines"),
    ],
)
def test_what_cannot_be(
    arguments: list[str],
    code: int,
    says: str,
    place: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*(each.format(folder=tmp_path) for each in arguments), "--store", place]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert not list(tmp_path.glob(".*")) + list(tmp_path.glob("x*"))
