"""How well time expressions are found and resolved: `bench/dates --data DIR [--part tune|aside] [--gum] [--errors] [--json]`.

DIR holds TimeML files (`*.tml`, searched for in all its folders); with `--gum`, GUM's XML files, of which news and interviews are
read. Each text goes with its day of publication through the function that the pipeline calls. Figures are those of TempEval-3,
task A: spans with the same characters (strict), spans that overlap one to one (relaxed), and of these the ones of the same type
and of the same value; on GUM, the ones with the same days.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.report import print_figures, track
from bench.timeml import PARTS, Article, Gold, is_in_part, read_gum, read_timeml
from onrecord.resolve.times import find_times
from onrecord.types import Span, Time

_AROUND = 45  # code points of context in `--errors`


def pair_up(found: Sequence[Time], gold: Sequence[Gold]) -> tuple[list[tuple[Time, Gold | None]], list[Gold]]:
    """Each found time with the annotated one that it overlaps most, none twice; and the annotated ones that are left."""
    free = list(gold)
    pairs: list[tuple[Time, Gold | None]] = []
    for one in sorted(found, key=lambda t: t.span.start):
        hits = [w for w in free if w.span.meets(one.span)]
        best = max(hits, key=lambda w: min(w.span.end, one.span.end) - max(w.span.start, one.span.start), default=None)
        if best is not None:
            free.remove(best)
        pairs.append((one, best))
    return pairs, free


def count_article(found: Sequence[Time], gold: Sequence[Gold], counts: Counter[str]) -> None:
    """Add what one article contributes."""
    pairs, _ = pair_up(found, gold)
    matched = [(t, w) for t, w in pairs if w is not None]
    counts["found"] += len(found)
    counts["gold"] += len(gold)
    counts["strict"] += len({t.span for t in found} & {w.span for w in gold})
    counts["relaxed"] += len(matched)
    counts["type"] += sum(t.type == w.type for t, w in matched)
    counts["value"] += sum(t.value == w.value for t, w in matched)
    counts["days"] += sum(w.days is not None and t.days == w.days for t, w in matched)
    counts["with days"] += sum(w.days is not None for w in gold)


def describe_errors(article: Article, found: Sequence[Time]) -> Iterator[str]:
    """A line for each time that was missed, found wrongly, or read wrongly."""
    pairs, missed = pair_up(found, article.times)
    for gold in missed:
        yield f"missed  {_name(gold)}  {_show(article.text, gold.span)}"
    for one, match in pairs:
        if match is None:
            yield f"false   {one.type} {one.value}  {_show(article.text, one.span)}"
        elif match.value is not None and (match.type, match.value) != (one.type, one.value):
            yield f"value   {one.type} {one.value}, gold {_name(match)}  {_show(article.text, one.span)}"
        elif match.days is not None and match.days != one.days:
            yield f"days    {one.value}, gold {match.days.to_dict()}  {_show(article.text, one.span)}"


def _name(gold: Gold) -> str:
    return f"{gold.type} {gold.value}" if gold.type else str(gold.days and gold.days.to_dict())


def _show(text: str, span: Span) -> str:
    before, after = text[max(0, span.start - _AROUND) : span.start], text[span.end : span.end + _AROUND]
    return " ".join(f"{before} [[{span.of(text)}]] {after}".split())


def rate(right: int, found: int, gold: int) -> dict[str, float]:
    """Precision, recall and F1."""
    p, r = right / max(1, found), right / max(1, gold)
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / max(1e-9, p + r), 4)}


def build_figures(counts: Counter[str], *, gum: bool) -> dict[str, object]:
    """The figures by name."""
    figures: dict[str, object] = {name: rate(counts[name], counts["found"], counts["gold"]) for name in ("strict", "relaxed")}
    if gum:
        return figures | {"days, of those annotated": round(counts["days"] / max(1, counts["with days"]), 4)}
    return figures | {name: rate(counts[name], counts["found"], counts["gold"]) for name in ("type", "value")}


def read_articles(folder: Path, *, gum: bool, part: str) -> list[Article]:
    """The articles of a folder. Leaves the program with one line where there are none."""
    if not folder.is_dir():
        _leave(f"{folder} is no folder: --data names the one that holds the annotated files")
    paths = sorted(folder.rglob("*.xml" if gum else "*.tml"))
    if gum:
        paths = [path for path in paths if path.name.startswith(("GUM_news_", "GUM_interview_"))]
    paths = [path for path in paths if is_in_part(path.stem, part)]
    if not paths:
        _leave(f"no {'GUM_news_*.xml or GUM_interview_*.xml' if gum else '.tml'} files under {folder}")
    try:
        return [(read_gum if gum else read_timeml)(path) for path in paths]
    except (ValueError, OSError) as error:
        return _leave(str(error))


def _leave(complaint: str) -> list[Article]:
    print(f"bench/dates: {complaint}", file=sys.stderr)
    raise SystemExit(2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/dates", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--part", choices=PARTS, default="all", help="tune: two thirds of the files; aside: the other third")
    parser.add_argument("--gum", action="store_true", help="DIR holds GUM's XML: measure days")
    parser.add_argument("--errors", action="store_true", help="print what was missed, found wrongly or read wrongly")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    articles = read_articles(args.data, gum=args.gum, part=args.part)
    find_times("", None)  # the words are read once, and not timed
    counts: Counter[str] = Counter()
    seconds = 0.0
    for article in track(articles, "reading"):
        started = time.perf_counter()
        found = find_times(article.text, article.published).found
        seconds += time.perf_counter() - started
        count_article(found, article.times, counts)
        for line in describe_errors(article, found) if args.errors else ():
            print(f"{article.name}: {line}")
    per_article = {"milliseconds for 5,000 characters": round(5e6 * seconds / max(1, sum(len(a.text) for a in articles)), 3)}
    print_figures(f"Times, {len(articles)} documents", build_figures(counts, gum=args.gum) | per_article, as_json=args.json)


if __name__ == "__main__":
    main()
