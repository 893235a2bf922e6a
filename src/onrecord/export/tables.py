"""Two tables, `statements` and `hops`, as CSV or Parquet (extra `tables`).

Their columns are those of `rows`. Cells of CSV that a spreadsheet would compute begin with an apostrophe, and characters that nobody sees
are shown by their numbers; Parquet has the values as they are. Lost: spans but the first start and the last end, mentions, times of the
text, versions, and who a source is beyond its name, kind and roles.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.errors import UsageError
from onrecord.rows import TABLES, Row, Table, read_rows
from onrecord.types import Archived
from onrecord.view.cells import format_row

if TYPE_CHECKING:
    import pyarrow

_BATCH = 500  # documents whose rows are made at once
INSTALL = "Parquet needs more than is installed: pip install 'onrecord[tables]'"


def write_csv(archived: Iterable[Archived], folder: Path) -> None:
    """Write statements.csv and hops.csv into a folder (RFC 4180, UTF-8, line feeds)."""
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline="")) for name in TABLES}
        for name, columns in TABLES.items():
            files[name].write(format_row(columns))
        for each in archived:
            report = each.report
            for name, columns in TABLES.items():
                rows = read_rows(report, name, each.captured)
                files[name].writelines(format_row(row[column] for column in columns) for row in rows)


def write_parquet(archived: Iterable[Archived], folder: Path) -> None:
    """Write statements.parquet and hops.parquet into a folder; of many documents the rows are made in a process for each core.

    Raises UsageError where pyarrow is not installed.
    """
    try:
        from pyarrow import parquet
    except ImportError:
        raise UsageError(INSTALL) from None
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(parquet.ParquetWriter(folder / f"{name}.parquet", build_schema(columns), compression="zstd"))
            for name, columns in TABLES.items()
        }
        for tables in _map_batches(archived):
            for name, table in tables.items():
                writers[name].write_table(table)


def _map_batches(archived: Iterable[Archived]) -> Iterator[dict[Table, pyarrow.Table]]:
    """The tables of so many documents at a time, in their order: here if they are few, else in processes that are never far ahead."""
    documents = iter(archived)
    first = list(islice(documents, _BATCH))
    yield build_tables(first)
    if len(first) < _BATCH:
        return
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        ahead: deque[Future[dict[Table, pyarrow.Table]]] = deque()
        while batch := list(islice(documents, _BATCH)):
            ahead.append(pool.submit(build_tables, batch))
            if len(ahead) > 2 * cores:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def build_tables(archived: Iterable[Archived]) -> dict[Table, pyarrow.Table]:
    """Statements and hops of documents as Arrow tables."""
    rows: dict[Table, list[Row]] = {name: [] for name in TABLES}
    for each in archived:
        report = each.report
        for name in TABLES:
            rows[name].extend(read_rows(report, name, each.captured))
    return {name: build_table(rows[name], build_schema(columns)) for name, columns in TABLES.items()}


def build_schema(columns: Mapping[str, type]) -> pyarrow.Schema:
    """The schema of a table in Arrow's types."""
    import pyarrow

    kinds = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    return pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()])


def build_table(rows: list[Row], schema: pyarrow.Schema) -> pyarrow.Table:
    """A table of rows; halves of surrogate pairs, which UTF-8 cannot hold, are U+FFFD in it."""
    import pyarrow

    columns: list[list[Any]] = [[row[name] for row in rows] for name in schema.names]
    try:
        return pyarrow.table(columns, schema=schema)
    except (UnicodeEncodeError, pyarrow.ArrowInvalid):
        cleaned = [[each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in column] for column in columns]
        return pyarrow.table(cleaned, schema=schema)
