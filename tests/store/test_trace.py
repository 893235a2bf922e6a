"""Tracing on both databases: what is a version, what is not, what a person should look at; and bad questions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from onrecord.capture import build_capture
from onrecord.cli import main
from onrecord.errors import UsageError
from onrecord.store import Store, Trace, add, open_store, trace
from onrecord.store.keep import keep_capture, keep_reading
from onrecord.types import Document, Hop, Origin, Report, Run, Source, SourceRef, Span, Statement

WHOLE = "We will not hand over the lighthouse at Sorrow Bay before the council has paid 40 crowns for every lamp"
WORDS = {
    "whole": f'"{WHOLE}"',
    "copy": f"“{WHOLE}”",
    "cut": '"We will not hand over the lighthouse at Sorrow Bay"',
    "other cut": '"before the council has paid 40 crowns for every lamp"',
    "number": f'"{WHOLE.replace("40", "400")}"',
    "negation": f'"{WHOLE.replace("will not", "will")}"',
    "word": f'"{WHOLE.replace("lighthouse", "breakwater")}"',
    "spelling": f'"{WHOLE.replace("every", "evry")}"',
    "another": '"We will paint the lighthouse at Sorrow Bay before the winter, and the council knows it"',
}


def keep(store: Store, told: list[tuple[str, str, str | None, str, str]]) -> dict[str, str]:
    """Store one article for each (key, words, source, outlet, day); the statements' ids by the keys."""
    ids = {}
    with store.writing() as connection:
        for key, words, source, outlet, day in told:
            text = f"{words}\n\n{key}, {outlet}\n"
            capture = build_capture(text.encode(), location=key, charset="utf-8")
            span = Span(0, len(words))
            said = Statement(
                id="s1",
                kind="direct",
                content=(span,),
                cue=(),
                source=SourceRef("p1", ()) if source else None,
                within=None,
                chain=(Hop("p1", "s1", None), Hop("publisher", None, None)) if source else (Hop("publisher", None, None),),
                confidence=0.9,
            )
            document = Document(
                id=f"sha256:{capture.sha256}",
                text=text,
                url=None,
                title=key,
                authors=(),
                publisher=outlet,
                published=date.fromisoformat(day),
                modified=None,
                language="en",
                blocks=(),
                origin=Origin((Run(0, len(text), 0, len(text), True),)),
            )
            sources = (Source(id="p1", name=source, kind="person"),) if source else ()
            report = Report(document=document, statements=(said,), sources=sources)
            keep_reading(connection, keep_capture(connection, capture), report, reader="1", given=None, forced=False)
            ids[key] = f"{capture.sha256[:12]}/s1"
    return ids


@pytest.fixture
def told(store: Store) -> tuple[Store, dict[str, str]]:
    rows: list[tuple[str, str, str | None, str, str]] = [
        (key, words, "Agnes Keel", f"The {key} Herald", f"2024-03-{day:02}") for day, (key, words) in enumerate(WORDS.items(), 1)
    ]
    return store, keep(store, rows)


def relations(found: Trace, ids: dict[str, str]) -> dict[str, str | None]:
    names = {key: name for name, key in ids.items()}
    return {names[version.told.id]: version.relation for version in found.versions}


def test_versions_with_their_relations(told: tuple[Store, dict[str, str]]) -> None:
    store, ids = told
    found = trace(store, ids["whole"])
    assert relations(found, ids) == {
        "whole": None,
        "copy": "duplicate",
        "cut": "truncation",
        "other cut": "truncation",
        "number": "alteration",
        "negation": "alteration",
        "word": "alteration",
        "spelling": "alteration",
    }
    assert found.versions[found.base].told.id == ids["whole"]
    assert len(found.articles) == len(found.origins) == 8


