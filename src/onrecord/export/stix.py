"""Statements as STIX 2.1 (OASIS 2021): a Note each, with its source in `authors` and as an Identity, and a Report for the article.

A Note and not an Opinion: an opinion in STIX is an analyst's word on other objects. Where it was found is an external reference with the
SHA-256 of the captured bytes. Ids follow from what they name (UUID version 5), so that the same export gives the same bundle. Lost: spans,
cues, chains, times of saying, certainty, versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from onrecord.export.interchange import find_iri
from onrecord.types import Archived, Json

HEAD: Json = {"type": "bundle", "id": f"bundle--{uuid5(NAMESPACE_URL, 'urn:onrecord:export')}"}
_CLASSES = {"person": "individual", "organisation": "organization", "group": "group"}


def read_stix(archived: Archived) -> Iterator[Json]:
    """The objects of a document: identities, notes, and the report that has them."""
    report = archived.report
    document = report["document"]
    moment = _format_moment(archived.read or archived.captured)
    outlet = _build(
        archived, "identity", "publisher", moment, name=document["publisher"] or "unknown publisher", identity_class="organization"
    )
    yield outlet
    ids = {}
    for source in report["sources"]:
        about = {"identity_class": _CLASSES.get(source["kind"], "unknown"), "roles": [role for role in source["roles"] if role]}
        identity = _build(archived, "identity", source["id"], moment, name=source["name"] or "unnamed", **about)
        ids[source["id"]] = identity["id"]
        yield identity
    names = {source["id"]: source["name"] for source in report["sources"]}
    notes = []
    for said in report["statements"]:
        words = " … ".join(" ".join(span["text"].split()) for span in said["content"])
        source = said["source"]["id"] if said["source"] else None
        note = _build(
            archived,
            "note",
            said["id"],
            moment,
            abstract=f"{said['kind']} statement, {archived.id}/{said['id']}",
            content=words or "(no words)",
            authors=[names[source]] if names.get(source) else None,
            object_refs=[ids.get(source or "", outlet["id"])],
            confidence=round(100 * said["confidence"]),
            lang=document["language"],
            external_references=[_build_reference(document)],
        )
        notes.append(note["id"])
        yield note
    yield _build(
        archived,
        "report",
        "report",
        moment,
        name=document["title"] or "(no title)",
        published=_format_moment(document["published"]) if document["published"] else moment,
        object_refs=notes or [outlet["id"]],
        created_by_ref=outlet["id"],
        lang=document["language"],
        external_references=[_build_reference(document)],
    )


def _build(archived: Archived, kind: str, key: str, moment: str, **values: object) -> Json:
    made = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid5(NAMESPACE_URL, f'urn:onrecord:{archived.document}:{key}')}"}
    return {**made, "created": moment, "modified": moment, **{name: value for name, value in values.items() if value not in (None, [])}}


def _build_reference(document: Json) -> Json:
    url = find_iri(document["url"])
    found = {"source_name": document["publisher"] or "unknown publisher", "url": url, "external_id": document["id"]}
    hashes = {"hashes": {"SHA-256": document["id"].removeprefix("sha256:")}} if url else {}
    return {**{name: value for name, value in found.items() if value}, **hashes}


def _format_moment(text: str | None) -> str:
    """An ISO 8601 moment or day as a STIX timestamp; the beginning of its calendar where none is known."""
    try:
        moment = datetime.fromisoformat(text) if text else datetime(1970, 1, 1)
    except ValueError:
        moment = datetime(1970, 1, 1)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
