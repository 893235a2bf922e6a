"""PolNeAR's layout: articles as text with attributions in brat standoff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


def read_articles(folder: Path) -> Iterator[Article]:
    """The articles of a folder in PolNeAR's layout (`text/NAME.txt`, `attributions/NAME_ANNOTATOR.ann`); first annotator."""
    for path in sorted((folder / "text").iterdir()):
        name = path.name.removesuffix(".txt")
        found = sorted(p for p in (folder / "attributions").iterdir() if p.name.startswith(name + "_") and p.suffix == ".ann")
        if found:
            with path.open(encoding="utf-8", newline="") as file:
                yield Article(name, file.read(), read_relations(found[0]))


def read_relations(path: Path) -> list[Relation]:
    """The attribution events of one brat file."""
    spans: dict[str, Spans] = {}
    events: list[list[list[str]]] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if re.match(r"T\d+\t", line):
            key, meta = line.split("\t")[:2]
            spans[key] = [(int(a), int(b)) for a, b in (part.split() for part in meta.split(" ", 1)[1].split(";"))]
        elif re.match(r"E\d+\t", line):
            events.append([part.split(":") for part in line.split("\t")[1].split()[1:]])
    relations = []
    for event in events:
        roles: dict[str, Spans] = {role: [] for role in ROLES}
        for role, key in event:
            if (name := re.sub(r"\d+$", "", role).lower()) in roles:
                roles[name] += spans[key]
        relations.append(Relation(**{role: sorted(s) for role, s in roles.items()}))
    return relations
