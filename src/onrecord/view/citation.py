"""A statement as one line to copy: who said it, in which words, where that stood, when it was captured, and the hash of those bytes."""

from __future__ import annotations

from onrecord.trace.told import Told
from onrecord.view.visible import show


def quote(text: str) -> str:
    """Words between quotation marks; those that they have themselves are enough."""
    return show(text) if text[:1] in "“\"‘'«„" else f"“{show(text)}”"


def is_web(url: str | None) -> bool:
    """Whether an address may be a link."""
    return bool(url) and str(url).lower().startswith(("http://", "https://"))


def build_citation(told: Told, captured: str | None) -> str:
    """The line; `captured` is an ISO 8601 moment, UTC."""
    parts = [
        f"{told.source or 'Unnamed source'}: {quote(told.words)}",
        f"as {'paraphrased ' if told.kind == 'indirect' else ''}in {told.outlet or 'a document'}"
        + (f", {quote(told.title)}" if told.title else "")
        + (f", {told.published}" if told.published else ""),
        str(told.url) if is_web(told.url) else "",
        f"captured {captured[:19].replace('T', ' ')} UTC" if captured else "",
        f"SHA-256 {told.document}",
    ]
    return show("; ".join(part for part in parts if part))
