"""What all benches share: progress on standard error, a table for people, one line of JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track as _track
from rich.table import Table

T = TypeVar("T")


def track(items: Sequence[T], doing: str) -> Iterable[T]:
    """`items`, with a progress bar on standard error."""
    return _track(items, description=doing, console=Console(stderr=True), transient=True)


def print_figures(title: str, figures: Mapping[str, Any], *, as_json: bool) -> None:
    """A table with a row for each figure or group of figures; with `as_json`, the JSON object as the last line."""
    groups = {k: v if isinstance(v, Mapping) else {"": v} for k, v in figures.items()}
    columns = list(dict.fromkeys(c for row in groups.values() for c in row))
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column.replace(" ", "\n"), justify="right", no_wrap=True)
    for name, row in groups.items():
        table.add_row(name, *(_show(row.get(c)) for c in columns))
    Console().print(table)
    if as_json:
        print(json.dumps(figures))


def _show(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and abs(value) < 10:
        return f"{value:.4f}".removesuffix("000")
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)
