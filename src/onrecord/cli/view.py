"""A report on the terminal: the statements as a tree, then what ties them together, then the sources.

Direct words stand behind a bar and in quotation marks, paraphrase stands in italics without either, and each is labelled in words,
so that they can be told apart without colour. Lines are broken here and not by the terminal, because a nested statement has to keep
its guides on every line; `rich.tree` was rejected, as a deep tree leaves it no room for words. The plain form has the same content,
one fact a line, for pipes and for those who listen to it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from unicodedata import bidirectional

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onrecord.cli.outline import LABELS, NO_SOURCE, Entry, Outline, Piece, SourceRow, build_outline, count_of
from onrecord.types import Report

_GLYPHS = {"direct": "❝", "indirect": "≈", "mixed": "❝≈"}
_COLOURS = {"direct": "green", "indirect": "yellow", "mixed": "cyan"}
_GUIDE = 3  # columns of a guide
_SHORTEST_BODY = 28  # columns that a nested statement keeps for its words, however deep it lies
_BAR_STEPS = 5
_LEFT_TO_RIGHT = "\u200e"
_NO_STATEMENTS = "no statements found"


def render_report(report: Report, console: Console) -> None:
    """Draw `report` on `console`, in its width."""
    outline = build_outline(report)
    for line in _draw_header(outline):
        _print(console, line)
    gutter = 1 + max((len(entry.id) for entry in outline.entries), default=0)
    for entry in outline.entries:
        if entry.level == 0:
            console.print()
        _print_entry(entry, gutter, console)
    for heading, lines in _find_notes(outline):
        console.print()
        _print(console, Text(heading, style="bold"))
        for note in lines:
            _print(console, Text(note), "  ", "    ")
    if outline.rows:
        console.print()
        console.print(_draw_sources(outline.rows))


def _print(console: Console, text: Text, first: str = "", later: str = "", bar: str = "") -> None:
    """Print `text` broken to the console's width: its first line after `first`, the others after `later`, all after `bar`."""
    lines = text.wrap(console, max(2, console.width - max(len(first), len(later)) - len(bar)))
    for index, line in enumerate(lines):
        line.rstrip()
        console.print(Text.assemble((later if index else first, "dim"), (bar, _COLOURS["direct"]), line), soft_wrap=True)


def _draw_header(outline: Outline) -> Iterator[Text]:
    yield Text(outline.title, style="bold")
    if outline.facts:
        yield Text(" · ").join(Text(f"by {value}" if name == "by" else value) for name, value in outline.facts)
    yield Text(_count(outline, " · "), style="bold magenta")


def _count(outline: Outline, between: str) -> str:
    if not outline.statements:
        return _NO_STATEMENTS
    return f"{count_of(outline.statements, 'statement')}{between}{count_of(outline.sources, 'source')}"


# --- one statement ---------------------------------------------------------------------------------------------------


def _print_entry(entry: Entry, gutter: int, console: Console) -> None:
    first, later = _draw_guides(entry.is_last[1:], gutter, console.width)
    indent = later + " " * gutter
    _print(console, _draw_who(entry), first + entry.id.ljust(gutter), indent)
    _print(console, _draw_manner(entry), indent, indent)
    bar = "▌ " if entry.kind == "direct" else ""
    for paragraph in entry.paragraphs:
        _print(console, _draw_paragraph(paragraph, entry), indent, indent, bar)
    if entry.chain:
        _print(console, _draw_chain(entry.chain), indent + "↳ ", indent + "  ")
    for evidence in entry.evidence:
        _print(console, Text(evidence, style="dim"), indent + "◇ ", indent + "  ")


