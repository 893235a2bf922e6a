"""One mention of a source, taken apart: its name, its roles, what it belongs to, and what kind of thing it is.

Names are runs of capitalised words; the document itself says which of them stand alone elsewhere, so that "militia Ansar Gate Tariq
Noor" falls into the two names that it is made of. A noun phrase is read up to its first complement ("a spokesman | for the
Trust"), and its head is the last word before it.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.types import SourceKind, Span

Form = Literal["name", "pronoun", "description"]

_WORD = re.compile(r"[^\W\d_](?:[\w.]|[-‐‑'’](?=\w))*")
_POSSESSIVE = re.compile(r"['’]s\b|(?<=s)['’](?!\w)")
_POSSESSED = re.compile(r"['’]s\Z")
_NO_SENTENCE_START = re.compile(r"[^\s.!?:;…“\"‘—–\]][ \t\u00a0]*\Z")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Capt|Sgt|St|Prof|Rev|Maj|Cllr|Det|Sens|Reps|Jr|Sr))\.\s*\Z")
_BINDING = {"of", "for", "and", "the"}


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
    plural: bool = False
    definite: bool = False
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The capitalised names of a document, as spans and as words.

    `lower` are the words that it writes in lower case somewhere, `inner` those that it capitalises inside a sentence.
    """

    spans: tuple[Span, ...]
    known: frozenset[str]
    lower: frozenset[str]
    inner: frozenset[str]


def find_document_names(text: str, vocabulary: Vocabulary) -> Names:
    """Every run of capitalised words that may be a name, in text order; two names that run together are two."""
    lower, inner = set(), set()
    for word in _find_words(text, Span(0, len(text))):
        if text[word.start].islower():
            lower.add(word.of(text).lower())
        elif word.of(text).lower() not in inner and not _begins_sentence(text, word):
            inner.add(word.of(text).lower())
    names = Names((), frozenset(), frozenset(lower), frozenset(inner))
    spans = tuple(find_names(text, Span(0, len(text)), names, vocabulary))
    names = replace(names, spans=spans, known=frozenset(span.of(text) for span in spans))
    parts = tuple(part for span in spans for part in reversed(_split_known(text, span, names)) if part is not None)
    return replace(names, spans=parts, known=frozenset(span.of(text) for span in parts))


def find_names(text: str, region: Span, names: Names, vocabulary: Vocabulary) -> Iterator[Span]:
    """The names in `region`; a sentence's first word counts only if nothing says that it is a common one."""
    run: list[Span] = []
    for span in _find_words(text, region):
        if run and not _continues(text, run, span, vocabulary):
            yield from _close_run(text, run, names, vocabulary)
            run = []
        word = span.of(text)
        if word[0].isupper() or (run and (word in vocabulary.particles or word in _BINDING)) or _is_particle_name(word, vocabulary):
            run.append(span)
        elif run:
            yield from _close_run(text, run, names, vocabulary)
            run = []
        if run and _POSSESSIVE.match(text, span.end):
            yield from _close_run(text, run, names, vocabulary)
            run = []
    yield from _close_run(text, run, names, vocabulary)


def _find_words(text: str, region: Span) -> Iterator[Span]:
    for match in _WORD.finditer(text, region.start, region.end):
        start, end = match.span()
        ending = _POSSESSED.search(match.group())
        if ending:
            end = start + ending.start()
        elif text[end - 1] == "." and not _ABBREVIATION.search(text[max(region.start, start - 1) : end]):
            end -= 1
        yield Span(start, end)


def _is_particle_name(word: str, vocabulary: Vocabulary) -> bool:
    """`al-Askary`: a particle that a hyphen ties to a capitalised word."""
    first, _, rest = word.partition("-")
    return first in vocabulary.particles and rest[:1].isupper()


