"""Property tests have no deadline: machines differ, and a slow one is not wrong. On CI they draw the same cases every time."""

import os

from hypothesis import settings

settings.register_profile("onrecord", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("onrecord")
