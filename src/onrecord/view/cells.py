"""Rows of CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from onrecord.view.visible import show

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width ones too: some spreadsheets take them for the same


def format_row(values: Iterable[object]) -> str:
    """One line of CSV (RFC 4180, but for the line feed at its end)."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([format_cell(value) for value in values])
    return line.getvalue()


def format_cell(value: object) -> str:
    """A value as a cell: hidden characters by their numbers, and an apostrophe before what a spreadsheet would compute."""
    if isinstance(value, str):
        return "'" + show(value) if value.startswith(_FORMULA) else show(value)
    return "" if value is None else str(value)
