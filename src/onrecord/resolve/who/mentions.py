"""One mention of a source, taken apart: its name, its roles, what it belongs to, and what kind of thing it is.

Names are runs of capitalised words; the document itself says which of them stand alone elsewhere, so that "militia Ansar Gate Tariq
Noor" falls into the two names that it is made of. A noun phrase is read up to its first complement ("a spokesman | for the
Trust"), and its head is the last word before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.resolve.who.names import (
    BINDING,
    WORD,
    Names,
    drop_nickname,
    find_names,
    find_words,
    is_body,
    read_words,
    split_known,
    strip_titles,
)
from onrecord.types import SourceKind, Span

_JOINT = re.compile(r",?\s(?:and|&)\s")
_ROLES = re.compile(r"(?<![\w-])(?P<before>[\w-]+),?\s(?:and|&)\s(?P<after>[\w-]+) (?=[A-Z])")
_ROLE = 24  # code points of a role behind "and"
_OFFICE = re.compile(r"(?:the |an? )?([\w-]+) (?:of|for|at) ")
_WHICH = re.compile(  # "Luria Svobodna, which broadcasts from Vilnius"; not "met Ana Vell, which was a mistake"
    r",[ \u00a0]which[ \u00a0](?:also |has |had )?(?:broadcasts?|runs?|owns?|operates?|publish(?:es|ed)|represents?|controls?|covers?"
    r"|employs?|makes?|sells?|monitors?|tracks?|advises?|supports?|campaigns?|first|claimed|claims|said|says|reported|reports|denies|denied"
    r"|employed|speciali[sz]es"
    r"|(?:is|was) (?:based|founded|owned|run|backed|funded|led|formed|set up|part|known|registered|controlled|headquartered|listed))\b"
)
_CLAUSE = re.compile(r",\s(?:who|whom|whose|which)\b")
_AHEAD = re.compile(r"(?<!According )(?<!according )\b([\w-]+)[ \u00a0]\Z")
_APPOSED = re.compile(r"\b(?:the|an?|its|their|his|her) (?:[\w-]+ )?([\w-]+), \Z")
_JOINED = re.compile(r"\A(?!Mc|Mac|De|Di|Du|La|Le|Fitz|Van|Von|O['’]|D['’])\w*[a-z][A-Z]")  # "TicketHive"
_NAMING = re.compile(
    r"\b(?:named|called|known as|identified (?:only )?as|who gave (?:his|her|their) name (?:only )?as|who goes by)\s*\Z", re.I
)
_NO_ROLE = re.compile(r"(?:one|two|another|some|others|who|whom)\b", re.I)
_AGED = re.compile(r",? (?:aged )?\d\d[,. ]")
_BEFORE = 24  # code points before a name in which the word before it stands
_COUNTED = re.compile(
    r"(?:a few|a number|a couple|all|both|some|many|most|several|few|none|half|two|three|four|five|six|dozens|hundreds|thousands)"
    r" of (?=\w)",
    re.I,
)
_MORE_NOUN = re.compile(
    r" (?:[a-z]+(?:er|or|man|woman|person|ist|ant|chief|boss|head|story|report|statement)s?)\b"
)  # "the Kestrel union leader"
_ONE = re.compile(r"(?:an?|another|one of) ", re.I)
_ENDING = re.compile(r"(?:['’]s)?[\s.,;:'’\"”)\]]*\Z")

Form = Literal["name", "pronoun", "description"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A source as one statement names it. `affiliations` are names; `sex` is None where the words do not tell."""

    span: Span
    form: Form
    text: str
    name: str | None = None
    name_span: Span | None = None
    head: str = ""
    roles: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    kind: SourceKind | None = None
    sure: bool = True  # whether words tell the kind, or it is what names mostly are of
    place: bool = False  # whether it stands where names of places do
    plural: bool = False
    definite: bool = False
    sex: str | None = None


