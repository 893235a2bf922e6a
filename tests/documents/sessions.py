"""Documents whose code blocks run: `console` blocks as in a terminal, one folder for a document; `python` and `pycon` blocks as Python.

A line of a `console` block that begins with `$ ` is a command, what follows up to the next one is what it prints; nothing there means that
only its exit code is looked at, which must be 0. `…` stands for any words in a line, and alone on a line for any lines. Blocks in any other
language, `sh` among them, are shown and not run: what needs a network, a browser or a key.

`python -m tests.documents.sessions FILE` prints a document's commands with what they print now.
"""

from __future__ import annotations

import doctest
import fcntl
import os
import pty
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent.parent
RUN = ("console", "python", "pycon")
_COLUMNS, _ROWS = 100, 50
_END = "\x1e"


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its language, what is in it, and its first line in the document."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and what it is said to print."""

    command: str
    shown: str


def read_blocks(path: Path) -> Iterator[Block]:
    """The blocks of a document that run."""
    for token in MarkdownIt().parse(path.read_text(encoding="utf-8")):
        if token.type == "fence" and token.info.strip() in RUN and token.map:
            yield Block(token.info.strip(), token.content, token.map[0] + 2)


def read_steps(text: str) -> Iterator[Step]:
    """The commands of a `console` block; a here-document belongs to its command."""
    command: list[str] = []
    shown: list[str] = []
    until: str | None = None
    for line in text.splitlines():
        if until is None and line.startswith("$ "):
            if command:
                yield Step("\n".join(command), "\n".join(shown))
            command, shown = [line[2:].partition("  # ")[0].rstrip()], []
            here = re.search(r"<<'?(\w+)'?", line)
            until = here[1] if here else None
        elif until is not None:
            command.append(line)
            until = None if line == until else until
        elif command[-1].endswith("\\") or (until is None and _is_open("\n".join(command))):
            command.append(line)
        else:
            shown.append(line)
    if command:
        yield Step("\n".join(command), "\n".join(shown))


def _is_open(command: str) -> bool:
    """Whether a quotation goes on in the next line; a here-document's own quotation marks are none."""
    if "<<" in command:
        return False
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False


def run_steps(steps: list[Step], folder: Path) -> list[tuple[str, int]]:
    """What each command printed on a terminal 100 columns wide, and its exit code; they share one shell."""
    # what goes to standard error goes through a file, so that no progress bars are drawn
    script = "\n".join(f"{{\n{step.command}\n}} 2>.said; code=$?; cat .said; printf '{_END}%s{_END}' $code" for step in steps)
    printed = _run_in_terminal(script, folder).replace("\r\n", "\n").split(_END)
    return [(_clean(printed[2 * n]), int(printed[2 * n + 1])) for n in range(len(steps))]


def _clean(printed: str) -> str:
    """Without colours, and of a line that was written over what was left there."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed)
    return "\n".join(line.rpartition("\r")[2].rstrip() for line in plain.strip("\n").split("\n"))


def _run_in_terminal(script: str, folder: Path) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TERM": "xterm-256color",
        "NO_COLOR": "1",
        "HOME": str(folder),
    }
    environment.pop("COLUMNS", None)
    (folder / ".session").write_text(script, encoding="utf-8")
    command = ["bash", ".session"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 1 << 16):
                pieces.append(piece)
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
        process.wait()
    os.close(ours)
    return b"".join(pieces).decode()


def is_as_shown(shown: str, printed: str) -> bool:
    """Whether what was printed is what a document shows, `…` standing for anything."""
    lines = [re.escape(line.rstrip()).replace("…", "[^\n]*") for line in shown.strip("\n").split("\n")]
    pattern = "\n".join("(?:[^\n]*(?:\n|$))*?" if line == "[^\n]*" else line for line in lines)
    pattern = pattern.replace("(?:[^\n]*(?:\n|$))*?\n", "(?:[^\n]*\n)*?").replace("\n(?:[^\n]*(?:\n|$))*?", "(?:\n[^\n]*)*?")
    return re.fullmatch(pattern, printed) is not None


def run_document(path: Path, folder: Path) -> Iterator[tuple[int, str]]:
    """Run all blocks of a document in a folder that has the examples; gives the line and the reason of each that is not as it says."""
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("golden"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in read_blocks(path):
        if block.language == "console":
            steps = list(read_steps(block.text))
            for step, (printed, code) in zip(steps, run_steps(steps, folder), strict=True):
                if code or (step.shown and not is_as_shown(step.shown, printed)):
                    yield block.line, f"$ {step.command}\nprints, with exit code {code}:\n{printed}\nand not:\n{step.shown}"
        else:
            yield from ((block.line, reason) for reason in _run_python(block, folder, names))


def _run_python(block: Block, folder: Path, names: dict[str, Any]) -> Iterator[str]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        if block.language == "python":
            exec(compile(block.text, f"line {block.line}", "exec"), names)
            return
        yield from _run_examples(block, names)
    finally:
        os.chdir(before)


def _run_examples(block: Block, names: dict[str, Any]) -> Iterator[str]:
    told: list[str] = []
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(block.text.replace("…", "..."), {}, f"line {block.line}", None, block.line)
    test.globs = names  # what a block defines, later ones have
    doctest.DocTestRunner(optionflags=options).run(test, out=told.append, clear_globs=False)
    if told:
        yield "".join(told)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        shutil.copytree(ROOT / "examples", Path(made) / "examples")
        for each in read_blocks(Path(sys.argv[1])):
            if each.language == "console":
                found = list(read_steps(each.text))
                for one, (words, number) in zip(found, run_steps(found, Path(made)), strict=True):
                    print(f"$ {one.command}\n{words}" + (f"\n[{number}]" if number else ""))
                print("-" * 20)
