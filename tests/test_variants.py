"""Versions of one utterance: which statements are, what they are to each other, and how their words differ."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.facts import Article, as_list, read_articles, split_hop
from onrecord.types import Hop, Source, SourceRef, Span, Statement, Variant
from onrecord.versions.differences import build_differences, find_edits
from onrecord.versions.editing import find_insertions
from onrecord.versions.variants import find_variants
from onrecord.versions.wording import Wording, fold, read_wording
from tests.test_bench_chains import place
from tests.timing import measure_best

ARTICLES = read_articles(Path(__file__).parent.parent / "examples")
SOURCES = (
    Source(id="ann", name="Ann Reed", kind="person", affiliations=("works",)),
    Source(id="bob", name="Bob Hale", kind="person"),
    Source(id="works", name="Reed Works", kind="organisation"),
    Source(id="post", name="the post", kind="document"),
    Source(id="clerk", name="a clerk", kind="unnamed"),
)


def say(words: str, source: str | None = "ann", kind: str | None = None, **more: Any) -> dict[str, Any]:
    """A statement whose content is what stands between braces in `words`."""
    told = kind or ("direct" if words[words.index("{") + 1] in "“‘" else "indirect")
    return {"words": words, "source": source, "kind": told, **more}


def build(*told: dict[str, Any]) -> tuple[str, list[Statement]]:
    """A text of a paragraph for each, and the statements in it."""
    text, statements = "", []
    for i, item in enumerate(told):
        content = []
        for piece in re.split(r"([{}])", item["words"]):
            if piece == "{":
                start = len(text)
            elif piece == "}":
                content.append(Span(start, len(text)))
            else:
                text += piece
        text += "\n\n"
        statements.append(
            Statement(
                id=f"s{i}",
                kind=item["kind"],
                content=tuple(content),
                cue=(),
                source=SourceRef(item["source"], ()) if item["source"] else None,
                within=item.get("within"),
                chain=tuple(Hop(name, None, None) for name in item.get("chain", ())),
                confidence=1.0,
            )
        )
    return text, statements


def find(*told: dict[str, Any], translated: Sequence[int] = ()) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The groups as members, relation and the words of their differences."""
    text, statements = build(*told)
    found = find_variants(text, statements, translated, SOURCES)
    return [("".join(v.members), v.relation, [(d.a.of(text), d.b.of(text)) for d in v.differences]) for v in found]


DAM = "{“The dam at Corley is older than the town.”} she said."

PAIRS = [
    # --- the same words
    (say(DAM), say("{“the dam at Corley is older than the town”}"), "duplicate", []),
    (say("{“I don’t trust the dam’s owners”}"), say("{“I don't trust the dam's owners!”}"), "duplicate", []),
    (say("{“Forty wells ran dry on well-kept farms”}"), say("{“40 wells ran dry on well kept farms”}"), "duplicate", []),
    (say("Reed said {that the dam is older than the town}."), say("{“The dam is older than the town.”}"), "duplicate", []),
    (say("It “is {“not yet clear who owns the dam”}"), say("{“Not yet clear who owns the dam.”}"), "duplicate", []),
    (
        say("She added {that it was “not at all clear who owns the dam.”}", kind="mixed"),
        say("{It is not at all clear who owns the dam.}", kind="direct"),
        "duplicate",
        [("was", "is")],
    ),
    (
        say("Reed said {she would never sell the old dam}."),
        say("{“I will never sell the old dam.”}"),
        "duplicate",
        [("she would", "I will")],
    ),
    (say("{“The League [of mills] has forty boats ready”}"), say("{“The League has forty boats [of ours] ready”}"), "duplicate", []),
    (say("{“[T]he dam is older than the town”}"), say("{“The dam is older than the town”}"), "duplicate", []),
    # --- a part
    (
        say("{“The lamp is out, so that you may see the stars.”}"),
        say("{“The lamp is out, so that you may see.”}"),
        "truncation",
        [("the stars", "")],
    ),
    (
        say("{“Please call it as you see it.”}"),
        say("{“Please call it as you see it … Fair is fine.”}"),
        "truncation",
        [("", "Fair is fine")],
    ),
    (
        say("{“We ask the owners, again, to lower the lake before the rains.”}"),
        say("{“We ask the owners … to lower the lake before the rains.”}"),
        "truncation",
        [("again", "")],
    ),
    (
        say("He praised {her as “the only adult in the building.”}", kind="mixed"),
        say("{“the only adult.”}"),
        "truncation",
        [("in the building", "")],
    ),
    (
        say("{“Paid to dive, paid to lie. Ask number five.”}"),
        say("{‘paid to lie’}"),
        "truncation",
        [("Paid to dive", ""), ("Ask number five", "")],
    ),
    # --- other words
    (say("{“The harbour is open to free boats”}"), say("{“The harbor is open to free boats”}"), "alteration", [("harbour", "harbor")]),
    (
        say("{“The signal is clean and not beyond dispute”}"),
        say("{“The signal is clean and beyond dispute”}"),
        "alteration",
        [("not", "")],
    ),
    (
        say("{“Drink a spoon of salt in warm water every morning”}"),
        say("{“Drink a spoon of bleach in warm water every morning”}"),
        "alteration",
        [("salt", "bleach")],
    ),
    (
        say("{“His efforts to slow the warming will be the largest legacy of the government”}"),
        say("Reed said {that his efforts to slow warming in the valley would be the largest legacy of the government}."),
        "paraphrase",
        [("the", ""), ("will", "in the valley would")],
    ),
    # --- translations
    (
        say("One translation reads: {“Every wing over the flats is ours to clip.”}", "clerk"),
        say("Reed’s translation: {“Every wing over the flats is ours to guard.”}"),
        "translation",
        [("clip", "guard")],
    ),
    (
        say("The Herald renders it as {“Rope 7: to be kept.”}", "bob"),
        say("Our own translator has {“Rope 7: to be watched [da tenere].”}"),
        "translation",
        [("kept", "watched")],
    ),
    (
        say("A translation of it: {“The boats,”} she wrote, {“are ready for every free port.”}"),
        say("A translation: {“The boats are willing for every free port.”}"),
        "translation",
        [("ready", "willing")],
    ),
]


