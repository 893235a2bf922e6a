"""Pages from the web: one request after another, each guarded, polite and limited, and all of it kept.

Redirects are followed here and not by httpx2, since each hop is a request of its own, with its own robots.txt, its own pause and its own
record. No cookies are kept and nothing is taken from the environment (proxies, `.netrc`): what is fetched is what anybody would be
given. A failure says whether trying again may help; what a server refuses for good is not asked twice. Conditional requests follow
RFC 9110, section 13, robots.txt RFC 9309.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from onrecord.capture import robots
from onrecord.capture.files import build_capture
from onrecord.capture.guard import Guard
from onrecord.capture.limits import CODINGS, Limits, Pace, compute_pause, decode_body, parse_http_date, parse_retry_after
from onrecord.capture.transport import GuardedTransport, Wire, record_wire
from onrecord.errors import FetchError, UnreadableError, UsageError
from onrecord.types import Capture

_TOKEN = "onrecord"  # what a robots.txt may call us
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (429, 500, 502, 503, 504)
_NOT_MODIFIED = 304
_LONGEST_URL = 4096


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server calls the version that we have, for asking whether there is another."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class _Post:
    """What is sent, and what kind of answer is wanted."""

    content: bytes = field(repr=False)
    media_type: str
    accept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. `sent` and `received` are the bytes on the wire; `content` is the answer's decoded body."""

    url: str
    status: int
    headers: httpx2.Headers = field(repr=False)
    content: bytes = field(repr=False)
    sent: bytes = field(repr=False)
    received: bytes = field(repr=False)
    address: str | None
    started: datetime

    @property
    def validators(self) -> Validators:
        return Validators(self.headers.get("etag"), self.headers.get("last-modified"))


