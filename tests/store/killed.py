"""What the processes run that are killed: an add with the stand-in reader."""

from __future__ import annotations

from importlib import import_module
from multiprocessing.connection import Connection

from onrecord.store import add, open_store
from tests.store.stand_in import read_stand_in


def add_all(place: str, folder: str, started: Connection) -> None:
    """Add `folder` to the store at `place`; something is sent on `started` when it begins."""
    module = import_module("onrecord.store.add")
    module.read_captured = read_stand_in  # type: ignore[attr-defined]
    module.find_reader_version = lambda: "1"  # type: ignore[attr-defined]
    started.send(None)
    store = open_store(place, make=True)
    for _ in add(store, [folder]):
        pass
    store.close()
