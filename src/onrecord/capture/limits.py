"""How much, how long and how often: everything that is read from outside is read under one of these.

Decoding is bounded by what comes out, since what goes in says nothing: a kilobyte of brotli can hold half a gigabyte. gzip and deflate are
decoded with zlib, brotli and zstd with fastwarc's readers, which WARC files need anyway; so no further decoder is installed.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from onrecord.encoding import MAX_BYTES
from onrecord.errors import UnreadableError

CODINGS = "gzip, deflate, br, zstd"  # what `decode_body` knows, as Accept-Encoding
_MOST_CODINGS = 4
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one fetch: sizes in bytes, times in seconds."""

    most_bytes: int = MAX_BYTES  # of an answer, as sent and as decoded
    connect_seconds: float = 10.0
    silence_seconds: float = 20.0  # without a single byte
    total_seconds: float = 60.0  # for one request and its answer, however it trickles
    redirects: int = 10
    retries: int = 2
    first_pause: float = 1.0  # before the first retry; doubled for each further one
    host_pause: float = 1.0  # between two requests to one host
    longest_pause: float = 30.0  # that a server may ask for, by Retry-After or Crawl-delay


class Pace:
    """Keeps requests to one host apart; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, pause: float) -> None:
        """Return when the next request to `host` may be sent, `pause` seconds after the one before at the earliest."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + pause
        if turn > now:
            self._sleep(turn - now)


def compute_pause(attempt: int, limits: Limits, asked: float | None = None) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 0): doubled each time, or what was asked."""
    import random

    if asked is not None:
        return min(max(asked, 0.0), limits.longest_pause)
    return min(limits.first_pause * 2.0**attempt * random.uniform(1.0, 1.5), limits.longest_pause)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (RFC 9110, 10.2.3): a number, or a date."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    date = parse_http_date(value)
    return (date - now).total_seconds() if date else None


def parse_http_date(value: str | None) -> datetime | None:
    """An HTTP date (RFC 9110, 5.6.7) as an aware UTC time; None for anything else."""
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(value or "")
        return (date.replace(tzinfo=UTC) if date.tzinfo is None else date).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# --- decoding ----------------------------------------------------------------------------------------------------------


def decode_body(body: bytes, coding: str | None, limit: int, where: str) -> bytes:
    """`body` without its content codings (RFC 9110, 8.4; as the header lists them, first applied first).

    Raises:
        UnreadableError: it is damaged, in a coding that is not known, or more than `limit` bytes come out.

    """
    codings = [c for c in (part.strip().lower() for part in (coding or "").split(",")) if c not in ("", "identity")]
    if len(codings) > _MOST_CODINGS:
        raise UnreadableError(f"{where}: compressed {len(codings)} times over, which no page needs")
    for name in reversed(codings):
        body = _decode_one(body, name, limit, where)
    return body


def _decode_one(body: bytes, coding: str, limit: int, where: str) -> bytes:
    if not body:
        return body
    try:
        if coding in ("gzip", "x-gzip"):
            decoded = inflate(body, limit, 31)
        elif coding == "deflate":
            decoded = _inflate_either(body, limit)
        elif coding in ("br", "zstd"):
            decoded = _read_coded(body, coding, limit)
        else:
            raise UnreadableError(f"{where}: compressed in a way that is not known ({coding[:20]!r})")
    except (zlib.error, OSError, EOFError) as error:
        raise UnreadableError(f"{where}: its compressed body ({coding}) is damaged or cut off") from error
    if len(decoded) > limit:
        raise UnreadableError(f"{where}: over {limit / 2**20:.3g} MB when unpacked, more than is read at once")
    return decoded


def inflate(body: bytes, limit: int, window: int) -> bytes:
    """What zlib makes of `body`, stopping just past `limit` bytes. Raises zlib.error or EOFError if it is damaged or cut off."""
    out = bytearray()
    while body:
        decoder = zlib.decompressobj(window)
        while body and not decoder.eof and len(out) <= limit:
            out += decoder.decompress(body, min(_PIECE, limit + 1 - len(out)))
            body = decoder.unconsumed_tail
        if len(out) > limit:
            break
        out += decoder.decompress(b"", limit + 1 - len(out)) if not decoder.eof else b""
        if not decoder.eof:
            raise EOFError("cut off")
        body = decoder.unused_data if window == 31 and decoder.unused_data.startswith(b"\x1f\x8b") else b""
    return bytes(out)


def _inflate_either(body: bytes, limit: int) -> bytes:
    """Deflate is zlib's format by the standard, and bare by some servers."""
    try:
        return inflate(body, limit, 15)
    except zlib.error:
        return inflate(body, limit, -15)


def _read_coded(body: bytes, coding: str, limit: int) -> bytes:
    from fastwarc.stream_io import BrotliReader, ZstdReader

    reader = BrotliReader(BytesIO(body)) if coding == "br" else ZstdReader(BytesIO(body))
    out = bytearray()
    while len(out) <= limit and (piece := reader.read(min(_PIECE, limit + 1 - len(out)))):
        out += piece
    return bytes(out)
