"""What programs elsewhere are strict about: addresses that are IRIs (RFC 3987), and JSON without halves of surrogate pairs.

What a page says of itself is not always either; no page's metadata is to make a file that nobody can read.
"""

from __future__ import annotations

import json
import re

from onrecord.text import replace_surrogates
from onrecord.types import Json

_WEB = re.compile(r"https?://[^\s\x00-\x20<>\"{}|\\^`\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+", re.IGNORECASE)


def find_iri(address: str | None) -> str | None:
    """The address, if it is one on the web that can stand as it is."""
    return address if address and _WEB.fullmatch(address) else None


def build_page_iri(document: Json) -> str:
    """What stands for the captured page: its SHA-256."""
    return f"urn:sha256:{document['id'].removeprefix('sha256:')}"


def format_json(value: Json | str) -> str:
    """A value on one line; halves of surrogate pairs are U+FFFD."""
    return replace_surrogates(json.dumps(value, ensure_ascii=False))