@pytest.mark.parametrize(("a", "b", "relation", "differences"), PAIRS, ids=lambda v: v["words"] if isinstance(v, dict) else "")
def test_pairs(a: dict[str, Any], b: dict[str, Any], relation: str, differences: list[tuple[str, str]]) -> None:
    assert find(a, b) == [("s0s1", relation, differences)]
    turned = [(y, x) for x, y in differences]
    [(members, back, found)] = find(b, a)
    assert (members, back) == ("s0s1", relation)
    assert found == turned


FLAG = "{“Tonight the blue flag will learn the price of taking a side.”}"


def test_so_many_words_in_common_are_one_utterance_whoever_gives_them() -> None:
    one, other = say(FLAG, "clerk"), say("{“Tonight the blue flag learned the price of taking sides.”}", "works")
    [(members, relation, _)] = find(one, other)
    assert (members, relation) == ("s0s1", "alteration")


SEPARATE = [
    ("two people who are named say the same", say(DAM), say(DAM, "bob")),
    ("told, and of nobody named", say("{that the old dam must close}", "clerk"), say("{that the old dam must close}", "bob")),
    ("hardly a word", say("{“No comment,”}"), say("{“No.”}")),
    ("one telling word", say("{“It was a forgery.”}"), say("{“a forgery”}")),
    ("another thing in the same frame", say("{“We will fight for our jobs.”}"), say("{“We will fight for our wells.”}")),
    ("far apart", say("{“the dam gates”}"), say("{“The dam is older than the town, which few here like, and its gates are old.”}")),
    ("denied", say("{that the videos show Carr leave with his hands up}"), say("{that the videos do not show what is in Carr’s hands}")),
    ("no words at all", say("{“…”}"), say("{“…”}")),
]  # fmt: skip


