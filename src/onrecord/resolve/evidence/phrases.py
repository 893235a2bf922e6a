"""Noun phrases that name evidence: posts, accounts, screenshots, copies, documents, translations; and the words that tell of them.

The nouns, and all other words, are data (`data/en-evidence.toml`). A phrase is read from its noun leftwards to its determiner or to
whose it is, and rightwards over what it is of ("a copy of the three-page letter"). A parser was not used: the phrases of evidence are
short and plain, and everything else about them is asked of the words on either side.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from onrecord.resolve.vocabulary import Vocabulary, load_vocabulary, singular
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Span, Status

Family = Literal["screenshot", "copy", "picture", "document", "loose", "message", "post", "account", "translation"]
Words = frozenset[str]

DOCUMENTS: frozenset[Family] = frozenset({"document", "loose"})
_FAMILIES: tuple[Family, ...] = ("account", "message", "post", "loose", "document", "picture", "copy", "screenshot", "translation")
_STATUSES: tuple[Status, ...] = ("deleted", "suspended", "archived", "available")
_WORD = re.compile(r"[^\W_][\w’'-]*")
_LONGEST = 7  # words of a phrase in front of its noun
_AROUND = 120  # code points in front of a noun in which its phrase stands
_BEHIND = 25  # behind it in which the next word does
_REACH = 400  # code points of a sentence looked at on either side
_OF = re.compile(r"(?P<aside>,[ \u00a0][^,.;:()“”\"\n]{1,60},)?[ \u00a0](?:of|showing|from)[ \u00a0]")
_STANDS_FOR = re.compile(
    r"(?:it|them|one|(?:the|his|her|its|their)[ \u00a0](?:first|original|exchange|conversation|chat|messages?))\b",
    re.I,
)
_IN_LANGUAGE = re.compile(r"[ \u00a0]in[ \u00a0](\w+)")
_WHOSE = r"(?:[ \u00a0](?:an?|the|his|her|its|their|[\w-]+['’]s)(?:[ \u00a0](?!page|account|channel)[a-z-]+)?)?"  # "on his public VK page"
_SHARED = re.compile(r"\b(?:shared|posted|published|tweeted|uploaded|shares|posts|publishes)(?:[ \u00a0](?:also|then|later))?[ \u00a0]*\Z")
_SAYS = r"(?:reads?|says?|said|goes|runs|ran|begins?|began|is|was|were|has|had|gives|gave|shows?|showed)"
_OWNING = re.compile(r"(?:['’]s|s['’])\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWords:
    """The words of one language that tell of evidence; patterns are made once."""

    nouns: Mapping[str, Family]
    parts: Mapping[str, tuple[Words, Family]]
    only: Mapping[str, Words]
    not_behind: Mapping[str, Words]
    languages: Words
    generic: Words
    own: Words
    compounds: Words
    new: Words
    known: Words
    whose: Words
    clues: Words
    archived: Words
    gone: Words
    stops: Words
    platforms: Mapping[str, str]
    by_noun: Mapping[str, str]
    on_platform: re.Pattern[str]
    by_platform: re.Pattern[str]
    patterns: Mapping[str, re.Pattern[str]]  # of the verbs, by their class
    label: re.Pattern[str]
    told: re.Pattern[str]  # what may have become of something
    statuses: Mapping[str, Status]
    accounts_only: Words
    wanted: Words
    negated: Words
    hypothetical: Words
    auxiliary: Words
    pronouns: Words
    between: Words  # words that stand between a subject and its verb
    unreal: re.Pattern[str]  # in front of a verb: what it tells has not happened

    def name_platform(self, word: str) -> str | None:
        """The platform that a word names."""
        return self.platforms.get(word) or self.platforms.get(word.lower().replace("\u00a0", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase that names evidence. `owner` is where it says whose it is ("Dassan’s", "her"); `shows` the place of the phrase
    that it is of, in the list that it stands in; `stands_for` whether it is of something that a pronoun stands for.
    """

    span: Span
    noun: Span
    lemma: str
    family: Family
    new: bool  # whether it speaks of something for the first time
    owner: Span | None = None
    platform: str | None = None
    before: Words = frozenset()  # the words in front of the noun, in small letters
    shows: int | None = None
    stands_for: bool = False
    sentence: Span

    def left(self, text: str) -> str:
        """The sentence's words in front of it."""
        return text[self.sentence.start : self.span.start]

    def right(self, text: str) -> str:
        """The sentence's words behind it."""
        return text[self.span.end : max(self.span.end, self.sentence.end)]


