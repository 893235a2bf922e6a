"""Stored documents: the list of them, their reports, their receipts, their bytes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from onrecord.store import check_receipt, find_document, find_latest, find_state, load_content, load_receipt, load_report
from onrecord.types import Json
from onrecord.web.api import answers
from onrecord.web.api.answering import answer, naming
from onrecord.web.api.operations import OnSite, Reader, answer_cached, build_router, describe
from onrecord.web.api.questions import DocumentPath, Paged
from onrecord.web.cursors import make_cursor, read_cursor
from onrecord.web.etags import answer_unchanged, build_headers

router = build_router("Documents")
_LIST = {"list": "documents"}  # what a cursor of this list is bound to
_RAW = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


@router.get("/documents", operation_id="list_documents", summary="The stored documents", responses=describe(answers.Documents, 304, 400))
def list_documents(request: Request, page: Annotated[Paged, Query()], site: OnSite, visitor: Reader) -> Response:
    """The documents, those that were stored last first."""

    def build() -> Json:
        before = read_cursor(page.cursor, _LIST) if page.cursor else None
        found = find_latest(site.store, limit=page.limit + 1, before=before)
        more = make_cursor(_LIST, found[page.limit - 1].key) if len(found) > page.limit else None
        return {"documents": [listed.to_dict() for listed in found[: page.limit]], "next": more}

    return answer_cached(request, site, visitor, build)


@router.get("/documents/{document}", operation_id="get_document", summary="A document's report", responses=describe("Report", 304, 404))
def get_document(request: Request, document: DocumentPath, site: OnSite, visitor: Reader) -> Response:
    """What the document says that others said, as the reader that read it last has it."""
    with naming():
        return answer_cached(request, site, visitor, lambda: load_report(site.store, document)[0].to_dict())


@router.get(
    "/documents/{document}/receipt",
    operation_id="get_receipt",
    summary="A document's receipt",
    responses=describe(answers.Receipt, 304, 404),
)
def get_receipt(request: Request, document: DocumentPath, site: OnSite, visitor: Reader) -> Response:
    """What is promised of the document: where and when these bytes were found, by which clocks, with which readings and time stamps."""
    with naming():
        return answer_cached(request, site, visitor, lambda: load_receipt(site.store, document).to_dict())


@router.post(
    "/documents/{document}/receipt/check",
    operation_id="check_receipt",
    summary="Check a document's receipt",
    responses=describe(answers.Checks, 404),
)
def check(request: Request, document: DocumentPath, site: OnSite, visitor: Reader) -> Response:
    """Hash the bytes, slice the spans and seal the log's entries again, and say what holds."""
    site.limit(request, "check", site.settings.checks_a_minute)
    with naming():
        checks = check_receipt(site.store, document)
    return answer({"ok": all(each.ok for each in checks), "checks": [each.to_dict() for each in checks]})


@router.get(
    "/documents/{document}/content",
    operation_id="get_content",
    summary="A document's bytes",
    responses=describe(None, 304, 404, streams={"application/octet-stream": "The bytes as they were found."}),
)
def get_content(request: Request, document: DocumentPath, site: OnSite, visitor: Reader) -> Response:
    """The bytes as they were found, as a file; never as something that a browser would show."""
    state = find_state(site.store)
    unchanged = answer_unchanged(request, state, visitor)
    if unchanged is not None:
        return unchanged
    with naming():
        full = find_document(site.store, document)
        content, media_type = load_content(site.store, full)
    named = {"Content-Disposition": f'attachment; filename="{full[:12]}{_find_suffix(media_type)}"'}
    headers = _RAW | named | build_headers(request, state, visitor)
    return Response(content, headers=headers, media_type="application/octet-stream")


def _find_suffix(media_type: str | None) -> str:
    """A suffix that no system runs or renders by itself: HTML is saved as text."""
    return ".txt" if media_type in (None, "text/plain", "text/html", "application/xhtml+xml") else ".bin"
