"""Which statements a piece of evidence shows: those that have it for their source, that are made in it, or that stand behind it.

A statement is tied where the words say so: "the letter says", "it reads" right after the letter, "wrote in a letter that", "a post on
Facebook: “…”", an embed right behind a colon. Statements inside a tied one are tied with it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import DOCUMENTS, Phrase
from onrecord.resolve.evidence.pieces import Piece, Pieces
from onrecord.resolve.evidence.posts import Post, Posts, is_same_words
from onrecord.resolve.evidence.said import Said
from onrecord.types import Span

_NEAR = 300  # code points between a piece and the pronoun that stands for it
_BEHIND = 80  # between a phrase and the colon in front of its words
_IN = re.compile(r"\b(?:in|in (?:what|which) (?:was|is|he called|she called))[ \u00a0]\Z", re.I)
_BY = re.compile(r"\b(?:according to|citing|quoting|per|from)[ \u00a0]\Z", re.I)
_COLON = re.compile(r"[^.;:?!“”\"\n‘]{0,80}?:\s*")
_QUOTED = re.compile(r"“[^“”]{1,600}”|\"[^\"\n]{1,600}\"|‘.{1,600}?’(?![\w])", re.S)
_IT_READS = re.compile(r"\b[Ii]t (?:reads|read|begins|began|runs|ends|ended|concludes)\b")
_QUOTED_BEFORE = re.compile(r"(?P<words>“[^“”\n]{1,250}”|\"[^\"\n]{1,250}\"|(?<!\w)‘[^\n]{1,250}’)[ \u00a0]\Z")
_QUOTED_BEHIND = re.compile(r"[:,]?[ \u00a0](?P<words>“[^“”]{1,600}”|\"[^\"\n]{1,600}\"|‘[^\n]{1,600}?’(?!\w))")
_WRITTEN = re.compile(r"(?:(?:has|had|also|then)[ \u00a0])*(?:wrote|writes|posted|added|read|tweeted)(?:[ \u00a0]on\b.*)?", re.I)
_FILMS = frozenset({"video", "clip", "reel"})
_PRONOUNS = frozenset({"it", "they", "this"})


def tie_statements(text: str, phrases: Sequence[Phrase], posts: Posts, pieces: Pieces, said: Said, agents: Agents) -> None:
    """Adds the statements that each post and piece shows to it."""
    _tie_sources(text, phrases, posts, pieces, said, agents)
    _tie_read(text, phrases, posts, pieces, agents)
    _tie_written(text, posts, said)
    _tie_embedded(text, posts, said)
    for place, phrase in enumerate(phrases):
        shown = pieces.by_phrase.get(place) or posts.by_phrase.get(place)
        if shown is not None:
            _tie_in(text, phrase, shown, said)
            _tie_behind(text, phrase, shown, said)


def _tie_written(text: str, posts: Posts, said: Said) -> None:
    """ "Pell posted a threat on Facebook. “We will burn it,” he wrote": what is written next to a post that was told of is in it."""
    for post in posts.found:
        if post.embed is not None or post.readings or post.owner is None:
            continue
        for cue, i in said.find_cues(Span(post.spans[0].end, post.spans[0].end + _NEAR)):
            reading = said.readings[i]
            seen = posts.find_last(cue.start)
            is_own = said.speakers[i] is post.owner and reading.embed is None and reading.within is None and reading.kind != "indirect"
            if is_own and _WRITTEN.fullmatch(text, cue.start, cue.end) and seen is not None and seen[1] is post:
                post.readings[i] = None


def _tie_embedded(text: str, posts: Posts, said: Said) -> None:
    """What the author of a post is quoted as saying with the post's own words is in it."""
    for at, post in posts.by_embed.items():
        for i in said.by_speaker.get(id(post.owner), ()) if post.owner is not None else ():
            reading = said.readings[i]
            is_quoted = reading.embed is None and reading.within is None and reading.kind == "direct" and bool(reading.cue)
            if is_quoted and is_same_words(text, reading.content, said.embeds[at].content):
                post.readings[i] = None


def _tie_sources(text: str, phrases: Sequence[Phrase], posts: Posts, pieces: Pieces, said: Said, agents: Agents) -> None:
    starts = [p.span.start for p in phrases]
    for index, reading in enumerate(said.readings):
        if not reading.source or (reading.embed is not None and reading.within is None):
            continue
        source = reading.source[0]
        at = _find_head(text, source, phrases, starts)
        if at and phrases[at - 1].shows == at:
            at -= 1  # "one translation of | the message", of which only the end was read as the source
        if at is None and source.of(text).lower() in _PRONOUNS:
            at = _find_meant(text, source, reading.cue, phrases, starts, posts, pieces, said, agents, index)
        if at is None:
            continue
        post, piece = posts.by_phrase.get(at), pieces.by_phrase.get(at)
        if piece is not None:
            piece.readings[index] = None
            piece.told = True
        elif post is not None:
            post.readings[index] = None


