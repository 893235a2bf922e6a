"""Reports in the formats of others: `write_export` writes documents in one of `FORMATS`, aside first, so that nothing is ever half written.

Each format is a module that says in its first lines what it follows and what it loses. All work on the object of the contract and not on a
store, one document after the other: memory does not grow with their number. Nothing is lost only in the JSON Lines of a whole store, which
are the store's business (`onrecord.store.write_dump`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import UsageError
from onrecord.export import brat, followthemoney, provenance, schemaorg, stix, webannotation
from onrecord.export.interchange import format_json
from onrecord.export.tables import write_csv, write_parquet
from onrecord.export.wacz import write_wacz
from onrecord.types import Archived, Json


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is, in words; its media type; the suffix of its file, none for a folder of files; how documents are written."""

    title: str
    media_type: str
    suffix: str | None
    write: Callable[[Iterable[Archived], Path], None]
    of_captures: bool = False  # whether it needs the captures' bytes

    @property
    def is_folder(self) -> bool:
        return self.suffix is None


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
            out.write(f"{format_json(head)[:-1]}, {format_json(name)}: [")
            before = "\n"
            for each in archived:
                for value in read(each):
                    out.write(before + format_json(value))
                    before = ",\n"
            out.write("\n]}\n")

    return write


def _write_entities(archived: Iterable[Archived], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for each in archived:
            out.writelines(f"{format_json(entity)}\n" for entity in followthemoney.read_entities(each))


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


_LD = "application/ld+json"
_PAGE = {**webannotation.CONTEXT, "id": "urn:onrecord:export", "type": "AnnotationPage"}
FORMATS: dict[str, Format] = {
    "csv": Format("CSV, two tables", "text/csv", None, write_csv),
    "parquet": Format("Parquet, two tables", "application/vnd.apache.parquet", None, write_parquet),
    "annotations": Format("W3C Web Annotation", _LD, "jsonld", _write_list(_PAGE, "items", webannotation.read_annotations)),
    "prov": Format("PROV-O", _LD, "jsonld", _write_list(provenance.CONTEXT, "@graph", provenance.read_provenance)),
    "schemaorg": Format("schema.org", _LD, "jsonld", _write_list(schemaorg.CONTEXT, "@graph", schemaorg.read_schemaorg)),
    "tei": Format("TEI", "application/tei+xml", "xml", _write_tei),
    "stix": Format("STIX 2.1", "application/stix+json;version=2.1", "json", _write_list(stix.HEAD, "objects", stix.read_stix)),
    "ftm": Format("FollowTheMoney", "application/x-ndjson", "ftm.json", _write_entities),
    "brat": Format("brat standoff", "text/plain", None, _write_brat),
    "wacz": Format("WACZ, captures and reports", "application/wacz", "wacz", write_wacz, of_captures=True),
}
