"""Statements as brat standoff: a `.txt` with the document's text and an `.ann` with what was read, to be corrected in an annotation tool.

Text-bound annotations are Content, Cue and Source; a relation ties each cue or source to its content (`Said`, `SaidBy`), and each content
to the one that holds it (`Within`); the kind is an attribute. Offsets count code points, as brat does; spans end before line ends, which
brat's fragments may not hold. Lost: chains, times, certainty, who a source is beyond this mention, versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.types import Json

_LINE = re.compile(r"[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
CONFIGURATION = """[entities]
Content
Cue
Source
[relations]
Said\tArg1:Cue, Arg2:Content
SaidBy\tArg1:Source, Arg2:Content
Within\tArg1:Content, Arg2:Content
[events]
[attributes]
Kind\tArg:Content, Value:direct|indirect|mixed
"""


def read_lines(report: Json) -> Iterator[str]:
    """The lines of the `.ann` file of a report."""
    text, statements = report["document"]["text"], report["statements"]
    counts = {"T": 0, "R": 0, "A": 0}

    def number(letter: str) -> str:
        counts[letter] += 1
        return f"{letter}{counts[letter]}"

    contents: dict[str, str] = {}
    for said in statements:
        bound: dict[str, str] = {}
        for label, spans in (
            ("Content", said["content"]),
            ("Cue", said["cue"]),
            ("Source", said["source"]["spans"] if said["source"] else []),
        ):
            if fragments := _cut_lines(spans, text):
                bound[label] = number("T")
                places = ";".join(f"{start} {end}" for start, end in fragments)
                yield f"{bound[label]}\t{label} {places}\t{' '.join(text[start:end] for start, end in fragments)}"
        if "Content" in bound:
            contents[said["id"]] = bound["Content"]
            yield f"{number('A')}\tKind {bound['Content']} {said['kind']}"
            for name, label in (("Said", "Cue"), ("SaidBy", "Source")):
                if label in bound:
                    yield f"{number('R')}\t{name} Arg1:{bound[label]} Arg2:{bound['Content']}"
    for said in statements:
        if said["id"] in contents and said["within"] in contents:
            yield f"{number('R')}\tWithin Arg1:{contents[said['id']]} Arg2:{contents[said['within']]}"


def _cut_lines(spans: list[Json], text: str) -> list[tuple[int, int]]:
    """The spans as fragments that no line end is in, without white space at their ends."""
    found = [
        (span["start"] + line.start() + len(line[0]) - len(line[0].lstrip()), span["start"] + line.start() + len(line[0].rstrip()))
        for span in spans
        for line in _LINE.finditer(text[span["start"] : span["end"]])
    ]
    return [(start, end) for start, end in found if start < end]