def parse_mention(text: str, span: Span, names: Names, vocabulary: Vocabulary) -> Mention:
    """The parts of the noun phrase at `span`."""
    words = list(read_words(text, span, names))
    if not words:
        return Mention(span, "description", span.of(text), kind="unnamed")
    first = words[0].of(text).lower()
    pronoun = next((name for name, forms in vocabulary.pronouns.items() if first in forms), None)
    if pronoun and all(w.of(text).lower() in vocabulary.pronouns[pronoun] for w in words):
        return build_pronoun(text, span, pronoun)
    if _names_two(text, span, names, vocabulary):
        return Mention(span, "description", span.of(text), head=words[-1].of(text).lower(), kind="group", plural=True)
    counted = _COUNTED.match(text, span.start, span.end)
    if counted:  # "two of the islanders": as many of those
        return replace(parse_mention(text, Span(counted.end(), span.end), names, vocabulary), **_count(text, span))
    if titled := _find_titled(text, words, vocabulary):  # "Undersecretary for Education Mr. Vell"
        return _build_named(text, span, span, Span(span.end, span.end), (titled, None), [], names, vocabulary)
    left, rest = _cut_head(text, span, words, vocabulary)
    found = list(find_names(text, left, names, vocabulary))
    if not found and _is_bare_name(text, left, names, vocabulary):
        found = [Span(words[0].start, words[0].end)]
    behind = find_category(text, found[-1], vocabulary) if found else None
    if behind is not None and behind == _find_end(text, left):
        body = Span(found[-1].start, behind)
        mention = replace(_name(text, span, body, [], None), kind="organisation")
        return replace(mention, name=found[-1].of(text)) if found[-1].of(text) in names.repeated else mention
    if found and found[-1].end >= _find_end(text, left) and not _ONE.match(text, span.start, span.end):
        return _build_named(text, span, left, rest, split_known(text, found[-1], names, vocabulary), found[:-1], names, vocabulary)
    return _build_described(text, span, left, rest, found, names, vocabulary)


def find_category(text: str, name: Span, vocabulary: Vocabulary) -> int | None:
    """Where the noun ends that stands behind a name as a part of it, if one does: `the Argent | newswire`."""
    if not text[max(0, name.start - 4) : name.start].lower().endswith("the ") or name.of(text).lower() in vocabulary.posted_on:
        return None
    noun = next((n for n in vocabulary.bodies_behind if text.startswith(n, name.end + 1)), None)
    end = name.end + 1 + len(noun or "")
    apart = noun is None or text[name.end] not in " \u00a0" or text[end : end + 1].isalpha() or _MORE_NOUN.match(text, end)
    return None if apart else end


def _names_two(text: str, span: Span, names: Names, vocabulary: Vocabulary) -> bool:
    """Whether a phrase ties two people together: `Roe, 42, and her brother Tom Lane`."""
    clause = _CLAUSE.search(text, span.start, span.end)  # what is told of one: "Roe, who was born here and lives in Kent"
    joint = _JOINT.search(text, span.start, clause.start() if clause else span.end)
    office = _OFFICE.match(text, joint.end(), span.end) if joint else None
    if joint is None or (office and office[1].lower() in vocabulary.roles):
        return False  # "Roe, head of the Trust, and chairman of the League"
    roles = _ROLES.search(text, span.start, joint.end() + _ROLE)
    if roles and roles.start("after") == joint.end() and all(roles[part].lower() in vocabulary.roles for part in ("before", "after")):
        return False  # "Sealine founder and chairman Tom Lane"
    before = list(find_names(text, Span(span.start, joint.start()), names, vocabulary))
    after = list(find_names(text, Span(joint.end(), span.end), names, vocabulary))
    whole = list(find_names(text, span, names, vocabulary))
    return bool(before and after) and len(whole) > len(after) and _opens(text, span, before[0], vocabulary)


def _opens(text: str, span: Span, name: Span, vocabulary: Vocabulary) -> bool:
    """Whether nothing but titles, roles and a determiner stands before a name: the phrase is about its bearer."""
    return all(
        (plain := w.of(text).lower().rstrip(".")) in vocabulary.determiners | vocabulary.short_titles.keys() | vocabulary.courtesy.keys()
        or singular(plain) in vocabulary.roles
        for w in find_words(text, Span(span.start, name.start))
    )


def _count(text: str, span: Span) -> dict[str, Any]:
    """What counting changes in a mention: it is some of many, and nobody's name."""
    return {"span": span, "text": span.of(text), "form": "description", "name": None, "name_span": None, "plural": True, "kind": "group",
            "definite": False}  # fmt: skip


def _is_bare_name(text: str, left: Span, names: Names, vocabulary: Vocabulary) -> bool:
    """Whether one capitalised word at a sentence's start is a name: nothing in the document says that it is a common noun."""
    word = left.of(text).strip()
    plain = word.lower()
    return (
        WORD.fullmatch(word) is not None
        and word[0].isupper()
        and not any(plain in words for words in (vocabulary.no_names, names.lower, vocabulary.groups, vocabulary.documents))
        and singular(plain) not in vocabulary.people
        and plain.rstrip("s") not in vocabulary.peoples
    )


