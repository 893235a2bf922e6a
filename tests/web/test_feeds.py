"""Feeds and sitemaps: what is in them, broken ones, and polling them; and every kind of source as captures."""

from __future__ import annotations

import gzip
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord.capture import build_capture, holds_many, read_captures, read_one
from onrecord.capture.feeds import is_feed, parse_feed
from onrecord.capture.fetch import Fetcher
from onrecord.capture.poll import Polled, PollState, poll, watch
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Capture, Skipped
from tests.web.archives import PAGE, build_page, build_wacz
from tests.web.server import HTML, Answer, Handler, Site

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Port news</title>
<item><guid>g1</guid><link>/a</link><title>A</title><pubDate>Tue, 02 Mar 2021 10:00:00 GMT</pubDate></item>
<item><link>http://news.example/b</link></item><item><title>leads nowhere</title></item>
<item><guid>g1</guid><link>/again</link></item><item><link>javascript:alert(1)</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Port news</title>
<entry><id>g1</id><link href="/a"/><title>A</title><published>2021-03-02T11:00:00+01:00</published></entry>
<entry><id>http://news.example/b</id><link href="http://news.example/b"/></entry></feed>"""
RDF = """<?xml version="1.0"?><!-- made by hand --><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/"><channel><title>Port news</title></channel>
<item rdf:about="g1"><link>http://news.example/a</link><title>A</title></item><item><link>http://news.example/b</link></item></rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Port news",
        "items": [
            {"id": "g1", "url": "/a", "title": "A", "date_published": "2021-03-02T10:00:00Z"},
            {"id": "http://news.example/b", "url": "http://news.example/b"},
            7,
            {"id": "x"},
        ],
    }
)
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> http://news.example/a </loc><n:news><n:publication><n:name>Port news</n:name></n:publication>
<n:publication_date>2021-03-02T10:00:00Z</n:publication_date><n:title>A</n:title></n:news></url><url><loc>http://news.example/b</loc></url><url/></urlset>"""
FORMS = {"RSS": RSS, "Atom": ATOM, "RSS 1.0": RDF, "JSON Feed": JSON_FEED, "sitemap": SITEMAP}


def _parse(content: str | bytes) -> Capture:
    return build_capture(content.encode() if isinstance(content, str) else content, "feed.xml", url="http://news.example/feed")


@pytest.mark.parametrize("form", FORMS)
def test_entries(form: str) -> None:
    assert is_feed(FORMS[form].encode())
    first, second = parse_feed(_parse(FORMS[form])).entries
    assert (first.url, second.url, first.title) == ("http://news.example/a", "http://news.example/b", "A")
    assert first.id == ("g1" if form != "sitemap" else "http://news.example/a") or form == "RSS 1.0"
    assert first.published == (datetime(2021, 3, 2, 10, tzinfo=UTC) if form != "RSS 1.0" else None)


@pytest.mark.parametrize(
    "content", [PAGE, b"", b"words", b"{}", b'{"version": "1.0"}', b"<rs", b"\x1f\x8bnothing", b"<feedback>words", b"<!--" * 3000]
)
def test_what_is_no_feed(content: bytes) -> None:
    assert not is_feed(content)


def test_a_sitemap_gzipped_and_an_index() -> None:
    packed = gzip.compress(SITEMAP.encode())
    assert is_feed(packed)
    assert len(parse_feed(_parse(packed)).entries) == 2
    index = "<sitemapindex><sitemap><loc>/one.xml</loc></sitemap></sitemapindex>"
    assert parse_feed(_parse(index)).lists == ("http://news.example/one.xml",)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "{}">{}]>'.format(
    "ha" * 50,
    "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdef", "bcdefg", strict=True)),
)
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
MENDED = {
    "cut off": RSS[: RSS.index("<item><title>leads")],
    "an unknown entity": RSS.replace("<title>A", "<title>A&nbsp;&bogus;"),
    "wrong nesting": RSS.replace("</guid>", "</giud>", 1),
    "multiplying entities": LAUGHS + RSS[21:].replace("<title>A", "<title>&g;"),
    "an outside entity": OUTSIDE + RSS[21:].replace("<title>A", "<title>&x;"),
    "a sitemap cut off": SITEMAP[: SITEMAP.index("<url/>")],
    "a sitemap with entities": LAUGHS + SITEMAP[21:].replace(">A<", ">&g;<"),
    "a sitemap with an outside entity": OUTSIDE + SITEMAP[21:].replace(">A<", ">&x;<"),
}


