"""Fetching: redirects, limits, retries, robots.txt, certificates, hostile servers; each failure is one line."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from fastwarc.stream_io import BrotliWriter, ZstdWriter

from onrecord.capture.fetch import Exchange, Fetcher, Validators, build_agent, fetch_capture, parse_content_type
from onrecord.capture.guard import Guard
from onrecord.capture.limits import Limits, Pace, compute_pause, parse_http_date, parse_retry_after
from onrecord.errors import FetchError, UnreadableError, UsageError
from tests.web.server import CERTIFICATE, HASTY, HTML, QUICK, Answer, Handler, Play, Site, open_fetcher

PAGE = b"<!doctype html><title>A</title><p>The ferry sails."
DATES = {"Date": "Tue, 02 Mar 2021 10:00:00 GMT", "Last-Modified": "Mon, 01 Mar 2021 09:00:00 GMT", "ETag": '"v1"'}


def test_a_page(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a?b=1"] = (200, {**HTML, "Last-Modified": DATES["Last-Modified"], "ETag": '"v1"'}, PAGE)
    capture = fetch_capture(site.url("/a?b=1#part"), fetcher)
    assert capture is not None
    assert (capture.content, capture.media_type, capture.charset, capture.status, capture.etag) == (PAGE, "text/html", "utf-8", 200, '"v1"')
    assert (capture.location, capture.url) == (site.url("/a?b=1#part"), site.url("/a?b=1"))
    assert capture.last_modified == datetime(2021, 3, 1, 9, tzinfo=UTC)
    assert capture.served is not None
    assert site.headers[0]["User-Agent"].startswith("onrecord")
    assert not {"Cookie", "Referer", "Authorization"} & set(site.headers[0])


def test_redirects_are_followed(site: Site, fetcher: Fetcher) -> None:
    site.pages["/old"] = (301, {"Location": "/newer"}, b"")
    site.pages["/newer"] = (302, {"Location": site.url("/new", "other.example")}, b"")
    site.pages["/new"] = (200, HTML, PAGE)
    capture = fetch_capture(site.url("/old"), fetcher)
    assert capture is not None
    assert capture.url == site.url("/new", "other.example")
    assert site.robots_asked == 2


def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(60)) + packer.flush()


def _coded(body: bytes, coding: str) -> Answer:
    return 200, {**HTML, "Content-Encoding": coding}, body


def _trickle_body(handler: Handler) -> None:
    handler.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(40):
        handler.write(b"x")
        time.sleep(0.05)


def _trickle_head(handler: Handler) -> None:
    handler.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(40):
        handler.write(b"X-%d: y\r\n" % number)
        time.sleep(0.05)


def _silence(handler: Handler) -> None:
    time.sleep(0.6)


def _endless(handler: Handler) -> None:
    handler.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(64):
        handler.write(b"10000\r\n" + b"y" * 0x10000 + b"\r\n")


def _not_http(handler: Handler) -> None:
    handler.write(b"220 mail.example ESMTP ready\r\n")


def _huge_head(handler: Handler) -> None:
    handler.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 300_000 + b"\r\n\r\n")


def _short_body(handler: Handler) -> None:
    handler.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


HOSTILE: dict[str, tuple[Play, str]] = {
    "not there": ((404, HTML, PAGE), "answered 404 Not Found"),
    "gone": ((410, HTML, PAGE), "answered 410 Gone"),
    "an unknown status": ((499, HTML, PAGE), "answered 499"),
    "server error": ((500, HTML, PAGE), "answered 500 Internal Server Error"),
    "a redirect to itself": ((302, {"Location": "/bad"}, b""), "redirects in a circle"),
    "a redirect to a file": ((302, {"Location": "file:///etc/passwd"}, b""), "only http and https"),
    "a redirect to gopher": ((302, {"Location": "gopher://news.example/"}, b""), "only http and https"),
    "a redirect to credentials": ((302, {"Location": "http://a:b@news.example/"}, b""), "name or password"),
    "a redirect to nonsense": ((302, {"Location": "http://[::"}, b""), "redirects to what"),
    "a redirect to loopback": ((302, {"Location": "http://127.0.0.1:1/"}, b""), "refused.*127.0.0.1"),
    "a redirect to metadata": ((302, {"Location": "http://169.254.169.254/latest"}, b""), "169.254.169.254.*metadata"),
    "a redirect to a mapped address": ((302, {"Location": "http://[::ffff:127.0.0.1]/"}, b""), "refused"),
    "a gzip bomb": (_coded(_bomb(), "gzip"), "over 1 MB when unpacked"),
    "a bomb in a bomb": (_coded(gzip.compress(_bomb()), "gzip, gzip"), "over 1 MB when unpacked"),
    "a brotli bomb": (lambda handler: _coded(_pack(b"\0" * 4_000_000, BrotliWriter), "br"), "over 1 MB when unpacked"),
    "a zstd bomb": (lambda handler: _coded(_pack(b"\0" * 4_000_000, ZstdWriter), "zstd"), "over 1 MB when unpacked"),
    "too many codings": (_coded(b"x", "gzip, gzip, gzip, gzip, gzip"), "5 times over"),
    "an unknown coding": (_coded(PAGE, "compress"), "not known"),
    "damaged gzip": (_coded(PAGE, "gzip"), "damaged or cut off"),
    "gzip cut off": (_coded(gzip.compress(PAGE)[:-9], "gzip"), "damaged or cut off"),
    "damaged brotli": (_coded(PAGE, "br"), "damaged or cut off"),
    "damaged zstd": (_coded(PAGE, "zstd"), "damaged or cut off"),
    "a trickling body": (_trickle_body, "took too long"),
    "a trickling head": (_trickle_head, "took too long"),
    "no answer": (_silence, "stopped answering"),
    "an endless body": (_endless, "over the 1 MB"),
    "a body said to be huge": ((200, {}, b"z" * 1_400_000), "over the 1 MB"),
    "not HTTP": (_not_http, "does not speak HTTP"),
    "a huge head": (_huge_head, "does not speak HTTP|over the"),
    "a body cut off": (_short_body, "broke off"),
}


DAWDLING = (_trickle_body, _trickle_head, _silence)


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_servers(site: Site, case: str) -> None:
    play, reason = HOSTILE[case]
    site.pages["/bad"] = play
    limits = HASTY if play in DAWDLING else replace(QUICK, retries=0)
    with open_fetcher(site, limits=limits) as fetcher, pytest.raises(UnreadableError, match=reason) as raised:
        fetch_capture(site.url("/bad"), fetcher)
    assert "\n" not in str(raised.value)
    assert "news.example" in str(raised.value)


def _pack(body: bytes, writer: type[BrotliWriter] | type[ZstdWriter]) -> bytes:
    packed = BytesIO()
    packer = writer(packed)
    packer.write(body)
    packer.close()
    return packed.getvalue()


CODED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]),
    "deflate": zlib.compress(PAGE),
    "Deflate": zlib.compress(PAGE)[2:-4],
    "br": _pack(PAGE, BrotliWriter),
    "zstd": _pack(PAGE, ZstdWriter),
    "identity": PAGE,
    "gzip, deflate": zlib.compress(gzip.compress(PAGE)),
}


@pytest.mark.parametrize("coding", CODED)
def test_codings(site: Site, fetcher: Fetcher, coding: str) -> None:
    site.pages["/a"] = _coded(CODED[coding], coding)
    capture = fetch_capture(site.url("/a"), fetcher)
    assert capture is not None
    assert capture.content == PAGE


def test_too_many_redirects(site: Site, fetcher: Fetcher) -> None:
    site.pages.update({f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(30)})
    with pytest.raises(FetchError, match="more than 10 redirects"):
        fetch_capture(site.url("/0"), fetcher)
    assert len(site.asked) == 11


@pytest.mark.parametrize(
    "url",
    ["http://", "http:///a", "ftp://news.example/", "http://a:b@news.example/", "http://[::", "http://x/" + "a" * 5000, "http://\x00/"],
)
def test_addresses_that_are_not_fetched(site: Site, fetcher: Fetcher, url: str) -> None:
    with pytest.raises(UsageError) as raised:
        fetcher.fetch(url)
    assert "\n" not in str(raised.value)
    assert "b@" not in str(raised.value)


def test_a_name_that_changes_its_mind(site: Site) -> None:
    """DNS rebinding: what was checked is what is connected to, and each connection is checked anew."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    site.pages["/a"] = lambda handler: (200, {**HTML, "Connection": "close"}, PAGE)
    site.pages["/robots.txt"] = lambda handler: (404, {}, b"")
    with open_fetcher(site, resolve=resolve, limits=replace(QUICK, retries=0)) as fetcher:
        assert fetch_capture(site.url("/a"), fetcher) is not None
        assert asked == ["news.example"]
        with pytest.raises(FetchError, match=r"127\.0\.0\.2"):
            fetch_capture(site.url("/a"), fetcher)


