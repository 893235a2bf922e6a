"""About what: statements that doubt, deny, confirm, correct or react to another statement of the same document.

A statement takes a stance if its cue says so ("denied"), or if its content does ("the letter is a fake"). What it is about is then looked
for, the plainest sign first: a document or post that it names ("the memo", or a pronoun that stands for it) and that speaks
elsewhere; a noun for a statement ("Dara's offer"), by its owner and by the cues that the noun goes with; telling words that both have in
common; and last, where the stance needs something to be about ("denied", "it was a forgery"), the statement of somebody else
just before it. A stance that finds none of these is about nothing that is there. Words are data (`data/LANGUAGE-about.toml`); why not
a trained head, in docs/decisions/0005-about-by-rule.md.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import cast

from onrecord.resolve.certainty import inflect
from onrecord.sieve import Sieve
from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Reading, Source, Span, Stance
from onrecord.versions.wording import find_stem, fold

_READ = 400  # code points of each piece of a content in which a stance is looked for
_REACH = 300  # code points on either side in which a sentence's edge is looked for
_BACK, _AHEAD = 14, 4  # statements before and after one among which what it is about is looked for
_BESIDE = 900  # code points up to a statement that is commented on without being named
_SHARED, _PART = 2, 0.25  # telling words in common, at least, and their part of the shorter content's
_MUCH = 0.3  # that part where words of the content may be said of anything
_OPENING = 3  # statements of a lead, which may be about what is told below
_MOST = 2  # statements that one is about, at most
_PLAIN = 3  # verbs of a noun that say the same as it, and come first
_SHORT = 7  # words of a content that says no more than how it takes another
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POINTS = re.compile(
    r"[\W_]*(?:that )?(?:(?:it|this)\b|that (?:is|was|one)\b|that [\"“‘])|(?:\W*\w++){1,5}? (?:it|this|that|so)\W*\Z", re.I
)
_RECEIVED = re.compile(r"(?:that )?(?:(?:it|he|she|they|we) (?:had|has|have) |having )?(?:received|receiving|receipt)\b", re.I)
_NUMBER = re.compile(r"\d|\b(?:half|third|quarter|dozen|hundred|thousand|million|billion)", re.I)
_THE = re.compile(r"the ", re.I)
_OWNED = re.compile(r"\S*")
_FROM = re.compile(r"\W{0,3}(?:\w+ ){0,2}?(?:from|by|of|(?:attributed|ascribed|credited) to) (?:mrs?\.?|ms\.?|dr\.?)?\s?", re.I)
_DEFINITE = r"(?:the|this|that(?! (?:the|this|his|her|its|their)\b)|these|those|his|her|its|their|such|any|both|\w+['’]s|\w+s['’])"
_OPEN = _DEFINITE[:-1] + "|a|an|another|one)"
_STANCES: tuple[Stance, ...] = ("denies", "doubts", "corrects", "confirms", "reacts")  # of two that begin together the first


@dataclass(frozen=True, slots=True)
class Comment:
    """What a statement is about: the index of another, and how it takes it."""

    target: int
    stance: Stance


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, from `data/LANGUAGE-about.toml`."""

    cues: dict[Stance, re.Pattern[str]]
    calls: re.Pattern[str]  # cues of reactions to anything, a statement or not
    refuses: re.Pattern[str]  # cues of those who say nothing
    directs: re.Pattern[str]  # cues of what is asked of somebody, which says nothing of a statement
    words: dict[Stance, re.Pattern[str]]
    weak: dict[Stance, re.Pattern[str]]
    authorship: re.Pattern[str]  # of what was written in somebody's name
    sieve: Sieve  # of the words, weak ones too
    nouns: re.Pattern[str]
    posting: re.Pattern[str]  # cues of what is posted
    writing: frozenset[str]  # and of what is written
    counts: frozenset[str]  # nouns for what has a number in it
    inside: re.Pattern[str]  # "in the letter": a noun for something written, in which the words are
    presents: re.Pattern[str]  # "a letter in which": a noun for something written, of which the words are told
    copies: frozenset[str]  # nouns for what shows something written
    any: frozenset[str]
    written: frozenset[str]
    by_cue: dict[str, frozenset[str]]  # noun -> forms of the cues that it stands for
    plain_cues: dict[str, frozenset[str]]  # and of those that no other noun does


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}-about.toml").read_text(encoding="utf-8"))
    nouns = data["nouns"]
    by_cue = {noun: frozenset(form for verb in verbs for form in inflect(verb)) for noun, verbs in nouns["by_cue"].items()}
    words, weak = ({cast(Stance, stance): _compile(patterns) for stance, patterns in data[kind].items()} for kind in ("words", "weak"))
    written = "|".join(map(re.escape, sorted(nouns["written"], key=lambda n: -len(n))))
    known = sorted({*nouns["any"], *nouns["written"], *by_cue}, key=lambda n: -len(n))
    return Lexicon(
        cues={
            cast(Stance, stance): _compile(patterns)
            for stance, patterns in data["cues"].items()
            if stance not in ("calls", "refuses", "directs", "posting", "writing")
        },
        calls=_compile(data["cues"]["calls"]),
        refuses=_compile(data["cues"]["refuses"]),
        directs=_compile(data["cues"]["directs"]),
        words=words,
        weak=weak,
        authorship=_compile(data["authorship"]["words"]),
        sieve=Sieve((*words.values(), *weak.values())),
        nouns=re.compile(rf"\b{_DEFINITE} (?:[\w-]+ ){{0,2}}?({'|'.join(map(re.escape, known))})(?:s|es)?\b", re.I),
        posting=_compile(data["cues"]["posting"]),
        writing=frozenset(data["cues"]["writing"]),
        counts=frozenset(nouns["counts"]),
        inside=re.compile(rf"\bin {_OPEN} (?:[\w-]+ ){{0,2}}?({written})\b", re.I),
        presents=re.compile(rf"\b{_OPEN} (?:[\w-]+ ){{0,3}}?({written}) (?:{'|'.join(nouns['presents'])})\b", re.I),
        any=frozenset(nouns["any"]),
        written=frozenset(nouns["written"]),
        copies=frozenset(nouns["copies"]),
        by_cue=by_cue,
        plain_cues={noun: frozenset(form for verb in verbs[:_PLAIN] for form in inflect(verb)) for noun, verbs in nouns["by_cue"].items()},
    )


