"""Campaigns: `python -m fuzz [PARSER…] [--cases N] [--seconds S] [--longest BYTES] [--json]`, all parsers where none is named, in turn.

A case that raises what it should not, takes over 5 seconds, or brings the process over 1 GB ends its parser's campaign and is written to
`fuzz/found/PARSER/`; the exit code is then 1. What was learned is merged into the parser's corpus, and the figures are written down in
`fuzz/campaigns.tsv`; `--sums` prints what all campaigns come to. Several may run at once, each on its own parser.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.report import print_figures
from fuzz.corpora import FOUND, read_corpus, write_corpus
from fuzz.ledger import enter, sum_up
from fuzz.parsers import PARSERS
from fuzz.seeds import list_seeds

_LONGEST, _MEGABYTES, _LARGEST = 5, 1024, 4096  # seconds and memory of a case, bytes in it
_STATISTIC = re.compile(r"^stat::(\w+):\s+(\d+)", re.M)


def campaign(name: str, cases: int, seconds: int, longest: int) -> dict[str, Any]:
    """Run one parser's campaign, of cases of at most `longest` bytes, to its end, and give its figures."""
    found = FOUND / name
    before = set(found.glob("*"))
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        whole, learned, merged = (Path(folder) / part for part in ("whole", "learned", "merged"))
        for part in (whole, learned, merged):
            part.mkdir()
        for number, case in enumerate([*list_seeds(name), *read_corpus(name)]):
            (whole / f"seed-{number:05d}").write_bytes(case[:_LARGEST])
            (learned / f"seed-{number:05d}").write_bytes(case[:longest])
        found.mkdir(parents=True, exist_ok=True)
        program = Path(folder) / "program"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m fuzz.run "$0" {name} "$@"\n')
        program.chmod(0o755)
        bounds = [f"-timeout={_LONGEST}", f"-rss_limit_mb={_MEGABYTES}", f"-artifact_prefix={found}/"]
        log = _run(
            program, [*bounds, f"-max_len={longest}", f"-runs={cases}", f"-max_total_time={seconds}", "-print_final_stats=1", str(learned)]
        )
        _run(program, [*bounds, f"-max_len={_LARGEST}", "-merge=1", str(merged), str(whole), str(learned)])
        kept = write_corpus(name, (path.read_bytes() for path in merged.iterdir()))
    new = sorted(set(found.glob("*")) - before)
    if not any(found.iterdir()):
        found.rmdir()
    if "stat::" not in log:
        sys.exit(f"fuzz: {name} could not run: {(log.strip().splitlines() or ['it said nothing'])[-1]}")
    counted = {key: int(value) for key, value in _STATISTIC.findall(log)}
    print("\n".join(log.splitlines()[-40:]) if new else "", file=sys.stderr, end="")
    return {
        "cases": counted.get("number_of_executed_units"),
        "minutes": round((time.perf_counter() - begun) / 60, 1),
        "slowest, s": counted.get("slowest_unit_time_sec"),
        "memory, MB": counted.get("peak_rss_mb"),
        "kept": kept,
        "findings": len(new),
    }


def _run(program: Path, arguments: list[str]) -> str:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, errors="replace", check=False)
    return done.stderr + done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=f"{', '.join(PARSERS)}")
    parser.add_argument("--cases", type=int, default=1_000_000, help="the most cases for each")
    parser.add_argument("--seconds", type=int, default=3600, help="the most seconds for each")
    parser.add_argument(
        "--longest", type=int, default=_LARGEST, metavar="BYTES", help=f"the longest case, at most {_LARGEST}: an hour has more short ones"
    )
    parser.add_argument("--sums", action="store_true", help="run nothing; print what all campaigns come to")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.parsers if name not in PARSERS]:
        parser.error(f"{unknown[0]}: no such parser; there are {', '.join(PARSERS)}")
    if not 0 < chosen.longest <= _LARGEST:
        parser.error(f"--longest {chosen.longest}: give 1 to {_LARGEST} bytes")
    if chosen.sums:
        print_figures("Fuzzing, all campaigns", sum_up(), as_json=chosen.json)
        return 0
    figures = {}
    for name in chosen.parsers or PARSERS:
        figures[name] = campaign(name, chosen.cases, chosen.seconds, chosen.longest)
        enter(name, figures[name])
    print_figures("Fuzzing", figures, as_json=chosen.json)
    return int(any(row["findings"] for row in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
