"""Who is a source without a statement: suppliers, originators, those who were asked; what people belong to; and who is none."""

from __future__ import annotations

import pytest

import onrecord
from onrecord.resolve import resolve
from onrecord.text import find_paragraphs
from onrecord.types import Block, Origin, Page, Reading, Source, Span


def find_sources(text: str, *readings: Reading) -> dict[str, Source]:
    page = Page(text=text, blocks=tuple(Block(p, "paragraph") for p in find_paragraphs(text)), origin=Origin(()))
    return {s.name: s for s in resolve(page, readings).sources}


def say(text: str, source: str, cue: str, content: str) -> Reading:
    """A statement in the reporter's words, by its pieces."""
    places = [Span(at := text.index(words), at + len(words)) for words in (source, cue, content)]
    return Reading(content=(places[2],), cue=(places[1],), source=(places[0],), kind="indirect", confidence=0.9)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("According to the Harbour Trust, the pier is safe.", "Harbour Trust"),
        ("The pier is safe, the Evening Post reported, citing two people in the ministry.", "two people in the ministry"),
        ("The letter was first reported by the Valle Gazette last week.", "Valle Gazette"),
        ("The note, which was handed to the court by her daughter, is unsigned.", "her daughter"),
        ("Jurors saw a screenshot, taken by a neighbour, of the post.", "a neighbour"),
        ("The finding is in a report by the Clean Coast Alliance.", "Clean Coast Alliance"),
        ("A dock worker gave our reporter a copy of the logbook.", "A dock worker"),
        ("We have a page of the book, which a clerk gave to our reporter.", "a clerk"),
        ("Valle Radio, which was first to print the page, stood by it.", "Valle Radio"),
        ("Kofi Lane’s account was suspended in May.", "Kofi Lane"),
        ("The photograph was verified by Storyful News on Friday.", "Storyful News"),
        ("The video was filmed by Ana Vell, a teacher.", "Ana Vell"),
        ("Ana Vell, a teacher, declined to comment.", "Ana Vell"),
        ("The Harbour Trust did not respond to questions.", "Harbour Trust"),
        ("The text was translated by the Valle Daily as “leave”.", "Valle Daily"),
    ],
)
def test_who_has_a_part_is_a_source(text: str, name: str) -> None:
    assert name in find_sources(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ana Vell walked to the Harbour Trust and sat down.",
        "The bridge was built by the Corvane Group in 1988.",
        "Tom Lane took the train to Porthal.",
        "He was hit by a van that Tom Lane drove.",
        "Tom Lane was sent a letter.",
        "In May the council met.",
    ],
)
def test_who_is_only_mentioned_is_none(text: str) -> None:
    assert find_sources(text) == {}


def test_a_namesake_of_a_speaker_is_kept_apart() -> None:
    text = "Marcus Hale said that the dam was safe. Judge Teresa Hale will hear the case."
    assert {"Marcus Hale", "Teresa Hale"} == find_sources(text, say(text, "Marcus Hale", "said", "that the dam was safe")).keys()


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Ana Vell, an analyst at the Lowmoor Institute, said it rained.", "Lowmoor Institute"),
        ("Ana Vell, the Sound Courier’s Ashmar correspondent, said it rained.", "Sound Courier"),
        ("The Ashmar coast is long. Ana Vell, Ashmar correspondent of the Sound Courier, said it rained.", "Sound Courier"),
        ("Ana Vell, who chairs the Clean Coast Alliance, said it rained.", "Clean Coast Alliance"),
        ("Ana Vell, who has led the Harbour Trust since 2009, said it rained.", "Harbour Trust"),
        ("Ana Vell of the Lowmoor Institute said it rained.", "Lowmoor Institute"),
        ("Ana Vell, of the Lowmoor Institute, said it rained.", "Lowmoor Institute"),
        (
            "Corvane Holdings is a company. Corvane closed the mill. Ana Vell, a spokeswoman for the company, said it rained.",
            "Corvane Holdings",
        ),
        ("The Harbour Trust met. Its director, Ana Vell, said it rained.", "Harbour Trust"),
        ("The Cloth Workers union met. Ana Vell, the union’s regional secretary, said it rained.", "Cloth Workers union"),
        ("Rovers have won. Rovers’s number five is Ana Vell, who said it rained.", "Rovers"),
        ("Ana Vell, the leader of Porthal council, said it rained.", "Porthal council"),
    ],
)
def test_affiliations(text: str, body: str) -> None:
    phrase = text[text.index("Ana Vell") : text.index(" said")] if "who said" not in text else "Ana Vell"
    found = find_sources(text, say(text, phrase, "said", "it rained"))
    assert [found[n].id for n in found if n == body] == list(found["Ana Vell"].affiliations)


