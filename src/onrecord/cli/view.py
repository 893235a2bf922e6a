"""A report on the terminal, at one glance: who said what through whom, what others say of it, on what evidence, in which versions.

Each statement is a row of two columns, as in an annotated edition: in the margin its chain, from the originator outwards, and what
stands in relation to it, by number; beside it the cue and the words. Long words are folded in their middle unless all of them
are asked for. Direct words, paraphrase and a mixture are told apart by signs and not by colour alone. Lines are broken here and not by
the terminal, because a nested statement has to keep its guides on every line; one line a fact, as the plain form has it, was
rejected: an article with fifteen statements takes three screens of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from unicodedata import bidirectional

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from onrecord.types import Report, StatementKind
from onrecord.view.outline import LABELS, NO_SOURCE, Entry, Outline, SourceRow, build_outline
from onrecord.view.words import Piece

_SIGNS: dict[StatementKind, str] = {"direct": "❝", "indirect": "≈", "mixed": "❝≈"}
_COLOURS = {"direct": "green", "indirect": "yellow", "mixed": "cyan"}
_GUIDE = 2  # columns of a guide
_DEEPEST = 5  # guides that are drawn at most
_NARROW = 64  # columns below which margin and words stand below one another
_MARGIN = (0.3, 24, 38)  # share of the width that the margin takes, its least and most columns
_WIDE = 100  # columns from which words are folded to the first of these numbers of lines, else to the second
_FOLDED = (2, 3)
_NAMED = 5  # other names of a source that are shown
_UNSURE = 0.6  # confidence below which a statement's is shown
_FOLD = " ⋯ "
_LEFT_TO_RIGHT = "\u200e"


def render_report(report: Report, console: Console, *, full: bool = False) -> None:
    """Draw `report` on `console`, in its width; `full` shows all words of every statement."""
    outline = build_outline(report, full=full)
    for line in _draw_header(outline):
        _print(console, line)
    if outline.entries:
        console.print()
    gutter = 1 + max((len(entry.id) for entry in outline.entries), default=0)
    for entry in outline.entries:
        for line in _draw_entry(entry, gutter, console, full):
            line.rstrip()
            console.print(line, soft_wrap=True)
    for heading, lines in outline.notes:
        console.print()
        if len(lines) == 1 and cell_len(heading) + 4 + cell_len(lines[0]) <= console.width:
            _print(console, Text.assemble((heading, "bold"), "  ", lines[0]), later="  ")
            continue
        _print(console, Text(heading, style="bold"))
        for note in lines:
            _print(console, Text(note), "  ", "    ")
    if outline.rows:
        console.print()
        console.print(Text("Sources", style="bold"))
    described = [row for row in outline.rows if full or (row.statements and (row.roles or row.named))]
    for line in (line for row in described for line in _draw_source(row, console)):
        console.print(line, soft_wrap=True)
    if brief := [_describe_briefly(row) for row in outline.rows if row not in described]:
        _print(console, Text("also: " + "; ".join(brief)), "  ", "    ")


def _print(console: Console, text: Text, first: str = "", later: str = "") -> None:
    """Print `text` broken to the console's width: its first line after `first`, the others after `later`."""
    for index, line in enumerate(_wrap(text, console, console.width - max(len(first), len(later)))):
        console.print(Text.assemble(later if index else first, line), soft_wrap=True)


def _wrap(text: Text, console: Console, width: int) -> list[Text]:
    lines = list(text.wrap(console, max(2, width)))
    for line in lines:
        line.rstrip()
    return lines


def _draw_header(outline: Outline) -> Iterator[Text]:
    title = Text(outline.title, style="bold")
    facts = Text(" · ").join(Text(f"by {value}" if name == "by" else value) for name, value in outline.facts)
    yield from (Text(" · ").join(part for part in (title, facts) if part),) if outline.untitled or not facts else (title, facts)
    counts = Text(" · ".join(outline.counts), style="bold magenta")
    kinds = dict.fromkeys(entry.kind for entry in outline.entries)
    legend = "   ".join(f"{sign} {LABELS[kind]}" for kind, sign in _SIGNS.items() if kind in kinds)
    yield Text.assemble(counts, (f"   {legend}" if legend else "", "dim"))


# --- one statement ---------------------------------------------------------------------------------------------------


def _draw_entry(entry: Entry, gutter: int, console: Console, full: bool) -> Iterator[Text]:
    """Its margin and its words, side by side where there is room."""
    first, later = _draw_guides(entry.is_last[1:])
    first, later = first + entry.id.ljust(gutter), later + " " * gutter
    is_narrow = console.width < _NARROW
    margin = console.width - 2 if is_narrow else _find_margin(console)
    begin = cell_len(later) + 2 if is_narrow else margin + 1
    beside = _draw_margin(entry, console, margin - cell_len(first))
    lines = 1_000_000 if full else _FOLDED[console.width < _WIDE]
    words = _fold(_draw_words(entry), lines, console, console.width - begin - 3)
    said = [Text.assemble((f"{'' if index else _SIGNS[entry.kind]:<3}", _COLOURS[entry.kind]), line) for index, line in enumerate(words)]
    marked = [Text.assemble((later if index else first, "dim"), line) for index, line in enumerate(beside)]
    if is_narrow:
        yield from marked
        yield from (Text.assemble((later, "dim"), "  ", line) for line in said)
        return
    for left, right in zip_longest(marked, said):
        left = Text(later, "dim") if left is None else left
        yield Text.assemble(left, " " * (begin - left.cell_len), right or "")


