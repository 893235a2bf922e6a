"""Statements as FollowTheMoney entities (the model of Aleph and OpenSanctions), as JSON Lines: one entity a line, as its tools read them.

The article is an Article, sources are Person, Organization or LegalEntity, tied to it by Documentation with their part in it; a statement
is a Note on its source with the article as proof. Ids follow from the document's SHA-256. FollowTheMoney has no entity for speech acts, so
that the kind and the chain are words in the note's summary. Lost: spans, cues, chains but in words, times of saying but the first day,
certainty, evidence, versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.export.interchange import find_iri
from onrecord.types import Archived, Json

_SCHEMATA = {"person": "Person", "organisation": "Organization", "group": "LegalEntity"}
_LANGUAGES = {"en": "eng"}  # ISO 639-3, as the model has them


def read_entities(archived: Archived) -> Iterator[Json]:
    """The entities of a document, the article first."""
    report = archived.report
    document = report["document"]
    article = _build_id(archived, "article")
    language = _LANGUAGES.get(document["language"] or "")
    url = find_iri(document["url"])
    yield _build(
        article,
        "Article",
        title=document["title"],
        bodyText=document["text"],
        author=document["authors"],
        publisher=document["publisher"],
        publishedAt=document["published"],
        modifiedAt=document["modified"],
        retrievedAt=(archived.captured or "")[:10],
        sourceUrl=url,
        language=language,
        mimeType=archived.media_type,
    )
    names = {source["id"]: source["name"] for source in report["sources"]}
    for source in report["sources"]:
        schema = _SCHEMATA.get(source["kind"], "LegalEntity")
        about = {"position": source["roles"]} if schema == "Person" else {}
        yield _build(_build_id(archived, source["id"]), schema, name=source["name"], proof=article, **about)
        yield _build(
            _build_id(archived, f"{source['id']}:in"),
            "Documentation",
            document=article,
            entity=_build_id(archived, source["id"]),
            role=["source", *source["roles"]],
            date=document["published"],
        )
    for said in report["statements"]:
        source = said["source"]["id"] if said["source"] else "publisher"
        yield _build(
            _build_id(archived, said["id"]),
            "Note",
            name=f"{archived.id}/{said['id']}",
            entity=_build_id(archived, source) if source in names else article,
            description=" … ".join(" ".join(span["text"].split()) for span in said["content"]),
            summary=_summarise(said, names, document["publisher"]),
            proof=article,
            publisher=document["publisher"],
            sourceUrl=url,
        )


def _summarise(said: Json, names: Json, publisher: str | None) -> str:
    """Kind, day and chain of a statement in words."""
    hops = [publisher or "the publisher" if hop["source"] == "publisher" else names.get(hop["source"]) for hop in said["chain"]]
    day = said["time"]["from"] if said["time"] else None
    parts = [
        f"{said['kind']} statement",
        f"said on {day}" if day else None,
        f"by way of {' > '.join(filter(None, hops))}" if hops else None,
    ]
    return ", ".join(filter(None, parts))


def _build_id(archived: Archived, key: str) -> str:
    return f"onrecord-{archived.document}-{key.replace(':', '-')}"


def _build(key: str, schema: str, **properties: object) -> Json:
    """An entity; each value is a list of strings, without those that are empty."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    kept = {name: [text for value in values if (text := str(value or "").strip())] for name, values in lists.items()}
    return {"id": key, "schema": schema, "properties": {name: values for name, values in kept.items() if values}}
