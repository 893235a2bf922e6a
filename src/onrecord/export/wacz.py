"""Captures as one WACZ file (WACZ 1.1.1), with the reports that were read from them beside the archive.

A page that was fetched comes with the very WARC records of its exchange; one from a file or another archive as a `resource` record of its
bytes, under the address that it was captured from or, where there is none, its SHA-256: nothing says that bytes came from where they did
not. The index is made by cdxj-indexer, the library that the format's own tools use. `reports/reports.jsonl` holds the report of each
document, a line each, and is listed and hashed with the rest. Lost: observations, reviews, time stamps (`jsonl` has them).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from onrecord.capture.fetch import build_agent
from onrecord.capture.warc import format_date, write_resource
from onrecord.errors import UsageError
from onrecord.export.interchange import find_iri, format_json
from onrecord.types import Archived, Json

_MISSING = "WACZ needs the package cdxj-indexer: pip install 'onrecord[wacz]'"
_PIECE = 1 << 20
_ARCHIVE, _PAGES, _REPORTS = "archive/data.warc.gz", "pages/pages.jsonl", "reports/reports.jsonl"
_INDEX = "indexes/index.cdx.gz"
_LINES = 1024  # of the index in a block


def write_wacz(archived: Iterable[Archived], path: Path) -> None:
    """Write documents, with their captures, to `path`. Raises UsageError if the extra `wacz` is not installed; OSError."""
    try:
        from cdxj_indexer.main import CDXJIndexer
    except ImportError:
        raise UsageError(_MISSING) from None
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        made = Path(folder)
        for name in (_ARCHIVE, _PAGES, _REPORTS, _INDEX):
            (made / name).parent.mkdir(exist_ok=True)
        _write_parts(archived, made)
        with (made / _INDEX).open("wb") as packed, (made / "indexes/index.idx").open("w", encoding="utf-8") as blocks:
            CDXJIndexer(
                output=blocks, inputs=[str(made / _ARCHIVE)], sort=True, post_append=True, compress=packed, lines=_LINES,
                digest_records=True, fields="referrer", data_out_name="index.cdx.gz",
            ).process_all()  # fmt: skip
        _write_package(made, path)


def _write_parts(archived: Iterable[Archived], folder: Path) -> None:
    """The archive, the list of its pages, and the reports."""
    with (
        (folder / _ARCHIVE).open("wb") as archive,
        (folder / _PAGES).open("w", encoding="utf-8", newline="\n") as pages,
        (folder / _REPORTS).open("w", encoding="utf-8", newline="\n") as reports,
    ):
        pages.write(json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Pages"}) + "\n")
        for each in archived:
            report = each.report
            reports.write(format_json(report) + "\n")
            for line in _write_captures(each, report["document"]["title"], archive):
                pages.write(format_json(line) + "\n")


def _write_captures(archived: Archived, title: str | None, archive: IO[bytes]) -> Iterator[Json]:
    for number, capture in enumerate(archived.captures):
        address = find_iri(capture.url) or f"urn:sha256:{capture.sha256}"
        moment = capture.captured or datetime.fromtimestamp(0, UTC)
        if capture.record is None:
            write_resource(archive, capture, address, moment)
        else:
            archive.write(capture.record())
        yield {
            "id": f"{archived.id}-{number}", "url": address, "ts": format_date(moment), "title": title or address,
            "onrecord:document": f"sha256:{archived.document}",
        }  # fmt: skip


def _write_package(folder: Path, path: Path) -> None:
    """Everything in the folder as one ZIP file, stored as it is so that readers can seek in it, with its list and the list's digest."""
    resources = []
    with zipfile.ZipFile(path, "w") as package:
        for part in sorted(each for each in folder.rglob("*") if each.is_file()):
            name = part.relative_to(folder).as_posix()
            package.write(part, name)
            resources.append({"name": part.name.lower(), "path": name, "hash": _hash(part), "bytes": part.stat().st_size})
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        about = {"profile": "data-package", "resources": resources, "created": now, "wacz_version": "1.1.1", "software": build_agent()}
        listed = json.dumps(about, indent=2).encode()
        package.writestr("datapackage.json", listed)
        digest = {"path": "datapackage.json", "hash": f"sha256:{sha256(listed).hexdigest()}"}
        package.writestr("datapackage-digest.json", json.dumps(digest, indent=2))


def _hash(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return f"sha256:{found.hexdigest()}"
