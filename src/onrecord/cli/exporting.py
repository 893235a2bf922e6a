"""What `onrecord export` and `import` do: a store as JSON Lines and back; documents in the formats of others."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from onrecord.cli.keeping import open_bar
from onrecord.cli.reading import format_json
from onrecord.errors import StoreError, UsageError
from onrecord.export import FORMATS, write_export
from onrecord.store import Imported, Query, load_dump, open_dump, open_store, read_archived, write_dump
from onrecord.types import Archived
from onrecord.view.outline import count_of
from onrecord.view.visible import show

LINES = "jsonl"
_KINDS = {"document": "document", "capture": "capture", "reading": "reading", "observation": "observation", "judgement": "judgement"}
_KINDS |= {"review": "review", "stamp": "time stamp", "polling": "watched list"}


def export(place: str, form: str, out: str, query: Query | None) -> int:
    """Write a store, or of it the documents that a query finds, to a file or folder, or `-`; the exit code.

    Raises UsageError, StoreError.
    """
    if form != LINES and form not in FORMATS:
        raise UsageError(f"--format {form}: not a format; give one of {', '.join((LINES, *FORMATS))}")
    if form == LINES and query is not None:
        raise UsageError(f"--format {LINES} is the whole store: leave the filters out, or take another format")
    if out == "-" and form in FORMATS and FORMATS[form].is_folder:
        raise UsageError(f"--out -: {FORMATS[form].title} is a folder of files: give its name")
    if out != "-" and not Path(out).absolute().parent.is_dir():
        raise UsageError(f"--out {out}: there is no such folder to write it in: make it, or give another name")
    store = open_store(place)
    with ExitStack() as stack:
        stack.callback(store.close)
        watch = stack.enter_context(_watching("exporting"))
        stack.enter_context(_telling(out))
        if form == LINES:
            many = _write(out, lambda file: write_dump(store, file, watch))
            told = count_of(many, "line")
        else:
            counted = _Counted(read_archived(store, query, captures=FORMATS[form].of_captures), watch)
            try:
                if out == "-":
                    _print_export(counted, form)
                else:
                    write_export(counted, form, Path(out))
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(
                    f"{store.name}: a stored report is damaged ({error}): see onrecord verify; nothing was exported"
                ) from error
            told = count_of(counted.done, "document")
    if out != "-":
        print(f"{told} of {show(store.name)} in {show(out)}")
    return 0


@contextmanager
def _telling(out: str) -> Iterator[None]:
    """What keeps a file from being written (no right, a full disk), as one line; a reader of a pipe that has gone is no such thing."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise StoreError(
            f"--out {out}: cannot be written ({why}); nothing is left there: give another place, or free some space"
        ) from error


class _Counted:
    """Documents that are counted as they go by."""

    def __init__(self, archived: Iterator[Archived], watch: Callable[[int, int], None]) -> None:
        self.archived, self.watch, self.done = archived, watch, 0

    def __iter__(self) -> Iterator[Archived]:
        for each in self.archived:
            self.done += 1
            self.watch(self.done, 0)
            yield each


def _print_export(archived: _Counted, form: str) -> None:
    """To standard output, when all of it is there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        write_export(archived, form, path)
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _write(out: str, write: Callable[[BinaryIO], int]) -> int:
    """Write a file aside and put it in its place when all of it is there."""
    if out == "-":
        many = write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return many
    path = Path(out)
    if path.is_dir():
        raise UsageError(f"{out}: a folder: give the name of a file")
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as file:
            many = write(file)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return many


def import_lines(place: str, source: str, *, as_json: bool) -> int:
    """Import what `export` wrote as JSON Lines into a store, which is made if it is not there; the exit code.

    Raises UsageError, UnreadableError, StoreError.
    """
    with ExitStack() as stack:
        dump = open_dump(stack.enter_context(_open(source)), source)
        store = open_store(place, make=True)
        stack.callback(store.close)
        done = load_dump(store, dump, stack.enter_context(_watching("importing")))
    if as_json:
        print(format_json({"added": done.added, "known": done.known, "left": done.left}))
    else:
        print(f"{_summarise(done)}: {show(store.name)}")
    return 0


@contextmanager
def _open(source: str) -> Iterator[BinaryIO]:
    """A file that can be read twice; standard input is copied into one first."""
    if source != "-":
        try:
            opened = Path(source).open("rb")  # noqa: SIM115 it is closed below
        except OSError as error:
            raise UsageError(f"{source}: cannot be opened ({error.strerror}): give a file that onrecord export wrote") from None
        with opened:
            yield opened
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def _summarise(done: Imported) -> str:
    added = [count_of(many, _KINDS[kind]) for kind, many in sorted(done.added.items(), key=lambda pair: list(_KINDS).index(pair[0]))]
    parts = [f"{', '.join(added)} added" if added else "nothing new"]
    if known := sum(done.known.values()):
        parts.append(f"{known} known")
    if done.left:
        parts.append(f"{count_of(done.left, 'time stamp')} of another log left out")
    return "; ".join(parts)


@contextmanager
def _watching(verb: str) -> Iterator[Callable[[int, int], None]]:
    """What is told how many of how many are done (0 where that is not known), and shows it where standard error is a terminal."""
    progress = open_bar(verb)
    if progress is None:
        yield lambda done, total: None
        return
    with progress:
        task = progress.add_task(verb, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)
