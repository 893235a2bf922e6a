"""Rows as they are stored, made from values: what is searched of a report, what is known of a capture."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from onrecord.store.digests import clean, digest
from onrecord.trace.credits import find_credits, find_passing
from onrecord.trace.names import find_key, fold_name
from onrecord.trace.pairs import find_pairs
from onrecord.trace.sketch import build_sketch
from onrecord.types import Capture, Report, Source, Statement
from onrecord.versions import is_told_translated

Row = dict[str, Any]
_MOST_WORDS = 300  # characters of a post's words that are kept with its address
_BESIDE = 40  # sources of the document that are kept with each
_CLOCKS = ("captured", "served", "last_modified")


def build_capture_row(capture: Capture) -> Row:
    """A capture's row, without its bytes and its WARC records.

    Its id is a digest of the content and where it was found, so that finding it again is known.
    """
    place = {"content": capture.sha256, "location": clean(capture.location), "url": _clean(capture.url)}
    clocks = {name: _format_moment(getattr(capture, name)) for name in _CLOCKS}
    return {
        "id": digest(place),
        **place,
        "media_type": _clean(capture.media_type),
        "charset": _clean(capture.charset),
        **clocks,
        "etag": _clean(capture.etag),
        "status": capture.status,
        "warc": None,
    }


def build_document_row(report: Report) -> Row:
    """What a reading says of its document itself."""
    document = report.document
    return {
        "title": _clean(document.title),
        "url": _clean(document.url),
        "outlet": _clean(document.publisher),
        "published": _format_day(document.published),
        "modified": _format_day(document.modified),
        "language": document.language,
    }


def build_statement_rows(report: Report, document: str) -> list[Row]:
    """The report's statements as they are searched, in text order."""
    about = build_document_row(report)
    shared = {"document": document, **{name: about[name] for name in ("title", "url", "outlet", "published")}}
    sources = {source.id: source for source in report.sources}
    evidence = {e.id: e for e in report.evidence}
    rows = []
    for statement in report.statements:
        source = sources.get(statement.source.id) if statement.source else None
        rows.append(
            {
                **shared,
                **_build_own(statement, report.document.text, [evidence[e].status for e in statement.evidence if e in evidence]),
                "source": clean(source.name) if source else None,
                "source_kind": source.kind if source else None,
                "source_id": source.id if source else None,
                "within": statement.within,
                "chain": _format_chain(statement, sources),
            }
        )
    return rows


def build_source_rows(report: Report, document: str) -> list[Row]:
    """The named people and bodies that say something, as they are found across documents."""
    names = {source.id: source.name for source in report.sources}
    speaking = {statement.source.id for statement in report.statements if statement.source}
    named = [s for s in report.sources if s.id in speaking and s.kind not in ("document", "unnamed") and fold_name(s.name)]
    folded = {s.id: " ".join(fold_name(s.name)) for s in named}
    rows = []
    for source in named:
        lists = {
            "roles": source.roles,
            "affiliations": [names[a] for a in source.affiliations if a in names],
            "handles": source.handles,
            "beside": sorted(name for key, name in folded.items() if key != source.id)[:_BESIDE],
        }
        rows.append(
            {
                "document": document,
                "id": source.id,
                "name": clean(source.name),
                "kind": source.kind,
                "folded": find_key(source.name, person=source.kind == "person"),
                "handle": clean(source.handles[0].lower()) if source.handles else None,
                **{name: clean(json.dumps(list(values), ensure_ascii=False)) for name, values in lists.items()},
            }
        )
    return rows


def build_address_rows(report: Report, document: str) -> list[Row]:
    """Where the report's evidence stands on the web, once for each statement that it shows."""
    rows = []
    for evidence in report.evidence:
        if evidence.url is None or not evidence.url.lower().startswith(("http://", "https://")):
            continue
        words = " ".join(" ".join(span.of(report.document.text).split()) for span in evidence.content)[:_MOST_WORDS]
        shown: list[str | None] = [s.id for s in report.statements if evidence.id in s.evidence]
        shared = {"document": document, "evidence": evidence.id, "url": clean(evidence.url), "words": _clean(words or None)}
        rows += [{**shared, "statement": statement} for statement in shown or [None]]
    return rows


def build_index_row(report: Report, statement: Statement, content: str) -> Row:
    """By what a statement is found besides what is read in it: this may change with our words and rules, and is not verified."""
    shown = [e for e in report.evidence if e.kind == "translation" and e.id in statement.evidence]
    names = {source.id: source.name for source in report.sources}
    through = [(names[e.translated_by], True) for e in shown if e.translated_by in names]
    through += [(passing.name, passing.sure) for passing in find_passing(report.document.text, statement)]
    return {
        "pairs": " ".join(find_pairs(content)),
        "translated": bool(shown) or is_told_translated(report.document.text, statement),
        "through": clean(json.dumps(through, ensure_ascii=False)),
    }


def build_document_index(report: Report) -> Row:
    """By what a document's origins are told, of which the same holds."""
    document = report.document
    found = find_credits(document.text, document.authors, document.publisher)
    return {"credits": clean(json.dumps(found, ensure_ascii=False)), "sketch": build_sketch(document.text)}


def _format_chain(statement: Statement, sources: dict[str, Source]) -> str:
    """The names and media of a chain's hops, but for the publisher."""
    hops = [hop for hop in statement.chain if hop.source != "publisher"]
    names = [sources[hop.source].name if hop.source in sources else None for hop in hops]
    return clean(json.dumps([[name, hop.medium] for name, hop in zip(names, hops, strict=True)], ensure_ascii=False))


def _build_own(statement: Statement, text: str, statuses: list[str]) -> Row:
    return {
        "id": statement.id,
        "content": clean(" … ".join(" ".join(span.of(text).split()) for span in statement.content)),
        "said_from": _format_day(statement.time.first if statement.time else None),
        "said_to": _format_day(statement.time.last if statement.time else None),
        "kind": statement.kind,
        "medium": next((hop.medium for hop in statement.chain if hop.medium), None),
        "certainty": statement.certainty.value if statement.certainty else None,
        "status": next((status for status in statuses if status != "unknown"), statuses[0] if statuses else None),
        "confidence": statement.confidence,
    }


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _format_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _format_moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
