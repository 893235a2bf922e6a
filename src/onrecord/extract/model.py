"""The shipped reader: four int8 graphs run by onnxruntime, and the paths of its CRF.

`lower.onnx` and `upper.onnx`, the two parts of one encoder, run once over every window, `anchors.onnx` once for each piece that may
begin a cue, over its own paragraph; see training/model.py for what they compute. What needs no more than the middle states (certainty,
vectors) runs the lower part alone. `certainty.onnx` reads sentences from the encoder's middle states (training/certainty.py).
Small batches run side by side, one on each processor. The files are checked against the hashes in `reader.json` when they are
loaded: a damaged installation says so.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.errors import ModelError
from onrecord.extract.paths import read_paths
from onrecord.extract.windows import Window

_In = TypeVar("_In")
_Out = TypeVar("_Out")
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SOURCE, CUE, CONTENT = range(1, 4)  # the states of a path, beside NONE
_TAGS, _BEGINS_CUE = 7, 3  # how many tags there are, before the score of cues inside contents; index of one
_BATCH = 192  # pieces, padding counted in: processors work side by side on small batches
_PATHS = 256  # anchors decoded at once


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the model read from one piece that may begin a cue: a state for each piece of its window."""

    window: Window
    at: int  # the piece
    path: Ints
    cue: float  # probability that a cue begins here whose relation stands in no content
    inner: float  # probability that one begins whose relation stands in a content
    some: float  # probability that anything belongs to it
    path_share: float  # mean probability of the path's states, per piece that the path names