@pytest.mark.parametrize("case", MENDED)
def test_broken_feeds_give_what_can_be_read(case: str) -> None:
    entries = parse_feed(_parse(MENDED[case])).entries
    assert "http://news.example/a" in {entry.url for entry in entries}
    assert all(len(entry.title or "") < 200 and "root:" not in (entry.title or "") for entry in entries)


HOPELESS = {
    "RSS of nothing": "<rss",
    "JSON cut off": JSON_FEED[:-30],
    "JSON without items": '{"version": "https://jsonfeed.org/version/1", "items": 3}',
    "a sitemap's gzip cut off": gzip.compress(SITEMAP.encode() * 9)[:-20],
    "a sitemap bomb": gzip.compress(b"<urlset>" + b" " * (51 << 20)),
    "a feed of 21 MB": "<rss><channel>" + " " * (21 << 20),
}


@pytest.mark.parametrize("case", HOPELESS)
def test_hopeless_feeds_are_refused_in_one_line(case: str) -> None:
    with pytest.raises(UnreadableError, match=r"feed\.xml: ") as raised:
        parse_feed(_parse(HOPELESS[case]))
    assert "\n" not in str(raised.value)


# --- sources -----------------------------------------------------------------------------------------------------------


def test_every_kind_of_source(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.pages.update({f"/{name}": (200, HTML, PAGE) for name in "abc"})
    site.pages["/feed"] = (200, {"Content-Type": "text/html"}, _here(site, RSS))
    site.pages["/w.warc"] = (200, {}, build_page(7))
    site.pages["/index"] = (200, {}, f"<sitemapindex><sitemap><loc>{site.url('/map')}</loc></sitemap></sitemapindex>".encode())
    site.pages["/map"] = (200, {}, _here(site, SITEMAP))
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "list.xml").write_bytes(_here(site, ATOM).replace(b'"/a"', f'"{site.url("/c")}"'.encode()))
    (tmp_path / "odd-name").write_bytes(build_page(1))
    (tmp_path / "a.wacz").write_bytes(build_wacz())
    (tmp_path / "bad.wacz").write_bytes(b"PK")
    files = [str(tmp_path / name) for name in ("page.html", "list.xml", "odd-name", "bad.wacz", "a.wacz", "missing")]
    found = list(read_captures([*files, *map(site.url, ("/a", "/feed", "/none", "/w.warc", "/index"))], fetcher))
    here = f"{tmp_path}/"
    assert [("-" if isinstance(f, Skipped) else "+") + f.location.removeprefix(here).removeprefix(site.url()[:-1]) for f in found] == [
        *("+page.html", "+/c", "+/b", "+odd-name#urn:uuid:1", "-bad.wacz", "+a.wacz/archive/a.warc.gz#urn:uuid:1", "-missing"),
        *("+/a", "+/a", "+/b", "-/none", "+/w.warc#urn:uuid:7", "+/a", "+/b"),
    ]


def _here(site: Site, text: str) -> bytes:
    return text.replace("http://news.example", site.url()[:-1]).encode()


