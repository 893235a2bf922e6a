"""What a batch reads: each archive for itself, and the loose articles of each folder in parts of so many.

An input's name is its path under the folder that was given, and its shards are called by it; so two inputs of one name are refused.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from onrecord.capture.files import STDIN, find_locations, is_archive, is_url
from onrecord.capture.sources import is_warc, peek
from onrecord.errors import UsageError

_PART = 500  # loose articles in one shard


@dataclass(frozen=True, slots=True)
class Input:
    """One archive, or a part of a folder's articles. `stamp` tells whether it is still what was read: a digest of names and sizes."""

    name: str
    paths: tuple[str, ...]
    size: int  # bytes
    stamp: str
    is_archive: bool


def find_inputs(sources: Sequence[str]) -> list[Input]:
    """The inputs that files, folders and patterns mean, by name.

    Raises:
        UsageError: a source names nothing or is no file, or two inputs would be written to the same shards.

    """
    archives: dict[str, list[str]] = defaultdict(list)
    loose: dict[str, dict[str, None]] = defaultdict(dict)
    for source in sources:
        if source == STDIN or is_url(source):
            raise UsageError(f"{source}: a batch reads files: give WARC files, or folders of articles")
        root = source if os.path.isdir(source) else None
        for path in find_locations([source]):
            name = os.path.relpath(path, root) if root else os.path.basename(path)
            if is_archive(path) or is_warc(peek(path)):
                archives[name].append(path)
            else:
                folder = os.path.dirname(name) if root else os.path.basename(os.path.dirname(os.path.abspath(path)))
                loose[folder or os.path.basename(os.path.abspath(source))][path] = None
    inputs = [_build(name, [_take_one(name, paths)], is_archive=True) for name, paths in archives.items()]
    for folder, paths in loose.items():
        ordered = sorted(paths)
        parts = [ordered[at : at + _PART] for at in range(0, len(ordered), _PART)]
        inputs += [_build(f"{folder}.articles-{number:05d}", part) for number, part in enumerate(parts, 1)]
    return sorted(inputs, key=lambda one: one.name)


def _take_one(name: str, paths: Sequence[str]) -> str:
    if len({os.path.realpath(path) for path in paths}) > 1:
        raise UsageError(f"{paths[0]} and {paths[1]} would both be written as {name}: give the folder that holds both, or two --out")
    return paths[0]


def _build(name: str, paths: Sequence[str], *, is_archive: bool = False) -> Input:
    try:
        sizes = [os.stat(path).st_size for path in paths]
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read ({(error.strerror or 'no file').lower()})") from error
    lines = "\n".join(f"{Path(path).name} {size}" for path, size in zip(paths, sizes, strict=True))
    return Input(name, tuple(paths), sum(sizes), sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:16], is_archive)
