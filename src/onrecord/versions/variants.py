"""Versions of one utterance inside a document, and how they differ.

Two statements render one utterance if most of the telling words of the shorter stand in one place of the longer, mostly in order, and
their sources agree: one is the other's, or passed it on; or it belongs to the other, as a spokesman does; or, between quotation
marks, one is not named, or is a document or somebody described, who may have any words. The same words of two people who are named
and have nothing to do with each other are two utterances: neither quotes the other. Only where both are told to be translations, or one is
said to shorten or reword, is the source left aside. A statement and what is quoted in it are no versions of each other, nor is
a statement a version of what it merely quotes.

Statements of the very same words are one group. Different wordings are given in pairs, as differences are between two; where
three or more are all of one relation to each other, the first two stand for the group and have the others with them. Of more than a few
wordings each is paired with the fullest alone. What is compared, and what not, is in `wording`; what relation two have, in `relation`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from onrecord.types import Source, Statement, Variant, VariantRelation
from onrecord.versions.differences import build_differences
from onrecord.versions.likeness import find_candidates
from onrecord.versions.relation import Link, compare
from onrecord.versions.rendering import Rendering, is_tied, read_renderings

_FEW = 6  # wordings of one utterance that are all compared with each other
_MEMBERS = 6  # pairs of members written for a pair of wordings


@dataclass(slots=True)
class _Group:
    """Renderings of the very same words from sources that agree, in text order."""

    members: list[Rendering]
    lead: Rendering  # the first whose source is sure, or the first

    @property
    def first(self) -> Rendering:
        return self.members[0]

    def takes(self, other: Rendering) -> bool:
        """Whether a rendering of the very same words, later in the text, is of this utterance."""
        return is_tied(self.lead, other) and not self.members[-1].meets(other)

    def add(self, other: Rendering) -> None:
        self.members.append(other)
        if not self.lead.sure and other.sure:
            self.lead = other


def find_variants(
    text: str, statements: Sequence[Statement], translated: Collection[int], sources: Sequence[Source] = ()
) -> tuple[Variant, ...]:
    """Groups of statements that render the same utterance, in text order.

    `translated` are the indices of those whose words are a translation, besides those that the words around them tell to be one;
    `sources`, the document's, tell which are descriptions and who belongs to what. A group's differences are those of its first two.
    """
    renderings = [r for r in read_renderings(text, statements, translated, sources) if len(r.wording.core) > 1]
    groups = _gather_same(sorted(renderings, key=lambda r: (r.start, r.index)))
    same = [Variant(members=tuple(r.id for r in g.members), relation="duplicate", differences=()) for g in groups if len(g.members) > 1]
    links = _Links(groups)
    different = [v for pairs in _find_clusters(links) for v in _write(pairs, links)]
    order = {r.id: (r.start, r.index) for r in renderings}
    return tuple(sorted(_drop_held((*same, *different)), key=lambda v: [order[m] for m in v.members]))


def _drop_held(variants: Sequence[Variant]) -> Iterator[Variant]:
    """Without duplicates that have no differences and are all in a larger group of duplicates."""
    larger: dict[str, set[str]] = {}
    for variant in sorted(variants, key=lambda v: -len(v.members)):
        if variant.relation == "duplicate":
            members = set(variant.members)
            if not variant.differences and members <= larger.get(variant.members[0], set()):
                continue
            for member in variant.members:
                larger.setdefault(member, members)
        yield variant


# --- the very same words ---------------------------------------------------------------------------------------------------


def _gather_same(renderings: Sequence[Rendering]) -> list[_Group]:
    """Groups by words and source. A statement without a source, or with one that may have anybody's words, joins the latest."""
    groups: list[_Group] = []
    known: dict[tuple[tuple[str, ...], str | None], _Group] = {}
    for rendering in renderings:
        forms = rendering.wording.forms
        keys = [(forms, name) for name in (*rendering.names, None)]
        near = {id(g): g for key in keys if (g := known.get(key)) is not None}
        group = next((g for g in near.values() if g.takes(rendering)), None)
        if group is None:
            group = _Group([rendering], rendering)
            groups.append(group)
        else:
            group.add(rendering)
        known.update(dict.fromkeys(keys, group))
    return groups


# --- other words -----------------------------------------------------------------------------------------------------------

_Pair = tuple[int, int]  # indices of groups, the smaller first


