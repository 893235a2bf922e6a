"""Embedded posts: in the platforms' own markup, and flattened into a text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.capture import build_capture
from onrecord.page import read_page
from onrecord.types import Embed, Page

ONE = "<p>The harbour council met on Monday and agreed to the ferry plan, its chair said after the vote.</p>"
TWO = "<p>The plan goes to the county next, where nobody expects it to meet with any resistance at all.</p>"


def read_html(inside: str) -> Page:
    return read_page(build_capture(f"<!doctype html><html lang=en><body><article>{ONE}{inside}{TWO}</article></body></html>".encode()))


def read_text(text: str) -> Page:
    return read_page(build_capture(text.encode()))


def words_of(page: Page, embed: Embed) -> list[str]:
    return [span.of(page.text) for span in embed.content]


STATUS = "https://twitter.com/odafinch/status/1650"
MARKUP = [
    (
        "a tweet",
        (
            '<blockquote class="twitter-tweet"><p lang="en">We sail at six. <a '
            'href="https://t.co/a">pic.twitter.com/a</a></p>&mdash; Oda Finch 🌊 (@odafinch) '
            f'<a href="{STATUS}?ref_src=twsrc%5Etfw">May 4, 2023</a></blockquote><script async '
            f'src="https://platform.twitter.com/widgets.js"></script>'
        ),
        ("Twitter", "Oda Finch", "@odafinch", STATUS, date(2023, 5, 4), ["We sail at six. pic.twitter.com/a"]),
    ),
    (
        "a post on X",
        (
            '<blockquote class="twitter-tweet"><p>We sail at six.<br><br>Bring coats.</p>&mdash; Oda Finch '
            '(@odafinch) <a href="https://x.com/odafinch/status/1650">May 4, 2024</a></blockquote>'
        ),
        ("X", "Oda Finch", "@odafinch", "https://x.com/odafinch/status/1650", date(2024, 5, 4), ["We sail at six.\nBring coats."]),
    ),
    (
        "a tweet's iframe",
        '<iframe src="https://platform.twitter.com/embed/Tweet.html?id=1650"></iframe>',
        ("Twitter", None, None, "https://platform.twitter.com/embed/Tweet.html?id=1650", None, []),
    ),
    (
        "a tweet in amp",
        '<amp-twitter data-tweetid="1650"></amp-twitter>',
        ("Twitter", None, None, "https://twitter.com/i/status/1650", None, []),
    ),
    (
        "telegram's script",
        '<script async src="https://telegram.org/js/w.js" data-telegram-post="ferrynews/77"></script>',
        ("Telegram", None, "@ferrynews", "https://t.me/ferrynews/77", None, []),
    ),
    (
        "telegram's iframe",
        '<iframe src="https://t.me/ferrynews/77?embed=1"></iframe>',
        ("Telegram", None, "@ferrynews", "https://t.me/ferrynews/77", None, []),
    ),
    (
        "a quotation that says where it is from",
        (
            '<blockquote cite="https://www.facebook.com/oda.finch/posts/9"><p>The pier is open.</p>'
            '<footer>Oda Finch on <a href="#">Facebook</a>, 4 May 2023</footer></blockquote>'
        ),
        ("Facebook", "Oda Finch", "@oda.finch", "https://www.facebook.com/oda.finch/posts/9", date(2023, 5, 4), ["The pier is open."]),
    ),
    (
        "facebook",
        (
            '<div class="fb-post" data-href="https://www.facebook.com/oda.finch/posts/9"><blockquote '
            'cite="https://www.facebook.com/oda.finch/posts/9" class="fb-xfbml-parse-ignore">'
            '<p>The pier is open.</p>Posted by <a href="https://www.facebook.com/oda.finch">Oda Finch</a> '
            'on&nbsp;<a href="#">Thursday, May 4, 2023</a></blockquote></div>'
        ),
        ("Facebook", "Oda Finch", "@oda.finch", "https://www.facebook.com/oda.finch/posts/9", date(2023, 5, 4), ["The pier is open."]),
    ),
    (
        "facebook's iframe",
        (
            '<iframe src="https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Foda.finc'
            'h%2Fposts%2F9&amp;width=500"></iframe>'
        ),
        ("Facebook", None, "@oda.finch", "https://www.facebook.com/oda.finch/posts/9", None, []),
    ),
    (
        "facebook's video",
        '<div class="fb-video" data-href="https://www.facebook.com/pier/videos/8/"></div>',
        ("Facebook", None, "@pier", "https://www.facebook.com/pier/videos/8/", None, []),
    ),
    (
        "instagram",
        '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/Cabc/">'
        '<div><a href="https://www.instagram.com/p/Cabc/"><div>View this post on Instagram</div></a>'
        '<p>Fog over the pier.</p><p><a href="#">A post shared by Oda Finch (@oda.finch)</a></p></div></blockquote>',
        ("Instagram", "Oda Finch", "@oda.finch", "https://www.instagram.com/p/Cabc/", None, ["Fog over the pier."]),
    ),
    (
        "threads",
        (
            '<blockquote class="text-post-media" data-text-post-permalink="https://www.threads.net/@oda.finch/post'
            '/Cx1"><a href="https://www.threads.net/@oda.finch/post/Cx1"><div>Post by @oda.finch</div><div>View '
            "on Threads</div></a></blockquote>"
        ),
        ("Threads", None, "@oda.finch", "https://www.threads.net/@oda.finch/post/Cx1", None, []),
    ),
    (
        "tiktok",
        (
            '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@oda/video/71"><section><a '
            'title="@oda" href="https://www.tiktok.com/@oda?refer=embed">@oda</a><p>Storm at the pier</p><a '
            'href="#">♬ original sound - Oda</a></section></blockquote>'
        ),
        ("TikTok", None, "@oda", "https://www.tiktok.com/@oda/video/71", None, ["Storm at the pier"]),
    ),
    (
        "youtube",
        '<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>',
        ("YouTube", None, None, "https://www.youtube.com/embed/abcdefghijk?rel=0", None, []),
    ),
    (
        "youtube without cookies, lazily",
        '<iframe data-src="//www.youtube-nocookie.com/embed/abcdefghijk"></iframe>',
        ("YouTube", None, None, "https://www.youtube-nocookie.com/embed/abcdefghijk", None, []),
    ),
    (
        "mastodon's iframe",
        '<iframe class="mastodon-embed" src="https://social.example/@oda/110/embed"></iframe>',
        ("Mastodon", None, "@oda@social.example", "https://social.example/@oda/110", None, []),
    ),
    (
        "bluesky",
        (
            '<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:x/app.bsky.feed.post/3k"><p '
            'lang="en">Ferry is back.<br><br><a href="#">[image or embed]</a></p>&mdash; Oda Finch '
            '(<a href="https://bsky.app/profile/did:plc:x">@oda.bsky.social</a>) <a '
            'href="https://bsky.app/profile/did:plc:x/post/3k">May 4, 2024 at 3:04 PM</a></blockquote>'
        ),
        ("Bluesky", "Oda Finch", "@oda.bsky.social", "https://bsky.app/profile/did:plc:x/post/3k", date(2024, 5, 4), ["Ferry is back."]),
    ),
    (
        "bluesky's iframe",
        '<iframe src="https://embed.bsky.app/embed/did:plc:x/app.bsky.feed.post/3k"></iframe>',
        ("Bluesky", None, None, "https://embed.bsky.app/embed/did:plc:x/app.bsky.feed.post/3k", None, []),
    ),
    ("vk", '<div id="vk_post_-12_34"></div>', ("VK", None, None, "https://vk.com/wall-12_34", None, [])),
    (
        "vk's video",
        '<iframe src="https://vk.com/video_ext.php?oid=-1&amp;id=2"></iframe>',
        ("VK", None, None, "https://vk.com/video_ext.php?oid=-1&id=2", None, []),
    ),
    (
        "weibo",
        '<iframe src="https://widget.weibo.com/show.php?id=9"></iframe>',
        ("Weibo", None, None, "https://widget.weibo.com/show.php?id=9", None, []),
    ),
    (
        "truth social",
        '<iframe class="truthsocial-embed" src="https://truthsocial.com/@oda/posts/110/embed"></iframe>',
        ("Truth Social", None, "@oda", "https://truthsocial.com/@oda/posts/110", None, []),
    ),
    (
        "in noscript",
        '<noscript><iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe></noscript>',
        ("YouTube", None, None, "https://www.youtube.com/embed/abcdefghijk", None, []),
    ),
    (
        "a script address",
        '<iframe class="truthsocial-embed" src="javascript:alert(1)"></iframe>',
        ("Truth Social", None, None, None, None, []),
    ),
]


@pytest.mark.parametrize(("markup", "facts"), [case[1:] for case in MARKUP], ids=[case[0] for case in MARKUP])
def test_markup(markup: str, facts: tuple[object, ...]) -> None:
    page = read_html(markup)
    (embed,) = page.embeds
    assert (embed.platform, embed.author, embed.handle, embed.url, embed.posted, words_of(page, embed)) == facts
    if embed.author_span:
        assert embed.author_span.of(page.text) == embed.author
    kinds = [block.kind for block in page.blocks]
    assert kinds == (["paragraph", "embed", "paragraph"] if len(embed.span) else ["paragraph", "paragraph"])
    if not len(embed.span):
        assert page.blocks[0].span.end < embed.span.start < page.blocks[1].span.start


@pytest.mark.parametrize(
    "markup",
    [
        '<iframe src="https://platform.twitter.com/widgets/follow_button.html"></iframe>',
        '<iframe src="https://www.facebook.com/plugins/like.php?href=x"></iframe>',
        '<iframe src="https://ads.example/frame"></iframe>',
        "<script>var t = 1</script>",
        "<blockquote><p>An old saying of the harbour, set apart.</p></blockquote>",
    ],
)
def test_what_is_no_post(markup: str) -> None:
    assert read_html(markup).embeds == ()


def test_a_lazily_loaded_post_is_one_post() -> None:
    frame = "https://www.youtube.com/embed/abcdefghijk"
    page = read_html(f'<iframe data-src="{frame}"></iframe><noscript><iframe src="{frame}"></iframe></noscript>')
    assert len(page.embeds) == 1


BEFORE = "The chair answered on Twitter late at night.\n"
AFTER = "\nThe county did not comment."
FLAT = [
    (
        "a dash and a date line",
        "We sail at six.\n— Oda Finch (@odafinch)\nMay 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six."),
    ),
    (
        "all on the signature's line",
        "We sail at six.\n— Oda Finch (@odafinch) May 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six."),
    ),
    ("one line", "We sail at six. — Oda Finch (@odafinch) May 4, 2023", ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six.")),
    (
        "two hyphens",
        "We sail at six.\n-- Oda Finch (@odafinch)\n4 May 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six."),
    ),
    (
        "no dash, a date",
        "We sail at six.\nOda Finch (@odafinch)\n2023-05-04",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six."),
    ),
    ("a comma", "We sail at six.\n— Oda Finch, @odafinch\nMay 4, 2023", ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six.")),
    ("a dash, no date", "We sail at six.\n— Oda Finch (@odafinch)", ("Oda Finch", "@odafinch", None, "We sail at six.")),
    ("a platform, no dash", "We sail at six.\nOda Finch (@odafinch) on Twitter", ("Oda Finch", "@odafinch", None, "We sail at six.")),
    (
        "a clock time",
        "We sail at six.\n— Oda Finch (@odafinch)\n11:04 PM · May 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six."),
    ),
    (
        "emoji",
        "We sail at six.\n— 🌊 Oda Finch 🌊 (@odafinch)\nMay 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "We sail at six."),
    ),
    ("no handle", "We sail at six.\n— Oda Finch\nMay 4, 2023", ("Oda Finch", None, date(2023, 5, 4), "We sail at six.")),
    (
        "a running quotation",
        "“We sail at six.\nBring a coat.”\n— Oda Finch (@odafinch)\nMay 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "“We sail at six.\nBring a coat.”"),
    ),
    (
        "a label",
        "Translation:\n“We sail at six.”\n— Oda Finch (@odafinch)\nMay 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "“We sail at six.”"),
    ),
    (
        "hash tags",
        "#ferry #harrowby\nWe sail at six.\n— Oda Finch (@odafinch)\nMay 4, 2023",
        ("Oda Finch", "@odafinch", date(2023, 5, 4), "#ferry #harrowby\nWe sail at six."),
    ),
]


@pytest.mark.parametrize(("post", "facts"), [case[1:] for case in FLAT], ids=[case[0] for case in FLAT])
def test_flattened(post: str, facts: tuple[object, ...]) -> None:
    page = read_text(BEFORE + post + AFTER)
    (embed,) = page.embeds
    assert embed.span.of(page.text) == post
    assert embed.platform == "Twitter"
    assert (embed.author, embed.handle, embed.posted) == facts[:3]
    assert "\n".join(words_of(page, embed)) == facts[3]
    assert [block.kind for block in page.blocks] == ["paragraph", "embed", "paragraph"]


@pytest.mark.parametrize(
    ("words", "platform"),
    [
        ("She posted on X.", "X"),
        ("She wrote on Twitter.", "Twitter"),
        ("She wrote on X, formerly Twitter.", "X"),
        ("She wrote.", "Twitter"),
    ],
)
def test_a_post_is_of_twitter_or_of_x_as_the_text_says(words: str, platform: str) -> None:
    post = (
        f'<blockquote class="twitter-tweet"><p>We sail. pic.twitter.com/a</p>— Oda (@oda) <a href="{STATUS}">May 4, 2023</a></blockquote>'
    )
    assert [e.platform for e in read_html(f"<p>{words}</p>{post}").embeds] == [platform]


@pytest.mark.parametrize(
    "text",
    [
        "The ferry sails at six.\nOda Finch (@odafinch)",
        "The ferry sails.\nFollow Oda Finch (@odafinch)\nMay 4, 2023",
        "The ferry sails.\nBy Oda Finch (@odafinch)\nMay 4, 2023",
        "The ferry sails at six — so says Oda Finch.\nThe county agrees.",
        "— Oda Finch (@odafinch)\nMay 4, 2023",
        "The ferry sails at six.\n— Oda Finch\nThe county agrees.",
        "The ferry sails.\nOda Finch (@odafinch) is a reporter on the coast.",
    ],
)
def test_what_is_no_flattened_post(text: str) -> None:
    assert read_text(text).embeds == ()


def test_a_line_that_is_no_date_is_not_eaten() -> None:
    page = read_text("We sail at six.\n— Oda Finch (@odafinch)\nMay 4, 2023, was a stormy day.")
    assert page.embeds[0].span.of(page.text) == "We sail at six.\n— Oda Finch (@odafinch)"
    assert page.embeds[0].posted is None


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("He posted on Telegram.\nWe sail.\n— Oda (@oda)\nMay 4, 2023", "Telegram"),
        ("Some talk of Twitter.\nOne.\nTwo.\nThree.\nHe wrote on X.\nWe sail.\n— Oda (@oda)\nMay 4, 2023", "X"),
        ("Nothing is said of where.\nWe sail.\n— Oda (@oda)\nMay 4, 2023", None),
        ("Nothing is said of where.\nWe sail.\n— Oda Finch (@oda) May 4, 2023", "Twitter"),
        ("His page on VK is shut.\nWe sail.\n— Oda Finch (@oda) May 4, 2024", "X"),
        ("He posted on VK.\nWe sail.\n— Oda Finch (@oda) May 4, 2024", "VK"),
        ("Finch said it on VK.\nWe sail.\n— Oda Finch (@oda) May 4, 2024", "VK"),
        ("No word.\nVell on Telegram: “We sail.”\n— Oda Finch (@oda) May 4, 2024", "X"),
        ("Both Facebook and Telegram.\nWe sail.\n— Oda (@oda)\nMay 4, 2023", None),
        ("No word.\nWe sail. pic.twitter.com/a1\n— Oda (@oda)\nMay 4, 2023\nLater on Telegram.", "Twitter"),
        ("No word.\nWe sail.\n— Oda (@oda@social.example)\nMay 4, 2023", "Mastodon"),
        ("She tweeted it.\nA.\nB.\nC.\nWe sail.\n— Oda (@oda)\nMay 4, 2023", "Twitter"),
        ("He wrote on X, formerly known as Twitter.\nWe sail.\n— Oda (@oda)\nMay 4, 2023", "X"),
    ],
)
def test_platforms_of_flattened_posts(text: str, platform: str | None) -> None:
    assert read_text(text).embeds[0].platform == platform


def test_empty_lines_tell_where_a_post_begins() -> None:
    page = read_text("The chair tweeted.\n\nWe sail at six.\nAll are welcome.\n— Oda Finch (@odafinch)\nMay 4, 2023\n\nThe county agreed.")
    assert words_of(page, page.embeds[0]) == ["We sail at six.\nAll are welcome."]


def test_an_article_paragraph_is_never_climbed_over() -> None:
    page = read_text("The chair tweeted.\nThe plan had been known for weeks.\nWe sail at six.\n— Oda Finch (@odafinch)\nMay 4, 2023")
    assert words_of(page, page.embeds[0]) == ["We sail at six."]


def test_a_label_is_not_of_a_posts_words() -> None:
    page = read_html(
        '<blockquote class="twitter-tweet"><p>Translation:<br>“We sail at six.”</p>&mdash; Oda Finch (@odafinch) '
        '<a href="https://twitter.com/odafinch/status/1650">May 4, 2023</a></blockquote>'
    )
    assert words_of(page, page.embeds[0]) == ["“We sail at six.”"]


def test_flattened_in_html() -> None:
    page = read_html("<p>We sail at six.</p><p>— Oda Finch (@odafinch)</p><p>May 4, 2023</p>")
    (embed,) = page.embeds
    assert (embed.handle, embed.posted, words_of(page, embed)) == ("@odafinch", date(2023, 5, 4), ["We sail at six."])
    assert [block.kind for block in page.blocks] == ["paragraph", "embed", "paragraph"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["We sail.", "— Oda (@oda)", "May 4, 2023", "“Open", "closed.”", "Note:", "", "#tag", "— Oda", "a — B (@b) 2023-05-04"]
        ),
        max_size=14,
    )
)
def test_any_mixture_of_lines(lines: list[str]) -> None:
    text = "Start here.\n" + "\n".join(lines)
    page = read_text(text)
    assert page.text == text
    embeds = [block.span for block in page.blocks if block.kind == "embed"]
    assert embeds == [embed.span for embed in page.embeds]
    for embed in page.embeds:
        assert all(embed.span.holds(span) for span in embed.content)
