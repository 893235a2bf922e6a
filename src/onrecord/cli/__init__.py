"""The command line: `onrecord read`, `add`, `batch`, `group`, `watch`, `search`, `trace`, `who`, `show`, `check`, `reread`, `stamp`,
`verify`, `serve`, `account`, `token`, `schema`.

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
from typing import Annotated, Any, Literal, cast

import typer

from onrecord.cli.fetching import Web
from onrecord.errors import OnRecordError, UsageError
from onrecord.types import Observed, StatementKind, Status
from onrecord.view.visible import show as make_visible

_NAME = "onrecord"
_FAILED, _USAGE, _INTERRUPTED, _PIPE_CLOSED = 1, 2, 130, 141
_NARROWEST = 40
_STORE = "onrecord.db"
# What Typer raises for unknown options and bad values. It has moved between packages; the base of a public class has not.
_TyperUsageError = cast(type[Exception], typer.BadParameter.__base__)

_Store = Annotated[
    str, typer.Option("--store", envvar="ONRECORD_STORE", metavar="STORE", help="The store: a file, or a postgresql:// URL.")
]

_Certificate = Annotated[
    str | None,
    typer.Option("--certificate", metavar="FILE", help="Certificates (PEM or DER) that the authority's own must lead to."),
]

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


def _parse_day(text: str, option: str = "--published") -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: not a date; write it as YYYY-MM-DD") from None


def _parse_confidence(text: str | float) -> float:
    with suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise UsageError(f"--min-confidence {text}: not a confidence; give a number from 0 to 1")


def _parse_pause(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,6})\s*([smhd]?)", text.strip())
    seconds = int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]] if found else 0
    if not 1 <= seconds <= 30 * 86400:
        raise UsageError(f"--every {text}: not a pause; give a number with s, m, h or d, for example 15m")
    return float(seconds)


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


_FORMATS = "jsonl, csv, parquet, annotations, prov, schemaorg, tei, stix, ftm, brat or wacz."


@app.callback()
def _onrecord(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)] = False,
) -> None:
    """Reads news reports and gives back who said what, through whom."""


_Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE", help="Files, folders, globs, URLs, feeds, WARC or WACZ; - is standard input.")
]
_EachAsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each document.")]
_Warc = Annotated[str | None, typer.Option("--warc", metavar="FILE", help="Add what is fetched to this WARC file.")]
_Agent = Annotated[str | None, typer.Option("--agent", metavar="TEXT", help="How to name ourselves to servers.")]
_Private = Annotated[bool, typer.Option("--allow-private-addresses", help="Fetch also from this machine and its own network.")]


@app.command()
def read(
    sources: _Sources,
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
    warc: _Warc = None,
    agent: _Agent = None,
    allow_private: _Private = False,
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
        web=Web(allow_private=allow_private, agent=_parse_agent(agent), warc=warc),
    )
    raise typer.Exit(reading.read_and_print(request))


def _build_day_option(option: str, words: str) -> Any:
    return typer.Option(option, metavar="YYYY-MM-DD", parser=lambda text: _parse_day(text, option), help=words)


@app.command()
def add(
    sources: _Sources,
    store: _Store = _STORE,
    published: Annotated[date | None, _build_day_option("--published", "Day of publication, for documents that do not give it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Read also what does not look like an English news report.")] = False,
    as_json: _EachAsJson = False,
    warc: _Warc = None,
    agent: _Agent = None,
    allow_private: _Private = False,
) -> None:
    """Read documents and keep them, with their statements, in a store. What is there already is not read again."""
    from onrecord.cli import keeping

    web = Web(allow_private=allow_private, agent=_parse_agent(agent), warc=warc)
    raise typer.Exit(keeping.add_and_print(tuple(sources), store, published=published, force=force, as_json=as_json, web=web))


@app.command()
def batch(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="The folder for the shards; what is done there is not done again.")],
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="INPUT", help="WARC and WACZ files, folders of them or of articles, patterns.")
    ] = None,
    load: Annotated[bool, typer.Option("--load", help="Bring the shards into the store, when all is read.")] = False,
    store: _Store = _STORE,
    engine: Annotated[Literal["local", "ray"], typer.Option(help="local: this machine's processors; ray: a Ray cluster's.")] = "local",
    workers: Annotated[int, typer.Option(metavar="N", min=0, max=4096, help="Processes that read; one for each processor by default.")] = 0,
    address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The Ray cluster, auto or HOST:PORT; by default one is started.")
    ] = None,
    seen: Annotated[list[str] | None, typer.Option(metavar="DIR", help="Shards of a batch whose articles are not read again.")] = None,
    published: Annotated[date | None, _build_day_option("--published", "Day of publication, for documents that do not give it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Read also what does not look like an English news report.")] = False,
    min_confidence: Annotated[
        float | None, typer.Option(metavar="N", parser=_parse_confidence, help="Leave out what is less sure, 0 to 1.")
    ] = None,
    min_words: Annotated[int, typer.Option(metavar="N", min=0, help="Leave out pages with fewer words.")] = 30,
    copies: Annotated[
        bool, typer.Option("--copies", help="Read also articles with the same text as an earlier one of the same input.")
    ] = False,
    no_bytes: Annotated[
        bool, typer.Option("--no-bytes", help="Leave the pages' bytes out of the shards; such shards cannot be loaded.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each input, or document loaded.")] = False,
) -> None:
    """Read archives and folders of articles into Parquet shards, with all processors or on a Ray cluster."""
    from pathlib import Path

    from onrecord.cli import batching
    from onrecord.cluster.batch import Batch
    from onrecord.cluster.reading import Settings

    settings = Settings(
        published=published, force=force, min_confidence=min_confidence, least_words=min_words, read_copies=copies, keep_bytes=not no_bytes
    )
    asked = Batch(
        out=Path(out), settings=settings, engine=engine, workers=workers, address=address, seen=tuple(Path(folder) for folder in seen or ())
    )
    raise typer.Exit(batching.batch_and_print(tuple(sources or ()), asked, into=store if load else None, as_json=as_json))


@app.command()
def group(
    out: Annotated[str, typer.Argument(metavar="DIR", help="The folder of a batch's shards.")],
    engine: Annotated[Literal["local", "ray"], typer.Option(help="local: this machine's processors; ray: a Ray cluster's.")] = "local",
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, max=4096, help="Processes that trace; by default one for each processor.")
    ] = 0,
    address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The Ray cluster, auto or HOST:PORT; by default one is started.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Group the statements of a batch's shards by the utterance that they render, without a store."""
    from pathlib import Path

    from onrecord.cli import batching

    raise typer.Exit(batching.group_and_print(Path(out), engine=engine, workers=workers, address=address, as_json=as_json))


