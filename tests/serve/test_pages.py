"""The pages: what each shows, its twin, and that nothing from outside is more than text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient

from onrecord.export import FORMATS
from onrecord.store import Query, Store, find_latest, load_reviews, open_store, search, who
from onrecord.web import Settings, build_app
from tests.serve.conftest import HOSTILE, URL, Connect


@pytest.fixture
def hit(kept: Store) -> str:
    return next(iter(search(kept, Query(words="robbery")))).id


@pytest.fixture
def hostile(kept: Store) -> str:
    return next(iter(search(kept, Query(words="boats")))).id


class Elements(HTMLParser):
    """Elements and attributes of a page, for looking at what a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def find_paths(hit: str) -> list[str]:
    document = hit.split("/")[0]
    return [
        "/",
        f"/article/{document}",
        f"/article/{document}?span=0-5",
        f"/statement/{hit}",
        f"/statement/{hit}?related=true&full=true",
        "/source?name=Quill",
        "/search?q=boats",
        f"/search?q={HOSTILE[:8]}",
        "/search",
        f"/receipt/{document}",
        "/post?url=javascript:alert(1)",
        "/review",
        "/review?joins=true",
    ]


def test_nothing_from_outside_is_markup(client: TestClient, hostile: str) -> None:
    for path in find_paths(hostile):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "\u202e" not in page.text, path
        assert "\u200b" not in page.text, path
        elements = Elements(page.text).found
        scripts = [attributes for tag, attributes in elements if tag == "script"]
        assert [s.get("src", "").split("?")[0] for s in scripts if s.get("src")] == ["/static/onrecord.js"], path  # type: ignore[union-attr]
        assert len(scripts) == 1, path
        for tag, attributes in elements:
            assert tag != "b" or "aria-hidden" in attributes, path
            assert not any(name.startswith("on") or name == "style" for name in attributes), path
            assert not (attributes.get("href") or "").startswith("javascript:"), path


def test_hidden_characters_show(client: TestClient, hostile: str) -> None:
    page = client.get(f"/article/{hostile.split('/')[0]}").text
    assert '<span class="hidden-char" title="RIGHT-TO-LEFT OVERRIDE">⟨U+202E⟩</span>' in page
    assert "⟨U+200B⟩" in page
    assert "&lt;script&gt;" in page


def test_the_record_keeps_them(client: TestClient, hostile: str) -> None:
    assert HOSTILE in client.get(f"/article/{hostile.split('/')[0]}.json").json()["document"]["text"]


def test_every_page_has_a_twin(client: TestClient, hit: str) -> None:
    document = hit.split("/")[0]
    for path in ("/index.json", f"/article/{document}.json", f"/statement/{hit}.json", "/source.json?name=Quill", "/search.json?q=fees",
                 f"/receipt/{document}.json", "/post.json?url=x", "/review.json"):  # fmt: skip
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), path