def test_a_report_belongs_to_who_published_it() -> None:
    text = "According to Threads Unpicked, a report published last month by the Dale Trust, mills matter."
    found = find_sources(text, say(text, "Threads Unpicked", "According to", "mills matter"))
    assert found["Threads Unpicked"].kind == "document"
    assert found["Threads Unpicked"].affiliations == (found["Dale Trust"].id,)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The owners, Linea Marina, said it rained.", "Linea Marina", "organisation"),
        ("The news site Ninth Ward said it rained.", "Ninth Ward", "organisation"),
        ("Warm Homes Now said it rained.", "Warm Homes Now", "organisation"),
        ("Kestrel Commodities said it rained.", "Kestrel Commodities", "organisation"),
        ("The Argent newswire said it rained.", "Argent newswire", "organisation"),
        ("X said it rained.", "X", "organisation"),
        ("An anonymous account said it rained.", "An anonymous account", "unnamed"),
        ("The letter said it rained.", "The letter", "document"),
        ("A second official, in the prime minister’s office, said it rained.", "A second official", "unnamed"),
        ("The Ostrel embassy said it rained.", "The Ostrel embassy", "organisation"),
        ("The clerk, June Abara, said it rained.", "June Abara", "person"),
        ("PC Dawn Vell said it rained.", "Dawn Vell", "person"),
        ("Malcolm X said it rained.", "Malcolm X", "person"),
        ("Joan Rivers said it rained.", "Joan Rivers", "person"),
        ("Justice Ana Vell said it rained.", "Ana Vell", "person"),
    ],
)
def test_kinds(text: str, name: str, kind: str) -> None:
    source = text[: text.index(" said")]
    found = find_sources(text, say(text, source, "said", "it rained"))
    assert {n: s.kind for n, s in found.items()}.get(name) == kind


BARE_ROLES = [
    ("Pavel Orlin, Lissen correspondent of Radio Halm, said it was real.", "Lissen correspondent of Radio Halm", "Radio Halm"),
    ("National News correspondent Joan Karr sent a copy. Karr said it was real.", "National News correspondent", "National News"),
    ("Ines Tal, head of research at Marsh Institute, said it was real.", "head of research at Marsh Institute", "Marsh Institute"),
]


@pytest.mark.parametrize(("text", "role", "body"), BARE_ROLES)
def test_a_bare_role_beside_a_name(text: str, role: str, body: str) -> None:
    report = onrecord.read_text(text, force=True)
    names = {s.id: s.name for s in report.sources}
    person = next(s for s in report.sources if s.kind == "person")
    assert role in person.roles
    assert body in {names[a] for a in person.affiliations}


def test_a_clause_about_somebody_is_no_second_name() -> None:
    report = onrecord.read_text("Ann Roe came.\n\nRoe, who grew up near the river and now works in Halm, said it was real.", force=True)
    assert [s.name for s in report.sources] == ["Ann Roe"]


@pytest.mark.parametrize(
    ("text", "medium"),
    [
        ("Ann Reed walked out of her press conference. It was over, Ann Reed said.", "press conference"),
        ("Ann Reed posted the page on X on Monday.\n\nIt was over, Ann Reed wrote.", "X"),
        ("Ann Reed posted the page on X on Monday.\n\nIt was over, Ann Reed said.", None),
        ("Ann Reed declined an interview. It was over, Ann Reed said.", None),
        ("Bob Hale gave a speech. It was over, Ann Reed said.", None),
    ],
)
def test_the_sentence_before_tells_where_somebody_speaks(text: str, medium: str | None) -> None:
    at = text.rindex("Ann Reed ")
    cue = Span(at + 9, len(text) - 1)
    reading = Reading(
        content=(Span(text.index("It was over"), at - 2),), cue=(cue,), source=(Span(at, at + 8),), kind="indirect", confidence=0.9
    )
    page = Page(text=text, blocks=tuple(Block(p, "paragraph") for p in find_paragraphs(text)), origin=Origin(()))
    assert resolve(page, [reading]).statements[0].chain[0].medium == medium


def test_whom_an_agency_cites_is_where_its_words_come_from() -> None:
    text = "The Evening Post, citing an unnamed official, reported that the pier is safe."
    page = Page(text=text, blocks=(Block(Span(0, len(text)), "paragraph"),), origin=Origin(()))
    found = resolve(page, [say(text, "The Evening Post", "reported", "that the pier is safe")])
    names = {s.id: s.name for s in found.sources}
    assert [names.get(hop.source or "") for hop in found.statements[0].chain] == ["an unnamed official", "Evening Post", None]
