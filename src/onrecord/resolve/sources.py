"""Mentions gathered into sources: one for a person under all names, and none guessed.

Names come first, over the whole document: a shorter name joins the longer one that it is a part of, if there is just one such. Then the
other mentions, in text order: a pronoun goes to the nearest fitting source before it, a definite description to the nearest
source that carries its noun. What fits nobody, a pronoun too, stays a source of its own, named by the words that the text has.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from onrecord.resolve.mentions import Mention, parse_mention
from onrecord.resolve.names import Names, strip_titles
from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.text import find_sentence_start
from onrecord.types import Source, SourceKind, Span

_FAR = 900  # code points between a pronoun and the source that it stands for, at most
_NEAR = 300  # the same, for a person who is no source
_TELLING = 3  # words that make a description one person's
_LOOK_BACK = 60  # sources, at most


@dataclass(slots=True)
class Entity:
    """A source being gathered. Mutable while the document is read, then written out as a `Source`."""

    names: list[str] = field(default_factory=list)
    kind: SourceKind = "unnamed"
    roles: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    sex: str | None = None
    plural: bool = False
    named: bool = False
    head: str = ""  # of a description

    @property
    def name(self) -> str:
        """The fullest name."""
        return max(self.names, key=lambda n: (len(n.split()), len(n)))


def fold_name(name: str) -> tuple[str, ...]:
    """A name's words without case, accents, hyphens, dots and the Arabic article, for comparison."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", plain.replace("’", "").replace("'", ""))
    return tuple(w for w in words if w not in {"al", "el", "the", "jr", "sr"}) or tuple(words)