@dataclass(frozen=True, slots=True)
class Model:
    """The loaded reader. Make it with `load_model`."""

    tokenizer: Tokenizer
    lower: Any
    upper: Any
    anchors: Any
    certainty: Any  # none while a reader is trained
    vectors: bytes  # the arrays of the head for vectors, see `vectors`
    transitions: Floats
    settings: dict[str, Any]
    workers: ThreadPoolExecutor | None  # none where there is one processor: handing work over would only take time

    def run_all(self, function: Callable[[_In], _Out], items: Iterable[_In]) -> list[_Out]:
        """`function` of each item, in order; several at once where there are processors for it."""
        return list(self.workers.map(function, items) if self.workers else map(function, items))

    def read_windows(self, windows: Sequence[Window], middle: list[Floats] | None = None) -> list[Anchor]:
        """The anchors of all windows, in the windows' order. The encoder's middle states of each are put into `middle`, if it is given."""
        batches = _fill_batches([len(w) for w in windows])
        read = self.run_all(lambda b: self._find_views(windows, b, middle is not None), batches)
        if middle is not None:
            middle += put_back(batches, [states for _, states in read], len(windows))
        views = sorted((v for found, _ in read for v in found), key=lambda v: len(v.hidden))
        groups = _fill_batches([len(v.hidden) for v in views])
        scores = put_back(groups, self.run_all(lambda g: self._score([views[i] for i in g]), groups), len(views))
        anchors = [
            a for k in range(0, len(views), _PATHS) for a in self._read_paths(windows, views[k : k + _PATHS], scores[k : k + _PATHS])
        ]
        return [anchor for _, anchor in sorted(anchors, key=lambda a: (a[0], a[1].at))]

    def read_middle(self, windows: Sequence[Window]) -> list[Floats]:
        """The encoder's middle states of each window, pieces by width."""
        batches = _fill_batches([len(w) for w in windows])
        read = self.run_all(lambda b: self._read_middle([windows[i] for i in b]), batches)
        return put_back(batches, read, len(windows))

    def _read_middle(self, windows: Sequence[Window]) -> list[Floats]:
        ids, shapes, mask, _ = _lay_out(windows)
        (middle,) = self.lower.run(["middle"], {"ids": ids, "shapes": shapes, "mask": mask})
        return _take_rows(middle, windows)

    def judge(self, sentences: Sequence[Floats]) -> list[Floats]:
        """What the certainty head gives for each piece of sentences: values, and last the log-odds that a predicate begins."""
        batches = [b for b in _fill_batches([len(s) for s in sentences]) if len(sentences[b[0]])]
        return put_back(batches, self.run_all(lambda b: self._judge_batch([sentences[i] for i in b]), batches), len(sentences))

    def _judge_batch(self, batch: Sequence[Floats]) -> list[Floats]:
        middle = np.zeros((len(batch), max(map(len, batch)), batch[0].shape[-1]), dtype=np.float32)
        mask = np.zeros(middle.shape[:2], dtype=np.int64)
        for row, states in enumerate(batch):
            middle[row, : len(states)], mask[row, : len(states)] = states, 1
        (values,) = self.certainty.run(None, {"middle": middle, "mask": mask})
        return [values[row, : len(states)] for row, states in enumerate(batch)]

    def _encode(self, windows: Sequence[Window], with_middle: bool) -> tuple[Floats, Floats, NDArray[np.bool_], list[Floats]]:
        """Hidden states and tags of the windows, which pieces are their own, and the middle states of each, if they are asked for."""
        ids, shapes, mask, own = _lay_out(windows)
        middle, bias = self.lower.run(["middle", "bias"], {"ids": ids, "shapes": shapes, "mask": mask})
        hidden, tags = self.upper.run(["hidden", "tags"], {"middle": middle, "bias": bias})
        return hidden, tags, own, _take_rows(middle, windows) if with_middle else []

    def _find_views(self, windows: Sequence[Window], batch: Sequence[int], with_middle: bool) -> tuple[list[_View], list[Floats]]:
        """What each anchor of a batch sees: its own paragraph, as no relation reaches further."""
        inside = [windows[i] for i in batch]
        hidden, tags, own, middle = self._encode(inside, with_middle)
        cues = np.where(own, _softmax(tags[..., :_TAGS])[..., _BEGINS_CUE], 0)
        inner = np.where(own, 1 / (1 + np.exp(-tags[..., _TAGS])), 0)
        rows, at = (found.tolist() for found in np.nonzero((cues > self.settings["cue_floor"]) | (inner > self.settings["inner_floor"])))
        places = [(row, i, *_find_paragraph(inside[row], i)) for row, i in zip(rows, at, strict=True)]
        return [
            _View(batch[row], i, first, float(cues[row, i]), float(inner[row, i]), hidden[row, first:last])
            for row, i, first, last in places
        ], middle

    def _score(self, views: Sequence[_View]) -> list[Floats]:
        """The scores of the states that each anchor gives the pieces of its paragraph: paragraphs of one length are read together."""
        hidden = np.zeros((len(views), max(len(v.hidden) for v in views), views[0].hidden.shape[-1]), dtype=np.float32)
        mask = np.zeros(hidden.shape[:2], dtype=np.int64)
        for row, view in enumerate(views):
            hidden[row, : len(view.hidden)], mask[row, : len(view.hidden)] = view.hidden, 1
        at = np.array([view.at - view.first for view in views])
        (scores,) = self.anchors.run(None, {"hidden": hidden, "mask": mask, "rows": np.arange(len(views)), "at": at})
        return [scores[row, : len(view.hidden)] for row, view in enumerate(views)]

    def _read_paths(self, windows: Sequence[Window], views: Sequence[_View], scores: Sequence[Floats]) -> Iterator[tuple[int, Anchor]]:
        lengths = np.array([len(one) for one in scores])
        states = np.zeros((len(scores), lengths.max(), len(self.transitions)), dtype=np.float32)
        for row, one in enumerate(scores):
            states[row, : len(one)] = one
        paths, shares, nothing = read_paths(states, self.transitions, lengths)
        for row, view in enumerate(views):
            path = np.zeros(len(windows[view.window]), dtype=np.int64)
            path[view.first : view.first + lengths[row]] = paths[row, : lengths[row]]
            yield (
                view.window,
                Anchor(windows[view.window], view.at, path, view.cue, view.inner, float(1 - nothing[row]), float(shares[row])),
            )


