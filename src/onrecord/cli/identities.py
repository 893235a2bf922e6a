"""What `onrecord who` does: the identities of a name with why they were joined, their statements in time order; joining and splitting."""

from __future__ import annotations

import getpass
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onrecord.cli import complain
from onrecord.cli.reading import format_json
from onrecord.errors import UsageError
from onrecord.store import Person, judge, open_store, who
from onrecord.trace.identity import Decision, Identity
from onrecord.trace.told import Told
from onrecord.view.outline import LABELS, count_of
from onrecord.view.snippets import cut_snippet
from onrecord.view.visible import show

_REASONS = 5  # kinds of reasons that are listed
_LISTED = 6  # names, roles, … of a kind that are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Whose statements are asked for, or what is decided of two sources, and how it is to be shown."""

    name: str
    join: tuple[str, ...]
    split: tuple[str, ...]
    by: str | None
    note: str
    as_json: bool
    limit: int
    width: int | None


def who_and_print(request: Request, place: str) -> int:
    """Keep a decision or print who goes by a name; the exit code. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        decided: tuple[Decision, tuple[str, ...]] = ("join", request.join) if request.join else ("split", request.split)
        if decided[1]:
            judgement = judge(store, decided[0], *decided[1], by=request.by or _find_user(), note=request.note)
            complain(f"kept: {judgement.a} and {judgement.b} {'are one' if judgement.kind == 'join' else 'are not one'}, by {judgement.by}")
        found = who(store, request.name)
    finally:
        store.close()
    if request.as_json:
        print(format_json({"asked": request.name, "cut": found.is_cut, "identities": [person.to_dict() for person in found.persons]}))
        return 0
    if found.is_cut:
        complain("more sources have this name than are looked at: give the full name")
    console = Console(width=request.width, highlight=False, markup=False, emoji=False)
    for number, person in enumerate(found.persons, 1):
        if console.is_terminal or request.width is not None:
            _draw(person, number, console, request)
        else:
            sys.stdout.writelines("\t".join(fields) + "\n" for fields in _list_fields(person, number))
    if len(found.persons) > 1 and console.is_terminal:
        console.print(
            Text("Those that are one all the same: onrecord who NAME --join ID ID; those that are not: --split ID ID", style="dim")
        )
    return 0


def _find_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise UsageError("who decides is not known here: give --by NAME") from None


def _list_fields(person: Person, number: int) -> Iterator[tuple[str, ...]]:
    """One line for each statement, for pipes: the identity's number and name, id, day, outlet, words."""
    for told in person.statements:
        yield tuple(show(part or "") for part in (str(number), person.identity.name, told.id, _find_day(told), told.outlet, told.words))


def _find_day(told: Told) -> str | None:
    return told.said_from or told.published


def _draw(person: Person, number: int, console: Console, request: Request) -> None:
    identity = person.identity
    counts = f"{count_of(len(person.statements), 'statement')} in {count_of(len({t.document for t in person.statements}), 'article')}"
    console.print(Text.assemble((f"{number}  {show(identity.name)}", "bold"), f"  {counts}"))
    for label, line in _describe(identity):
        console.print(Text.assemble((f"   {label:<10} ", "dim"), line), soft_wrap=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", expand=True)
    table.add_column("when", no_wrap=True)
    table.add_column("id", no_wrap=True)
    table.add_column("where", overflow="fold", ratio=1)
    table.add_column("words", overflow="fold", ratio=4)
    for told in person.statements[: request.limit]:
        said = f"{LABELS[told.kind]}: " if told.kind != "direct" else ""
        words = "".join(piece for piece, _ in cut_snippet(show(told.words), ()))
        table.add_row(_find_day(told) or "–", Text(told.id, style="bold"), show(told.outlet or "–"), Text.assemble((said, "dim"), words))
    console.print(table)
    console.print()
    if len(person.statements) > request.limit:
        complain(f"{show(identity.name)}: these are the first {request.limit} of {len(person.statements)}; --limit gives more, --json all")


def _describe(identity: Identity) -> Iterator[tuple[str, str]]:
    names = [name for name in dict.fromkeys(m.name for m in identity.members) if name != identity.name]
    lists = {
        "also": names,
        "accounts": identity.gather("handles"),
        "roles": identity.gather("roles"),
        "of": identity.gather("affiliations"),
    }
    for label, values in lists.items():
        if values:
            more = f" and {len(values) - _LISTED} more" if len(values) > _LISTED else ""
            yield label, ", ".join(show(value) for value in values[:_LISTED]) + more
    for reason, many in Counter(identity.reasons.values()).most_common(_REASONS):
        examples = [member for member, why in identity.reasons.items() if why == reason]
        yield "joined", f"{show(reason)}: {', '.join(examples[:3])}{f' and {many - 3} more' if many > 3 else ''}"
    for line in dict.fromkeys(identity.apart):
        yield "apart", show(line)
    yield "source", identity.members[0].id
