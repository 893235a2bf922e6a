"""Would a time head on the encoder find times better than the rules? `python -m training.time_head --data TML_DIR`.

Tags the word pieces of TimeML files (begin, inside, outside) from the shipped encoder's hidden states, trained on the part to tune on,
scored on the part kept aside as `bench/dates` scores spans. The figures are in docs/decisions/0003-times-by-rule.md. The encoder
stays as it is: what is asked is whether its states already hold what the rules do not know.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from bench.dates import build_figures, count_article
from bench.timeml import Article, is_in_part, read_timeml
from onrecord.extract.model import Model, _lay_out, load_model
from onrecord.extract.windows import cut_pieces, pack_windows
from onrecord.text import find_paragraphs
from onrecord.types import Span, Time

_OUTSIDE, _BEGIN, _INSIDE = range(3)
_EPOCHS, _BATCH = 12, 512


@dataclass(frozen=True)
class Tagged:
    """One article's word pieces: states (each with its two neighbours'), gold tags, first and last offsets."""

    article: Article
    states: Tensor
    tags: Tensor
    pieces: list[Span]


def read_states(article: Article, model: Model) -> Tagged:
    """The encoder's hidden states for one article, and the tags that its annotated times give."""
    states, pieces = [], []
    for window in pack_windows(cut_pieces(article.text, find_paragraphs(article.text), model.tokenizer)):
        ids, shapes, mask, own = _lay_out([window])
        middle, bias = model.lower.run(["middle", "bias"], {"ids": ids, "shapes": shapes, "mask": mask})
        (hidden,) = model.upper.run(["hidden"], {"middle": middle, "bias": bias})
        states.append(hidden[0][own[0]])
        pieces += [Span(int(s), int(e)) for s, e in zip(window.starts[own[0]], window.ends[own[0]], strict=True)]
    own_states = torch.tensor(np.concatenate(states), dtype=torch.float32)
    beside = torch.cat([torch.roll(own_states, 1, 0), own_states, torch.roll(own_states, -1, 0)], 1)
    return Tagged(article, beside, _tag(article, pieces), pieces)


def _tag(article: Article, pieces: list[Span]) -> Tensor:
    tags = torch.zeros(len(pieces), dtype=torch.long)
    for gold in article.times:
        inside = [i for i, piece in enumerate(pieces) if gold.span.start <= piece.start < gold.span.end]
        tags[inside] = _INSIDE
        tags[inside[:1]] = _BEGIN
    return tags


def train(tagged: list[Tagged], head: nn.Module) -> None:
    """Fit `head` to the tags."""
    states, tags = torch.cat([t.states for t in tagged]), torch.cat([t.tags for t in tagged])
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.01)
    head.train()
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(tags)).split(_BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(head(states[batch]), tags[batch]).backward()
            optimizer.step()
    head.eval()


def find_spans(tagged: Tagged, head: nn.Module) -> list[Time]:
    """The spans that `head` tags in an article."""
    with torch.no_grad():
        tags = head(tagged.states).argmax(1).tolist()
    spans: list[Span] = []
    before = _OUTSIDE
    for tag, piece in zip(tags, tagged.pieces, strict=True):
        if tag == _INSIDE and before != _OUTSIDE:
            spans[-1] = Span(spans[-1].start, piece.end)
        elif tag != _OUTSIDE:
            spans.append(piece)
        before = tag
    return [Time(span=span, type="", value="", days=None) for span in spans]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder of TimeML files")
    args = parser.parse_args()
    torch.manual_seed(0)
    model = load_model()
    articles = [read_timeml(path) for path in sorted(args.data.rglob("*.tml"))]
    tagged = [read_states(article, model) for article in articles]
    tune = [t for t in tagged if is_in_part(t.article.name, "tune")]
    aside = [t for t in tagged if is_in_part(t.article.name, "aside")]
    width = tagged[0].states.shape[1]
    deep = nn.Sequential(nn.Dropout(0.2), nn.Linear(width, 256), nn.GELU(), nn.Dropout(0.3), nn.Linear(256, 3))
    for name, head in (("linear", nn.Linear(width, 3)), ("one hidden layer", deep)):
        train(tune, head)
        counts: Counter[str] = Counter()
        for one in aside:
            count_article(find_spans(one, head), one.article.times, counts)
        figures = build_figures(counts, gum=False)
        print(name, {key: figures[key] for key in ("strict", "relaxed")})


if __name__ == "__main__":
    main()
