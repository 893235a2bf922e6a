"""What `onrecord trace` does: independent origins first, then the versions of an utterance in time order under one base.

What a version lacks, adds or replaces is written as wdiff writes it, [-lacking-] and {+added+}, and what stands elsewhere between arrows,
so that it can be read without colours too. Long versions are folded to what differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onrecord.cli import complain
from onrecord.cli.reading import format_json
from onrecord.page.language import detect_language
from onrecord.store import Trace, Version, open_store, trace
from onrecord.trace.changes import Change
from onrecord.trace.told import Told
from onrecord.types import Span
from onrecord.view.outline import LABELS, count_of
from onrecord.view.visible import show

_AROUND = 24  # characters of what is the same that are shown beside a difference
_FOLDED = 120  # characters of words up to which nothing is folded
_FOLD = " ⋯ "
_STYLES = {"gone": "red strike", "come": "green underline", "moved": "cyan", "same": ""}
_CERTAINTY = ((-1.5, "denied"), (-0.25, "doubted"), (1.0, "open"))
_OUTLETS = 8  # of an origin that are named
_LONGEST_NAME = len("translation")  # of what a version is to the base


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How versions are to be shown."""

    asked: str
    base: str
    related: bool
    as_json: bool
    full: bool
    limit: int
    width: int | None


