"""Independent origins: `bench/origins [--stories N] [--seed N] [--show N] [--json]`.

Makes stories from `origins.toml`: what somebody said is told by a wire, by papers that print the wire's text with a headline of their own
and its ends cut, with the credit at the top, at the end, in the byline or nowhere, by rewrites with new reporting that have the words from
the wire, by reporters who were there, by papers that have the words from such a reporter, in a translation, and in reprints of
that. Each article is read by the real reader, as a page, and stored; then the words are traced, and the number of origins is
compared with what is true. A story counts as right only if the number is.
"""

from __future__ import annotations

import argparse
import html
import random
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.report import print_figures, track
from onrecord.capture import build_capture
from onrecord.errors import UsageError
from onrecord.store import open_store, trace
from onrecord.store.add import add_captures

_TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Article:
    """One article before it is set: paragraphs with a headline, who publishes it, and from which origin it has the words."""

    outlet: str
    headline: str
    paragraphs: tuple[str, ...]
    origin: str
    kind: str
    author: str | None = None
    footer: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    words: str
    published: date
    articles: tuple[Article, ...]

    @property
    def origins(self) -> int:
        return len({article.origin for article in self.articles})


def make_stories(many: int, seed: int) -> Iterator[Story]:
    """Stories of the world of `seed`."""
    dice = random.Random(seed)
    return (_Maker(dice).make() for _ in range(many))


class _Maker:
    """What is the same in all articles of a story, and what no two of them may share."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        last = dice.choice(_TABLE["last"])
        self.published = date(2024, 1, dice.randint(3, 26))
        self.slots = {
            "place": dice.choice(_TABLE["places"]), "thing": dice.choice(_TABLE["things"]), "many": str(dice.randint(11, 97)),
            "who": f"{dice.choice(_TABLE['first'])} {last}", "last": last, "role": dice.choice(_TABLE["roles"]),
            "agency": dice.choice(_TABLE["agencies"]), "when": f"{self.published - timedelta(days=1):%A}", "day": str(self.published.day),
        }  # fmt: skip
        self.slots["PLACE"] = self.slots["place"].upper()
        self.words, self.other = (part.format(**self.slots) for part in dice.choice(_TABLE["said"]))
        self.facts, self.leads = (dice.sample(_TABLE[name], len(_TABLE[name])) for name in ("facts", "leads"))
        self.outlets = dice.sample(_TABLE["outlets"], len(_TABLE["outlets"]))
        self.authors = [f"{dice.choice(_TABLE['first'])} {name}" for name in dice.sample(_TABLE["last"], len(_TABLE["last"]))]

    def make(self) -> Story:
        wire = self._write("wired", self.slots["agency"], "wire", "wire", facts=4)
        articles = [wire, *(self._copy(wire) for _ in range(self.dice.randint(1, 3)))]
        articles += [self._write("wired", self.outlets.pop(), "wire", "rewrite", facts=3) for _ in range(self.dice.randint(0, 2))]
        own = [self._write("frames", outlet, outlet, "own reporter", facts=3) for outlet in self._take(self.dice.randint(0, 2))]
        if own and self.dice.random() < 0.6:
            articles.append(self._write("cited", self.outlets.pop(), own[0].outlet, "citing a paper", facts=2, outlet=own[0].outlet))
        if self.dice.random() < 0.5:
            articles += self._translate()
        articles += own
        self.dice.shuffle(articles)
        return Story(self.words, self.published, tuple(articles))

    def _take(self, many: int) -> list[str]:
        return [self.outlets.pop() for _ in range(many)]

    def _translate(self) -> Iterator[Article]:
        """A paper's own translation, and perhaps another paper that has it from there."""
        outlet = self.outlets.pop()
        yield self._write("translated", outlet, outlet, "translation", facts=2, outlet=outlet, words=self.other)
        if self.dice.random() < 0.5:
            yield self._write("translated", self.outlets.pop(), outlet, "reprinted translation", facts=2, outlet=outlet, words=self.other)

    def _write(
        self, frame: str, publisher: str, origin: str, kind: str, *, facts: int, outlet: str | None = None, words: str | None = None
    ) -> Article:
        slots = {**self.slots, "outlet": outlet or "", "q": self._end(words or self.words)}
        quote = self.dice.choice(_TABLE[frame])
        if ": “{q}”" in quote:
            slots["q"] = words or self.words
        told = [self.leads.pop().format(**slots), quote.format(**slots)]
        rest = [self.facts.pop() for _ in range(facts)]
        body = [told[0], rest[0], told[1], *(" ".join(rest[at : at + 2]) for at in range(1, len(rest), 2))]
        if kind == "wire":
            body[0] = self.dice.choice(_TABLE["datelines"]).format(**slots) + body[0]
        author = self.authors.pop() if kind != "wire" and self.dice.random() < 0.7 else None
        return Article(publisher, self._head(), tuple(body), origin, kind, author)

    def _end(self, words: str) -> str:
        """The words with a comma for their full stop, as they stand before a cue."""
        return words.removesuffix(".") + ","

    def _head(self) -> str:
        head = str(self.dice.choice(_TABLE["headlines"])).format(**self.slots)
        return head[0].upper() + head[1:]

    def _copy(self, wire: Article) -> Article:
        """The wire's text under another headline, cut at its end, and credited in one of many ways."""
        slots, body = self.slots, list(wire.paragraphs)
        way = self.dice.choice(("dateline", "footer", "byline", "none"))
        if way != "dateline":
            body[0] = body[0].split("— ", 1)[-1].split(") - ", 1)[-1].split(") – ", 1)[-1]
        body = body[: self.dice.randint(4, len(body))] if len(body) > 4 else body
        footer = self.dice.choice(_TABLE["footers"]).format(**slots) if way == "footer" else None
        byline = self.dice.choice(_TABLE["bylines"]).format(**slots, name=self.authors.pop()) if way == "byline" else None
        return Article(self.outlets.pop(), self._head(), tuple(body), "wire", f"copy, {way}", byline, footer)


