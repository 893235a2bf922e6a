"""On what evidence: screenshots, documents, translations, links and what became of them, on sentences of our own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.capture import build_capture
from onrecord.page import read_page
from onrecord.resolve import gather, resolve
from onrecord.resolve.evidence import Item, find_evidence, find_originators, find_translated
from onrecord.resolve.times import find_times
from onrecord.types import Reading, Span
from tests.timing import measure_best

Told = tuple[str, str, str]  # source, cue, content

PUBLISHED = date(2024, 3, 15)


def build_reading(text: str, told: Told, within: int | None = None) -> Reading:
    """A statement by its words, each looked up where it stands first from the content on, the content first of all."""
    source, cue, content = told
    at = text.index(content)
    sides = [
        (Span(near, near + len(words)),) if words and (near := min(_find_all(text, words), key=lambda p: abs(p - at))) >= 0 else ()
        for words in (source, cue)
    ]
    return Reading(content=(Span(at, at + len(content)),), cue=sides[1], source=sides[0], kind="direct", confidence=0.9, within=within)


def _find_all(text: str, words: str) -> list[int]:
    return [i for i in range(len(text)) if text.startswith(words, i)]


def find(text: str, told: Sequence[Told] = ()) -> tuple[str, tuple[Item, ...]]:
    """The evidence of a text in which the statements are those that are given, and those of its embeds."""
    page = read_page(build_capture(text.encode(), location="text", charset="utf-8"))
    readings = [build_reading(page.text, t) for t in told]
    for index, embed in enumerate(page.embeds):
        source = (embed.author_span,) if embed.author_span else ()
        readings.append(Reading(content=embed.content, source=source, kind="direct", confidence=0.9, embed=index))
    gathered = gather(page, readings)
    return page.text, find_evidence(page, readings, gathered, find_times(page.text, PUBLISHED).found)


def show(text: str, item: Item) -> dict[str, str]:
    """What an item tells, in words; what it does not tell is left out."""
    told = {
        "span": item.span.of(text),
        "platform": item.platform,
        "author": item.author,
        "of": item.words_of and item.words_of.name,
        "by": item.supplier and item.supplier.name,
        "translator": item.translator and item.translator.name,
        "posted": item.posted and item.posted.isoformat(),
        "status": None if item.status == "unknown" else item.status,
        "tells": item.status_span and item.status_span.of(text),
    }
    return {name: value for name, value in told.items() if value}


# --- who supplied, wrote, holds -----------------------------------------------------------------------------------------------

PIECES = [
    (
        "Clara Voss, a tenant, sent The Ledger a screenshot of the landlord’s WhatsApp message.",
        "screenshot",
        {"by": "Clara Voss", "platform": "WhatsApp"},
    ),
    (
        "Screenshots of the deputy’s Facebook post were shared by Amy Tan, a councillor.",
        "screenshot",
        {"by": "Amy Tan", "platform": "Facebook"},
    ),
    ("A screen grab of the post, taken by a passer-by, shows the crowd.", "screenshot", {"by": "a passer-by"}),
    ("Harriet Moss posted a photo of her lunch. Tom Reed kept a screenshot of the post.", "screenshot", {"by": "Tom Reed"}),
    ("Reporters were shown a screenshot of the exchange.", "screenshot", {}),
    ("A letter obtained by The Ledger warned of leaks.", "document", {}),
    ("The memo, which was leaked to The Ledger by Ivo Brandt, is dated March 4.", "document", {"by": "Ivo Brandt", "posted": "2024-03-04"}),
    ("The recording, which a former nurse gave to the inquiry, lasts an hour.", "document", {"by": "a former nurse"}),
    ("Ivo Brandt, a clerk at the Corran Institute, who provided a copy of the e-mail, has resigned.", "document", {"by": "Ivo Brandt"}),
    ("In a copy of the contract seen by The Ledger the fee is left blank.", "document", {}),
    ("The union released the letter on Friday.", "document", {"by": "The union"}),
    (
        "A report by Clean Rivers, which was published on Monday, blames the plant.",
        "document",
        {"author": "Clean Rivers", "posted": "2024-03-11"},
    ),
    ("A report published last week by the Harrow Trust blames the plant.", "document", {"author": "Harrow Trust"}),
    ("Court papers filed by Marlow Holdings on Tuesday tell another story.", "document", {"author": "Marlow Holdings"}),
    ("A note signed by Ivo Brandt and seen by The Ledger told staff to wait.", "document", {"author": "Ivo Brandt"}),
    ("Minutes of the meeting were supplied to The Ledger by a governor.", "document", {"by": "a governor"}),
]


@pytest.mark.parametrize(("text", "kind", "told"), PIECES, ids=[p[0] for p in PIECES])
def test_pieces_have_who_supplied_or_wrote_them(text: str, kind: str, told: dict[str, str]) -> None:
    text, items = find(text)
    shown = [show(text, i) for i in items if i.kind == kind]
    assert len(shown) == 1
    assert {name: shown[0].get(name) for name in told} == told
    assert told.keys() >= {"by"} & shown[0].keys()


NOTHING = [
    "Ivo Brandt refused to release the letter.",
    "The council may publish the report next week.",
    "She was asked to provide a copy of the contract.",
    "Mr Brandt sent a letter to his mother every week.",
    "The post office closed in May, and the letter box went with it.",
    "He used a private email system and deleted the account.",
    "Officials are expected to report on Friday.",
    "Staff post parcels, and she emails customers: nobody answers.",
    "The group’s message is clear: vote early.",
    "Al-Nour, which translates as “the light”, was founded in 1990.",
    "His bank account was frozen, and the channel was closed to ships.",
    "News reports were shared by many.",
    "The page turned; the story was over.",
    "The note was high and the singer held it.",
    "The letters were slated to be made public, Ivo Brandt hoped.",
    "No one from the ministry released the letter to the press.",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_shows_no_words_is_no_evidence(text: str) -> None:
    assert find(text)[1] == ()


# --- statements that it shows ----------------------------------------------------------------------------------------------

TIED = [
    ("“We will wait,” the letter says. It was sent by the union.", ("the letter", "says", "“We will wait,”"), "document", {}),
    (
        "In a letter to members, Ivo Brandt wrote that the pier was safe.",
        ("Ivo Brandt", "wrote", "that the pier was safe"),
        "document",
        {"author": "Ivo Brandt"},
    ),
    (
        "The pier was safe, Ivo Brandt said in an affidavit.",
        ("Ivo Brandt", "said", "The pier was safe"),
        "document",
        {"author": "Ivo Brandt"},
    ),
    ("Staff found a note. It said: “Go home.”", ("It", "said", "“Go home.”"), "document", {}),
    (
        "In a Facebook post, Ivo Brandt said that the pier was safe.",
        ("Ivo Brandt", "said", "that the pier was safe"),
        "link",
        {"author": "Ivo Brandt", "platform": "Facebook"},
    ),
    (
        "Ivo Brandt wrote on Telegram that the pier was safe.",
        ("Ivo Brandt", "wrote", "that the pier was safe"),
        "link",
        {"author": "Ivo Brandt", "platform": "Telegram"},
    ),
    (
        "Ivo Brandt tweeted: “The pier is safe.”",
        ("Ivo Brandt", "tweeted", "“The pier is safe.”"),
        "link",
        {"author": "Ivo Brandt", "platform": "Twitter"},
    ),
    (
        "“Go,” says Ivo Brandt’s post. A translation of the post reads: “Leave.”",
        ("A translation of the post", "reads", "“Leave.”"),
        "translation",
        {"of": "Ivo Brandt"},
    ),
]


@pytest.mark.parametrize(("text", "told", "kind", "wanted"), TIED, ids=[t[0] for t in TIED])
def test_statements_are_tied_to_what_shows_them(text: str, told: Told, kind: str, wanted: dict[str, str]) -> None:
    text, items = find(text, [told])
    tied = [i for i in items if i.kind == kind and 0 in i.readings]
    assert len(tied) == 1
    assert {name: show(text, tied[0]).get(name) for name in wanted} == wanted
    assert [s.of(text) for s in tied[0].content] == [told[2]]


def test_a_document_is_one_piece_however_often_it_is_spoken_of() -> None:
    text, items = find(
        "A letter signed by Ivo Brandt was leaked. The Ledger has seen the letter. Nora Quill supplied a copy of the three-page letter."
    )
    assert [(i.kind, i.author, i.supplier and i.supplier.name, i.span.of(text)) for i in items] == [
        ("document", "Ivo Brandt", "Nora Quill", "a copy of the three-page letter")
    ]


def test_two_letters_are_two_pieces() -> None:
    _, items = find("A letter from Ivo Brandt was leaked on Monday. A second letter, seen by The Ledger, came from Nora Quill.")
    assert [i.author for i in items] == ["Ivo Brandt", None]


# --- what became of it ----------------------------------------------------------------------------------------------------

POST = "Ivo Brandt posted a threat on Facebook. Nora Quill kept a screenshot of the post. "
STATUS = [
    ("The post has been deleted.", "deleted", "post has been deleted"),
    ("The post was later removed.", "deleted", "post was later removed"),
    ("Brandt deleted the post on Friday.", "deleted", "deleted the post"),
    ("The post, since deleted, was widely read.", "deleted", "since deleted"),
    ("The now-deleted post was widely read.", "deleted", "deleted"),
    ("It was taken down within the hour.", "deleted", "It was taken down"),
    ("The post is no longer available.", "deleted", "post is no longer available"),
    ("His account was suspended on Monday.", "suspended", "account was suspended"),
    ("Facebook suspended Brandt’s account on Monday.", "suspended", "suspended Brandt’s account"),
    ("Brandt’s page has since been banned.", "suspended", "page has since been banned"),
    ("Brandt later took it down.", "deleted", "took it down"),
    ("Brandt took the post down an hour later.", "deleted", "took the post down"),
    ("The post can no longer be found.", "deleted", "post can no longer be found"),
    ("Brandt has since made the post private.", "deleted", "made the post private"),
    ("The post was up for an hour before it was removed.", "deleted", "it was removed"),
    ("The ministry demanded the deletion of the post.", None, None),
    ("Facebook has since suspended the account.", "suspended", "suspended the account"),
    ("The post is still online.", "available", "post is still online"),
    ("The post has not been deleted.", "available", "post has not been deleted"),
    ("Brandt’s account was not suspended.", "available", "account was not suspended"),
    ("The post was restored on Friday.", "available", "post was restored"),
    ("The post could be deleted at any time.", None, None),
    ("The mayor asked for the post to be removed.", None, None),
    ("They threatened to delete the post.", None, None),
    ("If the post is deleted, the case falls.", None, None),
    ("The mayor was removed from the hall.", None, None),
    ("Nora Quill’s account was suspended.", None, None),
]


@pytest.mark.parametrize(("text", "status", "tells"), STATUS, ids=[s[0] for s in STATUS])
def test_status_is_what_the_text_tells(text: str, status: str | None, tells: str | None) -> None:
    text, items = find(POST + text)
    shown = next(show(text, i) for i in items if i.kind == "screenshot")
    assert (shown.get("status"), shown.get("tells")) == (status, tells)
    assert (shown["by"], shown["of"], shown["platform"]) == ("Nora Quill", "Ivo Brandt", "Facebook")


def test_an_archived_copy_is_archived() -> None:
    text, items = find("Ivo Brandt’s Facebook post was deleted. An archived copy, saved by a reader, Nora Quill, is still available.")
    (copy,) = (show(text, i) for i in items if i.kind == "document")
    assert (copy["status"], copy["tells"], copy["by"], copy["platform"]) == ("archived", "archived", "Nora Quill", "Facebook")


# --- embeds and translations ------------------------------------------------------------------------------------------------

EMBED = """The commander, Rasul Dane, made his threat on Telegram.

