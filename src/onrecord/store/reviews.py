"""What people say of statements as they were read: beside the machine's word, never in its place.

A review is a record of its own, append-only and in the log: who said when that a statement was read right (`accept`), is none (`reject`),
or reads otherwise (`mend`, with what is mended). The latest counts; none is overwritten, and reading anew leaves them as they are.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import exists, func, insert, select
from sqlalchemy.engine import Connection, Row

from onrecord.errors import UsageError
from onrecord.store import log
from onrecord.store.connect import Store
from onrecord.store.digests import clean, digest, format_canonical
from onrecord.store.near import load_told
from onrecord.store.schema import DOUBTFUL, IS_DOUBTFUL
from onrecord.store.schema import judgement as judgements
from onrecord.store.schema import review as reviews
from onrecord.store.schema import source as sources
from onrecord.store.schema import statement as statements
from onrecord.store.show import load_report
from onrecord.store.who import find_identities
from onrecord.trace.identity import Identity, Known
from onrecord.trace.told import Told
from onrecord.types import Json, Report, StatementKind

Verdict = Literal["accept", "mend", "reject"]
_SHORT = 12  # digits of a document's id in a subject
_LONGEST = 2_000  # characters of a note or a name
_LOOKED = 2_000  # sources stored last, among whose names doubtful joins are looked for
_OF_A_NAME = 100  # sources of each of these names that are compared
_WEAK = re.compile("nothing against it|the same surname|a form of the name|fits more than one|nothing shows that it is")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody said of one statement. `subject` is the statement's id: 3fa9c1d2a0b1/s4."""

    id: str
    subject: str
    verdict: Verdict
    mended: Json | None
    by: str
    at: str
    note: str

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in ("id", "subject", "verdict", "mended", "by", "at", "note")}


def review(store: Store, subject: str, verdict: Verdict, *, mended: Json | None = None, by: str, note: str = "") -> Review:
    """Keep what somebody says of a statement. `mended` may have a source's name, a kind, the content ([first, last exclusive] in code
    points of the document's text), a certainty (-3 to 3) and a note.

    Raises UsageError for a statement that is not in the store, and for what cannot be mended so; StoreError.
    """
    if verdict not in get_args(Verdict):
        raise UsageError(f"{verdict}: not a verdict: give one of {', '.join(get_args(Verdict))}")
    report, statement = load_report(store, subject)
    if statement is None:
        raise UsageError(f"{subject}: a document; give a statement of it, as search prints it (3fa9c1d2/s4)")
    if (verdict == "mend") != bool(mended):
        raise UsageError(f"{subject}: what is mended goes with the verdict mend, and with no other")
    checked = check_mended(mended, report) if mended else None
    facts = {
        "subject": f"{report.document.id.removeprefix('sha256:')[:_SHORT]}/{statement}",
        "verdict": verdict,
        "mended": format_canonical(checked) if checked else None,
        "by": clean(by)[:_LONGEST],
        "at": datetime.now(UTC).isoformat(),
        "note": clean(note)[:_LONGEST],
    }
    row = {"id": digest(facts), **facts}
    with store.writing() as connection:
        connection.execute(insert(reviews).values(row))
        log.append(connection, "review", {"review": row})
    return Review(**{**row, "mended": checked})  # type: ignore[arg-type]


def check_mended(mended: Json, report: Report) -> Json:
    """What is mended, as it is kept. Raises UsageError."""
    unknown = sorted(set(mended) - {"source", "kind", "content", "certainty", "note"})
    if unknown:
        raise UsageError(f"{unknown[0]}: cannot be mended: source, kind, content, certainty and note can")
    for name in ("source", "note"):
        if name in mended and not (isinstance(mended[name], str) and 0 < len(mended[name].strip()) <= _LONGEST):
            raise UsageError(f"{name}: give up to {_LONGEST:,} characters")
    if "kind" in mended and mended["kind"] not in get_args(StatementKind):
        raise UsageError(f"kind: give one of {', '.join(get_args(StatementKind))}")
    if "certainty" in mended and not (_is_number(mended["certainty"]) and -3 <= mended["certainty"] <= 3):
        raise UsageError("certainty: give a number from -3 (denied) to 3 (certain)")
    if "content" in mended:
        _check_content(mended["content"], len(report.document.text))
    return {name: clean(value) if isinstance(value, str) else value for name, value in mended.items()}


def _check_content(spans: object, length: int) -> None:
    complaint = f"content: give spans as [first, last] with 0 ≤ first < last ≤ {length:,}, one after the other"
    if not isinstance(spans, list) or not spans:
        raise UsageError(complaint)
    at = 0
    for span in spans:
        if not (isinstance(span, list) and len(span) == 2 and all(isinstance(n, int) and not isinstance(n, bool) for n in span)):
            raise UsageError(complaint)
        if not at <= span[0] < span[1] <= length:
            raise UsageError(complaint)
        at = span[1]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# --- what was said ---------------------------------------------------------------------------------------------------------


