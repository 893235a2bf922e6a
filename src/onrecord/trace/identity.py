"""Which sources of different documents are one person or body, and why.

Joining is conservative, since two people taken for one are worse than one taken for two: the same full name joins where nothing
speaks against it (both have roles or bodies, and none in common, and nobody beside them in common), a surname alone only where
something speaks for it and one full name alone has it. What somebody has decided by hand stands above all that: a split holds even where
everything else, or a join by hand over a third, would bring the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from onrecord.trace.names import compare_names, fold_name, fold_words
from onrecord.types import Json, SourceKind

Decision = Literal["join", "split"]
_EMPTY = frozenset(
    {"the", "of", "a", "an", "for", "and", "in", "at", "former", "ex", "chief", "head", "senior", "deputy", "acting", "new", "local"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A source of one document: what the document says of it. `beside` are the folded names of the document's other sources."""

    id: str  # 3fa9c1d2a0b1/p4
    name: str
    kind: SourceKind
    roles: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    outlet: str | None = None
    published: str | None = None

    @property
    def described(self) -> frozenset[str]:
        """The words that tell of its roles and of what it belongs to."""
        return frozenset(word for text in (*self.roles, *self.affiliations) for word in fold_words(text)) - _EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody decided by hand of two sources, by their ids; a later one on the same two takes the place of an earlier."""

    kind: Decision
    a: str
    b: str
    by: str
    at: str
    note: str = ""

    def to_dict(self) -> Json:
        return {"kind": self.kind, "a": self.a, "b": self.b, "by": self.by, "at": self.at, "note": self.note}


@dataclass(slots=True)
class Identity:
    """Sources that are taken for one, and why; `apart` tells why others of its name are not in it."""

    members: list[Known] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)  # by the ids of the members, but the first
    apart: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The fullest name that it goes by."""
        return max((m.name for m in self.members), key=lambda name: (len(fold_name(name)), len(name)))

    @property
    def kind(self) -> SourceKind:
        return self.members[0].kind

    def gather(self, name: Literal["roles", "affiliations", "handles"]) -> tuple[str, ...]:
        """All that is told of it under `name`, in the order of the members."""
        return tuple(dict.fromkeys(value for member in self.members for value in getattr(member, name)))


def join_sources(sources: Iterable[Known], judgements: Sequence[Judgement] = ()) -> list[Identity]:
    """The identities behind sources of one name, those with most documents first. Names that are not alike are never joined but by hand."""
    latest = {frozenset((j.a, j.b)): j for j in judgements}
    splits = {pair for pair, j in latest.items() if j.kind == "split"}
    order = sorted(sources, key=lambda s: (-len(fold_name(s.name)), s.published or "9999", s.id))  # full names before surnames
    identities: list[Identity] = []
    for source in order:
        _place(source, identities, splits)
    for judgement in latest.values():
        if judgement.kind == "join":
            _join_by_hand(judgement, identities, splits)
    return sorted(identities, key=lambda i: -len(i.members))


def _place(source: Known, identities: list[Identity], splits: set[frozenset[str]]) -> None:
    """Put a source into the identity that it belongs to, or into one of its own."""
    alike = [i for i in identities if compare_names(i.name, source.name, person=source.kind == "person") != "different"]
    found = [(identity, reason) for identity in alike if (reason := _find_reason(source, identity, len(alike)))]
    allowed = [(i, reason) for i, reason in found if not any(frozenset((source.id, m.id)) in splits for m in i.members)]
    if len(allowed) == 1 or (allowed and _is_sure(allowed[0][1])):
        identity, reason = allowed[0]
        identity.members.append(source)
        identity.reasons[source.id] = reason
        return
    mine = Identity([source])
    if allowed:
        mine.apart.append("fits more than one: " + ", ".join(i.name for i, _ in allowed))
    elif found:
        mine.apart.append(f"split from {found[0][0].name} by hand")
    elif alike:
        mine.apart.append(_tell_apart(source, alike[0]))
    identities.append(mine)


def _is_sure(reason: str) -> bool:
    return reason.startswith("the same account")


def _find_reason(source: Known, identity: Identity, alike: int) -> str | None:
    """Why a source is one with an identity of a name that is alike; None if that is not shown."""
    handles = {h.lower() for h in source.handles} & {h.lower() for h in identity.gather("handles")}
    if handles:
        return f"the same account {min(handles)}"
    person = source.kind == "person"
    same = any(compare_names(m.name, source.name, person=person) == "same" for m in identity.members)
    if not person:
        return "the same name" if same else None
    shared = _find_shared(source, identity)
    if same and len(fold_name(source.name)) > 1:
        if shared:
            return f"the same full name, {shared}"
        told = any(m.described for m in identity.members) and source.described
        return None if told else "the same full name, and nothing against it"
    if not shared or alike > 1:
        return None
    return f"the same surname, {shared}" if len(fold_name(source.name)) == 1 else f"a form of the name, {shared}"


def _find_shared(source: Known, identity: Identity) -> str | None:
    """What two have in common besides the name, in words."""
    bodies = {fold_name(a): a for m in identity.members for a in m.affiliations}
    both = next((bodies[key] for a in source.affiliations if (key := fold_name(a)) in bodies), None)
    if both:
        return f"both of {both}"
    words = source.described & frozenset(word for m in identity.members for word in m.described)
    if words:
        return f"both called {', '.join(sorted(words)[:3])}"
    beside = source.beside & frozenset(name for m in identity.members for name in m.beside)
    return f"both beside {min(beside).title()}" if beside else None


def _tell_apart(source: Known, other: Identity) -> str:
    if len(fold_name(source.name)) == 1:
        return f"a surname alone, and nothing shows that it is {other.name}"
    mine, theirs = "; ".join((*source.roles, *source.affiliations)), "; ".join((*other.gather("roles"), *other.gather("affiliations")))
    return f"{mine or 'nothing told'} here, {theirs or 'nothing told'} there"


def _join_by_hand(judgement: Judgement, identities: list[Identity], splits: set[frozenset[str]]) -> None:
    one, other = (next((i for i in identities if any(m.id == key for m in i.members)), None) for key in (judgement.a, judgement.b))
    if one is None or other is None or one is other:
        return
    against = next(_find_splits(one, other, splits), None)
    if against is not None:
        line = f"joined by hand by {judgement.by}, and yet apart: {' and '.join(sorted(against))} were split by hand"
        one.apart.append(line)
        other.apart.append(line)
        return
    one.reasons[other.members[0].id] = f"joined by hand by {judgement.by} on {judgement.at[:10]}"
    one.reasons |= other.reasons
    one.members += other.members
    one.apart += other.apart
    identities.remove(other)


def _find_splits(one: Identity, other: Identity, splits: set[frozenset[str]]) -> Iterator[frozenset[str]]:
    mine, theirs = {m.id for m in one.members}, {m.id for m in other.members}
    return (pair for pair in splits if pair & mine and pair & theirs)
