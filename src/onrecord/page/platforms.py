"""What is known of each platform: its hosts, its posts' addresses, its markup in pages, and the words that name it in prose.

All of it is data, in one place, because it changes as platforms do. Names are the platforms' own; Twitter and X are two, told apart
by the host of the link or by the words used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    name: str
    hosts: tuple[str, ...]
    post: str  # a post's path in its address, with the handle where the address has it
    frame: str = r"$^"  # the path of an iframe that shows a post
    words: str  # what names it in prose


PLATFORMS = (
    Platform(
        name="Twitter",
        hosts=("twitter.com",),
        post=r"/(?P<handle>\w{1,30})/status(?:es)?/\d+",
        frame=r"/embed|/\w+/status",
        words=r"\bTwitter\b|\b(?i:re)?[Tt]weet(?:s|ed|ing)?\b|\btwitter\.com/",
    ),
    Platform(
        name="X",
        hosts=("x.com",),
        post=r"/(?P<handle>\w{1,30})/status/\d+",
        frame=r"/embed|/\w+/status",
        words=r"\b(?:on|to|via) X\b(?![-’'.]\w)|\bX (?:post|account|user|thread|page)s?\b|\bX \(|\bX, formerly\b|(?<![\w.])x\.com/",
    ),
    Platform(
        name="Facebook",
        hosts=("facebook.com", "fb.com", "fb.watch"),
        post=r"/(?P<handle>[\w.-]{2,60})/(?:posts|videos|photos)/|/[\w-]{5,}",
        frame=r"/plugins/(?:post|video|comment_embed)\.php|/v[\d.]+/plugins/(?:post|video)\.php",
        words=r"\bFacebook\b",
    ),
    Platform(
        name="Instagram",
        hosts=("instagram.com",),
        post=r"/(?:(?P<handle>[\w.]{1,40})/)?(?:p|reel|tv)/[\w-]+",
        frame=r"/(?:[\w.]+/)?(?:p|reel|tv)/",
        words=r"\bInstagram(?:med)?\b",
    ),
    Platform(
        name="Threads",
        hosts=("threads.net", "threads.com"),
        post=r"/@(?P<handle>[\w.]{1,40})/post/[\w-]+",
        frame=r"/@[\w.]+/post/",
        words=r"\b(?:on|to|via) Threads\b|\bThreads (?:post|account|user)s?\b|\bthreads\.(?:net|com)/",
    ),
    Platform(
        name="Telegram",
        hosts=("t.me", "telegram.me"),
        post=r"/(?:s/)?(?P<handle>[A-Za-z]\w{2,40})/\d+",
        frame=r"/(?:s/)?\w+/\d+",
        words=r"\bTelegram\b|(?<![\w.])t\.me/",
    ),
    Platform(name="WhatsApp", hosts=("whatsapp.com", "wa.me"), post=r"/channel/\w+(?:/\d+)?", words=r"\bWhatsApp\b"),
    Platform(
        name="TikTok",
        hosts=("tiktok.com",),
        post=r"/@(?P<handle>[\w.-]{1,40})(?:/(?:video|photo)/\d+)?|/(?:embed|player)/",
        frame=r"/embed|/player",
        words=r"\bTik ?Tok(?:s|er|ers)?\b",
    ),
    Platform(
        name="YouTube",
        hosts=("youtube.com", "youtube-nocookie.com", "youtu.be"),
        post=r"/(?:watch|embed/|shorts/|live/|v/|[\w-]{11}$)",
        frame=r"/embed/|/v/|/[\w-]{11}$",
        words=r"\bYouTube\b",
    ),
    Platform(
        name="Mastodon",
        hosts=("mastodon.social", "mastodon.online", "mstdn.social"),
        post=r"/@(?P<handle>\w{1,40})(?:@[\w.-]+)?/\d+",
        frame=r"/@\w+/\d+/embed|/users/\w+/statuses/\d+/embed",
        words=r"\bMastodon\b",
    ),
    Platform(
        name="Bluesky",
        hosts=("bsky.app",),
        post=r"/profile/(?:did:[\w:]+|(?P<handle>[\w.-]{1,80}))/post/\w+",
        frame=r"/embed/",
        words=r"\bBluesky\b|\bbsky\.app\b",
    ),
    Platform(
        name="VK",
        hosts=("vk.com", "vk.ru", "vkvideo.ru"),
        post=r"/(?:wall|video|clip|photo)-?\d+_\d+|/video_ext\.php",
        frame=r"/video_ext\.php|/widget",
        words=r"\b(?:VK|VKontakte|Vkontakte)\b",
    ),
    Platform(
        name="Weibo",
        hosts=("weibo.com", "weibo.cn"),
        post=r"/(?:u/)?\d+/\w+|/tv/|/status/",
        frame=r"/",
        words=r"\bWeibo\b",
    ),
    Platform(
        name="Truth Social",
        hosts=("truthsocial.com",),
        post=r"/@(?P<handle>\w{1,40})/(?:posts/)?\d+",
        frame=r"/@\w+/",
        words=r"\bTruth Social\b",
    ),
    Platform(
        name="Reddit",
        hosts=("reddit.com", "redditmedia.com"),
        post=r"/(?:r|u|user)/\w+/comments/",
        frame=r"/(?:r|u|user)/",
        words=r"\bReddit\b",
    ),
    Platform(
        name="LinkedIn",
        hosts=("linkedin.com",),
        post=r"/(?:posts/|feed/update/|embed/feed/)",
        frame=r"/embed/",
        words=r"\bLinkedIn\b",
    ),
    Platform(
        name="Snapchat",
        hosts=("snapchat.com",),
        post=r"/(?:add|spotlight|p|t|@)",
        frame=r"/embed|/spotlight/|/p/",
        words=r"\bSnapchat\b",
    ),
    Platform(
        name="Discord",
        hosts=("discord.com", "discordapp.com"),
        post=r"/channels/\d+/\d+/\d+",
        frame=r"/widget",
        words=r"\b(?:on|to|via) Discord\b|\bDiscord (?:server|channel|chat|post|message|user)s?\b",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """How a platform marks a post in a page: an element with one of these classes, or an attribute that holds the post's id."""

    platform: str
    tags: tuple[str, ...]
    classes: tuple[str, ...] = ()
    id_prefix: str = ""
    has: str = ""  # an attribute that must be there
    address: tuple[str, ...] = ()  # attributes that may hold the post's address
    template: str = ""  # the address made of the value of `has`, or of what follows `id_prefix`


