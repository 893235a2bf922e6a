"""Names: the runs of capitalised words that a document uses, taken apart where two run together, and freed of titles."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.types import Span

BINDING = frozenset({"of", "for", "and", "the"})  # lower-case words inside the names of organisations

WORD = re.compile(r"[^\W\d_](?:[\w.]|[-‐‑'’](?=\w))*")
_CONTRACTED = re.compile(r"(?<=\w)(?:n['’]t|['’](?:s|m|d|re|ve|ll))\Z", re.I)
_NICKNAMED = re.compile(r" (?:“\w+”|\"\w+\"|‘\w+’|'\w+'|\(\w+\)) (?=[^\W\d_a-z])")
_NICKNAME = re.compile(r" [“\"'‘(](\w+)[”\"'’)] ")
_INSERTED = re.compile(r" \[[^\W\d_a-z]\w+\]")  # the rest of a name that an editor put in
_CLOSING = frozenset("”\"’')")
_POSSESSIVE = re.compile(r"['’]s\b|(?<=s)['’](?!\w)")
_OF_MANY = re.compile(r"(?:['’]s|(?<=s)['’])[ \u00a0](?=[^\W\d_a-z])")
_NO_SENTENCE_START = re.compile(r"[^\s.!?:;…“\"‘—–\]][ \t\u00a0]*\Z")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Capt|Sgt|St|Prof|Rev|Maj|Cllr|Det|Sens|Reps|Jr|Sr))\.\s*\Z"
)

_IN_TIME = re.compile(
    r"(?:\b(?i:in|of|since|until|till|by|from|to|last|next|this|early|late|mid|before|after|during|and|through|between)|\d|-)[ \u00a0-]?\Z"
)
_DETERMINED = re.compile(r"(?:\b(?i:the|an?|this|that|his|her|its|our|their|your|my)|['’]s?)[ \u00a0]\Z")
_LEAD = 10  # code points in which such a word stands

_get_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Names:
    """The capitalised names of a document, as spans and as words.

    `words` are all its words, `lower` those that it writes in lower case somewhere, `inner` those that it capitalises inside a sentence,
    `repeated` the names that stand in it more than once.
    """

    words: tuple[Span, ...]
    spans: tuple[Span, ...]
    known: frozenset[str]
    lower: frozenset[str]
    inner: frozenset[str]
    repeated: frozenset[str] = frozenset()

    def ending_at(self, end: int) -> Span | None:
        """The name of several words that ends at code point `end`."""
        at = bisect_left(self.spans, end, key=lambda s: s.end)
        return self.spans[at] if at < len(self.spans) and self.spans[at].end == end else None


def find_document_names(text: str, vocabulary: Vocabulary) -> Names:
    """Every run of capitalised words that may be a name, in text order; two names that run together are two."""
    lower, inner = set(), set()
    words = tuple(find_words(text, Span(0, len(text))))
    for word in words:
        if text[word.start].islower():
            lower.add(word.of(text).lower())
        elif word.of(text).lower() not in inner and (not _begins_sentence(text, word) or _NICKNAMED.match(text, word.start - 2)):
            inner.add(word.of(text).lower())
    names = Names(words, (), frozenset(), frozenset(lower), frozenset(inner))
    spans = tuple(_run_names(text, words, names, vocabulary))
    names = replace(names, spans=spans, known=frozenset(span.of(text) for span in spans))
    parts = tuple(part for span in spans for part in reversed(split_known(text, span, names, vocabulary)) if part is not None)
    counts = Counter(span.of(text) for span in parts)
    return replace(names, spans=parts, known=frozenset(counts), repeated=frozenset(name for name, n in counts.items() if n > 1))


def find_names(text: str, region: Span, names: Names, vocabulary: Vocabulary) -> Iterator[Span]:
    """The names in `region`; a sentence's first word counts only if nothing says that it is a common one."""
    return _run_names(text, read_words(text, region, names), names, vocabulary)


def _run_names(text: str, words: Iterable[Span], names: Names, vocabulary: Vocabulary) -> Iterator[Span]:
    run: list[Span] = []
    for span in words:
        if run and not _continues(text, run, span, vocabulary):
            yield from _close_run(text, run, names, vocabulary)
            run = []
        word = span.of(text)
        if word[0].isupper() or (run and (word in vocabulary.particles or word in BINDING)) or _is_particle_name(word, vocabulary):
            run.append(span)
        elif run:
            yield from _close_run(text, run, names, vocabulary)
            run = []
        if run and _POSSESSIVE.match(text, span.end) and not _is_of_many(text, span, vocabulary):
            yield from _close_run(text, run, names, vocabulary)
            run = []
    yield from _close_run(text, run, names, vocabulary)


