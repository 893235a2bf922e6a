"""A report as lines of words without colour or drawing, one fact a line: for pipes, and for those who listen to it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from onrecord.types import Report
from onrecord.view.outline import LABELS, Entry, Outline, SourceRow, build_outline, count_of


def format_plain(report: Report, width: int | None = None) -> str:
    """All that `view.render_report` can draw of `report`; broken to `width` columns if that is given."""
    lines = _write(build_outline(report))
    return "\n".join(part for line in lines for part in ([line] if width is None else _break(line, width)))


def _break(line: str, width: int) -> list[str]:
    """`line` in lines of at most `width` columns, the later ones set in as far as the first and a little more."""
    if not line:
        return [""]
    words = line.lstrip(" ")
    indent = " " * min(len(line) - len(words), width // 2)
    console = Console(file=io.StringIO(), width=width)
    parts = Text(words).wrap(console, max(2, width - len(indent) - 2))
    return [f"{indent}{'  ' if index else ''}{part.plain.rstrip()}" for index, part in enumerate(parts)]


def _write(outline: Outline) -> Iterator[str]:
    yield outline.title
    for name, value in outline.facts:
        yield f"{name}: {value}"
    yield ", ".join(outline.counts)
    for entry in outline.entries:
        yield ""
        yield from ("  " * min(entry.level, 4) + line for line in _write_entry(entry))
    for heading, lines in outline.notes:
        yield ""
        yield heading
        yield from (f"  {line}" for line in lines)
    if outline.rows:
        yield ""
        yield "Sources"
        yield from (f"  {_write_row(row)}" for row in outline.rows)


def _write_entry(entry: Entry) -> Iterator[str]:
    inside = f" (inside {entry.within})" if entry.within else ""
    identity = f" = {entry.identity}" if entry.identity else ""
    note = f" {entry.note}" if entry.note else ""
    yield f"{entry.id}{inside}: {entry.who}{identity}{note}{''.join(f'; {word}' for word in entry.detail)}"
    manner = (LABELS[entry.kind], f"{entry.confidence:.0%} sure", *_find_circumstances(entry))
    yield f"  {'; '.join(manner)}"
    bar = "> " if entry.kind == "direct" else ""
    for paragraph in entry.paragraphs:
        yield f"  {bar}{''.join(piece.text for piece in paragraph)}"
    if entry.chain:
        yield f"  through: {', then '.join(entry.chain)}"
    yield from (f"  {comment}" for comment in (*entry.about, *entry.met_by))
    for name, ids in (("other versions", entry.versions), ("evidence", entry.evidence)):
        if ids:
            yield f"  {name}: {', '.join(ids)}"


def _find_circumstances(entry: Entry) -> Iterator[str]:
    if entry.cue:
        yield f"cue “{entry.cue}”"
    if entry.told:
        yield f"told as {entry.told}"
    if entry.time:
        yield entry.time


def _write_row(row: SourceRow) -> str:
    facts = [row.kind, *row.roles, count_of(row.statements, "statement")]
    if row.named:
        facts.append(f"also named: {', '.join(row.named)}")
    return f"{row.name}: {'; '.join(facts)}"