@app.command()
def watch(
    lists: Annotated[list[str], typer.Argument(metavar="FEED", help="Addresses of feeds (RSS, Atom, JSON Feed) or news sitemaps.")],
    store: _Store = _STORE,
    every: Annotated[float, typer.Option(metavar="TIME", parser=_parse_pause, help="Pause between rounds: 90s, 15m, 2h.")] = cast(
        float, "15m"
    ),
    once: Annotated[bool, typer.Option("--once", help="Ask each list once, and end.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Read also what does not look like an English news report.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each thing that came.")] = False,
    warc: _Warc = None,
    agent: _Agent = None,
    allow_private: _Private = False,
) -> None:
    """Ask feeds and news sitemaps again and again, and keep what is new, until stopped (Ctrl-C)."""
    from onrecord.cli import watching

    web = Web(allow_private=allow_private, agent=_parse_agent(agent), warc=warc)
    request = watching.Request(lists=tuple(lists), every=every, once=once, force=force, as_json=as_json, web=web)
    raise typer.Exit(watching.watch_and_print(request, store))


@app.command()
def check(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL", help="Addresses to look at; by default all of the evidence's.")] = None,
    store: _Store = _STORE,
    memento: Annotated[
        list[str] | None,
        typer.Option(metavar="PREFIX", help="Ask an archive too: where its TimeMaps begin, as https://web.archive.org/web/timemap/link/"),
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="Look at nothing; print what was seen of the addresses so far.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the observations as a JSON array.")] = False,
    warc: _Warc = None,
    agent: _Agent = None,
    allow_private: _Private = False,
    width: Annotated[
        int | None, typer.Option(metavar="N", parser=_parse_width, help=f"Columns to write in, {_NARROWEST} at least.")
    ] = None,
) -> None:
    """Look whether posts and links are still there, and keep what was seen: the list of it is the post's history."""
    from onrecord.cli import checking

    web = Web(allow_private=allow_private, agent=_parse_agent(agent), warc=warc)
    request = checking.Request(
        urls=tuple(urls or ()), timemaps=tuple(memento or ()), history=history, as_json=as_json, width=width, web=web
    )
    raise typer.Exit(checking.check_and_print(request, store))