_QUOTE = ("blockquote", "div", "figure", "section")
MARKUPS = (
    Markup(
        platform="Twitter",
        tags=_QUOTE,
        classes=("twitter-tweet", "twitter-video", "twitter-tweet-rendered"),
        address=("data-tweet-url", "cite"),
    ),
    Markup(platform="Twitter", tags=("amp-twitter",), has="data-tweetid", template="https://twitter.com/i/status/{}"),
    Markup(platform="Twitter", tags=("div", "figure", "span"), has="data-tweet-id", template="https://twitter.com/i/status/{}"),
    Markup(platform="Telegram", tags=("script", "div"), has="data-telegram-post", template="https://t.me/{}"),
    Markup(platform="Facebook", tags=("div", "figure"), classes=("fb-post", "fb-video", "fb-comment-embed"), address=("data-href", "cite")),
    Markup(platform="Facebook", tags=("blockquote",), classes=("fb-xfbml-parse-ignore",), address=("cite",)),
    Markup(platform="Facebook", tags=("amp-facebook",), has="data-href", template="{}"),
    Markup(platform="Instagram", tags=_QUOTE, classes=("instagram-media",), address=("data-instgrm-permalink", "cite")),
    Markup(platform="Instagram", tags=("amp-instagram",), has="data-shortcode", template="https://www.instagram.com/p/{}/"),
    Markup(platform="Threads", tags=_QUOTE, classes=("text-post-media",), address=("data-text-post-permalink", "cite")),
    Markup(platform="TikTok", tags=_QUOTE, classes=("tiktok-embed",), address=("cite",)),
    Markup(platform="YouTube", tags=("amp-youtube",), has="data-videoid", template="https://www.youtube.com/watch?v={}"),
    Markup(platform="YouTube", tags=("lite-youtube",), has="videoid", template="https://www.youtube.com/watch?v={}"),
    Markup(
        platform="Mastodon",
        tags=("blockquote", "iframe", "div"),
        classes=("mastodon-embed",),
        address=("data-embed-url", "src", "data-src", "cite"),
    ),
    Markup(platform="Bluesky", tags=_QUOTE, classes=("bluesky-embed",), address=("cite",)),
    Markup(platform="VK", tags=("div",), id_prefix="vk_post_", template="https://vk.com/wall{}"),
    Markup(
        platform="Weibo",
        tags=_QUOTE,
        classes=("weibo-embed", "wb-embed", "wb_embed", "weibo-post"),
        address=("data-href", "data-url", "cite"),
    ),
    Markup(platform="Truth Social", tags=("iframe", "blockquote"), classes=("truthsocial-embed",), address=("src", "data-src", "cite")),
    Markup(platform="Reddit", tags=_QUOTE, classes=("reddit-embed-bq", "reddit-card", "reddit-embed"), address=("cite", "data-href")),
    Markup(platform="Snapchat", tags=_QUOTE, classes=("snapchat-embed",), address=("data-snapchat-embed-url", "cite")),
)
FRAME_ADDRESSES = ("src", "data-src", "data-lazy-src", "data-original", "data-url", "data-href", "data-litespeed-src", "data-cmp-src")

