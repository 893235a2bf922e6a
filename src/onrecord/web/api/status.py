"""What answers here."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import Request, Response

from onrecord import __version__
from onrecord.pipeline import find_reader_version
from onrecord.store import find_state
from onrecord.web.api import answers
from onrecord.web.api.operations import OnSite, Reader, answer_cached, build_router, describe

router = build_router("Status")


@router.get("/status", operation_id="status", summary="The service and its store", responses=describe(answers.Service, 304))
def get_status(request: Request, site: OnSite, visitor: Reader) -> Response:
    """The versions of the package and its reader, how far the store is, and as whom this was asked."""

    def build() -> dict[str, object]:
        who = {"name": visitor.name, "role": visitor.role}
        return {"version": __version__, "reader": find_reader_version(), "store": asdict(find_state(site.store)), "visitor": who}

    return answer_cached(request, site, visitor, build)
