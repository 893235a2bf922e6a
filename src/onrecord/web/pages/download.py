"""An article's statements as a file in a format of others; a format that is a folder comes as a ZIP file."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Request, Response

from onrecord.errors import UsageError
from onrecord.export import FORMATS, write_export
from onrecord.store import find_document, load_archived
from onrecord.view.visible import show
from onrecord.web.pages.common import Fresh, OnSite, find_missing
from onrecord.web.problems import Problem

router = APIRouter()


@router.get("/article/{document}/download/{name}")
def download(request: Request, site: OnSite, _: Fresh, document: str, name: str) -> Response:
    if name not in FORMATS:
        raise Problem(404, f"{show(name)[:40]} is no format: there are {', '.join(FORMATS)}")
    try:
        archived = load_archived(site.store, find_document(site.store, document), captures=FORMATS[name].of_captures)
    except UsageError as error:
        raise find_missing(error) from None
    chosen = FORMATS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        try:
            write_export([archived], name, path)
        except UsageError as error:  # what it needs is not installed
            raise Problem(501, str(error)) from None
        content = _zip(path) if chosen.is_folder else path.read_bytes()
    media_type = "application/zip" if chosen.is_folder else chosen.media_type
    suffix = chosen.suffix or "zip"
    headers = {**request.state.headers, "Content-Disposition": f'attachment; filename="{archived.id}-{name}.{suffix}"'}
    return Response(content, media_type=media_type, headers=headers)


def _zip(folder: Path) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for path in sorted(folder.iterdir()):
            file.write(path, path.name)
    return packed.getvalue()
