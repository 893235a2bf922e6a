"""Coming in and going out: by the one-time link, or with a name and a password; one's own tokens; accounts, for those who keep them."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from onrecord.errors import UsageError
from onrecord.store import (
    ROLES,
    Role,
    Visitor,
    change_account,
    check_password,
    close_session,
    load_accounts,
    load_audit,
    load_tokens,
    make_account,
    make_token,
    note,
    open_session,
    revoke_token,
    use_link,
)
from onrecord.web.access import COOKIE, get_visitor, note_change, require
from onrecord.web.cursors import AFAR
from onrecord.web.problems import Problem
from onrecord.web.site import Site, get_site
from onrecord.web.templating import render

router = APIRouter(include_in_schema=False)
Here = Annotated[Site, Depends(get_site)]
Reader = Annotated[Visitor, Depends(require("read"))]
Admin = Annotated[Visitor, Depends(require("admin"))]
_HOURS = 12


def require_session(request: Request) -> None:
    """Tokens and accounts are for whoever is logged in: a token that could make others would outlast its end and its revocation."""
    if "authorization" in request.headers:
        raise Problem(403, "a token cannot do this: log in, with a name and a password or by a link")


InPerson = [Depends(require_session)]


@router.get("/login")
def show_login(request: Request, link: str = "", next: str = "/") -> Response:
    """A link is used by a button and not by looking at it: what previews addresses would use it up."""
    get_visitor(request)
    return render(request, "login.html", {"problem": None, "link": link, "next": _find_local(next)})


@router.post("/login")
def log_in(
    request: Request,
    site: Here,
    link: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    site.check_version(at_once=True)
    site.limit(request, "login", 20)
    if link:
        secret = use_link(site.store, link, hours=_HOURS)
        if secret is None:
            note(site.store, "nobody", "failed to log in", "by link")
            raise Problem(401, "this link was used, or is too old: onrecord account link makes another")
        note(site.store, "local", "log in", "by link")
    else:
        visitor = check_password(site.store, name, password)
        if visitor is None:
            note(site.store, name[:80], "failed to log in", "by password")
            raise Problem(401, "there is no account with this name and password")
        secret = open_session(site.store, visitor, hours=_HOURS)
        note(site.store, visitor.name, "log in", "by password")
    answer = RedirectResponse(_find_local(next), 303)
    answer.set_cookie(COOKIE, secret, max_age=_HOURS * 3600, httponly=True, samesite="lax", secure=site.settings.is_secure)
    return answer


@router.post("/logout")
def log_out(request: Request, site: Here) -> Response:
    cookie = request.cookies.get(COOKIE)
    if cookie:
        close_session(site.store, cookie)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _find_local(path: str) -> str:
    """A path of ours; the first page in the place of any other address."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


# --- one's own -------------------------------------------------------------------------------------------------------------


@router.get("/account")
def show_account(request: Request, site: Here, visitor: Reader) -> Response:
    return _render_account(request, site, visitor)


@router.post("/account/tokens", dependencies=InPerson)
def add_token(
    request: Request,
    site: Here,
    visitor: Reader,
    role: Annotated[str, Form()] = "read",
    label: Annotated[str, Form()] = "",
    days: Annotated[int, Form(ge=1, le=3650)] = 90,
) -> Response:
    if role in ROLES and not visitor.may(role):
        raise Problem(403, f"you may {visitor.role}, and a token of yours no more: {role} is more", role=role)
    secret, made = make_token(site.store, visitor.name, role=cast(Role, role), label=label, days=days)
    note_change(request, "make token", made.id[:12], f"{role}, {label}")
    return _render_account(request, site, visitor, secret)


@router.post("/account/tokens/{token}/revoke", dependencies=InPerson)
def end_token(request: Request, site: Here, visitor: Reader, token: str) -> Response:
    own = {each.id for each in load_tokens(site.store) if each.account == visitor.name or visitor.may("admin")}
    if token not in own:
        raise Problem(404, "there is no such token of yours")
    revoke_token(site.store, token)
    note_change(request, "revoke token", token[:12])
    return RedirectResponse("/account", 303)


def _render_account(request: Request, site: Site, visitor: Visitor, secret: str | None = None) -> Response:
    tokens = [each.to_dict() for each in load_tokens(site.store) if each.account == visitor.name]
    has_account = any(account.name == visitor.name for account in load_accounts(site.store))
    roles = [role for role in ROLES if visitor.may(role)]
    return render(request, "account.html", {"tokens": tokens, "secret": secret, "has_account": has_account, "roles": roles})


# --- accounts --------------------------------------------------------------------------------------------------------------


@router.get("/admin")
def show_admin(request: Request, site: Here, _: Admin, before: Annotated[int | None, Query(ge=1, le=AFAR)] = None) -> Response:
    lines = load_audit(site.store, limit=100, before=before)
    view = {
        "accounts": [account.to_dict() for account in load_accounts(site.store)],
        "audit": [line.to_dict() for _, line in lines],
        "before": lines[-1][0] if len(lines) == 100 else None,
        "roles": ROLES,
    }
    return render(request, "admin.html", view)


@router.post("/admin/accounts", dependencies=InPerson)
def add_account(
    request: Request,
    site: Here,
    _: Admin,
    name: Annotated[str, Form()],
    password: Annotated[str, Form()],
    role: Annotated[str, Form()] = "read",
) -> Response:
    make_account(site.store, name, password, cast(Role, role))
    note_change(request, "make account", name, role)
    return RedirectResponse("/admin", 303)


@router.post("/admin/accounts/change", dependencies=InPerson)
async def alter_account(request: Request, site: Here, visitor: Annotated[Visitor, Depends(require("admin"))]) -> Response:
    form = await request.form()
    name, role, disabled = str(form.get("name", "")), form.get("role"), form.get("disabled")
    if name == visitor.name and (disabled == "yes" or role not in (None, "admin")):
        raise UsageError("this is your own account: have another admin do that")

    def change() -> None:
        change_account(
            site.store, name, role=cast(Role, str(role)) if role else None, disabled=None if disabled is None else disabled == "yes"
        )
        note_change(request, "change account", name, f"role {role or '–'}, disabled {disabled or '–'}")

    await run_in_threadpool(change)
    return RedirectResponse("/admin", 303)
