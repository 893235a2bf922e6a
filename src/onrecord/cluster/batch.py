"""A batch: which inputs there are, which of them are done, and who reads the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onrecord.cluster.filters import Seen, number_digests
from onrecord.cluster.inputs import Input, find_inputs
from onrecord.cluster.local import count_processors, read_local
from onrecord.cluster.manifests import Failed, Manifest, find_shard, is_done, open_batch, read_manifests
from onrecord.cluster.reading import Settings, Watch
from onrecord.cluster.shards import build_schemas, read_shard

Engine = Literal["local", "ray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to be read, where to, and by whom."""

    out: Path
    settings: Settings = field(default_factory=Settings)
    engine: Engine = "local"
    workers: int = 0  # 0: one for each processor
    address: str | None = None  # of a Ray cluster; one is started on this machine where there is none
    seen: tuple[Path, ...] = ()  # folders of batches whose articles are not read again


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs that are left to read, and how many are done."""

    left: tuple[Input, ...]
    done: int

    @property
    def size(self) -> int:
        return sum(one.size for one in self.left)


@contextmanager
def open_plan(sources: Sequence[str], batch: Batch) -> Iterator[Plan]:
    """What is left to do, in a folder that is this run's alone meanwhile.

    Raises:
        UsageError: a source names nothing, the folder cannot be written, or pyarrow is not installed.

    """
    build_schemas()
    inputs = find_inputs(sources)
    with open_batch(batch.out):
        left = tuple(one for one in inputs if not is_done(batch.out, one))
        yield Plan(left, len(inputs) - len(left))


def read_batch(plan: Plan, batch: Batch, watch: Watch | None = None) -> Iterator[Manifest | Failed]:
    """Read what is left, each input once done.

    Raises:
        UsageError: a batch that was seen is none, or Ray is not installed or not there.
        OSError: the disk is full or gone.

    """
    before = load_seen(batch.seen)
    workers = batch.workers or count_processors()
    if batch.engine == "ray":
        from onrecord.cluster.on_ray import read_on_ray

        yield from read_on_ray(plan.left, batch.out, batch.settings, before=before, workers=workers, address=batch.address)
        return
    yield from read_local(plan.left, batch.out, batch.settings, make_seen=lambda: Seen(before), workers=workers, watch=watch)


def load_seen(folders: Sequence[Path]) -> NDArray[np.uint64]:
    """The digests of the bytes and texts of all articles of other batches, as numbers."""
    parts = [np.zeros(0, dtype=np.uint64)]
    for folder in folders:
        for manifest in read_manifests(folder):
            for rows in read_shard(find_shard(folder, "documents", manifest.name), ("id", "text", "outcome")):
                parts.append(number_digests(value for row in rows if row["outcome"] == "read" for value in (row["id"], row["text"])))
    return np.unique(np.concatenate(parts))
