"""The application as a server's process makes it: what is to be served comes through the environment, as there may be several processes."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict

from fastapi import FastAPI

from onrecord.store import open_store
from onrecord.web.app import build_app
from onrecord.web.site import Settings

_VARIABLE = "ONRECORD_SERVED"
_WAIT = 5.0  # seconds that a request waits for a store that is locked or being migrated, before it is told to come again


def announce(place: str, settings: Settings) -> None:
    """Say in the environment what is to be served."""
    os.environ[_VARIABLE] = json.dumps({"store": place, "settings": asdict(settings)})


def make_app() -> FastAPI:
    """The application for what was announced. Raises UsageError, StoreError."""
    logging.basicConfig(level=logging.WARNING, format="onrecord: %(message)s")
    announced = json.loads(os.environ[_VARIABLE])
    settings = announced["settings"]
    return build_app(open_store(announced["store"], wait=_WAIT), Settings(**{**settings, "hosts": tuple(settings["hosts"])}))
