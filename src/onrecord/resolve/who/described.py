"""Descriptions whose bearer no place before them makes clear, but the whole text does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.resolve.who.entities import Entity, fold_name, tell_usual_sex
from onrecord.resolve.who.mentions import Mention

_TELLING = 3  # words that make a description one person's
_TELLING_OF_BODIES = 2  # one body's
_LIKE = 4  # descriptions with one noun that are looked at: of several none is meant


def join_described(entities: Iterable[Entity], vocabulary: Vocabulary, lead: int) -> None:
    """Joins descriptions to somebody whom the text names and calls by all of these words ("a deputy harbourmaster of Port Noor"), or to
    the only one named whom it calls by this noun or one like it; and "the lake institute" to the one body with these words in its name.
    Up to code point `lead` "a councillor" may be somebody whom the text names only later.
    """
    everybody = list(dict.fromkeys(entities))
    unnamed = [e for e in everybody if not e.named and not e.plural]
    people = [e for e in everybody if e.named and e.kind == "person"]
    _join_people(people, [e for e in unnamed if e.kind == "unnamed"], vocabulary, lead)
    _join_bodies(
        [e for e in everybody if e.named and e.kind == "organisation"], [e for e in unnamed if e.kind == "organisation"], vocabulary
    )


def _join_people(people: Sequence[Entity], unnamed: Sequence[Entity], vocabulary: Vocabulary, lead: int) -> None:
    by_word: dict[str, set[int]] = {}
    by_noun: dict[str, set[int]] = {}
    for k, entity in enumerate(people):
        for word in {w for role in entity.roles for w in fold_name(role)}:
            by_word.setdefault(word, set()).add(k)
        for noun in entity.heads:
            for like in (noun, *vocabulary.kin.get(noun, ())):
                by_noun.setdefault(like, set()).add(k)
    for entity in unnamed:
        words = set(fold_name(entity.name)) - vocabulary.determiners
        bearers = set.intersection(*(by_word.get(w, set()) for w in words)) if len(words) >= _TELLING else set()
        opening = min(entity.spans)
        may_be = entity.definite or opening.start < lead
        alone = not bearers and entity.heads and may_be and entity.heads.isdisjoint(vocabulary.anonymous)
        if alone and sum(not entity.heads.isdisjoint(e.heads) for e in unnamed) == 1:
            bearers = set.intersection(*(by_noun.get(h, set()) for h in entity.heads))
            bearers = {k for k in bearers if _is_called(people[k], words)} if len(bearers) > 1 else bearers
            bearers = {k for k in bearers if entity.definite or min(people[k].spans) > opening}
            if len(words) > 1:  # "the president’s spokesman" is nobody's commander
                bearers = {k for k in bearers if not entity.heads.isdisjoint(people[k].heads)}
        bearer = people[bearers.pop()] if len(bearers) == 1 else None
        sex = bearer and (bearer.sex or tell_usual_sex(bearer.names, vocabulary))
        if bearer is not None and (not sex or not entity.sex or sex == entity.sex):
            entity.join(bearer)


def _is_called(person: Entity, words: set[str]) -> bool:
    """Whether somebody has a role of these words only: "the energy minister" is the minister, and not the deputy minister."""
    return any(words.issuperset(fold_name(role)) for role in person.roles)


def _join_bodies(bodies: Sequence[Entity], unnamed: Sequence[Entity], vocabulary: Vocabulary) -> None:
    by_word: dict[str, set[int]] = {}
    for k, entity in enumerate(bodies):
        for word in {w for name in entity.names for w in fold_name(name)}:
            by_word.setdefault(word, set()).add(k)
    for entity in unnamed:
        words = [w for w in fold_name(entity.name) if w not in vocabulary.determiners]
        if entity.definite and len(words) >= _TELLING_OF_BODIES and singular(words[-1]) in entity.heads:
            bearers = set.intersection(*(by_word.get(w, set()) for w in words))
            if len(bearers) == 1:
                entity.join(bodies[bearers.pop()])


def join_introduced(introduced: Iterable[tuple[Entity, Mention, Mention]], entities: Sequence[Entity]) -> None:
    """Joins "an environmental group", who comes first, to the one who is named only later: "The group, River Watch". `introduced`
    are the named, with the description and the name that stand beside one another.
    """
    by_head: dict[str, list[Entity]] = {}
    for entity in dict.fromkeys(entities):
        if not entity.named and not entity.plural and not entity.pronoun:
            for head in entity.heads:
                by_head.setdefault(head, []).append(entity)
    seen: set[int] = set()
    for named, description, name in introduced:
        if id(named) in seen:
            continue  # by then the text has named it
        seen.add(id(named))
        opening = min(named.spans)
        first = opening in (description.span, name.span) or opening.holds(name.span)
        if not first or not description.text.lower().startswith("the ") or description.span > name.span:
            continue
        before = [e for e in by_head.get(description.head, ())[:_LIKE] if e.joined is None and min(e.spans) < description.span]
        if len(before) == 1 and not before[0].definite and before[0] is not named:
            before[0].join(named)
