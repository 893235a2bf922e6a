"""The Parquet shards of a batch: their columns, writing them aside, and reading them again.

`statements` has the columns of the table that `onrecord export --format parquet` writes, and what versions are found by; `documents` has a
row for every page, read or not, with the report and the bytes of those that were read: so a shard can be loaded into a store
without the archive that it came from. Rows stand in the input's order, and the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from onrecord.errors import UsageError
from onrecord.export.tables import INSTALL, build_table
from onrecord.rows import STATEMENT, Row

if TYPE_CHECKING:
    import pyarrow

Kind = Literal["statements", "documents"]
KINDS: tuple[Kind, ...] = ("statements", "documents")
_GROUP = 2_000  # rows of one row group of statements
_GROUP_BYTES = 32_000_000  # of one row group of documents, before packing

_STATEMENT: dict[str, type] = {
    **STATEMENT,
    "chain": str,  # [name, medium] of each hop but the publisher, as JSON
    "through": str,  # outlets that it was told to, and translators, as JSON: [name, whether that is sure] of each
    "translated": bool,  # whether the article says that its words are a translation
}
_DOCUMENT: dict[str, type] = {
    "id": str,  # SHA-256 of the bytes
    "outcome": str,  # read, copy, seen, or why it was not read: language, short, unreadable
    "reason": str,  # one line, where it was not read
    "copy_of": str,  # the document of this shard that has the same text
    "text": str,  # digest of its long paragraphs, by which copies are known
    "location": str,  # the archive and the record
    "url": str,
    "title": str,
    "outlet": str,
    "published": str,
    "modified": str,
    "language": str,
    "words": int,
    "statements": int,
    "target": str,  # the address that was captured; `url` may be the one that the page itself gives
    "media_type": str,
    "charset": str,
    "captured": str,
    "served": str,
    "last_modified": str,
    "etag": str,
    "status": int,
    "credits": str,  # whose report it says it is, as JSON
    "sketch": bytes,  # of its text, for the count of origins
    "report": bytes,  # JSON, and where each character stands in the bytes
    "content": bytes,  # as they were captured
}
_GROUP_COLUMNS: dict[str, type] = {
    "group": str,  # the id of the group's first statement
    "id": str,
    "document": str,
    "size": int,  # statements in the group
}
COLUMNS: dict[Kind, dict[str, type]] = {"statements": _STATEMENT, "documents": _DOCUMENT}


def build_schemas() -> dict[Kind, pyarrow.Schema]:
    """The shards' schemas. Raises UsageError where pyarrow is not installed."""
    return {kind: _build_schema(columns) for kind, columns in COLUMNS.items()}


def build_group_schema() -> pyarrow.Schema:
    """The schema of `groups.parquet`. Raises UsageError where pyarrow is not installed."""
    return _build_schema(_GROUP_COLUMNS)


def _build_schema(columns: dict[str, type]) -> pyarrow.Schema:
    try:
        import pyarrow
    except ImportError:
        raise UsageError(INSTALL) from None
    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        bool: pyarrow.bool_(),
        bytes: pyarrow.large_binary(),
    }
    return pyarrow.schema([(name, kinds[type_]) for name, type_ in columns.items()])


class Shard:
    """One Parquet file that is written in row groups as rows come, so that it takes the memory of one of them."""

    def __init__(self, path: Path, schema: pyarrow.Schema) -> None:
        from pyarrow import parquet

        self._schema = schema
        self._writer = parquet.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[Row] = []
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def add(self, rows: Sequence[Row], size: int = 0) -> None:
        """Add rows that have so many bytes in all, if they are large."""
        self._rows += rows
        self._size += size
        if len(self._rows) >= _GROUP or self._size >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(build_table(self._rows, self._schema))
        self._rows, self._size = [], 0


def read_shard(path: Path, columns: Sequence[str] | None = None) -> Iterator[list[Row]]:
    """The rows of a shard, a row group at a time. Raises UsageError if it is damaged."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            for at in range(file.num_row_groups):
                rows: list[dict[str, Any]] = file.read_row_group(at, columns=list(columns) if columns else None).to_pylist()
                yield rows
    except (OSError, pyarrow.ArrowException) as error:
        raise UsageError(
            f"{path}: cannot be read ({str(error).splitlines()[0].rstrip('.').lower()}): remove it and run the batch again"
        ) from error
