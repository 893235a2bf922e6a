"""The words that resolving looks up, read once from `data/en.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from babel.localedata import load as load_locale

Words = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    pronouns: dict[str, Words]
    determiners: Words
    indefinite: Words
    complement: Words
    edges: Words  # words that end a description before its noun: complements, determiners, verbs
    particles: Words
    before_places: Words
    lands: Words  # names of countries and capitals, in small letters, that no first name is
    place_roles: Words  # roles behind the name of a place
    hyphen_ties: Words
    no_names: Words  # capitalised at a sentence's start, or always, and never a name by themselves
    peoples: Words
    courtesy: dict[str, str]  # title -> male, female, either
    plain_titles: Words  # those that are no roles
    short_titles: dict[str, str]
    roles: Words
    people_roles: Words  # those that are of people only
    many_roles: Words  # roles whose plural is no name
    offices_alone: Words  # roles that are an office behind a determiner, and no newspaper or firm
    office_words: Words  # roles, and what makes an office of one: "prime"
    plain_people: Words  # nouns that are no roles
    male_roles: Words
    female_roles: Words
    offices: Words  # what follows "Secretary of"
    anonymous: Words
    people: Words  # both
    groups: Words
    organisations: Words
    organisation_ends: Words
    bodies_before: Words  # nouns before a name that say that it is a body's
    bodies_inside: Words  # words that stand in the names of bodies only
    bodies_named: Words  # names of bodies, whole
    bodies_behind: tuple[str, ...]  # nouns behind a name that are a part of it
    press: Words  # last words of the names of newspapers
    airs: Words  # and of broadcasters
    own: Words  # nouns for bodies that take up nobody who is not called so
    accounts: Words  # what says that an account is somebody's, and no document
    makers: Words  # people of a document, and not of a body
    heading: tuple[str, ...]  # verbs that make somebody the head of a body
    empty: tuple[str, ...]  # verbs behind an "it" that may stand for nothing
    heads: Words  # and what such people are called
    posted_on: Words  # platforms, in small letters
    bodies_local: Words  # those behind the name of a place
    documents: Words
    either: Words  # nouns for people or bodies
    kin: dict[str, Words]  # as `alike`, for children and parents
    alike: dict[str, Words]  # noun -> the nouns that may take it up
    given: dict[str, str]  # first name -> male, female
    here: dict[str, Words]  # what a text calls its own publisher and author, after "this"
    copulas: tuple[str, ...]
    aliases: tuple[str, ...]
    scanned: dict[str, str]  # pronouns that may stand for somebody, wherever they are -> class
    possessives: Words
    leading: tuple[str, ...]  # what people do in bodies that they belong to
    parties: dict[str, tuple[str, ...]]  # words around those who have a part in a chain without a statement

    def is_noun(self, word: str) -> bool:
        """Whether a word, in small letters, is a noun for people, bodies or documents."""
        one = singular(word)
        return word in self.groups or word in self.documents or one in self.documents or one in self.people or one in self.organisations


@cache
def load_vocabulary(language: str = "en") -> Vocabulary:
    """The vocabulary of one language."""
    data = tomllib.loads((files("onrecord") / "data" / f"{language}.toml").read_text(encoding="utf-8"))
    words, titles, roles = data["words"], data["titles"], data["roles"]
    courtesy = {title: sex for sex in ("male", "female", "either") for title in titles[sex]}
    pronouns = {name: frozenset(forms) for name, forms in data["pronouns"].items()}
    given = {name: sex for sex, names in data["given"].items() for name in names}
    return Vocabulary(
        pronouns=pronouns,
        determiners=frozenset(words["determiners"]),
        indefinite=frozenset(words["indefinite"]),
        complement=frozenset(words["complement"]),
        edges=frozenset((*words["breaks"], *words["complement"], *words["determiners"])),
        particles=frozenset(words["particles"]),
        before_places=frozenset(data["places"]["before"]),
        lands=frozenset((*data["places"]["lands"], *_list_territories(language))) - given.keys(),
        place_roles=frozenset(data["places"]["roles"]),
        hyphen_ties=frozenset(data["places"]["ties"]),
        no_names=frozenset(
            (*words["openers"], *words["determiners"], *words["months_days"], *(p for ps in data["pronouns"].values() for p in ps))
        ),
        peoples=frozenset(words["peoples"]),
        courtesy=courtesy,
        plain_titles=frozenset(titles["plain"]),
        short_titles=titles["short"],
        roles=frozenset(roles["nouns"]),
        people_roles=frozenset(roles["nouns"]) - {*data["organisations"]["either"]},
        many_roles=frozenset(roles["many"]),
        offices_alone=frozenset(roles["nouns"]) - {*data["organisations"]["press"], *data["organisations"]["either"]},
        office_words=frozenset((*roles["nouns"], *roles["offices"], *roles["before"])),
        plain_people=frozenset(roles["plain"]),
        male_roles=frozenset(roles["male"]),
        female_roles=frozenset(roles["female"]),
        offices=frozenset(roles["offices"]),
        anonymous=frozenset(roles["anonymous"]),
        people=frozenset((*roles["nouns"], *roles["anonymous"])),
        groups=frozenset(data["groups"]["nouns"]),
        organisations=frozenset(data["organisations"]["nouns"]),
        organisation_ends=frozenset(data["organisations"]["endings"]),
        bodies_before=frozenset(data["organisations"]["before"]),
        bodies_inside=frozenset(data["organisations"]["inside"]),
        bodies_named=frozenset((*data["organisations"]["names"], *data["organisations"]["platforms"])),
        bodies_behind=tuple(sorted(data["organisations"]["behind"], key=len, reverse=True)),
        press=frozenset(data["organisations"]["press"]),
        airs=frozenset(data["organisations"]["airs"]),
        own=frozenset(data["organisations"]["own"]),
        accounts=frozenset(data["documents"]["accounts"]),
        makers=frozenset(data["documents"]["makers"]),
        heading=tuple(data["links"]["heading"]),
        empty=tuple(data["links"]["empty"]),
        heads=frozenset(data["links"]["heads"]),
        posted_on=frozenset(data["organisations"]["platforms"]),
        bodies_local=frozenset(data["organisations"]["local"]),
        documents=frozenset(data["documents"]["nouns"]),
        either=frozenset(data["organisations"]["either"]),
        kin=_tie_rows(data["alike"]["kin"]),
        alike=_tie_rows((*data["alike"]["kin"], *data["alike"]["rows"])),
        given=given,
        here={which: frozenset(nouns) for which, nouns in data["here"].items()},
        copulas=tuple(data["links"]["copulas"]),
        aliases=tuple(data["links"]["aliases"]),
        scanned={form: name for name in data["words"]["scanned"] for form in data["pronouns"][name]},
        possessives=frozenset(data["words"]["possessives"]),
        leading=tuple(data["links"]["leading"]),
        parties={name: tuple(phrases) for name, phrases in data["parties"].items()},
    )


def _list_territories(language: str) -> Iterator[str]:
    """The names of countries and their like, in small letters (Unicode CLDR; regions of the world are left out)."""
    for code, name in load_locale(language)["territories"].items():
        if code.isalpha():
            yield name.lower().replace("&", "and")


def _tie_rows(rows: Sequence[Sequence[str]]) -> dict[str, Words]:
    alike: dict[str, set[str]] = {}
    for row in rows:
        for noun in row:
            alike.setdefault(noun, set()).update(row)
    return {noun: frozenset(others - {noun}) for noun, others in alike.items()}


@lru_cache(maxsize=8192)
def singular(noun: str) -> str:
    """The singular of a regular English plural, and of those that news needs; other words as they are."""
    irregular = {"people": "person", "men": "man", "women": "woman", "children": "child", "wives": "wife"}
    if noun in irregular:
        return irregular[noun]
    for end, one in (("smen", "sman"), ("swomen", "swoman"), ("ies", "y"), ("sses", "ss"), ("ches", "ch")):
        if noun.endswith(end):
            return noun[: -len(end)] + one
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
