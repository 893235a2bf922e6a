"""One input into its shards: the function that every engine runs.

    captures → seen? → parsed → copy? → read → rows → shards → manifest

The two steps that take long, parsing a page and reading it, are given to `run`, which does them here or in other processes, in order and
a few ahead; all that depends on what came before in the input is decided in between, in its order, so that the shards do not depend on who
read them. Shards are written aside and renamed when they are whole, the manifest last.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from onrecord.capture import read_capture
from onrecord.capture.feeds import is_feed
from onrecord.capture.files import WACZ_SUFFIX
from onrecord.capture.wacz import read_wacz
from onrecord.capture.warc import read_records
from onrecord.cluster.filters import Seen, digest_text, find_other_language
from onrecord.cluster.inputs import Input
from onrecord.cluster.manifests import Manifest, find_aside, find_shard, settle, write_manifest
from onrecord.cluster.shards import COLUMNS, KINDS, Shard, build_schemas
from onrecord.errors import UnreadableError, UsageError
from onrecord.page import read_page
from onrecord.pipeline import LANGUAGES, check_readable, find_reader_version, read_parsed
from onrecord.rows import Row, read_statement_rows
from onrecord.store.rows import build_document_index, build_document_row, build_index_row, build_statement_rows
from onrecord.store.values import format_report
from onrecord.types import Capture, Page, Report, Skipped

Work = TypeVar("Work")
Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
Watch = Callable[[int, int], None]  # bytes of the input that are behind, pages that are done

_EMPTY: Row = dict.fromkeys(COLUMNS["documents"])


@dataclass(frozen=True, slots=True)
class Left:
    """Why a page goes no further."""

    outcome: str  # copy, seen, language, short, unreadable, failed
    reason: str
    copy_of: str | None = None


class Run(Protocol):
    """Does a step for all work that asks for it, in order: each with its answer, or None where it asks for nothing."""

    def __call__(
        self, step: Callable[[Ask], Answer | Left], works: Iterable[Work], ask: Callable[[Work], Ask | None], /
    ) -> Iterator[tuple[Work, Answer | Left | None]]: ...


def run_here(
    step: Callable[[Ask], Answer | Left], works: Iterable[Work], ask: Callable[[Work], Ask | None]
) -> Iterator[tuple[Work, Answer | Left | None]]:
    """Each step when it is asked for, in this process."""
    for work in works:
        asked = ask(work)
        yield work, None if asked is None else attempt(step, asked)


def attempt(step: Callable[[Ask], Answer | Left], asked: Ask) -> Answer | Left:
    """A step, or that it failed: one page that we stumble over is no reason to lose the others."""
    try:
        return step(asked)
    except Exception as error:
        return Left("failed", f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}; please report this")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How pages are read; what a shard was made with stands in its manifest."""

    published: date | None = None
    force: bool = False  # read also what is in another language
    min_confidence: float | None = None
    least_words: int = 30
    read_copies: bool = False
    keep_bytes: bool = True

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"published": self.published.isoformat() if self.published else None}


# --- the steps that take long -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parsed:
    page: Page
    digest: str  # of its text, see `digest_text`
    words: int


@dataclass(frozen=True, slots=True)
class Rows:
    statements: list[Row]
    document: Row


def parse(capture: Capture, settings: Settings) -> Parsed | Left:
    """The page of a capture, if it is worth reading."""
    if not settings.force and (language := find_other_language(capture)):
        return Left("language", f"in another language ({language})")
    try:
        page = read_page(capture)
        if not settings.force:
            if page.language not in (None, *LANGUAGES):
                return Left("language", f"in another language ({page.language})")
            check_readable(page)
    except UnreadableError as error:
        return Left("unreadable", str(error))
    words = len(page.text.split())
    if words < settings.least_words:
        return Left("short", f"{words} words, fewer than {settings.least_words}")
    return Parsed(page, digest_text(page.text), words)


def read(asked: tuple[Capture, Page], settings: Settings) -> Rows | Left:
    """The rows of a page. Of the capture, only its digest, its URL and its time are looked at."""
    capture, page = asked
    try:
        report = read_parsed(capture, page, published=settings.published, min_confidence=settings.min_confidence)
    except UnreadableError as error:
        return Left("unreadable", str(error))
    return build_rows(report, capture)


def build_rows(report: Report, capture: Capture) -> Rows:
    """What shards hold of a report."""
    stored = build_statement_rows(report, capture.sha256)
    flat = read_statement_rows(report.to_dict(), _format_moment(capture.captured))
    statements = []
    for row, own, statement in zip(flat, stored, report.statements, strict=True):
        index = build_index_row(report, statement, own["content"])
        statements.append({**row, "chain": own["chain"], "through": index["through"], "translated": index["translated"]})
    return Rows(statements, {**build_document_row(report), **build_document_index(report), "report": format_report(report)})


# --- the input --------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Page:
    """One page on its way."""

    location: str
    capture: Capture | None = None
    left: Left | None = None
    parsed: Parsed | None = None
    rows: Rows | None = None

    def take(self, answer: Parsed | Rows | Left | None) -> _Page:
        """Note what came of a step."""
        if isinstance(answer, Left):
            self.left, self.parsed = answer, None
        elif isinstance(answer, Parsed):
            self.parsed = answer
        else:
            self.rows = answer
        return self


