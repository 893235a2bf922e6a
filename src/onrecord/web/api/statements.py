"""Statements: searching them, one with all that belongs to it, what the hits have in common, every version of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from onrecord.errors import UsageError
from onrecord.store import count_facets, load_report, load_reviews, search, trace
from onrecord.types import Json, Report, Statement
from onrecord.web.api import answers
from onrecord.web.api.answering import NDJSON, asking, choose_media_type, format_ndjson, naming, stream
from onrecord.web.api.operations import OnSite, Reader, answer_cached, build_router, describe
from onrecord.web.api.questions import DocumentPath, Filters, Search, StatementPath, Tracing
from onrecord.web.cursors import find_hits, make_cursor, read_cursor
from onrecord.web.problems import Problem

router = build_router("Statements")
_AS_LINES = {NDJSON: "One hit on each line, all of them: what is a page's `hits` otherwise."}


@router.get(
    "/statements",
    operation_id="search",
    summary="Search statements or articles",
    responses=describe(answers.Hits, 304, 400, streams=_AS_LINES),
)
def find_statements(request: Request, asked: Annotated[Search, Query()], site: OnSite, visitor: Reader) -> Response:
    """What has all that is asked for: the best first where there are words, else the latest.

    With `Accept: application/x-ndjson` all hits are sent, one on each line, and `limit` and `cursor` are of no account. Page by page only
    the first 10,000 are given (2,000 for words, where the store is a PostgreSQL database).
    """
    if needless := asked.find_needless():
        raise Problem(422, f"articles are not found by {' and '.join(needless)}: leave that out, or search statements")
    query = asked.build_query(articles=asked.articles)
    if choose_media_type(request, ("application/json", NDJSON)) == NDJSON:
        return stream(search(site.store, query), format_ndjson, NDJSON, "statements.ndjson")

    def build() -> Json:
        bound = asked.bind()
        hits, at = find_hits(site.store, query, at=read_cursor(asked.cursor, bound) if asked.cursor else 0, most=asked.limit)
        return {"hits": [hit.to_dict() for hit in hits], "next": None if at is None else make_cursor(bound, at)}

    with asking():
        return answer_cached(request, site, visitor, build)


@router.get(
    "/statements/{document}/{statement}",
    operation_id="get_statement",
    summary="One statement",
    responses=describe(answers.StatementAnswer, 304, 404),
)
def get_statement(request: Request, document: DocumentPath, statement: StatementPath, site: OnSite, visitor: Reader) -> Response:
    """A statement with its source, its evidence, its article's facts, and what people said of it."""

    def build() -> Json:
        report, _ = load_report(site.store, document)
        found = next((each for each in report.statements if each.id == statement), None)
        if found is None:
            raise UsageError(f"{document}: the document has no statement {statement}")
        reviews = load_reviews(site.store, report.document.id.removeprefix("sha256:"))
        return {**_format_statement(report, found), "reviews": [review.to_dict() for review in reviews.get(found.id, ())]}

    with naming():
        return answer_cached(request, site, visitor, build)


def _format_statement(report: Report, found: Statement) -> Json:
    about, text = report.document, report.document.text
    source = next((s for s in report.sources if found.source and s.id == found.source.id), None)
    return {
        "id": f"{about.id.removeprefix('sha256:')[:12]}/{found.id}",
        "document": {
            "id": about.id,
            "url": about.url,
            "title": about.title,
            "authors": list(about.authors),
            "publisher": about.publisher,
            "published": about.published.isoformat() if about.published else None,
            "language": about.language,
        },
        "statement": found.to_dict(text),
        "source": source.to_dict(text) if source else None,
        "evidence": [evidence.to_dict(text) for evidence in report.evidence if evidence.id in found.evidence],
    }


@router.get("/facets", operation_id="count_facets", summary="What hits have in common", responses=describe(answers.Facets, 304))
def get_facets(request: Request, asked: Annotated[Filters, Query()], site: OnSite, visitor: Reader) -> Response:
    """How many statements that have all that is asked for are of which outlet, source, kind, medium and year."""
    with asking():
        return answer_cached(request, site, visitor, lambda: count_facets(site.store, asked.build_query()).to_dict())


@router.get("/trace", operation_id="trace", summary="Every version of an utterance", responses=describe(answers.Trace, 304, 404))
def get_trace(request: Request, asked: Annotated[Tracing, Query()], site: OnSite, visitor: Reader) -> Response:
    """Every version of what is asked for by `id` or by `words`, one of the two, with how each differs from the base, and the independent
    origins that they go back to.
    """
    if (asked.id is None) == (asked.words is None):
        raise Problem(422, "give either id or words")
    wanted = asked.id or asked.words or ""
    with naming() if asked.id else asking():
        return answer_cached(
            request, site, visitor, lambda: trace(site.store, wanted, base=asked.base or "", related=asked.related).to_dict()
        )
