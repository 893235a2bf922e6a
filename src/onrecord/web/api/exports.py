"""All of something at once, for other programs: one line each, written as it is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated

from fastapi import Query, Request, Response

from onrecord.store import Hit, Store, load_report, read_reviews, search
from onrecord.store import Query as Asked
from onrecord.types import Report
from onrecord.view.cells import format_row
from onrecord.web.api.answering import CSV, NDJSON, choose_media_type, format_ndjson, stream
from onrecord.web.api.operations import OnSite, Reader, build_router, describe
from onrecord.web.api.questions import ArticleFilters, Filters

router = build_router("Exports")
_COLUMNS = [field.name for field in fields(Hit)]
_LINES = "One object on each line."
_ROWS = "With a heading; cells that a spreadsheet would compute begin with an apostrophe."


@router.get(
    "/exports/statements",
    operation_id="export_statements",
    summary="Statements as NDJSON or CSV",
    responses=describe(None, streams={NDJSON: _LINES, CSV: _ROWS}),
)
def export_statements(request: Request, asked: Annotated[Filters, Query()], site: OnSite, visitor: Reader) -> Response:
    """All statements that have all that is asked for, as NDJSON, or as CSV with `Accept: text/csv`.

    An answer whose end is missing is not complete: the connection is cut where the store fails half way.
    """
    hits = search(site.store, asked.build_query())
    if choose_media_type(request, (NDJSON, CSV)) == CSV:
        return stream(hits, _format_hit, CSV, "statements.csv", head=format_row(_COLUMNS).encode())
    return stream(hits, format_ndjson, NDJSON, "statements.ndjson")


def _format_hit(hit: Hit) -> bytes:
    facts = hit.to_dict()
    return format_row(facts[name] for name in _COLUMNS).encode("utf-8", "backslashreplace")


@router.get(
    "/exports/reports",
    operation_id="export_reports",
    summary="Reports as NDJSON",
    responses=describe(None, streams={NDJSON: _LINES}),
)
def export_reports(asked: Annotated[ArticleFilters, Query()], site: OnSite, visitor: Reader) -> Response:
    """The reports of all articles that have all that is asked for, the best first where there are words, else the latest."""
    query = Asked(words=asked.words, outlet=asked.outlet, since=asked.since, until=asked.until, articles=True)
    return stream(_read_reports(site.store, query), format_ndjson, NDJSON, "reports.ndjson")


def _read_reports(store: Store, query: Asked) -> Iterator[Report]:
    for hit in search(store, query):
        yield load_report(store, hit.document)[0]


@router.get(
    "/exports/reviews",
    operation_id="export_reviews",
    summary="Reviews as NDJSON",
    responses=describe(None, streams={NDJSON: _LINES}),
)
def export_reviews(site: OnSite, visitor: Reader) -> Response:
    """Everything that people said of statements, the oldest first."""
    return stream(read_reviews(site.store), format_ndjson, NDJSON, "reviews.ndjson")
