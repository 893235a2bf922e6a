"""Those who have a part in a chain without a statement of their own: originators, suppliers, publishers, and what sources belong to.

"According to a letter made public by an environmental group" is a statement of the letter's, and the group is a link of its
chain. Nobody becomes a source for being mentioned: somebody must have supplied, published, translated or signed something that
carries words, be named as where words come from, have been asked for them, or bear the surname of somebody who speaks, so that the two are
kept apart in the report too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from onrecord.resolve.vocabulary import Vocabulary, load_vocabulary
from onrecord.resolve.who.affiliations import COMPLEMENT
from onrecord.resolve.who.entities import Entity, fold_name
from onrecord.resolve.who.mentions import Mention
from onrecord.types import Span

_BEFORE = 120  # code points before a mention in which the words stand that make it a party
_OWNER = re.compile(r"['’]s? \w|['’]s\b")
_AFTER = 90  # code points behind it


def find_parties(text: str, speaking: Sequence[Entity], mentions: Sequence[Mention], entities: Sequence[Entity]) -> list[Entity]:
    """The entities that are written as sources besides those who speak. `entities` are those of `mentions`, in their order."""
    parties = dict.fromkeys(_find_linked(text, mentions, entities))
    for entity in parties:
        _describe_whole(text, entity)
    parties |= dict.fromkeys(_find_namesakes(speaking, entities))
    involved = [*speaking, *parties]
    parties |= dict.fromkeys(find_affiliations(involved, entities))
    return [e for e in parties if e not in set(speaking)]


def _describe_whole(text: str, entity: Entity) -> None:
    """`two people` is written as `two people in the ministry`."""
    span = min(entity.spans)
    more = COMPLEMENT.match(text, span.end) if not entity.named and entity.kind in ("person", "unnamed", "group") else None
    if more and entity.names == [span.of(text)]:
        entity.names = [text[span.start : more.end()].rstrip()]


def find_affiliations(people: Iterable[Entity], entities: Sequence[Entity]) -> list[Entity]:
    """What those belong to, as sources of their own."""
    people = list(people)
    known = {fold_name(n): e for e in reversed(entities) if e.named and e.kind != "person" and e.sure for n in e.names}
    named = [known[f] for e in people for a in e.affiliations if (f := fold_name(a)) in known]
    return list(dict.fromkeys((*named, *(b.follow() for e in people for b in e.bodies))))


def _find_namesakes(speaking: Iterable[Entity], entities: Iterable[Entity]) -> list[Entity]:
    """People with the surname of one who speaks, named in full."""
    surnames = {fold_name(e.name)[-1] for e in speaking if e.named and e.kind == "person"}
    return [e for e in entities if e.named and e.kind == "person" and e.roles and len(f := fold_name(e.name)) > 1 and f[-1] in surnames]


def _find_linked(text: str, mentions: Sequence[Mention], entities: Sequence[Entity]) -> Iterator[Entity]:
    words = _compile_words()
    for mention, entity in zip(mentions, entities, strict=True):
        if (
            mention.form != "pronoun"
            and not entity.pronoun
            and (entity.sure or not entity.place)
            and words.link(text, mention.span, entity)
        ):
            yield entity


class _Words:
    """The patterns that make somebody a party, compiled."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = {name: "|".join(map(re.escape, phrases)) for name, phrases in vocabulary.parties.items()}
        things = "|".join(map(re.escape, sorted({*vocabulary.parties["things"], *vocabulary.documents}, key=len, reverse=True)))
        self._origins = re.compile(rf"\b(?:{words['origins']}) (?:the )?\Z", re.I)
        self._behind = re.compile(rf"\b(?:{things})\b[^.;:!?\n]*?\b(?:{words['behind']})(?: [\w’'-]+){{0,4}} by (?:the )?\Z", re.I)
        self._made = re.compile(rf"\b(?:{things}) by (?:the )?\Z", re.I)
        self._acts = re.compile(
            rf"(?:, [^,.;\n]{{1,60}},)?(?: who| which)?(?: (?:has|have|had|also|first|later|then|once|already))*"
            rf" (?:{words['acts']})\b[^.;:!?\n“\"]{{0,60}}?\b(?:{things})\b"
        )
        self._acts_on = re.compile(rf"(?: (?:has|have|had|also|first|later|then|once|already))* (?:{words['acts']})\b")
        self._thing_before = re.compile(rf"\b(?:{things}),? (?:of [^,.;\n]{{1,40}},? )?(?:which|that) (?:the )?\Z", re.I)
        self._silent = re.compile(rf"(?:, [^,.;\n]{{1,60}},)? (?:{words['silent']})\b")
        self._first = re.compile(r"(?:, [^,.;\n]{1,60},)?,?(?: which| who)? (?:was|were) (?:the )?first to ")
        self._own = re.compile(rf"['’]s? (?:own )?(?:[a-z-]+ )?(?:{words['words_of']})\b")

    def link(self, text: str, span: Span, entity: Entity) -> bool:
        """Whether the words around a mention make its bearer a party."""
        before = text[max(0, span.start - _BEFORE) : span.start]
        after = text[span.end : span.end + _AFTER]
        owner = _OWNER.match(after) is not None
        if self._origins.search(before) and not owner:
            return True
        if entity.kind == "document":
            return False
        if (
            not owner and before.endswith(("by ", "by the ")) and (self._behind.search(before) or self._made.search(before))
        ) or self._acts.match(after):
            return True
        if self._silent.match(after) or self._first.match(after) or self._own.match(after):
            return True
        return self._acts_on.match(after) is not None and self._thing_before.search(before) is not None


@cache
def _compile_words() -> _Words:
    return _Words(load_vocabulary())
