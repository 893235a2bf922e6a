"""The pages as people get them: `onrecord serve` on the story told by eight outlets, with the real reader, in a real Chromium."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from onrecord.store import add, open_store
from tests.browser.chromium import QUIET, find_chromium

STORY = Path(__file__).parent.parent.parent / "examples" / "story"
DOUBTFUL = STORY.parent / "walkout-post.html"
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}, "least": {"width": 320, "height": 640}}
Open = Callable[..., Page]


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of the story, and of an article with statements that a person is asked to look at."""
    path = str(tmp_path_factory.mktemp("store") / "story.db")
    store = open_store(path, make=True)
    assert [kept.outcome for kept in add(store, [str(STORY), str(DOUBTFUL)])] == ["added"] * 9
    store.close()
    return path


@pytest.fixture(scope="package")
def served(place: str) -> Iterator[str]:
    """The address of the site, with its one-time link behind it."""
    command = [sys.executable, "-m", "onrecord", "serve", "--store", place, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"http://\S+link=\S+", line):
                break
        else:
            raise AssertionError("".join(lines))
        yield found[0]
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    assert path, "the tests need Chromium: make test installs it where it may"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="package")
def address(served: str) -> str:
    return served.split("/login")[0]


@pytest.fixture(scope="package")
def state(browser: Browser, served: str) -> dict[str, object]:
    """What the browser keeps of somebody who came by the one-time link."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(served)
        page.get_by_role("button", name="Come in").click()
        page.wait_for_url("**/")
        return dict(context.storage_state())


@pytest.fixture
def look(browser: Browser, state: dict[str, object], address: str) -> Iterator[Open]:
    """Opens a path of the site; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def look_at(path: str, *, size: str = "desk", scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport=SIZES[size],
            color_scheme=scheme,
            java_script_enabled=script,
            storage_state=state,
            base_url=address,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(address) else complaints.append(f"asks elsewhere: {request.url}"))
        page.goto(path)
        return page

    yield look_at
    for context in contexts:
        context.close()
    assert not complaints