def _continues(text: str, run: list[Span], span: Span, vocabulary: Vocabulary) -> bool:
    between = text[run[-1].end : span.start]
    if between not in {" ", "\u00a0", ". ", "-"} or (between == ". " and not _ABBREVIATION.search(text[run[-1].start : run[-1].end + 2])):
        return False
    word = span.of(text)
    if word in _BINDING:
        words = [singular(s.of(text).lower()) for s in run]
        return any(w in vocabulary.organisations for w in words) or words[-1] in vocabulary.roles or words[-1] in _BINDING
    return True


def _close_run(text: str, run: list[Span], names: Names, vocabulary: Vocabulary) -> Iterator[Span]:
    while run and (run[-1].of(text) in _BINDING or (run[-1].of(text) in vocabulary.particles and run[-1].of(text)[0].islower())):
        run = run[:-1]
    if run and _begins_sentence(text, run[0]):
        first = run[0].of(text).lower()
        if first in vocabulary.no_names or (len(run) == 1 and first not in names.inner):
            run = run[1:]
    while run and run[0].of(text).lower() in vocabulary.no_names:
        run = run[1:]
    if run and not all(s.of(text).lower().rstrip("s") in vocabulary.peoples for s in run):
        yield Span(run[0].start, run[-1].end)


def _begins_sentence(text: str, span: Span) -> bool:
    before = text[max(0, span.start - 12) : span.start]
    return not _NO_SENTENCE_START.search(before) and not _ABBREVIATION.search(before)


# --- a mention taken apart --------------------------------------------------------------------------------------------------


def parse_mention(text: str, span: Span, names: Names, vocabulary: Vocabulary) -> Mention:
    """The parts of the noun phrase at `span`."""
    words = list(_find_words(text, span))
    if not words:
        return Mention(span, "description", span.of(text), kind="unnamed")
    first = words[0].of(text).lower()
    if len(words) <= 2 and (pronoun := next((name for name, forms in vocabulary.pronouns.items() if first in forms), None)):
        if len(words) == 1 or words[1].of(text).lower() in vocabulary.pronouns[pronoun]:
            return _build_pronoun(text, span, pronoun)
    left, rest = _cut_head(text, span, words, vocabulary)
    found = list(find_names(text, left, names, vocabulary))
    if not found and _is_bare_name(text, left, names, vocabulary):
        found = [Span(words[0].start, words[0].end)]
    if found and found[-1].end >= _find_end(text, left):
        return _build_named(text, span, left, rest, _split_known(text, found[-1], names), found[:-1], names, vocabulary)
    return _build_described(text, span, left, rest, found, names, vocabulary)


def _is_bare_name(text: str, left: Span, names: Names, vocabulary: Vocabulary) -> bool:
    """Whether one capitalised word at a sentence's start is a name: nothing in the document says that it is a common noun."""
    word = left.of(text).strip()
    plain = word.lower()
    return (
        _WORD.fullmatch(word) is not None
        and word[0].isupper()
        and plain not in vocabulary.no_names | names.lower | vocabulary.groups | vocabulary.documents
        and singular(plain) not in vocabulary.roles | vocabulary.anonymous
        and plain.rstrip("s") not in vocabulary.peoples
    )


def _build_pronoun(text: str, span: Span, pronoun: str) -> Mention:
    sex = pronoun if pronoun in ("male", "female") else None
    return Mention(span, "pronoun", span.of(text), head=pronoun, sex=sex, plural=pronoun in ("plural", "speakers"), definite=pronoun != "anybody")


def _cut_head(text: str, span: Span, words: list[Span], vocabulary: Vocabulary) -> tuple[Span, Span]:
    """The noun phrase up to its first complement or comma, and what follows."""
    for before, word in zip(words, [*words[1:], Span(span.end, span.end)], strict=True):
        comma = re.search(r"[,(]", text[before.end : word.start])
        if comma:
            return Span(span.start, before.end + comma.start()), Span(before.end + comma.start(), span.end)
        if word.of(text) in vocabulary.complement and not _is_inside_name(text, before, word, words, vocabulary):
            return Span(span.start, before.end), Span(word.start, span.end)
    return span, Span(span.end, span.end)