Lena Ortiz supplied a screenshot of Dane’s Telegram post.

Translation:

“We are ready. We are waiting.”

— Lena Ortiz (@lena_ortiz)

March 12, 2024
"""


def test_a_translation_in_a_post_is_of_whose_post_was_spoken_of() -> None:
    text, items = find(EMBED)
    kinds = {i.kind: show(text, i) for i in items}
    assert (kinds["translation"]["of"], kinds["translation"]["translator"]) == ("Rasul Dane", "Lena Ortiz")
    assert (kinds["screenshot"]["of"], kinds["screenshot"]["by"]) == ("Rasul Dane", "Lena Ortiz")
    assert (kinds["embed"]["author"], kinds["embed"]["posted"]) == ("Lena Ortiz", "2024-03-12")
    translation = next(i for i in items if i.kind == "translation")
    assert find_translated(items) == set(translation.readings) == {0}
    post = Reading(content=translation.content, kind="direct", confidence=0.9, embed=0)
    (origin,) = find_originators(items, [post], [None])
    assert origin is not None
    assert origin.words_of is not None
    assert (origin.words_of.name, origin.medium) == ("Rasul Dane", "Telegram")


def test_the_post_is_the_one_that_a_text_goes_on_about() -> None:
    said = "Rasul Dane published a post on VK. The post has vanished.\n\n"
    shown = "We have read it.\n\n— Lena Ortiz (@lena.bsky.social)\n\nMarch 12, 2024\n\n"
    text, items = find(said + shown + "Ivo Brandt provided a screenshot of the post.")
    (screenshot,) = (show(text, i) for i in items if i.kind == "screenshot")
    assert (screenshot["by"], screenshot["of"], screenshot["platform"]) == ("Ivo Brandt", "Rasul Dane", "VK")


def test_a_label_in_a_post_says_whose_words_are_translated() -> None:
    told = "Rasul Dane’s Telegram post was short. Lena Ortiz translates it differently.\n\n"
    shown = "My translation of Dane’s post: “We are ready.”\n\n— Lena Ortiz (@lena_ortiz) March 12, 2024"
    text, items = find(told + shown)
    (translation,) = (show(text, i) for i in items if i.kind == "translation")
    assert (translation["of"], translation["translator"]) == ("Rasul Dane", "Lena Ortiz")


TRANSLATIONS = [
    ("Mina Sol translates it as “a warning”.", {"translator": "Mina Sol", "of": "Rasul Dane"}),
    ("The line was translated by the Harun Post as “a warning”.", {"translator": "Harun Post"}),
    (
        "A version in Spanish, which spread on WhatsApp, was rendered by Mina Sol as “a warning”.",
        {"translator": "Mina Sol", "platform": "WhatsApp"},
    ),
    ("In Mina Sol’s translation it reads: “a warning”.", {"translator": "Mina Sol"}),
    ("A translation by Mina Sol reads: “a warning”.", {"translator": "Mina Sol", "of": "Rasul Dane"}),
    ("An English version put out by the Harun Post reads: “a warning”.", {"translator": "Harun Post", "of": "Rasul Dane"}),
]


@pytest.mark.parametrize(("text", "told"), TRANSLATIONS, ids=[t[0] for t in TRANSLATIONS])
def test_translations_have_their_translator(text: str, told: dict[str, str]) -> None:
    text, items = find("Rasul Dane’s Telegram post was short. " + text)
    shown = [show(text, i) for i in items if i.kind == "translation"]
    assert len(shown) == 1
    assert {name: shown[0].get(name) for name in told} == told
    assert [s.of(text) for i in items if i.kind == "translation" for s in i.content] == ["“a warning”"]


# --- bad input ----------------------------------------------------------------------------------------------------------------


def test_an_embed_without_author_and_two_of_the_same_words() -> None:
    _, items = find(
        "Two people posted the same.\n\nWe saw nothing.\n\n— Ann Roe (@annroe)\n\nMarch 3, 2024\n\n"
        "We saw nothing.\n\n— Bo Lane (@bolane)\n\nMarch 4, 2024\n\nThe post was deleted."
    )
    assert [(i.author, i.status) for i in items if i.kind == "embed"] == [("Ann Roe", "unknown"), ("Bo Lane", "deleted")]
    page = '<p>Look:</p><blockquote class="twitter-tweet"><p>No name here.</p></blockquote><p>The tweet was deleted.</p>'
    _, items = find(f"<html><body><article>{page * 2}</article></body></html>")
    assert all(i.author is None for i in items)


def test_no_evidence() -> None:
    assert find("Nothing happened in Corran on Tuesday.")[1] == ()


WORDS = [
    *[
        "post",
        "letter",
        "screenshot",
        "of",
        "the",
        "a",
        "deleted",
        "was",
        "by",
        "Ivo",
        "it",
        "“",
        "”",
        ":",
        ".",
        ",",
        "translation",
        "reads",
        "account",
        "copy",
        "on",
        "X",
        "Translation:",
        "which",
        "gave",
        "’s",
    ],
    "\n",
    "\n\n— Ann Roe (@annroe)\n\nMarch 3, 2024\n\n",
]


@given(st.lists(st.sampled_from(WORDS), max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_words_make_it_fail(words: list[str]) -> None:
    text, items = find("Ivo Brandt spoke. " + " ".join(words))
    for item in items:
        for span in (item.span, *item.content, *([item.status_span] if item.status_span else [])):
            assert 0 <= span.start <= span.end <= len(text)


def test_ten_deep_quotations_and_resolving_them() -> None:
    text = "Ivo Brandt’s post reads: " + "“a letter says: " * 10 + "go" + "”" * 10
    page = read_page(build_capture(text.encode(), location="text", charset="utf-8"))
    readings = [
        Reading(content=(Span(25 + 16 * i, len(text) - i),), kind="direct", confidence=0.9, within=i - 1 if i else None) for i in range(10)
    ]
    assert len(resolve(page, readings).statements) == 10


SENTENCES = [
    "Ivo Brandt posted on Facebook that the letter was leaked by Nora Quill. The post was deleted. ",
    "The letter, which Nora Quill gave to The Ledger, says so; a screenshot of the post was shared by Ivo Brandt. ",
    "Mina Sol translates it as “go”. Twitter suspended his account. ",
]


def test_time_is_linear_in_the_text() -> None:
    seconds = []
    for count in (600, 2400):
        text = "".join(SENTENCES[i % 3] for i in range(count))
        page = read_page(build_capture(text.encode(), location="text", charset="utf-8"))
        gathered = gather(page, [])
        seconds.append(measure_best(partial(find_evidence, page, [], gathered, ())))
    assert seconds[1] < 8 * seconds[0] + 0.5
