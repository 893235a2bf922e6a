"""What `onrecord search` and `show` do: hits as a table, JSON or CSV; a stored document as `read` shows it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onrecord.cli import complain
from onrecord.cli.reading import Request, format_json, print_report
from onrecord.errors import UsageError
from onrecord.store import Hit, Query, load_records, load_report, open_store, search
from onrecord.store.words import parse_words
from onrecord.view.cells import format_row
from onrecord.view.outline import LABELS
from onrecord.view.snippets import cut_snippet
from onrecord.view.visible import show

Form = Literal["view", "json", "csv"]


def search_and_print(query: Query, place: str, *, form: Form, limit: int, width: int | None) -> int:
    """Search a store and print the hits: the first `limit` as a table, all of them as JSON or CSV. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        if form == "json":
            _write_json(search(store, query))
        elif form == "csv":
            _write_csv(search(store, query))
        else:
            hits = list(search(store, query, limit=limit + 1))
            _print_table(hits[:limit], query, width)
            if len(hits) > limit:
                complain(f"these are the first {limit}: --limit gives more, --json and --csv give all")
            if not hits:
                complain("nothing found")
    finally:
        store.close()
    return 0


def _write_json(hits: Iterable[Hit]) -> None:
    before = "[\n"
    for hit in hits:
        sys.stdout.write(before + format_json(hit.to_dict()))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def _write_csv(hits: Iterable[Hit]) -> None:
    """All hits as CSV with a heading."""
    names = [f.name for f in fields(Hit)]
    sys.stdout.write(format_row(names))
    for hit in hits:
        facts = hit.to_dict()
        sys.stdout.write(format_row(facts[name] for name in names))


def _print_table(hits: list[Hit], query: Query, width: int | None) -> None:
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    tokens = tuple(token for term in parse_words(query.words) if not term.is_excluded for token in term.tokens)
    if not console.is_terminal and width is None:
        sys.stdout.writelines("\t".join(cell.plain for cell in _build_cells(hit, tokens)) + "\n" for hit in hits)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("id", no_wrap=True)
    for name in ("who", "words", "where"):
        table.add_column(name, overflow="fold", ratio={"who": 2, "words": 5, "where": 3}[name])
    for hit in hits:
        table.add_row(*_build_cells(hit, tokens))
    if hits:
        console.print(table)


def _build_cells(hit: Hit, tokens: tuple[str, ...]) -> tuple[Text, ...]:
    label = f" ({LABELS[hit.kind]})" if hit.kind in LABELS else ""
    where = ", ".join(show(part) for part in (hit.outlet, hit.published) if part)
    words = _mark(cut_snippet(show(hit.content or hit.title or ""), tokens))
    return Text(hit.id, style="bold"), Text(show(hit.source or "–") + label), words, Text(where)


def _mark(pieces: Iterable[tuple[str, bool]]) -> Text:
    text = Text()
    for piece, is_found in pieces:
        text.append(piece, style="bold underline" if is_found else "")
    return text


def _write_warc(records: bytes, path: str, name: str) -> None:
    if not records:
        raise UsageError(f"{name}: was not fetched from the web, so that there is no WARC record of it")
    try:
        Path(path).write_bytes(records)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def show_and_print(name: str, place: str, request: Request, warc: str | None) -> int:
    """Print a stored document as `read` would; the exit code. How it came over the wire goes into the file `warc`, if one is given.

    Raises UsageError, StoreError.
    """
    store = open_store(place)
    try:
        report, _ = load_report(store, name)
        records = load_records(store, report.document.id.removeprefix("sha256:")) if warc is not None else b""
    finally:
        store.close()
    if warc is not None:
        _write_warc(records, warc, name)
    print_report(report, request)
    return 0
