"""A report in the words and in the order in which a person is shown it, before any drawing.

Both forms of the view, drawn and plain, are made from these values, so that neither can hold what the other lacks. Everything that
came from outside has been through `visible.show` here, once; what is drawn later only adds to it.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from onrecord.resolve.vocabulary import load_vocabulary
from onrecord.types import Evidence, Hop, Interval, Report, Source, Span, Statement, StatementKind
from onrecord.view.visible import show
from onrecord.view.words import Piece, build_splitter

LABELS: dict[StatementKind, str] = {"direct": "said", "indirect": "paraphrased", "mixed": "partly quoted"}
NO_SOURCE = "(no source in the text)"
CARRIED_ON = "(source carried on from above)"
_NOT_NAMED = "(not named)"
# values up to which, from -3 to 3; what is plainly said, between open and certain, needs no word
_TOLD = ((-1.5, "denied"), (-0.25, "doubted"), (1.0, "open"), (1.499, None), (3.0, "certain"))
_TAKES = {"doubts": "doubts", "denies": "denies", "confirms": "confirms", "corrects": "corrects", "reacts": "on"}
_TAKEN = {"doubts": "doubted in", "denies": "denied in", "confirms": "confirmed in", "corrects": "corrected in", "reacts": "see"}
_MOST_DIFFERENCES = 4  # of a group that are shown by their words, unless all are asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement. `level` counts the statements that hold it; `is_last` says of each level whether no sibling follows."""

    id: str
    within: str | None
    is_last: tuple[bool, ...]
    who: str
    identity: str | None  # the source's full name, where `who` does not hold it
    note: str | None  # that the source is carried on from above
    detail: tuple[str, ...]  # roles and affiliations
    kind: StatementKind
    cue: str | None
    told: str | None
    about: tuple[str, ...]  # how it takes which statements: "doubts s1, s3"
    met_by: tuple[str, ...]  # how others take it: "doubted in s4"
    versions: tuple[str, ...]  # other statements of the same utterance
    time: str | None
    confidence: float
    paragraphs: tuple[tuple[Piece, ...], ...]
    chain: tuple[str, ...]  # the publisher last
    evidence: tuple[str, ...]  # ids

    @property
    def level(self) -> int:
        return len(self.is_last) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source: how many statements it has, and by which words the text names it besides its name.

    `name` is shown, with its accounts; `known_as` is the name as it is, by which the source is looked up.
    """

    name: str
    known_as: str
    kind: str
    roles: tuple[str, ...]
    statements: int
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """All that is shown of a report, from top to bottom."""

    title: str
    untitled: bool
    facts: tuple[tuple[str, str], ...]  # publisher, authors, published, address: those that are known
    counts: tuple[str, ...]  # how much was found
    entries: tuple[Entry, ...]
    notes: tuple[tuple[str, tuple[str, ...]], ...]  # headings and lines that stand between statements and sources
    rows: tuple[SourceRow, ...]


def build_outline(report: Report, *, full: bool = True) -> Outline:
    """What is shown of `report`; every string in it is safe to print. Long lists of differences are counted only, unless `full`."""
    document = report.document
    facts = (
        ("publisher", document.publisher),
        ("by", ", ".join(document.authors)),
        ("published", document.published.isoformat() if document.published else None),
        ("url", document.url),
    )
    return Outline(
        title=show(document.title or "(no title)"),
        untitled=document.title is None,
        facts=tuple((name, show(value)) for name, value in facts if value),
        counts=_count(report),
        entries=_build_entries(report),
        notes=tuple((heading, lines) for heading, lines in _find_notes(report, full) if lines),
        rows=_build_rows(report),
    )


def _count(report: Report) -> tuple[str, ...]:
    if not report.statements:
        return ("no statements found",)
    return count_of(len(report.statements), "statement"), count_of(len(report.sources), "source")


def _find_notes(report: Report, full: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "Versions of one statement", tuple(_describe_variants(report, full))
    yield "Evidence", tuple(_describe_evidence(e, report) for e in report.evidence)
    times = _describe_times(report)
    yield "Times in the text", (" · ".join(times),) if times else ()


# --- statements ------------------------------------------------------------------------------------------------------


def _build_entries(report: Report) -> tuple[Entry, ...]:
    sources = {source.id: source for source in report.sources}
    split = build_splitter(report)
    met_by, versions = _find_comments(report), _find_versions(report)
    return tuple(
        _build_entry(statement, is_last, report, sources, split(statement), met_by.get(statement.id, ()), versions.get(statement.id, ()))
        for statement, is_last in _walk(report.statements)
    )


def _find_comments(report: Report) -> dict[str, tuple[str, ...]]:
    """For each statement that others comment on, how they take it, by whom."""
    found: dict[str, list[tuple[str, str]]] = {}
    for statement in report.statements:
        for identity, stance in zip_longest(statement.about, statement.stances):
            found.setdefault(identity, []).append((_TAKEN.get(stance, _TAKEN["reacts"]), show(statement.id)))
    return {identity: _group(comments) for identity, comments in found.items()}


def _group(comments: list[tuple[str, str]]) -> tuple[str, ...]:
    """`doubted in s4, s5` for the pairs of words and ids."""
    by_words: dict[str, list[str]] = {}
    for words, identity in comments:
        by_words.setdefault(words, []).append(identity)
    return tuple(f"{words} {', '.join(ids)}" for words, ids in by_words.items())


def _find_versions(report: Report) -> dict[str, tuple[str, ...]]:
    """For each statement that has other versions, their ids."""
    found: dict[str, dict[str, None]] = {}
    for variant in report.variants:
        for identity in variant.members:
            found.setdefault(identity, {}).update((show(other), None) for other in variant.members if other != identity)
    return {identity: tuple(ids) for identity, ids in found.items()}


def _walk(statements: tuple[Statement, ...]) -> Iterator[tuple[Statement, tuple[bool, ...]]]:
    """The statements in text order, nested ones after the one that holds them; one in a circle of holders stands by itself."""
    by_id = {statement.id: statement for statement in statements}
    children: dict[str | None, list[Statement]] = {}
    for statement in statements:
        children.setdefault(_find_holder(statement, by_id), []).append(statement)
    waiting: list[tuple[Statement, tuple[bool, ...]]] = [(s, (i == 0,)) for i, s in enumerate(reversed(children.get(None, ())))]
    while waiting:
        statement, is_last = waiting.pop()
        yield statement, is_last
        waiting.extend((s, (*is_last, i == 0)) for i, s in enumerate(reversed(children.get(statement.id, ()))))


def _find_holder(statement: Statement, by_id: dict[str, Statement]) -> str | None:
    """The id of the statement that holds this one; None where there is none, or where the holders run in a circle."""
    seen, at = {statement.id}, statement
    while at.within is not None and at.within in by_id:
        if at.within in seen:
            return None
        at = by_id[at.within]
        seen.add(at.id)
    return statement.within if statement.within in by_id else None


def _build_entry(
    statement: Statement,
    is_last: tuple[bool, ...],
    report: Report,
    sources: dict[str, Source],
    paragraphs: tuple[tuple[Piece, ...], ...],
    met_by: tuple[str, ...],
    versions: tuple[str, ...],
) -> Entry:
    text = report.document.text
    source = sources.get(statement.source.id) if statement.source else None
    who, identity, note = _name_source(statement, source, text)
    return Entry(
        id=show(statement.id),
        within=show(statement.within) if len(is_last) > 1 and statement.within else None,
        is_last=is_last,
        who=who,
        identity=identity,
        note=note,
        detail=_describe_source(source, sources, who),
        kind=statement.kind,
        cue=_join(statement.cue, text) or None,
        told=_describe_certainty(statement, text),
        about=_group([(_TAKES.get(stance, _TAKES["reacts"]), show(i)) for i, stance in zip_longest(statement.about, statement.stances)]),
        met_by=met_by,
        versions=versions,
        time=_describe_days(statement.time) if statement.time else None,
        confidence=statement.confidence,
        paragraphs=paragraphs,
        chain=tuple(_describe_hop(hop, report, sources) for hop in statement.chain),
        evidence=tuple(show(identity) for identity in statement.evidence),
    )


def _name_source(statement: Statement, source: Source | None, text: str) -> tuple[str, str | None, str | None]:
    """The source as the statement names it, the full name where that differs, and a note where the statement does not name it."""
    if statement.source is None:
        return NO_SOURCE, None, None
    name = show(source.name if source else statement.source.id)
    who = _join(statement.source.spans, text)
    if not who:
        return name, None, CARRIED_ON
    return who, None if name.casefold() in who.casefold() else name, None


def _describe_source(source: Source | None, sources: dict[str, Source], who: str) -> tuple[str, ...]:
    """Roles and affiliations that `who` does not say already; that a source is unnamed."""
    if source is None:
        return ()
    affiliations = (sources[identity].name for identity in source.affiliations if identity in sources)
    known = [show(word) for word in (*source.roles, *affiliations)]
    unnamed = ("unnamed",) if source.kind == "unnamed" else ()
    return (*unnamed, *(word for word in dict.fromkeys(known) if word.casefold() not in who.casefold()))


def _describe_hop(hop: Hop, report: Report, sources: dict[str, Source]) -> str:
    if hop.source == "publisher":
        name = report.document.publisher or "(this document)"
    elif hop.source is None:
        name = _NOT_NAMED
    else:
        name = sources[hop.source].name if hop.source in sources else hop.source
    return show(f"{name} ({hop.medium})" if hop.medium else name)


def _describe_certainty(statement: Statement, text: str) -> str | None:
    """A word for the certainty, and the text's own words for it where they are not the cue, which is shown anyway."""
    certainty = statement.certainty
    if certainty is None:
        return None
    word = next((word for most, word in _TOLD if certainty.value <= most), None)
    if word is None:
        return None
    return (
        f"{word} (“{show(certainty.span.of(text))}”)"
        if certainty.span and not any(cue.holds(certainty.span) for cue in statement.cue)
        else word
    )


