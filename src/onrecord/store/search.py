"""Finding statements and articles in a store: words and filters in, hits out, the best first.

Statements are searched by default: their contents, their sources' names, and the title and outlet of their article. `articles`
searches the articles' own text instead. Words mean the same on both databases (see `words`); how hits are ranked is the database's
own: BM25 in SQLite, cover density in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from operator import eq, ge, le
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, column, func, literal_column, select, table, text
from sqlalchemy.engine import Connection, Row

from onrecord.errors import UsageError
from onrecord.store.connect import Store
from onrecord.store.observations import is_observed
from onrecord.store.schema import document as documents
from onrecord.store.schema import statement as statements
from onrecord.store.words import Term, build_column_term, format_fts5, format_tsquery, parse_words
from onrecord.types import Json

_SHORT = 12  # hexadecimal digits of a document's id that are shown
_BM25 = {"statement": "bm25(statement_words, 4.0, 3.0, 1.0, 0.5)", "document": "bm25(document_words, 4.0, 1.0, 0.5)"}
_MANY = 1000  # rows fetched at once
RANKED, RANKED_IN_POSTGRESQL = 10_000, 2_000  # rows that are ranked where only the first hits are asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for. Days are inclusive; `since` and `until` are days of publication, `said_*` of the statement.

    `status` is what the article says has become of the evidence, `observed` what was seen when it was last looked at.
    """

    words: str = ""
    source: str | None = None
    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    said_since: date | None = None
    said_until: date | None = None
    kind: str | None = None
    medium: str | None = None
    status: str | None = None
    observed: str | None = None
    min_certainty: float | None = None
    max_certainty: float | None = None
    min_confidence: float | None = None
    articles: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One statement, or one article, whose `statement` is None and whose `content` is empty. `id` is what `show` takes."""

    id: str
    document: str
    statement: str | None = None
    content: str = ""
    source: str | None = None
    source_kind: str | None = None
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    published: str | None = None
    said_from: str | None = None
    said_to: str | None = None
    kind: str | None = None
    medium: str | None = None
    certainty: float | None = None
    status: str | None = None
    confidence: float | None = None

    def to_dict(self) -> Json:
        return {**asdict(self), "document": f"sha256:{self.document}"}


def search(store: Store, query: Query, *, limit: int | None = None) -> Iterator[Hit]:
    """The hits of `query`, the best first, or the latest where it has no words; all of them if `limit` is None.

    With a limit, words that are in very many rows (`RANKED`) give the best of those that were stored last.

    Raises UsageError for words that cannot be searched, StoreError.
    """
    terms = _find_terms(query)
    searched = documents if query.articles else statements
    with store.looking() as connection:
        selected = _select_hits(connection, query, searched, terms, limit)
        fetching = connection.execution_options(yield_per=_MANY)
        with fetching.execute(selected) as rows:
            for row in rows:
                yield _build_article(row) if query.articles else _build_hit(row)


def load_facts(store: Store, query: Query, limit: int) -> Sequence[Row[Any]]:
    """Outlet, day and, of statements, source, kind and medium of the hits that were stored last. Raises UsageError, StoreError."""
    terms = _find_terms(query)
    searched = documents if query.articles else statements
    names = ("outlet", "published") if query.articles else ("outlet", "published", "source", "kind", "medium")
    with store.looking() as connection:
        filters = _build_filters(query, searched)
        selected = select(*(searched.c[name] for name in names)).where(*filters)
        if terms:
            keys = _find_keys(connection, searched, terms)
            last = keys if filters else keys.order_by(keys.selected_columns[0].desc()).limit(limit)
            selected = selected.where(searched.c.key.in_(last))
        return connection.execute(selected.order_by(searched.c.key.desc()).limit(limit)).all()


def _find_keys(connection: Connection, searched: Table, terms: Sequence[Term]) -> Select[Any]:
    """The keys of all hits of the words."""
    if connection.dialect.name == "sqlite":
        words = table(f"{searched.name}_words", column("rowid"))
        found = text(f"{searched.name}_words MATCH :terms").bindparams(terms=format_fts5(terms))
        return select(words.c.rowid).select_from(words).where(found)
    vector: ColumnElement[Any] = literal_column(f"{searched.name}.words")
    return select(searched.c.key).where(vector.op("@@")(func.to_tsquery("onrecord", format_tsquery(terms))))


def _select_hits(connection: Connection, query: Query, searched: Table, terms: Sequence[Term], limit: int | None) -> Select[Any]:
    """The hits' rows in their order. Rows are read only for those that are given, and only so many are ranked."""
    filters = _build_filters(query, searched)
    if not terms:
        return select(searched).where(*filters).order_by(searched.c.published.desc().nulls_last(), searched.c.key.desc()).limit(limit)
    rank = _rank_in_sqlite if connection.dialect.name == "sqlite" else _rank_in_postgresql
    best = rank(connection, searched, terms, filters, limit).subquery()
    return select(searched).join(best, best.c.key == searched.c.key).order_by(best.c.rank, best.c.key)


