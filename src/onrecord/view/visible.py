"""Text from outside, made safe to print: nothing is removed, and nothing that a terminal would obey or hide is left as it is.

Names, dates, titles and file names come from whoever wrote the page. Control characters could move the cursor or write to the
clipboard, bidirectional controls could reorder a line, and invisible characters could make two names look like one; each is
shown as its number, ⟨U+202E⟩. Escaping them the way Python does (`\\u202e`) was rejected: readers are not programmers, and a
text about programs holds such sequences itself. Right-to-left letters are left alone, they are ordinary text.
"""

from __future__ import annotations

import re
from unicodedata import category

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_SELECTORS = "\ufe00-\ufe0d\U000e0100-\U000e01ef"
_SUSPECT = re.compile(r"[^\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff]")
_ALWAYS_HIDDEN = re.compile(f"[{_BLANK_LETTERS}{_SELECTORS}]")
_BREAK = re.compile(r"[ \t]*[\t\r\n\u2028\u2029]++[ \t]*+")
_JOINED_SCRIPTS = range(0x0600, 0x1000)  # Arabic to Tibetan, where a non-joiner is spelling


def show(text: str) -> str:
    """`text` on one line: white space that breaks lines as one space, hidden characters by their numbers."""
    return _SUSPECT.sub(_show_char, _BREAK.sub(" ", text))


def show_lines(text: str) -> str:
    """`text` with its line breaks, hidden characters by their numbers."""
    return _SUSPECT.sub(lambda match: match.group() if match.group() in "\n\t" else _show_char(match), text.replace("\r\n", "\n"))


def show_in_json(text: str) -> str:
    """JSON `text` with hidden characters inside its strings as escapes: the same values, safe in a terminal and for line readers."""
    return _SUSPECT.sub(_escape_char, text)


def _show_char(match: re.Match[str]) -> str:
    char = match.group()
    if not _is_hidden(char) or (char == "\u200c" and _is_spelling(match)):
        return char
    return f"⟨U+{ord(char):04X}⟩"


def _escape_char(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\n" or not _is_hidden(char):
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _is_hidden(char: str) -> bool:
    return category(char) in _HIDDEN_CATEGORIES or _ALWAYS_HIDDEN.match(char) is not None


def _is_spelling(match: re.Match[str]) -> bool:
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return all(c and ord(c) in _JOINED_SCRIPTS for c in (before, after))
