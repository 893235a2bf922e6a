"""What people said of statements, beside what the reader said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import Body, Query, Request, Response

from onrecord.store import Review, Store, find_document, load_report, load_reviews, read_reviews, review
from onrecord.web.access import note_change
from onrecord.web.api import answers
from onrecord.web.api.answering import answer, asking, naming
from onrecord.web.api.operations import Annotator, OnSite, Reader, answer_cached, build_router, cut_page, describe
from onrecord.web.api.questions import PagedReviews, Reviewing, dump

router = build_router("Reviews")


@router.get("/reviews", operation_id="list_reviews", summary="What people said", responses=describe(answers.Reviews, 304, 400, 404))
def list_reviews(request: Request, asked: Annotated[PagedReviews, Query()], site: OnSite, visitor: Reader) -> Response:
    """What people said of statements, the oldest first. Of several on one statement the last counts."""
    with naming():
        return answer_cached(request, site, visitor, lambda: cut_page("reviews", _find(site.store, asked.document), asked))


def _find(store: Store, document: str | None) -> Iterable[Review]:
    if document is None:
        return read_reviews(store)
    found = load_reviews(store, find_document(store, document))
    return sorted((each for of_one in found.values() for each in of_one), key=lambda each: (each.at, each.id))


@router.post(
    "/reviews",
    operation_id="review",
    summary="Review a statement",
    status_code=201,
    responses=describe(answers.Review, 400, 404, 413, 415, status=201, what="It is kept."),
)
def add_review(request: Request, sent: Annotated[Reviewing, Body()], site: OnSite, visitor: Annotator) -> Response:
    """Accept, mend or reject a statement, under the asker's name. What the reader said, and what others did, stays beside it."""
    with naming():
        load_report(site.store, sent.subject)
    mended = dump(sent.mended) if sent.mended else None
    with asking():
        made = review(site.store, sent.subject, sent.verdict, mended=mended, by=visitor.name, note=sent.note)
    note_change(request, "review", made.subject, made.verdict)
    return answer(made.to_dict(), 201)
