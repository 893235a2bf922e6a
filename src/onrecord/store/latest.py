"""What a store holds at a glance: its state, its newest documents, and what is repeated most in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from onrecord.errors import UsageError
from onrecord.store import log
from onrecord.store.connect import Store
from onrecord.store.near import load_told
from onrecord.store.schema import document as documents
from onrecord.store.schema import statement as statements
from onrecord.store.tracing import trace
from onrecord.trace.told import Told
from onrecord.types import Json

_FEWEST = 3  # pairs of words that a statement must have to be counted as repeated
_TRACED = 2  # times as many as are wanted are traced, as those in most outlets are not those of most origins


@dataclass(frozen=True, slots=True)
class State:
    """How far a store has come: the head of its log and its length, and the highest numbers of its documents and statements."""

    head: str
    entries: int
    documents: int
    statements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One document in a list; `key` is its number in the order of storing."""

    document: str
    title: str | None
    outlet: str | None
    published: str | None
    url: str | None
    language: str | None
    statements: int
    key: int

    def to_dict(self) -> Json:
        return {**asdict(self), "document": f"sha256:{self.document}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A statement, and in how many versions, articles and independent origins the store has it."""

    told: Told
    origins: int
    articles: int
    versions: int

    def to_dict(self) -> Json:
        told = self.told
        names = ("id", "words", "source", "outlet", "published", "title")
        counts = {"origins": self.origins, "articles": self.articles, "versions": self.versions}
        return {**{name: getattr(told, name) for name in names}, **counts}


def find_state(store: Store) -> State:
    """The state of a store. Raises StoreError."""
    with store.looking() as connection:
        head = log.find_head(connection)
        counts = [connection.scalar(select(func.max(table.c.key))) or 0 for table in (documents, statements)]
    return State(head.hash if head else log.START, head.seq if head else 0, *counts)


def find_document(store: Store, beginning: str) -> str:
    """The full id of the document whose id begins so. Raises UsageError, StoreError."""
    start = beginning.strip().lower().removeprefix("sha256:")
    if not 4 <= len(start) <= 64 or not set(start) <= set("0123456789abcdef"):
        raise UsageError(f"{beginning!r}: not an id; give four or more digits of a document's id")
    with store.looking() as connection:
        found = connection.scalars(select(documents.c.id).where(documents.c.id >= start, documents.c.id <= start + "g").limit(2)).all()
    if len(found) != 1:
        raise UsageError(
            f"{beginning}: {'more than one document begins so: give more digits' if found else 'no such document in the store'}"
        )
    return str(found[0])


def find_latest(store: Store, limit: int = 20, before: int | None = None) -> tuple[Listed, ...]:
    """The documents that were stored last, or before the one with the number `before`. Raises StoreError."""
    columns = (documents.c[name] for name in ("key", "id", "title", "outlet", "published", "url", "language"))
    query = select(*columns).order_by(documents.c.key.desc()).limit(limit)
    with store.looking() as connection:
        rows = connection.execute(query if before is None else query.where(documents.c.key < before)).all()
        counted = select(statements.c.document, func.count()).where(statements.c.document.in_([row.id for row in rows]))
        counts = {row[0]: row[1] for row in connection.execute(counted.group_by(statements.c.document))}
    return tuple(
        Listed(
            document=row.id,
            title=row.title,
            outlet=row.outlet,
            published=row.published,
            url=row.url,
            language=row.language,
            statements=counts.get(row.id, 0),
            key=row.key,
        )
        for row in rows
    )


def find_repeated(store: Store, most: int = 10, looked: int = 20_000) -> tuple[Repeated, ...]:
    """Of the statements stored last those that most independent origins have, each utterance once. Raises StoreError.

    What has the very same words in the most outlets is traced, so that an utterance that nobody repeats word for word is not among them.
    """
    found: list[Repeated] = []
    seen: set[str] = set()
    for key in _find_common(store, looked)[: _TRACED * most]:
        with store.looking() as connection:
            told = load_told(connection, [key])
        if not told or told[0].id in seen:
            continue
        traced = trace(store, told[0].id)
        seen |= {version.told.id for version in traced.versions}
        found.append(Repeated(told=told[0], origins=len(traced.origins), articles=len(traced.articles), versions=len(traced.versions)))
    return tuple(sorted(found, key=lambda r: (-r.origins, -r.articles, r.told.key))[:most])


def _find_common(store: Store, looked: int) -> list[int]:
    """The first statement of each of the words that are in most outlets, of so many stored last."""
    with store.looking() as connection:
        last = connection.scalar(select(func.max(statements.c.key))) or 0
        columns = (statements.c.key, statements.c.pairs, statements.c.outlet, statements.c.document)
        rows = connection.execute(select(*columns).where(statements.c.key > last - looked).order_by(statements.c.key)).all()
    first: dict[str, int] = {}
    outlets: defaultdict[str, set[str]] = defaultdict(set)
    for key, pairs, outlet, document in rows:
        if pairs and pairs.count(" ") >= _FEWEST - 1:
            first.setdefault(pairs, key)
            outlets[pairs].add(outlet or document)
    return [first[pairs] for pairs, _ in _count(outlets.items())]


def _count(outlets: Iterable[tuple[str, set[str]]]) -> list[tuple[str, int]]:
    return Counter({pairs: len(names) for pairs, names in outlets if len(names) > 1}).most_common()
