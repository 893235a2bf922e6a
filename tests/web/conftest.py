"""One server for all tests of the web, emptied for each."""

from collections.abc import Iterator

import pytest

from onrecord.capture.fetch import Fetcher
from tests.web.server import Site, open_fetcher


@pytest.fixture(scope="session")
def _site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def site(_site: Site) -> Site:
    _site.pages.clear()
    _site._server.asked.clear()
    return _site


@pytest.fixture
def fetcher(site: Site) -> Iterator[Fetcher]:
    with open_fetcher(site) as fetcher:
        yield fetcher