@dataclass(slots=True)
class Gathering:
    """The sources of one document while they are gathered."""

    text: str
    names: Names
    vocabulary: Vocabulary
    entities: list[Entity] = field(default_factory=list)
    _by_fold: dict[tuple[str, ...], Entity] = field(default_factory=dict)
    _by_last: dict[str, list[Entity]] = field(default_factory=dict)
    _full: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in sorted({strip_titles(self.text, span, self.vocabulary)[0].of(self.text) for span in self.names.spans}):
            folded = fold_name(name)
            if len(folded) > 1:
                self._full.setdefault(folded[-1], []).append(name)

    def gather_names(self, mentions: Iterable[Mention]) -> dict[Span, Entity]:
        """Entities for all named mentions, longest names first."""
        found: dict[Span, Entity] = {}
        for mention in sorted(mentions, key=lambda m: (-len(fold_name(m.name or "")), m.span)):
            entity = self._find_named(mention) or self._open_named(mention)
            self._add(entity, mention)
            found[mention.span] = entity
        return found

    def _find_named(self, mention: Mention) -> Entity | None:
        folded = fold_name(mention.name or "")
        if folded in self._by_fold:
            return self._by_fold[folded]
        candidates = [e for e in self._by_last.get(folded[-1], []) if _may_be(folded, fold_name(e.name)) and _agrees(e, mention)]
        if len(folded) == 1 and not candidates:
            candidates = [e for e in self._by_last.get("^" + folded[0], []) if _agrees(e, mention)]
        return candidates[0] if len({id(e) for e in candidates}) == 1 else None

    def _open_named(self, mention: Mention) -> Entity:
        """A new entity, under the one longer name that the document has for it, if it has just one."""
        assert mention.name is not None
        folded = fold_name(mention.name)
        longer = {
            n for n in self._full.get(folded[-1], []) if n != mention.name and _may_be(folded, fold_name(n)) and self._is_person(n, mention)
        }
        folds = {fold_name(n) for n in longer}
        entity = Entity(kind=mention.kind or "person", named=True)
        if len(folds) == 1:
            entity.names.append(min(longer))
            self._index(entity, min(longer))
        self.entities.append(entity)
        return entity

    def _is_person(self, name: str, mention: Mention) -> bool:
        """Whether a longer name in the text may be the person's: `Harbour Trust` is not a fuller form of `Trust`."""
        return mention.kind != "person" or singular(name.split()[-1].lower()) not in self.vocabulary.organisations

    def _index(self, entity: Entity, name: str) -> None:
        folded = fold_name(name)
        self._by_fold.setdefault(folded, entity)
        self._by_last.setdefault(folded[-1], []).append(entity)
        if len(folded) > 1:
            self._by_last.setdefault("^" + folded[0], []).append(entity)

    def _add(self, entity: Entity, mention: Mention) -> None:
        if mention.name and mention.name not in entity.names:
            entity.names.append(mention.name)
            self._index(entity, mention.name)
        if mention.kind == "person" and entity.kind != "person":
            entity.kind = "person" if mention.roles or mention.sex else entity.kind
        entity.roles += [r for r in mention.roles if r not in entity.roles]
        entity.affiliations += [a for a in mention.affiliations if a not in entity.affiliations]
        entity.sex = entity.sex or mention.sex
        entity.spans.append(mention.span)

    # --- mentions that are no names ------------------------------------------------------------------------------------

    def resolve_other(self, mention: Mention, holder: Entity | None, since: int, recent: Sequence[tuple[Span, Entity]]) -> Entity:
        """The entity of a pronoun or description.

        `recent` are the sources so far, nearest last; inside somebody's words, `holder` is who speaks, and `since` where the words
        begin: whom a pronoun there stands for is not looked for before them.
        """
        before = [(span, entity) for span, entity in recent[-_LOOK_BACK:] if span < mention.span]
        if mention.form == "pronoun" and mention.head != "anybody":
            return self._resolve_pronoun(mention, holder, since, [(s, e) for s, e in before if s.start >= since])
        return self._resolve_description(mention, before)

    def _resolve_pronoun(self, mention: Mention, holder: Entity | None, since: int, before: Sequence[tuple[Span, Entity]]) -> Entity:
        """The nearest before it that fits in number, kind and sex: a source of the same sentence, else a person whom the
        sentence names, else a source of the sentences before, else a person named there.
        """
        if mention.head in ("speaker", "speakers") and holder is not None:
            return holder
        if mention.head not in ("male", "female", "plural", "thing"):
            return self._open_described(mention)
        fitting = [
            (s, e)
            for s, e in before
            if _fits(e, mention) and e is not holder and s.end <= mention.span.start and mention.span.start - s.end <= _FAR
        ]
        sentence = max(since, find_sentence_start(self.text, mention.span.start))
        same = [e for s, e in fitting if s.start >= sentence]
        entity = same[-1] if same else None
        entity = (
            entity
            or self._find_person(mention, sentence)
            or (fitting[-1][1] if fitting else None)
            or self._find_person(mention, max(since, mention.span.start - _NEAR))
        )
        if entity is None:
            return self._open_described(mention)
        entity.sex = entity.sex or mention.sex
        self._add(entity, mention)
        return entity

    def _find_person(self, mention: Mention, start: int) -> Entity | None:
        """The last person whom the text between `start` and a pronoun calls by name, source or not."""
        if mention.sex is None:
            return None
        spans = self.names.spans
        for at in range(bisect_left(spans, mention.span) - 1, -1, -1):
            if spans[at].start < start:
                return None
            named = parse_mention(self.text, spans[at], self.names, self.vocabulary)
            if named.form != "name" or named.kind != "person":
                continue
            entity = self._find_named(named)
            if entity is not None and entity.kind != "person":
                continue
            if entity is None and (named.roles or named.sex):
                entity = self._open_named(named)
                self._add(entity, named)
            if entity is not None and entity.sex in (None, mention.sex):
                return entity
        return None

    def _resolve_description(self, mention: Mention, before: Sequence[tuple[Span, Entity]]) -> Entity:
        """The entity that a definite description takes up, or a new one under the description."""
        if mention.definite and not mention.plural:
            for _, entity in reversed(before):
                if entity.kind in _kinds_of(mention) and self._carries(entity, mention):
                    self._add(entity, mention)
                    return entity
        return self._open_described(mention)

    def join_roles(self) -> dict[int, Entity]:
        """Descriptions that came before their names: "a deputy harbourmaster of Port Noor", whom the text later calls by name in
        that role. By the id of the entity that goes, the one that it goes into; the words must be those of just one person's role.
        """
        people = [(e, {w for role in e.roles for w in fold_name(role)}) for e in self.entities if e.named and e.kind == "person"]
        joined: dict[int, Entity] = {}
        for entity in self.entities:
            words = set(fold_name(entity.name)) - self.vocabulary.determiners
            if entity.named or entity.plural or entity.kind != "unnamed" or len(words) < _TELLING:
                continue
            bearers = [person for person, roles in people if words <= roles]
            if len(bearers) == 1:
                bearers[0].spans += entity.spans
                joined[id(entity)] = bearers[0]
        self.entities = [e for e in self.entities if id(e) not in joined]
        return joined

    def _carries(self, entity: Entity, mention: Mention) -> bool:
        """Whether one of the entity's names or roles has the description's noun, or the description names where it belongs."""
        if any(a not in entity.affiliations for a in mention.affiliations):
            return False
        if not entity.named:
            return mention.head == entity.head
        words = {singular(w) for part in (*entity.names, *entity.roles) for w in re.findall(r"[\w-]+", part.lower())}
        return mention.head in words

    def _open_described(self, mention: Mention) -> Entity:
        entity = Entity(names=[mention.text], kind=mention.kind or "unnamed", plural=mention.plural, sex=mention.sex, head=mention.head)
        entity.affiliations += mention.affiliations
        entity.spans.append(mention.span)
        self.entities.append(entity)
        return entity


