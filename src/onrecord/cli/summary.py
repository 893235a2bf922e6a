"""Several documents at a glance: a bar while they are read, and a table of what was found in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from onrecord.types import Report, Skipped
from onrecord.view.outline import count_of
from onrecord.view.visible import show


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one document: how much was found in it, or why it was not read."""

    location: str
    statements: int = 0
    sources: int = 0
    reason: str | None = None


def track(results: Iterable[tuple[str, Report | Skipped]], *, total: int | None, hidden: bool = False) -> Iterator[Outcome]:
    """The outcome of each result as it comes, with a bar on standard error where that is a terminal and the bar not `hidden`.

    Standard output is left alone: it may be a pipe, and the bar's console is another stream.
    """
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if hidden or not console.is_terminal:
        yield from (_build_outcome(location, result) for location, result in results)
        return
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("reading", total=total)
        for location, result in results:
            progress.advance(task)
            yield _build_outcome(location, result)


def _build_outcome(location: str, result: Report | Skipped) -> Outcome:
    if isinstance(result, Skipped):
        return Outcome(location=result.location, reason=result.reason)
    return Outcome(location=location, statements=len(result.statements), sources=len(result.sources))


def print_summary(outcomes: list[Outcome], console: Console, *, plain: bool) -> None:
    """The table of `outcomes` on `console`, or a line for each where `plain`."""
    if plain:
        console.file.writelines(line + "\n" for line in _format_lines(outcomes))
    else:
        console.print(_build_table(outcomes, console.width // 2))
        console.print(Text(_count(outcomes), style="bold"))


def _format_lines(outcomes: list[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        found = f"{count_of(outcome.statements, 'statement')}, {count_of(outcome.sources, 'source')}"
        yield f"{show(outcome.location)}: {found if outcome.reason is None else 'skipped: ' + show(outcome.reason)}"
    yield _count(outcomes)


def _build_table(outcomes: list[Outcome], widest_name: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    longest = max((cell_len(show(outcome.location)) for outcome in outcomes), default=0)
    table.add_column("document", overflow="fold", min_width=min(longest, widest_name))
    table.add_column("statements", justify="right")
    table.add_column("sources", justify="right")
    skips = any(outcome.reason is not None for outcome in outcomes)
    if skips:
        table.add_column("skipped because", overflow="fold")
    for outcome in outcomes:
        counts = ("–", "–") if outcome.reason is not None else (str(outcome.statements), str(outcome.sources))
        reason = (Text(show(outcome.reason or ""), style="yellow"),) if skips else ()
        table.add_row(Text(show(outcome.location)), *counts, *reason)
    return table


def _count(outcomes: list[Outcome]) -> str:
    skipped = sum(outcome.reason is not None for outcome in outcomes)
    statements = sum(outcome.statements for outcome in outcomes)
    read = f"{count_of(len(outcomes) - skipped, 'document')} read, {count_of(statements, 'statement')}"
    return f"{read}; {skipped} skipped" if skipped else read
