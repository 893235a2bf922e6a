"""A whole store as JSON Lines and back, from either database into the other; files that are cut off, changed, or none."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from onrecord.capture.observe import Observation
from onrecord.errors import UnreadableError
from onrecord.store import (
    Checked,
    Query,
    Store,
    add,
    find_latest,
    judge,
    keep_observations,
    load_dump,
    load_judgements,
    make_account,
    open_dump,
    open_store,
    read_archived,
    read_reviews,
    review,
    search,
    trace,
    verify,
    write_dump,
)
from onrecord.store import log as chain
from onrecord.store.schema import log, polling, stamp
from tests.store.servers import Server

FEES = "Mara Quill said the harbour fees were daylight robbery by the council."


@pytest.fixture
def whole(filled: Store, articles: Path, reader: Callable[[str], None]) -> Store:
    """A store with something of every kind: the same bytes twice, a second reading, and what people and servers said."""
    (articles / "copy.txt").write_bytes((articles / "0.txt").read_bytes())
    list(add(filled, [str(articles / "copy.txt")]))
    (articles / "odd.txt").write_text(f"Odd\u202e\n\n{FEES}\n")
    reader("2")
    list(add(filled, [str(articles / "odd.txt")]))
    hits = list(search(filled, Query(words="fee")))
    review(filled, f"{hits[0].document[:12]}/{hits[0].statement}", "reject", by="Ana", note="no statement")
    judge(filled, "split", f"{hits[0].document[:12]}/p1", f"{hits[1].document[:12]}/p1", by="Ana")
    seen = {"url": "https://post.example/1", "time": datetime(2024, 1, 9, tzinfo=UTC), "reason": "says so", "http_status": 200}
    keep_observations(filled, [Observation(method="page", status="deleted", **seen)])  # type: ignore[arg-type]
    with filled.writing() as connection:
        connection.execute(insert(polling).values(url="https://feed.example/", version="{}", seen='["a"]'))
        head = chain.find_head(connection)
        assert head is not None
        row = {
            "id": sha256(b"token").hexdigest(),
            "seq": head.seq,
            "head": head.hash,
            "authority": "https://stamp.example/",
            "time": "2024",
        }
        connection.execute(insert(stamp).values(**row, token=b"token"))
        chain.append(connection, "stamp", {"stamp": row})
    make_account(filled, "Mara", "tidewater lantern", "admin")
    return filled


@pytest.fixture
def other(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store on the database that the first is not on."""
    if place.startswith("postgresql"):
        opened = open_store(str(tmp_path / "other.db"), make=True)
    else:
        server: Server = request.getfixturevalue("server")
        opened = open_store(server.make_database(f"d{abs(hash(place)) % 10**8}"), make=True)
    yield opened
    opened.close()


def dump(store: Store) -> bytes:
    out = io.BytesIO()
    write_dump(store, out)
    return out.getvalue()


def load(store: Store, raw: bytes) -> dict[str, int]:
    return load_dump(store, open_dump(io.BytesIO(raw), "store.jsonl")).added


def count_entries(store: Store) -> int:
    with store.looking() as connection:
        return connection.scalar(select(func.count()).select_from(log)) or 0


def test_there_and_back(whole: Store, other: Store) -> None:
    raw = dump(whole)
    added = load(other, raw)
    assert added == {"capture": 8, "reading": 7, "observation": 1, "judgement": 1, "review": 1, "stamp": 1, "document": 7, "polling": 1}
    assert dump(other) == raw
    assert [finding for finding in verify(other, Checked()) if not finding.where.startswith("stamp")] == []
    asked = Query(words="harbour")
    assert sorted(map(repr, search(other, asked))) == sorted(map(repr, search(whole, asked)))
    assert list(read_reviews(other)) == list(read_reviews(whole))
    assert load_judgements(other) == load_judgements(whole)
    document = find_latest(whole)[0].document
    assert trace(other, f"{document[:12]}/s1").to_dict() == trace(whole, f"{document[:12]}/s1").to_dict()