@pytest.mark.parametrize(("why", "a", "b"), SEPARATE, ids=lambda v: v if isinstance(v, str) else "")
def test_not_one_utterance(why: str, a: dict[str, Any], b: dict[str, Any]) -> None:
    assert find(a, b) == [], why
    assert find(b, a) == [], why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"source": None}, {"source": "bob"}),
        ({"source": "post"}, {"source": "bob"}),
        ({"source": "clerk"}, {"source": "bob"}),
        ({"source": "works"}, {"source": "ann"}),
        ({"source": "bob", "chain": ("ann", "bob", "publisher")}, {"source": "ann"}),
        ({"source": "bob", "chain": ("post", "bob")}, {"source": "ann", "chain": ("post", "ann")}),
    ],
    ids=str,
)
def test_sources_that_agree(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert find(say(DAM, **one), say(DAM, **other)) == [("s0s1", "duplicate", [])]


def test_a_form_given_to_anothers_words_may_have_another_source() -> None:
    told = say("{“the only adult in the building”}"), say("The Courier shortened that to {“the only adult.”}", "bob")
    text, statements = build(*told)
    cue = text.index("shortened")
    statements[1] = replace(statements[1], cue=(Span(cue, cue + 9),))
    assert [v.relation for v in find_variants(text, statements, (), SOURCES)] == ["truncation"]
    assert find_variants(text, [statements[0], replace(statements[1], cue=())], (), SOURCES) == ()


def test_two_quoted_by_one_have_nothing_else_in_common() -> None:
    one, other = say(DAM, chain=("ann", "clerk"), within="s9"), say(DAM, "bob", chain=("bob", "clerk"), within="s9")
    assert find(one, other) == []


def test_what_is_quoted_in_a_statement_is_no_version_of_it() -> None:
    text = "“‘A quiet winter is a cheap winter,’ says a memo that I have read,” wrote Hale. The memo: “A quiet winter is a cheap winter.”"
    end = text.index("” wrote")
    outer = Statement(
        id="s0", kind="direct", content=(Span(0, end + 1),), cue=(), source=SourceRef("bob", ()), within=None, chain=(), confidence=1.0
    )
    inner = replace(outer, id="s1", content=(Span(1, text.index(" says")),), source=SourceRef("post", ()), within="s0")
    later = replace(inner, id="s2", content=(Span(text.rindex("“"), len(text)),), within=None)
    found = find_variants(text, [outer, inner, later], (), SOURCES)
    assert [(v.members, v.relation) for v in found] == [(("s1", "s2"), "duplicate")]


def test_the_same_words_are_one_group_and_other_words_are_paired_with_each() -> None:
    part = "{“The dam at Corley is older”}"
    found = find(say(DAM), say(part), say(DAM, None), say(DAM))
    tail = [("than the town", "")]
    assert found == [
        ("s0s1", "truncation", tail),
        ("s0s2s3", "duplicate", []),
        ("s1s2", "truncation", [("", "than the town")]),
        ("s1s3", "truncation", [("", "than the town")]),
    ]


def test_three_that_are_all_translations_are_one_group_and_pairs() -> None:
    told = [say(f"A translation: {{“Every wing over the flats is ours to {word}.”}}") for word in ("clip", "guard", "keep")]
    assert find(*told) == [
        ("s0s1s2", "translation", [("clip", "guard")]),
        ("s0s2", "translation", [("clip", "keep")]),
        ("s1s2", "translation", [("guard", "keep")]),
    ]


def test_translated_statements_may_be_given() -> None:
    one, other = say("{“Every wing over the flats is ours to clip”}"), say("{“Every wing over the flats is ours to guard”}")
    assert find(one, other)[0][1] == "alteration"
    assert find(one, other, translated=[1])[0][1] == "translation"


# --- insertions ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "insertions"),
    [
        ("“We ask [the owner] to lower the lake … before the rains.”", ["[the owner]", "…"]),
        ("“Say nothing […] until then. . . . Then (…) speak ... up.”", ["[…]", "(…)", "..."]),
        ("a tin marked ‘[Weed]kill’", ["[Weed]"]),
        ("That it took so long. [Pauses.] That is all.", ["[Pauses.]"]),
        ("“… and then nobody came”", ["…"]),
        ("“I don’t know… I never did…”", []),
        ("Nobody came … and nobody went.", []),
        ("“never [closed, and never “[again”", []),
        ("“one [line\nthe next] line”", []),
        ("“[[twice] in]”", ["[twice]"]),
        ("“ […", []),
        ("", []),
    ],
)
def test_insertions(content: str, insertions: list[str]) -> None:
    text = f"She said: {content} Then she left [by car] … for good."
    found = find_insertions(text, [Span(10, 10 + len(content))])
    assert [s.of(text) for s in found] == insertions


# --- whole articles --------------------------------------------------------------------------------------------------------

BESIDES = {("lake-virus-check", ("s1", "s5"))}  # right as well: the facts compare s5 with the other of two duplicates


