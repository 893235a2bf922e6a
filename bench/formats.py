"""Whether other programs take what is exported: `bench/formats --data DIR [--data DIR …] [--most 1000] [--json]`.

Articles (any that `onrecord add` reads) are put into a store and exported in every format; each is read back by a reader that is not ours
(tests/export/validators.py says which). JSON Lines are imported into a new store, which must export the same bytes. Printed are seconds to
write and to check, and what is wrong.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from bench.report import print_figures
from onrecord.capture import find_locations, read_captures
from onrecord.export import FORMATS, write_export
from onrecord.store import Store, add_captures, load_dump, open_dump, open_store, read_archived, write_dump
from onrecord.types import Capture
from tests.export.validators import VALIDATORS, count_statements

Figures = dict[str, float | str]


def fill(place: str, folders: list[str], most: int) -> Store:
    store = open_store(place, make=True)
    captures = (found for found in read_captures(find_locations(folders)) if isinstance(found, Capture))
    for number, kept in enumerate(add_captures(store, islice(captures, most)), start=1):
        if number % 50 == 0 or kept.outcome == "skipped":
            print(f"{number}: {kept.outcome} {kept.location}", file=sys.stderr)
    return store


def check(store: Store, name: str, folder: Path) -> Figures:
    """Write and check one format."""
    documents = list(read_archived(store, captures=FORMATS[name].of_captures))
    started = time.perf_counter()
    write_export(documents, name, folder / name)
    written = time.perf_counter()
    try:
        VALIDATORS[name](folder / name, documents)
        wrong = ""
    except Exception as error:  # whatever another reader says
        wrong = f"{type(error).__name__}: {str(error)[:300]}"
    return {"written, s": round(written - started, 1), "checked, s": round(time.perf_counter() - written, 1), "wrong": wrong or "nothing"}


def check_lines(store: Store, folder: Path) -> Figures:
    """Export, import and export again."""
    started = time.perf_counter()
    first = io.BytesIO()
    write_dump(store, first)
    copy = open_store(str(folder / "copy.db"), make=True)
    load_dump(copy, open_dump(io.BytesIO(first.getvalue()), "first.jsonl"))
    again = io.BytesIO()
    write_dump(copy, again)
    copy.close()
    same = "nothing" if again.getvalue() == first.getvalue() else "the copy's export differs"
    return {"written, s": round(time.perf_counter() - started, 1), "checked, s": 0.0, "wrong": same}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/formats", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="append", required=True)
    parser.add_argument("--most", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        store = fill(str(folder / "store.db"), chosen.data, chosen.most)
        documents = list(read_archived(store))
        figures = {"jsonl": check_lines(store, folder)} | {name: check(store, name, folder) for name in FORMATS}
        store.close()
    print_figures(f"{len(documents):,} articles, {count_statements(documents):,} statements", figures, as_json=chosen.json)
    return 0 if all(each["wrong"] == "nothing" for each in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
