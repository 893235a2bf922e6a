"""Mentions taken apart, mentions gathered, chains built: tables of cases."""

from __future__ import annotations

import pytest

from onrecord.resolve import resolve
from onrecord.resolve.vocabulary import load_vocabulary, singular
from onrecord.resolve.who.entities import fold_name
from onrecord.resolve.who.mentions import parse_mention
from onrecord.resolve.who.names import find_document_names
from onrecord.types import Block, Embed, Origin, Page, Reading, Span, Statement

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize(
    ("words", "name", "kind", "roles", "affiliations"),
    [
        ("Jane Roe", "Jane Roe", "person", (), ()),
        ("Jane Roe, a spokeswoman for the Harbour Trust", "Jane Roe", "person", ("spokeswoman for the Harbour Trust",), ("Harbour Trust",)),
        ("the Harbour Trust’s chief executive, Tom Lane", "Tom Lane", "person", ("Harbour Trust’s chief executive",), ("Harbour Trust",)),
        ("Mr Lane", "Lane", "person", (), ()),
        ("Lane, 43", "Lane", "person", (), ()),
        ("Prime Minister Ada Okafor", "Ada Okafor", "person", ("Prime Minister",), ()),
        ("Sen. John Q. Marsh (R-Texas)", "John Q. Marsh", "person", ("Sen.",), ()),
        ("former Secretary of State Vera Holt", "Vera Holt", "person", ("former Secretary of State",), ()),
        ("Labour MP Dara O’Neill", "Dara O’Neill", "person", ("Labour MP",), ()),
        ("Secretary for Health Mr. Vell", "Vell", "person", ("Secretary for Health",), ()),
        ("Joan Vale of Kurier News", "Joan Vale", "person", (), ("Kurier News",)),
        (
            "a senior official from militia Ansar Gate Tariq al-Noor",
            "Tariq al-Noor",
            "person",
            ("senior official from militia Ansar Gate",),
            ("Ansar Gate",),
        ),
        (
            "A deputy head of the Ansar Gate League, Rurik Dane,",
            "Rurik Dane",
            "person",
            ("deputy head of the Ansar Gate League",),
            ("Ansar Gate League",),
        ),
        ("The mill’s owner, Corvane Holdings", "Corvane Holdings", "organisation", ("mill’s owner",), ()),
        ("the Ministry of Health", "Ministry of Health", "organisation", (), ()),
        ("The Harbour Post", "Harbour Post", "organisation", (), ()),
        ("militia Ansar Gate", "Ansar Gate", "organisation", (), ()),
    ],
)
def test_named_mentions(words: str, name: str, kind: str, roles: tuple[str, ...], affiliations: tuple[str, ...]) -> None:
    text = f"In the news Ansar Gate spoke and Noor left. Yesterday, {words}"
    names = find_document_names(text, VOCABULARY)
    mention = parse_mention(text, Span(len(text) - len(words), len(text)), names, VOCABULARY)
    assert (mention.form, mention.name, mention.kind, mention.roles, mention.affiliations) == ("name", name, kind, roles, affiliations)


@pytest.mark.parametrize(
    ("words", "kind", "head", "plural"),
    [
        ("a person with knowledge of the inquiry", "unnamed", "person", False),
        ("Two people familiar with the talks", "unnamed", "person", True),
        ("A spokesman for Lane", "unnamed", "spokesman", False),
        ("A spokesman for Mr. Lane", "unnamed", "spokesman", False),
        ("An aide to Health Secretary Mr. Lane", "unnamed", "aide", False),
        ("Spokesmen for Mr. Lane", "group", "spokesman", True),
        ("the letter", "document", "letter", False),
        ("a translation of the post", "document", "translation", False),
        ("the group", "organisation", "group", False),
        ("Some lawmakers", "group", "lawmaker", True),
        ("analysts at Kurier Bank", "group", "analyst", True),
    ],
)
def test_described_mentions(words: str, kind: str, head: str, plural: bool) -> None:
    text = f"Nobody was there. {words}"
    mention = parse_mention(text, Span(len(text) - len(words), len(text)), find_document_names(text, VOCABULARY), VOCABULARY)
    assert (mention.form, mention.kind, mention.head, mention.plural) == ("description", kind, head, plural)


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("people", "person"),
        ("spokeswomen", "spokeswoman"),
        ("ministries", "ministry"),
        ("boss", "boss"),
        ("lawyers", "lawyer"),
        ("analysis", "analysis"),
    ],
)
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_names_fold_alike() -> None:
    assert fold_name("al-Noor") == fold_name("al Noor") == fold_name("Noor") == ("noor",)
    assert fold_name("Zoë O’Neill") == ("zoe", "oneill")


# --- gathering over a document -----------------------------------------------------------------------------------------------


def build_reading(
    text: str, source: str | None, content: str, *, nth: int = 0, within: int | None = None, cue: str | None = "said"
) -> Reading:
    """A reading whose parts are found by their words: `source` is the nth occurrence before the content."""
    at = text.index(content)
    before = [i for i in range(len(text)) if source and text.startswith(source, i)]
    spans = (Span(before[nth], before[nth] + len(source)),) if source else ()
    found = text.find(cue, max(0, at - 60)) if cue else -1
    return Reading(
        content=(Span(at, at + len(content)),),
        source=spans,
        cue=(Span(found, found + len(cue)),) if cue and found >= 0 else (),
        kind="indirect",
        confidence=0.9,
        within=within,
    )


