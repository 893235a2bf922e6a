"""What was seen of posts and links, kept: each observation once, with its entry in the log; the list of them is the post's history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.engine import Connection

from onrecord.store import log
from onrecord.store.connect import Store
from onrecord.store.digests import clean, digest
from onrecord.store.schema import address as addresses
from onrecord.store.schema import observation as observations
from onrecord.types import Json

if TYPE_CHECKING:
    from onrecord.capture.observe import Observation


_MOST = 200  # statements that one address shows, that are given


@dataclass(frozen=True, slots=True)
class Address:
    """Where a piece of evidence stands, and its words as the first report that shows it has them."""

    url: str
    words: str | None


def find_addresses(store: Store) -> list[Address]:
    """The addresses of all evidence in the current readings, each once, in the order in which they were stored. Raises StoreError."""
    query = select(addresses.c.url, addresses.c.words).order_by(addresses.c.key)
    with store.looking() as connection:
        found: dict[str, str | None] = {}
        for row in connection.execute(query):
            found[row.url] = found.get(row.url) or row.words
    return [Address(url, words) for url, words in found.items()]


def keep_observations(store: Store, seen: Iterable[Observation]) -> int:
    """Store observations that are not stored yet, in one transaction; how many these were. Raises StoreError."""
    rows = [_build_row(each) for each in seen]
    added = 0
    with store.writing() as connection:
        for row in rows:
            if connection.scalar(select(observations.c.id).where(observations.c.id == row["id"])) is None:
                connection.execute(insert(observations).values(row))
                log.append(connection, "observation", {"observation": row})
                added += 1
    return added


def load_history(store: Store, url: str) -> tuple[Observation, ...]:
    """All observations of an address, the oldest first. Raises StoreError."""
    with store.looking() as connection:
        return tuple(_find(connection, observations.c.url == clean(url)))


def find_last(store: Store, url: str) -> Observation | None:
    """The last look at an address; None if nobody looked. Raises StoreError."""
    return next((each for each in reversed(load_history(store, url)) if each.method == "page"), None)


def is_observed(document: ColumnElement[str], statement: ColumnElement[str], status: str) -> ColumnElement[bool]:
    """The condition that some evidence of a statement had `status` when it was last looked at."""
    later = observations.alias()
    is_last = ~exists().where(later.c.url == observations.c.url, later.c.method == "page", later.c.time > observations.c.time)
    return exists().where(
        addresses.c.document == document,
        addresses.c.statement == statement,
        observations.c.url == addresses.c.url,
        observations.c.method == "page",
        observations.c.status == status,
        is_last,
    )


def _build_row(seen: Observation) -> dict[str, object]:
    facts = {name: clean(value) if isinstance(value, str) else value for name, value in seen.to_dict().items()}
    return {"id": digest(facts), **facts}


def _find(connection: Connection, where: ColumnElement[bool]) -> Iterator[Observation]:
    from onrecord.capture.observe import Observation

    for row in connection.execute(select(observations).where(where).order_by(observations.c.time, observations.c.id)):
        values = {name: value for name, value in row._mapping.items() if name != "id"}
        yield Observation(**{**values, "time": datetime.fromisoformat(row.time)})


def find_shown(store: Store, url: str) -> list[Json]:
    """The statements, and the documents without any, that a piece of evidence at an address shows. Raises StoreError."""
    query = select(addresses.c.document, addresses.c.statement, addresses.c.words).where(addresses.c.url == clean(url)).limit(_MOST)
    with store.looking() as connection:
        return [dict(row._mapping) for row in connection.execute(query.order_by(addresses.c.key))]