def test_what_was_asked_for_is_kept(store: Store) -> None:
    """Though another statement of the article holds it, or is held by it."""
    text, words = "“We will not hand over the lighthouse at Sorrow Bay,” said Keel, said Reyes.", Span(0, 52)
    with store.writing() as connection:
        capture = build_capture(text.encode(), location="nested", charset="utf-8")
        document = Document(
            id=f"sha256:{capture.sha256}", text=text, url=None, title=None, authors=(), publisher=None, published=None, modified=None,
            language="en", blocks=(), origin=Origin((Run(0, len(text), 0, len(text), True),)),
        )  # fmt: skip
        said = [
            Statement(id=f"s{n}", kind="direct", content=(span,), cue=(), source=None, within="s1" if n == 2 else None,
                      chain=(Hop("publisher", None, None),), confidence=0.9)
            for n, span in ((1, Span(0, 63)), (2, words))
        ]  # fmt: skip
        report = Report(document=document, statements=tuple(said), sources=())
        keep_reading(connection, keep_capture(connection, capture), report, reader="1", given=None, forced=False)
    for statement in ("s1", "s2"):
        (version,) = trace(store, f"{capture.sha256[:12]}/{statement}").versions
        assert version.told.statement == statement


@pytest.mark.parametrize("start", ["cut", "other cut", "number", "copy"])
def test_found_from_any_version(told: tuple[Store, dict[str, str]], start: str) -> None:
    store, ids = told
    assert set(relations(trace(store, ids[start]), ids)) == set(WORDS) - {"another"}


def test_found_by_words(told: tuple[Store, dict[str, str]]) -> None:
    store, ids = told
    assert set(relations(trace(store, "hand over the lighthouse at sorrow bay"), ids)) == set(WORDS) - {"another"}


def test_flags(told: tuple[Store, dict[str, str]]) -> None:
    store, ids = told
    found = {v.told.id: [(f.kind, f.was, f.now) for f in v.flags] for v in trace(store, ids["whole"]).versions}
    assert {name: found[ids[name]] for name in WORDS if name != "another"} == {
        "whole": [],
        "copy": [],
        "cut": [],
        "other cut": [],
        "number": [("number", "40", "400")],
        "negation": [("negation", "not", "")],
        "word": [("word", "lighthouse", "breakwater")],
        "spelling": [],
    }


def test_the_same_words_of_somebody_else_are_flagged(store: Store) -> None:
    ids = keep(
        store,
        [
            ("first", WORDS["whole"], "Agnes Keel", "The Herald", "2024-03-01"),
            ("swapped", WORDS["whole"], "Marek Tarn", "The Echo", "2024-03-02"),
            ("short", WORDS["cut"], "Marek Tarn", "The Post", "2024-03-02"),
        ],
    )
    found = trace(store, ids["first"])
    assert relations(found, ids) == {"first": None, "swapped": "duplicate"}
    assert [(f.kind, f.was, f.now) for f in found.versions[1].flags] == [("source", "Agnes Keel", "Marek Tarn")]


def test_a_surname_is_no_other_source(store: Store) -> None:
    ids = keep(
        store,
        [
            ("full", WORDS["whole"], "Agnes Keel", "The Herald", "2024-03-01"),
            ("surname", WORDS["cut"], "Keel", "The Echo", "2024-03-02"),
        ],
    )
    assert relations(trace(store, ids["full"]), ids) == {"full": None, "surname": "truncation"}


def test_a_short_part_said_a_year_later_is_said_anew(store: Store) -> None:
    ids = keep(
        store,
        [
            ("then", WORDS["whole"], "Agnes Keel", "The Herald", "2024-03-01"),
            ("later", WORDS["cut"], "Agnes Keel", "The Echo", "2025-03-02"),
        ],
    )
    assert set(relations(trace(store, ids["then"]), ids)) == {"then"}


def test_base(told: tuple[Store, dict[str, str]]) -> None:
    store, ids = told
    found = trace(store, ids["whole"], base=ids["number"])
    assert relations(found, ids)["whole"] == "alteration"
    changes = next(v.changes for v in found.versions if v.told.id == ids["whole"])
    base = found.versions[found.base].told.words
    assert [(c.op, c.a.of(base), c.b.of(WORDS["whole"])) for c in changes] == [("replace", "400", "40")]
    assert trace(store, ids["cut"], base="first").base == 0
    with pytest.raises(UsageError, match="not one of the versions"):
        trace(store, ids["whole"], base=ids["another"])


