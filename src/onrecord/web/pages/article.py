"""An article: its text with the statements marked, and a card for each."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from onrecord.errors import UsageError
from onrecord.export import FORMATS
from onrecord.store import find_document, load_report, load_reviews
from onrecord.types import Report, Span
from onrecord.view.citation import is_web
from onrecord.view.outline import LABELS, build_outline
from onrecord.view.visible import show
from onrecord.web.marking import mark
from onrecord.web.pages.cards import Reviews, build_cards, build_stretches
from onrecord.web.pages.common import Fresh, OnSite, answer, find_missing, wants_json
from onrecord.web.problems import Problem

router = APIRouter()
_SHORT = 12
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")


@router.get("/article/{document}")
@router.get("/article/{document}.json")
def show_article(request: Request, site: OnSite, _: Fresh, document: str, span: str | None = None) -> Response:
    try:
        full = find_document(site.store, document)
    except UsageError as error:
        raise find_missing(error) from None
    if not wants_json(request) and document != full[:_SHORT]:
        return RedirectResponse(f"/article/{full[:_SHORT]}" + (f"?{request.url.query}" if request.url.query else ""), 308)
    report, _statement = load_report(site.store, full)
    if wants_json(request):
        reviews = {key: [each.to_dict() for each in said] for key, said in load_reviews(site.store, full).items()}
        return answer(request, "article.html", {**report.to_dict(), "reviews": reviews})
    return answer(
        request,
        "article.html",
        build_reading(report, load_reviews(site.store, full), _parse_span(span, report)),
        given=None,
        formats=FORMATS,
    )


def _parse_span(text: str | None, report: Report) -> Span | None:
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    length = len(report.document.text)
    if not found or not int(found[1]) < int(found[2]) <= length:
        raise Problem(422, f"span={show(text)[:40]}: not a stretch of this text: give first-last in characters, up to {length:,}")
    return Span(int(found[1]), int(found[2]))


def build_reading(report: Report, reviews: Reviews | None = None, chosen: Span | None = None) -> dict[str, Any]:
    """What is drawn of a report: its text in stretches, each with the cards of the statements that begin in it."""
    document, outline = report.document, build_outline(report)
    told = dict(outline.notes)
    return {
        "id": document.id.removeprefix("sha256:")[:_SHORT],
        "outline": outline,
        "language": document.language or "en",
        "url": document.url if is_web(document.url) else None,
        "labels": LABELS,
        "stretches": build_stretches(report, build_cards(report, outline, reviews or {}), mark(report, chosen)),
        "evidence": [(show(e.id), line, e.url) for e, line in zip(report.evidence, told.get("Evidence", ()), strict=True)],
        "notes": [(heading, lines) for heading, lines in outline.notes if heading != "Evidence"],
        "warnings": [show(warning) for warning in report.warnings],
    }
