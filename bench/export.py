"""How fast a store is exported: `bench/export --store STORE [--formats jsonl,parquet] [--json]`.

Each format is written by the command line in a process of its own, into a folder that is removed again. Printed are seconds, statements a
second, the largest memory that the process had, and the size of what it wrote. `bench/trace --keep DIR` and `bench/store --keep DIR` leave
a store of a million statements.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from bench.report import print_figures
from onrecord.store import open_store
from onrecord.store.schema import statement as statements

Figures = dict[str, float]


def measure(place: str, form: str, folder: Path, many: int) -> Figures:
    """Export once."""
    out = folder / form
    command = [sys.executable, "-c", _MEASURED, "export", "--store", place, "--format", form, "--out", str(out)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stderr)
    size = sum(path.stat().st_size for path in (out.rglob("*") if out.is_dir() else [out]) if path.is_file())
    memory = int(done.stderr.rsplit("\n", 2)[-2])
    return {"seconds": round(spent, 1), "statements a second": round(many / spent), "memory, MB": memory, "written, MB": round(size / 1e6)}


_MEASURED = """
import resource, sys
from onrecord.cli import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
sys.exit(code)
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", required=True)
    parser.add_argument("--formats", default="jsonl,parquet")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    store = open_store(chosen.store)
    with store.looking() as connection:
        many = connection.scalar(select(func.count()).select_from(statements)) or 0
    store.close()
    with tempfile.TemporaryDirectory() as folder:
        figures = {form: measure(chosen.store, form, Path(folder), many) for form in chosen.formats.split(",")}
    print_figures(f"{many:,} statements, {chosen.store}", figures, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
