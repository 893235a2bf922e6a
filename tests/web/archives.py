"""WARC and WACZ files made for tests, whole and broken."""

from __future__ import annotations

import gzip
import io
import json
import warnings
import zipfile
from hashlib import sha256
from typing import Any

PAGE = b"<!doctype html><title>A</title><p>The ferry sails."


def build_block(body: bytes, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers, "", ""]).encode("latin-1") + body


def build_record(block: bytes, number: int = 1, *, type: str = "response", media: str | None = None, **changes: str | None) -> bytes:
    headers: dict[str, str | None] = {
        "WARC-Type": type,
        "WARC-Record-ID": f"<urn:uuid:{number}>",
        "WARC-Date": "2021-03-02T10:00:00Z",
        "WARC-Target-URI": f"http://news.example/{number}",
        "Content-Type": media or "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def build_page(number: int = 1, body: bytes = PAGE, *headers: str) -> bytes:
    return build_record(build_block(body, *headers), number)


def build_gzip_bomb(megabytes: int, fill: bytes = b"\r\n", before: bytes = b"") -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as packed:
        packed.write(before)
        piece = fill * ((1 << 20) // len(fill))
        for _ in range(megabytes):
            packed.write(piece)
    return out.getvalue()


def build_wacz(
    files: list[tuple[str, bytes]] | None = None,
    *,
    package: Any = None,
    digest: str | None = None,
    leave: frozenset[str] = frozenset(),
    changes: dict[str, Any] | None = None,
) -> bytes:
    """A WACZ of `files`; its list leaves out `leave`, and takes `changes` for every entry; `package` replaces the list's bytes."""
    files = [("archive/a.warc.gz", gzip.compress(build_page()))] if files is None else files
    resources = [
        {"name": name, "path": name, "hash": f"sha256:{sha256(content).hexdigest()}", "bytes": len(content)} | (changes or {})
        for name, content in files
        if name not in leave
    ]
    listed = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}).encode()
    listed = listed if package is None else package
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        warnings.simplefilter("ignore")  # of duplicate names
        for name, content in files:
            target.writestr(_name(name), content)
        if package != b"":
            target.writestr("datapackage.json", listed)
        if digest is not None:
            right = f"sha256:{sha256(listed).hexdigest()}"
            target.writestr("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": digest or right}))
    return out.getvalue()


def _name(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = name  # as it is: the constructor would clean it
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
