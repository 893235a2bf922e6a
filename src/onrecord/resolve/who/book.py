"""Names gathered over the whole document: a shorter name joins the longer one that it is a part of, if there is just one such."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.resolve.who.entities import Entity, fold_name, tell_usual_sex
from onrecord.resolve.who.mentions import Mention
from onrecord.resolve.who.names import BINDING, Names, drop_nickname, find_nicknames, strip_titles
from onrecord.resolve.who.scan import find_initials
from onrecord.types import Span

_BEARERS = 24  # of one word of a name, looked at
_NEWSPAPER = frozenset({"newspaper", "paper"})
_BROADCASTER = frozenset({"broadcaster", "channel", "station", "network"})
_PARTS = frozenset({"west", "east", "north", "south", "western", "eastern", "northern", "southern", "central", "upper", "lower", "new"})
_SOUNDS = 6  # letters from which on a word may be spelled in another way


class NameBook:
    """The named entities of a document, found by any form of their names. Of more than `_BEARERS` who share a word none is meant by it."""

    def __init__(self, text: str, names: Names, vocabulary: Vocabulary) -> None:
        self.entities: list[Entity] = []
        self._vocabulary = vocabulary
        self._by_fold: dict[tuple[str, ...], Entity] = {}
        self._by_sound: dict[tuple[str, ...], list[Entity]] = {}  # by consonants: spellings of one name
        self._by_end: dict[str, list[Entity]] = {}  # by last word, and by "^" and first word
        self._by_initials: dict[str, list[Entity]] = {}  # bodies that short forms may stand for
        self._alone: dict[tuple[str, ...], Entity] = {}  # who is called by a name that several have, and nothing tells which
        self._longer: dict[str, dict[tuple[str, ...], str]] = {}  # names of several words in the text, by last word
        for name in sorted({drop_nickname(strip_titles(text, span, vocabulary)[0].of(text)) for span in names.spans}):
            folded = fold_name(name)
            if len(folded) > 1:
                self._longer.setdefault(folded[-1], {})[folded] = name

    def gather(self, mentions: Iterable[Mention]) -> dict[Span, Entity]:
        """Entities for all named mentions, longest names first."""
        found: dict[Span, Entity] = {}
        unclear: list[Mention] = []
        for mention in sorted(mentions, key=lambda m: (-len(fold_name(m.name or "")), m.sex is None, m.span)):
            candidates = self._find(mention)
            if len(candidates) > 1:
                unclear.append(mention)
                continue
            found[mention.span] = entity = candidates[0] if candidates else self._open(mention)
            self.add(entity, mention)
        for mention in sorted(unclear, key=lambda m: m.span):
            found[mention.span] = entity = self._choose(mention)
            self.add(entity, mention)
        return found

    def _choose(self, mention: Mention) -> Entity:
        """Of several bearers of a name the one whom the text has called so before, or the only one it has spoken of yet."""
        candidates = self._find(mention)
        before = [e for e in candidates if min(e.spans) < mention.span]
        folded = fold_name(mention.name or "")
        called = [e for e in before if any(fold_name(n) == folded for n in e.names)]
        for choice in (called, before):
            if len(choice) == 1:
                return choice[0]
        if folded not in self._alone:
            self._alone[folded] = self._open(mention)
        return self._alone[folded]

    def _find(self, mention: Mention) -> list[Entity]:
        """The entities that a name may be of."""
        folded = fold_name(mention.name or "")
        if folded in self._by_fold:
            return [self._by_fold[folded]]
        bearers = self._by_end.get(folded[-1], [])[:_BEARERS]
        candidates = [e for e in bearers if _may_be(folded, fold_name(e.name)) and self._agrees(e, mention)]
        if len(folded) == 1 and not candidates and mention.kind == "person":
            candidates = [e for e in self._by_end.get("^" + folded[0], [])[:_BEARERS] if e.kind == "person" and self._agrees(e, mention)]
        if not candidates and not (mention.roles or mention.sex):
            bodies = [e for e in self._by_end.get("^" + folded[0], [])[:_BEARERS] if e.kind == "organisation"]
            candidates = [e for e in bodies if self._begins(folded, fold_name(e.name), mention)]
        if not candidates:
            candidates = [e for e in self._by_sound.get(_fold_sound(folded), [])[:_BEARERS] if self._agrees(e, mention)]
        if not candidates and (mention.name or "").isupper():
            candidates = [e for e in self._by_initials.get(mention.name or "", [])[:_BEARERS] if e.kind != "person"]
        return list(dict.fromkeys(candidates))

    def _open(self, mention: Mention) -> Entity:
        """A new entity, under the one longer name that the document has for it, if it has just one."""
        assert mention.name is not None
        folded = fold_name(mention.name)
        longer = [
            name
            for fold, name in islice(self._longer.get(folded[-1], {}).items(), _BEARERS)
            if fold != folded and _may_be(folded, fold) and self._is_person(name, mention)
        ]
        entity = Entity(kind=mention.kind or "person", named=True, sure=mention.sure)
        if len(longer) == 1:
            entity.names.append(longer[0])
            self._index(entity, longer[0])
        self.entities.append(entity)
        return entity

    def _agrees(self, entity: Entity, mention: Mention) -> bool:
        sex = entity.sex or tell_usual_sex(entity.names, self._vocabulary)
        return (sex is None or mention.sex is None or sex == mention.sex) and (
            mention.kind == entity.kind or len((mention.name or "").split()) == 1
        )

    def _is_person(self, name: str, mention: Mention) -> bool:
        """Whether a longer name in the text may be the person's: `Harbour Trust` is not a fuller form of `Trust`, nor
        `Bank of Kent` of `Kent`.
        """
        sex = tell_usual_sex([name], self._vocabulary)
        if sex and mention.sex and sex != mention.sex:
            return False
        words = name.lower().split()
        return mention.kind != "person" or not ({singular(words[-1])} & self._vocabulary.organisations or BINDING.intersection(words))

    def _begins(self, short: tuple[str, ...], full: tuple[str, ...], mention: Mention) -> bool:
        """`Ministry` for `Ministry of Health`, `Corvane` for `Corvane Holdings`."""
        rest = full[len(short) :]
        if full[: len(short)] != short or not rest:
            return False
        ends, press = self._vocabulary.organisation_ends, self._vocabulary.press  # a place's daily is not called as the place is
        return (rest[0] in ("of", "for") and mention.kind == "organisation") or all(w in ends and w not in press for w in rest)

    def _index(self, entity: Entity, name: str) -> None:
        folded = fold_name(name)
        if len(folded) > 1 or not self._by_end.get(folded[0]):
            self._by_fold.setdefault(folded, entity)
        for words in {folded, folded if folded[0] in _PARTS else folded[-1:]}:
            self._by_sound.setdefault(_fold_sound(words), []).append(entity)
        for key in (folded[-1], "^" + folded[0]) if len(folded) > 1 else (folded[-1],):
            bearers = self._by_end.setdefault(key, [])
            if len(bearers) <= _BEARERS and entity not in bearers:
                bearers.append(entity)
        if len(folded) > 1:
            self._by_initials.setdefault(find_initials(name), []).append(entity)

    def add(self, entity: Entity, mention: Mention) -> None:
        """What a named mention says of its entity."""
        if mention.name and mention.name not in entity.names:
            entity.names.append(mention.name)
            self._index(entity, mention.name)
        if mention.kind and mention.sure and not entity.sure:
            entity.kind, entity.sure = mention.kind, True
        entity.place = entity.place or mention.place
        for nickname in find_nicknames(mention.text):
            self.rename(entity, nickname)
        entity.take(mention)
        if entity.kind == "organisation" and mention.name:
            last = mention.name.split()[-1].lower()
            entity.heads |= _NEWSPAPER if last in self._vocabulary.press else _BROADCASTER if last in self._vocabulary.airs else set()

    def get(self, name: str) -> Entity | None:
        """The entity of exactly this name."""
        return self._by_fold.get(fold_name(name))

    def rename(self, entity: Entity, name: str) -> None:
        """A second name of the same bearer, as the text says."""
        if name not in entity.names:
            entity.names.append(name)
            self._index(entity, name)


def _may_be(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether `short` can be a shorter form of `full`: its words in the same order, the last one the last. West Vell is not Vell."""
    if short[-1] != full[-1] or len(short) > len(full) or (full[0] in _PARTS and short == full[1:]):
        return False
    rest = iter(full)
    return all(any(w == f or (len(w) == 1 and f.startswith(w)) for f in rest) for w in short)


def _fold_sound(folded: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name with one vowel for all and no letter doubled: `Askary` and `Askari` are alike. Short words stay."""
    return tuple(w if len(w) < _SOUNDS else re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouy]+", "a", w)) for w in folded)
