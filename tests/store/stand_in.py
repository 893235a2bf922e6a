"""A reader that takes no time: every sentence with "said" is a statement, its source the words before."""

from __future__ import annotations

import re
from datetime import date

from onrecord.errors import UnreadableError
from onrecord.types import Capture, Certainty, Document, Evidence, Hop, Interval, Origin, Report, Run, Source, SourceRef, Span, Statement

_SAID = re.compile(r"([^\n.]+?) said ([^\n.]+\.)")
_DATED = re.compile(r"^Published: (\S+)", re.M)


def read_stand_in(capture: Capture, *, published: date | None = None, force: bool = False) -> Report:
    """A report of `capture`. A text with "bad" in it cannot be read, unless `force`."""
    text = capture.content.decode()
    if "bad" in text and not force:
        raise UnreadableError("a PDF; convert it to text first")
    own = _DATED.search(text)
    matches = list(_SAID.finditer(text))
    return Report(
        document=Document(
            id=f"sha256:{capture.sha256}",
            text=text,
            url=capture.url,
            title=text.split("\n", 1)[0],
            authors=("Maud Tennick",),
            publisher="The Strait Observer",
            published=date.fromisoformat(own[1]) if own else published,
            modified=None,
            language="en",
            blocks=(),
            origin=Origin((Run(0, len(text), 0, len(capture.content), len(text) == len(capture.content)),)),
        ),
        statements=tuple(_build_statement(number, match) for number, match in enumerate(matches, 1)),
        sources=tuple(_build_source(number, match) for number, match in enumerate(matches, 1)),
        evidence=(Evidence(id="e1", kind="embed", status="suspended"),),
    )


def _build_statement(number: int, match: re.Match[str]) -> Statement:
    return Statement(
        id=f"s{number}",
        kind="indirect",
        content=(Span(*match.span(2)),),
        cue=(Span(match.end(1) + 1, match.end(1) + 5),),
        source=SourceRef(f"p{number}", (Span(*match.span(1)),)),
        within=None,
        chain=(Hop(f"p{number}", f"s{number}", "Twitter"), Hop("publisher", None, None)),
        time=Interval(date(2022, 3, 1), date(2022, 3, 2)),
        certainty=Certainty(1.4, None),
        confidence=0.9,
        evidence=("e1",),
    )


def _build_source(number: int, match: re.Match[str]) -> Source:
    return Source(id=f"p{number}", name=match[1].strip(), kind="person", mentions=(Span(*match.span(1)),))
