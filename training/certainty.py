"""Train the certainty head: `python -m training.certainty --data DIR --weights average.pt --reader src/onrecord/data/reader`.

DIR holds UW, UDS_IH2 and MEANTIME (`train.jsonl`, `dev.jsonl`). The reader's encoder stays as it is. The head takes the states that it has
after its second layer (later ones have been tuned to who says what, and know less of how sure it is), reads each sentence through
two transformer layers that begin as copies of the reader's next two, with the least used of their inner units left out, and gives for
every piece a value on the scale of each set, and the log-odds that the piece begins a predicate. The sets' annotators were asked
different things (a plan is 2 in UW and -2 in UDS-IH2), so they share layers, not scales; the product reads UW's.

Writes `certainty.onnx` (int8) into the reader's folder, and its hash into `reader.json`. A last, slow epoch reads the states of the int8
encoder, which differ a little. Training is taken up again from `--checkpoint`.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from bench.factuality import SETS, Sentence, read_sentences
from onrecord.extract.model import load_model
from onrecord.extract.windows import Window, cut_pieces, pack_windows
from onrecord.types import Span
from training.export import DEPTH, load_reader
from training.model import Reader
from training.train import load_start

LAYERS, INNER, NARROW = 2, 400, 192
PREDICATE = len(SETS)
_PIECES = 1600  # a step
_CHUNK = 64  # sentences that are packed together


class CertaintyHead(nn.Module):
    """Values on the sets' scales and log-odds of a predicate: sentences by pieces by outputs."""

    def __init__(self, encoder: nn.Module, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(narrow(copy.deepcopy(encoder.encoder.layer[DEPTH + i]), INNER) for i in range(LAYERS))
        width = encoder.config.hidden_size
        self.narrow, self.out = nn.Linear(width, NARROW), nn.Linear(NARROW, len(SETS) + 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, middle: Tensor, mask: Tensor) -> Tensor:
        x, away = self.dropout(middle), (1.0 - mask.to(middle.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            given = layer(x, away)
            x = given[0] if isinstance(given, tuple) else given
        return self.out(self.dropout(functional.gelu(self.narrow(self.dropout(x)))))


def narrow(layer: nn.Module, keep: int) -> nn.Module:
    """The layer with the `keep` inner units of its feed-forward part that have the largest weights."""
    up, down = layer.intermediate.dense, layer.output.dense
    best = (up.weight.norm(dim=1) * down.weight.norm(dim=0)).topk(keep).indices
    layer.intermediate.dense, layer.output.dense = nn.Linear(up.in_features, keep), nn.Linear(keep, down.out_features)
    with torch.no_grad():
        layer.intermediate.dense.weight.copy_(up.weight[best])
        layer.intermediate.dense.bias.copy_(up.bias[best])
        layer.output.dense.weight.copy_(down.weight[:, best])
        layer.output.dense.bias.copy_(down.bias)
    return layer


Encode = Callable[[Sequence[Window]], list[Tensor]]


# --- what is learnt from -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """One sentence: its set, the middle states of its pieces, and its predicates by their first piece."""

    of: int
    states: Tensor
    at: tuple[int, ...]
    labels: tuple[float, ...]


@torch.no_grad()
def build_examples(
    of: int, sentences: Sequence[Sentence], encode: Encode, tokenizer: Tokenizer, chance: random.Random
) -> Iterator[Example]:
    """The examples of a set: sentences stand alone or among others in a window, as in articles."""
    order = chance.sample(range(len(sentences)), len(sentences))
    for first in range(0, len(order), _CHUNK):
        chunk = [sentences[i] for i in order[first : first + _CHUNK]]
        starts = np.cumsum([0, *(len(s.text) + 1 for s in chunk)]).tolist()
        spans = [Span(start, start + len(s.text)) for start, s in zip(starts, chunk, strict=False)]
        windows = pack_windows(cut_pieces("\n".join(s.text for s in chunk), spans, tokenizer), packed=chance.choice((16, 96, 160)))
        for window, states in zip(windows, encode(windows), strict=True):
            for span, sentence in zip(spans, chunk, strict=True):
                inside = np.flatnonzero((window.starts >= span.start) & (window.starts < span.end))
                begins = window.starts[inside] - span.start
                hits = [(int(np.searchsorted(begins, target.start)), label) for target, label in sentence.targets]
                hits = [(at, label) for at, label in hits if at < len(inside)]
                if hits:
                    yield Example(of, states[inside].half(), tuple(at for at, _ in hits), tuple(label for _, label in hits))


@torch.no_grad()
def encode_exactly(reader: Reader, windows: Sequence[Window]) -> list[Tensor]:
    """The middle states of each window in float32; windows of like length together."""
    order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
    states: dict[int, Tensor] = {}
    for first in range(0, len(order), 16):
        batch = order[first : first + 16]
        ids, shapes = (
            nn.utils.rnn.pad_sequence([torch.from_numpy(getattr(windows[i], name)) for i in batch], batch_first=True)
            for name in ("ids", "shapes")
        )
        lengths = torch.tensor([len(windows[i]) for i in batch])
        away = (torch.arange(ids.shape[1])[None] >= lengths[:, None]).float()[:, None, None, :] * -1e4
        x = reader.encoder.embeddings(inputs_embeds=reader.encoder.embeddings.word_embeddings(ids) + reader.shapes(shapes))
        for layer in reader.encoder.encoder.layer[:DEPTH]:
            given = layer(x, away)
            x = given[0] if isinstance(given, tuple) else given
        states |= {i: x[row, : len(windows[i])] for row, i in enumerate(batch)}
    return [states[i] for i in range(len(windows))]


def encode_as_shipped(folder: Path, windows: Sequence[Window]) -> list[Tensor]:
    """The same by the int8 graph, whose states are a little different."""
    return [torch.from_numpy(states) for states in load_model(folder).read_middle(windows)]


@dataclass(frozen=True)
class Batch:
    states: Tensor
    mask: Tensor
    rows: Tensor
    at: Tensor
    labels: Tensor
    of: Tensor  # the set of each predicate
    begins: Tensor  # 1 where a predicate begins, 0 where none does, -1 where that is not known


def draw_batches(examples: Sequence[Example], chance: random.Random | None) -> Iterator[Batch]:
    order = chance.sample(examples, len(examples)) if chance else list(examples)
    batches: list[list[Example]] = []
    for first in range(0, len(order), 600):
        batches.append([])
        for example in sorted(order[first : first + 600], key=lambda e: len(e.states)):
            if len(example.states) * (len(batches[-1]) + 1) > _PIECES and batches[-1]:
                batches.append([])
            batches[-1].append(example)
    for batch in chance.sample(batches, len(batches)) if chance else batches:
        yield collate(batch)


def collate(batch: Sequence[Example]) -> Batch:
    """One padded batch. Only UW's annotators marked every predicate, so only there a piece without a label is known to be none."""
    length = max(len(e.states) for e in batch)
    states, mask = torch.zeros(len(batch), length, batch[0].states.shape[1]), torch.zeros(len(batch), length)
    begins = torch.full((len(batch), length), -1.0)
    for row, example in enumerate(batch):
        n = len(example.states)
        states[row, :n], mask[row, :n] = example.states.float(), 1
        if SETS[example.of] == "UW":
            begins[row, :n] = 0
            begins[row, list(example.at)] = 1
    hits = [(row, at, label, e.of) for row, e in enumerate(batch) for at, label in zip(e.at, e.labels, strict=True)]
    rows, at, labels, of = (torch.tensor(column) for column in zip(*hits, strict=True))
    return Batch(states, mask, rows, at, labels, of, begins)


# --- learning --------------------------------------------------------------------------------------------------------


def count_loss(head: CertaintyHead, batch: Batch, others: float) -> Tensor:
    """Squared error on each set's own scale, `others` times as much for sets that are not UW, and a little for the predicates."""
    given = head(batch.states, batch.mask)
    values = given[batch.rows, batch.at].gather(1, batch.of[:, None])[:, 0]
    weights = torch.where(batch.of == 0, 1.0, others)
    known = batch.begins >= 0
    loss = ((values - batch.labels) ** 2 * weights).mean()
    if known.any():
        loss = loss + 0.2 * functional.binary_cross_entropy_with_logits(given[..., PREDICATE][known], batch.begins[known])
    return loss


@torch.no_grad()
def measure(head: CertaintyHead, examples: Sequence[Example]) -> dict[str, tuple[float, float]]:
    """MAE and Pearson's r of each set on its own scale."""
    head.eval()
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for batch in draw_batches(examples, None):
        values = head(batch.states, batch.mask)[batch.rows, batch.at].gather(1, batch.of[:, None])[:, 0]
        found.append((values.clamp(-3, 3), batch.labels, batch.of))
    values, labels, of = (torch.cat(column) for column in zip(*found, strict=True))
    figures = {}
    for index, name in enumerate(SETS):
        v, y = values[of == index], labels[of == index]
        figures[name] = (round(float((v - y).abs().mean()), 4), round(float(torch.corrcoef(torch.stack([v, y]))[0, 1]), 4))
    return figures


def train(
    head: CertaintyHead, learn: list[Example], test: list[Example], args: argparse.Namespace, *, checkpoint: Path, rate: float, epochs: int
) -> CertaintyHead:
    """The moving average of the weights after the epoch that is best on UW's development split."""
    learn = [e for e in learn for _ in range(args.uw if SETS[e.of] == "UW" else 1)]
    average, step, epoch, best = copy.deepcopy(head), 0, 0, -1.0
    optimizer = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.02)
    total = epochs * sum(len(e.states) for e in learn) / _PIECES * 1.05
    chosen = copy.deepcopy(head)
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        for module, name in ((head, "head"), (average, "average"), (chosen, "chosen"), (optimizer, "optimizer")):
            module.load_state_dict(saved[name])
        step, epoch, best = saved["step"], saved["epoch"], saved["best"]
    while epoch < epochs:
        head.train()
        for batch in draw_batches(learn, random.Random(args.seed * 1000 + epoch)):
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, step / 100) * max(0.02, 1 - step / total)
            count_loss(head, batch, args.others).backward()
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(head.parameters()), 1 - min(0.995, 1 - 1 / (step + 1)))
        epoch += 1
        figures = measure(average, test)
        print(f"epoch {epoch} step {step}/{total:.0f} MAE and r on dev: {figures}", flush=True)
        if figures["UW"][1] > best:
            best = figures["UW"][1]
            chosen.load_state_dict(average.state_dict())
        parts = {"head": head, "average": average, "chosen": chosen, "optimizer": optimizer}
        torch.save({name: part.state_dict() for name, part in parts.items()} | {"step": step, "epoch": epoch, "best": best}, checkpoint)
    return chosen.eval()


