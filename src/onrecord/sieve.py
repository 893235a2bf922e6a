"""One pattern for whether any of many may be found, which is seldom the case.

`re` looks for a phrase in any case at a fifth of the speed at which it looks for small letters in a text that has no others, so texts are
put through that first, and only through the patterns themselves where something is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ODD = str.maketrans("İıſ", "iis")  # letters that `re` takes for others in any case, and whose small ones are none of them
_ESCAPED = re.compile(r"\\.")


class Sieve:
    """Whether a text may have what one of `patterns` finds; False is sure. The patterns must ignore case."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        whole = "|".join(f"(?:{pattern.pattern})" for pattern in patterns)
        is_small = _ESCAPED.sub("", whole) == _ESCAPED.sub("", whole).lower()
        self._any = re.compile(whole) if is_small else re.compile(whole, re.I)

    def may_find(self, text: str) -> bool:
        return self._any.search(text.translate(_ODD).lower()) is not None
