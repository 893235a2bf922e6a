"""The command line as its users meet it: exit codes, messages, what goes to which stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from onrecord.cli import main
from onrecord.errors import ModelError, UnreadableError, UsageError
from onrecord.schema import load_schema
from onrecord.types import Report, Skipped
from tests.invented import build_report, with_text

VALIDATOR = Draft202012Validator(load_schema())


@dataclass
class Pipeline:
    """Stands in for the reader: documents are files, one that holds the word `bad` cannot be read, `error` is raised where set."""

    report: Report = field(default_factory=build_report)
    error: BaseException | None = None
    calls: list[dict[str, Any]] = field(default_factory=list)

    def find_locations(self, sources: Sequence[str]) -> list[str]:
        found: list[str] = []
        for source in sources:
            path = Path(source)
            if path.is_dir():
                found.extend(str(p) for p in sorted(path.iterdir()))
            elif source == "-" or path.exists():
                found.append(source)
            else:
                raise UsageError(f"{source}: no such file; check the path")
        return found

    def read(self, source: str, **settings: Any) -> Report:
        self.calls.append(settings)
        if self.error is not None:
            raise self.error
        if source != "-" and "bad" in Path(source).read_text():
            raise UnreadableError("a PDF; convert it to text first")
        return self.report

    def holds_many(self, location: str) -> bool:
        return False

    def is_url(self, location: str) -> bool:
        return False

    def read_each(self, sources: Sequence[str], **settings: Any) -> Iterator[tuple[str, Report | Skipped]]:
        for source in self.find_locations(sources):
            try:
                yield source, self.read(source, **settings)
            except UnreadableError as error:
                yield source, Skipped(source, str(error))


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    reader = Pipeline()
    for module, names in {"capture": ["find_locations", "holds_many", "is_url"], "pipeline": ["read", "read_each"]}.items():
        stand_in = types.ModuleType(f"onrecord.{module}")
        for name in names:
            setattr(stand_in, name, getattr(reader, name))
        monkeypatch.setitem(sys.modules, f"onrecord.{module}", stand_in)
    return reader


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    for name, words in {"a.txt": "good", "b.pdf": "bad", "c.txt": "good"}.items():
        (tmp_path / "news" / name).write_text(words)
    (tmp_path / "one.txt").write_text("good")
    (tmp_path / "bad.pdf").write_text("bad")
    return tmp_path


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def run(pipeline: Pipeline, folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def run_main(*arguments: str) -> Outcome:
        code = main(arguments)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run_main


Run = Callable[..., Outcome]

FINE = {
    "a view": (("read", "one.txt"), "└ s3  Abu Salim Dara → "),
    "standard input": (("read", "-"), "10 statements · 6 sources"),
    "plain": (("read", "--plain", "one.txt"), "through: Abu Salim Dara, then Mara Quill (Twitter), then The Harbour Post"),
    "help": (("--help",), "Usage: onrecord"),
    "help of read": (("read", "--help"), "--min-confidence"),
    "version": (("--version",), "onrecord "),
    "schema": (("schema",), '"$schema": "https://json-schema.org/draft/2020-12/schema"'),
}


@pytest.mark.parametrize("name", FINE)
def test_fine(run: Run, name: str) -> None:
    arguments, words = FINE[name]
    result = run(*arguments)
    assert (result.code, result.err) == (0, "")
    assert words in result.out


WRONG_CALLS = {
    ("read", "none.txt"): "onrecord: none.txt: no such file; check the path\n",
    ("read", "one.txt", "none.txt"): "onrecord: none.txt: no such file; check the path\n",
    ("read", "one.txt", "--published", "14 January"): "onrecord: --published 14 January: not a date; write it as YYYY-MM-DD\n",
    ("read", "one.txt", "--published", "2021-02-30"): "onrecord: --published 2021-02-30: not a date; write it as YYYY-MM-DD\n",
    ("read", "one.txt", "--published", "20210230"): "onrecord: --published 20210230: not a date; write it as YYYY-MM-DD\n",
    ("read", "one.txt", "--json", "--jsonl"): "onrecord: --json and --jsonl exclude one another; give one of them\n",
    ("read", "one.txt", "--min-confidence", "2"): "onrecord: --min-confidence 2: not a confidence; give a number from 0 to 1\n",
    ("read", "one.txt", "--min-confidence", "nan"): "onrecord: --min-confidence nan: not a confidence; give a number from 0 to 1\n",
    ("read", "one.txt", "--min-confidence", "high"): "onrecord: --min-confidence high: not a confidence; give a number from 0 to 1\n",
    ("read", "one.txt", "--width", "wide"): "onrecord: --width wide: not a width; give a number of columns, 40 or more\n",
    ("read", "one.txt", "--width", "3"): "onrecord: --width 3: not a width; give a number of columns, 40 or more\n",
}


@pytest.mark.parametrize("arguments", WRONG_CALLS)
def test_wrong_calls(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == Outcome(2, "", WRONG_CALLS[arguments])


TYPERS_COMPLAINTS = {
    ("read", "one.txt", "--jsn"): ("--jsn", "see onrecord read --help"),
    ("read",): ("SOURCE", "see onrecord read --help"),
    ("reed", "one.txt"): ("reed", "see onrecord --help"),
    ("--verbose",): ("--verbose", "see onrecord --help"),
}


@pytest.mark.parametrize("arguments", TYPERS_COMPLAINTS)
def test_typers_own_complaints_are_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("onrecord: ")
    assert result.err.count("\n") == 1
    assert all(words in result.err for words in TYPERS_COMPLAINTS[arguments])


def test_bare_call_shows_help(run: Run) -> None:
    result = run()
    assert (result.code, result.out) == (2, "")
    assert "Usage: onrecord" in result.err


def test_settings_reach_the_reader(run: Run, pipeline: Pipeline) -> None:
    run("read", "one.txt", "--published", "2021-01-14", "--force", "--min-confidence", "0.4")
    run("read", "one.txt", "news", "--jsonl")
    assert pipeline.calls[0] == {"published": date(2021, 1, 14), "force": True, "min_confidence": 0.4}
    assert pipeline.calls[1] == {"published": None, "force": False, "min_confidence": None, "fetcher": None}


# --- JSON --------------------------------------------------------------------------------------------------------------


def test_json_is_the_report(run: Run, pipeline: Pipeline) -> None:
    result = run("read", "one.txt", "--json")
    assert json.loads(result.out) == pipeline.report.to_dict()
    VALIDATOR.validate(json.loads(result.out))
    assert result.out.startswith('{\n  "schema": "onrecord/1",\n')


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--plain"])
def test_warnings_go_to_standard_error(run: Run, pipeline: Pipeline, form: str) -> None:
    pipeline.report = replace(pipeline.report, warnings=("no publication date", "and more"))
    assert run("read", "one.txt", form).err == "onrecord: one.txt: warning: no publication date\nonrecord: one.txt: warning: and more\n"


def test_json_lines_of_a_folder(run: Run, pipeline: Pipeline) -> None:
    result = run("read", "news", "--jsonl")
    first, second, third = map(json.loads, result.out.splitlines())
    assert first == third == pipeline.report.to_dict()
    assert second == {"schema": "onrecord/1", "skipped": "news/b.pdf", "reason": "a PDF; convert it to text first"}
    assert (result.code, result.err) == (1, "onrecord: news/b.pdf: a PDF; convert it to text first\n")


def test_json_of_several_is_an_array(run: Run, pipeline: Pipeline) -> None:
    result = run("read", "one.txt", "news/a.txt", "--json")
    assert result.code == 0
    assert json.loads(result.out) == [pipeline.report.to_dict()] * 2


def test_json_of_an_empty_folder_is_an_empty_array(run: Run, folder: Path) -> None:
    (folder / "empty").mkdir()
    assert run("read", "empty", "--json") == Outcome(0, "[]\n", "")


def test_json_line_of_one_document(run: Run) -> None:
    result = run("read", "bad.pdf", "--jsonl")
    assert (result.code, json.loads(result.out)["skipped"]) == (1, "bad.pdf")


def test_json_hides_nothing_from_a_terminal(run: Run, pipeline: Pipeline) -> None:
    words = "\u202e\x9b31m\x7f\u2028 \U000e0041 é言葉 \ud83d"
    pipeline.report = with_text(words)
    out = run("read", "one.txt", "--jsonl").out
    assert json.loads(out)["document"]["title"] == words
    assert "é言葉" in out
    assert not set(out) & set("\u202e\x9b\x7f\u2028\U000e0041\ud83d")
    assert len(out.splitlines()) == 1


# --- several documents, and what goes wrong ---------------------------------------------------------------------------


def test_summary_of_a_folder(run: Run) -> None:
    result = run("read", "news")
    assert result.code == 1
    assert result.out.splitlines() == [
        "news/a.txt: 10 statements, 6 sources",
        "news/b.pdf: skipped: a PDF; convert it to text first",
        "news/c.txt: 10 statements, 6 sources",
        "2 documents read, 20 statements; 1 skipped",
    ]
    assert result.err == "onrecord: news/b.pdf: a PDF; convert it to text first\n"


def test_summary_table_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    out = run("read", "news", "--width", "60").out
    assert "skipped because" in out
    assert "news/b.pdf" in out
    assert "2 documents read, 20 statements; 1 skipped" in out


def test_tree_on_a_terminal_and_plain_when_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    drawn, plain = run("read", "one.txt", "--width", "60").out, run("read", "one.txt", "--width", "60", "--plain").out
    assert "└ s3" in drawn
    assert "\x1b[" in drawn
    assert "s3 (inside s2)" in plain
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 60


def test_dumb_terminals_get_the_plain_form(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "s3 (inside s2)" in run("read", "one.txt").out


def test_unreadable_document(run: Run) -> None:
    assert run("read", "bad.pdf") == Outcome(1, "", "onrecord: bad.pdf: a PDF; convert it to text first\n")


ERRORS = {
    "names the document itself": (UnreadableError("one.txt: no words in it"), 1, "onrecord: one.txt: no words in it\n"),
    "weights": (ModelError("the weights are damaged; install again"), 1, "onrecord: the weights are damaged; install again\n"),
    "hostile": (UsageError("a\x1b[2J\nb"), 2, "onrecord: a⟨U+001B⟩[2J b\n"),
    "interrupted": (KeyboardInterrupt(), 130, ""),
    "closed pipe": (BrokenPipeError(), 141, ""),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(run: Run, pipeline: Pipeline, name: str) -> None:
    pipeline.error, code, message = ERRORS[name]
    if name == "closed pipe":  # capsys has no descriptor to lose
        assert run("read", "one.txt").code == code
    else:
        assert run("read", "one.txt") == Outcome(code, "", message)


@pytest.mark.parametrize("error", [ZeroDivisionError("a / b"), RecursionError(), OSError(28, "No space left"), EOFError("x\ny")])
def test_surprises_are_one_line(run: Run, pipeline: Pipeline, error: Exception) -> None:
    pipeline.error = error
    result = run("read", "one.txt", "--json")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert result.err.startswith(f"onrecord: unexpected {type(error).__name__}")
    assert "please report this" in result.err


def test_debug_gives_the_traceback(run: Run, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_DEBUG", "1")
    pipeline.error = ZeroDivisionError("a / b")
    assert "Traceback (most recent call last)" in run("read", "one.txt").err


def test_a_report_of_nothing_is_fine(run: Run, pipeline: Pipeline) -> None:
    pipeline.report = replace(pipeline.report, statements=(), sources=())
    assert "no statements found" in run("read", "one.txt").out


# --- the process -------------------------------------------------------------------------------------------------------

START = "import sys; from onrecord.cli import main; code = main(); "


def start(*arguments: str, after: str = "sys.exit(code)", **settings: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START + after, *arguments]
    return subprocess.run(command, text=True, stderr=subprocess.PIPE, timeout=30, check=False, **settings)


def test_closed_pipe_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = start("schema", stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (141, "")


def test_closed_streams_end_quietly() -> None:
    result = subprocess.run(f'exec "{sys.executable}" -c "{START}sys.exit(code)" schema >&- 2>&-', shell=True, timeout=30, check=False)
    assert result.returncode == 0


def test_narrow_encodings_are_written_with_escapes() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = start("schema", stdout=subprocess.PIPE, env=env)
    assert result.returncode == 0
    assert json.loads(result.stdout) == load_schema()


@pytest.mark.parametrize("argument", ["--help", "schema"])
def test_quick_commands_load_nothing_heavy(argument: str) -> None:
    after = "print([m for m in ('onnxruntime', 'trafilatura', 'numpy', 'tokenizers') if m in sys.modules], file=sys.stderr)"
    assert start(argument, after=after, stdout=subprocess.DEVNULL).stderr == "[]\n"
