"""A dozen kills on each database; `bench/kill` does as many as are asked for."""

from pathlib import Path

from tests.store.kill import check_kills, write_articles


def test_kills_lose_nothing(place: str, tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", 200)
    figures = check_kills(place, tmp_path / "articles", kills=6, longest=0.15)
    assert figures["kills"] >= 5