def test_importing_again_changes_nothing(whole: Store) -> None:
    raw = dump(whole)
    done = load_dump(whole, open_dump(io.BytesIO(raw), "store.jsonl"))
    assert done.added == {}
    assert done.left == 1  # the time stamp, which is taken for one of another log
    assert dump(whole) == raw


def test_importing_adds_to_what_is_there(whole: Store, other: Store, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text(f"Own\n\n{FEES}\n")
    list(add(other, [str(tmp_path / "own.txt")]))
    before = count_entries(other)
    added = load(other, dump(whole))
    assert added["document"] == 7
    assert "stamp" not in added
    assert count_entries(other) == before + 18
    assert list(verify(other, Checked())) == []
    assert len(find_latest(other)) == 8


def change(raw: bytes, number: int, edit: Callable[[dict[str, object]], object]) -> bytes:
    """A dump with one line changed, and an end that fits."""
    lines = raw.splitlines(keepends=True)[:-1]
    told = json.loads(lines[number])
    edit(told)
    lines[number] = json.dumps(told).encode() + b"\n"
    end = {"lines": len(lines), "sha256": sha256(b"".join(lines)).hexdigest()}
    return b"".join(lines) + json.dumps(end).encode() + b"\n"


@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda raw: b"", "not a store as JSON Lines"),
        (lambda raw: b"[1]\n" * 3, "not a store as JSON Lines"),
        (lambda raw: b"\x00\xff" * 500, "not a store as JSON Lines"),
        (lambda raw: raw[: len(raw) // 2], "cut off"),
        (lambda raw: raw[:-2], "cut off"),
        (lambda raw: raw.replace(b"daylight", b"daylighT"), "changed since it was written"),
        (lambda raw: b"".join(raw.splitlines(keepends=True)[:4] + raw.splitlines(keepends=True)[5:]), "cut off"),
        (lambda raw: raw.replace(b"onrecord-store/1", b"onrecord-store/9"), "made by another onrecord"),
        (lambda raw: change(raw, 1, lambda told: told["capture"].update(location="elsewhere")), "line 2: capture .* another id"),
        (lambda raw: change(raw, 1, lambda told: told.update(content="aGk=")), "line 2: the content are not those"),
        (lambda raw: change(raw, 1, lambda told: told.pop("content")), "line 2: the content with .* are not there"),
        (lambda raw: change(raw, 1, lambda told: told["capture"].pop("id")), "line 2: KeyError"),
        (lambda raw: change(raw, 1, lambda told: told.update(kind="wish", wish={})), "line 2: wish is no kind"),
        (lambda raw: change(raw, 2, lambda told: told["payload"].update(more=1)), "line 3: the report of reading"),
        (lambda raw: change(raw, 0, lambda told: told.update(head="0" * 64)), "another head"),
        (lambda raw: change(raw, -3, lambda told: told["document"].update(reading="f" * 64)), "no such capture or reading"),
    ],
)
def test_files_that_are_not_imported(whole: Store, other: Store, bend: Callable[[bytes], bytes], says: str) -> None:
    with pytest.raises(UnreadableError, match=says):
        load(other, bend(dump(whole)))
    assert count_entries(other) == 0
    assert find_latest(other) == ()


def test_what_is_added_meanwhile_is_not_in_an_export(whole: Store, place: str, tmp_path: Path) -> None:
    raw, other = dump(whole), open_store(place)

    class Slow(io.BytesIO):
        def write(self, line: bytes) -> int:  # type: ignore[override]
            if self.tell() == 0:
                (tmp_path / "late.txt").write_text(f"Late\n\n{FEES}\n")
                assert [kept.outcome for kept in add(other, [str(tmp_path / "late.txt")])] == ["added"]
            return super().write(line)

    out = Slow()
    write_dump(whole, out)
    assert out.getvalue() == raw
    documents = read_archived(whole)
    first = next(documents)
    (tmp_path / "later.txt").write_text(f"Later\n\n{FEES}\n")
    list(add(other, [str(tmp_path / "later.txt")]))
    other.close()
    assert len([first, *documents]) == 8
    assert len(list(read_archived(whole))) == 9
