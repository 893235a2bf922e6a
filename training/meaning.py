"""Train the head for meanings: `python -m training.meaning --pairs FILE.tsv --news DIR --reader src/onrecord/data/reader`.

FILE has the same utterance in two translations (ref, a, b), DIR articles in PolNeAR's layout, whose contents are paired with cuts of
themselves, among other contents of the same articles, so that news is not forgotten. The reader's encoder stays as it is: a weight for
each word piece, a gate on its middle state and a map to fewer dimensions are trained by contrast (each `a` must find its `b` among
all of the batch, and some that share its words; and the other way about), by what `onrecord.extract.vectors.measure_shared` measures.
With `--fold`, every second book is left out, and nothing is written but what the head makes of all texts, for training.scoring.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bench.brat import read_articles
from bench.pairs import read_pairs
from onrecord.extract.model import Floats, Ints, load_model
from onrecord.extract.vectors import read_states

DIMENSIONS = 96
_BATCH = 64  # pairs of a step
_DROPPED = 0.1  # share of the pieces that are not seen in a step
_NEWS = 3  # of so many steps one is of news
_HARD = 10  # others of `b` that share most with one of `a`

Laid = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class Text:
    """A text's pieces, and the encoder's middle states of them."""

    ids: Ints
    states: NDArray[np.float16]


class MeaningHead(nn.Module):
    def __init__(self, weights: Tensor, width: int, dimensions: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding.from_pretrained(weights[:, None], freeze=False)
        self.gate = nn.Linear(width, 1)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)
        self.map = nn.Linear(width, dimensions, bias=False)
        nn.init.orthogonal_(self.map.weight)
        self.heat = nn.Parameter(torch.tensor(3.0))

    def forward(self, ids: Tensor, states: Tensor, said: Tensor) -> tuple[Tensor, Tensor]:
        weights = functional.softplus(self.pieces(ids)[..., 0] + self.gate(states)[..., 0]) * said
        return functional.normalize(self.map(states), dim=-1), weights / weights.sum(1, keepdim=True).clamp(min=1e-6)

    def compare(self, a: Laid, b: Laid) -> Tensor:
        """What each of `a` and each of `b` share, both ways, times the heat."""
        (va, wa), (vb, wb) = self(*a), self(*b)
        near = torch.einsum("apd,bqd->apbq", va, vb)
        of_a = (near - 2 * (1 - b[2])).amax(3)  # what is not said is nearest to nothing
        of_b = (near - 2 * (1 - a[2])[:, :, None, None]).amax(1)
        return (torch.einsum("apb,ap->ab", of_a, wa) + torch.einsum("abq,bq->ab", of_b, wb)) * self.heat.exp()

    def build_arrays(self) -> dict[str, Floats]:
        """What the package ships."""
        named = {"pieces": self.pieces.weight[:, 0], "gate": self.gate.weight[0], "map": self.map.weight.T, "offset": self.gate.bias[0]}
        return {name: value.detach().numpy().astype(np.float16) for name, value in named.items()}


# --- texts -------------------------------------------------------------------------------------------------------------


def read_news(folder: Path, many: int, seed: int) -> tuple[list[str], list[str]]:
    """Contents of statements in news, in the order of the articles, and a cut of each."""
    dice = random.Random(seed)
    contents = [
        " ".join(" ".join(article.text[a:b] for a, b in relation.content).split())
        for article in read_articles(folder)
        for relation in article.relations
    ]
    chosen = [c for c in contents if 8 <= len(c.split()) <= 60][:many]
    return chosen, [_cut(content.split(), dice) for content in chosen]


def _cut(words: list[str], dice: random.Random) -> str:
    many = dice.randint(max(4, len(words) // 2), max(5, len(words) * 9 // 10))
    first = dice.randrange(len(words) - many + 1) if many < len(words) else 0
    return " ".join(words[first : first + many])


def read_texts(texts: Sequence[str]) -> list[Text]:
    """The texts as the shipped encoder reads them."""
    read = load_model().run_all(read_states, texts)
    return [Text(ids, states.astype(np.float16)) for ids, states in read]


def lay_out(texts: Sequence[Text], dropped: float = 0.0) -> Laid:
    shape = (len(texts), max(len(t.ids) for t in texts))
    ids, states, said = torch.zeros(shape, dtype=torch.long), torch.zeros(*shape, texts[0].states.shape[1]), torch.zeros(shape)
    for row, text in enumerate(texts):
        many = len(text.ids)
        ids[row, :many], states[row, :many] = torch.from_numpy(text.ids), torch.from_numpy(text.states.astype(np.float32))
        said[row, 1 : many - 1] = 1
    if dropped:
        said = said * (torch.rand(shape) > dropped)
    return ids, states, said


def weigh_pieces(texts: Sequence[Text], size: int) -> Tensor:
    """Weights to begin with: the rarer, the more."""
    counts = Counter(int(i) for text in texts for i in set(text.ids.tolist()))
    return torch.tensor([log(1 + len(texts) / (1 + counts[i])) / 5 for i in range(size)], dtype=torch.float32)


def find_hard(a: Sequence[Text], b: Sequence[Text], weights: Tensor) -> list[list[int]]:
    """For each of `a` the others of `b` that share most with it, by the pieces' weights."""
    said = [sorted(set(text.ids[1:-1].tolist())) for text in b]
    rows = torch.tensor([row for row, ids in enumerate(said) for _ in ids])
    columns = torch.tensor([i for ids in said for i in ids])
    matrix = torch.sparse_coo_tensor(torch.stack([rows, columns]), weights[columns], (len(b), len(weights))).to_sparse_csr()
    sizes = (matrix @ weights).sqrt().clamp(min=1e-6)
    hard = []
    for at, text in enumerate(a):
        asked = torch.zeros(len(weights)).index_fill_(0, torch.tensor(text.ids[1:-1]), 1.0) * weights
        best = torch.topk((matrix @ asked) / sizes, min(_HARD + 1, len(b))).indices.tolist()
        hard.append([i for i in best if i != at][:_HARD])
    return hard


