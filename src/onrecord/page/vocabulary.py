"""Words by which pages mark what is not their article, and lines that are not of it; English."""

from __future__ import annotations

import re

INVISIBLE = " \t\r\n\f\v\x00\xa0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

# Single words of class names and ids (camelCase and dashes are taken apart).
_WORDS = (
    "nav navbar navigation breadcrumb breadcrumbs share sharing shares sharebar related recirc recirculation "
    "recommended recommendations newsletter newsletters signup subscribe subscription promo promos promotion "
    "advert adverts advertisement advertising ads sponsored "
    "comments comment disqus respond cookie cookies consent gdpr popup modal overlay footer sidebar byline bylines dateline timestamp "
    "taglist tags trending outbrain taboola pagination paywall masthead sitenav toolbar hidden metadata bio addtoany sharedaddy jp "
    "mostread popular teaser teasers kicker eyebrow"
)
FURNITURE_WORDS = frozenset(_WORDS.split())
# Neighbouring words of them.
FURNITURE_PHRASES = (
    "read-more", "read-next", "more-from", "more-on", "more-stories", "see-also", "most-read", "most-popular", "sign-up", "author-bio",
    "about-author", "author-info", "article-author", "post-author", "entry-meta", "post-meta", "article-meta", "tag-list", "social-media",
    "social-links", "social-icons", "social-share", "follow-us", "up-next", "also-read", "site-header", "page-header", "skip-link",
    "sr-only", "screen-reader", "visually-hidden", "ad-slot", "ad-container", "ad-wrapper", "ad-unit", "publish-date", "posted-on",
)  # fmt: skip
# Whole short blocks that are never an article's words.
FURNITURE_LINES = re.compile(
    r"(?:(?:read (?:more|next|also)|also read|related(?: \w+)?|see also|more on this(?: story)?|more from|"
    r"recommended(?: \w+)?|watch|listen|don[’']t miss|up next|in case you missed it"
    r"|most (?:read|popular|viewed))\s*[:|»>→]"
    r"|(?:read (?:more|next|also)|related (?:stories|articles|topics|content|links)|more stories|most "
    r"(?:read|popular)|advertisement|sponsored content|story continues below|article continues"
    r"|continue reading|comments?|leave a (?:comment|reply)|share(?: this)?(?: (?:article|story|post|"
    r"page))?|print|email|copy link|save|loading|skip to (?:main )?content|sign (?:in|up)|log in"
    r"|subscribe|tags?|topics?|facebook|twitter|whatsapp|linkedin|menu|search|home|share on \w+)[\s.…:!]*$"
    r"|(?:sign up (?:to|for|here)|subscribe (?:to|now|today)|get (?:the|our) (?:latest|best|daily|free|"
    r"top)\b.*\b(?:inbox|newsletter|email)|follow us|like us on|join (?:us|our)\b.*(?:channel|telegram|"
    r"whatsapp|newsletter)"
    r"|click here|tap here|download (?:the|our)\b.{0,20}app|enter your e-?mail|we use cookies|this "
    r"(?:site|website) uses cookies|by (?:signing|clicking|subscribing|continuing)|please enable "
    r"javascript"
    r"|©|\(c\) \d{4}|copyright\b.{0,10}\d{4}|all rights reserved|share this (?:article|story)|support "
    r"(?:our|independent) journalism|your browser does not support))",
    re.I,
)
FURNITURE_LINE_WORDS = 40
