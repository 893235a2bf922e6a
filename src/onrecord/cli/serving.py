"""What `onrecord serve`, `account` and `token` do: the pages, on a socket of their own, and who may use them."""

from __future__ import annotations

import ipaddress
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from getpass import getpass, getuser
from types import FrameType
from urllib.parse import urlsplit

from rich import box
from rich.console import Console
from rich.table import Table

from onrecord.cli import complain
from onrecord.cli.reading import format_json
from onrecord.errors import UsageError
from onrecord.store import (
    Account,
    Role,
    Store,
    Token,
    change_account,
    load_accounts,
    load_tokens,
    make_account,
    make_link,
    make_token,
    note,
    open_store,
    revoke_token,
)
from onrecord.types import Json
from onrecord.view.visible import show

_LINK_MINUTES = 10
_INSTALL = "the pages need more than is installed: pip install 'onrecord[web]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Where to serve, for whom."""

    bind: str
    port: int
    url: str | None
    hosts: tuple[str, ...]
    workers: int
    open_browser: bool
    allow_private: bool
    agent: str | None


def serve(request: Request, place: str) -> int:
    """Serve a store until somebody stops it; the exit code. Raises UsageError, StoreError."""
    try:
        from onrecord.web.served import announce
        from onrecord.web.site import Settings
    except ImportError:
        raise UsageError(_INSTALL) from None
    store = open_store(place)
    try:
        with ExitStack() as stack:
            stack.callback(store.close)
            check_bind(request, store)
            listening = stack.enter_context(_listen(request.bind, request.port))
            stack.enter_context(_ending())
            url = (request.url or f"http://{_format_host(request.bind)}:{listening.getsockname()[1]}").rstrip("/")
            announce(place, Settings(url=url, hosts=request.hosts, allow_private=request.allow_private, agent=request.agent))
            address = _make_address(store, url) if request.url is None else None
            store.close()  # before the word is out that it is served: what ends us then finds nothing half done
            _tell(store.name, url, address, open_browser=request.open_browser)
            return _run(request.workers, listening)
    except _Ended:
        return 0


def _run(workers: int, listening: socket.socket) -> int:
    """Answer what comes on a socket, until a signal; the exit code."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        "onrecord.web.served:make_app", factory=True, workers=workers, log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=5, h11_max_incomplete_event_size=64_000,
    )  # fmt: skip
    if workers > 1:
        Multiprocess(config, sockets=[listening]).run()
        return 0
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    return 0 if server.started else 1


class _Ended(BaseException):
    """SIGTERM came. As with KeyboardInterrupt, nothing that catches errors on the way may take it for one."""


@contextmanager
def _ending() -> Iterator[None]:
    """Raises _Ended on SIGTERM, which is how a service is told to end: once the server has answered what is under way, it hands the signal
    on to whoever had it before, and without anybody the process would end as if killed.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise _Ended

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def check_bind(request: Request, store: Store) -> None:
    """Raises UsageError where others could come in, and nobody has said who may."""
    if request.url is not None and (urlsplit(request.url).scheme not in ("http", "https") or not urlsplit(request.url).hostname):
        raise UsageError(f"--url {request.url}: not an address: give scheme and host, for example https://onrecord.example")
    if _is_loopback(request.bind):
        return
    if request.url is None:
        raise UsageError(f"--bind {request.bind}: others can come in there: give the address by which they do with --url https://…")
    if not any(account.disabled is None for account in load_accounts(store)):
        raise UsageError(f"--bind {request.bind}: others can come in there, and there is no account: make one with onrecord account add")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _format_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises UsageError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        listening.listen(256)
        listening.set_inheritable(True)
    except OSError as error:
        listening.close()
        raise UsageError(f"{host}:{port}: cannot be listened on ({error.strerror or error}): give another with --port or --bind") from None
    return listening


def _make_address(store: Store, url: str) -> str:
    """Where somebody comes in, once."""
    address = f"{url}/login?link={make_link(store, minutes=_LINK_MINUTES)}"
    _note(store, "make link", "admin")
    return address


