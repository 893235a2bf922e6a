"""Whatever bytes come: what reads them gives values, or one line, and nothing else."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.capture import build_capture
from onrecord.capture.feeds import is_feed, parse_feed
from onrecord.capture.limits import decode_body, parse_http_date
from onrecord.capture.observe import parse_timemap
from onrecord.capture.warc import join_chunks, read_records
from onrecord.errors import UnreadableError
from onrecord.types import Capture, Skipped
from tests.web.archives import build_page
from tests.web.test_feeds import FORMS

WARC = build_page(1) + build_page(2)
WARCS = [WARC, gzip.compress(WARC)]


@st.composite
def broken(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    """One of `whole`, with a stretch of it left out or replaced."""
    content = draw(st.sampled_from(whole))
    first, last = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
    return content[:first] + draw(st.binary(max_size=20)) + content[last:]


@given(broken(WARCS))
def test_broken_warcs(content: bytes) -> None:
    found = list(read_records(io.BytesIO(content), "a.warc"))
    assert all(isinstance(f, Capture | Skipped) for f in found)
    assert all("\n" not in f.reason for f in found if isinstance(f, Skipped))
    assert found


@settings(max_examples=60)
@given(broken([form.encode() for form in FORMS.values()]))
def test_broken_feeds(content: bytes) -> None:
    if is_feed(content):
        with suppress(UnreadableError):
            entries = parse_feed(build_capture(content, "feed", url="http://news.example/")).entries
            assert all(entry.id and entry.url.lower().startswith("http") for entry in entries)


@given(
    st.binary(max_size=200) | broken([gzip.compress(WARC), zlib.compress(WARC)]),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "x, gzip", ","]),
)
def test_bodies_decode_or_are_refused(body: bytes, coding: str) -> None:
    with suppress(UnreadableError):
        assert len(decode_body(body, coding, 1000, "page")) <= 1000 or coding == ","


@given(st.binary(max_size=3000), st.integers(1, 3000))
def test_no_more_is_unpacked_than_allowed(content: bytes, limit: int) -> None:
    for body, coding in ((gzip.compress(content), "gzip"), (zlib.compress(content), "deflate")):
        if len(content) <= limit:
            assert decode_body(body, coding, limit, "page") == content
        else:
            with pytest.raises(UnreadableError, match="more than is read"):
                decode_body(body, coding, limit, "page")


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5))
def test_chunks_join(chunks: list[bytes]) -> None:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert join_chunks(body) == b"".join(chunks)


@given(st.binary(max_size=100))
def test_any_body_joins(body: bytes) -> None:
    assert len(join_chunks(body)) <= len(body)


@given(st.text(max_size=200))
def test_any_timemap_and_date(text: str) -> None:
    parse_http_date(text)
    with suppress(UnreadableError):
        parse_timemap(text, "http://archive.example/")
