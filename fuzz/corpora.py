"""The cases that campaigns keep: a zip for each parser, `corpora/PARSER.zip`, unpacked while a campaign runs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

_HOME = Path(__file__).parent
FOUND = _HOME / "found"
_DATED = (1980, 1, 1, 0, 0, 0)  # so that the same cases give the same file


def read_corpus(name: str) -> Iterator[bytes]:
    """The kept cases of a parser; none where no campaign has run."""
    path = _HOME / "corpora" / f"{name}.zip"
    if path.exists():
        with zipfile.ZipFile(path) as kept:
            for member in kept.namelist():
                yield kept.read(member)


def write_corpus(name: str, cases: Iterable[bytes]) -> int:
    """Keep these cases of a parser and no others; how many they are."""
    path = _HOME / "corpora" / f"{name}.zip"
    path.parent.mkdir(exist_ok=True)
    named = {sha256(case).hexdigest()[:16]: case for case in cases}
    aside = path.with_suffix(".part")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept:
        for member in sorted(named):
            kept.writestr(zipfile.ZipInfo(member, _DATED), named[member], zipfile.ZIP_DEFLATED)
    aside.replace(path)
    return len(named)


def read_found(name: str) -> list[bytes]:
    """The cases that once broke a parser, as its campaigns wrote them."""
    return [path.read_bytes() for path in sorted((FOUND / name).glob("*"))]
