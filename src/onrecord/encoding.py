"""From bytes to characters and back: what a capture is, how it is encoded, and where each character stands.

`sniff` refuses what is no text and tells HTML from plain text by content, because file names and servers' headers are
wrong too often. `decode` never fails: news archives hold pages in two encodings at once, and a report about such a page is
better than none. Every decoded character keeps its place in the bytes, as runs of characters of one width; that is
why the text is decoded here and not by a parser. The precedence (byte order mark, declaration, UTF-8, detection) is that of the
WHATWG Encoding Standard, with two departures: UTF-8 that decodes beats a declared one-byte encoding, since nearly any bytes
decode with those, and what is declared counts only if the bytes decode with it.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from onrecord.errors import UnreadableError
from onrecord.types import Capture, Origin, Run

MAX_BYTES = 50 * 1024 * 1024

Form = Literal["plain", "html"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A capture's characters (code points, without a byte order mark), and where each stands in its bytes."""

    text: str
    origin: Origin
    encoding: str


# --- what it is --------------------------------------------------------------------------------------------------------

_CONVERT = "convert it to text first"
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", f"{_CONVERT}, e.g. with pdftotext"),
    (b"\x89PNG", "a PNG image", _CONVERT),
    (b"\xff\xd8\xff", "a JPEG image", _CONVERT),
    (b"GIF8", "a GIF image", _CONVERT),
    (b"II*\x00", "a TIFF image", _CONVERT),
    (b"MM\x00*", "a TIFF image", _CONVERT),
    (b"RIFF", "an image or a recording", _CONVERT),
    (b"PK\x03\x04", "a ZIP archive or an office document", "unpack it, or save it as text or HTML"),
    (b"\xd0\xcf\x11\xe0", "an office document", "save it as text or HTML"),
    (b"{\\rtf", "an RTF document", "save it as text or HTML"),
    (b"\x1f\x8b", "a gzip file", "unpack it first"),
    (b"BZh", "a bzip2 file", "unpack it first"),
    (b"\xfd7zXZ", "an xz file", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"ID3", "a recording", _CONVERT),
    (b"OggS", "a recording", _CONVERT),
    (b"SQLite format 3", "a database", "export its articles as text or HTML"),
    (b"\x7fELF", "a program", "give a text or HTML file"),
)
_AMBIGUOUS_WITHOUT_CONTROLS = (b"RIFF", b"BZh", b"GIF8", b"ID3", b"Rar!", b"OggS")  # a text may begin so
_SAMPLE = 1 << 16
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x0e\x0f\x1b") + b"\x7f"  # ISO-2022 shifts with the ones left out
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,5000}-->\s*)*+"
    r"<(?:!doctype\s+html|html|head|body|meta|title|article|main)\b",
    re.I | re.S,
)
_TAG = re.compile(r"<(/?)(html|body|p|div|article|section|main|span|br|a|h[1-6]|[uo]l|li|blockquote|figure|table)\b[^<>]{0,999}>", re.I)
_INLINE_TAGS = frozenset(("span", "br", "a", "li"))


def sniff(capture: Capture, decoded: Decoded | None = None) -> Form:
    """Whether a capture is plain text or HTML, told from its content.

    Raises UnreadableError, in one line, for what is neither: nothing, something binary, a PDF, more than 50 MB. `decoded` saves
    decoding twice.
    """
    check_readable(capture)
    text = (decoded or decode(capture)).text
    return "html" if _is_html(text[:_SAMPLE]) else "plain"


def check_readable(capture: Capture) -> None:
    """Raises UnreadableError if the capture's bytes cannot be a text of a size that is read."""
    content, where = capture.content, capture.location
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"{where} is {len(content) / 1e6:.0f} MB, over the {MAX_BYTES // 2**20} MB that are read at once: split it")
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\f")
    for signature, what, cure in _SIGNATURES:
        if head.startswith(signature) and (signature not in _AMBIGUOUS_WITHOUT_CONTROLS or _count_controls(content[:256])):
            raise UnreadableError(f"{where} is {what}, not text: {cure}")
    if content[4:8] == b"ftyp":
        raise UnreadableError(f"{where} is a video or an image, not text: {_CONVERT}")
    codec, skip = _find_mark(content)
    if not content[skip:].strip() or not content[skip:].strip(b"\x00 \t\r\n\f\v"):
        raise UnreadableError(f"{where} is empty: give a file that holds an article")
    if not (codec or _guess_utf16(content)) and _is_binary(content):
        raise UnreadableError(f"{where} is a binary file, not text: {_CONVERT}")


def _count_controls(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _CONTROLS))