def find_region_words(names: Names, region: Span) -> Sequence[Span]:
    """The document's words that begin in `region`."""
    first, last = (bisect_left(names.words, at, key=_get_start) for at in (region.start, region.end))
    return names.words[first:last]


def read_words(text: str, region: Span, names: Names) -> Sequence[Span]:
    """The words of `region`: the document's own, unless it cuts one in two."""
    words = find_region_words(names, region)
    first = bisect_left(names.words, region.start, key=_get_start)
    is_cut = (first and names.words[first - 1].end > region.start) or (words and words[-1].end > region.end)
    return tuple(find_words(text, region)) if is_cut else words


def find_words(text: str, region: Span) -> Iterator[Span]:
    for match in WORD.finditer(text, region.start, region.end):
        start, end = match.span()
        ending = _CONTRACTED.search(text, start, end) if "'" in (word := match.group()) or "’" in word else None
        if ending:
            end = ending.start()
        elif text[end - 1] == "." and not _ABBREVIATION.search(text[max(region.start, start - 1) : end]):
            end -= 1
        yield Span(start, end)


def _is_particle_name(word: str, vocabulary: Vocabulary) -> bool:
    """`al-Askary`: a particle that a hyphen ties to a capitalised word."""
    first, _, rest = word.partition("-")
    return first in vocabulary.particles and rest[:1].isupper()


def _continues(text: str, run: list[Span], span: Span, vocabulary: Vocabulary) -> bool:
    between = text[run[-1].end : span.start]
    if _is_of_many(text, run[-1], vocabulary):
        return True
    if (
        _INSERTED.match(text, run[-1].end)
        or _NICKNAMED.match(text, run[-1].end)
        or (between[:1] in _CLOSING and len(run) > 1 and _NICKNAMED.match(text, run[-2].end))
    ):
        return True
    if between not in {" ", "\u00a0", ". ", "-", "–"} or (
        between == ". " and not _ABBREVIATION.search(text[run[-1].start : run[-1].end + 2])
    ):
        return False
    word = span.of(text)
    if word in BINDING:
        words = [singular(s.of(text).lower()) for s in run]
        return any(w in vocabulary.organisations for w in words) or words[-1] in vocabulary.roles or words[-1] in BINDING
    return True


def _is_of_many(text: str, word: Span, vocabulary: Vocabulary) -> bool:
    """`Workers` in `the Workers’ Party`: a body's name goes on behind it."""
    if not _OF_MANY.match(text, word.end):
        return False
    plain = word.of(text).lower()
    return plain in vocabulary.groups or (singular(plain) != plain and singular(plain) in vocabulary.people)


def _close_run(text: str, run: list[Span], names: Names, vocabulary: Vocabulary) -> Iterator[Span]:
    while run and (run[-1].of(text) in BINDING or (run[-1].of(text) in vocabulary.particles and run[-1].of(text)[0].islower())):
        run = run[:-1]
    if run and _begins_sentence(text, run[0]):
        first = run[0].of(text).lower()
        if (first in vocabulary.no_names and not _is_first_name(text, run, vocabulary)) or (len(run) == 1 and first not in names.inner):
            run = run[1:]
    while run and run[0].of(text).lower() in vocabulary.no_names and not _is_first_name(text, run, vocabulary):
        run = run[1:]
    if run and run[-1].of(text).rpartition("-")[2] in vocabulary.hyphen_ties:
        run = run[:-1]
    run = [] if run and _is_many(text, run, vocabulary) else _drop_office(text, run, vocabulary)
    if run and not all(s.of(text).lower().rstrip("s") in vocabulary.peoples for s in run):
        yield Span(run[0].start, run[-1].end)


def _is_many(text: str, run: Sequence[Span], vocabulary: Vocabulary) -> bool:
    """Whether a run is of those who hold an office: `Senators`, `Republican Senators`."""
    *before, last = (span.of(text).lower() for span in run)
    return last != singular(last) in vocabulary.many_roles and all(word in vocabulary.peoples for word in before)


