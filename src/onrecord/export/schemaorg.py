"""Articles, their quotations and the posts that they show, as schema.org JSON-LD, with the context in it: nothing is fetched to read it.

A statement is a Quotation with its creator (`spokenByCharacter` is for fiction), part of the NewsArticle; a post is a SocialMediaPosting.
There is never a ClaimReview: that is a person's verdict on a claim, and onrecord states none. Lost: spans, cues, chains but for the
originator, certainty, confidence, versions; schema.org has no words for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.export.interchange import build_page_iri, find_iri
from onrecord.types import Archived, Json

CONTEXT: Json = {"@context": {"@vocab": "https://schema.org/", "id": "@id", "type": "@type"}}
_KINDS = {"person": "Person", "organisation": "Organization", "group": "Organization"}


def read_schemaorg(archived: Archived) -> Iterator[Json]:
    """The nodes of a document's graph."""
    report = archived.report
    document = report["document"]
    base = f"urn:onrecord:{archived.id}"
    article = find_iri(document["url"]) or build_page_iri(document)
    yield _drop_empty(
        id=article,
        type="NewsArticle",
        headline=document["title"],
        datePublished=document["published"],
        dateModified=document["modified"],
        inLanguage=document["language"],
        author=[{"type": "Person", "name": name} for name in document["authors"]],
        publisher={"type": "Organization", "name": document["publisher"]} if document["publisher"] else None,
        identifier=document["id"],
    )
    for source in report["sources"]:
        if source["kind"] in _KINDS:
            yield _drop_empty(
                id=f"{base}:{source['id']}",
                type=_KINDS[source["kind"]],
                name=source["name"],
                alternateName=source["handles"],
                **({"jobTitle": source["roles"]} if source["kind"] == "person" else {}),
                affiliation=[{"id": f"{base}:{each}"} for each in source["affiliations"]] if source["kind"] == "person" else None,
            )
    known = {source["id"] for source in report["sources"] if source["kind"] in _KINDS}
    for said in report["statements"]:
        ref = said["source"]["id"] if said["source"] else None
        yield _drop_empty(
            id=f"{base}:{said['id']}",
            type="Quotation",
            text=" … ".join(" ".join(span["text"].split()) for span in said["content"]),
            creator={"id": f"{base}:{ref}"} if ref in known else None,
            dateCreated=said["time"]["from"] if said["time"] else None,
            isPartOf={"id": article},
        )
    for each in report["evidence"]:
        if each["kind"] == "embed":
            yield _drop_empty(
                id=f"{base}:{each['id']}",
                type="SocialMediaPosting",
                url=each["url"],
                author={"type": "Person", "name": each["author"]} if each["author"] else None,
                datePublished=each["posted"],
                articleBody="\n".join(span["text"] for span in each["content"]),
                publisher={"type": "Organization", "name": each["platform"]} if each["platform"] else None,
            )


def _drop_empty(**values: object) -> Json:
    return {name: value for name, value in values.items() if value not in (None, [], "")}
