"""The shards of a batch into a store, many documents in one transaction: as if each had been added, without reading it again.

What is in the store is known, so a load that was killed goes on where it was. Copies were not read, and are not loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from onrecord.cluster.manifests import Manifest, find_shard
from onrecord.cluster.shards import read_shard
from onrecord.errors import UsageError
from onrecord.rows import Row
from onrecord.store import Kept, Store
from onrecord.store.keep import is_known, keep_capture, keep_reading
from onrecord.store.values import parse_report
from onrecord.types import Capture, Report

_AT_ONCE = 200  # documents in one transaction


def load(store: Store, out: Path, manifests: list[Manifest]) -> Iterator[Kept]:
    """Store the documents of the shards under `out` that were read; one outcome for each, in their order.

    Raises:
        UsageError: a shard is damaged, or was made without the pages' bytes.
        StoreError: the store cannot be written; the documents passed on before are in it.

    """
    for manifest in manifests:
        if not manifest.settings["keep_bytes"]:
            raise UsageError(
                f"{manifest.name}: its shards were made without the pages' bytes, which a store keeps: run the batch with them"
            )
        for rows in read_shard(find_shard(out, "documents", manifest.name)):
            read = [row for row in rows if row["outcome"] == "read"]
            for at in range(0, len(read), _AT_ONCE):
                yield from _load_some(store, read[at : at + _AT_ONCE], manifest)


def _load_some(store: Store, rows: list[Row], manifest: Manifest) -> list[Kept]:
    given = manifest.settings["published"]
    with store.writing() as connection:
        kept = []
        for row in rows:
            if sha256(row["content"]).hexdigest() != row["id"]:
                raise UsageError(f"{row['location']}: its bytes are not those that were read: run the batch of {manifest.name} again")
            capture, report = _build_capture(row), _parse_report(row, manifest)
            known = is_known(connection, row["id"], None)
            key = keep_capture(connection, capture)
            if not known:
                day = date.fromisoformat(given) if given else None
                keep_reading(connection, key, report, reader=manifest.reader, given=day, forced=manifest.settings["force"])
            count = 0 if known else len(report.statements)
            kept.append(Kept(location=row["location"], outcome="known" if known else "added", document=row["id"], statements=count))
    return kept


def _parse_report(row: Row, manifest: Manifest) -> Report:
    try:
        return parse_report(row["report"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{row['location']}: its report is damaged: run the batch of {manifest.name} again") from error


def _build_capture(row: Row) -> Capture:
    def read_clock(name: str) -> datetime | None:
        return datetime.fromisoformat(row[name]) if row[name] else None

    return Capture(
        content=row["content"],
        sha256=row["id"],
        location=row["location"],
        url=row["target"],
        media_type=row["media_type"],
        charset=row["charset"],
        captured=read_clock("captured"),
        served=read_clock("served"),
        last_modified=read_clock("last_modified"),
        etag=row["etag"],
        status=row["status"],
    )
