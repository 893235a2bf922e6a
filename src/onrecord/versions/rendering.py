"""A statement as one rendering of an utterance: its words, whose they are, through whom they came, and what the text tells of the words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from onrecord.text import find_sentence_end, find_sentence_start
from onrecord.types import Source, Span, Statement, StatementKind
from onrecord.versions.wording import Wording, load_lexicon, read_wording

_REACH = 300  # characters around a content in which the text may tell what its words are


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One statement, made ready for comparing."""

    id: str
    index: int  # among the statements
    kind: StatementKind
    content: tuple[Span, ...]
    wording: Wording
    within: str | None
    inside: tuple[Span, ...]  # the contents of the statements that it holds
    source: str | None
    names: frozenset[str]  # ids of its source, of those before it in its chain and of those who passed it on
    bodies: frozenset[str]  # ids of what its source belongs to
    anybody: bool  # its source is a document or somebody described, who may have anybody's words
    translated: bool
    passed: bool  # said to be somebody's own form of another's words

    @property
    def start(self) -> int:
        return self.content[0].start if self.content else 0

    @property
    def sure(self) -> bool:
        """Whether its source is named."""
        return self.source is not None and not self.anybody

    def meets(self, other: Rendering) -> bool:
        """Whether the two contents share a character."""
        apart = not self.content or not other.content or self.content[-1].end <= other.start or other.content[-1].end <= self.start
        return not apart and any(s.meets(o) for s in self.content for o in other.content)


def read_renderings(
    text: str, statements: Sequence[Statement], translated: Collection[int], sources: Sequence[Source]
) -> Iterator[Rendering]:
    """The statements as renderings, in their order."""
    known = {s.id: s for s in sources}
    inside: dict[str | None, list[Span]] = {}
    for statement in statements:
        inside.setdefault(statement.within, []).extend(statement.content)
    for index, statement in enumerate(statements):
        source = statement.source.id if statement.source else None
        who = known.get(source) if source else None
        yield Rendering(
            id=statement.id,
            index=index,
            kind=statement.kind,
            content=tuple(sorted(statement.content)),
            wording=read_wording(text, statement.content, statement.kind),
            within=statement.within,
            inside=tuple(sorted(inside.get(statement.id, ()))),
            source=source,
            names=frozenset(n for n in (source, *(h.source for h in statement.chain)) if n not in (None, "publisher")),
            bodies=frozenset(who.affiliations if who else ()),
            anybody=who is not None and who.kind in ("document", "unnamed"),
            translated=index in translated or is_told_translated(text, statement),
            passed=bool(load_lexicon().passing.search(_find_telling(text, statement))),
        )


def is_told_translated(text: str, statement: Statement) -> bool:
    """Whether the text says, beside a statement's words, that they are a translation."""
    return bool(load_lexicon().translation.search(_find_around(text, statement)))


def _find_telling(text: str, statement: Statement) -> str:
    """The words from the beginning of the cue's sentence up to the end of its cue, or its source: what is done to the words."""
    parts = sorted((*statement.cue, *(statement.source.spans if statement.source else ())))
    if not statement.cue:
        return ""
    end = max(p.end for p in parts)
    return text[find_sentence_start(text, parts[0].start, _REACH) : end + 12]


def _find_around(text: str, statement: Statement) -> str:
    """What the statement's own sentence, and the one before it, say besides its content."""
    parts = sorted((*statement.content, *statement.cue))
    if not parts:
        return ""
    first, last = parts[0].start, parts[-1].end
    start = find_sentence_start(text, max(0, find_sentence_start(text, first, _REACH) - 2), _REACH)
    end = find_sentence_end(text, last, _REACH)
    pieces, at = [], start
    for span in sorted(statement.content):
        pieces.append(text[at : max(at, span.start)])
        at = max(at, span.end)
    return " ".join((*pieces, text[at:end]))


def is_tied(one: Rendering, other: Rendering) -> bool:
    """Whether two renderings may be of one utterance by who has said them; words of nobody named must be quoted on both sides."""
    if is_closely_tied(one, other) or is_told_apart(one, other) or is_kin(one, other):
        return True
    return is_nameless(one, other) and "indirect" not in (one.kind, other.kind)


def is_closely_tied(one: Rendering, other: Rendering) -> bool:
    """Whether one has the other's source, as its own, as whose words it relays or as who relays it; or both have one originator
    or relay. Two who are quoted by one statement have nothing more in common for that.
    """
    if one.source in other.names or other.source in one.names:
        return True
    return bool(one.names & other.names) and (one.within is None or one.within != other.within)


def is_told_apart(one: Rendering, other: Rendering) -> bool:
    """Whether the text tells that the two have words of their own for one thing: translations, or a form that somebody gave to it."""
    return one.passed or other.passed or (one.translated and other.translated)


def is_nameless(one: Rendering, other: Rendering) -> bool:
    """Whether one of the sources is not named, or may have anybody's words, so that it does not speak against the other."""
    return not (one.sure and other.sure)


def is_kin(one: Rendering, other: Rendering) -> bool:
    """Whether one of the sources belongs to the other: a spokesman and the company."""
    return one.source in other.bodies or other.source in one.bodies
