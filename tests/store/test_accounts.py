"""Who may use a store: passwords, tokens, sessions, links and the audit log, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from onrecord.errors import UsageError
from onrecord.store import (
    RefusedError,
    Store,
    Visitor,
    change_account,
    check_password,
    check_session,
    check_token,
    close_session,
    load_accounts,
    load_audit,
    load_tokens,
    make_account,
    make_link,
    make_token,
    note,
    open_session,
    revoke_token,
    use_link,
)
from onrecord.store.accounts import Role
from onrecord.store.schema import session, token

PASSWORD = "tidewater lantern"
OTHER = "another lantern, lit"


@pytest.fixture
def peopled(store: Store) -> Store:
    make_account(store, "Mara", PASSWORD, "annotate")
    return store


def refuse(store: Store, secret: str) -> str:
    with pytest.raises(RefusedError) as refused:
        check_token(store, secret)
    return refused.value.reason


def test_passwords(peopled: Store) -> None:
    assert check_password(peopled, "Mara", PASSWORD) == Visitor("Mara", "annotate")
    for name, password in (("Mara", PASSWORD + " "), ("mara", PASSWORD), ("Nobody", PASSWORD), ("", ""), ("Mara", "x" * 100_000)):
        assert check_password(peopled, name, password) is None
    with peopled.looking() as connection:
        kept = connection.execute(text("SELECT password FROM account")).scalar_one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("name", "password", "role", "words"),
    [
        ("Mara", PASSWORD, "read", "there is an account of this name"),
        ("Ana", "short", "read", "a password has 10 to 1,000 characters, and this one has 5"),
        ("Ana", "x" * 1001, "read", "1,001"),
        ("Ana", PASSWORD, "owner", "not a role"),
        ("", PASSWORD, "read", "not a name for an account"),
        (" Ana", PASSWORD, "read", "not a name"),
        ("A\u202ena", PASSWORD, "read", "not a name"),
        ("A\x00na", PASSWORD, "read", "not a name"),
        ("A" * 81, PASSWORD, "read", "not a name"),
    ],
)
def test_no_account(peopled: Store, name: str, password: str, role: Role, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make_account(peopled, name, password, role)
    assert [account.name for account in load_accounts(peopled)] == ["Mara"]


def test_changed(peopled: Store) -> None:
    assert change_account(peopled, "Mara", role="read").role == "read"
    change_account(peopled, "Mara", password=OTHER)
    assert check_password(peopled, "Mara", PASSWORD) is None
    assert check_password(peopled, "Mara", OTHER) == Visitor("Mara", "read")
    assert change_account(peopled, "Mara", disabled=True).disabled
    assert check_password(peopled, "Mara", OTHER) is None
    assert change_account(peopled, "Mara", disabled=False).disabled is None
    with pytest.raises(UsageError, match="there is no account"):
        change_account(peopled, "Nobody", role="read")


def test_tokens(peopled: Store) -> None:
    secret, made = make_token(peopled, "Mara", role="read", label="desk script", days=30)
    assert check_token(peopled, secret) == Visitor("Mara", "read")
    assert load_tokens(peopled) == (made,)
    assert secret not in str(made)
    assert refuse(peopled, secret + "x") == refuse(peopled, "") == refuse(peopled, "\udcff") == "unknown"
    change_account(peopled, "Mara", disabled=True)
    assert refuse(peopled, secret) == "disabled"
    change_account(peopled, "Mara", disabled=False)
    assert revoke_token(peopled, made.id[:8]).revoked
    assert refuse(peopled, secret) == "revoked"
    with pytest.raises(UsageError, match="no such token"):
        revoke_token(peopled, "0000")


def test_tokens_end(peopled: Store) -> None:
    secret, made = make_token(peopled, "Mara", role="read", label="", days=1)
    with peopled.writing() as connection:
        connection.execute(update(token).where(token.c.id == made.id).values(expires="2020-01-01T00:00:00+00:00"))
    assert refuse(peopled, secret) == "expired"


def test_tokens_reach_no_further_than_their_account(peopled: Store) -> None:
    with pytest.raises(UsageError, match="admin is more"):
        make_token(peopled, "Mara", role="admin", label="", days=None)
    with pytest.raises(UsageError, match="no account"):
        make_token(peopled, "Nobody", role="read", label="", days=None)
    secret, _ = make_token(peopled, "Mara", role="annotate", label="", days=None)
    change_account(peopled, "Mara", role="read")
    assert check_token(peopled, secret) == Visitor("Mara", "read")


def test_sessions(peopled: Store) -> None:
    secret = open_session(peopled, Visitor("Mara", "annotate"))
    assert check_session(peopled, secret) == Visitor("Mara", "annotate")
    change_account(peopled, "Mara", role="read")
    assert check_session(peopled, secret) == Visitor("Mara", "read")
    close_session(peopled, secret)
    close_session(peopled, "never open")
    assert check_session(peopled, secret) is None


@pytest.mark.parametrize("change", [{"disabled": True}, {"password": OTHER}])
def test_sessions_end_with_the_account(peopled: Store, change: dict[str, object]) -> None:
    secret = open_session(peopled, Visitor("Mara", "annotate"))
    change_account(peopled, "Mara", **change)  # type: ignore[arg-type]
    assert check_session(peopled, secret) is None


def test_sessions_end(peopled: Store) -> None:
    secret = open_session(peopled, Visitor("Mara", "annotate"))
    with peopled.writing() as connection:
        connection.execute(update(session).values(expires="2020-01-01T00:00:00+00:00"))
    assert check_session(peopled, secret) is None


def test_a_link_opens_one_session_once(store: Store) -> None:
    link = make_link(store)
    assert check_session(store, link) is None
    opened = use_link(store, link)
    assert opened is not None
    assert check_session(store, opened) == Visitor("local", "admin")
    assert use_link(store, link) is None
    assert use_link(store, opened) is None


def test_a_link_grows_old(store: Store) -> None:
    link = make_link(store, role="read", minutes=0)
    assert use_link(store, link) is None


def test_the_audit_log(store: Store) -> None:
    for number in range(5):
        note(store, "Mara", "review", f"3fa9c1d2a0b1/s{number}", "reject\0\udcff")
    first = load_audit(store, limit=2)
    assert [line.where for _, line in first] == ["3fa9c1d2a0b1/s4", "3fa9c1d2a0b1/s3"]
    assert [line.where[-2:] for _, line in load_audit(store, before=first[-1][0])] == ["s2", "s1", "s0"]
    for command in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises((DBAPIError, Exception), match="append-only"), store.writing() as connection:
            connection.execute(text(command))


def test_roles_include_those_before() -> None:
    assert Visitor("Ana", "admin").may("read")
    assert not Visitor("Ana", "read").may("annotate")


@pytest.mark.parametrize("odd", ["Mara\0", "\ud800", "\udc00lantern"])
def test_what_no_utf8_has_is_a_secret_like_another(peopled: Store, odd: str) -> None:
    assert check_password(peopled, odd, PASSWORD) is None
    assert check_password(peopled, "Mara", odd) is None
    assert check_session(peopled, odd) is None
    assert use_link(peopled, odd) is None
    with pytest.raises(RefusedError):
        check_token(peopled, odd)
    for wrong in (lambda: make_token(peopled, odd, role="read", label=odd, days=1), lambda: revoke_token(peopled, odd + "abcd")):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(UsageError):
        change_account(peopled, odd, disabled=True)
    change_account(peopled, "Mara", password=odd + PASSWORD)
    assert check_password(peopled, "Mara", odd + PASSWORD) is not None


@pytest.mark.parametrize("days", [0, -1, 3_651, 10**12])
def test_how_long_a_token_holds(peopled: Store, days: int) -> None:
    with pytest.raises(UsageError, match="a token holds for 1 to"):
        make_token(peopled, "Mara", role="read", label="", days=days)
