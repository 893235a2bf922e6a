"""The whole API, asked what its description allows and what it does not: `bench/api [--cases N] [--stand-in] [--seed N] [--json]`.

Schemathesis makes requests from the OpenAPI document, at least `--cases` of them: what is allowed and at its bounds, what is not, methods
that there are not, missing and wrong tokens, and sequences in which one answer's ids are the next request's. They go to the application
itself, with an administrator's token, on a store of made articles (`bench.grown`). Every answer is held against the document: status,
media type, headers, body; no request may bring about an error of the server, none that is right may be refused, and none that is wrong
accepted. Addresses are not fetched: every name leads to one that is refused.
With `--stand-in`, texts are read by the reader of the tests, which takes no time, in the place of the model.

What the document cannot say is allowed to be refused though it looks right: a cursor of another query (400), a search of nothing but
excluded words, both or neither of `id` and `words`, a text that is no report, an address that gives nothing (422).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import schemathesis
from fastapi import FastAPI
from schemathesis.engine import Status, events, from_schema

from bench.report import print_figures
from bench.store import write_grown
from onrecord.capture.fetch import Fetcher
from onrecord.capture.guard import Guard
from onrecord.store import Query, Store, make_account, make_token, open_store, search
from onrecord.web import Settings, build_app
from tests.store.stand_in import read_stand_in

DESCRIPTION = "/api/v1/openapi.json"
ARTICLES = 40  # of the made world, twenty statements each
_OPERATIONS = 21  # about: so many share the cases
_MAY_REFUSE = {  # what the document cannot say of these operations
    ("400",): ("list_documents", "list_judgements", "list_observations", "list_reviews"),
    ("400", "422"): ("search",),
    ("422",): ("read", "add_document", "judge", "review", "trace", "count_facets", "export_statements", "export_reports"),
}
_KNOWN = {  # which parameters are given what is there
    "path.document": "documents",
    "path.statement": "statements",
    "query.document": "documents",
    "query.id": "ids",
    "query.name": "names",
    "query.source": "names",
    "query.words": "words",
    "body.a": "sources",
    "body.b": "sources",
    "body.subject": "ids",
}
_ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many requests were made, and each kind of failure with how often it came and an example."""

    cases: int
    failures: dict[str, tuple[int, str]]


def probe(app: FastAPI, secret: str, *, cases: int, seed: int = 1) -> Outcome:
    """Ask `app` at least so many questions, with the token `secret`."""
    config = schemathesis.Config.from_dict(_configure(app.state.site.store, secret, max(1, cases // _OPERATIONS), seed))
    schema = schemathesis.openapi.from_asgi(DESCRIPTION, app, config=config)
    made, often, examples = 0, Counter[str](), dict[str, str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            often[f"{event.label}: {event.value}"] += 1
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.ScenarioFinished):
            made += len(event.recorder.cases)
            for what, example in _find_failures(event):
                often[what] += 1
                examples.setdefault(what, example)
    return Outcome(made, {what: (many, examples.get(what, "")) for what, many in often.most_common()})


def _configure(store: Store, secret: str, examples: int, seed: int) -> dict[str, object]:
    """Schemathesis's settings, as its file has them. Half of the ids and names are real ones, so that there are good answers too."""
    known = _find_known(store)
    operations = [
        {"include-operation-id": name, "checks": {"positive_data_acceptance": {"expected-statuses": [*_ACCEPTED, *statuses]}}}
        for statuses, names in _MAY_REFUSE.items()
        for name in names
    ]
    return {
        "seed": seed,
        "auth": {"openapi": {"token": {"bearer": secret}}},
        "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        "operations": operations,
        "dictionaries": {name: {"values": values} for name, values in known.items()},
        "parameters": {place: {"dictionary": name, "probability": 0.5} for place, name in _KNOWN.items()},
    }


def _find_known(store: Store) -> dict[str, list[str]]:
    """What is in the store, by kinds."""
    hits = list(search(store, Query(), limit=200))[::10]
    return {
        "documents": [hit.document for hit in hits],
        "ids": [hit.id for hit in hits],
        "statements": ["s1", "s2", "s19"],
        "sources": [f"{hit.document[:12]}/p1" for hit in hits],
        "names": [hit.source for hit in hits if hit.source],
        "words": [" ".join(hit.content.split()[:4]) for hit in hits],
    }


def _find_failures(event: events.ScenarioFinished) -> Iterator[tuple[str, str]]:
    """Each failure of a scenario in words, and the request that brought it about."""
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.status == Status.SUCCESS:
                continue
            info = check.failure_info
            title = f"{event.recorder.label}: {check.name}"
            yield (f"{title}: {info.failure.title}", f"{info.failure.message}\n{info.code_sample}") if info else (f"{title} crashed", "")


def build_probed(store: Store) -> tuple[FastAPI, str]:
    """The application on a store, without limits of rate and without the web, and an administrator's token."""
    make_account(store, "ada", "not to be guessed: 17 berths", "admin")
    secret, _ = make_token(store, "ada", role="admin", label="probing", days=None)
    app = build_app(store, Settings(url="http://testserver", reads_a_minute=10**6, checks_a_minute=10**6, asks_a_minute=10**6))
    app.state.site.fetcher = Fetcher(guard=Guard(resolve=lambda *_: ["203.0.113.7"]), sleep=lambda _: None)
    return app, secret


@contextmanager
def reading(*, stand_in: bool) -> Iterator[None]:
    """With the model, or with the reader of the tests in its place."""
    with ExitStack() as stack:
        if stand_in:
            stack.enter_context(patch("onrecord.web.reading.read_captured", read_stand_in))
            stack.enter_context(patch.object(sys.modules["onrecord.store.add"], "read_captured", read_stand_in))
        yield


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/api", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--stand-in", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, reading(stand_in=chosen.stand_in):
        store = open_store(str(Path(folder) / "grown.db"), make=True)
        write_grown(store, range(ARTICLES), len, 1)
        app, secret = build_probed(store)
        started = time.perf_counter()
        outcome = probe(app, secret, cases=chosen.cases, seed=chosen.seed)
        spent = time.perf_counter() - started
        store.close()
    figures = {"cases": outcome.cases, "failures": sum(many for many, _ in outcome.failures.values()), "seconds": round(spent, 1)}
    print_figures("The API under schemathesis", figures, as_json=chosen.json)
    for what, (many, example) in outcome.failures.items():
        print(f"{what} ({many} times)\n{example}\n")
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