def resolve_all(
    text: str, readings: list[Reading], embeds: tuple[Embed, ...] = ()
) -> tuple[list[str | None], dict[str, str], tuple[Statement, ...]]:
    page = Page(text=text, blocks=(Block(Span(0, len(text)), "paragraph"),), origin=Origin(()), embeds=embeds)
    resolved = resolve(page, readings)
    names = {s.id: s.name for s in resolved.sources}
    return [names[s.source.id] if s.source else None for s in resolved.statements], names, resolved.statements


def test_surname_and_pronoun_go_to_the_full_name() -> None:
    text = "Captain Mara Quill said the ferry sank. Quill said it was old. She said nobody had asked."
    readings = [
        build_reading(text, "Captain Mara Quill", "the ferry sank"),
        build_reading(text, "Quill", "it was old", nth=1),
        build_reading(text, "She", "nobody had asked"),
    ]
    assert resolve_all(text, readings)[0] == ["Mara Quill"] * 3


def test_two_people_of_one_surname_stay_apart() -> None:
    text = "Mara Quill said yes. Jon Quill said no. Quill said maybe."
    readings = [
        build_reading(text, "Mara Quill", "yes"),
        build_reading(text, "Jon Quill", "no"),
        build_reading(text, "Quill", "maybe", nth=2),
    ]
    assert resolve_all(text, readings)[0] == ["Mara Quill", "Jon Quill", "Quill"]


def test_a_pronoun_with_nobody_before_it_stays_as_it_stands() -> None:
    text = "He said the ferry sank."
    assert resolve_all(text, [build_reading(text, "He", "the ferry sank")])[0] == ["He"]


def test_a_description_goes_to_the_source_with_its_noun() -> None:
    text = "The Harbour Ministry said it was safe. The ministry said it had looked. A minister said no."
    readings = [
        build_reading(text, "The Harbour Ministry", "it was safe"),
        build_reading(text, "The ministry", "it had looked"),
        build_reading(text, "A minister", "no.", nth=0),
    ]
    assert resolve_all(text, readings)[0] == ["Harbour Ministry", "Harbour Ministry", "A minister"]


def test_a_description_before_its_name_goes_to_it() -> None:
    text = "A deputy harbourmaster of Port Noor said yes. Jon Vale, a deputy harbourmaster of Port Noor, said never."
    readings = [
        build_reading(text, "A deputy harbourmaster of Port Noor", "yes"),
        build_reading(text, "Jon Vale, a deputy harbourmaster of Port Noor", "never"),
    ]
    assert resolve_all(text, readings)[0] == ["Jon Vale", "Jon Vale"]


def test_unnamed_sources_stay_apart() -> None:
    text = "A person close to the talks said yes. Another person said never."
    readings = [build_reading(text, "A person close to the talks", "yes"), build_reading(text, "Another person", "never")]
    assert resolve_all(text, readings)[0] == ["A person close to the talks", "Another person"]


def test_a_quotation_without_a_cue_has_the_source_before_it() -> None:
    text = "Mara Quill said yes.\n“And no.”"
    readings = [build_reading(text, "Mara Quill", "yes"), build_reading(text, None, "“And no.”", cue=None)]
    names, _, statements = resolve_all(text, readings)
    assert names == ["Mara Quill", "Mara Quill"]
    assert statements[1].source is not None
    assert statements[1].source.spans == ()


def test_chains_run_from_the_originator_to_the_publisher() -> None:
    text = "“Jon Vale said ‘yes’,” Mara Quill said on Twitter."
    outer = Reading(
        content=(Span(0, 22),), cue=(Span(34, 38),), source=(Span(23, 33),), kind="direct", confidence=0.9
    )  # fmt: skip
    inner = Reading(content=(Span(15, 20),), cue=(Span(10, 14),), source=(Span(1, 9),), kind="direct", confidence=0.9, within=0)
    _, names, statements = resolve_all(text, [outer, inner])
    assert [(names.get(h.source or ""), h.statement, h.medium) for h in statements[1].chain] == [
        ("Jon Vale", "s2", None),
        ("Mara Quill", "s1", "Twitter"),
        (None, None, None),
    ]
    assert statements[1].chain[-1].source == "publisher"


def test_a_post_is_its_authors_and_carries_the_handle() -> None:
    text = "It sank.\n— Mara Quill (@mquill)\nJanuary 3, 2031\nQuill said so."
    embed = Embed(
        span=Span(0, 47), platform="Twitter", author="Mara Quill", author_span=Span(11, 21), handle="@mquill", content=(Span(0, 8),)
    )
    posted = Reading(content=(Span(0, 8),), source=(Span(11, 21),), kind="direct", confidence=1.0, embed=0)
    said = build_reading(text, "Quill", "so.", nth=1)
    page = Page(text=text, blocks=(), origin=Origin(()), embeds=(embed,))
    resolved = resolve(page, [posted, said])
    (source,) = resolved.sources
    assert (source.name, source.handles) == ("Mara Quill", ("@mquill",))
    assert resolved.statements[0].evidence == ("e1",)
    assert resolved.statements[0].chain[0].medium == "Twitter"
