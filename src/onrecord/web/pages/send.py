"""The page that a bookmark opens with what somebody's browser shows; nothing is read before they say so.

The bookmark's script waits for this page to say that it is there, and sends it the article by `postMessage`; this page takes one message,
from the window that opened it. For that window to reach it, it goes without Cross-Origin-Opener-Policy; it has nothing on it but the form.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from onrecord.web.pages.common import OnSite, Reader
from onrecord.web.templating import render

router = APIRouter()


@router.get("/send")
def show_send(request: Request, site: OnSite, visitor: Reader) -> Response:
    page = render(request, "send.html", {"bookmarklet": build_bookmarklet(site.settings.url)})
    page.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return page


@cache
def build_bookmarklet(url: str) -> str:
    """The bookmark's address, a script, for the site at `url`."""
    script = (files("onrecord.web") / "static" / "bookmarklet.js").read_text(encoding="utf-8")
    return "javascript:" + quote(re.sub(r"\n\s*", " ", script).replace("SITE", url.rstrip("/")).strip(), safe="(){}[]=>,;:!.*'/")
