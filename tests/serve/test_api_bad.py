"""What the API is asked wrongly, or by somebody who may not: the right status, a problem that says what, and nothing changed."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.store import Query, Store, Visitor, find_latest, find_state, make_token, open_session, search
from onrecord.types import Json
from tests.serve.asking import (
    CACHED,
    HOSTILE,
    SAID,
    _site,
    app,
    client,
    fetcher,
    filled,
    get,
    get_problem,
    place,
    reader,
    server,
    site,
    store,
)

__all__ = ["_site", "app", "client", "fetcher", "filled", "place", "reader", "server", "site", "store"]


# --- bad requests ------------------------------------------------------------------------------------------------------

UNKNOWN = [
    "/documents/ffffffffffff",
    "/documents/ffffffffffff/receipt",
    "/documents/ffffffffffff/content",
    "/statements/ffffffffffff/s1",
    "/trace?id=ffffffffffff/s1",
    "/sources?name=Nobody+Atall",
    "/sources?name=%40nobody",
    "/sources?name=%00",
    "/reviews?document=ffffffffffff",
    "/nothing",
]
OUT_OF_BOUNDS = [
    "/documents/xyz",
    "/documents/abc",
    "/documents/%00%00%00%00",
    "/documents/" + "a" * 65,
    "/statements?limit=0",
    "/statements?limit=101",
    "/statements?limit=99999999999999999999999999",
    "/statements?limit=1.0",
    "/statements?limit=+5",
    "/statements?limit=",
    "/statements?cursor=x",
    "/statements?since=0000-00-00",
    "/statements?since=2022-02-30",
    "/statements?since=1646000000",
    "/statements?since=2022-03-01T00:00:00",
    "/statements?since=２０２２-０３-０１",
    "/statements?kind=shouted",
    "/statements?status=gone",
    "/statements?observed=gone",
    "/statements?articles=yes",
    "/statements?articles=1",
    "/statements?articles=true&source=quill",
    "/statements?articles=true&kind=direct",
    "/statements?min_certainty=NaN",
    "/statements?min_certainty=inf",
    "/statements?min_certainty=1e999",
    "/statements?min_certainty=3.1",
    "/statements?min_confidence=-0.1",
    "/statements?max_certainty=1_0",
    "/statements?words=" + "x" * 1001,
    "/statements?words=-nothing",
    "/statements?wrods=harbour",
    "/statements?words=a&words=b",
    "/statements/abcdef/p1",
    "/facets?articles=true",
    "/facets?limit=3",
    "/trace",
    "/trace?words=berth",
    "/trace?words=",
    "/trace?words=berths+stay&id=abcdef/s1",
    "/trace?id=s1",
    "/trace?id=abcdef/s1&base=last",
    "/sources",
    "/sources?name=",
    "/observations",
    "/status?verbose=true",
    "/exports/statements?cursor=AAAAAAAAAAb4UuBtuZMXKAH5mt8",
    "/exports/reports?kind=direct",
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_not_there(client: TestClient, path: str) -> None:
    get_problem(client.get(f"/api/v1{path}"), 404)


@pytest.mark.parametrize("path", OUT_OF_BOUNDS)
def test_what_does_not_hold_its_bounds(client: TestClient, path: str) -> None:
    get_problem(client.get(f"/api/v1{path}"), 422)


def test_a_beginning_that_many_have(client: TestClient, filled: Store) -> None:
    get_problem(client.get("/api/v1/documents/sha256:"), 422)


BODIES: list[tuple[str, Any]] = [
    ("/read", {}),
    ("/read", []),
    ("/read", "text"),
    ("/read", {"text": ""}),
    ("/read", {"text": None}),
    ("/read", {"text": 5}),
    ("/read", {"text": "a", "url": "http://a.example/"}),
    ("/read", {"url": "file:///etc/passwd"}),
    ("/read", {"url": "javascript:alert(1)"}),
    ("/read", {"url": "http://" + "a" * 5000}),
    ("/read", {"text": SAID, "published": "0000-00-00"}),
    ("/read", {"text": SAID, "published": 20220301}),
    ("/read", {"text": SAID, "force": "true"}),
    ("/read", {"text": SAID, "forec": True}),
    ("/read", {"text": "bad"}),
    ("/documents", {"text": "bad"}),
    ("/documents", {"text": SAID, "location": "/etc/passwd"}),
    ("/judgements", {"kind": "join", "a": "abcdef/p1", "b": "abcdef/p1"}),
    ("/judgements", {"kind": "marry", "a": "abcdef/p1", "b": "abcdee/p1"}),
    ("/judgements", {"kind": "join", "a": "abcdef/s1", "b": "abcdee/p1"}),
    ("/judgements", {"kind": "join", "a": "abcdef/p1", "b": "abcdee/p1", "by": "somebody else"}),
    ("/reviews", {"subject": "abcdef/s1"}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "maybe"}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "mend"}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "accept", "mended": {"kind": "direct"}}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "mend", "mended": {"content": [[1]]}}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "mend", "mended": {"content": [[1, 2.5]]}}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "mend", "mended": {"certainty": 4}}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "mend", "mended": {"by": "x"}}),
    ("/reviews", {"subject": "abcdef", "verdict": "accept"}),
]


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_bodies_that_do_not_hold_their_bounds(client: TestClient, filled: Store, path: str, body: Any) -> None:
    before = find_state(filled)
    problem = get_problem(client.post(f"/api/v1{path}", json=body), 422 if body != BODIES[17][1] else 404)
    assert find_state(filled) == before
    assert "bad" not in json.dumps(body) or "PDF" in problem["detail"]


RAW = [
    (b"{", 422),
    (b"", 422),
    (b"null", 422),
    (b"[1,", 422),
    (b'{"text": "\xff\xfe"}', 400),
    (b'{"text": NaN}', 422),
    (b'{"text": 1e999}', 422),
    (b'{"text": "\\ud800"}', 422),
    (b'{"text": "a", "\\ud800\\u202e": 1}', 422),
    (b'{"url": "http://a.example/\\udfff"}', 422),
    (b'{"text": ' + b"9" * 5000 + b"}", 400),
    (b"[" * 100_000, 400),
    (b'{"text": "a", "text": "\\u0000"}', 200),
]


@pytest.mark.parametrize(("raw", "status"), RAW)
def test_bodies_that_are_no_json(client: TestClient, raw: bytes, status: int) -> None:
    answer = client.post("/api/v1/read", content=raw, headers={"Content-Type": "application/json"})
    if status == 200:
        assert answer.status_code == 200, answer.text
    else:
        get_problem(answer, status)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "json"],
)
@pytest.mark.parametrize("path", ["/read", "/documents", "/judgements", "/reviews"])
def test_other_media_types(client: TestClient, path: str, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type is not None else {}
    get_problem(client.post(f"/api/v1{path}", content=b'{"text": "a"}', headers=headers), 415)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_json(client: TestClient, content_type: str) -> None:
    sent = json.dumps({"text": SAID}).encode()
    assert client.post("/api/v1/read", content=sent, headers={"Content-Type": content_type}).status_code == 200


def test_a_text_that_is_too_long(app: FastAPI, client: TestClient) -> None:
    most = app.state.site.settings.most_characters
    get_problem(client.post("/api/v1/read", json={"text": "x" * (most + 1)}), 413)
    get_problem(client.post("/api/v1/documents", json={"text": "x" * (most + 1)}), 413)


@pytest.mark.parametrize("path", ["/api/v1/read", "/api/v1/documents"])
def test_a_body_over_the_limit(app: FastAPI, client: TestClient, path: str) -> None:
    most = app.state.site.settings.most_bytes
    sent = b'{"text": "' + b"x" * most + b'"}'
    get_problem(client.post(path, content=sent, headers={"Content-Type": "application/json"}), 413)
    pieces = (sent[at : at + 100_000] for at in range(0, len(sent), 100_000))
    get_problem(client.post(path, content=pieces, headers={"Content-Type": "application/json"}), 413)


METHODS = [
    ("DELETE", "/documents", "GET, POST"),
    ("PUT", "/read", "POST"),
    ("POST", "/statements", "GET"),
    ("PATCH", "/reviews", "GET, POST"),
]


@pytest.mark.parametrize(("method", "path", "allowed"), METHODS)
def test_methods_that_there_are_not(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, f"/api/v1{path}")
    get_problem(answer, 405)
    assert answer.headers["allow"] == allowed


# --- who may what ------------------------------------------------------------------------------------------------------

READS = [*CACHED, "/exports/statements", "/exports/reports", "/exports/reviews"]
CHANGES: list[tuple[str, Json]] = [
    ("/documents", {"text": SAID}),
    ("/judgements", {"kind": "join", "a": "abcdef/p1", "b": "abcdee/p1"}),
    ("/reviews", {"subject": "abcdef/s1", "verdict": "accept"}),
]


@pytest.mark.parametrize(
    "path", [*READS, "POST /read", "POST /documents/{document}/receipt/check", *(f"POST {path}" for path, _ in CHANGES)]
)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer onr_nothing"}, {"Authorization": "Basic eDp5"}, {"Cookie": "onrecord=x", "Origin": "http://testserver"}],
)
def test_nobody_may_do_anything(app: FastAPI, filled: Store, path: str, headers: dict[str, str]) -> None:
    method, _, path = path.rpartition(" ")
    address = "/api/v1" + path.format(document=find_latest(filled)[-1].document)
    answer = TestClient(app).request(method or "GET", address, headers=headers, json={"text": SAID} if method else None)
    get_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_page_elsewhere_changes_nothing(app: FastAPI, filled: Store, origin: dict[str, str]) -> None:
    session = open_session(filled, Visitor("ada", "admin"))
    browser = TestClient(app, cookies={"onrecord": session}, headers=origin)
    for path, sent in CHANGES:
        get_problem(browser.post(f"/api/v1{path}", json=sent), 403)
    browser.headers["Origin"] = "http://testserver"
    assert browser.post("/api/v1/documents", json={"text": SAID}).status_code == 201


def test_a_reader_reads(app: FastAPI, filled: Store) -> None:
    secret, _ = make_token(filled, "ada", role="read", label="reads", days=1)
    reading_only = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    for path in READS:
        assert reading_only.get("/api/v1" + path.format(document=find_latest(filled)[-1].document)).status_code == 200, path
    assert reading_only.post("/api/v1/read", json={"text": SAID}).status_code == 200
    before = find_state(filled)
    for path, sent in CHANGES:
        problem = get_problem(reading_only.post(f"/api/v1{path}", json=sent), 403)
        assert "annotate" in problem["detail"]
    assert find_state(filled) == before


def test_an_annotator_changes(app: FastAPI, filled: Store) -> None:
    secret, _ = make_token(filled, "ada", role="annotate", label="annotates", days=1)
    annotating = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    statuses = [annotating.post(f"/api/v1{path}", json=sent).status_code for path, sent in CHANGES]
    assert statuses == [201, 404, 404]


# --- anything ----------------------------------------------------------------------------------------------------------

PLACES = [
    "/statements?words={}",
    "/statements?source={}",
    "/statements?medium={}",
    "/sources?name={}",
    "/trace?words={}",
    "/observations?url={}",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), where=st.sampled_from(PLACES))
def test_any_words(client: TestClient, text: str, where: str) -> None:
    asked = quote(text.encode("utf-8", "surrogatepass"), safe="")
    assert client.get("/api/v1" + where.format(asked)).status_code in (200, 404, 422)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=60), where=st.sampled_from([*PLACES, "/documents/{}", "/statements/{}/s1", "/statements?{}=1", "/{}"]))
def test_any_bytes(client: TestClient, raw: bytes, where: str) -> None:
    asked = "".join(f"%{byte:02X}" for byte in raw)
    assert client.get("/api/v1" + where.format(asked)).status_code in (200, 404, 405, 422)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=200))
def test_any_text_is_stored_and_comes_back(client: TestClient, text: str) -> None:
    answer = client.post("/api/v1/documents", json={"text": text, "force": True})
    assert answer.status_code in (200, 201), answer.text
    assert get(client, f"/documents/{answer.json()['document']}")["document"]["text"] == text


def test_notes_of_any_characters(client: TestClient, filled: Store) -> None:
    hit = next(iter(search(filled, Query())))
    made = client.post("/api/v1/reviews", json={"subject": hit.id, "verdict": "accept", "note": f"\x00{HOSTILE}"})
    assert made.status_code == 201
    assert made.json()["note"] == f"\ufffd{HOSTILE}"
