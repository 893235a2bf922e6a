"""GUM's documents as a reader sees them, with the mentions of people and organisations that its coreference layer marks.

Reads `xml/NAME.xml` (TEI-like, one word a line) with `coref/gum/conll/NAME.conll` beside it (Zeldes, Language Resources and
Evaluation 2017). Words are set with the spaces that print has; a turn of talk begins with its speaker's name and a colon, as
transcripts are printed. Spans are code points of the text so made.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.files import read_utf8

_KINDS = ("person", "organization")
_OPENS = re.compile(r"\(?([a-z]+-\d+)[^()]*\)?")
_NO_SPACE_BEFORE = re.compile(r"(?:[.,;:!?)\]}%’”]|\.\.\.|n['’]t|['’](?:s|m|d|re|ve|ll)?)\Z", re.I)
_NO_SPACE_AFTER = re.compile(r"[(\[{$£€#“‘]\Z")
_BREAKS = re.compile(r"<(?:/?p|/?head|/?sp|/?item|/?caption|/?figure|/?cell|/?row|/?l|/?list|/?quote rend)\b")
_BINDING = frozenset({"of", "for", "&", "-", "de", "van", "von", "al", "bin", ".", "the"})


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    tag: str  # universal part of speech


@dataclass(frozen=True, slots=True)
class GoldMention:
    """One mention: where, of what, in which cluster; its proper name's words if a name is what it is, else none."""

    start: int
    end: int
    kind: str
    cluster: str
    name: tuple[str, ...]
    pronoun: bool


@dataclass(frozen=True, slots=True)
class GoldDocument:
    name: str
    genre: str
    published: str | None
    text: str
    mentions: tuple[GoldMention, ...] = field(default=())


def find_documents(folder: Path) -> list[tuple[Path, Path]]:
    """The files of each document under a folder that holds `xml` and `coref`, by name."""
    return [
        (xml, folder / "coref" / "gum" / "conll" / f"{xml.stem}.conll")
        for xml in sorted((folder / "xml").glob("*.xml"))
        if (folder / "coref" / "gum" / "conll" / f"{xml.stem}.conll").exists()
    ]


def read_document(xml: Path, conll: Path) -> GoldDocument:
    """One document, its text set from the XML and its mentions taken from the CoNLL file.

    Raises:
        ValueError: a file is not UTF-8, is not named `GUM_GENRE_NAME`, or the two are not of one document; one line.

    """
    raw = read_utf8(xml)
    text, words = set_text(raw)
    rows = [line.split("\t") for line in read_utf8(conll).splitlines() if line and not line.startswith("#")]
    if len(rows) != len(words) or any(len(row) < 3 for row in rows):
        raise ValueError(f"{conll}: {len(rows)} rows, {len(words)} words in {xml.name}: not the coreference layer of that document")
    parts = xml.stem.split("_")
    if len(parts) < 3:
        raise ValueError(f"{xml}: not named GUM_GENRE_NAME.xml")
    mentions = sorted(_read_mentions(text, words, rows), key=lambda m: (m.start, -m.end))
    published = re.search(r'\bdateCreated="(\d{4}-\d\d-\d\d)', raw)
    return GoldDocument(xml.stem, parts[1], published[1] if published else None, text, tuple(mentions))


def set_text(raw: str) -> tuple[str, list[Word]]:
    """The text of a file's XML as print has it, and its words in order."""
    parts: list[str] = []
    words: list[Word] = []
    size, tight, group, paragraph, opened = 0, True, False, False, 0

    def write(piece: str) -> None:
        nonlocal size
        parts.append(piece)
        size += len(piece)

    speaker: str | None = None
    for line in raw.splitlines():
        if line.startswith("<"):
            paragraph = paragraph or bool(_BREAKS.match(line))
            turn = re.match(r'<sp\b[^>]*\bwho="#?([^"]+)"', line)
            speaker = _space_out(turn[1]) if turn else speaker
            group = True if line.startswith("<w>") else False if line.startswith("</w>") else group
            opened = 0 if line.startswith(("<w>", "</w>")) else opened
            continue
        columns = line.split("\t")
        word = html.unescape(columns[0])
        if not word:
            continue
        if paragraph and size:
            write("\n\n")
            tight = True
        if speaker and paragraph:
            write(f"{speaker}: ")
            tight = True
        speaker, paragraph = None, False
        closes = word == '"' and "".join(parts[-400:]).rsplit("\n\n", 1)[-1].count('"') % 2 == 1
        if not (tight or _NO_SPACE_BEFORE.match(word) or closes or (group and opened)):
            write(" ")
        words.append(Word(size, size + len(word), columns[4] if len(columns) > 4 else "X"))
        write(word)
        opened += 1
        tight = bool(_NO_SPACE_AFTER.match(word)) or (word == '"' and not closes)
    return "".join(parts), words


def _space_out(name: str) -> str:
    """`MarioJLucero` as `Mario J Lucero`."""
    return re.sub(r"(?<=[a-z])(?<!Mc)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.replace("_", " "))


def _read_mentions(text: str, words: Sequence[Word], rows: Sequence[Sequence[str]]) -> Iterator[GoldMention]:
    open_at: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        for piece in re.findall(r"\([^()]*\)|\([^()]+|[^()]+\)", row[2]):
            found = _OPENS.match(piece)
            if not found or found[1].split("-")[0] not in _KINDS:
                continue
            if piece.startswith("("):
                open_at.setdefault(found[1], []).append(i)
            if piece.endswith(")") and open_at.get(found[1]):
                yield _build_mention(text, words[open_at[found[1]].pop() : i + 1], *found[1].split("-"))


def _build_mention(text: str, words: Sequence[Word], kind: str, cluster: str) -> GoldMention:
    pronoun = len(words) == 1 and words[0].tag in ("PRON", "DET")
    return GoldMention(words[0].start, words[-1].end, kind, cluster, () if pronoun else _read_name(text, words), pronoun)


def _read_name(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """The words of the proper name that heads a mention, without what stands before or after it; none if the head is a common noun,
    or if the mention names several.
    """
    words = [w for w in words if text[w.start : w.end] not in ("[", "]")]
    forms = [text[w.start : w.end] for w in words]
    end = next(
        (i for i, w in enumerate(words) if i and (w.tag in ("ADP", "PUNCT", "SCONJ", "VERB") and not _is_bound(words, forms, i))),
        len(words),
    )
    if "and" in [f.lower() for f in forms[:end]] and not _is_bound(words, forms, forms.index("and")):
        return ()
    while end and forms[end - 1] in ("'s", "’s", "'", "’"):
        end -= 1
    if not end or words[end - 1].tag not in ("PROPN", "NUM") or not any(w.tag == "PROPN" for w in words[:end]):
        return ()
    first = end
    while first and (forms[first - 1][:1].isupper() or words[first - 1].tag == "PROPN" or _is_bound(words, forms, first - 1)):
        first -= 1
    run = forms[first:end]
    while run and run[0].lower() in ("the", "a", "an"):
        run = run[1:]
    return tuple(run)


def _is_bound(words: Sequence[Word], forms: Sequence[str], at: int) -> bool:
    """Whether a small word stands inside a name: between capitals, and none of the words that part names of two."""
    return forms[at].lower() in _BINDING and 0 < at < len(words) - 1 and words[at - 1].tag == "PROPN" and words[at + 1].tag == "PROPN"
