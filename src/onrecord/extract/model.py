"""The shipped reader: two int8 graphs run by onnxruntime, and the paths of its CRF.

`encoder.onnx` runs once over every window, `anchors.onnx` once over the pieces that may begin a cue; see training/model.py for
what they compute. Windows are sorted by length and run in small batches, where the processor's integer units are busiest. The
files are checked against the hashes in `reader.json` when they are loaded: a damaged installation says so.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.errors import ModelError
from onrecord.extract.windows import Window

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

NONE, SOURCE, CUE, CONTENT = range(4)
_BEGINS_CUE = 3  # index of the tag
_BATCH = 2048  # pieces, padding counted in


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the model read from one piece that may begin a cue: a state for each piece of its window."""

    window: Window
    path: Ints
    cue: float  # probability that a cue begins here
    some: float  # probability that anything belongs to it
    path_share: float  # mean probability of the path's states, per piece that the path names


@dataclass(frozen=True, slots=True)
class Model:
    """The loaded reader. Make it with `load_model`."""

    tokenizer: Tokenizer
    encoder: Any
    anchors: Any
    transitions: Floats
    settings: dict[str, Any]

    def read_windows(self, windows: Sequence[Window]) -> list[Anchor]:
        """The anchors of all windows, in the windows' order."""
        order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
        found: dict[int, list[Anchor]] = {}
        for batch in _fill_batches(windows, order):
            for i, anchor in self._read_batch([windows[i] for i in batch]):
                found.setdefault(batch[i], []).append(anchor)
        return [anchor for i in range(len(windows)) for anchor in found.get(i, [])]

    def _read_batch(self, windows: Sequence[Window]) -> Iterator[tuple[int, Anchor]]:
        ids, shapes, mask, own = _lay_out(windows)
        hidden, tags = self.encoder.run(None, {"ids": ids, "shapes": shapes, "mask": mask})
        cues = np.where(own, _softmax(tags)[..., _BEGINS_CUE], 0)
        rows, at = np.nonzero(cues > self.settings["cue_floor"])
        if not len(rows):
            return
        (states,) = self.anchors.run(None, {"hidden": hidden, "mask": mask, "rows": rows, "at": at})
        paths, shares, none = read_paths(states, self.transitions, mask[rows])
        for k, (row, piece) in enumerate(zip(rows.tolist(), at.tolist(), strict=True)):
            window = windows[row]
            yield row, Anchor(window, paths[k, : len(window)], float(cues[row, piece]), float(1 - none[k]), float(shares[k]))


def _fill_batches(windows: Sequence[Window], order: Sequence[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for i in order:
        if batch and len(windows[i]) * (len(batch) + 1) > _BATCH:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


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


def read_paths(states: Floats, transitions: Floats, mask: Ints) -> tuple[Ints, Floats, Floats]:
    """The best path of each anchor under the CRF (anchors by pieces), the mean marginal probability of the states
    that it names, and the probability of the path that names nothing.
    """
    n, length, count = states.shape
    keep = mask.astype(bool)
    best, back = states[:, 0], np.zeros((length, n, count), dtype=np.int64)
    forward = np.empty_like(states)
    forward[:, 0] = states[:, 0]
    for t in range(1, length):
        live = keep[:, t, None]
        steps = best[:, :, None] + transitions
        back[t] = np.where(live, steps.argmax(1), np.arange(count))
        best = np.where(live, steps.max(1) + states[:, t], best)
        forward[:, t] = np.where(live, _log_sum(forward[:, t - 1, :, None] + transitions, 1) + states[:, t], forward[:, t - 1])
    paths = np.zeros((n, length), dtype=np.int64)
    paths[:, -1] = best.argmax(1)
    backward = np.zeros_like(states)
    for t in range(length - 1, 0, -1):
        live = keep[:, t, None]
        paths[:, t - 1] = back[t][np.arange(n), paths[:, t]]
        backward[:, t - 1] = np.where(live, _log_sum(transitions + (states[:, t] + backward[:, t])[:, None, :], 2), backward[:, t])
    paths[~keep] = NONE
    total = _log_sum(forward[:, -1], 1)
    marginals = np.take_along_axis(forward + backward, paths[..., None], 2)[..., 0] - total[:, None]
    named = paths != NONE
    shares = (np.exp(marginals) * named).sum(1) / np.maximum(1, named.sum(1))
    nothing = (states[..., NONE] * keep).sum(1) + transitions[NONE, NONE] * (keep.sum(1) - 1)
    return paths, shares.astype(np.float32), np.exp(np.minimum(0, nothing - total)).astype(np.float32)


def _log_sum(scores: Floats, axis: int) -> Floats:
    top = scores.max(axis, keepdims=True)
    return np.asarray(np.log(np.exp(scores - top).sum(axis)) + top.squeeze(axis), dtype=np.float32)


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
        encoder=_start_session(parts["encoder.onnx"]),
        anchors=_start_session(parts["anchors.onnx"]),
        transitions=np.array(settings["transitions"], dtype=np.float32),
        settings=settings,
    )


def _start_session(graph: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("ONRECORD_THREADS", "0"))
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
