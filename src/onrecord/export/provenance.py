"""Statements, captures and readings as PROV-O (W3C 2013) in JSON-LD with its context in it, so that nothing is fetched to read it.

The words as an article has them are an Entity; for each hop of the chain that passed them on stands an Entity of its own, quoted from the
one before (`prov:wasQuotedFrom`) and attributed to whoever had the words there. A capture is an Activity that generated the bytes; a
reading is one that used them and generated the statements. Sources are Agents, people Persons and bodies Organizations. Lost: spans, cues,
the last day of saying (the first is the originator's `prov:generatedAtTime`), certainty, evidence, versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.export.interchange import build_page_iri, find_iri
from onrecord.types import Archived, Json

CONTEXT: Json = {
    "@context": {
        "prov": "http://www.w3.org/ns/prov#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "onrecord": "urn:onrecord:ns:",
        "id": "@id",
        "type": "@type",
        "value": "prov:value",
        "name": "foaf:name",
        "title": "dcterms:title",
        **{
            name: {"@id": f"prov:{name}", "@type": "@id"}
            for name in ("wasQuotedFrom", "wasAttributedTo", "wasDerivedFrom", "wasGeneratedBy", "used", "wasAssociatedWith", "atLocation")
        },
        **{name: {"@id": f"prov:{name}", "@type": "xsd:dateTime"} for name in ("startedAtTime", "endedAtTime", "generatedAtTime")},
    }
}
_AGENTS = {"person": "prov:Person", "organisation": "prov:Organization", "group": "prov:Organization"}


def read_provenance(archived: Archived) -> Iterator[Json]:
    """The nodes of a document's graph."""
    report = archived.report
    document = report["document"]
    page, base = build_page_iri(document), f"urn:onrecord:{archived.id}"
    capture, reading = f"{base}:capture", f"{base}:reading"
    yield _drop_empty(id=capture, type="prov:Activity", endedAtTime=archived.captured)
    yield _drop_empty(
        id=page, type="prov:Entity", title=document["title"], wasGeneratedBy=capture, wasAttributedTo=f"{base}:publisher",
        atLocation=find_iri(document["url"]),
    )  # fmt: skip
    software = "urn:onrecord:software"
    yield {"id": software, "type": "prov:SoftwareAgent", "name": "onrecord"}
    yield _drop_empty(id=reading, type="prov:Activity", used=page, wasAssociatedWith=software, endedAtTime=archived.read)
    yield _drop_empty(id=f"{base}:publisher", type="prov:Organization", name=document["publisher"] or "the publisher")
    for source in report["sources"]:
        yield {"id": f"{base}:{source['id']}", "type": _AGENTS.get(source["kind"], "prov:Agent"), "name": source["name"]}
    for said in report["statements"]:
        yield from _read_statement(said, base, page, reading)


def _read_statement(said: Json, base: str, page: str, reading: str) -> Iterator[Json]:
    """The words as the article has them, and as each before it had them: the last hop is the article's own."""
    words = " … ".join(" ".join(span["text"].split()) for span in said["content"])
    own = f"{base}:{said['id']}"
    passed = [hop for hop in said["chain"] if hop["source"] != "publisher"]
    ids = [f"{own}:hop{number}" for number in range(len(passed))]
    yield _drop_empty(
        id=own, type="prov:Entity", value=words, wasGeneratedBy=reading, wasDerivedFrom=page, wasAttributedTo=f"{base}:publisher",
        wasQuotedFrom=ids[-1] if ids else None, **{"onrecord:kind": said["kind"], "onrecord:confidence": said["confidence"]},
    )  # fmt: skip
    for number, hop in enumerate(passed):
        yield _drop_empty(
            id=ids[number],
            type="prov:Entity",
            wasAttributedTo=f"{base}:{hop['source']}" if hop["source"] else None,
            wasQuotedFrom=ids[number - 1] if number else None,
            generatedAtTime=f"{said['time']['from']}T00:00:00Z" if said["time"] and said["time"]["from"] and number == 0 else None,
            **{"onrecord:medium": hop["medium"]},
        )


def _drop_empty(**values: object) -> Json:
    return {name: value for name, value in values.items() if value is not None}
