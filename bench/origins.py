"""Independent origins of made stories: `bench/origins [--stories N] [--part tune|aside] [--seed N] [--kinds K,…] [--errors] [--json]`.

Stories (`bench.outlets`) are read with the real reader into SQLite stores, as many in one as there are utterances, and the main
utterance of each is traced by its words. A story is right if the count of origins is; `same groups` asks that each
article is in the right one too.
`found` is the share of a story's articles that the trace has at all: where one is missing, because the reader did not see the
statement or the trace did not know it again, the story counts as wrong if that changes the count, and `right of all found` leaves it out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from bench.outlets import KINDS, Story, count_utterances, make_stories
from bench.report import print_figures, track
from onrecord.capture import build_capture
from onrecord.store import Store, Trace, add_captures, open_store, trace

Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the trace of one story's utterance gave: groups of the story's articles, by their indices, and the reasons."""

    story: Story
    groups: tuple[tuple[int, ...], ...]
    reasons: tuple[tuple[str, ...], ...]
    strangers: int  # articles of other stories
    count: int  # of origins, as a user sees it

    @property
    def found(self) -> int:
        return sum(map(len, self.groups))

    @property
    def is_right(self) -> bool:
        return self.count == self.story.origins

    @property
    def has_all(self) -> bool:
        return self.found == len(self.story.articles) and not self.strangers

    @property
    def has_same_groups(self) -> bool:
        wanted: defaultdict[str, set[int]] = defaultdict(set)
        for index, article in enumerate(self.story.articles):
            wanted[article.origin].add(index)
        return {frozenset(g) for g in self.groups} == {frozenset(g) for g in wanted.values()}


def ask(store: Store, story: Story) -> Trace:
    """The trace of a story's main utterance."""
    return trace(store, story.words)


def read_stories(stories: Sequence[Story], place: str) -> Iterator[Answer]:
    """Put the stories' articles into a new store, then ask for each."""
    store = open_store(place, make=True)
    try:
        captures = [build_capture(a.content, f"{s.number}-{i}") for s in stories for i, a in enumerate(s.articles)]
        for kept in track(list(add_captures(store, captures)), "reading"):
            assert kept.outcome == "added", kept
        for story in stories:
            yield _build_answer(story, ask(store, story))
    finally:
        store.close()


def _build_answer(story: Story, found: Trace) -> Answer:
    known = {sha256(article.content).hexdigest(): index for index, article in enumerate(story.articles)}
    groups = [tuple(known[d] for m in origin.members if (d := found.articles[m]) in known) for origin in found.origins]
    return Answer(
        story=story,
        groups=tuple(g for g in groups if g),
        reasons=tuple(o.reasons for o, g in zip(found.origins, groups, strict=True) if g),
        strangers=sum(document not in known for document in found.articles),
        count=len(found.origins),
    )


def describe(answers: Sequence[Answer]) -> Figures:
    """Shares of stories and of their articles."""
    whole = [a for a in answers if a.has_all]
    articles = sum(len(a.story.articles) for a in answers)
    return {
        "stories": len(answers),
        "right": round(sum(a.is_right for a in answers) / max(1, len(answers)), 4),
        "same groups": round(sum(a.has_same_groups for a in answers) / max(1, len(answers)), 4),
        "right of all found": round(sum(a.is_right for a in whole) / max(1, len(whole)), 4),
        "articles": articles,
        "found": round(sum(a.found for a in answers) / max(1, articles), 4),
        "too few": sum(a.count < a.story.origins for a in answers),
        "too many": sum(a.count > a.story.origins for a in answers),
    }


def explain(answer: Answer) -> str:
    """What went wrong with a story, for a person to read."""
    articles = answer.story.articles
    lines = [f"story {answer.story.number}, {answer.story.kind}: {answer.count} origins for {answer.story.origins}"]
    for group, reasons in zip(answer.groups, answer.reasons, strict=True):
        lines.append(f"  {', '.join(f'{i} {articles[i].outlet} [{articles[i].origin}]' for i in group)}: {'; '.join(reasons) or '-'}")
    placed = {i for group in answer.groups for i in group}
    lines += [f"  missed: {i} {a.outlet} [{a.origin}]" for i, a in enumerate(articles) if i not in placed]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/origins", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=120)
    parser.add_argument("--part", choices=("tune", "aside"), default="tune", help="half of the grammar; aside is not tuned on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", help="some kinds of stories only, by comma")
    parser.add_argument("--errors", action="store_true", help="list the stories that are wrong")
    parser.add_argument("--texts", type=Path, help="write the articles to this folder")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    wanted = chosen.kinds.split(",") if chosen.kinds else list(KINDS)
    stories = [story for story in make_stories(chosen.stories, chosen.part, chosen.seed) if story.kind in wanted]
    if chosen.texts:
        _write(stories, chosen.texts)
    answers: list[Answer] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, batch in zip(count(), _split(stories, count_utterances(chosen.part)), strict=False):
            answers += read_stories(batch, str(Path(folder) / f"{number}.db"))
    if chosen.errors:
        print("\n".join(explain(a) for a in answers if not (a.is_right and a.has_same_groups)))
    kinds = Counter(a.story.kind for a in answers)
    table = {kind: describe([a for a in answers if a.story.kind == kind]) for kind in kinds}
    print_figures(f"Origins, {chosen.part}, seed {chosen.seed}", {**table, "all": describe(answers)}, as_json=chosen.json)
    return 0


def _split(stories: Sequence[Story], many: int) -> Iterator[list[Story]]:
    """Stories whose utterances differ: those of a round."""
    rounds: defaultdict[int, list[Story]] = defaultdict(list)
    for story in stories:
        rounds[story.number // many].append(story)
    yield from rounds.values()


def _write(stories: Sequence[Story], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for story in stories:
        for index, article in enumerate(story.articles):
            suffix = "html" if article.is_page else "txt"
            (folder / f"{story.number:03}-{index}.{suffix}").write_bytes(article.content)


if __name__ == "__main__":
    sys.exit(main())
