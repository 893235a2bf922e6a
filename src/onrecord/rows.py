"""Statements and hops of a report, the object of the contract, as flat rows: for CSV, Parquet and data frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

Row = dict[str, Any]
Table = Literal["statements", "hops"]

STATEMENT: dict[str, type] = {  # what each column holds; all but the first three may be missing
    "id": str,  # 3fa9c1d2a0b1/s4
    "document": str,  # SHA-256 of the captured bytes
    "kind": str,
    "content": str,  # spans joined by " … "
    "content_start": int,  # code points in the document's text: where the first span begins
    "content_end": int,  # and the last one ends
    "cue": str,
    "source": str,  # its fullest name in the document
    "source_id": str,
    "source_kind": str,
    "source_text": str,  # the words that name it here
    "source_roles": str,
    "within": str,  # the statement that holds it
    "about": str,  # those that it comments on
    "said_from": str,  # ISO 8601, days inclusive
    "said_to": str,
    "certainty": float,  # -3 to 3
    "confidence": float,  # 0 to 1
    "medium": str,  # by which the originator said it
    "hops": int,
    "evidence": str,  # kinds and statuses
    "title": str,
    "outlet": str,
    "url": str,
    "published": str,
    "language": str,
    "captured": str,
}
HOP: dict[str, type] = {
    "statement": str,
    "hop": int,  # 0 is the originator
    "source": str,
    "source_id": str,
    "source_kind": str,
    "by_statement": str,  # in which it passes the words on
    "medium": str,  # by which it passes them on
}
TABLES: dict[Table, dict[str, type]] = {"statements": STATEMENT, "hops": HOP}
_JOINT = " … "
_DIGITS = 12


def read_rows(report: Row, table: Table, captured: str | None = None) -> Iterator[Row]:
    """The rows of one of `TABLES`."""
    return read_statement_rows(report, captured) if table == "statements" else read_hop_rows(report)


def read_statement_rows(report: Row, captured: str | None = None) -> Iterator[Row]:
    """A row with the columns of `STATEMENT` for each statement; `captured` is when the bytes were."""
    document, own = report["document"], name_document(report)
    sources = {source["id"]: source for source in report["sources"]}
    evidence = {each["id"]: each for each in report["evidence"]}
    about = {
        "document": document["id"].removeprefix("sha256:"),
        "title": document["title"],
        "outlet": document["publisher"],
        "url": document["url"],
        "published": document["published"],
        "language": document["language"],
        "captured": captured,
    }
    for said in report["statements"]:
        ref, content = said["source"], said["content"]
        source = sources.get(ref["id"], {}) if ref else {}
        yield {
            **about,
            "id": f"{own}/{said['id']}",
            "kind": said["kind"],
            "content": _join(content),
            "content_start": content[0]["start"] if content else None,
            "content_end": content[-1]["end"] if content else None,
            "cue": _join(said["cue"]) or None,
            "source": source.get("name"),
            "source_id": f"{own}/{ref['id']}" if ref else None,
            "source_kind": source.get("kind"),
            "source_text": (_join(ref["spans"]) or None) if ref else None,
            "source_roles": "; ".join(source.get("roles", ())) or None,
            "within": f"{own}/{said['within']}" if said["within"] else None,
            "about": " ".join(f"{own}/{each}" for each in said["about"]) or None,
            "said_from": said["time"]["from"] if said["time"] else None,
            "said_to": said["time"]["to"] if said["time"] else None,
            "certainty": said["certainty"]["value"] if said["certainty"] else None,
            "confidence": said["confidence"],
            "medium": said["chain"][0]["medium"] if said["chain"] else None,
            "hops": len(said["chain"]),
            "evidence": "; ".join(f"{e['kind']} {e['status']}" for key in said["evidence"] if (e := evidence.get(key))) or None,
        }


def read_hop_rows(report: Row) -> Iterator[Row]:
    """A row with the columns of `HOP` for each link of each chain, from the originator outwards."""
    own = name_document(report)
    sources = {source["id"]: source for source in report["sources"]}
    for said in report["statements"]:
        for number, hop in enumerate(said["chain"]):
            is_outlet = hop["source"] == "publisher"
            source = sources.get(hop["source"], {})
            yield {
                "statement": f"{own}/{said['id']}",
                "hop": number,
                "source": report["document"]["publisher"] if is_outlet else source.get("name"),
                "source_id": "publisher" if is_outlet else f"{own}/{hop['source']}" if hop["source"] else None,
                "source_kind": "organisation" if is_outlet else source.get("kind"),
                "by_statement": f"{own}/{hop['statement']}" if hop["statement"] else None,
                "medium": hop["medium"],
            }


def name_document(report: Row) -> str:
    """Twelve digits of the document's SHA-256, by which the command line knows it."""
    return str(report["document"]["id"]).removeprefix("sha256:")[:_DIGITS]


def name_id(document: str, statement: str) -> str:
    """The id by which rows know a statement of a document, whose SHA-256 is given."""
    return f"{document[:_DIGITS]}/{statement}"


def _join(spans: list[Row]) -> str:
    return _JOINT.join([" ".join(span["text"].split()) for span in spans])
