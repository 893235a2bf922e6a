"""Sources over all documents, and what was decided of them by hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Request, Response

from onrecord.store import find_document, judge, load_judgements, who
from onrecord.types import Json
from onrecord.web.access import note_change
from onrecord.web.api import answers
from onrecord.web.api.answering import answer, naming
from onrecord.web.api.operations import Annotator, OnSite, Reader, answer_cached, build_router, cut_page, describe
from onrecord.web.api.questions import Judging, Line, Paged
from onrecord.web.problems import Problem

router = build_router("Sources")
_Name = Annotated[Line, Query(min_length=1, description="A name, or an account with its @.", examples=["Ilsa Dorn"])]


@router.get("/sources", operation_id="who", summary="Who goes by a name", responses=describe(answers.Sources, 304, 404))
def find_sources(request: Request, name: _Name, site: OnSite, visitor: Reader) -> Response:
    """The persons and bodies behind a name over all documents, why their sources are taken for one, and what they have said."""

    def build() -> Json:
        found = who(site.store, name)
        return {"asked": name, "cut": found.is_cut, "identities": [person.to_dict() for person in found.persons]}

    with naming():
        return answer_cached(request, site, visitor, build)


@router.get(
    "/judgements", operation_id="list_judgements", summary="What was decided of sources", responses=describe(answers.Judgements, 304, 400)
)
def list_judgements(request: Request, page: Annotated[Paged, Query()], site: OnSite, visitor: Reader) -> Response:
    """What people decided of sources, the oldest first. Of several on the same two the latest counts."""
    return answer_cached(request, site, visitor, lambda: cut_page("judgements", load_judgements(site.store), page))


@router.post(
    "/judgements",
    operation_id="judge",
    summary="Decide of two sources",
    status_code=201,
    responses=describe(answers.Judgement, 400, 404, 413, 415, status=201, what="It is kept."),
)
def add_judgement(request: Request, sent: Annotated[Judging, Body()], site: OnSite, visitor: Annotator) -> Response:
    """Keep that two sources are one, or that they are not, under the asker's name. Nothing that was decided before is overwritten."""
    with naming():
        one, other = (f"{find_document(site.store, name.split('/')[0])}/{name.split('/')[1]}" for name in (sent.a, sent.b))
        if one == other:
            raise Problem(422, f"{sent.a} and {sent.b} are one source of one document: give two")
        made = judge(site.store, sent.kind, one, other, by=visitor.name, note=sent.note)
    note_change(request, made.kind, f"{made.a} and {made.b}")
    return answer(made.to_dict(), 201)
