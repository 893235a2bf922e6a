"""Captures: which files sources mean, which bytes are read, what they are and how they decode."""

from __future__ import annotations

import io
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.capture import build_capture, find_locations, read_capture
from onrecord.encoding import MAX_BYTES, decode, sniff
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Span


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.html", "c.HTM", "notes.md", "picture.png", ".hidden.txt", "deep/d.text", ".git/e.txt", "deep/f.xhtml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("words")
    return tmp_path


def _names(folder: Path, sources: list[str]) -> list[str]:
    return [str(Path(found).relative_to(folder)) for found in find_locations(sources)]


def test_a_folder_gives_its_text_and_html_files_sorted(folder: Path) -> None:
    assert _names(folder, [str(folder)]) == ["a.html", "b.txt", "c.HTM", "deep/d.text", "deep/f.xhtml", "notes.md"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["b.txt"]),
        ("?.*", ["a.html", "b.txt", "c.HTM"]),
        ("**/*.text", ["deep/d.text"]),
        ("dee*", ["deep/d.text", "deep/f.xhtml"]),
    ],
)
def test_patterns(folder: Path, pattern: str, names: list[str]) -> None:
    assert _names(folder, [str(folder / pattern)]) == names


def test_files_and_standard_input_pass_in_their_order(folder: Path) -> None:
    picture, text = str(folder / "picture.png"), str(folder / "b.txt")
    assert find_locations([picture, "-", text]) == [picture, "-", text]


def test_a_file_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "draft [1].txt").write_text("words")
    assert find_locations([str(tmp_path / "draft [1].txt")]) == [str(tmp_path / "draft [1].txt")]


@pytest.mark.parametrize("source", ["missing.txt", "*.nothing", "deep/.x", "", "a\x00b"])
def test_sources_that_are_not_there(folder: Path, source: str) -> None:
    with pytest.raises(UsageError) as raised:
        find_locations([str(folder / source) if source else source])
    assert "\n" not in str(raised.value)


