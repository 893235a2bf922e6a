"""A spaCy pipeline for the peers, trained on GUM: `bench/parse --data GUM --out DIR [--passes 15] [--seed 1] [--json]`.

It has en_core_web_sm's shape (`bench.peer`) and tells parts of speech, lemmas and dependencies (Universal Dependencies). GUM's XML
(Zeldes, Language Resources and Evaluation 2017) says of each word by which relation it hangs, but not on which word: heads are taken to be
those of the best projective tree (Eisner 1996) under what each relation allows of its head's class, side and distance. Figures are on GUM's
dev part: parts of speech, lemmas and relations against what GUM says, heads against the trees so made.

Whoever has a pipeline that was trained on a treebank of news gives that to `bench/peers --pipeline` instead.
"""

from __future__ import annotations

import argparse
import html
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.files import read_utf8
from bench.gum import set_text
from bench.peer import ENCODER, LISTENER, build_transitions
from bench.report import print_figures, track

_SENTENCES = 12  # of one text to learn from
_WORDS = 1_500  # of one step
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "SYM", "DET", "X"})
_CLAUSAL = frozenset(
    {"root", "ccomp", "xcomp", "advcl", "advcl:relcl", "acl", "acl:relcl", "parataxis", "conj", "csubj", "csubj:pass", "reparandum"}
)
_OF_NOMINALS = frozenset(
    [
        "det",
        "det:predet",
        "amod",
        "nummod",
        "nmod",
        "nmod:poss",
        "nmod:unmarked",
        "nmod:desc",
        "compound",
        "acl",
        "acl:relcl",
        "appos",
        "flat",
        "case",
        "list",
        "orphan",
        "goeswith",
        "dep",
    ]
)
_LEFT_OF_HEAD = frozenset(
    [
        "det",
        "det:predet",
        "amod",
        "nummod",
        "nmod:poss",
        "compound",
        "case",
        "cop",
        "aux",
        "aux:pass",
        "mark",
        "cc",
        "cc:preconj",
        "expl",
        "nsubj",
        "nsubj:pass",
        "nsubj:outer",
        "csubj",
        "csubj:pass",
        "nmod:desc",
        "reparandum",
    ]
)
_RIGHT_OF_HEAD = frozenset(
    [
        "conj",
        "flat",
        "fixed",
        "appos",
        "acl",
        "acl:relcl",
        "nmod",
        "obj",
        "iobj",
        "obl:agent",
        "xcomp",
        "compound:prt",
        "goeswith",
        "list",
        "advcl:relcl",
        "nmod:unmarked",
    ]
)
_NEAR = frozenset(
    ["det", "amod", "nummod", "nmod:poss", "compound", "case", "cop", "aux", "aux:pass", "flat", "fixed", "cc", "mark", "compound:prt"]
)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    space: bool  # whether one follows
    lemma: str
    tag: str  # universal part of speech
    relation: str


def read_sentences(path: Path) -> Iterator[list[Word]]:
    """The sentences of one of GUM's XML files."""
    raw = read_utf8(path)
    _, placed = set_text(raw)
    ends = [after.start > word.end for word, after in itertools.pairwise(placed)] + [True]
    number, sentence = 0, []
    for line in raw.splitlines():
        if line.startswith("</s>") and sentence:
            yield sentence
            sentence = []
        columns = line.split("\t")
        if not line.startswith("<") and len(columns) > 5:
            text, lemma = html.unescape(columns[0]), html.unescape(columns[2])
            sentence.append(Word(text, ends[number], lemma, columns[4], columns[5]))
            number += 1


# --- heads --------------------------------------------------------------------------------------------------------------------


def score_heads(words: Sequence[Word]) -> NDArray[np.float64]:
    """How well each word would do as the head of each, heads by dependents; the first row is the sentence itself."""
    size = len(words)
    scores = np.full((size + 1, size + 1), -1e6)
    linked = {"cop", "aux", "nsubj", "mark"} & {word.relation for word in words}
    for at, word in enumerate(words, 1):
        for head, other in enumerate(words, 1):
            if head != at:
                scores[head, at] = -1e5 if word.relation == "root" else _score(word, other, head - at, bool(linked))
        scores[0, at] = 0.0 if word.relation == "root" else -1e5
    return scores


def _score(word: Word, head: Word, away: int, linked: bool) -> float:
    """`away`: how far to the right the head stands."""
    relation, score = word.relation, -0.15 * abs(away)
    if head.relation in ("punct", "case", "det", "cc", "mark", "aux", "cop", "fixed", "flat", "goeswith") and relation not in (
        "fixed",
        "punct",
    ):
        score -= 4 if relation in ("conj", "advmod", "case") else 8
    if (relation in _LEFT_OF_HEAD and away < 0) or (relation in _RIGHT_OF_HEAD and away > 0):
        score -= 6 if relation in ("nsubj", "nsubj:pass", "aux", "cop", "xcomp", "obj") else 12
    if relation in _NEAR:
        score -= 0.25 * abs(away)
    if relation in _OF_NOMINALS:
        score -= 0 if head.tag in _NOMINAL else 2 if head.tag in ("ADJ", "ADV", "VERB") else 6
    elif relation == "punct":
        score = 0.0 if head.relation == "root" else -1.0 if head.relation in _CLAUSAL else -2.0
    elif relation == "cc":
        score -= 0 if head.relation in ("conj", "root") and away > 0 else 6
    elif relation == "conj":
        score -= 0 if head.tag == word.tag else 2.5
    elif relation == "fixed":
        score -= 0 if away == -1 or (head.relation not in ("fixed", "punct") and away >= -2) else 10
    elif relation in ("cop", "expl"):
        score -= 0 if (head.relation in _CLAUSAL and head.tag != "VERB") or (relation == "expl" and head.relation in _CLAUSAL) else 4
    elif relation == "advmod":
        score -= 0 if head.tag in ("VERB", "ADJ", "ADV") or head.relation in _CLAUSAL else 2
    else:  # of clauses
        score -= 0 if head.relation in _CLAUSAL else 5
        score -= 0 if head.tag in ("VERB", "AUX") or linked else 1
    return score - 20 if head.relation == "punct" else score


