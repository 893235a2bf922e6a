"""The parsers of bytes from outside, each as a function of one case: `PARSERS[name](case)`.

A case passes when the parser gives a value that keeps its promises, or refuses in one line with the error that its docstring names.
Whatever else it raises is a finding. What packing would hide from mutation (gzip, zip and its digests) is put on here, around the case.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

from bench.brat import read_relations
from bench.gum import read_document
from bench.pairs import read_table
from bench.timeml import read_gum, read_timeml
from onrecord.capture import build_capture
from onrecord.capture.feeds import parse_feed
from onrecord.capture.limits import decode_body, parse_http_date
from onrecord.capture.sitemaps import parse_sitemap, parse_time
from onrecord.capture.wacz import read_wacz
from onrecord.capture.warc import read_records
from onrecord.encoding import check_readable, decode
from onrecord.errors import UnreadableError
from onrecord.page import read_page
from onrecord.page.days import find_day, is_day_line, parse_date_line, parse_day
from onrecord.resolve.times import find_times
from onrecord.types import Capture, Page, Skipped

_PACKED_LIMIT = 1 << 20  # bytes that one case may unpack to
_CHARSETS = (None, "utf-8", "latin-1", "shift_jis", "iso-2022-jp", "gb18030", "utf-16", "koi8-r", "no such", "base64", "big5", "euc-kr")
_DAYS = (None, date(2023, 5, 4), date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29))
_CODINGS = ("gzip", "deflate", "br", "zstd", "gzip, br", "identity")
_POST = (
    b"<!doctype html><html><body><article><p>The harbour council met on Monday, its chair said after the vote.</p>",
    b"<p>The plan goes to the county next, where nobody expects any resistance.</p></article></body></html>",
)


def parse_html(case: bytes) -> None:
    """A page: text, blocks, embeds and metadata."""
    _read(build_capture(b"<html>" + case, "case.html"))


def parse_embeds(case: bytes) -> None:
    """What stands inside an article: an embedded post, mostly."""
    _read(build_capture(_POST[0] + case + _POST[1], "case.html"))


def parse_plain(case: bytes) -> None:
    """Bytes of which nothing is known."""
    _read(build_capture(case, "case"))


def _read(capture: Capture) -> None:
    try:
        page = read_page(capture)
    except UnreadableError as error:
        check_line(error)
    else:
        check_page(page, len(capture.content))


def check_page(page: Page, size: int) -> None:
    """What holds of each page: blocks in order and apart, embeds in the text, places in the bytes."""
    at = 0
    for block in page.blocks:
        assert at <= block.span.start < block.span.end <= len(page.text), block
        at = block.span.end
        place = page.origin.find_bytes(block.span)
        assert place is None or 0 <= place[0] < place[1] <= size, place
    assert page.text.encode("utf-8")
    assert all(0 <= embed.span.start <= embed.span.end <= len(page.text) for embed in page.embeds)


def parse_encodings(case: bytes) -> None:
    """Any bytes under any declared encoding, the first byte choosing; each character keeps its place."""
    capture = build_capture(case[1:], "case", charset=_CHARSETS[case[0] % len(_CHARSETS)] if case else None)
    decoded = decode(capture)
    assert decoded.text.encode("utf-8") is not None
    try:
        check_readable(capture)
    except UnreadableError as error:
        check_line(error)


def parse_feeds(case: bytes) -> None:
    """RSS, Atom and JSON Feed."""
    try:
        feed = parse_feed(build_capture(case, "feed", url="http://news.example/"))
    except UnreadableError as error:
        check_line(error)
    else:
        assert all(entry.id and entry.url.lower().startswith(("http://", "https://")) for entry in feed.entries)


def parse_sitemaps(case: bytes) -> None:
    """Sitemaps and their indexes."""
    try:
        assert all(entry.url for entry in parse_sitemap(case, "map"))
    except UnreadableError as error:
        check_line(error)


def parse_warc(case: bytes) -> None:
    """A WARC file; packed in gzip where the first byte is odd."""
    content = case[1:]
    _check_captures(
        read_records(io.BytesIO(gzip.compress(content, 1) if case[:1] and case[0] & 1 else content), "a.warc", limit=_PACKED_LIMIT)
    )


def parse_bodies(case: bytes) -> None:
    """The body of an answer under its coding, which the first byte chooses."""
    coding = _CODINGS[case[0] % len(_CODINGS)] if case else "gzip"
    try:
        assert len(decode_body(case[1:], coding, _PACKED_LIMIT, "page")) <= _PACKED_LIMIT or coding == "identity"
    except UnreadableError as error:
        check_line(error)


def parse_wacz(case: bytes) -> None:
    """A WACZ file as it is, where the first byte is even; else one built around the case, so that its digests hold."""
    with tempfile.NamedTemporaryFile(suffix=".wacz", dir=_SHARED) as file:
        file.write(case[1:] if case and not case[0] & 1 else _pack(case[1:]))
        file.flush()
        _check_captures(read_wacz(file.name, limit=_PACKED_LIMIT))


def _pack(case: bytes) -> bytes:
    """A package whose archive is the case, up to the first NUL, and whose list is what follows it, or a true one where nothing does."""
    archive, _, listed = case.partition(b"\x00")
    digest = f"sha256:{sha256(archive).hexdigest()}"
    resources = [{"name": "a.warc", "path": "archive/a.warc", "hash": digest, "bytes": len(archive)}]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        package.writestr("archive/a.warc", archive)
        package.writestr("datapackage.json", listed or json.dumps({"profile": "data-package", "resources": resources}))
    return held.getvalue()


def _check_captures(found: Iterator[Capture | Skipped]) -> None:
    for one in found:
        if isinstance(one, Skipped):
            assert one.reason, one
            assert "\n" not in one.reason, one
        else:
            assert len(one.content) <= _PACKED_LIMIT


def parse_dates(case: bytes) -> None:
    """Times in a text, the first byte choosing the day of publication; and dates in metadata, headers and lines."""
    text = case[1:].decode("utf-8", "replace")
    times = find_times(text, _DAYS[case[0] % len(_DAYS)] if case else None)
    assert all(0 <= time.span.start < time.span.end <= len(text) for time in times.found)
    for parse in (parse_day, find_day, is_day_line, parse_date_line, parse_http_date, parse_time):
        parse(text)


def parse_brat(case: bytes) -> None:
    """A brat file of attributions."""
    with _written(case) as path:
        try:
            relations = read_relations(path)
        except ValueError as error:
            check_line(error)
        else:
            spans = [span for relation in relations for span in (*relation.source, *relation.cue, *relation.content)]
            assert all(0 <= start <= end for start, end in spans)


def parse_tables(case: bytes) -> None:
    """Tables parted by tabs: pairs of translations, and GUM's two layers, parted by a NUL."""
    with _written(case) as path:
        try:
            assert len({len(column) for column in read_table(path)}) == 1
        except ValueError as error:
            check_line(error)
    raw, _, rows = case.partition(b"\x00")
    with _written(raw) as xml, _written(rows) as conll:
        try:
            document = read_document(xml, conll)
        except ValueError as error:
            check_line(error)
        else:
            assert all(0 <= mention.start <= mention.end <= len(document.text) for mention in document.mentions)