def _rank_in_sqlite(
    connection: Connection, searched: Table, terms: Sequence[Term], filters: Sequence[ColumnElement[bool]], limit: int | None
) -> Select[Any]:
    """The keys of the hits with their ranks, the less the better. BM25 is known only while the index is read, so it is read twice."""
    words = table(f"{searched.name}_words", column("rowid"))
    found = text(f"{searched.name}_words MATCH :terms").bindparams(terms=format_fts5(terms))
    hits = select(words.c.rowid.label("key")).select_from(words).where(found)
    if filters:
        hits = hits.join(searched, words.c.rowid == searched.c.key).where(*filters)
    if limit is not None:
        first = connection.scalar(hits.order_by(words.c.rowid.desc()).offset(max(limit, RANKED)).limit(1))
        hits = hits if first is None else hits.where(words.c.rowid > first)
    return hits.add_columns(literal_column(_BM25[searched.name]).label("rank")).order_by("rank", words.c.rowid).limit(limit)


def _rank_in_postgresql(
    _: Connection, searched: Table, terms: Sequence[Term], filters: Sequence[ColumnElement[bool]], limit: int | None
) -> Select[Any]:
    """The same, by cover density, which is reckoned from each row's vector."""
    asked = func.to_tsquery("onrecord", format_tsquery(terms))
    words: ColumnElement[Any] = literal_column(f"{searched.name}.words")
    hits = select(searched.c.key, words.label("words")).where(words.op("@@")(asked), *filters)
    if limit is not None:
        hits = hits.order_by(searched.c.key.desc()).limit(max(limit, RANKED_IN_POSTGRESQL))
    latest = hits.subquery()
    rank = (-func.ts_rank_cd(latest.c.words, asked)).label("rank")
    return select(latest.c.key, rank).order_by(rank, latest.c.key).limit(limit)


def _find_terms(query: Query) -> tuple[Term, ...]:
    if query.articles and query.source:
        raise UsageError("articles are not found by who is quoted in them: leave the source out, or search statements")
    named = (("source", query.source), ("outlet", query.outlet))
    return (*parse_words(query.words), *(term for name, words in named if words for term in build_column_term(words, name)))


def _build_filters(query: Query, searched: Table) -> list[ColumnElement[bool]]:
    """The conditions that are not words."""
    c = searched.c
    filters: list[tuple[Column[Any], Callable[[Any, Any], Any], Any]] = [
        (c.published, ge, _iso(query.since)),
        (c.published, le, _iso(query.until)),
    ]
    if not query.articles:
        filters += [
            (c.said_to, ge, _iso(query.said_since)),
            (c.said_from, le, _iso(query.said_until)),
            (c.kind, eq, query.kind),
            (c.medium, eq, query.medium),
            (c.status, eq, query.status),
            (c.certainty, ge, query.min_certainty),
            (c.certainty, le, query.max_certainty),
            (c.confidence, ge, query.min_confidence),
        ]
    seen = [] if query.observed is None or query.articles else [is_observed(c.document, c.id, query.observed)]
    return [*(compare(part, value) for part, compare, value in filters if value is not None), *seen]


def _build_hit(row: Row[Any]) -> Hit:
    values = dict(row._mapping)
    short = f"{row.document[:_SHORT]}/{row.id}"
    return Hit(**{**{name: values[name] for name in _SHARED}, "id": short, "statement": row.id})


_SHARED = tuple(name for name in Hit.__slots__ if name in statements.c and name != "id")


def _build_article(row: Row[Any]) -> Hit:
    return Hit(id=row.id[:_SHORT], document=row.id, title=row.title, outlet=row.outlet, url=row.url, published=row.published)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