# Lines of the platforms' own in a quoted post, which are nobody's words.
FURNITURE = re.compile(
    r"(?:view this (?:post|photo|profile|video) on|view (?:more |post )?on|watch on|see (?:this|the) post "
    r"on|(?:a )?(?:post|video|photo) (?:shared )?by|"
    r"posted by|discussion|\[image or embed\]|♬|original post by|a (?:reel|thread) shared by)",
    re.I,
)
_NO_HANDLES = frozenset(
    ("i", "www", "web", "watch", "share", "groups", "permalink.php", "story.php", "plugins", "statuses", "status", "intent", "s", "c",
     "embed")
)  # fmt: skip
_RENAMING = re.compile(r"\bX,? ?\(?,? ?(?:formerly|previously)(?: known as)? Twitter\b|\bTwitter,? ?\(?,? ?now(?: known as| called)? X\b")
_WORDS = {platform.name: re.compile(platform.words) for platform in PLATFORMS}
_POSTS = {platform.name: re.compile(platform.post) for platform in PLATFORMS}
_FRAMES = {platform.name: re.compile(platform.frame) for platform in PLATFORMS}
_TRACKING = re.compile(r"\?(?:ref_src|ref|refer|utm_\w+|s|igsh|igshid|img_index)=.*$")
_FRAME_ENDING = re.compile(r"(?<=\w)(?:/embed(?:/captioned)?/?(?:[?#].*)?|\?embed=1.*)\Z")  # of the frame, not of the post that it shows
_HANDLE_HOSTS = {".bsky.social": "Bluesky"}


def find_named_platforms(text: str) -> frozenset[str]:
    """The platforms that a text names. Of Twitter and X in one breath, the one that the text says now is."""
    text = _RENAMING.sub(lambda m: "on X" if m.group().startswith("X") else "Twitter", text)
    return frozenset(name for name, words in _WORDS.items() if words.search(text))


def find_single_platform(texts: Iterable[str]) -> str | None:
    """The platform named in the first of `texts` that names exactly one."""
    for text in texts:
        named = find_named_platforms(text)
        if len(named) == 1:
            return next(iter(named))
    return None


def find_handle_platform(handle: str | None) -> str | None:
    """The platform that a handle's own form tells: Mastodon's and Bluesky's hold a host."""
    if handle is None:
        return None
    if "@" in handle[1:]:
        return "Mastodon"
    return next((name for ending, name in _HANDLE_HOSTS.items() if handle.lower().endswith(ending)), None)


def clean_url(value: str) -> str | None:
    """A web address without the white space around it; None for anything but http and https."""
    value = re.sub(r"[\x00-\x20\x7f]+", "", value[:2100])
    if value.startswith("//"):
        value = "https:" + value
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return None
    return value if parts.scheme.lower() in ("http", "https") and host and len(value) <= 2048 else None


def find_url_platform(url: str) -> str | None:
    """The platform that an http(s) address is of."""
    host = (urlsplit(url).hostname or "").lower()
    return next((p.name for p in PLATFORMS if any(host == h or host.endswith("." + h) for h in p.hosts)), None)


def is_post_url(url: str, platform: str) -> bool:
    """Whether an address is that of a post, not of a profile or an image."""
    parts = urlsplit(url)
    return bool(_POSTS[platform].match(parts.path))


def find_frame_post(url: str) -> tuple[str, str] | None:
    """The platform and the post's address of an iframe's address, if it shows a post."""
    platform = find_url_platform(url)
    if platform is None and _FRAMES["Mastodon"].match(urlsplit(url).path):
        platform = "Mastodon"
    if platform is None or not _FRAMES[platform].match(urlsplit(url).path):
        return None
    inner = parse_qs(urlsplit(url).query).get("href", [""])[0] if platform == "Facebook" else ""
    return platform, clean_url(inner) or clean_post_url(url)


def clean_post_url(url: str) -> str:
    """A post's address without the tracking that embed codes add, where the query is nothing else; not that of a frame around it."""
    return _FRAME_ENDING.sub("", _TRACKING.sub("", url))


def find_url_handle(url: str, platform: str) -> str | None:
    """The account, with its @, that a post's address holds."""
    match = _POSTS[platform].match(urlsplit(url).path)
    handle = match.groupdict().get("handle") if match else None
    if not handle or handle.lower() in _NO_HANDLES or (platform == "Facebook" and handle.isdigit()):
        return None
    host = urlsplit(url).hostname if platform == "Mastodon" else None
    return f"@{handle}@{host}" if host else f"@{handle}"
