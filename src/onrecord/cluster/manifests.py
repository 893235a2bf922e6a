"""Where the parts of a batch lie, and the manifest of each input: what has one is done.

DIR/statements/NAME.parquet   DIR/documents/NAME.parquet   DIR/manifests/NAME.json   DIR/groups.parquet
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from onrecord.cluster.inputs import Input
from onrecord.cluster.shards import KINDS, Kind
from onrecord.errors import UsageError

SCHEMA = "onrecord-batch/1"
_ASIDE = ".aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What came of one input."""

    name: str
    paths: tuple[str, ...]
    size: int  # bytes of the input
    stamp: str
    reader: str
    settings: dict[str, Any]
    counts: dict[str, int]  # documents by outcome, and statements
    notes: tuple[str, ...]  # of an archive that is damaged, or holds nothing
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """An input that could not be read; there is no manifest of it, so the next run tries it again."""

    name: str
    reason: str


def find_shard(out: Path, kind: Kind, name: str) -> Path:
    """Where a shard lies."""
    return out / kind / f"{name}.parquet"


def find_aside(out: Path, kind: Kind, name: str) -> Path:
    """Where a shard is written until it is whole."""
    return out / _ASIDE / f"{name}.{kind}.parquet"


def find_aside_file(out: Path, name: str) -> Path:
    """Where a file of the whole batch is written until it is whole."""
    return out / _ASIDE / name


def _find_manifest(out: Path, name: str) -> Path:
    return out / "manifests" / f"{name}.json"


def settle(path: Path, place: Path) -> None:
    """Give a file that is whole its name, once its bytes are on the disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(place)


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Write the manifest, whole or not at all. Raises OSError."""
    aside = out / _ASIDE / f"{manifest.name}.json"
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.write_text(json.dumps({"schema": SCHEMA, **asdict(manifest)}, indent=1) + "\n", encoding="utf-8")
    settle(aside, _find_manifest(out, manifest.name))


def read_manifest(out: Path, name: str) -> Manifest | None:
    """The manifest of an input; None where there is none, or it tells nothing that can be read."""
    return _parse(_find_manifest(out, name))


def read_manifests(out: Path) -> list[Manifest]:
    """All manifests of a batch whose shards are there, by name. Raises UsageError where there are none."""
    found = sorted((out / "manifests").rglob("*.json"))
    read = [manifest for path in found if (manifest := _parse(path)) and has_shards(out, manifest.name)]
    if not read:
        raise UsageError(f"{out}: no shards there: make them with onrecord batch INPUT --out {out}")
    return sorted(read, key=lambda manifest: manifest.name)


def _parse(path: Path) -> Manifest | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("schema") != SCHEMA:
            return None
        return Manifest(**{**told, "paths": tuple(told["paths"]), "notes": tuple(told["notes"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def has_shards(out: Path, name: str) -> bool:
    """Whether the shards of an input are where they belong."""
    return all(find_shard(out, kind, name).is_file() for kind in KINDS)


def is_done(out: Path, one: Input) -> bool:
    """Whether an input has been read, and is still what it was."""
    manifest = read_manifest(out, one.name)
    return manifest is not None and manifest.stamp == one.stamp and has_shards(out, one.name)


@contextmanager
def open_batch(out: Path) -> Iterator[None]:
    """The folder of a batch, for one run at a time; what a killed run left aside is removed.

    Raises:
        UsageError: it cannot be written, or another run writes there.

    """
    try:
        (out / _ASIDE).mkdir(parents=True, exist_ok=True)
        lock = (out / _ASIDE / "lock").open("w")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({(error.strerror or 'no folder').lower()})") from error
    with lock:
        _take(lock, out)
        for path in (out / _ASIDE).rglob("*"):
            if path.is_file() and path.name != "lock":
                path.unlink()
        yield


def _take(lock: IO[str], out: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(f"{out}: another batch is being written there: wait for it, or give another --out") from None
