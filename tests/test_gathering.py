"""All mentions of a document gathered: names, descriptions, pronouns, first and second persons; and what must stay apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import onrecord
from onrecord.extract.turns import find_turns
from onrecord.resolve import gather, resolve
from onrecord.resolve.who.ranking import Ranker
from onrecord.text import find_paragraphs
from onrecord.types import Block, Embed, Origin, Page, Reading, Span
from tests.timing import measure_best


def build_page(text: str, **more: object) -> Page:
    return Page(text=text, blocks=tuple(Block(p, "paragraph") for p in find_paragraphs(text)), origin=Origin(()), **more)  # type: ignore[arg-type]


def gather_names(text: str, readings: tuple[Reading, ...] = (), **more: object) -> dict[str, str]:
    """The name of the source of each mention, by the mention's words; of words that come twice, the last."""
    page = build_page(text, **more)
    gathered = gather(page, readings)
    return {m.span.of(text): e.name for m, e in zip(gathered.mentions, gathered.entities, strict=True)}


@pytest.mark.parametrize(
    ("text", "mention", "name"),
    [
        ("Mara Quill runs the port. Everybody knows Quill.", "Quill", "Mara Quill"),
        ("Captain Hadi al-Noor spoke. Later al Noor left, and Noor’s men with him.", "Noor", "Hadi al-Noor"),
        ("Rashid Askary sang. Then Askari sang again.", "Askari", "Rashid Askary"),
        ("The Harbour Safety Board (HSB) met. HSB had no answer.", "HSB", "Harbour Safety Board"),
        ("The Ministry of Tides met. The Ministry had no answer.", "Ministry", "Ministry of Tides"),
        ("The mill belongs to Corvane Holdings. Nobody at Corvane would speak.", "Corvane", "Corvane Holdings"),
        ("Tom “Bullet” Lane ran. They call Bullet a hero.", "Bullet", "Tom Lane"),
        ("There is Tom [Lane], who films. They call Lane a friend.", "Lane", "Tom Lane"),
        ("The singer Ana Vell, known as Lark, sang. A fan saw Lark leave.", "Lark", "Ana Vell"),
        ("Ana Vell (@anavell) posted. The singer left.", "Ana Vell", "Ana Vell"),
        ("Ana Vell, a singer, arrived. The singer was late.", "The singer", "Ana Vell"),
        ("Commander Tom Lane spoke. The president’s spokesman wept.", "The president’s spokesman", "The president’s spokesman"),
        ("Mr Pell told the Maluor Daily. The paper printed it.", "The paper", "Maluor Daily"),
        ("The Lurian Guard met. The Guard sang.", "Guard", "Lurian Guard"),
        ("West Maluor split off. Nobody in Maluor minded.", "Maluor", "Maluor"),
        ("The group’s leader, Tariq Noor, spoke. The leader sat down.", "The leader", "Tariq Noor"),
        ("Tariq Noor was the mayor of Porthal. The mayor was ill.", "The mayor", "Tariq Noor"),
        ("Ansar Gate is a militia from the hills. Ansar Gate has no flag, and the militia has no song.", "the militia", "Ansar Gate"),
        ("Tom Lane was there. His father wept.", "His father", "His father"),
        ("Tom Lane was there. Her lawyer, Ana Vell, wept. His lawyer left.", "His lawyer", "Ana Vell"),
        ("Ana Vell met Tom Lane. She gave him a boat.", "She", "Ana Vell"),
        ("Ana Vell met Tom Lane. She gave him a boat.", "him", "Tom Lane"),
        ("A man who gave his name as Abu Noor called twice. Abu Noor was calm.", "A man", "Abu Noor"),
        ("Striker Kofi “Bullet” Lane ran. Lane sat. Kofi spoke. Fans like Bullet best.", "Bullet", "Kofi Lane"),
        ("Magnus Tait, whom everybody on Skerrow calls Manny, waved. Nobody saw Manny leave.", "Manny", "Magnus Tait"),
        (
            "Tariq Noor, who has led the Ansar League since May, spoke. A message came from the head of the League.",
            "the head",
            "Tariq Noor",
        ),
        ("An environmental group sued. The group, River Watch, won.", "An environmental group", "River Watch"),
        ("A man was shot. The man, Tom Lane, is 32.", "A man", "Tom Lane"),
        ("The lake institute said no. Nobody at the Orrin Lake Institute spoke.", "The lake institute", "Orrin Lake Institute"),
        (
            "The energy minister left. The minister, Greta Diaz, is ill. Her deputy minister, Anton Holt, is not.",
            "The energy minister",
            "Greta Diaz",
        ),
        ("The story was in the Valle Echo. Later the newspaper withdrew it.", "the newspaper", "Valle Echo"),
        ("The Cloth Workers union met. The union has 40 members.", "The union", "Cloth Workers union"),
        ("The Argent newswire left. Nobody answered at Argent, and Argent is closed.", "Argent newswire", "Argent"),
        ("A former worker of the operator, Lakeland Power, wept.", "the operator", "Lakeland Power"),
    ],
)
def test_a_mention_goes_to_its_source(text: str, mention: str, name: str) -> None:
    assert gather_names(text)[mention] == name


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("Ana Vell met Jon Vell. Nobody saw Vell leave.", "Ana Vell", "Jon Vell"),
        ("Ana Vell met Jon Vell. Nobody saw Vell leave.", "Vell", "Jon Vell"),
        ("Councilman Vell met Clara Vell, the councilman’s wife.", "Councilman Vell", "Clara Vell"),
        ("Mr Venn’s brother, the pilot Tom Venn, met Idris Venn.", "Tom Venn", "Idris Venn"),
        ("A person close to the talks left. Another person stayed.", "A person", "Another person"),
        ("The Harbour Trust met the Corvane Trust.", "Harbour Trust", "Corvane Trust"),
        ("The Valle Courier closed. The government pledged to help.", "Valle Courier", "The government"),
        ("A deputy came. The mayor, Raj Noor, left.", "A deputy", "Raj Noor"),
        ("I asked Tom Lane. My father knew.", "Tom Lane", "My father"),
    ],
)
def test_two_stay_apart(text: str, one: str, other: str) -> None:
    names = gather_names(text)
    assert names.get(one, one) != names.get(other, other)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The port is run by Ana Vell, who said it was shut.", "Ana Vell"),
        ("It was sold to an engineer who said it was shut.", "an engineer"),
        ("They asked the Harbour Police which said it was shut.", "Harbour Police"),
        ("They asked the crews in Port Vell, who said it was shut.", "who"),
        ("Tom Lane met Ana Vell in Kelm. There are those who said it was shut.", "who"),
    ],
)
def test_a_relative_pronoun_stands_for_what_is_before_it(text: str, name: str) -> None:
    relative = "which" if "which" in text else "who"
    assert gather_names(text, (say(text, relative, "said", "it was shut", "indirect"),))[relative] == name


