"""One utterance in two translations: a table with the columns ref, a, b."""

from __future__ import annotations

import csv
import sys
from pathlib import Path


def read_pairs(path: Path) -> tuple[list[str], list[str], list[str]]:
    """References and both wordings. Ends the program with one line if the file is none."""
    try:
        return read_table(path)
    except (OSError, ValueError) as error:
        sys.exit(str(error))


def read_table(path: Path) -> tuple[list[str], list[str], list[str]]:
    """References and both wordings.

    Raises:
        ValueError: the file is no such table; one line that says where.

    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: not a table with the columns ref, a, b, parted by tabs ({error})") from error
    for number, row in enumerate(rows, 2):
        if not all(isinstance(row.get(column), str) for column in ("ref", "a", "b")):
            raise ValueError(f"{path}, row {number}: not a table with the columns ref, a, b, parted by tabs")
    return [r["ref"] for r in rows], [r["a"] for r in rows], [r["b"] for r in rows]
