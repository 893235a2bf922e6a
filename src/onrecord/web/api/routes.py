"""All of the API as one router: the operations, their description, and the page that is made of it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from onrecord.web.api import documents, exports, observations, reviews, sources, statements, status, texts
from onrecord.web.api.answering import answer
from onrecord.web.api.description import DOCUMENT, PREFIX, build_description
from onrecord.web.api.operations import OnSite, Reader
from onrecord.web.api.page import build_view
from onrecord.web.templating import render

operations = APIRouter(prefix=PREFIX)
for part in (texts, documents, statements, sources, observations, reviews, exports, status):
    operations.include_router(part.router)
DESCRIPTION = build_description(operations.routes)

router = APIRouter()
router.include_router(operations)


@router.get(DOCUMENT, include_in_schema=False)
def get_description() -> Response:
    """The OpenAPI document."""
    return answer(DESCRIPTION)


@router.get("/api", include_in_schema=False)
def show_description(request: Request, site: OnSite, visitor: Reader) -> Response:
    """The OpenAPI document as a page."""
    return render(request, "api.html", build_view(DESCRIPTION, site.settings.url, DOCUMENT))
