"""A source while it is being gathered, and sources written out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from onrecord.resolve.vocabulary import Vocabulary, load_vocabulary, singular
from onrecord.resolve.who.mentions import Mention
from onrecord.types import Source, SourceKind, Span


@dataclass(slots=True, eq=False)
class Entity:
    """A source being gathered. Mutable while the document is read, then written out as a `Source`."""

    names: list[str] = field(default_factory=list)
    kind: SourceKind = "unnamed"
    roles: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)  # names
    bodies: list[Entity] = field(default_factory=list)  # what it belongs to, under whatever the text calls it
    handles: list[str] = field(default_factory=list)
    spans: dict[Span, None] = field(default_factory=dict)  # its mentions
    sex: str | None = None
    plural: bool = False
    definite: bool = False  # whether a description says that it is known who is meant
    named: bool = False
    pronoun: str = ""  # class of the pronoun that is all the text has of it
    place: bool = False  # whether it stands where names of places do
    sure: bool = False  # whether words tell the kind of what is named
    heads: set[str] = field(default_factory=set)  # nouns of its descriptions and roles, and its names' words
    last: int = -1  # place of its last mention so far, in text order
    count: int = 0
    joined: Entity | None = None  # the one that it turned out to be

    @property
    def name(self) -> str:
        """The fullest name."""
        return max(self.names, key=lambda n: (len(n.split()), not n.isupper(), len(n)))

    def follow(self) -> Entity:
        """The entity that this one turned out to be, itself if none."""
        entity = self
        while entity.joined is not None:
            entity = entity.joined
        return entity

    def join(self, other: Entity) -> None:
        """This entity turns out to be `other`, which takes over all but the names."""
        other.spans |= self.spans
        for mine, others in ((self.roles, other.roles), (self.affiliations, other.affiliations), (self.handles, other.handles)):
            others += [m for m in mine if m not in others]
        other.bodies += [b for b in self.bodies if b not in other.bodies]
        self.joined = other

    def take(self, mention: Mention) -> None:
        """What a mention says: where it is, roles, what it belongs to, sex, nouns."""
        self.roles += [r for r in mention.roles if not any(r in mine for mine in self.roles)]
        self.affiliations += [a for a in mention.affiliations if a not in self.affiliations]
        self.sex = self.sex or mention.sex
        words = [w for part in (*mention.roles, mention.name or "") for w in re.findall(r"[\w-]+", part.lower())]
        short = load_vocabulary().short_titles
        self.heads.update(singular(short.get(w, w)) for w in words)
        self.spans[mention.span] = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The mentions of a document in text order with the entity of each, and the entity that is the source of each reading."""

    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    speakers: tuple[Entity | None, ...]


@lru_cache(maxsize=8192)
def fold_name(name: str) -> tuple[str, ...]:
    """A name's words without case, accents, hyphens, dots and the Arabic article, for comparison; one at least, if only a sign."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", plain.replace("’", "").replace("'", ""))
    return tuple(w for w in words if w not in {"al", "el", "the", "jr", "sr"}) or tuple(words) or (plain,)


def tell_usual_sex(names: Iterable[str], vocabulary: Vocabulary) -> str | None:
    """The sex that the first names of one bearer mostly have, if any of them is known."""
    return next((sex for n in names if " " in n and (sex := vocabulary.given.get(n.split()[0].lower()))), None)


def write_sources(entities: Sequence[Entity]) -> tuple[tuple[Source, ...], dict[int, str]]:
    """The sources in order of first mention, and each entity's id. Affiliations are ids of other sources."""
    order = sorted(entities, key=lambda e: min(e.spans))
    ids = {id(e): f"p{i}" for i, e in enumerate(order, 1)}
    by_fold = {fold_name(n): ids[id(e)] for e in reversed(order) if e.named and e.kind != "person" for n in e.names}
    sources = tuple(
        Source(
            id=ids[id(e)],
            name=e.name,
            kind=e.kind,
            roles=tuple(e.roles),
            affiliations=tuple(_list_affiliations(e, ids, by_fold)),
            handles=tuple(e.handles),
            mentions=tuple(sorted(e.spans)),
        )
        for e in order
    )
    return sources, ids


def _list_affiliations(entity: Entity, ids: dict[int, str], by_fold: dict[tuple[str, ...], str]) -> list[str]:
    named = [by_fold[f] for name in entity.affiliations if (f := fold_name(name)) in by_fold]
    found = dict.fromkeys((*named, *(ids[id(b)] for b in (b.follow() for b in entity.bodies) if id(b) in ids)))
    return [f for f in found if f != ids[id(entity)]]
