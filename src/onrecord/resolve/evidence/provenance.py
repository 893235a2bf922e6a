"""Who wrote, supplied or translated a piece of evidence, as the words on either side of the phrase that names it say.

In active clauses it is the subject of the verb in front of the phrase ("Joyce gave us a copy"), in passive ones whoever stands behind
"by" ("seen by", which says only that it was seen), in relative ones whoever stands behind "which". What has not happened ("refused to
release the letter") says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import Phrase
from onrecord.resolve.who.entities import Entity
from onrecord.types import Span

_BREAKS = re.compile(r"[;:“”\"\n]|\.\s")
_NO_GAP = re.compile(r"\b(?:said|says|told|who|but|one|another|in an?|whether|because|although|while|in which|asked|claimed)\b")
_NO_MIDDLE = re.compile(r"\b(?:said|says|that|who|which|and|but|was|were|is)\b")
_NO_OBJECT = re.compile(r"\b(?:and|that|of|in|on|by|for|from|at|a|an|was|were|is|are|had|how|what|when|where|whether|if|not|no)\b", re.I)
_BETWEEN = 70  # code points between a phrase and what is said of it
_MIDDLE = 60  # between a verb and its "by"
_AGENT = re.compile(rf"(?P<middle>[^.;:“”\"\n]{{0,{_MIDDLE}}}?)\bby\b")
_FROM = re.compile(r"(?:[ \u00a0]to[ \u00a0][^,.;:“”\"()\n]{1,40}?)?[ \u00a0](?:by|from)[ \u00a0]")
_WHICH = re.compile(r"[^;:“”\"\n.]{0,60}?(?<!\bin)(?<!\bto)(?<!\bof)(?<!\bon)(?<!\bby)(?<!\bfor)(?<!\bwith) which[ \u00a0]")
_HAVING = frozenset({"has", "have", "holds", "got", "received", "gets"})  # which say little of what is had
_SUBJECT = re.compile(r"(?!(?:was|were|is|are|had|has|have|will|would)\b)[^,.;:“”\"\n]{1,60}[ \u00a0]")
_IN_HAND = re.compile(r"[ \u00a0](?:in|of)[ \u00a0](?P<who>his|her|their|my)[ \u00a0](?:own\b|hand\b|handwriting\b)")
_OBJECT = re.compile(r"(?:[ \u00a0][\w’'.-]+){0,4}[ \u00a0]?")
_ADJECTIVE = re.compile(r"\b(?:an?|the|his|her|its|their|this|that)[ \u00a0]\Z", re.I)
_NOBODY = re.compile(r"\b(?:no one|nobody|none|neither)\b", re.I)
_NOT_SUPPLYING = frozenset({"keeps", "kept", "took", "taken"})  # but for screenshots and copies
_FILING = frozenset({"filed", "submitted", "issued", "sent", "presented"})  # what those do who wrote it
_ONLY_POSTS = frozenset({"shared", "published", "posted", "tweeted", "uploaded", "released", "circulated"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is told of a phrase: `told` whether it is said at all who supplied, obtained, saw or published what it names."""

    author: Entity | None = None
    supplier: Entity | None = None
    told: bool = False


def read_provenance(text: str, phrase: Phrase, shown: Phrase | None, agents: Agents, is_mail: bool) -> Provenance:
    """Provenance by the phrase's own sentence. `shown` is the phrase that it is of; `is_mail` whether those who send it wrote it."""
    behind = _read_relative(phrase, text, agents) or _read_passive(text, phrase, shown, agents, is_mail)
    author = _find_author(text, phrase, agents)
    ahead = _read_active(text, phrase, agents, is_mail and author is None)
    told = bool(behind and behind.told) or bool(ahead and ahead.told) or bool(phrase.before & agents.words.clues)
    return Provenance(
        author=author or (behind.author if behind else None) or (ahead.author if ahead else None),
        supplier=(behind.supplier if behind else None) or (ahead.supplier if ahead else None),
        told=told,
    )


def _find_author(text: str, phrase: Phrase, agents: Agents) -> Entity | None:
    """Who wrote it: whose it is, "by" and "from" right behind it, "signed by" further on, "in his hand"."""
    if phrase.owner is not None:
        return agents.get(phrase.owner)
    right = phrase.right(text)
    end = phrase.span.end
    if found := _IN_HAND.match(right):
        return agents.get(Span(end + found.start("who"), end + found.end("who")))
    if found := _FROM.match(right):
        return agents.find_behind(end + found.end(), phrase.sentence.end, known=True)
    written = agents.words.patterns["write"].search(right)
    if written and not _BREAKS.search(right[: written.start()]) and (by := re.match(r"[^.;:“”\"\n]{0,40}?\bby\b", right[written.end() :])):
        return agents.find_behind(end + written.end() + by.end(), phrase.sentence.end)
    return None


