"""By what the versions of an utterance are found among millions of statements: pairs of telling words that stand near one another.

A single word is in too many statements, and a whole sentence is lost with one word changed. A cut or an altered word leaves most of the
pairs as they were, and a pair is in few statements; so an ordinary index of pairs does what sketches of fixed size (MinHash) cannot:
it finds a part in the whole. Pairs are kept as short tokens that any text index takes.
"""

from __future__ import annotations

from zlib import crc32

from onrecord.versions.wording import find_stems

_NEAR = 2  # telling words from one another, of a pair
_MOST = 400  # words of a statement that are looked at: the longest are speeches
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ROOM = 36**5  # different tokens; statements are compared afterwards, so that two pairs may have one


def find_pairs(words: str) -> tuple[str, ...]:
    """The pairs of a statement's words as tokens, without repetition, in the order of the words; in either order two words are one pair."""
    stems = find_stems(words)[:_MOST]
    pairs = [(stem, other) for at, stem in enumerate(stems) for other in stems[at + 1 : at + 1 + _NEAR] if stem != other]
    return tuple(dict.fromkeys(_build_token(*pair) for pair in pairs))


def _build_token(one: str, other: str) -> str:
    first, second = sorted((one, other))
    number = crc32(f"{first} {second}".encode()) % _ROOM
    token = ""
    for _ in range(5):
        number, digit = divmod(number, 36)
        token += _DIGITS[digit]
    return token
