"""Each test that asks for `place` runs twice: on a SQLite file and on a database of a real PostgreSQL server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from onrecord.store import Store, add, open_store
from tests.store.servers import Server, build_server, remove_server
from tests.store.stand_in import read_stand_in
from tests.web.conftest import _site, fetcher, site

__all__ = ["_site", "fetcher", "site"]

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    made = build_server()
    try:
        made.start()
        yield made
    finally:
        remove_server(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store can be made."""
    if request.param == "sqlite":
        return str(tmp_path / "kept.db")
    server: Server = request.getfixturevalue("server")
    return server.make_database(f"t{next(_numbers)}")


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_store(place, make=True)
    yield opened
    opened.close()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A reader that takes no time, in the place of the model; calling it gives it another version."""
    module = sys.modules["onrecord.store.add"]  # the package has a function of that name

    def be(version: str) -> None:
        monkeypatch.setattr(module, "find_reader_version", lambda: version)

    monkeypatch.setattr(module, "read_captured", read_stand_in)
    be("1")
    return be


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"Article {number}\n\nMara Quill said the harbour fee number {number} was robbery.\n")
    return folder


@pytest.fixture
def filled(store: Store, articles: Path, reader: Callable[[str], None]) -> Store:
    assert [kept.outcome for kept in add(store, [str(articles)])] == ["added"] * 6
    return store
