"""Time stamps, by an authority of our own: good ones, bent ones, and what verify says when log or token were changed. On both databases."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import func, insert, inspect, select, text

from onrecord.cli import main
from onrecord.errors import FetchError, UsageError
from onrecord.store import Checked, Stamp, Store, add, open_store, stamp, tokens, verify
from onrecord.store import log as chain
from onrecord.store.connect import STEPS
from onrecord.store.schema import log, migration
from onrecord.store.schema import stamp as stamps
from onrecord.store.tokens import TokenError, check_token, load_roots
from tests.store.authority import REPLY, Authority, build_authority
from tests.store.test_store import allow_changes, find_wrong
from tests.web.server import HASTY, Handler, Site, open_fetcher

Ask = Callable[..., Stamp]


@pytest.fixture(scope="module")
def made() -> Authority:
    return build_authority()


@pytest.fixture
def authority(made: Authority) -> Iterator[Authority]:
    yield made
    made.bend.clear()


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def site(running: Site, authority: Authority) -> Site:
    running.pages.clear()
    running.pages["/stamp"] = authority.answer
    return running


@pytest.fixture
def ask(site: Site, filled: Store, authority: Authority) -> Ask:
    def ask(**settings: object) -> Stamp:
        roots = settings.pop("roots", (authority.root,))
        with open_fetcher(site, **settings) as fetcher:
            return stamp(filled, site.url("/stamp"), fetcher, roots=roots)  # type: ignore[arg-type]

    return ask


def count_stamps(store: Store) -> tuple[int, int]:
    """Stamps, and entries of the log."""
    with store.looking() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(t)) or 0 for t in (stamps, log))  # type: ignore[return-value]


def test_a_stamp(filled: Store, ask: Ask, authority: Authority, articles: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    made = ask()
    assert (made.seq, made.signer) == (12, "Invented Stamps")
    assert before <= made.time <= datetime.now(UTC)
    assert made.time.tzinfo is not None
    assert check_token(made.token, made.head, (authority.root,)).time == made.time
    assert count_stamps(filled) == (1, 13)
    checked = Checked()
    assert list(verify(filled, checked, head=made.head, roots=(authority.root,))) == []
    assert checked.counts["stamps"] == 1
    assert checked.notes == ["1 of the time stamps signed by Invented Stamps, checked against the certificate given"]
    (articles / "later.txt").write_text("Later\n\nMara Quill said it rained.\n")
    assert [kept.outcome for kept in add(filled, [str(articles)])] == ["known"] * 6 + ["added"]
    assert ask().seq == 15
    assert find_wrong(filled) == []


def test_what_is_stamped(ask: Ask, tmp_path: Path, authority: Authority) -> None:
    """The SHA-256 of the head as it is printed; openssl says so too, where there is one."""
    made = ask()
    info = tsp.ContentInfo.load(made.token)["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == sha256(made.head.encode("ascii")).digest()
    (tmp_path / "head").write_text(made.head)
    (tmp_path / "token").write_bytes(made.token)
    command = ["openssl", "ts", "-verify", "-data", "head", "-in", "token", "-token_in", "-CAfile", authority.write_root(tmp_path / "root")]
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no openssl")
    assert "Verification: OK" in done.stdout + done.stderr, done.stderr


def _play_html(_: Handler) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/html"}, b"<html><p>Please log in.</html>"


def _dawdle(handler: Handler) -> None:
    time.sleep(1.0)


ANSWERS = {  # what the authority does, and what is said of it
    "a web page": (_play_html, "the answer is no time stamp"),
    "nothing": ((200, REPLY, b""), "the answer is no time stamp"),
    "rubbish": ((200, REPLY, b"\x30\x82\xff\xff" + bytes(40)), "the answer is no time stamp"),
    "too much": ((200, REPLY, b"\x30\x84\x00\x08\x00\x00" + bytes(1 << 19)), "the answer is no time stamp \\(over 256 kB\\)"),
    "nested": ((200, REPLY, b"\x30\x80" * 50_000), "the answer is no time stamp"),
    "numbers": ((200, REPLY, b"\x30\x06\x02\x01\x00\x02\x01\x00"), "the answer is no time stamp"),
    "an error": ((403, {}, b""), "the server answered 403 Forbidden"),
    "elsewhere": ((302, {"Location": "http://other.example/"}, b""), "redirects to http://other.example/, which is not followed here"),
    "silence": (_dawdle, "the server stopped answering|took too long|broke off"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_are_none(name: str, filled: Store, ask: Ask, site: Site) -> None:
    site.pages["/stamp"], words = ANSWERS[name]
    with pytest.raises(FetchError, match=words) as caught:
        ask(limits=HASTY)
    assert str(caught.value).startswith(site.url("/stamp"))
    assert "\n" not in str(caught.value)
    assert count_stamps(filled) == (0, 12)


def _other_imprint() -> dict[str, object]:
    return {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}


BENDS = {  # how the stamp is wrong, and what is said of it
    "refused": ({"status": "rejection"}, r"the authority gives no stamp \(rejection: we are closed\)"),
    "put off": ({"status": "waiting"}, r"the authority gives no stamp \(waiting: we are closed\)"),
    "another nonce": ({"nonce": 5}, "answers another request"),
    "no nonce": ({"nonce": None}, "answers another request"),
    "another imprint": ({"imprint": _other_imprint()}, "stamps something else than the head"),
    "no certificate": ({"certificates": False}, "without its certificate"),
    "before its certificate": ({"time": datetime(2001, 1, 1, tzinfo=UTC)}, "was not valid at 2001-01-01"),
}


@pytest.mark.parametrize("name", BENDS)
def test_stamps_that_do_not_hold(name: str, filled: Store, ask: Ask, authority: Authority) -> None:
    bend, words = BENDS[name]
    authority.bend.update(bend)
    with pytest.raises(FetchError, match=words) as caught:
        ask()
    assert not caught.value.again
    assert "\n" not in str(caught.value)
    assert count_stamps(filled) == (0, 12)


def test_changed_ones_are_granted(ask: Ask, authority: Authority) -> None:
    authority.bend["status"] = "granted_with_mods"
    assert ask().seq == 12


OTHERS = {
    "run out": ({"until": datetime.now(UTC) - timedelta(days=3)}, "was not valid at"),
    "for servers": ({"purpose": ExtendedKeyUsageOID.SERVER_AUTH}, "is not one for time stamps"),
    "of another root": ({}, "does not lead to one that was given"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_certificates_that_do_not_hold(name: str, filled: Store, ask: Ask, site: Site) -> None:
    settings, words = OTHERS[name]
    other = build_authority("Others", **settings)  # type: ignore[arg-type]
    site.pages["/stamp"] = other.answer
    with pytest.raises(FetchError, match=words):
        ask(**({} if name == "of another root" else {"roots": (other.root,)}))
    assert count_stamps(filled) == (0, 12)
    if name == "of another root":
        assert ask(roots=()).signer == "Others"
        assert find_wrong(filled) == []


def test_a_certificate_between(ask: Ask, site: Site) -> None:
    other = build_authority("Others", between=True)
    site.pages["/stamp"] = other.answer
    assert ask(roots=(other.root,)).signer == "Others"


def test_signed_by_somebody_else(ask: Ask, authority: Authority) -> None:
    authority.bend["key"] = build_authority().key
    with pytest.raises(FetchError, match="signature does not match"):
        ask(roots=())


def test_private_addresses_are_refused(filled: Store, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{site.port}/stamp"
    assert main(["stamp", "--authority", url, "--store", filled.engine.url.render_as_string(False).replace("sqlite+pysqlite:///", "")]) == 1
    assert "is not a public one (loopback); --allow-private-addresses" in capsys.readouterr().err
    assert count_stamps(filled) == (0, 12)


def test_on_the_command_line(
    filled: Store, place: str, site: Site, authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, root = f"http://127.0.0.1:{site.port}/stamp", authority.write_root(tmp_path / "root.pem")
    given = ["stamp", "--authority", url, "--store", place, "--allow-private-addresses"]
    assert main([*given, "--certificate", root]) == 0
    out = capsys.readouterr().out
    assert out.startswith("entry 12 stamped at 20")
    assert out.endswith(f" by {url}\n")
    assert main([*given, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["seq"] == 13
    assert check_token(b64decode(facts["token"]), facts["head"]).time.isoformat() == facts["time"]
    assert main(["verify", "--store", place]) == 0
    out = capsys.readouterr().out
    assert "6 captures, 6 readings, 24 spans, 2 time stamps, 14 log entries: all as they were\n" in out
    assert "2 of the time stamps signed by Invented Stamps, not checked against a root: give one with --certificate\n" in out
    assert main(["verify", "--store", place, "--certificate", root, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["checked"]["stamps"] == 2
    other = build_authority().write_root(tmp_path / "other.pem")
    assert main(["verify", "--store", place, "--certificate", other]) == 1
    assert "does not lead to one that was given" in capsys.readouterr().out
    site.pages["/stamp"] = (200, REPLY, b"no")
    assert main(given) == 1
    assert capsys.readouterr().err == f"onrecord: {url}: the answer is no time stamp; nothing was stored\n"


def test_bad_calls(store: Store, site: Site, tmp_path: Path, authority: Authority) -> None:
    with open_fetcher(site) as fetcher:
        with pytest.raises(UsageError, match="nothing to stamp"):
            stamp(store, site.url("/stamp"), fetcher)
        with pytest.raises(UsageError, match="only http and https"):
            stamp(store, "ftp://x.example/", fetcher)
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(UsageError, match="no certificate in it"):
        load_roots(str(tmp_path / "none.pem"))
    with pytest.raises(UsageError, match="no such file"):
        load_roots(str(tmp_path / "nowhere.pem"))
    (tmp_path / "root.der").write_bytes(authority.root.public_bytes(Encoding.DER))
    assert load_roots(str(tmp_path / "root.der")) == load_roots(authority.write_root(tmp_path / "root.pem"))


def make_anew(store: Store) -> None:
    """What somebody with the database in hand can do: change an entry, and seal all that follow it again."""
    with store.writing() as connection:
        entries = connection.execute(select(log).order_by(log.c.seq)).all()
        connection.execute(log.delete())
        previous = chain.START
        for row in entries:
            entry = row.entry.replace("0.txt", "7.txt")
            sealed = chain.seal(previous, entry)
            connection.execute(insert(log).values(seq=row.seq, entry=entry, previous=previous, hash=sealed))
            previous = sealed
        connection.execute(text("UPDATE capture SET location = replace(location, '0.txt', '7.txt')"))


CHANGES = {  # what is done by hand, and what verify says
    "the log made anew": (make_anew, "of log entry 12: the log has another entry 12 than was stamped at"),
    "an entry": ("UPDATE log SET entry = replace(entry, 'capture', 'kapture') WHERE seq = 3", "log entry 3: was changed"),
    "a time": ("UPDATE stamp SET time = '1999'", "time was changed: '1999' is stored"),
    "an authority": ("UPDATE stamp SET authority = 'x'", "authority was changed: 'x' is stored"),
    "a head": ("UPDATE stamp SET head = :other", "the token stamps something else than the head"),
    "a token": ("UPDATE stamp SET token = :rubbish", "the token is damaged, or none"),
    "a stamp gone": ("DELETE FROM stamp", "is in the log and no longer in the store"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_verify_says_what_is_wrong(name: str, filled: Store, ask: Ask) -> None:
    ask()
    change, words = CHANGES[name]
    allow_changes(filled)
    if callable(change):
        change(filled)
    else:
        given = {"other": "ab" * 32, "rubbish": b"rubbish"}
        with filled.writing() as connection:
            connection.execute(text(change), {k: v for k, v in given.items() if f":{k}" in change})
    wrong = find_wrong(filled)
    assert any(words in line for line in wrong), wrong
    assert len(wrong) <= 4, wrong


def test_every_byte_of_a_token_counts(ask: Ask) -> None:
    """A token with one byte changed is refused or says the same; what is not signed are the certificate's frills and the outer form."""
    made = ask()
    told = check_token(made.token, made.head)
    refused = 0
    for place in range(0, len(made.token), 5):
        changed = made.token[:place] + bytes([made.token[place] ^ 1]) + made.token[place + 1 :]
        try:
            assert check_token(changed, made.head).time == told.time
        except TokenError:
            refused += 1
    assert refused > len(made.token) / 5 / 3
    for end in range(0, len(made.token), 50):
        with pytest.raises(TokenError, match="damaged, or none"):
            check_token(made.token[:end], made.head)


