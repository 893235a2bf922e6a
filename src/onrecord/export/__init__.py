"""Reports in the formats of others: `write_export` writes documents in one of `FORMATS`, aside first, so that nothing is ever half written.

Each format is a module that says in its first lines what it follows and what it loses. All work on the object of the contract and not on a
store, one document after the other: memory does not grow with their number. Nothing is lost only in the JSON Lines of a whole store, which
are the store's business (`onrecord.store.write_dump`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import UsageError
from onrecord.export import brat, provenance, schemaorg, stix, webannotation
from onrecord.export.tables import write_csv, write_parquet
from onrecord.types import Archived, Json


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is, in words; whether it is a folder of files; its media type; and how documents are written to a path."""

    title: str
    media_type: str
    is_folder: bool
    write: Callable[[Iterable[Archived], Path], None]


def write_export(archived: Iterable[Archived], name: str, path: Path) -> None:
    """Write documents in the format `name` to `path`, a file or a new folder; it is there only when all of it is.

    Raises UsageError for a format that is not known or not installed, and for a folder that has something in it; OSError.
    """
    chosen = FORMATS.get(name)
    if chosen is None:
        raise UsageError(f"{name}: not a format; give one of {', '.join(FORMATS)}")
    if path.is_dir() and (not chosen.is_folder or any(path.iterdir())):
        raise UsageError(f"{path}: a folder that is there already: give another name for {chosen.title}")
    if path.exists() and chosen.is_folder and not path.is_dir():
        raise UsageError(f"{path}: a file, and {chosen.title} is a folder of files: give another name")
    aside = path.with_name(f".{path.name}.part")
    _remove(aside)
    try:
        if chosen.is_folder:
            aside.mkdir()
        chosen.write(archived, aside)
        if path.is_dir():
            path.rmdir()
        aside.replace(path)
    except BaseException:
        _remove(aside)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_list(head: Json, name: str, read: Callable[[Archived], Iterator[Json]]) -> Callable[[Iterable[Archived], Path], None]:
    """A writer of one JSON object with `head` and, under `name`, all that `read` gives of each document."""

    def write(archived: Iterable[Archived], path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.write(f"{json.dumps(head, ensure_ascii=False)[:-1]}, {json.dumps(name)}: [")
            before = "\n"
            for each in archived:
                for value in read(each):
                    out.write(before + _format(value))
                    before = ",\n"
            out.write("\n]}\n")

    return write


def _format(value: Json) -> str:
    """JSON of a value as UTF-8 can hold it: halves of surrogate pairs are escapes."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _write_tei(archived: Iterable[Archived], path: Path) -> None:
    from onrecord.export.tei import write_corpus

    write_corpus(archived, path)


def _write_brat(archived: Iterable[Archived], path: Path) -> None:
    (path / "annotation.conf").write_text(brat.CONFIGURATION, encoding="utf-8")
    for each in archived:
        report = each.report
        (path / f"{each.id}.txt").write_bytes(report["document"]["text"].encode("utf-8", "replace"))
        lines = "".join(f"{line}\n" for line in brat.read_lines(report))
        (path / f"{each.id}.ann").write_bytes(lines.encode("utf-8", "replace"))


_PAGE = {**webannotation.CONTEXT, "id": "urn:onrecord:export", "type": "AnnotationPage"}
FORMATS: dict[str, Format] = {
    "csv": Format("CSV, two tables", "text/csv", True, write_csv),
    "parquet": Format("Parquet, two tables", "application/vnd.apache.parquet", True, write_parquet),
    "annotations": Format("W3C Web Annotation", "application/ld+json", False, _write_list(_PAGE, "items", webannotation.read_annotations)),
    "prov": Format("PROV-O", "application/ld+json", False, _write_list(provenance.CONTEXT, "@graph", provenance.read_provenance)),
    "schemaorg": Format("schema.org", "application/ld+json", False, _write_list(schemaorg.CONTEXT, "@graph", schemaorg.read_schemaorg)),
    "tei": Format("TEI", "application/tei+xml", False, _write_tei),
    "stix": Format("STIX 2.1", "application/stix+json;version=2.1", False, _write_list(stix.HEAD, "objects", stix.read_stix)),
    "brat": Format("brat standoff", "text/plain", True, _write_brat),
}