def test_a_folder_without_articles(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no text or HTML files"):
        find_locations([str(tmp_path)])


@pytest.mark.parametrize("url", ["http://example.org/a", "HTTPS://example.org/a?b=[1]*"])
def test_addresses_pass_as_they_are(url: str) -> None:
    assert find_locations([url]) == [url]


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\ntwo")
    capture = read_capture(str(path))
    assert (capture.content, capture.sha256, capture.location) == (b"one\r\ntwo", sha256(b"one\r\ntwo").hexdigest(), str(path))
    assert capture.captured is not None
    assert capture.captured.utcoffset() == timedelta(0)


def test_reading_standard_input() -> None:
    assert read_capture("-", io.BytesIO(b"piped")).content == b"piped"


@pytest.mark.parametrize("name", ["missing.txt", ".", "a\x00b", "x" * 5000])
def test_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_capture(str(tmp_path / name) if name != "." else str(tmp_path))
    assert "\n" not in str(raised.value)


REFUSED = [
    (b"", "is empty"),
    (b" \r\n\t ", "is empty"),
    (b"\xef\xbb\xbf\n", "is empty"),
    (b"%PDF-1.7\n%\xe2\xe3", "is a PDF.*pdftotext"),
    (b"\n%PDF-1.4 text", "is a PDF"),
    (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "PNG image"),
    (b"PK\x03\x04" + b"\x00" * 50, "ZIP archive"),
    (b"\x1f\x8b\x08\x00", "gzip"),
    (b"\x00\x00\x00\x18ftypmp42", "video"),
    (bytes(range(256)) * 40, "binary file"),
    (b"\x01\x02\x03\x04\x05", "binary file"),
    (b"a" * (MAX_BYTES + 1), "split it"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_what_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as raised:
        sniff(build_capture(content, "given.bin"))
    assert "\n" not in str(raised.value)
    assert "given.bin" in str(raised.value)


FORMS = [
    ("The council met on Monday.", "plain"),
    ("The tag <p> opens a paragraph and </p> closes it.", "plain"),
    ("if a < b and c > d then stop", "plain"),
    ("<!DOCTYPE html><title>x</title>", "html"),
    ("\n\n<html lang=en><p>Words", "html"),
    ('<?xml version="1.0"?>\n<!-- saved -->\n<html>', "html"),
    ("<p>One.</p><p>Two.</p>", "html"),
    ("<div class=story>Words here</div>", "html"),
    ("Lead\n<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>", "html"),
    ("<b>not a page</b>", "plain"),
    ("words with a NUL \x00 between", "plain"),
    ("\ufeffWords after a mark", "plain"),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_forms(text: str, form: str) -> None:
    assert sniff(build_capture(text.encode())) == form


WORDS = "“Café” naïve — 10 €"
ENCODINGS = [
    ("utf-8", WORDS.encode(), WORDS),
    ("utf-8 with a mark", b"\xef\xbb\xbf" + WORDS.encode(), WORDS),
    ("utf-16 with a mark", b"\xff\xfe" + WORDS.encode("utf-16-le"), WORDS),
    ("utf-16 big-endian", b"\xfe\xff" + (WORDS + " 🙂").encode("utf-16-be"), WORDS + " 🙂"),
    ("utf-16 without a mark", (WORDS + " and more words").encode("utf-16-le"), WORDS + " and more words"),
    ("utf-32", b"\xff\xfe\x00\x00" + WORDS.encode("utf-32-le"), WORDS),
    ("latin-1 declared, which means windows-1252", b'<meta charset="latin1">' + WORDS.encode("cp1252"), '<meta charset="latin1">' + WORDS),
    ("latin-1 declared, but it is UTF-8", b'<meta charset="latin1">' + WORDS.encode(), '<meta charset="latin1">' + WORDS),
    ("utf-8 declared, but it is windows-1252", b'<meta charset="utf-8">' + WORDS.encode("cp1252"), '<meta charset="utf-8">' + WORDS),
    (
        "http-equiv",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">Привет, мир'.encode("cp1251"),
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">Привет, мир',
    ),
    ("xml declaration", '<?xml encoding="shift_jis"?>日本語'.encode("cp932"), '<?xml encoding="shift_jis"?>日本語'),
    ("iso-2022-jp", "<meta charset=iso-2022-jp>日本x語".encode("iso2022_jp"), "<meta charset=iso-2022-jp>日本x語"),
    ("gbk that is valid UTF-8 by chance", b"<meta charset=gbk>" + "联通".encode("gbk"), "<meta charset=gbk>联通"),
    ("a codec that is no encoding", b"<meta charset=unicode_escape>\\u0041", "<meta charset=unicode_escape>\\u0041"),
    ("an unknown one", b"<meta charset=klingon>caf\xc3\xa9", "<meta charset=klingon>café"),
    ("stray bytes in UTF-8", b"caf\xe9, " + "“naïve”".encode() + b" \x93x\x94", "café, “naïve” “x”"),
    ("a byte that windows-1252 lacks", "naïve “x”".encode() + b" \x81.", "naïve “x” \ufffd."),
    ("NULs stay", b"one\x00two three four five", "one\x00two three four five"),
    ("newlines stay", b"one\r\ntwo\rthree\n", "one\r\ntwo\rthree\n"),
    ("an odd last byte", b"\xff\xfe" + "words".encode("utf-16-le") + b"x", "words\ufffd"),
]


@pytest.mark.parametrize(("content", "text"), [case[1:] for case in ENCODINGS], ids=[case[0] for case in ENCODINGS])
def test_decoding(content: bytes, text: str) -> None:
    assert decode(build_capture(content)).text == text


def test_a_served_charset_counts() -> None:
    assert decode(build_capture("Привет".encode("koi8-r"), charset="KOI8-R")).text == "Привет"


def test_long_windows_1252_is_detected() -> None:
    words = "Le maire a déclaré à la presse que l’école élémentaire serait fermée cet été. " * 20
    assert decode(build_capture(words.encode("cp1252"))).text == words


@pytest.mark.parametrize("content", [case[1] for case in ENCODINGS], ids=[case[0] for case in ENCODINGS])
def test_every_character_has_its_bytes(content: bytes) -> None:
    _check_places(content)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_decode_and_map_back(content: bytes) -> None:
    _check_places(content)


def _check_places(content: bytes) -> None:
    """Characters take the bytes one after another, without gap or overlap but for a mark at the start."""
    decoded = decode(build_capture(content))
    places = [decoded.origin.find_bytes(Span(i, i + 1)) for i in range(len(decoded.text))]
    whole = [place for place in places if place is not None]
    assert len(whole) == len(places)
    assert all(a == b or a[1] == b[0] for a, b in pairwise(whole))
    assert not whole or decoded.encoding == "iso2022_jp" or whole[-1][1] == len(content)
    if decoded.encoding == "utf-8":
        for char, (first, last) in zip(decoded.text, whole, strict=True):
            assert content[first:last].decode("utf-8", "replace") in (char, "\ufffd")


@given(st.text(min_size=1, max_size=200))
def test_text_in_utf8_is_kept(text: str) -> None:
    encoded = text.encode("utf-8", "surrogatepass")
    if "\ufeff" not in text[:1] and encoded.decode("utf-8", "ignore") == text and "\x00" not in text:
        assert decode(build_capture(encoded)).text == text


def test_large_ascii_text_is_one_run() -> None:
    decoded = decode(build_capture(b"word " * 4_000_000))
    assert len(decoded.text) == 20_000_000
    assert len(decoded.origin.runs) == 1


def test_one_line_of_five_million_characters() -> None:
    decoded = decode(build_capture(("é" + "a" * 99).encode() * 50_000))
    assert len(decoded.text) == 5_000_000
    assert decoded.origin.find_bytes(Span(4_999_900, 4_999_901)) == (5_049_899, 5_049_901)
