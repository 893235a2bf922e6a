"""The posts that a text tells of, each once: embedded ones, and those that it only speaks of.

A post is whose it is and on which platform; where either is not told it may be any. What speaks of "the post" means the last one
before it that may be meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import EvidenceWords, Phrase
from onrecord.resolve.evidence.said import Said
from onrecord.resolve.who.entities import Entity, fold_name
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Span, Time

_REACH = 400  # code points of a sentence looked at on either side
_VERB = 60  # between a verb of posting and the platform
_BREAK = re.compile(r"[.;:“”\"\n]")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are)[ \u00a0](?:\w+ly[ \u00a0])?\Z")
_RENAMED = {"X", "Twitter"}
_TOPIC = 2  # places where a text speaks of a post that it goes on about, at least
_RECENT = 20  # posts looked through for one that is meant
_BY = re.compile(
    r"(?:[ \u00a0](?:on|to|via)[ \u00a0][\w ]{1,16}?)?[ \u00a0](?:(?:posted|shared|written|published|uploaded|made)[ \u00a0])?"
    r"(?:by|(?P<of>from)|attributed to|in the name of)[ \u00a0]"
)
_PUT = re.compile(
    r"(?:[ \u00a0](?:was|were|been|has|had|is|being|first|which|that)|,)*[ \u00a0]"
    r"(?:posted|shared|published|uploaded|written|put up|sent)\b[^.,;:“”\"\n]{0,60}?\b(?:by|in the name of|attributed to|from)[ \u00a0]"
)
_IN_NAME = re.compile(
    r"(?:,[ \u00a0](?:which|that))?[^.,;:“”\"\n]{0,60}?"
    r"\b(?:in the name of|bearing the name of|under the name of|attributed to|belonging to|linked to|run by)[ \u00a0]"
)
_ON = re.compile(r"[^.;:“”\"\n]{0,60}?\b(?:on|to|via)[ \u00a0]\Z")


@dataclass(slots=True, eq=False)
class Post:
    """A post while the text is read. `readings` are the statements that it makes."""

    owner: Entity | None = None
    platform: str | None = None
    embed: int | None = None
    spans: list[Span] = field(default_factory=list)
    readings: dict[int, None] = field(default_factory=dict)
    posted: date | None = None
    noun: str = "post"

    def may_be(self, owner: Entity | None, platform: str | None) -> bool:
        """Whether nothing speaks against its being one of this owner on this platform."""
        return (owner is None or self.owner is None or owner is self.owner) and (
            platform is None or self.platform is None or platform == self.platform or {platform, self.platform} == _RENAMED
        )

    def learn(self, owner: Entity | None, platform: str | None) -> None:
        """What else is told of it."""
        self.owner, self.platform = self.owner or owner, self.platform or platform


class Posts:
    """The posts of one document in text order, with the phrases that speak of each (by place in the list of phrases)."""

    def __init__(self) -> None:
        self.found: list[Post] = []
        self.by_phrase: dict[int, Post] = {}
        self.by_embed: dict[int, Post] = {}
        self.by_owner: dict[int, list[Post]] = {}  # by the owner's `id()`
        self.waiting: dict[str, int] = {}  # for each noun the last phrase of what may turn out to be posted
        self._seen: list[tuple[int, Post]] = []  # where each was spoken of last

    def add(self, span: Span, owner: Entity | None, platform: str | None, noun: str = "post") -> Post:
        post = Post(owner, platform, spans=[span], noun=noun)
        self.found.append(post)
        self._seen.append((span.start, post))
        return post

    def touch(self, post: Post, span: Span) -> Post:
        post.spans.append(span)
        self._seen.append((span.start, post))
        return post

    def find_last(self, at: int) -> tuple[int, Post] | None:
        """Where a post was spoken of last before code point `at`, and which."""
        end = bisect_right(self._seen, at, key=lambda seen: seen[0])
        return self._seen[end - 1] if end else None

    def find(self, at: int, owner: Entity | None = None, platform: str | None = None, *, but: Entity | None = None) -> Post | None:
        """The post spoken of last before code point `at` that may be meant; one whose owner is known to be meant goes first, and one
        that the text goes on about before one that it only shows.
        """
        end = bisect_right(self._seen, at, key=lambda seen: seen[0])
        seen = [p for _, p in reversed(self._seen[max(0, end - _RECENT) : end])]
        near = [p for p in seen if p.may_be(owner, platform) and (but is None or (p.owner is not None and p.owner is not but))]
        sure = [p for p in near if owner is not None and p.owner is owner]
        if sure or not near:
            return next(iter(sure), None)
        topic = next((p for p in near if seen.count(p) >= _TOPIC), None)
        is_shown = near[0].embed is not None or (near[0].noun == "posted" and not near[0].readings)
        return topic if topic and is_shown and seen.count(near[0]) == 1 else near[0]


def find_posts(text: str, phrases: Sequence[Phrase], said: Said, agents: Agents, times: Sequence[Time], words: EvidenceWords) -> Posts:
    """Every post that is shown or spoken of."""
    posts = Posts()
    acts = _find_acts(text, said, agents, phrases, words)
    embedded = {fold_name(e.author): i for i, e in enumerate(said.embeds) if e.author}
    events: list[tuple[int, int, int]] = [(e.span.start, 0, i) for i, e in enumerate(said.embeds)]
    events += [(p.span.start, 1, i) for i, p in enumerate(phrases) if p.family in ("post", "message")]
    events += [(a.span.start, 2, i) for i, a in enumerate(acts)]
    for _, what, i in sorted(events):
        if what == 0:
            _take_embed(posts, i, said)
        elif what == 1:
            _take_phrase(posts, i, phrases, text, agents)
        else:
            _take_act(posts, acts[i], embedded, said, text)
    for post in posts.found:
        post.posted = _find_day(text, post.spans[0], times) if post.embed is None else None
        if post.owner is not None:
            posts.by_owner.setdefault(id(post.owner), []).append(post)
    return posts


def _take_embed(posts: Posts, index: int, said: Said) -> None:
    embed, owner = said.embeds[index], said.find_owner(index)
    meant = posts.find(embed.span.start, owner, embed.platform) if owner is not None or embed.platform else None
    if meant is None or meant.embed is not None or (meant.owner is not owner and meant.platform != embed.platform):
        meant = posts.add(embed.span, owner, embed.platform)
    else:
        posts.touch(meant, embed.span)
    meant.embed = index
    posts.by_embed[index] = meant
    meant.learn(owner, embed.platform)


def _take_phrase(posts: Posts, place: int, phrases: Sequence[Phrase], text: str, agents: Agents) -> None:
    phrase = phrases[place]
    owner = _find_owner(text, phrase, agents) or _find_account_owner(text, place, phrases, agents)
    meant = None if phrase.new else posts.find(phrase.span.start, owner, phrase.platform)
    if phrase.family == "message" and (meant is None or phrase.lemma not in ("message", meant.noun)):
        posts.waiting[phrase.lemma] = place
        return  # said or shown, not posted
    if meant is None:
        first = None if phrase.new else posts.waiting.pop(phrase.lemma, None)
        meant = posts.add(phrase.span if first is None else phrases[first].span, owner, phrase.platform, phrase.lemma)
        if first is not None:
            posts.by_phrase[first] = posts.touch(meant, phrase.span)
    else:
        posts.touch(meant, phrase.span)
        meant.learn(owner, phrase.platform)
    posts.by_phrase[place] = meant


def _find_account_owner(text: str, place: int, phrases: Sequence[Phrase], agents: Agents) -> Entity | None:
    """Whose page, account or channel a post is said to stand on: "a message on Pell’s Telegram channel"."""
    phrase, after = phrases[place], phrases[place + 1 : place + 2]
    if not after or after[0].family != "account" or after[0].owner is None or after[0].span.start >= phrase.sentence.end:
        return None
    return agents.get(after[0].owner) if _ON.fullmatch(text, phrase.span.end, after[0].span.start) else None


def _find_owner(text: str, phrase: Phrase, agents: Agents) -> Entity | None:
    """Whose post a phrase says that it is."""
    if phrase.owner is not None and (owner := agents.get(phrase.owner)) is not None:
        return owner
    right = phrase.right(text)
    for pattern in (_BY, _PUT, _IN_NAME):
        found = pattern.match(right)
        if found and (phrase.new or not found.groupdict().get("of")):
            return agents.find_behind(phrase.span.end + found.end(), phrase.sentence.end)
    verb = find_last(agents.words.patterns["own"], phrase.left(text))
    return agents.find_before(phrase.sentence.start, phrase.sentence.start + verb) if verb is not None else None


def find_last(pattern: re.Pattern[str], left: str) -> int | None:
    """Where the last match in some words begins, if nothing but space follows it."""
    found = None
    for match in pattern.finditer(left):
        found = match
    return found.start() if found and not left[found.end() :].strip() else None


# --- posts told of by a verb: "wrote on Facebook", "tweeted" -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Somebody posts something: the words that say so, and the statement that it makes, if there is one."""

    span: Span
    owner: Entity
    platform: str
    reading: int | None


