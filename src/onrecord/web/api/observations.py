"""What was seen of posts and links."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from onrecord.store import load_history
from onrecord.types import Json
from onrecord.web.api import answers
from onrecord.web.api.operations import OnSite, Reader, answer_cached, build_router, cut_page, describe
from onrecord.web.api.questions import PagedHistory

router = build_router("Observations")


@router.get(
    "/observations", operation_id="list_observations", summary="The history of a post", responses=describe(answers.Observations, 304, 400)
)
def list_observations(request: Request, asked: Annotated[PagedHistory, Query()], site: OnSite, visitor: Reader) -> Response:
    """Every look at an address: when, how, and what came back. An address that nobody looked at has an empty history."""

    def build() -> Json:
        return {"url": asked.url, **cut_page("observations", load_history(site.store, asked.url), asked)}

    return answer_cached(request, site, visitor, build)