def load_reviews(store: Store, document: str) -> dict[str, tuple[Review, ...]]:
    """What was said of a document's statements, by their ids, the oldest first; the last one counts. Raises StoreError."""
    start = f"{document.removeprefix('sha256:')[:_SHORT]}/"
    query = select(reviews).where(reviews.c.subject >= start, reviews.c.subject < start + "\uffff").order_by(reviews.c.at, reviews.c.id)
    found: defaultdict[str, list[Review]] = defaultdict(list)
    with store.looking() as connection:
        for row in connection.execute(query):
            found[row.subject.removeprefix(start)].append(_build_review(row))
    return {statement: tuple(said) for statement, said in found.items()}


def read_reviews(store: Store) -> Iterator[Review]:
    """All that was said, the oldest first. Raises StoreError."""
    with store.looking() as connection:
        query = select(reviews).order_by(reviews.c.at, reviews.c.id)
        with connection.execution_options(yield_per=500).execute(query) as rows:
            yield from map(_build_review, rows)


def _build_review(row: Row[Any]) -> Review:
    return Review(**{**row._mapping, "mended": json.loads(row.mended) if row.mended else None})


# --- what is doubtful ------------------------------------------------------------------------------------------------------


def find_doubtful(store: Store, *, most: int = 20, below: float = DOUBTFUL, before: int | None = None) -> tuple[Told, ...]:
    """Statements of which the reader was less sure than `below` and nobody has said anything, the latest first: at once up to `DOUBTFUL`.

    Raises StoreError.
    """
    subject = func.substr(statements.c.document, 1, _SHORT).concat("/").concat(statements.c.id)
    is_reviewed = exists().where(reviews.c.subject == subject)
    query = select(statements.c.key).where(IS_DOUBTFUL if below == DOUBTFUL else statements.c.confidence < below, ~is_reviewed)
    query = query.order_by(statements.c.key.desc()).limit(most)
    with store.looking() as connection:
        keys = connection.scalars(query if before is None else query.where(statements.c.key < before)).all()
        return tuple(sorted(load_told(connection, keys), key=lambda told: -told.key))


@dataclass(frozen=True, slots=True)
class DoubtfulJoin:
    """Two sources of different documents that were joined, or kept apart, for a reason that is a weak one."""

    name: str
    a: Known
    b: Known
    reason: str
    joined: bool

    def to_dict(self) -> Json:
        both = [
            {"id": known.id, "name": known.name, "roles": list(known.roles), "affiliations": list(known.affiliations),
             "handles": list(known.handles), "outlet": known.outlet, "published": known.published}
            for known in (self.a, self.b)
        ]  # fmt: skip
        return {"name": self.name, "a": both[0], "b": both[1], "reason": self.reason, "joined": self.joined}


def find_doubtful_joins(store: Store, *, most: int = 20) -> tuple[DoubtfulJoin, ...]:
    """Among the sources stored last, pairs that a person might see otherwise, and of which nobody has decided. Raises StoreError."""
    found: dict[frozenset[str], DoubtfulJoin] = {}
    with store.looking() as connection:
        decided = {frozenset((row.a, row.b)) for row in connection.execute(select(judgements.c.a, judgements.c.b))}
        for name in _find_shared_names(connection):
            if len(found) >= most:
                break
            with suppress(UsageError):  # a name that nobody could ask for
                for doubt in _find_doubts(find_identities(connection, name, _OF_A_NAME)):
                    pair = frozenset((doubt.a.id, doubt.b.id))
                    if pair not in decided:
                        found.setdefault(pair, doubt)
    return tuple(found.values())[:most]


def _find_shared_names(connection: Connection) -> Sequence[str]:
    """One name of each key that several of the sources stored last have."""
    rows = connection.execute(select(sources.c.folded, sources.c.name).order_by(sources.c.key.desc()).limit(_LOOKED)).all()
    names: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        names[row.folded].append(row.name)
    return [max(same, key=len) for same in names.values() if len(same) > 1]


def _find_doubts(identities: Sequence[Identity]) -> Iterator[DoubtfulJoin]:
    for identity in identities:
        for member in identity.members:
            reason = identity.reasons.get(member.id)
            if reason and _WEAK.search(reason):
                yield DoubtfulJoin(identity.name, identity.members[0], member, reason, True)
    for number, identity in enumerate(identities[1:], 1):
        reason = next((line for line in identity.apart if _WEAK.search(line)), None)
        if reason:
            yield DoubtfulJoin(identity.name, identities[number - 1].members[0], identity.members[0], reason, False)
