"""Grouping: the groups are those that a store of the same shards gives, whoever traces."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pyarrow import parquet
from sqlalchemy import select

from onrecord import store as stores
from onrecord.cli import main
from onrecord.cluster import grouping
from onrecord.cluster.index import build_index, trace_one
from onrecord.cluster.manifests import read_manifests
from onrecord.cluster.reading import Left, run_here
from onrecord.rows import name_id
from onrecord.store import near
from onrecord.store.schema import statement

STORY = Path(__file__).parent.parent.parent / "examples" / "story"


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story of eight outlets in two folders, one article in both."""
    home = tmp_path_factory.mktemp("grouping")
    pages = sorted(STORY.glob("*.html"))
    for name, chosen in (("a", pages[:5]), ("b", pages[4:])):
        (home / "news" / name).mkdir(parents=True)
        for page in chosen:
            shutil.copy(page, home / "news" / name)
    assert main(["batch", str(home / "news"), "--out", str(home / "out"), "--workers", "1"]) == 0
    return home / "out"


def read_groups(out: Path) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for row in parquet.read_table(out / "groups.parquet").to_pylist():
        groups.setdefault(row["group"], []).append(row["id"])
        assert row["id"].split("/")[0] == row["document"][:12]
    return groups


def group_in_store(out: Path, place: str) -> dict[str, list[str]]:
    """The same by tracing every statement of a store, in its order, that is in no group yet."""
    assert main(["batch", "--load", "--out", str(out), "--store", place]) == 0
    store = stores.open_store(place)
    with store.looking() as connection:
        rows = connection.execute(select(statement.c.document, statement.c.id).order_by(statement.c.key)).all()
    order = {name_id(row.document, row.id): key for key, row in enumerate(rows)}
    taken: set[str] = set()
    groups: dict[str, list[str]] = {}
    for name in order:
        if name not in taken:
            found = [v.told.id for v in stores.trace(store, name).versions if v.told.id not in taken]
            taken.update(found)
            if len(found) > 1:
                groups[min(found, key=order.__getitem__)] = sorted(found, key=order.__getitem__)
    store.close()
    return groups


@pytest.mark.parametrize("workers", ["1", "2"])
def test_groups_are_those_of_a_store(shards: Path, place: str, workers: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["group", str(shards), "--workers", workers, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    groups = read_groups(shards)
    assert groups == group_in_store(shards, place)
    assert told["groups"] == len(groups) >= 3
    assert told["grouped"] == sum(map(len, groups.values()))
    assert told["largest"] == max(map(len, groups.values()))
    assert not (shards / ".aside" / "index.db").exists()


def test_ray_gives_the_same_groups(shards: Path) -> None:
    pytest.importorskip("ray")
    assert main(["group", str(shards)]) == 0
    before = (shards / "groups.parquet").read_bytes()
    assert main(["group", str(shards), "--engine", "ray", "--workers", "2"]) == 0
    assert (shards / "groups.parquet").read_bytes() == before


def test_people_are_told_in_a_line(shards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["group", str(shards), "--workers", "1"]) == 0
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "utterances with" in line


def test_where_there_are_no_shards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["group", str(tmp_path)]) == 2
    assert "no shards there" in capsys.readouterr().err


def test_what_fails_leaves_the_groups_before(shards: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["group", str(shards), "--workers", "1"]) == 0
    before = (shards / "groups.parquet").read_bytes()
    monkeypatch.setattr(grouping, "find_groups", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert main(["group", str(shards), "--workers", "1"]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert (shards / "groups.parquet").read_bytes() == before


def test_a_statement_that_cannot_be_traced_is_one_line(shards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Left:
        return Left("failed", "unexpected KeyError")

    with pytest.raises(grouping.UnreadableError, match="statement 1 could not be traced"):
        grouping.find_groups(Path("none.db"), 2, lambda step, works, ask: ((work, fail()) for work in works))
    assert list(run_here(fail, [1], lambda work: work)) == [(1, fail())]


def test_how_many_statements_are_kept_changes_nothing(shards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.db"
    keys = range(1, build_index(path, shards, read_manifests(shards)) + 1)
    found = [trace_one(key, str(path)) for key in keys]
    assert any(len(one) > 1 for one in found)
    monkeypatch.setattr(near, "_MOST_KEPT", 2)
    near._KEPT.clear()
    assert [trace_one(key, str(path)) for key in keys] == found
    assert all(len(kept) == 2 for kept in near._KEPT.values())