def parse_times(case: bytes) -> None:
    """Annotated times: TimeML, and GUM's TEI."""
    with _written(case) as path:
        for parse in (read_timeml, read_gum):
            try:
                article = parse(path)
            except ValueError as error:
                check_line(error)
            else:
                assert all(0 <= time.span.start <= time.span.end <= len(article.text) for time in article.times)


class _written:  # noqa: N801  (used as a function is)
    """A file that holds a case, while the block lasts."""

    def __init__(self, case: bytes) -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="GUM_case_", dir=_SHARED)  # noqa: SIM115
        self._file.write(case)
        self._file.flush()

    def __enter__(self) -> Path:
        return Path(self._file.name)

    def __exit__(self, *_: object) -> None:
        self._file.close()


_SHARED = "/dev/shm" if Path("/dev/shm").is_dir() else None  # files that never reach a disk, where there are such


def check_line(error: Exception) -> None:
    """A refusal is one line, and not an empty one."""
    line = str(error)
    assert line.strip(), repr(error)
    assert "\n" not in line, line
    assert len(line) < 1000, line


PARSERS: dict[str, Callable[[bytes], None]] = {
    "bodies": parse_bodies,
    "brat": parse_brat,
    "dates": parse_dates,
    "embeds": parse_embeds,
    "encodings": parse_encodings,
    "feeds": parse_feeds,
    "html": parse_html,
    "plain": parse_plain,
    "sitemaps": parse_sitemaps,
    "tables": parse_tables,
    "timeml": parse_times,
    "wacz": parse_wacz,
    "warc": parse_warc,
}
