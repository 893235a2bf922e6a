"""What became of posts, accounts and copies, as far as the text tells: deleted, suspended, archived, still there.

Each word that may tell is looked at where it stands: what it is said of (the phrase before it in its clause, the one behind an active
verb, or a pronoun), whether it is denied, and whether it is only feared, asked for or planned. The span is the shortest that tells:
from the noun to the word. That it is there no more is never concluded from anything else.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import EvidenceWords, Phrase
from onrecord.resolve.evidence.pieces import Piece, Pieces
from onrecord.resolve.evidence.posts import Post, Posts
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Span, Status

_REACH = 300  # code points of a sentence looked at on either side
_CLAUSE = 60  # between the noun and what became of it
_DENIAL = 16  # between "not" and what it denies
_NEAR = 30  # between an active verb and what it was done to
_TOKEN = re.compile(r"[\w’'-]+|[,;:—–.!?]")
_ASIDE = re.compile(r",[^,]*,|,? ?(?:which|that)\b.*|\([^()]*\)")
_JOINED = re.compile(r"\b(?:and|but)\b")
_COMPLEMENT = re.compile(r"(?:on|of|by|from|in|to|at|with|for|about|showing|containing|itself|where)\b[^,]*")
_VERBS = re.compile(r"\b(?:and|but|said|that|who|which|was|were|is|has|had)\b")
_OBJECT = re.compile(r"[ \u00a0](?:[\w’'-]+[ \u00a0]){0,3}")
_OBLIQUE = re.compile(r"\b(?:and|by|after|in|on|from|for|at|because)\b")
_PAST = frozenset({"was", "were", "had"})
_UNTIL = frozenset({"before", "until", "can", "could"})  # told in the past it has happened: "before it was removed"
_IT = re.compile(r"\b(?:it|them)\b", re.I)
_TAKEN_UP: frozenset[str] = frozenset({"post", "message", "account", "screenshot", "copy", "translation", "document", "loose", "picture"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What became of something: `of` is the place of the phrase that it is said of, None where a pronoun stands for it."""

    status: Status
    span: Span
    of: int | None
    at: int  # the code point where it is told


class Standing:
    """What became of each post and piece. What is said of it itself outweighs what is said of its author's account; of two such
    the later counts.
    """

    def __init__(self) -> None:
        self._told: dict[int, tuple[bool, int, Telling]] = {}  # by `id()`

    def get(self, what: Post | Piece | None) -> Telling | None:
        """What is told of a post or piece, if anything."""
        told = self._told.get(id(what)) if what is not None else None
        return told[2] if told else None

    def note(self, what: Post | Piece, telling: Telling, *, itself: bool) -> None:
        before = self._told.get(id(what))
        if before is not None and before[2].status == "archived" and isinstance(what, Piece):
            return  # an archived copy, still there
        if before is None or (itself, telling.at) >= before[:2]:
            self._told[id(what)] = (itself, telling.at, telling)


def find_standing(text: str, phrases: Sequence[Phrase], posts: Posts, pieces: Pieces, agents: Agents) -> Standing:
    """What the text tells of every post and piece."""
    standing = Standing()
    may_stand = bool(posts.found) or any(p.family in ("screenshot", "copy") for p in phrases)
    for telling in find_tellings(text, phrases, agents.words) if may_stand else ():
        phrase = None if telling.of is None else phrases[telling.of]
        if phrase is not None and phrase.family == "account":
            by = agents.words.by_platform.match(text, telling.span.end)
            for post in _find_of_account(phrase, posts, agents):
                standing.note(post, telling, itself=False)
                post.learn(None, agents.words.name_platform(by["platform"]) if by else None)
        elif phrase is not None:
            what = pieces.by_phrase.get(telling.of or 0) if phrase.family not in ("post", "message") else None
            what_else = what or posts.by_phrase.get(telling.of or 0)
            if what_else is not None:
                standing.note(what_else, telling, itself=True)
            if isinstance(what_else, Post) and (from_where := agents.words.by_platform.match(text, telling.span.end)):
                what_else.learn(None, agents.words.name_platform(from_where["platform"]))
        elif (seen := posts.find_last(telling.at)) is not None and telling.at - seen[0] <= _REACH:
            standing.note(seen[1], telling, itself=True)
    return standing


def _find_of_account(phrase: Phrase, posts: Posts, agents: Agents) -> Sequence[Post]:
    """The posts of the one whose account it is; the last one spoken of where it is not told whose."""
    owner = agents.get(phrase.owner) if phrase.owner is not None else None
    if owner is not None:
        return posts.by_owner.get(id(owner), ())
    post = posts.find(phrase.span.start, None, phrase.platform)
    return () if post is None else (post,)


def find_tellings(text: str, phrases: Sequence[Phrase], words: EvidenceWords) -> list[Telling]:
    """What the text tells, in text order."""
    nouns = [p.noun.start for p in phrases]
    found = []
    for match in words.told.finditer(text):
        telling = _read_telling(text, Span(*match.span()), phrases, nouns, words)
        if telling is not None:
            found.append(telling)
    return found


