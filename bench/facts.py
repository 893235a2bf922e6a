"""Facts of an article and a report of it, brought together: which words, source, statement of one is which of the other.

Facts quote the plain text; a report may be of the page. Both are taken apart into words, the words are aligned, and from then on a span
is the set of the report's words that it covers, so that white space, quotation marks and captions of a page make no difference.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Words = frozenset[int]  # indices of words of the report's text
_WORD = re.compile(r"\w+")
_EDGES = frozenset(
    {
        "a",
        "an",
        "the",
        "in",
        "on",
        "at",
        "of",
        "by",
        "since",
        "until",
        "about",
        "around",
        "from",
        "for",
        "during",
        "after",
        "before",
        "that",
    }
)
_HOP = re.compile(r"(.+?)(?: \(([^()]*)\))?")
ENOUGH = 0.8  # overlap (intersection over union) of contents that are the same


def as_list(value: Any) -> list[Any]:
    """What a fact holds to be right, as a list."""
    return value if isinstance(value, list) else [value]


def split_hop(hop: str) -> tuple[str, str | None]:
    """Name and medium of 'Name (medium)'."""
    match = _HOP.fullmatch(hop)
    return (match[1], match[2]) if match else (hop, None)


def plain(name: str | None) -> str:
    """A name or description without case, quotation marks, edge punctuation and leading article."""
    words = re.sub(r"[“”‘’\"']s?\b|[“”‘’\"']", " ", (name or "").casefold().replace("’s ", " ")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("a", "an", "the") else words).strip(" .,;:")


def overlap(a: Words, b: Words) -> float:
    """Intersection over union; nothing overlaps with nothing."""
    return len(a & b) / len(a | b) if a and b else 0.0


def is_same_mention(a: Words, b: Words) -> bool:
    """Whether two spans mention one thing: half the words shared, or one begins or ends the other ('Ana Pell' and 'Ana Pell, a clerk')."""
    if overlap(a, b) >= 0.5:
        return True
    small, large = sorted((a, b), key=len)
    return bool(small) and small <= large and len(small) * 4 >= len(large) and (min(small) == min(large) or max(small) == max(large))


@dataclass(frozen=True)
class Article:
    """One article's facts, and the plain text that they quote."""

    name: str
    folder: str
    facts: Json
    text: str
    forms: Mapping[str, Path]  # "txt" and, where there is one, "html"


def read_articles(folder: Path) -> list[Article]:
    """The articles of a folder, by their `NAME.facts.json`."""
    articles = []
    for path in sorted(folder.glob("*.facts.json")):
        name = path.name.removesuffix(".facts.json")
        forms = {form: file for form in ("txt", "html") if (file := folder / f"{name}.{form}").exists()}
        facts = json.loads(path.read_text(encoding="utf-8"))
        articles.append(Article(name, str(folder), facts, forms["txt"].read_text(encoding="utf-8"), forms))
    return articles


