"""Where cues begin inside contents: `python -m training.inner --data DIR --reader DIR --out FILE`.

PolNeAR marks outermost attributions only, so nobody has labelled those inside. An exported reader tells them, which reads every content
again: for each training article the first code points of the cues that it found there, as one JSON object. `training.refine` teaches
them beside what is annotated.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.brat import read_articles
from bench.report import track
from onrecord.extract import extract
from onrecord.extract.model import Model, load_model
from onrecord.text import find_paragraphs
from onrecord.types import Block


def find_inner(text: str, model: Model) -> list[int]:
    """The code points where cues begin inside contents."""
    readings = extract(text, [Block(paragraph, "paragraph") for paragraph in find_paragraphs(text)], model=model)
    return [reading.cue[0].start for reading in readings if reading.within is not None and reading.cue]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="PolNeAR's folder, with train/")
    parser.add_argument("--reader", type=Path, required=True, help="an exported reader")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None, help="the first so many articles only, to try things out")
    args = parser.parse_args()
    model = load_model(args.reader)
    articles = list(read_articles(args.data / "train"))[: args.limit]
    args.out.write_text(json.dumps({article.name: find_inner(article.text, model) for article in track(articles, "reading")}))


if __name__ == "__main__":
    main()
