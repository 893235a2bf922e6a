"""What statements are about: each case is a text of sentences with braces around contents, and who comments on whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.facts import as_list, read_articles
from onrecord.resolve.about import Comment, find_about, find_disputed
from onrecord.resolve.certainty import rate_certainty
from onrecord.types import Reading, Source, Span
from tests.timing import measure_best
from tests.told import read_facts

EXAMPLES = Path(__file__).parent.parent / "examples"
LEAST = 25  # of the 48 that the open articles' facts ask for, from their own statements

PEOPLE = (("Ann Reed", "person"), ("Bob Hale", "person"), ("Cora Finn", "person"), ("the memo", "document"), ("the Works", "organisation"))


def read(told: str) -> tuple[str, list[Reading], list[str | None], list[Source]]:
    """`Ann Reed <offered> {to sell}.`: the source, the cue and the content of each sentence; `@` in front of a source makes it a post."""
    text, readings, speakers = "", [], []
    for line in told.split("\n"):
        pieces: dict[str, list[Span]] = {"<": [], "{": []}
        source = re.match(r"@?([^<{]*?)\s*[<{]", line)
        for part in re.split(r"(@|<[^>]*>|\{[^}]*\})", line):
            if part == "@":
                continue
            opens = part[:1] if part[:1] in pieces else ""
            words = part[1:-1] if opens else part
            if opens:
                pieces[opens].append(Span(len(text), len(text) + len(words)))
            text += words
        text += "\n"
        name = source[1] if source else ""
        speakers.append(next((f"p{i}" for i, (n, _) in enumerate(PEOPLE) if n == name), None))
        readings.append(
            Reading(
                content=tuple(pieces["{"]),
                cue=tuple(pieces["<"]),
                kind="indirect",
                confidence=1.0,
                embed=0 if line.startswith("@") else None,
            )
        )
    sources = [
        Source(id=f"p{i}", name=n, kind=k, mentions=tuple(Span(*m.span()) for m in re.finditer(re.escape(n), text)))  # type: ignore[arg-type]
        for i, (n, k) in enumerate(PEOPLE)
    ]
    return text, readings, speakers, sources


def find(told: str) -> list[tuple[int, int, str]]:
    """Who comments on whom, and how."""
    found = find_about(*read(told))
    return [(at, comment.target, comment.stance) for at, comments in enumerate(found) for comment in comments]


CASES = {
    "a doubt about an offer, by its owner": (
        "Ann Reed <has offered> {to sell the mill}.\nBob Hale <said> {the roof leaks}.\n"
        "Cora Finn <added> {that it was not clear whether Ann Reed’s offer is genuine}.",
        [(2, 0, "doubts")],
    ),
    "a doubt about an offer that comes from somebody": (
        "Ann Reed <has promised> {free passage}.\nBob Hale <said> {the roof leaks}.\n"
        "Cora Finn <said> {it is far from clear if the promise from Ann Reed is meant}.",
        [(2, 0, "doubts")],
    ),
    "a document by its name": (
        "the memo <says> {that boilers should be turned down}.\nAnn Reed <said> {the winter was mild}.\n"
        "Bob Hale <said> {that the memo was a forgery}.",
        [(2, 0, "denies")],
    ),
    "a post by a pronoun": (
        "@Ann Reed {Nobody will be paid this month.}\nCora Finn <said> {“He did not write it.”}",
        [(1, 0, "denies")],
    ),
    "it, called something": (
        "the memo <says> {that boilers should be turned down}.\nBob Hale <called> {it “a forgery”}.",
        [(1, 0, "denies")],
    ),
    "a denial of what was said before": (
        "Ann Reed <said> {that the Works had dumped paint in the river}.\nthe Works <denied> {dumping anything}.",
        [(1, 0, "denies")],
    ),
    "a confirmation of what both say": (
        "Ann Reed <said> {that three workers were hurt by the crane}.\nthe Works <confirmed> {that three workers had been hurt}.",
        [(1, 0, "confirms")],
    ),
    "a reply": ("Ann Reed <accused> {the Works of theft}.\nthe Works <replied> {that its stock would be counted}.", [(1, 0, "reacts")]),
    "a claim, called": (
        "Ann Reed <claimed> {that the bridge was sold}.\nBob Hale <dismissed> {the claim as nonsense}.",
        [(1, 0, "denies")],
    ),
    "a recording that words are in": (
        "In the recording, Ann Reed <says>: {“Bring me forty names.”}\nthe Works <said> {it opened at nine}.\n"
        "Bob Hale <insisted> {the recording had been doctored}.",
        [(2, 0, "denies")],
    ),
    "it, which was posted": (
        "Ann Reed <wrote on Instagram>: {“The umpire was bought.”}\nthe Works <said> {it opened at nine}.\n"
        "Bob Hale <described> {it as “a disgrace”}.",
        [(2, 0, "reacts")],
    ),
    "an account that is not one’s own": (
        "@Ann Reed {Nobody will be paid this month.}\nBob Hale <told> me {the account was not hers}.",
        [(1, 0, "denies")],
    ),
    "a finding, backed": (
        "Ann Reed <said> {the picture was cut}.\nthe Works <backed> {that finding}.",
        [(1, 0, "confirms")],
    ),
    "an allegation that was told": (
        "Ann Reed <told> the court {that pages were burnt}.\nBob Hale <has rejected> {the allegation}.",
        [(1, 0, "denies")],
    ),
    "figures that are there": (
        "Ann Reed <said> {12 roofs leak}.\nCora Finn <said> {rents rose}.\nBob Hale <called> {the figures misleading}.",
        [(2, 0, "denies")],
    ),
    "a post that its author disowns": (
        "Ann Reed <wrote on Instagram>: {“The umpire was bought.”}\nBob Hale <said> {the roof leaks}.\n"
        "Ann Reed <denied> {having written it}.",
        [(2, 0, "denies")],
    ),
    "a post that did not come from somebody": (
        "Ann Reed <wrote on Instagram>: {“The umpire was bought.”}\nthe Works <said> {the post had not come from Ann Reed}.",
        [(1, 0, "denies")],
    ),
    "one statement taken in two ways": (
        "Ann Reed <accused> {the Works of theft}.\nBob Hale <said> {rents rose}.\n"
        "the Works <rejected> {the accusation}, <describing> {it as baseless}.",
        [(2, 0, "denies")],
    ),
    "what the text goes on about": (
        "In a post Ann Reed <said> {that the mill is closed}.\n@Cora Finn {We sail at six.}\nthe Works <said> {the post was a fake}.",
        [(2, 0, "denies"), (2, 1, "denies")],
    ),
    "a post in which somebody says something, and a screenshot of it": (
        "A post in which Ann Reed <appears> {to close the mill} is gone.\nCora Finn <said> {the roof leaks}.\n"
        "Bob Hale <claimed> {that the screenshot is a fake}.",
        [(2, 0, "denies")],
    ),
    "what others comment on already": (
        "the memo <says> {that boilers should be turned down}.\nBob Hale <said> {it was a hoax}.\nCora Finn <said> {she could not tell}.",
        [(1, 0, "denies"), (2, 0, "doubts")],
    ),
}
NOTHING = {
    "two who say things": "Ann Reed <said> {the roof leaks}.\nBob Hale <said> {the rent is due}.",
    "a confirmation of something new": "Ann Reed <said> {the roof leaks}.\nBob Hale <confirmed> {that he would stand in May}.",
    "a doubt about nothing that is there": "Ann Reed <doubts> {whether summer will come}.",
    "no comment": "Ann Reed <said> {the Works stole paint}.\nthe Works <did not respond to> {two requests for comment}.",
    "a call for something": "Ann Reed <said> {the gates are shut}.\nBob Hale <called for> {the gates to be opened}.",
    "one's own words": "Ann Reed <said> {the roof leaks}.\nAnn Reed <said> {it was wrong to wait}.",
    "those who were backed": "Ann Reed <said> {the roof leaks}.\nBob Hale <said> they <were backed by> {plans to cut the roof}.",
    "a later post": "Ann Reed <said> {the roof leaks}.\nAnn Reed <could not tell> {who it was}.\nBob Hale <tweeted> {that rents rose}.",
    "a letter received": "Ann Reed <wrote> {that the roof leaks}.\nthe Works <confirmed> {that it had received the letter}.",
    "neither confirmed nor denied": "Ann Reed <said> {the roof leaks}.\nthe Works <would neither confirm nor deny> {the claim}.",
    "not denied": "Ann Reed <said> {the roof leaks}.\nthe Works <doesn’t deny> {that the roof leaks}.",
    "a warning": "Ann Reed <said> {the roof leaks}.\nBob Hale <warned against> {unverified claims about roofs}.",
    "a false start": "Ann Reed <said> {the roof leaks}.\nBob Hale <said> {the starter had given a false start in the second race}.",
}


@pytest.mark.parametrize("name", CASES)
def test_comments(name: str) -> None:
    told, wanted = CASES[name]
    assert find(told) == wanted


@pytest.mark.parametrize("name", NOTHING)
def test_no_comment(name: str) -> None:
    assert find(NOTHING[name]) == []


def test_what_is_doubted_stays_open() -> None:
    text, readings, speakers, sources = read(
        "Ann Reed <confirmed> {that the mill is sold}.\nBob Hale <said> {that the claim that the mill is sold was untrue}."
    )
    about = find_about(text, readings, speakers, sources)
    assert find_disputed(about) == {0}
    assert rate_certainty(text, readings)[0].value > 1.5
    assert abs(rate_certainty(text, readings, find_disputed(about))[0].value) < 1.5


def test_only_doubts_and_denials_dispute() -> None:
    assert find_disputed([(Comment(1, "confirms"),), (Comment(2, "reacts"),), (Comment(0, "denies"),)]) == {0}


def test_holders_in_a_circle_are_no_trap() -> None:
    text, readings, speakers, sources = read("Ann Reed <said> {it was a hoax}.\nBob Hale <denied> {it}.")
    circle = [Reading(content=r.content, cue=r.cue, kind=r.kind, confidence=1.0, within=1 - i) for i, r in enumerate(readings)]
    assert find_about(text, circle, speakers, sources) == [(), ()]


def test_statements_of_the_facts() -> None:
    right = 0
    for article in read_articles(EXAMPLES):
        found = find_about(*read_facts(article))
        for comments, fact in zip(found, article.facts["statements"], strict=True):
            right += sum(bool(set(as_list(wanted)) & {c.target for c in comments}) for wanted in fact.get("about", ()))
    assert right >= LEAST


def test_time_grows_no_faster_than_the_text() -> None:
    def measure(count: int) -> float:
        told = read("\n".join(f"{PEOPLE[i % 3][0]} <denied> {{the claim that mill {i} was a hoax}}." for i in range(count)))
        return measure_best(lambda: find_about(*told))

    measure(50)
    assert measure(1600) < 4 * 3 * measure(400) + 0.3