@dataclass(frozen=True, slots=True)
class _View:
    """What one anchor sees: its window's index and its piece there, its paragraph's first piece, how likely a cue begins outside
    contents and inside, and the paragraph's hidden states, pieces by width.
    """

    window: int
    at: int
    first: int
    cue: float
    inner: float
    hidden: Floats


def _take_rows(states: Floats, windows: Sequence[Window]) -> list[Floats]:
    """The states of each window, without the padding."""
    return [states[row, : len(window)].astype(np.float16) for row, window in enumerate(windows)]


def _find_paragraph(window: Window, at: int) -> tuple[int, int]:
    """First and last (exclusive) piece of the paragraph around a piece."""
    breaks = np.flatnonzero(window.starts < 0)
    after = int(np.searchsorted(breaks, at))
    return int(breaks[after - 1]) + 1, int(breaks[after])


def put_back(batches: Sequence[Sequence[int]], read: Sequence[Sequence[Floats]], count: int) -> list[Floats]:
    """What was read in batches, in the order of the things read; empty where nothing was."""
    placed = [np.zeros((0, 0), dtype=np.float32)] * count
    for batch, rows in zip(batches, read, strict=True):
        for i, row in zip(batch, rows, strict=True):
            placed[i] = row
    return placed


def _fill_batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices of rows of these lengths, batched by length, the longest first so that no worker is left with one at the end."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= _BATCH:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def _lay_out(windows: Sequence[Window]) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    shape = (len(windows), max(len(w) for w in windows))
    ids, shapes, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    own = np.zeros(shape, dtype=np.bool_)
    for i, window in enumerate(windows):
        ids[i, : len(window)], shapes[i, : len(window)], mask[i, : len(window)] = window.ids, window.shapes, 1
        own[i, : len(window)] = window.starts >= 0
        own[i, : window.own_from] = own[i, window.own_to :] = False
    return ids, shapes, mask, own


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), dtype=np.float32)


@cache
def load_model(folder: Path | None = None) -> Model:
    """The reader in `folder`, or the one that the package ships; loaded once.

    Raises:
        ModelError: a file is missing, or is not the one that `reader.json` was written for.

    """
    folder = folder or Path(str(files("onrecord") / "data" / "reader"))
    try:
        settings = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        parts = {name: (folder / name).read_bytes() for name in settings["sha256"]}
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the reader's weights in {folder} cannot be read ({error}): install onrecord anew") from error
    for name, content in parts.items():
        if hashlib.sha256(content).hexdigest() != settings["sha256"][name]:
            raise ModelError(
                f"the reader's file {folder / name} is damaged (its hash is not the one in reader.json): install onrecord anew"
            )
    return Model(
        tokenizer=Tokenizer.from_str(parts["tokenizer.json"].decode()),
        lower=_start_session(parts["lower.onnx"]),
        upper=_start_session(parts["upper.onnx"]),
        anchors=_start_session(parts["anchors.onnx"]),
        certainty=_start_session(parts["certainty.onnx"]) if "certainty.onnx" in parts else None,
        vectors=parts.get("vectors.npz", b""),
        transitions=np.array(settings["transitions"], dtype=np.float32),
        settings=settings,
        workers=ThreadPoolExecutor(threads, thread_name_prefix="onrecord") if (threads := count_threads()) > 1 else None,
    )


def count_threads() -> int:
    """Threads to read with: `ONRECORD_THREADS`, or as many as the process has processors, four at most."""
    asked = os.environ.get("ONRECORD_THREADS", "")
    return (
        int(asked) if asked.isdecimal() and int(asked) else min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 4)
    )


def _start_session(graph: bytes) -> Any:
    """A session that runs on the thread that calls it: batches side by side use two processors better than one batch on both."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
