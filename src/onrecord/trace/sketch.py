"""A sketch of an article, to know another that has the same text: whole, cut at its ends, or inside a longer one.

Every run of five words outside quotation marks is hashed, and those whose hash falls under a bound are kept, so that two sketches have
the same share of what the texts have in common (FracMinHash, Irber et al. 2022). MinHash of fixed size was rejected: it measures how
alike the wholes are, and a text cut in half is half alike. Quotations are left out, as two reporters who heard the same have them both.
"""

from __future__ import annotations

from array import array
from zlib import crc32

from onrecord.text import find_paragraphs, find_quotations
from onrecord.trace.names import fold_words

_RUN = 5  # words
_KEPT = 4  # of so many runs one is kept
_MOST = 2_000  # runs kept of one article
_FEWEST = 6  # of the shorter sketch: fewer say nothing


def build_sketch(text: str) -> bytes:
    """The sketch of an article's text: 32-bit hashes in order, little-endian."""
    found: set[int] = set()
    for paragraph in find_paragraphs(text):
        at = paragraph.start
        pieces = []
        for quotation in find_quotations(text, paragraph):
            pieces.append(text[at : max(at, quotation.outer.start)])
            at = max(at, quotation.outer.end)
        for piece in (*pieces, text[at : paragraph.end]):
            words = fold_words(piece)
            for i in range(len(words) - _RUN + 1):
                number = crc32(" ".join(words[i : i + _RUN]).encode())
                if number % _KEPT == 0:
                    found.add(number)
    return array("I", sorted(found)[:_MOST]).tobytes()


def read_sketch(raw: bytes) -> frozenset[int]:
    """The hashes of a sketch."""
    hashes = array("I")
    hashes.frombytes(raw[: len(raw) - len(raw) % hashes.itemsize])
    return frozenset(hashes)


def measure_containment(a: frozenset[int], b: frozenset[int]) -> float:
    """How much of the shorter of two texts is in the other, 0 to 1; 0 where one is too short to tell."""
    least = min(len(a), len(b))
    return len(a & b) / least if least >= _FEWEST else 0.0
