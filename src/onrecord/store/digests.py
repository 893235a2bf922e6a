"""Canonical JSON, digests of it, and how bytes are packed."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from typing import Any

_LEVEL = 6


def format_canonical(value: Any) -> str:
    """`value` as the one JSON text that it has: keys sorted, no white space, ASCII only, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, in hexadecimal."""
    return sha256(format_canonical(value).encode("ascii")).hexdigest()


def pack(raw: bytes) -> bytes:
    """`raw` as it is stored (zlib)."""
    return zlib.compress(raw, _LEVEL)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given. Raises ValueError if the stored bytes are damaged."""
    try:
        return zlib.decompress(packed)
    except zlib.error as error:
        raise ValueError(f"cannot be unpacked ({error})") from None


def clean(text: str) -> str:
    """`text` as both databases can hold it: NUL as U+FFFD, lone surrogates (undecodable bytes of file names) as escapes."""
    return text.replace("\0", "\ufffd").encode("utf-8", "backslashreplace").decode()
