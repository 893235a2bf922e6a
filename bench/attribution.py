"""How well statements are read: `bench/attribution --data DIR [--predictions FILE] [--json]`.

DIR is in PolNeAR's layout (`text/NAME.txt`, `attributions/NAME_ANNOTATOR.ann`, the first annotator by name is the gold). Every text
goes through `onrecord.read`. PolNeAR marks the outermost attributions only, so what was read inside a content (`within`) is left
out; `--nested` counts it in.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import onrecord
from bench.brat import ROLES, read_articles
from bench.report import print_figures, track
from bench.scoring import Scores, measure_calibration


def predict(path: Path, nested: bool) -> tuple[list[dict[str, Any]], list[float]]:
    """The statements of one text, as spans by role, and their confidences."""
    statements, confidences = [], []
    for s in onrecord.read(str(path), force=True).statements:
        if nested or s.within is None:
            source = s.source.spans if s.source else ()
            statements.append({r: [[p.start, p.end] for p in spans] for r, spans in zip(ROLES, (source, s.cue, s.content), strict=True)})
            confidences.append(s.confidence)
    return statements, confidences


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/attribution", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, help="write them here, one document a line")
    parser.add_argument("--nested", action="store_true", help="count statements inside contents too")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    articles = list(read_articles(args.data))
    scores, lines = Scores(), []
    confidences: list[float] = []
    right: list[bool] = []
    for article in track(articles, "reading"):
        statements, sure = predict(args.data / "text" / f"{article.name}.txt", args.nested)
        lines.append(json.dumps({"doc": article.name, "statements": statements}))
        matched = scores.add_document(article.text, statements, [vars(r) for r in article.relations])
        confidences += sure
        right += [i in matched for i in range(len(statements))]
    if args.predictions:
        args.predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print_figures(
        f"Attribution, {len(articles)} documents",
        scores.figures() | {"calibration error": round(measure_calibration(confidences, right), 4)},
        as_json=args.json,
    )


if __name__ == "__main__":
    main()
