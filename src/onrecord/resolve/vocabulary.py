"""The words that resolving looks up, read once from `data/en.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Words = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    pronouns: dict[str, Words]
    determiners: Words
    indefinite: Words
    complement: Words
    particles: Words
    no_names: Words  # capitalised at a sentence's start, or always, and never a name by themselves
    peoples: Words
    courtesy: dict[str, str]  # title -> male, female, either
    short_titles: dict[str, str]
    roles: Words
    male_roles: Words
    female_roles: Words
    offices: Words  # what follows "Secretary of"
    anonymous: Words
    groups: Words
    organisations: Words
    organisation_ends: Words
    documents: Words
    media: tuple[tuple[re.Pattern[str], str], ...]


@cache
def load_vocabulary(language: str = "en") -> Vocabulary:
    """The vocabulary of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}.toml").read_text(encoding="utf-8"))
    words, titles, roles = data["words"], data["titles"], data["roles"]
    courtesy = {title: sex for sex in ("male", "female", "either") for title in titles[sex]}
    return Vocabulary(
        pronouns={name: frozenset(forms) for name, forms in data["pronouns"].items()},
        determiners=frozenset(words["determiners"]),
        indefinite=frozenset(words["indefinite"]),
        complement=frozenset(words["complement"]),
        particles=frozenset(words["particles"]),
        no_names=frozenset(
            (*words["openers"], *words["determiners"], *words["months_days"], *(p for ps in data["pronouns"].values() for p in ps))
        ),
        peoples=frozenset(words["peoples"]),
        courtesy=courtesy,
        short_titles=titles["short"],
        roles=frozenset(roles["nouns"]),
        male_roles=frozenset(roles["male"]),
        female_roles=frozenset(roles["female"]),
        offices=frozenset(roles["offices"]),
        anonymous=frozenset(roles["anonymous"]),
        groups=frozenset(data["groups"]["nouns"]),
        organisations=frozenset(data["organisations"]["nouns"]),
        organisation_ends=frozenset(data["organisations"]["endings"]),
        documents=frozenset(data["documents"]["nouns"]),
        media=tuple((re.compile(rf"\b(?:{phrase})\b", re.I), medium) for phrase, medium in data["media"]["phrases"]),
    )


def singular(noun: str) -> str:
    """The singular of a regular English plural, and of those that news needs; other words as they are."""
    irregular = {"people": "person", "men": "man", "women": "woman", "children": "child", "wives": "wife"}
    if noun in irregular:
        return irregular[noun]
    for end, one in (("smen", "sman"), ("swomen", "swoman"), ("ies", "y"), ("sses", "ss"), ("ches", "ch")):
        if noun.endswith(end):
            return noun[: -len(end)] + one
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
