"""What `onrecord batch` and `onrecord group` do: the functions of `cluster`, a line for each input as it is done, and a summary."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from onrecord.cli import complain
from onrecord.cli.keeping import open_bar, summarise, tell
from onrecord.cli.reading import format_json
from onrecord.cluster.batch import Batch, Engine, Plan, open_plan, read_batch
from onrecord.cluster.grouping import group
from onrecord.cluster.loading import load
from onrecord.cluster.manifests import Failed, Manifest, read_manifests
from onrecord.errors import StoreError, UsageError
from onrecord.store import open_store
from onrecord.view.outline import count_of
from onrecord.view.visible import show

_OUTCOMES = {  # what is said of each
    "copy": "copies",
    "seen": "seen before",
    "language": "in other languages",
    "short": "too short",
    "unreadable": "unreadable",
    "failed": "failed",
}


def batch_and_print(sources: tuple[str, ...], batch: Batch, *, into: str | None, as_json: bool) -> int:
    """Read inputs into shards, and load these into the store at `into` if there is one; the exit code. Raises UsageError, StoreError."""
    if not sources and into is None:
        raise UsageError(
            "nothing to do: give WARC files or folders of articles, or --load for shards that are there (see onrecord batch --help)"
        )
    code = _read(sources, batch, as_json=as_json) if sources else 0
    return code if into is None else max(code, _load(batch.out, into, as_json=as_json))


def _read(sources: tuple[str, ...], batch: Batch, *, as_json: bool) -> int:
    counts, failed = Counter[str](), False
    with open_plan(sources, batch) as plan, _open_progress(plan) as (watch, settle):
        try:
            for done in read_batch(plan, batch, watch):
                settle(done.name)
                failed |= isinstance(done, Failed) or bool(done.notes) or bool(done.counts.get("failed"))
                _tell(done, as_json=as_json)
                if isinstance(done, Manifest):
                    counts.update(done.counts)
        except OSError as error:
            failed = True
            complain(f"{batch.out}: {_describe(error)}: run the same again when that is mended; the shards that are whole stay")
        done_before = plan.done
    if not as_json:
        before = f", {count_of(done_before, 'input')} done before" if done_before else ""
        print(f"{_count(counts)}{before}: {show(str(batch.out))}")
    return 1 if failed else 0


def _tell(done: Manifest | Failed, *, as_json: bool) -> None:
    if as_json:
        print(format_json(asdict(done)), flush=True)
    if isinstance(done, Failed):
        complain(done.reason if done.name in done.reason else f"{done.name}: {done.reason}")
        return
    for note in done.notes:
        complain(note)
    if not as_json:
        print(f"{show(done.name)}: {_count(Counter(done.counts))}, {done.seconds:.0f} s", flush=True)


def _count(counts: Counter[str]) -> str:
    left = ", ".join(f"{counts[outcome]:,} {said}" for outcome, said in _OUTCOMES.items() if counts[outcome])
    read = f"{count_of(counts['read'], 'article')} read ({count_of(counts['statements'], 'statement')})"
    return f"{read}, {left}" if left else read


def _describe(error: OSError) -> str:
    return "the disk is full" if error.errno == errno.ENOSPC else f"cannot be written ({(error.strerror or str(error)).lower()})"


@contextmanager
def _open_progress(plan: Plan) -> Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]:
    """A bar of the bytes that are behind on standard error, where that is a terminal: what to tell it of an input on its way, and done."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield (lambda behind, pages: None), (lambda name: None)
        return
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[pages]:,} pages"), TimeRemainingColumn())
    sizes, before = {one.name: one.size for one in plan.left}, [0, 0]
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("reading", total=plan.size, pages=0)
        last = [0]

        def watch(behind: int, pages: int) -> None:
            last[0] = pages
            progress.update(task, completed=before[0] + behind, pages=before[1] + pages)

        def settle(name: str) -> None:
            before[0], before[1], last[0] = before[0] + sizes[name], before[1] + last[0], 0
            progress.update(task, completed=before[0])

        yield watch, settle


def group_and_print(out: Path, *, engine: Engine, workers: int, address: str | None, as_json: bool) -> int:
    """Group the statements of shards; the exit code. Raises UsageError, UnreadableError."""
    bar = open_bar("tracing")
    try:
        with bar or nullcontext():
            task = bar.add_task("tracing", total=None) if bar else None

            def watch(behind: int, total: int) -> None:
                if bar and task is not None:
                    bar.update(task, completed=behind, total=total)

            done = group(out, engine=engine, workers=workers, address=address, watch=watch)
    except OSError as error:
        complain(f"{out}: {_describe(error)}: run the same again when that is mended; the shards are as they were")
        return 1
    if as_json:
        print(format_json({**asdict(done), "path": str(done.path)}))
    else:
        found = f"{count_of(done.groups, 'utterance')} with {done.grouped:,} versions, the largest with {done.largest:,}"
        print(f"{count_of(done.statements, 'statement')}: {found if done.groups else 'no two of one utterance'}: {show(str(done.path))}")
    return 0


def _load(out: Path, place: str, *, as_json: bool) -> int:
    manifests = read_manifests(out)
    total = sum(manifest.counts.get("read", 0) for manifest in manifests)
    store = open_store(place, make=True)
    counts = Counter[str]()
    bar, failed = open_bar("loading"), False
    try:
        loaded = load(store, out, manifests)
        for kept in bar.track(loaded, total=total) if bar else loaded:
            counts.update({kept.outcome: 1, "statements": kept.statements})
            tell(kept)
            if as_json:
                print(format_json(asdict(kept)))
    except StoreError as error:
        failed = True
        complain(str(error))
    finally:
        if bar:
            bar.stop()
        store.close()
    if not as_json:
        print(summarise(counts, store.name))
    return 1 if failed else 0