def find_heads(words: Sequence[Word]) -> list[int]:
    """For each word the place of its head, its own for the root: the best projective tree (Eisner 1996)."""
    scores = score_heads(words)
    size = len(scores)
    # the best spans from s to t: complete and incomplete, headed at the left (0) or the right end (1)
    best = np.full((2, 2, size, size), -np.inf)
    split = np.zeros((2, 2, size, size), dtype=np.int64)
    best[1, :, range(size), range(size)] = 0.0
    for width in range(1, size):
        for s in range(size - width):
            t = s + width
            joined = best[1, 0, s, s:t] + best[1, 1, s + 1 : t + 1, t]
            r = int(joined.argmax())
            split[0, :, s, t] = s + r
            best[0, 0, s, t] = joined[r] + scores[s, t]
            best[0, 1, s, t] = joined[r] + scores[t, s]
            left = best[0, 0, s, s + 1 : t + 1] + best[1, 0, s + 1 : t + 1, t]
            split[1, 0, s, t] = s + 1 + int(left.argmax())
            best[1, 0, s, t] = left.max()
            right = best[1, 1, s, s:t] + best[0, 1, s:t, t]
            split[1, 1, s, t] = s + int(right.argmax())
            best[1, 1, s, t] = right.max()
    heads = [0] * size
    waiting = [(1, 0, 0, size - 1)]
    while waiting:
        whole, side, s, t = waiting.pop()
        if s == t:
            continue
        r = int(split[whole, side, s, t])
        if whole:
            waiting += [(0, 0, s, r), (1, 0, r, t)] if side == 0 else [(1, 1, s, r), (0, 1, r, t)]
        else:
            heads[t if side == 0 else s] = s if side == 0 else t
            waiting += [(1, 0, s, r), (1, 1, r + 1, t)]
    return [head - 1 if head else at for at, head in enumerate(heads[1:])]


# --- learning -----------------------------------------------------------------------------------------------------------------


def build_docs(vocab: Any, folder: Path) -> list[Any]:
    """The texts of a folder's `xml`, a dozen sentences each, with all that is to be told of them."""
    from spacy.tokens import Doc

    docs = []
    for path in track(sorted((folder / "xml").glob("*.xml")), f"heads of {folder.name}"):
        sentences = list(read_sentences(path))
        for at in range(0, len(sentences), _SENTENCES):
            some = sentences[at : at + _SENTENCES]
            words = [word for sentence in some for word in sentence]
            heads: list[int] = []
            for sentence in some:
                begin = len(heads)
                heads += [begin + head for head in find_heads(sentence)]
            doc = Doc(
                vocab,
                words=[word.text for word in words],
                spaces=[word.space for word in words],
                pos=[word.tag if word.tag != "_" else "X" for word in words],
                lemmas=[word.lemma for word in words],
                heads=heads,
                deps=["ROOT" if word.relation == "root" else word.relation for word in words],
            )
            docs.append(doc)
    return docs


def train(data: Path, passes: int, seed: int) -> tuple[Any, dict[str, float]]:
    """The pipeline, and its figures on the dev part."""
    import spacy
    from spacy.training import Example
    from spacy.training.batchers import minibatch_by_words

    spacy.util.fix_random_seed(seed)
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": ENCODER})
    nlp.add_pipe("morphologizer", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}})
    nlp.add_pipe("parser", config={"model": build_transitions("parser", 64, LISTENER)})
    lemmas = {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}
    nlp.add_pipe("trainable_lemmatizer", config={"model": lemmas, "min_tree_freq": 2})
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in build_docs(nlp.vocab, data / "train")]
    held = [Example(nlp.make_doc(doc.text), doc) for doc in build_docs(nlp.vocab, data / "dev")]
    optimizer = nlp.initialize(lambda: examples)
    dice = random.Random(seed)
    for number in range(passes):
        started, losses = time.time(), dict[str, float]()
        optimizer.learn_rate = 0.002 * (1 - number / passes)
        dice.shuffle(examples)
        for batch in track(list(minibatch_by_words(examples, size=_WORDS)), f"pass {number + 1} of {passes}"):
            nlp.update(batch, sgd=optimizer, drop=0.1, losses=losses)
        print(f"pass {number + 1}: parser {losses['parser']:.0f}, {time.time() - started:.0f} s", flush=True)
    for example in held:
        example.predicted = nlp(example.predicted)
    scores = {
        name: value
        for pipe in nlp.pipe_names
        if hasattr(nlp.get_pipe(pipe), "score")
        for name, value in nlp.get_pipe(pipe).score(held).items()
    }
    right = sum(
        told.dep_ == gold
        for example in held
        for told, gold in zip(example.predicted, example.get_aligned("DEP", as_string=True), strict=True)
    )
    figures = {
        "parts of speech": scores["pos_acc"],
        "lemmas": scores["lemma_acc"],
        "relations": right / sum(len(example.predicted) for example in held),
        "heads as made": scores["dep_uas"],
        "sentences, F1": scores["sents_f"],
    }
    return nlp, {name: round(value, 4) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/parse", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="GUM: train/xml and dev/xml")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    nlp, figures = train(args.data, args.passes, args.seed)
    nlp.to_disk(args.out)
    print_figures(f"A pipeline trained on {args.data}", figures, as_json=args.json)


if __name__ == "__main__":
    main()