def build_agent(about: str | None = None) -> str:
    """How we name ourselves to servers: `onrecord/VERSION (+URL)`; `about` is the address, by default the package's own."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        package = metadata(_TOKEN)
    except PackageNotFoundError:
        return f"{_TOKEN} (+{about})" if about else _TOKEN
    urls = [value.split(",", 1)[-1].strip() for value in package.get_all("Project-URL") or ()]
    about = about or next(iter(urls), None)
    return f"{_TOKEN}/{package['Version']}" + (f" (+{about})" if about else "")


class Fetcher:
    """Fetches under one guard, one set of limits and one pace for each host; safe to share between threads.

    `keep` is given every exchange, redirects and robots.txt included, as soon as it is complete. `context` checks servers' certificates;
    by default the system's authorities do.
    """

    def __init__(
        self,
        *,
        guard: Guard | None = None,
        limits: Limits | None = None,
        agent: str | None = None,
        keep: Callable[[Exchange], None] | None = None,
        context: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self._agent = agent or build_agent()
        self._keep = keep
        self._sleep = sleep
        self._pace = Pace(sleep=sleep)
        self._transport = GuardedTransport(guard or Guard(), context)
        self._rules: dict[str, tuple[float, robots.Rules]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close what connections are open."""
        self._transport.close()

    def fetch(self, url: str, *, known: Validators | None = None, retries: int | None = None) -> tuple[Exchange, ...]:
        """Every exchange on the way from `url` over its redirects, the last one with the final answer, whatever its status.

        `known` makes the request conditional: the answer may then be 304.

        Raises:
            UsageError: `url` is none that is fetched.
            FetchError: there was no answer, or it is refused: by the guard, by robots.txt, for its size or its time.

        """
        return self._follow(parse_url(url), known or Validators(), self.limits.retries if retries is None else retries)

    def post(self, url: str, content: bytes, *, media_type: str, accept: str, retries: int | None = None) -> Exchange:
        """Send `content` to a service that takes such requests; the answer, whatever its status. No robots.txt, no redirects.

        Raises UsageError and FetchError as `fetch`.
        """
        sent = _Post(content, media_type, accept)
        parsed = parse_url(url)
        exchange = self._ask(parsed, Validators(), self.limits.retries if retries is None else retries, self.limits.most_bytes, sent)
        if exchange.status in _REDIRECTS:
            raise FetchError(f"{url}: redirects to {exchange.headers.get('location')}, which is not followed here: give it", again=False)
        return exchange

    def _follow(self, url: httpx2.URL, known: Validators, retries: int) -> tuple[Exchange, ...]:
        first, seen, hops = url, {str(url)}, list[Exchange]()
        while True:
            try:
                self._check_robots(url)
                hops.append(self._ask(url, known, retries, self.limits.most_bytes))
            except FetchError as error:
                if not hops:
                    raise
                raise FetchError(f"{first}: redirects to {error}", again=error.again) from error
            target = find_redirect(hops[-1])
            if target is None:
                return tuple(hops)
            if str(target) in seen:
                raise FetchError(f"{first}: redirects in a circle, back to {target}", again=False)
            if len(hops) > self.limits.redirects:
                raise FetchError(f"{first}: more than {self.limits.redirects} redirects", again=False)
            seen.add(str(target))
            url = target

    # --- one request ---------------------------------------------------------------------------------------------------

    def _ask(self, url: httpx2.URL, known: Validators, retries: int, limit: int, post: _Post | None = None) -> Exchange:
        """One exchange, tried again where that may help."""
        attempt = 0
        while True:
            self._pace.wait(_name_site(url), self._find_pause(url))
            try:
                exchange = self._send(url, known, limit, post)
            except FetchError as error:
                if not error.again or attempt >= retries:
                    raise
                asked = None
            else:
                if exchange.status not in _PASSING or attempt >= retries:
                    return exchange
                asked = parse_retry_after(exchange.headers.get("retry-after"), exchange.started)
                if asked is not None and asked > self.limits.longest_pause:
                    return exchange
            self._sleep(compute_pause(attempt, self.limits, asked))
            attempt += 1

    def _send(self, url: httpx2.URL, known: Validators, limit: int, post: _Post | None = None) -> Exchange:
        headers, method, content = self._build_headers(known), "GET", None
        if post is not None:
            headers, method, content = headers | {"Accept": post.accept, "Content-Type": post.media_type}, "POST", post.content
        request = httpx2.Request(method, url, headers=headers, content=content, extensions={"timeout": self._build_timeouts()})
        started = datetime.now(UTC)
        with record_wire(seconds=self.limits.total_seconds, limit=limit) as wire:
            try:
                with_body = self._transport.handle_request(request)
                try:
                    body = b"".join(with_body.iter_raw())
                finally:
                    with_body.close()
            except FetchError as error:
                raise FetchError(_name(url, str(error)), again=error.again) from error
            except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError, ssl.SSLError) as error:
                if time.monotonic() >= wire.deadline:
                    raise FetchError(f"{url}: took too long to answer in full") from error
                raise _explain(url, error) from error
        exchange = _build_exchange(url, with_body, wire, started, b"")
        if self._keep is not None:
            self._keep(exchange)
        content = decode_body(body, with_body.headers.get("content-encoding"), limit, str(url))
        return replace(exchange, content=content)

    def _build_headers(self, known: Validators) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept": "text/html, application/xhtml+xml, */*;q=0.8", "Accept-Encoding": CODINGS}
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return headers | {name: value for name, value in conditions.items() if value}

    def _build_timeouts(self) -> dict[str, float]:
        limits = self.limits
        return {
            "connect": limits.connect_seconds,
            "read": limits.silence_seconds,
            "write": limits.silence_seconds,
            "pool": limits.total_seconds,
        }

    # --- robots.txt ----------------------------------------------------------------------------------------------------

    def _check_robots(self, url: httpx2.URL) -> None:
        try:
            rules = self._find_rules(url)
        except UnreadableError as error:  # RFC 9309, 2.3.1.4: what the site asks for is not known, so nothing is fetched
            again = not isinstance(error, FetchError) or error.again
            reason = str(error).removeprefix(f"{_name_site(url)}{robots.PATH}: ")
            asked = " (asked for its robots.txt first)" if again else ""
            raise FetchError(f"{url}: {reason}{asked}", again=again) from error
        if not rules.is_allowed(str(url)):
            raise FetchError(f"{url}: not fetched, its site's robots.txt asks robots to leave it alone", again=False)

    def _find_pause(self, url: httpx2.URL) -> float:
        known = self._rules.get(_name_site(url))
        asked = known[1].find_pause() if known else None
        return max(self.limits.host_pause, min(asked or 0.0, self.limits.longest_pause))

    def _find_rules(self, url: httpx2.URL) -> robots.Rules:
        site, now = _name_site(url), time.monotonic()
        with self._lock:
            known = self._rules.get(site)
        if known is None or now - known[0] > robots.KEPT_SECONDS:
            known = now, self._read_rules(url.copy_with(raw_path=robots.PATH.encode(), fragment=None))
            with self._lock:
                self._rules[site] = known
        return known[1]

    def _read_rules(self, url: httpx2.URL) -> robots.Rules:
        """The rules at a site; redirects are followed as RFC 9309 (2.3.1.2) has it, five at least."""
        for _ in range(self.limits.redirects + 1):
            exchange = self._ask(url, Validators(), self.limits.retries, max(robots.MOST_BYTES, self.limits.most_bytes))
            target = find_redirect(exchange)
            if target is None:
                return robots.read_rules(exchange.status, exchange.content, _TOKEN)
            url = target
        return robots.read_rules(HTTPStatus.NOT_FOUND, b"", _TOKEN)


# --- addresses ---------------------------------------------------------------------------------------------------------


def parse_url(text: str) -> httpx2.URL:
    """`text` as an address that may be fetched, without its fragment.

    Raises:
        UsageError: it is none, names no host, is neither http nor https, or has a name and a password in it.

    """
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError) as error:
        raise UsageError(f"{text[:200]}: not an address ({error})") from None
    if url.scheme not in ("http", "https"):
        raise UsageError(f"{text[:200]}: only http and https addresses are fetched")
    if not url.host:
        raise UsageError(f"{text[:200]}: an address without a host")
    if url.userinfo:
        raise UsageError(f"{url.copy_with(userinfo=b'')}: addresses with a name or password in them are not fetched: leave them out")
    if len(text) > _LONGEST_URL:
        raise UsageError(f"{text[:80]}…: an address of more than {_LONGEST_URL} characters")
    return url.copy_with(fragment=None)


def find_redirect(exchange: Exchange) -> httpx2.URL | None:
    """Where an answer sends us on to; None where it does not. Raises FetchError if that may not be followed."""
    location = exchange.headers.get("location")
    if exchange.status not in _REDIRECTS or not location:
        return None
    try:
        return parse_url(str(httpx2.URL(exchange.url).join(location)))
    except UsageError as error:
        raise FetchError(f"{exchange.url}: redirects to what is not fetched: {error}", again=False) from None
    except (httpx2.InvalidURL, ValueError):
        raise FetchError(f"{exchange.url}: redirects to what is no address", again=False) from None


def _name_site(url: httpx2.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _name(url: httpx2.URL, reason: str) -> str:
    """`reason` with the address before it, once."""
    return reason if reason.startswith(str(url)) else f"{url}: {reason.removeprefix(f'{url.host}: ')}"


def _explain(url: httpx2.URL, error: Exception) -> FetchError:
    """What went wrong on the network, in a line."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError(f"{url}: its certificate does not hold ({cause.verify_message.rstrip('.')})", again=False)
        if isinstance(cause, ssl.SSLError):
            return FetchError(f"{url}: no secure connection ({(cause.reason or 'TLS failed').replace('_', ' ').lower()})", again=False)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore2.ConnectTimeout):
        return FetchError(f"{url}: no connection in time")
    if isinstance(error, httpcore2.TimeoutException):
        return FetchError(f"{url}: the server stopped answering")
    if isinstance(error, httpcore2.ConnectError):
        return FetchError(f"{url}: no connection ({_shorten(error)})")
    if isinstance(error, httpcore2.RemoteProtocolError):
        return FetchError(f"{url}: the server broke off, or does not speak HTTP ({_shorten(error)})")
    return FetchError(f"{url}: {_shorten(error)}")


def _shorten(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words.split("] ", 1)[-1][:120].lower()


def _build_exchange(url: httpx2.URL, answer: httpx2.Response, wire: Wire, started: datetime, content: bytes) -> Exchange:
    return Exchange(
        url=str(url),
        status=answer.status_code,
        headers=answer.headers,
        content=content,
        sent=bytes(wire.sent),
        received=_cut_interim(bytes(wire.received)),
        address=wire.address,
        started=started,
    )


def _cut_interim(received: bytes) -> bytes:
    """The final answer: interim ones (status 1xx) come before it and are none of its own."""
    while received[:16].split(b" ", 1)[-1][:1] == b"1" and received.startswith(b"HTTP/"):
        _, end, rest = received.partition(b"\r\n\r\n")
        if not end:
            break
        received = rest
    return received


# --- captures ----------------------------------------------------------------------------------------------------------


def fetch_capture(url: str, fetcher: Fetcher, known: Validators | None = None) -> Capture | None:
    """The page at `url` as a capture; None where the server says that the version in `known` still stands.

    Raises UsageError and FetchError as `Fetcher.fetch`; FetchError also where the answer is an error.
    """
    hops = fetcher.fetch(url, known=known)
    exchange = hops[-1]
    if exchange.status == _NOT_MODIFIED and known is not None:
        return None
    check_status(exchange, url)
    return build_fetched(hops, url)


def check_status(exchange: Exchange, url: str) -> None:
    """Raises FetchError if the answer to a request for `url` is no page but an error."""
    if not 200 <= exchange.status < 300:
        raise FetchError(f"{url}: the server answered {describe_status(exchange.status)}", again=exchange.status in _PASSING)


def build_fetched(hops: Sequence[Exchange], location: str) -> Capture:
    """The capture of an answer, the last of `hops`; `location` is the address that was asked for, its `url` the one that answered."""
    exchange = hops[-1]
    media_type, charset = parse_content_type(exchange.headers.get("content-type"))
    capture = build_capture(exchange.content, location, url=exchange.url, media_type=media_type, charset=charset, captured=exchange.started)
    return replace(
        capture,
        served=parse_http_date(exchange.headers.get("date")),
        last_modified=parse_http_date(exchange.headers.get("last-modified")),
        etag=exchange.headers.get("etag"),
        status=exchange.status,
        record=partial(_format_records, tuple(hops)),
    )


def _format_records(hops: Sequence[Exchange]) -> bytes:
    from onrecord.capture.warc import format_records

    return format_records(hops)


def parse_content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header (RFC 9110, 8.3); None for what it does not give."""
    from email.message import Message

    if not value:
        return None, None
    message = Message()
    message["Content-Type"] = " ".join(value.split())
    charset = message.get_param("charset")
    return message.get_content_type() if "/" in value else None, charset if isinstance(charset, str) and charset else None


def describe_status(status: int) -> str:
    """A status with its name, e.g. 404 Not Found."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
