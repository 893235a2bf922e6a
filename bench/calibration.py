"""How honest the confidence is: `bench/calibration --data DIR [--picture FILE.svg] [--json]`. DIR is in PolNeAR's layout.

Printed are, for each tenth of the confidence, how many statements were read with it, how sure they were on average and how many of them
were right (the relation matches an annotated one, as in bench/attribution); the expected calibration error (Naeini et al. 2015, equal
bins), over what is given by default; and what each `--min-confidence` gives in precision, recall and F1. Every text is read once, with
everything that the reader has; the settings are taken from that. `--picture` draws the reliability diagram.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onrecord
from bench.brat import ROLES, Article, read_articles
from bench.report import print_figures, track
from bench.scoring import Parts, Scores, measure_calibration
from onrecord.extract.model import load_model

LEAST = 0.05  # confidence of what is read at all here
SETTINGS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Given:
    """One statement as it was read: its parts, and how sure."""

    parts: Parts
    confidence: float


def read(article: Article, folder: Path) -> list[Given]:
    """The outermost statements of an article."""
    report = onrecord.read(str(folder / "text" / f"{article.name}.txt"), force=True, min_confidence=LEAST)
    given = []
    for said in report.statements:
        if said.within is None:
            parts = zip(ROLES, (said.source.spans if said.source else (), said.cue, said.content), strict=True)
            given.append(Given({role: [[span.start, span.end] for span in spans] for role, spans in parts}, said.confidence))
    return given


def score(articles: Sequence[Article], read: Sequence[Sequence[Given]], least: float) -> tuple[Scores, list[float], list[bool]]:
    """The scores of what is at least so sure, and for each statement how sure it was and whether it is right."""
    scores, sure, right = Scores(), [], []
    for article, given in zip(articles, read, strict=True):
        kept = [each for each in given if each.confidence >= least]
        matched = scores.add_document(article.text, [each.parts for each in kept], [vars(r) for r in article.relations])
        sure += [each.confidence for each in kept]
        right += [number in matched for number in range(len(kept))]
    return scores, sure, right


def find_reliability(sure: Sequence[float], right: Sequence[bool]) -> dict[str, dict[str, float]]:
    """For each tenth: how many, how sure, how often right."""
    rows = {}
    for tenth in range(_TENTHS):
        inside = [(s, r) for s, r in zip(sure, right, strict=True) if min(_TENTHS - 1, int(s * _TENTHS)) == tenth]
        if inside:
            count = len(inside)
            rows[f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}"] = {
                "statements": count,
                "sure": round(sum(s for s, _ in inside) / count, 3),
                "right": round(sum(r for _, r in inside) / count, 3),
            }
    return rows


def draw(rows: dict[str, dict[str, float]]) -> str:
    """The reliability diagram: how often right over how sure, the area of a dot by how many."""
    most = max(row["statements"] for row in rows.values())
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 360" font-family="sans-serif" font-size="12">',
        '<rect width="360" height="360" fill="#fff"/><path d="M50 310H340M50 310V20" stroke="#555" fill="none"/>',
        '<path d="M50 310L340 20" stroke="#999" stroke-dasharray="4 4"/>',
        '<text x="195" y="348" text-anchor="middle">how sure</text>',
        '<text x="16" y="165" text-anchor="middle" transform="rotate(-90 16 165)">how often right</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = 50 + 290 * tick, 310 - 290 * tick
        parts.append(
            f'<text x="{x:.0f}" y="326" text-anchor="middle">{tick:g}</text><text x="44" y="{y + 4:.0f}" text-anchor="end">{tick:g}</text>'
        )
    for row in rows.values():
        x, y, size = 50 + 290 * row["sure"], 310 - 290 * row["right"], 2 + 10 * (row["statements"] / most) ** 0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="#1f6f78" fill-opacity=".8"/>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/calibration", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--picture", type=Path, help="write the reliability diagram here")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    articles = list(read_articles(args.data))
    found = [read(article, args.data) for article in track(articles, "reading")]
    shipped = float(load_model().settings["threshold"])
    _, sure, right = score(articles, found, shipped)
    rows = find_reliability(sure, right)
    settings = {}
    for least in sorted({*SETTINGS, shipped}):
        scores, _, matched = score(articles, found, least)
        whole, strict = (scores.figures()[name] for name in ("relation", "strict"))
        name = f"{least:g}{' (by default)' if least == shipped else ''}"
        settings[name] = {"statements": len(matched), **whole, "strict F1": strict["f1"]}
    error = {"calibration error": {"sure": measure_calibration(sure, right)}}
    print_figures(f"Reliability, {len(articles)} documents", rows | error, as_json=False)
    print_figures("What --min-confidence gives (relations)", settings, as_json=False)
    if args.json:
        print_figures("", {"reliability": rows, "settings": settings, "calibration error": measure_calibration(sure, right)}, as_json=True)
    if args.picture:
        args.picture.write_text(draw(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
