"""From an expression's words to what they mean: a TIMEX3 type and value, counted from an `Anchor` where they are relative.

There is one function for each `reads` of the rules, named `interpret_…`. It gives back None where the words, seen in their place, name
no time ("May I", "$1990"), and several meanings where one stretch names several ("April 24 and 25"). Values follow TimeML 1.2.1 as
TempEval-3 annotates it; where nothing is there to count from, what the words leave open is X.
"""

from __future__ import annotations

from collections.abc import Callable

from onrecord.resolve.times import durations, relative, written, years
from onrecord.resolve.times.anchor import Anchor
from onrecord.resolve.times.meaning import Meaning, Parts

_PREFIX = "interpret_"
_BY_NAME: dict[str, Callable[[Parts, Anchor], Meaning | list[Meaning] | None]] = {
    name.removeprefix(_PREFIX): function
    for module in (written, years, relative, durations)
    for name, function in vars(module).items()
    if name.startswith(_PREFIX)
}


def normalise(reads: str, parts: Parts, anchor: Anchor) -> list[Meaning]:
    """What the expression at `anchor.at` means; nothing if it is no time after all."""
    found = _BY_NAME[reads](parts, anchor)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]
