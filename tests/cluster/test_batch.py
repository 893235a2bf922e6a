"""Batches: what is in the shards, what is left out and why, and that nothing is lost whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest
from pyarrow import parquet

import onrecord
from onrecord.cli import main
from onrecord.cluster import reading
from onrecord.cluster.batch import Batch, Plan, open_plan, read_batch
from onrecord.cluster.filters import Seen, digest_text
from onrecord.cluster.inputs import find_inputs
from onrecord.cluster.local import Pool
from onrecord.cluster.manifests import Failed, Manifest, open_batch
from onrecord.cluster.reading import Left, Settings, read_input
from onrecord.errors import UsageError
from onrecord.rows import read_statement_rows
from tests.cluster.kill import check_kills, read_shards, write_archives
from tests.cluster.made import LONG, build_article, read_stand_in_page, write_warc

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
STORY = EXAMPLES / "story"
DANISH = (
    "<!doctype html><html lang=da><title>Færgen</title><article>"
    + "<p>Færgen sejler to gange om dagen om vinteren, og havnekontoret fører en liste over dem, der ikke nåede den.</p>" * 3
    + "</article></html>"
).encode()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_parsed", read_stand_in_page)


def read_here(sources: list[str], out: Path, settings: Settings | None = None) -> list[Manifest]:
    """A batch in this process."""
    with open_plan(sources, Batch(out=out)) as plan:
        return [read_input(one, out, settings or Settings(), Seen()) for one in plan.left]


def read_documents(out: Path) -> list[dict[str, Any]]:
    rows = [row for path in sorted((out / "documents").rglob("*.parquet")) for row in parquet.read_table(path).to_pylist()]
    return [row for row in rows if isinstance(row, dict)]


# --- what is in them ----------------------------------------------------------------------------------------------------------


def test_shards_hold_what_read_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = sorted(STORY.glob("*.html"))
    archive = write_warc(tmp_path / "news" / "day.warc.gz", [page.read_bytes() for page in pages])
    assert main(["batch", str(tmp_path / "news"), "--out", str(tmp_path / "out"), "--workers", "2", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    documents, read = read_documents(tmp_path / "out"), []
    for row, page in zip(documents, pages, strict=True):
        assert row["outcome"] == "read"
        assert row["content"] == page.read_bytes()
        read.append(onrecord.read(str(page)).to_dict())
    expected = [row for report in read for row in read_statement_rows(report)]
    rows = parquet.read_table(tmp_path / "out" / "statements" / "day.warc.gz.parquet").to_pylist()
    left_open = ("captured", "url", "chain", "through", "translated")
    assert [{k: v for k, v in row.items() if k not in left_open} for row in rows] == [
        {k: v for k, v in row.items() if k not in left_open} for row in expected
    ]
    assert done["name"] == "day.warc.gz"
    assert done["paths"] == [str(archive)]
    assert done["counts"]["statements"] == len(rows)
    assert {row["location"].split("#")[0] for row in documents} == {str(archive)}


def test_other_libraries_read_them(tmp_path: Path, quick: None) -> None:
    write_archives(tmp_path / "news", files=3, pages=4)
    read_here([str(tmp_path / "news")], tmp_path / "out")
    where = str(tmp_path / "out" / "statements")
    assert duckdb.sql(f"SELECT count(*), count(DISTINCT document) FROM '{where}/*.parquet'").fetchall() == [(12, 12)]
    assert len(pandas.read_parquet(where)) == len(polars.read_parquet(f"{where}/*.parquet")) == 12


def test_folders_of_articles_are_read_in_parts(tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.cluster.inputs._PART", 3)
    for number in range(7):
        path = tmp_path / "news" / ("may" if number < 2 else "june") / f"{number}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(build_article(number))
    (tmp_path / "news" / "june" / "feed.html").write_bytes(b"<?xml version='1.0'?><rss version='2.0'><channel></channel></rss>")
    done = read_here([str(tmp_path / "news")], tmp_path / "out")
    assert [one.name for one in done] == ["june.articles-00001", "june.articles-00002", "may.articles-00001"]
    assert [row["outcome"] for row in read_documents(tmp_path / "out")].count("read") == 7
    assert [one.counts.get("unreadable", 0) for one in done] == [0, 1, 0]


# --- what is left out ---------------------------------------------------------------------------------------------------------


def test_what_is_left_out_says_why(tmp_path: Path, quick: None) -> None:
    update = build_article(1, more="Updated at noon.")
    altered = build_article(1).replace(b"robbery", b"a bargain")
    broken = (DANISH, b"<p>Sorry, gone.</p>", b"%PDF-1.4 \x00\x01\x02" * 9)
    bodies = [build_article(1), build_article(1), update, altered, *broken, build_article(2)]
    archive = write_warc(tmp_path / "day.warc.gz", bodies)
    (done,) = read_here([str(archive)], tmp_path / "out")
    rows = read_documents(tmp_path / "out")
    assert [row["outcome"] for row in rows] == ["read", "copy", "copy", "read", "language", "short", "unreadable", "read"]
    assert rows[1]["copy_of"] == rows[2]["copy_of"] == rows[0]["id"]
    assert all(row["reason"] for row in rows if row["outcome"] != "read")
    assert done.counts == {"read": 3, "copy": 2, "language": 1, "short": 1, "unreadable": 1, "statements": 3}


def test_copies_are_read_where_that_is_asked_for(tmp_path: Path, quick: None) -> None:
    archive = write_warc(tmp_path / "day.warc.gz", [build_article(1), build_article(1, more="Updated at noon.")])
    (done,) = read_here([str(archive)], tmp_path / "out", Settings(read_copies=True))
    assert done.counts["read"] == 2


def test_what_a_batch_before_has_seen_is_not_read_again(tmp_path: Path, quick: None) -> None:
    first = write_warc(tmp_path / "a.warc.gz", [build_article(1), build_article(2)])
    second = write_warc(tmp_path / "b.warc.gz", [build_article(2, more="Updated."), build_article(3), build_article(1)])
    read_here([str(first)], tmp_path / "one")
    batch = Batch(out=tmp_path / "two", seen=(tmp_path / "one",), workers=1)
    with open_plan([str(second)], batch) as plan:
        (done,) = read_batch(plan, batch)
    assert isinstance(done, Manifest)
    assert [row["outcome"] for row in read_documents(tmp_path / "two")] == ["seen", "read", "seen"]


def test_the_text_by_which_copies_are_known() -> None:
    assert digest_text(f"{LONG}\n\nShort line.\n") == digest_text(f"Another.\n\n{LONG}  \n")
    assert digest_text(LONG) != digest_text(LONG.replace("twice", "thrice"))
    assert digest_text("Too short to tell.") == ""


# --- what goes wrong ----------------------------------------------------------------------------------------------------------


def test_what_is_done_is_not_done_again(tmp_path: Path, quick: None) -> None:
    write_archives(tmp_path / "news", files=2, pages=2)
    assert len(read_here([str(tmp_path / "news")], tmp_path / "out")) == 2
    assert read_here([str(tmp_path / "news")], tmp_path / "out") == []
    write_warc(tmp_path / "news" / "part-001.warc.gz", [build_article(77)])  # another file under its name
    (again,) = read_here([str(tmp_path / "news")], tmp_path / "out")
    assert again.name == "part-001.warc.gz"
    assert again.counts["read"] == 1
    (tmp_path / "out" / "statements" / "part-000.warc.gz.parquet").unlink()
    (again,) = read_here([str(tmp_path / "news")], tmp_path / "out")
    assert again.name == "part-000.warc.gz"


def test_a_damaged_archive_gives_what_stands_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = write_warc(tmp_path / "day.warc.gz", [build_article(number) for number in range(3)]).read_bytes()
    (tmp_path / "day.warc.gz").write_bytes(whole[: len(whole) - 80])
    assert main(["batch", str(tmp_path / "day.warc.gz"), "--out", str(tmp_path / "out"), "--workers", "1"]) == 1
    told = capsys.readouterr()
    assert "2 articles read" in told.out
    assert told.err.count("\n") == 1
    assert "day.warc.gz" in told.err


def test_an_archive_that_cannot_be_opened_is_tried_again(tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = write_warc(tmp_path / "day.warc.gz", [build_article(1)])
    batch = Batch(out=tmp_path / "out", workers=1)
    with open_plan([str(archive)], batch) as plan:
        archive.rename(tmp_path / "away")
        (failed,) = read_batch(plan, batch)
    assert isinstance(failed, Failed)
    assert str(archive) in failed.reason
    (tmp_path / "away").rename(archive)
    assert len(read_here([str(archive)], tmp_path / "out")) == 1


def test_a_full_disk_ends_it_and_leaves_what_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_archives(tmp_path / "news", files=2, pages=1)

    def settle(path: Path, place: Path) -> None:
        if "part-001" in place.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        path.replace(place)

    (tmp_path / "out" / "documents").mkdir(parents=True)
    (tmp_path / "out" / "statements").mkdir()
    monkeypatch.setattr(reading, "settle", settle)
    assert main(["batch", str(tmp_path / "news"), "--out", str(tmp_path / "out"), "--workers", "1"]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "out").rglob("*.parquet")} == {"part-000.warc.gz.parquet"}
    monkeypatch.undo()
    assert main(["batch", str(tmp_path / "news"), "--out", str(tmp_path / "out"), "--workers", "1"]) == 0


def test_kills_lose_nothing(tmp_path: Path) -> None:
    write_archives(tmp_path / "news", files=8, pages=6)
    assert check_kills(tmp_path / "news", tmp_path, kills=8, longest=0.25)["kills"] >= 4


def die_of(number: int) -> int | Left:
    if number == 3:
        os._exit(9)
    if number == 5:
        raise KeyError("what we did not think of")
    return number * number


def test_a_page_that_kills_its_process_takes_no_other_with_it() -> None:
    with Pool(2) as pool:
        done = dict(pool.run(die_of, range(9), lambda number: None if number == 7 else number))
    left = {number: answer.outcome for number, answer in done.items() if isinstance(answer, Left)}
    assert left == {3: "unreadable", 5: "failed"}
    assert done[7] is None
    assert [answer for answer in done.values() if isinstance(answer, int)] == [0, 1, 4, 16, 36, 64]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{0}/none.warc"], "no such file"),
        (["https://news.example/a"], "a batch reads files"),
        (["-"], "a batch reads files"),
        ([], "nothing to do"),
        (["{0}/a/x.warc", "{0}/b/x.warc"], "would both be written as x.warc"),
        (["{0}/a", "--out", "{0}/a/x.warc/out"], "cannot be written"),
        (["{0}/a", "--engine", "spark"], "spark"),
        (["{0}/a", "--seen", "{0}/b"], "no shards there"),
        (["--load", "--store", "{0}/s.db"], "no shards there"),
    ],
)
def test_bad_calls_are_one_line(arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a", "b"):
        write_warc(tmp_path / folder / "x.warc", [build_article(1)])
    filled = [each.format(tmp_path) for each in arguments]
    assert main(["batch", *filled, *([] if "--out" in filled else ["--out", str(tmp_path / "out")])]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_two_batches_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with open_batch(tmp_path / "out"), pytest.raises(UsageError, match="another batch"), open_batch(tmp_path / "out"):
        pass


def test_names_keep_their_folders(tmp_path: Path) -> None:
    for name in ("2026/01/a.warc.gz", "2026/02/a.warc.gz"):
        write_warc(tmp_path / name, [build_article(1)])
    assert [one.name for one in find_inputs([str(tmp_path)])] == ["2026/01/a.warc.gz", "2026/02/a.warc.gz"]
    assert Plan(tuple(find_inputs([str(tmp_path)])), 0).size == sum(path.stat().st_size for path in tmp_path.rglob("*.gz"))


# --- into a store -------------------------------------------------------------------------------------------------------------


def test_a_store_holds_the_same_as_if_each_were_added(place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = write_warc(tmp_path / "day.warc.gz", [page.read_bytes() for page in sorted(STORY.glob("*.html"))])
    added = str(tmp_path / "added.db")
    assert main(["add", str(archive), "--store", added]) == 0
    assert main(["batch", str(archive), "--out", str(tmp_path / "out"), "--load", "--store", place]) == 0
    assert "8 added" in capsys.readouterr().out
    assert main(["verify", "--store", place]) == 0
    exported = []
    for number, store in enumerate((added, place)):
        out = tmp_path / f"csv{number}"
        assert main(["export", "--store", store, "--format", "csv", "--out", str(out)]) == 0
        exported.append({path.name: path.read_text() for path in out.iterdir()})
    assert exported[0] == exported[1]
    capsys.readouterr()
    assert main(["batch", "--out", str(tmp_path / "out"), "--load", "--store", place]) == 0
    assert "8 known" in capsys.readouterr().out


def test_shards_without_bytes_are_not_loaded(tmp_path: Path, quick: None, capsys: pytest.CaptureFixture[str]) -> None:
    archive = write_warc(tmp_path / "day.warc.gz", [build_article(1)])
    read_here([str(archive)], tmp_path / "out", replace(Settings(), keep_bytes=False))
    assert [row["content"] for row in read_documents(tmp_path / "out")] == [None]
    assert main(["batch", "--out", str(tmp_path / "out"), "--load", "--store", str(tmp_path / "s.db")]) == 2
    assert "without the pages' bytes" in capsys.readouterr().err


def replace_content(row: dict[str, Any]) -> None:
    row["content"] = row["content"].replace(b"robbery", b"a bargain")


def replace_report(row: dict[str, Any]) -> None:
    row["report"] = row["report"][: len(row["report"]) // 2]


def replace_id(row: dict[str, Any]) -> None:
    row["id"] = "0" * 64


@pytest.mark.parametrize(
    ("change", "told"),
    [(replace_content, "its bytes are not those that were read"), (replace_id, "its bytes are not those"), (replace_report, "is damaged")],
)
def test_shards_that_were_changed_are_not_loaded(
    change: Callable[[dict[str, Any]], None], told: str, tmp_path: Path, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = write_warc(tmp_path / "day.warc.gz", [build_article(1), build_article(2)])
    read_here([str(archive)], tmp_path / "out")
    (shard,) = (tmp_path / "out" / "documents").rglob("*.parquet")
    table = parquet.read_table(shard)
    rows = table.to_pylist()
    change(rows[1])
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=table.schema), shard)
    assert main(["batch", "--out", str(tmp_path / "out"), "--load", "--store", str(tmp_path / "s.db")]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said
    assert main(["verify", "--store", str(tmp_path / "s.db")]) == 0


# --- on Ray -------------------------------------------------------------------------------------------------------------------


def test_ray_writes_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ray")
    pages = sorted(STORY.glob("*.html"))
    for name, some in (("a.warc.gz", pages[:4]), ("b.warc.gz", pages[4:])):
        write_warc(tmp_path / "news" / name, [page.read_bytes() for page in some])
    news, out = str(tmp_path / "news"), tmp_path / "out"
    assert main(["batch", news, "--out", str(out / "local"), "--workers", "2"]) == 0
    assert main(["batch", news, "--out", str(out / "ray"), "--engine", "ray", "--workers", "2"]) == 0
    local, ray = read_shards(out / "local"), read_shards(out / "ray")
    assert {name: ray[name] for name in local} == local


def test_ray_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ray")
    archive = write_warc(tmp_path / "day.warc.gz", [build_article(1)])
    asked = ["batch", str(archive), "--out", str(tmp_path / "out"), "--engine", "ray", "--address", "127.0.0.1:1"]
    assert main(asked) == 2
    told = capsys.readouterr().err
    assert "no Ray cluster answers there" in told
    assert told.count("\n") == 1
