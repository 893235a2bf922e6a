"""Looking at the evidence's addresses, on both databases: what was seen is kept, and can be searched and verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from onrecord.cli import main
from onrecord.store import (
    Checked,
    Query,
    Store,
    add,
    find_addresses,
    find_last,
    load_history,
    open_store,
    search,
    verify,
)
from tests.web.server import HTML, Site

POST = "Forty boats, and crews who ask for no wage"
GONE = (200, HTML, b"<title>Ferry</title><p>This post was deleted by its author.</p>")
THERE = (200, HTML, f"<title>Rurik on Ferry</title><p>{POST}</p>".encode())
LISTED = '{0}; rel="original", <http://archive.example/1>; rel="memento"; datetime="Mon, 01 Mar 2021 10:00:00 GMT"'


@pytest.fixture
def kept(store: Store, site: Site, tmp_path: Path) -> Store:
    """A store with an article that embeds a post of `site`, read by the real reader."""
    (tmp_path / "page.html").write_text(
        f"""<!doctype html><title>Offer</title><article><p>The harbour board met on Monday and said nothing about the fees.</p>
        <blockquote class="mastodon-embed" data-embed-url="http://127.0.0.1:{site.port}/@rdassan/1650"><p>{POST}</p>— Rurik Dassan
        (@rdassan) <a href="http://127.0.0.1:{site.port}/@rdassan/1650">March 2, 2021</a></blockquote>
        <p>“The fees are robbery,” Mara Quill, a ferry owner, told reporters at the pier.</p></article>"""
    )
    assert [each.outcome for each in add(store, [str(tmp_path / "page.html")])] == ["added"]
    return store


def run(place: str, *words: str) -> int:
    return main(["check", *words, "--store", place, "--allow-private-addresses"])


def test_addresses_come_with_the_posts_words(kept: Store) -> None:
    (address,) = find_addresses(kept)
    assert address.url.endswith("/@rdassan/1650")
    assert address.words == POST


def test_a_history(kept: Store, place: str, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    path = "/@rdassan/1650"
    site.pages[path] = THERE
    assert run(place) == 0
    assert "available" in capsys.readouterr().out
    site.pages[path] = GONE
    assert run(place, "--json") == 0
    (seen,) = json.loads(capsys.readouterr().out)
    assert (seen["status"], seen["before"], seen["http_status"]) == ("deleted", "available", 200)
    url = find_addresses(kept)[0].url
    assert [each.status for each in load_history(kept, url)] == ["available", "deleted"]
    last = find_last(kept, url)
    assert last is not None
    assert last.status == "deleted"
    asked = len(site.asked)
    assert run(place, "--history", "--width", "80") == 0
    out = capsys.readouterr().out
    assert out.index("available") < out.index("deleted")
    assert max(map(len, out.splitlines())) <= 80
    assert len(site.asked) == asked
    assert list(verify(kept, checked := Checked())) == []
    assert checked.counts["observations"] == 2


def test_statements_by_what_was_seen(kept: Store, place: str, site: Site) -> None:
    site.pages["/@rdassan/1650"] = GONE
    assert list(search(kept, Query(observed="deleted"))) == []
    assert run(place) == 0
    assert [hit.content for hit in search(kept, Query(observed="deleted"))] == [POST]
    assert [hit.content for hit in search(kept, Query(words="boats", observed="deleted"), limit=5)] == [POST]
    site.pages["/@rdassan/1650"] = THERE
    assert run(place) == 0
    assert list(search(kept, Query(observed="deleted"))) == []
    assert main(["search", "--observed", "available", "--store", place, "--json"]) == 0


def test_archives(kept: Store, place: str, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    url = find_addresses(kept)[0].url
    site.pages[f"/map/{url}"] = (200, {}, LISTED.format(f"<{url}>").encode())
    for _ in range(2):
        assert run(place, "--memento", f"http://127.0.0.1:{site.port}/map/") == 0
    assert "in an archive" in capsys.readouterr().out
    assert [each.method for each in load_history(kept, url)] == ["memento", "page", "page"]  # the memento is the same one


def test_other_addresses_and_what_cannot_be_reached(place: str, site: Site, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{site.port}/other"
    assert run(place, url) == 0
    assert "absent" in capsys.readouterr().out
    assert main(["check", url, "--store", place]) == 1  # a private address
    assert [each.status for each in load_history(store, url)] == ["absent", "unknown"]


@pytest.mark.parametrize(("words", "complaint"), [(["rurik/1650"], "not an address"), (["--memento", "archive"], "not an address")])
def test_bad_calls(place: str, store: Store, words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, *words) == 2
    err = capsys.readouterr().err
    assert complaint in err
    assert err.count("\n") == 1


def test_nothing_to_look_at(place: str, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place) == 0
    assert "no evidence in the store has an address" in capsys.readouterr().err


def test_a_changed_observation_is_found(kept: Store, site: Site, place: str) -> None:
    site.pages["/@rdassan/1650"] = GONE
    assert run(place) == 0
    with kept.writing() as connection:
        for command in (("DROP TRIGGER observation_no_update",) if kept.is_sqlite else ("ALTER TABLE observation DISABLE TRIGGER ALL",)) + (
            "UPDATE observation SET status = 'available'",
        ):
            connection.execute(text(command))
    (finding,) = verify(kept, Checked())
    assert finding.what == "status was changed: 'available' is stored, 'deleted' was logged"


def test_a_store_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.db")) == 2
    assert "no such store" in capsys.readouterr().err


def test_stores_from_before_observations(tmp_path: Path) -> None:
    place = str(tmp_path / "old.db")
    store = open_store(place, make=True)
    with store.writing() as connection:
        for table in ("address", "exchange", "observation", "polling"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DELETE FROM migration WHERE name = '0002_observations'"))
    store.close()
    store = open_store(place)
    assert find_addresses(store) == []
    assert load_history(store, "http://news.example/") == ()
    store.close()