def _compile(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b".replace(" ", r"\s+"), re.I)


def find_about(
    text: str, readings: Sequence[Reading], speakers: Sequence[str | None], sources: Sequence[Source], media: Sequence[str | None] = ()
) -> list[tuple[Comment, ...]]:
    """For each reading those that it comments on, in text order. `speakers` are the readings' sources by id, `media` where each was said,
    if that is known.
    """
    scene = _Scene(text, readings, speakers, sources, media or [None] * len(readings), load_lexicon())
    found: list[tuple[Comment, ...]] = []
    for at in range(len(readings)):
        found.append(scene.find_comments(at, found))
    return found


def find_disputed(about: Sequence[Sequence[Comment]]) -> frozenset[int]:
    """The readings whose content another one doubts or denies."""
    return frozenset(c.target for comments in about for c in comments if c.stance in ("doubts", "denies"))


@dataclass(frozen=True)
class _Scene:
    """A document's statements, indexed for what may be meant by another."""

    text: str
    readings: Sequence[Reading]
    speakers: Sequence[str | None]
    sources: Sequence[Source]
    media: Sequence[str | None]
    lexicon: Lexicon

    @cached_property
    def by_source(self) -> dict[str, list[int]]:
        """For each source its statements; for who is quoted through a document, under that as well."""
        found: dict[str, list[int]] = {}
        for i, speaker in enumerate(self.speakers):
            if speaker is not None:
                found.setdefault(speaker, []).append(i)
        return found

    @cached_property
    def mentions(self) -> list[tuple[Span, str]]:
        """Where those sources are mentioned that have statements, in text order."""
        return sorted((m, s.id) for s in self.sources if s.id in self.by_source for m in s.mentions)

    @cached_property
    def kinds(self) -> dict[str, str]:
        return {s.id: s.kind for s in self.sources}

    @cached_property
    def bodies(self) -> dict[str, tuple[str, ...]]:
        """What each source belongs to."""
        return {s.id: s.affiliations for s in self.sources if s.affiliations}

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        return [frozenset(self._find_stems(r)) for r in self.readings]

    @cached_property
    def cue_words(self) -> list[frozenset[str]]:
        return [frozenset(w.lower() for c in r.cue for w in _WORD.findall(c.of(self.text))) for r in self.readings]

    @cached_property
    def heads(self) -> list[frozenset[str]]:
        """The nouns by which each statement may be called as something written: of its source, if that is a document, and of posts."""
        lasts = {
            s.id: frozenset(w.lower() for m in s.mentions for w in _WORD.findall(m.of(self.text)))
            for s in self.sources
            if s.kind == "document"
        }
        posts = frozenset({"post", "tweet", "message", "video", "thread", "statement", "comment", "remark"})
        posted = frozenset({"post", "tweet", "thread", "comment", "remark"})
        letters = frozenset({"message", "email", "e-mail", "letter", "note", "text"})
        return [
            (lasts.get(speaker or "", frozenset()) & self.lexicon.written)
            | (posts if reading.embed is not None else posted if self._is_posted(reading, medium) else frozenset())
            | (letters if words & self.lexicon.writing else frozenset())
            | self._find_written_in(reading)
            for reading, speaker, words, medium in zip(self.readings, self.speakers, self.cue_words, self.media, strict=True)
        ]

    def _is_posted(self, reading: Reading, medium: str | None) -> bool:
        return (medium or "")[:1].isupper() or any(self.lexicon.posting.search(self.text, c.start, c.end) for c in reading.cue)

    def _find_written_in(self, reading: Reading) -> frozenset[str]:
        """What the words were said in, where the sentence of the cue tells: "in the recording, a woman says"."""
        beside = self._find_beside(reading)
        found = (m[1].lower() for pattern in (self.lexicon.inside, self.lexicon.presents) for m in pattern.finditer(beside))
        within = (m[1].lower() for c in reading.cue for m in self.lexicon.inside.finditer(self.text, c.start, c.end))
        return frozenset((*found, *within))

    def _find_stems(self, reading: Reading) -> Iterator[str]:
        for span in reading.content:
            for word in _WORD.finditer(self.text, span.start, min(span.end, span.start + 4 * _READ)):
                if stem := find_stem(fold(word.group())):
                    yield stem

    # --- what stance, and about what ---------------------------------------------------------------------------------

    def find_comments(self, at: int, before: Sequence[tuple[Comment, ...]]) -> tuple[Comment, ...]:
        """What the statement comments on; `before` is what those before it do."""
        reading = self.readings[at]
        openings = [Span(c.start, min(c.end, c.start + _READ)) for c in reading.content]
        if any(self.lexicon.refuses.search(self.text, c.start, c.end) for c in reading.cue):
            return ()
        by_cue = self._find_stance(reading.cue, self.lexicon.cues)
        if by_cue == "confirms" and _RECEIVED.match(self.text, openings[0].start, openings[0].end):
            return ()
        directs = any(self.lexicon.directs.search(self.text, c.start, c.end) for c in reading.cue)
        tells = not directs and any(self.lexicon.sieve.may_find(span.of(self.text)) for span in openings)
        by_words = self._find_stance(openings, self.lexicon.words) if tells else None
        weakly = self._find_stance(openings, self.lexicon.weak) if tells and not by_words else None
        reacts = self.lexicon.words["reacts"].search(self._find_beside(reading)) is not None
        calls = any(self.lexicon.calls.search(self.text, c.start, c.end) for c in reading.cue)
        said = by_words or weakly
        stance = said if said and by_cue in ("reacts", None) else by_cue or ("reacts" if reacts or calls else None)
        if stance is None:
            return ()
        first = Span(openings[0].start, min(openings[0].end, find_sentence_end(self.text, openings[0].start)))
        points = _POINTS.match(first.of(self.text)) is not None
        is_short = len(_WORD.findall(first.of(self.text))) <= _SHORT
        targets = self._find_same(at, before) if points else []
        targets = targets or self._find_named(at) or self._find_called(at, exactly=True)
        surely = by_words is not None and stance != "reacts"
        if not targets and points and (calls or surely or weakly):
            targets = self._find_written(at)
        if not targets and weakly and is_short:
            targets = self._find_said_by(at)
        targets = targets or self._find_called(at, exactly=False)
        if not targets and not (calls and not said):
            targets = self._find_alike(at, _MUCH if (weakly and not by_cue) or by_cue == "confirms" else _PART)
        if not targets and surely:
            targets = self._find_said_by(at) or self._find_written(at)
        if not targets and stance == "denies" and any(self.lexicon.authorship.search(self.text, c.start, c.end) for c in openings):
            targets = self._find_disowned(at)
        if not targets and (surely or reacts or by_cue in ("denies", "corrects", "reacts") or ((calls or weakly) and points)):
            targets = self._find_before(at, before)
        return tuple(Comment(target, stance) for target in sorted(targets[:_MOST]))

    def _find_stance(self, spans: Sequence[Span], patterns: dict[Stance, re.Pattern[str]]) -> Stance | None:
        """The stance of the words that stand first: "it is not clear whether somebody forged it" doubts."""
        for span in spans:
            matches = [
                (m.start(), stance)
                for stance in _STANCES
                if stance in patterns
                if (m := patterns[stance].search(self.text, span.start, span.end))
            ]
            if matches:
                return min(matches, key=lambda m: m[0])[1]
        return None

    def _find_beside(self, reading: Reading) -> str:
        """The words of the cue's sentence before the cue and its source, outside the content."""
        parts = [*reading.cue, *reading.source]
        if not parts:
            return ""
        start = min(p.start for p in parts)
        before = Span(find_sentence_start(self.text, start, _REACH), start)
        end = max(p.end for p in parts)
        after = Span(end, min(find_sentence_end(self.text, end, _REACH), end + 80))
        return " ".join(s.of(self.text) for s in (before, after) if not any(c.meets(s) for c in reading.content))

    def _may_be(self, at: int, other: int) -> bool:
        """Whether one may be about the other: not itself, nor one that holds it or that it holds, nor its own source's."""
        if other == at or not 0 <= other < len(self.readings) or self.readings[at].within == other or self.readings[other].within == at:
            return False
        return self.speakers[at] is None or not self._are_one_side(self.speakers[at], self.speakers[other])

    def _are_one_side(self, one: str | None, other: str | None) -> bool:
        """Whether two sources are one, or one belongs to the other."""
        return one == other or other in self.bodies.get(one or "", ()) or one in self.bodies.get(other or "", ())

    def _list_near(self, at: int, of: Sequence[int] | None = None) -> list[int]:
        """Statements near one, the nearest before it first, then those after it; of the indices `of`, if these are given."""
        if of is None:
            before, after = range(at - 1, max(-1, at - 1 - _BACK), -1), range(at + 1, min(len(self.readings), at + 1 + _AHEAD))
            return [i for i in (*before, *after) if self._may_be(at, i)]
        place = bisect_left(of, at)
        return [i for i in (*reversed(of[max(0, place - _BACK) : place]), *of[place : place + _AHEAD]) if self._may_be(at, i)]

    def _find_named(self, at: int) -> list[int]:
        """Statements of documents and accounts that the content, or what stands around the cue, mentions."""
        reading = self.readings[at]
        for span in (*reading.content, *reading.cue):
            first = bisect_left(self.mentions, span.start, key=lambda m: m[0].start)
            for mention, source in self.mentions[first : first + _BACK]:
                if mention.start >= span.end:
                    break
                if self.kinds.get(source) == "document" and source != self.speakers[at]:
                    near = self._list_near(at, self.by_source[source])
                    if near:
                        return near
        return []

    def _find_same(self, at: int, before: Sequence[tuple[Comment, ...]]) -> list[int]:
        """What the same source's statement right before it in its sentence is about: "rejected the claim, describing it as baseless"."""
        if at == 0 or self.speakers[at] is None or self.speakers[at - 1] != self.speakers[at] or not self.readings[at].cue:
            return []
        start, cue = self.readings[at - 1].content[0].start, self.readings[at].cue[0].start
        return [c.target for c in before[at - 1]] if start < cue < find_sentence_end(self.text, start, _REACH) else []

    def _find_called(self, at: int, *, exactly: bool) -> list[int]:
        """Statements that a noun in the content stands for: "the offer", "Dara’s claim"; "those remarks", if it need not tell which."""
        for span in (*self.readings[at].content, *self.readings[at].cue):
            for found in self.lexicon.nouns.finditer(self.text, span.start, min(span.end, span.start + _READ)):
                noun = found[1].lower()
                owner = self._find_owner(Span(*found.span()))
                near = [i for i in self._list_near(at) if owner is None or self.speakers[i] == owner]
                fitting = [i for i in near if self._fits(noun, i, exactly=exactly)]
                fitting = [i for i in fitting if self.cue_words[i] & self.lexicon.plain_cues.get(noun, frozenset())] or fitting
                fitting = [i for i in fitting if i < at or at < _OPENING or self._is_document(i)] if exactly else fitting
                if owner is None and _THE.match(found[0]):  # what the text has gone on about since
                    fitting = [*dict.fromkeys((*sorted(i for i in fitting if i < at)[:1], *fitting))]
                if fitting or (owner and near):
                    return fitting or near
        return []

    def _fits(self, noun: str, at: int, *, exactly: bool) -> bool:
        if noun in self.lexicon.by_cue:
            return bool(self.cue_words[at] & self.lexicon.by_cue[noun])
        if noun in self.lexicon.counts and not any(_NUMBER.search(self.text, c.start, c.end) for c in self.readings[at].content):
            return False
        if noun in self.heads[at]:
            return True
        return not exactly and (noun in self.lexicon.any or (noun in self.lexicon.copies and bool(self.heads[at])))

    def _find_written(self, at: int) -> list[int]:
        """What was posted or written and may be what "it" stands for."""
        return [i for i in self._list_near(at) if self.heads[i] and (i < at or self._is_document(i))]

    def _is_document(self, at: int) -> bool:
        return self.readings[at].embed is not None or self.kinds.get(self.speakers[at] or "") == "document"

    def _find_owner(self, noun: Span) -> str | None:
        """Whose the named statement is: "Dara’s offer", "the offer comes from Dara"."""
        first = bisect_left(self.mentions, noun.start, key=lambda m: m[0].start)
        if first < len(self.mentions) and self.mentions[first][0].start < noun.start + len(_OWNED.match(noun.of(self.text))[0]):  # type: ignore[index]
            return self.mentions[first][1]
        after = _FROM.match(self.text, noun.end)
        follows = bisect_left(self.mentions, after.end(), key=lambda m: m[0].start) if after else len(self.mentions)
        if after and follows < len(self.mentions) and self.mentions[follows][0].start == after.end():
            return self.mentions[follows][1]
        return None

    def _find_said_by(self, at: int) -> list[int]:
        """Statements of somebody whom the content says something of: "he did not write it", "she is right"."""
        for span in self.readings[at].content:
            first = bisect_left(self.mentions, span.start, key=lambda m: m[0].start)
            for mention, source in self.mentions[first : first + _BACK]:
                if mention.start >= min(span.end, span.start + _READ):
                    break
                if source != self.speakers[at] and (near := self._list_near(at, self.by_source[source])):
                    return near[:1]
        return []

    def _find_disowned(self, at: int) -> list[int]:
        """What was posted or written in somebody's name before, and is not of theirs: "denied having written the post"."""
        own = self.by_source.get(self.speakers[at] or "", ())
        return [i for i in reversed(own) if i < at and self.heads[i] and self.readings[i].within is None][:1]

    def _find_alike(self, at: int, least: float) -> list[int]:
        """Statements of others that share telling words with this one, those that share most first."""
        scored = []
        for i in self._list_near(at):
            if i > at and not self._is_document(i):
                continue
            shared = len(self.stems[at] & self.stems[i])
            part = shared / max(1, min(len(self.stems[at]), len(self.stems[i])))
            if part >= least and (shared >= _SHARED or len(self.stems[at]) <= _SHORT - _SHARED):
                scored.append((-shared, abs(at - i), i))
        return [i for *_, i in sorted(scored)]

    def _find_before(self, at: int, before: Sequence[tuple[Comment, ...]]) -> list[int]:
        """The statement of somebody else right before, if it is near; what that one is about, if it comments on another itself."""
        start = self.readings[at].content[0].start
        for i in range(at - 1, max(-1, at - 4), -1):
            if self._may_be(at, i) and self.readings[i].within in (None, self.readings[at].within):
                followed = [c.target for c in before[i] if self._may_be(at, c.target)]
                return (followed or [i])[:1] if start - self.readings[i].content[-1].end <= _BESIDE else []
        return []
