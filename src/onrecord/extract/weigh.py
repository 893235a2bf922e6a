"""How sure a reading is, with what its words and marks say beside the model.

The model's own confidence (decode.judge) knows probabilities only. That the cue is a verb of saying, that words stand in quotation marks,
that no source was found, each tell more: weights are those of a logistic regression of right and wrong on PolNeAR's development
articles, rounded (it lowers the log-loss from 0.439 to 0.413, over five folds). It is a table, not a second model, so that it can be read.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from onrecord.extract.cues import load_cues
from onrecord.extract.edges import count_words, find_words
from onrecord.types import Reading

FLOOR = 0.06  # the model's confidence below which nothing else helps

_BARE = 0.4  # confidence below which a few words alone, after no verb of saying, are no statement: a third of them are
_FEW = 6
_PLAIN = 0.5
_WORD_BEFORE = re.compile(r"(\w+) \Z")
_REACH = 20  # code points of a word that are looked back
_CLAUSE = re.compile(r"(?:that|whether|to|if|why|how|what)\b", re.I)
_WHOSE = re.compile(
    r"(?:[\w’'-]+ ){0,5}?([\w-]+)"
    r"(?:,? (?:in|at|of|from|with|within|close|near|familiar|briefed|who|whom|involved|inside|on)\b[^.;:“”\"]*)?\Z"
)
_MODEL = 0.75  # of the model's log-odds; the others are log-odds themselves
_VERB = 0.6
_QUOTED = 0.6
_THAT = 0.5
_NO_SOURCE = -1.4
_FEW_WORDS = -0.6


def weigh(text: str, reading: Reading) -> Reading:
    """The reading with its confidence told anew; certain ones stay as they are."""
    p = reading.confidence
    if not 0 < p < 1:
        return reading
    score = _MODEL * math.log(p / (1 - p))
    score += _VERB * bool(find_words(text, reading.cue) & load_cues().known)
    score += _QUOTED * (reading.kind != "indirect")
    score += _THAT * text[reading.content[0].start : reading.content[0].start + 5].lower().startswith("that ")
    score += _NO_SOURCE * (not reading.source)
    score += _FEW_WORDS * (count_words(text, reading.content) <= 3)
    return replace(reading, confidence=round(1 / (1 + math.exp(-score)), 4))


def is_asked(text: str, reading: Reading) -> bool:
    """Whether it is the one spoken to who is asked, or supposed, to think something: "do you think that", "if you want". Annotated news has
    one in ten of these as what somebody thinks.
    """
    if len(reading.source) != 1 or not reading.cue or reading.source[0].start > reading.cue[0].start:
        return False
    source = reading.source[0]
    before = _WORD_BEFORE.search(text, max(0, source.start - _REACH), source.start)
    return source.of(text).lower() == "you" and before is not None and before[1].lower() in load_cues().auxiliaries | load_cues().supposing


def is_plain(text: str, reading: Reading) -> bool:
    """Whether a weighed reading is plainly a statement, as is asked for in headings: the model has hardly seen any, and what they leave out
    (articles, "is", stops) is what it goes by.
    """
    return bool(reading.cue) and reading.confidence >= _PLAIN and bool(find_words(text, reading.cue) & load_cues().known)


def is_whose(text: str, reading: Reading) -> bool:
    """Whether what follows "citing" is who said it, and not what: "two people in the ministry"."""
    if reading.kind != "indirect" or len(reading.content) != 1 or not find_words(text, reading.cue) & load_cues().citing:
        return False
    named = _WHOSE.match(text, reading.content[0].start, reading.content[0].end)
    return named is not None and named[1].lower() in load_cues().speakers - load_cues().papers | load_cues().people


def is_compared(text: str, reading: Reading) -> bool:
    """Whether what is said is only what something is compared with: "has more friends than it admits"."""
    first = min((*reading.source, *reading.cue), default=None)
    return first is not None and reading.kind == "indirect" and text[max(0, first.start - 5) : first.start].lower() == "than "


def is_bare(text: str, reading: Reading) -> bool:
    """Whether a weighed reading is a thing and no more, such as what somebody supplied or will hear, and not sure enough for that."""
    if reading.kind != "indirect" or reading.confidence >= _BARE or find_words(text, reading.cue) & load_cues().known:
        return False
    first = reading.content[0]
    return count_words(text, reading.content) <= _FEW and not _CLAUSE.match(text, first.start, first.end)