def build_pronoun(text: str, span: Span, pronoun: str) -> Mention:
    """A pronoun of a class (male, thing, speaker …)."""
    sex = pronoun if pronoun in ("male", "female") else None
    return Mention(
        span, "pronoun", span.of(text), head=pronoun, sex=sex, plural=pronoun in ("plural", "speakers"), definite=pronoun != "anybody"
    )


def _cut_head(text: str, span: Span, words: list[Span], vocabulary: Vocabulary) -> tuple[Span, Span]:
    """The noun phrase up to its first complement or comma, and what follows."""
    for before, word in zip(words, [*words[1:], Span(span.end, span.end)], strict=True):
        comma = re.search(r"[,(]", text[before.end : word.start])
        if comma:
            return Span(span.start, before.end + comma.start()), Span(before.end + comma.start(), span.end)
        if word.of(text) in vocabulary.complement and not _is_inside_name(text, before, word, words, vocabulary):
            return Span(span.start, before.end), Span(word.start, span.end)
    return span, Span(span.end, span.end)


def _find_titled(text: str, words: list[Span], vocabulary: Vocabulary) -> Span | None:
    """A courtesy title and the name after it, where a title of some length ends with them: "Secretary for Health Mr. Vell". Not "a
    spokesman for Mr. Vell", nor "an aide to Health Secretary Mr. Vell", who are others.
    """
    at = next((n for n in range(len(words) - 2, 1, -1) if words[n].of(text).lower().rstrip(".") in vocabulary.courtesy), None)
    if at is None or words[0].of(text).lower() in vocabulary.determiners:
        return None
    plain = words[at - 1].of(text)
    if not plain[0].isupper() or singular(plain.lower()) in vocabulary.roles:
        return None
    if not words[0].of(text)[0].isupper() or not all(word.of(text)[0].isupper() for word in words[at:]):
        return None
    between = text[words[at - 1].end : words[at].start], text[words[at].end : words[-1].end]
    return Span(words[at].start, words[-1].end) if not re.search(r"[,;:()]", "".join(between)) else None


def _is_inside_name(text: str, before: Span, word: Span, words: list[Span], vocabulary: Vocabulary) -> bool:
    """`Ministry of Health`, `Secretary of State Anna Vell`: the complement belongs to an organisation's name, or to a title before one."""
    following = [w.of(text) for w in words if w.start > word.start and w.of(text) != "the"]
    head = before.of(text)
    if word.of(text) not in BINDING or not head[0].isupper() or not following or not following[0][0].isupper():
        return False
    titles_name = _is_office(head.lower(), following[0].lower(), vocabulary) and len(following) > 1 and following[1][0].isupper()
    return singular(head.lower()) in vocabulary.organisations or titles_name


def _is_office(head: str, after: str, vocabulary: Vocabulary) -> bool:
    return head in vocabulary.roles and after in vocabulary.offices


def _find_end(text: str, span: Span) -> int:
    """Where the words of a phrase end: a possessive ending and closing marks do not count."""
    return span.start + len(_ENDING.sub("", span.of(text)))


def _build_named(
    text: str, span: Span, left: Span, rest: Span, split: tuple[Span, Span | None], others: list[Span], names: Names, vocabulary: Vocabulary
) -> Mention:
    name, front = split
    name, titles, sex = strip_titles(text, name, vocabulary)
    before = Span(left.start, min(name.start, front.start if front else name.start))
    roles = [*(_read_roles(text, before, vocabulary) or titles), *_read_apposition(text, rest, vocabulary)]
    belongs = (
        [o.of(text) for o in others]
        + ([front.of(text)] if front else [])
        + [n.of(text) for n in find_names(text, rest, names, vocabulary) if text[rest.start] != "("]
    )
    kind, sure = _tell_named_kind(text, before, name, roles, sex, vocabulary)
    mention = _name(text, span, name, roles, sex or _tell_sex(roles, vocabulary))
    place = (
        not sure
        and (ahead := _AHEAD.search(text, max(0, name.start - _BEFORE), name.start))
        and ahead[1].lower() in vocabulary.before_places
    )
    return replace(mention, kind=kind, sure=sure, place=bool(place), affiliations=tuple(dict.fromkeys(belongs)) if kind == "person" else ())


def _read_roles(text: str, before: Span, vocabulary: Vocabulary) -> list[str]:
    """`NBC News analyst` before a name, without its determiner; nothing if no word of it is a role."""
    words = [w.of(text) for w in find_words(text, before)]
    while words and words[0].lower() in vocabulary.determiners:
        words = words[1:]
    if not any(singular(w.lower()) in vocabulary.roles for w in words):
        return []
    roles = [_drop_determiner(part.strip(" \u00a0"), vocabulary) for part in before.of(text).split(",")]
    return [role for part in roles for role in _part_title(part, vocabulary)]


