"""The statements of a batch's shards in one file of SQLite, as a store has them: what their versions are found by, and nothing else.

It is made for one grouping, aside from the shards, and read by many processes at once, which must see it under one path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, create_engine, insert, select

from onrecord.cluster.manifests import Manifest, find_shard
from onrecord.cluster.shards import read_shard
from onrecord.rows import Row
from onrecord.store.digests import clean
from onrecord.store.schema import create_statement_table
from onrecord.store.schema import statement as statements
from onrecord.store.tracing import find_versions
from onrecord.trace.pairs import find_pairs

_COLUMNS = (
    "id", "document", "content", "source", "source_kind", "title", "outlet", "url", "published", "said_from", "said_to", "kind", "medium",
    "certainty", "confidence", "within", "translated", "chain", "through",
)  # fmt: skip
_CLEANED = ("content", "source", "title", "outlet", "url", "chain", "through")
_QUICK = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "temp_store = MEMORY")  # a file that need not survive us


def build_index(path: Path, out: Path, manifests: Sequence[Manifest]) -> int:
    """Put the statements of all shards under `out` into a new file; how many they are. A document of several shards counts once.

    Raises:
        UsageError: a shard is damaged.

    """
    engine = create_engine(f"sqlite:///{path}")
    seen: set[bytes] = set()
    count = 0
    try:
        with engine.connect() as connection:
            for setting in _QUICK:
                connection.exec_driver_sql(f"PRAGMA {setting}")
            connection.commit()
            with connection.begin():
                create_statement_table(connection)
                for manifest in manifests:
                    mine: set[bytes] = set()
                    for rows in read_shard(find_shard(out, "statements", manifest.name), _COLUMNS):
                        new = [row for row in rows if bytes.fromhex(row["document"]) not in seen]
                        mine.update(bytes.fromhex(row["document"]) for row in new)
                        if new:
                            connection.execute(insert(statements), [_build_row(row) for row in new])
                        count += len(new)
                    seen |= mine
    finally:
        engine.dispose()
    return count


def _build_row(row: Row) -> Row:
    """A row of `statement`, from one of a shard, whose ids name the document too."""
    values = {**row, "id": row["id"].partition("/")[2], "within": row["within"].partition("/")[2] if row["within"] else None}
    values |= {name: clean(row[name]) for name in _CLEANED if row[name] is not None}
    return {**values, "pairs": " ".join(find_pairs(values["content"]))}


def trace_one(key: int, path: str) -> tuple[int, ...]:
    """The keys of all versions of a statement in the index at `path`, itself among them."""
    with _open(path).connect() as connection:
        return find_versions(connection, key)


@lru_cache(maxsize=1)
def _open(path: str) -> Engine:
    return create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", execution_options={"unchanging": True})


def read_names(path: Path) -> Iterator[tuple[int, str, str]]:
    """Key, document and id of each statement in the index, in order."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect().execution_options(yield_per=10_000) as connection:
            for row in connection.execute(select(statements.c.key, statements.c.document, statements.c.id).order_by(statements.c.key)):
                yield row.key, row.document, row.id
    finally:
        engine.dispose()
