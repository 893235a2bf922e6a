"""Every mention of the people, bodies and documents in a text: names, pronouns, descriptions, and the sources of statements.

Descriptions are found from their determiner to the last noun that the vocabulary knows ("the | senior police officer"), the way a
noun phrase chunker would, up to the first word that cannot belong. What stands beside a name and says who its bearer is
("the group's leader, Tariq Noor", "Noor, a fisherman", "Noor was the mayor") is tied to it here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.resolve.who.mentions import Mention, build_pronoun, find_category, parse_mention
from onrecord.resolve.who.names import Names, find_region_words, find_words
from onrecord.types import Span

_BEHIND = re.compile(r"[ \u00a0]([a-z]+)(?![\w’'-])(?! [a-z]+(?:er|or|man|woman|officer|chief|leader)s?\b)")
_DETERMINED = re.compile(r"(?:\b(?:the|an?|his|her|its|their|our|this|that)|['’]s?)[ \u00a0]\Z", re.I)
_TIED = 40  # code points between a name and what says who its bearer is, at most
_TITLED = 60  # code points in front of a name in which its bearer's role stands
_NAMING = 120  # between a description and the name that its bearer gives
_LONGEST = 6  # words of a description, its determiner counted in
_POINTING = frozenset({"this", "that", "these", "those"})
_STOPS = re.compile(r"[^\s\w’'‑-]")
_APPOSED = re.compile(r"(?:[ \u00a0](?:of|for|at|in|from|with)[ \u00a0][^,.;:()\n]{1,60})?,[ \u00a0]?")
_BARE_ROLE = re.compile(
    r",[ \u00a0](?!(?:the|an?|and|or|his|her|its|their)[ \u00a0])(?:[\w’'-]+[ \u00a0]){0,3}?"
    r"([a-z-]+)(?:[ \u00a0](?:of|at|for|with|in|from)[ \u00a0][^,.;:()\n]{1,60})?(?=,)"
)
_ROLE = re.compile(r",[ \u00a0](?:the|an?)[ \u00a0](?:[\w’'-]+[ \u00a0]){0,2}([\w’'-]+)[ \u00a0]")
_CLOSES = re.compile(
    r"\s*(?:[,.;:!?)\]—–]|\Z|who\b|which\b|for\b|of\b|at\b|in\b|from\b|and\b|with\b|said\b|told\b"
    r"|published\b|released\b|issued\b|written\b|by\b)"
)
_AGE = re.compile(r",?[ \u00a0](?:aged )?\d{1,3}(?=[,. ])")
_HANDLE = re.compile(r"[ \u00a0]?\(?(@\w{2,30})")
_SHORT_FORM = re.compile(r"[ \u00a0]\((?:the )?[“\"']?([A-Z][\w.&-]{1,12})[”\"']?\)")


@dataclass(frozen=True, slots=True)
class Tie:
    """Two mentions, by their places in the list, that the words between them make one: `how` is the kind of link."""

    first: int
    second: int
    how: str  # apposition, copula, alias


def find_mentions(text: str, regions: Sequence[Span], sources: Iterable[Mention], names: Names, vocabulary: Vocabulary) -> list[Mention]:
    """The mentions in `regions` (in order), with those of `sources`, in text order, longer ones first where they begin together."""
    found = {m.span: m for m in sources}
    taken = sorted(found)
    begins = {span.start for span in taken}
    for span in names.spans:
        if span not in found and not _is_named_in(span, taken, found):
            end = find_category(text, span, vocabulary)
            if end is not None:
                found[Span(span.start, end)] = parse_mention(text, Span(span.start, end), names, vocabulary)
                continue
            reach = Span(_reach_left(text, span, names, vocabulary).start, _reach_right(text, span, vocabulary))
            found[span] = replace(parse_mention(text, reach, names, vocabulary), span=span)
            local = _find_local(text, span, vocabulary)
            if local is not None and local not in found:
                found[local] = parse_mention(text, local, names, vocabulary)
    for region in regions:
        for mention in _scan_region(text, region, names, vocabulary):
            owns = text[mention.span.end : mention.span.end + 2] in ("'s", "’s")  # "the museum" in the source "the museum's director"
            if mention.form != "name" and mention.span not in found and (owns or mention.span.start not in begins):
                found[mention.span] = mention
    return sorted(found.values(), key=lambda m: (m.span.start, -m.span.end))


def _find_local(text: str, name: Span, vocabulary: Vocabulary) -> Span | None:
    """`Kent police`: the name of a place, without a determiner before it, and a noun for what every place has."""
    noun = _BEHIND.match(text, name.end)
    if noun is None or noun[1] not in vocabulary.bodies_local or _DETERMINED.search(text, max(0, name.start - 8), name.start):
        return None
    return Span(name.start, noun.end(1))


def _reach_left(text: str, name: Span, names: Names, vocabulary: Vocabulary) -> Span:
    """A name with the role that stands bare in front of it, and whose it is: `Rovers striker Tom Lane`."""
    start = name.start
    for word in reversed(list(find_words(text, Span(max(0, name.start - _TITLED), name.start)))):
        body = names.ending_at(word.end) if start < name.start else None
        if body is not None and text[body.end : start] in (" ", "\u00a0"):
            start = body.start
            break
        role = word.of(text).lower() in vocabulary.people  # in the plural it is a verb: "who chairs Clean Harbours"
        if text[word.end : start] not in (" ", "\u00a0") or not (role if start == name.start else word.of(text) in names.known or role):
            break
        start = word.start
    if start > 0 and text[start - 1] in "-’'":
        return name
    return Span(start, name.end)


def _reach_right(text: str, name: Span, vocabulary: Vocabulary) -> int:
    """The end of a name with the bare role that stands behind it, between commas: `Tom Lane, Kent correspondent of the Herald,`."""
    bare = _BARE_ROLE.match(text, name.end)
    return bare.end() if bare and bare[1].lower() in vocabulary.people else name.end


def _is_named_in(span: Span, taken: Sequence[Span], found: dict[Span, Mention]) -> bool:
    """Whether the name at `span` is the one that a source at the same place already is."""
    at = bisect_left(taken, span.end, key=lambda s: s.start) - 1
    return at >= 0 and (source := found[taken[at]]).name_span is not None and source.name_span.meets(span)


def _scan_region(text: str, region: Span, names: Names, vocabulary: Vocabulary) -> Iterator[Mention]:
    words = find_region_words(names, region)
    skip = 0
    for i, word in enumerate(words):
        plain = word.of(text).lower()
        if i < skip:
            continue
        if plain in vocabulary.scanned and not _is_initial(text, word):
            yield build_pronoun(text, word, vocabulary.scanned[plain])
        owner = text[word.end : word.end + 2] in ("'s", "’s") and word.of(text)[0].isupper()
        if plain in vocabulary.determiners or plain in vocabulary.possessives or owner:
            end = _find_noun(text, words, i, vocabulary)
            if end:
                skip = i + 1 if plain in vocabulary.possessives or owner else end
                yield parse_mention(text, Span(word.start, words[end - 1].end), names, vocabulary)
                if not owner and text[words[end - 1].end : words[end - 1].end + 2] in ("'s", "’s"):
                    whole = _find_noun(text, words, end - 1, vocabulary)  # "the group", then "the group's leader"
                    if whole:
                        yield parse_mention(text, Span(word.start, words[whole - 1].end), names, vocabulary)


def _is_initial(text: str, word: Span) -> bool:
    """`I` in `John I. Marsh`, `US` in capitals: no pronouns."""
    return (text[word.end : word.end + 1] == "." and text[word.start : word.end] == "I") or word.of(text) in ("US", "IT", "ME")


_MODIFYING = frozenset({"news", "sports", "arms", "affairs"})  # plural in form, and stand in front of nouns: "the state news agency"


def _find_noun(text: str, words: Sequence[Span], first: int, vocabulary: Vocabulary) -> int:
    """Where the description that begins at word `first` ends (exclusive): at its first known noun, or at the next one if that
    follows at once or behind one word that may be part of it; 0 if it has none.
    """
    end = 0
    reach = 3 if words[first].of(text).lower() in _POINTING else _LONGEST
    for at in range(first + 1, min(first + reach, len(words))):
        gap = text[words[at - 1].end : words[at].start]
        plain = words[at].of(text).lower()
        if _STOPS.search(gap) or "\n" in gap or plain in vocabulary.edges:
            break
        if plain in vocabulary.scanned or (end and at > end + 1):
            break
        if vocabulary.is_noun(plain):
            end = at + 1
        elif end and plain.endswith(("s", "ed", "ing")) and plain not in _MODIFYING:
            break
        if text[words[at].end : words[at].end + 2] in ("'s", "’s"):
            break
    return end


# --- what stands beside a name ---------------------------------------------------------------------------------------


def find_ties(text: str, mentions: Sequence[Mention], vocabulary: Vocabulary) -> list[Tie]:
    """The descriptions and second names that the text sets beside a name, by place in `mentions`, which are in text order."""
    copula = re.compile(
        rf"(?:,?\s(?:{'|'.join(vocabulary.copulas)})|['’](?:s|m|re))\s(?:now |also |then |formerly |once |still |only |just )?"
    )
    called = rf"(?:{'|'.join(map(re.escape, vocabulary.aliases))})"
    by_others = r",?\swhom?\s[^,.;:\n]{1,40}\s(?:calls?|called|knows?\sas|knew\sas)\s"
    alias = re.compile(rf"(?:,?\s\(?(?:\w+\s)?{called}(?:\sas)?,?\s|{by_others})[“\"'‘]?")
    naming = re.compile(rf"\b{called},?\s[“\"'‘]?\Z")
    ties = []
    for i, mention in enumerate(mentions):
        for j in range(i + 1, min(i + 4, len(mentions))):
            other = mentions[j]
            if other.span.start < mention.span.end:
                continue
            tie = _tie(text, mention, other, copula, alias, vocabulary)
            if tie:
                ties.append(Tie(i, j, tie))
                break
        if mention.form == "name" and naming.search(text, max(0, mention.span.start - _TIED), mention.span.start):
            named = _find_named(text, mentions, i)
            ties += [] if named is None else [Tie(named, i, "apposition")]
    return ties


def _find_named(text: str, mentions: Sequence[Mention], place: int) -> int | None:
    """The description of whoever "gave his name as" the name at `place`: the first of the same sentence that is close enough."""
    start = mentions[place].span.start
    near = [
        k
        for k in range(max(0, place - 6), place)
        if start - mentions[k].span.start < _NAMING and not re.search(r"[.!?]\s|\n", text[mentions[k].span.start : start])
    ]
    return next((k for k in near if mentions[k].form == "description" and mentions[k].kind == "unnamed" and not mentions[k].plural), None)


def _tie(text: str, first: Mention, second: Mention, copula: re.Pattern[str], alias: re.Pattern[str], vocabulary: Vocabulary) -> str | None:
    if second.span.start - first.span.end > 2 * _TIED or second.form == "pronoun" or second.plural != first.plural:
        return None
    between = text[first.span.end : second.span.start]
    between = _AGE.sub("", between, count=1) if "," in between else between
    if second.form == "name":
        if first.form == "name":
            return "alias" if alias.fullmatch(between) else None
        closed = first.definite or text[second.span.end : second.span.end + 1] == ","
        role = _ROLE.fullmatch(between)
        apposed = _APPOSED.fullmatch(between) or (role and singular(role[1].lower()) in vocabulary.people)
        beside = between in (" ", "\u00a0") or (apposed and closed and _CLOSES.match(text, second.span.end))
        return "apposition" if beside and first.form == "description" and _may_name_one(second, first, vocabulary) else None
    if copula.fullmatch(between) and (first.form == "pronoun" or _may_name_one(first, second, vocabulary)):
        return "copula" if first.form != "description" and first.head != "thing" else None
    apposed = first.form == "name" and _APPOSED.fullmatch(between) and _CLOSES.match(text, second.span.end)
    return "apposition" if apposed and _may_name_one(first, second, vocabulary) else None


def _may_name_one(named: Mention, described: Mention, vocabulary: Vocabulary) -> bool:
    """Whether a description may be that of a name's bearer: people by nouns for people, bodies by nouns for bodies."""
    if described.kind == "document":
        return not named.sure and not named.place
    if named.plural or named.place:
        return False
    if described.head in vocabulary.either:
        return True
    return not named.sure or not vocabulary.is_noun(described.head) or (described.kind in ("person", "unnamed")) == (named.kind == "person")


def find_handles(text: str, mentions: Sequence[Mention]) -> dict[int, str]:
    """The account names that stand right behind a name: place in `mentions` -> handle."""
    return {i: found[1] for i, m in enumerate(mentions) if m.form == "name" and (found := _HANDLE.match(text, m.span.end))}


def find_short_forms(text: str, mentions: Sequence[Mention]) -> dict[int, str]:
    """`Harbour Trust (HT)`: place in `mentions` -> the short form in brackets, if its letters are the name's."""
    forms = {}
    for i, m in enumerate(mentions):
        found = _SHORT_FORM.match(text, m.span.end) if m.form == "name" else None
        if found and is_acronym(found[1], m.name or ""):
            forms[i] = found[1]
    return forms


def is_acronym(short: str, name: str) -> bool:
    """Whether the letters of `short` are the initials of a name's capitalised words, or begin so."""
    letters = re.sub(r"[^A-Z]", "", short)
    return len(letters) >= 2 and letters == find_initials(name) and short.upper() == short.replace("s", "S")


def find_initials(name: str) -> str:
    """The first letters of a name's capitalised words."""
    return "".join(w[0] for w in re.findall(r"[^\W\d_][\w’'-]*", name) if w[0].isupper())
