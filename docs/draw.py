"""The picture in the README: `python docs/draw.py` writes docs/read.svg, what a terminal shows of the first example."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

import onrecord
from onrecord.cli.view import render_report

ROOT = Path(__file__).parent.parent


def main() -> None:
    console = Console(
        record=True, width=112, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False, markup=False
    )
    render_report(onrecord.read(str(ROOT / "examples" / "harbour-offer.html")), console)
    drawn = console.export_svg(title="onrecord read examples/harbour-offer.html")
    # the picture must not fetch fonts from elsewhere: any fixed-width one will do
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.S).replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.S)
    (ROOT / "docs" / "read.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
