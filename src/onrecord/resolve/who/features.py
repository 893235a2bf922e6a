"""What the ranker sees of a mention and of a source that it may stand for: yes-or-no features with readable names.

Nothing here parses: a mention that is its sentence's first stands in for a subject, a preposition before it for an oblique.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from onrecord.resolve.vocabulary import Vocabulary
from onrecord.resolve.who.entities import Entity
from onrecord.resolve.who.mentions import Mention
from onrecord.resolve.who.voices import Voices
from onrecord.text import find_sentence_starts

_SORTS = {"male": "he", "female": "he", "plural": "they", "thing": "it"}
_OBLIQUE = re.compile(
    r"\b(?:of|to|by|with|for|from|in|on|at|about|against|into|over|after|before|between|near|including|like|than)\s+(?:the\s+|an?\s+|his\s+|her\s+)?\Z",
    re.I,
)
POSSESSIVES = frozenset({"his", "her", "its", "their"})


def tell_sort(mention: Mention) -> str | None:
    """The class of mention that decides which weights count: he, they, it, person, group, body, document; None for what stands
    for nobody else.
    """
    if mention.form == "pronoun":
        return _SORTS.get(mention.head)
    if not mention.definite or mention.kind is None:
        return None
    if mention.kind in ("person", "unnamed"):
        return "person"
    return "document" if mention.kind == "document" else "group" if mention.plural else "body"


class Context:
    """What all features of a document's mentions share."""

    def __init__(
        self, text: str, mentions: Sequence[Mention], voices: Voices, speakers: Sequence[int | None], vocabulary: Vocabulary
    ) -> None:
        self.starts = find_sentence_starts(text)
        self.mentions, self.vocabulary = mentions, vocabulary
        self.sentences = [bisect_right(self.starts, m.span.start) for m in mentions]
        self.first = [not i or self.sentences[i - 1] != s for i, s in enumerate(self.sentences)]
        self.oblique = [bool(_OBLIQUE.search(text, max(0, m.span.start - 16), m.span.start)) for m in mentions]
        self.sources = {s for s in speakers if s is not None}
        self.voices = [v.reading if (v := voices.find(m.span.start)) else None for m in mentions]
        self.speakers = speakers


def describe_candidates(context: Context, place: int, candidates: Sequence[Entity]) -> list[list[str]]:
    """The features of every source that the mention at `place` may stand for. Their rank, by how lately they were mentioned,
    counts those only whose sex is as likely.
    """
    mention = context.mentions[place]
    found = []
    ranks: dict[str, int] = {}
    for entity in candidates:
        sex = _tell_sex(entity, mention, context.vocabulary) if mention.sex else "any"
        rank = ranks[sex] = ranks.get(sex, -1) + 1
        found.append([*_describe_candidate(context, place, entity), f"{sex}, rank {min(rank, 5)}", sex])
    return found


def _tell_sex(entity: Entity, mention: Mention, vocabulary: Vocabulary) -> str:
    if entity.sex:
        return "known"
    usual = next((sex for n in entity.names if (sex := vocabulary.given.get(n.split()[0].lower()))), None) if entity.named else None
    return "unknown" if usual is None else "usual" if usual == mention.sex else "unusual"


def _describe_candidate(context: Context, place: int, entity: Entity) -> list[str]:
    mention, last = context.mentions[place], context.mentions[entity.last]
    far = min(context.sentences[place] - context.sentences[entity.last], 8)
    near = "same" if far == 0 else "before" if far == 1 else "further"
    found = [
        f"sentences {far if far < 3 else '3-7' if far < 8 else '8+'}",
        f"count {entity.count if entity.count < 4 else '4-7' if entity.count < 8 else '8+'}",
        f"last {last.form}",
        "named" if entity.named else "not named",
        f"kind {entity.kind}",
    ]
    if context.first[entity.last]:
        found.append(f"last is first, {near}")
    if context.first[entity.last] and context.first[place]:
        found.append("both are first")
    if context.oblique[entity.last]:
        found.append(f"last is oblique, {near}")
    if entity.last in context.sources:
        found.append(f"last spoke, {near}")
        if place in context.sources:
            found.append(f"both speak, {near}")
    found += _compare_voices(context, place, entity)
    if mention.form == "pronoun":
        found += _compare_pronoun(mention, last, far)
    else:
        found += _compare_nouns(mention, entity, context.vocabulary)
    return found


def _compare_voices(context: Context, place: int, entity: Entity) -> list[str]:
    mine, other = context.voices[place], context.voices[entity.last]
    if mine is None:
        return ["from quotation"] if other is not None else []
    speaker = context.speakers[mine]
    found = ["into quotation" if other is None else "one quotation" if other == mine else "other quotation"]
    if speaker is not None and (context.mentions[speaker].span in entity.spans):
        found.append("is who speaks")
    return found


def _compare_pronoun(mention: Mention, last: Mention, far: int) -> list[str]:
    found = []
    if last.form == "pronoun" and last.head == mention.head:
        found.append("same pronoun")
    if far == 0 and mention.text.lower() in POSSESSIVES:
        found.append("possessive, same sentence")
    return found


def compare_heads(mention: Mention, entity: Entity, vocabulary: Vocabulary) -> str:
    """Whether an entity has been called by a description's noun, by one that may stand for it, or by neither."""
    if mention.head in entity.heads:
        return "same noun"
    return "other noun" if entity.heads.isdisjoint(vocabulary.alike.get(mention.head, ())) else "noun alike"


def _compare_nouns(mention: Mention, entity: Entity, vocabulary: Vocabulary) -> list[str]:
    heads = compare_heads(mention, entity, vocabulary)
    carries = heads == "same noun"
    found = [heads]
    words = {w for w in re.findall(r"[\w-]+", mention.text.lower())[1:] if w != mention.head}
    if words:
        shared = sum(1 for w in words if w in entity.heads or any(w in r.lower() for r in entity.roles))
        found.append(f"{heads}, {'all' if shared == len(words) else 'some' if shared else 'no'} other words")
    if mention.affiliations:
        found.append("belongs" if any(a in entity.affiliations for a in mention.affiliations) else "belongs elsewhere")
    if not carries and not entity.named:
        found.append(f"{heads}, not named")
    first = mention.text.split()[0].lower()
    if first in ("this", "that", "these", "those"):
        found.append("demonstrative")
    return found


def describe_nobody(context: Context, place: int, candidates: Sequence[Entity]) -> list[str]:
    """The features of a mention that may stand for none of the candidates."""
    mention = context.mentions[place]
    found = ["nobody", f"nobody of {min(len(candidates), 4)}"]
    if place in context.sources:
        found.append("nobody, speaks")
    if context.voices[place] is not None:
        found.append("nobody, quoted")
    if mention.form == "description":
        words = mention.text.lower().split()
        found += [f"nobody, determiner {words[0]}", f"nobody, words {min(len(words), 4)}"]
        if mention.affiliations:
            found.append("nobody, belongs")
        if any(mention.head in e.heads for e in candidates):
            found.append("nobody, but same noun")
    else:
        found.append(f"nobody, {mention.text.lower()}")
    return found
