"""The API on both databases: every operation's good answers, which are the store's own values; and what is read by it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from onrecord.capture.fetch import Fetcher
from onrecord.capture.guard import Guard
from onrecord.store import (
    Query,
    Store,
    check_receipt,
    count_facets,
    find_latest,
    find_state,
    load_audit,
    load_content,
    load_history,
    load_judgements,
    load_receipt,
    load_report,
    load_reviews,
    read_reviews,
    review,
    search,
    trace,
    who,
)
from onrecord.types import Json
from onrecord.web import reading
from tests.serve.asking import (
    HOSTILE,
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
from tests.store.stand_in import read_stand_in

__all__ = ["_site", "app", "client", "fetcher", "filled", "place", "reader", "server", "site", "store"]


# --- good answers ------------------------------------------------------------------------------------------------------


def test_documents(client: TestClient, filled: Store) -> None:
    listed = find_latest(filled, limit=100)
    assert len(listed) == 9
    assert get(client, "/documents", limit=100) == {"documents": [each.to_dict() for each in listed], "next": None}


@pytest.mark.parametrize("form", ["{0}", "sha256:{0}", "{0:.12}", "sha256:{0:.9}", "{1}"])
def test_a_report_by_any_form_of_its_id(client: TestClient, filled: Store, form: str) -> None:
    document = find_latest(filled, limit=1)[0].document
    report = load_report(filled, document)[0]
    assert get(client, f"/documents/{form.format(document, document.upper())}") == to_json(report.to_dict())


def test_receipt_and_its_check(client: TestClient, filled: Store) -> None:
    document = find_latest(filled, limit=1)[0].document
    assert get(client, f"/documents/{document[:12]}/receipt") == to_json(load_receipt(filled, document).to_dict())
    checked = client.post(f"/api/v1/documents/{document[:12]}/receipt/check").json()
    assert checked == {"ok": True, "checks": [each.to_dict() for each in check_receipt(filled, document)]}


def test_content_is_a_file_and_never_a_page(client: TestClient, filled: Store) -> None:
    document = next(each.document for each in find_latest(filled, limit=100) if each.published is None)
    answer = client.get(f"/api/v1/documents/{document[:12]}/content")
    assert answer.content == load_content(filled, document)[0]
    assert "<script>" in answer.text
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{document[:12]}.txt"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


QUERIES: list[tuple[dict[str, Any], Query]] = [
    ({}, Query()),
    ({"words": "harbour fee"}, Query(words="harbour fee")),
    ({"words": '"all stay open" spr*'}, Query(words='"all stay open" spr*')),
    ({"source": "quill"}, Query(source="quill")),
    ({"outlet": "Strait Observer", "kind": "indirect"}, Query(outlet="Strait Observer", kind="indirect")),
    ({"medium": "Twitter", "status": "suspended"}, Query(medium="Twitter", status="suspended")),
    ({"min_certainty": "1.5"}, Query(min_certainty=1.5)),
    ({"max_certainty": "1.5", "min_confidence": "0.9"}, Query(max_certainty=1.5, min_confidence=0.9)),
    ({"articles": "true", "words": "robbery"}, Query(articles=True, words="robbery")),
    ({"observed": "absent"}, Query(observed="absent")),
]
DATED: list[dict[str, str]] = [{"since": "2022-03-03", "until": "2022-03-05"}, {"said_since": "2022-03-02"}, {"said_until": "2022-02-28"}]


@pytest.mark.parametrize(("asked", "query"), QUERIES)
def test_search(client: TestClient, filled: Store, asked: dict[str, Any], query: Query) -> None:
    hits = [hit.to_dict() for hit in search(filled, query)]
    assert get(client, "/statements", limit=100, **asked) == {"hits": hits, "next": None}
    if not query.articles:
        assert get(client, "/facets", **asked) == to_json(count_facets(filled, query).to_dict())


@pytest.mark.parametrize(("asked", "many"), [(DATED[0], 6), (DATED[1], 17), (DATED[2], 0)])
def test_search_by_days(client: TestClient, asked: dict[str, str], many: int) -> None:
    assert len(get(client, "/statements", limit=100, **asked)["hits"]) == many


def test_a_statement_with_all_that_belongs_to_it(client: TestClient, filled: Store) -> None:
    hit = next(iter(search(filled, Query(source="dara"))))
    kept = [review(filled, hit.id, "accept", by="ida", note="heard it"), review(filled, hit.id, "reject", by="ada")]
    report = load_report(filled, hit.id)[0]
    made = get(client, f"/statements/{hit.id}")
    assert made["id"] == hit.id
    assert made["document"]["id"] == report.document.id
    assert made["document"]["title"] == report.document.title
    assert made["statement"] == to_json(report.statements[0].to_dict(report.document.text))
    assert made["source"] == to_json(report.sources[0].to_dict(report.document.text))
    assert made["evidence"] == to_json([each.to_dict(report.document.text) for each in report.evidence])
    assert made["reviews"] == [each.to_dict() for each in kept] == [each.to_dict() for each in load_reviews(filled, hit.document)["s1"]]


def test_trace(client: TestClient, filled: Store) -> None:
    hit = next(iter(search(filled, Query(words="berths spring"))))
    assert get(client, "/trace", id=hit.id) == to_json(trace(filled, hit.id).to_dict())
    words = "the berths would all stay open"
    made = get(client, "/trace", words=words, base="first", related="true")
    assert made == to_json(trace(filled, words, base="first", related=True).to_dict())
    assert len(made["versions"]) == 4
    assert get(client, "/trace", words=words, base=made["versions"][3]["id"])["base"] == made["versions"][3]["id"]


def test_sources_and_judgements(client: TestClient, filled: Store) -> None:
    found = who(filled, "Mara Quill")
    members = [member.id for person in found.persons for member in person.identity.members]
    before = get(client, "/sources", name="Mara Quill")
    assert before == {"asked": "Mara Quill", "cut": False, "identities": to_json([person.to_dict() for person in found.persons])}
    sent = {"kind": "split", "a": members[0], "b": f"sha256:{members[1]}", "note": "two \u202eof them"}
    made = client.post("/api/v1/judgements", json=sent)
    assert made.status_code == 201
    kept = load_judgements(filled)
    assert [made.json()] == [each.to_dict() for each in kept] == get(client, "/judgements")["judgements"]
    assert (kept[0].by, kept[0].note) == ("ada", "two \u202eof them")
    assert get(client, "/sources", name="Mara Quill") != before


def test_observations(client: TestClient, filled: Store) -> None:
    look(filled, 5)
    made = get(client, "/observations", url=POST)
    assert made == {"url": POST, "observations": [each.to_dict() for each in load_history(filled, POST)], "next": None}
    assert len(made["observations"]) == 5
    assert get(client, "/observations", url="https://nobody.example/looked")["observations"] == []


@pytest.mark.parametrize(
    ("verdict", "mended"),
    [("accept", None), ("reject", None), ("mend", {"source": "Tove Lind", "kind": "mixed", "content": [[0, 4], [6, 9]], "certainty": -2})],
)
def test_reviews(client: TestClient, filled: Store, verdict: str, mended: Json | None) -> None:
    hit = next(iter(search(filled, Query())))
    sent = {"subject": hit.id, "verdict": verdict, "note": "so it is", **({"mended": mended} if mended else {})}
    made = client.post("/api/v1/reviews", json=sent)
    assert made.status_code == 201, made.text
    assert (made.json()["by"], made.json()["subject"], made.json()["mended"]) == ("ada", hit.id, mended)
    assert [made.json()] == [each.to_dict() for each in read_reviews(filled)] == get(client, "/reviews")["reviews"]
    assert get(client, "/reviews", document=hit.document[:12])["reviews"] == [made.json()]
    other = next(each.document for each in find_latest(filled) if each.document != hit.document)
    assert get(client, "/reviews", document=other)["reviews"] == []


def test_every_change_is_noted(client: TestClient, filled: Store) -> None:
    hit = next(iter(search(filled, Query())))
    members = [member.id for person in who(filled, "Mara Quill").persons for member in person.identity.members]
    client.post("/api/v1/documents", json={"text": SAID})
    client.post("/api/v1/reviews", json={"subject": hit.id, "verdict": "reject"})
    client.post("/api/v1/judgements", json={"kind": "join", "a": members[0], "b": members[1]})
    noted = [each for _, each in load_audit(filled)]
    assert [(each.who, each.what) for each in noted[:3]] == [("ada", "join"), ("ada", "review"), ("ada", "add")]
    assert noted[1].where == hit.id


def test_status(client: TestClient, filled: Store) -> None:
    made, state = get(client, "/status"), find_state(filled)
    assert made["store"] == {"head": state.head, "entries": state.entries, "documents": 9, "statements": 17}
    assert made["visitor"] == {"name": "ada", "role": "admin"}


def test_openapi_needs_nobody(app: FastAPI) -> None:
    assert TestClient(app).get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")


def test_the_page_of_the_api(client: TestClient) -> None:
    page = client.get("/api")
    assert page.status_code == 200
    assert "/api/v1/statements/{document}/{statement}" in page.text


# --- reading -----------------------------------------------------------------------------------------------------------


def test_reading_stores_nothing(client: TestClient, filled: Store) -> None:
    before = find_state(filled)
    answer = client.post("/api/v1/read", json={"text": SAID, "published": "2022-05-01"})
    assert answer.status_code == 200
    made = answer.json()
    assert [s["name"] for s in made["sources"]] == ["Ida Brandt"]
    assert made["document"]["published"] == "2022-05-01"
    assert find_state(filled).documents == before.documents


def test_storing_once(client: TestClient, filled: Store) -> None:
    first = client.post("/api/v1/documents", json={"text": SAID})
    assert first.status_code == 201
    made = first.json()
    assert made == {"document": made["document"], "outcome": "added", "statements": 1, "warnings": []}
    assert client.get(first.headers["location"]).json()["document"]["id"] == made["document"]
    again = client.post("/api/v1/documents", json={"text": SAID})
    assert again.status_code == 200
    assert again.json()["outcome"] == "known"
    assert len(find_latest(filled, limit=100)) == 10


def test_hostile_words_come_back_as_they_were(client: TestClient) -> None:
    text = f"{HOSTILE}\x00\x07\r\n\ufeff said it.\n"
    made = client.post("/api/v1/documents", json={"text": text})
    assert made.status_code == 201, made.text
    assert get(client, f"/documents/{made.json()['document']}")["document"]["text"] == text
    assert client.get(f"/api/v1/documents/{made.json()['document']}/content").content == text.encode()
    hit = next(h for h in get(client, "/statements", limit=100)["hits"] if h["source"] == "@SUM(A1)")
    assert hit["title"] == f"=1+1 {HOSTILE}"


def test_an_address(app: FastAPI, client: TestClient, site: Any, fetcher: Fetcher) -> None:
    app.state.site.fetcher = fetcher
    site.pages["/news"] = (200, {"Content-Type": "text/plain"}, SAID.encode())
    answer = client.post("/api/v1/documents", json={"url": site.url("/news")})
    assert answer.status_code == 201, answer.text
    receipt = get(client, f"/documents/{answer.json()['document']}/receipt")
    assert receipt["captures"][0]["url"] == site.url("/news")
    assert receipt["captures"][0]["has_records"] is True


@pytest.mark.parametrize(
    ("play", "status"),
    [
        ((404, {}, b"gone"), 422),
        ((503, {}, b"later"), 502),
        ((200, {"Content-Type": "text/xml"}, b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>'), 422),
        ((200, {}, b"WARC/1.0\r\n"), 422),
        ((200, {}, b"bad"), 422),
    ],
)
def test_addresses_that_give_nothing(
    app: FastAPI, client: TestClient, site: Any, fetcher: Fetcher, play: tuple[int, dict[str, str], bytes], status: int
) -> None:
    app.state.site.fetcher = fetcher
    site.pages["/news"] = play
    get_problem(client.post("/api/v1/read", json={"url": site.url("/news")}), status)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://[::1]/", "http://169.254.169.254/latest", "http://a b/", "http://user:pass@x/"]
)
def test_addresses_that_are_not_fetched(app: FastAPI, client: TestClient, url: str) -> None:
    app.state.site.fetcher = Fetcher(guard=Guard())
    get_problem(client.post("/api/v1/read", json={"url": url}), 422)


def test_many_texts_at_once_take_turns(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, end = threading.Semaphore(0), threading.Event()

    def read_slowly(*arguments: Any, **settings: Any) -> Any:
        begun.release()
        end.wait(20)
        return read_stand_in(*arguments, **settings)

    monkeypatch.setattr(reading, "read_captured", read_slowly)
    monkeypatch.setattr(reading, "PATIENCE", 0.05)
    statuses: list[int] = []
    readers = [
        threading.Thread(target=lambda: statuses.append(client.post("/api/v1/read", json={"text": SAID}).status_code))
        for _ in range(reading.AT_ONCE)
    ]
    for thread in readers:
        thread.start()
    for _ in readers:
        assert begun.acquire(timeout=20)
    refused = client.post("/api/v1/read", json={"text": SAID})
    assert "Retry-After" in refused.headers
    get_problem(refused, 503)
    end.set()
    for thread in readers:
        thread.join()
    assert statuses == [200] * reading.AT_ONCE
