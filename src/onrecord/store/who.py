"""One person's or body's statements over all documents of a store, and what was decided by hand of who is who."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import insert, or_, select
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or body: the sources of documents that are taken for it, and its statements in time order."""

    identity: Identity
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
    """Those of a name, the one with most documents first; `is_cut` if there are more sources of the name than were looked at."""

    persons: tuple[Person, ...]
    is_cut: bool


def who(store: Store, name: str) -> Found:
    """Who goes by `name`, a name or an account (@…), and what they have said.

    Raises UsageError for a name that is none or that no source has, StoreError.
    """
    with store.looking() as connection:
        rows = _find_rows(connection, name)
        if not rows:
            raise UsageError(f"{name}: no source in the store goes by this name{_suggest(connection, name)}")
        identities = join_sources(_build_known(rows[:_MOST]), _load_judgements(connection))
        wanted = [i for i in identities if name.startswith("@") or any(_is_asked_for(name, m) for m in i.members)]
        return Found(tuple(Person(identity=i, statements=_load_said(connection, i)) for i in wanted), len(rows) > _MOST)


def _is_asked_for(name: str, known: Known) -> bool:
    return compare_names(name, known.name, person=known.kind == "person") != "different"


def _find_rows(connection: Connection, name: str) -> Sequence[Row[Any]]:
    if name.startswith("@"):
        condition = sources.c.handle == name.lower()
    else:
        if len("".join(fold_name(name))) < 2:
            raise UsageError(f"{name!r}: not a name to look for; give a name, or an account with its @")
        condition = or_(sources.c.folded == find_key(name, person=True), sources.c.folded == find_key(name, person=False))
    columns = (*(c for c in sources.c if c.name != "key"), documents.c.outlet, documents.c.published)
    query = select(*columns).join(documents, documents.c.id == sources.c.document).where(condition).order_by(sources.c.key)
    return connection.execute(query.limit(_MOST + 1)).all()


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


def _load_said(connection: Connection, identity: Identity) -> tuple[Told, ...]:
    """The statements of an identity, in the order of the days on which they were said, or else published."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for member in identity.members:
        beginning, source = member.id.split("/")
        wanted[beginning].add(source)
    keys: list[int] = []
    for beginning, ids in wanted.items():
        where = (statements.c.document >= beginning, statements.c.document < beginning + "g", statements.c.source_id.in_(ids))
        keys += connection.scalars(select(statements.c.key).where(*where)).all()
    return tuple(
        sorted(
            load_told(connection, keys), key=lambda told: (told.said_from or told.published or "9999", told.published or "9999", told.key)
        )
    )


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


def _load_judgements(connection: Connection) -> list[Judgement]:
    rows = connection.execute(select(judgements).order_by(judgements.c.at, judgements.c.id))
    return [Judgement(**{name: value for name, value in row._mapping.items() if name != "id"}) for row in rows]
