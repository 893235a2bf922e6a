"""What `onrecord read` does: documents in, and on standard output a view, a table or JSON.

One document and several are told apart by what the sources expand to. Several are written as they are read, in every form that
allows it, so that a folder of any size goes through in the memory of one document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Literal

from onrecord.cli import complain
from onrecord.cli.fetching import Web, open_fetcher
from onrecord.errors import UnreadableError
from onrecord.types import Json, Report, Skipped
from onrecord.view.visible import show_in_json

if TYPE_CHECKING:
    from rich.console import Console

    from onrecord.capture.fetch import Fetcher

Form = Literal["view", "json", "jsonl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line, checked."""

    sources: tuple[str, ...]
    published: date | None = None
    force: bool = False
    min_confidence: float | None = None
    form: Form = "view"
    plain: bool = False
    full: bool = False
    width: int | None = None
    web: Web = field(default_factory=Web)


def read_and_print(request: Request) -> int:
    """Read what is asked for and print it; the exit code. Raises UsageError."""
    from onrecord.capture import find_locations, holds_many, is_url

    locations = find_locations(request.sources)
    many = [location for location in locations if holds_many(location)]
    alone = request.form != "jsonl" and tuple(locations) == request.sources and len(locations) == 1
    if not many and not any(map(is_url, locations)):
        return _read_one(request) if alone else _read_several(request, _read_each(request, locations), total=len(locations))
    with open_fetcher(request.web) as fetcher:
        results = _read_each(request, locations, fetcher)
        if alone and not many:  # an address, which may be a feed's
            return _read_address(request, results)
        return _read_several(request, results, total=None)


def _read_one(request: Request) -> int:
    from onrecord.pipeline import read

    try:
        report = read(request.sources[0], published=request.published, force=request.force, min_confidence=request.min_confidence)
    except UnreadableError as error:
        _complain_of(request.sources[0], str(error))
        return 1
    _warn_of(request.sources[0], report)
    print_report(report, request)
    return 0


def _read_address(request: Request, results: Iterator[tuple[str, Report | Skipped]]) -> int:
    """One page as one document; a feed's pages as several."""
    first, second = next(results, None), next(results, None)
    if first is None:
        return 1
    if second is not None:
        return _read_several(request, chain((first, second), results), total=None)
    if isinstance(first[1], Skipped):
        return 1
    print_report(first[1], request)
    return 0


def print_report(report: Report, request: Request) -> None:
    """One report in the form that is asked for."""
    if request.form == "json":
        print(format_json(report.to_dict(), indent=2))
    else:
        _print_view(report, request)


def _read_several(request: Request, results: Iterator[tuple[str, Report | Skipped]], *, total: int | None) -> int:
    from onrecord.cli.summary import print_summary, track

    if request.form == "view":
        console = _open_console(request)
        outcomes = list(track(results, total=total))
        print_summary(outcomes, console, plain=_is_plain(request, console) or not console.is_terminal)
    else:
        written = _write_array(results) if request.form == "json" else _write_lines(results)
        outcomes = list(track(written, total=total, hidden=sys.stdout.isatty()))
        if sys.stderr.isatty() and not sys.stdout.isatty():
            print_summary(outcomes, _open_console(request, stderr=True), plain=request.plain)
    return 1 if any(outcome.reason is not None for outcome in outcomes) else 0


def _read_each(request: Request, locations: list[str], fetcher: Fetcher | None = None) -> Iterator[tuple[str, Report | Skipped]]:
    """Each result with the location that it was read from; skipped ones are complained of as they come."""
    from onrecord.pipeline import read_each

    results = read_each(locations, published=request.published, force=request.force, min_confidence=request.min_confidence, fetcher=fetcher)
    for location, result in results:
        if isinstance(result, Skipped):
            _complain_of(result.location, result.reason)
        else:
            _warn_of(location, result)
        yield location, result


def _write_lines(results: Iterator[tuple[str, Report | Skipped]]) -> Iterator[tuple[str, Report | Skipped]]:
    """Write each result as one line of JSON before it is passed on."""
    for location, result in results:
        sys.stdout.write(format_json(result.to_dict()) + "\n")
        sys.stdout.flush()
        yield location, result


def _write_array(results: Iterator[tuple[str, Report | Skipped]]) -> Iterator[tuple[str, Report | Skipped]]:
    """Write the results as one array of JSON, each before it is passed on."""
    before = "[\n"
    for location, result in results:
        sys.stdout.write(before + format_json(result.to_dict(), indent=2))
        before = ",\n"
        yield location, result
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def format_json(value: Json | list[Json], indent: int | None = None) -> str:
    """`value` as JSON in readable letters, with escapes for what a terminal would obey and for what standard output cannot write."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    return show_in_json(json.dumps(value, indent=indent, ensure_ascii=encoding != "utf8"))


def _print_view(report: Report, request: Request) -> None:
    console = _open_console(request)
    if _is_plain(request, console):
        from onrecord.cli.plain import format_plain

        print(format_plain(report, width=request.width or (console.width if console.is_terminal else None)))
    else:
        from onrecord.cli.view import render_report

        render_report(report, console, full=request.full)


def _open_console(request: Request, *, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(width=request.width, stderr=stderr, highlight=False, markup=False, emoji=False)


def _is_plain(request: Request, console: Console) -> bool:
    """Whether to print without signs and columns: asked for, or where they cannot be drawn."""
    return request.plain or console.is_dumb_terminal or not console.encoding.startswith("utf")


def _warn_of(location: str, report: Report) -> None:
    """One line on standard error for each of the report's warnings."""
    for warning in report.warnings:
        _complain_of(location, f"warning: {warning}")


def _complain_of(location: str, reason: str) -> None:
    """`onrecord: NAME: reason`, without the name where the reason gives it already."""
    name = "standard input" if location == "-" else location
    complain(reason if name in reason else f"{name}: {reason}")
