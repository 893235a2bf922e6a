"""How pages are made of values: one Jinja2 environment in which everything is escaped, and what was hidden in a text shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from onrecord.view.citation import quote
from onrecord.view.visible import show
from onrecord.web.drawing import show_hidden
from onrecord.web.site import get_site

ENVIRONMENT = Environment(
    loader=PackageLoader("onrecord.web", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


@cache
def find_static(name: str) -> str:
    """The address of a file that comes with the package; it changes with the file, so that it may be kept for ever."""
    found = sha256((files("onrecord.web") / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={found[:12]}"


def render(request: Request, name: str, view: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """The page that a template makes of a view."""
    visitor = getattr(request.state, "visitor", None)
    page = ENVIRONMENT.get_template(name).render(**view, visitor=visitor, path=request.url.path, settings=get_site(request).settings)
    return HTMLResponse(page, status, getattr(request.state, "headers", None) if status == 200 else None)


ENVIRONMENT.globals["static"] = find_static
ENVIRONMENT.filters["visible"] = lambda value: show(str(value))
ENVIRONMENT.filters["quote"] = quote
ENVIRONMENT.filters["lines"] = show_hidden
ENVIRONMENT.filters["shown"] = lambda value: show_hidden(show(str(value)))