def say(text: str, source: str, cue: str, content: str, kind: str) -> Reading:
    """A statement by the last place of each of its pieces."""
    spans = [Span(at := text.rindex(words), at + len(words)) for words in (source, cue, content)]
    return Reading(content=(spans[2],), cue=(spans[1],), source=(spans[0],), kind=kind, confidence=0.9)  # type: ignore[arg-type]


def test_nobody_names_themselves_in_their_own_words() -> None:
    text = "Abu Salt called. “Sheikh Noor has no channel,” he said."
    said = say(text, "he", "said", "“Sheikh Noor has no channel,”", "direct")
    assert gather_names(text, (said,))["he"] == "Abu Salt"


@pytest.mark.parametrize(
    ("text", "pronoun", "name"),
    [
        ("The paper was quoted by the Valle Courier. The Harbour Trust said that it had no boat.", "it", "Harbour Trust"),
        ("Ana Vell wrote to Eva Lane. Lane said that she had no boat.", "she", "Eva Lane"),
        ("Tom Hale was arrested. Police said he had no boat.", "he", "Tom Hale"),
    ],
)
def test_a_statement_opens_with_who_says_it(text: str, pronoun: str, name: str) -> None:
    source = text.split(". ")[1].split(" said")[0]
    content = text[text.index("said ") + 5 : -1]
    assert gather_names(text, (say(text, source, "said", content, "indirect"),))[pronoun] == name