class _Links:
    """The links between groups, worked out once each when they are asked for."""

    def __init__(self, groups: Sequence[_Group]) -> None:
        self.groups = groups
        self._found: dict[_Pair, tuple[Link, ...]] = {}

    def between(self, pair: _Pair) -> tuple[Link, ...]:
        """Links of the first few members of one group with those of the other."""
        if pair not in self._found:
            a, b = (self.groups[at].members[:_MEMBERS] for at in pair)
            members = [sorted(m, key=lambda r: (r.start, r.index)) for m in islice(product(a, b), _MEMBERS)]
            self._found[pair] = tuple(link for one, other in members if (link := compare(one, other)) is not None)
        return self._found[pair]


def _find_clusters(links: _Links) -> list[list[_Pair]]:
    """For each utterance with different wordings, the pairs of groups to be written.

    Groups that are known to be of one large cluster already are not compared any more but with its fullest.
    """
    joined = _Joined(len(links.groups))
    linked: dict[int, _Pair] = {}
    for pair in find_candidates([g.first.wording for g in links.groups]):
        if joined.size(*pair) <= _FEW and links.between(pair):
            joined.join(*pair)
            linked.setdefault(pair[1], pair)
    clusters: dict[int, list[int]] = {}
    for at in range(len(links.groups)):
        clusters.setdefault(joined.find(at), []).append(at)
    return [
        list(combinations(cluster, 2)) if len(cluster) <= _FEW else _pair_fullest(cluster, links, linked)
        for cluster in clusters.values()
        if len(cluster) > 1
    ]


class _Joined:
    """Sets of indices that grow together (union and find)."""

    def __init__(self, count: int) -> None:
        self._roots, self._sizes = list(range(count)), [1] * count

    def find(self, at: int) -> int:
        while self._roots[at] != at:
            self._roots[at] = self._roots[self._roots[at]]
            at = self._roots[at]
        return at

    def join(self, a: int, b: int) -> None:
        one, other = sorted((self.find(a), self.find(b)))
        if one != other:
            self._roots[other] = one
            self._sizes[one] += self._sizes[other]

    def size(self, a: int, b: int) -> int:
        """The size of the set that holds both, 0 where none does."""
        root = self.find(a)
        return self._sizes[root] if root == self.find(b) else 0


def _pair_fullest(cluster: Sequence[int], links: _Links, linked: Mapping[int, _Pair]) -> list[_Pair]:
    """Each with the fullest wording, or with one before it where it is not like that one."""
    fullest = max(cluster, key=lambda at: (len(links.groups[at].first.wording.words), -at))
    pairs = []
    for at in cluster:
        if at != fullest:
            pair = (min(at, fullest), max(at, fullest))
            pairs.append(pair if links.between(pair) else linked.get(at, pair))
    return pairs


# --- writing ---------------------------------------------------------------------------------------------------------------


def _write(pairs: Sequence[_Pair], links: _Links) -> Iterator[Variant]:
    """The links of a cluster as pairs, and those who are all linked by one relation as a group in place of their first pair."""
    found = [link for pair in pairs for link in links.between(pair)]
    relations = {(link.a.id, link.b.id): link.relation for link in found}
    order: dict[str, tuple[int, int]] = {}
    for at in {at for pair in pairs for at in pair}:
        members = links.groups[at].members[:_MEMBERS]
        relations |= dict.fromkeys(combinations([m.id for m in members], 2), "duplicate")
        order |= {m.id: (m.start, m.index) for m in members}
    wholes = _find_wholes(order, relations) if len(pairs) <= _FEW * _FEW // 2 else {}
    for link in found:
        differences = build_differences(link.a.wording, link.b.wording, link.edits)
        members_ids = wholes.get((link.a.id, link.b.id), (link.a.id, link.b.id))
        yield Variant(members=members_ids, relation=link.relation, differences=differences)


def _find_wholes(
    order: Mapping[str, tuple[int, int]], relations: Mapping[tuple[str, str], VariantRelation]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Three or more members of which each two have one relation, by their first two; a pair is in one of them at most. `order` is where
    each stands.
    """
    wholes: dict[tuple[str, str], tuple[str, ...]] = {}
    taken: set[tuple[str, str]] = set()
    for pair, relation in relations.items():
        if pair in taken:
            continue
        members = list(pair)
        for other in sorted(order, key=order.__getitem__):
            if order[other] > order[members[-1]] and all(relations.get((m, other)) == relation for m in members):
                members.append(other)
        if len(members) > 2:
            wholes[pair] = tuple(members)
            taken |= set(combinations(members, 2))
    return wholes