# --- training ----------------------------------------------------------------------------------------------------------


def train(a: Sequence[Text], b: Sequence[Text], news: Sequence[Sequence[Text]], epochs: int, seed: int) -> MeaningHead:
    """The moving average of the head over the steps of so many epochs."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    head = MeaningHead(weigh_pieces([*a, *b, *news[0]], 30522), a[0].states.shape[1], DIMENSIONS)
    average = torch.optim.swa_utils.AveragedModel(head, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.98))
    slow, fast = [*head.gate.parameters(), *head.map.parameters()], [*head.pieces.parameters(), head.heat]
    optimizer = torch.optim.AdamW([{"params": slow, "lr": 5e-4}, {"params": fast, "lr": 5e-3}], weight_decay=0.01)
    hard = find_hard(a, b, head.pieces.weight.detach()[:, 0])
    steps = epochs * (len(a) // _BATCH) * _NEWS // (_NEWS - 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 20) * max(0.0, 1 - step / steps))
    batches = _draw(a, b, news, hard, dice)
    for step in range(steps):
        loss = _contrast(head, *next(batches))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(head)
        if step % 20 == 0:
            print(f"step {step}/{steps} loss {float(loss.detach()):.3f}", flush=True)
    return average.module.eval()


def _draw(
    a: Sequence[Text], b: Sequence[Text], news: Sequence[Sequence[Text]], hard: Sequence[Sequence[int]], dice: random.Random
) -> Iterator[tuple[list[Text], list[Text], Tensor]]:
    """Batches of texts of about one length: texts, those to be found among, and which of these may not count as wrong."""
    while True:
        order = sorted(range(len(a)), key=lambda i: len(a[i].ids) * dice.uniform(0.7, 1.3))
        starts = list(range(0, len(order) - _BATCH + 1, _BATCH))
        dice.shuffle(starts)
        for number, at in enumerate(starts, 1):
            mine = order[at : at + _BATCH]
            others = [*mine, *dict.fromkeys(dice.choice(hard[i]) for i in mine if hard[i])]
            same = torch.tensor([[i == j and row != k for k, j in enumerate(others)] for row, i in enumerate(mine)])
            yield [a[i] for i in mine], [b[i] for i in others], same
            if number % (_NEWS - 1) == 0:
                first = dice.randrange(len(news[0]) - _BATCH)
                span = slice(first, first + _BATCH)  # of the same articles: what is said of one thing, by few
                yield list(news[1][span]), list(news[0][span]), torch.zeros(_BATCH, _BATCH, dtype=torch.bool)


def _contrast(head: MeaningHead, a: Sequence[Text], b: Sequence[Text], same: Tensor) -> Tensor:
    scores = head.compare(lay_out(a, _DROPPED), lay_out(b, _DROPPED)).masked_fill(same, -1e4)
    right = torch.arange(len(a))
    return functional.cross_entropy(scores, right) + functional.cross_entropy(scores[:, : len(a)].T, right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--reader", type=Path, default=Path("src/onrecord/data/reader"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fold", type=Path, metavar="FILE.npz", help="leave every second book out, and write the head here")
    args = parser.parse_args()
    torch.set_num_threads(2)
    refs, a, b = read_pairs(args.pairs)
    kept = np.flatnonzero(~find_aside(refs)) if args.fold else range(len(a))
    texts_a, texts_b = read_texts([a[i] for i in kept]), read_texts([b[i] for i in kept])
    head = train(texts_a, texts_b, [read_texts(texts) for texts in read_news(args.news, 4000, args.seed)], args.epochs, args.seed)
    packed = io.BytesIO()
    np.savez(packed, **head.build_arrays())
    if args.fold:
        args.fold.write_bytes(packed.getvalue())
        return
    (args.reader / "vectors.npz").write_bytes(packed.getvalue())
    described = json.loads((args.reader / "reader.json").read_text())
    described["sha256"]["vectors.npz"] = hashlib.sha256(packed.getvalue()).hexdigest()
    (args.reader / "reader.json").write_text(json.dumps(described, indent=1) + "\n")


def find_aside(refs: Sequence[str]) -> NDArray[np.bool_]:
    """Which references are of the books that `--fold` leaves out: every second one."""
    books = list(dict.fromkeys(ref.rsplit(" ", 1)[0] for ref in refs))
    return np.array([books.index(ref.rsplit(" ", 1)[0]) % 2 == 0 for ref in refs])


if __name__ == "__main__":
    main()
