"""Articles annotated within their text: `{s1 …}` is a source, `{c1 …}` a cue, `{q1 …}` a content, numbered by statement; braces within a
content are statements that it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bench.brat import ROLES, Article, Relation, Spans
from bench.files import read_utf8

_TAG = re.compile(r"\{([scq])(\d+) ?|\}")
_NAMES = {"s": "source", "c": "cue", "q": "content"}


def parse_marked(path: Path) -> Article:
    """The article in a file, its statements in text order.

    Raises:
        OSError: there is no such file.
        ValueError: it is not UTF-8, braces do not match, or a statement has no content; one line that says where.

    """
    marked, name = read_utf8(path), path.stem
    text, at = "", 0
    spans: dict[str, dict[str, Spans]] = {}
    opened: list[tuple[str, str, int]] = []
    for tag in _TAG.finditer(marked):
        text, at = text + marked[at : tag.start()], tag.end()
        if tag[1]:
            opened.append((tag[2], _NAMES[tag[1]], len(text)))
        elif opened:
            number, role, start = opened.pop()
            spans.setdefault(number, {role: [] for role in ROLES})[role].append((start, len(text)))
        else:
            raise ValueError(f"{name}: a brace closes what none opens, after {text[-30:]!r}")
    if opened:
        raise ValueError(f"{name}: {opened[-1][1]} {opened[-1][0]} is not closed")
    without = [number for number, parts in spans.items() if not parts["content"]]
    if without:
        raise ValueError(f"{name}: statement {without[0]} has no content")
    relations = [Relation(**{role: sorted(held) for role, held in parts.items()}) for parts in spans.values()]
    return Article(name, text + marked[at:], sorted(relations, key=lambda r: r.content))


def measure_depths(relations: Sequence[Relation]) -> list[int]:
    """How many other contents hold each relation's content."""

    def holds(outer: Relation, inner: Relation) -> bool:
        return (
            outer is not inner
            and outer.content != inner.content
            and all(any(a <= start and end <= b for a, b in outer.content) for start, end in (*inner.content, *inner.cue))
        )

    return [sum(holds(other, one) for other in relations) for one in relations]
