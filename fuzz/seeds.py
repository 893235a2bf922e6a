"""What campaigns begin from: whole, well-formed cases of each parser, of our own making."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from tests.web.archives import build_page, build_wacz
from tests.web.test_feeds import FORMS

_ROOT = Path(__file__).parent.parent
_PAGES = sorted((*(_ROOT / "examples").rglob("*.html"), *(_ROOT / "tests" / "pages").glob("*.html")))
_TEXTS = sorted((_ROOT / "examples").rglob("*.txt"))
_HELD = re.compile(rb"<(blockquote|figure|iframe|aside|ul|table)\b.*?</\1>", re.S)
_SPOKEN = "“Zwölf Fähren,” said Mme Béatrice — 20 May 2023. Пароход идёт. 船が出る。"
_TIMES = (
    "on Monday, 4 May 2023, at 3.15 p.m.", "last week; three days ago; the day before yesterday", "between 1998 and 2003, in the mid-1990s",
    "2023-05-04T10:00:00+02:00", "Thu, 04 May 2023 10:00:00 GMT", "the first Tuesday of November", "in the summer of '68", "04/05/2023",
    "every other Friday for two and a half years", "Christmas Eve", "twenty-first century", "Published: May 4, 2023 | Updated 5 hours ago",
)  # fmt: skip
_BRAT = b"T1\tSource 0 4\tAnna\nT2\tCue 5 9\tsaid\nT3\tContent 10 14;16 20\tthat this\nE1\tCue:T2 Source:T1 Content:T3\n"
_PAIRS = b"ref\ta\tb\nr1\tThe ships are late.\tThe boats come late.\n"
_GUM = (
    b'<text id="GUM_news_ferry" dateCreated="2023-05-04">\n<p>\n<s type="decl">\nAnna\tAnna\tNNP\tNNP\tPROPN\n'
    b"sails\tsail\tVBZ\tVBZ\tVERB\n</s>\n</p>\n</text>\x000\tAnna\t(person-1)\n1\tsails\t_\n"
)
_TIMEML = (
    b'<TimeML><DCT><TIMEX3 tid="t0" type="DATE" value="2023-05-04">May 4</TIMEX3></DCT>'
    b'<TEXT>They sailed <TIMEX3 tid="t1" type="DATE" value="2023-05-01">on Monday</TIMEX3> &amp; on.</TEXT></TimeML>',
    b'<text id="GUM_news_a" dateCreated="2023-05-04">\n<date when="2023-05-01">\non\ton\tIN\tIN\tADP\nMonday\tMonday\tNNP\tNNP\tPROPN\n'
    b"</date>\n</text>",
)
_CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1251", "koi8-r", "shift_jis", "iso2022_jp", "gb18030", "cp1252")


def list_seeds(name: str) -> list[bytes]:
    """The cases that a parser's campaign begins from."""
    pages = [path.read_bytes() for path in _PAGES]
    warc = build_page(1) + build_page(2)
    feeds = [form.encode() for kind, form in FORMS.items() if kind != "sitemap"]
    seeds: dict[str, list[bytes]] = {
        "bodies": [bytes([0]) + gzip.compress(warc), bytes([1]) + zlib.compress(warc), bytes([5]) + warc],
        "brat": [_BRAT],
        "dates": [bytes([number]) + text.encode() for number, text in enumerate(_TIMES)],
        "embeds": [held[0] for page in pages for held in _HELD.finditer(page)],
        "encodings": [bytes([number]) + _SPOKEN.encode(codec, "replace") for number, codec in enumerate(_CODECS)],
        "feeds": feeds,
        "html": pages,
        "plain": [*(path.read_bytes() for path in _TEXTS), _SPOKEN.encode("cp1252", "replace")],
        "sitemaps": [FORMS["sitemap"].encode(), gzip.compress(FORMS["sitemap"].encode())],
        "tables": [_PAIRS, _GUM],
        "timeml": list(_TIMEML),
        "wacz": [b"\x00" + build_wacz(), b"\x01" + warc, b"\x01" + build_page(1)],
        "warc": [b"\x00" + warc, b"\x01" + warc],
    }
    return seeds[name]
