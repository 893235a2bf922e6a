"""Answers that need not be made again: what one says follows from the store's state, its address and who is asking.

Everything that is added to a store is in its log, so that the log's head stands for all of it. What the asker has already is compared with
that before any work is done.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request, Response

from onrecord.pipeline import find_reader_version
from onrecord.store import State, Visitor, find_state
from onrecord.web.access import require
from onrecord.web.problems import Problem
from onrecord.web.site import Site, get_site


def answer_unchanged(request: Request, state: State, visitor: Visitor) -> Response | None:
    """That nothing has changed (304), where the asker has this answer already."""
    headers = build_headers(request, state, visitor)
    asked = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers=headers) if headers["ETag"] in asked else None


def build_headers(request: Request, state: State, visitor: Visitor) -> dict[str, str]:
    """The headers of an answer that may be asked for again: its ETag, and that it is to be asked for."""
    about = (find_reader_version(), state.head, visitor.name, visitor.role, str(request.url), request.headers.get("accept", ""))
    tag = sha256(repr(about).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization, Accept"}


def revalidate(request: Request, site: Annotated[Site, Depends(get_site)], visitor: Annotated[Visitor, Depends(require("read"))]) -> State:
    """A page's dependency: the store's state. Raises Problem (304) where the asker has the page already, StoreError."""
    state = find_state(site.store)
    unchanged = answer_unchanged(request, state, visitor)
    if unchanged is not None:
        raise Problem(304, "unchanged", headers=dict(unchanged.headers))
    request.state.headers = build_headers(request, state, visitor)
    return state