@cache
def load_evidence_words(language: str = "en") -> EvidenceWords:
    """The words of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-evidence.toml").read_text(encoding="utf-8"))
    verbs, status = data["verbs"], data["status"]
    named, bare = (_any(data["platforms"][kind]) for kind in ("named", "bare"))
    platform = rf"[ \u00a0](?P<platform>(?i:{named})|{bare})\b(?![-’']\w)"
    statuses: dict[str, Status] = {phrase: name for name in _STATUSES for phrase in status[name]}
    return EvidenceWords(
        nouns={noun: family for family in _FAMILIES for noun in data["nouns"].get(family, ())},
        parts={last: (frozenset(part["first"]), part["family"]) for last, part in data["parts"].items()},
        only={noun: frozenset(words) for noun, words in data["limits"]["only"].items()},
        not_behind={noun: frozenset(words) for noun, words in data["limits"]["not_behind"].items()},
        languages=frozenset(data["limits"]["languages"]),
        generic=frozenset(data["limits"]["generic"]),
        own=frozenset(data["limits"]["own"]),
        compounds=frozenset(data["limits"]["compounds"]),
        new=frozenset(data["determiners"]["new"]),
        known=frozenset(data["determiners"]["known"]),
        whose=frozenset(data["determiners"]["whose"]),
        clues=frozenset(data["before"]["clues"]),
        archived=frozenset(data["before"]["archived"]),
        gone=frozenset(data["before"]["gone"]),
        stops=frozenset(w for name in ("supply", "have", "post", "own", "read", "translate") for v in verbs[name] for w in v.split()[:1])
        - data["determiners"].keys(),
        platforms={**data["platforms"]["named"], **data["platforms"]["bare"]},
        by_noun=data["platforms"]["by_noun"],
        on_platform=re.compile(rf"\b(?:on|to|via|over|from){_WHOSE}{platform}"),
        by_platform=re.compile(rf"[ \u00a0](?:by|from){platform}"),
        patterns={name: re.compile(rf"\b(?:{_any(words)})(?!\w)", re.I) for name, words in verbs.items()},
        label=_compile_label(data["labels"]),
        told=_compile_told(statuses, status),
        statuses=statuses,
        accounts_only=frozenset(status["accounts_only"]),
        wanted=frozenset(status["wanted"]),
        negated=frozenset(status["negated"]),
        hypothetical=frozenset(status["hypothetical"]),
        auxiliary=frozenset(status["auxiliary"]),
        pronouns=frozenset(status["pronouns"]),
        between=frozenset(data["around"]["between"]),
        unreal=re.compile(rf"(?:^|[^\w])(?:{_any(data['around']['unreal'])})(?:[ \u00a0]\w+ly)?[ \u00a0]*\Z", re.I),
    )  # fmt: skip


def _compile_told(statuses: Iterable[str], status: Mapping[str, Any]) -> re.Pattern[str]:
    """A word or phrase of status; verbs with "it" behind them, or with the noun in between: "deleted it", "took the post down"."""
    between = r"(?:it|them|(?:the|this|that|his|her|its|their)(?:[ \u00a0][\w’'-]+){1,3}?)"
    taken = "|".join(rf"{verb}[ \u00a0]{between}[ \u00a0](?:{ends})" for verb, ends in status["taken"].items())
    removed = rf"(?:{_any(status['removed'])})[ \u00a0](?:it|them)"
    return re.compile(rf"\b(?:(?P<done>{taken}|{removed})|{_any(statuses)})\b", re.I)


def _compile_label(labels: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """`Translation:`, `My translation of Pell’s post:` at the start of a line or sentence."""
    of = rf"(?:[ \u00a0](?:of|at)[ \u00a0](?:(?!\b{_SAYS}\b)[^:;\n“”\"]){{1,60}})?"
    made = rf"(?:(?:{_any(labels['leads'])})[ \u00a0])*(?:{_any(labels['rendering'])}){of}"
    return re.compile(
        rf"(?:^[ \t]*|(?<=[.!?…] ))(?P<label>(?:{_any(labels['translation'])})|{made}(?:[ \u00a0]\([^()\n:]{{1,40}}\))?)[ ]?:", re.I | re.M
    )


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, longer ones first; a space is any space."""
    return "|".join(re.escape(w).replace(r"\ ", r"[ \u00a0]") for w in sorted(words, key=len, reverse=True))


