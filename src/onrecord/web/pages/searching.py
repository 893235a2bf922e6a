"""Searching: words and filters, how many hits are of what, and the hits page by page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from onrecord.pipeline import parse_day
from onrecord.store import Facets, Hit, count_facets
from onrecord.store import Query as Asked
from onrecord.store.words import parse_words
from onrecord.types import Json
from onrecord.view.snippets import cut_snippet
from onrecord.view.visible import show
from onrecord.web.cursors import find_hits, make_cursor, read_cursor
from onrecord.web.pages.common import Fresh, OnSite, answer, wants_json

router = APIRouter()
_A_PAGE = 20
_FACETS = {"outlet": "outlet", "source": "source", "kind": "kind", "medium": "medium", "year": "year"}
Word = Annotated[str, Query(max_length=500)]


@router.get("/search.json")
@router.get("/search")
def show_search(
    request: Request,
    site: OnSite,
    state: Fresh,
    q: Word = "",
    source: Word = "",
    outlet: Word = "",
    since: Word = "",
    until: Word = "",
    kind: Word = "",
    medium: Word = "",
    status: Word = "",
    articles: bool = False,
    cursor: Word = "",
) -> Response:
    asked = Asked(
        words=q, source=source or None, outlet=outlet or None, since=_parse(since), until=_parse(until), kind=kind or None,
        medium=medium or None, status=status or None, articles=articles,
    )  # fmt: skip
    bound = {name: str(value) for name, value in asdict(asked).items() if value not in (None, "", False)}
    at = read_cursor(cursor, bound) if cursor else 0
    hits, following = find_hits(site.store, asked, at=at, most=_A_PAGE)
    more = make_cursor(bound, following) if following is not None else None
    facets = site.remember(("facets", asked), state.head, lambda: count_facets(site.store, asked))
    if wants_json(request):
        return answer(request, "search.html", {"hits": [hit.to_dict() for hit in hits], "next": more, "facets": facets.to_dict()})
    given = {"q": q, "source": source, "outlet": outlet, "since": since, "until": until, "kind": kind, "medium": medium, "status": status}
    given = {name: value for name, value in given.items() if value} | ({"articles": "true"} if articles else {})
    view: dict[str, Any] = {
        "given": given,
        "asked": asked,
        "hits": [_draw(hit, asked) for hit in hits],
        "at": at,
        "more": f"/search?{urlencode({**given, 'cursor': more})}" if more else None,
        "facets": _draw_facets(facets, given),
        "total": facets.total,
        "is_capped": facets.is_capped,
    }
    return answer(request, "search.html", view)


def _parse(day: str) -> date | None:
    return parse_day(day or None)


def _draw(hit: Hit, asked: Asked) -> Json:
    tokens = tuple(token for term in parse_words(asked.words) if not term.is_excluded for token in term.tokens)
    href = f"/statement/{hit.document[:12]}/{hit.statement}" if hit.statement else f"/article/{hit.document[:12]}"
    return {"hit": hit, "href": href, "bits": list(cut_snippet(show(hit.content or hit.title or "(no title)"), tokens, 280))}


def _draw_facets(facets: Facets, given: dict[str, str]) -> list[Json]:
    """The values of each facet with the address of the search that they narrow, or widen again."""
    drawn = []
    for name, values in facets.counts.items():
        rows = [{"value": show(value), "hits": hits, "href": _narrow(given, name, value), "is_on": False} for value, hits in values]
        if rows and (len(rows) > 1 or given.get(name)):
            drawn.append({"name": name, "rows": rows, "off": _widen(given, name)})
    return drawn


def _narrow(given: dict[str, str], name: str, value: str) -> str:
    changed = {"since": f"{value}-01-01", "until": f"{value}-12-31"} if name == "year" else {name: value}
    return f"/search?{urlencode({**given, **changed})}"


def _widen(given: dict[str, str], name: str) -> str | None:
    """The address of the search without this facet; None where it is not asked for."""
    names = ("since", "until") if name == "year" else (name,)
    if not any(each in given for each in names):
        return None
    return f"/search?{urlencode({each: value for each, value in given.items() if each not in names})}"