def _part_title(role: str, vocabulary: Vocabulary) -> list[str]:
    """`club chairman Sir` is a role and a title; `Mr` and the like are neither."""
    front, _, last = role.rpartition(" ")
    plain = last.lower().rstrip(".")
    if plain in vocabulary.courtesy:
        return [r for r in (front, "" if plain in vocabulary.plain_titles else last) if r]
    return [role] if role else []


def _read_apposition(text: str, rest: Span, vocabulary: Vocabulary) -> list[str]:
    """`, a spokeswoman for the Trust,` after a name."""
    raw = rest.of(text)
    if not raw.startswith(",") or re.match(r",\s*(?:who|whom|whose|which)\b", raw):
        return []
    phrase = re.sub(r"^(?:the|an?|his|her|its|their)\s+", "", raw.strip(" ,\n"), flags=re.I)
    words = {singular(w.lower()) for w in re.findall(r"[\w-]+", phrase)}
    return [phrase] if words & vocabulary.roles else []


def _tell_named_kind(
    text: str, before: Span, name: Span, roles: list[str], sex: str | None, vocabulary: Vocabulary
) -> tuple[SourceKind, bool]:
    """What a name is of, by the words before it and its own; and whether any word tells."""
    words = name.of(text).split()
    last = words[-1].lower()
    ahead = _AHEAD.search(text, max(0, name.start - _BEFORE), name.start)
    noun = singular(ahead[1].lower()) if ahead else ""
    is_common = ahead is not None and ahead[1].islower()  # not "State" of "Secretary of State"
    if sex:
        return "person", True
    if (noun in vocabulary.organisations and noun not in vocabulary.roles and is_common) or noun in vocabulary.bodies_before:
        return "organisation", True
    if any(singular(w.lower()) in vocabulary.people_roles for role in roles for w in re.findall(r"[\w-]+", role)):
        return "person", True
    apposed = _APPOSED.search(text, max(0, name.start - _BEFORE), name.start)
    if apposed and apposed[1].lower() in vocabulary.bodies_before and words[0].lower() not in vocabulary.given:
        return "organisation", True
    if len(words) == 1 and _JOINED.search(words[0]):
        return "organisation", True
    if len(words) == 1 and last in vocabulary.groups:
        return "group", True
    if is_body(name.of(text), vocabulary) or name.of(text).lower() in vocabulary.organisation_ends:
        return "organisation", True
    if name.of(text).lower() in vocabulary.bodies_named or _is_inside_bodies(words, vocabulary):
        return "organisation", True
    if any(w.lower() in vocabulary.organisations for w in words) or (len(words) == 1 and words[0].isupper() and len(words[0]) > 1):
        return "organisation", True
    if noun == "the" or (_WHICH.match(text, name.end) and words[0].lower() not in vocabulary.given):
        return "organisation", True
    if name.of(text).lower() in vocabulary.lands:
        return "organisation", False  # as in "Moscow said": those who govern there
    told = (
        noun in vocabulary.people_roles
        or (len(words) > 1 and words[0].lower() in vocabulary.given)
        or _AGED.match(text, name.end) is not None
    )
    return "person", told


