"""Which statements of a batch are versions of one utterance, told from the shards alone: the groups that a store of them would give.

The statements are traced in their order (`onrecord.trace`), and what a trace finds that is in no group yet makes a group with the
statement that was asked for. A statement that is in a group is not traced again. Each trace looks at a bounded number of others, so the
work grows as the statements do; it is given to processes or to Ray, a few ahead, and its answers are taken in order, so that the groups do
not depend on who traced.

DIR/groups.parquet has a row for each statement that has other versions: `group`, the id of the group's first statement, `id` and
`document` as in the shards, and `size`, the number of the group's statements.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from onrecord.cluster.batch import Engine
from onrecord.cluster.index import build_index, read_names, trace_one
from onrecord.cluster.local import Pool, count_processors
from onrecord.cluster.manifests import find_aside_file, open_batch, read_manifests, settle
from onrecord.cluster.reading import Left, Run
from onrecord.cluster.shards import Shard, build_group_schema
from onrecord.errors import UnreadableError
from onrecord.rows import name_id

Tell = Callable[[int, int], None]  # statements that are behind, and all


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """What came of a grouping."""

    path: Path
    statements: int
    groups: int  # of two statements or more
    grouped: int  # statements in them
    largest: int


def group(out: Path, *, engine: Engine = "local", workers: int = 0, address: str | None = None, watch: Tell | None = None) -> Grouped:
    """Group the statements of the shards under `out`, and write `groups.parquet` beside them, whole or not at all.

    Raises:
        UsageError: there are no shards, one is damaged, the folder is in use, or there is no Ray.
        UnreadableError: a statement could not be traced.
        OSError: the disk is full or gone.

    """
    with open_batch(out):
        index = find_aside_file(out, "index.db")
        try:
            count = build_index(index, out, read_manifests(out))
            with _open_run(engine, workers or count_processors(), address) as run:
                firsts = find_groups(index, count, run, watch)
            return _write(out, index, firsts)
        finally:
            index.unlink(missing_ok=True)


@contextmanager
def _open_run(engine: Engine, workers: int, address: str | None) -> Iterator[Run]:
    if engine == "ray":
        from onrecord.cluster.on_ray import open_run

        with open_run(workers, address) as run:
            yield run
        return
    with Pool(workers) as pool:
        yield pool.run


def find_groups(index: Path, count: int, run: Run, watch: Tell | None = None) -> array[int]:
    """For each statement, by its key, the key of the first of its group.

    Raises:
        UnreadableError: a statement could not be traced.

    """
    firsts = array("q", bytes(8 * (count + 1)))
    traced = run(partial(trace_one, path=str(index.absolute())), range(1, count + 1), lambda key: None if firsts[key] else key)
    for key, found in traced:
        if isinstance(found, Left):
            raise UnreadableError(f"statement {key} could not be traced ({found.reason})")
        for other in () if firsts[key] or found is None else found:
            firsts[other] = firsts[other] or key
        if watch:
            watch(key, count)
    return firsts


def _write(out: Path, index: Path, firsts: array[int]) -> Grouped:
    sizes = array("q", bytes(8 * len(firsts)))
    names: dict[int, str] = {}
    for first in firsts[1:]:
        sizes[first] += 1
    aside = find_aside_file(out, "groups.parquet")
    try:
        with Shard(aside, build_group_schema()) as shard:
            for key, document, statement in read_names(index):
                size = sizes[firsts[key]]
                if size > 1:
                    names.setdefault(firsts[key], name_id(document, statement))
                    row = {"group": names[firsts[key]], "id": name_id(document, statement), "document": document, "size": size}
                    shard.add([row])
        settle(aside, out / "groups.parquet")
    finally:
        aside.unlink(missing_ok=True)
    return Grouped(
        path=out / "groups.parquet",
        statements=len(firsts) - 1,
        groups=len(names),
        grouped=sum(sizes[first] for first in names),
        largest=max(sizes, default=0),
    )
