"""Cursors: what is made is read back, for the same query only; pages give each hit once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.store import Query, Store, add, open_store, search
from onrecord.web import cursors
from onrecord.web.cursors import CURSOR, find_hits, make_cursor, read_cursor
from onrecord.web.problems import Problem
from tests.store.conftest import reader

__all__ = ["reader"]

QUERY = {"words": "harbour fees", "kind": None, "since": date(2024, 1, 9), "articles": False}
VALUES = st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.dates(), st.floats(allow_nan=False))
QUERIES = st.dictionaries(st.text(max_size=8), VALUES, max_size=5)


@given(query=QUERIES, at=st.integers(0, 2**63 - 1))
def test_what_is_made_is_read_back(query: dict[str, object], at: int) -> None:
    cursor = make_cursor(query, at)
    assert read_cursor(cursor, query) == at
    assert re.fullmatch(CURSOR, cursor)


@given(query=QUERIES)
def test_what_was_not_given_is_none(query: dict[str, object]) -> None:
    assert make_cursor(query, 3) == make_cursor({**query, "a name that is not in it": None}, 3)


@pytest.mark.parametrize(
    "other", [{"words": "harbour fee"}, {"kind": "direct"}, {"since": date(2024, 1, 8)}, {"articles": True}, {"more": ""}]
)
def test_a_cursor_of_another_query(other: dict[str, object]) -> None:
    with pytest.raises(Problem, match="another query") as caught:
        read_cursor(make_cursor(QUERY, 20), {**QUERY, **other})
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "=" * 27, "\0" * 27, "\ud800", "é" * 27, "A" * 26, "A" * 28, "A" * 3000, "AAAA AAAA", make_cursor(QUERY, 1) + "=", "///" * 9],
)
def test_not_a_cursor(cursor: str) -> None:
    with pytest.raises(Problem) as caught:
        read_cursor(cursor, QUERY)
    assert caught.value.status == 400


@given(text=st.text())
def test_any_text(text: str) -> None:
    with pytest.raises(Problem):
        read_cursor(text, QUERY)


def test_each_place_has_one_cursor() -> None:
    cursor = make_cursor(QUERY, 20)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [cursor[:-1] + letter for letter in last if letter != cursor[-1]]
    for other in others:
        with pytest.raises(Problem):
            read_cursor(other, QUERY)


def test_places_that_no_database_counts_up_to() -> None:
    with pytest.raises(Problem):
        read_cursor(make_cursor(QUERY, 2**63), QUERY)


@pytest.fixture
def store(tmp_path: Path, reader: Callable[[str], None]) -> Store:
    for number in range(23):
        (tmp_path / f"{number}.txt").write_text(f"Article {number}\n\nMara Quill said the fee was robbery {number}.\n")
    opened = open_store(str(tmp_path / "kept.db"), make=True)
    assert all(kept.outcome == "added" for kept in add(opened, [str(tmp_path / "*.txt")]))
    return opened


@pytest.mark.parametrize("query", [Query(), Query(words="robbery"), Query(words="fee", articles=True), Query(source="quill")])
@pytest.mark.parametrize("most", [1, 7, 22, 23, 24, 100])
def test_pages_give_each_hit_once(store: Store, query: Query, most: int) -> None:
    at: int | None = 0
    found = []
    while at is not None:
        hits, at = find_hits(store, query, at=at, most=most)
        assert 0 < len(hits) <= most
        found += hits
    assert found == list(search(store, query))
    assert len({hit.id for hit in found}) == 23


def test_pages_end_where_hits_are_no_longer_ranked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursors, "RANKED", 10)
    hits, at = find_hits(store, Query(words="robbery"), at=7, most=7)
    assert (len(hits), at) == (3, None)
    with pytest.raises(Problem, match="only the first 10 hits") as caught:
        find_hits(store, Query(words="robbery"), at=10, most=7)
    assert caught.value.status == 400


def test_a_place_behind_the_end(store: Store) -> None:
    assert find_hits(store, Query(), at=500, most=7) == ([], None)