class Pairing:
    """An article's facts beside one report of it; what answers to what is worked out once, when it is first asked."""

    def __init__(self, article: Article, report: Json, form: str) -> None:
        self.facts, self.report, self.form = article.facts, report, form
        self._theirs = list(_WORD.finditer(report["document"]["text"]))
        self.lower = [m[0].casefold() for m in self._theirs]
        self._text = article.text
        self._ours = list(_WORD.finditer(article.text))
        ours = [m[0].casefold() for m in self._ours]
        blocks = difflib.SequenceMatcher(None, ours, self.lower, autojunk=False).get_matching_blocks()
        self._aligned = {b.a + k: b.b + k for b in blocks for k in range(b.size)}

    # --- words ---------------------------------------------------------------------------------------------------------

    def words(self, span: Json) -> Words:
        """The words that a span of the report covers."""
        return frozenset(i for i, m in enumerate(self._theirs) if m.start() < span["end"] and span["start"] < m.end())

    def words_of(self, spans: Iterable[Json]) -> Words:
        return frozenset().union(*(self.words(s) for s in spans))

    def places(self, fact: str | Json) -> list[Words]:
        """Where the words of a fact stand in the report's text: one place where the fact tells which, else all of them."""
        wanted = fact if isinstance(fact, str) else fact["text"]
        found = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", self._text)]
        found = found or [m.span() for m in re.finditer(re.escape(wanted), self._text)]
        if not isinstance(fact, str):
            found = found[fact["occurrence"] - 1 : fact["occurrence"]]
        return [place for span in found if (place := self._align(*span))]

    def _align(self, start: int, end: int) -> Words:
        inside = [i for i, m in enumerate(self._ours) if m.start() < end and start < m.end()]
        found = frozenset(self._aligned[i] for i in inside if i in self._aligned)
        return found if len(found) * 2 > len(inside) else frozenset()

    def first(self, fact: str | Json) -> Words:
        return next(iter(self.places(fact)), frozenset())

    def core(self, words: Words) -> Words:
        """Without articles, prepositions and a complementiser in front."""
        rest = sorted(words)
        while len(rest) > 1 and self.lower[rest[0]] in _EDGES:
            rest = rest[1:]
        return frozenset(rest)

    def content(self, pieces: Sequence[str | Json]) -> Words:
        return self.core(frozenset().union(*(self.first(p) for p in pieces)))

    # --- sources ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _mentions(self) -> dict[str, list[Words]]:
        return {s["id"]: [self.words(m) for m in s["mentions"]] for s in self.report["sources"]}

    def source_holds(self, source: str, fact: str | Json) -> bool:
        """Whether a mention of the report's source stands where the fact's mention does."""
        return any(is_same_mention(place, mention) for place in self.places(fact) for mention in self._mentions[source])

    def owners(self, fact: str | Json) -> set[str]:
        """Ids of the report's sources that hold the mention: the nearest own mention counts ('Mr Venn’s brother' is not Mr Venn)."""
        owners = set()
        for place in self.places(fact):
            shares = {i: max((overlap(place, m) for m in ms if is_same_mention(place, m)), default=0.0) for i, ms in self._mentions.items()}
            best = max(shares.values(), default=0.0)
            owners |= {i for i, share in shares.items() if share and share == best}
        return owners

    @cached_property
    def source_by_index(self) -> dict[int, Json]:
        """The report's source for each of the facts', one to one, the most mentions in common first; an equal name counts as two."""
        pairs = []
        for i, fact in enumerate(self.facts["sources"]):
            names = {plain(n) for n in as_list(fact["name"])}
            for j, source in enumerate(self.report["sources"]):
                score = sum(self.source_holds(source["id"], m) for m in fact["mentions"]) + 2 * (plain(source["name"]) in names)
                if score:
                    pairs.append((-score, i, j))
        return {i: self.report["sources"][j] for i, j in _one_to_one(pairs)}

    @cached_property
    def names(self) -> dict[str, str]:
        return {s["id"]: s["name"] for s in self.report["sources"]}

    def is_source(self, given: str | None, wanted: str) -> bool:
        """Whether `given`, an id or a name in the report, is the facts' source called `wanted`."""
        if given is None:
            return False
        if given == "publisher" or wanted == "publisher":
            return given == wanted
        for index, fact in enumerate(self.facts["sources"]):
            if wanted in as_list(fact["name"]) and index in self.source_by_index and self.source_by_index[index]["id"] == given:
                return True
        return plain(self.names.get(given, given)) == plain(wanted)

    # --- statements --------------------------------------------------------------------------------------------------------

    @cached_property
    def contents(self) -> dict[str, Words]:
        return {s["id"]: self.core(self.words_of(s["content"])) for s in self.report["statements"]}

    @cached_property
    def statement_by_index(self) -> dict[int, Json]:
        """The report's statement for each of the facts', one to one: contents that overlap by `ENOUGH`, then the same source, first."""
        pairs = []
        for i, fact in enumerate(self.facts["statements"]):
            wanted = [self.content(pieces) for pieces in (fact["content"], *fact.get("alternatives", ()))]
            for j, statement in enumerate(self.report["statements"]):
                share = max(overlap(w, self.contents[statement["id"]]) for w in wanted)
                if share >= ENOUGH:
                    pairs.append((-share - 0.1 * self.has_source(statement, fact), i, j))
        return {i: self.report["statements"][j] for i, j in _one_to_one(pairs)}

    def has_source(self, statement: Json, fact: Json) -> bool:
        given = statement["source"] and statement["source"]["id"]
        return given is None if fact["source"] is None else any(self.is_source(given, name) for name in as_list(fact["source"]))

    def ids(self, indices: Iterable[int]) -> set[str]:
        """Ids of the report's statements for those of the facts that were found."""
        return {self.statement_by_index[i]["id"] for i in indices if i in self.statement_by_index}

    # --- evidence ----------------------------------------------------------------------------------------------------------

    @cached_property
    def evidence_by_id(self) -> dict[str, Json]:
        """The report's evidence for each of the facts', by the facts' ids: same kind, no other platform, most in common first."""
        pairs = []
        for i, fact in enumerate(self.facts["evidence"]):
            for j, given in enumerate(self.report["evidence"]):
                if (
                    fact.get("form", self.form) == self.form
                    and given["kind"] in as_list(fact["kind"])
                    and (score := self._score_evidence(fact, given)) > 0
                ):
                    pairs.append((-score, i, j))
        return {self.facts["evidence"][i]["id"]: self.report["evidence"][j] for i, j in _one_to_one(pairs)}

    def _score_evidence(self, fact: Json, given: Json) -> float:
        if fact.get("platform") and given["platform"] and fact["platform"] != given["platform"]:
            return 0
        held = [self.content(self.facts["statements"][i]["content"]) for i in fact.get("statements", ())]
        given_words = self.words_of(given["content"])
        score = 0.5 + sum(bool(fact.get(key)) and fact[key] == given[key] for key in ("platform", "handle", "posted", "url"))
        score += any(self.is_source(given["author"], name) for name in as_list(fact.get("author")) if name)
        score += 2 * any(overlap(words, given_words) > 0.3 for words in held)
        told = given.get("span") and self.words(given["span"])
        score += 2 * any(overlap(place, told) > 0 for place in self.places(fact["words"])) if "words" in fact and told else 0
        known = any(fact.get(key) for key in ("platform", "handle", "posted", "author", "statements", "words"))
        return score if score > 0.5 or not known else 0

    # --- times ---------------------------------------------------------------------------------------------------------------

    def find_time(self, fact: Json) -> tuple[Json | None, bool]:
        """The report's time expression that overlaps the fact's most, and whether it is the same words but for those at its front."""
        wanted = self.first(fact)
        best = max(self.report["times"], key=lambda t: overlap(wanted, self.words(t)), default=None)
        if best is None or not overlap(wanted, self.words(best)):
            return None, False
        return best, self.core(self.words(best)) == self.core(wanted)


def _one_to_one(pairs: list[tuple[float, int, int]]) -> list[tuple[int, int]]:
    taken: tuple[set[int], set[int]] = (set(), set())
    chosen = []
    for _, i, j in sorted(pairs):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            chosen.append((i, j))
    return chosen
