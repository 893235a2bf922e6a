"""Doubtful statements and joins, one at a time: accept, mend, reject. What a person says is kept beside what the machine read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from onrecord.errors import UsageError
from onrecord.store import Verdict, find_doubtful, find_doubtful_joins, judge, load_report, load_reviews
from onrecord.store import review as keep_review
from onrecord.types import Json, Report, Statement
from onrecord.view.outline import LABELS
from onrecord.view.visible import show
from onrecord.web.access import note_change
from onrecord.web.cursors import AFAR
from onrecord.web.drawing import draw_paragraph
from onrecord.web.marking import mark
from onrecord.web.pages.common import Annotator, Fresh, OnSite, answer, name_certainty, wants_json
from onrecord.web.problems import Problem
from onrecord.web.site import Site

router = APIRouter()
_QUEUE = 20
_BESIDE, _LONGEST = 2, 12  # blocks that are shown before and after a statement, and of a long one
_SPAN = re.compile(r"\[?(\d{1,9}+)\s*+[-–,]\s*+(\d{1,9}+)\]?")
_SPANS = re.compile(rf"\s*+\[?\s*+{_SPAN.pattern}(?:\s*+[,;]?\s*+{_SPAN.pattern})*\s*+\]?\s*+")


@router.get("/review.json")
@router.get("/review")
def show_queue(
    request: Request,
    site: OnSite,
    state: Fresh,
    before: Annotated[int | None, Query(ge=1, le=AFAR)] = None,
    subject: Annotated[str | None, Query(max_length=100)] = None,
    joins: bool = False,
    at: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The doubtful statement that was stored last (`before` a number), or one that somebody wants to mend (`subject`); or joins."""
    if joins:
        doubts = site.keep("joins", state.head, lambda: find_doubtful_joins(site.store, most=_QUEUE))
        view: Json = {"joins": [doubt.to_dict() for doubt in doubts], "statements": []}
        return answer(request, "review.html", view, about="joins", at=min(at, max(0, len(doubts) - 1)))
    if subject is not None:
        view = {"joins": [], "statements": [{"id": subject}]}
        return answer(request, "review.html", view, about="statements", shown=_draw_chosen(site, subject), next=None)
    told = find_doubtful(site.store, most=_QUEUE if wants_json(request) else 2, before=before)
    view = {"joins": [], "statements": [{"id": each.id, "words": each.words, "confidence": each.confidence} for each in told]}
    shown = _draw(site, told[0].id) | {"after": f"/review?before={told[0].key}"} if told and not wants_json(request) else None
    return answer(request, "review.html", view, about="statements", shown=shown, next=told[0].key if len(told) > 1 else None)


def _draw_chosen(site: Site, subject: str) -> dict[str, Any]:
    try:
        return _draw(site, subject) | {"after": f"/statement/{subject.lower()}", "is_chosen": True}
    except (UsageError, StopIteration):
        raise Problem(404, f"{show(subject)}: no such statement in the store") from None


def _draw(site: Site, identity: str) -> dict[str, Any]:
    report, statement_id = load_report(site.store, identity)
    statement = next(s for s in report.statements if s.id == statement_id)
    text, sources = report.document.text, {source.id: source for source in report.sources}
    source = sources.get(statement.source.id) if statement.source else None
    reviews = load_reviews(site.store, report.document.id).get(statement.id, ())
    blocks, is_cut = _draw_context(report, statement)
    return {
        "id": identity,
        "is_chosen": False,
        "title": show(report.document.title or "(no title)"),
        "blocks": blocks,
        "is_cut": is_cut,
        "words": show(" … ".join(span.of(text) for span in statement.content)),
        "source": source.name if source else "",
        "kind": statement.kind,
        "kinds": LABELS,
        "cue": show(" … ".join(span.of(text) for span in statement.cue)),
        "certainty": statement.certainty.value if statement.certainty else None,
        "told": name_certainty(statement.certainty.value) if statement.certainty else None,
        "confidence": statement.confidence,
        "content": ", ".join(f"{span.start}-{span.end}" for span in statement.content),
        "length": len(text),
        "reviews": [review.to_dict() for review in reviews],
    }


def _draw_context(report: Report, statement: Statement) -> tuple[list[Markup], bool]:
    """The blocks in which a statement stands and those beside them, with it alone marked; whether others come before them."""
    alone = replace(report, statements=(replace(statement, within=None),))
    paragraphs = mark(alone, is_placed=True)
    inside = [n for n, paragraph in enumerate(paragraphs) if any(piece.all for piece in paragraph.pieces)] or [0]
    first, last = max(0, inside[0] - _BESIDE), min(inside[-1] + _BESIDE, inside[0] + _LONGEST)
    kinds = {statement.id: statement.kind}
    return [draw_paragraph(p, {}, kinds, is_placed=True) for p in paragraphs[first : last + 1]], first > 0


@router.post("/review")
def review(
    request: Request,
    site: OnSite,
    visitor: Annotator,
    subject: Annotated[str, Form(max_length=100)],
    verdict: Annotated[str, Form(max_length=20)],
    source: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    certainty: Annotated[str, Form()] = "",
    content: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/review",
) -> Response:
    mended = _parse_mended(source, kind, certainty, content) if verdict == "mend" else None
    kept = keep_review(site.store, subject, cast(Verdict, verdict), mended=mended, by=visitor.name, note=note)
    note_change(request, "review", kept.subject, verdict)
    return RedirectResponse(next if next.startswith(("/review", "/article/", "/statement/")) else "/review", 303)


def _parse_mended(source: str, kind: str, certainty: str, content: str) -> Json:
    mended: Json = {name: value.strip() for name, value in (("source", source), ("kind", kind)) if value.strip()}
    try:
        if certainty.strip():
            mended["certainty"] = float(certainty)
    except ValueError:
        raise Problem(422, "certainty is a number from -3 to 3") from None
    if content.strip():
        mended["content"] = _parse_spans(content)
    return mended


def _parse_spans(text: str) -> list[list[int]]:
    """`120-180, 190-204`, or the same as JSON."""
    if not _SPANS.fullmatch(text):
        raise Problem(422, "words are given as places in the text, such as 120-180, or 120-180, 190-204 where there are several")
    return [[int(first), int(last)] for first, last in _SPAN.findall(text)]


@router.post("/review/joins")
def decide(
    request: Request,
    site: OnSite,
    visitor: Annotator,
    a: Annotated[str, Form(max_length=100)],
    b: Annotated[str, Form(max_length=100)],
    decision: Annotated[str, Form(max_length=20)],
    note: Annotated[str, Form(max_length=2_000)] = "",
    next: Annotated[str, Form()] = "/review?joins=true",
) -> Response:
    if decision not in ("join", "split"):
        raise UsageError(f"{decision}: not a decision: give join or split")
    judge(site.store, "join" if decision == "join" else "split", a, b, by=visitor.name, note=note)
    note_change(request, decision, f"{a} and {b}")
    return RedirectResponse(next if next.startswith(("/review", "/source?")) else "/review?joins=true", 303)