def _tell(name: str, url: str, address: str | None, *, open_browser: bool) -> None:
    """Say what is served, and where to come in: by `address`, or else with an account."""
    if address is None:
        if urlsplit(url).scheme == "http" and not _is_loopback(urlsplit(url).hostname or ""):
            complain(f"{url}: passwords can be read on their way there: put a server for https before this one, and give its address")
        print(f"serving {show(name)} at {show(url)}")
        sys.stdout.flush()
        return
    print(f"serving {show(name)}; come in once, within {_LINK_MINUTES} minutes, by\n  {address}\nStop with Ctrl+C.")
    sys.stdout.flush()
    if open_browser:
        import webbrowser

        webbrowser.open(address)


# --- accounts --------------------------------------------------------------------------------------------------------------


def add_account(place: str, name: str, role: Role, *, from_stdin: bool) -> int:
    """Make an account. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        made = make_account(store, name, _ask_password(from_stdin), role)
        _note(store, "make account", name, role)
    finally:
        store.close()
    print(f"{show(made.name)} may {made.role}")
    return 0


def change(place: str, name: str, role: Role | None, *, disabled: bool | None, password: bool, from_stdin: bool) -> int:
    """Change an account. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        new = _ask_password(from_stdin) if password or from_stdin else None
        if new is None and role is None and disabled is None:
            raise UsageError("nothing to change: give --role, --password, --disable or --enable")
        changed = change_account(store, name, password=new, role=role, disabled=disabled)
        told = f"role {changed.role}, disabled {'yes' if changed.disabled else 'no'}{', a new password' if new is not None else ''}"
        _note(store, "change account", name, told)
    finally:
        store.close()
    print(f"{show(changed.name)} may {changed.role}" + (", and is disabled" if changed.disabled else ""))
    return 0


def list_accounts(place: str, *, as_json: bool) -> int:
    """Print all accounts. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        found: tuple[Account, ...] = load_accounts(store)
    finally:
        store.close()
    return _print([account.to_dict() for account in found], ("name", "role", "made", "disabled"), "no accounts", as_json)


def print_link(place: str, role: Role, url: str) -> int:
    """Print a link that opens one session. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        secret = make_link(store, role=role, minutes=_LINK_MINUTES)
        _note(store, "make link", role)
    finally:
        store.close()
    print(f"{url.rstrip('/')}/login?link={secret}")
    return 0


def print_token(place: str, account: str, role: Role, label: str, days: int | None) -> int:
    """Make a token and print it, this once. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        secret, made = make_token(store, account, role=role, label=label, days=days)
        _note(store, "make token", made.id[:12], f"{role}, {label}")
    finally:
        store.close()
    print(secret)
    complain(f"this is shown once; {made.id[:12]} is what it is called" + (f", and it ends on {made.expires[:10]}" if made.expires else ""))
    return 0


def list_tokens(place: str, *, as_json: bool) -> int:
    """Print what is known of all tokens. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        found: tuple[Token, ...] = load_tokens(store)
    finally:
        store.close()
    rows = [{**token.to_dict(), "id": token.id[:12]} for token in found]
    return _print(rows, ("id", "account", "role", "label", "made", "expires", "revoked"), "no tokens", as_json)


def revoke(place: str, beginning: str) -> int:
    """Revoke a token. Raises UsageError, StoreError."""
    store = open_store(place)
    try:
        revoked = revoke_token(store, beginning)
        _note(store, "revoke token", revoked.id[:12])
    finally:
        store.close()
    print(f"{revoked.id[:12]} is revoked")
    return 0


def _note(store: Store, what: str, where: str, detail: str = "") -> None:
    """Write into the audit log what was done here, by whom as far as this machine knows."""
    try:
        user = getuser()
    except (OSError, KeyError):
        user = "somebody"
    note(store, f"{user}, on the command line", what, where, detail)


def _ask_password(from_stdin: bool) -> str:
    """A password, asked for twice on a terminal, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("a password is asked for on a terminal: give --password-stdin to read it from standard input")
    password = getpass("password: ")
    if getpass("again: ") != password:
        raise UsageError("the two passwords are not the same")
    return password


def _print(rows: list[Json], names: tuple[str, ...], nothing: str, as_json: bool) -> int:
    if as_json:
        print(format_json(rows, indent=2))
        return 0
    if not rows:
        complain(nothing)
        return 0
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        sys.stdout.writelines("\t".join(show(str(row[name] or "")) for name in names) + "\n" for row in rows)
        return 0
    table = Table(*names, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(show(str(row[name] or "")) for name in names))
    console.print(table)
    return 0
