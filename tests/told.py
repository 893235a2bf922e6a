"""Readings and sources made of the facts of an article: what a reader would give who reads everything right."""

from __future__ import annotations

import re
from typing import Any

from bench.facts import Article, as_list
from onrecord.types import Reading, Source, Span
from tests.test_bench_chains import place


def find_place(text: str, words: str | dict[str, Any]) -> Span:
    found = place(text, words)
    return Span(found["start"], found["end"])


def read_facts(article: Article) -> tuple[str, list[Reading], list[str | None], list[Source]]:
    """The text, its statements in the facts' order, the id of each one's source, and the sources."""
    text, facts = article.text, article.facts
    ids = {name: f"p{i}" for i, s in enumerate(facts["sources"]) for name in as_list(s["name"])}
    sources = [
        Source(
            id=f"p{i}",
            name=as_list(s["name"])[0],
            kind=as_list(s["kind"])[0],
            mentions=tuple(sorted({m for words in s["mentions"] for m in _find_all(text, words)})),
        )
        for i, s in enumerate(facts["sources"])
    ]
    readings = [
        Reading(
            content=(content := tuple(find_place(text, p) for p in s["content"])),
            cue=_find_near(text, s["cue"], content),
            kind=as_list(s["kind"])[0],
            confidence=1.0,
            within=s["within"],
            embed=0 if any(e["id"] in s.get("evidence", ()) and "embed" in as_list(e["kind"]) for e in facts["evidence"]) else None,
        )
        for s in facts["statements"]
    ]
    return text, readings, [ids.get(as_list(s["source"])[0]) if s["source"] else None for s in facts["statements"]], sources


def _find_all(text: str, words: str | dict[str, Any]) -> list[Span]:
    if isinstance(words, dict):
        return [find_place(text, words)]
    return [Span(*m.span()) for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]


def _find_near(text: str, cue: str | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The cue's place that is nearest to the content."""
    found = [Span(*m.span()) for m in re.finditer(re.escape(cue), text)] if cue else []
    return tuple(sorted(found, key=lambda s: min(abs(s.start - c.end) + (s.start < c.start) for c in content))[:1])