def read_facts(article: Article, choice: int) -> tuple[str, list[Statement], list[int], tuple[Source, ...]]:
    """The statements of an article as its facts have them; of sources that are all right, the one of index `choice`."""
    text, facts = article.text, article.facts
    ids = {name: f"p{i}" for i, s in enumerate(facts["sources"]) for name in as_list(s["name"])}
    sources = tuple(
        Source(id=f"p{i}", name="", kind=as_list(s["kind"])[0], affiliations=tuple(ids.get(a, a) for a in s["affiliations"]))
        for i, s in enumerate(facts["sources"])
    )
    statements = []
    for i, fact in enumerate(facts["statements"]):
        content = sorted(Span(p["start"], p["end"]) for p in (place(text, c) for c in fact["content"]))
        cues = [Span(*m.span()) for m in re.finditer(re.escape(fact["cue"] or "\0"), text)]
        cue = min(cues, key=lambda c: min(abs(c.end - s.start) + abs(c.start - s.end) for s in content), default=None)
        names = as_list(fact["source"])[: choice + 1] if fact["source"] else []
        hops = [split_hop(as_list(hop)[0]) for hop in fact.get("chain", ())]
        statements.append(
            Statement(
                id=f"s{i}",
                kind=as_list(fact["kind"])[0],
                content=tuple(content),
                cue=(cue,) if cue else (),
                source=SourceRef(ids[names[-1]], ()) if names else None,
                within=None if fact["within"] is None else f"s{fact['within']}",
                chain=tuple(Hop(ids.get(name, name), None, medium) for name, medium in hops),
                confidence=1.0,
            )
        )
    translated = [i for e in facts["evidence"] if e["kind"] == "translation" for i in e.get("statements", ())]
    return text, statements, translated, sources


@pytest.mark.parametrize("choice", [0, 1])
@pytest.mark.parametrize("told", [True, False], ids=["evidence", "words"])
@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.name)
def test_groups_of_the_facts_statements_are_those_of_the_facts(article: Article, told: bool, choice: int) -> None:
    text, statements, translated, sources = read_facts(article, choice)
    found = find_variants(text, statements, translated if told else (), sources)
    facts = article.facts["variants"]
    for fact in facts:
        groups = [v for v in found if {f"s{m}" for m in fact["members"]} <= set(v.members)]
        assert any(g.relation in as_list(fact["relation"]) for g in groups), fact
        words = {(fold_all(d.a.of(text)), fold_all(d.b.of(text))) for g in groups for d in g.differences}
        for difference in fact.get("differences", ()):
            pair = (fold_all(difference["a"]), fold_all(difference["b"]))
            assert pair in words or pair[::-1] in words
    wanted = [{f"s{m}" for m in fact["members"]} for fact in facts]
    assert [v for v in found if set(v.members) not in wanted and (article.name, v.members) not in BESIDES] == []


@pytest.mark.parametrize("article", [a for a in ARTICLES if a.facts["editorial"]], ids=lambda a: a.name)
def test_insertions_of_the_facts(article: Article) -> None:
    text, statements, _, _ = read_facts(article, 0)
    for mark in article.facts["editorial"]:
        found = find_insertions(text, statements[mark["statement"]].content)
        assert mark["text"] in [s.of(text) for s in found]


def fold_all(words: str) -> tuple[str, ...]:
    return tuple(fold(w) for w in re.findall(r"[\w’]+", words))


# --- properties ------------------------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(["the", "old", "dam", "gate", "is", "not", "open", "a", "river", "rises", "we", "they", "of"]), max_size=30
)


def read(text: str, start: int, end: int) -> Wording:
    span = Span(start, end)
    return read_wording(text, (span,), "direct")


@given(WORDS, WORDS)
def test_differences_turn_one_wording_into_the_other(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)
    text = f"{first} | {second}"
    a, b = read(text, 0, len(first)), read(text, len(first) + 3, len(text))
    if not one or not other:
        return
    edits = find_edits(a, b, range(len(one)), range(len(other)))
    at, turned = 0, []
    for edit in edits:
        assert edit.a < edit.a_end or edit.b < edit.b_end
        turned += [*a.forms[at : edit.a], *b.forms[edit.b : edit.b_end]]
        at = edit.a_end
    assert [*turned, *a.forms[at:]] == other
    made, last = "", 0
    for d in build_differences(a, b, edits):
        assert d.op == ("insert" if not len(d.a) else "delete" if not len(d.b) else "replace")
        assert last <= d.a.start <= d.a.end <= len(first) < d.b.start <= d.b.end
        made += f"{text[last : d.a.start]} {d.b.of(text)} "
        last = d.a.end
    assert (made + text[last : len(first)]).split() == other
    back = find_edits(b, a, range(len(other)), range(len(one)))
    assert [(e.b, e.b_end, e.a, e.a_end) for e in back] == [(e.a, e.a_end, e.b, e.b_end) for e in edits]


PIECES = st.sampled_from(
    ["“", "”", "‘", "’", "[", "]", "…", "...", " ", "\n", "dam", "gates", "the old dam", "U.S.", "é", "e\u0301", "東京", "40", "forty", "."]
)