def test_related_only_when_asked_for(told: tuple[Store, dict[str, str]]) -> None:
    store, ids = told
    assert not trace(store, ids["whole"]).related
    assert ids["another"] in {v.told.id for v in trace(store, ids["whole"], related=True).related}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("lighthouse", "too little to know an utterance by"),
        ("!!!", "too little"),
        ("word " * 3000, "3,000 words are more than an utterance has"),
        ("0123456789ab/s1", "no such statement in this store"),
    ],
)
def test_bad_questions(told: tuple[Store, dict[str, str]], asked: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        trace(told[0], asked)


def test_three_renderings(store: Store) -> None:
    renderings = (
        "“We will not hand over the lighthouse at Sorrow Bay before the council has paid for every lamp”",
        "“The lighthouse at Sorrow Bay will not be handed over by us until every lamp has been paid for by the council”",
        "“Before the council has paid for each of the lamps, the Sorrow Bay lighthouse is not going to be handed over”",
    )
    ids = keep(store, [(f"n{n}", words, "Agnes Keel", f"Herald {n}", f"2024-03-0{n + 1}") for n, words in enumerate(renderings)])
    for start in ids.values():
        assert [version.told.id for version in trace(store, start).versions] == list(ids.values())


@pytest.mark.parametrize("asked", ["it is what it is", "мы не отдадим маяк", "我们不会交出灯塔", "nobody in the store has said this"])
def test_nothing_found(told: tuple[Store, dict[str, str]], asked: str) -> None:
    assert trace(told[0], asked).versions == ()


def test_five_thousand_versions(store: Store) -> None:
    words = [f'"{WHOLE} of this coast"', *(f'"{WHOLE} of coast {number}"' for number in range(9))]
    keep(store, [(f"n{n}", words[n % 10], "Agnes Keel", f"Herald {n % 50}", "2024-03-01") for n in range(5000)])
    started = time.perf_counter()
    assert len(trace(store, WHOLE).versions) == 5000
    assert time.perf_counter() - started < 20


def test_a_sentence_that_stands_in_every_article(store: Store) -> None:
    boilerplate = '"Subscribers of the morning edition receive the weather chart without further charge"'
    rows: list[tuple[str, str, str | None, str, str]] = [
        (f"n{number}", boilerplate, None, "The Herald", "2024-03-01") for number in range(800)
    ]
    keep(store, [*rows, ("whole", WORDS["whole"], "Agnes Keel", "The Herald", "2024-03-01")])
    started = time.perf_counter()
    found = trace(store, "Subscribers of the morning edition receive the weather chart")
    assert len(found.versions) == 800
    assert time.perf_counter() - started < 10


def test_stays_what_it_was_when_read_anew(store: Store, reader: Callable[[str], None], tmp_path: Path) -> None:
    from onrecord.store import reread

    for name, place in (("a", "Kelm"), ("b", "Lissen")):
        (tmp_path / f"{name}.txt").write_text(f"{place}\n\nMara Quill said the harbour fees of the northern quay were plain robbery.\n")
        list(add(store, [str(tmp_path / f"{name}.txt")]))
    before = trace(store, "the harbour fees of the northern quay were plain robbery")
    reader("2")
    assert [kept.outcome for kept in reread(store)] == ["reread", "reread"]
    after = trace(store, "the harbour fees of the northern quay were plain robbery")
    assert len(before.versions) == len(after.versions) == 2


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "kept.db")
    store = open_store(place, make=True)
    ids = keep(store, [(key, WORDS[key], "Agnes Keel", f"The {key} Herald", "2024-03-01") for key in ("whole", "number", "cut")])
    store.close()
    assert main(["trace", ids["whole"], "--store", place, "--width", "100"]) == 0
    drawn = capsys.readouterr().out
    assert "3 independent origins in 3 articles" in drawn
    assert "[-40-] {+400+}" in drawn
    assert "⚑ number" in drawn
    assert main(["trace", ids["whole"], "--store", place, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert [v["relation"] for v in value["versions"]].count(None) == 1
    for version in value["versions"]:
        for difference in version["differences"]:
            span = difference["version"]
            assert version["words"][span["start"] : span["end"]] == span["text"]
    assert main(["trace", ids["whole"], "--store", place]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert main(["trace", "lighthouse", "--store", place]) == 2
    assert main(["trace", "ffffffffffff/s1", "--store", place]) == 2
    assert "no such statement in this store" in capsys.readouterr().err
    for asked, why in (("kein Leuchtturm wird jemals an diese Stadt übergeben", "(de)"), ("мы не отдадим маяк", "another language,")):
        assert main(["trace", asked, "--store", place]) == 0
        assert why in capsys.readouterr().err
