"""What people belong to: the bodies that stand in their descriptions, in clauses about them, and right behind their names.

A body is an entity, not a name: "a spokeswoman for the company" belongs to whatever the company turns out to be.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from onrecord.resolve.vocabulary import Vocabulary, load_vocabulary, singular
from onrecord.resolve.who.entities import Entity
from onrecord.resolve.who.mentions import Mention
from onrecord.types import Span

COMPLEMENT = re.compile(
    r"[ \u00a0](?:(?:close|near|known|familiar)[ \u00a0])?(?:of|for|at|in|with|from|to)[ \u00a0][^,.;:()\n\"“”]{1,80}?"
    r"(?=[,.;:()\n]|[ \u00a0](?:who|which|that|and|said|told|has|had|is|was)\b|\Z)"
)
_LOOK_BACK = 20  # bodies mentioned last, of which one may be meant
_BELONGS = re.compile(r"\b(?:for|of|at|with|from)[ \u00a0](?:the[ \u00a0])?\Z")
_NEXT = re.compile(r"(?:['’]s?)?((?:[ \u00a0][a-z-]+){1,3})")
_NEAR = 120  # code points between a person and a body that a clause about them names
_OF = re.compile(r",?[ \u00a0]of[ \u00a0](?:the[ \u00a0])?|,[ \u00a0](?:from|at|with)[ \u00a0](?:the[ \u00a0])?")
_OWNED = re.compile(r"['’]s?[ \u00a0](?:[\w-]+[ \u00a0]){1,4}(?:is|was)[ \u00a0]")
_BY = re.compile(r"(?:,?[ \u00a0][a-z]+){0,5}?[ \u00a0](?:by|from|of)[ \u00a0](?:the[ \u00a0])?")


def find_bodies(
    text: str, mentions: Sequence[Mention], entities: Sequence[Entity], wholes: Mapping[int, Span], vocabulary: Vocabulary
) -> None:
    """Adds to the entity of each mention the bodies that it belongs to: `a spokeswoman for the company`, `the museum's director`,
    `Vell, who runs the Harbour Trust`, and `a company spokesman`, who is of the last company mentioned. `wholes` are the phrases
    that a mention stands in, by place.
    """
    starts = [m.span.start for m in mentions]
    last: list[Entity] = []
    for i, (mention, entity) in enumerate(zip(mentions, entities, strict=True)):
        if entity.kind == "organisation" and (not last or last[-1] is not entity):
            last.append(entity)
        if entity.kind == "document" and mention.form != "pronoun":
            found = list(_find_behind(text, i, mentions, entities, _BY))
        elif entity.kind not in ("person", "unnamed") or entity.plural or mention.form == "pronoun":
            continue
        else:
            found = [entities[k] for k in _find_inside(text, i, mentions, entities, wholes, starts, vocabulary)]
            found += _find_last(mention, last, vocabulary)
            found += _find_told(text, i, mentions, entities, vocabulary)
        entity.bodies += [b for b in dict.fromkeys(found) if b is not entity and b not in entity.bodies]


def _find_inside(
    text: str, place: int, mentions: Sequence[Mention], entities: Sequence[Entity], wholes: Mapping[int, Span], starts: list[int],
    vocabulary: Vocabulary,
) -> Iterator[int]:  # fmt: skip
    """The places of bodies in the phrase that a mention stands in, and in its complement."""
    mention = mentions[place]
    whole = wholes.get(place, mention.span)
    more = COMPLEMENT.match(text, whole.end) if mention.form == "description" else None
    end = more.end() if more else whole.end
    for k in range(bisect_left(starts, whole.start), bisect_left(starts, end)):
        if (
            k != place
            and not mentions[k].span.holds(mention.span)
            and _is_body(entities[k])
            and _belongs(text, mentions[k].span, vocabulary)
        ):
            yield k


def _is_body(entity: Entity) -> bool:
    return entity.kind in ("organisation", "group") and not entity.plural


def _belongs(text: str, span: Span, vocabulary: Vocabulary) -> bool:
    """Whether a body stands where somebody's body does: `for the trust`, `the trust’s chairman`."""
    found = _NEXT.match(text, span.end)
    if found is not None and text[span.end] == " " and singular(found[1].split()[0]) in vocabulary.place_roles:
        return False
    before_role = found is not None and any(singular(w) in vocabulary.people for w in found[1].split())
    return before_role or _BELONGS.search(text, max(0, span.start - 12), span.start) is not None


def _find_last(mention: Mention, last: Sequence[Entity], vocabulary: Vocabulary) -> Iterator[Entity]:
    """`A company spokesman`: of the last company mentioned."""
    nouns = mention.text.lower().split()[1:-1] if mention.form == "description" else []
    noun = next((w for w in nouns if w in vocabulary.alike and w in vocabulary.organisations), None)
    if noun:
        yield from islice((e for e in reversed(last[-_LOOK_BACK:]) if noun in e.heads or e.named), 1)


def _find_told(text: str, place: int, mentions: Sequence[Mention], entities: Sequence[Entity], vocabulary: Vocabulary) -> Iterator[Entity]:
    """What is said beside a name: `Vell, who has led the League since May`, `Osei of the Lake Institute`, `City’s captain is Vell`."""
    if mentions[place].form != "name":
        return
    yield from (e for e in _find_behind(text, place, mentions, entities, _OF) if e.named and e.sure and not e.place)
    for body in _find_behind(text, place, mentions, entities, _compile_ties()):
        entities[place].heads |= vocabulary.heads if _compile_heading().match(text, mentions[place].span.end) else set()
        yield body
    for k in range(place - 1, max(-1, place - 4), -1):
        if _is_body(entities[k]) and _OWNED.fullmatch(text, mentions[k].span.end, mentions[place].span.start):
            yield entities[k]


def _find_behind(text: str, place: int, mentions: Sequence[Mention], entities: Sequence[Entity], link: re.Pattern[str]) -> Iterator[Entity]:
    """The body that stands behind a mention, with nothing but `link` between them."""
    end = mentions[place].span.end
    for k in range(place + 1, min(place + 5, len(mentions))):
        start = mentions[k].span.start
        if start - end > _NEAR:
            break
        if start >= end and _is_body(entities[k]) and link.fullmatch(text, end, start):
            yield entities[k]
            break


@cache
def _compile_ties() -> re.Pattern[str]:
    """`, who has led the`: a clause that says what somebody does in a body."""
    return _compile_clause(load_vocabulary().leading)


@cache
def _compile_heading() -> re.Pattern[str]:
    return _compile_clause(load_vocabulary().heading)


def _compile_clause(verbs: Sequence[str]) -> re.Pattern[str]:
    alternatives = "|".join(map(re.escape, verbs))
    return re.compile(rf"(?:, [^,;.\n]{{1,40}})?,? who (?:has |had |also |once |now |then |co-)*(?:{alternatives}) (?:the |an? )?")
