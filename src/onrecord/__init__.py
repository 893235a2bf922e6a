"""onrecord reads news reports and gives back the chain behind them: who said what, through whom, in which words.

    import onrecord
    report = onrecord.read("article.html")
    for statement in report.statements: ...

`read`, `read_text` and `read_many` are the way in; what they give back are the values of `onrecord.types`, and what they raise is in
`onrecord.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onrecord.errors import ModelError, OnRecordError, UnreadableError, UsageError
from onrecord.types import Report, Skipped, Source, Span, Statement

if TYPE_CHECKING:
    from onrecord.pipeline import read, read_many, read_text

__version__ = "0.1.0"
__all__ = [
    "ModelError",
    "OnRecordError",
    "Report",
    "Skipped",
    "Source",
    "Span",
    "Statement",
    "UnreadableError",
    "UsageError",
    "__version__",
    "read",
    "read_many",
    "read_text",
]


def __getattr__(name: str) -> Any:
    """The readers, imported when they are first used: the model's libraries take a moment to load."""
    if name in ("read", "read_many", "read_text"):
        from onrecord import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
