"""A spaCy pipeline of en_core_web_sm's shape: what a rule-based extractor of quotations needs before it starts.

Tagger and parser share one encoder of hashed features (96 wide, four layers), the named-entity recogniser has its own; sizes are as
that package's configuration has them. The weights are drawn at random: their values do not change how long a text takes, but for how many
arcs and entities there are. Labels are as many as the trained package has.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

_WIDTH = 96
_LABELS = {"tagger": 50, "parser": 45, "ner": 18}
ENCODER = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": _WIDTH,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
        "rows": [5000, 1000, 2500, 2500, 50, 50],
        "include_static_vectors": False,
    },
    "encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": _WIDTH, "depth": 4, "window_size": 1, "maxout_pieces": 3},
}
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": _WIDTH, "upstream": "tok2vec"}


def build_peer() -> Any:
    """The pipeline, its weights drawn at random."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": ENCODER})
    tagger = nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}})
    parser = nlp.add_pipe("parser", config={"model": build_transitions("parser", 64, LISTENER)})
    ner = nlp.add_pipe("ner", config={"model": build_transitions("ner", 64, ENCODER)})
    for pipe, name in ((tagger, "tagger"), (parser, "parser"), (ner, "ner")):
        for number in range(_LABELS[name]):
            pipe.add_label(f"L{number}")
    nlp.initialize()
    return nlp


def build_transitions(kind: str, width: int, encoder: dict[str, Any]) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": kind,
        "extra_state_tokens": False,
        "hidden_width": width,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": encoder,
    }


def time_peer(texts: Sequence[str], processes: int) -> float:
    """Articles a second through the pipeline."""
    nlp = build_peer()
    list(nlp.pipe(texts[:2]))
    started = time.perf_counter()
    for _ in nlp.pipe(texts, n_process=processes):
        pass
    return round(len(texts) / (time.perf_counter() - started), 2)
