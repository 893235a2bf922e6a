"""Property tests have no deadline: machines differ, and a slow one is not wrong."""

from hypothesis import settings

settings.register_profile("onrecord", deadline=None)
settings.load_profile("onrecord")
