"""Train the reader's upper part on, under its shipped lower part: `python -m training.refine --data DIR --reader DIR --out DIR`.

The lower part (embeddings and the first layers, `lower.onnx`) stays byte for byte what it is, so that the heads that read its
middle states keep their worth; the layers above it, the tag head and the anchors' layers begin from the shipped weights, brought
back from int8, and go on learning as they are read: from the int8 lower part's own output, each cue in its own paragraph. Cues inside
contents, which the tags leave out, are learned beside them (training.inner says which there are): a head of their own says where they
begin, and the anchors' layers read what belongs to them like any other cue's. Several runs with other seeds may be averaged by
`training.export --weights A B C` (Wortsman et al. 2022, model soups).
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

from bench.brat import Article
from onrecord.extract.model import load_model
from training.corpus import UNKNOWN, Example, label_article
from training.inner import read_inner
from training.model import Batch, Reader, crf_nll
from training.own import read_sheets
from training.train import collate, draw_batches, group_parameters, load_start, read_versions

DEPTH = 2  # layers of the lower part
_UNKNOWN = 0.15  # what it counts that no cue inside a content begins where nobody has annotated that


def restore_weights(folder: Path) -> dict[str, Tensor]:
    """The parameters of an exported reader in float32: `(int8 - zero point) * scale`."""
    weights: dict[str, Tensor] = {}
    for name in ("lower.onnx", "upper.onnx", "anchors.onnx"):
        graph = onnx.load(folder / name).graph
        arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        for key, array in arrays.items():
            if key.startswith("reader.") and not key.endswith(("_scale", "_zero_point", "_quantized")):
                weights[key.removeprefix("reader.")] = torch.from_numpy(array.astype(np.float32))
            elif key.startswith("reader.") and key.endswith("weight_quantized"):  # embeddings
                weights[key.removeprefix("reader.").removesuffix("_quantized")] = _restore(arrays, key)
        for node in graph.node:
            if node.op_type == "MatMulInteger":
                module = node.output[0].split("/")[1:-1]
                weights[".".join(module) + ".weight"] = _restore(arrays, node.input[1]).T.contiguous()
    weights["transitions"] = torch.tensor(json.loads((folder / "reader.json").read_text())["transitions"])
    return weights


def _restore(arrays: dict[str, np.ndarray], key: str) -> Tensor:
    scale, zero = (arrays[key.removesuffix("quantized") + part] for part in ("scale", "zero_point"))
    return torch.from_numpy((arrays[key].astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32))


def load_reader(folder: Path, dropout: float) -> Reader:
    encoder, _ = load_start()
    encoder.config.hidden_dropout_prob = dropout
    reader = Reader(encoder, dropout)
    missing, unknown = reader.load_state_dict(restore_weights(folder), strict=False)
    if unknown or any(not name.endswith("position_ids") and not name.startswith("inner.") for name in missing):
        raise SystemExit(f"training.refine: {folder} is no reader of this shape: {missing or unknown}")
    return reader


def encode_upper(reader: Reader, middle: Tensor, mask: Tensor) -> Tensor:
    """The hidden states, windows by pieces by width, from the middle ones."""
    bias = (1.0 - mask[:, None, None, :].to(middle.dtype)) * -1e4
    hidden = middle
    for layer in reader.encoder.encoder.layer[DEPTH:]:
        read = layer(hidden, bias)
        hidden = read[0] if isinstance(read, tuple) else read
    return reader.dropout(hidden)


def cut_paragraphs(examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """First and last (exclusive) piece of the paragraph around each piece, windows by pieces."""
    shape = (len(examples), max(len(e.window) for e in examples))
    firsts, lasts = np.zeros(shape, dtype=np.int64), np.ones(shape, dtype=np.int64)
    for row, example in enumerate(examples):
        breaks = np.flatnonzero(example.window.starts < 0)
        for before, after in zip(breaks[:-1].tolist(), breaks[1:].tolist(), strict=True):
            firsts[row, before + 1 : after], lasts[row, before + 1 : after] = before + 1, after
    return firsts, lasts


def count_nats(reader: Reader, batch: Batch, middle: Tensor, bounds: tuple[Tensor, Tensor], strays: int) -> tuple[Tensor, Tensor]:
    """Summed loss of tags and of anchors, in nats, the anchors each in its own paragraph; `strays` as in training.model. Where cues
    begin inside contents is counted with the tags.
    """
    hidden = encode_upper(reader, middle, batch.mask)
    tags = reader.tags(hidden).float()
    text = batch.tags >= 0
    tag_nats = functional.cross_entropy(tags[text], batch.tags[text], reduction="sum")
    inner = reader.inner(hidden).squeeze(-1).float()
    weights = torch.where(batch.inner[text] == UNKNOWN, _UNKNOWN, 1.0)
    told = batch.inner[text].clamp(min=0).float()
    tag_nats = tag_nats + functional.binary_cross_entropy_with_logits(inner[text], told, weight=weights, reduction="sum")
    rows, at, roles = batch.rows, batch.at, batch.roles
    likely = torch.maximum(tags.detach().log_softmax(-1)[..., 3], functional.logsigmoid(inner.detach()))
    likely = likely.masked_fill(~text | (batch.tags == 3) | (batch.tags == 4) | (batch.inner != 0), -1e4)
    worst = likely.flatten().topk(strays).indices
    rows = torch.cat([rows, worst // likely.shape[1]])
    at = torch.cat([at, worst % likely.shape[1]])
    roles = torch.cat([roles, roles.new_zeros(strays, roles.shape[1])])
    first, last = (bound[rows, at] for bound in bounds)
    length = int((last - first).max())
    places = first[:, None] + torch.arange(length, device=at.device)[None]
    mask = (places < last[:, None]).long()
    places = places.clamp(max=hidden.shape[1] - 1)
    cut = hidden[rows[:, None], places]
    emissions = reader.read_anchors(cut, mask, torch.arange(len(rows), device=at.device), at - first)
    return tag_nats, crf_nll(emissions, reader.transitions, mask, roles.gather(1, places)).sum()


def refine(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    lower = onnxruntime.InferenceSession(args.reader / "lower.onnx", options, providers=["CPUExecutionProvider"])
    _, tokenizer = load_start()
    reader = load_reader(args.reader, args.dropout).to(device)
    for name, parameter in reader.named_parameters():
        parameter.requires_grad = not name.startswith(
            ("shapes.", "encoder.embeddings.", *(f"encoder.encoder.layer.{i}." for i in range(DEPTH)))
        )
    learned = [p for p in reader.parameters() if p.requires_grad]
    average = copy.deepcopy(reader).eval()
    averaged = [a for a, p in zip(average.parameters(), reader.parameters(), strict=True) if p.requires_grad]
    groups = [
        group | {"params": [p for p in group["params"] if p.requires_grad]}  # type: ignore[attr-defined]
        for group in group_parameters(reader, args.encoder_rate, args.head_rate, args.layer_decay)
    ]
    optimizer = torch.optim.AdamW([g for g in groups if g["params"]], fused=True)
    articles: list[Sequence[Article]] = [*read_versions(args.data / "train", args.limit)]
    if args.own:
        articles += read_sheets(args.own, load_model(args.reader)) * args.times
    inner = read_inner(args.inner)
    pieces = sum(len(p) for a in articles for p in label_article(a[0], tokenizer).paragraphs)
    total = math.ceil(args.epochs * pieces * 1.15 / args.pieces)
    step, epoch = 0, 0
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        reader.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step, epoch = state["step"], state["epoch"]
    started, since, seen = time.time(), [0.0, 0.0, 0.0], 0
    reader.train()
    while epoch < args.epochs:
        chance = random.Random(args.seed * 1000 + epoch)
        for examples in draw_batches(articles, tokenizer, args.pieces, chance, inner):
            rate = min(1.0, (step + 1) / 100) * max(0.02, 1 - step / total)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate
            batch = collate(examples, device)
            fed = {"ids": batch.ids.cpu().numpy(), "shapes": batch.shapes.cpu().numpy(), "mask": batch.mask.cpu().numpy()}
            middle = torch.from_numpy(lower.run(["middle"], fed)[0]).to(device)
            bounds = tuple(torch.from_numpy(b).to(device) for b in cut_paragraphs(examples))
            with torch.autocast(device.type, torch.bfloat16):
                tag_nats, anchor_nats = count_nats(reader, batch, middle, bounds, max(2, len(batch.at) // 3))  # type: ignore[arg-type]
            ((tag_nats + args.anchor_weight * anchor_nats) / args.pieces * 8).backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(averaged, learned, 1 - min(args.keep, 1 - 1 / (step + 1)))
            text = int((batch.tags >= 0).sum())
            since = [a + b for a, b in zip(since, (float(tag_nats.detach()), float(anchor_nats.detach()), text), strict=True)]
            seen += text
            if step % 20 == 0:
                print(
                    f"epoch {epoch} step {step}/{total} tags {since[0] / since[2]:.4f} anchors {since[1] / since[2]:.4f} nats a piece, "
                    f"{seen / (time.time() - started):.0f} pieces a second",
                    flush=True,
                )
                since = [0.0, 0.0, 0.0]
        epoch += 1
        state = {
            "model": reader.state_dict(),
            "average": average.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "epoch": epoch,
        }
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)
        torch.save(average.state_dict(), args.out / "average.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="PolNeAR's folder, with train/")
    parser.add_argument("--reader", type=Path, default=Path("src/onrecord/data/reader"), help="the exported reader to go on from")
    parser.add_argument("--inner", type=Path, required=True, help="the relations inside contents, by article (training.inner)")
    parser.add_argument("--own", type=Path, help="a folder of articles of our own beside PolNeAR's (training.own)")
    parser.add_argument("--times", type=int, default=1, help="how often an epoch has these")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--pieces", type=int, default=2560, help="word pieces a step")
    parser.add_argument("--encoder-rate", type=float, default=1e-4)
    parser.add_argument("--head-rate", type=float, default=4e-4)
    parser.add_argument("--layer-decay", type=float, default=0.9)
    parser.add_argument("--anchor-weight", type=float, default=1.0)
    parser.add_argument("--dropout", type=float, default=0.15)
    parser.add_argument("--keep", type=float, default=0.998, help="of the moving average, a step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="the first so many articles only, to try things out")
    refine(parser.parse_args())


if __name__ == "__main__":
    main()
