"""What each campaign ran, one line each in `campaigns.tsv`, so that hours and cases add up over many of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LEDGER = Path(__file__).with_name("campaigns.tsv")
_COLUMNS = ("cases", "minutes", "slowest, s", "memory, MB", "kept", "findings")


def enter(name: str, figures: dict[str, Any]) -> None:
    """Write a campaign's figures down; several campaigns may do so at once."""
    row = [f"{datetime.now(UTC):%Y-%m-%d}", name, *(str(figures[column]) for column in _COLUMNS)]
    with LEDGER.open("a", encoding="utf-8") as file:
        file.write("\t".join(row) + "\n")


def sum_up() -> dict[str, dict[str, Any]]:
    """For each parser the campaigns, cases and minutes in all, the slowest case, the most memory, the corpus as last kept, the findings."""
    sums: dict[str, dict[str, Any]] = {}
    for line in LEDGER.read_text(encoding="utf-8").splitlines() if LEDGER.exists() else ():
        _, name, *row = line.split("\t")
        cases, minutes, slowest, memory, kept, findings = map(float, row)
        before = sums.get(name) or dict.fromkeys(("campaigns", *_COLUMNS), 0)
        sums[name] = {
            "campaigns": before["campaigns"] + 1,
            "cases": before["cases"] + int(cases),
            "minutes": round(before["minutes"] + minutes, 1),
            "slowest, s": max(before["slowest, s"], int(slowest)),
            "memory, MB": max(before["memory, MB"], int(memory)),
            "kept": int(kept),
            "findings": before["findings"] + int(findings),
        }
    return dict(sorted(sums.items()))
