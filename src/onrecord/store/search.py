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

from onrecord.store.connect import Store
from onrecord.store.observations import is_observed
from onrecord.store.schema import document as documents
from onrecord.store.schema import statement as statements
from onrecord.store.words import Term, build_column_term, format_fts5, format_tsquery, parse_words
from onrecord.types import Json

_SHORT = 12  # hexadecimal digits of a document's id that are shown
_BM25 = {"statement": "bm25(statement_words, 4.0, 3.0, 1.0, 0.5)", "document": "bm25(document_words, 4.0, 1.0, 0.5)"}
_MANY = 1000  # rows fetched at once
RANKED = 10_000  # rows that are ranked where only the first hits are asked for


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

    With a limit, words that are in more than `RANKED` rows give the best of those that were stored last.

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


def _select_hits(connection: Connection, query: Query, searched: Table, terms: Sequence[Term], limit: int | None) -> Select[Any]:
    """The hits' rows in their order. Rows are read only for those that are given, and only so many are ranked."""
    filters = _build_filters(query, searched)
    if not terms:
        return select(searched).where(*filters).order_by(searched.c.published.desc().nulls_last(), searched.c.key.desc()).limit(limit)
    found, key, rank = _match(searched, terms, filters, connection.dialect.name == "sqlite")
    first = None if limit is None else connection.scalar(found.order_by(key.desc()).offset(max(limit, RANKED)).limit(1))
    ranked = found if first is None else found.where(key > first)
    best = ranked.add_columns(rank.label("rank")).order_by("rank", key).limit(limit).subquery()
    return select(searched).join(best, best.c.key == searched.c.key).order_by(best.c.rank, best.c.key)


def _find_terms(query: Query) -> tuple[Term, ...]:
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


def _match(
    searched: Table, terms: Sequence[Term], filters: Sequence[ColumnElement[bool]], is_sqlite: bool
) -> tuple[Select[Any], ColumnElement[Any], ColumnElement[Any]]:
    """The keys of the rows in which the terms are found, the key's own column, and what ranks the rows: the less the better."""
    if is_sqlite:
        words = table(f"{searched.name}_words", column("rowid"))
        found = text(f"{searched.name}_words MATCH :terms").bindparams(terms=format_fts5(terms))
        selected = select(words.c.rowid.label("key")).select_from(words).where(found)
        if filters:
            selected = selected.join(searched, words.c.rowid == searched.c.key).where(*filters)
        return selected, words.c.rowid, literal_column(_BM25[searched.name])
    asked = func.to_tsquery("onrecord", format_tsquery(terms))
    words_column: ColumnElement[Any] = literal_column(f"{searched.name}.words")
    return select(searched.c.key).where(words_column.op("@@")(asked), *filters), searched.c.key, -func.ts_rank_cd(words_column, asked)


def _build_hit(row: Row[Any]) -> Hit:
    values = dict(row._mapping)
    short = f"{row.document[:_SHORT]}/{row.id}"
    return Hit(**{**{name: values[name] for name in _SHARED}, "id": short, "statement": row.id})


_SHARED = tuple(name for name in Hit.__slots__ if name in statements.c and name != "id")


def _build_article(row: Row[Any]) -> Hit:
    return Hit(id=row.id[:_SHORT], document=row.id, title=row.title, outlet=row.outlet, url=row.url, published=row.published)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