def test_without_the_extra(filled: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask()
    monkeypatch.setattr(tokens, "find_spec", lambda name: None)
    for name in ("asn1crypto", "rfc3161_client", "cryptography"):
        monkeypatch.setitem(sys.modules, name, None)
    checked = Checked()
    assert list(verify(filled, checked)) == []
    assert checked.notes == ["signatures of time stamps not checked: pip install 'onrecord[stamps]'"]
    with pytest.raises(UsageError, match=r"pip install 'onrecord\[stamps\]'"):
        ask()
    with pytest.raises(UsageError, match=r"pip install 'onrecord\[stamps\]'"):
        load_roots("root.pem")


def test_a_store_from_before(filled: Store, place: str, ask: Ask) -> None:
    """The step makes the table that a new store has, append-only too."""
    with filled.writing() as connection:
        before = {(c["name"], str(c["type"]), c["nullable"]) for c in inspect(connection).get_columns("stamp")}
        connection.execute(text("DROP TABLE stamp"))
        connection.execute(migration.delete().where(migration.c.name == "0003_stamps"))
    store = open_store(place)
    with store.looking() as connection:
        assert {(c["name"], str(c["type"]), c["nullable"]) for c in inspect(connection).get_columns("stamp")} == before
        assert set(connection.scalars(select(migration.c.name))) == {name for name, _ in STEPS}
    store.close()
    ask()
    with pytest.raises(Exception, match="stamp is append-only"), filled.writing() as connection:
        connection.execute(text("DELETE FROM stamp"))
    assert find_wrong(filled) == []
