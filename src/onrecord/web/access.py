"""Who is asking: somebody with a session, in a cookie, or a program with a token. What they may do is their role's.

    router = APIRouter(dependencies=[Depends(require("read"))])
    def keep(visitor: Annotated[Visitor, Depends(require("annotate"))]) -> ...

Whoever may not is told which role it takes.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from onrecord.store import RefusedError, Role, Visitor, check_session, check_token, note
from onrecord.web.problems import Problem, refuse
from onrecord.web.site import get_site

COOKIE = "onrecord"


def get_visitor(request: Request) -> Visitor | None:
    """Who is asking; None if nobody that is known. Raises Problem for a token that opens nothing, StoreError."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is None:
        get_site(request).check_version(at_once=request.method not in ("GET", "HEAD"))
        known = request.state.visitor = _find_visitor(request)
    return known


def _find_visitor(request: Request) -> Visitor | None:
    site = get_site(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise Problem(401, "only Bearer tokens are understood here", headers={"WWW-Authenticate": "Bearer"})
        try:
            return check_token(site.store, secret.strip())
        except RefusedError as error:
            raise refuse(error) from None
    cookie = request.cookies.get(COOKIE)
    return check_session(site.store, cookie) if cookie else None


def require(role: Role) -> Callable[[Request], Visitor]:
    """A dependency that lets in who has this role or a higher one, and gives who that is. Raises Problem."""

    def check(request: Request) -> Visitor:
        visitor = get_visitor(request)
        if visitor is None:
            raise Problem(401, "log in first, or give a token", headers={"WWW-Authenticate": "Bearer"})
        if not visitor.may(role):
            raise Problem(403, f"{visitor.name} may {visitor.role}, and this takes the role {role}", role=role)
        return visitor

    return check


def note_change(request: Request, what: str, where: str, detail: str = "") -> None:
    """Write a change into the audit log, with who is making it."""
    visitor = get_visitor(request)
    note(get_site(request).store, visitor.name if visitor else "nobody", what, where, detail)
