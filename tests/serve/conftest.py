"""The site over a small store, asked without a socket: who comes by a link, by an account, and by a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onrecord.store import Store, add, make_account, make_link, make_token, open_store
from onrecord.web import Settings, build_app
from tests.store.conftest import reader

__all__ = ["reader"]

URL = "http://127.0.0.1:8321"
HOSTILE = "<script>alert(1)</script>\u202egnp.exe\u200b"
TEXTS = {
    "fees.txt": "Fees\nPublished: 2022-03-17\n\nMara Quill said the harbour fees were daylight robbery by the council.\n",
    "again.txt": "Fees again\nPublished: 2022-01-02\n\nMara Quill said nobody had asked her. Oswin Pell said nothing would change.\n",
    "hostile.txt": f"{HOSTILE} title\n\nQuill {HOSTILE} said boats {HOSTILE} would not <b>charge</b> a fee.\n",
    "arabic.txt": "عنوان\n\nمارا كويل said الميناء مغلق اليوم.\n",
}
Connect = Callable[..., TestClient]


@pytest.fixture
def kept(tmp_path: Path, reader: Callable[[str], None]) -> Iterator[Store]:
    for name, words in TEXTS.items():
        (tmp_path / name).write_text(words)
    store = open_store(str(tmp_path / "kept.db"), make=True)
    list(add(store, [str(tmp_path / name) for name in TEXTS]))
    make_account(store, "Mara", "tidewater lantern", "annotate")
    make_account(store, "Guest", "tidewater lantern", "read")
    yield store
    store.close()


@pytest.fixture
def connect(kept: Store) -> Iterator[Connect]:
    """A client of a site over the store; `role` gives it a token, "link" a session by link, None nothing."""
    clients: list[TestClient] = []

    def open_client(role: str | None = "link", **settings: object) -> TestClient:
        app = build_app(kept, Settings(url=URL, **settings))  # type: ignore[arg-type]
        client = TestClient(app, base_url=URL, headers={"Origin": URL}, follow_redirects=False, raise_server_exceptions=False)
        clients.append(client)
        if role == "link":
            assert client.post("/login", data={"link": make_link(kept)}).status_code == 303
        elif role is not None:
            secret, _ = make_token(kept, "Mara" if role == "annotate" else "Guest", role=role, label="", days=1)  # type: ignore[arg-type]
            client.headers["Authorization"] = f"Bearer {secret}"
        return client

    yield open_client
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Connect) -> TestClient:
    return connect()