def _drop_office(text: str, run: list[Span], vocabulary: Vocabulary) -> list[Span]:
    """What of a run is a name where an office stands by itself: nothing of `the Prime Minister`, `House` of `the Speaker of the House`."""
    words = [span.of(text).lower() for span in run]
    binding = next((i for i, word in enumerate(words) if word in BINDING), len(words))
    head, tail = words[:binding], [i for i in range(binding, len(words)) if words[i] not in BINDING]
    if not head or head[-1] not in vocabulary.offices_alone or words[0] in vocabulary.given:
        return run
    is_known = all(word in vocabulary.office_words for word in head)
    is_determined = _DETERMINED.search(text, max(0, run[0].start - _LEAD), run[0].start) is not None
    if (not is_determined and not (is_known and len(head) > 1)) or (len(tail) > 1 and words[tail[0]] in vocabulary.given):
        return run
    return [] if not tail or words[tail[0]] in vocabulary.offices else run[tail[0] :]


def _is_first_name(text: str, run: Sequence[Span], vocabulary: Vocabulary) -> bool:
    """`June` in `the clerk, June Abara`; not in `in June Abara`."""
    return (
        len(run) > 1
        and run[0].of(text).lower() in vocabulary.given
        and run[1].of(text).lower() not in vocabulary.no_names
        and _IN_TIME.search(text, max(0, run[0].start - _LEAD), run[0].start) is None
    )


def _begins_sentence(text: str, span: Span) -> bool:
    before = text[max(0, span.start - 12) : span.start]
    return not _NO_SENTENCE_START.search(before) and not _ABBREVIATION.search(before)


def split_known(text: str, name: Span, names: Names, vocabulary: Vocabulary) -> tuple[Span, Span | None]:
    """`name`, and a known other name that stands at its front without anything between them."""
    words = read_words(text, name, names)
    for cut in range(len(words) - 1, 0, -1):
        head, tail = Span(words[0].start, words[cut - 1].end), Span(words[cut].start, words[-1].end)
        whole = text[head.end : tail.start].isspace()  # not inside “Kofi “Bullet” Lane”
        if (
            whole
            and words[cut].of(text) not in BINDING  # "Government of the Republic of Vell"
            and head.of(text) in names.known
            and len(words) >= 3
            and _is_called(tail.of(text), names)
            and not is_body(tail.of(text), vocabulary)
        ):
            return tail, head
    return name, None


def is_body(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a name ends as those of organisations do."""
    last = name.split()[-1].lower()
    return singular(last) in vocabulary.organisations or last in vocabulary.organisation_ends


def _is_called(name: str, names: Names) -> bool:
    """Whether the document also uses `name`, or the last word of it, by itself."""
    last = re.split(r"[\s-]", name)[-1]
    return (
        any(other != name and re.split(r"[\s-]", other)[-1] == last and len(other.split()) <= len(name.split()) for other in names.known)
        or name in names.known
    )


def strip_titles(text: str, name: Span, vocabulary: Vocabulary) -> tuple[Span, list[str], str | None]:
    """The name without courtesy titles and roles before it; the roles; what a courtesy title says of sex."""
    words = list(find_words(text, name))
    plain = [w.of(text).lower().rstrip(".") for w in words]
    sex, last = None, 0
    for i, word in enumerate(plain[:-1]):
        if word in vocabulary.courtesy:
            sex = vocabulary.courtesy[word] if vocabulary.courtesy[word] != "either" else sex
            last = i + 1
        elif word in vocabulary.short_titles or word in vocabulary.roles or _is_office(plain[:i], word, vocabulary):
            last = i + 1
    while last and last < len(words) - 1 and plain[last] in BINDING:
        last += 1  # "President of the Republic of Vell"
    title = " ".join(w.of(text) for w, p in zip(words[:last], plain, strict=False) if p not in vocabulary.plain_titles)
    return Span(words[last].start, name.end), [title] if title else [], sex


def find_nicknames(name: str) -> list[str]:
    """What stands between the words of a name, in quotation marks or brackets."""
    return _NICKNAME.findall(name)


def drop_nickname(name: str) -> str:
    """`Tom “Bullet” Lane` without what he is called, and `Tom [Lane` without the editor's bracket."""
    return _NICKNAME.sub(" ", name).replace(" [", " ")


def is_title(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word may stand before a name as a title: `Mr`, `Sen.`, `President`."""
    plain = word.lower().rstrip(".")
    return plain in vocabulary.courtesy or plain in vocabulary.short_titles or plain in vocabulary.roles


def _is_office(before: list[str], word: str, vocabulary: Vocabulary) -> bool:
    """`State` in `Secretary of State`."""
    return word in vocabulary.offices and before[-1:] == ["of"] and any(w in vocabulary.roles for w in before)