def _is_binary(content: bytes) -> bool:
    """Whether control bytes are more than the few that stray into texts; a sample of both ends decides."""
    sample = content if len(content) <= 2 * _SAMPLE else content[:_SAMPLE] + content[-_SAMPLE:]
    controls = _count_controls(sample)
    share = controls / len(sample)
    return share > 0.3 or (share > 0.05 and (controls > 20 or not _is_utf8(sample)))


def _is_utf8(sample: bytes) -> bool:
    return all(match.lastgroup != "stray" for match in _UTF8.finditer(sample[:4096]) if match.end() < len(sample) - 3)


def _is_html(head: str) -> bool:
    """Markup at the very start, or enough tags of blocks that no prose would hold them."""
    if _HTML_START.match(head):
        return True
    tags = [(bool(m[1]), m[2].lower()) for m in _TAG.finditer(head)]
    opened = sum(1 for closing, name in tags if not closing and name not in _INLINE_TAGS)
    closed = sum(1 for closing, name in tags if closing and name not in _INLINE_TAGS)
    if head.lstrip().startswith("<"):
        return opened >= 1 and len(tags) >= 2
    return opened >= 3 and closed >= 2


# --- which encoding ----------------------------------------------------------------------------------------------------

# Labels beyond Python's own aliases, by the Encoding Standard: what pages call latin-1 and ASCII is windows-1252, and so on.
_SUPERSETS = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "utf-16": "utf-16-le",
}  # fmt: skip
_MULTIBYTE = frozenset(("utf-8", "gb18030", "cp932", "cp949", "big5hkscs", "euc_jp", "iso2022_jp", "iso2022_kr", "utf-16-le", "utf-16-be"))
_CHARMAPS = frozenset(
    [f"cp{n}" for n in (866, 874, *range(1250, 1259))] + [f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
    + ["koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"]
)  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_DECLARATION = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.-]{1,40})|<meta\b[^>]{0,400}?charset\s*=\s*["']?\s*([\w:.-]{1,40})""", re.I
)
_DECLARED_WITHIN = 8192


def decode(capture: Capture) -> Decoded:
    """The capture's characters. Never raises: a byte that no encoding explains is read as windows-1252, or as U+FFFD."""
    content = capture.content
    codec, skip = _find_mark(content)
    codec = codec or _find_declared(capture) or _guess_utf16(content)
    if codec is None or codec == "utf-8":
        codec = _detect(content) if _is_legacy(content, codec) else "utf-8"
    if codec == "utf-8":
        return _decode_utf8(content, skip)
    return _decode_legacy(content, codec, skip)


def _find_mark(content: bytes) -> tuple[str | None, int]:
    """The encoding that a byte order mark tells, and how many bytes the mark takes."""
    return next(((codec, len(mark)) for mark, codec in _MARKS if content.startswith(mark)), (None, 0))


def _find_declared(capture: Capture) -> str | None:
    """The codec that the server or the page declares, if it is a known one and all bytes decode with it."""
    match = _DECLARATION.search(capture.content, 0, _DECLARED_WITHIN)
    inside = (match[1] or match[2]).decode("ascii") if match else None
    for label in (capture.charset, inside):
        codec = _find_codec(label) if label else None
        if codec and _decodes(capture.content, codec) and not (codec in _CHARMAPS and _is_wide_utf8(capture.content)):
            return codec
    return None


def _find_codec(label: str) -> str | None:
    """Python's name for a declared encoding; None for unknown ones and for codecs that are not encodings of text."""
    try:
        name = codecs.lookup(label.strip().lower()).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if name in _MULTIBYTE or name in _CHARMAPS else None


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeError:
        return False
    return True


def _is_wide_utf8(content: bytes) -> bool:
    return not content.isascii() and _decodes(content, "utf-8")


