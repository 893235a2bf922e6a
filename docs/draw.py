"""The pictures in the README, drawn by `make pictures`: what a terminal shows of an example and of a trace, and pages in Chromium."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

import onrecord
from onrecord.cli.tracing import Request, draw_trace
from onrecord.cli.view import render_report
from onrecord.store import add, open_store, trace
from onrecord.trace.told import Told
from tests.browser.chromium import QUIET, find_chromium

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
        photograph(f"{folder}/story.db", found.versions[found.base].told)
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


def photograph(place: str, told: Told) -> None:
    """Write docs/article.png and docs/statement.png: the pages of a statement of the store, as a browser shows them."""
    command = [sys.executable, "-m", "onrecord", "serve", "--store", place, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as playwright:
        assert process.stdout is not None
        link = next(line.strip() for line in process.stdout if "/login?link=" in line)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(link)
        page.get_by_role("button", name="Come in").click()
        page.wait_for_load_state()
        for name, path in {"article": f"/article/{told.document[:12]}", "statement": f"/statement/{told.id}"}.items():
            page.goto(link.split("/login")[0] + path)
            page.locator("main").screenshot(path=ROOT / "docs" / f"{name}.png", timeout=120_000)
        browser.close()
        process.terminate()


if __name__ == "__main__":
    main()