# --- what is shipped ---------------------------------------------------------------------------------------------------


def export(head: CertaintyHead, folder: Path) -> None:
    """`certainty.onnx` into the reader's folder."""
    states, mask = torch.zeros(2, 12, head.narrow.in_features), torch.ones(2, 12, dtype=torch.long)
    axes = {0: "sentences", 1: "pieces"}
    with tempfile.TemporaryDirectory() as away, torch.no_grad():
        torch.onnx.export(
            head, (states, mask), str(Path(away) / "float.onnx"), dynamo=False, opset_version=17, input_names=["middle", "mask"],
            output_names=["values"], dynamic_axes=dict.fromkeys(("middle", "mask", "values"), axes),
        )  # fmt: skip
        quantize_dynamic(Path(away) / "float.onnx", folder / "certainty.onnx", weight_type=QuantType.QInt8, per_channel=True)
    described = json.loads((folder / "reader.json").read_text())
    described["sha256"]["certainty.onnx"] = hashlib.sha256((folder / "certainty.onnx").read_bytes()).hexdigest()
    (folder / "reader.json").write_text(json.dumps(described, indent=1) + "\n")
    print("certainty.onnx", (folder / "certainty.onnx").stat().st_size, "bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with UW, UDS_IH2 and MEANTIME")
    parser.add_argument("--weights", type=Path, required=True, help="the reader's weights in float32")
    parser.add_argument("--reader", type=Path, required=True, help="the exported reader's folder")
    parser.add_argument("--checkpoint", type=Path, default=Path("build/certainty.pt"))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--uw", type=int, default=3, help="times that UW's sentences are read in an epoch")
    parser.add_argument("--others", type=float, default=0.3, help="weight of the other sets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    args.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    reader = load_reader(args.weights)
    head = CertaintyHead(reader.encoder, args.dropout)
    print(f"{sum(p.numel() for p in head.parameters()):,} weights", flush=True)
    as_shipped = args.checkpoint.with_suffix(".shipped.pt")
    for encode, checkpoint, rate, epochs in (
        (partial(encode_exactly, reader), args.checkpoint, args.rate, args.epochs),
        (partial(encode_as_shipped, args.reader), as_shipped, args.rate / 5, 1),
    ):
        learn, test = (read_part(args.data, part, encode, args.seed) for part in ("train", "dev"))
        head = train(head, learn, test, args, checkpoint=checkpoint, rate=rate, epochs=epochs)
        export(head, args.reader)


def read_part(data: Path, part: str, encode: Encode, seed: int) -> list[Example]:
    """The examples of all sets in one split."""
    (_, tokenizer), chance = load_start(), random.Random(seed)
    sets = [list(read_sentences(data / name / f"{part}.jsonl")) for name in SETS]
    return [example for of, sentences in enumerate(sets) for example in build_examples(of, sentences, encode, tokenizer, chance)]


if __name__ == "__main__":
    main()
