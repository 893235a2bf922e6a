"""One utterance in two translations: a table with the columns ref, a, b."""

from __future__ import annotations

import csv
import sys
from pathlib import Path


def read_pairs(path: Path) -> tuple[list[str], list[str], list[str]]:
    """References and both wordings. Ends the program with one line if the file is none."""
    try:
        return _read(path)
    except (OSError, UnicodeDecodeError, KeyError) as error:
        sys.exit(f"{path}: not a table with the columns ref, a, b, parted by tabs ({error})")


def _read(path: Path) -> tuple[list[str], list[str], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [r["ref"] for r in rows], [r["a"] for r in rows], [r["b"] for r in rows]