def _read_passive(text: str, phrase: Phrase, shown: Phrase | None, agents: Agents, is_mail: bool) -> Provenance | None:
    """`supplied by X`, `published last month by X`, `seen by X`."""
    right, words = phrase.right(text), agents.words
    verb = next((m for m in words.patterns["supply"].finditer(right) if _is_near(right, m.start(), agents)), None)
    if verb is not None and not _is_of_post(phrase, shown, right, verb):
        who = _find_by(phrase, right, verb.end(), agents)
        if who is not None:
            word = verb[0].lower()
            written = _is_own(text, phrase, agents) and words.patterns["issue"].fullmatch(word) is not None
            return Provenance(author=who, told=True) if written or (is_mail and word in _FILING) else Provenance(supplier=who, told=True)
    issued = words.patterns["issue"].search(right) if _is_own(text, phrase, agents) else None
    if issued is not None and _is_near(right, issued.start(), agents):
        return Provenance(author=_find_by(phrase, right, issued.end(), agents), told=True)
    had = words.patterns["had"].search(right)
    return Provenance(told=True) if had is not None and _is_near(right, had.start(), agents) else None


def _is_own(text: str, phrase: Phrase, agents: Agents) -> bool:
    """Whether those who publish such a document have written it."""
    return phrase.noun.of(text).lower() in agents.words.own


def _is_of_post(phrase: Phrase, shown: Phrase | None, right: str, verb: re.Match[str]) -> bool:
    """`a screenshot of a post shared by X`: it is the post that X shared, unless "was" stands between."""
    if shown is None or shown.family not in ("post", "message") or verb[0].lower() not in _ONLY_POSTS:
        return False
    return phrase.span.end + verb.start() >= shown.span.end and not re.search(r"\b(?:was|were|been)\b", right[: verb.start()])


def _find_by(phrase: Phrase, right: str, at: int, agents: Agents) -> Entity | None:
    """Who stands behind the "by" that belongs to a verb which ends at `at` of `right`."""
    by = _AGENT.match(right, at)
    if by is None or _NO_MIDDLE.search(by["middle"]):
        return None
    return agents.find_behind(phrase.span.end + by.end(), phrase.sentence.end)


def _is_near(right: str, at: int, agents: Agents) -> bool:
    """Whether what begins at `at` is said of the phrase that `right` follows."""
    gap = right[:at]
    return at <= _BETWEEN and not _BREAKS.search(gap) and not _NO_GAP.search(gap) and not agents.words.unreal.search(gap)


def _read_relative(phrase: Phrase, text: str, agents: Agents) -> Provenance | None:
    """`, which X gave to our reporter`."""
    right, words = phrase.right(text), agents.words
    which = _WHICH.match(right)
    if which is None:
        return None
    for name in ("supply", "have"):
        near = words.patterns[name].finditer(right, which.end(), which.end() + _BETWEEN)
        verb = next((v for v in near if v[0].lower() not in _HAVING), None)
        if verb is not None and _SUBJECT.fullmatch(right, which.end(), verb.start()):
            supplied = name == "supply" and verb[0].lower() not in _NOT_SUPPLYING
            return Provenance(
                supplier=agents.find_behind(phrase.span.end + which.end(), phrase.sentence.end) if supplied else None, told=True
            )
    return None


def _read_active(text: str, phrase: Phrase, agents: Agents, is_mail: bool) -> Provenance | None:
    """`X gave us a copy`, `X has seen the letter`, `jurors were shown a screenshot`."""
    left, words = phrase.left(text), agents.words
    verb = _find_verb(left, words.patterns)
    if verb is None or words.unreal.search(left[: verb.start()]) or _NOBODY.search(left[: verb.start()]):
        return None
    word = verb[0].lower()
    start = phrase.sentence.start
    supplies = words.patterns["supply"].fullmatch(verb[0]) is not None
    if not supplies or re.search(r"\b(?:was|were|been|being)[ \u00a0](?:\w+ly[ \u00a0])?\Z", left[: verb.start()]):
        return Provenance(told=word not in _HAVING or not phrase.new or phrase.family in ("copy", "picture", "screenshot"))  # fmt: skip
    who = agents.find_before(start, start + verb.start())
    if phrase.family in ("copy", "picture", "screenshot"):
        return Provenance(supplier=who, told=True)
    if word in _NOT_SUPPLYING:
        return None
    if is_mail and word in _SENDING:
        return Provenance(author=who)
    if phrase.noun.of(text).lower() in words.own and words.patterns["issue"].fullmatch(verb[0]):
        return Provenance(author=who, told=True)
    return Provenance(supplier=who, told=True)


_SENDING = frozenset(
    {"sent", "sends", "submitted", "presented", "filed", "published", "circulated", "handed", "distributed", "gave", "produced"}
)


def _find_verb(left: str, patterns: Mapping[str, re.Pattern[str]]) -> re.Match[str] | None:
    """The last verb of supplying or having in front of a phrase with nothing between but to whom."""
    found: re.Match[str] | None = None
    near = max(0, len(left) - _BETWEEN)
    for name in ("have", "supply"):
        for match in patterns[name].finditer(left, near):
            if (
                (found is None or match.end() > found.end())
                and _is_object(left[match.end() :])
                and not _ADJECTIVE.search(left, 0, match.start())
            ):
                found = match
    return found


def _is_object(words: str) -> bool:
    """Whether the words between a verb and what is given can be to whom it is given: "us", "the chair", "The Times with"."""
    return _OBJECT.fullmatch(words) is not None and not _NO_OBJECT.search(words)