def test_one_document(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.pages["/a"] = (200, HTML, PAGE)
    site.pages["/feed"] = (200, {}, _here(site, RSS))
    (tmp_path / "a.warc").write_bytes(build_page())
    assert read_one(site.url("/a"), fetcher).content == PAGE
    with pytest.raises(UnreadableError, match="404"):
        read_one(site.url("/none"), fetcher)
    for many in (site.url("/feed"), str(tmp_path / "a.warc")):
        with pytest.raises(UsageError, match="many documents"):
            read_one(many, fetcher)
    assert holds_many(str(tmp_path / "a.warc"))
    assert not holds_many(str(tmp_path))


# --- polling -----------------------------------------------------------------------------------------------------------


def _names(site: Site, polled: list[Polled]) -> list[str]:
    return [type(p.found).__name__[0] + p.found.location.removeprefix(site.url()[:-1]) for p in polled]


def _list(*paths: str) -> str:
    return '<rss version="2.0"><channel>' + "".join(f"<item><link>{path}</link></item>" for path in paths) + "</channel></rss>"


def test_polling_gives_what_is_new(site: Site, fetcher: Fetcher) -> None:
    body = [_list("/a", "/gone")]

    def play(handler: Handler) -> Answer:
        etag = f'"{len(body[0])}"'
        return (304, {}, b"") if handler.headers.get("If-None-Match") == etag else (200, {"ETag": etag}, body[0].encode())

    site.pages.update({"/feed": play, "/a": (200, HTML, PAGE), "/b": (200, HTML, PAGE)})
    first = list(poll(site.url("/feed"), fetcher))
    assert _names(site, first) == ["C/a", "S/gone", "C/feed"]
    state = PollState.from_dict(json.loads(json.dumps(first[-1].state.to_dict())))
    assert state == first[-1].state
    assert list(poll(site.url("/feed"), fetcher, state)) == []
    body[0] = _list("/b", "/a", "/gone")
    again = list(poll(site.url("/feed"), fetcher, state))
    assert _names(site, again) == ["C/b", "C/feed"]


def test_what_fails_for_now_is_tried_again(site: Site, fetcher: Fetcher) -> None:
    site.pages.update({"/feed": (200, {"ETag": '"1"'}, _list("/a", "/b").encode()), "/a": (503, {}, b""), "/b": (200, HTML, PAGE)})
    first = list(poll(site.url("/feed"), fetcher))
    assert _names(site, first) == ["S/a", "C/b", "C/feed"]
    site.pages["/a"] = (200, HTML, PAGE)
    assert _names(site, list(poll(site.url("/feed"), fetcher, first[-1].state))) == ["C/a", "C/feed"]


def test_whoever_is_interrupted_is_given_the_rest(site: Site, fetcher: Fetcher) -> None:
    site.pages.update({"/feed": (200, {"ETag": '"1"'}, _list("/a", "/b").encode()), "/a": (200, HTML, PAGE), "/b": (200, HTML, PAGE)})
    state = next(iter(poll(site.url("/feed"), fetcher))).state
    assert _names(site, list(poll(site.url("/feed"), fetcher, state))) == ["C/b", "C/feed"]


def test_a_changed_entry_comes_again(site: Site, fetcher: Fetcher) -> None:
    dated = ATOM.replace("</entry>", "<updated>2021-03-0{}T00:00:00Z</updated></entry>", 1)
    site.pages.update({"/feed": (200, {}, _here(site, dated.format(3))), "/a": (200, HTML, PAGE), "/b": (200, HTML, PAGE)})
    state = list(poll(site.url("/feed"), fetcher))[-1].state
    site.pages["/feed"] = (200, {}, _here(site, dated.format(4)))
    assert _names(site, list(poll(site.url("/feed"), fetcher, state))) == ["C/a", "C/feed"]


def test_lists_of_lists_end(site: Site, fetcher: Fetcher) -> None:
    site.pages["/index"] = (200, {}, f"<sitemapindex><sitemap><loc>{site.url('/index')}</loc></sitemap></sitemapindex>".encode())
    assert _names(site, list(poll(site.url("/index"), fetcher))) == ["C/index", "C/index"]


@pytest.mark.parametrize("body", [PAGE, b"<rss", b""])
def test_what_is_no_list_is_skipped(site: Site, fetcher: Fetcher, body: bytes) -> None:
    site.pages["/feed"] = (200, {}, body)
    (polled,) = poll(site.url("/feed"), fetcher)
    assert isinstance(polled.found, Skipped)
    assert polled.state == PollState()


def test_watching_goes_round_until_stopped(site: Site, fetcher: Fetcher) -> None:
    site.pages.update({"/feed": (200, {}, _list("/a").encode()), "/a": (200, HTML, PAGE), "/bad": (404, {}, b"")})
    stop, seen = threading.Event(), []
    for polled in watch([site.url("/bad"), site.url("/feed")], fetcher, every=0.001, stop=stop):
        seen.append(polled)
        if len(seen) == 7:
            stop.set()
    assert _names(site, seen) == ["S/bad", "C/a", "C/feed", "S/bad", "C/feed", "S/bad", "C/feed"]
