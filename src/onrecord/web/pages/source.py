"""Who goes by a name: their statements over time, their other names, and why they were taken for one."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from onrecord.errors import UsageError
from onrecord.store import Person, who
from onrecord.trace.identity import Known
from onrecord.types import Json
from onrecord.view.outline import LABELS
from onrecord.view.visible import show
from onrecord.web.pages.common import Fresh, OnSite, answer, find_missing, wants_json
from onrecord.web.pictures import Moment, lay_out_time

router = APIRouter()
_MOST = 100  # statements of one that are shown; the twin has all
_SOURCES = 500  # of the name that are compared
_PERSONS, _MEMBERS, _DAYS = 20, 100, 5_000  # that are shown of all who go by the name, of the sources of one, and of its statements' days
_CHOICES = 100  # sources that can be chosen from, to join or split
Name = Annotated[str, Query(max_length=300)]


@router.get("/source.json")
@router.get("/source")
def show_source(request: Request, site: OnSite, state: Fresh, name: Name) -> Response:
    try:
        if wants_json(request):
            found = who(site.store, name, most=_SOURCES)
            return answer(request, "source.html", {"asked": name, "cut": found.is_cut, "identities": [p.to_dict() for p in found.persons]})
        found = site.remember(("who", name), state.head, lambda: who(site.store, name, most=_SOURCES, statements=_MOST))
    except UsageError as error:
        raise find_missing(error) from None
    members = (member for person in found.persons for member in person.identity.members)
    view = {
        "asked": name,
        "cut": found.is_cut,
        "looked": found.looked,
        "labels": LABELS,
        "many": len(found.persons),
        "persons": [_draw(person) for person in found.persons[:_PERSONS]],
        "choices": [_describe(member) for member in islice(members, _CHOICES)],
    }
    return answer(request, "source.html", view)


def _describe(member: Known) -> tuple[str, str]:
    """A source's id, and the words by which it is chosen from a list."""
    where = ", ".join(part for part in (member.outlet, member.published) if part)
    return member.id, show(f"{member.name} ({'; '.join(part for part in (where, *member.roles[:1]) if part) or member.id})")


def _draw(person: Person) -> Json:
    identity = person.identity
    names = list(dict.fromkeys(member.name for member in identity.members if member.name != identity.name))
    moments = [Moment(said.day or "", show(said.outlet or "–"), show(said.title or said.outlet or "–")) for said in person.sayings[:_DAYS]]
    return {
        "name": identity.name,
        "kind": identity.kind,
        "names": names,
        "facts": {label: identity.gather(label) for label in ("roles", "affiliations", "handles")},
        "many": len(identity.members),
        "members": identity.members[:_MEMBERS],
        "reasons": identity.reasons,
        "apart": list(dict.fromkeys(identity.apart)),
        "statements": person.statements,
        "said": len(person.sayings),
        "articles": len({said.document for said in person.sayings}),
        "more": len(person.sayings) - len(person.statements),
        "time": lay_out_time(moments),
    }
