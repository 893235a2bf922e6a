"""What a site asks robots to leave alone (RFC 9309).

The rules are read by protego: it knows wildcards and takes the longest rule that matches, as the standard has it, where the standard
library's `urllib.robotparser` takes the first one and knows no wildcards. What the answer to `/robots.txt` means is decided here: none
there, all is allowed; the server fails or asks to be left in peace, nothing is.
"""

from __future__ import annotations

from typing import Protocol

PATH = "/robots.txt"
MOST_BYTES = 500 * 1024  # that must be read at least (RFC 9309, 2.5); what is beyond is left
KEPT_SECONDS = 24 * 3600.0  # a copy is not used for longer (2.4)
_TOO_MANY_REQUESTS = 429


class Rules(Protocol):
    """What a site asks for."""

    def is_allowed(self, url: str) -> bool: ...
    def find_pause(self) -> float | None: ...


class _Everything:
    def is_allowed(self, url: str) -> bool:
        return True

    def find_pause(self) -> float | None:
        return None


class _Nothing(_Everything):
    def is_allowed(self, url: str) -> bool:
        return False


class _Parsed:
    """Rules for `token`, the product token that the site may name."""

    def __init__(self, content: bytes, token: str) -> None:
        from protego import Protego

        self._token = token
        self._rules = Protego.parse(content[:MOST_BYTES].decode("utf-8-sig", "replace"))

    def is_allowed(self, url: str) -> bool:
        return bool(self._rules.can_fetch(url, self._token))

    def find_pause(self) -> float | None:
        delay = self._rules.crawl_delay(self._token)
        return None if delay is None else float(delay)


def read_rules(status: int, content: bytes, token: str) -> Rules:
    """The rules that an answer to a request for /robots.txt sets (RFC 9309, 2.3.1); `token` is ours, e.g. `onrecord`."""
    if 200 <= status < 300:
        return _Parsed(content, token)
    if 400 <= status < 500 and status != _TOO_MANY_REQUESTS:
        return _Everything()
    return _Nothing()
