"""Who, and through whom: the sources of statements, gathered over the document, and the chains from originator to publisher.

`resolve` takes a page and the readings of its text, and gives back what a report holds of them. What the text does not settle stays
as it stands: a pronoun with nobody before it is a source of that name, a description that fits nobody is its own source.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.resolve.chains import build_chain, find_medium
from onrecord.resolve.mentions import Mention, parse_mention
from onrecord.resolve.names import find_document_names
from onrecord.resolve.sources import Entity, Gathering, fold_name, write_sources
from onrecord.resolve.vocabulary import load_vocabulary
from onrecord.types import Embed, Evidence, Page, Reading, Source, SourceRef, Span, Statement

__all__ = ["Resolved", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What resolving adds to a page."""

    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    evidence: tuple[Evidence, ...]


def resolve(page: Page, readings: Sequence[Reading]) -> Resolved:
    """Statements with their sources and chains, in the readings' order; ids are given in text order."""
    vocabulary = load_vocabulary()
    gathering = Gathering(page.text, find_document_names(page.text, vocabulary), vocabulary)
    entities = _gather(page, readings, gathering)
    _open_affiliations(page.text, gathering)
    sources, ids = write_sources([e for e in gathering.entities if e.spans])
    named = [ids[id(e)] if e and id(e) in ids else None for e in entities]
    media = [find_medium(page.text, r, None if r.within is None else readings[r.within], page.embeds, vocabulary) for r in readings]
    evidence, evidence_ids = _list_evidence(page.embeds)
    statements = tuple(
        Statement(
            id=f"s{i + 1}",
            kind=reading.kind,
            content=reading.content,
            cue=reading.cue,
            source=SourceRef(name, reading.source) if (name := named[i]) else None,
            within=None if reading.within is None else f"s{reading.within + 1}",
            chain=build_chain(i, readings, named, media),
            confidence=reading.confidence,
            evidence=() if reading.embed is None else (evidence_ids[reading.embed],),
        )
        for i, reading in enumerate(readings)
    )
    return Resolved(statements, sources, evidence)


def _gather(page: Page, readings: Sequence[Reading], gathering: Gathering) -> list[Entity | None]:
    """The entity behind each reading, if there is one."""
    text = page.text
    mentions = [_parse_source(text, r, page.embeds, gathering) for r in readings]
    named = gathering.gather_names(m for m in mentions if m and m.form == "name")
    for mention, reading in zip(mentions, readings, strict=True):
        if mention and reading.embed is not None and (handle := page.embeds[reading.embed].handle):
            author = named[mention.span]
            author.handles += [handle] * (handle not in author.handles)
    found: list[Entity | None] = []
    seen: dict[Span, Entity] = {}
    recent: list[tuple[Span, Entity]] = []  # sources so far, in text order
    for i, (mention, reading) in enumerate(zip(mentions, readings, strict=True)):
        holder, since = (None, 0) if reading.within is None else (found[reading.within], readings[reading.within].content[0].start)
        if mention is None:
            found.append(_inherit(reading, readings, found, i))
            continue
        entity: Entity | None = seen.get(mention.span) or named.get(mention.span) or gathering.resolve_other(mention, holder, since, recent)
        found.append(entity)
        if entity is not None:
            seen[mention.span] = entity
            insort(recent, (mention.span, entity), key=lambda r: r[0])
    joined = gathering.join_roles()
    return [joined.get(id(entity), entity) for entity in found]


def _parse_source(text: str, reading: Reading, embeds: Sequence[Embed], gathering: Gathering) -> Mention | None:
    if not reading.source:
        return None
    mention = parse_mention(text, reading.source[0], gathering.names, gathering.vocabulary)
    if reading.embed is not None and (author := embeds[reading.embed].author):
        return Mention(mention.span, "name", author, name=author, kind=mention.kind if mention.form == "name" else "person")
    return mention


def _inherit(reading: Reading, readings: Sequence[Reading], found: Sequence[Entity | None], index: int) -> Entity | None:
    """The source of a quotation without a cue: that of the last quoting statement before it, at the same depth."""
    if reading.cue or reading.embed is not None:
        return None
    return next((found[j] for j in range(index - 1, -1, -1) if readings[j].within == reading.within and readings[j].embed is None), None)


def _open_affiliations(text: str, gathering: Gathering) -> None:
    """What people belong to becomes a source of its own, with the places that name it."""
    known = {fold_name(n) for e in gathering.entities if e.named for n in e.names}
    places: dict[str, list[Span]] = {}
    for span in gathering.names.spans:
        places.setdefault(span.of(text), []).append(span)
    for name in dict.fromkeys(a for e in gathering.entities for a in e.affiliations):
        if name in places and fold_name(name) not in known:
            known.add(fold_name(name))
            gathering.entities.append(Entity(names=[name], kind="organisation", named=True, spans=places[name]))


def _list_evidence(embeds: Sequence[Embed]) -> tuple[tuple[Evidence, ...], list[str]]:
    evidence = tuple(
        Evidence(
            id=f"e{i}", kind="embed", platform=e.platform, author=e.author, handle=e.handle, url=e.url, posted=e.posted, content=e.content
        )
        for i, e in enumerate(embeds, 1)
    )  # fmt: skip
    return evidence, [e.id for e in evidence]
