"""The bench of facts: a report made of the facts themselves has all of them right, and an empty one none that it should have found."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.chains import check_report
from bench.facts import Article, Pairing, as_list, is_same_mention, plain, read_articles, split_hop

ROOT = Path(__file__).parent.parent
ARTICLES = [a for folder in ("examples", "examples/aside") for a in read_articles(ROOT / folder)]
EMPTY = {key: [] for key in ("statements", "sources", "times", "evidence", "variants")}
VALUES = {"certain": 3.0, "open": 0.0, "denied": -3.0}
Json = dict[str, Any]


def place(text: str, words: str | Json) -> Json:
    wanted, number = (words, 1) if isinstance(words, str) else (words["text"], words["occurrence"])
    found = list(re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text)) or list(re.finditer(re.escape(wanted), text))
    return {"start": found[number - 1].start(), "end": found[number - 1].end(), "text": wanted}


def build_report(article: Article) -> Json:
    """A report that says just what the facts say."""
    text, facts = article.text, article.facts
    ids = {name: f"p{i}" for i, s in enumerate(facts["sources"]) for name in as_list(s["name"])}
    sources = [
        {
            "id": f"p{i}",
            "name": as_list(s["name"])[0],
            "kind": as_list(s["kind"])[0],
            "roles": s["roles"],
            "affiliations": [ids.get(a, a) for a in s["affiliations"]],
            "handles": s["handles"],
            "mentions": [place(text, m) for m in s["mentions"]],
        }
        for i, s in enumerate(facts["sources"])
    ]
    marks = {i: [place(text, m["text"]) for m in facts["editorial"] if m["statement"] == i] for i in range(len(facts["statements"]))}
    statements = []
    for i, s in enumerate(facts["statements"]):
        hops = [split_hop(as_list(h)[0]) for h in s.get("chain", ())]
        certainty = as_list(s["certainty"])[0] if "certainty" in s else None
        statements.append(
            {
                "id": f"s{i}",
                "kind": as_list(s["kind"])[0],
                "content": [place(text, p) for p in s["content"]],
                "source": {"id": ids[as_list(s["source"])[0]], "spans": []} if s["source"] else None,
                "within": None if s["within"] is None else f"s{s['within']}",
                "chain": [{"source": ids.get(name, name), "statement": None, "medium": medium} for name, medium in hops],
                "time": s.get("time"),
                "certainty": {"value": VALUES[certainty], "span": None} if certainty else None,
                "about": [f"s{as_list(a)[0]}" for a in s.get("about", ())],
                "evidence": s.get("evidence", []),
                "insertions": marks[i],
            }
        )
    evidence = [
        {
            "platform": None,
            "handle": None,
            "posted": None,
            **e,
            "kind": as_list(e["kind"])[0],
            "author": as_list(e["author"])[0] if "author" in e else None,
            "url": e.get("url"),
            "status": as_list(e["status"])[0] if "status" in e else "unknown",
            "status_span": place(text, as_list(e["status_text"])[0]) if "status_text" in e else None,
            "supplied_by": as_list(e["supplied_by"])[0] if "supplied_by" in e else None,
            "translated_by": as_list(e["translated_by"])[0] if "translated_by" in e else None,
            "span": place(text, e["words"]) if "words" in e else None,
            "content": [place(text, p) for i in e.get("statements", ()) for p in facts["statements"][i]["content"]],
        }
        for e in facts["evidence"]
    ]
    variants = [
        {
            "members": [f"s{i}" for i in v["members"]],
            "relation": as_list(v["relation"])[0],
            "differences": [{"op": d["op"], "a": {"text": d["a"]}, "b": {"text": d["b"]}} for d in v.get("differences", ())],
        }
        for v in facts["variants"]
    ]
    times = [{"from": None, "to": None, **t, **place(text, {"text": t["text"], "occurrence": t["occurrence"]})} for t in facts["times"]]
    return {
        "document": {"text": text},
        "sources": sources,
        "statements": statements,
        "times": times,
        "evidence": evidence,
        "variants": variants,
    }


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.name)
def test_the_facts_themselves_are_all_right(article: Article) -> None:
    checks = check_report(Pairing(article, build_report(article), "txt"))
    assert [c for c in checks if not c.right] == []


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.name)
def test_an_empty_report_has_found_nothing(article: Article) -> None:
    checks = check_report(Pairing(article, {"document": {"text": article.text}, **EMPTY}, "txt"))
    assert {c.kind for c in checks if c.right} <= {"apart", "not a statement"}


def test_words_are_found_in_a_text_with_more_around_them() -> None:
    article = ARTICLES[0]
    longer = f"A caption of the page.\n{article.text.replace(' ', chr(160))}\nRelated: nothing"
    pairing = Pairing(article, {"document": {"text": longer}, **EMPTY}, "html")
    assert all(pairing.first(p) for s in article.facts["statements"] for p in s["content"])


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ({5, 6}, {5, 6, 7, 8, 9, 10}, True),  # Ilse Brandreth; Ilse Brandreth, an analyst at the Institute
        ({10}, {8, 9, 10}, True),
        ({9}, {8, 9, 10, 11, 12}, False),
        ({5}, {5, 6, 7, 8, 9, 10}, False),
        (set(), {1}, False),
    ],
)
def test_mentions(a: set[int], b: set[int], same: bool) -> None:
    assert is_same_mention(frozenset(a), frozenset(b)) is same


@pytest.mark.parametrize(("name", "wanted"), [("The “Echo”", "echo"), ("Kofi “Bullet” Amankwah", "kofi bullet amankwah"), ("A", "a")])
def test_plain_names(name: str, wanted: str) -> None:
    assert plain(name) == wanted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere is no folder"),
        (["bench"], "holds no NAME.facts.json"),
        (["examples", "--article", "no-such"], "no article"),
        (["examples", "--kinds", "colour"], "no kind"),
    ],
)
def test_wrong_calls_end_with_one_line(arguments: list[str], words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "bench.chains", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
