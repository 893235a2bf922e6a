"""Versions in real news: `bench/quotes --data polnear [--store FILE] [--judged bench/quotes.tsv] [--show N] [--missed N] [--json]`.

DATA has folders (train, dev) in PolNeAR's layout; the day of publication and the outlet are in the articles' names. All articles are
read into a store (kept with `--store`, and used again if it is there), every statement is traced, and statements that are versions of
one another over articles are a group. Printed: groups, pairs by relation, and for pairs that were judged by hand (`--judged`: pair, right
or wrong), precision. `--show N` prints N pairs that were not judged, drawn by `--seed`, to be judged by a person.

What is missed is looked for by other means: pairs of statements from different articles that share a run of seven words, and are in
no group together; `--missed N` prints N of them.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

from sqlalchemy import select

from bench.report import print_figures, track
from onrecord.capture import build_capture
from onrecord.errors import UsageError
from onrecord.pipeline import find_reader_version, map_ahead, read_captured
from onrecord.store import Store, open_store, trace
from onrecord.store.keep import keep_capture, keep_reading
from onrecord.store.schema import statement as statements
from onrecord.types import Capture, Report
from onrecord.versions.wording import find_forms

_NAME = re.compile(r"([a-z-]+)_(\d{4}-\d{2}-\d{2})_")
_RUN = 7  # words in common, by which missed pairs are looked for
_COMMON = 12  # statements with one run, from which on it is a formula

Pair = tuple[str, str]  # statements as trace gives them (3fa9c1d2a0b1/s4), the smaller first


def fill(store: Store, data: Path) -> None:
    """Read all articles of the folders of `data` into an empty store."""
    paths = sorted(path for folder in data.iterdir() if (folder / "text").is_dir() for path in (folder / "text").iterdir())

    def read(path: Path) -> tuple[Capture, Report]:
        capture = build_capture(path.read_bytes(), location=path.name, charset="utf-8")
        match = _NAME.match(path.name)
        report = read_captured(capture, published=date.fromisoformat(match[2]) if match else None, force=True)
        return capture, replace(report, document=replace(report.document, publisher=match[1] if match else None))

    for capture, report in track(list(map_ahead(read, paths)), "storing"):
        with store.writing() as connection:
            key = keep_capture(connection, capture)
            keep_reading(connection, key, report, reader=find_reader_version(), given=report.document.published, forced=True)


def find_groups(store: Store) -> tuple[list[set[str]], dict[Pair, str], dict[str, str]]:
    """Groups of two and more statements of different articles, the relation of each pair that was traced, and the statements' words."""
    with store.looking() as connection:
        rows = connection.execute(select(statements.c.document, statements.c.id, statements.c.content, statements.c.source)).all()
    words = {f"{row.document[:12]}/{row.id}": f"{row.source or '–'}: {row.content}" for row in rows}
    relations: dict[Pair, str] = {}
    roots = {name: name for name in words}
    for name in track(list(words), "tracing"):
        for other, relation in _trace(store, name):
            if other.split("/")[0] != name.split("/")[0]:
                relations.setdefault((min(name, other), max(name, other)), relation)
                roots[_find(roots, name)] = _find(roots, other)
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for name in roots:
        groups[_find(roots, name)].add(name)
    return [group for group in groups.values() if len(group) > 1], relations, words


def _trace(store: Store, key: str) -> Iterator[tuple[str, str]]:
    """The other versions; none where the statement is not one itself, as what holds it stands for it."""
    try:
        versions = trace(store, key).versions
    except UsageError:  # a statement of one word
        return
    if any(version.told.id == key for version in versions):
        yield from ((v.told.id, v.relation or "another part") for v in versions if v.told.id != key)


def _find(roots: dict[str, str], name: str) -> str:
    while roots[name] != name:
        roots[name] = roots[roots[name]]
        name = roots[name]
    return name


def find_missed(groups: list[set[str]], words: dict[str, str]) -> list[Pair]:
    """Pairs of different articles that share a run of words, and are in no group together."""
    where: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, told in words.items():
        forms = find_forms(told.split(": ", 1)[1])
        for at in range(len(forms) - _RUN + 1):
            where[forms[at : at + _RUN]].add(name)
    group_of = {name: number for number, group in enumerate(groups) for name in group}
    found: set[Pair] = set()
    for names in where.values():
        for one, other in combinations(sorted(names), 2) if len(names) <= _COMMON else ():
            apart = group_of.get(one, -1) != group_of.get(other, -2)
            if apart and one.split("/")[0] != other.split("/")[0]:
                found.add((one, other))
    return sorted(found)


def read_judged(path: Path) -> dict[Pair, bool]:
    """Pairs judged by hand."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {(a, b): verdict == "right" for a, b, verdict in rows}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/quotes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--judged", type=Path, default=Path(__file__).with_suffix(".tsv"))
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--missed", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = chosen.store or Path(folder) / "quotes.db"
        is_new = not place.exists()
        store = open_store(str(place), make=True)
        if is_new:
            fill(store, chosen.data)
        groups, relations, words = find_groups(store)
        store.close()
    judged = read_judged(chosen.judged) if chosen.judged.exists() else {}
    told = {pair: right for pair, right in judged.items() if pair in relations}
    missed = find_missed(groups, words)
    figures = {
        "statements": len(words),
        "groups": len(groups),
        "statements in groups": sum(map(len, groups)),
        "pairs": len(relations),
        **{f"pairs, {relation}": many for relation, many in Counter(relations.values()).most_common()},
        "pairs judged by hand": len(told),
        "precision of those": sum(told.values()) / len(told) if told else None,
        "pairs with seven words in common in no group": len(missed),
    }
    dice = random.Random(chosen.seed)
    for title, pairs, many in (
        ("to be judged", sorted(set(relations) - set(judged)), chosen.show),
        ("perhaps missed", missed, chosen.missed),
    ):
        for one, other in dice.sample(pairs, min(many, len(pairs))):
            print(f"{title}\t{one}\t{other}\t{relations.get((one, other), '')}\n    {words[one]}\n    {words[other]}")
    print_figures(f"Quotations in {chosen.data}", {k: v for k, v in figures.items() if v is not None}, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
