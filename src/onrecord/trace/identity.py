"""Which sources of different documents are one person or body, and why.

Joining is conservative, since two people taken for one are worse than one taken for two: the same full name joins where nothing
speaks against it (both have roles or bodies, and none in common, and nobody beside them in common), a surname alone only where
something speaks for it and one full name alone has it. What somebody has decided by hand stands above all that: a split holds even where
everything else, or a join by hand over a third, would bring the two together.
"""

from __future__ import annotations

from collections import defaultdict
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
class _Told:
    """What is told of all members of an identity, so that they are not gone through for every source; `name` is the fullest."""

    ids: set[str] = field(default_factory=set)
    names: dict[str, None] = field(default_factory=dict)
    handles: set[str] = field(default_factory=set)
    bodies: dict[tuple[str, ...], str] = field(default_factory=dict)  # as they are first named, by their folded names
    words: set[str] = field(default_factory=set)
    beside: set[str] = field(default_factory=set)
    name: str = ""

    def add(self, known: Known) -> None:
        self.ids.add(known.id)
        self.names[known.name] = None
        self.name = max(self.name, known.name, key=lambda name: (len(fold_name(name)), len(name)))
        self.handles.update(handle.lower() for handle in known.handles)
        for body in known.affiliations:
            self.bodies.setdefault(fold_name(body), body)
        self.words |= known.described
        self.beside |= known.beside


@dataclass(slots=True)
class Identity:
    """Sources that are taken for one, and why; `apart` tells why others of its name are not in it."""

    members: list[Known] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)  # by the ids of the members, but the first
    apart: list[str] = field(default_factory=list)
    told: _Told = field(default_factory=_Told, repr=False)

    def add(self, *members: Known) -> None:
        for member in members:
            self.members.append(member)
            self.told.add(member)

    @property
    def name(self) -> str:
        """The fullest name that it goes by."""
        return self.told.name

    @property
    def kind(self) -> SourceKind:
        return self.members[0].kind

    def gather(self, name: Literal["roles", "affiliations", "handles"]) -> tuple[str, ...]:
        """All that is told of it under `name`, in the order of the members."""
        return tuple(dict.fromkeys(value for member in self.members for value in getattr(member, name)))


def join_sources(sources: Iterable[Known], judgements: Sequence[Judgement] = ()) -> list[Identity]:
    """The identities behind sources of one name, those with most documents first. Names that are not alike are never joined but by hand."""
    latest = {frozenset((j.a, j.b)): j for j in judgements}
    splits = _Splits(pair for pair, j in latest.items() if j.kind == "split")
    order = sorted(sources, key=lambda s: (-len(fold_name(s.name)), s.published or "9999", s.id))  # full names before surnames
    identities: list[Identity] = []
    for source in order:
        _place(source, identities, splits)
    for judgement in latest.values():
        if judgement.kind == "join":
            _join_by_hand(judgement, identities, splits)
    return sorted(identities, key=lambda i: -len(i.members))


class _Splits:
    """The pairs that were split by hand."""

    def __init__(self, pairs: Iterable[frozenset[str]]) -> None:
        self.apart: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in map(sorted, pairs):
            self.apart[one].add(other)
            self.apart[other].add(one)

    def find(self, one: Iterable[str], other: set[str]) -> Iterator[tuple[str, str]]:
        """The pairs of which one id is among the first and one among the others."""
        if self.apart:
            yield from ((a, b) for a in one for b in sorted(self.apart.get(a, ())) if b in other)