def _draw_guides(is_last: tuple[bool, ...], gutter: int, width: int) -> tuple[str, str]:
    """What stands before the first and before the later lines of a statement that lies `len(is_last)` levels deep."""
    room = max(0, (width - gutter - _SHORTEST_BODY) // (gutter + _GUIDE))
    levels = is_last[-room:] if room else ()
    if not levels:
        return "", ""
    above = "".join(" " * gutter + ("   " if last else "│  ") for last in levels[:-1]) + " " * gutter
    return above + ("└─ " if levels[-1] else "├─ "), above + ("   " if levels[-1] else "│  ")


def _draw_who(entry: Entry) -> Text:
    who = Text(entry.who, style="italic dim" if entry.who == NO_SOURCE else "bold")
    beside = (f" → {entry.identity}" if entry.identity else "", f" {entry.note}" if entry.note else "", *(f" · {w}" for w in entry.detail))
    return Text.assemble(who, ("".join(beside), "dim"))


def _draw_manner(entry: Entry) -> Text:
    label = (f"{_GLYPHS[entry.kind]} {LABELS[entry.kind]}", _COLOURS[entry.kind])
    filled = round(entry.confidence * _BAR_STEPS)
    meter = ("▰" * filled + "▱" * (_BAR_STEPS - filled), "magenta")
    return Text.assemble(label, " ", meter, f" {_rate(entry)}", *(f" · {fact}" for fact in _find_circumstances(entry)))


def _rate(entry: Entry) -> str:
    return f"{entry.confidence:.0%} sure"


def _find_circumstances(entry: Entry) -> Iterator[str]:
    if entry.cue:
        yield f"cue “{entry.cue}”"
    if entry.told:
        yield f"told as {entry.told}"
    if entry.about:
        yield f"about {', '.join(entry.about)}"
    if entry.time:
        yield entry.time


def _draw_chain(chain: tuple[str, ...]) -> Text:
    """The chain from left to right, also between right-to-left names, which would else turn the arrow's sides around."""
    drawn = Text()
    for index, hop in enumerate(chain):
        drawn.append(" → " if index else "", style="dim")
        drawn.append(hop + _LEFT_TO_RIGHT if any(bidirectional(char) in ("R", "AL") for char in hop) else hop)
    return drawn


def _draw_paragraph(paragraph: tuple[Piece, ...], entry: Entry) -> Text:
    drawn = Text()
    for piece in paragraph:
        drawn.append(piece.text, style=_find_style(piece, entry))
    return drawn


def _find_style(piece: Piece, entry: Entry) -> str:
    if entry.kind == "direct":
        return "dim" if piece.inserted else _COLOURS["direct"]
    return "bold" if piece.quoted else "italic"


# --- below the tree --------------------------------------------------------------------------------------------------


def _find_notes(outline: Outline) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The headings and lines between the statements and the sources."""
    if outline.versions:
        yield "Versions of one statement", outline.versions
    if outline.evidence:
        yield "Other evidence", outline.evidence
    if outline.times:
        yield "Times in the text", (" · ".join(outline.times),)


def _draw_sources(rows: tuple[SourceRow, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("source", overflow="fold", style="bold", min_width=10)
    table.add_column("kind", no_wrap=True)
    table.add_column("roles", overflow="fold")
    table.add_column("said", justify="right")
    table.add_column("also named", overflow="fold", style="dim")
    for row in rows:
        cells = (row.name, row.kind, "; ".join(row.roles), str(row.statements or "–"), "; ".join(row.named))
        table.add_row(*map(Text, cells))
    return table


# --- the plain form --------------------------------------------------------------------------------------------------


def format_plain(report: Report, width: int | None = None) -> str:
    """What `render_report` draws, as lines of words without colour or drawing; broken to `width` columns if that is given."""
    lines = _write_plain(build_outline(report))
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


def _write_plain(outline: Outline) -> Iterator[str]:
    yield outline.title
    for name, value in outline.facts:
        yield f"{name}: {value}"
    yield _count(outline, ", ")
    for entry in outline.entries:
        yield ""
        yield from ("  " * min(entry.level, 4) + line for line in _write_entry(entry))
    for heading, lines in _find_notes(outline):
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
    manner = (LABELS[entry.kind], _rate(entry), *_find_circumstances(entry))
    yield f"  {'; '.join(manner)}"
    bar = "> " if entry.kind == "direct" else ""
    for paragraph in entry.paragraphs:
        yield f"  {bar}{''.join(piece.text for piece in paragraph)}"
    if entry.chain:
        yield f"  through: {', then '.join(entry.chain)}"
    for evidence in entry.evidence:
        yield f"  evidence: {evidence}"


def _write_row(row: SourceRow) -> str:
    facts = [row.kind, *row.roles, count_of(row.statements, "statement")]
    if row.named:
        facts.append(f"also named: {', '.join(row.named)}")
    return f"{row.name}: {'; '.join(facts)}"