def find_phrases(text: str, regions: Sequence[Span], words: EvidenceWords) -> list[Phrase]:
    """The phrases in `regions`, in text order."""
    vocabulary = load_vocabulary()
    found: list[Phrase] = []
    nouns = words.nouns.keys() | words.parts.keys()
    for region in regions:
        for match in _WORD.finditer(text, region.start, region.end):
            if match[0].lower() in nouns:
                tokens = _find_around(text, Span(*match.span()), region)
                lower = [_fold(t.of(text)) for t in tokens]
                phrase = _build_phrase(text, tokens, lower, bisect_left(tokens, Span(*match.span())), words, vocabulary)
                found += [phrase] if phrase is not None else []
    return _tie_shown(text, found, words)


def _find_around(text: str, noun: Span, region: Span) -> list[Span]:
    """The words around a noun; one that is cut off is left out."""
    start = max(region.start, noun.start - _AROUND)
    tokens = [Span(*m.span()) for m in _WORD.finditer(text, start, min(region.end, noun.end + _BEHIND))]
    return tokens[1:] if start > region.start and tokens[0].start == start < noun.start else tokens


def _fold(token: str) -> str:
    return (
        _OWNING.sub("s" if token[-1:] in "'’" else "", token.lower()) if token[-2:].lower() in ("'s", "’s", "s'", "s’") else token.lower()
    )


def _build_phrase(
    text: str, tokens: Sequence[Span], lower: Sequence[str], at: int, words: EvidenceWords, vocabulary: Vocabulary
) -> Phrase | None:
    noun, word = tokens[at], lower[at]
    if word in words.parts:
        first, family = words.parts[word]
        if at == 0 or lower[at - 1] not in first or text[tokens[at - 1].end : noun.start] not in (" ", "\u00a0", "-"):
            return None
        at, noun = at - 1, Span(tokens[at - 1].start, noun.end)
        lemma = "screenshot"
    else:
        family, lemma = words.nouns[word], singular(word)
    if _OWNING.search(noun.of(text)):
        return None  # "the memo’s author"
    if at + 1 < len(tokens) and lower[at + 1] in words.compounds and text[noun.end : tokens[at + 1].start] in (" ", "\u00a0", "-"):
        return None  # "a private email system"
    start, kind = _find_start(text, tokens, lower, at, words, vocabulary)
    if noun.of(text)[0].isupper() and (start < at or text[noun.start - 1 : noun.start] in (" ", "\u00a0")):
        return None  # "The Post"
    if kind == "bare" and lemma == word and start == at and family not in ("screenshot", "translation"):
        return None  # a verb: "to report", "she posts"
    ahead = tokens[start:at]
    before = frozenset(lower[start:at])
    if word in words.not_behind and before & words.not_behind[word]:
        return None
    platform = _find_platform(text, Span(tokens[start].start, noun.end), before, word, words)
    family = _tell_family(text, family, word, noun, before, platform, words)
    owner = None
    if kind == "whose":
        owner = ahead[0]
    elif kind == "owner":
        owner = Span(ahead[0].start, ahead[0].end - (1 if text[ahead[0].end - 1] in "'’" else 2))
    sentence = Span(
        max(find_sentence_start(text, noun.start, _REACH), noun.start - _REACH), max(noun.end, find_sentence_end(text, noun.end, _REACH))
    )
    return Phrase(
        span=Span(_reach_owner(text, tokens, lower, start, words, vocabulary) if kind == "owner" else tokens[start].start, noun.end),
        noun=noun,
        lemma=lemma,
        family=family,
        new=kind in ("new", "bare"),
        owner=owner,
        platform=platform,
        before=before,
        sentence=sentence,
    )


def _tell_family(text: str, family: Family, word: str, noun: Span, before: Words, platform: str | None, words: EvidenceWords) -> Family:
    """A version in Spanish is a translation, a version that was archived a copy; a story on a platform is a post."""
    behind = _IN_LANGUAGE.match(text, noun.end)
    if word == "version" and (before & words.languages or (behind is not None and behind[1].lower() in words.languages)):
        return "translation"
    if word in ("page", "pages"):
        return "picture" if text.startswith(" of ", noun.end) else "account"
    return "post" if family == "message" and platform is not None else family


