"""A post or link that stands as evidence: which statements it shows, and every look that was taken at it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from onrecord.store import find_shown, load_history
from onrecord.view.citation import is_web
from onrecord.web.pages.common import Fresh, OnSite, answer

router = APIRouter()
Address = Annotated[str, Query(max_length=4_000)]


@router.get("/post.json")
@router.get("/post")
def show_post(request: Request, site: OnSite, _: Fresh, url: Address) -> Response:
    history = load_history(site.store, url)
    view = {"url": url, "observations": [seen.to_dict() for seen in history], "shows": find_shown(site.store, url)}
    return answer(request, "post.html", view, live=url if is_web(url) else None)