@app.command()
def reread(store: _Store = _STORE, as_json: _EachAsJson = False) -> None:
    """Read stored documents anew that another version of the reader has read. Earlier readings are kept."""
    from onrecord.cli import keeping

    raise typer.Exit(keeping.reread_and_print(store, as_json=as_json))


@app.command()
def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help='Words that must all be there; "a phrase", a beginning*, -without.')
    ] = None,
    store: _Store = _STORE,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only statements of this source.")] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only in this outlet.")] = None,
    since: Annotated[date | None, _build_day_option("--since", "Published on this day or later.")] = None,
    until: Annotated[date | None, _build_day_option("--until", "Published on this day or earlier.")] = None,
    said_since: Annotated[date | None, _build_day_option("--said-since", "Said on this day or later.")] = None,
    said_until: Annotated[date | None, _build_day_option("--said-until", "Said on this day or earlier.")] = None,
    kind: Annotated[StatementKind | None, typer.Option(help="Direct words, the report's own, or a mixture.")] = None,
    medium: Annotated[str | None, typer.Option(metavar="NAME", help="Only said there: Twitter, speech, letter, …")] = None,
    status: Annotated[Status | None, typer.Option(help="What the text says has become of the evidence.")] = None,
    observed: Annotated[Observed | None, typer.Option(help="What check last saw at the evidence's address.")] = None,
    min_certainty: Annotated[float | None, typer.Option(metavar="X", min=-3, max=3, help="Told as this sure at least (-3 to 3).")] = None,
    max_certainty: Annotated[float | None, typer.Option(metavar="X", min=-3, max=3, help="Told as this sure at most (-3 to 3).")] = None,
    min_confidence: Annotated[
        float | None, typer.Option(metavar="X", parser=_parse_confidence, help="Leave out statements less sure than X, from 0 to 1.")
    ] = None,
    articles: Annotated[bool, typer.Option("--articles", help="Search the articles' text, and give articles.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many hits the table shows.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print all hits as a JSON array.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all hits as CSV.")] = False,
    width: Annotated[
        int | None, typer.Option(metavar="N", parser=_parse_width, help=f"Columns to write in, {_NARROWEST} at least.")
    ] = None,
) -> None:
    """Find statements in a store by their words, sources, articles, and what is known of them."""
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude one another; give one of them")
    from onrecord.cli import finding
    from onrecord.store import Query

    query = Query(
        words=" ".join(words or ()),
        source=source,
        outlet=outlet,
        since=since,
        until=until,
        said_since=said_since,
        said_until=said_until,
        kind=kind,
        medium=medium,
        status=status,
        observed=observed,
        min_certainty=min_certainty,
        max_certainty=max_certainty,
        min_confidence=min_confidence,
        articles=articles,
    )
    form: finding.Form = "json" if as_json else "csv" if as_csv else "view"
    raise typer.Exit(finding.search_and_print(query, store, form=form, limit=limit, width=width))


@app.command()
def trace(
    asked: Annotated[list[str], typer.Argument(metavar="WORDS|ID", help="Words of an utterance, or a statement's id (3fa9c1d2/s4).")],
    store: _Store = _STORE,
    base: Annotated[
        str, typer.Option(metavar="ID", help="What the others are aligned with: a version's id, first or fullest.", show_default=False)
    ] = "",
    related: Annotated[
        bool, typer.Option("--related", help="Also list statements on the same matter that are not the same utterance.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, with aligned spans.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Show all words of every version; by default long ones are folded.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many versions the table shows.")] = 50,
    width: Annotated[
        int | None, typer.Option(metavar="N", parser=_parse_width, help=f"Columns to write in, {_NARROWEST} at least.")
    ] = None,
) -> None:
    """Find every version of an utterance in a store: who had it first, how the words differ, how many independent origins there are."""
    from onrecord.cli import tracing

    request = tracing.Request(asked=" ".join(asked), base=base, related=related, as_json=as_json, full=full, limit=limit, width=width)
    raise typer.Exit(tracing.trace_and_print(request, store))


