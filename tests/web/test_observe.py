"""Looks at posts on platforms that play everything that platforms play, and TimeMaps."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from onrecord.capture.fetch import Fetcher
from onrecord.capture.observe import Memento, observe, parse_timemap
from onrecord.errors import UnreadableError
from tests.web.server import HTML, Play, Site

WORDS = "Forty boats, and crews who ask for no wage"
POST = f"<title>Rurik on Ferry</title><p>“{WORDS.replace(', ', ',  ')}”</p>".encode()
SHELL = b"<title>Ferry</title><script>var a = 'this account has been suspended';</script><div id=root></div>"
LONG = b"<p>The committee heard that an account has been suspended and a post was deleted. </p>" * 60


def _page(words: str, status: int = 200) -> Play:
    return status, HTML, f"<!doctype html><title>Ferry</title><p>{words}</p>".encode()


def _moved(target: str) -> Play:
    return 302, {"Location": target}, b""


# what is played, whether the post's words are known, and what is seen
PLAYS: dict[str, tuple[Play, bool, str, str]] = {
    "there": ((200, HTML, POST), True, "available", "with the post's words"),
    "there, by its own address": (
        (200, HTML, b'<link rel="canonical" href="https://ferry.example/rurik/status/1650">'),
        False,
        "available",
        "as its own",
    ),
    "deleted and said so": (_page("This post was deleted by its author."), True, "deleted", "post was deleted"),
    "gone": (_page("", 410), True, "deleted", "410"),
    "not found": (_page("", 404), True, "absent", "404"),
    "not found, said with 200": (_page("Hmm… this page doesn’t exist."), True, "absent", "page doesn't exist"),
    "suspended": (_page("Account suspended", 403), True, "suspended", "account suspended"),
    "suspended, said with 200": (_page("This account has been suspended."), False, "suspended", "suspended"),
    "private": (_page("These posts are protected."), True, "private", "protected"),
    "private by status": (_page("", 401), True, "private", "401"),
    "rate-limited": (_page("", 429), True, "rate-limited", "429"),
    "rate-limited, said with 200": (_page("Rate limit exceeded."), True, "rate-limited", "rate limit"),
    "age-gated": (_page("Sign in to confirm your age"), True, "age-gated", "confirm your age"),
    "forbidden to us": (_page("", 403), True, "unknown", "403"),
    "a server that fails": (_page("", 500), True, "unknown", "500"),
    "to a log-in": (_moved("/login?next=x"), True, "unknown", "asks to log in"),
    "to the front page": (_moved("/"), True, "unknown", "another address"),
    "to another post": (_moved("/rurik/status/99"), False, "unknown", "another address"),
    "to where it moved": (_moved("/new/status/1650"), True, "available", "with the post's words"),
    "in a circle": (_moved("/rurik/status/1650"), True, "unknown", "in a circle"),
    "to this machine": (_moved("http://127.0.0.1:1/"), True, "unknown", "refused"),
    "an application's shell": ((200, HTML, SHELL), True, "unknown", "without the post's words"),
    "a shell, words not known": ((200, HTML, SHELL), False, "unknown", "nothing in it"),
    "another post's page": (_page("Good morning, harbour!"), True, "unknown", "without the post's words"),
    "an address that is another's": (
        (200, HTML, b'<meta property="og:url" content="https://ferry.example/rurik/status/7">'),
        False,
        "unknown",
        "nothing in it",
    ),
    "an error with the post in it": ((404, HTML, POST), True, "unknown", "and yet the post's words"),
    "the post speaks of a suspension": (_page(f"{WORDS}: this account has been suspended"), True, "available", "with the post's words"),
    "a long page speaks of one": ((200, HTML, LONG), True, "unknown", "without the post's words"),
    "no answer": (lambda handler: None, True, "unknown", "broke off"),
    "no text": ((200, {}, bytes(range(256)) * 99), True, "unknown", "without the post's words"),
}


@pytest.mark.parametrize("case", PLAYS)
def test_looks(site: Site, fetcher: Fetcher, case: str) -> None:
    play, known, status, reason = PLAYS[case]
    elsewhere: dict[str, Play] = {path: _page("Welcome") for path in ("/", "/login?next=x", "/rurik/status/99")}
    site.pages.update({"/rurik/status/1650": play, "/new/status/1650": (200, HTML, POST), **elsewhere})
    (seen,) = observe(site.url("/rurik/status/1650"), fetcher, words=WORDS if known else None)
    assert (seen.status, seen.method) == (status, "page")
    assert reason in seen.reason
    assert "\n" not in seen.reason
    assert (seen.digest is None) == (seen.http_status is None)
    assert json.loads(json.dumps(seen.to_dict()))["status"] == status


def test_robots_keep_us_out_and_that_is_told(site: Site, fetcher: Fetcher) -> None:
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /")
    (seen,) = observe(site.url("/rurik/status/1650"), fetcher)
    assert (seen.status, "robots.txt" in seen.reason) == ("unknown", True)


TIMEMAP = """<http://ferry.example/1>; rel="original",
<http://archive.example/timemap/1>; rel="self"; type="application/link-format"; from="Tue, 02 Mar 2021 10:00:00 GMT",
 <http://archive.example/2/1>; rel="last memento"; datetime="Tue, 02 Mar 2021 10:00:00 GMT",
<http://archive.example/1/1>; rel="first memento"; datetime="Mon, 01 Mar 2021 10:00:00 GMT",
<http://archive.example/0/1>; rel="memento"; datetime="never"
"""


def test_a_timemap() -> None:
    mementos, pages = parse_timemap(TIMEMAP, "http://archive.example/timemap/1")
    assert mementos == [
        Memento("http://archive.example/2/1", datetime(2021, 3, 2, 10, tzinfo=UTC)),
        Memento("http://archive.example/1/1", datetime(2021, 3, 1, 10, tzinfo=UTC)),
    ]
    assert pages == []


@pytest.mark.parametrize("text", ["", "<html>", "<" * 100_000, "<a>" * 50_000, "<a>; x=" * 20_000, " " * 100_000])
def test_what_is_no_timemap(text: str) -> None:
    with pytest.raises(UnreadableError, match="not a TimeMap"):
        parse_timemap(text, "http://archive.example/")


def test_archives_are_asked(site: Site, fetcher: Fetcher) -> None:
    url, page = site.url("/rurik/status/1650"), site.url("/page2")
    site.pages[f"/map/{url}"] = (200, {}, f'<{url}>; rel="original", <{page}>; rel="timemap"; type="application/link-format"'.encode())
    site.pages["/page2"] = (200, {}, TIMEMAP.encode())
    site.pages[f"/broken/{url}"] = _page("busy")
    maps = [site.url(path) for path in ("/map/", "/none/", "/broken/")]
    seen = observe(url, fetcher, timemaps=maps)
    assert [(o.method, o.time.day if o.answered and o.method == "memento" else None) for o in seen] == [
        ("page", None),
        ("memento", 1),
        ("memento", 2),
        ("memento", None),
    ]
    assert "not a TimeMap" in seen[-1].reason
    assert {o.status for o in seen} == {"absent", "unknown"}
