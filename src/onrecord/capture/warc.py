"""WARC files (ISO 28500, WARC 1.1): pages out of them, and what was fetched into them.

They are read with fastwarc, unpacked under a bound of ours (`bounded`), and a page's own codings by `limits.decode_body`, since neither
library bounds what comes out. Only pages become captures: answers with status 200, and resources and conversions, whose type is a text
that is read. A record that cannot be read is skipped by name and the next one follows; a file that is damaged gives what stands before the
damage. They are written with warcio, each record with the very bytes of the wire and SHA-256 digests of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self, cast

from onrecord.capture.bounded import Bounded, Counted
from onrecord.capture.fetch import Exchange, build_agent, parse_content_type
from onrecord.capture.files import build_capture
from onrecord.capture.limits import decode_body, parse_http_date
from onrecord.encoding import MAX_BYTES
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Capture, Skipped

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

PAGE_TYPES = frozenset(("text/html", "application/xhtml+xml", "text/plain"))
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


# --- reading -----------------------------------------------------------------------------------------------------------


def read_warc(location: str, *, limit: int = MAX_BYTES) -> Iterator[Capture | Skipped]:
    """The pages of a WARC file, in its order; a page of more than `limit` bytes is skipped. Raises UsageError if there is no file."""
    with _open(location, "rb") as file:
        yield from read_records(file, location, limit=limit)


def _open(path: str, mode: str) -> IO[bytes]:
    try:
        return cast(IO[bytes], Path(path).open(mode))
    except (OSError, ValueError) as error:
        wish = "read" if mode == "rb" else "written"
        raise UsageError(f"{path}: cannot be {wish} ({(getattr(error, 'strerror', None) or 'not a file name').lower()})") from error


def read_records(file: IO[bytes], location: str, *, limit: int = MAX_BYTES) -> Iterator[Capture | Skipped]:
    """`read_warc` for a file that is open; a capture's location is the file's, `#`, and the record's id."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    records = pages = 0
    stream = _unpack(file, location)
    try:
        for record in ArchiveIterator(stream, record_types=kinds, parse_http=True, stream_detect=False):
            records += 1
            found = _read_record(record, f"{location}#{_find_id(record, records)}", limit)
            pages += found is not None
            if found is not None:
                yield found
    except UnreadableError as error:
        yield Skipped(location, str(error))
    except (OSError, ValueError, RuntimeError) as error:
        reason = f"damaged, or no WARC file ({str(error).rstrip('.').lower()})"
        yield Skipped(location, f"{location}: {reason}; {pages or 'no'} page{'s' * (pages != 1)} could be read before that")
    else:
        if records and stream.tail != b"\r\n\r\n":
            yield Skipped(location, f"{location}: cut off, its last record is not whole")
        elif not pages:
            yield Skipped(location, f"{location}: holds no pages: give a WARC file with answers in HTML or plain text")


