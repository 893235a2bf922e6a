"""Turns of talk: interviews and transcripts, by the labels that their paragraphs begin with.

Labels come in many forms for one speaker (`CHAIR ROSA DELGADO:`, then `DELGADO:`), so speakers are told apart by a label's last word.
Where the talk ends is not marked: after the last label, paragraphs go on with it as long as turns before had as many, or as somebody
speaks in them of himself or to another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from onrecord.extract.cues import load_cues
from onrecord.text import find_quotations
from onrecord.types import Span

_WORD = r"[^\W\d_a-z][\w.’'-]*"
_CLOCK = r"(?:\[?\d{1,2}:\d\d(?::\d\d)?\]?[ \u00a0]+)?"
_NAME = rf"{_WORD}(?:[ \u00a0](?:{_WORD}|\d{{1,2}}|al|bin|de|la|van|von|of|the)){{0,5}}"
_ROLE = r"(?:, [A-Z][^a-z:\d\n]{1,80})?"  # in capitals: "RENEE VAUGHT, FORMER FEDERAL PROSECUTOR:"
_LABEL = re.compile(rf"{_CLOCK}(?:(?P<full>{_NAME}{_ROLE})(?:[ \u00a0][(\[][^()\[\]\n]{{1,60}}[)\]])?:|(?P<short>[QA])[.])[ \u00a0]+(?=\S)")
_ANY_LABEL = re.compile(r"([A-Z][\w’' ]{1,30}):\s+(?=\S)")
_DIRECTION = re.compile(r"\s*(?:\([^()\n]{1,80}\)|\[[^\[\]\n]{1,80}\])\s*")
_ENTRY = re.compile(r"\d{1,2}[.:]\d\d(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?(?:[ \u00a0]*[:|–—-])?[ \u00a0]+(?=[A-Z“‘\"'])")
_TURNS = 3  # labelled paragraphs that make a transcript, at least
_SPOKEN = re.compile(r"\b(?:I|[Ww]e|[Mm]e|[Mm]y|[Uu]s|[Oo]ur|[Yy]ou|[Yy]our)\b")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of talk: the speaker's label without its colon, what is said, and the whole paragraphs, one span for each; "(Applause.)"
    and the like are not said.
    """

    label: Span
    said: tuple[Span, ...]
    paragraphs: tuple[Span, ...]


def find_turns(text: str, paragraphs: Sequence[Span]) -> list[Turn]:
    """The turns of an interview or transcript, `Q: …` or `NAME: …`; empty if the text is neither.

    Speakers come again, there are two or more, and most of what stands from the first label to the last is labelled or short of it;
    a paragraph without a label goes on with the turn before it.
    """
    labels = {p: found for p in paragraphs if (found := _find_label(text, p))}
    speakers = [_name_speaker(label.of(text)) for label, _ in labels.values()]
    if len(speakers) < _TURNS or not 1 < len(set(speakers)) <= 1 + len(speakers) // 2:
        return []
    places = [bisect_left(paragraphs, p) for p in labels]
    if 3 * len(places) < places[-1] + 1 - places[0]:
        return []
    longest = max(after - before for before, after in pairwise(places))
    ends = [*places[1:], _find_end(text, paragraphs, places[-1], longest)]
    return [
        Turn(
            label,
            (Span(said, whole.end), *(p for p in paragraphs[at + 1 : end] if not _DIRECTION.fullmatch(text, p.start, p.end))),
            (whole, *paragraphs[at + 1 : end]),
        )
        for (whole, (label, said)), at, end in zip(labels.items(), places, ends, strict=True)
    ]


def _find_label(text: str, paragraph: Span) -> tuple[Span, int] | None:
    """The label that a paragraph begins with, and where what is said begins."""
    match = _LABEL.match(text, paragraph.start, paragraph.end)
    if match is None or (match["full"] or "").lower() in load_cues().labels:
        return None
    return Span(*match.span("full" if match["full"] else "short")), match.end()


def leave_out_label(text: str, paragraph: Span) -> Span:
    """The paragraph without a label that is no speaker, "The claim: …", or a live blog's clock time: what follows is a sentence of
    its own.
    """
    if clock := _ENTRY.match(text, paragraph.start, paragraph.end):
        return Span(clock.end(), paragraph.end)
    match = _ANY_LABEL.match(text, paragraph.start, paragraph.end)
    is_label = match is not None and match[1].lower() in load_cues().labels
    return Span(match.end(), paragraph.end) if match and is_label else paragraph


def _name_speaker(label: str) -> str:
    """What stands for a speaker in all forms of the label: the last word, or the whole where that is a number."""
    last = label.partition(",")[0].replace("\u00a0", " ").split(" ")[-1]
    return label.casefold() if last.isdecimal() else last.casefold()


def _find_end(text: str, paragraphs: Sequence[Span], last: int, longest: int) -> int:
    """The index of the first paragraph after the last turn's."""
    end = last + 1
    while end < len(paragraphs) and (end - last < longest or _is_spoken(text, paragraphs[end])):
        end += 1
    return end


def _is_spoken(text: str, paragraph: Span) -> bool:
    """Whether somebody speaks of himself or to another, outside quotations."""
    quoted = [q.outer for q in find_quotations(text, paragraph) if q.depth == 0]
    return any(not any(q.holds(Span(*m.span())) for q in quoted) for m in _SPOKEN.finditer(text, paragraph.start, paragraph.end))
