"""What `onrecord mcp` does: the store for assistants, over standard input or HTTP, until somebody stops it."""

from __future__ import annotations

import logging

from onrecord.assistant import build_server
from onrecord.errors import UsageError
from onrecord.store import open_store

_HOST = "127.0.0.1"


def assist(place: str, port: int | None) -> int:
    """Serve a store to assistants; the exit code. Over HTTP this machine alone can ask. Raises UsageError, StoreError."""
    logging.basicConfig(level=logging.WARNING, format="onrecord: %(message)s")
    store = open_store(place)
    try:
        server = build_server(store)
        if port is None:
            server.run("stdio")
        else:
            try:
                server.run("streamable-http", host=_HOST, port=port)
            except SystemExit as error:
                raise UsageError(f"{_HOST}:{port}: cannot be listened on: give another with --http") from error
    finally:
        store.close()
    return 0
