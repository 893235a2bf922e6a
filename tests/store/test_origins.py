"""What origins are told by is kept with each document and statement, in both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from onrecord.store import Store, add, reread, trace
from onrecord.store.schema import document, statement
from onrecord.trace.sketch import build_sketch
from tests.test_origins import OTHER, OWN, WIRE

SAID = "Mara Quill said the harbour fee of nine crowns was plain robbery."
ARTICLES = {
    "wire": ["A fee", "LISSEN (Northwire) — It was a long day on the quay.", SAID, *WIRE],
    "copy": ["Another headline", SAID, *WIRE[:8]],
    "credited": ["A third", SAID, *OTHER, "© Northwire"],
    "own": ["A fourth", SAID, *OWN],
}


def fill(store: Store, folder: Path) -> None:
    for name, paragraphs in ARTICLES.items():
        (folder / f"{name}.txt").write_text("\n\n".join(paragraphs) + "\n")
    assert [kept.outcome for kept in add(store, [str(folder / f"{name}.txt") for name in ARTICLES])] == ["added"] * 4


def test_origins_of_stored_articles(store: Store, reader: Callable[[str], None], tmp_path: Path) -> None:
    fill(store, tmp_path)
    found = trace(store, "the harbour fee of nine crowns was plain robbery")
    assert [len(origin.members) for origin in found.origins] == [3, 1]
    assert len(found.articles) == 4
    assert [len(origin["documents"]) for origin in found.to_dict()["origins"]] == [3, 1]


def test_columns(store: Store, reader: Callable[[str], None], tmp_path: Path) -> None:
    fill(store, tmp_path)
    with store.looking() as connection:
        rows = connection.execute(select(document.c.credits, document.c.sketch).order_by(document.c.key)).all()
        through = connection.scalars(select(statement.c.through)).all()
    assert [json.loads(row.credits) for row in rows] == [["Northwire"], [], ["Northwire"], []]
    for row, paragraphs in zip(rows, ARTICLES.values(), strict=True):
        assert bytes(row.sketch) == build_sketch("\n\n".join(paragraphs) + "\n")
    assert {type(json.loads(value)) for value in through} == {list}


def test_read_anew(store: Store, reader: Callable[[str], None], tmp_path: Path) -> None:
    fill(store, tmp_path)
    with store.writing() as connection:
        connection.execute(document.update().values(credits=None, sketch=None))
    reader("2")
    assert [kept.outcome for kept in reread(store)] == ["reread"] * 4
    with store.looking() as connection:
        assert all(row.credits and row.sketch for row in connection.execute(select(document)))