@app.command()
def who(
    name: Annotated[list[str], typer.Argument(metavar="NAME", help="A person's or body's name, or an account with its @.")],
    store: _Store = _STORE,
    join: Annotated[
        tuple[str, str] | None, typer.Option(metavar="ID ID", help="Keep that two sources are one; ids as this command prints them.")
    ] = None,
    split: Annotated[tuple[str, str] | None, typer.Option(metavar="ID ID", help="Keep that two sources are not one.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides that; by default the name of your account here.")] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why, kept with the decision.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many statements of each are shown.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    width: Annotated[
        int | None, typer.Option(metavar="N", parser=_parse_width, help=f"Columns to write in, {_NARROWEST} at least.")
    ] = None,
) -> None:
    """List what one person or body has said over all documents of a store, and why sources were taken for one."""
    if join and split:
        raise UsageError("--join and --split exclude one another; give one of them")
    from onrecord.cli import identities

    request = identities.Request(
        name=" ".join(name), join=join or (), split=split or (), by=by, note=note, as_json=as_json, limit=limit, width=width
    )
    raise typer.Exit(identities.who_and_print(request, store))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The beginning of a document's id, as search prints it.")],
    store: _Store = _STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="One fact a line, without colours, signs and columns.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Show all words of every statement; by default long ones are folded.")] = False,
    warc: Annotated[str | None, typer.Option("--warc", metavar="FILE", help="Write how it came over the wire to this file.")] = None,
    width: Annotated[
        int | None, typer.Option(metavar="N", parser=_parse_width, help=f"Columns to write in, {_NARROWEST} at least.")
    ] = None,
) -> None:
    """Show a stored document as `read` shows it."""
    from onrecord.cli import finding, reading

    request = reading.Request(sources=(), form="json" if as_json else "view", plain=plain, full=full, width=width)
    raise typer.Exit(finding.show_and_print(name, store, request, warc))


@app.command()
def stamp(
    authority: Annotated[str, typer.Option("--authority", metavar="URL", help="The time-stamp authority to ask (RFC 3161).")],
    store: _Store = _STORE,
    certificate: _Certificate = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the stamp as JSON, with its token.")] = False,
    agent: _Agent = None,
    allow_private: _Private = False,
) -> None:
    """Have an authority stamp the time on the log's head, and keep its word: the store was there then, as it is."""
    from onrecord.cli import keeping

    web = Web(allow_private=allow_private, agent=_parse_agent(agent))
    raise typer.Exit(keeping.stamp_and_print(store, authority, certificate=certificate, as_json=as_json, web=web))


@app.command()
def verify(
    store: _Store = _STORE,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head of the log that was noted earlier: it must still be there.")
    ] = None,
    certificate: _Certificate = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Hash every capture again, slice every span again, follow the log's chain; say what is wrong and where."""
    from onrecord.cli import keeping

    raise typer.Exit(keeping.verify_and_print(store, head=head, certificate=certificate, as_json=as_json))


@app.command("export")
def export_store(
    out: Annotated[str, typer.Option("--out", metavar="PATH", help="The file or folder to write; - is standard output.")],
    form: Annotated[str, typer.Option("--format", metavar="NAME", help=_FORMATS)] = "jsonl",
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS", help="Only articles with these words; all by default.")] = None,
    store: _Store = _STORE,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only articles of this outlet.")] = None,
    since: Annotated[date | None, _build_day_option("--since", "Published on this day or later.")] = None,
    until: Annotated[date | None, _build_day_option("--until", "Published on this day or earlier.")] = None,
) -> None:
    """Write a store in another format: JSON Lines loses nothing and can be imported, the others say in the docs what they lose."""
    from onrecord.cli import exporting
    from onrecord.store import Query

    is_part = bool(words or outlet or since or until)
    query = Query(words=" ".join(words or ()), outlet=outlet, since=since, until=until, articles=True) if is_part else None
    raise typer.Exit(exporting.export(store, form, out, query))


