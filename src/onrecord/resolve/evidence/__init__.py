"""On what evidence: posts, screenshots, documents, translations and links that show statements, and what the text says of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import Phrase, find_phrases, load_evidence_words
from onrecord.resolve.evidence.pieces import Piece, Pieces
from onrecord.resolve.evidence.posts import Posts, find_day, find_posts
from onrecord.resolve.evidence.said import Said
from onrecord.resolve.evidence.status import Standing, find_standing
from onrecord.resolve.evidence.ties import tie_statements
from onrecord.resolve.evidence.translations import add_translations
from onrecord.resolve.who.entities import Entity, Gathered
from onrecord.types import Evidence, EvidenceKind, Page, Reading, Span, Status, Time

_POSTS = frozenset({"post", "tweet", "posted", "thread", "posting", "repost", "retweet", "toot"})
_DATING = re.compile(
    r"(?:(?: to [^,.;:]{1,40}?)?(?P<on> on )(?:the )?"
    r"|[^.;:“”\"\n]{0,70}?\b(?:(?P<dated>dated|written|signed)|released|published|filed|sent|issued)\b[^.;:“”\"\n]{0,15}?)"
)
_DATED = 12  # phrases of a document among which its date is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of evidence, before sources have ids. `readings` are the indices of the statements whose words it shows, `originals`
    those among them that are not inside another of them.
    """

    kind: EvidenceKind
    span: Span  # the words that tell of it; of an embed, all of it
    readings: tuple[int, ...] = ()
    originals: tuple[int, ...] = ()
    platform: str | None = None
    medium: str | None = None  # where what it shows stood first
    author: str | None = None
    handle: str | None = None
    url: str | None = None
    posted: date | None = None
    status: Status = "unknown"
    status_span: Span | None = None
    content: tuple[Span, ...] = ()
    words_of: Entity | None = None  # who said or wrote what it shows
    supplier: Entity | None = None
    translator: Entity | None = None

    @property
    def people(self) -> tuple[Entity, ...]:
        """Who has to do with it."""
        return tuple(e for e in (self.words_of, self.supplier, self.translator) if e is not None)

    def write(self, identity: str, ids: Mapping[int, str]) -> Evidence:
        """The item as a report has it; `ids` are the sources' by the `id()` of their entities."""
        words_of, supplier, translator = (None if e is None else ids[id(e)] for e in (self.words_of, self.supplier, self.translator))
        return Evidence(
            id=identity,
            kind=self.kind,
            span=self.span,
            platform=self.platform,
            author=self.author,
            handle=self.handle,
            url=self.url,
            posted=self.posted,
            status=self.status,
            status_span=self.status_span,
            content=self.content,
            words_of=words_of,
            supplied_by=supplier,
            translated_by=translator,
        )


def find_evidence(page: Page, readings: Sequence[Reading], gathered: Gathered, times: Sequence[Time]) -> tuple[Item, ...]:
    """Every piece of evidence that the page shows or tells of, in text order."""
    words = load_evidence_words()
    regions = [b.span for b in page.blocks if b.kind not in ("embed", "heading")]
    phrases = find_phrases(page.text, regions, words)
    agents = Agents(page.text, gathered, times, words)
    said = Said(readings, gathered, page.embeds)
    posts = find_posts(page.text, phrases, said, agents, times, words)
    pieces = Pieces(page.text, phrases, posts, agents)
    tie_statements(page.text, phrases, posts, pieces, said, agents)
    add_translations(page.text, phrases, posts, pieces, said, agents)
    _share_translated(pieces.found)
    shown = [p for p in pieces.found if _is_evidence(p)]
    standing = find_standing(page.text, phrases, posts, pieces, agents)
    items = [_build_embed(i, posts, said, standing) for i in range(len(page.embeds))]
    items += [_build_piece(page.text, p, phrases, said, times, standing) for p in shown]
    items += _build_links(posts, shown, said, standing)
    return tuple(sorted(items, key=lambda i: (i.span.start, i.span.end)))


def _is_evidence(piece: Piece) -> bool:
    """Whether a text treats a piece as evidence: it says who supplied, obtained or saw it, or gives its words."""
    if piece.kind == "screenshot":
        return piece.told or piece.post is not None or piece.shows is not None or bool(piece.quoted)
    if piece.kind == "translation":
        return bool(piece.translator or piece.readings or piece.quoted)
    if piece.post is not None:
        return piece.told or piece.archived or bool(piece.quoted)
    return piece.counted and piece.told


def _share_translated(pieces: Sequence[Piece]) -> None:
    """A letter holds the statements of its translation too."""
    for piece in pieces:
        if piece.kind == "translation" and piece.shows is not None and piece.shows.kind == "document":
            piece.shows.readings |= piece.readings


def _build_embed(index: int, posts: Posts, said: Said, standing: Standing) -> Item:
    embed = said.embeds[index]
    post = posts.by_embed[index]
    readings = dict.fromkeys((*said.in_embed.get(index, ()), *post.readings))
    told = standing.get(post)
    return Item(
        kind="embed",
        span=embed.span,
        readings=_list_tied(readings, said),
        originals=tuple(i for i in said.in_embed.get(index, ()) if said.readings[i].within is None),
        platform=embed.platform or post.platform,
        author=embed.author,
        handle=embed.handle,
        url=embed.url,
        posted=embed.posted,
        status=told.status if told else "unknown",
        status_span=told.span if told else None,
        content=embed.content,
    )


