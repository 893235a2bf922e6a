"""The documents: their code runs and prints what they show, the reference is what the code says, and the site is built."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from docs.generate import build_pages
from tests.documents.sessions import ROOT, is_as_shown, read_blocks, read_steps, run_document

DOCUMENTS = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts)]
RUNNING = [path for path in DOCUMENTS if any(read_blocks(path))]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", RUNNING, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_documents_show_is_so(path: Path, tmp_path: Path) -> None:
    wrong = [f"{path.relative_to(ROOT)}:{line}: {reason}" for line, reason in run_document(path, tmp_path)]
    assert not wrong, "\n\n".join(wrong)


def test_the_first_page_and_the_how_tos_run() -> None:
    assert {"README.md", "index.md", "tutorial.md", "researcher.md", "formats.md"} <= {path.name for path in RUNNING}


def test_the_tests_that_stand_against_threats_are_there() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs" / "threats.md").read_text(encoding="utf-8"))
    assert len(named) > 60
    assert [f"{path}::{name}" for path, name in named if f"\ndef {name}(" not in (ROOT / "tests" / path).read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("name", ["commands.md", "report.md", "api.md", "settings.md"])
def test_the_reference_is_what_the_code_says(name: str) -> None:
    """`python docs/generate.py` writes it anew; it fails itself where something has no line of reference."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == build_pages()[name]


def test_the_notebook_runs_and_is_kept_as_run(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "docs" / "notebook.py"), str(tmp_path / "run.ipynb")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    run, kept = (nbformat.read(path, as_version=4) for path in (tmp_path / "run.ipynb", ROOT / "docs" / "notebook.ipynb"))
    assert [cell.source for cell in run.cells] == [cell.source for cell in kept.cells]
    assert [list_outputs(cell) for cell in run.cells] == [list_outputs(cell) for cell in kept.cells]
    assert "<table" in run.cells[2].outputs[0].data["text/html"]


def list_outputs(cell: nbformat.NotebookNode) -> list[list[str]]:
    return [sorted(output.data) for output in cell.get("outputs", ())]


def test_the_site_is_built(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "traced statement" in page
    assert not any(f'src="{scheme}' in page for scheme in ("http:", "https:", "//"))


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a\nb", True),
        ("a", "a\nb", False),
        ("a\n…", "a\nb\nc", True),
        ("a\n…", "a", True),
        ("…\nc", "a\nb\nc", True),
        ("…\nc", "c", True),
        ("a\n…\nc", "a\nb\nb\nc", True),
        ("a\n…\nc", "a\nb\nd", False),
        ("head … (entry 3)", "head 3fa9 (entry 3)", True),
        ("head … (entry 3)", "head 3fa9\n(entry 3)", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_left_out_may_be_anything(shown: str, printed: str, same: bool) -> None:
    assert is_as_shown(shown, printed) is same


def test_commands_and_what_they_print() -> None:
    steps = list(read_steps("$ cat > a <<'END'\none\n$ two\nEND\n$ b  # a remark\nthis\n$ c \\\n  d\n"))
    assert [(step.command, step.shown) for step in steps] == [("cat > a <<'END'\none\n$ two\nEND", ""), ("b", "this"), ("c \\\n  d", "")]
