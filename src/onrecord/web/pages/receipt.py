"""A receipt: the bytes' hash, every clock on them, their places in the log, time stamps; checked again at the press of a button."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from onrecord.errors import UsageError
from onrecord.store import check_receipt, load_content, load_receipt
from onrecord.view.citation import is_web
from onrecord.web.pages.common import Fresh, OnSite, Reader, answer, find_missing, wants_json

router = APIRouter()


@router.get("/receipt/{document}")
@router.get("/receipt/{document}.json")
def show_receipt(request: Request, site: OnSite, _: Fresh, document: str) -> Response:
    return _answer(request, site, document, is_checked=False)


@router.post("/receipt/{document}/check")
def check(request: Request, site: OnSite, _: Reader, document: str) -> Response:
    site.limit(request, "check", site.settings.checks_a_minute)
    return _answer(request, site, document, is_checked=True)


def _answer(request: Request, site: OnSite, document: str, *, is_checked: bool) -> Response:
    try:
        receipt = load_receipt(site.store, document)
    except UsageError as error:
        raise find_missing(error) from None
    if wants_json(request):
        return answer(request, "receipt.html", receipt.to_dict())
    checks = [each.to_dict() for each in check_receipt(site.store, receipt.document)] if is_checked else None
    live = next((capture.url or capture.location for capture in receipt.captures if is_web(capture.url or capture.location)), None)
    return answer(request, "receipt.html", {"receipt": receipt, "checks": checks, "live": live, "store": site.store.name})


@router.get("/receipt/{document}/raw")
def send_raw(site: OnSite, _: Reader, document: str) -> Response:
    """The captured bytes, to be kept and never shown by us."""
    try:
        content, _media_type = load_content(site.store, document)
    except UsageError as error:
        raise find_missing(error) from None
    headers = {
        "Content-Disposition": f'attachment; filename="{document[:12]}.bin"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)
