"""How the reader does on texts of other kinds than it was trained on: `bench/genres --data GUM [--genre news …] [--show] [--json]`.

GUM has no attributions, so a sample is judged by hand: of each genre `--sample` of the statements that are read, drawn by the digest of the
document and where they begin, so that the same are drawn again. `bench/genres.tsv` holds the judgements, one reading: the document, where
the content begins and ends, a digest of cue and source's name, and `right`, or what is wrong (`source`, `cue`, `content`: that part is;
`none`: no statement at all), with a class. What is read otherwise now has to be judged anew. Printed are how many of those that are judged
are right, and the classes. `--show` prints what nobody has judged yet. What the reader does not find is not seen here.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import onrecord
from bench.gum import GoldDocument, find_documents, read_document
from bench.report import print_figures, track
from onrecord.errors import UnreadableError
from onrecord.types import Report, Statement

JUDGED = Path(__file__).with_suffix(".tsv")
GENRES = ("news", "interview", "speech")
_AROUND = 90  # characters shown before and after


Key = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statement of the sample."""

    document: GoldDocument
    report: Report
    said: Statement

    @property
    def cue(self) -> str:
        return " ".join(" … ".join(span.of(self.report.document.text) for span in self.said.cue).split())

    @property
    def name(self) -> str:
        names = {source.id: source.name for source in self.report.sources}
        return names.get(self.said.source.id, "?") if self.said.source else "-"

    @property
    def key(self) -> Key:
        read = sha256(f"{self.cue} {self.name}".encode()).hexdigest()[:8]
        return (self.document.name, self.said.content[0].start, self.said.content[-1].end, read)


def draw(documents: list[GoldDocument], many: int) -> list[Drawn]:
    """A sample of the statements of some documents."""
    found = []
    for document in documents:
        try:
            report = onrecord.read_text(document.text, published=document.published)
        except UnreadableError:
            continue
        found += [Drawn(document, report, said) for said in report.statements if said.cue]
    return sorted(found, key=lambda d: sha256(f"{d.document.name} {d.said.content[0].start}".encode()).digest())[:many]


def load_judgements() -> dict[Key, tuple[str, str]]:
    judged = {}
    for line in JUDGED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, start, end, read, verdict, *kind = line.split("\t")
            judged[name, int(start), int(end), read] = (verdict, kind[0] if kind else "")
    return judged


def show(drawn: Drawn) -> str:
    """A statement as it is judged: its key, parts, and the text around it."""
    text, said = drawn.report.document.text, drawn.said
    spans = [*said.content, *said.cue, *(said.source.spans if said.source else ())]
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    around = " ".join(f"{text[max(0, first - _AROUND) : first]}⟦{text[first:last]}⟧{text[last : last + _AROUND // 2]}".split())
    source = " … ".join(span.of(text) for span in said.source.spans) if said.source else "-"
    content = " ".join(" … ".join(span.of(text) for span in said.content).split())
    key = "\t".join(map(str, drawn.key))
    within = f" (in {said.within})" if said.within else ""
    return f"{key}\n  {source} = {drawn.name} | {drawn.cue} | {content}{within} {said.confidence:.2f}\n  {around}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/genres", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, action="append")
    parser.add_argument("--genre", action="append", choices=GENRES)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    judged, figures = load_judgements(), {}
    files = [pair for folder in args.data for pair in find_documents(folder)]
    for genre in args.genre or GENRES:
        chosen = [pair for pair in files if f"_{genre}_" in pair[0].name]
        documents = [read_document(*pair) for pair in track(chosen, genre)]
        drawn = draw(documents, args.sample)
        if args.show:
            print("\n".join(show(each) for each in drawn if each.key not in judged))
        verdicts = Counter(judged[each.key][0] for each in drawn if each.key in judged)
        classes = Counter(kind for verdict, kind in (judged[each.key] for each in drawn if each.key in judged) if verdict != "right")
        total = sum(verdicts.values())
        figures[genre] = {
            "drawn": len(drawn),
            "judged": total,
            "right": round(verdicts["right"] / total, 3) if total else 0.0,
            "wrong": ", ".join(f"{kind} {many}" for kind, many in classes.most_common()) or "-",
        }
    print_figures("Statements judged right, by genre", figures, as_json=args.json)


if __name__ == "__main__":
    sys.exit(main())