def set_page(article: Article, published: date) -> str:
    text = {name: html.escape(getattr(article, name) or "") for name in ("outlet", "headline", "author", "footer")}
    author = f'<meta name="author" content="{text["author"]}">' if article.author else ""
    body = "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in article.paragraphs)
    footer = f"<p>{text['footer']}</p>" if article.footer else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{text["headline"]}</title>'
        f'<meta property="og:site_name" content="{text["outlet"]}">{author}'
        f'<meta property="article:published_time" content="{published.isoformat()}"></head>'
        f"<body><article><h1>{text['headline']}</h1>\n{body}\n{footer}</article></body></html>\n"
    )


def find_origins(story: Story) -> list[list[Article]]:
    """The articles of the story in which the words are found, by their origins."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "story.db"), make=True)
        pages = [build_capture(set_page(a, story.published).encode(), location=a.outlet, charset="utf-8") for a in story.articles]
        for _ in add_captures(store, pages):
            pass
        try:
            found = trace(store, story.words)
        except UsageError:
            return []
        finally:
            store.close()
    article_of = {page.sha256: article for page, article in zip(pages, story.articles, strict=True)}
    return [[article_of[found.articles[at]] for at in origin.members] for origin in found.origins]


def _sort_by_origin(story: Story) -> list[list[Article]]:
    return [[a for a in story.articles if a.origin == origin] for origin in {a.origin for a in story.articles}]


def _group(origins: Sequence[Sequence[Article]]) -> set[frozenset[str]]:
    return {frozenset(article.outlet for article in articles) for articles in origins}


def _show(story: Story, found: Sequence[Sequence[Article]]) -> None:
    print(f"{len(found)} found, {story.origins} true: {story.words}")
    for number, articles in enumerate(found, 1):
        print("".join(f"  {number}  {a.kind}, {a.outlet} (from {a.origin}), by {a.author}; {a.footer or ''}\n" for a in articles), end="")
    missed = [a for a in story.articles if not any(a in articles for articles in found)]
    print("".join(f"  –  {a.kind}, {a.outlet} (from {a.origin}): {a.paragraphs[2]}\n" for a in missed))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/origins", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="wrong stories that are printed")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    for story in track(list(make_stories(chosen.stories, chosen.seed)), "telling stories"):
        found = find_origins(story)
        counts["right"] += len(found) == story.origins
        counts["too few" if len(found) < story.origins else "too many" if len(found) > story.origins else "as many"] += 1
        counts["articles"] += len(story.articles)
        counts["articles found"] += sum(map(len, found))
        counts["groups right"] += _group(found) == _group(_sort_by_origin(story))
        if len(found) != story.origins and counts["shown"] < chosen.show:
            counts["shown"] += 1
            _show(story, found)
    figures = {
        "stories": chosen.stories,
        "origins right": counts["right"] / chosen.stories,
        "and their articles": counts["groups right"] / chosen.stories,
        "too few": counts["too few"],
        "too many": counts["too many"],
        "articles": counts["articles"],
        "articles found": counts["articles found"] / max(1, counts["articles"]),
    }
    print_figures(f"Independent origins of {chosen.stories} made stories, seed {chosen.seed}", figures, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