def test_the_second_address_is_tried(site: Site) -> None:
    site.pages["/a"] = (200, HTML, PAGE)
    guard = Guard(
        exempt=frozenset({("127.0.0.1", site.port), ("127.0.0.3", site.port)}), resolve=lambda host, port: ["127.0.0.3", "127.0.0.1"]
    )
    with Fetcher(guard=guard, limits=QUICK, sleep=lambda seconds: None) as fetcher:
        assert fetch_capture(site.url("/a"), fetcher) is not None


def test_nothing_listens(site: Site) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with Fetcher(guard=Guard(allow_private=True), limits=QUICK, sleep=lambda seconds: None) as fetcher:
        with pytest.raises(FetchError, match="no connection") as raised:
            fetch_capture(f"http://127.0.0.1:{port}/", fetcher)
        assert raised.value.again


def test_environment_proxies_are_ignored(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.pages["/a"] = (200, HTML, PAGE)
    assert fetch_capture(site.url("/a"), fetcher) is not None


# --- certificates ------------------------------------------------------------------------------------------------------


def test_certificates() -> None:
    site = Site(tls=True)
    site.pages["/a"] = (200, HTML, PAGE)
    try:
        with open_fetcher(site) as fetcher, pytest.raises(FetchError, match=r"certificate does not hold \(self.signed") as raised:
            fetch_capture(site.url("/a"), fetcher)
        assert not raised.value.again
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        with open_fetcher(site, context=trusting) as fetcher:
            capture = fetch_capture(site.url("/a"), fetcher)
            assert capture is not None
            assert capture.content == PAGE
            with pytest.raises(FetchError, match=r"certificate does not hold \(Hostname mismatch"):
                fetch_capture(site.url("/a", "other.example"), fetcher)
    finally:
        site.stop()


def test_plain_http_where_tls_is_expected(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="no secure connection"):
        fetch_capture(site.url("/a").replace("http:", "https:"), fetcher)


# --- asking again ------------------------------------------------------------------------------------------------------


def _failing(times: int, answer: Answer) -> Play:
    left = [times]

    def play(handler: Handler) -> Answer:
        left[0] -= 1
        return answer if left[0] >= 0 else (200, HTML, PAGE)

    return play


@pytest.mark.parametrize(
    ("answer", "pauses"),
    [
        ((503, {}, b""), [(1, 1.5), (2, 3)]),
        ((429, {"Retry-After": "7"}, b""), [(7, 7), (7, 7)]),
        ((429, {"Retry-After": "Fri, 01 Jan 2010 00:00:00 GMT"}, b""), [(0, 0), (0, 0)]),
    ],
)
def test_passing_failures_are_tried_again(site: Site, answer: Answer, pauses: list[tuple[float, float]]) -> None:
    slept: list[float] = []
    site.pages["/a"] = _failing(2, answer)
    with open_fetcher(site, sleep=slept.append, limits=replace(QUICK, host_pause=0)) as fetcher:
        assert fetch_capture(site.url("/a"), fetcher) is not None
    assert len(slept) == 2
    assert all(low <= pause <= high for pause, (low, high) in zip(slept, pauses, strict=True))


def test_a_server_that_wants_a_long_rest_is_left_alone(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (429, {"Retry-After": "3600"}, b"")
    with pytest.raises(FetchError, match="429 Too Many Requests") as raised:
        fetch_capture(site.url("/a"), fetcher)
    assert raised.value.again
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_refusals_are_not(site: Site, fetcher: Fetcher, status: int) -> None:
    site.pages["/a"] = (status, {}, b"")
    with pytest.raises(FetchError) as raised:
        fetch_capture(site.url("/a"), fetcher)
    assert not raised.value.again
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5), (" 12 ", 12), ("Tue, 02 Mar 2021 10:00:30 GMT", 30), ("soon", None), (None, None), ("-3", None), ("9" * 400, 999_999_999)],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, datetime(2021, 3, 2, 10, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("value", ["", "yesterday", None, "Tue, 99 Mar 2021 10:00:00 GMT", "\x00", "0"])
def test_dates_that_are_none(value: str | None) -> None:
    assert parse_http_date(value) is None


def test_pauses_grow_and_end() -> None:
    assert 1 <= compute_pause(0, Limits()) <= 1.5
    assert compute_pause(20, Limits()) == 30
    assert compute_pause(0, Limits(), asked=1e9) == 30


def test_requests_to_one_host_keep_apart() -> None:
    slept: list[float] = []
    pace = Pace(clock=lambda: 100.0, sleep=slept.append)
    for host in ("a", "a", "b", "a"):
        pace.wait(host, 2.0)
    assert slept == [2.0, 4.0]


def test_threads_take_turns() -> None:
    slept: list[float] = []
    pace = Pace(clock=lambda: 0.0, sleep=slept.append)
    threads = [threading.Thread(target=pace.wait, args=("a", 1.0)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == [float(n) for n in range(1, 20)]


# --- conditional requests ------------------------------------------------------------------------------------------------


def test_conditional_requests(site: Site, fetcher: Fetcher) -> None:
    def play(handler: Handler) -> Answer:
        same = handler.headers.get("If-None-Match") == '"v1"'
        return (304, {"ETag": '"v1"'}, b"") if same else (200, {**HTML, **DATES}, PAGE)

    site.pages["/a"] = play
    first = fetcher.fetch(site.url("/a"))[-1]
    assert first.validators == Validators('"v1"', DATES["Last-Modified"])
    assert fetch_capture(site.url("/a"), fetcher, first.validators) is None
    assert site.headers[-1]["If-Modified-Since"] == DATES["Last-Modified"]
    assert fetch_capture(site.url("/a"), fetcher, Validators('"v0"')) is not None


def test_an_unasked_304(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (304, {}, b"")
    with pytest.raises(FetchError, match="304 Not Modified"):
        fetch_capture(site.url("/a"), fetcher)


# --- robots.txt --------------------------------------------------------------------------------------------------------

ROBOTS: list[tuple[str, Play, str, bool]] = [
    ("none there", (404, {}, b""), "/a", True),
    ("forbidden itself", (403, {}, b""), "/a", True),
    ("server error", (500, {}, b""), "/a", False),
    ("too many requests", (429, {}, b""), "/a", False),
    ("empty", (200, {}, b""), "/a", True),
    ("not for us", (200, {}, b"User-agent: other\nDisallow: /"), "/a", True),
    ("for all", (200, {}, b"User-agent: *\nDisallow: /"), "/a", False),
    ("for us", (200, {}, b"User-agent: *\nDisallow:\n\nUser-agent: OnRecord\nDisallow: /a"), "/a", False),
    ("the longest rule counts", (200, {}, b"User-agent: *\nDisallow: /\nAllow: /news/"), "/news/a", True),
    ("wildcards", (200, {}, b"User-agent: *\nDisallow: /*.html$"), "/x/a.html", False),
    ("a byte order mark", (200, {}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), "/a", False),
    ("carriage returns", (200, {}, b"User-agent: *\rDisallow: /"), "/a", False),
    ("nonsense", (200, {}, bytes(range(256)) * 40), "/a", True),
    ("HTML", (200, HTML, PAGE), "/a", True),
    ("moved", (301, {"Location": "/elsewhere"}, b""), "/a", False),
    ("in a circle", (301, {"Location": "/robots.txt"}, b""), "/a", True),
    ("no answer", _silence, "/a", False),
]


@pytest.mark.parametrize(("play", "path", "allowed"), [case[1:] for case in ROBOTS], ids=[case[0] for case in ROBOTS])
def test_robots(site: Site, play: Play, path: str, allowed: bool) -> None:
    site.pages.update({"/robots.txt": play, path: (200, HTML, PAGE), "/elsewhere": (200, {}, b"User-agent: *\nDisallow: /")})
    with open_fetcher(site, limits=HASTY if play is _silence else replace(QUICK, retries=0)) as fetcher:
        if allowed:
            assert fetch_capture(site.url(path), fetcher) is not None
        else:
            with pytest.raises(FetchError, match=r"robots\.txt"):
                fetch_capture(site.url(path), fetcher)
            assert path not in site.asked


def test_robots_is_asked_for_once(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (200, HTML, PAGE)
    fetcher.fetch(site.url("/a"))
    fetcher.fetch(site.url("/a"))
    assert site.robots_asked == 1


def test_a_redirect_asks_the_robots_of_where_it_leads(site: Site, fetcher: Fetcher) -> None:
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /kept")
    site.pages["/a"] = (302, {"Location": "/kept"}, b"")
    with pytest.raises(FetchError, match=r"redirects to .*asks robots to leave it alone"):
        fetcher.fetch(site.url("/a"))


@pytest.mark.parametrize(("delay", "pause"), [(b"5", 5), (b"900", 30), (b"0.1", 1), (b"x", 1)])
def test_crawl_delay(site: Site, delay: bytes, pause: float) -> None:
    slept: list[float] = []
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: " + delay)
    site.pages["/a"] = (200, HTML, PAGE)
    with open_fetcher(site, sleep=slept.append) as fetcher:
        fetcher.fetch(site.url("/a"))
        fetcher.fetch(site.url("/a"))
    assert slept[-1] == pytest.approx(pause + slept[0] * (slept[-1] > pause), abs=1.1)


# --- what is kept ------------------------------------------------------------------------------------------------------


def test_every_exchange_is_kept_as_it_went_over_the_wire(site: Site) -> None:
    kept: list[Exchange] = []

    def chunked(handler: Handler) -> None:
        handler.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        handler.write(b"HTTP/1.1 200 Fine\r\nX-CASE:  kept \r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n2\r\nHi\r\n0\r\n\r\n")

    site.pages["/old"] = (301, {"Location": "/a"}, b"moved")
    site.pages["/a"] = chunked
    with open_fetcher(site, keep=kept.append) as fetcher:
        content = fetcher.fetch(site.url("/old"))[-1].content
    assert content == b"<p>Hi"
    assert [(e.url.removeprefix(site.url()), e.status) for e in kept] == [("robots.txt", 404), ("old", 301), ("a", 200)]
    assert kept[-1].received.startswith(b"HTTP/1.1 200 Fine\r\nX-CASE:  kept \r\n")
    assert kept[-1].received.endswith(b"3\r\n<p>\r\n2\r\nHi\r\n0\r\n\r\n")
    assert kept[-1].sent.startswith(b"GET /a HTTP/1.1\r\nHost: news.example:")
    assert kept[-1].address == "127.0.0.1"


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        ("text/html; charset=UTF-8", ("text/html", "UTF-8")),
        ("TEXT/HTML", ("text/html", None)),
        ('text/plain; charset="latin1"', ("text/plain", "latin1")),
        ("", (None, None)),
        (None, (None, None)),
        ("html", (None, None)),
        ("text/html; charset=", ("text/html", None)),
    ],
)
def test_content_types(value: str | None, parsed: tuple[str | None, str | None]) -> None:
    assert parse_content_type(value) == parsed


def test_how_we_name_ourselves() -> None:
    assert build_agent("https://desk.example/bot").endswith(" (+https://desk.example/bot)")
    assert build_agent().startswith("onrecord")
