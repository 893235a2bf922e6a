"""How well mentions are gathered into sources, on GUM's coreference: `bench/sources --data GUM_DIR`.

Every mention of a person or an organisation that GUM marks is given, by its place alone; statements and turns of talk are
read as onrecord reads them. Asked are the mentions that are pronouns, descriptions or partial names, in clusters that have a proper
name: an answer is a source with a proper name (a fuller one than the mention, for a partial name), and it is right if the name
is one of the cluster's. Precision of joins counts, for each mention that a source has besides its first, whether GUM
puts it with the one before it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.gum import GoldDocument, GoldMention, find_documents, read_document
from bench.report import print_figures, track
from onrecord.capture import build_capture
from onrecord.extract import extract
from onrecord.page import read_page
from onrecord.resolve import Gathered, gather
from onrecord.resolve.vocabulary import load_vocabulary
from onrecord.resolve.who.entities import Entity, fold_name
from onrecord.types import Page, Reading, Span

TITLES = load_vocabulary()
KINDS = ("pronoun", "description", "partial name")


def read_text(document: GoldDocument) -> tuple[Page, list[Reading]]:
    """The document's page and readings, as onrecord reads it."""
    page = read_page(build_capture(document.text.encode(), location=document.name, charset="utf-8"))
    return page, extract(page.text, page.blocks, page.embeds)


def fold_gold(name: tuple[str, ...]) -> tuple[str, ...]:
    """A gold name's words without titles, folded."""
    words = [w for w in name if w.lower().rstrip(".") not in TITLES.courtesy and w.lower().rstrip(".") not in TITLES.short_titles]
    while len(words) > 1 and words[0].lower() in TITLES.roles:
        words = words[1:]
    return fold_name(" ".join(words))


def tell_kind(mention: GoldMention, names: dict[str, set[tuple[str, ...]]]) -> str | None:
    """What is asked of a mention; None for full names and for clusters that have no proper name."""
    known = names.get(mention.cluster)
    if not known:
        return None
    if mention.pronoun:
        return "pronoun"
    if not mention.name:
        return "description"
    mine = fold_gold(mention.name)
    return "partial name" if any(set(mine) < set(k) and not (len(mine) > 1 and k[-len(mine) :] == mine) for k in known) else None


def is_answer(entity: Entity, mention: GoldMention) -> bool:
    return entity.named and (not mention.name or len(fold_name(entity.name)) > len(fold_gold(mention.name)))


def is_right(entity: Entity, known: set[tuple[str, ...]]) -> bool:
    name = fold_name(entity.name)
    return name in known or (len(name) > 1 and any(k[-len(name) :] == name for k in known))


def score(document: GoldDocument, gathered: Gathered) -> Iterator[tuple[str, str, str]]:
    """For every asked mention its kind and what became of it (right, wrong, none), with a line that shows it; and for every join."""
    by_span = {m.span: e for m, e in zip(gathered.mentions, gathered.entities, strict=True)}
    names: dict[str, set[tuple[str, ...]]] = {}
    for m in document.mentions:
        if m.name and (fold := fold_gold(m.name)):
            names.setdefault(m.cluster, set()).add(fold)
    before: dict[int, str] = {}
    for m in document.mentions:
        entity = by_span[Span(m.start, m.end)]
        shown = (
            f"{document.text[max(0, m.start - 60) : m.start]}[{document.text[m.start : m.end]}]{document.text[m.end : m.end + 40]}".replace(
                "\n", " "
            )
        )
        if id(entity) in before:
            joined = before[id(entity)] == m.cluster
            yield "join", "right" if joined else "wrong", shown
        before[id(entity)] = m.cluster
        kind = tell_kind(m, names)
        if kind:
            known = names[m.cluster]
            outcome = "none" if not is_answer(entity, m) else "right" if is_right(entity, known) else "wrong"
            yield kind, outcome, f"{shown} -> {entity.name} / {' | '.join(sorted(' '.join(k) for k in known))[:80]}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/sources", description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, metavar="GUM_DIR", help="a folder with xml/ and coref/gum/conll/")
    parser.add_argument("--genres", default="news,interview", help="comma-separated (default: news,interview)")
    parser.add_argument("--errors", action="store_true", help="print every mention that is not right")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    genres = set(args.genres.split(","))
    files = [f for f in find_documents(args.data) if f[0].stem.split("_")[1] in genres] if args.data.is_dir() else []
    if not files:
        parser.error(f"no GUM documents of {args.genres} under {args.data}: it wants xml/*.xml with coref/gum/conll/*.conll")
    counts: Counter[tuple[str, str]] = Counter()
    for xml, conll in track(files, "gathering"):
        document = read_document(xml, conll)
        page, readings = read_text(document)
        for kind, outcome, shown in score(document, gather(page, readings, spans=[Span(m.start, m.end) for m in document.mentions])):
            counts[kind, outcome] += 1
            if args.errors and outcome != "right":
                print(f"{document.name} {kind} {outcome}: {shown}")
    print_figures(f"Sources, {len(files)} documents", count_figures(counts), as_json=args.json)


def count_figures(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, float | int]]:
    """By kind of mention: how many are asked, the shares answered and, of those, right; and the precision of joins."""
    figures: dict[str, dict[str, float | int]] = {}
    for name, kinds in (*((k, (k,)) for k in KINDS), ("all", KINDS)):
        right, wrong, none = (sum(counts[k, o] for k in kinds) for o in ("right", "wrong", "none"))
        answered = right + wrong
        figures[name] = {
            "asked": answered + none,
            "answered": round(answered / max(1, answered + none), 4),
            "right of answered": round(right / max(1, answered), 4),
        }
    joins = counts["join", "right"] + counts["join", "wrong"]
    figures["joins"] = {"asked": joins, "right of answered": round(counts["join", "right"] / max(1, joins), 4)}
    return figures


if __name__ == "__main__":
    main()
