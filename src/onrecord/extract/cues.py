"""The words that mark somebody's words beside what the model tags, read once from `data/en-cues.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Words = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Words as sets, all in lower case; patterns for what may be several words."""

    saying: Words
    reported: Words  # verbs of saying, and those that only reports with "that" have
    telling: Words  # past forms: somebody did say something
    urging: Words
    hearing: Words  # participles whose subject is the one who hears
    committing: Words
    calling: Words
    rendering: Words
    writing: Words
    rating: re.Pattern[str]
    headlined: Words
    known: Words  # all verbs that give somebody's words
    tails: dict[str, str]  # form of a verb -> the preposition of what somebody is blamed or praised for
    auxiliaries: Words
    adverbs: Words
    days: Words
    being: Words
    addressing: Words
    citing: Words
    people: Words
    renderings: Words
    posts: Words
    plain_labels: Words
    supposing: Words
    conjunctions: Words
    relatives: Words
    determiners: Words
    pronouns: Words
    breaks: Words
    prepositions: Words
    places: Words
    documents: Words
    papers: Words  # nouns for documents that are sources
    giving: Words
    thing: re.Pattern[str]
    empty: Words
    silent: Words
    silence: re.Pattern[str]
    labels: Words
    speakers: Words  # nouns for those who say something in headlines, plurals too
    courts: Words
    heard: re.Pattern[str]
    impersonal: re.Pattern[str]
    impersonal_after: re.Pattern[str]
    manner: re.Pattern[str]
    withheld: re.Pattern[str]
    demanded: re.Pattern[str]  # a second verb with what is asked for or refused
    verdict: re.Pattern[str]


@cache
def load_cues(language: str = "en") -> Cues:
    """The cue words of one language."""
    data, nouns = (
        tomllib.loads((files("onrecord") / "data" / f"{name}.toml").read_text("utf-8")) for name in (f"{language}-cues", language)
    )
    verbs, words, phrases = data["verbs"], data["words"], data["phrases"]
    forms = {name: frozenset(" ".join(rows).split()) for name, rows in verbs.items()}
    degrees, verdicts = _join(phrases["verdict_degrees"]), _join(phrases["verdicts"])
    tails = {form: preposition for row, preposition in data["tails"].items() for form in row.split()}
    reported = forms["saying"] | forms["reporting"]
    return Cues(
        saying=forms["saying"],
        reported=reported,
        known=reported.union(tails, *(forms[name] for name in ("urging", "committing", "calling", "rendering"))),
        urging=forms["urging"],
        hearing=forms["hearing"],
        committing=forms["committing"],
        calling=forms["calling"],
        rendering=forms["rendering"],
        writing=forms["writing"],
        rating=re.compile(rf"\b(?:{_join(forms['rating'])})\b"),
        tails=tails,
        **{name: frozenset(words[name]) for name in words},
        documents=frozenset(data["documents"]["nouns"]),
        papers=frozenset(nouns["documents"]["nouns"]),
        giving=forms["giving"],
        thing=re.compile(rf"(?:[\w’'-]+ ){{0,4}}?(?:{data['documents']['things']})\b(?! (?:that|say|show|read)\w*)"),
        empty=frozenset(phrases["empty"]),
        silent=frozenset(phrases["silent"]),
        silence=re.compile(rf"\b(?:{_join(phrases['silence'])})\b", re.I),
        labels=frozenset(phrases["labels"]),
        headlined=forms["headlined"],
        speakers=frozenset(_add_plurals([*data["headlines"]["speakers"], *nouns["roles"]["nouns"], *nouns["organisations"]["nouns"]])),
        courts=frozenset(phrases["heard"]),
        heard=re.compile(
            rf", (?:the |an? )?(?:{_join(phrases['heard'])}) (?P<verb>heard|hears|has heard|was told|were told|is told)"
            rf"(?: (?:{_join(phrases['heard_when'])}))?(?=\s*[.;]|\s*\Z)"
        ),
        impersonal=re.compile(
            rf"(?:It(?:(?:’s|'s| is| was| has been| had been) (?:also |now |widely )?)(?P<verb>{_join(phrases['impersonal'])})(?: that)?"
            rf"|There (?:are|were|is|was) (?:also |now |growing )?(?P<noun>{_join(phrases['impersonal_nouns'])}) that) (?=\w)"
        ),
        impersonal_after=re.compile(rf", it(?:’s|'s| is| was) (?P<verb>{_join(phrases['impersonal'])})(?=[.;]|\Z)"),
        withheld=re.compile(rf",? but (?:\w+ly |also |again )?(?:{_join(phrases['withheld'])})\b"),
        demanded=re.compile(
            rf",? (?:and|but) (?P<cue>(?:\w+ly |also |later |then )?(?:{_join(phrases['demanded'])})) "
            r"(?P<what>[^.;:!?“”\"\n,]{3,160})(?=[.,;\n]|\Z)"
        ),
        manner=re.compile(rf"(?:\w+ )?(?:{_join(phrases['manner'])})\s*:"),
        verdict=re.compile(rf"[“‘\"']?(?=[A-Z])(?:(?:{degrees})[- ])?(?:{verdicts})\b", re.I),
    )


def _add_plurals(nouns: Iterable[str]) -> Iterator[str]:
    for noun in nouns:
        yield noun
        if noun.endswith("man"):
            yield f"{noun[:-3]}men"
        elif noun.endswith("y") and noun[-2:-1] not in "aeiou":
            yield f"{noun[:-1]}ies"
        else:
            yield f"{noun}es" if noun.endswith(("s", "ch", "x")) else f"{noun}s"


def _join(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