@given(
    st.lists(PIECES, max_size=40),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30), st.sampled_from(["ann", "bob", "post"])), max_size=6),
)
def test_any_text_is_read(pieces: list[str], told: list[tuple[int, int, str]]) -> None:
    text = "".join(pieces)
    kinds = ("direct", "indirect", "mixed")
    spans = [Span(min(start, len(text)), min(start + size, len(text))) for start, size, _ in told]
    statements = [
        Statement(
            id=f"s{i}", kind=kinds[i % 3], content=(s,), cue=(), source=SourceRef(told[i][2], ()), within=None, chain=(), confidence=1.0
        )
        for i, s in enumerate(spans)
    ]
    for variant in find_variants(text, statements, (), SOURCES):
        check(variant, statements)
    for span in spans:
        assert all(span.holds(found) for found in find_insertions(text, [span]))


def check(variant: Variant, statements: Sequence[Statement]) -> None:
    """Members in text order, all different, and differences inside the first two."""
    by_id = {s.id: s for s in statements}
    members = [by_id[m].content[0] for m in variant.members]
    assert len(set(variant.members)) == len(members) > 1
    assert [m.start for m in members] == sorted(m.start for m in members)
    assert all(members[0].holds(d.a) and members[1].holds(d.b) for d in variant.differences)


# --- bad input, and much of it ---------------------------------------------------------------------------------------------


def test_two_wordings_that_both_stand_four_times() -> None:
    altered = "{“The dam at Corley is younger than the town.”} she said."
    found = find(*[say(DAM)] * 4, *[say(altered)] * 4)
    assert [members for members, relation, _ in found if relation == "duplicate"] == ["s0s1s2s3", "s4s5s6s7"]
    assert {relation for _, relation, _ in found} == {"duplicate", "alteration"}


def test_forty_versions_are_each_paired_with_the_fullest() -> None:
    words = [f"{word}word" for word in "abcdefghijklmnopqrstuvwx"]
    versions = [say(f"{{“{' '.join(words[: len(words) - k % 8])} on day {k}”}}") for k in range(40)]
    found = find(*versions)
    assert len(found) == 39
    assert {m for members, _, _ in found for m in re.findall(r"s\d+", members)} == {f"s{k}" for k in range(40)}


def test_quotations_ten_deep() -> None:
    marks = [("“", "”"), ("‘", "’")]
    text = "".join(marks[k % 2][0] for k in range(10)) + "the dam is broken" + "".join(marks[k % 2][1] for k in reversed(range(10)))
    statements = [
        Statement(
            id=f"s{k}",
            kind="direct",
            content=(Span(k, len(text) - k),),
            cue=(),
            source=None,
            within=f"s{k - 1}" if k else None,
            chain=(),
            confidence=1.0,
        )
        for k in range(10)
    ]
    assert find_variants(text, statements, ()) == ()


def make_random(count: int, seed: random.Random) -> list[str]:
    return [" ".join(f"w{seed.randrange(3000)}x" for _ in range(25)) for _ in range(count)]


def make_versions(count: int, seed: random.Random) -> list[str]:
    words = make_random(1, seed)[0].split()
    return [" ".join(f"v{seed.randrange(99)}" if seed.random() < 0.1 else w for w in words) for _ in range(count)]


def make_parts(count: int, seed: random.Random) -> list[str]:
    words = " ".join(make_random(count, seed)).split()
    return [" ".join(words), *(" ".join(words[k * 20 : k * 20 + 15]) for k in range(count))]


def make_two_words(count: int, seed: random.Random) -> list[str]:
    return [" ".join(seed.choice(["salmon", "buffalo"]) for _ in range(20)) for _ in range(count)]


def make_same(count: int, seed: random.Random) -> list[str]:
    return make_random(1, seed) * count


def make_brackets(count: int, seed: random.Random) -> list[str]:
    return ["[ " * 100 + "dam gates " + "[x] … " * 100] * count


def make_long(count: int, seed: random.Random) -> list[str]:
    return [" ".join(seed.choice(["salmon", "buffalo", "the"]) for _ in range(12 * count)) for _ in range(2)]


@pytest.mark.parametrize("make", [make_random, make_versions, make_parts, make_two_words, make_same, make_brackets, make_long])
def test_time_grows_no_faster_than_the_text(make: Any) -> None:
    def measure(count: int) -> float:
        text, statements = build(*(say(f"{{“{words}”}}") for words in make(count, random.Random(5))))
        return measure_best(lambda: find_variants(text, statements, (), SOURCES))

    measure(100)
    small, large = measure(300), measure(1500)
    assert (
        large < 5 * 3 * small + 0.3
    )  # five times the text; three times that is allowed for a busy machine, where 25 times would be quadratic
