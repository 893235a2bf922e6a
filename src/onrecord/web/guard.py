"""What stands before every page: which hosts we answer to, which pages may send us changes, how much and how often, and the headers.

A pure ASGI middleware, so that it sees an answer before it is sent, also those of errors: what nobody expected is caught here, because
Starlette's own handler of it stands outside and would send a page without headers. Hosts: a page elsewhere that points its own
name at this address (DNS rebinding) gets nothing. Origins: browsers say from which page a form was sent; another's is refused, and so
is a cookie without any; the referrer policy is not `no-referrer`, under which they would not say. The Content Security Policy lets in
nothing but our own style and script, and no inline ones. Rates are counted by what was shown, so that readers behind one address do not
stand in each other's way; as anybody can show something new each time, all who come from one address are counted together too. Each
process counts for itself: counting in the store was rejected, it would write at every request.
"""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.web.problems import Problem, answer
from onrecord.web.site import Settings

_SAFE = ("GET", "HEAD", "OPTIONS")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}
_TOGETHER = 10  # times what one asker may ask is what all from one address may
_LONGEST_NUMBER = 15  # digits of a Content-Length that are looked at
_FOR_EVER = "public, max-age=31536000, immutable"


class Guard:
    """The middleware. `settings` say whose requests are answered, and how much of them."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.hosts, self.origins = find_own(settings)
        self.limiter = FixedWindowRateLimiter(MemoryStorage())
        self.asks = RateLimitItemPerMinute(settings.asks_a_minute)
        self.asks_together = RateLimitItemPerMinute(settings.asks_a_minute * _TOGETHER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        sender = _Dressed(scope, send)
        problem: Exception | None
        try:
            problem = self._find_problem(scope)
            if problem is None:
                await self.app(scope, _limit(receive, self.settings.most_bytes), sender)
                return
        except Exception as error:
            if sender.has_begun:  # an answer that breaks off must be seen to
                raise
            problem = error
        await answer(Request(scope, receive), problem)(scope, receive, sender)

    def _find_problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.hosts:
            return Problem(421, f"this server does not answer for that host: ask {self.settings.url}")
        if scope["method"] not in _SAFE and (found := self._find_foreign(headers)):
            return found
        if _count_declared(headers) > self.settings.most_bytes:
            return _too_much(self.settings.most_bytes)
        address = str((scope.get("client") or ("?",))[0])
        is_more = not self.limiter.hit(self.asks_together, "address", address)
        if is_more or not self.limiter.hit(self.asks, "asker", _name_asker(headers) or address):
            return Problem(429, "too many requests: wait a minute", headers={"Retry-After": "60"})
        return None

    def _find_foreign(self, headers: Headers) -> Problem | None:
        origin = headers.get("origin")
        if origin is None and "cookie" not in headers:
            return None
        if origin in self.origins and headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none"):
            return None
        return Problem(403, "a change has to come from a page of this server: its Origin is another, or none")


def find_own(settings: Settings) -> tuple[frozenset[str], frozenset[str]]:
    """The hosts, with their ports, and the origins that are this server's."""
    parts = urlsplit(settings.url)
    port = f":{parts.port}" if parts.port else ""
    names = [parts.netloc.rpartition("@")[2], *settings.hosts]
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        names += [name + port for name in _LOOPBACK]
    hosts = frozenset(name.lower() for name in names)
    return hosts, frozenset(f"{parts.scheme}://{host}" for host in hosts)


def _count_declared(headers: Headers) -> int:
    declared = headers.get("content-length", "0")
    return int(declared[:_LONGEST_NUMBER]) if declared.isdecimal() else 0


def _too_much(most: int) -> Problem:
    return Problem(413, f"more than {most:,} bytes: send less, or add it with onrecord add")


def _limit(receive: Receive, most: int) -> Receive:
    """`receive` that stops where more comes than is taken, whatever was declared."""
    taken = 0

    async def receive_some() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise _too_much(most)
        return message

    return receive_some


def _name_asker(headers: Headers) -> str | None:
    """What was shown, by which requests are counted; None if nothing was."""
    shown = headers.get("authorization") or headers.get("cookie")
    return sha256(shown.encode("latin-1", "replace")).hexdigest() if shown else None


class _Dressed:
    """`send` that puts our headers on every answer, and knows whether one has begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self.scope["path"].startswith("/static/") and message["status"] in (200, 304):
                headers["Cache-Control"] = _FOR_EVER
            headers.setdefault("Cache-Control", "no-store")
        await self.send(message)
