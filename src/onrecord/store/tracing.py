"""Every version of one utterance in a store.

    trace(store, "the berths will stay open")     # or a statement's id: trace(store, "3fa9c1d2/s4")

What is near by its words is compared one by one, each wording once. Then the fullest version found is looked for in its turn: two
different cuts of one utterance have nothing in common but the whole that both are cut from. Words without a statement are first
given to the statement that renders them best, as the same words of somebody else are another utterance.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from onrecord.errors import UsageError
from onrecord.store.connect import Store
from onrecord.store.near import find_near, load_told
from onrecord.store.rewording import find_related, find_reworded
from onrecord.store.schema import document as documents
from onrecord.store.schema import statement as statements
from onrecord.trace.changes import Change, find_changes
from onrecord.trace.comparing import Match, compare, compare_reworded, count_spells
from onrecord.trace.credits import Passing
from onrecord.trace.flags import Flag, find_flags
from onrecord.trace.origins import Origin, Telling, find_origins, name_relays
from onrecord.trace.told import Told, count_days
from onrecord.types import Json, VariantRelation
from onrecord.versions.wording import find_stems

_ID = re.compile(r"(?:sha256:)?([0-9a-f]{4,64})/(s\w+)")
_MOST_WORDS = 2_000  # of a question
_RELATED = 20  # statements on the same matter that are given
_AT_ONCE = 500  # documents in one question
_MOST_HELD = 0.6  # of a statement's words, from which on one that it holds is most of it
_WHOLE = 0.8  # of the fullest version's words, from which on a version is whole
Base = Literal["first", "fullest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One statement that renders the utterance: what it is to the base, and the edits that turn the base's words into its own.

    Spans count code points in the `words` of the base and of this version. `relation` is None for the base itself, and for a version
    that has no part in common with it. `flags` are set against the earliest whole version, `flagged_against`.
    """

    told: Told
    relation: VariantRelation | None
    changes: tuple[Change, ...] = ()
    flags: tuple[Flag, ...] = ()
    flagged_against: str | None = None

    def to_dict(self, base: Told) -> Json:
        told = self.told
        names = ("source", "source_kind", "kind", "title", "outlet", "url", "published", "said_from", "said_to", "certainty", "confidence")
        return {
            "id": told.id,
            "document": f"sha256:{told.document}",
            "statement": told.statement,
            "words": told.words,
            **{name: getattr(told, name) for name in names},
            "chain": [relay.to_dict() for relay in told.chain],
            "relation": self.relation,
            "differences": [change.to_dict(base, told) for change in self.changes],
            "flags": [flag.to_dict() for flag in self.flags],
            "flagged_against": self.flagged_against,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The versions of one utterance in time order. `base` is the index of the one that the others are aligned with."""

    asked: str
    base: int
    versions: tuple[Version, ...]
    articles: tuple[str, ...]  # SHA-256 of the documents, in time order
    origins: tuple[Origin, ...]  # whose members are indices of `articles`
    related: tuple[Version, ...] = ()  # on the same matter, and not the same utterance

    def to_dict(self) -> Json:
        base = self.versions[self.base].told if self.versions else None
        return {
            "asked": self.asked,
            "origins": [origin.to_dict(self.articles) for origin in self.origins],
            "articles": [f"sha256:{document}" for document in self.articles],
            "base": base.id if base else None,
            "versions": [version.to_dict(base) for version in self.versions if base],
            "related": [version.to_dict(base) for version in self.related if base],
        }


def trace(store: Store, asked: str, *, base: str = "", related: bool = False) -> Trace:
    """Every version of what is `asked` for, a statement's id or words of it. `base`: the id of a version, "first" or "fullest"; by
    default the statement that was asked for, or the fullest version of the words.

    Raises UsageError for an id that is not in the store, and words that cannot be traced; StoreError.
    """
    with store.looking() as connection:
        start = _find_start(connection, asked)
        found = _find_versions(connection, start) if start.document else _find_said(connection, start)
        ordered = sorted(found.told, key=lambda told: (told.published or "9999", told.said_from or "9999", told.key))
        tellings = _build_tellings(connection, ordered)
        others = _find_related(connection, ordered) if related and ordered else []
    at = _choose_base(ordered, start, base, found.reworded) if ordered else 0
    return Trace(
        asked=asked,
        base=at,
        versions=tuple(_build_versions(ordered, at, found.reworded)),
        articles=tuple(telling.document for telling in tellings),
        origins=find_origins(tellings),
        related=tuple(Version(told=told, relation=None) for told in others),
    )


def find_versions(connection: Connection, key: int) -> tuple[int, ...]:
    """The keys of all statements of one utterance with that of `key`, itself among them, in the order in which they were stored."""
    (start,) = load_told(connection, (key,))
    return tuple(sorted(told.key for told in _find_versions(connection, start).told))


# --- what is asked for -----------------------------------------------------------------------------------------------------


def _find_start(connection: Connection, asked: str) -> Told:
    match = _ID.fullmatch(asked.strip().lower())
    if not match:
        return _read_question(asked)
    beginning, name = match.groups()
    where = (statements.c.document >= beginning, statements.c.document <= beginning + "g", statements.c.id == name)
    keys = connection.scalars(select(statements.c.key).where(*where).limit(2)).all()
    if len(keys) != 1:
        reason = "more than one statement has an id that begins so: give more digits" if keys else "no such statement in this store"
        raise UsageError(f"{asked}: {reason}")
    return load_told(connection, keys)[0]


def _read_question(asked: str) -> Told:
    """Words as a statement of nobody. Raises UsageError where they are too few or too many."""
    words = " ".join(asked.split())
    count = len(words.split())
    if count > _MOST_WORDS:
        raise UsageError(
            f"{count:,} words are more than an utterance has ({_MOST_WORDS:,}): give a part of them, or add them as a document"
        )
    if len(set(find_stems(words))) < 2:
        raise UsageError(
            f"{words!r} is too little to know an utterance by: give two or more of its words; onrecord search finds single words"
        )
    return Told(key=0, document="", statement="", words=words, kind="direct")


@dataclass(frozen=True, slots=True)
class _Found:
    """The statements of one utterance, and the keys of those that have it in other words."""

    told: tuple[Told, ...]
    reworded: frozenset[int]


# --- versions --------------------------------------------------------------------------------------------------------------


def _find_said(connection: Connection, asked: Told) -> _Found:
    """The versions of the statement that renders the words best: most of them, the most often, the earliest."""
    found = _match(asked, find_near(connection, asked.words))
    if not found:
        return _Found((), frozenset())
    kept = {told.key for told in _drop_nested([match.b for match in found], asked)}
    found = [match for match in found if match.b.key in kept]
    often = Counter(match.b.source for match in found)
    best = min(found, key=lambda m: (_count_changed(m), -often[m.b.source], m.b.published or "9999", m.b.key))
    return _find_versions(connection, best.b)


def _count_changed(match: Match) -> int:
    """How many of the words asked for are not there."""
    return sum(edit.a_end - edit.a for edit in match.edits)


def _find_versions(connection: Connection, start: Told) -> _Found:
    """`start` and its versions. Where it is a part, they are those of the whole that it fits best; then also those of the wording that
    most have: two that were altered in different places are too far from each other.
    """
    matches = _match(start, find_near(connection, start.words))
    whole = _find_whole(start, matches)
    if whole is not start:
        matches = _match(whole, find_near(connection, whole.words))
    found = {told.key: told for told in (start, whole, *(match.b for match in matches))}
    commonest = _find_commonest(_drop_nested(found.values(), whole))
    if commonest.wording.forms != whole.wording.forms:
        found |= {match.b.key: match.b for match in _match(commonest, find_near(connection, commonest.words))}
    reworded: dict[int, Told] = {}
    for told in find_reworded(connection, commonest, found):
        if told.key in reworded:
            continue
        reworded |= {told.key: told} | {match.b.key: match.b for match in _match(told, find_near(connection, told.words))}
    kept = _drop_nested({**reworded, **found}.values(), commonest, start)
    return _Found(tuple(kept), frozenset(reworded.keys() - found.keys()))


def _find_whole(start: Told, matches: Sequence[Match]) -> Told:
    """What `start` is a part of: of those that lack the fewest of its words, the one nearest in time; itself if it is whole."""
    least = len(start.wording.words) / _WHOLE
    longer = [match for match in matches if len(match.b.wording.words) > least]
    return min(longer, key=lambda m: (_count_changed(m), count_days(start, m.b), m.b.key)).b if longer else start


def _find_commonest(found: Iterable[Told]) -> Told:
    """The first with the wording that most have, of those that are whole."""
    told = sorted(found, key=lambda one: one.key)
    least = _WHOLE * max(len(one.wording.words) for one in told)
    often = Counter(one.wording.forms for one in told if len(one.wording.words) >= least)
    forms, _ = often.most_common(1)[0]
    return next(one for one in told if one.wording.forms == forms)


def _match(start: Told, near: Iterable[Told]) -> list[Match]:
    """Those of one utterance with `start`. The same words of the same source are compared once."""
    known: dict[tuple[object, ...], Match | None] = {}
    found = []
    for told in near:
        match = None if told.key == start.key else _compare_once(start, told, (), known)
        if match is not None:
            found.append(match)
    return found


def _compare_once(one: Told, other: Told, reworded: Collection[int], known: dict[tuple[object, ...], Match | None]) -> Match | None:
    """What one version is to another, by their words or, where one is known to be reworded, by their meaning. Those that are alike in all
    that is compared are compared once; `known` holds what has been.
    """
    alike = (other.words, other.kind, other.source, other.source_kind, other.chain, other.translated)
    key = (one.key, other.document == one.document, other.key in reworded, count_spells(one, other), *alike)
    if key not in known:
        match = compare(one, other)
        by_meaning = match is None and (one.key in reworded) != (other.key in reworded)
        known[key] = compare_reworded(one, other) if by_meaning else match
    match = known[key]
    return replace(match, b=other) if match else None


def _drop_nested(found: Iterable[Told], like: Told, asked: Told | None = None) -> list[Told]:
    """Of a statement and one that it holds only the one that is the utterance, whose words are `like`. It is what is held, if that is most
    of the other's words, as those besides only tell who said it; else the one that has more of those words, or is nearer in length: who
    tells that somebody said it gives no version of it, nor does a part that is somebody else's. What was `asked` for is kept.
    """

    def rank(told: Told) -> tuple[int, int]:
        return len(told.wording.core & like.wording.core), -abs(len(told.wording.words) - len(like.wording.words))

    by_id = {(told.document, told.statement): told for told in found}
    dropped = set()
    for told in by_id.values():
        holder = by_id.get((told.document, told.within or ""))
        if holder is not None:
            is_most = len(told.wording.words) >= _MOST_HELD * len(holder.wording.words)
            less = holder if is_most else min(holder, told, key=rank)
            dropped.add(less.key if asked is None or less.key != asked.key else told.key if less is holder else holder.key)
    return [told for told in by_id.values() if told.key not in dropped]


def _find_related(connection: Connection, ordered: Sequence[Told]) -> list[Told]:
    """Statements on the same matter, without those that only hold a version."""
    holders = {(told.document, told.within) for told in ordered if told.within}
    found = find_related(connection, ordered[0], {told.key for told in ordered}, _RELATED)
    return [told for told in found if (told.document, told.statement) not in holders]


# --- origins ---------------------------------------------------------------------------------------------------------------


def _build_tellings(connection: Connection, ordered: Sequence[Told]) -> list[Telling]:
    """The articles of the versions, in time order, with all that any of their versions came through."""
    relays: dict[str, dict[Passing, None]] = {}
    for told in ordered:
        names = name_relays(told.source, [relay.name for relay in told.chain], told.through)
        relays.setdefault(told.document, {}).update(dict.fromkeys(names))
    about = {row.id: row for row in _load_documents(connection, list(relays))}
    return [
        Telling(
            document=document,
            outlet=about[document].outlet,
            published=about[document].published,
            credits=tuple(json.loads(about[document].credits or "[]")),
            sketch=bytes(about[document].sketch or b""),
            relays=tuple(names),
        )
        for document, names in relays.items()
    ]


def _load_documents(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    columns = (documents.c.id, documents.c.outlet, documents.c.published, documents.c.credits, documents.c.sketch)
    for at in range(0, len(ids), _AT_ONCE):
        rows.extend(connection.execute(select(*columns).where(documents.c.id.in_(ids[at : at + _AT_ONCE]))))
    return rows


# --- side by side ----------------------------------------------------------------------------------------------------------


def _choose_base(ordered: Sequence[Told], start: Told, base: str, reworded: Collection[int]) -> int:
    if base == "first":
        return 0
    if base and base != "fullest":
        at = [i for i, told in enumerate(ordered) if told.id.startswith(base.strip().lower().removeprefix("sha256:"))]
        if len(at) != 1:
            raise UsageError(f"--base {base}: not one of the versions: give the id of one, as trace prints it, or first or fullest")
        return at[0]
    mine = next((i for i, told in enumerate(ordered) if told.key == start.key), None)
    if base or mine is None:
        return max(range(len(ordered)), key=lambda i: (ordered[i].key not in reworded, len(ordered[i].wording.words), -i))
    return mine


def _build_versions(ordered: Sequence[Told], at: int, reworded: Collection[int]) -> Iterable[Version]:
    longest = max((len(told.wording.words) for told in ordered if told.key not in reworded), default=0)
    first = next((told for told in ordered if len(told.wording.words) >= _WHOLE * longest and told.key not in reworded), None)
    if not ordered:
        return
    base, later = ordered[at], False
    known: dict[tuple[object, ...], Match | None] = {}
    for told in ordered:
        match = None if told is base else _compare_once(base, told, reworded, known)
        against = _compare_once(first, told, reworded, known) if later and first else None
        flags = find_flags(against) if against else ()
        later = later or told is first
        yield Version(
            told=told,
            relation=match.relation if match else None,
            changes=find_changes(base, told, match.differences) if match else (),
            flags=flags,
            flagged_against=first.id if flags and first else None,
        )
