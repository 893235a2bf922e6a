"""One person's or body's statements over all documents of a store, and what was decided by hand of who is who."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Row

from onrecord.errors import UsageError
from onrecord.store import log
from onrecord.store.connect import Store
from onrecord.store.digests import clean, digest
from onrecord.store.near import load_told
from onrecord.store.schema import document as documents
from onrecord.store.schema import judgement as judgements
from onrecord.store.schema import source as sources
from onrecord.store.schema import statement as statements
from onrecord.trace.identity import Decision, Identity, Judgement, Known, join_sources
from onrecord.trace.names import compare_names, find_key, fold_name
from onrecord.trace.told import Told
from onrecord.types import Json

_ID = re.compile(r"(?:sha256:)?([0-9a-f]{4,64})/(p\w+)")
_SHORT = 12
_MOST = 5_000  # sources of one name that are looked at
_AT_ONCE = 500  # documents of which statements are asked for in one question


class Saying(NamedTuple):
    """When and where one statement of somebody stood; `day` is that on which it was said, or else published."""

    key: int
    document: str
    day: str | None
    outlet: str | None
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or body: the sources of documents that are taken for it, when and where it said something, in time order, and what: the
    first `statements`, or all.
    """

    identity: Identity
    sayings: tuple[Saying, ...] = field(repr=False)
    statements: tuple[Told, ...] = field(repr=False)

    def to_dict(self) -> Json:
        identity = self.identity
        return {
            "name": identity.name,
            "kind": identity.kind,
            "roles": list(identity.gather("roles")),
            "affiliations": list(identity.gather("affiliations")),
            "handles": list(identity.gather("handles")),
            "sources": [
                {"id": m.id, "name": m.name, "outlet": m.outlet, "published": m.published, "joined": identity.reasons.get(m.id)}
                for m in identity.members
            ],
            "apart": identity.apart,
            "statements": [
                {"id": t.id, "words": t.words, "kind": t.kind, "outlet": t.outlet, "published": t.published, "said_from": t.said_from,
                 "said_to": t.said_to, "certainty": t.certainty}
                for t in self.statements
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Those of a name, the one with most documents first; `is_cut` if there are more sources of the name than were `looked` at."""

    persons: tuple[Person, ...]
    is_cut: bool
    looked: int


def who(store: Store, name: str, *, most: int = _MOST, statements: int | None = None) -> Found:
    """Who goes by `name`, a name or an account (@…), as far as so many of its sources tell, and what they have said: so many `statements`
    of each, or all.

    Raises UsageError for a name that is none or that no source has, StoreError.
    """
    with store.looking() as connection:
        rows = _find_rows(connection, name, most + 1)
        if not rows:
            raise UsageError(f"{name}: no source in the store goes by this name{_suggest(connection, name)}")
        stored = {row.document[:_SHORT]: row.document for row in rows}
        identities = _join(connection, name, rows[:most])
        persons = tuple(_build_person(connection, each, stored, statements) for each in identities)
        return Found(persons, len(rows) > most, min(len(rows), most))


def find_identities(connection: Connection, name: str, most: int) -> list[Identity]:
    """Who goes by `name`, as far as so many of its sources tell. Raises UsageError for a name that is none."""
    return _join(connection, name, _find_rows(connection, name, most))


def _join(connection: Connection, name: str, rows: Sequence[Row[Any]]) -> list[Identity]:
    identities = join_sources(_build_known(rows), _load_judgements(connection))
    return [i for i in identities if name.startswith("@") or any(_is_asked_for(name, m) for m in i.members)]


def _is_asked_for(name: str, known: Known) -> bool:
    return compare_names(name, known.name, person=known.kind == "person") != "different"


def _find_rows(connection: Connection, name: str, most: int) -> Sequence[Row[Any]]:
    """The sources that go by `name` or part of it, so many that were stored first."""
    if name.startswith("@"):
        conditions = [sources.c.handle == name.lower()]
    else:
        if len("".join(fold_name(name))) < 2:
            raise UsageError(f"{name!r}: not a name to look for; give a name, or an account with its @")
        conditions = [sources.c.folded == key for key in sorted({find_key(name, person=person) for person in (True, False)})]
    columns = (*sources.c, documents.c.outlet, documents.c.published)
    query = select(*columns).join(documents, documents.c.id == sources.c.document)
    queries = (query.where(condition).order_by(sources.c.key).limit(most) for condition in conditions)  # apart: an OR would be sorted whole
    rows: Iterable[Row[Any]] = chain.from_iterable(connection.execute(each).all() for each in queries)
    return sorted(rows, key=lambda row: row.key)[:most]


def _suggest(connection: Connection, name: str) -> str:
    """Names that are nearly the same, of those that begin as it does."""
    key = find_key(name, person=True)
    near = sources.c.folded
    query = select(sources.c.name).where(near >= key[:2], near < key[:2] + "\uffff").distinct().limit(2000)
    close = get_close_matches(name, connection.scalars(query).all(), n=3, cutoff=0.6)
    return f"; there are {', '.join(close)}" if close else "; onrecord search --source finds parts of names"


def _build_known(rows: Iterable[Row[Any]]) -> list[Known]:
    return [
        Known(
            id=f"{row.document[:_SHORT]}/{row.id}",
            name=row.name,
            kind=row.kind,
            roles=tuple(json.loads(row.roles)),
            affiliations=tuple(json.loads(row.affiliations)),
            handles=tuple(json.loads(row.handles)),
            beside=frozenset(json.loads(row.beside)),
            outlet=row.outlet,
            published=row.published,
        )
        for row in rows
    ]


def _build_person(connection: Connection, identity: Identity, stored: Mapping[str, str], most: int | None) -> Person:
    """`stored` are the full ids of documents by their short ones."""
    sources_of: defaultdict[str, set[str]] = defaultdict(set)
    for member in identity.members:
        document, source = member.id.split("/")
        sources_of[stored[document]].add(source)
    sayings = sorted(_find_sayings(connection, sources_of), key=lambda said: (*said[1:], said[0].key))
    order = {said.key: at for at, (said, _, _) in enumerate(sayings) if most is None or at < most}
    told = sorted(load_told(connection, order), key=lambda each: order[each.key])
    return Person(identity=identity, sayings=tuple(said for said, _, _ in sayings), statements=tuple(told))


def _find_sayings(connection: Connection, sources_of: Mapping[str, set[str]]) -> Iterator[tuple[Saying, str, str]]:
    """The statements of some sources of documents, each with what it is ordered by: the days on which it was said, and published."""
    names = ("key", "document", "said_from", "published", "outlet", "title")
    query = select(*(statements.c[name] for name in names))
    asked = list(sources_of)
    for at in range(0, len(asked), _AT_ONCE):
        documents = asked[at : at + _AT_ONCE]
        pairs = [f"{document}/{source}" for document in documents for source in sources_of[document]]
        is_wanted = statements.c.document.concat("/").concat(statements.c.source_id).in_(pairs)  # of rows, databases would go through all
        for row in connection.execute(query.where(statements.c.document.in_(documents), is_wanted)):
            day = row.said_from or row.published
            yield Saying(row.key, row.document, day, row.outlet, row.title), day or "9999", row.published or "9999"


# --- decided by hand -------------------------------------------------------------------------------------------------------


def judge(store: Store, kind: Decision, a: str, b: str, *, by: str, note: str = "") -> Judgement:
    """Keep that two sources are one (`join`) or are not (`split`); nothing that was decided before is overwritten, the latest counts.

    `a` and `b` are a document's id, or four or more digits of it, and a source's in it: 3fa9c1d2/p4.

    Raises UsageError for ids that are not in the store, StoreError.
    """
    with store.writing() as connection:
        one, other = (_find_source(connection, name) for name in (a, b))
        if one == other:
            raise UsageError(f"{a} and {b} are one source of one document: give two")
        judgement = Judgement(kind=kind, a=one, b=other, by=clean(by), at=datetime.now(UTC).isoformat(), note=clean(note))
        row = {"id": digest(judgement.to_dict()), **judgement.to_dict()}
        connection.execute(insert(judgements).values(row))
        log.append(connection, "judgement", {"judgement": row})
    return judgement


def _find_source(connection: Connection, name: str) -> str:
    match = _ID.fullmatch(name.strip().lower())
    if not match:
        raise UsageError(f"{name!r}: not a source's id; give it as who prints it (3fa9c1d2/p4)")
    beginning, source = match.groups()
    where = (sources.c.document >= beginning, sources.c.document < beginning + "g", sources.c.id == source)
    found = connection.scalars(select(sources.c.document).where(*where).limit(2)).all()
    if len(found) != 1:
        raise UsageError(f"{name}: {'more than one source has an id that begins so' if found else 'no such source in this store'}")
    return f"{found[0][:_SHORT]}/{source}"


def load_judgements(store: Store) -> tuple[Judgement, ...]:
    """All that was decided, the oldest first. Raises StoreError."""
    with store.looking() as connection:
        return tuple(_load_judgements(connection))


def _load_judgements(connection: Connection) -> list[Judgement]:
    rows = connection.execute(select(judgements).order_by(judgements.c.at, judgements.c.id))
    return [Judgement(**{name: value for name, value in row._mapping.items() if name != "id"}) for row in rows]
