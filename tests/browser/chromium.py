"""Where a Chromium is: `ONRECORD_CHROMIUM`, or one on PATH. `python -m tests.browser.chromium` prints it, and fails where there is none."""

from __future__ import annotations

import os
import shutil
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = [  # it shall ask nobody for updates, and needs no rights that a container lacks
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    named = os.environ.get("ONRECORD_CHROMIUM")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


if __name__ == "__main__":
    print(find_chromium())
    sys.exit(find_chromium() is None)
