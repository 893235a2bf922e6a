"""Watching lists, on both databases: what is new is kept once, whatever happens between."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from warcio.archiveiterator import ArchiveIterator

from onrecord.capture.fetch import Fetcher
from onrecord.capture.warc import read_warc
from onrecord.cli import main
from onrecord.store import Checked, Store, open_store, verify, watch
from onrecord.store.schema import capture, document, polling
from onrecord.types import Capture
from tests.web.server import HTML, Site

Reader = Callable[[str], None]
ARTICLE = b"Article\n\nMara Quill said the harbour fee was robbery.\n"


def write_list(*paths: str) -> bytes:
    items = "".join(f"<item><link>{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>Port</title>{items}</channel></rss>".encode()


def play(site: Site, *paths: str) -> None:
    site.pages["/feed"] = (200, {}, write_list(*paths))
    for path in paths:
        site.pages[path] = (200, {"Content-Type": "text/plain"}, ARTICLE.replace(b"fee", f"fee {path[1:]}".encode()))


def run_once(store: Store, site: Site, fetcher: Fetcher, *lists: str) -> list[tuple[str, str]]:
    kept = watch(store, [site.url(each) for each in lists or ("/feed",)], fetcher, rounds=1)
    return [(each.outcome, each.location.rpartition("/")[2]) for each in kept]


def test_what_is_new_is_kept_once(store: Store, reader: Reader, site: Site, fetcher: Fetcher) -> None:
    play(site, "/a", "/b")
    assert run_once(store, site, fetcher) == [("added", "a"), ("added", "b"), ("listed", "feed")]
    assert run_once(store, site, fetcher) == [("listed", "feed")]
    play(site, "/b", "/c")
    asked = len(site.asked)
    assert run_once(store, site, fetcher) == [("added", "c"), ("listed", "feed")]
    assert site.asked[asked:] == ["/feed", "/c"]
    assert list(verify(store, Checked())) == []
    with store.looking() as connection:
        assert len(connection.execute(select(document)).all()) == 3
        assert len(connection.execute(select(capture)).all()) == 5  # the list twice: it changed


def test_a_list_that_has_not_changed_is_not_sent_again(store: Store, reader: Reader, site: Site, fetcher: Fetcher) -> None:
    play(site, "/a")
    status, _, body = site.pages["/feed"]  # type: ignore[misc]
    site.pages["/feed"] = lambda handler: (
        (304, {}, b"") if handler.headers.get("If-None-Match") == '"1"' else (status, {"ETag": '"1"'}, body)
    )
    assert run_once(store, site, fetcher) == [("added", "a"), ("listed", "feed")]
    assert run_once(store, site, fetcher) == []


def test_whoever_is_stopped_in_the_middle_goes_on_there(store: Store, reader: Reader, site: Site, fetcher: Fetcher) -> None:
    play(site, "/a", "/b", "/c")
    round_ = watch(store, [site.url("/feed")], fetcher, rounds=1)
    assert next(round_).location.endswith("/a")
    round_.close()  # type: ignore[attr-defined]
    asked = len(site.asked)
    assert run_once(store, site, fetcher) == [("added", "b"), ("added", "c"), ("listed", "feed")]
    assert site.asked[asked:] == ["/feed", "/b", "/c"]


def test_state_and_document_are_kept_together_or_not_at_all(
    store: Store, reader: Reader, site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(site, "/a")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["onrecord.store.add"], "keep_reading", fail)
        with pytest.raises(RuntimeError):
            run_once(store, site, fetcher)
    with store.looking() as connection:
        assert connection.execute(select(polling)).all() == []
        assert connection.execute(select(capture)).all() == []
    assert run_once(store, site, fetcher) == [("added", "a"), ("listed", "feed")]


def test_what_fails_is_skipped_and_tried_again_if_it_may_come_back(store: Store, reader: Reader, site: Site, fetcher: Fetcher) -> None:
    play(site, "/a", "/b")
    site.pages["/a"] = (503, {}, b"")
    site.pages["/b"] = (200, HTML, b"bad")
    assert run_once(store, site, fetcher, "/none", "/feed") == [("skipped", "none"), ("skipped", "a"), ("skipped", "b"), ("listed", "feed")]
    play(site, "/a", "/b")
    assert run_once(store, site, fetcher) == [("added", "a"), ("listed", "feed")]


def test_the_command_says_what_came(place: str, reader: Reader, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    play(site, "/a")
    call = ["watch", f"http://127.0.0.1:{site.port}/feed", "--once", "--store", place, "--allow-private-addresses"]
    assert main(call) == 0
    out = capsys.readouterr().out
    assert "added http://127.0.0.1" in out
    assert "1 added, 1 list kept (1 statement)" in out
    assert main([*call, "--json"]) == 0
    assert [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()] == ["listed"]
    assert main(["verify", "--store", place]) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(number: signal.Signals, place: str, reader: Reader, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    play(site, "/a")
    timer = threading.Timer(1.0, os.kill, (os.getpid(), number))
    timer.start()
    assert main(["watch", f"http://127.0.0.1:{site.port}/feed", "--store", place, "--allow-private-addresses"]) == 0
    timer.join()
    assert "1 added" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["feed.xml"], "not the address of a feed"),
        (["http://news.example/feed", "--every", "soon"], "not a pause"),
        (["http://news.example/feed", "--every", "0"], "not a pause"),
    ],
)
def test_bad_calls(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    assert main(["watch", *words, "--store", f"{tmp_path}/kept.db"]) == 2
    err = capsys.readouterr().err
    assert complaint in err
    assert err.count("\n") == 1


def test_the_state_is_of_this_store(tmp_path: object, reader: Reader, site: Site, fetcher: Fetcher) -> None:
    play(site, "/a")
    for name in ("one", "two"):
        store = open_store(f"{tmp_path}/{name}.db", make=True)
        assert run_once(store, site, fetcher) == [("added", "a"), ("listed", "feed")]
        store.close()


def test_what_came_over_the_wire_is_kept(
    place: str, reader: Reader, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(site, "/a")
    site.pages["/moved"] = (302, {"Location": "/a"}, b"")
    url, warc = f"http://127.0.0.1:{site.port}/moved", tmp_path / "a.warc.gz"
    assert main(["add", url, "--store", place, "--allow-private-addresses"]) == 0
    (kept,) = find_documents(place)
    assert main(["show", kept, "--warc", str(warc), "--store", place]) == 0
    with warc.open("rb") as file:
        records = [(r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read()) for r in ArchiveIterator(file)]
    assert [uri.rpartition("/")[2] for uri, _ in records] == ["moved", "moved", "a", "a"]
    assert [found.content for found in read_warc(str(warc)) if isinstance(found, Capture)] == [ARTICLE.replace(b"fee", b"fee a")]
    assert main(["verify", "--store", place]) == 0
    capsys.readouterr()
    store = open_store(place)
    with store.writing() as connection:
        drop = "DROP TRIGGER exchange_no_update" if store.is_sqlite else "ALTER TABLE exchange DISABLE TRIGGER ALL"
        connection.execute(text(drop))
        connection.execute(text("UPDATE exchange SET records = :records"), {"records": b"other"})
    store.close()
    assert main(["verify", "--store", place]) == 1
    assert "the WARC records were changed" in capsys.readouterr().out


def find_documents(place: str) -> list[str]:
    store = open_store(place)
    try:
        with store.looking() as connection:
            return [str(row.id) for row in connection.execute(select(document))]
    finally:
        store.close()


def test_what_was_not_fetched_has_no_record(place: str, reader: Reader, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_bytes(ARTICLE)
    assert main(["add", str(tmp_path / "a.txt"), "--store", place]) == 0
    (kept,) = find_documents(place)
    assert main(["show", kept, "--warc", str(tmp_path / "a.warc.gz"), "--store", place]) == 2
    assert "was not fetched" in capsys.readouterr().err