def _find_head(text: str, source: Span, phrases: Sequence[Phrase], starts: Sequence[int]) -> int | None:
    """The phrase that a source is, or that stands beside it: "Threads Unpicked, a report"."""
    at = bisect_left(starts, source.start)
    if at and phrases[at - 1].span.start <= source.start < phrases[at - 1].noun.end <= source.end:
        return at - 1
    if at == len(phrases):
        return None
    phrase = phrases[at]
    if phrase.noun.end <= source.end and not text[source.start : phrase.span.start].strip() and phrase.family != "account":
        return at
    beside = text[source.end : phrase.span.start] == ", " or text[source.start : phrase.span.start].endswith(", ")
    return at if beside and phrase.new and phrase.family in DOCUMENTS and phrase.span.start <= source.end + 2 else None


def _find_meant(
    text: str,
    source: Span,
    cue: Sequence[Span],
    phrases: Sequence[Phrase],
    starts: Sequence[int],
    posts: Posts,
    pieces: Pieces,
    said: Said,
    agents: Agents,
    index: int,
) -> int | None:
    """The phrase that "it" stands for: the last one where only documents do what the cue says, else one of the same source."""
    before = bisect_left(starts, source.start)
    speaker = said.speakers[index]
    sure = any(c.of(text).lower() in ("reads", "read", "runs", "began", "begins") for c in cue)
    for at in range(before - 1, max(-1, before - 6), -1):
        phrase = phrases[at]
        if source.start - phrase.span.end > _NEAR:
            break
        if at not in posts.by_phrase and at not in pieces.by_phrase:
            continue
        if phrase.noun.of(text).endswith("s") != (source.of(text).lower() == "they"):
            continue
        if sure or (speaker is not None and speaker.kind == "document" and agents.get_described(phrase.span) is speaker):
            return at
    return None


def _tie_read(text: str, phrases: Sequence[Phrase], posts: Posts, pieces: Pieces, agents: Agents) -> None:
    """`“Neither,” it begins`, where no statement was read: the words are those of the piece that was spoken of last."""
    starts = [p.span.start for p in phrases]
    for match in _IT_READS.finditer(text) if phrases else ():
        before = bisect_left(starts, match.start())
        place = next((i for i in range(before - 1, max(-1, before - 4), -1) if i in pieces.by_phrase), None)
        if place is None or match.start() - phrases[place].span.end > 2 * _NEAR or pieces.by_phrase[place].readings:
            continue
        quoted = _QUOTED_BEFORE.search(text, max(0, match.start() - _NEAR), match.start()) or _QUOTED_BEHIND.match(text, match.end())
        if quoted is not None:
            pieces.by_phrase[place].told = True
            pieces.by_phrase[place].quoted.append(Span(*quoted.span("words")))


def _tie_in(text: str, phrase: Phrase, shown: Piece | Post, said: Said) -> None:
    """`wrote in a letter that`, `according to a memo`: the statement whose cue is nearest in the sentence."""
    left = phrase.left(text)
    inside = _IN.search(left) is not None
    if not inside and not _BY.search(left):
        return
    near = [
        (min(abs(cue.start - phrase.span.end), abs(phrase.span.start - cue.end)), i)
        for cue, i in said.find_cues(phrase.sentence)
        if said.readings[i].embed is None and not any(c.meets(phrase.noun) for c in said.readings[i].content)
    ]
    if not near:
        return
    index = min(near)[1]
    reading = said.readings[index]
    if any(s.meets(phrase.noun) for s in reading.source):
        return
    speaker = said.speakers[index]
    if isinstance(shown, Post):
        is_filmed = phrase.lemma in _FILMS  # in which somebody else than the one whose account it is may speak
        if inside and (is_filmed or shown.owner is None or shown.owner is speaker) and shown.embed is None:
            shown.owner = shown.owner or (None if is_filmed else speaker)
            shown.readings[index] = None
        return
    shown.readings[index] = None
    if inside and shown.kind == "document":
        shown.told = shown.told or phrase.family == "document"
        if shown.author is None and speaker is not None and speaker.kind != "document":
            shown.author = speaker


def _tie_behind(text: str, phrase: Phrase, shown: Piece | Post, said: Said) -> None:
    """Words behind a colon: `a note: ‘…’`, `a screenshot, and here it is word for word:` in front of an embed."""
    colon = _COLON.match(text, phrase.span.end, min(len(text), phrase.span.end + 2 * _BEHIND))
    if colon is None:
        return
    at = colon.end()
    embed = said.find_embed_after(at)
    if embed is not None and said.embeds[embed].span.start <= at < said.embeds[embed].span.end:
        if isinstance(shown, Piece) and shown.kind in ("screenshot", "translation"):
            shown.readings.update(dict.fromkeys(said.in_embed.get(embed, ())))
            shown.quoted += said.embeds[embed].content
        return
    quoted = _QUOTED.match(text, at)
    if quoted is None:
        return
    tied = said.find_contents(Span(at - 2, at + 2))
    shown.readings.update(dict.fromkeys(i for i in tied if said.readings[i].embed is None and not said.readings[i].source))
    if isinstance(shown, Piece):
        shown.told = shown.told or phrase.family != "message"
        if not tied:
            shown.quoted.append(Span(*quoted.span()))
