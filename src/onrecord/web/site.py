"""What every request is answered with: the store, how the site is set up, and what is kept between requests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from onrecord.store import Store, check_version

if TYPE_CHECKING:
    from onrecord.capture.fetch import Fetcher

_T = TypeVar("_T")
_REMEMBERED = 100  # answers
_TRUSTED = 1.0  # seconds that a store is taken to be of the version that it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a site is served."""

    url: str = "http://127.0.0.1:8321"  # its public address: links, the allowed Host and Origin, and Secure cookies follow from it
    hosts: tuple[str, ...] = ()  # further names, with their ports, that it may be asked by
    most_bytes: int = 5_000_000  # of a request's body
    most_characters: int = 400_000  # of a text that is read at once
    reads_a_minute: int = 30  # texts and addresses that one visitor may have read
    checks_a_minute: int = 60  # receipts that one visitor may have checked
    asks_a_minute: int = 3_000  # any requests of one visitor
    allow_private: bool = False  # whether addresses on an intranet may be read
    agent: str | None = None  # how fetching names itself to servers

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("https://")


@dataclass(slots=True)
class Site:
    """One served store; `fetcher` fetches the addresses that somebody wants to have read, and is made when it is first wanted."""

    store: Store
    settings: Settings
    fetcher: Fetcher | None = None
    _kept: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _remembered: OrderedDict[object, tuple[str, Any]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _lock_remembered: Lock = field(default_factory=Lock)
    _checked: float = float("-inf")
    _limiter: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))

    def keep(self, name: str, state: str, make: Callable[[], _T]) -> _T:
        """What `make` gives, made once for each state of the store; whoever asks meanwhile gets what was made before, if anything was."""
        made = self._kept.get(name)
        if made is not None and (made[0] == state or not self._lock.acquire(blocking=False)):
            value: _T = made[1]
            return value
        if made is None:
            self._lock.acquire()
        try:
            made = self._kept.get(name)
            if made is None or made[0] != state:
                made = self._kept[name] = (state, make())
            value = made[1]
            return value
        finally:
            self._lock.release()

    def remember(self, asked: object, state: str, make: Callable[[], _T]) -> _T:
        """What `make` gives for what is asked, from memory where the store's state is the same; of many the last ones are remembered."""
        made = self._remembered.get(asked)
        if made is None or made[0] != state:
            made = (state, make())
        with self._lock_remembered:
            self._remembered[asked] = made
            self._remembered.move_to_end(asked)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        value: _T = made[1]
        return value

    def check_version(self, *, at_once: bool) -> None:
        """Raises StoreError where a newer onrecord has changed the store since it was opened; looks every second, or at once."""
        now = monotonic()
        if at_once or now - self._checked >= _TRUSTED:
            check_version(self.store)
            self._checked = now

    def limit(self, request: Request, what: str, a_minute: int) -> None:
        """Count what one asker does. Raises Problem 429 where it is more often than so many times a minute."""
        from onrecord.web.problems import Problem

        visitor = getattr(request.state, "visitor", None)
        asker = visitor.name if visitor else str(request.client.host if request.client else "?")
        if not self._limiter.hit(RateLimitItemPerMinute(a_minute), what, asker):
            raise Problem(429, f"more than {a_minute} a minute: wait a little", headers={"Retry-After": "60"})


def get_site(request: Request) -> Site:
    """The site that a request came to; a dependency of every route."""
    site: Site = request.app.state.site
    return site
