"""A web server of our own for tests: every path is played by a function, and names resolve to whatever a test says.

It listens on 127.0.0.1, which the guard refuses; tests pass its exact address and port as `exempt`, so that anything else on this
machine stays refused.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from onrecord.capture.fetch import Fetcher
from onrecord.capture.guard import Guard
from onrecord.capture.limits import Limits

CERTIFICATE = Path(__file__).parent / "certificate.pem"
HTML = {"Content-Type": "text/html; charset=utf-8"}
Answer = tuple[int, Mapping[str, str], bytes]
Play = Answer | Callable[["Handler"], Answer | None]


class Handler(BaseHTTPRequestHandler):
    """Plays the server's pages; a function that returns None has written its answer itself."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        play = self.server.pages.get(self.path, (404, {}, b"nothing here"))
        answer = play(self) if callable(play) else play
        if answer is None:
            self.close_connection = True
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (http.server's name)

    def write(self, raw: bytes) -> None:
        with suppress(OSError):
            self.wfile.write(raw)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pages: dict[str, Play]
    asked: list[tuple[str, dict[str, str]]]

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class Site:
    """A running server: `pages` by path, and what was asked of it."""

    def __init__(self, *, tls: bool = False) -> None:
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.pages = {}
        self._server.asked = []
        self.scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def pages(self) -> dict[str, Play]:
        return self._server.pages

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, robots.txt left out."""
        return [path for path, _ in self._server.asked if path != "/robots.txt"]

    @property
    def headers(self) -> list[dict[str, str]]:
        return [headers for path, headers in self._server.asked if path != "/robots.txt"]

    @property
    def robots_asked(self) -> int:
        return sum(path == "/robots.txt" for path, _ in self._server.asked)

    def url(self, path: str = "/", host: str = "news.example") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def resolve_here(host: str, port: int) -> Sequence[str]:
    """Every name under .example is this machine; numbers are themselves."""
    with suppress(ValueError):
        return [str(ip_address(host.strip("[]")))]
    if not host.endswith(".example"):
        raise OSError(-2, "Name or service not known")
    return ["127.0.0.1"]


QUICK = Limits(connect_seconds=10, silence_seconds=10, total_seconds=20, retries=2, most_bytes=1 << 20)
HASTY = Limits(connect_seconds=10, silence_seconds=0.3, total_seconds=0.8, retries=0, most_bytes=1 << 20)  # for servers that dawdle


def open_fetcher(*sites: Site, **settings: Any) -> Fetcher:
    """A fetcher that may go to `sites` and does not wait between requests."""
    guard = Guard(exempt=frozenset(("127.0.0.1", site.port) for site in sites), resolve=settings.pop("resolve", resolve_here))
    return Fetcher(**{"guard": guard, "limits": QUICK, "sleep": lambda seconds: None} | settings)
