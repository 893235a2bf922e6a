"""Who, and through whom: the sources of statements, gathered over the document, and the chains from originator to publisher.

`resolve` takes a page and the readings of its text, and gives back what a report holds of them. What the text does not settle stays
as it stands: a pronoun with nobody before it is a source of that name, a description that fits nobody is its own source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onrecord.resolve.about import find_about, find_disputed
from onrecord.resolve.certainty import rate_certainty
from onrecord.resolve.chains import build_chain
from onrecord.resolve.evidence import find_evidence, find_originators, find_translated
from onrecord.resolve.media import find_media
from onrecord.resolve.relays import find_relays
from onrecord.resolve.times import Telling, find_times, find_times_said
from onrecord.resolve.vocabulary import Vocabulary, load_vocabulary
from onrecord.resolve.who.entities import Entity, Gathered, write_sources
from onrecord.resolve.who.leads import find_leads
from onrecord.resolve.who.mentions import Mention, parse_mention
from onrecord.resolve.who.names import Names, find_document_names, find_words, is_title
from onrecord.resolve.who.parties import find_parties
from onrecord.resolve.who.ranking import Chooser, load_ranker
from onrecord.resolve.who.scan import find_mentions
from onrecord.resolve.who.sources import Gathering, Here
from onrecord.resolve.who.voices import Voices
from onrecord.types import Embed, Evidence, Hop, Page, Reading, Source, SourceRef, Span, Statement, Time, Variant
from onrecord.versions import find_insertions, find_variants

__all__ = ["Resolved", "gather", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What resolving adds to a page."""

    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    evidence: tuple[Evidence, ...]
    times: tuple[Time, ...] = ()
    variants: tuple[Variant, ...] = ()
    warnings: tuple[str, ...] = ()


def resolve(page: Page, readings: Sequence[Reading]) -> Resolved:
    """Statements with their sources, chains and times, in the readings' order; ids are given in text order."""
    text, vocabulary = page.text, load_vocabulary()
    gathered = gather(page, readings, names=find_document_names(text, vocabulary))
    times = find_times(text, page.published)
    items = find_evidence(page, readings, gathered, times.found)
    relays = find_relays(text, readings, gathered)
    shown = find_originators(items, readings, gathered.speakers)
    originators = [told.originator or (item.words_of if item else None) for told, item in zip(relays, shown, strict=True)]
    speakers = [speaker or originator for speaker, originator in zip(gathered.speakers, originators, strict=True)]
    others = [*(p for item in items for p in item.people), *(p for relay in relays for p in relay.people)]
    involved = list(dict.fromkeys(e for e in (*speakers, *originators, *others) if e is not None))
    sources, ids = write_sources([*involved, *find_parties(text, involved, gathered.mentions, gathered.entities)])
    by_id = {s.id: s for s in sources}
    named = [None if e is None else ids[id(e)] for e in speakers]
    posted = {at: item.medium for item in items if item.kind in ("link", "screenshot") for at in item.originals}
    posted |= {at: item.platform for item in items if item.kind == "embed" for at in item.readings if readings[at].within is None}
    media = [medium or posted.get(at) for at, medium in enumerate(find_media(text, readings, named, by_id, page.embeds))]
    first_hops = [
        None if e is None else Hop(ids[id(e)], None, item.medium if item and item.words_of is e else None)
        for e, item in zip(originators, shown, strict=True)
    ]
    through = [None if told.through is None else by_id[ids[id(told.through)]] for told in relays]
    telling = Telling(
        text=text,
        readings=readings,
        times=times.found,
        embeds=page.embeds,
        speakers=named,
        mentions={s.id: s.mentions for s in sources},
        published=page.published,
    )
    said = find_times_said(telling)
    people = frozenset(s.id for s in sources if s.kind == "person")
    about = find_about(text, readings, named, sources, media)
    certainty = rate_certainty(text, readings, find_disputed(about))
    statements = tuple(
        Statement(
            id=f"s{i + 1}",
            kind=reading.kind,
            content=reading.content,
            cue=reading.cue,
            source=SourceRef(name, reading.source) if (name := named[i]) else None,
            within=None if reading.within is None else f"s{reading.within + 1}",
            about=tuple(f"s{comment.target + 1}" for comment in about[i]),
            stances=tuple(comment.stance for comment in about[i]),
            chain=build_chain(i, readings, named, media, first_hops, through, people),
            time=said[i],
            certainty=certainty[i],
            confidence=reading.confidence,
            evidence=tuple(f"e{at}" for at, item in enumerate(items, 1) if i in item.readings),
            insertions=find_insertions(text, reading.content),
        )
        for i, reading in enumerate(readings)
    )
    return Resolved(
        statements=statements,
        sources=sources,
        evidence=tuple(item.write(f"e{at}", ids) for at, item in enumerate(items, 1)),
        times=times.found,
        variants=find_variants(text, statements, find_translated(items), sources),
        warnings=times.warnings,
    )