def _is_inside_name(text: str, before: Span, word: Span, words: list[Span], vocabulary: Vocabulary) -> bool:
    """`Ministry of Health`: the complement belongs to an organisation's name."""
    after = next((w for w in words if w.start > word.start and w.of(text) != "the"), None)
    head = before.of(text)
    return (
        word.of(text) in _BINDING
        and head[0].isupper()
        and (singular(head.lower()) in vocabulary.organisations or _is_office(head.lower(), after.of(text).lower() if after else "", vocabulary))
        and after is not None
        and after.of(text)[0].isupper()
    )


def _is_office(head: str, after: str, vocabulary: Vocabulary) -> bool:
    return head in vocabulary.roles and after in vocabulary.offices


def _find_end(text: str, span: Span) -> int:
    return span.start + len(span.of(text).rstrip(" \t\n\r.,;:'’\"”)"))


def _split_known(text: str, name: Span, names: Names) -> tuple[Span, Span | None]:
    """`name`, and a known other name that stands at its front without anything between them."""
    words = list(_find_words(text, name))
    for cut in range(len(words) - 1, 0, -1):
        head, tail = Span(words[0].start, words[cut - 1].end), Span(words[cut].start, words[-1].end)
        if len(tail) and head.of(text) in names.known and len(words) >= 3 and _is_called(tail.of(text), names):
            return tail, head
    return name, None


def _is_called(name: str, names: Names) -> bool:
    """Whether the document also uses `name`, or the last word of it, by itself."""
    last = re.split(r"[\s-]", name)[-1]
    return any(other != name and re.split(r"[\s-]", other)[-1] == last and len(other) <= len(name) for other in names.known) or name in names.known


def _build_named(
    text: str, span: Span, left: Span, rest: Span, split: tuple[Span, Span | None], others: list[Span], names: Names, vocabulary: Vocabulary
) -> Mention:
    name, front = split
    name, titles, sex = strip_titles(text, name, vocabulary)
    before = Span(left.start, min(name.start, front.start if front else name.start))
    roles = [*(_read_roles(text, before, vocabulary) or titles), *_read_apposition(text, rest, vocabulary)]
    belongs = [o.of(text) for o in others] + ([front.of(text)] if front else []) + [n.of(text) for n in find_names(text, rest, names, vocabulary) if text[rest.start] != "("]
    kind = _tell_named_kind(text, before, name, roles, sex, vocabulary)
    return Mention(
        span, "name", span.of(text), name=name.of(text), name_span=name, head=name.of(text).split()[-1], roles=tuple(dict.fromkeys(roles)),
        affiliations=tuple(dict.fromkeys(belongs)) if kind == "person" else (), kind=kind, sex=sex or _tell_sex(roles, vocabulary), definite=True,
    )  # fmt: skip


def strip_titles(text: str, name: Span, vocabulary: Vocabulary) -> tuple[Span, list[str], str | None]:
    """The name without courtesy titles and roles before it; the roles; what a courtesy title says of sex."""
    words = list(_find_words(text, name))
    plain = [w.of(text).lower().rstrip(".") for w in words]
    sex, last = None, 0
    for i, word in enumerate(plain[:-1]):
        if word in vocabulary.courtesy:
            sex = vocabulary.courtesy[word] if vocabulary.courtesy[word] != "either" else sex
            last = i + 1
        elif word in vocabulary.short_titles or word in vocabulary.roles:
            last = i + 1
        elif word in vocabulary.offices and i >= 2 and any(w in vocabulary.roles for w in plain[:i]):
            last = i + 1
    title = " ".join(w.of(text) for w, p in zip(words[:last], plain, strict=False) if p not in vocabulary.courtesy)
    return Span(words[last].start, name.end), [title] if title else [], sex


def _read_roles(text: str, before: Span, vocabulary: Vocabulary) -> list[str]:
    """`NBC News analyst` before a name, without its determiner; nothing if no word of it is a role."""
    words = [w.of(text) for w in _find_words(text, before)]
    while words and words[0].lower() in vocabulary.determiners:
        words = words[1:]
    if not any(singular(w.lower()) in vocabulary.roles for w in words):
        return []
    raw = text[before.start : before.end].strip(" ,\u00a0")
    for determiner in ("the ", "a ", "an ", "another "):
        raw = raw[len(determiner) :] if raw.lower().startswith(determiner) else raw
    return [raw]