def read_input(one: Input, out: Path, settings: Settings, seen: Seen, *, run: Run = run_here, watch: Watch | None = None) -> Manifest:
    """Read an input into its shards under `out`, and write its manifest. `seen` is what batches before have seen, and is added to.

    Raises:
        UsageError, UnreadableError, OSError: it cannot be read, or its shards cannot be written; nothing half-written is left under their
            names.

    """
    started, counts = time.monotonic(), Counter[str]()
    notes: list[str] = []
    aside = {kind: find_aside(out, kind, one.name) for kind in KINDS}
    try:
        with ExitStack() as stack:
            for path in aside.values():
                path.parent.mkdir(parents=True, exist_ok=True)
            shards = {kind: stack.enter_context(Shard(aside[kind], schema)) for kind, schema in build_schemas().items()}
            for page in _read_pages(_list_pages(one, notes, watch), settings, seen, run):
                row = _build_document(page, settings)
                told = page.rows.statements if page.rows else []
                counts.update({row["outcome"]: 1, "statements": len(told)})
                shards["statements"].add(told)
                shards["documents"].add([row], len(row["report"] or b"") + len(row["content"] or b""))
        for kind in KINDS:
            settle(aside[kind], find_shard(out, kind, one.name))
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)
    manifest = Manifest(
        name=one.name,
        paths=one.paths,
        size=one.size,
        stamp=one.stamp,
        reader=find_reader_version(),
        settings=settings.to_dict(),
        counts=dict(sorted(counts.items())),
        notes=tuple(notes),
        seconds=round(time.monotonic() - started, 2),
    )
    write_manifest(out, manifest)
    return manifest


def _read_pages(pages: Iterable[_Page], settings: Settings, seen: Seen, run: Run) -> Iterator[_Page]:
    """All pages in order, each read or left."""

    def drop_seen() -> Iterator[_Page]:
        for page in pages:
            if page.capture is not None:
                page.left = _find_seen(seen.find_bytes(page.capture.sha256), "these bytes")
            yield page

    def drop_copies() -> Iterator[_Page]:
        for page, answer in run(partial(parse, settings=settings), drop_seen(), lambda page: None if page.left else page.capture):
            page.take(answer)
            if page.parsed and page.capture and not settings.read_copies:
                page.take(_find_seen(seen.find_text(page.parsed.digest, page.capture.sha256), "this text"))
            yield page

    def ask(page: _Page) -> tuple[Capture, Page] | None:
        return (replace(page.capture, content=b""), page.parsed.page) if page.parsed and page.capture else None

    return (page.take(answer) for page, answer in run(partial(read, settings=settings), drop_copies(), ask))


def _find_seen(first: str | None, what: str) -> Left | None:
    if first is None:
        return None
    return Left("copy", f"{what}: see {first[:12]}", first) if first else Left("seen", f"{what}: in a batch before")


def _list_pages(one: Input, notes: list[str], watch: Watch | None) -> Iterator[_Page]:
    """The pages of an input, and its damage as notes. Raises OSError, UsageError, UnreadableError."""
    for done, (behind, found) in enumerate(_read_archive(one) if one.is_archive else _read_files(one)):
        if watch:
            watch(behind, done)
        if isinstance(found, Capture):
            yield _Page(found.location, found)
        elif one.is_archive and found.location == one.paths[0]:
            notes.append(found.reason)
        else:
            yield _Page(found.location, left=Left("unreadable", found.reason))


def _read_archive(one: Input) -> Iterator[tuple[int, Capture | Skipped]]:
    """Pages of an archive, and the bytes of it that are behind."""
    path = one.paths[0]
    if path.lower().endswith(WACZ_SUFFIX):
        yield from ((0, found) for found in read_wacz(path))
        return
    with Path(path).open("rb") as file:
        yield from ((file.tell(), found) for found in read_records(file, path))


def _read_files(one: Input) -> Iterator[tuple[int, Capture | Skipped]]:
    behind = 0
    for path in one.paths:
        try:
            capture: Capture | Skipped = read_capture(path)
        except (UnreadableError, UsageError) as error:
            capture = Skipped(path, str(error))
        if isinstance(capture, Capture):
            behind += len(capture.content)
            if is_feed(capture.content):
                capture = Skipped(path, f"{path}: a feed, which a batch does not follow: give the pages that it leads to")
        yield behind, capture


def _build_document(page: _Page, settings: Settings) -> Row:
    """A page's row of documents, whatever became of it."""
    row = {**_EMPTY, "location": page.location, "outcome": page.left.outcome if page.left else "read"}
    if page.left:
        row |= {"reason": page.left.reason, "copy_of": page.left.copy_of}
    if page.capture is not None:
        capture = page.capture
        row |= {name: getattr(capture, name) for name in ("url", "media_type", "charset", "etag", "status")}
        row |= {name: _format_moment(getattr(capture, name)) for name in ("captured", "served", "last_modified")}
        row |= {"id": capture.sha256, "target": capture.url}
    if page.parsed is not None:
        row |= {"text": page.parsed.digest or None, "words": page.parsed.words}
    if page.rows is not None and page.capture is not None:
        url = page.rows.document["url"] or row["url"]
        row |= {**page.rows.document, "url": url, "statements": len(page.rows.statements)}
        row["content"] = page.capture.content if settings.keep_bytes else None
    return row


def _format_moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