def _is_inside_bodies(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """`Warm Homes Now`: words that no person is called."""
    return len(words) > 1 and words[0].lower() not in vocabulary.given and any(w.lower() in vocabulary.bodies_inside for w in words)


def _tell_sex(roles: list[str], vocabulary: Vocabulary) -> str | None:
    """What roles say of sex; `the councilman’s wife` is no councilman."""
    words = {singular(w.lower()) for role in roles for w in re.findall(r"[\w-]+(?!['’\w-])", role)}
    return "male" if words & vocabulary.male_roles else "female" if words & vocabulary.female_roles else None


def _build_described(text: str, span: Span, left: Span, rest: Span, found: list[Span], names: Names, vocabulary: Vocabulary) -> Mention:
    words = [w.of(text) for w in find_words(text, left)]
    head = words[-1].lower() if words else ""
    beyond = list(find_names(text, rest, names, vocabulary))
    is_document = singular(head) in vocabulary.documents  # "a translation by the importer, Tropibel" is not Tropibel
    appositive = None if is_document else _find_apposed_name(text, rest, beyond, names, vocabulary)
    if appositive:
        others = [*found, *(n for n in beyond if n.end <= appositive[0].start)]
        return _build_apposed(text, span, left, others, *appositive, vocabulary)
    first = words[0].lower() if words else ""
    plural = head in vocabulary.groups or (singular(head) != head and head not in vocabulary.documents)
    account = singular(head) == "account" and not vocabulary.accounts.isdisjoint(w.lower() for w in words)
    return Mention(
        span,
        "description",
        span.of(text),
        head=singular(head) if head not in vocabulary.documents else head,
        roles=_read_described_role(text, left, singular(head), plural, vocabulary),
        affiliations=tuple(n.of(text) for n in (*found, *beyond)),
        kind="unnamed" if account else _tell_described_kind(head, first, plural, vocabulary),
        plural=plural,
        definite=first not in vocabulary.indefinite and not (plural and first not in vocabulary.determiners),
        sex=_tell_sex([left.of(text)], vocabulary),
    )


def _find_head_word(role: str, vocabulary: Vocabulary) -> str:
    """The noun of a role, in small letters: the last word before a complement."""
    words = role.lower().split()
    end = next((i for i, w in enumerate(words) if i and w in vocabulary.complement), len(words))
    return words[end - 1] if words else ""


def _read_described_role(text: str, left: Span, head: str, plural: bool, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What somebody unnamed is: `chief executive`; a person or a man is nothing in particular."""
    if head not in vocabulary.roles or head in vocabulary.plain_people or plural:
        return ()
    return (_drop_determiner(left.of(text).strip(" ,"), vocabulary),)


def _build_apposed(text: str, span: Span, left: Span, found: list[Span], name: Span, front: Span | None, vocabulary: Vocabulary) -> Mention:
    """A description with its name beside it: the description is the role."""
    parts = [part.strip() for part in text[left.start : name.start].split(",")]
    told = (_drop_determiner(_NAMING.sub("", part).strip(), vocabulary) for part in parts if not _NO_ROLE.match(part))
    roles = [role for part in told for role in _part_title(part, vocabulary)]
    nouns = {_find_head_word(role, vocabulary) for role in roles[:1]}
    heads = {singular(noun) for noun in nouns}
    several = bool(heads & vocabulary.people) and not heads & nouns  # "the owners, Linea Marina": one name for many is a body's
    body = several or is_body(name.of(text), vocabulary) or bool(heads & (vocabulary.organisations - vocabulary.roles))
    kind: SourceKind = "organisation" if body else "person"
    mention = _name(text, span, name, roles, _tell_sex(roles, vocabulary))
    belongs = tuple(dict.fromkeys(n.of(text) for n in (*found, *([front] if front else []))))
    return replace(mention, kind=kind, affiliations=belongs)


def _name(text: str, span: Span, name: Span, roles: list[str], sex: str | None) -> Mention:
    """What all named mentions have."""
    words = drop_nickname(name.of(text))
    return Mention(
        span,
        "name",
        span.of(text),
        name=words,
        name_span=name,
        head=words.split()[-1],
        roles=tuple(dict.fromkeys(roles)),
        sex=sex,
        definite=True,
    )


def _find_apposed_name(
    text: str, rest: Span, names_beyond: list[Span], names: Names, vocabulary: Vocabulary
) -> tuple[Span, Span | None] | None:
    """A name that stands beside the head: after a comma, or behind another name that it has nothing to do with."""
    for name in names_beyond:
        between = re.fullmatch(r"[^,()]*,\s*((?:[\w’'-]+\s+){0,7})", text[rest.start : name.start])
        if (
            between
            and (_opens(text, Span(name.start - len(between[1]), name.end), name, vocabulary) or _NAMING.search(between[1]))
            and re.match(r"\s*(?:[,(]|\Z|(?:of|from|at) )", text[name.end : rest.end])
        ):
            return strip_titles(text, name, vocabulary)[0], None
    for name in names_beyond:
        tail, front = split_known(text, name, names, vocabulary)
        if front is not None:
            return tail, front
    return None


def _drop_determiner(phrase: str, vocabulary: Vocabulary) -> str:
    first, _, more = phrase.partition(" ")
    return more if first.lower() in vocabulary.determiners else phrase


def _tell_described_kind(head: str, first: str, plural: bool, vocabulary: Vocabulary) -> SourceKind:
    one = singular(head)
    if head in vocabulary.groups and not (one in vocabulary.anonymous and first in vocabulary.indefinite):
        return "group"
    if one in vocabulary.anonymous or one in vocabulary.roles:
        return "group" if plural and one not in vocabulary.anonymous else "unnamed"
    if head in vocabulary.documents or one in vocabulary.documents:
        return "document"
    if one in vocabulary.organisations:
        return "group" if plural else "organisation"
    return "group" if plural else "unnamed"
