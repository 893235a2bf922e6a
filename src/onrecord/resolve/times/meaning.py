"""What an expression means, and the words around it that several kinds of expression ask about."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.resolve.times.anchor import Anchor
from onrecord.types import Span

Parts = dict[str, str]
UNKNOWN = {"D": "XXXX-XX-XX", "N": "XXXX-XX-XX", "W": "XXXX-WXX", "WE": "XXXX-WXX-WE", "F": "XXXX-WXX", "MO": "XXXX-XX", "Q": "XXXX-QX"}
UNKNOWN |= {"S": "XXXX-XX-XX", "M": "XXXX-XX-XX", "H": "XXXX-XX-XX", "Y": "XXXX", "E": "XXXX", "C": "XXXX"}
STEP_WORDS = {"last": -1, "this": 0, "next": 1, "that": 0, "the same": 0, "the following": 1, "the previous": -1, "the": 0}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one expression means. `span` is set where it is only a part of what the rule found."""

    type: str
    value: str
    span: Span | None = None


def get_before(anchor: Anchor, length: int = 24) -> str:
    return anchor.text[max(0, anchor.at.start - length) : anchor.at.start]


def get_after(anchor: Anchor, length: int = 24) -> str:
    return anchor.text[anchor.at.end : anchor.at.end + length]


def ends_in(name: str, before: str, anchor: Anchor) -> bool:
    """Whether the text before an expression ends in one of the words of the list `before.name`."""
    return anchor.words.before[name].search(before) is not None


def goes_on(name: str, anchor: Anchor) -> bool:
    """Whether the text after an expression goes on as `after.name` has it."""
    return anchor.words.after[name].match(anchor.text, anchor.at.end) is not None


def is_led(anchor: Anchor) -> bool:
    """Whether a word or mark that time expressions stand after is just before."""
    before = get_before(anchor)
    return ends_in("lead", before, anchor) or before.rstrip()[-1:] in tuple("[(,–—-")
