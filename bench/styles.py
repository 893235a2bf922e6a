"""How the reader does on news of other kinds: `bench/styles [DIR] [--part tune|aside] [--genre NAME …] [--show] [--json]`.

DIR (by default `bench/annotated/`) holds articles of our own, `GENRE-NUMBER.txt`, annotated as they were written, without a look at what
the reader gives; `bench/annotated/README.md` says by what rules. Those numbered 4 and 5 are aside: they are counted, and
nobody looks at what is wrong in them. Statements inside contents count like all others, and once more by themselves; scores are
those of `bench/attribution`. What goes wrong is counted by class: statements that are missed, those that are none, and of those found the
ones whose source, content or both are not to the letter what is annotated. `--show` prints each that is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import onrecord
from bench.brat import ROLES, Article, Relation
from bench.marked import measure_depths, parse_marked
from bench.report import print_figures, track
from bench.scoring import Scores, overlap_spans

ARTICLES = Path(__file__).with_name("annotated")
_ASIDE = (4, 5)  # numbers
_KINDS = ("missed", "none", "source", "content", "both")
_MOST_SHOWN = 110  # characters of a part


def read_articles(folder: Path, part: str | None) -> list[Article]:
    """The articles of a folder, of both parts or one.

    Raises:
        OSError, ValueError: one cannot be read.

    """
    names = {path: int(path.stem.rpartition("-")[2]) for path in sorted(folder.glob("*-*.txt"))}
    return [parse_marked(path) for path, number in names.items() if part in (None, "aside" if number in _ASIDE else "tune")]


@dataclass(frozen=True, slots=True)
class Error:
    """One thing that is wrong: its class, what is annotated and what was read (None where there is no such)."""

    kind: str
    gold: Relation | None
    read: dict[str, Any] | None


def find_errors(text: str, read: Sequence[dict[str, Any]], gold: Sequence[Relation]) -> Iterator[Error]:
    """What is wrong in an article: contents are matched by overlap, the best first, and parts compared to the letter."""
    pairs = sorted(
        ((overlap_spans(text, r["content"], g.content), i, j) for i, r in enumerate(read) for j, g in enumerate(gold)), reverse=True
    )
    ours: dict[int, int] = {}
    for share, i, j in pairs:
        if share >= 0.5 and i not in ours and j not in ours.values():
            ours[i] = j
    for i, j in ours.items():
        kinds = [role for role in ROLES if role != "cue" and overlap_spans(text, read[i][role], getattr(gold[j], role)) < 1]
        if kinds:
            yield Error(kinds[0] if len(kinds) == 1 else "both", gold[j], read[i])
    yield from (Error("missed", one, None) for j, one in enumerate(gold) if j not in ours.values())
    yield from (Error("none", None, one) for i, one in enumerate(read) if i not in ours)


def read_statements(text: str) -> tuple[list[dict[str, Any]], list[bool]]:
    """What the reader finds, as spans by role, and which of it stands in a content."""
    statements = onrecord.read_text(text, force=True).statements
    parts = (zip(ROLES, (s.source.spans if s.source else (), s.cue, s.content), strict=True) for s in statements)
    read = [{role: [(span.start, span.end) for span in spans] for role, spans in each} for each in parts]
    return read, [s.within is not None for s in statements]


def show(text: str, parts: Relation | dict[str, Any] | None) -> str:
    if parts is None:
        return "-"
    held = parts if isinstance(parts, dict) else vars(parts)
    return " | ".join(" … ".join(" ".join(text[s:e].split())[:_MOST_SHOWN] for s, e in held[role]) or "-" for role in ROLES)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/styles", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ARTICLES, metavar="DIR")
    parser.add_argument("--part", choices=("tune", "aside"))
    parser.add_argument("--genre", action="append")
    parser.add_argument("--show", action="store_true", help="each that is wrong; of the part to tune on only")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    if args.show and args.part != "tune":
        parser.error("--show is for --part tune: nobody looks at what is aside")
    try:
        articles = read_articles(args.folder, args.part)
    except (OSError, ValueError) as error:
        sys.exit(f"bench/styles: {error}")
    by_genre: dict[str, list[Article]] = {}
    for article in articles:
        genre = article.name.rpartition("-")[0]
        if not args.genre or genre in args.genre:
            by_genre.setdefault(genre, []).append(article)
    if not by_genre:
        sys.exit(f"bench/styles: {args.folder}: no articles of that kind; they are named GENRE-NUMBER.txt")
    figures, errors = {}, {}
    in_all, inside, classes_in_all = Scores(), Scores(), Counter[str]()
    for genre, chosen in by_genre.items():
        scores, classes = Scores(), Counter[str]()
        for article in track(chosen, genre):
            read, within = read_statements(article.text)
            annotated, depths = [vars(one) for one in article.relations], measure_depths(article.relations)
            for each in (scores, in_all):
                each.add_document(article.text, read, annotated)
            inside.add_document(article.text, list(compress(read, within)), list(compress(annotated, depths)))
            for error in find_errors(article.text, read, article.relations):
                classes[error.kind] += 1
                if args.show:
                    print(f"{article.name}: {error.kind}\n  gold {show(article.text, error.gold)}\n  read {show(article.text, error.read)}")
        figures[genre], errors[genre] = summarise(scores), {kind: classes[kind] for kind in _KINDS}
        classes_in_all += classes
    figures["inside contents"] = summarise(inside)
    figures["all"], errors["all"] = summarise(in_all), {kind: classes_in_all[kind] for kind in _KINDS}
    print_figures("Attribution by kind of news", figures, as_json=False)
    print_figures("What is wrong", errors, as_json=False)
    if args.json:
        print(json.dumps({genre: figures[genre] | errors.get(genre, {}) for genre in figures}))


def summarise(scores: Scores) -> dict[str, Any]:
    relation, strict = (scores.figures()[name] for name in ("relation", "strict"))
    return {
        "gold": scores.tallies["relation"].gold,
        **{name: relation[name] for name in ("p", "r", "f1")},
        "strict f1": strict["f1"],
    }


if __name__ == "__main__":
    main()
