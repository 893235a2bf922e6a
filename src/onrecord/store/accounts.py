"""Who may use a store through its pages and its API: accounts, the tokens of programs, sessions, and the audit log.

Passwords are kept as argon2id hashes; tokens, sessions and links are random, and only their SHA-256 is kept, so that nobody can use what a
copy of the store shows. A role includes those before it: `read`, `annotate` (add, review, join), `admin` (accounts, audit log). A
token or a session never reaches further than its account does at that moment, so that lowering or disabling an account is enough.
What is checked at every request reads and never writes.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row

from onrecord.errors import UsageError
from onrecord.store.connect import Store
from onrecord.store.digests import clean
from onrecord.store.schema import account as accounts
from onrecord.store.schema import audit
from onrecord.store.schema import session as sessions
from onrecord.store.schema import token as tokens
from onrecord.types import Json

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["read", "annotate", "admin"]
Refusal = Literal["unknown", "revoked", "expired", "disabled"]
ROLES: tuple[Role, ...] = get_args(Role)
_SHORTEST, _LONGEST = 10, 1_000  # characters of a password
_LONGEST_NAME = 80
_MOST_DAYS = 3_650  # that a token holds
_RESERVED = ("local", "nobody")  # whom the audit log calls those without an account
_hashing = threading.BoundedSemaphore(2)  # at once: each takes 64 MiB
_PREFIX = "onr_"  # by which scanners for secrets know a token


class RefusedError(Exception):
    """A token that does not open anything: `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking, and what they may do."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    name: str
    role: Role
    made: str
    disabled: str | None

    def to_dict(self) -> Json:
        return {"name": self.name, "role": self.role, "made": self.made, "disabled": self.disabled}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token; never the token."""

    id: str
    account: str
    role: Role
    label: str
    made: str
    expires: str | None
    revoked: str | None

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in ("id", "account", "role", "label", "made", "expires", "revoked")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One line of the audit log."""

    at: str
    who: str
    what: str
    where: str
    detail: str

    def to_dict(self) -> Json:
        return {"at": self.at, "who": self.who, "what": self.what, "where": self.where, "detail": self.detail}


# --- accounts --------------------------------------------------------------------------------------------------------------


def make_account(store: Store, name: str, password: str, role: Role) -> Account:
    """A new account. Raises UsageError for a name that is taken or none, a short password, another role; StoreError."""
    _check_name(name)
    made = Account(name=name, role=_check_role(role), made=_now(), disabled=None)
    hashed = _hash(password)
    with store.writing() as connection:
        if connection.scalar(select(accounts.c.name).where(accounts.c.name == name)) is not None:
            raise UsageError(f"{name}: there is an account of this name: change it, or take another name")
        connection.execute(insert(accounts).values(name=name, password=hashed, role=role, made=made.made))
    return made


def change_account(
    store: Store, name: str, *, password: str | None = None, role: Role | None = None, disabled: bool | None = None
) -> Account:
    """Change what is given of an account; a new password or disabling it ends its sessions. Raises UsageError, StoreError."""
    changes: dict[str, str | None] = {}
    name = clean(name)
    if password is not None:
        changes["password"] = _hash(password)
    if role is not None:
        changes["role"] = _check_role(role)
    if disabled is not None:
        changes["disabled"] = _now() if disabled else None
    with store.writing() as connection:
        if changes:
            connection.execute(update(accounts).where(accounts.c.name == name).values(changes))
        if password is not None or disabled:
            connection.execute(delete(sessions).where(sessions.c.account == name))
        row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
    if row is None:
        raise UsageError(f"{name}: there is no account of this name")
    return _build_account(row)


def load_accounts(store: Store) -> tuple[Account, ...]:
    """All accounts, by name. Raises StoreError."""
    with store.looking() as connection:
        return tuple(_build_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name)))


def check_password(store: Store, name: str, password: str) -> Visitor | None:
    """Who has this name and password; it takes as long for a name that nobody has. Raises StoreError."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with store.looking() as connection:
        row = connection.execute(select(accounts).where(accounts.c.name == clean(name))).first()
    try:
        with _hashing:
            _load_hasher().verify(row.password if row else _hash_nothing(), _encode(password[: _LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return None
    return Visitor(row.name, row.role) if row and row.disabled is None else None


def _check_name(name: str) -> None:
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable() and name == clean(name).strip()):
        raise UsageError(f"{name!r}: not a name for an account: give up to {_LONGEST_NAME} visible characters")
    if name.casefold() in _RESERVED:
        raise UsageError(f"{name}: the audit log calls those so who have no account: take another name")


def _check_role(role: Role) -> Role:
    if role not in ROLES:
        raise UsageError(f"{role}: not a role: give one of {', '.join(ROLES)}")
    return role


def _hash(password: str) -> str:
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise UsageError(f"a password has {_SHORTEST} to {_LONGEST:,} characters, and this one has {len(password):,}: give another")
    return _load_hasher().hash(_encode(password))


def _encode(secret: str) -> bytes:
    """As UTF-8; what no UTF-8 has, halves of a pair, is a secret like another."""
    return secret.encode("utf-8", "surrogatepass")


@cache
def _load_hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        raise UsageError("accounts need more than is installed: pip install 'onrecord[web]'") from None
    return PasswordHasher()


@cache
def _hash_nothing() -> str:
    return _load_hasher().hash(secrets.token_urlsafe())


def _build_account(row: Row[Any]) -> Account:
    return Account(name=row.name, role=row.role, made=row.made, disabled=row.disabled)


# --- tokens ----------------------------------------------------------------------------------------------------------------


def make_token(store: Store, account: str, *, role: Role, label: str, days: int | None) -> tuple[str, Token]:
    """A token of an account, shown this once, and what is kept of it; without `days` it has no end. Raises UsageError, StoreError."""
    _check_role(role)
    if days is not None and not 0 < days <= _MOST_DAYS:
        raise UsageError(f"{days} days: a token holds for 1 to {_MOST_DAYS:,} days")
    account = clean(account)
    secret = _PREFIX + secrets.token_urlsafe(32)
    expires = _now(timedelta(days=days)) if days is not None else None
    made = Token(id=_digest(secret), account=account, role=role, label=clean(label)[:200], made=_now(), expires=expires, revoked=None)
    with store.writing() as connection:
        row = connection.execute(select(accounts).where(accounts.c.name == account)).first()
        if row is None:
            raise UsageError(f"{account}: there is no account of this name")
        if not Visitor(row.name, row.role).may(role):
            raise UsageError(f"{account} may {row.role}, and a token of it no more: {role} is more")
        connection.execute(insert(tokens).values(made.to_dict()))
    return secret, made


def revoke_token(store: Store, beginning: str) -> Token:
    """Revoke the token whose id begins so. Raises UsageError, StoreError."""
    start = clean(beginning).strip().lower()
    with store.writing() as connection:
        where = (tokens.c.id >= start, tokens.c.id < start + "g")
        rows = connection.execute(select(tokens).where(*where).limit(2)).all() if len(start) >= 4 else []
        if len(rows) != 1:
            raise UsageError(f"{beginning}: {'more than one token has an id that begins so' if rows else 'no such token'}")
        revoked = rows[0].revoked or _now()
        connection.execute(update(tokens).where(tokens.c.id == rows[0].id).values(revoked=revoked))
    return Token(**{**rows[0]._mapping, "revoked": revoked})


def load_tokens(store: Store) -> tuple[Token, ...]:
    """All tokens, the newest first. Raises StoreError."""
    with store.looking() as connection:
        return tuple(Token(**row._mapping) for row in connection.execute(select(tokens).order_by(tokens.c.made.desc(), tokens.c.id)))


def check_token(store: Store, secret: str) -> Visitor:
    """Whose token it is, and how far it reaches. Raises RefusedError, StoreError."""
    query = select(tokens, accounts.c.role.label("most"), accounts.c.disabled).join(accounts, accounts.c.name == tokens.c.account)
    with store.looking() as connection:
        row = connection.execute(query.where(tokens.c.id == _digest(secret))).first()
    if row is None:
        raise RefusedError("unknown")
    if row.revoked is not None:
        raise RefusedError("revoked")
    if row.expires is not None and row.expires <= _now():
        raise RefusedError("expired")
    if row.disabled is not None:
        raise RefusedError("disabled")
    return Visitor(row.account, _find_lower(row.role, row.most))


def _find_lower(one: Role, other: Role) -> Role:
    return min(one, other, key=ROLES.index)


# --- sessions --------------------------------------------------------------------------------------------------------------


def make_link(store: Store, *, role: Role = "admin", minutes: int = 10) -> str:
    """A secret that opens one session, once, within so many minutes. Raises StoreError."""
    return _open(store, "link", None, _check_role(role), timedelta(minutes=minutes))


def use_link(store: Store, secret: str, *, hours: int = 12) -> str | None:
    """The secret of the session that a link opens; None if it was used, is too old, or none. Raises StoreError."""
    with store.writing() as connection:
        row = connection.execute(select(sessions).where(sessions.c.id == _digest(secret), sessions.c.kind == "link")).first()
        if row is None:
            return None
        connection.execute(delete(sessions).where(sessions.c.id == row.id))
    return _open(store, "session", None, row.role, timedelta(hours=hours)) if row.expires > _now() else None


def open_session(store: Store, visitor: Visitor, *, hours: int = 12) -> str:
    """The secret of a new session of an account. Raises StoreError."""
    return _open(store, "session", visitor.name, visitor.role, timedelta(hours=hours))


def check_session(store: Store, secret: str) -> Visitor | None:
    """Whose session it is, if it is open. Raises StoreError."""
    query = select(sessions, accounts.c.role.label("most"), accounts.c.disabled).outerjoin(accounts, accounts.c.name == sessions.c.account)
    with store.looking() as connection:
        row = connection.execute(query.where(sessions.c.id == _digest(secret), sessions.c.kind == "session")).first()
    if row is None or row.expires <= _now() or row.disabled is not None:
        return None
    if row.account is None:
        return Visitor("local", row.role)
    return Visitor(row.account, _find_lower(row.role, row.most)) if row.most is not None else None


def close_session(store: Store, secret: str) -> None:
    """End a session; one that is not open stays so. Raises StoreError."""
    with store.writing() as connection:
        connection.execute(delete(sessions).where(sessions.c.id == _digest(secret)))


def _open(store: Store, kind: str, account: str | None, role: Role, lasts: timedelta) -> str:
    secret = secrets.token_urlsafe(32)
    with store.writing() as connection:
        connection.execute(delete(sessions).where(sessions.c.expires <= _now()))
        connection.execute(insert(sessions).values(id=_digest(secret), kind=kind, account=account, role=role, expires=_now(lasts)))
    return secret


# --- who changed what ------------------------------------------------------------------------------------------------------


def note(store: Store, who: str, what: str, where: str, detail: str = "") -> None:
    """Add a line to the audit log, which nobody can change afterwards. Raises StoreError."""
    line = {"at": _now(), "who": clean(who), "what": clean(what), "where": clean(where), "detail": clean(detail)}
    with store.writing() as connection:
        connection.execute(insert(audit).values(line))


def load_audit(store: Store, *, limit: int = 100, before: int | None = None) -> tuple[tuple[int, Noted], ...]:
    """The latest lines of the audit log with their numbers, or those before a number. Raises StoreError."""
    query = select(audit).order_by(audit.c.key.desc()).limit(limit)
    with store.looking() as connection:
        rows = connection.execute(query if before is None else query.where(audit.c.key < before)).all()
    return tuple((row.key, Noted(**{name: value for name, value in row._mapping.items() if name != "key"})) for row in rows)


def _digest(secret: str) -> str:
    return sha256(_encode(secret)).hexdigest()


def _now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).isoformat(timespec="seconds")