@pytest.mark.parametrize(
    ("before", "pronoun", "name"),
    [
        ("Tom Lane was sued. Idris Noor, an analyst, said Lane was late.", "he", "Idris Noor"),
        ("Ana Vell told her son to wait. Former striker Gary Dunn spoke up for his friend.", "he", "Gary Dunn"),
        ("Rick Poe had met Ana Vell. Her editor, Tom Lane, stood by the story.", "he", "Tom Lane"),
        ("The Valle Courier has its own view. The Harbour Trust denied the report.", "it", "Harbour Trust"),
        ("A letter came to the bank. “There is a boat,” the Harbour Trust said.", "it", "Harbour Trust"),
        ("Ana Vell was there. Tom Lane said so in a talk with Gary Dunn.", "he", "Tom Lane"),
    ],
)
def test_who_spoke_goes_on_speaking(before: str, pronoun: str, name: str) -> None:
    text = f"{before} “We have no boat,” {pronoun} added."
    readings = [say(text, pronoun, "added", "“We have no boat,”", "direct")]
    if found := re.search(r"([A-Z]\w+ [A-Z]\w+)(?:, an analyst,)? said (?=[A-Zs])", text):
        end = text.index(".", found.end())
        spans = (Span(found.start(), found.end(1)), Span(found.end() - 5, found.end() - 1), Span(found.end(), end))
        readings.insert(0, Reading(content=spans[2:], cue=spans[1:2], source=spans[:1], kind="indirect", confidence=0.9))
    assert gather_names(text, tuple(readings))[pronoun] == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Prime Minister spoke. The Home Secretary left.", {"The Prime Minister", "The Home Secretary"}),
        ("The Senator from Kelm spoke.", {"The Senator", "Kelm"}),
        ("The Speaker of the House spoke.", {"The Speaker"}),
        ("Noor’s Tide Minister, Ana Vell, spoke. The Tide Minister left.", {"Ana Vell"}),
        ("The Tarn People’s Front spoke.", {"Tarn People’s Front"}),
        ("The Workers' Party of Tarn spoke.", {"Workers' Party of Tarn"}),
        ("The Government of the Republic of Tarn spoke.", {"Government of the Republic of Tarn"}),
        ("He wore a TIDA T-shirt. TIDA spoke.", {"He", "TIDA T-shirt", "TIDA"}),
        ("The Daily Observer spoke.", {"Daily Observer"}),
        ("The Kelm Centre for Sea–Land Studies spoke.", {"Kelm Centre for Sea–Land Studies"}),
    ],
)
def test_offices_are_no_names_and_bodies_have_whole_ones(text: str, names: set[str]) -> None:
    assert set(gather_names(text).values()) == names


@pytest.mark.parametrize("name", ["Iran", "South Korea", "Moscow", "TicketHive"])
def test_countries_and_firms_are_no_people(name: str) -> None:
    text = f"Yesterday {name} said it was ready."
    report = onrecord.read_text(text, force=True)
    assert {(s.name, s.kind) for s in report.sources} == {(name, "organisation")}


def test_whose_reporter_it_is() -> None:
    report = onrecord.read_text("Many read Lantern. Lantern’s Ana Vell said that it was over.", force=True)
    names = {s.id: s.name for s in report.sources}
    vell = next(s for s in report.sources if s.name == "Ana Vell")
    assert [names[a] for a in vell.affiliations] == ["Lantern"]


