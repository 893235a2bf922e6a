"""Every screen, with and without JavaScript, light and dark, on a desk and a phone: readable, accessible, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from onrecord.store import Query, open_store, search
from tests.browser.conftest import Open

WORDS = "not close a single berth before April"


@pytest.fixture(scope="package")
def paths(place: str) -> dict[str, str]:
    """The screens of the story by name."""
    store = open_store(place)
    hit = next(iter(search(store, Query(words="berth April", outlet="Courier"), limit=1)))
    store.close()
    return {
        "home": "/",
        "article": f"/article/{hit.document[:12]}",
        "span": f"/article/{hit.document[:12]}?span=10-60",
        "statement": f"/statement/{hit.id}",
        "source": "/source?name=Ilsa+Dorn",
        "receipt": f"/receipt/{hit.document[:12]}",
        "search": "/search?q=berth",
        "nothing found": "/search?q=zeppelin",
        "post": "/post?url=https%3A%2F%2Fpost.example%2F%40nobody%2F1",
        "review": "/review",
        "keys": "/keys",
        "send": "/send",
        "account": "/account",
        "admin": "/admin",
        "api": "/api",
        "no such article": "/article/0000000000aa",
    }


SCREENS = ["home", "article", "span", "statement", "source", "receipt", "search", "nothing found", "post", "review", "keys", "account",
           "admin", "api", "no such article"]  # fmt: skip
MISSING = {"no such article", "post"}  # whose answer may be 404, which Chromium writes to its console


def has_room(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("screen", [s for s in SCREENS if s not in MISSING])
def test_a_screen_is_accessible_and_fits(look: Open, paths: dict[str, str], screen: str, size: str, scheme: str) -> None:
    page = look(paths[screen], size=size, scheme=scheme)
    assert has_room(page)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("screen", [s for s in SCREENS if s not in MISSING])
def test_a_screen_fits_the_smallest_phone(look: Open, paths: dict[str, str], screen: str) -> None:
    assert has_room(look(paths[screen], size="least"))


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("screen", [s for s in SCREENS if s not in MISSING])
def test_a_screen_reads_without_javascript(look: Open, paths: dict[str, str], screen: str, size: str) -> None:
    page = look(paths[screen], size=size, script=False)
    assert page.get_by_role("main").inner_text().strip()
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.locator("[hidden]:visible").count() == 0
    assert page.title()


def test_the_article_has_its_statements_marked_and_carded(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["article"], script=False)
    words = page.get_by_role("main").inner_text()
    assert "Ilsa Dorn" in words
    assert "close a single berth" in words
    card = page.locator("#s1")
    assert card.count() == 1


PASTED = "The harbour will open on Monday, Mayor Ines Halloran said on Friday. “We are ready,” she told The Kelm Courier."


def test_a_pasted_text_is_read_at_once(look: Open) -> None:
    page = look("/", script=False)
    page.locator("textarea").first.fill(PASTED)
    page.locator("form:has(textarea) button").first.click()
    expect(page.get_by_role("main")).to_contain_text("Ines Halloran")


def test_a_bookmark_sends_what_the_browser_shows(look: Open, address: str) -> None:
    bookmarklet = look("/send").locator("#bookmarklet").get_attribute("href") or ""
    page = look("/")
    page.context.route(
        "https://outlet.example/**", lambda route: route.fulfill(body=f"<script>1</script><p>{PASTED}", content_type="text/html")
    )
    asked = page.context.new_page()
    asked.goto("https://outlet.example/story?a=1#b")
    with asked.expect_popup() as opened:
        asked.evaluate("code => eval(decodeURIComponent(code.replace('javascript:', '')))", bookmarklet)
    sent = opened.value
    expect(sent.locator("#sent")).to_contain_text("The page came from https://outlet.example/story?a=1#b")
    assert sent.url == f"{address}/send"
    assert "<script>" not in sent.locator("textarea").input_value()
    sent.get_by_role("button", name="Read").click()
    expect(sent.get_by_role("main")).to_contain_text("Ines Halloran")


def test_only_an_address_is_sent(look: Open) -> None:
    page = look("/send#https%3A%2F%2Foutlet.example%2F%3Fa%3D1")
    assert page.locator("input[name=url]").input_value() == "https://outlet.example/?a=1"
    expect(page.locator("#sent")).to_contain_text("Only the address came")


def test_the_base_of_versions_is_switched(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["statement"], script=False)
    other = page.locator("a[href*='base=']").first
    assert other.count() == 1
    other.click()
    page.wait_for_url("**base=**")
    expect(page.get_by_role("table").first).to_be_visible()


def test_a_statement_lights_up_what_belongs_to_it(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["article"])
    page.locator("#s1").hover()
    lit = page.locator(".text .lit")
    expect(lit.nth(2)).to_be_visible()
    assert {"who", "cue", "mark"} <= set(" ".join(lit.evaluate_all("all => all.map((each) => each.className)")).split())
    page.locator("h1").hover()
    expect(lit).to_have_count(0)
    page.locator("#s2").focus()
    expect(page.locator(".text [data-s~=s2].lit").first).to_be_visible()


def test_a_permalink_shows_its_words(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["article"], script=False)
    page.get_by_role("link", name=re.compile("Permalink to the words of s1")).click()
    expect(page.locator("#span")).to_contain_text("close a single berth")


def test_keys(look: Open, paths: dict[str, str]) -> None:
    page = look("/search?q=berth")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".here")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/statement/**")
    page.keyboard.press("b")
    page.wait_for_url("**base=**")
    page.keyboard.press("h")
    page.wait_for_url(re.compile("/$"))


def test_light_and_dark_are_kept(look: Open) -> None:
    page = look("/", scheme="light")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("d")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != ground
    page.goto("/search")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_citation_is_copied(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["statement"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Ilsa Dorn" in copied
    assert re.search(r"SHA-256 [0-9a-f]{64}", copied)


@pytest.mark.parametrize("script", [True, False])
def test_reviewing(look: Open, script: bool) -> None:
    page = look("/review", script=script)
    before = page.locator("input[name=subject]").first.get_attribute("value")
    with page.expect_navigation():
        if script:
            page.keyboard.press("a")
        else:
            page.get_by_role("button", name="Reject").click()
    expect(page.locator(f"input[value='{before}']")).to_have_count(0)


def test_mending(look: Open) -> None:
    page = look("/review")
    subject = page.locator("input[name=subject]").first.get_attribute("value") or ""
    page.keyboard.press("m")
    page.locator("details input[name=source]").fill("Somebody Else")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep what is mended").click()
    page.goto(f"/statement/{subject}")
    assert "Somebody Else" in page.get_by_role("main").inner_text()


def test_a_receipt_is_verified(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["receipt"], script=False)
    page.get_by_role("button", name="Verify now").click()
    expect(page.locator("#checks")).to_contain_text("all as it was")


def test_on_paper_the_cards_are_notes(look: Open, paths: dict[str, str]) -> None:
    page = look(paths["article"])
    page.emulate_media(media="print")
    expect(page.locator("header.site")).to_be_hidden()
    expect(page.locator(".card .words").first).to_be_hidden()
    expect(page.locator(".card h3").first).to_be_visible()
