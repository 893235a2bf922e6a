"""WACZ files (WACZ 1.1): a zip of WARC files with a list of what is in it.

The list is the promise, and it is checked before a page is read: every file in it must be there with its size and digest, and every
archive must be in it. A file that breaks its own promise, or whose names would lead outside it, is refused whole; what it holds cannot
be told from what somebody put there since.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import new as new_hash
from io import BufferedReader
from pathlib import PurePosixPath
from typing import IO, Any, cast

from onrecord.capture.files import WARC_SUFFIXES
from onrecord.capture.warc import read_records
from onrecord.encoding import MAX_BYTES
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Capture, Skipped

_LIST, _LIST_DIGEST = "datapackage.json", "datapackage-digest.json"
_MOST_NAMES = 100_000
_LIST_BYTES = 64 << 20
_MOST_TIMES = 300  # unpacked bytes for each packed one, past the first 64 MB
_FREE_BYTES = 64 << 20
_HASHES = ("sha256", "md5")  # those that WACZ names
_PIECE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def read_wacz(location: str, *, limit: int = MAX_BYTES) -> Iterator[Capture | Skipped]:
    """The pages of a WACZ file, archive after archive; one Skipped for a file that is refused. Raises UsageError if there is none."""
    try:
        with zipfile.ZipFile(location) as package:
            check_package(package, location)
            for info in package.infolist():
                if is_archive(info.filename):
                    with package.open(info) as packed, BufferedReader(cast(Any, packed), _PIECE) as file:
                        yield from read_records(cast(IO[bytes], file), f"{location}/{info.filename}", limit=limit)
    except FileNotFoundError as error:
        raise UsageError(f"{location}: no such file") from error
    except UnreadableError as error:
        yield Skipped(location, str(error))
    except _BROKEN as error:
        yield Skipped(location, f"{location}: damaged, or no WACZ file ({' '.join(str(error).split())[:120].rstrip('.')})")


def is_archive(name: str) -> bool:
    """Whether a name in a package is that of an archive of pages."""
    return name.startswith("archive/") and name.lower().endswith(WARC_SUFFIXES)


def check_package(package: zipfile.ZipFile, location: str) -> None:
    """Raises UnreadableError, in one line, where the package is not what it says that it is."""
    infos = package.infolist()
    if len(infos) > _MOST_NAMES:
        raise UnreadableError(f"{location}: refused, {len(infos)} names are more than an archive has")
    _check_size("the whole", sum(i.file_size for i in infos), sum(i.compress_size for i in infos), location)
    seen: set[str] = set()
    for info in infos:
        _check_name(info, location)
        if info.filename in seen:
            raise UnreadableError(f"{location}: refused, two files in it are named {info.filename!r}")
        seen.add(info.filename)
        _check_size(repr(info.filename), info.file_size, info.compress_size, location)
    _check_list(package, location, seen)


def _check_size(what: str, unpacked: int, packed: int, location: str) -> None:
    if unpacked > _FREE_BYTES and unpacked > _MOST_TIMES * max(1, packed):
        raise UnreadableError(f"{location}: refused, {what} unpacks to {unpacked / 2**20:.0f} MB from next to nothing")


def _check_name(info: zipfile.ZipInfo, location: str) -> None:
    name = info.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not name or name.startswith(("/", "\\")) or ".." in parts or ":" in (parts or ("",))[0] or "\x00" in name or "\\" in name:
        raise UnreadableError(f"{location}: refused, the name {name[:80]!r} in it leads outside it")
    if info.flag_bits & 0x1:
        raise UnreadableError(f"{location}: refused, {name[:80]!r} in it is encrypted")
    if (info.external_attr >> 28) == 0xA:
        raise UnreadableError(f"{location}: refused, {name[:80]!r} in it is a link")


def _check_list(package: zipfile.ZipFile, location: str, names: set[str]) -> None:
    """Check all that `datapackage.json` says of the files, and what `datapackage-digest.json` says of it."""
    if _LIST not in names:
        raise UnreadableError(f"{location}: refused, there is no {_LIST} in it: not a WACZ file")
    content = _read_small(package, _LIST, location)
    if _LIST_DIGEST in names:
        digest = _parse(_read_small(package, _LIST_DIGEST, location), _LIST_DIGEST, location).get("hash")
        if not isinstance(digest, str) or _compute_digest([content], digest) != digest.lower():
            raise UnreadableError(f"{location}: refused, {_LIST} is not the one that {_LIST_DIGEST} was made for")
    resources = _parse(content, _LIST, location).get("resources")
    if not isinstance(resources, list):
        raise UnreadableError(f"{location}: refused, {_LIST} lists no resources")
    listed = {_check_resource(package, resource, location, names) for resource in resources}
    if missing := sorted(name for name in names - listed if is_archive(name)):
        raise UnreadableError(f"{location}: refused, {missing[0]!r} is in it and not in {_LIST}")


def _check_resource(package: zipfile.ZipFile, resource: Any, location: str, names: set[str]) -> str:
    path = resource.get("path") if isinstance(resource, dict) else None
    if not isinstance(path, str):
        raise UnreadableError(f"{location}: refused, a resource in {_LIST} has no path")
    if path not in names:
        raise UnreadableError(f"{location}: refused, {path[:80]!r} is in {_LIST} and not in it")
    size, digest = resource.get("bytes"), resource.get("hash")
    if isinstance(size, int) and size != package.getinfo(path).file_size:
        raise UnreadableError(f"{location}: refused, {path[:80]!r} has {package.getinfo(path).file_size} bytes where {_LIST} says {size}")
    if not isinstance(digest, str) or _compute_digest(_read_pieces(package, path), digest) != digest.lower():
        raise UnreadableError(f"{location}: refused, {path[:80]!r} does not have the digest that {_LIST} gives")
    return path


def _read_small(package: zipfile.ZipFile, name: str, location: str) -> bytes:
    with package.open(name) as file:
        content = file.read(_LIST_BYTES + 1)
    if len(content) > _LIST_BYTES:
        raise UnreadableError(f"{location}: refused, {name} is over {_LIST_BYTES >> 20} MB")
    return content


def _read_pieces(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """zipfile reads no more than the size that the directory gives, which has been checked."""
    with package.open(name) as file:
        while piece := file.read(_PIECE):
            yield piece


def _compute_digest(pieces: Any, like: str) -> str | None:
    """The digest of `pieces` in the form of `like`, e.g. `sha256:…`; None where the form is not known."""
    name = like.partition(":")[0].lower()
    if name not in _HASHES:
        return None
    state = new_hash(name, usedforsecurity=False)
    for piece in pieces:
        state.update(piece)
    return f"{name}:{state.hexdigest()}"


def _parse(content: bytes, name: str, location: str) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{location}: refused, {name} is not JSON") from error
    if not isinstance(value, dict):
        raise UnreadableError(f"{location}: refused, {name} is not an object")
    return value
