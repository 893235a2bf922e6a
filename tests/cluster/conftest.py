"""The tests of batches use the stores' fixture of both databases."""

from tests.store.conftest import place, server

__all__ = ["place", "server"]
