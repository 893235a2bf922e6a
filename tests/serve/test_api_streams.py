"""What comes in pages, in lines, in rows, or not again: each thing once, and nothing that is cut off looks whole."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from onrecord.errors import StoreError
from onrecord.store import Hit, Query, Store, find_latest, judge, load_report, review, search, who
from onrecord.types import Json
from onrecord.web.api import answering
from tests.serve.asking import (
    CACHED,
    POST,
    SAID,
    _site,
    app,
    client,
    fetcher,
    filled,
    get,
    get_problem,
    look,
    place,
    reader,
    server,
    site,
    store,
    to_json,
)

__all__ = ["_site", "app", "client", "fetcher", "filled", "place", "reader", "server", "site", "store"]


# --- pages and streams -------------------------------------------------------------------------------------------------


def read_pages(client: TestClient, path: str, name: str, limit: int, **asked: Any) -> list[Json]:
    found: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = get(client, path, limit=limit, **asked, **cursor)
        assert 0 < len(page[name]) <= limit
        found += page[name]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("limit", [1, 2, 8, 9, 100])
def test_pages_give_each_document_once(client: TestClient, limit: int) -> None:
    assert read_pages(client, "/documents", "documents", limit) == get(client, "/documents", limit=100)["documents"]


@pytest.mark.parametrize("asked", [{}, {"words": "harbour"}, {"source": "quill"}, {"articles": "true"}])
def test_pages_and_lines_give_each_hit_once(client: TestClient, asked: dict[str, str]) -> None:
    paged = read_pages(client, "/statements", "hits", 3, **asked)
    lines = client.get("/api/v1/statements", params={**asked, "limit": 1}, headers={"Accept": "application/x-ndjson"})
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.text.splitlines()] == paged
    assert len({hit["id"] for hit in paged}) == len(paged)


def test_pages_of_what_people_said(client: TestClient, filled: Store) -> None:
    hits = list(search(filled, Query()))
    kept = [review(filled, hit.id, "accept", by="ida").to_dict() for hit in hits]
    assert read_pages(client, "/reviews", "reviews", 5) == kept
    assert [json.loads(line) for line in client.get("/api/v1/exports/reviews").text.splitlines()] == kept
    members = [member.id for person in who(filled, "Mara Quill").persons for member in person.identity.members]
    decided = [judge(filled, "join", members[0], other, by="ida").to_dict() for other in members[1:]]
    assert read_pages(client, "/judgements", "judgements", 2) == decided
    look(filled, 7)
    assert len(read_pages(client, "/observations", "observations", 2, url=POST)) == 7


def test_a_cursor_is_of_one_query(client: TestClient, filled: Store) -> None:
    cursor = get(client, "/statements", limit=2, words="harbour")["next"]
    assert get(client, "/statements", limit=5, words="harbour", cursor=cursor)["hits"]
    for other in ({"words": "harbours"}, {}, {"words": "harbour", "kind": "direct"}, {"words": "harbour", "articles": "true"}):
        get_problem(client.get("/api/v1/statements", params={"cursor": cursor, **other}), 400)
    for path in ("/documents", "/judgements", "/reviews", f"/observations?url={POST}"):
        joint = "&" if "?" in path else "?"
        get_problem(client.get(f"/api/v1{path}{joint}cursor={cursor}"), 400)
    get_problem(client.get("/api/v1/reviews", params={"cursor": get(client, "/documents", limit=1)["next"]}), 400)


def test_exports(client: TestClient, filled: Store) -> None:
    lines = client.get("/api/v1/exports/statements", params={"source": "quill"})
    assert lines.headers["content-disposition"] == 'attachment; filename="statements.ndjson"'
    hits = list(search(filled, Query(source="quill")))
    assert [json.loads(line) for line in lines.text.splitlines()] == [hit.to_dict() for hit in hits]
    reports = client.get("/api/v1/exports/reports", params={"since": "2022-03-04", "words": "robbery"})
    found = search(filled, Query(words="robbery", since=date(2022, 3, 4), articles=True))
    wanted = [load_report(filled, hit.document)[0].to_dict() for hit in found]
    assert [json.loads(line) for line in reports.text.splitlines()] == to_json(wanted)
    assert len(wanted) == 5


def test_csv_is_shown_and_not_run(client: TestClient, filled: Store) -> None:
    answer = client.get("/api/v1/exports/statements", headers={"Accept": "text/csv, application/json;q=0.5"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 17
    hostile = next(row for row in rows if "SUM" in row["source"])
    assert hostile["source"] == "'@SUM(A1)"
    assert hostile["title"].startswith("'=1+1 <script>")
    assert hostile["content"].startswith("'-2+3 ")
    assert "⟨U+202E⟩" in hostile["title"]
    assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/x-ndjson"),
        ("*/*", "application/x-ndjson"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV;q=0.9, application/x-ndjson;q=0.3", "text/csv"),
        ("text/csv;q=0.2, application/x-ndjson", "application/x-ndjson"),
        ("text/csv;q=0", "application/x-ndjson"),
        ("text/csv;q=NaN, application/x-ndjson", "application/x-ndjson"),
        ("text/csv;q=x", "application/x-ndjson"),
        (";;,,q=1;", "application/x-ndjson"),
        ("image/png", "application/x-ndjson"),
    ],
)
def test_what_is_wanted(client: TestClient, accept: str | None, media_type: str) -> None:
    answer = client.get("/api/v1/exports/statements", headers={"Accept": accept} if accept else {"Accept": ""})
    assert answer.headers["content-type"].startswith(media_type)


def test_nothing_found_is_an_empty_stream(client: TestClient) -> None:
    assert client.get("/api/v1/exports/statements?words=zebra").text == ""
    assert len(client.get("/api/v1/exports/statements?words=zebra", headers={"Accept": "text/csv"}).text.splitlines()) == 1


def test_streams_end_what_they_began(client: TestClient, filled: Store) -> None:
    for _ in range(3 * answering.STREAMS):
        client.get("/api/v1/exports/statements")
        get_problem(client.get("/api/v1/exports/statements?words=-x"), 422)
    held = [answering.stream(search(filled, Query()), answering.format_ndjson, answering.NDJSON, "x") for _ in range(answering.STREAMS)]
    get_problem(client.get("/api/v1/exports/statements"), 503)
    assert get(client, "/statements")["hits"]
    for each in held:
        each.close()
        each.close()
    assert client.get("/api/v1/exports/statements").status_code == 200


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """The address of a real server."""
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.mark.parametrize("accept", ["application/x-ndjson", "text/csv"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_fails_half_way_is_not_taken_for_whole(
    app: FastAPI, served: str, monkeypatch: pytest.MonkeyPatch, accept: str, coding: str
) -> None:
    def fail(store: Store, query: Query) -> Iterator[Hit]:
        yield from search(store, query, limit=3)
        raise StoreError("the server went away", again=True)

    monkeypatch.setattr("onrecord.web.api.exports.search", fail)
    headers = {"Authorization": f"Bearer {app.state.secret}", "Accept": accept, "Accept-Encoding": coding, "Host": "testserver"}
    received = bytearray()
    with httpx2.Client(base_url=served, headers=headers) as client, client.stream("GET", "/api/v1/exports/statements") as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx2.RemoteProtocolError):
            _read(answer, received)
    if coding == "identity":
        lines = received.decode().splitlines()
        assert len(lines) == 4
        assert ("went away" in lines[-1]) == (accept == "application/x-ndjson")


def _read(answer: httpx2.Response, received: bytearray) -> None:
    for piece in answer.iter_bytes():
        received += piece


# --- ETags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CACHED)
def test_nothing_is_sent_again_until_something_is_stored(client: TestClient, filled: Store, path: str) -> None:
    path = "/api/v1" + path.format(document=find_latest(filled)[-1].document)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.post("/api/v1/documents", json={"text": SAID}).status_code == 201
    later = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
    assert later.headers["etag"] != first.headers["etag"]
