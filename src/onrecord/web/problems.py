"""What goes wrong, as RFC 9457 problems for programs and as a page of the same words for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from onrecord.errors import FetchError, ModelError, StoreError, UnreadableError, UsageError
from onrecord.store import RefusedError
from onrecord.types import Json
from onrecord.view.visible import show

_LOG = logging.getLogger("onrecord.web")
_LATER = "5"  # seconds after which a store that is busy may be asked again
_MISSING = ("no such", "not an id", "no source in the store", "not a name to look for", "begins so", "there is no account")


class Problem(HTTPException):
    """Why a request is not answered: an HTTP status, one line that says what was wrong and what to do, and further members."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: object) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.status, self.members = status, members

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def to_dict(self) -> Json:
        return {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail, **self.members}


def wants_json(request: Request) -> bool:
    """Whether a program is asking: the API and the pages' twins."""
    return request.url.path.startswith("/api/v1") or request.url.path.endswith(".json")


def build_problem(error: Exception) -> Problem:
    """What is said of an error; what nobody expected is not told, and written to the server's log."""
    match error:
        case Problem():
            return error
        case HTTPException():
            return Problem(error.status_code, error.detail or HTTPStatus(error.status_code).phrase, headers=error.headers)
        case RequestValidationError():
            wrong = [{"where": [show(str(part)) for part in each["loc"]], "what": show(str(each["msg"]))} for each in error.errors()]
            first = f"{' '.join(wrong[0]['where'])}: {wrong[0]['what']}" if wrong else "cannot be read"
            return Problem(422, show(first), errors=wrong)
        case RefusedError():
            return refuse(error)
        case UsageError():
            return Problem(404 if any(words in str(error) for words in _MISSING) else 422, show(str(error)))
        case FetchError():
            return Problem(502 if error.again else 422, show(str(error)))
        case UnreadableError():
            return Problem(422, show(str(error)))
        case StoreError():
            return Problem(503, show(str(error)), headers={"Retry-After": _LATER})
        case ModelError():
            return Problem(503, show(str(error)))
    _LOG.error("a request failed", exc_info=error)
    return Problem(500, "something went wrong here that nobody expected; the server's log has it")


def refuse(error: RefusedError) -> Problem:
    """A token that opens nothing."""
    told = {
        "unknown": "this token is not one of ours",
        "revoked": "this token was revoked: have another made",
        "expired": "this token has expired: have another made",
        "disabled": "the account of this token is disabled",
    }
    return Problem(401, told[error.reason], headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def answer(request: Request, error: Exception) -> Response:
    """The answer that tells of an error, as JSON or as a page."""
    problem = build_problem(error)
    if problem.status == 304:
        return Response(status_code=304, headers=problem.headers)
    if wants_json(request):
        return JSONResponse(problem.to_dict(), problem.status, problem.headers, media_type="application/problem+json")
    from onrecord.web.templating import render

    page = "login.html" if problem.status == 401 else "problem.html"
    answered = render(request, page, {"problem": problem.to_dict(), "next": _find_next(request)}, status=problem.status)
    answered.headers.update(problem.headers or {})
    return answered


def _find_next(request: Request) -> str:
    """Where somebody wanted to go who has to log in first."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else "/"


def handle_problems(app: FastAPI) -> None:
    """Have the application answer every error so; what nobody expected is answered by `Guard`, which puts the headers on it."""

    async def handle(request: Request, error: Exception) -> Response:
        return answer(request, error)

    expected = (HTTPException, RequestValidationError, RefusedError, UsageError, UnreadableError, StoreError, ModelError)
    for kind in expected:
        app.add_exception_handler(kind, handle)
