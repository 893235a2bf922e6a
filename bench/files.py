"""Files that others wrote, as text."""

from __future__ import annotations

from pathlib import Path


def read_utf8(path: Path) -> str:
    """The file's text.

    Raises:
        ValueError: it is not UTF-8; one line that says where.

    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
