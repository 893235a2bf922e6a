"""Articles annotated within their text: read, told apart by depth, and made into sheets that the reader may learn from."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.marked import measure_depths, parse_marked
from bench.styles import find_errors, read_articles
from onrecord.extract.model import load_model
from training.own import cut_sheets

ROOT = Path(__file__).parents[1]
MARKED = (
    "Ferry to close\n\nIt rained. {q1 “We are sorry, and {s2 the owner} {c2 told} us {q2 that the ferry would be sold by the spring},”} "
    "{s1 Mara Quill} {c1 said}. {q1 “I wept.”} She left.\n"
)


def write(folder: Path, marked: str) -> Path:
    path = folder / "news-1.txt"
    path.write_text(marked, encoding="utf-8")
    return path


def test_tags_are_spans_of_the_text_without_them(tmp_path: Path) -> None:
    article = parse_marked(write(tmp_path, MARKED))
    assert "{" not in article.text
    shown = [[article.text[a:b] for a, b in (*r.source, *r.cue, *r.content)] for r in article.relations]
    outer = "“We are sorry, and the owner told us that the ferry would be sold by the spring,”"
    assert shown == [["Mara Quill", "said", outer, "“I wept.”"], ["the owner", "told", "that the ferry would be sold by the spring"]]
    assert measure_depths(article.relations) == [0, 1]


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("It {s1 rained.", "news-1: source 1 is not closed"),
        ("It} rained.", "news-1: a brace closes what none opens, after 'It'"),
        ("{s1 She} {c1 said} so.", "news-1: statement 1 has no content"),
    ],
)
def test_broken_tags_are_one_line(tmp_path: Path, marked: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_marked(write(tmp_path, marked))


def test_sheets_hold_one_depth_each(tmp_path: Path) -> None:
    article = parse_marked(write(tmp_path, MARKED))
    outer, inner, innermost = cut_sheets(article, load_model())
    assert next(article.text[s.start : s.end] for place in outer.places for s in place.spans) == "Ferry to close"
    assert [article.text[a:b] for r in outer.relations for a, b in r.cue] == ["said"]
    assert [[article.text[a:b] for a, b in r.cue] for r in outer.inner] == [["told"]]
    assert [article.text[s.start : s.end] for place in inner.places for s in place.spans][-1] == "I wept."
    assert [article.text[a:b] for r in inner.relations for a, b in r.cue] == ["told"]
    assert (inner.inner, innermost.relations) == ((), [])


def test_errors_are_told_by_their_kind(tmp_path: Path) -> None:
    article = parse_marked(write(tmp_path, MARKED))
    said, told = ({role: list(spans) for role, spans in vars(r).items()} for r in article.relations)
    assert list(find_errors(article.text, [said, told], article.relations)) == []
    kinds = [
        e.kind
        for e in find_errors(article.text, [said | {"source": []}, {"source": [], "cue": [], "content": [(0, 5)]}], article.relations)
    ]
    assert kinds == ["source", "missed", "none"]


@pytest.mark.parametrize("folder", ["bench/annotated", "training/articles"])
def test_all_annotated_articles_can_be_read(folder: str) -> None:
    articles = read_articles(ROOT / folder, None)
    assert len(articles) > 50
    assert all(len(article.relations) > 3 for article in articles)
