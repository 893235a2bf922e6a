"""The pieces of evidence that a text tells of, each once, however often it is spoken of.

A phrase that speaks of something for the first time opens a piece; "the letter" and "his letter" join the last piece that may be meant,
and a copy or photograph of a letter is that letter. Which pieces are evidence, and of what, is for `evidence` to say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from onrecord.resolve.evidence.agents import Agents
from onrecord.resolve.evidence.phrases import DOCUMENTS, EvidenceWords, Phrase, is_counted
from onrecord.resolve.evidence.posts import Post, Posts
from onrecord.resolve.evidence.provenance import read_provenance
from onrecord.resolve.who.entities import Entity
from onrecord.types import EvidenceKind, Span

_SPREAD = 80  # code points behind a phrase in which it is said to have gone round
_RECENT = 6  # pieces of one noun looked through for the one that is meant
_NEAR = 500  # code points within which "a copy" is one of what was spoken of last
_MAIL = frozenset(
    {"letter", "email", "e-mail", "memo", "memorandum", "message", "note", "fax", "cable", "petition", "lawsuit", "complaint", "filing"}
    | {"text", "statement", "paper"}
)  # those who send them have written them


@dataclass(slots=True, eq=False)
class Piece:
    """A piece of evidence while the text is read. `readings` are the statements whose words it shows, `quoted` the words themselves
    where they are quoted; `shows` is the piece that it is a translation or screenshot of.
    """

    kind: EvidenceKind
    lemma: str
    phrases: list[int] = field(default_factory=list)
    span: Span | None = None
    rank: int = 0  # how much the words at `span` tell
    author: Entity | None = None
    supplier: Entity | None = None
    translator: Entity | None = None
    told: bool = False
    counted: bool = True
    archived: bool = False
    platform: str | None = None  # where it was spread itself
    post: Post | None = None
    shows: Piece | None = None
    readings: dict[int, None] = field(default_factory=dict)
    quoted: list[Span] = field(default_factory=list)

    def take(self, span: Span, rank: int) -> None:
        """The words that tell most of it, the first of them where others tell as much."""
        if self.span is None or rank > self.rank:
            self.span, self.rank = span, rank


class Pieces:
    """The pieces of one document in text order, by the phrases that speak of them."""

    def __init__(self, text: str, phrases: Sequence[Phrase], posts: Posts, agents: Agents) -> None:
        self.found: list[Piece] = []
        self.by_phrase: dict[int, Piece] = {}
        self._text, self._phrases, self._posts, self._agents = text, phrases, posts, agents
        self._by_lemma: dict[str, list[Piece]] = {}
        self._spoken: list[tuple[int, Piece]] = []  # documents, where they are spoken of
        for place, phrase in enumerate(phrases):
            if place not in self.by_phrase and place not in posts.by_phrase and phrase.family not in ("post", "account"):
                self._take(place, phrase)

    def _take(self, place: int, phrase: Phrase) -> None:
        shown = self._phrases[phrase.shows] if phrase.shows is not None else None
        known = phrase.shows is None or phrase.shows in self._posts.by_phrase or phrase.shows in self.by_phrase
        if phrase.shows is not None and shown is not None and not known and shown.family in (*DOCUMENTS, "message"):
            self._take(phrase.shows, shown)
        piece = self._find(phrase, shown)
        if piece is None:
            return
        self._join(place, phrase, piece, shown)

    def _find(self, phrase: Phrase, shown: Phrase | None) -> Piece | None:
        """The piece that a phrase speaks of, a new one if it is of none before."""
        if phrase.family in ("copy", "picture"):
            return self._find_copied(phrase)
        if phrase.family == "screenshot":
            post = self._find_post(phrase)
            before = [] if phrase.new else self._by_lemma.get("screenshot", [])[-_RECENT:]
            old = next((p for p in reversed(before) if post is None or p.post in (post, None)), None)
            return old or self._open("screenshot", "screenshot", post, self._find_shown(phrase))
        if phrase.family == "translation":
            earlier = self._by_lemma.get("translation", ())
            if not phrase.new and earlier and phrase.owner is None:
                return earlier[-1]
            of = self._find_shown(phrase)
            return self._open("translation", "translation", None if of is not None else self._find_post(phrase), of)
        if phrase.family == "message" and (phrase.lemma != "message" or phrase.noun == phrase.span):
            return None
        return self._find_document(phrase)

    def _find_shown(self, phrase: Phrase) -> Piece | None:
        if phrase.shows is not None:
            return self.by_phrase.get(phrase.shows)
        return self.find_document(phrase.span.start) if phrase.family == "translation" else None

    def _find_post(self, phrase: Phrase) -> Post | None:
        if phrase.shows is not None and self._phrases[phrase.shows].lemma not in self._agents.words.generic:
            return self._posts.by_phrase.get(phrase.shows)
        post = self._posts.find(phrase.span.start, None, phrase.platform)
        if post is not None and post.spans[-1].meets(phrase.span):  # "shared screenshots of the threats on X"
            post = self._posts.find(post.spans[-1].start - 1, None, phrase.platform)
        return post

    def find_document(self, at: int) -> Piece | None:
        """The document that was spoken of last before code point `at`, if no post was since."""
        before = bisect_left(self._spoken, at, key=lambda spoken: spoken[0])
        if not before or at - self._spoken[before - 1][0] > _NEAR:
            return None
        seen = self._posts.find_last(at)
        return self._spoken[before - 1][1] if seen is None or self._spoken[before - 1][0] > seen[0] else None

    def _find_copied(self, phrase: Phrase) -> Piece | None:
        """What a copy or picture is of: the letter itself, or a piece of its own that shows a post."""
        if phrase.shows is not None:
            if (piece := self.by_phrase.get(phrase.shows)) is not None:
                return piece
            post = self._posts.by_phrase.get(phrase.shows)
            return self._open("document", phrase.lemma, post, None) if post is not None else None
        if phrase.family == "picture":
            return self._open("document", phrase.lemma, None, None) if phrase.stands_for else None
        words = self._agents.words
        if not is_counted(phrase, words, phrase.noun.of(self._text).lower()):
            return None
        if not phrase.new and (old := self._by_lemma.get(phrase.lemma)):
            return old[-1]
        if (document := self.find_document(phrase.span.start)) is not None:
            return document
        seen = self._posts.find_last(phrase.span.start)
        near = seen is not None and phrase.span.start - seen[0] <= _NEAR
        return self._open("document", phrase.lemma, seen[1] if seen is not None and near else None, None)

    def _find_document(self, phrase: Phrase) -> Piece | None:
        words = self._agents.words
        word = phrase.noun.of(self._text).lower()
        owner = self._agents.get(phrase.owner) if phrase.owner is not None else None
        if not phrase.new:
            same = [p for p in reversed(self._by_lemma.get(phrase.lemma, [])[-_RECENT:]) if owner is None or p.author in (None, owner)]
            if same and (phrase.owner is None or owner is not None or self._is_recent(same[0], phrase.span.start)):
                return same[0]
            if word in words.generic and owner is None and not phrase.before & words.only.get(word, frozenset()):
                seen = self._posts.find_last(phrase.span.start)
                if seen is not None and (not self._spoken or seen[0] > self._spoken[-1][0]):
                    return None  # "the text" of a post
                if self._spoken:
                    return self._spoken[-1][1]
        piece = self._open("document", phrase.lemma, None, None)
        piece.counted = is_counted(phrase, words, word)
        return piece

    def _is_recent(self, piece: Piece, at: int) -> bool:
        return at - self._phrases[piece.phrases[-1]].span.end <= _NEAR

    def _open(self, kind: EvidenceKind, lemma: str, post: Post | None, shows: Piece | None) -> Piece:
        piece = Piece(kind, lemma, post=post, shows=shows)
        self.found.append(piece)
        self._by_lemma.setdefault(lemma, []).append(piece)
        return piece

    def _join(self, place: int, phrase: Phrase, piece: Piece, shown: Phrase | None) -> None:
        """What one more phrase says of a piece."""
        words = self._agents.words
        told = read_provenance(self._text, phrase, shown, self._agents, phrase.lemma in _MAIL)
        copied = phrase.family in ("copy", "picture", "screenshot")
        piece.supplier = _choose(piece.supplier, told.supplier or (told.author if phrase.family == "screenshot" else None))
        if piece.kind == "translation":
            piece.translator = _choose(piece.translator, told.author or told.supplier)
        elif not copied:
            piece.author = _choose(piece.author, told.author)
        piece.platform = piece.platform or phrase.platform or _find_spread(self._text, phrase, words)
        piece.told = piece.told or told.told
        piece.archived = piece.archived or (copied and bool(phrase.before & words.archived))
        span = Span(phrase.span.start, shown.span.end) if shown is not None else phrase.span
        piece.take(span, (2 if copied else 1) if told.supplier is not None else 0)
        piece.phrases.append(place)
        self.by_phrase[place] = piece
        if phrase.family in DOCUMENTS:
            self._spoken.append((phrase.span.start, piece))


def _choose(before: Entity | None, told: Entity | None) -> Entity | None:
    """Of two whom a text gives the first, unless only the other has a name."""
    return told if before is None or (told is not None and told.named and not before.named) else before


def _find_spread(text: str, phrase: Phrase, words: EvidenceWords) -> str | None:
    """The platform on which a version or copy is said to have gone round."""
    found = words.patterns["spread"].search(text, phrase.span.end, min(len(text), phrase.span.end + _SPREAD))
    on = words.on_platform.search(text, found.end(), found.end() + 20) if found and found.end() < phrase.sentence.end else None
    return words.name_platform(on["platform"]) if on else None
