"""A report as frames of pandas and Polars, and as notebooks show it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onrecord.rows import TABLES, Table, read_rows
from tests.invented import build_report


@pytest.mark.parametrize("table", list(TABLES))
def test_frames(table: Table) -> None:
    for name in ("pandas", "polars"):
        pytest.importorskip(name)
    report = build_report()
    rows = list(read_rows(report.to_dict(), table))
    assert rows
    pandas, polars = report.to_pandas(table), report.to_polars(table)
    assert list(pandas.columns) == polars.columns == list(TABLES[table])
    assert polars.rows(named=True) == [{name: row[name] for name in TABLES[table]} for row in rows]
    kinds = {str: "string", int: "Int64", float: "Float64"}
    assert [str(kind) for kind in pandas.dtypes] == [kinds[kind] for kind in TABLES[table].values()]
    empty = replace(report, statements=())
    assert len(empty.to_pandas(table)) == len(empty.to_polars(table)) == 0
    assert [str(kind) for kind in empty.to_pandas(table).dtypes] == [str(kind) for kind in pandas.dtypes]


def test_notebooks_show_text_and_run_nothing() -> None:
    report = build_report()
    hostile = replace(report, document=replace(report.document, title="<script>alert(1)</script>"))
    shown = hostile._repr_html_()
    assert "<script" not in shown
    assert shown.count("<tr>") == len(report.statements) + 1
