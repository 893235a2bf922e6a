"""WARC and WACZ files: the pages in them, what is broken in one line each, and what is written read back."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.stream_io import Lz4Writer, ZstdWriter
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from onrecord.capture.fetch import Validators
from onrecord.capture.wacz import read_wacz
from onrecord.capture.warc import WarcFile, join_chunks, read_warc
from onrecord.errors import UsageError
from onrecord.types import Capture, Skipped
from tests.web.archives import PAGE, build_block, build_gzip_bomb, build_page, build_record, build_wacz
from tests.web.server import HTML, Site, open_fetcher


def _pack(content: bytes, writer: type[ZstdWriter] | type[Lz4Writer]) -> bytes:
    out = io.BytesIO()
    packer = writer(out)
    packer.write(content)
    packer.close()
    return out.getvalue()


def _read(folder: Path, content: bytes, name: str = "a.warc.gz") -> list[Capture | Skipped]:
    path = folder / name
    path.write_bytes(content)
    return list((read_wacz if name.endswith(".wacz") else read_warc)(str(path)))


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": lambda content: _pack(content, ZstdWriter),
    "lz4": lambda content: _pack(content, Lz4Writer),
}


@pytest.mark.parametrize("packing", PACKED)
def test_pages_of_a_warc(tmp_path: Path, packing: str) -> None:
    pack = PACKED[packing]
    dates = ("Date: Tue, 02 Mar 2021 09:59:58 GMT", "Last-Modified: Mon, 01 Mar 2021 09:00:00 GMT", 'ETag: "v1"')
    first, second = _read(tmp_path, pack(build_page(1, PAGE, *dates)) + pack(build_page(2)))
    assert isinstance(first, Capture)
    assert isinstance(second, Capture)
    assert (first.content, first.url, first.location) == (PAGE, "http://news.example/1", f"{tmp_path}/a.warc.gz#urn:uuid:1")
    assert (first.media_type, first.charset, first.status, first.etag) == ("text/html", "utf-8", 200, '"v1"')
    assert first.captured == datetime(2021, 3, 2, 10, tzinfo=UTC)
    assert first.served == datetime(2021, 3, 2, 9, 59, 58, tzinfo=UTC)
    assert first.last_modified == datetime(2021, 3, 1, 9, tzinfo=UTC)
    assert second.location.endswith("#urn:uuid:2")


PASSED_OVER = {
    "an image": build_record(build_block(b"GIF8", kind="image/gif")),
    "an error page": build_record(build_block(PAGE, status="404 Not Found")),
    "a redirect": build_record(build_block(b"", "Location: /b", status="301 Moved")),
    "a request": build_record(b"GET / HTTP/1.1\r\n\r\n", type="request", media="application/http; msgtype=request"),
    "warcinfo": build_record(b"software: x\r\n", type="warcinfo", media="application/warc-fields"),
    "a revisit": build_record(build_block(b""), type="revisit"),
    "a resource of no text": build_record(b"abc", type="resource", media="image/png"),
    "no type": build_record(b"HTTP/1.1 200 OK\r\n\r\nabc"),
    "not HTTP": build_record(b"\xff\xfe garbage"),
}


@pytest.mark.parametrize("case", PASSED_OVER)
def test_what_is_no_page_is_passed_over(tmp_path: Path, case: str) -> None:
    found = _read(tmp_path, PASSED_OVER[case] + build_page(2))
    assert [f.url for f in found if isinstance(f, Capture)] == ["http://news.example/2"]
    assert len(found) == 1


BODIES = {
    "plain": (PAGE, ()),
    "gzip": (gzip.compress(PAGE), ("Content-Encoding: gzip",)),
    "deflate": (zlib.compress(PAGE), ("Content-Encoding: deflate",)),
    "chunked": (b"3\r\n" + PAGE[:3] + b"\r\n%x;x=y\r\n" % len(PAGE[3:]) + PAGE[3:] + b"\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",)),
    "said to be chunked": (PAGE, ("Transfer-Encoding: chunked",)),
    "an odd header": (PAGE, ("X-Odd: \xff\xfe",)),
}


@pytest.mark.parametrize("case", BODIES)
def test_bodies(tmp_path: Path, case: str) -> None:
    body, headers = BODIES[case]
    (found,) = _read(tmp_path, build_page(1, body, *headers))
    assert isinstance(found, Capture)
    assert found.content == PAGE


@pytest.mark.parametrize("type", ["resource", "conversion"])
def test_pages_without_http(tmp_path: Path, type: str) -> None:
    (found,) = _read(tmp_path, build_record(PAGE, type=type, media="text/html", WARC_Target_URI="<http://news.example/x>"))
    assert isinstance(found, Capture)
    assert (found.content, found.status, found.url) == (PAGE, None, "http://news.example/x")


TWO = gzip.compress(build_page(1)) + gzip.compress(build_page(2, PAGE * 200))
GOOD = gzip.compress(build_page(1)) + gzip.compress(build_page(2, PAGE * 2000))  # the last kilobytes before damage are lost with it
FLIPPED = GOOD + gzip.compress(build_page(3))[:40] + b"\xff\xff\xff" + gzip.compress(build_page(3))[43:]
BROKEN: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 0, "holds no pages"),
    "a page instead": (PAGE * 20, 0, "damaged, or no WARC file"),
    "gzip of something else": (gzip.compress(PAGE * 20), 0, "damaged, or no WARC file"),
    "zstd of nothing": (b"\x28\xb5\x2f\xfd\xff\xff\xff", 0, "damaged, or no WARC file"),
    "cut off": (TWO[:-60], 1, "cut off"),
    "cut off in the first": (TWO[:150], 0, "cut off|damaged"),
    "bytes flipped": (FLIPPED, 1, "damaged.*1 page could be read"),
    "junk after a record": (build_page(1) + b"junk junk\r\n\r\n" + build_page(2), 1, "damaged"),
    "no length": (build_record(build_block(PAGE), Content_Length=None), 0, "damaged|holds no"),
    "a wrong length": (build_record(build_block(PAGE), Content_Length="9999"), 0, "cut off"),
    "a huge length": (build_record(build_block(PAGE), Content_Length="99999999999"), 0, "more than is read at once"),
    "a body that is a bomb": (
        build_page(1, build_gzip_bomb(60, b"a"), "Content-Encoding: gzip") + build_page(2),
        1,
        "over 50 MB when unpacked",
    ),
    "a damaged body": (build_page(1, PAGE, "Content-Encoding: gzip") + build_page(2), 1, "damaged or cut off"),
    "an unknown coding": (build_page(1, PAGE, "Content-Encoding: x-odd") + build_page(2), 1, "not known"),
    "a bomb of empty lines": (build_gzip_bomb(300), 0, "unpacks to more than 300 times"),
    "a bomb as a head": (build_gzip_bomb(30, b"a", b"WARC/1.1\r\nX: "), 0, "damaged"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_warcs(tmp_path: Path, case: str) -> None:
    content, pages, reason = BROKEN[case]
    found = _read(tmp_path, content)
    skipped = [f for f in found if isinstance(f, Skipped)]
    assert sum(isinstance(f, Capture) for f in found) == pages
    assert len(skipped) == 1
    assert "\n" not in skipped[0].reason
    assert "a.warc.gz" in skipped[0].reason
    _match(reason, skipped[0].reason)


def _match(pattern: str, text: str) -> None:
    assert re.search(pattern, text), text


@pytest.mark.parametrize("read", [read_warc, read_wacz])
def test_a_missing_file_is_usage(tmp_path: Path, read: Callable[[str], object]) -> None:
    with pytest.raises(UsageError):
        list(read(str(tmp_path / "missing")))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("body", "joined"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"0\r\n\r\n", b""),
        (b"A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", b"0123456789"),
        (b"", b""),
        (b"3\r\nab", b"3\r\nab"),
        (b"-3\r\nabc\r\n0\r\n\r\n", b"-3\r\nabc\r\n0\r\n\r\n"),
        (b"fffffffffffffffff\r\n", b"fffffffffffffffff\r\n"),
    ],
)
def test_chunks(body: bytes, joined: bytes) -> None:
    assert join_chunks(body) == joined


# --- WACZ --------------------------------------------------------------------------------------------------------------


def test_pages_of_a_wacz(tmp_path: Path) -> None:
    files = [("archive/a.warc.gz", gzip.compress(build_page(1))), ("archive/b.warc", build_page(2)), ("pages/pages.jsonl", b"{}\n")]
    found = _read(tmp_path, build_wacz(files, digest=""), "a.wacz")
    assert [f.location for f in found if isinstance(f, Capture)] == [
        f"{tmp_path}/a.wacz/archive/a.warc.gz#urn:uuid:1",
        f"{tmp_path}/a.wacz/archive/b.warc#urn:uuid:2",
    ]


WARC = gzip.compress(build_page())
DUPLICATE = [("archive/a.warc.gz", WARC), ("archive/a.warc.gz", gzip.compress(build_page(2)))]
REFUSED: dict[str, tuple[bytes, str]] = {
    "no zip": (b"PK\x03\x04 nonsense", "damaged, or no WACZ"),
    "empty": (b"", "damaged, or no WACZ"),
    "cut off": (build_wacz()[:-100], "damaged, or no WACZ"),
    "an absolute name": (build_wacz([("/etc/cron.d/a", b"x")]), "leads outside"),
    "a name with ..": (build_wacz([("archive/../../a.warc", b"x")]), "leads outside"),
    "a backslash": (build_wacz([("archive\\..\\a.warc", b"x")]), "leads outside"),
    "a drive": (build_wacz([("C:/a.warc", b"x")]), "leads outside"),
    "duplicate names": (build_wacz(DUPLICATE), "two files in it are named"),
    "no list": (build_wacz(package=b""), "no datapackage.json"),
    "a list that is no JSON": (build_wacz(package=b"{"), "is not JSON"),
    "a list nested deep": (build_wacz(package=b"[" * 100_000), "is not JSON"),
    "a list that is a list": (build_wacz(package=b"[]"), "is not an object"),
    "no resources": (build_wacz(package=b"{}"), "lists no resources"),
    "resources without paths": (build_wacz(package=b'{"resources": [1]}'), "has no path"),
    "a wrong digest": (build_wacz(changes={"hash": "sha256:" + "0" * 64}), "does not have the digest"),
    "no digest": (build_wacz(changes={"hash": None}), "does not have the digest"),
    "an unknown digest": (build_wacz(changes={"hash": "crc32:0"}), "does not have the digest"),
    "a wrong size": (build_wacz(changes={"bytes": 3}), "bytes where datapackage.json says 3"),
    "a file that is not there": (build_wacz(changes={"path": "archive/b.warc.gz"}), "in datapackage.json and not in it"),
    "an archive that is not listed": (build_wacz(leave=frozenset({"archive/a.warc.gz"})), "not in datapackage.json"),
    "a wrong digest of the list": (build_wacz(digest="sha256:" + "0" * 64), "is not the one"),
    "a bomb": (build_wacz([("archive/a.warc", b"\0" * (70 << 20))]), "from next to nothing"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_waczs_that_are_refused(tmp_path: Path, case: str) -> None:
    content, reason = REFUSED[case]
    (found,) = _read(tmp_path, content, "a.wacz")
    assert isinstance(found, Skipped)
    _match(reason, found.reason)
    assert "\n" not in found.reason
    assert "a.wacz" in found.reason


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    content = bytearray(build_wacz())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + at] |= 1
    (found,) = _read(tmp_path, bytes(content), "a.wacz")
    assert isinstance(found, Skipped)
    assert "encrypted" in found.reason


def test_a_damaged_archive_in_a_good_package(tmp_path: Path) -> None:
    files = [("archive/a.warc.gz", WARC[:-30]), ("archive/b.warc.gz", gzip.compress(build_page(2)))]
    found = _read(tmp_path, build_wacz(files), "a.wacz")
    assert [type(f) for f in found] == [Skipped, Capture]


def test_a_bad_checksum_in_the_zip(tmp_path: Path) -> None:
    content = bytearray(build_wacz())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        at = package.getinfo("archive/a.warc.gz").header_offset + 60
    content[at] ^= 0xFF
    (found,) = _read(tmp_path, bytes(content), "a.wacz")
    assert isinstance(found, Skipped)


# --- what is written -----------------------------------------------------------------------------------------------------


def test_what_is_fetched_is_read_back(site: Site, tmp_path: Path) -> None:
    site.pages["/old"] = (301, {"Location": "/a"}, b"moved")
    site.pages["/a"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE))
    site.pages["/same"] = (304, {"ETag": '"v1"'}, b"")
    path = tmp_path / "kept.warc.gz"
    for _ in range(2):  # the second time it is added to
        with WarcFile(str(path)) as warc, open_fetcher(site, keep=warc.write) as fetcher:
            fetcher.fetch(site.url("/old"))
            fetcher.fetch(site.url("/same"), known=Validators('"v1"'))
    found = list(read_warc(str(path)))
    assert [(f.content, f.url) for f in found if isinstance(f, Capture)] == [(PAGE, site.url("/a"))] * 2
    with path.open("rb") as file:
        kinds = [record.rec_type for record in WarcioIterator(file, check_digests="raise") if record.content_stream().read() is not None]
    assert kinds[:9] == ["warcinfo", *["response", "request"] * 3, "revisit", "request"]
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            digest = record.headers.get("WARC-Block-Digest")
            block = record.reader.read()
            if record.headers.get("WARC-Type") != "warcinfo":
                assert digest == f"sha256:{sha256(block).hexdigest()}"
                assert record.headers.get("WARC-IP-Address") == "127.0.0.1"


def test_a_warc_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        WarcFile(str(tmp_path / "no" / "a.warc.gz"))
