"""PolNeAR's layout: articles as text with attributions in brat standoff."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.files import read_utf8

ROLES = ("source", "cue", "content")
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Relation:
    """One gold attribution: spans of each role, in code points."""

    source: Spans
    cue: Spans
    content: Spans


@dataclass(frozen=True)
class Article:
    name: str
    text: str
    relations: list[Relation]


def read_articles(folder: Path, *, every: bool = False) -> Iterator[Article]:
    """The articles of a folder in PolNeAR's layout (`text/NAME.txt`, `attributions/NAME_ANNOTATOR.ann`); first annotator, or with
    `every` the article once for each annotator.

    Ends the program with one line if the folder is none, or a file in it is broken.
    """
    try:
        yield from _read_folder(folder, every)
    except OSError as error:
        sys.exit(f"{folder}: not a folder in PolNeAR's layout, with text/ and attributions/ in it ({error.filename}: {error.strerror})")
    except ValueError as error:
        sys.exit(str(error))


def _read_folder(folder: Path, every: bool) -> Iterator[Article]:
    annotated = sorted(path for path in (folder / "attributions").iterdir() if path.suffix == ".ann")
    for path in sorted((folder / "text").iterdir()):
        name = path.name.removesuffix(".txt")
        found = [one for one in annotated if one.name.startswith(name + "_")]
        if found:
            with path.open(encoding="utf-8", newline="") as file:
                text = file.read()
            yield from (Article(name, text, read_relations(one)) for one in (found if every else found[:1]))


_SPAN = re.compile(r"(\d{1,9}) (\d{1,9})")
_ROLE = re.compile(r"([A-Za-z-]+)\d*:(T\d+)")


def read_relations(path: Path) -> list[Relation]:
    """The attribution events of one brat file.

    Raises:
        ValueError: the file is not UTF-8, or a line is not what brat's standoff has there; one line that says where.

    """
    spans: dict[str, Spans] = {}
    events: list[tuple[int, str]] = []
    for number, line in enumerate(read_utf8(path).split("\n"), 1):
        if re.match(r"T\d+\t", line):
            key, meta = line.split("\t")[:2]
            spans[key] = [_read_span(part, path, number) for part in meta.partition(" ")[2].split(";")]
        elif re.match(r"E\d+\t", line):
            events.append((number, line.split("\t")[1]))
    return [_read_event(event, spans, path, number) for number, event in events]


def _read_span(part: str, path: Path, number: int) -> tuple[int, int]:
    found = _SPAN.fullmatch(part)
    if not found or int(found[1]) > int(found[2]):
        raise ValueError(f"{path}, line {number}: {part[:40]!r} is no span, which is two offsets in order: not brat's standoff")
    return int(found[1]), int(found[2])


def _read_event(event: str, spans: Mapping[str, Spans], path: Path, number: int) -> Relation:
    roles: dict[str, Spans] = {role: [] for role in ROLES}
    for part in event.split()[1:]:
        found = _ROLE.fullmatch(part)
        if not found:
            raise ValueError(f"{path}, line {number}: {part[:40]!r} is no role of an event: not brat's standoff")
        if found[1].lower() in roles:
            if found[2] not in spans:
                raise ValueError(f"{path}, line {number}: {found[2][:40]} is not in the file")
            roles[found[1].lower()] += spans[found[2]]
    return Relation(**{role: sorted(held) for role, held in roles.items()})
