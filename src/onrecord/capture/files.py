"""Which files, folders and addresses sources mean, and the bytes of files.

The command line's sources become locations here, so that folders and patterns mean the same in every command and on every system,
whatever the shell does. Addresses pass as they are; nothing is fetched here.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from onrecord.encoding import MAX_BYTES
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Capture

STDIN = "-"
SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".text", ".md")
WARC_SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
WACZ_SUFFIX = ".wacz"
_FOLDER_SUFFIXES = (*SUFFIXES, *WARC_SUFFIXES, WACZ_SUFFIX)


def find_locations(sources: Sequence[str]) -> list[str]:
    """The files that `sources` mean, in their order: files, addresses and "-" as they are, folders and glob patterns expanded and sorted.

    A folder gives its text, HTML, WARC and WACZ files, also those in its folders, hidden ones left out. Raises UsageError for what is
    not there, and for folders and patterns that give nothing.
    """
    return [location for source in sources for location in _expand(source)]


def _expand(source: str) -> list[str]:
    if source == STDIN or is_url(source):
        return [source]
    if os.path.isdir(source):
        found = sorted(_walk_folder(source))
        if not found:
            raise UsageError(f"{source}: no text or HTML files in this folder (looked for {' '.join(_FOLDER_SUFFIXES)})")
        return found
    if os.path.exists(source):
        return [source]
    if glob.has_magic(source):
        return _expand_pattern(source)
    raise UsageError(f"{source!r}: no such file or folder" if not source.strip() else f"{source}: no such file or folder")


def is_url(source: str) -> bool:
    """Whether a source is meant as an address on the web."""
    return source.lower().startswith(("http://", "https://"))


def is_archive(location: str) -> bool:
    """Whether a location is named as a WARC or WACZ file, which holds many pages."""
    return location.lower().endswith((*WARC_SUFFIXES, WACZ_SUFFIX))


def _expand_pattern(pattern: str) -> list[str]:
    found: list[str] = []
    for match in sorted(set(glob.glob(pattern, recursive=True))):
        if os.path.isfile(match):
            found.append(match)
        elif os.path.isdir(match) and "**" not in pattern:
            found.extend(sorted(_walk_folder(match)))
    if not found:
        raise UsageError(f"{pattern}: no file matches this pattern")
    return found


def _walk_folder(folder: str) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(path, name) for name in files if not name.startswith(".") and name.lower().endswith(_FOLDER_SUFFIXES))


def read_capture(location: str, stdin: BinaryIO | None = None) -> Capture:
    """The bytes at a path, or of standard input for "-" (`stdin` stands in for the process's own).

    Raises UsageError if they cannot be read, UnreadableError if they are more than 50 MB.
    """
    if location == STDIN:
        return build_capture(_read_all(stdin or sys.stdin.buffer, location), location)
    try:
        with Path(location).open("rb") as file:
            return build_capture(_read_all(file, location), location)
    except FileNotFoundError as error:
        raise UsageError(f"{location}: no such file") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UsageError(f"{location}: cannot be read ({(reason or 'not a file name').lower()})") from error


def _read_all(file: BinaryIO, location: str) -> bytes:
    """All bytes, stopping where there are too many to go on with."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"{location} is over the {MAX_BYTES // 2**20} MB that are read at once: split it")
    return content


def build_capture(
    content: bytes,
    location: str = STDIN,
    *,
    url: str | None = None,
    media_type: str | None = None,
    charset: str | None = None,
    captured: datetime | None = None,
) -> Capture:
    """A capture of bytes already in hand; `captured` is an aware UTC time, now if it is not given."""
    return Capture(
        content=content,
        sha256=sha256(content).hexdigest(),
        location=location,
        url=url,
        media_type=media_type,
        charset=charset,
        captured=captured or datetime.now(UTC),
    )
