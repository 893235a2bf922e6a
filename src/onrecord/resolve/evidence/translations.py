"""Translations that verbs and labels tell of: "Strand translates it differently", "Translation:" above a quotation or in a post."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import Phrase
from onrecord.resolve.evidence.pieces import Piece, Pieces
from onrecord.resolve.evidence.posts import Posts
from onrecord.resolve.evidence.said import Said
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Span

_REACH = 400  # code points of a sentence looked at on either side, and between a translation and another rendering of it
_ACTIVE = re.compile(
    r"[ \u00a0](?:(?:it|this|that|them|(?:the|his|her|its|their|this|that)[ \u00a0][^.;:“”\"\n]{1,50}?)[ \u00a0])"
    r"(?:(?:slightly|somewhat|rather|quite|more \w+ly)[ \u00a0])?(?P<as>as|differently|otherwise|to read|thus)\b|[ \u00a0]it:"
)
_PASSIVE = re.compile(r"(?:[ \u00a0]\w+)?[ \u00a0]by[ \u00a0]")
_QUOTED = re.compile(r"[^.;\n“\"‘]{0,60}?(?P<words>“[^“”]{1,600}”|\"[^\"\n]{1,600}\"|‘[^’\n]{1,300}’)")
_BEFORE = re.compile(r"\b(?:was|were|been|is|are)[ \u00a0](?:\w+ly[ \u00a0])?\Z")


def add_translations(text: str, phrases: Sequence[Phrase], posts: Posts, pieces: Pieces, said: Said, agents: Agents) -> None:
    """Adds what verbs and labels tell to the pieces, or opens new ones."""
    nouns = [(p.span.start, i) for i, p in enumerate(phrases) if p.family == "translation"]
    told = [start for start, _ in nouns]
    for match in agents.words.patterns["translate"].finditer(text):
        if _read_verb(text, Span(*match.span()), phrases, nouns, posts, pieces, said, agents):
            told.append(match.start())
    told.sort()
    for match in agents.words.patterns["gave"].finditer(text):
        near = bisect_left(told, match.start())
        if near and match.start() - told[near - 1] <= _REACH:
            _read_gave(text, Span(*match.span()), posts, pieces, said, agents)
    for match in agents.words.label.finditer(text):
        _read_label(text, Span(match.start("label"), match.end()), posts, pieces, said)


def _read_verb(
    text: str,
    verb: Span,
    phrases: Sequence[Phrase],
    nouns: Sequence[tuple[int, int]],
    posts: Posts,
    pieces: Pieces,
    said: Said,
    agents: Agents,
) -> bool:
    start = max(find_sentence_start(text, verb.start, _REACH), verb.start - _REACH)
    end = find_sentence_end(text, verb.end, _REACH)
    ahead = text[start : verb.start]
    if agents.words.unreal.search(ahead) and not _BEFORE.search(ahead):
        return False
    if (by := _PASSIVE.match(text, verb.end, end)) and (who := agents.find_behind(by.end(), end)) is not None:
        at = bisect_left(nouns, (verb.start, -1)) - 1
        subject = nouns[at][1] if at >= 0 and nouns[at][0] >= start else None
        if subject is not None:
            piece = pieces.by_phrase[subject]
        elif _QUOTED.match(text, by.end(), end) is not None:
            piece = _open(pieces, Span(verb.start, by.end() - 1), verb.start, posts)
        else:
            return False
        piece.translator = piece.translator or who
        _tie_quoted(text, by.end(), end, piece, said)
        return True
    active = _ACTIVE.match(text, verb.end, end + 1)
    if active is None or _BEFORE.search(ahead):
        return False
    who = agents.find_before(start, verb.start)
    if who is None:
        return False
    piece = _open(pieces, Span(verb.start, active.end()), verb.start, posts)
    piece.translator = who
    if not _tie_quoted(text, active.end(), end, piece, said):
        _tie_embed(end, piece, said)
    return True


def _read_gave(text: str, verb: Span, posts: Posts, pieces: Pieces, said: Said, agents: Agents) -> None:
    start = max(find_sentence_start(text, verb.start, _REACH), verb.start - _REACH)
    who = agents.find_before(start, verb.start)
    if who is None or not _QUOTED.match(text, verb.end):
        return
    piece = _open(pieces, verb, verb.start, posts)
    piece.translator = who
    _tie_quoted(text, verb.end, find_sentence_end(text, verb.end, _REACH), piece, said)


def _open(pieces: Pieces, span: Span, at: int, posts: Posts) -> Piece:
    """A translation that no noun names: of what was spoken of last."""
    of = pieces.find_document(at)
    piece = Piece("translation", "translation", span=span, post=None if of is not None else posts.find(at), shows=of)
    pieces.found.append(piece)
    return piece


def _tie_quoted(text: str, at: int, end: int, piece: Piece, said: Said) -> bool:
    """Ties the words that are quoted next in the sentence."""
    quoted = _QUOTED.match(text, at, min(len(text), end + 2))
    if quoted is None:
        return False
    words = Span(*quoted.span("words"))
    tied = [i for i in said.find_contents(Span(words.start - 8, words.start + 2)) if said.readings[i].embed is None]
    piece.readings.update(dict.fromkeys(tied))
    piece.quoted.append(words)
    return True


def _tie_embed(end: int, piece: Piece, said: Said) -> None:
    """Ties the post that follows, if it is the translator's."""
    embed = said.find_embed_after(end)
    if embed is not None and said.embeds[embed].span.start - end < 8 and said.find_owner(embed) is piece.translator:
        piece.readings.update(dict.fromkeys(i for i in said.in_embed.get(embed, ()) if said.readings[i].within is None))
        piece.quoted += said.embeds[embed].content


def _read_label(text: str, label: Span, posts: Posts, pieces: Pieces, said: Said) -> None:
    """`Translation:` in a post is of the post of somebody else that was spoken of last."""
    at = label.end + len(text[label.end : label.end + 8]) - len(text[label.end : label.end + 8].lstrip())
    embed = said.find_embed_after(at)
    if embed is not None and said.embeds[embed].span.start <= at < said.embeds[embed].span.end:
        owner = said.find_owner(embed)
        before = (p for p in pieces.found if p.kind == "translation" and p.translator is owner and owner is not None)
        known = next((p for p in before if not p.readings.keys().isdisjoint(said.in_embed.get(embed, ()))), None)
        piece = known or Piece("translation", "translation", span=label, translator=owner, post=posts.find(label.start, but=owner))
        readings = said.in_embed.get(embed, [])
        nested = sorted(i for outer in readings[:1] for i in said.list_nested(outer))
        inner = [i for i in nested if (first := said.readings[i].content[0]).start >= at and _is_quoted(text, first)]
        piece.readings = dict.fromkeys(inner[:1] or readings[:1])
        speaker = said.speakers[inner[0]] if inner else None
        piece.author = speaker if speaker is not owner else None
        piece.quoted = [] if inner else list(said.embeds[embed].content)
        pieces.found += [] if known else [piece]
        return
    quoted = _QUOTED.match(text, at)
    if quoted is not None and quoted.start("words") == at:
        piece = _open(pieces, label, label.start, posts)
        piece.readings.update(dict.fromkeys(said.find_contents(Span(at - 1, at + 2))))
        piece.quoted.append(Span(*quoted.span("words")))


def _is_quoted(text: str, content: Span) -> bool:
    return text[max(0, content.start - 1) : content.start + 1].strip(" ")[:1] in "“\"‘'«" if content.start else False
