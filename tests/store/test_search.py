"""Searching, on both databases: the same words find the same statements."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onrecord.cli import main
from onrecord.errors import UsageError
from onrecord.store import Query, Store, add, load_report, open_store, search
from onrecord.store.words import find_tokens, format_fts5, format_tsquery, parse_words
from onrecord.view.snippets import cut_snippet

TEXTS = {
    "a": "Harbour fees\nPublished: 2022-03-17\n\nMara Quill said the harbour fees were robbery. Oswin Pell said nothing would change.\n",
    "b": "Café closes\nPublished: 2022-05-01\n\nJosé Núñez said the café was closing its doors. It had free harbors, they thought.\n",
    "c": "Undated\n\nQuill Mara said 120 boats would not charge a fee, don't ask.\n",
}


@pytest.fixture
def kept(store: Store, reader: Callable[[str], None], tmp_path: Path) -> Store:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(text)
    assert [k.outcome for k in add(store, [str(tmp_path / f"{name}.txt") for name in TEXTS])] == ["added"] * 3
    return store


FOUND: dict[str, tuple[Query, set[str]]] = {
    "a word": (Query(words="robbery"), {"the harbour fees were robbery."}),
    "its stem": (Query(words="closed"), {"the café was closing its doors."}),
    "all words": (Query(words="harbour robbery"), {"the harbour fees were robbery."}),
    "words of source and content": (Query(words="oswin change"), {"nothing would change."}),
    "a word of the title": (Query(words="undated"), {"120 boats would not charge a fee, don't ask."}),
    "common words too": (Query(words="the were"), {"the harbour fees were robbery."}),
    "a phrase": (Query(words='"Mara Quill"'), {"the harbour fees were robbery."}),
    "a phrase not closed": (Query(words='"Mara Quill'), {"the harbour fees were robbery."}),
    "an apostrophe": (Query(words="don't"), {"120 boats would not charge a fee, don't ask."}),
    "a number": (Query(words="120"), {"120 boats would not charge a fee, don't ask."}),
    "a beginning": (Query(words="rob*"), {"the harbour fees were robbery."}),
    "without": (Query(words="quill -robbery"), {"120 boats would not charge a fee, don't ask."}),
    "without, first": (Query(words="-robbery quill"), {"120 boats would not charge a fee, don't ask."}),
    "no accents": (Query(words="cafe nunez"), {"the café was closing its doors."}),
    "operators are words": (Query(words="robbery OR NEAR(nothing)"), set()),
    "signs only": (Query(words="!!! &|:*", source="pell"), {"nothing would change."}),
    "injected": (Query(words="content:x' OR 1=1 --"), set()),
    "nothing": (Query(words="zebra"), set()),
    "a source": (Query(source="Núñez"), {"the café was closing its doors."}),
    "source, not content": (Query(words="robbery", source="pell"), set()),
    "an outlet": (Query(outlet="strait observer", source="pell"), {"nothing would change."}),
    "no outlet": (Query(outlet="harbour post"), set()),
    "since": (Query(since=date(2022, 5, 1)), {"the café was closing its doors."}),
    "until": (Query(words="quill", until=date(2022, 4, 1)), {"the harbour fees were robbery."}),
    "said too late": (Query(said_since=date(2022, 3, 3)), set()),
    "said then": (Query(words="robbery", said_since=date(2022, 3, 2), said_until=date(2022, 3, 1)), {"the harbour fees were robbery."}),
    "kind": (Query(kind="direct"), set()),
    "medium and status": (Query(words="robbery", medium="Twitter", status="suspended"), {"the harbour fees were robbery."}),
    "certainty": (Query(words="robbery", min_certainty=1, max_certainty=2), {"the harbour fees were robbery."}),
    "too certain": (Query(words="robbery", min_certainty=2), set()),
    "confidence": (Query(min_confidence=0.95), set()),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(kept: Store, name: str) -> None:
    query, contents = FOUND[name]
    assert {hit.content for hit in search(kept, query)} == contents


def test_articles_by_a_source(kept: Store) -> None:
    with pytest.raises(UsageError, match="not found by who is quoted"):
        next(search(kept, Query(source="quill", articles=True)))


def test_articles(kept: Store) -> None:
    hits = list(search(kept, Query(words="free harbors", articles=True)))
    assert [(hit.title, hit.published, hit.statement) for hit in hits] == [("Café closes", "2022-05-01", None)]
    assert {hit.title for hit in search(kept, Query(articles=True))} == {"Café closes", "Harbour fees", "Undated"}


def test_the_best_comes_first(kept: Store) -> None:
    assert next(iter(search(kept, Query(words="harbour")))).content == "the harbour fees were robbery."
    assert len(list(search(kept, Query(), limit=2))) == 2


def test_ids_can_be_shown(kept: Store) -> None:
    (hit,) = search(kept, Query(words="robbery"))
    report, statement = load_report(kept, hit.id)
    assert (statement, report.document.title) == ("s1", "Harbour fees")
    assert load_report(kept, f"sha256:{hit.document}")[0] == report
    for name in ("zz", "0123/s1", f"{hit.document[:12]}/s99", ""):
        with pytest.raises(UsageError):
            load_report(kept, name)


def test_only_what_must_not_be_there() -> None:
    with pytest.raises(UsageError, match="give a word that must"):
        parse_words("-boats")


def test_queries_as_written() -> None:
    terms = parse_words('Fées "to the" rob* -x')
    assert format_fts5(terms) == '"fees" AND "to the" AND "rob"* NOT "x"'
    assert format_tsquery(terms) == "(fees) & (to <-> the) & (rob:*) & !(x)"
    assert find_tokens("Ünder_score, don't 1.5") == ["under", "score", "don", "t", "1", "5"]


SNIPPETS = {
    "short": ("It rained on boats.", ("boat",), "It rained on [boats]."),
    "nothing found": ("It rained.", (), "It rained."),
    "in the middle": ("a " * 100 + "boats" + " b" * 100, ("boats",), "… " + "a " * 26 + "[boats]" + " b" * 50 + " …"),
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippets(name: str) -> None:
    text, tokens, expected = SNIPPETS[name]
    got = "".join(f"[{piece}]" if is_found else piece for piece, is_found in cut_snippet(text, tokens))
    assert got.replace(" b", "").replace("a ", "") == expected.replace(" b", "").replace("a ", "")


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(
    place: str, reader: Callable[[str], None], articles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setenv("ONRECORD_STORE", place)
    monkeypatch.chdir(articles)

    def run_main(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_main


def name_store(place: str) -> str:
    store = open_store(place)
    store.close()
    return store.name


def test_the_command_line(run: Any, articles: Path, place: str) -> None:
    (articles / "bad.txt").write_text("bad")
    code, out, err = run("add", ".")
    assert (code, out.split(":")[0]) == (1, "6 added, 1 skipped (6 statements)")
    assert err == "onrecord: ./bad.txt: a PDF; convert it to text first\n"
    assert run("add", "./0.txt", "./1.txt")[:2] == (0, f"2 known: {name_store(place)}\n")
    code, out, _ = run("search", "robbery", "--json")
    assert (code, len(json.loads(out))) == (0, 6)
    code, out, _ = run("search", "number", "3", "--csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["source"], row["certainty"], row["content"]) == ("Mara Quill", "1.4", "the harbour fee number 3 was robbery.")
    code, out, err = run("search", "robbery", "--limit", "2")
    assert (code, len(out.splitlines()), "first 2" in err) == (0, 2, True)
    assert "robbery" in run("search", "robbery", "--width", "90")[1]
    assert run("search", "zebra") == (0, "", "onrecord: nothing found\n")
    assert "Article 3" in run("show", row["id"], "--plain")[1]
    assert json.loads(run("show", row["id"], "--json")[1])["document"]["title"] == "Article 3"
    code, out, _ = run("verify")
    assert (code, "6 captures, 6 readings, " in out, "all as they were" in out) == (0, True, True)
    assert json.loads(run("verify", "--json")[1])["findings"] == []
    assert run("verify", "--head", "ab")[0] == 1
    assert run("reread")[:2] == (0, f"nothing to do: {name_store(place)}\n")
    code, out, _ = run("add", "./0.txt", "./bad.txt", "--json")
    assert (code, [json.loads(line)["outcome"] for line in out.splitlines()]) == (1, ["known", "skipped"])
    assert run("reread", "--json")[:2] == (0, "")


WRONG = {
    "two forms": ("search", "x", "--json", "--csv"),
    "no date": ("search", "x", "--since", "yesterday"),
    "no kind": ("search", "x", "--kind", "loud"),
    "no store": ("search", "x", "--store", "none.db"),
    "a folder": ("add", "0.txt", "--store", "."),
    "no source": ("add", "none.txt"),
    "only excluded": ("search", "--", "-x"),
    "no id": ("show", "x"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_wrong_calls(run: Any, name: str) -> None:
    if name in ("only excluded", "no id"):
        run("add", "0.txt")
    code, out, err = run(*WRONG[name])
    assert (code, out) == (2, "")
    assert err.startswith("onrecord: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_cell_that_would_be_computed(run: Any, articles: Path) -> None:
    (articles / "0.txt").write_text("=cmd()\n\n@Quill said it rained.\n")
    run("add", "0.txt")
    (row,) = csv.DictReader(io.StringIO(run("search", "--csv")[1]))
    assert (row["title"], row["source"]) == ("'=cmd()", "'@Quill")


def test_of_very_many_only_the_latest_are_ranked(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANKED", "RANKED_IN_POSTGRESQL"):
        monkeypatch.setattr(sys.modules["onrecord.store.search"], name, 2)
    latest = {hit.content for hit in search(filled, Query(words="harbour"), limit=2)}
    assert latest == {"the harbour fee number 4 was robbery.", "the harbour fee number 5 was robbery."}
    assert len(list(search(filled, Query(words="harbour"), limit=4))) == 4
    assert len(list(search(filled, Query(words="harbour")))) == 6
    assert len(list(search(filled, Query(words="harbour", kind="indirect"), limit=2))) == 2
