"""Reports as stored: the contract's JSON and, beside it, where each character stands in the bytes; and back to values, equal to the first.

This is the inverse of `Report.to_dict`. A span's text is not taken from the JSON but sliced again when it is wanted; whether the
two agree is `verify`'s business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from onrecord.store.digests import format_canonical
from onrecord.types import (
    Block,
    Certainty,
    Difference,
    Document,
    Evidence,
    Hop,
    Interval,
    Json,
    Origin,
    Report,
    Run,
    Source,
    SourceRef,
    Span,
    Statement,
    Time,
    Variant,
)


def format_report(report: Report) -> bytes:
    """The payload that is stored: canonical JSON of the report and of its origins."""
    runs = [[r.start, r.end, r.first, r.last, r.even] for r in report.document.origin.runs]
    return format_canonical({"report": report.to_dict(), "origin": runs}).encode("ascii")


def parse_report(payload: bytes) -> Report:
    """The report of a payload of `format_report`. Raises ValueError, KeyError or TypeError if it is none."""
    stored = json.loads(payload)
    value = stored["report"]
    origin = Origin(tuple(Run(start, end, first, last, even) for start, end, first, last, even in stored["origin"]))
    return Report(
        document=_parse_document(value["document"], origin),
        statements=tuple(_parse_statement(s) for s in value["statements"]),
        sources=tuple(_parse_source(s) for s in value["sources"]),
        times=tuple(_parse_time(t) for t in value["times"]),
        evidence=tuple(_parse_evidence(e) for e in value["evidence"]),
        variants=tuple(_parse_variant(v) for v in value["variants"]),
        warnings=tuple(value["warnings"]),
    )


def _parse_document(value: Json, origin: Origin) -> Document:
    return Document(
        id=value["id"],
        text=value["text"],
        url=value["url"],
        title=value["title"],
        authors=tuple(value["authors"]),
        publisher=value["publisher"],
        published=_parse_day(value["published"]),
        modified=_parse_day(value["modified"]),
        language=value["language"],
        blocks=tuple(Block(_parse_span(b), b["kind"]) for b in value["blocks"]),
        origin=origin,
    )


def _parse_statement(value: Json) -> Statement:
    source, certainty = value["source"], value["certainty"]
    return Statement(
        id=value["id"],
        kind=value["kind"],
        content=_parse_spans(value["content"]),
        cue=_parse_spans(value["cue"]),
        source=SourceRef(source["id"], _parse_spans(source["spans"])) if source else None,
        within=value["within"],
        about=tuple(value["about"]),
        stances=tuple(value["stances"]),
        chain=tuple(Hop(h["source"], h["statement"], h["medium"]) for h in value["chain"]),
        time=_parse_days(value["time"]),
        certainty=Certainty(certainty["value"], _parse_place(certainty["span"])) if certainty else None,
        confidence=value["confidence"],
        evidence=tuple(value["evidence"]),
        insertions=_parse_spans(value["insertions"]),
    )


def _parse_source(value: Json) -> Source:
    return Source(
        id=value["id"],
        name=value["name"],
        kind=value["kind"],
        roles=tuple(value["roles"]),
        affiliations=tuple(value["affiliations"]),
        handles=tuple(value["handles"]),
        mentions=_parse_spans(value["mentions"]),
    )


def _parse_time(value: Json) -> Time:
    return Time(span=_parse_span(value), type=value["type"], value=value["value"], days=_parse_days(value))


def _parse_evidence(value: Json) -> Evidence:
    return Evidence(
        id=value["id"],
        kind=value["kind"],
        span=_parse_place(value["span"]),
        platform=value["platform"],
        author=value["author"],
        handle=value["handle"],
        url=value["url"],
        posted=_parse_day(value["posted"]),
        status=value["status"],
        status_span=_parse_place(value["status_span"]),
        content=_parse_spans(value["content"]),
        words_of=value["words_of"],
        supplied_by=value["supplied_by"],
        translated_by=value["translated_by"],
    )


def _parse_variant(value: Json) -> Variant:
    differences = tuple(Difference(d["op"], _parse_span(d["a"]), _parse_span(d["b"])) for d in value["differences"])
    return Variant(members=tuple(value["members"]), relation=value["relation"], differences=differences)


def _parse_span(value: Json) -> Span:
    return Span(value["start"], value["end"])


def _parse_place(value: Json | None) -> Span | None:
    return _parse_span(value) if value else None


def _parse_spans(values: Iterable[Json]) -> tuple[Span, ...]:
    return tuple(_parse_span(value) for value in values)


def _parse_day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _parse_days(value: Json | None) -> Interval | None:
    return Interval(date.fromisoformat(value["from"]), date.fromisoformat(value["to"])) if value and value["from"] else None
