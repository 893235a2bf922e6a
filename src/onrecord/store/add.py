"""Documents into a store, and stored documents read anew.

Several documents are read at once while one writer commits, in the order in which they were given: one document, one transaction, its
entries in the log inside it. So a kill at any moment loses what was not committed and nothing else, and the same call goes on from there.
A document that cannot be read is an outcome with the reason; it is not stored. A server that goes away is waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.engine import Connection

from onrecord.capture import find_locations, read_captures
from onrecord.errors import StoreError, UnreadableError
from onrecord.pipeline import find_reader_version, map_ahead, parse_day, read_captured
from onrecord.store.connect import Store
from onrecord.store.keep import has_capture, is_known, keep_capture, keep_reading, load_capture
from onrecord.store.polling import keep_state, load_state
from onrecord.store.schema import document as documents
from onrecord.store.schema import reading as readings
from onrecord.types import Capture, Report, Skipped

if TYPE_CHECKING:
    from onrecord.capture.fetch import Fetcher
    from onrecord.capture.poll import Polled, PollState

_T = TypeVar("_T")
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before each further try on a server that went away

Outcome = Literal["added", "known", "reread", "skipped", "listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of one document, or of a list of documents (`listed`): its bytes are kept, and not read.

    `document` is the SHA-256 of the bytes; `reason` says why it was skipped.
    """

    location: str
    outcome: Outcome
    document: str | None = None
    statements: int = 0
    reason: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One document on its way: `report` is None where a reading is stored already."""

    location: str
    capture: Capture | None = None  # None where there is nothing to write
    document: str | None = None
    report: Report | None = None
    reason: str | None = None
    given: date | None = None
    forced: bool = False
    then: Callable[[Connection], None] | None = None  # what else belongs into the transaction


def add(
    store: Store, sources: Sequence[str], *, published: date | str | None = None, force: bool = False, fetcher: Fetcher | None = None
) -> Iterator[Kept]:
    """Store files, folders, patterns, addresses, feeds and archives with what is read from them; one outcome for each document, in order.

    `published` and `force` are those of `read`. Documents that are in the store are known, and not read again, unless `published` makes
    another reading of them.

    Raises:
        UsageError: a source names nothing, or `published` is no date.
        StoreError: the store cannot be written; the documents passed on before are in it.

    """
    captures = read_captures(find_locations(sources), fetcher)
    return add_captures(store, captures, published=parse_day(published), force=force)


def add_captures(
    store: Store, captures: Iterable[Capture | Skipped], *, published: date | None = None, force: bool = False
) -> Iterator[Kept]:
    """`add` for whatever gives captures."""

    def prepare(capture: Capture | Skipped) -> _Work:
        try:
            return _prepare(store, capture, published, force)
        except UnreadableError as error:
            return _Work(location=capture.location, reason=str(error))

    for work in map_ahead(prepare, captures):
        yield _try_again(lambda work=work: _commit(store, work, "added"))  # type: ignore[misc]


def _prepare(store: Store, capture: Capture | Skipped, published: date | None, force: bool) -> _Work:
    """Look a capture up, and read it where that has not been done."""
    location = capture.location
    if isinstance(capture, Skipped):
        return _Work(location=location, reason=capture.reason)
    is_read, is_found = _try_again(lambda: _look_up(store, capture, published))
    if is_read:
        return _Work(location=location, capture=None if is_found else capture, document=capture.sha256)
    report = read_captured(capture, published=published, force=force)
    return _Work(location=location, capture=capture, document=capture.sha256, report=report, given=published, forced=force)


def _look_up(store: Store, capture: Capture, published: date | None) -> tuple[bool, bool]:
    with store.looking() as connection:
        return is_known(connection, capture.sha256, published), has_capture(connection, capture)


def _commit(store: Store, work: _Work, outcome: Outcome) -> Kept:
    """Write what there is to write, in one transaction; what another writer has stored in the meantime is known."""
    skipped = Kept(location=work.location, outcome="skipped", reason=work.reason)
    known = Kept(location=work.location, outcome="known", document=work.document)
    if work.capture is None and work.then is None:
        return known if work.reason is None else skipped
    with store.writing() as connection:
        if work.then is not None:
            work.then(connection)
        if work.capture is None:
            return known if work.reason is None else skipped
        key = keep_capture(connection, work.capture)
        if work.report is None or (outcome == "added" and is_known(connection, work.capture.sha256, work.given)):
            return known
        keep_reading(connection, key, work.report, reader=find_reader_version(), given=work.given, forced=work.forced)
    return Kept(
        location=work.location,
        outcome=outcome,
        document=work.document,
        statements=len(work.report.statements),
        warnings=work.report.warnings,
    )


def watch(
    store: Store,
    lists: Sequence[str],
    fetcher: Fetcher,
    *,
    every: float = 900.0,
    rounds: int | None = None,
    force: bool = False,
    stop: threading.Event | None = None,
) -> Iterator[Kept]:
    """Poll feeds and news sitemaps, and store what is new in them, until `stop` is set or there were so many `rounds`.

    What was seen of a list is kept in the transaction of what came of it, so whoever goes on after a kill misses nothing and stores nothing
    twice. `every`: seconds from one round's end to the next one's start. Raises StoreError.
    """
    from onrecord.capture import poll

    with store.looking() as connection:
        known = load_state(connection)
    for polled in poll.watch(lists, fetcher, known, every=every, rounds=rounds, stop=stop):
        before, known = known, polled.state
        yield _keep_polled(store, polled, before, force)


def _keep_polled(store: Store, polled: Polled, before: PollState, force: bool) -> Kept:
    then = partial(keep_state, state=polled.state, before=before)
    found = polled.found
    if isinstance(found, Capture) and polled.entry is None:
        work = _Work(location=found.location, capture=found, document=found.sha256, then=then)
        return replace(_try_again(lambda: _commit(store, work, "listed")), outcome="listed")
    try:
        work = replace(_prepare(store, found, None, force), then=then)
    except UnreadableError as error:
        work = _Work(location=found.location, reason=str(error), then=then)
    return _try_again(lambda: _commit(store, work, "added"))


def count_stale(store: Store) -> int:
    """How many documents have a current reading by another reader than the installed one."""
    return len(_find_stale(store))


def reread(store: Store) -> Iterator[Kept]:
    """Read all documents anew that another reader has read; the readings before stay beside the new ones.

    A document that can no longer be read keeps the reading that it has, and is skipped. Raises StoreError.
    """

    def prepare(key: str) -> _Work:
        with store.looking() as connection:
            row = connection.execute(select(documents).where(documents.c.id == key)).one()
            try:
                capture = load_capture(connection, row.capture)
            except ValueError as error:
                return _Work(location=key, reason=f"the stored bytes are damaged: {error}; see onrecord verify")
        given = date.fromisoformat(row.given) if row.given else None
        try:
            report = read_captured(capture, published=given, force=row.forced)
        except UnreadableError as error:
            return _Work(location=capture.location, reason=str(error))
        return _Work(location=capture.location, capture=capture, document=key, report=report, given=given, forced=row.forced)

    for work in map_ahead(prepare, _find_stale(store)):
        yield _try_again(lambda work=work: _commit(store, work, "reread"))  # type: ignore[misc]


def _find_stale(store: Store) -> list[str]:
    query = select(documents.c.id).join(readings, readings.c.id == documents.c.reading)
    with store.looking() as connection:
        return list(connection.scalars(query.where(readings.c.reader != find_reader_version()).order_by(documents.c.key)))


def _try_again(work: Callable[[], _T]) -> _T:
    """`work()`, tried a few times more while a server is away. What is tried is a whole transaction, so nothing is done twice."""
    for pause in _PAUSES:
        try:
            return work()
        except StoreError as error:
            if not error.again:
                raise
        time.sleep(pause)
    return work()
