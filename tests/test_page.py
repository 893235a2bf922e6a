"""Pages: plain text kept as it is, HTML reduced to its article, every span with its way back to the bytes."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.capture import build_capture, read_capture
from onrecord.errors import UnreadableError
from onrecord.page import detect_language, read_page
from onrecord.page.days import is_day_line, parse_day
from onrecord.page.names import is_byline, parse_authors
from onrecord.page.tree import Element, Text, parse_tree
from onrecord.text import find_paragraphs
from onrecord.types import Capture, Page, Span

FERRY = Path(__file__).parent / "pages" / "ferry.html"
ONE = "<p>The harbour council met on Monday and agreed to the ferry plan, its chair said after the vote.</p>"
TWO = "<p>The plan goes to the county next, where nobody expects it to meet with any resistance at all.</p>"


def read(text: str | bytes) -> Page:
    return read_page(build_capture(text if isinstance(text, bytes) else text.encode()))


def read_html(inside: str = "", head: str = "") -> Page:
    return read(f"<!doctype html><html><head>{head}</head><body><article>{ONE}{inside}{TWO}</article></body></html>")


def blocks_of(page: Page) -> list[tuple[str, str]]:
    return [(block.kind, block.span.of(page.text)) for block in page.blocks]


def bytes_of(capture: Capture, page: Page, span: Span) -> bytes:
    place = page.origin.find_bytes(span)
    assert place is not None
    return capture.content[slice(*place)]


# --- plain text ------------------------------------------------------------------------------------------------------

PLAIN = [
    (
        "a whole article",
        (
            "Mayor defies the ruling on the ferry\nBy Ada Brook and Ben Cole\nMay 4, 2023\n\nThe mayor said "
            "no.\n\nA Long Dispute\n\nThe court said yes.\n"
        ),
        ["heading", "byline", "byline", "paragraph", "heading", "paragraph"],
    ),
    ("a first line that is a sentence", "The mayor said no.\nThe court said yes.", ["paragraph", "paragraph"]),
    ("a first line that is speech", "“No”\nThe mayor said it.", ["paragraph", "paragraph"]),
    ("a first line that opens something", "The mayor said:\nThere is no law.", ["paragraph", "paragraph"]),
    ("a first line of over 20 words", "one two three four five " * 5 + "\nThe mayor said no.", ["paragraph", "paragraph"]),
    ("nothing else", "Mayor defies the ruling", ["paragraph"]),
    ("only short lines", "Mayor defies\nCourt rules\nCounty waits", ["paragraph", "paragraph", "paragraph"]),
    ("a byline alone", "By Ada Brook\nThe mayor said no.", ["byline", "paragraph"]),
    ("a sentence that begins like a byline", "By Monday the river had risen.\nThe mayor said no.", ["paragraph", "paragraph"]),
]


@pytest.mark.parametrize(("text", "kinds"), [case[1:] for case in PLAIN], ids=[case[0] for case in PLAIN])
def test_kinds_of_plain_blocks(text: str, kinds: list[str]) -> None:
    assert [block.kind for block in read(text).blocks] == kinds


def test_the_head_of_plain_text() -> None:
    page = read(PLAIN[0][1])
    assert page.title == "Mayor defies the ruling on the ferry"
    assert page.title_span == Span(0, len(page.title))
    assert page.authors == ("Ada Brook", "Ben Cole")
    assert page.published == date(2023, 5, 4)


@pytest.mark.parametrize("text", ["one\r\ntwo\rthree\n\n", "\n\n a \x00 b \t\n", "“é” — 日本\n🙂 x\u2028y"])
def test_plain_text_is_kept(text: str) -> None:
    capture = build_capture(text.encode())
    page = read_page(capture)
    assert page.text == text
    for block in page.blocks:
        assert bytes_of(capture, page, block.span).decode() == block.span.of(text)


def test_a_mark_is_not_of_the_text() -> None:
    capture = build_capture(b"\xef\xbb\xbfThe mayor said no.")
    page = read_page(capture)
    assert page.text == "The mayor said no."
    assert bytes_of(capture, page, Span(4, 9)) == b"mayor"


@pytest.mark.parametrize("content", [b"", b" \n", b"%PDF-1.5\n", b"\x00\x01" * 50, b"\xef\xbb\xbf", "\u200b\n".encode()])
def test_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(content)
    assert "\n" not in str(raised.value)


# --- HTML: the body ----------------------------------------------------------------------------------------------------


def test_a_whole_page() -> None:
    page = read_page(read_capture(str(FERRY)))
    kinds = [kind for kind, _ in blocks_of(page)]
    assert kinds == ["caption", "paragraph", "paragraph", "embed", "heading", "paragraph", "paragraph", "paragraph", "embed", "paragraph"]
    assert page.text.startswith("The ferry at its pier on Monday.")
    assert "“We have sailed for two hundred years, and we will sail tomorrow,” Mayor Oda Finch told" in page.text
    for left_out in ("Home", "Share", "Related", "Read more", "newsletter", "reader comment", "rights reserved", "Ada Brook", "defies"):
        assert left_out not in page.text
    assert (page.title, page.authors, page.publisher) == (
        "Mayor of Harrowby defies ferry ruling",
        ("Ada Brook", "Ben Cole"),
        "The Harrowby Lantern",
    )
    assert (page.published, page.url, page.language) == (date(2023, 5, 4), "https://lantern.example/ferry", "en")
    assert [(embed.platform, embed.handle) for embed in page.embeds] == [
        ("Twitter", "@odafinch"),
        ("YouTube", None),
        ("Twitter", "@ivolund"),
    ]


def test_every_block_is_found_in_the_bytes() -> None:
    capture = read_capture(str(FERRY))
    page = read_page(capture)
    for block in page.blocks:
        source = bytes_of(capture, page, block.span).decode()
        for word in re.findall(r"[A-Za-z]+", block.span.of(page.text)):
            assert word in source
    quote = page.text.index("We have")
    assert bytes_of(capture, page, Span(quote, quote + 7)) == b"We have"
    assert bytes_of(capture, page, Span(quote - 1, quote)) == b"&ldquo;"
    assert page.origin.find_bytes(Span(page.blocks[0].span.end, page.blocks[0].span.end + 2)) is None


MIDDLES = [
    ("white space", "<p>  The   chair\n\tspoke\n of the <b>ferry </b> plan. </p>", [("paragraph", "The chair spoke of the ferry plan.")]),
    ("references", "<p>Fish &amp; chips cost &pound;5 &#8212; &quot;cheap&quot;.</p>", [("paragraph", 'Fish & chips cost £5 — "cheap".')]),
    (
        "two line breaks part paragraphs",
        "<p>One is here.<br><br>Two is there.</p>",
        [("paragraph", "One is here."), ("paragraph", "Two is there.")],
    ),
    ("one is a line end", "<p>One is here,<br>two is there.</p>", [("paragraph", "One is here,\ntwo is there.")]),
    (
        "a sub-heading",
        "<h2>What comes next</h2><p>The chair spoke again.</p>",
        [("heading", "What comes next"), ("paragraph", "The chair spoke again.")],
    ),
    ("a caption", "<figure><img src=a><figcaption>The pier at noon.</figcaption></figure>", [("caption", "The pier at noon.")]),
    ("a quotation", "<blockquote><p>“No ferry, no town.”</p></blockquote>", [("paragraph", "“No ferry, no town.”")]),
    (
        "a list",
        "<ul><li>The first reason is money.</li><li>The second is time.</li></ul>",
        [("paragraph", "The first reason is money."), ("paragraph", "The second is time.")],
    ),
    ("scripts", "<script>var a = '<p>x</p>'</script><style>p {}</style>", []),
    ("read more", '<p>Read more: <a href="/x">The pier in pictures</a></p>', []),
    ("read also, in bold", '<p><strong>ALSO READ |</strong> <a href="/x">The pier in pictures</a></p>', []),
    ("share buttons", '<div class="share-bar"><p>Share this story with all of your friends at once.</p></div>', []),
    ("a newsletter box", '<div class="newsletterBox"><p>The best of the harbour in your inbox each day.</p></div>', []),
    ("related links", "<aside><h3>More stories</h3><p>The pier was painted in a new colour, the council says.</p></aside>", []),
    ("an advertisement", "<p>Advertisement</p>", []),
    ("hidden words", '<p style="display:none">The words that nobody sees are here.</p>', []),
    ("not a tag", "<p>If a < b then the ferry sails.</p>", [("paragraph", "If a < b then the ferry sails.")]),
    ("never closed", "<p>The <b>chair <i>spoke.<p>Then left.", [("paragraph", "The chair spoke."), ("paragraph", "Then left.")]),
]


@pytest.mark.parametrize(("inside", "blocks"), [case[1:] for case in MIDDLES], ids=[case[0] for case in MIDDLES])
def test_what_is_between_paragraphs(inside: str, blocks: list[tuple[str, str]]) -> None:
    assert blocks_of(read_html(inside))[1:-1] == blocks


def test_blocks_are_joined_by_an_empty_line() -> None:
    page = read_html()
    assert page.text == "\n\n".join(text for _, text in blocks_of(page))


@pytest.mark.parametrize(
    "body",
    [
        f"<div id=content><div class=story>{ONE}{TWO}</div></div>",
        f"<main>{ONE}{TWO}</main><div><p>Another page's teaser is here, and long too.</p></div>".replace(
            "<p>Another", "<p class=teaser>Another"
        ),
        f"<form><table><tr><td><a href=/>Home</a><td>{ONE}{TWO}</table></form>",
        f"<nav><p>The navigation speaks in long sentences as well, as some of them do.</p></nav>{ONE}{TWO}",
    ],
)
def test_bodies_without_an_article_element(body: str) -> None:
    texts = [text for _, text in blocks_of(read(f"<!doctype html><html><body>{body}</body></html>"))]
    assert texts == [re.sub("<.*?>", "", ONE), re.sub("<.*?>", "", TWO)]


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html><body></body></html>",
        "<html><title>Only a title</title></html>",
        "<html><body><nav><a href=/>Home</a></nav></body></html>",
        "<html><script>x</script>",
    ],
)
def test_no_article(page: str) -> None:
    with pytest.raises(UnreadableError, match="no article text found in -"):
        read(page)


def test_other_encodings_map_back() -> None:
    capture = build_capture(
        f"<html><meta charset=windows-1252><body><article>{ONE}<p>Das Fährschiff fährt für “alle”.</p>{TWO}</article>".encode("cp1252")
    )
    page = read_page(capture)
    block = page.blocks[1]
    assert block.span.of(page.text) == "Das Fährschiff fährt für “alle”."
    assert bytes_of(capture, page, block.span).decode("cp1252") == block.span.of(page.text)


# --- HTML: metadata ----------------------------------------------------------------------------------------------------


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


META = [
    ("title", jsonld('{"@type":"NewsArticle","headline":"Ferry &amp; town"}'), "Ferry & town"),
    ("title", jsonld('[{"@type":"WebSite","name":"Site"},{"@type":["Article","Thing"],"headline":"In a list"}]'), "In a list"),
    ("title", jsonld('{"@type":"NewsArticle","headline":"A trailing comma",}'), "A trailing comma"),
    ("title", jsonld('{"@type":"NewsArticle","headline":"A raw\nline end"}'), "A raw line end"),
    ("title", jsonld("{broken") + '<meta property="og:title" content="From OpenGraph">', "From OpenGraph"),
    ("title", jsonld("[" * 5000) + "<title>Deep</title>", "Deep"),
    ("title", "<title>The ferry sails - The Lantern</title><meta property=og:site_name content='The Lantern'>", "The ferry sails"),
    ("title", "<meta name=citation_title content='<b>Bold</b>\x07 title'>", "Bold title"),
    ("title", f"<meta property=og:title content='{'x' * 100000}'>", "x" * 500),
    ("authors", jsonld('{"@type":"NewsArticle","author":{"name":"Ada Brook"}}'), ("Ada Brook",)),
    ("authors", jsonld('{"@type":"NewsArticle","author":["Ada Brook",{"name":"Ben Cole"}]}'), ("Ada Brook", "Ben Cole")),
    ("authors", "<meta name=author content='By Ada Brook and Ben Cole, Senior Reporters'>", ("Ada Brook", "Ben Cole")),
    (
        "authors",
        "<meta property=article:author content='https://facebook.com/ada'><meta name=parsely-author content='Ada Brook'>",
        ("Ada Brook",),
    ),
    ("authors", "<meta name=dc.creator content='Dr. Ada Brook'>", ("Ada Brook",)),
    ("authors", "<meta name=author content='javascript:alert(1)'>", ()),
    ("publisher", jsonld('{"@type":"NewsArticle","publisher":{"name":"The Lantern"}}'), "The Lantern"),
    ("publisher", "<meta property=og:site_name content='The Lantern'>", "The Lantern"),
    ("published", jsonld('{"@type":"NewsArticle","datePublished":"2021-01-13T23:30:00-05:00"}'), date(2021, 1, 13)),
    ("published", "<meta property=article:published_time content='2021-01-13T10:00:00Z'>", date(2021, 1, 13)),
    ("published", "<meta name=sailthru.date content='Wed, 13 Jan 2021 10:00:00 GMT'>", date(2021, 1, 13)),
    ("published", "<meta name=citation_date content='2021/01/13'>", date(2021, 1, 13)),
    ("published", "<meta name=date content='2021-02-31'>", None),
    ("modified", "<meta property=article:modified_time content='2021-01-14'>", date(2021, 1, 14)),
    ("url", "<link rel=canonical href='https://lantern.example/a?b=1&amp;c=2'>", "https://lantern.example/a?b=1&c=2"),
    (
        "url",
        "<link rel=canonical href='javascript:x'><meta property=og:url content='https://lantern.example/a'>",
        "https://lantern.example/a",
    ),
    ("url", "<link rel=canonical href='http://[bad'>", None),
]


@pytest.mark.parametrize(("field", "head", "value"), META)
def test_metadata(field: str, head: str, value: object) -> None:
    assert getattr(read_html(head=head), field) == value


def test_metadata_that_can_only_be_seen() -> None:
    page = read(
        f"<!doctype html><body><article><h1>The ferry sails</h1><p>By Ada Brook and Ben Cole</p><p>Published "
        f"13 January 2021</p>{ONE}{TWO}</article>"
    )
    assert (page.title, page.authors, page.published) == ("The ferry sails", ("Ada Brook", "Ben Cole"), date(2021, 1, 13))
    assert page.text.startswith("The harbour council")


def test_a_marked_time_and_author() -> None:
    page = read_html('<a rel="author" href="/ada">Ada Brook</a><time datetime="2021-01-13T08:00">Wednesday</time>')
    assert (page.authors, page.published) == (("Ada Brook",), date(2021, 1, 13))


BYLINES = [
    ("By Ada Brook", ("Ada Brook",)),
    ("By Ada Brook, Ben Cole & Cy Dee", ("Ada Brook", "Ben Cole", "Cy Dee")),
    ("ADA BROOK", ("Ada Brook",)),
    ("Ada van den Berg", ("Ada van den Berg",)),
    ("Health correspondent Ada Brook", ("Ada Brook",)),
    ("Ada Brook in Harrowby", ("Ada Brook",)),
    ("J. R. Smith, Jr.", ("J. R. Smith Jr.",)),
    ("Иван Петров", ("Иван Петров",)),
    ("By Ada Brook, Associated Press", ("Ada Brook",)),
    ("Associated Press", ("Associated Press",)),
    ("Staff Reporter", ()),
    ("<script>alert(1)</script>", ()),
    ("", ()),
]


@pytest.mark.parametrize(("byline", "names"), BYLINES)
def test_authors(byline: str, names: tuple[str, ...]) -> None:
    assert parse_authors(byline) == names


@pytest.mark.parametrize("line", ["By the time he came", "By Monday the river had risen.", "The mayor", "By"])
def test_no_bylines(line: str) -> None:
    assert not is_byline(line)


DAYS = [
    ("January 13, 2021", date(2021, 1, 13), True),
    ("13 January 2021", date(2021, 1, 13), True),
    ("Jan. 13th, 2021", date(2021, 1, 13), True),
    ("Wednesday, January 13, 2021 at 9:04 AM EST", date(2021, 1, 13), True),
    ("11:04 PM · Jan 13, 2021", date(2021, 1, 13), True),
    ("2021-01-13", date(2021, 1, 13), True),
    ("2021-01-13T10:00:00+02:00", date(2021, 1, 13), True),
    ("13/01/2021", date(2021, 1, 13), True),
    ("03/04/2021", None, False),
    ("February 30, 2021", None, False),
    ("January 13", None, False),
    ("It was January 13, 2021", date(2021, 1, 13), False),
]


@pytest.mark.parametrize(("text", "day", "is_line"), DAYS)
def test_days(text: str, day: date | None, is_line: bool) -> None:
    assert (parse_day(text), is_day_line(text)) == (day, is_line)


LANGUAGES = [
    ("The council met on Monday and agreed to the ferry plan.", "en"),
    ("Der Rat der Stadt hat am Montag über den Plan beraten und zugestimmt.", "de"),
    ("市长星期一在新闻发布会上说，计划已经获得通过，渡轮将继续航行。", "zh"),
    ("Yes.", None),
    ("", None),
    ("123 456 789 " * 20, None),
]


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_languages(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_a_wrong_declaration_of_language() -> None:
    german = "<p>Der Rat der Stadt hat am Montag lange über den Plan beraten und ihm dann am Abend doch noch zugestimmt.</p>" * 3
    assert read(f"<!doctype html><html lang=en><body><article>{german}</article>").language == "de"
    assert read("<!doctype html><html lang=fr-CA><body><article><p>Bonjour.</p></article>").language == "fr"


# --- the tree -----------------------------------------------------------------------------------------------------------


def outline(source: str) -> str:
    def show(node: Element | Text) -> str:
        if isinstance(node, Text):
            return source[node.start : node.end]
        return f"{node.tag}({' '.join(show(child) for child in node.children)})"

    return " ".join(show(child) for child in parse_tree(source).children)


TREES = [
    ("<p>a<p>b<div>c</p>d</div>e", "p(a) p(b) div(c d) e"),
    ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "ul(li(a) li(b ul(li(c))) li(d))"),
    ("<table><tr><td>a<td>b<div>x</table>y", "table(tr(td(a) td(b div(x)))) y"),
    ("<b>1<div>2</b>3</div>", "b(1 div(2 3))"),
    ("a<br/>b<img src=x>c", "a br() b img() c"),
    ("<script>a<b</script>x", "script(a<b) x"),
    ("<p title='a>b' data-x=\"</p>\">t", "p(t)"),
    ("<!-- x > --><p>y<![CDATA[z]]>", "p(y)"),
    ("</p></div>x<p", "x p()"),
]


@pytest.mark.parametrize(("source", "shape"), TREES)
def test_trees(source: str, shape: str) -> None:
    assert outline(source) == shape


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 100_000 + ONE,
        "<b><div>" + "<i>" * 50_000 + "</b>" * 50_000,
        "<" * 200_000,
        "<a b='" * 100_000,
        "<!--" * 100_000,
        "<p a" + "=" * 200_000,
        "&" * 200_000,
    ],
    ids=["deep", "stray end tags", "brackets", "quotes", "comments", "equals signs", "ampersands"],
)
def test_hostile_trees_take_no_time(source: str) -> None:
    assert parse_tree(source).end == len(source)


def test_a_hundred_thousand_tags_deep() -> None:
    assert "harbour council" in read("<!doctype html><body>" + "<div>" * 100_000 + ONE + TWO).text


# --- properties -----------------------------------------------------------------------------------------------------------

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<div class=share>",
            "</div>",
            "<article>",
            "</article>",
            "<h1>Title</h1>",
            "<br>",
            "The chair spoke at length. ",
            "&amp;",
            "&#0;",
            "<blockquote class=twitter-tweet>",
            "</blockquote>",
            "&mdash; Oda (@oda)",
            "May 4, 2023",
            "<iframe src='https://youtu.be/abcdefghijk'>",
            "</iframe>",
            "<figure><figcaption>A pier</figcaption>",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "é“",
            "\x00",
            "<table><tr><td>",
            "\n",
            '"',
            "<a href='",
            "<meta name=author content=x>",
        ]
    ),
    max_size=25,
).map("".join)


def read_or_refuse(capture: Capture) -> Page | str:
    try:
        return read_page(capture)
    except UnreadableError as error:
        return str(error)


def check(content: bytes) -> None:
    """Whatever the bytes are, a page is sound or there is none."""
    page = read_or_refuse(build_capture(content))
    if isinstance(page, str):
        assert "\n" not in page
        return
    spans = [block.span for block in page.blocks]
    assert spans
    assert all(0 <= span.start < span.end <= len(page.text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(run.start < run.end and 0 <= run.first <= run.last <= len(content) for run in page.origin.runs)
    assert all(before.end <= after.start for before, after in pairwise(page.origin.runs))
    for paragraph in find_paragraphs(page.text):
        assert any(span.meets(paragraph) for span in spans)
    for embed in page.embeds:
        assert 0 <= embed.span.start <= embed.span.end <= len(page.text)
        assert all(embed.span.holds(span) for span in embed.content)
        assert not len(embed.span) or any(block.span.meets(embed.span) and block.kind == "embed" for block in page.blocks)
    for span in spans:
        assert page.origin.find_bytes(span) is not None


@settings(max_examples=150, deadline=None)
@given(FRAGMENTS)
def test_any_markup(source: str) -> None:
    check(b"<!doctype html>" + source.encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes(content: bytes) -> None:
    check(content)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\t"), min_size=1, max_size=200))
def test_any_plain_text_is_kept(text: str) -> None:
    content = ("The chair spoke. " + text).encode()
    if "<" not in text:
        capture = build_capture(content)
        page = read_page(capture)
        assert page.text.encode() == content
        for block in page.blocks:
            assert bytes_of(capture, page, block.span).decode() == block.span.of(page.text)


@pytest.mark.parametrize(
    "text",
    [
        "<!--a-->" * 5_000 + "x",
        "Start.\n" + "https://!!!!!!!!!! " * 15 + "x\n— Oda (@oda)\nMay 4, 2023",
        "Start.\nWe sail.\n" + "— " * 20_000 + "(@oda)",
        "By " * 50_000 + "\nThe chair spoke.",
        "<!doctype html><script type='application/ld+json'>-->" + " " * 200_000 + "x</script><p>The chair spoke.",
        "We sail.\n— Oda (@oda)\nMay 4, 2023\n" * 500,
    ],
    ids=["comments", "links", "dashes", "bylines", "JSON-LD", "many posts"],
)
def test_hostile_pages_take_no_time(text: str) -> None:
    started = perf_counter()
    check(text.encode())
    assert perf_counter() - started < 5
