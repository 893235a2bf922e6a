"""Who gets in, with what, and what every answer carries."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, update

from onrecord.cli import main
from onrecord.store import (
    Store,
    change_account,
    find_latest,
    load_accounts,
    load_audit,
    load_tokens,
    make_link,
    make_token,
    open_store,
    revoke_token,
)
from onrecord.store.schema import migration, token
from tests.serve.conftest import TEXTS, Connect

PAGES = ["/", "/search?q=fees", "/review", "/keys", "/account", "/api", "/source?name=Mara+Quill"]


@pytest.mark.parametrize("path", [*PAGES, "/index.json", "/api/v1/documents"])
def test_nobody_gets_in_unknown(connect: Connect, path: str) -> None:
    answer = connect(None).get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", PAGES)
def test_a_link_lets_in(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_link_is_used_once_and_not_by_looking(connect: Connect, kept: Store) -> None:
    link = make_link(kept)
    for _ in range(3):
        assert connect(None).get(f"/login?link={link}").status_code == 200
    assert connect(None).post("/login", data={"link": link}).status_code == 303
    again = connect(None).post("/login", data={"link": link})
    assert again.status_code == 401
    assert "was used" in again.text


def test_name_and_password(connect: Connect, kept: Store) -> None:
    client = connect(None)
    assert client.post("/login", data={"name": "Mara", "password": "wrong wrong wrong"}).status_code == 401
    entered = client.post("/login", data={"name": "Mara", "password": "tidewater lantern", "next": "/review"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/review")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/").status_code == 200
    change_account(kept, "Mara", disabled=True)
    assert client.get("/").status_code == 401
    assert {line.what for _, line in load_audit(kept)} >= {"log in", "failed to log in"}


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(connect: Connect, next_page: str) -> None:
    entered = connect(None).post("/login", data={"name": "Mara", "password": "tidewater lantern", "next": next_page})
    assert entered.headers["location"] == "/"


def test_sessions_hold_for_every_process(connect: Connect) -> None:
    one, other = connect("link"), connect(None)
    other.cookies = one.cookies
    assert other.get("/").status_code == 200
    assert one.post("/logout").status_code == 303
    assert other.get("/").status_code == 401


def test_tokens(connect: Connect, kept: Store) -> None:
    client = connect("read")
    assert client.get("/api/v1/status").status_code == 200
    revoke_token(kept, load_tokens(kept)[0].id)
    refused = client.get("/api/v1/status")
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert "revoked" in refused.json()["detail"]
    for wrong, words in (("Bearer nothing", "not one of ours"), ("Basic abc", "only Bearer")):
        client.headers["Authorization"] = wrong
        assert words in client.get("/api/v1/status").json()["detail"]


def test_tokens_end(connect: Connect, kept: Store) -> None:
    client = connect(None)
    ended, _ = make_token(kept, "Guest", role="read", label="", days=1)
    with kept.writing() as connection:
        connection.execute(update(token).values(expires="2022-03-17T00:00:00+00:00"))
    client.headers["Authorization"] = f"Bearer {ended}"
    refused = client.get("/api/v1/status")
    assert (refused.status_code, refused.json()["detail"]) == (401, "this token has expired: have another made")
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    other, _ = make_token(kept, "Guest", role="read", label="", days=None)
    client.headers["Authorization"] = f"Bearer {other}"
    assert client.get("/api/v1/status").status_code == 200
    change_account(kept, "Guest", disabled=True)
    assert "disabled" in client.get("/api/v1/status").json()["detail"]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/v1/documents", {"text": TEXTS["fees.txt"] + "And that is all."}),
        ("/api/v1/reviews", {"subject": "ID/s1", "verdict": "accept"}),
        ("/api/v1/judgements", {"kind": "split", "a": "ID/p1", "b": "ID/p2"}),
    ],
)
def test_changes_through_the_api_are_in_the_audit_log(connect: Connect, kept: Store, path: str, sent: dict[str, str]) -> None:
    client = connect("annotate")
    document = next(each.document for each in find_latest(kept) if each.title == "Fees again")
    answer = client.post(path, json={name: value.replace("ID", document) for name, value in sent.items()})
    assert answer.status_code == 201, answer.text
    ((_, line), *_rest) = load_audit(kept)
    assert line.who == "Mara"
    assert line.what in ("add", "review", "split")


def test_a_small_role_is_told_which_it_takes(connect: Connect) -> None:
    client = connect("read")
    for path in ("/review", "/review/joins", "/keep"):
        answer = client.post(path, data={"subject": "x", "verdict": "accept", "a": "x", "b": "y", "decision": "join", "text": "x"})
        assert answer.status_code == 403
        assert "this takes the role annotate" in answer.text
    assert connect("annotate").get("/admin").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9999", "localhost.evil.example:8321", ""])
def test_somebody_elses_host(client: TestClient, host: str) -> None:
    answer = client.get("/index.json", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["status"] == 421


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_changes_from_elsewhere(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/logout", headers=headers).status_code == 403
    assert client.get("/").status_code == 200


def test_a_cookie_without_an_origin(client: TestClient) -> None:
    del client.headers["Origin"]
    assert client.post("/logout").status_code == 403


def test_too_large_a_body(connect: Connect) -> None:
    client = connect("link", most_bytes=1_000)
    assert client.post("/read", data={"text": "x" * 2_000}).status_code == 413

    def pieces() -> object:
        for _ in range(20):
            yield b"text=" + b"x" * 200

    chunked = client.post("/read", content=pieces(), headers={"Content-Type": "application/x-www-form-urlencoded"})  # type: ignore[arg-type]
    assert chunked.status_code == 413


def test_too_many_requests(connect: Connect) -> None:
    client = connect("link", asks_a_minute=5)
    answers = [client.get("/keys").status_code for _ in range(8)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_too_many_requests_under_many_names(connect: Connect) -> None:
    client = connect(None, asks_a_minute=5)
    answers = [client.get("/login", headers={"Cookie": f"onrecord={number}"}) for number in range(52)]
    assert [answer.status_code for answer in answers] == [200] * 50 + [429] * 2
    assert answers[-1].headers["retry-after"] == "60"


def test_too_many_readings(connect: Connect) -> None:
    client = connect("link", reads_a_minute=1)
    statuses = [client.post("/read", data={"text": "", "url": ""}).status_code for _ in range(3)]
    assert statuses == [422, 429, 429]


@pytest.mark.parametrize("path", ["/", "/nothing", "/index.json", "/static/style.css", "/login", "/api/v1/nothing"])
def test_headers_of_every_answer(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"]


def test_an_answer_that_has_not_changed(client: TestClient, kept: Store) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.post(
        "/review", data={"subject": re.findall(r"/statement/([0-9a-f]{12}/s\d+)", client.get("/search").text)[0], "verdict": "accept"}
    )
    assert client.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_nobody_sees_a_traceback(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("onrecord.web.pages.home.build_view", fail)
    for path in ("/", "/index.json"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text


def test_a_store_that_is_being_changed(client: TestClient, kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord.errors import StoreError

    def fail(*_: object) -> None:
        raise StoreError("kept.db: another process keeps the store locked: try again when it is done", again=True)

    monkeypatch.setattr("onrecord.web.etags.find_state", fail)
    answer = client.get("/index.json")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_store_that_a_newer_version_changed_meanwhile(client: TestClient, kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.web.site._TRUSTED", 0.0)
    assert client.get("/keys").status_code == 200
    with kept.writing() as connection:
        connection.execute(insert(migration).values(name="0099_later", at="2030"))
    for answer in (client.get("/keys"), client.get("/api/v1/status"), client.post("/login", data={"name": "Mara", "password": "x"})):
        assert answer.status_code == 503
        assert "newer onrecord" in answer.text
        assert answer.headers["retry-after"] == "5"


def test_a_change_looks_at_the_version_at_once(client: TestClient, kept: Store) -> None:
    client.get("/keys")
    with kept.writing() as connection:
        connection.execute(insert(migration).values(name="0099_later", at="2030"))
    assert client.post("/keep", data={"text": TEXTS["again.txt"] + "More."}).status_code == 503
    assert len(find_latest(kept)) == len(TEXTS)


@pytest.mark.parametrize("path", ["/admin?before={}", "/review?before={}", "/review.json?before={}"])
@pytest.mark.parametrize("number", ["9" * 30, "9223372036854775808", "-1", "one", "%00"])
def test_numbers_that_no_database_has(client: TestClient, path: str, number: str) -> None:
    assert client.get(path.format(number)).status_code == 422


def test_odd_headers(client: TestClient) -> None:
    assert client.post("/logout", content=b"", headers={"Content-Length": "9" * 5_000}).status_code == 413
    for host in ("[", "[::1", "127.0.0.1:8321/", "@", "x" * 5_000):
        assert client.get("/index.json", headers={"Host": host}).status_code == 421
    assert client.post("/login", data={"name": "Mara\0", "password": "\0"}).status_code == 401


def test_tokens_of_ones_own(connect: Connect) -> None:
    client = connect(None)
    client.post("/login", data={"name": "Mara", "password": "tidewater lantern"})
    made = client.post("/account/tokens", data={"role": "read", "label": "<script>", "days": "3"})
    secret = re.findall(r"onr_[\w-]+", made.text)[0]
    assert "<script>" not in made.text.replace('<script src="/static', "")
    assert client.get("/api/v1/status", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    path = re.findall(r"/account/tokens/[0-9a-f]{64}/revoke", made.text)[0]
    assert client.post(path).status_code == 303
    assert connect(None).get("/api/v1/status", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    for role, status in (("admin", 403), ("emperor", 422)):
        assert client.post("/account/tokens", data={"role": role}).status_code == status


@pytest.mark.parametrize("path", ["/account/tokens", "/account/tokens/ffff/revoke", "/admin/accounts", "/admin/accounts/change"])
def test_a_token_makes_no_tokens_and_no_accounts(connect: Connect, kept: Store, path: str) -> None:
    change_account(kept, "Mara", role="admin")
    for role in ("read", "admin"):
        secret, _ = make_token(kept, "Mara", role=role, label="", days=1)  # type: ignore[arg-type]
        data = {"role": "admin", "name": "Ana", "password": "a lantern at dusk"}
        answer = connect(None).post(path, data=data, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 403
        assert "log in" in answer.text
    assert len(load_tokens(kept)) == 2
    assert [account.name for account in load_accounts(kept)] == ["Guest", "Mara"]


def test_accounts_are_kept_by_admins(client: TestClient, connect: Connect) -> None:
    assert client.post("/admin/accounts", data={"name": "Ana", "password": "a lantern at dusk", "role": "read"}).status_code == 303
    assert client.post("/admin/accounts", data={"name": "Ana", "password": "a lantern at dusk"}).status_code == 422
    assert client.post("/admin/accounts/change", data={"name": "Ana", "role": "annotate", "disabled": "yes"}).status_code == 303
    assert "Ana (disabled)" in client.get("/admin").text
    assert connect(None).post("/login", data={"name": "Ana", "password": "a lantern at dusk"}).status_code == 401


# --- the command -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--bind", "0.0.0.0"], "give the address by which they do with --url"),
        (["--bind", "0.0.0.0", "--url", "https://onrecord.example"], "there is no account"),
        (["--url", "onrecord.example"], "not an address"),
        (["--bind", "192.0.2.1", "--url", "https://x.example"], "no account"),
        (["--port", "99999"], "65535"),
    ],
)
def test_bad_places_to_serve(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    place = str(tmp_path / "kept.db")
    open_store(place, make=True).close()
    assert main(["serve", "--store", place, *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_no_store_to_serve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--store", str(tmp_path / "none.db")]) == 2
    assert "no such store" in capsys.readouterr().err


def test_a_store_of_a_newer_version_is_not_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "kept.db")
    store = open_store(place, make=True)
    with store.writing() as connection:
        connection.execute(insert(migration).values(name="0099_later", at="2030"))
    store.close()
    assert main(["serve", "--store", place]) == 1
    assert "newer onrecord" in capsys.readouterr().err


@contextmanager
def serving(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The site in a process of its own, which takes Ctrl+C even if whoever runs the tests does not, and does not outlive its test."""
    command = [sys.executable, "-m", "onrecord", "serve", "--port", "0", *arguments]
    pipe, heed = subprocess.PIPE, partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, preexec_fn=heed) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_served_and_stopped(tmp_path: Path, workers: str, end: signal.Signals) -> None:
    place = str(tmp_path / "kept.db")
    open_store(place, make=True).close()
    with serving("--store", place, "--workers", workers) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        found = next(m for line in process.stdout if (m := re.search(r"(http://\S+)/login\?link=(\S+)", line)))
        with httpx2.Client(base_url=found[1], headers={"Origin": found[1]}, timeout=30) as client:
            assert client.post("/login", data={"link": found[2]}).status_code == 303
            assert client.get("/").status_code == 200
            assert client.post("/login", data={"link": found[2]}).status_code == 401
        process.send_signal(end)
        assert process.wait(30) in (0, 130 if end == signal.SIGINT else 0)
        assert process.stderr.read() == ""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_stopped_at_once(tmp_path: Path, end: signal.Signals) -> None:
    """While the server comes up, and the reader is being loaded."""
    place = str(tmp_path / "kept.db")
    open_store(place, make=True).close()
    for pause in (0.0, 0.3, 1.0):
        with serving("--store", place) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert "serving" in process.stdout.readline()
            time.sleep(pause)
            process.send_signal(end)
            assert process.wait(30) == (130 if end == signal.SIGINT else 0)
            assert process.stderr.read() == ""