# --- what stands beside the statements -----------------------------------------------------------------------------


def _describe_evidence(evidence: Evidence, report: Report) -> str:
    """`e1: embed on Twitter, Mara Quill (@quill), 2024-03-05; suspended (“…”); shows s2`."""
    names = {source.id: source.name for source in report.sources}
    kind = f"{evidence.kind} on {evidence.platform}" if evidence.platform else evidence.kind
    told = f"“{evidence.span.of(report.document.text)}”" if evidence.span and evidence.kind != "embed" else ""
    supplied, translated = names.get(evidence.supplied_by or ""), names.get(evidence.translated_by or "")
    author = None if evidence.author in (supplied, translated) else evidence.author
    by = " ".join(word for word in (author, f"({evidence.handle})" if evidence.handle else "") if word)
    given = (f"supplied by {supplied}" if supplied else "", f"translated by {translated}" if translated else "")
    posted = evidence.posted.isoformat() if evidence.posted else ""
    line = show(f"{evidence.id}: {', '.join(part for part in (kind, told, by, *given, posted, evidence.url) if part)}")
    words = f" (“{show(evidence.status_span.of(report.document.text))}”)" if evidence.status_span else ""
    status = "" if evidence.status == "unknown" else f"; {evidence.status}{words}"
    shows = ", ".join(show(s.id) for s in report.statements if evidence.id in s.evidence)
    return f"{line}{status}{f'; shows {shows}' if shows else ''}"