def test_whom_a_lead_describes_may_be_named_later() -> None:
    text = "A harbourmaster has left.\n\nBoats were sold.\n\nNobody saw it. Harbourmaster Ana Vell had asked for it."
    assert gather_names(text)["A harbourmaster"] == "Ana Vell"


@pytest.mark.parametrize(
    ("words", "name", "roles"),
    [
        ("One of them, a retired teacher named Coumba Faye,", "Coumba Faye", ("retired teacher",)),
        ("A spokesman, who gave his name only as Moulay,", "Moulay", ("spokesman",)),
        ("One, Nadia Rez of the Justice bloc,", "Nadia Rez", ()),
    ],
)
def test_a_name_that_is_told_late_in_the_phrase(words: str, name: str, roles: tuple[str, ...]) -> None:
    report = onrecord.read_text(f"Two came. {words} said that it was late.", force=True)
    source = next(s for s in report.sources if s.name == name)
    assert (source.kind, source.roles) == ("person", roles)


def test_names_in_other_scripts_are_names() -> None:
    text = "Олена Коваль говорила. Ніхто не чув, як Коваль пішла."
    assert gather_names(text)["Коваль"] == "Олена Коваль"


def test_the_speaker_is_i_and_the_author_elsewhere() -> None:
    text = "I met Ana Vell. “I am tired,” Vell said."
    said = Reading(
        content=(Span(16, 29),), cue=(Span(35, 39),), source=(Span(30, 34),), kind="direct", confidence=0.9
    )  # fmt: skip
    page = build_page(text, authors=("Mara Quill",))
    gathered = gather(page, [said])
    assert [e.name for m, e in zip(gathered.mentions, gathered.entities, strict=True) if m.text == "I"] == ["Mara Quill", "Ana Vell"]


def test_this_newspaper_is_the_publisher() -> None:
    text = "This newspaper reported the leak. This reporter saw it."
    names = gather_names(text, authors=("Mara Quill",), publisher="The Strait Observer")
    assert (names["This newspaper"], names["This reporter"]) == ("The Strait Observer", "Mara Quill")


def test_affiliations_are_sources() -> None:
    text = "Ana Vell, a spokeswoman for the Harbour Trust, said no."
    said = Reading(content=(Span(52, 54),), cue=(Span(47, 51),), source=(Span(0, 45),), kind="indirect", confidence=0.9)
    resolved = resolve(build_page(text), [said])
    vell, trust = resolved.sources
    assert (vell.name, vell.roles, vell.affiliations) == ("Ana Vell", ("spokeswoman for the Harbour Trust",), (trust.id,))
    assert (trust.name, trust.kind) == ("Harbour Trust", "organisation")


def test_whose_director_is_known() -> None:
    text = "The Harbour Museum is shut. The museum’s director said no."
    said = Reading(content=(Span(55, 57),), cue=(Span(50, 54),), source=(Span(28, 49),), kind="indirect", confidence=0.9)
    museum, director = resolve(build_page(text), [said]).sources
    assert (director.name, director.kind, director.affiliations) == ("The museum’s director", "unnamed", (museum.id,))


# --- transcripts ------------------------------------------------------------------------------------------------------------