def _find_start(
    text: str, tokens: Sequence[Span], lower: Sequence[str], at: int, words: EvidenceWords, vocabulary: Vocabulary
) -> tuple[int, str]:
    """The first token of a phrase with its noun at token `at`, and what it begins with: a determiner, whose it is, or nothing."""
    bare = at
    for i in range(at - 1, max(-1, at - 1 - _LONGEST), -1):
        token, word = tokens[i], lower[i]
        if text[tokens[i].end : tokens[i + 1].start] not in (" ", "\u00a0", "-"):
            break
        if word in words.new and not (word == "second" and i and lower[i - 1] in words.known):
            return i, "new"
        if word in words.known:
            return i, "known"
        if word in words.whose:
            return i, "whose"
        if _OWNING.search(token.of(text)) and token.of(text)[:-2].isalpha() | ("-" in token.of(text)):
            return i, "owner"
        if (
            (word in vocabulary.edges or word in words.stops)
            and word not in words.clues | words.gone
            and not _is_participle(lower, i, words)
        ):
            break
        if bare == i + 1 and (
            word in words.clues | words.gone or words.name_platform(token.of(text)) or word in words.only.get(lower[at], ())
        ):
            bare = i
    return bare, "bare"


def _is_participle(lower: Sequence[str], at: int, words: EvidenceWords) -> bool:
    """`an attached recording`: right behind a determiner no verb stands."""
    return at > 0 and lower[at].endswith(("ed", "en", "ing")) and lower[at - 1] in words.new | words.known | words.whose


def _reach_owner(text: str, tokens: Sequence[Span], lower: Sequence[str], at: int, words: EvidenceWords, vocabulary: Vocabulary) -> int:
    """Where the words for the owner begin whose last one is token `at`: "the institute’s", "Professor Nwosu’s"."""
    named = tokens[at].of(text)[0].isupper()
    for i in range(at - 1, max(-1, at - 1 - _LONGEST), -1):
        if text[tokens[i].end : tokens[i + 1].start] not in (" ", "\u00a0", "-"):
            break
        if lower[i] in words.known | words.new | words.whose:
            return tokens[i].start
        if lower[i] in vocabulary.edges or tokens[i].of(text)[0].isupper() != named:
            break
        at = i if named else at
    return tokens[at].start


def _find_platform(text: str, span: Span, before: Words, word: str, words: EvidenceWords) -> str | None:
    """The platform that a phrase names in front of its noun, or close behind it."""
    if word in words.by_noun:
        return words.by_noun[word]
    inside = span.of(text).split()[:-1]
    named = next((p for w in inside if (p := words.name_platform(w))), None)
    if named is None and "truth" in before:
        named = words.platforms.get("truth social")
    if named is not None:
        return named
    behind = words.on_platform.search(text, span.end, min(len(text), span.end + 60))
    gap = text[span.end : behind.start()] if behind else ""
    return words.name_platform(behind["platform"]) if behind and re.fullmatch(r"(?:,? [a-z]+){0,4} ", gap) else None


def _tie_shown(text: str, found: Sequence[Phrase], words: EvidenceWords) -> list[Phrase]:
    """The phrases with what they are of. A platform behind "shared a screenshot of the post" is where the screenshot was shared."""
    starts = [p.span.start for p in found]
    tied: list[Phrase] = []
    for phrase in found:
        if tied and tied[-1].shows == len(tied) and tied[-1].family in ("screenshot", "copy", "picture", "translation"):
            is_shared = _SHARED.search(tied[-1].left(text)) is not None
            inside = Span(phrase.span.start, phrase.noun.end)
            if is_shared and phrase.platform and not any(words.name_platform(w) for w in inside.of(text).split()):
                phrase = replace(phrase, platform=None)
        of = _OF.match(text, phrase.span.end)
        shows = None
        if of:
            at = bisect_left(starts, of.end())
            shows = at if at < len(found) and starts[at] == of.end() else None
        stands = shows is None and of is not None and _STANDS_FOR.match(text, of.end()) is not None
        tied.append(replace(phrase, shows=shows, stands_for=stands))
    return tied


def is_counted(phrase: Phrase, words: EvidenceWords, word: str) -> bool:
    """Whether a noun that counts only behind certain words stands behind one of them."""
    wanted = words.only.get(word)
    return wanted is None or bool(phrase.before & wanted)
