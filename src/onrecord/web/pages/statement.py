"""A statement: its chain, all its versions under one base, when it stood where, and how to cite it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from onrecord.errors import UsageError
from onrecord.store import Receipt, Trace, Version, load_receipt, load_report, load_reviews, trace
from onrecord.trace.told import Told
from onrecord.types import Json
from onrecord.view.citation import build_citation
from onrecord.view.outline import LABELS
from onrecord.view.visible import show
from onrecord.web.differences import find_bits
from onrecord.web.pages.common import Fresh, OnSite, answer, build_text_link, find_missing, name_certainty, wants_json
from onrecord.web.pictures import Hop, Moment, Way, lay_out_time, lay_out_ways

router = APIRouter()
_MOST = 200  # versions in the table; the twin has all


@router.get("/statement/{document}/{statement}")
@router.get("/statement/{document}/{statement}.json")
def show_statement(
    request: Request, site: OnSite, state: Fresh, document: str, statement: str, base: str = "", full: bool = False, related: bool = False
) -> Response:
    asked = f"{document}/{statement}"
    try:
        load_report(site.store, asked)
        question = ("trace", asked, base, related)
        found = site.remember(question, state.head, lambda: trace(site.store, asked, base=base, related=related))
    except UsageError as error:
        raise find_missing(error) from None
    told, receipt = _find_own(found, document, statement), load_receipt(site.store, document)
    reviews = [each.to_dict() for each in load_reviews(site.store, told.document).get(told.statement, ())]
    if wants_json(request):
        captured = receipt.captured
        about = {"statement": told.id, "citation": build_citation(told, captured), "sha256": receipt.sha256, "captured": captured}
        return answer(request, "statement.html", {**about, **found.to_dict(), "reviews": reviews})
    drawn = build_drawing(found, told, receipt, full=full)
    return answer(request, "statement.html", drawn, reviews=reviews, full=full, base=base, related=related)


def _find_own(found: Trace, document: str, statement: str) -> Told:
    beginning = document.lower().removeprefix("sha256:")
    return next(v.told for v in found.versions if v.told.document.startswith(beginning) and v.told.statement == statement.lower())


def build_drawing(found: Trace, told: Told, receipt: Receipt, *, full: bool) -> dict[str, Any]:
    """What is drawn of a trace."""
    base = found.versions[found.base].told
    numbers = {found.articles[at]: number for number, origin in enumerate(found.origins, 1) for at in origin.members}
    return {
        "told": told,
        "label": LABELS[told.kind],
        "certainty": name_certainty(told.certainty),
        "hops": build_hops(told),
        "ways": lay_out_ways(build_ways(found, told, numbers)),
        "origins": _describe_origins(found),
        "articles": len(found.articles),
        "versions": [_draw_version(version, base, told, numbers, full=full) for version in found.versions[:_MOST]],
        "more": max(0, len(found.versions) - _MOST),
        "base_told": base,
        "time": lay_out_time(_find_moments(found, numbers)),
        "others": [version.told for version in found.related],
        "citation": build_citation(told, receipt.captured),
        "link": build_text_link(told.url, told.words.split(" … ")[0]),
        "receipt": receipt,
    }


def _draw_version(version: Version, base: Told, own: Told, numbers: Mapping[str, int], *, full: bool) -> Json:
    return {
        "told": version.told,
        "number": numbers[version.told.document],
        "relation": "base" if version.told is base else version.relation or "another part",
        "bits": find_bits(version, base, full=full),
        "is_same": version.relation is not None and not version.changes,
        "flags": [{"kind": flag.kind, "was": show(flag.was), "now": show(flag.now)} for flag in version.flags],
        "certainty": name_certainty(version.told.certainty),
        "names": [hop.name for hop in build_hops(version.told)[:-1]],
        "is_own": version.told.key == own.key,
    }


def build_hops(told: Told) -> tuple[Hop, ...]:
    """The chain of a statement, from the originator to the publisher; outlets that the article names as having it are in it too."""
    names = [(relay.name or "(not named)", relay.medium) for relay in told.chain] or [(told.source or "(no source in the text)", None)]
    known = {name.casefold() for name, _ in names} | {(told.outlet or "").casefold()}
    names += [(passing.name, None) for passing in told.through if passing.sure and passing.name.casefold() not in known]
    return (*(Hop(show(name), medium and show(medium), False) for name, medium in names), Hop(show(_name_outlet(told)), None, True))


def build_ways(found: Trace, own: Told, numbers: Mapping[str, int]) -> list[Way]:
    """How the words came into each article, by origins: the first version of each, and the one that is shown."""
    first: dict[str, Told] = {}
    for version in found.versions:
        if version.told.key == own.key or version.told.document not in first:
            first[version.told.document] = version.told
    return [
        Way(
            hops=build_hops(told),
            note=" · ".join(part for part in (told.published or "", name_certainty(told.certainty) or "") if part),
            told=name_certainty(told.certainty),
            is_own=told.key == own.key,
        )
        for told in sorted(first.values(), key=lambda each: numbers[each.document])
    ]


def _name_outlet(told: Told) -> str:
    return told.outlet or told.title or told.document[:12]


def _describe_origins(found: Trace) -> list[Json]:
    about = {version.told.document: version.told for version in reversed(found.versions)}
    return [
        {
            "day": about[found.articles[origin.members[0]]].published,
            "outlets": [about[found.articles[at]] for at in origin.members],
            "reasons": [show(reason) for reason in origin.reasons],
        }
        for origin in found.origins
    ]


def _find_moments(found: Trace, numbers: Mapping[str, int]) -> list[Moment]:
    """Each article once, in the lane of its origin, which is called by its first article's outlet."""
    first = next((v.told.key for v in found.versions if v.told.published), None)
    told = {version.told.document: version.told for version in reversed(found.versions)}
    lanes = {n: f"{n}  {show(_name_outlet(told[found.articles[o.members[0]]]))}" for n, o in enumerate(found.origins, 1)}
    many = {n: f" and {len(o.members) - 1} more" if len(o.members) > 1 else "" for n, o in enumerate(found.origins, 1)}
    return [
        Moment(each.published or "", lanes[numbers[key]] + many[numbers[key]], show(_name_outlet(each)), each.key == first)
        for key, each in sorted(told.items(), key=lambda item: numbers[item[0]])
    ]
