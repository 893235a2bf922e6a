"""The one way out to the network: httpx2 over connections that the guard has let through, recorded byte for byte.

httpx2's own transport would resolve and connect by itself, and it takes proxies from the environment, which would move both out of the
guard's sight; so its requests go here, into httpcore2's pool with a network backend of ours. That backend connects to checked
addresses by number only (the certificate is still checked against the name), and its streams keep what passes over the wire, as WARC
wants it, and stop at a size and at a time of day; httpx2's time limits count from byte to byte, so a trickle could last for ever.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpcore2
import httpx2

from onrecord.capture.guard import Guard
from onrecord.errors import FetchError

_HEAD_BYTES = 1 << 18  # what an answer's head may have beside its body
_MOST_ADDRESSES = 4  # of one host that are tried in turn


@dataclass(slots=True, kw_only=True)
class Wire:
    """What passed over the wire for one request, and when and where it must stop (`deadline` by the monotonic clock, `limit` in bytes)."""

    deadline: float
    limit: int
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    address: str | None = None

    def find_seconds(self, timeout: float | None) -> float:
        """How long the next operation may take. Raises FetchError when the time is up."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise FetchError("took too long to answer in full")
        return left if timeout is None else min(left, timeout)

    def keep(self, received: bytes) -> None:
        """Add what was received. Raises FetchError when it is too much."""
        self.received += received
        if len(self.received) > self.limit + _HEAD_BYTES:
            raise FetchError(f"over the {self.limit / 2**20:.3g} MB that are fetched at once", again=False)


_wire: ContextVar[Wire] = ContextVar("wire")  # of the request that this thread is sending; streams outlive requests


@contextmanager
def record_wire(*, seconds: float, limit: int) -> Iterator[Wire]:
    """Record what passes while the context is open."""
    wire = Wire(deadline=time.monotonic() + seconds, limit=limit)
    token = _wire.set(wire)
    try:
        yield wire
    finally:
        _wire.reset(token)


class _Stream(httpcore2.NetworkStream):
    """A connection's bytes, passed through under the limits of the request that is being sent."""

    def __init__(self, inner: httpcore2.NetworkStream, address: str) -> None:
        self._inner = inner
        self._address = address

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        wire = _wire.get()
        content = self._inner.read(max_bytes, wire.find_seconds(timeout))
        wire.keep(content)
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        wire = _wire.get()
        wire.address = self._address
        wire.sent += buffer
        self._inner.write(buffer, wire.find_seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        inner = self._inner.start_tls(ssl_context, server_hostname, _wire.get().find_seconds(timeout))
        return _Stream(inner, self._address)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Connects to addresses that the guard has checked, and to nothing else."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:
        wire = _wire.get()
        failure: Exception | None = None
        for address in self._guard.find_addresses(host, port)[:_MOST_ADDRESSES]:
            try:
                stream = self._inner.connect_tcp(address, port, wire.find_seconds(timeout), local_address, socket_options or ())
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(stream, address)
        raise failure or FetchError(f"{host}: no address for this name")


class GuardedTransport(httpx2.BaseTransport):
    """httpx2's transport over guarded connections: HTTP/1.1, no proxies, nothing taken from the environment."""

    def __init__(self, guard: Guard, context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context or httpx2.create_ssl_context(trust_env=False),
            max_connections=20,
            max_keepalive_connections=10,
            keepalive_expiry=5.0,
            network_backend=_Backend(guard),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; what the network raises comes out as httpcore2's exceptions, and the guard's as FetchError."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions, request=request
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    """An answer's body as it arrives."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