def test_turns_of_an_interview_are_statements_of_their_speakers() -> None:
    text = (
        "A talk with the keeper\n\nBy Mara Quill\n\nAna Vell has kept the light for forty years.\n\n"
        "Q: Did you ever want to leave?\n\nA: Every winter. My father did not.\n\nQ: And now?\n\nA: Now I am old.\n\nI like it here."
    )
    report = onrecord.read_text(text)
    names = {s.id: s.name for s in report.sources}
    turns = [s for s in report.statements if s.within is None and s.source and not s.cue]
    assert [names[s.source.id] for s in turns if s.source] == ["Mara Quill", "Ana Vell", "Mara Quill", "Ana Vell"]
    assert [span.of(report.document.text) for span in turns[-1].content] == ["Now I am old.", "I like it here."]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("Q: One?\nA: Two.\nQ: Three?\nA: Four.", ["Q", "A", "Q", "A"]),
        ("MS. VELL: One.\nMR. LANE (by phone): Two.\nMS. VELL: Three.", ["MS. VELL", "MR. LANE", "MS. VELL"]),
        ("Q. One?\nA. Two.\nMore of two.\nQ. Three?", ["Q", "A", "Q"]),
        ("Photo: One\nText.\nPhoto: Two\nMore.\nPhoto: Three", []),
        ("Note: this is all.\nNothing else.", []),
    ],
)
def test_turns_are_found_where_speakers_come_again(text: str, turns: list[str]) -> None:
    assert [t.label.of(text) for t in find_turns(text, find_paragraphs(text))] == turns


# --- what must not break ----------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.sampled_from(
            ["Ana Vell", "he", "The group", ",", ".", "“", "”", "a man", "I", "\n", "said", "’s", "Q:", "of", "(", "HT", "الاسم"]
        )
    )
)
def test_nothing_breaks_gathering(words: list[str]) -> None:
    text = " ".join(words)
    gathered = gather(build_page(text), [])
    assert len(gathered.mentions) == len(gathered.entities)
    assert all(e.names and e.spans for e in gathered.entities)


@pytest.mark.parametrize("name", ["🦊", "...", "@", "—"])
def test_a_name_without_letters_is_a_name(name: str) -> None:
    text = f"It sank.\n— {name} (@fox)\nThe fox said so."
    author = Span(11, 11 + len(name))
    embed = Embed(span=Span(0, 20), platform="Twitter", author=name, author_span=author, handle="@fox", content=(Span(0, 8),))
    posted = Reading(content=(Span(0, 8),), source=(author,), kind="direct", confidence=1.0, embed=0)
    (source,) = resolve(build_page(text, embeds=(embed,), authors=(name,), publisher=name), [posted]).sources
    assert (source.name, source.handles) == (name, ("@fox",))


def test_five_hundred_sources_are_told_apart() -> None:
    first = ["Ana", "Ben", "Carl", "Dora", "Eva"]
    people = [f"{first[i % 5]} V{'aeiou'[i % 5]}{chr(98 + i % 24)}{chr(98 + i // 24)}" for i in range(500)]
    text = "\n".join(f"{p} was there." for p in people)
    gathered = gather(build_page(text), [])
    assert len({id(e) for e in gathered.entities}) == len(set(people))


@pytest.mark.parametrize(
    "line",
    [
        "Ana Vell{i} met him and the group said it knew.",
        "Ana{i} Vell spoke. Vell left.",
        "He, known as X{i}, is a man.",
        "HT{i} (HT) I am a man.",
    ],
)
def test_time_grows_no_faster_than_the_text(line: str) -> None:
    def measure(count: int) -> float:
        page = build_page("\n".join(line.format(i=chr(97 + i % 26) + chr(97 + i // 26 % 26) + chr(97 + i // 676)) for i in range(count)))
        return measure_best(lambda: gather(page, []))

    measure(50)
    assert measure(2000) < 12 * max(measure(500), 0.02)


def test_a_ranker_chooses_the_likeliest_or_nobody() -> None:
    ranker = Ranker({"he near": 2.0, "he far": -2.0, "he nobody": 0.0}, {"he": 0.6})
    spans = [Span(0, 1), Span(2, 3)]
    assert ranker.choose("he", [["far"], ["near"]], ["nobody"], Span(4, 5), spans) == 1
    assert ranker.choose("he", [["far"]], ["nobody"], Span(4, 5), spans[:1]) == -1
    assert ranker.choose("he", [["far"]], None, Span(4, 5), spans[:1]) == 0
    assert ranker.choose("they", [["far"]], ["nobody"], Span(4, 5), spans[:1]) == -1
