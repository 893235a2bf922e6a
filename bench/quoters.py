"""What people use today to find who said what, as functions from an article's text to statements: spans by role, in code points.

`textacy`: direct quotations as textacy finds them. `rules`: the three kinds of quotation of the Gender Gap Tracker (Asr et al., PLoS ONE
2021), written by us from its description: syntactic (a reporting verb, its subject, and its clause), by quotation marks near such a verb,
and floating ones, which go to the last speaker; and "according to". `nearest`: quotation marks and the nearest name in the paragraph. The
first two read a spaCy parse in Universal Dependencies; each paragraph is parsed alone, so that an unclosed quotation mark spoils no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from onrecord.text import find_paragraphs
from onrecord.types import Span

Spans = list[list[int]]
Statement = dict[str, Spans]
Quoter = Callable[[str], list[Statement]]

_VERBS = frozenset(
    [
        "accuse",
        "acknowledge",
        "add",
        "admit",
        "advise",
        "affirm",
        "agree",
        "allege",
        "announce",
        "argue",
        "ask",
        "assert",
        "assure",
        "believe",
        "boast",
        "claim",
        "comment",
        "complain",
        "concede",
        "conclude",
        "confirm",
        "contend",
        "counter",
        "criticize",
        "declare",
        "defend",
        "demand",
        "deny",
        "describe",
        "disclose",
        "emphasize",
        "estimate",
        "exclaim",
        "explain",
        "express",
        "find",
        "hint",
        "imply",
        "indicate",
        "inform",
        "insist",
        "joke",
        "lament",
        "maintain",
        "mention",
        "mock",
        "note",
        "observe",
        "predict",
        "promise",
        "propose",
        "quip",
        "recall",
        "reckon",
        "recount",
        "reiterate",
        "remark",
        "repeat",
        "reply",
        "report",
        "respond",
        "reveal",
        "say",
        "scold",
        "see",
        "shout",
        "show",
        "signal",
        "speculate",
        "state",
        "stress",
        "suggest",
        "suspect",
        "tell",
        "testify",
        "think",
        "tweet",
        "urge",
        "vow",
        "warn",
        "wonder",
        "worry",
        "write",
    ]
)
_QUOTED = re.compile(r"“[^”\n]+”?|\"[^\"\n]+\"?|(?<!\w)``.+?''")
_NAME = re.compile(r"(?:(?:[A-Z][\w.’'-]*)(?:\s+(?:de|van|von|al|bin|of|[A-Z][\w.’'-]*))*\s+)?[A-Z][\w’'-]+")
_SUBJECTS = ("nsubj", "nsubj:pass", "csubj")
_LEAST = 3  # words of a quotation


def find_quotations(text: str) -> list[tuple[int, int]]:
    """Stretches between quotation marks that have three words or more."""
    return [found.span() for found in _QUOTED.finditer(text) if len(found[0].split()) >= _LEAST]


# --- quotation marks and the nearest name ---------------------------------------------------------------------------------------


def find_nearest(text: str) -> list[Statement]:
    """Each quotation, to the nearest name outside quotation marks in its paragraph."""
    statements = []
    for paragraph in find_paragraphs(text):
        words = paragraph.of(text)
        quoted = find_quotations(words)
        names = [found.span() for found in _NAME.finditer(words) if not any(start <= found.start() < end for start, end in quoted)]
        for start, end in quoted:
            near = min(names, key=lambda name: max(start - name[1], name[0] - end), default=None)
            statements.append(_move({"source": [list(near)] if near else [], "cue": [], "content": [[start, end]]}, paragraph.start))
    return statements


def _move(statement: Statement, by: int) -> Statement:
    return {role: [[start + by, end + by] for start, end in spans] for role, spans in statement.items()}


# --- on a parse -----------------------------------------------------------------------------------------------------------------


def make_reader(nlp: Any, find: Callable[[Any], Iterator[Statement]]) -> Quoter:
    """A quoter that parses each paragraph, and finds statements in it; one without a source is the last speaker's."""

    def read(text: str) -> list[Statement]:
        paragraphs: Sequence[Span] = find_paragraphs(text)
        docs = nlp.pipe(paragraph.of(text) for paragraph in paragraphs)
        statements: list[Statement] = []
        for doc, paragraph in zip(docs, paragraphs, strict=True):
            for found in find(doc):
                statement = _move(found, paragraph.start)
                statements.append(statement | {"source": statement["source"] or (statements[-1]["source"] if statements else [])})
        return statements

    return read