def gather(
    page: Page,
    readings: Sequence[Reading],
    *,
    spans: Sequence[Span] | None = None,
    names: Names | None = None,
    ranker: Chooser | None = None,
) -> Gathered:
    """Every mention of a page's people, bodies and documents, gathered into entities.

    `spans` are mentions to gather, if they are known already; by default they are found in the page's blocks. The sources of
    the readings are always among them.
    """
    vocabulary = load_vocabulary()
    names = names or find_document_names(page.text, vocabulary)
    sources = [_parse_source(page.text, r, page.embeds, names, vocabulary) for r in readings]
    known = [m for m in sources if m is not None]
    if spans is None:
        mentions = find_mentions(page.text, [b.span for b in page.blocks], known, names, vocabulary)
    else:
        given = {s: parse_mention(page.text, s, names, vocabulary) for s in spans}
        mentions = sorted({**given, **{m.span: m for m in known}}.values(), key=lambda m: (m.span.start, -m.span.end))
    place = {m.span: i for i, m in enumerate(mentions)}
    speakers = [None if m is None else place[m.span] for m in sources]
    here = Here(page.authors[0] if len(page.authors) == 1 else None, page.publisher)
    wholes = {place: reading.source[0] for place, reading in zip(speakers, readings, strict=True) if place is not None}
    voices = Voices(page.text, readings)
    headings = [b.span for b in page.blocks if b.kind == "heading"]
    gathering = Gathering(page.text, mentions, names, voices, speakers, wholes, here, vocabulary, ranker or load_ranker(), headings)
    entities = gathering.gather()
    for speaker, reading in zip(speakers, readings, strict=True):
        if speaker is not None and reading.embed is not None and (handle := page.embeds[reading.embed].handle):
            entities[speaker].handles += [handle] * (handle not in entities[speaker].handles)
    for described, named_one in find_leads(page.text, readings, [None if s is None else entities[s] for s in speakers]):
        described.join(named_one)
    entities = [e.follow() for e in entities]
    for speaker, reading in zip(speakers, readings, strict=True):
        if speaker is not None:
            entities[speaker].spans[reading.source[0]] = None
    speaking = _inherit(readings, [None if s is None else entities[s] for s in speakers])
    for entity in speaking:
        if entity is not None and entity.place and not entity.sure:
            entity.kind = "organisation"  # "Brussels said": those who govern there
    return Gathered(tuple(mentions), tuple(entities), tuple(speaking))


def _parse_source(text: str, reading: Reading, embeds: Sequence[Embed], names: Names, vocabulary: Vocabulary) -> Mention | None:
    if not reading.source:
        return None
    mention = parse_mention(text, reading.source[0], names, vocabulary)
    if mention.name_span is not None:
        mention = replace(mention, span=_widen(text, mention.span, mention.name_span, vocabulary))
    if reading.embed is not None and (author := embeds[reading.embed].author):
        return Mention(mention.span, "name", author, name=author, kind=mention.kind if mention.form == "name" else "person")
    return mention


def _widen(text: str, source: Span, name: Span, vocabulary: Vocabulary) -> Span:
    """A name in a source, with the titles in front of it: what stands beside it is a mention of its own."""
    start = name.start
    for word in reversed(list(find_words(text, Span(source.start, name.start)))):
        if word.of(text)[0].islower() or text[word.end : start].strip(" .\u00a0") or not is_title(word.of(text), vocabulary):
            break
        start = word.start
    return Span(start, name.end)


def _inherit(readings: Sequence[Reading], found: list[Entity | None]) -> list[Entity | None]:
    """The sources with those of quotations without a cue: that of the last quoting statement before, at the same depth."""
    last: dict[int | None, Entity | None] = {}
    for i, reading in enumerate(readings):
        if found[i] is None and not reading.source and not reading.cue and reading.embed is None:
            found[i] = last.get(reading.within)
        if reading.embed is None:
            last[reading.within] = found[i]
    return found