def _guess_utf16(content: bytes) -> str | None:
    """UTF-16 without a mark: of Latin text, every second byte is zero."""
    sample = content[:2048]
    half = len(sample) // 2
    if half < 4:
        return None
    zeros = sample[0::2].count(0), sample[1::2].count(0)
    if min(zeros) > half * 0.1 or max(zeros) < half * 0.6 or 10 * _count_controls(sample.replace(b"\x00", b"")) > half:
        return None
    codec = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return codec if _decodes(content[: len(content) // 2 * 2], codec) else None


def _is_legacy(content: bytes, declared: str | None) -> bool:
    """Whether bytes are no UTF-8 at all, rather than UTF-8 with a few bytes gone astray."""
    if declared == "utf-8" or content.isascii() or _decodes(content, "utf-8"):
        return False
    stray = wide = 0
    for match in _UTF8.finditer(content[: 1 << 20]):
        stray += match.lastgroup == "stray"
        wide += match.lastgroup == "wide"
    return stray > 2 * wide


def _detect(content: bytes) -> str:
    """The likeliest one-byte or East Asian encoding; windows-1252 where nothing speaks for another."""
    from charset_normalizer import from_bytes  # slow to import, and hardly ever needed

    first = next((m.start() for m in re.finditer(rb"[\x80-\xff]", content)), 0)
    sample = content[max(0, first - 512) : first + 8192]
    high = sum(1 for byte in sample if byte >= 0x80)
    if high < 20 and high < 0.3 * len(sample):
        return "cp1252"  # a few quotation marks or accents tell nothing, and these are the commonest
    best = from_bytes(sample, cp_exclusion=["utf_8"]).best()
    codec = _find_codec(best.encoding) if best else None
    return codec if codec and codec != "utf-8" and _decodes(content, codec) else "cp1252"


# --- characters and their places ------------------------------------------------------------------------------------------

_UTF8 = re.compile(
    rb"(?P<ascii>[\x00-\x7f]++)|(?P<wide>(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})++)"
    rb"|(?P<stray>[\x80-\xff])"
)
_WIDTH = re.compile(r"(.)\1*", re.S)


def _decode_utf8(content: bytes, skip: int) -> Decoded:
    body = content[skip:]
    if _decodes(body, "utf-8"):
        text = body.decode("utf-8")
        return Decoded(text, Origin(tuple(_measure(text, "utf-8", skip, len(body)))), "utf-8")
    parts: list[str] = []
    runs: list[Run] = []
    at = 0
    for match in _UTF8.finditer(content, skip):
        stray = match.lastgroup == "stray"
        part = match.group().decode("cp1252", "replace") if stray else match.group().decode("utf-8")
        runs.extend(_shift(_measure(part, "cp1252" if stray else "utf-8", match.start(), len(match.group())), at))
        parts.append(part)
        at += len(part)
    return Decoded("".join(parts), Origin(tuple(runs)), "utf-8")


def _decode_legacy(content: bytes, codec: str, skip: int) -> Decoded:
    body = content[skip:]
    if codec in _CHARMAPS:
        text = body.decode(codec, "replace")  # one character a byte, whatever the bytes are
        return Decoded(text, Origin(tuple(_measure(text, codec, skip, len(body)))), codec)
    if _decodes(body, codec):
        text = body.decode(codec)
        if _is_reversible(text, codec, body):
            return Decoded(text, Origin(tuple(_measure(text, codec, skip, len(body)))), codec)
    return _decode_stepwise(body, codec, skip)


def _is_reversible(text: str, codec: str, body: bytes) -> bool:
    try:
        return text.encode(codec) == body and sum(n * len(c.encode(codec)) for c, n in Counter(text).items()) == len(body)
    except UnicodeError:
        return False


def _decode_stepwise(body: bytes, codec: str, skip: int) -> Decoded:
    """Bytes fed one by one, for encodings with states or damaged ones: each character gets the bytes read since the one before."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    parts: list[str] = []
    runs: list[Run] = []
    at = first = 0
    for index in range(len(body) + 1):
        part = decoder.decode(body[index : index + 1], final=index == len(body))
        last = min(index + 1, len(body))
        if part:
            runs.append(Run(at, at + len(part), skip + first, skip + last, len(part) == 1))
            parts.append(part)
            at, first = at + len(part), last
    return Decoded("".join(parts), Origin(tuple(_join(runs))), codec)


def _measure(text: str, codec: str, first: int, size: int) -> Iterator[Run]:
    """Runs of characters of one width, for a text that was decoded from `size` bytes at `first` and encodes to the same bytes."""
    if len(text) == size:
        if text:
            yield Run(0, len(text), first, first + size, True)
        return
    widths = {ord(char): chr(len(char.encode(codec))) for char in set(text)}
    for match in _WIDTH.finditer(text.translate(widths)):
        width = ord(match[1])
        last = first + width * len(match.group())
        yield Run(match.start(), match.end(), first, last, True)
        first = last


def _shift(runs: Iterator[Run], by: int) -> Iterator[Run]:
    return (Run(r.start + by, r.end + by, r.first, r.last, r.even) for r in runs)


def _join(runs: list[Run]) -> Iterator[Run]:
    """Neighbouring single characters of one width as one run."""
    for (even, _), group in groupby(runs, key=lambda r: (r.even, r.last - r.first)):
        members = list(group)
        if even:
            yield Run(members[0].start, members[-1].end, members[0].first, members[-1].last, True)
        else:
            yield from members
