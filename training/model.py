"""The reader: one small encoder, a tag for every piece, and for every cue the parts that belong to it.

A relation is read the way a semantic role labeller reads a predicate's arguments. The tag head says where cues begin. Each
such anchor then reads the whole window through narrow transformer layers that know the anchor's place, and a linear-chain
CRF over four states (none, source, cue, content) gives its parts; a content in several pieces is one path, so nothing has to be
linked or joined afterwards. Anchors that are no cues are trained to read nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from onrecord.extract.windows import SHAPES

STATES = 4
TAGS = 7
NARROW = 192
LAYERS = 2
HEADS = 4
NEAR = 48


class AnchorLayer(nn.Module):
    """One pre-norm transformer layer over a window as seen from one anchor."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.after = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        n, length, width = x.shape
        q, k, v = self.qkv(self.before(x)).view(n, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-1, -2)) * (width // HEADS) ** -0.5
        scores = scores.masked_fill(~mask[:, None, None, :], -1e4)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, width)
        x = x + self.dropout(self.out(mixed))
        return x + self.dropout(self.down(functional.gelu(self.up(self.after(x)))))


class Reader(nn.Module):
    def __init__(self, encoder: nn.Module, dropout: float = 0.1) -> None:
        super().__init__()
        hidden = encoder.config.hidden_size
        self.encoder = encoder
        self.shapes = nn.Embedding(SHAPES, hidden)
        nn.init.zeros_(self.shapes.weight)
        self.dropout = nn.Dropout(dropout)
        self.tags = nn.Linear(hidden, TAGS)
        self.piece = nn.Linear(hidden, NARROW)
        self.anchor = nn.Linear(hidden, NARROW)
        self.gate = nn.Linear(hidden, NARROW)
        self.distance = nn.Embedding(2 * NEAR + 1, NARROW)
        nn.init.normal_(self.distance.weight, std=0.02)
        self.layers = nn.ModuleList(AnchorLayer(NARROW, dropout) for _ in range(LAYERS))
        for layer in self.layers[1:]:  # later layers begin as nothing: they may be added to a trained reader
            nn.init.zeros_(layer.out.weight)
            nn.init.zeros_(layer.down.weight)
        self.inner = nn.Linear(hidden, 1)
        nn.init.zeros_(self.inner.weight)
        nn.init.constant_(self.inner.bias, -5.0)
        self.norm = nn.LayerNorm(NARROW)
        self.states = nn.Linear(NARROW, STATES)
        self.transitions = nn.Parameter(torch.zeros(STATES, STATES))

    def encode(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> Tensor:
        """Hidden vectors, windows by pieces by width."""
        words = self.encoder.embeddings.word_embeddings(ids) + self.shapes(shapes)
        return self.dropout(self.encoder(inputs_embeds=words, attention_mask=mask).last_hidden_state)

    def read_anchors(self, hidden: Tensor, mask: Tensor, rows: Tensor, at: Tensor) -> Tensor:
        """Scores of the four states, anchors by pieces by states; `rows` and `at` say which window and piece each anchor is."""
        own = hidden[rows, at]
        piece = self.piece(hidden)[rows]
        x = piece + self.anchor(own)[:, None] + piece * self.gate(own)[:, None]
        place = torch.arange(hidden.shape[1], device=at.device)[None] - at[:, None]
        x = x + self.distance(place.clamp(-NEAR, NEAR) + NEAR)
        for layer in self.layers:
            x = layer(x, mask[rows].bool())
        return self.states(self.norm(x))


def crf_nll(emissions: Tensor, transitions: Tensor, mask: Tensor, gold: Tensor) -> Tensor:
    """Negative log-likelihood of each gold path under a linear-chain CRF; anchors by pieces by states."""
    emissions, transitions = emissions.float(), transitions.float()
    keep = mask.to(emissions.dtype)
    picked = emissions.gather(-1, gold[..., None]).squeeze(-1)
    score = (picked * keep).sum(1) + (transitions[gold[:, :-1], gold[:, 1:]] * keep[:, 1:]).sum(1)
    return log_partition(emissions, transitions, mask) - score


def log_partition(emissions: Tensor, transitions: Tensor, mask: Tensor) -> Tensor:
    """Log of the sum over all paths, by a tree of matrix products in the log semiring (log2 of the length deep)."""
    n, _, states = emissions.shape
    steps = transitions[None, None] + emissions[:, 1:, None, :]
    identity = torch.full((states, states), -1e4, device=emissions.device).fill_diagonal_(0.0)
    steps = torch.where(mask[:, 1:, None, None].bool(), steps, identity)
    while steps.shape[1] > 1:
        if steps.shape[1] % 2:
            steps = torch.cat([steps, identity.expand(n, 1, states, states)], 1)
        left, right = steps[:, 0::2], steps[:, 1::2]
        steps = torch.logsumexp(left[..., :, :, None] + right[..., None, :, :], dim=-2)
    return torch.logsumexp(emissions[:, 0, :, None] + steps[:, 0], dim=(1, 2))


@dataclass
class Batch:
    ids: Tensor
    shapes: Tensor
    mask: Tensor
    tags: Tensor
    inner: Tensor
    rows: Tensor
    at: Tensor
    roles: Tensor


def count_nats(model: Reader, batch: Batch, strays: int) -> tuple[Tensor, Tensor]:
    """Summed loss of tags and of anchors, in nats. `strays` anchors that are no cues are drawn from the likeliest mistakes."""
    hidden = model.encode(batch.ids, batch.shapes, batch.mask)
    tags = model.tags(hidden).float()
    text = batch.tags >= 0
    tag_nats = functional.cross_entropy(tags[text], batch.tags[text], reduction="sum")
    rows, at, roles = batch.rows, batch.at, batch.roles
    if strays:
        likely = tags.detach().log_softmax(-1)[..., 3].masked_fill(~text | (batch.tags == 3) | (batch.tags == 4), -1e4)
        worst = likely.flatten().topk(strays).indices
        rows = torch.cat([rows, worst // likely.shape[1]])
        at = torch.cat([at, worst % likely.shape[1]])
        roles = torch.cat([roles, roles.new_zeros(strays, roles.shape[1])])
    emissions = model.read_anchors(hidden, batch.mask, rows, at)
    anchor_nats = crf_nll(emissions, model.transitions, batch.mask[rows], roles).sum()
    return tag_nats, anchor_nats
