"""Every pattern that onrecord compiles, over text that nearly matches, again and again: `python -m tests.patterns`.

One line for each pattern that takes long: seconds, where it was compiled, its beginning, and what it was run over. A process of its own, as
patterns are caught when they are compiled: modules are imported here, and our articles are read so that the vocabularies are loaded.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any

LENGTH = 1_200  # characters; what takes a thousandth of a second for each of a hundred is seen
LONGEST = 0.25  # seconds, for a search and a match of the whole
_MARKS = ("A", "a", "1", " ", "\n", "\t", ".", "-", "'", "“", '"', "(", "<", "&", "/", "_", "é", "語", "\u00a0", "…", "#a", "[a", "‘a")
_WORDS = ("a ", "A ", "Aa ", f"A{'a' * 19} ", "Aaaaaaaaaa\u00a0", "a, ", "A, ", "A. ", "a. ", "1 ", "1,", "1.", "a-", "a'", "A.A", "\n ")
_PHRASES = (
    "the ",
    "of the ",
    "and ",
    "said ",
    "he said ",
    "to the A of ",
    "not ",
    "Mr. ",
    "May 1, ",
    "in the ",
    "the A said A ",
    "it ",
    "by the A ",
)
_MARKUP = ("<a ", "<p>", "</", "<!--", "&#", "a=", 'a="', "http://a", "@a ", "A: ", "A / ", "(A) ", "“A ")
_TAILS = ("", "!\x00")
_HEADS = ("the ", "1-1,", "posted by ", "said that ", "(", "“")  # what patterns begin with, before one of
_LED = ("a", "A ", "1,1", " ", "a, ", "of the ")


def catch_patterns() -> dict[tuple[Any, int], tuple[re.Pattern[Any], str]]:
    """Patterns with where they were compiled."""
    caught: dict[tuple[Any, int], tuple[re.Pattern[Any], str]] = {}
    compile_, package = re.compile, Path(str(files("onrecord")))

    def catch(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        compiled = compile_(pattern, flags)
        frame = sys._getframe(1)
        place = Path(frame.f_code.co_filename)
        if place.is_relative_to(package):  # and not a library's, wherever both are installed
            caught.setdefault((compiled.pattern, compiled.flags), (compiled, f"{place.relative_to(package)}:{frame.f_lineno}"))
        return compiled

    re.compile = catch  # type: ignore[assignment]
    try:
        _load_all()
    finally:
        re.compile = compile_
    return caught


def _load_all() -> None:
    import onrecord
    from onrecord.cluster.reading import build_rows

    for module in pkgutil.walk_packages(onrecord.__path__, "onrecord."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from onrecord.capture import read_capture
    from onrecord.pipeline import read_captured

    for path in sorted((Path(__file__).parents[1] / "examples").rglob("*.html"))[:3]:
        capture = read_capture(str(path))
        build_rows(read_captured(capture, force=True), capture)


def find_slow(pattern: re.Pattern[Any]) -> Iterator[tuple[float, str]]:
    """Seconds and the unit of each hostile text that a pattern takes long over; it is stopped after one second."""
    pairs = (*(("", unit) for unit in (*_MARKS, *_WORDS, *_PHRASES, *_MARKUP)), *product(_HEADS, _LED))
    for (head, unit), tail in product(pairs, _TAILS):
        text: Any = head + unit * (LENGTH // len(unit)) + tail
        spent = _time(pattern, text.encode() if isinstance(pattern.pattern, bytes) else text)
        if spent > LONGEST:
            yield spent, f"{head}{unit}…{tail}"


class _TooLongError(Exception):
    pass


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLongError


def _time(pattern: re.Pattern[Any], text: Any) -> float:
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, 1)
    try:
        pattern.search(text)
        pattern.fullmatch(text)
    except _TooLongError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - started


def main() -> None:
    signal.signal(signal.SIGVTALRM, _stop)
    patterns = catch_patterns()
    for pattern, place in patterns.values():
        slow = max(find_slow(pattern), default=None)
        if slow:
            print(f"{slow[0]:.2f} s\t{place}\t{pattern.pattern[:60]!r}\t{slow[1]!r}", flush=True)
    print(f"{len(patterns)} patterns", file=sys.stderr)


if __name__ == "__main__":
    main()