def _read_apposition(text: str, rest: Span, vocabulary: Vocabulary) -> list[str]:
    """`, a spokeswoman for the Trust,` after a name."""
    raw = rest.of(text)
    if not raw.startswith(","):
        return []
    phrase = re.sub(r"^(?:the|an?|his|her|its|their)\s+", "", raw.strip(" ,\n"), flags=re.I)
    words = {singular(w.lower()) for w in re.findall(r"[\w-]+", phrase)}
    return [phrase] if words & vocabulary.roles else []


def _tell_named_kind(text: str, before: Span, name: Span, roles: list[str], sex: str | None, vocabulary: Vocabulary) -> SourceKind:
    words = name.of(text).split()
    last = words[-1].lower()
    ahead = [singular(w.of(text)) for w in _find_words(text, before)]
    if ahead and ahead[-1] in vocabulary.organisations:
        return "organisation"
    if sex or any(singular(w.lower()) in vocabulary.roles for role in roles for w in re.findall(r"[\w-]+", role)):
        return "person"
    if len(words) == 1 and last in vocabulary.groups:
        return "group"
    if singular(last) in vocabulary.organisations or last in vocabulary.organisation_ends or name.of(text).lower() in vocabulary.organisation_ends:
        return "organisation"
    if any(w.lower() in vocabulary.organisations for w in words) or (len(words) == 1 and words[0].isupper() and len(words[0]) > 1):
        return "organisation"
    return "organisation" if ahead and ahead[-1] == "the" else "person"


def _tell_sex(roles: list[str], vocabulary: Vocabulary) -> str | None:
    words = {singular(w.lower()) for role in roles for w in re.findall(r"[\w-]+", role)}
    return "male" if words & vocabulary.male_roles else "female" if words & vocabulary.female_roles else None


def _build_described(text: str, span: Span, left: Span, rest: Span, found: list[Span], names: Names, vocabulary: Vocabulary) -> Mention:
    words = [w.of(text) for w in _find_words(text, left)]
    head = words[-1].lower() if words else ""
    beyond = list(find_names(text, rest, names, vocabulary))
    appositive = _find_apposed_name(text, rest, beyond, names, vocabulary)
    if appositive:
        name, front = appositive
        role = _drop_determiner(text[left.start : name.start].strip(" ,"), vocabulary)
        belongs = tuple(dict.fromkeys([*(n.of(text) for n in found), *([front.of(text)] if front else [])]))
        return Mention(
            span, "name", span.of(text), name=name.of(text), name_span=name, head=name.of(text).split()[-1], roles=(role,) if role else (),
            affiliations=belongs, kind="person", sex=_tell_sex([role], vocabulary), definite=True,
        )  # fmt: skip
    first = words[0].lower() if words else ""
    plural = head in vocabulary.groups or (singular(head) != head and head not in vocabulary.documents)
    return Mention(
        span, "description", span.of(text), head=singular(head) if head not in vocabulary.documents else head,
        affiliations=tuple(n.of(text) for n in (*found, *beyond)), kind=_tell_described_kind(head, first, plural, vocabulary), plural=plural,
        definite=first not in vocabulary.indefinite and not (plural and first not in vocabulary.determiners), sex=_tell_sex([left.of(text)], vocabulary),
    )  # fmt: skip


def _find_apposed_name(text: str, rest: Span, names_beyond: list[Span], names: Names, vocabulary: Vocabulary) -> tuple[Span, Span | None] | None:
    """A name that stands beside the head: right after a comma, or behind another name that it has nothing to do with."""
    for name in names_beyond:
        between = text[rest.start : name.start]
        if re.fullmatch(r",\s*", between) and singular(name.of(text).split()[-1].lower()) not in vocabulary.organisations:
            return strip_titles(text, name, vocabulary)[0], None
        tail, front = _split_known(text, name, names)
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
