"""What the operations have in common: who may ask, what they are answered with, and how that is described."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from onrecord.store import Visitor, find_state
from onrecord.types import Json
from onrecord.web.access import require
from onrecord.web.api.answering import StrictRoute, answer
from onrecord.web.api.questions import Paged
from onrecord.web.cursors import make_cursor, read_cursor
from onrecord.web.etags import answer_unchanged, build_headers
from onrecord.web.site import Site, get_site

OnSite = Annotated[Site, Depends(get_site)]
Reader = Annotated[Visitor, Depends(require("read"))]
Annotator = Annotated[Visitor, Depends(require("annotate"))]
_ALWAYS = (401, 403, 421, 422, 429, 503)
_REASONS = {
    304: "Nothing has changed since the answer whose ETag was sent.",
    400: "The body cannot be parsed, or the cursor is none, or of another query.",
    401: "Nobody has said who asks, or with a token that is unknown, revoked or expired.",
    403: "The token's scope is too small; `detail` names the one that is wanted.",
    404: "Nothing in the store has this id or name.",
    413: "The body, or the text, is larger than is read at once.",
    415: "The body is not said to be JSON.",
    421: "This site has another name than the one that it was asked by.",
    422: "Something does not hold its bounds (`errors` says where), or cannot be asked or read.",
    429: "Too many requests; Retry-After says when to come again.",
    502: "The address gave nothing to read, and may do so later.",
    503: "The store is busy or being migrated, or much is asked at this moment; Retry-After says when to come again.",
}
_HEADERS = {304: ("ETag",), 401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def build_router(tag: str) -> APIRouter:
    """The router of a part of the API."""
    return APIRouter(route_class=StrictRoute, tags=[tag], default_response_class=Response)


def describe(
    model: type[BaseModel] | str | None,
    *others: int,
    status: int = 200,
    what: str = "What was asked for.",
    streams: Mapping[str, str] | None = None,
) -> dict[int | str, dict[str, Any]]:
    """The answers of an operation.

    `model` is what is in the good one, or the name of one of the description's own schemas; `streams` are its further media types, with
    what they hold. `others` may be answered besides what every operation may.
    """
    good: dict[str, Any] = {"description": what, "content": {name: _describe_stream(name, held) for name, held in (streams or {}).items()}}
    if isinstance(model, str):
        good["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}} | good["content"]
    elif model is not None:
        good["model"] = model
    if 304 in others:
        good["headers"] = {"ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}}}
    return {status: good, **{code: _describe_other(code) for code in sorted({*_ALWAYS, *others})}}


def _describe_stream(media_type: str, held: str) -> Json:
    is_text = media_type != "application/octet-stream"
    return {"schema": {"type": "string", "description": held}} if is_text else {"schema": {"description": held}}


def _describe_other(code: int) -> Json:
    headers = {name: {"schema": {"type": "string"}} for name in _HEADERS.get(code, ())}
    found: Json = {"description": _REASONS[code], "headers": headers}
    return found if code == 304 else found | {"content": _PROBLEM}


def answer_cached(request: Request, site: Site, visitor: Visitor, build: Callable[[], Json]) -> Response:
    """What `build` gives, or that nothing has changed since the asker was last answered; then nothing is built."""
    state = find_state(site.store)
    return answer_unchanged(request, state, visitor) or answer(build(), headers=build_headers(request, state, visitor))


class _Described(Protocol):
    def to_dict(self) -> Json: ...


def cut_page(name: str, items: Iterable[_Described], page: Paged) -> Json:
    """A page of `items`, which only grow at their end, under `name`, with the next one's cursor. Raises Problem (400)."""
    bound = {**page.bind(), "list": name}
    at = read_cursor(page.cursor, bound) if page.cursor else 0
    found = list(islice(items, at, at + page.limit + 1))
    more = make_cursor(bound, at + page.limit) if len(found) > page.limit else None
    return {name: [item.to_dict() for item in found[: page.limit]], "next": more}
