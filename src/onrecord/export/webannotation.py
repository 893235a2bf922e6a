"""Statements as W3C Web Annotations (2017): one annotation each, on the words of its content, with both selectors.

Offsets count Unicode code points in the document's plain text, as the standard asks of TextPositionSelector; TextQuoteSelector has the
words with 32 characters on either side. A content of several spans has a target for each. The body is the statement as linked data: who, by
which cue, through whom, how surely. Lost: mentions of sources, times, versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.export.interchange import build_page_iri, find_iri
from onrecord.types import Archived, Json

CONTEXT: Json = {
    "@context": [
        "http://www.w3.org/ns/anno.jsonld",
        {"onrecord": "urn:onrecord:ns:", "as": "https://www.w3.org/ns/activitystreams#"},
    ]
}
_AROUND = 32  # characters


def read_annotations(archived: Archived) -> Iterator[Json]:
    """An annotation for each statement."""
    report = archived.report
    document = report["document"]
    sources = {source["id"]: source for source in report["sources"]}
    where = find_iri(document["url"]) or build_page_iri(document)
    for said in report["statements"]:
        source = sources.get(said["source"]["id"]) if said["source"] else None
        body = {
            "type": "Dataset",
            "purpose": "describing",
            "onrecord:kind": said["kind"],
            "onrecord:source": {"onrecord:name": source["name"], "onrecord:kind": source["kind"]} if source else None,
            "onrecord:cue": " … ".join(span["text"] for span in said["cue"]) or None,
            "onrecord:within": f"urn:onrecord:{archived.id}:{said['within']}" if said["within"] else None,
            "onrecord:saidFrom": said["time"]["from"] if said["time"] else None,
            "onrecord:saidTo": said["time"]["to"] if said["time"] else None,
            "onrecord:certainty": said["certainty"]["value"] if said["certainty"] else None,
            "onrecord:confidence": said["confidence"],
            "onrecord:chain": [_build_hop(hop, sources, document["publisher"]) for hop in said["chain"]],
        }
        targets = [_build_target(span, where, document["text"], document["id"]) for span in said["content"]]
        yield {
            "id": f"urn:onrecord:{archived.id}:{said['id']}",
            "type": "Annotation",
            "motivation": "identifying",
            "generator": {"id": "urn:onrecord:software", "type": "Software", "name": f"onrecord {archived.reader or ''}".strip()},
            **({"generated": archived.read} if archived.read else {}),
            "body": {name: value for name, value in body.items() if value is not None},
            "target": targets[0] if len(targets) == 1 else targets,
        }


def _build_hop(hop: Json, sources: dict[str, Json], publisher: str | None) -> Json:
    name = publisher if hop["source"] == "publisher" else sources.get(hop["source"], {}).get("name")
    return {key: value for key, value in (("onrecord:name", name), ("onrecord:medium", hop["medium"])) if value is not None}


def _build_target(span: Json, where: str, text: str, document: str) -> Json:
    start, end = span["start"], span["end"]
    return {
        "source": where,
        "state": {"type": "State", "onrecord:captured": document},
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - _AROUND) : start],
                "suffix": text[end : end + _AROUND],
            },
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }
