"""What onrecord finds beside what people use today, on the same articles: `bench/peers --data DIR --pipeline NAME [--json]`.

DIR is in PolNeAR's layout. `--pipeline` is a spaCy pipeline with a parse, by its name or folder, for the peers that need one:
`en_core_web_sm` where it is installed (its labels are translated), or what `bench/parse` has trained. The peers (`bench.quoters`):
textacy's direct quotations, rules after the Gender Gap Tracker's description, and quotation marks with the nearest name. Each reads all
articles in a process of its own, on one thread; loading is not timed. `--only` runs some of them.

Figures: F1, precision and recall of relations and strict F1 as `bench/attribution` has them, over all attributions, and F1 over those alone
whose content has a quotation mark, in the gold and in what was found; articles a second; peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.brat import read_articles
from bench.quoters import Quoter, Statement, find_by_rules, find_by_textacy, find_nearest, make_reader
from bench.report import print_figures, track
from bench.scoring import Scores

_PEERS = {
    "onrecord": "onrecord",
    "textacy": "textacy, direct quotations",
    "rules": "Gender Gap Tracker's rules",
    "nearest": "marks and nearest name",
}
_ONE = {"ONRECORD_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_CLEAR = {"dobj": "obj", "nsubjpass": "nsubj:pass", "csubjpass": "csubj:pass", "relcl": "acl:relcl", "auxpass": "aux:pass"}


def build_quoter(name: str, pipeline: str) -> Quoter:
    """A peer by its name, or ourselves."""
    if name == "onrecord":
        return read_ourselves
    if name == "nearest":
        return find_nearest
    return make_reader(_load(pipeline), find_by_textacy if name == "textacy" else find_by_rules)


def _load(pipeline: str) -> Any:
    import spacy
    from spacy.language import Language

    try:
        nlp = spacy.load(pipeline, exclude=["ner"])
    except OSError as error:
        sys.exit(f"bench/peers: {pipeline}: no pipeline of spaCy ({str(error).splitlines()[0]}): train one with bench/parse")
    if "nsubjpass" in nlp.get_pipe("parser").labels:  # spaCy's own are in ClearNLP's labels

        @Language.component("universal")
        def translate(doc: Any) -> Any:
            for token in doc:
                token.dep_ = _CLEAR.get(token.dep_, token.dep_)
            return doc

        nlp.add_pipe("universal")
    return nlp


def read_ourselves(text: str) -> list[Statement]:
    """The outermost statements that onrecord finds."""
    import onrecord

    report = onrecord.read_text(text, force=True)
    return [
        {
            "source": [[span.start, span.end] for span in (statement.source.spans if statement.source else ())],
            "cue": [[span.start, span.end] for span in statement.cue],
            "content": [[span.start, span.end] for span in statement.content],
        }
        for statement in report.statements
        if statement.within is None
    ]


def measure(name: str, data: Path, pipeline: str) -> dict[str, float]:
    """Figures of one of them, in this process."""
    articles = list(read_articles(data))
    quoter = build_quoter(name, pipeline)
    quoter(articles[0].text)
    scores, quoted, spent = Scores(), Scores(), 0.0
    for article in track(articles, name):
        started = time.perf_counter()
        found = quoter(article.text)
        spent += time.perf_counter() - started
        gold = [vars(relation) for relation in article.relations]
        scores.add_document(article.text, found, gold)
        quoted.add_document(article.text, _keep_quoted(article.text, found), _keep_quoted(article.text, gold))
    all_, marked = scores.figures(), quoted.figures()
    return {
        "relation F1": all_["relation"]["f1"],
        "precision": all_["relation"]["p"],
        "recall": all_["relation"]["r"],
        "strict F1": all_["strict"]["f1"],
        "quoted: relation F1": marked["relation"]["f1"],
        "quoted: strict F1": marked["strict"]["f1"],
        "articles a second": round(len(articles) / spent, 2),
        "memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _keep_quoted(text: str, statements: Sequence[Any]) -> list[Any]:
    return [one for one in statements if any(mark in text[start:end] for start, end in one["content"] for mark in '“"')]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pipeline", default="en_core_web_sm", metavar="NAME")
    parser.add_argument("--only", nargs="+", choices=list(_PEERS), default=list(_PEERS), metavar="PEER", help=", ".join(_PEERS))
    parser.add_argument("--here", action="store_true", help="one peer in this process, figures only as JSON")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    if args.here:
        print(json.dumps(measure(args.only[0], args.data, args.pipeline)))
        return
    figures: dict[str, dict[str, float]] = {}
    for name in args.only:
        command = [sys.executable, "-m", "bench.peers", "--data", str(args.data), "--pipeline", args.pipeline, "--only", name, "--here"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **_ONE}, check=False)
        if done.returncode:
            sys.exit(done.returncode)
        for figure, value in json.loads(done.stdout).items():
            figures.setdefault(figure, {})[_PEERS[name]] = value
    print_figures(f"Beside the peers, {args.data}", figures, as_json=args.json)


if __name__ == "__main__":
    main()
