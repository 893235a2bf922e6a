"""The facts of the example articles: one schema, words that stand in the texts, dates worked out right, two forms that say the same."""

from __future__ import annotations

import calendar
import html
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
FACTS = sorted([*EXAMPLES.glob("*.facts.json"), *EXAMPLES.glob("aside/*.facts.json")])
PAGES = [path for path in FACTS if path.with_name(path.name.replace(".facts.json", ".html")).exists()]
SCHEMA = json.loads((EXAMPLES / "facts.schema.json").read_text(encoding="utf-8"))
HOP = re.compile(r"(.+?)(?: \(([^)]*)\))?")


def load(path: Path) -> tuple[dict[str, Any], str]:
    text = path.with_name(path.name.replace(".facts.json", ".txt")).read_text(encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8")), text


def listed(value: Any) -> list[Any]:
    """What a fact holds to be right, as a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def count(words: str, text: str) -> int:
    """How often `words` stand in the text as whole words."""
    return len(re.findall(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def strip_tags(page: bytes) -> str:
    charset = "windows-1252" if b"charset=windows-1252" in page or b'charset="windows-1252"' in page else "utf-8"
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", " ", page.decode(charset))
    text = re.sub(r"<br\b[^>]*>|</(?:p|div|h\d|li|blockquote)>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def quoted(facts: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """All words that the facts quote from the text, with the number of their occurrence."""
    statements = facts["statements"]
    words = [m for s in facts["sources"] for m in s["mentions"]]
    words += [p for s in statements for pieces in (s["content"], *s.get("alternatives", ())) for p in pieces]
    words += [s["cue"] for s in statements if s["cue"]] + [m for pair in facts["apart"] for m in pair]
    words += facts["times"] + facts["not_statements"] + [r for s in facts["sources"] for r in s["roles"] + s["handles"]]
    words += [w for e in facts["evidence"] for key in ("words", "status_text") for w in listed(e.get(key))]
    words += [e["text"] for e in facts["editorial"]]
    for word in words:
        yield (word["text"], word["occurrence"]) if isinstance(word, dict) else (word, 1)


@pytest.mark.parametrize("path", FACTS, ids=lambda p: p.name)
def test_facts_follow_their_schema(path: Path) -> None:
    jsonschema.validate(load(path)[0], SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("path", FACTS, ids=lambda p: p.name)
def test_quoted_words_stand_in_the_text(path: Path) -> None:
    facts, text = load(path)
    missing = [(words, n) for words, n in quoted(facts) if text.count(words) < n]
    assert missing == []
    counted = [*facts["times"], *(m for s in facts["sources"] for m in s["mentions"] if isinstance(m, dict))]
    assert [m["text"] for m in counted if count(m["text"], text) < m["occurrence"]] == []


@pytest.mark.parametrize("path", FACTS, ids=lambda p: p.name)
def test_facts_name_each_other(path: Path) -> None:
    facts, text = load(path)
    names = {name for s in facts["sources"] for name in listed(s["name"])}
    ids = {e["id"] for e in facts["evidence"]}
    statements = facts["statements"]
    for index, statement in enumerate(statements):
        assert set(listed(statement["source"])) <= names
        assert statement["within"] is None or 0 <= statement["within"] < index
        assert set(statement.get("evidence", ())) <= ids
        for about in statement.get("about", ()):
            assert all(0 <= i < len(statements) and i != index for i in listed(about))
        hops = statement.get("chain", ["publisher"])
        assert hops[-1] == "publisher"
        for hop in hops[:-1]:
            assert all((m := HOP.fullmatch(h)) and m[1] in names for h in listed(hop)), hop
    for group in facts["variants"]:
        assert all(0 <= i < len(statements) for i in group["members"])
    for mark in facts["editorial"]:
        assert any(mark["text"] in (p if isinstance(p, str) else p["text"]) for p in statements[mark["statement"]]["content"])
    for source in facts["sources"]:
        assert all(name in names or name in text for name in source["affiliations"])


def test_facts_of_one_kind_each_differ() -> None:
    """Every article has its own name, title and publisher."""
    all_facts = [load(path)[0] for path in FACTS]
    assert len({p.name for p in FACTS}) == len({f["title"] for f in all_facts}) == len({f["publisher"] for f in all_facts}) == len(FACTS)


@pytest.mark.parametrize("path", FACTS, ids=lambda p: p.name)
def test_days_are_worked_out_right(path: Path) -> None:
    facts, _ = load(path)
    published = date.fromisoformat(facts["published"])
    for time in facts["times"]:
        if "from" in time and "to" in time:
            first, last = date.fromisoformat(time["from"]), date.fromisoformat(time["to"])
            assert first <= last
        name = next((d for d in calendar.day_name if re.match(rf"(?:next )?{d}\b", time["text"])), None)
        if name:
            day = date.fromisoformat(time["from"])
            assert calendar.day_name[day.weekday()] == name
            assert -7 < (day - published).days <= 7
        if time["text"] == "last week":
            assert (first.weekday(), last.weekday(), (last - first).days) == (0, 6, 6)
            assert 1 <= (published - last).days <= 7
        year = re.search(r"\b(\d{4})$", time["text"])
        if year and time["type"] == "DATE":
            assert time["value"].startswith(year[1])


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_pages_hold_the_contents(path: Path) -> None:
    facts, _ = load(path)
    page = strip_tags(path.with_name(path.name.replace(".facts.json", ".html")).read_bytes())
    pieces = [p if isinstance(p, dict) else {"text": p, "occurrence": 1} for s in facts["statements"] for p in s["content"]]
    assert [p["text"] for p in pieces if page.count(p["text"]) < p["occurrence"]] == []
    assert all(words in page for words in (facts["title"], *facts["authors"]))


def test_enough_pages_on_both_sides() -> None:
    assert {True, False} == {path.parent.name == "aside" for path in PAGES}