def find_by_textacy(doc: Any) -> Iterator[Statement]:
    """What textacy finds; nothing where it gives up over an unclosed quotation mark."""
    from textacy.extract import direct_quotations

    try:
        found = list(direct_quotations(doc))
    except ValueError:
        return
    for speaker, cue, content in found:
        yield {"source": _join(speaker), "cue": _join(cue), "content": [[content.start_char, content.end_char]]}


def _join(tokens: Sequence[Any]) -> Spans:
    """Spans of tokens, those side by side as one."""
    spans: Spans = []
    last = -2
    for token in sorted(tokens, key=lambda token: token.i):
        end = token.idx + len(token)
        if token.i == last + 1:
            spans[-1][1] = end
        else:
            spans.append([token.idx, end])
        last = token.i
    return spans


def find_by_rules(doc: Any) -> Iterator[Statement]:
    """The Gender Gap Tracker's kinds of quotation, those that float without a source."""
    quoted = find_quotations(doc.text)
    taken: list[tuple[int, int]] = []
    for word in doc:
        found = _read_verb(word, quoted) or _read_according(word)
        if found and not any(_cross(span, done) for span in found["content"] for done in taken):
            taken += [(start, end) for start, end in found["content"]]
            yield found
    for start, end in quoted:
        if not any(_cross([start, end], done) for done in taken) and not _has_text_around(doc.text, start, end):
            yield {"source": [], "cue": [], "content": [[start, end]]}


def _read_verb(verb: Any, quoted: Sequence[tuple[int, int]]) -> Statement | None:
    if verb.lemma_.lower() not in _VERBS or verb.pos_ not in ("VERB", "AUX") or any(s < verb.idx < e for s, e in quoted):
        return None
    speaker = next((child for child in verb.children if child.dep_ in _SUBJECTS), None)
    if speaker is None:
        return None
    content = _find_clause(verb, speaker, quoted)
    return {"source": _join(_cut(speaker)), "cue": [[verb.idx, verb.idx + len(verb)]], "content": content} if content else None


def _find_clause(verb: Any, speaker: Any, quoted: Sequence[tuple[int, int]]) -> Spans:
    """What a verb has for a clause, else the quotations of its sentence."""
    for child in verb.children:
        if child.dep_ == "ccomp" or (child.dep_ == "parataxis" and child.i < verb.i):
            return _join([token for token in child.subtree if token != verb and not speaker.is_ancestor(token)])
    if verb.dep_ == "parataxis":
        own = {token.i for token in verb.subtree}
        return _join([token for token in verb.head.subtree if token.i not in own and not token.is_space])
    sentence = verb.sent
    return [[start, end] for start, end in quoted if sentence.start_char <= start < sentence.end_char]


def _cut(speaker: Any) -> list[Any]:
    """The words of a speaker without clauses that hang on it."""
    out = {
        token.i for child in speaker.subtree if child.dep_ in ("acl:relcl", "acl", "punct", "advcl", "parataxis") for token in child.subtree
    }
    return [token for token in speaker.subtree if token.i not in out or token == speaker]


def _read_according(word: Any) -> Statement | None:
    if word.lower_ != "according" or word.i + 1 >= len(word.doc) or word.nbor().lower_ != "to":
        return None
    source = word.head
    own = {token.i for token in source.subtree}
    said = [token for token in word.sent if token.i not in own and not token.is_space]
    speaker = [token for token in _cut(source) if token.i not in (word.i, word.i + 1)]
    cue = [[word.idx, word.nbor().idx + 2]]
    return {"source": _join(speaker), "cue": cue, "content": _join(said)} if said and speaker else None


def _cross(span: Sequence[int], other: tuple[int, int]) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def _has_text_around(text: str, start: int, end: int) -> bool:
    """Whether a quotation stands among other words, as scare quotes and titles do."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    return bool(before and before[-1] not in ".!?”\"'") or bool(after and after[0].islower())