def _describe_variants(report: Report, full: bool) -> Iterator[str]:
    """`s1, s6: translation; “warn” → “threaten”`. Where not all is asked for, a pair of a larger group that differs much is left out."""
    whole = [set(v.members) for v in report.variants if len(v.members) > 2]
    for variant in report.variants:
        much = len(variant.differences) > _MOST_DIFFERENCES
        if full or not much:
            changes = [_describe_difference(show(d.a.of(t)), show(d.b.of(t))) for t in [report.document.text] for d in variant.differences]
        elif len(variant.members) == 2 and any(set(variant.members) <= group for group in whole):
            continue
        else:
            changes = [f"{len(variant.differences)} differences"]
        yield "; ".join((f"{show(', '.join(variant.members))}: {variant.relation}", *changes))


def _describe_difference(before: str, after: str) -> str:
    if not before.strip():
        return f"“{after.strip()}” added"
    return f"“{before.strip()}” → “{after.strip()}”" if after.strip() else f"“{before.strip()}” left out"


def _describe_times(report: Report) -> tuple[str, ...]:
    """`last week = 2022-03-07 to 2022-03-13`: each expression that names days, once; what says it already stands alone."""
    named = [(show(time.span.of(report.document.text)), _describe_days(time.days)) for time in report.times if time.days]
    return tuple(words if words == days else f"{words} = {days}" for words, days in dict.fromkeys(named))


def _describe_days(days: Interval) -> str:
    """`2022-03-07`, `2022-03` for all of a month, `2022` for all of a year, else from the first day to the last."""
    first, last = days.first.isoformat(), days.last.isoformat()
    if first == last:
        return first
    if first.endswith("-01-01") and last == f"{first[:4]}-12-31":
        return first[:4]
    is_month = days.first.day == 1 and days.last.day == monthrange(days.first.year, days.first.month)[1]
    return first[:7] if is_month and first[:7] == last[:7] else f"{first} to {last}"


def _build_rows(report: Report) -> tuple[SourceRow, ...]:
    """The sources, those with most statements first."""
    counts = Counter(statement.source.id for statement in report.statements if statement.source)
    names = {source.id: source.name for source in report.sources}
    ordered = sorted(report.sources, key=lambda source: -counts[source.id])
    return tuple(_build_row(source, counts[source.id], names, report.document.text) for source in ordered)


def _build_row(source: Source, statements: int, names: dict[str, str], text: str) -> SourceRow:
    mentions = Counter(show(mention.of(text)) for mention in source.mentions)
    affiliations = [show(names[identity]) for identity in source.affiliations if identity in names]
    roles = [show(role) for role in source.roles]
    name = show(source.name)
    short = [role for role in roles if not any(other in role for other in (*roles, *affiliations) if other != role)]
    told = {word.casefold() for word in (name, *roles)}
    pronouns = {form for forms in load_vocabulary().pronouns.values() for form in forms}
    return SourceRow(
        known_as=source.name,
        name=show(" ".join((source.name, *source.handles))),
        kind=source.kind,
        roles=(*(short or roles[:1]), *(a for a in affiliations if not any(a in role for role in short or roles[:1]))),
        statements=statements,
        named=tuple(
            f"{word} ×{count}" if count > 1 else word
            for word, count in mentions.items()
            if name not in word and word.casefold().removeprefix("an ").removeprefix("a ").removeprefix("the ") not in told | pronouns
        ),
    )


def _join(spans: tuple[Span, ...], text: str) -> str:
    return show(" … ".join(span.of(text) for span in spans))


def count_of(number: int, noun: str) -> str:
    """`1 statement`, `2 statements`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
