"""Reading a text or an address: at once, or into the store."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Request, Response

from onrecord.types import Json
from onrecord.web.access import note_change
from onrecord.web.api import answers
from onrecord.web.api.answering import answer, asking
from onrecord.web.api.operations import Annotator, OnSite, Reader, build_router, describe
from onrecord.web.api.questions import Reading
from onrecord.web.reading import Given, keep_given, read_given

router = build_router("Reading")
_Sent = Annotated[Reading, Body()]


@router.post("/read", operation_id="read", summary="Read a text or an address", responses=describe("Report", 400, 413, 415, 502))
def read(request: Request, sent: _Sent, site: OnSite, visitor: Reader) -> Response:
    """What the text says that others said. Nothing is stored."""
    site.limit(request, "read", site.settings.reads_a_minute)
    with asking():
        return answer(read_given(site, _build_given(sent)).to_dict())


_STORED: dict[int | str, dict[str, Any]] = {
    **describe(answers.Kept, 400, 413, 415, 502, what="The document was stored before."),
    **describe(answers.Kept, status=201, what="The document is stored; Location says where."),
}


@router.post("/documents", operation_id="add_document", summary="Store a text or an address", status_code=201, responses=_STORED)
def add_document(request: Request, sent: _Sent, site: OnSite, visitor: Annotator) -> Response:
    """Store the text, or the page at the address, with what is read from it. What is stored already is not stored again."""
    site.limit(request, "read", site.settings.reads_a_minute)
    with asking():
        kept = keep_given(site, _build_given(sent))
    note_change(request, "add", (kept.document or "")[:12], kept.outcome)
    document = f"sha256:{kept.document}"
    made: Json = {"document": document, "outcome": kept.outcome, "statements": kept.statements, "warnings": list(kept.warnings)}
    return answer(made, 201 if kept.outcome == "added" else 200, {"Location": f"/api/v1/documents/{document}"})


def _build_given(sent: Any) -> Given:
    return Given(**dict(sent))