def _unpack(file: IO[bytes], location: str) -> Bounded:
    """The stream of records; which packing it is, is told from its first bytes."""
    from fastwarc.stream_io import GzipReader, Lz4Reader, ZstdReader

    head = file.read(4)
    file.seek(0)
    packed = Counted(file)
    if head[:2] == b"\x1f\x8b":
        return Bounded(GzipReader(packed), packed, location)  # type: ignore[arg-type]
    if head in (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"):  # a frame, or the dictionary that WARCs in zstd begin with
        return Bounded(ZstdReader(packed), packed, location)  # type: ignore[arg-type]
    if head == b"\x04\x22\x4d\x18":
        return Bounded(Lz4Reader(packed), packed, location)  # type: ignore[arg-type]
    return Bounded(packed, packed, location)


def _find_id(record: WarcRecord, number: int) -> str:
    return (_clean(record.record_id) or "").strip("<>") or f"record-{number}"


def _read_record(record: WarcRecord, location: str, limit: int) -> Capture | Skipped | None:
    """The page in a record, why it cannot be read, or None where the record holds none.

    Raises UnreadableError where the file ends before the record does.
    """
    media_type, charset = _find_type(record)
    if media_type not in PAGE_TYPES or (record.is_http and record.http_headers.status_code != 200):
        return None
    expected = record.content_length
    if expected > limit:
        return Skipped(location, f"{location}: {expected / 2**20:.3g} MB, more than is read at once")
    body = record.reader.read(expected) if expected else b""
    if len(body) < expected:
        raise UnreadableError(f"{location}: cut off after {len(body)} of {expected} bytes")
    try:
        content = _decode(record, body, limit, location)
    except UnreadableError as error:
        return Skipped(location, str(error))
    return _build_capture(record, content, location, media_type, charset)


def _find_type(record: WarcRecord) -> tuple[str | None, str | None]:
    headers = record.http_headers if record.is_http else record.headers
    return parse_content_type(_clean(headers.get("Content-Type")))


def _clean(value: str | None) -> str | None:
    """A header's value in ASCII, without what breaks lines."""
    return None if value is None else "".join(c for c in value.encode("ascii", "replace").decode() if c.isprintable())


def _decode(record: WarcRecord, body: bytes, limit: int, location: str) -> bytes:
    if not record.is_http:
        return body
    if "chunked" in (record.http_headers.get("Transfer-Encoding") or "").lower():
        body = join_chunks(body)
    return decode_body(body, record.http_headers.get("Content-Encoding"), limit, location)


def join_chunks(body: bytes) -> bytes:
    """A chunked body (RFC 9112, 7.1) as one; as it is where it is not chunked after all, as in many archives whose headers say so."""
    parts: list[bytes] = []
    at = 0
    while True:
        line, end, _ = body[at : at + 1024].partition(b"\r\n")
        size = line.partition(b";")[0].strip()
        if not end or not size or size.strip(b"0123456789abcdefABCDEF") or len(size) > 12:
            return body
        start, length = at + len(line) + 2, int(size, 16)
        if length == 0:
            return b"".join(parts)
        if body[start + length : start + length + 2] != b"\r\n":
            return body
        parts.append(body[start : start + length])
        at = start + length + 2


def _build_capture(record: WarcRecord, content: bytes, location: str, media_type: str | None, charset: str | None) -> Capture:
    url = _clean(record.headers.get("WARC-Target-URI"))
    capture = build_capture(content, location, url=url.strip("<>") if url else None, media_type=media_type, charset=charset)
    capture = replace(capture, captured=record.record_date)
    if not record.is_http:
        return capture
    headers = record.http_headers
    return replace(
        capture,
        status=headers.status_code,
        served=parse_http_date(headers.get("Date")),
        last_modified=parse_http_date(headers.get("Last-Modified")),
        etag=headers.get("ETag"),
    )


# --- writing -----------------------------------------------------------------------------------------------------------


class WarcFile:
    """A WARC 1.1 file that exchanges are added to, gzipped record by record; safe to share between threads.

    `write` may be given to a Fetcher as `keep`. An existing file is added to. Raises UsageError if it cannot be written.
    """

    def __init__(self, path: str) -> None:
        from warcio.warcwriter import WARCWriter

        self._file = _open(path, "ab")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        self._lock = threading.Lock()
        info = {"software": build_agent(), "format": "WARC File Format 1.1", "robots": "obey"}
        self._writer.write_record(self._writer.create_warcinfo_record(Path(path).name, info))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def write(self, exchange: Exchange) -> None:
        """Add the answer and the request of one exchange; an answer of 304 as a revisit (WARC 1.1, 6.7.3)."""
        with self._lock:
            _write_exchange(self._writer, exchange)


def format_records(exchanges: Sequence[Exchange]) -> bytes:
    """Exchanges as WARC 1.1 records in the order in which they were made, gzipped record by record: what a WARC file of them would hold."""
    from warcio.warcwriter import WARCWriter

    written = BytesIO()
    writer = WARCWriter(written, gzip=True, warc_version="1.1")
    for exchange in exchanges:
        _write_exchange(writer, exchange)
    return written.getvalue()


def write_resource(file: IO[bytes], capture: Capture, address: str, moment: datetime) -> None:
    """Add a capture's bytes to an open WARC file as a `resource` record (WARC 1.1, 6.5), gzipped: for what came over no wire of ours."""
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(file, gzip=True, warc_version="1.1")
    headers = [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", writer._make_warc_id()),
        ("WARC-Target-URI", address),
        ("WARC-Date", format_date(moment)),
        ("WARC-Block-Digest", f"sha256:{capture.sha256}"),
        ("WARC-Payload-Digest", f"sha256:{capture.sha256}"),
    ]
    media_type = capture.media_type or "text/html"
    described = StatusAndHeaders("", headers, protocol="WARC/1.1")
    writer.write_record(ArcWarcRecord("warc", "warcinfo", described, BytesIO(capture.content), None, media_type, len(capture.content)))


def _write_exchange(writer: Any, exchange: Exchange) -> None:
    kind = "revisit" if exchange.status == 304 else "response"
    head, gap, payload = exchange.received.partition(b"\r\n\r\n")
    answer = _build_record(writer, exchange, kind, exchange.received if kind == "response" else head + gap)
    if kind == "revisit":
        answer.rec_headers.add_header("WARC-Profile", _NOT_MODIFIED)
    else:
        answer.rec_headers.add_header("WARC-Payload-Digest", _digest(payload))
    request = _build_record(writer, exchange, "request", exchange.sent)
    request.rec_headers.add_header("WARC-Concurrent-To", answer.rec_headers.get_header("WARC-Record-ID"))
    writer.write_record(answer)
    writer.write_record(request)


def _build_record(writer: Any, exchange: Exchange, kind: str, block: bytes) -> Any:
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders

    headers = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", writer._make_warc_id()),
        ("WARC-Target-URI", exchange.url),
        ("WARC-Date", format_date(exchange.started)),
        ("WARC-Block-Digest", _digest(block)),
    ]
    if exchange.address:
        headers.append(("WARC-IP-Address", exchange.address))
    content_type = f"application/http; msgtype={'request' if kind == 'request' else 'response'}"
    record = StatusAndHeaders("", headers, protocol="WARC/1.1")
    # warcio writes a block as it is only for a kind that it has no view of; which kind it is, the header says
    return ArcWarcRecord("warc", "warcinfo", record, BytesIO(block), None, content_type, len(block))


def format_date(time: datetime) -> str:
    """A time as WARC 1.1 writes it: UTC, to the microsecond."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(block: bytes) -> str:
    return f"sha256:{sha256(block).hexdigest()}"
