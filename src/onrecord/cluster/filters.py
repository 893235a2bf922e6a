"""What is left out before the model sees it, the cheapest test first: other languages, pages that are no articles, what was seen.

A page is left out unparsed only where it declares another language and its words look like it too. A copy is an article with the same long
paragraphs as an earlier one of the same input: short ones (datelines, captions, what is said of updates) may differ, but a single word
that was altered anywhere else makes it another article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from onrecord.page import detect_language
from onrecord.page.language import parse_language
from onrecord.pipeline import LANGUAGES
from onrecord.text import find_paragraphs
from onrecord.types import Capture

_HEAD = 4_000  # bytes in which a page declares its language
_SAMPLED = 60_000  # bytes of which its words are taken
_DECLARED = re.compile(rb"<html[^>]{0,500}?\slang\s*=\s*[\"']?\s*([A-Za-z][A-Za-z_-]{1,10})", re.IGNORECASE)
_PARAGRAPH = re.compile(rb"<p[\s>][^<]{0,200}>?([^<]{40,2000})", re.IGNORECASE)
_LONG = 12  # words of a paragraph that tells one article from another


def find_other_language(capture: Capture) -> str | None:
    """The language that a page of HTML is in, told without parsing it; None where it may be one that is read."""
    found = _DECLARED.search(capture.content[:_HEAD])
    declared = parse_language(found[1].decode("ascii")) if found else None
    if declared is None or declared in LANGUAGES:
        return None
    words = b" ".join(match[1] for match in _PARAGRAPH.finditer(capture.content[:_SAMPLED]))
    try:
        detected = detect_language(words.decode(capture.charset or "utf-8", "replace"))
    except (LookupError, ValueError):  # a charset that is none
        return None
    return detected if detected not in (None, *LANGUAGES) else None


def digest_text(text: str) -> str:
    """By what copies of an article are known: a digest of its long paragraphs, their white space aside; "" where it has none."""
    found = sha256()
    long = 0
    for paragraph in find_paragraphs(text):
        words = paragraph.of(text).split()
        if len(words) >= _LONG:
            long += 1
            found.update(" ".join(words).encode("utf-8", "surrogatepass") + b"\n")
    return found.hexdigest() if long else ""


@dataclass(slots=True)
class Seen:
    """The articles of this input by their digests, in its order, and those of batches before, as sorted numbers of 64 bits."""

    before: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    bytes: dict[str, str] = field(default_factory=dict)  # digests and the documents that have them first
    texts: dict[str, str] = field(default_factory=dict)

    def find_bytes(self, document: str) -> str | None:
        """The document that has these very bytes, if it has been seen; else they are from now on."""
        return self._find(self.bytes, document, document)

    def find_text(self, digest: str, document: str) -> str | None:
        """The document that has this text, if it has been seen; else `document` has it from now on."""
        return self._find(self.texts, digest, document) if digest else None

    def _find(self, known: dict[str, str], digest: str, document: str) -> str | None:
        if digest in known:
            return known[digest]
        if len(self.before):
            number = _cut(digest)
            at = int(np.searchsorted(self.before, number))
            if at < len(self.before) and self.before[at] == number:
                return ""
        known[digest] = document
        return None


def number_digests(digests: Iterable[str | None]) -> NDArray[np.uint64]:
    """Digests as sorted numbers: eight bytes of each are enough to know some hundred millions by."""
    return np.unique(np.fromiter((_cut(digest) for digest in digests if digest), dtype=np.uint64))


def _cut(digest: str) -> np.uint64:
    return np.uint64(int(digest[:16], 16))