def _may_be(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether `short` can be a shorter form of `full`: its words in the same order, the last one the last."""
    if short[-1] != full[-1] or len(short) > len(full):
        return False
    rest = iter(full)
    return all(any(w == f or (len(w) == 1 and f.startswith(w)) for f in rest) for w in short)


def _agrees(entity: Entity, mention: Mention) -> bool:
    return (entity.sex is None or mention.sex is None or entity.sex == mention.sex) and (
        mention.kind == entity.kind or len((mention.name or "").split()) == 1
    )


def _fits(entity: Entity, mention: Mention) -> bool:
    if mention.head == "plural":
        return entity.plural or entity.kind in ("group", "organisation")
    if mention.head == "thing":
        return entity.kind in ("organisation", "document") or (entity.kind == "group" and not entity.plural)
    return entity.kind in ("person", "unnamed") and not entity.plural and entity.sex in (None, mention.sex)


def _kinds_of(mention: Mention) -> tuple[SourceKind, ...]:
    if mention.kind in ("organisation", "document"):
        return (mention.kind, "group") if mention.kind == "organisation" else (mention.kind,)
    return ("person", "unnamed") if mention.kind == "unnamed" else ("group",)


def write_sources(entities: Sequence[Entity]) -> tuple[tuple[Source, ...], dict[int, str]]:
    """The sources in order of first mention, and each entity's id. Affiliations that are sources get their ids, others their names."""
    order = sorted(entities, key=lambda e: min(e.spans))
    ids = {id(e): f"p{i}" for i, e in enumerate(order, 1)}
    by_fold = {fold_name(n): ids[id(e)] for e in reversed(order) if e.named for n in e.names}
    sources = tuple(
        Source(
            id=ids[id(e)],
            name=e.name,
            kind=e.kind,
            roles=tuple(e.roles),
            affiliations=tuple(dict.fromkeys(by_fold.get(fold_name(a), a) for a in e.affiliations)),
            handles=tuple(e.handles),
            mentions=tuple(sorted(set(e.spans))),
        )
        for e in order
    )
    return sources, ids
