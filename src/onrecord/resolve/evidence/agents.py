"""Who does what a sentence tells: the source in front of a verb, behind "by", or whose something is.

The gathered mentions are taken where they stand; between them and the verb may be what a clause has there (auxiliaries, a relative
pronoun, an apposition between commas). Somebody whom the mentions lack ("an online archive") becomes a source of the text's words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from onrecord.resolve.evidence.phrases import EvidenceWords
from onrecord.resolve.vocabulary import Vocabulary, load_vocabulary, singular
from onrecord.resolve.who.entities import Entity, Gathered
from onrecord.resolve.who.mentions import Mention
from onrecord.types import SourceKind, Span, Time

_AHEAD = 45  # code points between "by" and the name of who it is
_GAP = re.compile(r"(?:[ \u00a0]?[\w’'-]++){0,5}[ \u00a0]?")
_PREPOSITIONS = frozenset({"of", "for", "at", "from", "in", "with", "to", "on", "by", "about"})
_PHRASE = re.compile(
    r"(?P<det>(?:an?|the|its|his|her|their|our|some|several|two|one|another)[ \u00a0])(?:[\w’'-]+[ \u00a0]){0,4}?[\w’'-]+?"
    r"(?=[,.;:)\n]|[ \u00a0](?:in|on|at|of|to|for|who|which|that|and|but|was|is|had|has|from|with|after|before|during|as|gave|sent|said)\b"
    r"|\Z)",
    re.I,
)
_LAST_PHRASE = re.compile(
    r"(?:\A|[,.;:] |\bbut |\band )((?:an?|the|one|another) (?:(?!(?:in|of|at|on|by|to|for|from|with|an?|the)\b)[\w’'-]++ ?){1,5})\Z", re.I
)
_LAST_WORD = re.compile(r"([\w’'-]+)[ \u00a0]*\Z")


class Agents:
    """The sources of one document by where they are mentioned."""

    def __init__(self, text: str, gathered: Gathered, times: Sequence[Time], words: EvidenceWords) -> None:
        self._text, self.words = text, words
        self._vocabulary: Vocabulary = load_vocabulary()
        self._pairs = list(zip(gathered.mentions, gathered.entities, strict=True))
        self._starts = [m.span.start for m, _ in self._pairs]
        self._ending: dict[int, list[int]] = {}
        for i, (mention, _) in enumerate(self._pairs):
            self._ending.setdefault(mention.span.end, []).append(i)
        self._times = [t.span for t in times]
        self._pronouns = frozenset(form for forms in self._vocabulary.pronouns.values() for form in forms)
        self._opened: dict[str, Entity] = {}

    def get(self, span: Span) -> Entity | None:
        """Whose mention stands exactly at `span`, or ends where it ends."""
        exact = [i for i in self._ending.get(span.end, ()) if self._pairs[i][0].span.start == span.start]
        ending = exact or [i for i in self._ending.get(span.end, ()) if self._pairs[i][0].span.start < span.end]
        return self._take(ending[0]) if ending else None

    def get_described(self, span: Span) -> Entity | None:
        """The entity of the description that ends where `span` does, documents too."""
        ending = [self._pairs[i] for i in self._ending.get(span.end, ()) if self._pairs[i][0].form == "description"]
        return ending[0][1] if ending else None

    def find_behind(self, start: int, end: int, *, known: bool = False) -> Entity | None:
        """Who is named from code point `start` on, as behind "by"; if `known`, only one of the mentions."""
        start += len(self._text[start:end]) - len(self._text[start:end].lstrip(" \u00a0"))
        if any(t.start <= start < t.end for t in self._near_times(start)):
            return None
        at = bisect_left(self._starts, start)
        for i in range(at, min(at + 3, len(self._pairs))):
            mention = self._pairs[i][0]
            gap = self._text[start : mention.span.start]
            if mention.span.start > min(end, start + _AHEAD) or not _GAP.fullmatch(gap) or (gap and mention.form != "name"):
                break
            if mention.form != "name" and self._is_owner(mention):
                break
            if _PREPOSITIONS & {w.lower() for w in gap.split()}:
                break
            if not self._is_owner(mention):
                return self._find_apposed_name(i) or self._take(i)
        return None if known else self._open(start, end)

    def _find_apposed_name(self, place: int) -> Entity | None:
        """`the town clerk, June Abara`: whose name stands beside a description."""
        mention = self._pairs[place][0]
        if mention.form != "description":
            return None
        after = bisect_left(self._starts, mention.span.end)
        for i in range(after, min(after + 2, len(self._pairs))):
            named = self._pairs[i][0]
            if (
                named.form == "name"
                and self._text[mention.span.end : named.span.start] == ", "
                and self._text[named.span.end : named.span.end + 1] in ",.;"
            ):
                return self._take(i)
        return None

    def find_before(self, floor: int, verb: int) -> Entity | None:
        """The subject of the verb that begins at `verb`, not looked for before `floor`."""
        seg = self._text[floor:verb]
        seg, relative, joined = self._strip(seg)
        at = floor + len(seg)
        if joined:
            return self._find_first(floor, at)
        if seg.endswith(","):
            return self._find_apposed(floor, at - 1, relative)
        return self._find_ending(floor, at) or self._open_last(floor, at)

    def _strip(self, seg: str) -> tuple[str, bool, bool]:
        """A clause's words without those between subject and verb; whether they are a relative clause's, or behind "and"."""
        relative = joined = False
        while (last := _LAST_WORD.search(seg)) is not None:
            word = last[1].lower()
            if word in ("and", "but"):
                joined = True
            elif word in ("who", "which", "that"):
                relative = True
            elif word not in self.words.between and not (word.endswith("ly") and word not in ("family", "ally", "assembly")):
                break
            seg = seg[: last.start()]
        return seg.rstrip(" \u00a0"), relative, joined

    def _find_apposed(self, floor: int, comma: int, relative: bool) -> Entity | None:
        """`X, who …`; `X, a clerk at Y, who …`; `the group, X, …`: who it is whose clause or apposition ends at a comma."""
        opening = self._text.rfind(",", floor, comma)
        ending = [i for i in self._ending.get(comma, ()) if self._pairs[i][0].span.start >= floor]
        names = [i for i in ending if self._pairs[i][0].form == "name"]
        if opening >= 0:
            inside = self._text[opening + 1 : comma]
            whole = [i for i in names if self._text[opening + 1 : self._pairs[i][0].span.start].strip() == ""]
            if whole:
                return self._take(whole[0])
            if (entity := self._find_ending(floor, opening)) is not None and not re.search(r"\b(?:said|told|and|but)\b", inside):
                return entity
        return self._find_ending(floor, comma)

    def _find_ending(self, floor: int, at: int) -> Entity | None:
        """Who is mentioned right before `at`; of "a spokesman for the Trust" the spokesman."""
        for _ in range(3):
            ending = [i for i in self._ending.get(at, ()) if self._pairs[i][0].span.start >= floor]
            if not ending:
                return None
            first = min(ending, key=lambda i: self._pairs[i][0].span.start)
            start = self._pairs[first][0].span.start
            before = _LAST_WORD.search(self._text, max(floor, start - 20), start)
            if before is not None and before[1].lower() == "the":
                before = _LAST_WORD.search(self._text, max(floor, before.start() - 20), before.start())
            if before is None or before[1].lower() not in _PREPOSITIONS:
                return self._take(first)
            at = before.start() - 1 if before.start() > floor and self._text[before.start() - 1] == " " else before.start()
        return None

    def _find_first(self, floor: int, at: int) -> Entity | None:
        first = bisect_left(self._starts, floor)
        return self._take(first) if first < len(self._pairs) and self._starts[first] < min(at, floor + 8) else None

    def _is_owner(self, mention: Mention) -> bool:
        """Whether a mention is only whose the thing is: "the club’s", "her" before a noun that is a mention too."""
        after = self._text[mention.span.end : mention.span.end + 2]
        return after in ("'s", "’s") or (mention.form == "pronoun" and mention.text.lower() in self.words.whose - {"her"})

    def _take(self, place: int) -> Entity | None:
        """The entity of a mention, if it can do anything and the text tells who it is."""
        mention, entity = self._pairs[place]
        if mention.form != "name" and entity.kind == "document":
            return None
        known = any(n.lower() not in self._pronouns for n in entity.names) if entity.names else False
        return entity if known else None

    def _near_times(self, start: int) -> Sequence[Span]:
        at = bisect_left(self._times, start, key=lambda t: t.start)
        return self._times[max(0, at - 1) : at + 1]

    def _open(self, start: int, end: int) -> Entity | None:
        found = _PHRASE.match(self._text, start, end)
        return self._open_at(Span(*found.span())) if found else None

    def _open_last(self, floor: int, at: int) -> Entity | None:
        found = _LAST_PHRASE.search(self._text[floor:at])
        return self._open_at(Span(floor + found.start(1), floor + found.end(1))) if found else None

    def _open_at(self, span: Span) -> Entity | None:
        """A new source, named as the text names it."""
        name = span.of(self._text)
        last = singular(name.split()[-1].lower())
        if self._vocabulary.is_noun(last) and last in self._vocabulary.documents:
            return None
        kind: SourceKind = "organisation" if last in self._vocabulary.organisations else "unnamed"
        entity = self._opened.setdefault(name.lower(), Entity(names=[name], kind=kind))
        entity.spans[span] = None
        return entity
