"""Archives of invented articles, and a reader that takes no time."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from onrecord.types import Capture, Page, Report
from tests.store.stand_in import read_stand_in
from tests.web.archives import build_block, build_page, build_record

DAY = "2026-03-14"
LONG = "The ferry to Lower Marsh sails twice a day in winter, and the harbour office keeps a list of those who missed it."


def build_article(number: int, more: str = "", lang: str = "en") -> bytes:
    """An article with one statement that the stand-in finds, and a paragraph of its own."""
    own = f"Mara Quill said the harbour fee number {number} was robbery, and that nobody on the quay would pay it before the ice was gone."
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in (own, LONG, more) if paragraph)
    head = f"<title>Fee {number}</title><meta property='article:published_time' content='{DAY}'>"
    body = f"<article><h1>Fee {number}</h1>{paragraphs}</article>"
    return f"<!doctype html><html lang={lang}><head>{head}</head><body>{body}</body></html>".encode()


def write_warc(path: Path, bodies: Iterable[bytes]) -> Path:
    """A WARC file with an answer of HTML for each body, gzipped record by record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(gzip.compress(build_page(number, body), mtime=0) for number, body in enumerate(bodies, 1)))
    return path


def build_picture(number: int) -> bytes:
    """A record that holds no page."""
    return build_record(build_block(b"GIF89a", kind="image/gif"), number)


def read_stand_in_page(capture: Capture, page: Page, **_: Any) -> Report:
    """The stand-in's report of a page's text, in the place of `read_parsed`."""
    report = read_stand_in(replace(capture, content=page.text.encode()), force=True)
    return replace(report, document=replace(report.document, origin=page.origin, title=page.title, published=page.published))
