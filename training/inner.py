"""Attributions inside contents: `python -m training.inner --data DIR --reader DIR --out FILE`.

PolNeAR marks outermost attributions only, so nobody has labelled those inside. An exported reader tells them, which reads every content
once more as if it stood alone: for each training article the relations that it found there, as one JSON object. `training.refine` teaches
them beside what is annotated.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.brat import Relation, read_articles
from bench.report import track
from onrecord.extract import extract, find_inside
from onrecord.extract.model import Model, load_model
from onrecord.text import find_paragraphs
from onrecord.types import Block

_DEPTHS = 4  # beginning with the paragraphs
_LEAST, _SHORTEST = 0.5, 40  # confidence of a relation inside a content; code points of a content that may hold one


def find_inner(text: str, model: Model) -> list[Relation]:
    """The relations with a source and a cue inside contents, at any depth; each level's contents are read as paragraphs of their own."""
    found: list[Relation] = []
    spans = find_paragraphs(text)
    for depth in range(_DEPTHS):
        readings = extract(text, [Block(span, "paragraph") for span in spans], model=model)
        readings = [r for r in readings if r.within is None and (not depth or (r.cue and r.source and r.confidence >= _LEAST))]
        if depth:
            found += (Relation(*([(s.start, s.end) for s in part] for part in (r.source, r.cue, r.content))) for r in readings)
        spans = [span for reading in readings for span in find_inside(text, reading.content) if len(span) >= _SHORTEST]
    return found


def read_inner(path: Path) -> dict[str, list[Relation]]:
    """The relations by article, as `python -m training.inner` wrote them."""
    spans = {name: [[[tuple(s) for s in part] for part in r] for r in found] for name, found in json.loads(path.read_text()).items()}
    return {name: [Relation(*parts) for parts in found] for name, found in spans.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="PolNeAR's folder, with train/")
    parser.add_argument("--reader", type=Path, required=True, help="an exported reader")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None, help="the first so many articles only, to try things out")
    args = parser.parse_args()
    model = load_model(args.reader)
    articles = list(read_articles(args.data / "train"))[: args.limit]
    found = {article.name: find_inner(article.text, model) for article in track(articles, "reading")}
    args.out.write_text(json.dumps({name: [[r.source, r.cue, r.content] for r in relations] for name, relations in found.items()}))


if __name__ == "__main__":
    main()
