"""The pictures in the README: `python docs/draw.py` writes what a terminal shows of the first example, and of the story's trace."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

import onrecord
from onrecord.cli.tracing import Request, draw_trace
from onrecord.cli.view import render_report
from onrecord.store import add, open_store, trace

ROOT = Path(__file__).parent.parent


def main() -> None:
    report = onrecord.read(str(ROOT / "examples" / "harbour-offer.html"))
    write("read", "onrecord read examples/harbour-offer.html", lambda console: render_report(report, console))
    asked = "not close a single berth before April"
    request = Request(asked=asked, base="", related=False, as_json=False, full=False, limit=50, width=None)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"{folder}/story.db", make=True)
        list(add(store, [str(ROOT / "examples" / "story")]))
        found = trace(store, asked)
        store.close()
    write("trace", f'onrecord trace "{asked}"', lambda console: draw_trace(found, console, request))


def write(name: str, command: str, draw: Callable[[Console], None]) -> None:
    """Write docs/NAME.svg, what `draw` puts on a terminal after `command`."""
    console = Console(
        record=True, width=112, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False, markup=False
    )
    draw(console)
    drawn = console.export_svg(title=command)
    # the picture must not fetch fonts from elsewhere: any fixed-width one will do
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.S).replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.S)
    (ROOT / "docs" / f"{name}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