def _find_acts(text: str, said: Said, agents: Agents, phrases: Sequence[Phrase], words: EvidenceWords) -> list[Act]:
    acts: list[Act] = []
    taken = {p.noun.start for p in phrases if p.family == "post"}
    for span, platform in sorted(_find_verbs(text, words)):
        if any(at in taken for at in range(span.start - 30, span.end)) or (acts and span.meets(acts[-1].span)):
            continue
        act = _read_act(text, span, platform, said, agents)
        acts += [act] if act is not None else []
    return acts


def _find_verbs(text: str, words: EvidenceWords) -> Iterator[tuple[Span, str]]:
    """Verbs of posting with the platform named behind them, and those that tell it themselves."""
    for found in words.on_platform.finditer(text):
        verb = None
        for match in words.patterns["post"].finditer(text, max(0, found.start() - _VERB), found.start()):
            verb = match
        if verb is not None and not found[0].lower().startswith("from") and not _BREAK.search(text, verb.end(), found.start()):
            yield Span(verb.start(), found.end()), words.name_platform(found["platform"]) or ""
    for found in words.patterns["tweet"].finditer(text):
        yield Span(*found.span()), "Twitter"


def _read_act(text: str, span: Span, platform: str, said: Said, agents: Agents) -> Act | None:
    start = find_sentence_start(text, span.start, _REACH)
    ahead = text[start : span.start]
    if agents.words.unreal.search(ahead):
        return None
    cues = [i for _, i in said.find_cues(Span(span.start - 2, span.end + 2)) if said.readings[i].embed is None]
    speaker = said.speakers[cues[0]] if cues else None
    if speaker is not None:
        return Act(span=span, owner=speaker, platform=platform, reading=cues[0])
    if _PASSIVE.search(ahead):
        return None
    owner = agents.find_before(start, span.start)
    return Act(span=span, owner=owner, platform=platform, reading=None) if owner is not None else None


