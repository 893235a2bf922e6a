"""The way through: capture, page, extract, resolve, report.

Each step is one function of a module that knows nothing of the others; what is passed on are values. Nothing here keeps state
but the loaded model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from onrecord.capture import build_capture, find_locations, read_captures, read_one
from onrecord.errors import UnreadableError, UsageError
from onrecord.extract import extract
from onrecord.page import read_page
from onrecord.resolve import resolve
from onrecord.text import replace_surrogates
from onrecord.types import Capture, Document, Page, Report, Skipped

if TYPE_CHECKING:
    from onrecord.capture.fetch import Fetcher

_In = TypeVar("_In")
_Out = TypeVar("_Out")
LANGUAGES = ("en",)
_AT_ONCE = 4  # documents: while one is in the model, others are parsed
_LONGEST = 2_000_000  # characters: ten times the longest reports; more is a dump, not a document


def read(
    source: str,
    *,
    published: date | str | None = None,
    force: bool = False,
    min_confidence: float | None = None,
    fetcher: Fetcher | None = None,
) -> Report:
    """What one document says that others said.

    `source` is a file's path, an address (http or https), or "-" for standard input; `published` is the day of publication where
    the page gives none (ISO 8601); `force` reads a document whose language the reader does not know; statements less sure than
    `min_confidence` (0 to 1; by default where the reader reads best) are left out; `fetcher` fetches addresses
    under limits of your own.

    Raises:
        UsageError: there is no such file, it holds many documents, or `published` is no date.
        UnreadableError: the document cannot be had, or holds nothing that can be read; the message says what it is.

    """
    return read_captured(read_one(source, fetcher), published=published, force=force, min_confidence=min_confidence)


def read_text(text: str, *, published: date | str | None = None, force: bool = False, min_confidence: float | None = None) -> Report:
    """`read` for text that is already in hand, plain or HTML."""
    capture = build_capture(replace_surrogates(text).encode(), location="text", charset="utf-8")
    return read_captured(capture, published=published, force=force, min_confidence=min_confidence)


def read_many(
    sources: Sequence[str],
    *,
    published: date | str | None = None,
    force: bool = False,
    min_confidence: float | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[Report | Skipped]:
    """`read` for files, folders, glob patterns, addresses, feeds, WARC and WACZ files, in order.

    A document that cannot be read is a `Skipped`, and the others go on.

    Raises:
        UsageError: a source names nothing.

    """
    settings = {"published": published, "force": force, "min_confidence": min_confidence, "fetcher": fetcher}
    return (result for _, result in read_each(sources, **settings))  # type: ignore[arg-type]


def read_each(
    sources: Sequence[str],
    *,
    published: date | str | None = None,
    force: bool = False,
    min_confidence: float | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[tuple[str, Report | Skipped]]:
    """`read_many` with the location that each result was read from."""
    day = parse_day(published)

    def read_found(found: Capture | Skipped) -> Report | Skipped:
        try:
            return found if isinstance(found, Skipped) else read_captured(found, published=day, force=force, min_confidence=min_confidence)
        except (UnreadableError, UsageError) as error:
            return Skipped(found.location, str(error))

    captures = read_captures(find_locations(sources), fetcher)
    yield from map_ahead(lambda found: (found.location, read_found(found)), captures)


def map_ahead(function: Callable[[_In], _Out], items: Iterable[_In]) -> Iterator[_Out]:
    """`function` of each item, in order; a few items are worked on at once, and no more are taken than that. What is done is passed on at
    once, as the next item may be long in coming.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ahead: deque[Future[_Out]] = deque()
        for item in items:
            ahead.append(pool.submit(function, item))
            while ahead and (len(ahead) > _AT_ONCE or ahead[0].done()):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def read_captured(
    capture: Capture, *, published: date | str | None = None, force: bool = False, min_confidence: float | None = None
) -> Report:
    """`read` for bytes that are already captured."""
    page = read_page(capture)
    if not force:
        check_readable(page)
    return read_parsed(capture, page, published=published, min_confidence=min_confidence)


def read_parsed(capture: Capture, page: Page, *, published: date | str | None = None, min_confidence: float | None = None) -> Report:
    """`read` for a capture that is already parsed; of the capture, its digest and URL are looked at."""
    day = parse_day(published)
    page = page if page.published else replace(page, published=day)
    readings = extract(page.text, page.blocks, page.embeds, least=min_confidence)
    resolved = resolve(page, readings)
    return Report(
        document=build_document(capture, page),
        statements=resolved.statements,
        sources=resolved.sources,
        times=resolved.times,
        evidence=resolved.evidence,
        variants=resolved.variants,
        warnings=resolved.warnings,
    )


def check_readable(page: Page) -> None:
    """Whether the reader can be trusted with a page.

    Raises:
        UnreadableError: the text is in a language that the reader does not know, or far too long for a report.

    """
    if page.language not in (None, *LANGUAGES):
        raise UnreadableError(
            f"the text is in another language ({page.language}), and the reader knows English only: --force reads it all the same"
        )
    if len(page.text) > _LONGEST:
        raise UnreadableError(
            f"{len(page.text):,} characters are more than a report has ({_LONGEST:,}): split it, or read it all the same with --force"
        )


def build_document(capture: Capture, page: Page) -> Document:
    """What the report says of the document itself."""
    return Document(
        id=f"sha256:{capture.sha256}",
        text=page.text,
        url=page.url or capture.url,
        title=page.title,
        authors=page.authors,
        publisher=page.publisher,
        published=page.published,
        modified=page.modified,
        language=page.language,
        blocks=page.blocks,
        origin=page.origin,
    )


def parse_day(day: date | str | None) -> date | None:
    """`day` as a date.

    Raises:
        UsageError: it is none.

    """
    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"the publication date {day!r} is no date: give it as YYYY-MM-DD, for example 2021-01-14") from None


@cache
def find_reader_version() -> str:
    """The installed reader's version: the package's, and a digest of the data that readings depend on.

    `reader.json` stands for the model's files, whose hashes it holds.
    """
    data = files("onrecord") / "data"
    parts = [p for p in data.iterdir() if p.name.endswith((".toml", ".json")) and not p.name.endswith(".schema.json")]
    found = sha256()
    for part in (*sorted(parts, key=lambda p: p.name), data / "reader" / "reader.json"):
        found.update(sha256(part.read_bytes()).digest())
    try:
        package = version("onrecord")
    except PackageNotFoundError:
        package = "0"
    return f"{package}+{found.hexdigest()[:12]}"