def _read_telling(text: str, word: Span, phrases: Sequence[Phrase], nouns: Sequence[int], words: EvidenceWords) -> Telling | None:
    told = words.statuses.get(word.of(text).lower().replace("\u00a0", " "), "deleted")  # what is done to "it"
    start = max(find_sentence_start(text, word.start, _REACH), word.start - _REACH)
    end = find_sentence_end(text, word.end, _REACH)
    ahead = [(m[0].lower(), m.start()) for m in _TOKEN.finditer(text, max(start, word.start - 80), word.start)]
    near_words = [w for w, _ in ahead[-3:]]
    happened = not _PAST.isdisjoint(near_words) or word.of(text).lower().startswith("no longer")
    if any(w in words.hypothetical and not (happened and w in _UNTIL) for w in near_words) or any(
        w in ("if", "unless", "whether") or w in words.wanted for w, _ in ahead[-8:]
    ):
        return None
    first, last = bisect_left(nouns, start), bisect_left(nouns, end)
    near = range(first, last)
    subject = _find_subject(text, word, ahead, phrases, near, words)
    if subject is None:
        return None
    of, span = subject
    if told == "archived" and of is not None:
        of = next((i for i in range(max(0, of - 2), of) if phrases[i].shows == of), of)  # "a copy of the post, archived by …"
    family = phrases[of].family if of is not None else None
    if family is not None and family not in _TAKEN_UP:
        return None
    phrase = word.of(text).lower()
    if phrase in words.accounts_only and family in ("document", "loose", "copy", "picture", "screenshot", "translation"):
        return None
    if told == "archived" and family == "account":
        return None
    if any(w in words.negated or w.endswith(("n’t", "n't")) for w, at in ahead[-4:] if at >= span.start or at > word.start - _DENIAL):
        return None if told in ("archived", "available") else Telling(status="available", span=span, of=of, at=word.start)
    return Telling(status=told, span=span, of=of, at=word.start)


def _find_subject(
    text: str,
    word: Span,
    ahead: Sequence[tuple[str, int]],
    phrases: Sequence[Phrase],
    near: range,
    words: EvidenceWords,
) -> tuple[int | None, Span] | None:
    """What a word of status is said of, and the shortest span that tells."""
    for i in near:  # "took the post down"
        if word.start < phrases[i].span.start and phrases[i].noun.end <= word.end:
            return i, word
    if _IT.search(text, word.start, word.end):  # "deleted it"
        return None, word
    for i in near:  # "a deleted tweet", "an archived copy"
        if phrases[i].span.start <= word.start and word.end <= phrases[i].noun.start:
            return i, word
    begin = word.start
    for token, at in reversed(ahead):
        if token not in words.auxiliary and token not in words.negated and not token.endswith(("n’t", "n't", "ly")):
            break
        begin = at
    passive = begin < word.start
    before = [i for i in near if phrases[i].noun.end <= begin]
    comma = text[max(0, begin - 3) : begin].rstrip(" \u00a0").endswith(",")
    for i in reversed(before):
        gap = text[phrases[i].noun.end : begin]
        if len(gap) > _CLAUSE or re.search(r"[.;:!?“”\"\n]", gap):
            break
        if _is_clause(gap, comma):
            if passive or phrases[i].new or gap.strip(" ,") == "":
                return i, Span(begin if comma and gap.strip(" ,") == "" else phrases[i].noun.start, word.end)
            break
    if passive and ahead:
        pronoun = next(((t, at) for t, at in reversed(ahead) if at < begin), None)
        if pronoun is not None and pronoun[0] in words.pronouns and text[pronoun[1] + len(pronoun[0]) : begin].strip() == "":
            return None, Span(pronoun[1], word.end)
    if not passive or ahead[-1][0] in ("has", "have", "had", "later", "then", "quickly", "also", "soon", "since"):
        return _find_object(text, word, phrases, near)
    return None


def _is_clause(gap: str, comma: bool) -> bool:
    """Whether a noun and what became of it are of one clause: nothing between, or what the noun is of, or an aside in commas."""
    inner = gap.strip(" \u00a0")
    if not inner or inner == ",":
        return True
    if _ASIDE.fullmatch(inner) and not _JOINED.search(inner):
        return True
    return not comma and _COMPLEMENT.fullmatch(inner) is not None and not _VERBS.search(inner)


def _find_object(text: str, word: Span, phrases: Sequence[Phrase], near: range) -> tuple[int, Span] | None:
    """The phrase right behind an active verb: "Twitter suspended his account", "she deleted the post"."""
    for i in near:
        if word.end < phrases[i].noun.start:
            gap = text[word.end : phrases[i].span.start]
            direct = len(gap) <= _NEAR and _OBJECT.fullmatch(gap) is not None and not _OBLIQUE.search(gap)
            return (i, Span(word.start, phrases[i].noun.end)) if direct else None
    return None
