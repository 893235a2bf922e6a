"""What the tests of the API have in common: a filled store on each database, and who asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bench.api import build_probed
from onrecord.capture.observe import Observation
from onrecord.store import Store, add, keep_observations
from onrecord.types import Json
from tests.store.conftest import place, reader, server, store
from tests.store.stand_in import read_stand_in
from tests.web.conftest import _site, fetcher, site

FIXTURES = (_site, fetcher, place, reader, server, site, store)

SAID = "Some news\n\nIda Brandt said the lock was open.\n"
HOSTILE = "<script>alert(1)</script> \u202eevil\u2066 \u200b=cmd|' /C calc'!A0 \\ \"quoted\" & é 日本 \U0001f4f0"
POST = "https://post.example/14"


@pytest.fixture
def filled(store: Store, tmp_path: Path, reader: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Store:
    """Nine articles: two statements each, of four people; one of a hostile hand."""
    monkeypatch.setattr("onrecord.web.reading.read_captured", read_stand_in)
    people = ("Mara Quill", "Abu Dara", "Tove Lind", "Ansel Roe")
    for number in range(8):
        head = f"Article {number}\nPublished: 2022-03-{number + 1:02}\n\n"
        one = f"{people[number % 4]} said the harbour fee number {number} was robbery.\n\n"
        (tmp_path / f"{number}.txt").write_text(f"{head}{one}Mara Quill said the berths would all stay open until the spring.\n")
    (tmp_path / "8.txt").write_text(f"=1+1 {HOSTILE}\n\n@SUM(A1) said -2+3 {HOSTILE}.\n", encoding="utf-8")
    assert [kept.outcome for kept in add(store, [str(tmp_path / "*.txt")])] == ["added"] * 9
    return store


@pytest.fixture
def app(filled: Store) -> FastAPI:
    made, made.state.secret = build_probed(filled)
    return made


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, headers={"Authorization": f"Bearer {app.state.secret}"})


def get(client: TestClient, path: str, **parameters: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def get_problem(answer: Any, status: int) -> Json:
    """A problem as RFC 9457 has it, which tells no secrets."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Json = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"]
    assert problem["detail"]
    assert "Traceback" not in answer.text
    return problem


def to_json(value: Any) -> Any:
    """A value as JSON has it: tuples as lists."""
    return json.loads(json.dumps(value))


def look(store: Store, many: int) -> None:
    begin = datetime(2022, 3, 1, tzinfo=UTC)
    looks = (
        Observation(url=POST, time=begin + timedelta(days=day), method="page", status="absent", reason="404 Not Found")
        for day in range(many)
    )
    keep_observations(store, looks)


CACHED = (
    "/documents",
    "/documents/{document}",
    "/documents/{document}/receipt",
    "/statements?words=harbour",
    "/statements/{document}/s1",
    "/facets",
    "/trace?words=berths+would+stay",
    "/sources?name=Mara+Quill",
    "/judgements",
    f"/observations?url={POST}",
    "/reviews",
    "/status",
    "/documents/{document}/content",
)