def _find_margin(console: Console) -> int:
    share, least, most = _MARGIN
    return max(least, min(most, round(share * console.width)))


def _draw_guides(is_last: tuple[bool, ...]) -> tuple[str, str]:
    """What stands before the first and before the later lines of a statement that lies `len(is_last)` levels deep."""
    levels = is_last[-_DEEPEST:]
    if not levels:
        return "", ""
    above = "".join("  " if last else "│ " for last in levels[:-1])
    return above + ("└ " if levels[-1] else "├ "), above + ("  " if levels[-1] else "│ ")


def _draw_margin(entry: Entry, console: Console, width: int) -> list[Text]:
    """Through whom, and what stands in relation to it: as many facts on a line as it holds; one alone beside the name, if it has room."""
    lines = _wrap(_draw_chain(entry), console, width)
    facts = list(_find_facts(entry))
    room = width - lines[-1].cell_len if len(facts) == 1 else 0
    for fact, style in facts:
        if cell_len(fact) + 3 <= room:
            lines[-1] = Text.assemble(lines[-1], " · ", (fact, style))
        else:
            lines += _wrap(Text(fact, style), console, width)
        room = width - lines[-1].cell_len
    return lines


def _draw_chain(entry: Entry) -> Text:
    """The chain without the publisher, the originator bold. It runs from left to right also between right-to-left names, which
    would else turn the arrow's sides around.
    """
    hops = entry.chain[:-1] if entry.who != NO_SOURCE else ()
    drawn = Text()
    for index, hop in enumerate(hops or (entry.who,)):
        drawn.append(" → " if index else "", style="dim")
        name = hop + _LEFT_TO_RIGHT if any(bidirectional(char) in ("R", "AL") for char in hop) else hop
        drawn.append(name, style="" if index else "bold" if hops else "italic dim")
    return drawn


def _find_facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What is worth a word beside a statement, each with its style."""
    if entry.note:
        yield "carried on", "dim"
    if entry.told:
        yield entry.told, "yellow"
    for comment in (*entry.about, *entry.met_by):
        yield comment, "magenta"
    if entry.versions:
        yield f"⇄ {', '.join(entry.versions)}", "cyan"
    if entry.evidence:
        yield f"◇ {', '.join(entry.evidence)}", "cyan"
    if entry.time:
        yield entry.time, "dim"
    if entry.confidence < _UNSURE:
        yield f"only {entry.confidence:.0%} sure", "red"


def _draw_words(entry: Entry) -> Text:
    """The cue, then the words."""
    drawn = Text.assemble((f"{entry.cue}: ", "dim")) if entry.cue else Text()
    for index, paragraph in enumerate(entry.paragraphs):
        drawn.append(" ¶ " if index else "", style="dim")
        for piece in paragraph:
            drawn.append(piece.text, style=_find_style(piece, entry))
    return drawn


def _find_style(piece: Piece, entry: Entry) -> str:
    if piece.inserted:
        return "dim italic"
    if entry.kind == "direct":
        return _COLOURS["direct"]
    return "bold" if piece.quoted else "italic"


def _fold(words: Text, most: int, console: Console, width: int) -> list[Text]:
    """`words` in at most `most` lines of `width` columns: where they are longer, their middle is left out."""
    lines = _wrap(words, console, width)
    kept = most * width
    while len(lines) > most and kept > 2 * len(_FOLD):
        kept -= len(_FOLD)
        head, tail = words[: _find_gap(words, kept * 2 // 3, -1)], words[_find_gap(words, len(words) - kept // 3, 1) :]
        lines = _wrap(Text.assemble(head, (_FOLD, "bold red"), tail), console, width)
    return lines


def _find_gap(words: Text, at: int, step: int) -> int:
    """The nearest end of a word from `at` on, in the direction of `step`; `at` where the word is very long."""
    plain = words.plain
    for offset in range(20):
        near = at + step * offset
        if 0 < near < len(plain) and plain[near if step < 0 else near - 1].isspace():
            return near
    return at


# --- below the statements --------------------------------------------------------------------------------------------


def _describe_briefly(row: SourceRow) -> str:
    """A source without a statement, or of which nothing is told, on no line of its own: `Saltway League (organisation, as the League)`."""
    said = f"{row.kind}, {row.statements} said" if row.statements else row.kind
    facts = (said, *row.roles, f"as {', '.join(row.named[:_NAMED])}" if row.named else "")
    return f"{row.name} ({', '.join(fact for fact in facts if fact)})"


def _draw_source(row: SourceRow, console: Console) -> Iterator[Text]:
    """Its name in the margin; beside it what it is, how much it said, and under which other names."""
    named = row.named[:_NAMED] + ((f"{len(row.named) - _NAMED} more",) if len(row.named) > _NAMED else ())
    said = f"{row.kind}, {row.statements} said" if row.statements else row.kind
    facts = Text(" · ").join([Text(said), *(Text(role) for role in row.roles), *([Text("as " + ", ".join(named), "dim")] if named else [])])
    if console.width < _NARROW:
        yield from (Text.assemble("  ", line) for line in _wrap(Text(row.name, "bold"), console, console.width - 2))
        yield from (Text.assemble("    ", line) for line in _wrap(facts, console, console.width - 4))
        return
    begin = _find_margin(console) + 1
    beside = _wrap(Text(row.name, "bold"), console, begin - 4)
    for left, right in zip_longest(beside, _wrap(facts, console, console.width - begin)):
        yield Text.assemble("  ", left or "", " " * (begin - 2 - (left.cell_len if left else 0)), right or "")