def _place(source: Known, identities: list[Identity], splits: _Splits) -> None:
    """Put a source into the identity that it belongs to, or into one of its own."""
    mine, is_person = Identity(), source.kind == "person"
    mine.add(source)
    names = {name for name in {i.told.name for i in identities} if compare_names(name, source.name, person=is_person) != "different"}
    alike = [i for i in identities if i.told.name in names]
    find_reason = _find_person_reason if is_person else _find_body_reason
    found = [(i, reason) for i in alike if (reason := find_reason(mine.told, i.told, len(alike)))]
    allowed = [(i, reason) for i, reason in found if not any(splits.find([source.id], i.told.ids))]
    if len(allowed) == 1 or (allowed and _is_sure(allowed[0][1])):
        identity, reason = allowed[0]
        identity.add(source)
        identity.reasons[source.id] = reason
        return
    if allowed:
        mine.apart.append("fits more than one: " + ", ".join(dict.fromkeys(i.name for i, _ in allowed)))
    elif found:
        mine.apart.append(f"split from {found[0][0].name} by hand")
    elif alike:
        mine.apart.append(_tell_apart(source, alike[0]))
    identities.append(mine)


def _is_sure(reason: str) -> bool:
    return reason.startswith("the same account")


def _find_body_reason(mine: _Told, theirs: _Told, alike: int) -> str | None:
    """Why a body is one with an identity of a name that is alike; None if that is not shown."""
    return _find_handle(mine, theirs) or ("the same name" if _has_name(mine, theirs, person=False) else None)


def _find_person_reason(mine: _Told, theirs: _Told, alike: int) -> str | None:
    """Why a person is one with an identity of a name that is alike, of so many; None if that is not shown."""
    handle, is_full = _find_handle(mine, theirs), len(fold_name(mine.name)) > 1
    if handle or (alike > 1 and not is_full):
        return handle
    if is_full and _has_name(mine, theirs, person=True):
        if shared := _find_shared(mine, theirs):
            return f"the same full name, {shared}"
        return None if mine.words and theirs.words else "the same full name, and nothing against it"
    shared = _find_shared(mine, theirs) if alike == 1 else None
    return f"{'a form of the name' if is_full else 'the same surname'}, {shared}" if shared else None


def _find_handle(mine: _Told, theirs: _Told) -> str | None:
    return None if mine.handles.isdisjoint(theirs.handles) else f"the same account {min(mine.handles & theirs.handles)}"


def _has_name(mine: _Told, theirs: _Told, *, person: bool) -> bool:
    return mine.name in theirs.names or any(compare_names(name, mine.name, person=person) == "same" for name in theirs.names)


def _find_shared(mine: _Told, theirs: _Told) -> str | None:
    """What two have in common besides the name, in words."""
    both = next((theirs.bodies[body] for body in mine.bodies if body in theirs.bodies), None)
    if both:
        return f"both of {both}"
    if not mine.words.isdisjoint(theirs.words):
        return f"both called {', '.join(sorted(mine.words & theirs.words)[:3])}"
    return None if mine.beside.isdisjoint(theirs.beside) else f"both beside {min(mine.beside & theirs.beside).title()}"


def _tell_apart(source: Known, other: Identity) -> str:
    if len(fold_name(source.name)) == 1:
        return f"a surname alone, and nothing shows that it is {other.name}"
    mine, theirs = "; ".join((*source.roles, *source.affiliations)), "; ".join((*other.gather("roles"), *other.gather("affiliations")))
    return f"{mine or 'nothing told'} here, {theirs or 'nothing told'} there"


def _join_by_hand(judgement: Judgement, identities: list[Identity], splits: _Splits) -> None:
    one, other = (next((i for i in identities if key in i.told.ids), None) for key in (judgement.a, judgement.b))
    if one is None or other is None or one is other:
        return
    against = next(splits.find(sorted(one.told.ids), other.told.ids), None)
    if against is not None:
        line = f"joined by hand by {judgement.by}, and yet apart: {' and '.join(sorted(against))} were split by hand"
        one.apart.append(line)
        other.apart.append(line)
        return
    one.reasons[other.members[0].id] = f"joined by hand by {judgement.by} on {judgement.at[:10]}"
    one.reasons |= other.reasons
    one.add(*other.members)
    one.apart += other.apart
    identities.remove(other)