def test_an_article(client: TestClient, hit: str) -> None:
    document, statement = hit.split("/")
    page = client.get(f"/article/{document}").text
    assert f'id="{statement}"' in page
    assert f'id="t-{statement}"' in page
    assert "the harbour fees were daylight robbery" in page
    full = client.get(f"/article/{document}.json").json()["document"]["id"]
    moved = client.get(f"/article/{full}?span=3-9")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/article/{document}?span=3-9")
    assert 'id="span"' in client.get(f"/article/{document}?span=0-4").text
    for wrong in ("x", "9-3", "0-99999999", "-1-4"):
        assert client.get(f"/article/{document}?span={wrong}").status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/article/0000000000aa", "/article/zz", "/statement/0000000000aa/s1", "/receipt/ffff", "/source?name=Zebedee", "/receipt/ffff/raw",
     "/nothing", "/article/%00%00%00%00"],
)  # fmt: skip
def test_what_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>Not Found</h1>" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search?since=yesterday", 422),
        ("/search?cursor=nonsense", 400),
        ("/review?before=x", 422),
        ("/source", 422),
    ],
)
def test_what_cannot_be_asked(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_right_to_left(client: TestClient) -> None:
    page = client.get("/search?q=الميناء").text
    assert re.search(r'<a href="/statement/[^"]+" dir="auto">', page)


def test_the_raw_bytes_are_a_file(client: TestClient, hostile: str) -> None:
    answer = client.get(f"/receipt/{hostile.split('/')[0]}/raw")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert HOSTILE.encode() in answer.content


def test_a_receipt_is_checked(client: TestClient, hit: str) -> None:
    page = client.post(f"/receipt/{hit.split('/')[0]}/check").text
    assert "all as it was" in page
    assert "onrecord verify --store" in page


def test_a_review_is_kept_beside(client: TestClient, kept: Store, hit: str) -> None:
    document, statement = hit.split("/")
    sent = client.post("/review", data={"subject": hit, "verdict": "mend", "source": "Oswin Pell", "certainty": "-1", "note": HOSTILE})
    assert sent.status_code == 303
    (kept_review,) = load_reviews(kept, document)[statement]
    assert (kept_review.by, kept_review.mended) == ("local", {"source": "Oswin Pell", "certainty": -1.0})
    for path in (f"/article/{document}", f"/statement/{hit}"):
        page = client.get(path).text
        assert "Oswin Pell" in page
        assert "Mara Quill" in page
    for wrong in ({"content": "[[0,999999]]"}, {"content": "x"}, {"certainty": "much"}, {}):
        assert client.post("/review", data={"subject": hit, "verdict": "mend", **wrong}).status_code == 422


def test_joins_by_hand(client: TestClient, kept: Store) -> None:
    one, other = (m.id for m in who(kept, "Mara Quill").persons[0].identity.members[:2])
    assert client.post("/review/joins", data={"a": one, "b": other, "decision": "split", "note": "two"}).status_code == 303
    assert len(who(kept, "Mara Quill").persons) == 2
    assert client.post("/review/joins", data={"a": one, "b": one, "decision": "join"}).status_code == 422
    assert client.post("/review/joins", data={"a": one, "b": other, "decision": "marry"}).status_code == 422


def test_an_empty_store_has_pages(tmp_path: object) -> None:
    store = open_store(f"{tmp_path}/empty.db", make=True)
    from onrecord.store import make_link

    client = TestClient(build_app(store, Settings(url=URL)), base_url=URL, headers={"Origin": URL})
    client.post("/login", data={"link": make_link(store)})
    for path in ("/", "/search", "/review", "/review?joins=true", "/account", "/admin", "/keys", "/api"):
        assert client.get(path).status_code == 200, path
    client.close()
    store.close()


def test_text_fragments() -> None:
    from onrecord.web.pages.common import build_text_link

    assert build_text_link("https://a.example/x#y", "semi-private talks") == "https://a.example/x#:~:text=semi%2Dprivate%20talks"
    long = " ".join(f"w{n}" for n in range(12))
    assert build_text_link("https://a.example/", long) == "https://a.example/#:~:text=w0%20w1%20w2%20w3,w8%20w9%20w10%20w11"
    assert build_text_link("javascript:alert(1)", "x") is None
    assert build_text_link(None, "x") is None


@pytest.mark.parametrize("name", list(FORMATS))
def test_downloads(client: TestClient, kept: Store, name: str) -> None:
    document = find_latest(kept)[1].document[:12]  # the hostile one
    answer = client.get(f"/article/{document}/download/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{document}-{name}.')
    assert answer.headers["content-type"].split(";")[0] in (FORMATS[name].media_type.split(";")[0], "application/zip")
    if FORMATS[name].is_folder:
        assert ZipFile(BytesIO(answer.content)).testzip() is None
    assert client.get(f"/article/{document}/download/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert f"/article/{document}/download/{name}" in client.get(f"/article/{document}").text


def test_downloads_that_there_are_not(client: TestClient, connect: Connect, kept: Store) -> None:
    document = find_latest(kept)[1].document[:12]
    assert client.get(f"/article/{document}/download/<script>").status_code == 404
    assert client.get("/article/ffffffff/download/csv").status_code == 404
    assert connect(None).get(f"/article/{document}/download/csv").status_code in (303, 401)