def trace_and_print(request: Request, place: str) -> int:
    """Trace and print. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        found = trace(store, request.asked, base=request.base, related=request.related)
    finally:
        store.close()
    if request.as_json:
        print(format_json(found.to_dict()))
        return 0
    if not found.versions:
        complain(_explain_nothing(request.asked))
    console = Console(width=request.width, highlight=False, markup=False, emoji=False)
    if console.is_terminal or request.width is not None:
        draw_trace(found, console, request)
    else:
        sys.stdout.writelines("\t".join(fields) + "\n" for fields in _list_fields(found))
    return 0


def _explain_nothing(asked: str) -> str:
    code = detect_language(asked)
    letters = [letter for letter in asked if letter.isalpha()]
    if code not in (None, "en") or not any(letter.isascii() for letter in letters):
        return (
            f"nothing found: these words are in another language{f' ({code})' if code else ''}, and the articles that are read are in"
            " English: trace a translation of them"
        )
    return "nothing found: no statement in the store has these words"


def _list_fields(found: Trace) -> Iterator[tuple[str, ...]]:
    """One line for each version, for pipes: the number of its origin, id, day, outlet, source, relation, flags, words."""
    numbers = _number_origins(found)
    for version in (*found.versions, *found.related):
        told = version.told
        flags = "; ".join(_describe_flags(version))
        number = str(numbers.get(told.document, "related"))
        row = (number, told.id, told.published, told.outlet, told.source, version.relation or "base", flags, told.words)
        yield tuple(show(value or "") for value in row)


def _number_origins(found: Trace) -> dict[str, int]:
    return {found.articles[at]: number for number, origin in enumerate(found.origins, 1) for at in origin.members}


# --- drawn -----------------------------------------------------------------------------------------------------------------


def draw_trace(found: Trace, console: Console, request: Request) -> None:
    """Draw origins and versions on `console`, in its width."""
    if not found.versions:
        return
    base = found.versions[found.base].told
    origins, articles = count_of(len(found.origins), "independent origin"), count_of(len(found.articles), "article")
    console.print(Text.assemble((f"{origins} in {articles}", "bold magenta"), f" · {count_of(len(found.versions), 'version')}"))
    for line in _describe_origins(found):
        console.print(line)
    console.print()
    console.print(Text.assemble(("base ", "bold"), *_describe_told(base)))
    console.print(Text(_quote(base.words)), style="italic")
    console.print()
    _draw_table(found, found.versions[: request.limit], console, request)
    if len(found.versions) > request.limit:
        complain(f"these are the first {request.limit} of {len(found.versions)}: --limit gives more, --json gives all")
    if found.related:
        console.print()
        console.print(Text("Related, and not the same utterance", style="bold"))
        for version in found.related:
            line = Text.assemble((version.told.id, "bold"), " ", *_describe_told(version.told), f": {_quote(version.told.words)}")
            console.print(line)
    if any(version.flags for version in found.versions):
        console.print()
        console.print(
            Text("⚑ differs in sense from an earlier version, for a person to look at: which one is right is not said."), style="dim"
        )


def _describe_origins(found: Trace) -> Iterator[Text]:
    outlets = {version.told.document: version.told.outlet or version.told.document[:12] for version in found.versions}
    days = {version.told.document: version.told.published for version in found.versions}
    for number, origin in enumerate(found.origins, 1):
        names = list(dict.fromkeys(show(outlets[found.articles[at]]) for at in origin.members))
        more = f" and {len(names) - _OUTLETS} more" if len(names) > _OUTLETS else ""
        why = f"  ({', '.join(show(reason) for reason in origin.reasons)})" if origin.reasons else ""
        day = days[found.articles[origin.members[0]]] or "no date"
        yield Text.assemble((f"{number:>3}  ", "bold"), f"{day}  ", ", ".join(names[:_OUTLETS]) + more, (why, "dim"))


def _describe_told(told: Told) -> Iterator[str]:
    yield " · ".join(show(part) for part in (told.outlet, told.published, _describe_chain(told)) if part)


def _quote(words: str) -> str:
    """Words between quotation marks; those that they have themselves are enough."""
    return show(words) if words[:1] in "“\"‘'«„" else f"“{show(words)}”"


def _describe_chain(told: Told) -> str:
    """Who said it, and through whom; what is paraphrased says so."""
    names = list(
        dict.fromkeys(
            name for name in (told.source, *(relay.name for relay in told.chain), *(p.name for p in told.through if p.sure)) if name
        )
    )
    medium = next((relay.medium for relay in told.chain if relay.medium), None)
    label = f" ({LABELS[told.kind]})" if told.kind != "direct" else ""
    return (" → ".join(names) or "–") + (f", {medium}" if medium else "") + label


def _draw_table(found: Trace, versions: tuple[Version, ...], console: Console, request: Request) -> None:
    numbers = _number_origins(found)
    base = found.versions[found.base].told
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("id", no_wrap=True)
    for name, ratio in (("where, when, who", 3), ("what", 2), ("words, as they differ from the base", 5)):
        table.add_column(name, overflow="fold", ratio=ratio, min_width=_LONGEST_NAME)
    for version in versions:
        told = version.told
        flags = [Text(f"⚑ {flag}", style="yellow") for flag in _describe_flags(version)]
        what = Text("\n").join([Text(_name(version, base)), *_describe_certainty(told), *flags])
        where = Text("\n".join(show(part) for part in (told.outlet, told.published, _describe_chain(told)) if part))
        table.add_row(str(numbers[told.document]), Text(told.id, style="bold"), where, what, _mark(version, base, request.full))
    console.print(table)


def _name(version: Version, base: Told) -> str:
    if version.told is base:
        return "base"
    return version.relation or "another part"


def _describe_certainty(told: Told) -> Iterator[Text]:
    word = next((word for least, word in _CERTAINTY if told.certainty is not None and told.certainty <= least), None)
    if word:
        yield Text(word, style="magenta")


def _describe_flags(version: Version) -> Iterator[str]:
    for flag in version.flags:
        was, now = (f"“{show(text)}”" if text else "nothing" for text in (flag.was, flag.now))
        yield f"{flag.kind}: {now}, was {was}"


# --- words -----------------------------------------------------------------------------------------------------------------


def _mark(version: Version, base: Told, full: bool) -> Text:
    """The words of a version with what differs marked, and folded where they are long."""
    told = version.told
    if told is base:
        return Text("(see above)", style="dim")
    if version.relation is None:
        return Text(show(told.words))
    if not version.changes:
        return Text("(the same words)", style="dim")
    text, at, pieces = Text(), 0, sorted(version.changes, key=lambda change: (change.b, change.a))
    for number, change in enumerate(pieces):
        _add_same(text, told.words[at : change.b.start], first=number == 0, last=False, full=full or len(told.words) <= _FOLDED)
        _add_change(text, change, base.words, told.words)
        at = max(at, change.b.end)
    _add_same(text, told.words[at:], first=False, last=True, full=full or len(told.words) <= _FOLDED)
    return text


def _add_same(text: Text, words: str, *, first: bool, last: bool, full: bool) -> None:
    """Words that both have: folded to a few beside the differences."""
    words = show(words)
    room = _AROUND * (1 if first or last else 2)
    if full or len(words) <= room + len(_FOLD):
        text.append(words)
        return
    head = "" if first else words[:_AROUND].rsplit(" ", 1)[0]
    tail = "" if last else words[-_AROUND:].split(" ", 1)[-1]
    text.append(f"{head}{_FOLD}{tail}")


def _add_change(text: Text, change: Change, base: str, words: str) -> None:
    gone, come = show(change.a.of(base)), show(change.b.of(words))
    if change.op == "move":
        text.append(f"↷{come}↶", style=_STYLES["moved"])
        return
    if gone:
        text.append(_space(text) + f"[-{_shorten(gone)}-]", style=_STYLES["gone"])
    if come:
        text.append(_space(text) + f"{{+{come}+}}", style=_STYLES["come"])
    if gone and not come and change.b == Span(change.b.start, change.b.start) and not words[change.b.start : change.b.start + 1].isspace():
        text.append(" ")


def _space(text: Text) -> str:
    return "" if not text.plain or text.plain[-1].isspace() or text.plain[-1] in "“\"'([" else " "


def _shorten(words: str) -> str:
    return words if len(words) <= 3 * _AROUND else f"{words[:_AROUND].rstrip()}{_FOLD}{words[-_AROUND:].lstrip()}"
