"""What the screens have in common: who may look, how a view is answered, words for values."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse

from onrecord.errors import UsageError
from onrecord.store import State, Visitor
from onrecord.types import Json
from onrecord.view.visible import show
from onrecord.web.access import require
from onrecord.web.etags import revalidate
from onrecord.web.problems import Problem
from onrecord.web.problems import wants_json as wants_json
from onrecord.web.site import Site, get_site
from onrecord.web.templating import render

OnSite = Annotated[Site, Depends(get_site)]
Reader = Annotated[Visitor, Depends(require("read"))]
Annotator = Annotated[Visitor, Depends(require("annotate"))]
Fresh = Annotated[State, Depends(revalidate)]
_TOLD = ((-1.5, "denied"), (-0.25, "doubted"), (1.0, "open"), (1.499, None), (3.0, "certain"))
_DASHES = {"-": "%2D"}


def answer(request: Request, template: str, view: Json, **more: Any) -> Response:
    """A view as a page, or as JSON to its twin; `more` is only drawn."""
    if wants_json(request):
        return JSONResponse(view, headers=getattr(request.state, "headers", None))
    return render(request, template, {**view, **more})


def name_certainty(value: float | None) -> str | None:
    """A word for a certainty, where it says more than that it is plainly said."""
    return None if value is None else next((word for most, word in _TOLD if value <= most), None)


def build_text_link(url: str | None, words: str) -> str | None:
    """The address of the live page with a text fragment, so that a browser shows the words; None where there is no web address."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    parts = words.split()
    ends = [words.strip()] if len(parts) <= 8 else [" ".join(parts[:4]), " ".join(parts[-4:])]
    return f"{url.split('#')[0]}#:~:text={','.join(quote(end, safe='').replace('-', _DASHES['-']) for end in ends)}"


def find_missing(error: UsageError) -> Problem:
    """That something asked for by its name or id is not there."""
    return Problem(404, show(str(error)))
