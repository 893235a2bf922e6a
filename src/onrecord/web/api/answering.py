"""How the API answers: strict routes, JSON, and streams that cannot be taken for whole when they are not.

A large result is written as it is found, in pieces of some kilobytes, by a generator that holds one of them. Its first item is found
before the answer begins, so that what is wrong with a question is said as a problem. When the store fails half way, the last line of
NDJSON says so, and the connection is cut without the end that HTTP wants (RFC 9112, 8): no client takes that for a complete answer. A few
streams run at once, since each keeps a connection to the database for as long as its reader takes.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, ClassVar, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from onrecord.errors import StoreError, UsageError
from onrecord.types import Json
from onrecord.view.visible import show
from onrecord.web.problems import Problem

NDJSON, CSV = "application/x-ndjson", "text/csv"
STREAMS = 4  # at once, in one process
_PIECE = 64_000  # bytes that are sent together, about
_streams = threading.BoundedSemaphore(STREAMS)
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


# --- questions ---------------------------------------------------------------------------------------------------------


class StrictRoute(APIRoute):
    """A route that takes nothing but what it names: no other parameter, none twice, no body that is not JSON."""

    _methods: ClassVar[dict[str, set[str]]] = {}  # of each path, whose methods are routes of their own

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        super().__init__(path, endpoint, **settings)
        self._methods.setdefault(self.path_format, set()).update(self.methods or ())

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            allowed = ", ".join(sorted(self._methods[self.path_format]))
            raise Problem(405, f"{scope['method'][:20]} is not for this address: it takes {allowed}", headers={"Allow": allowed})
        await super().handle(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = _find_parameters(self)

        async def handle_strictly(request: Request) -> Response:
            check_parameters(request, known)
            if self.body_field is not None:
                check_content_type(request)
            return await handle(request)

        return handle_strictly


def _find_parameters(route: APIRoute) -> frozenset[str]:
    """The names of a route's query parameters, those inside models too."""
    names: set[str] = set()
    for parameter in route.dependant.query_params:
        kind = parameter.field_info.annotation
        is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
        names.update(kind.model_fields if is_model else (parameter.alias,))  # type: ignore[union-attr]
    return frozenset(names)


def check_parameters(request: Request, known: frozenset[str]) -> None:
    """Raises Problem (422) for parameters that are not known, which are mostly misspelt ones, and for those that are given twice."""
    given = [name for name, _ in request.query_params.multi_items()]
    wrong = [(show(name[:100]), "no such parameter here") for name in dict.fromkeys(given) if name not in known]
    wrong += [(name, "given more than once") for name in sorted(known) if given.count(name) > 1]
    if wrong:
        errors = [{"where": ["query", name], "what": what} for name, what in wrong]
        raise Problem(422, f"{wrong[0][0]}: {wrong[0][1]}", errors=errors)


def check_content_type(request: Request) -> None:
    """Raises Problem (415) for a body that is not said to be JSON."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "the body must be JSON, with Content-Type: application/json", headers={"Accept": "application/json"})


@contextmanager
def naming() -> Iterator[None]:
    """What is asked for by a name or an id that nothing has is a Problem (404)."""
    try:
        yield
    except UsageError as error:
        raise Problem(404, show(str(error))) from error


@contextmanager
def asking() -> Iterator[None]:
    """What cannot be asked so is a Problem (422)."""
    try:
        yield
    except UsageError as error:
        raise Problem(422, show(str(error))) from error


def choose_media_type(request: Request, offered: tuple[str, ...]) -> str:
    """The one of `offered` that the Accept header wants most (RFC 9110, 12.5.1); the first where it does not say, or wants none."""
    wanted = [_parse_range(part) for part in request.headers.get("accept", "").split(",")]
    qualities = [max((q for name, q in wanted if name == media_type), default=None) for media_type in offered]
    best = max((q for q in qualities if q is not None), default=0.0)
    return offered[qualities.index(best)] if best > 0 else offered[0]


def _parse_range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    try:
        quality = next((float(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    except ValueError:
        quality = 0.0
    return name, quality if 0 <= quality <= 1 else 0.0


# --- answers -----------------------------------------------------------------------------------------------------------


def answer(value: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`value` as JSON."""
    return Response(format_line(value), status, headers, media_type="application/json")


def format_line(value: Any) -> bytes:
    """`value` as JSON on one line. A lone surrogate, which UTF-8 cannot hold, becomes its escape, which JSON can."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "backslashreplace")


class Stream(StreamingResponse):
    """An answer that is written as it is found. `close` gives its place back, and is called when it ends, however it does."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], None], media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self.close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.close()


def stream(items: Iterable[_T], format_item: Callable[[_T], bytes], media_type: str, name: str, *, head: bytes = b"") -> Stream:
    """The items as lines of NDJSON or CSV, after the line `head`; `name` is the file's, should it be saved.

    Raises what finding the first item raises (a UsageError as Problem 422), and Problem (503) where too many are streamed already.
    """
    if not _streams.acquire(blocking=False):
        raise Problem(503, "many large results are being sent at this moment: try again in a minute", headers={"Retry-After": "60"})
    found = iter(items)
    close = _build_close(found)
    try:
        with asking():
            begun = list(islice(found, 1))
    except BaseException:
        close()
        raise
    lines = _write(chain(begun, found), format_item, head, is_ndjson=media_type == NDJSON)
    content_type = f"{CSV}; charset=utf-8; header=present" if media_type == CSV else media_type
    return Stream(_gather(lines), close, content_type, {"Content-Disposition": f'attachment; filename="{name}"'})


def _build_close(found: Iterator[_T]) -> Callable[[], None]:
    """What ends a search and gives its place back, once."""
    is_open = [True]

    def close() -> None:
        if is_open:
            is_open.clear()
            _streams.release()
            getattr(found, "close", lambda: None)()

    return close


def _write(items: Iterable[_T], format_item: Callable[[_T], bytes], head: bytes, *, is_ndjson: bool) -> Iterator[bytes]:
    yield head
    try:
        for item in items:
            yield format_item(item)
    except Exception as error:
        _log.error("a result was cut off: %s", error, exc_info=not isinstance(error, StoreError))
        if is_ndjson:
            yield format_line(_describe(error).to_dict()) + b"\n"
        raise


def _describe(error: Exception) -> Problem:
    if isinstance(error, StoreError):
        return Problem(503, f"cut off here: {error}")
    return Problem(500, "cut off here: something failed that should not; the server's log says what")


def _gather(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines, some kilobytes together; those before a failure are passed on before it is."""
    held = bytearray()
    try:
        for line in lines:
            held += line
            if len(held) >= _PIECE:
                yield bytes(held)
                held.clear()
    except Exception:
        yield bytes(held)
        raise
    if held:
        yield bytes(held)


def format_ndjson(item: Any) -> bytes:
    """A value with a `to_dict`, as one line of NDJSON."""
    return format_line(item.to_dict()) + b"\n"
