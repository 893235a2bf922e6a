"""The peers that we are measured beside find what they are made to find."""

from __future__ import annotations

from typing import Any

import spacy
from spacy.tokens import Doc

from bench.parse import Word, find_heads
from bench.quoters import Statement, find_by_rules, find_nearest

SENTENCE = (  # word, lemma, class, relation, head
    ("The", "the", "DET", "det", 1),
    ("mayor", "mayor", "NOUN", "nsubj", 2),
    ("said", "say", "VERB", "ROOT", 2),
    ("that", "that", "SCONJ", "mark", 6),
    ("the", "the", "DET", "det", 5),
    ("quay", "quay", "NOUN", "nsubj", 6),
    ("stays", "stay", "VERB", "ccomp", 2),
    ("open", "open", "ADJ", "xcomp", 6),
    (".", ".", "PUNCT", "punct", 2),
)
ACCORDING = (
    ("According", "accord", "VERB", "case", 3),
    ("to", "to", "ADP", "fixed", 0),
    ("the", "the", "DET", "det", 3),
    ("harbourmaster", "harbourmaster", "NOUN", "obl", 6),
    ("the", "the", "DET", "det", 5),
    ("quay", "quay", "NOUN", "nsubj", 6),
    ("closes", "close", "VERB", "ROOT", 6),
)


def build_doc(rows: tuple[tuple[str, str, str, str, int], ...]) -> Doc:
    words, lemmas, tags, relations, heads = (list(column) for column in zip(*rows, strict=True))
    return Doc(spacy.blank("en").vocab, words=words, lemmas=lemmas, pos=tags, deps=relations, heads=heads)


def show(doc: Any, statement: Statement) -> dict[str, list[str]]:
    return {role: [doc.text[start:end] for start, end in spans] for role, spans in statement.items()}


def test_a_verb_with_its_subject_and_clause() -> None:
    doc = build_doc(SENTENCE)
    (found,) = find_by_rules(doc)
    assert show(doc, found) == {"source": ["The mayor"], "cue": ["said"], "content": ["that the quay stays open"]}


def test_according_to() -> None:
    doc = build_doc(ACCORDING)
    (found,) = find_by_rules(doc)
    assert show(doc, found) == {"source": ["the harbourmaster"], "cue": ["According to"], "content": ["the quay closes"]}


def test_the_nearest_name() -> None:
    text = "The port was shut.\n\nMara Quill left early. “Nobody pays this fee,” Ilsa Dorn said, and shook the “lock”."
    (found,) = find_nearest(text)
    assert {role: [text[start:end] for start, end in spans] for role, spans in found.items()} == {
        "source": ["Ilsa Dorn"],
        "cue": [],
        "content": ["“Nobody pays this fee,”"],
    }


def test_heads_are_made_of_relations() -> None:
    words = [Word(text, True, lemma, tag, "root" if relation == "ROOT" else relation) for text, lemma, tag, relation, _ in SENTENCE]
    assert find_heads(words) == [head for *_, head in SENTENCE]