def _take_act(posts: Posts, act: Act, embedded: Mapping[tuple[str, ...], int], said: Said, text: str) -> None:
    """A post told of by a verb is a new one; where its author is shown with other words nothing more is known of it."""
    shown = next((embedded[f] for n in act.owner.names if (f := fold_name(n)) in embedded), None)
    content = said.readings[act.reading].content if act.reading is not None else ()
    where = act.platform if shown is None else said.embeds[shown].platform
    is_there = where in (None, act.platform) or {where, act.platform} == _RENAMED
    if shown is not None and content and is_there and not is_same_words(text, content, said.embeds[shown].content):
        return
    post = posts.add(act.span, act.owner, act.platform, "posted")
    if act.reading is not None:
        post.readings[act.reading] = None


def is_same_words(text: str, one: Sequence[Span], other: Sequence[Span]) -> bool:
    """Whether most words of `one` are among those of `other`."""
    mine, theirs = ([w for s in spans for w in re.findall(r"\w+", s.of(text).lower())] for spans in (one, other))
    known = set(theirs)
    return bool(mine) and sum(w in known for w in mine) >= 0.7 * len(mine)


def _find_day(text: str, span: Span, times: Sequence[Time]) -> date | None:
    """The one day that the sentence of a post's first mention gives, if it gives just one."""
    low, high = find_sentence_start(text, span.start, _REACH), find_sentence_end(text, span.end, _REACH)
    return find_day(times, Span(low, high))


def find_day(times: Sequence[Time], around: Span) -> date | None:
    """The one day that is named in `around`; None if there is none, or another."""
    first = bisect_left(times, around.start, key=lambda t: t.span.start)
    near = takewhile(lambda t: t.span.start < around.end, times[first : first + 12])
    days = {t.days.first for t in near if t.days is not None and t.days.first == t.days.last}
    return days.pop() if len(days) == 1 else None
