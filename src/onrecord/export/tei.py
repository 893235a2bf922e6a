"""Articles as TEI P5: the text in paragraphs with `<said>` for each statement, and who they are in the header.

A statement is `<said who="#p1" direct="true">`; one that goes on in another paragraph, or crosses another, has parts that point to one
another with `next` and `prev`. Cues are `<seg type="cue">`, sources where they are named `<rs ref="#p1">`. Characters that XML 1.0 cannot
hold are U+FFFD. Lost: chains but for the originator, certainty, evidence, versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from lxml import etree

from onrecord.export.pieces import Piece, cut
from onrecord.types import Archived, Json

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_BAD = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LISTS = {
    "person": ("listPerson", "person", "persName"),
    "organisation": ("listOrg", "org", "orgName"),
    "group": ("listOrg", "org", "orgName"),
}


def build_tei(archived: Archived) -> etree._Element:
    """One `TEI` element."""
    report = archived.report
    root = _add(None, "TEI")
    root.set(f"{_XML}id", f"d{archived.id}")
    _build_header(root, archived, report)
    body = _add(_add(root, "text"), "body")
    if report["document"]["language"]:
        root.set(f"{_XML}lang", report["document"]["language"])
    _Marks(report).write(body)
    return root


def write_corpus(archived: Iterable[Archived], path: Path) -> None:
    """Write a `teiCorpus` of all documents, one after the other."""
    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element(f"{{{NAMESPACE}}}teiCorpus", nsmap={None: NAMESPACE}):
            file.write(_build_corpus_header())
            for each in archived:
                file.write("\n")
                file.write(build_tei(each))
            file.write("\n")


def _build_corpus_header() -> etree._Element:
    header = _add(None, "teiHeader")
    about = _add(header, "fileDesc")
    _add(_add(about, "titleStmt"), "title", "Articles with their statements")
    _add(_add(about, "publicationStmt"), "p", "Exported by onrecord.")
    _add(_add(about, "sourceDesc"), "p", "News reports as they were captured.")
    return header


def _add(parent: etree._Element | None, name: str, text: str | None = None, **attributes: str | None) -> etree._Element:
    tag = f"{{{NAMESPACE}}}{name}"
    element = etree.Element(tag, nsmap={None: NAMESPACE}) if parent is None else etree.SubElement(parent, tag)
    if text is not None:
        element.text = clean(text)
    for key, value in attributes.items():
        if value is not None:
            element.set(key, clean(value))
    return element


def clean(text: str) -> str:
    """Text as XML 1.0 can hold it."""
    return _BAD.sub("\ufffd", text)


def _build_header(root: etree._Element, archived: Archived, report: Json) -> None:
    document = report["document"]
    header = _add(root, "teiHeader")
    about = _add(header, "fileDesc")
    _add(_add(about, "titleStmt"), "title", document["title"] or "(no title)")
    for author in document["authors"]:
        _add(about[0], "author", author)
    published = _add(about, "publicationStmt")
    _add(published, "publisher", document["publisher"] or "unknown")
    _add(published, "date", document["published"] or "unknown", when=document["published"])
    _add(published, "idno", document["id"], type="SHA-256")
    source = _add(_add(about, "sourceDesc"), "bibl")
    if document["url"]:
        _add(source, "ptr", target=re.sub(r"\s", "%20", document["url"]))
    _add(source, "note", f"captured {archived.captured or 'at a time unknown'}")
    profile = _add(header, "profileDesc")
    people = _add(profile, "particDesc")
    for kind in ("listPerson", "listOrg"):
        members = [each for each in report["sources"] if _LISTS.get(each["kind"], _LISTS["person"])[0] == kind]
        listed = _add(people, kind) if members else None
        for each in members:
            _, element, name = _LISTS.get(each["kind"], _LISTS["person"])
            entry = _add(listed, element)
            entry.set(f"{_XML}id", _name(archived.id, each["id"]))
            _add(entry, name, each["name"])
            for role in each["roles"]:
                _add(entry, "note", role, type="role")
    if not len(people):
        _add(people, "p", "No source is named.")


def _name(document: str, key: str) -> str:
    return f"d{document}-{key}"


class _Marks:
    """The spans of a report as elements, and the parts that each comes in."""

    def __init__(self, report: Json) -> None:
        self.report = report
        self.document = str(report["document"]["id"]).removeprefix("sha256:")[:12]
        self.spans: list[Json] = []
        self.names: list[tuple[str, Json]] = []  # of each span: the element, and the statement
        for said in report["statements"]:
            for role, element in (("content", "said"), ("cue", "seg")):
                for span in said[role]:
                    self.spans.append(span)
                    self.names.append((element, said))
            for span in said["source"]["spans"] if said["source"] else ():
                self.spans.append(span)
                self.names.append(("rs", said))
        self.parts: dict[str, list[etree._Element]] = {}  # of each statement's contents
        self.cues: list[tuple[etree._Element, str]] = []

    def write(self, body: etree._Element) -> None:
        document = self.report["document"]
        blocks = document["blocks"] or [{"kind": "paragraph", "start": 0, "end": len(document["text"])}]
        for block in sorted(blocks, key=lambda each: (each["start"], each["end"])):
            paragraph = _add(body, "p", rend=None if block["kind"] == "paragraph" else block["kind"])
            self._nest(paragraph, list(cut(self.spans, block["start"], block["end"])), 0)
        if not blocks:
            _add(body, "p")
        for cue, statement in self.cues:
            if statement in self.parts:
                cue.set("corresp", f"#{_name(self.document, statement)}")
        for parts in self.parts.values():
            for number, part in enumerate(parts):
                if number:
                    part.set("prev", f"#{parts[number - 1].get(f'{_XML}id')}")
                if number + 1 < len(parts):
                    part.set("next", f"#{parts[number + 1].get(f'{_XML}id')}")

    def _nest(self, parent: etree._Element, pieces: list[Piece], depth: int) -> None:
        """Pieces that share the mark at this depth go into one element."""
        for mark, group in groupby(pieces, key=lambda piece: piece.inside[depth] if len(piece.inside) > depth else None):
            if mark is None:
                for piece in group:
                    _append_text(parent, clean(self.report["document"]["text"][piece.start : piece.end]))
            else:
                self._nest(self._open(parent, mark), list(group), depth + 1)

    def _open(self, parent: etree._Element, mark: int) -> etree._Element:
        name, said = self.names[mark]
        source = f"#{_name(self.document, said['source']['id'])}" if said["source"] else None
        if name == "seg":
            self.cues.append((_add(parent, "seg", type="cue"), said["id"]))
            return self.cues[-1][0]
        if name == "rs":
            return _add(parent, "rs", ref=source)
        element = _add(parent, "said", who=source, direct={"direct": "true", "indirect": "false"}.get(said["kind"]))
        parts = self.parts.setdefault(said["id"], [])
        element.set(f"{_XML}id", _name(self.document, said["id"]) + (f".{len(parts) + 1}" if parts else ""))
        parts.append(element)
        return element


def _append_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
