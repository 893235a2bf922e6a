"""How many facts of whole articles are right: `bench/chains DIR...`, with `--form`, `--article`, `--kinds`, `--verbose`, `--json`.

DIR holds articles (`NAME.txt` and perhaps `NAME.html`) and their facts (`NAME.facts.json`, by `examples/facts.schema.json`). Every form
goes through `onrecord.read`; the text is given the day of publication, the page has its own. Each fact is of one kind and right or wrong on
its own; what hangs on a statement or source that was not found is wrong. See bench/README.md for the kinds.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import onrecord
from bench.facts import Article, Json, Pairing, as_list, is_same_mention, overlap, plain, read_articles, split_hop
from bench.report import track

GROUPS = {
    "who and when": (
        "source name", "source kind", "role", "affiliation", "handle", "mention joined", "not joined", "apart",
        "statement time", "no time told", "time span", "time value", "time from/to",
    ),
    "the rest": (
        "statement found", "statement kind", "statement source", "nesting", "chain", "medium", "certainty", "about",
        "evidence found", "evidence tied", "evidence author", "evidence handle", "evidence posted", "evidence url",
        "status", "status words", "supplied by", "translated by", "variant group", "relation", "difference",
        "not a statement", "editorial",
    ),
}  # fmt: skip
KINDS = tuple(kind for kinds in GROUPS.values() for kind in kinds)


@dataclass(frozen=True)
class Check:
    """One fact held against a report."""

    kind: str
    asked: str
    given: str
    right: bool


# --- sources -----------------------------------------------------------------------------------------------------------------


def check_sources(p: Pairing) -> Iterator[Check]:
    for index, fact in enumerate(p.facts["sources"]):
        names = as_list(fact["name"])
        source = p.source_by_index.get(index)
        found = source or {"id": None, "name": "(no such source)", "kind": None, "roles": [], "affiliations": [], "handles": []}
        yield Check("source name", names[0], found["name"], plain(found["name"]) in {plain(n) for n in names})
        yield Check("source kind", f"{names[0]}: {fact['kind']}", str(found["kind"]), found["kind"] in as_list(fact["kind"]))
        roles = [plain(r) for r in found["roles"]]
        for role in fact["roles"]:
            yield Check("role", f"{names[0]}: {role}", str(found["roles"]), any(is_role(r, plain(role)) for r in roles))
        for name in fact["affiliations"]:
            given = [p.names.get(a, a) for a in found["affiliations"]]
            yield Check("affiliation", f"{names[0]}: {name}", str(given), any(p.is_source(a, name) for a in found["affiliations"]))
        for handle in fact["handles"]:
            yield Check("handle", f"{names[0]}: {handle}", str(found["handles"]), handle in found["handles"])
        for mention in fact["mentions"]:
            held = source is not None and p.source_holds(source["id"], mention)
            where = [s["name"] for s in p.report["sources"] if p.source_holds(s["id"], mention)]
            yield Check("mention joined", f"{names[0]}: {show_words(mention)}", f"in {where}", held)
        if source:
            wrong = list(find_strangers(p, index, source))
            yield Check("not joined", f"nobody else in {names[0]}", f"holds {wrong}", not wrong)


def is_role(given: str, wanted: str) -> bool:
    """Whether a role is the one asked for, with or without whose or where it is ('union’s regional secretary', 'analyst at the board')."""
    return any(f" {r}".endswith(f" {wanted}") for r in (given, re.split(r" (?:at|for|in|of|with) ", given)[0]))


def find_strangers(p: Pairing, index: int, source: Json) -> Iterator[str]:
    """Mentions of other sources, by the facts, that the report's source holds besides the one's own."""
    own = [place for mention in p.facts["sources"][index]["mentions"] for place in p.places(mention)]
    held = [words for m in source["mentions"] if not any(is_same_mention(place, words := p.words(m)) for place in own)]
    for other, fact in enumerate(p.facts["sources"]):
        if other != index:
            for mention in fact["mentions"]:
                if any(overlap(place, words) >= 0.5 for place in p.places(mention) for words in held):
                    yield show_words(mention)


def check_apart(p: Pairing) -> Iterator[Check]:
    for one, other in p.facts["apart"]:
        both = [p.names[i] for i in sorted(p.owners(one) & p.owners(other))]
        yield Check("apart", f"{show_words(one)} / {show_words(other)}", f"both in {both}", not both)


# --- statements --------------------------------------------------------------------------------------------------------------


def check_statements(p: Pairing) -> Iterator[Check]:
    for index, fact in enumerate(p.facts["statements"]):
        found = p.statement_by_index.get(index)
        label = " … ".join(show_words(piece) for piece in fact["content"])
        yield Check("statement found", label, describe_nearest(p, fact) if found is None else "found", found is not None)
        for kind, asked, test, given in ask_statement(p, fact):
            yield Check(kind, f"{label}: {asked}", given(found) if found else "(no such statement)", found is not None and test(found))


Question = tuple[str, str, Callable[[Json], bool], Callable[[Json], str]]


def ask_statement(p: Pairing, fact: Json) -> Iterator[Question]:
    """What is asked of a statement: kind of fact, what is right, whether a found one has it, and what that has instead."""
    yield "statement kind", str(fact["kind"]), lambda s: s["kind"] in as_list(fact["kind"]), lambda s: s["kind"]
    yield "statement source", str(fact["source"]), lambda s: p.has_source(s, fact), lambda s: show_source(p, s["source"])
    within = fact["within"]
    yield (
        "nesting",
        "stands alone" if within is None else f"within {show_words(p.facts['statements'][within]['content'][0])}",
        lambda s: s["within"] is None if within is None else s["within"] in p.ids([within]),
        lambda s: f"within {s['within']}",
    )
    if "chain" in fact:
        yield "chain", " > ".join(str(h) for h in fact["chain"]), lambda s: has_chain(p, s, fact["chain"]), lambda s: show_chain(p, s)
    for hop in fact.get("chain", ()):
        media = {split_hop(h)[1] for h in as_list(hop)}
        if None not in media:
            yield "medium", str(hop), lambda s, hop=hop: has_medium(p, s, hop), lambda s: show_chain(p, s)
    if "time" in fact:
        kind = "statement time" if fact["time"] else "no time told"
        yield kind, str(fact["time"]), lambda s: s["time"] == fact["time"], lambda s: str(s["time"])
    if "certainty" in fact:
        yield "certainty", str(fact["certainty"]), lambda s: has_certainty(s, fact["certainty"]), lambda s: str(s["certainty"])
    for about in fact.get("about", ()):
        wanted = as_list(about)
        asked = show_words(p.facts["statements"][wanted[0]]["content"][0])
        yield "about", asked, lambda s, wanted=wanted: bool(p.ids(wanted) & set(s["about"])), lambda s: str(s["about"])
    for name in fact.get("evidence", ()):
        if is_asked(p, name):
            yield "evidence tied", name, lambda s, name=name: is_tied(p, s, name), lambda s: str(s["evidence"])
    for mark in p.facts["editorial"]:
        if p.facts["statements"][mark["statement"]] is fact:
            yield "editorial", mark["text"], lambda s, mark=mark: has_mark(s, mark["text"]), lambda s: str(s.get("insertions"))


def has_chain(p: Pairing, statement: Json, hops: list[Any]) -> bool:
    given = [hop["source"] for hop in statement["chain"]]
    return len(given) == len(hops) and all(
        any(p.is_source(g, split_hop(h)[0]) for h in as_list(hop)) for g, hop in zip(given, hops, strict=True)
    )


def has_medium(p: Pairing, statement: Json, hop: Any) -> bool:
    return any(
        p.is_source(given["source"], name) and (given["medium"] or "").casefold() == str(medium).casefold()
        for given in statement["chain"]
        for name, medium in map(split_hop, as_list(hop))
    )


def has_certainty(statement: Json, levels: Any) -> bool:
    value = (statement["certainty"] or {}).get("value")
    if value is None:
        return False
    level = "certain" if value >= 1.5 else "denied" if value <= -1.5 else "open"
    return level in as_list(levels)


def is_tied(p: Pairing, statement: Json, name: str) -> bool:
    evidence = p.evidence_by_id.get(name)
    return evidence is not None and evidence["id"] in statement["evidence"]


def has_mark(statement: Json, text: str) -> bool:
    return any(span["text"].strip("[]() ") == text.strip("[]() ") for span in statement.get("insertions") or ())


def check_not_statements(p: Pairing) -> Iterator[Check]:
    """No content may lie within the words, or be the same as they."""
    for words in p.facts["not_statements"]:
        for place in p.places(words)[:1]:
            standing = [
                s
                for s in p.report["statements"]
                if (c := p.contents[s["id"]]) and (len(c & place) >= 0.8 * len(c) or overlap(c, place) >= 0.8)
            ]
            given = "; ".join(" … ".join(c["text"] for c in s["content"]) for s in standing)
            yield Check("not a statement", words, given, not standing)


# --- times, evidence, variants -------------------------------------------------------------------------------------------------


def check_times(p: Pairing) -> Iterator[Check]:
    for fact in p.facts["times"]:
        if p.form == "html" and not p.first(fact) and fact["value"] == p.facts["published"]:
            continue  # a page's date line is no part of its article
        found, exact = p.find_time(fact)
        label = f"{fact['text']} ({fact['occurrence']})"
        yield Check("time span", label, found["text"] if found else "(not found)", exact)
        value = found["value"] if found else "(not found)"
        yield Check("time value", f"{label}: {fact['value']}", value, value == fact["value"])
        ends = {key: fact[key] for key in ("from", "to") if key in fact}
        if ends:
            given = {key: found.get(key) for key in ends} if found else {}
            yield Check("time from/to", f"{label}: {ends}", str(given), given == ends)


def check_evidence(p: Pairing) -> Iterator[Check]:
    for fact in p.facts["evidence"]:
        if not is_asked(p, fact["id"]):
            continue
        found = p.evidence_by_id.get(fact["id"])
        label = f"{fact['id']} {fact['kind']} {fact.get('platform', '')} {fact.get('words', '')}"
        yield Check("evidence found", label, "found" if found else "(no such evidence)", found is not None)
        given = found or {}
        if "author" in fact:
            right = any(p.is_source(given.get("author"), name) for name in as_list(fact["author"]))
            yield Check("evidence author", f"{label}: {fact['author']}", str(given.get("author")), right)
        for kind, key in (("evidence handle", "handle"), ("evidence posted", "posted"), ("evidence url", "url"), ("status", "status")):
            if key in fact and (key != "url" or p.form == "html"):
                yield Check(kind, f"{label}: {fact[key]}", str(given.get(key)), given.get(key) in as_list(fact[key]))
        if "status_text" in fact:
            span = given.get("status_span")
            right = bool(span) and any(overlap(p.words(span), place) >= 0.5 for w in as_list(fact["status_text"]) for place in p.places(w))
            yield Check("status words", f"{label}: {fact['status_text']}", span["text"] if span else "None", right)
        for kind, key in (("supplied by", "supplied_by"), ("translated by", "translated_by")):
            if key in fact:
                who = given.get(key)
                who = who.get("id") or who.get("name") if isinstance(who, dict) else who
                right = any(p.is_source(who, name) for name in as_list(fact[key]))
                yield Check(kind, f"{label}: {fact[key]}", str(p.names.get(str(who), who)), right)


def is_asked(p: Pairing, evidence: str) -> bool:
    """Whether the form that was read shows this evidence at all."""
    return next(e for e in p.facts["evidence"] if e["id"] == evidence).get("form", p.form) == p.form


def check_variants(p: Pairing) -> Iterator[Check]:
    for fact in p.facts["variants"]:
        wanted = p.ids(fact["members"])
        whole = len(wanted) == len(fact["members"])
        groups = [v for v in p.report["variants"] if whole and wanted <= set(v["members"])]
        label = f"{fact['relation']} of {fact['members']}"
        yield Check("variant group", label, str([v["members"] for v in p.report["variants"]]), bool(groups))
        given = [v["relation"] for v in groups]
        yield Check("relation", label, str(given), any(g in as_list(fact["relation"]) for g in given))
        edits = {_plain_edit(d["a"]["text"], d["b"]["text"]) for v in groups for d in v["differences"]}
        for difference in fact.get("differences", ()):
            edit = _plain_edit(difference["a"], difference["b"])
            yield Check("difference", f"{label}: {edit}", str(sorted(edits)), edit in edits or edit[::-1] in edits)


def _plain_edit(a: str, b: str) -> tuple[str, str]:
    one, other = (" ".join(re.findall(r"\w+", words.casefold())) for words in (a, b))
    return one, other


# --- in words ------------------------------------------------------------------------------------------------------------------


def show_words(fact: str | Json) -> str:
    return fact if isinstance(fact, str) else f"{fact['text']} ({fact['occurrence']})"


def show_source(p: Pairing, source: Json | None) -> str:
    return p.names.get(source["id"], source["id"]) if source else "None"


def show_chain(p: Pairing, statement: Json) -> str:
    hops = ((p.names.get(h["source"], str(h["source"])), h["medium"]) for h in statement["chain"])
    return " > ".join(f"{name} ({medium})" if medium else name for name, medium in hops)


def describe_nearest(p: Pairing, fact: Json) -> str:
    wanted = p.content(fact["content"])
    nearest = max(p.report["statements"], key=lambda s: overlap(wanted, p.contents[s["id"]]), default=None)
    if nearest is None or not overlap(wanted, p.contents[nearest["id"]]):
        return "(none near)"
    return "nearest: " + " … ".join(c["text"] for c in nearest["content"])


# --- the bench -------------------------------------------------------------------------------------------------------------------


def check_report(p: Pairing) -> list[Check]:
    """Every fact of the article against the report."""
    steps = (check_sources, check_apart, check_statements, check_not_statements, check_times, check_evidence, check_variants)
    return [check for step in steps for check in step(p)]


def read_report(article: Article, form: str) -> Json:
    """The report of one form as JSON; one without statements or sources, and a line on standard error, where it cannot be read."""
    try:
        published = article.facts["published"] if form == "txt" else None
        return onrecord.read(str(article.forms[form]), published=published).to_dict()
    except onrecord.OnRecordError as error:
        print(f"bench/chains: {article.forms[form]}: {error}", file=sys.stderr)
        return {"document": {"text": ""}, **{key: [] for key in ("statements", "sources", "times", "evidence", "variants")}}


def count(checks: list[Check]) -> dict[str, tuple[int, int]]:
    """Right and asked, by kind."""
    asked, right = Counter(c.kind for c in checks), Counter(c.kind for c in checks if c.right)
    return {kind: (right[kind], asked[kind]) for kind in KINDS if asked[kind]}


def build_figures(checks: list[Check]) -> Json:
    """Counts by kind and group, and the share of all facts that is right, of a hundred."""
    counts = count(checks)
    groups = {name: tuple(sum(counts[k][i] for k in kinds if k in counts) for i in (0, 1)) for name, kinds in GROUPS.items()}
    return {"kinds": counts, "groups": groups, "facts right of 100": round(100 * sum(c.right for c in checks) / max(1, len(checks)), 1)}


def print_table(figures: dict[str, Json]) -> None:
    table = Table("", *figures, title="Facts: right / asked", title_justify="left")
    for group, kinds in GROUPS.items():
        for kind in kinds:
            if any(kind in f["kinds"] for f in figures.values()):
                table.add_row(kind, *(_show(f["kinds"].get(kind)) for f in figures.values()))
        if any(f["groups"][group][1] for f in figures.values()):
            table.add_row(f"[bold]{group}", *(f"[bold]{_show(f['groups'][group])}" for f in figures.values()), end_section=True)
    table.add_row("[bold]facts right of 100", *(f"[bold]{f['facts right of 100']}" for f in figures.values()))
    Console().print(table)


def _show(counts: tuple[int, int] | None) -> str:
    return f"{counts[0]} / {counts[1]}" if counts else ""


def parse_kinds(words: str | None) -> tuple[str, ...]:
    """The kinds that are named, or that belong to a group that is; all where none is asked for."""
    if words is None:
        return KINDS
    wanted = [w.strip() for w in words.split(",")]
    for word in wanted:
        if word not in KINDS and word not in GROUPS:
            stop(f"there is no kind {word!r}: the kinds are {', '.join(KINDS)}; the groups {', '.join(GROUPS)}")
    return tuple(k for w in wanted for k in GROUPS.get(w, (w,)))


def stop(message: str) -> None:
    print(f"bench/chains: {message}", file=sys.stderr)
    sys.exit(2)


def find_articles(folders: list[Path], name: str | None) -> list[Article]:
    articles = []
    for folder in folders:
        if not folder.is_dir():
            stop(f"{folder} is no folder")
        found = read_articles(folder)
        if not found:
            stop(f"{folder} holds no NAME.facts.json")
        articles += found
    if name and not any(a.name == name for a in articles):
        stop(f"there is no article {name!r} in {', '.join(map(str, folders))}")
    return [a for a in articles if name in (None, a.name)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/chains", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="DIR", nargs="+", type=Path)
    parser.add_argument("--form", choices=("txt", "html", "both"), default="both")
    parser.add_argument("--article", metavar="NAME", help="this article only")
    parser.add_argument("--kinds", metavar="K,K", help="these kinds or groups of facts only")
    parser.add_argument("--verbose", action="store_true", help="list each wrong fact, with what was given instead")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    kinds, articles = parse_kinds(args.kinds), find_articles(args.folders, args.article)
    runs = [(a, form) for a in articles for form in a.forms if args.form in (form, "both")]
    if not runs:
        stop(f"no article has the form {args.form}")
    checks: dict[str, list[Check]] = {str(folder): [] for folder in args.folders}
    for article, form in track(runs, "reading"):
        made = [c for c in check_report(Pairing(article, read_report(article, form), form)) if c.kind in kinds]
        checks[article.folder] += made
        if args.verbose:
            for c in made:
                if not c.right:
                    print(f"{article.name}.{form}\t{c.kind}\t{c.asked}\t{c.given}")
    columns = {folder: build_figures(found) for folder, found in checks.items() if found}
    if len(columns) > 1:
        columns["all"] = build_figures([c for found in checks.values() for c in found])
    print_table(columns)
    if args.json:
        print(json.dumps(columns))


if __name__ == "__main__":
    main()