def _build_piece(text: str, piece: Piece, phrases: Sequence[Phrase], said: Said, times: Sequence[Time], standing: Standing) -> Item:
    """What is told of a piece, with what is told of the post or document that it shows."""
    readings = dict(piece.readings)
    if piece.kind == "screenshot" and piece.post is not None and piece.post.embed is None:
        readings |= piece.post.readings
    told = standing.get(piece) or (standing.get(piece.post) if piece.kind == "screenshot" and piece.post is not None else None)
    words_of = piece.author or (piece.post.owner if piece.post else None) or (piece.shows.author if piece.shows else None)
    whose = (
        piece.translator
        if piece.kind == "translation"
        else piece.supplier
        if piece.kind == "screenshot"
        else piece.author or piece.supplier
    )
    assert piece.span is not None
    return Item(
        kind=piece.kind,
        span=piece.span,
        readings=_list_tied(readings, said),
        originals=tuple(sorted(readings)),
        platform=(piece.post.platform if piece.post and piece.kind != "translation" else None) or piece.platform,
        medium=piece.post.platform if piece.post else None,
        author=whose.name if whose else None,
        posted=_find_posted(text, piece, phrases, times) if piece.kind == "document" and piece.post is None else None,
        status=told.status if told else "archived" if piece.archived else "unknown",
        status_span=told.span if told else None,
        content=tuple(_list_content(readings, piece.quoted, said)),
        words_of=words_of,
        supplier=piece.supplier,
        translator=piece.translator,
    )


def _build_links(posts: Posts, shown: Sequence[Piece], said: Said, standing: Standing) -> Iterator[Item]:
    """The posts that are only told of: what they say, or what became of them, and no embed or screenshot shows them."""
    seen = {id(p.post) for p in shown if p.kind != "translation"}
    for post in posts.found:
        told = standing.get(post)
        if post.embed is not None or id(post) in seen or not (post.readings or told) or not (post.platform or post.noun in _POSTS):
            continue
        yield Item(
            kind="link",
            span=post.spans[0],
            readings=_list_tied(post.readings, said),
            originals=tuple(sorted(post.readings)),
            platform=post.platform,
            medium=post.platform,
            author=post.owner.name if post.owner else None,
            posted=post.posted,
            status=told.status if told else "unknown",
            status_span=told.span if told else None,
            content=tuple(_list_content(post.readings, (), said)),
            words_of=post.owner,
        )


def _list_tied(readings: Iterable[int], said: Said) -> tuple[int, ...]:
    """Readings with those inside them, in order."""
    own = list(readings)
    return tuple(sorted({*own, *(inner for i in own for inner in said.list_nested(i))}))


def _list_content(readings: Iterable[int], quoted: Sequence[Span], said: Said) -> list[Span]:
    """The words shown: the contents of statements, and what else is quoted, none twice."""
    spans: list[Span] = []
    for span in sorted((*(s for i in readings for s in said.readings[i].content), *quoted), key=lambda s: (s.start, -s.end)):
        if not spans or span.start >= spans[-1].end:
            spans.append(span)
    return spans


def _find_posted(text: str, piece: Piece, phrases: Sequence[Phrase], times: Sequence[Time]) -> date | None:
    """The day of a document: the one that is named right behind a phrase for it, "dated May 14", "on Monday"."""
    found = []
    for place in piece.phrases[:_DATED]:
        phrase = phrases[place]
        first = bisect_left(times, phrase.span.end, key=lambda t: t.span.start)
        if first < len(times) and times[first].span.end <= phrase.sentence.end:
            day = find_day(times, Span(phrase.span.end, times[first].span.end))
            dating = _DATING.fullmatch(text, phrase.span.end, times[first].span.start) if day else None
            if dating is not None and (not dating["on"] or phrase.left(text).lower().endswith("in ")):
                found.append((dating["dated"] is None, day))
    return min(found, key=lambda f: f[0])[1] if found else None


def find_originators(items: Sequence[Item], readings: Sequence[Reading], speakers: Sequence[Entity | None]) -> list[Item | None]:
    """For each reading the piece of evidence that shows whose words it renders (`words_of`, at `medium`), where that is somebody else than
    its source: a post for its translation, and for words that have no source of their own. A letter is no relay of its author's
    words, nor a screenshot. Words that stand inside a post as a translation are the author's, not all that is posted.
    """
    found: list[Item | None] = [None] * len(speakers)
    for item in items:
        for holder in item.originals:
            inside = [i for i in item.readings if readings[i].within == holder and speakers[i] is None]
            for at in inside or [holder]:
                if item.words_of is None or item.words_of is speakers[at] or item.kind == "embed":
                    continue
                if item.kind == "translation" or speakers[at] is None:
                    found[at] = item
    return found


def find_translated(items: Sequence[Item]) -> frozenset[int]:
    """The readings whose words are a translation."""
    return frozenset(at for item in items if item.kind == "translation" for at in item.readings)