@app.command("import")
def import_store(
    source: Annotated[str, typer.Argument(metavar="FILE", help="What onrecord export wrote as JSON Lines; - is standard input.")],
    store: _Store = _STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Import a store that was exported as JSON Lines: all of it or nothing; what is there already stays as it is."""
    from onrecord.cli import exporting

    raise typer.Exit(exporting.import_lines(store, source, as_json=as_json))


@app.command()
def mcp(
    store: _Store = _STORE,
    http: Annotated[
        int | None, typer.Option("--http", metavar="PORT", min=0, max=65535, help="Over HTTP on this machine only, at /mcp.")
    ] = None,
) -> None:
    """Let assistants search, trace and cite a store, by the Model Context Protocol: over standard input, or HTTP."""
    from onrecord.cli import assisting

    raise typer.Exit(assisting.assist(store, http))


@app.command()
def serve(
    store: _Store = _STORE,
    bind: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on; another than this machine's own wants --url.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8321,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The address by which others come in, for example https://…")] = None,
    host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A further name, with its port, to answer to.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer.")] = 1,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the pages in a browser.")] = False,
    agent: _Agent = None,
    allow_private: _Private = False,
) -> None:
    """Serve the store's pages and its API, to this machine only unless --bind and --url say otherwise."""
    from onrecord.cli import serving

    request = serving.Request(
        bind=bind, port=port, url=url, hosts=tuple(host or ()), workers=workers, open_browser=open_browser,
        allow_private=allow_private, agent=_parse_agent(agent),
    )  # fmt: skip
    raise typer.Exit(serving.serve(request, store))


_account = typer.Typer(help="Who may use the pages and the API.", no_args_is_help=True, rich_markup_mode=None)
_token = typer.Typer(help="What programs show in the place of a password.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(_account, name="account")
app.add_typer(_token, name="token")
_Role = Literal["read", "annotate", "admin"]
_FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
_Account = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
_RoleOption = Annotated[_Role, typer.Option("--role", help="read; annotate, who may also add, review and join; or admin.")]


@_account.command("add")
def add_account(name: _Account, store: _Store = _STORE, role: _RoleOption = "read", stdin: _FromStdin = False) -> None:
    """Make an account; its password is asked for."""
    from onrecord.cli import serving

    raise typer.Exit(serving.add_account(store, name, role, from_stdin=stdin))


@_account.command("change")
def change_account(
    name: _Account,
    store: _Store = _STORE,
    role: Annotated[_Role | None, typer.Option(help="What it may do from now on.")] = None,
    disabled: Annotated[bool | None, typer.Option("--disable/--enable", help="Whether it may do anything.")] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    stdin: _FromStdin = False,
) -> None:
    """Change an account; a new password, or disabling it, ends its sessions."""
    from onrecord.cli import serving

    raise typer.Exit(serving.change(store, name, role, disabled=disabled, password=password, from_stdin=stdin))


@_account.command("list")
def list_accounts(store: _Store = _STORE, as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False) -> None:
    """List all accounts."""
    from onrecord.cli import serving

    raise typer.Exit(serving.list_accounts(store, as_json=as_json))


@_account.command("link")
def print_link(
    store: _Store = _STORE,
    role: _RoleOption = "admin",
    url: Annotated[str, typer.Option(metavar="URL", help="Where the pages are served.")] = "http://127.0.0.1:8321",
) -> None:
    """Print a link by which somebody may come in once."""
    from onrecord.cli import serving

    raise typer.Exit(serving.print_link(store, role, url))


@_token.command("make")
def make_token(
    account: _Account,
    store: _Store = _STORE,
    role: _RoleOption = "read",
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it holds; without end if this is not given.")] = None,
) -> None:
    """Make a token of an account, and print it this once."""
    from onrecord.cli import serving

    raise typer.Exit(serving.print_token(store, account, role, label, days))


@_token.command("list")
def list_tokens(store: _Store = _STORE, as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False) -> None:
    """List what is known of all tokens; never the tokens."""
    from onrecord.cli import serving

    raise typer.Exit(serving.list_tokens(store, as_json=as_json))


@_token.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as onrecord token list prints it.")], store: _Store = _STORE
) -> None:
    """End a token, by the beginning of its id."""
    from onrecord.cli import serving

    raise typer.Exit(serving.revoke(store, token))


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
    print(f"{_NAME}: {make_visible(message)}", file=sys.stderr)


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
