"""The first page: what came last, what is repeated most, and a box to have something read at once."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from onrecord.errors import StoreError
from onrecord.pipeline import parse_day
from onrecord.store import Repeated, find_latest, find_repeated, find_state
from onrecord.types import Json
from onrecord.web.access import note_change
from onrecord.web.pages.article import build_reading
from onrecord.web.pages.common import Annotator, Fresh, OnSite, Reader, answer
from onrecord.web.problems import Problem
from onrecord.web.reading import Given, keep_given, read_given
from onrecord.web.site import Site
from onrecord.web.templating import render

router = APIRouter()
_LATEST, _REPEATED = 12, 8


@router.get("/")
@router.get("/index.json")
def show_home(request: Request, site: OnSite, state: Fresh) -> Response:
    return answer(request, "home.html", build_view(site, state.head, {"documents": state.documents, "statements": state.statements}))


def build_view(site: Site, head: str, counts: Json) -> Json:
    repeated = find_often_repeated(site, head)
    return {
        "counts": counts,
        "latest": [listed.to_dict() for listed in find_latest(site.store, _LATEST)],
        "repeated": [each.to_dict() for each in repeated],
    }


def find_often_repeated(site: Site, head: str) -> tuple[Repeated, ...]:
    """What is repeated most, in the state of the store with this `head`; it takes seconds where a store is large, and is kept."""
    return site.keep("repeated", head, lambda: find_repeated(site.store, _REPEATED))


def start_counting(site: Site) -> Thread:
    """Find in the background what is repeated most; whoever wants the first page in the meantime waits for that."""

    def count() -> None:
        with suppress(StoreError):  # the first page will tell
            find_often_repeated(site, find_state(site.store).head)

    thread = Thread(target=count, name="counting what is repeated", daemon=True)
    thread.start()
    return thread


@router.get("/keys")
def show_keys(request: Request, visitor: Reader) -> Response:
    return render(request, "keys.html", {})


@router.post("/read")
def read_at_once(
    request: Request,
    site: OnSite,
    visitor: Reader,
    text: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "",
    published: Annotated[str, Form()] = "",
) -> Response:
    """What is pasted, read and shown, and not stored."""
    site.limit(request, "read", site.settings.reads_a_minute)
    report = read_given(site, _build_given(text, url, published))
    given = {"text": text, "url": url, "published": published}
    return render(request, "article.html", {**build_reading(report), "given": given})


@router.post("/keep")
def keep(
    request: Request,
    site: OnSite,
    visitor: Annotator,
    text: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "",
    published: Annotated[str, Form()] = "",
) -> Response:
    """What is pasted, read and stored."""
    site.limit(request, "read", site.settings.reads_a_minute)
    kept = keep_given(site, _build_given(text, url, published))
    note_change(request, "add", (kept.document or "")[:12], kept.outcome)
    return RedirectResponse(f"/article/{(kept.document or '')[:12]}", 303)


def _build_given(text: str, url: str, published: str) -> Given:
    if bool(text.strip()) == bool(url.strip()):
        raise Problem(422, "give either a text or an address")
    return Given(text=text if text.strip() else None, url=url.strip() or None, published=parse_day(published or None))