def test_a_port_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "kept.db")
    open_store(place, make=True).close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--store", place, "--port", str(port)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"127.0.0.1:{port}: cannot be listened on" in line


def test_accounts_and_tokens_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    place = ["--store", str(tmp_path / "kept.db")]
    open_store(place[1], make=True).close()
    monkeypatch.setattr("sys.stdin", io.StringIO("tidewater lantern\nanother one, longer\n"))
    assert main(["account", "add", "Mara", "--role", "annotate", "--password-stdin", *place]) == 0
    assert main(["account", "change", "Mara", "--password-stdin", *place]) == 0
    assert main(["account", "change", "Mara", *place]) == 2
    assert main(["account", "list", *place]) == 0
    assert main(["token", "make", "Mara", "--label", "script", "--days", "3", *place]) == 0
    secret = capsys.readouterr().out.splitlines()[-1]
    assert secret.startswith("onr_")
    store = open_store(place[1])
    (token,) = load_tokens(store)
    store.close()
    assert main(["token", "list", "--json", *place]) == 0
    assert secret not in capsys.readouterr().out
    assert main(["token", "revoke", token.id[:10], *place]) == 0
    assert main(["token", "revoke", "ffffff", *place]) == 2
    store = open_store(place[1])
    noted = {line.what: line for _, line in load_audit(store)}
    store.close()
    assert set(noted) == {"make account", "change account", "make token", "revoke token"}
    assert all("on the command line" in line.who for line in noted.values())
    assert secret not in str(noted)
    assert main(["account", "link", *place]) == 0
    assert "/login?link=" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["account", "add", "Ana", "--password-stdin", *place]) == 2
    assert main(["account", "add", "Local", "--password-stdin", *place]) == 2
    assert "10 to 1,000 characters" in capsys.readouterr().err
