"""The command line: `onrecord read`, `onrecord schema`.

Each command is the Python function of the same name with its output written out; there is no logic of its own here. Everything
heavy is imported inside the commands, so that `--help` answers at once. Typer's own error boxes are switched off: every
complaint is one line on standard error, `onrecord: what was wrong, where, what to do`.

Exit codes: 0 fine; 1 a document could not be read, or something failed; 2 the call asks for what cannot be; 130 interrupted;
141 whoever read the output stopped reading.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from datetime import date
from typing import Annotated, cast

import typer

from onrecord.cli.visible import show
from onrecord.errors import OnRecordError, UsageError

_NAME = "onrecord"
_FAILED, _USAGE, _INTERRUPTED, _PIPE_CLOSED = 1, 2, 130, 141
_NARROWEST = 40
# What Typer raises for unknown options and bad values. It has moved between packages; the base of a public class has not.
_TyperUsageError = cast(type[Exception], typer.BadParameter.__base__)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments` (those of the process if None) and return the exit code; nothing is raised."""
    _make_streams_safe()
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        code = _run(given) if given else _show_help()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return _PIPE_CLOSED
    except Exception as error:
        return _report(error)


def _run(arguments: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        with command.make_context(_NAME, arguments) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    return 0


def _parse_day(text: str) -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--published {text}: not a date; write it as YYYY-MM-DD") from None


def _parse_confidence(text: str | float) -> float:
    with suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise UsageError(f"--min-confidence {text}: not a confidence; give a number from 0 to 1")


def _parse_width(text: str) -> int:
    with suppress(ValueError):
        if int(text) >= _NARROWEST:
            return int(text)
    raise UsageError(f"--width {text}: not a width; give a number of columns, {_NARROWEST} or more")


def _parse_agent(text: str | None) -> str | None:
    if text is not None and not (text.isascii() and text.isprintable() and text.strip()):
        raise UsageError("--agent: not a name for servers; give printable ASCII, for example 'Newsdesk/1.0 (+https://example.org)'")
    return text


def _print_version(wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        print(_NAME, version(_NAME))
    except PackageNotFoundError:
        print(_NAME, "(version not known: not installed as a package)")
    raise typer.Exit


def _show_help() -> int:
    """The help, for a call without a command: an error, so it goes where errors go."""
    with redirect_stdout(sys.stderr):
        _run(["--help"])
    return _USAGE


@app.callback()
def _onrecord(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)] = False,
) -> None:
    """Reads news reports and gives back who said what, through whom."""


@app.command()
def read(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Files, folders, globs, URLs, feeds, WARC or WACZ; - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: one object, or an array for several documents.")] = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a line, each as soon as it is read.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="One fact a line, without colours, signs and columns.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Show all words of every statement; by default long ones are folded.")] = False,
    published: Annotated[
        date | None, typer.Option(metavar="YYYY-MM-DD", parser=_parse_day, help="Day of publication, for documents that do not give it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Read also what does not look like an English news report.")] = False,
    min_confidence: Annotated[
        float | None,
        typer.Option(metavar="X", parser=_parse_confidence, help="Leave out statements less sure than X, from 0 to 1."),
    ] = None,
    width: Annotated[
        int | None, typer.Option(metavar="N", parser=_parse_width, help=f"Columns to write in, {_NARROWEST} at least.")
    ] = None,
    warc: Annotated[str | None, typer.Option("--warc", metavar="FILE", help="Add what is fetched to this WARC file.")] = None,
    agent: Annotated[str | None, typer.Option("--agent", metavar="TEXT", help="How to name ourselves to servers.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private-addresses", help="Fetch also from this machine and its own network.")
    ] = False,
) -> None:
    """Read documents and print who said what, through whom.

    One document is shown at a glance: its statements with their chains, evidence and versions; several as a table of what was found.
    """
    if as_json and as_lines:
        raise UsageError("--json and --jsonl exclude one another; give one of them")
    from onrecord.cli import reading

    request = reading.Request(
        sources=tuple(sources),
        published=published,
        force=force,
        min_confidence=min_confidence,
        form="json" if as_json else "jsonl" if as_lines else "view",
        plain=plain,
        full=full,
        width=width,
        allow_private=allow_private,
        agent=_parse_agent(agent),
        warc=warc,
    )
    raise typer.Exit(reading.read_and_print(request))


@app.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of the report that `read --json` prints."""
    import json

    from onrecord.schema import load_schema

    print(json.dumps(load_schema(), indent=2))


def _report(error: Exception) -> int:
    """One line on standard error for whatever went wrong, and its exit code."""
    if isinstance(error, _TyperUsageError):
        return _complain_of_usage(error)
    if isinstance(error, OnRecordError):
        complain(str(error))
        return _USAGE if isinstance(error, UsageError) else _FAILED
    if os.environ.get("ONRECORD_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    complain(f"unexpected {detail}; please report this, with what ONRECORD_DEBUG=1 {_NAME} … prints")
    return _FAILED


def _complain_of_usage(error: Exception) -> int:
    """Typer's complaint as one line of ours."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else _NAME
    message = str(getattr(error, "format_message", error.__str__)()).rstrip(".")
    complain(f"{message[:1].lower()}{message[1:]} (see {path} --help)")
    return _USAGE


def complain(message: str) -> None:
    """Write one line to standard error."""
    print(f"{_NAME}: {show(message)}", file=sys.stderr)


def _make_streams_safe() -> None:
    """Let no character stop the output: one that the stream's encoding lacks is written as its escape."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (kept until the process ends)
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _abandon_output() -> None:
    """Point standard output at nothing, so that what is still buffered does not raise again when the process ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
