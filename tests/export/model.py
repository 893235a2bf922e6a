"""FollowTheMoney's model, to check entities with.

The library reads names in other scripts with PyICU, for which there are no wheels; the model's own checks have no need of it, so that where
it is missing a stand-in that leaves names as they are lets the library be imported.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class _Transliterator:
    @classmethod
    def createInstance(cls, *_: object) -> _Transliterator:  # noqa: N802 its name there
        return cls()

    def transliterate(self, text: str) -> str:
        return text


def load_model() -> Any:
    """The model as the library has it."""
    if "icu" not in sys.modules and find_spec("icu") is None:
        stand_in = ModuleType("icu")
        stand_in.Transliterator = _Transliterator  # type: ignore[attr-defined]
        sys.modules["icu"] = stand_in
    from followthemoney import model

    return model
