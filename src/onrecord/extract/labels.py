"""What stands before a quotation’s colon and says whose words these are, and that they are rendered: "My translation of Pell’s post:"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onrecord.extract.cues import load_cues
from onrecord.types import Span

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NAME = r"(?P<name>(?:[A-Z][\w.’'-]*[ \u00a0]){0,4}?[A-Z][\w-]*)"
_BY = re.compile(rf"\b(?:by|from)[ \u00a0](?:(?:the|an?)[ \u00a0])?{_NAME}(?:[ \u00a0]*\([^()]*\))?(?=\W*\Z|,)")
_WHOSE = re.compile(rf"(?<![\w’'.-]){_NAME}(?:['’]s|(?<=s)['’])[ \u00a0](?:[a-z-]+[ \u00a0]){{0,2}}\Z")
_THE = re.compile(rf"\b[Tt]he[ \u00a0]{_NAME}[ \u00a0]\Z")
_OWN = frozenset({"my", "our"})


@dataclass(frozen=True, slots=True)
class Label:
    """What the words before a colon tell: whose words follow, by name, if they do; the noun for these words, if there is one; and whether
    they are rendered by somebody else.
    """

    owner: Span | None
    noun: Span | None
    renders: bool


def read_label(text: str, lead: Span) -> Label | None:
    """The label that `lead` is, up to its colon; None where it says neither whose words follow nor that they are rendered."""
    cues = load_cues()
    words = [Span(*m.span()) for m in _WORD.finditer(text, lead.start, lead.end)]
    small = [w.of(text).lower() for w in words]
    if not (cues.known - cues.posts - cues.renderings).isdisjoint(small):
        return None  # a clause
    noun = next((w for w, word in zip(reversed(words), reversed(small), strict=True) if word in cues.posts), None)
    renders = not cues.renderings.isdisjoint(small) or not _OWN.isdisjoint(small)
    owner = _find_owner(text, lead, noun) if noun else None
    if owner is None and not (renders and cues.plain_labels.union(cues.renderings, cues.posts, _OWN).issuperset(small)):
        return None
    return Label(owner, noun, renders)


def _find_owner(text: str, lead: Span, noun: Span) -> Span | None:
    before = Span(lead.start, noun.start)
    for pattern, place in ((_BY, Span(noun.end, lead.end)), (_WHOSE, before), (_THE, before)):
        found = pattern.search(text, place.start, place.end)
        if found and load_cues().plain_labels.isdisjoint(w.lower() for w in _WORD.findall(found["name"])):
            return Span(*found.span("name"))
    return None
