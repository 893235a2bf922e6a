"""Whether a post was there: observations, each of one moment and one way of looking, and never a flag.

Platforms lie: an error page comes with status 200, a post that exists is hidden behind a log-in, a robot is shown less than a
reader. So what is seen is told with what it was seen by, "available" needs the post's own words or its own address in the page, and 404
says "absent", since it does not say why. What cannot be told is "unknown", with the reason. Archives are asked for TimeMaps (RFC 7089,
in the link format of RFC 6690); that one holds a capture says that it looked then, not what it saw.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal
from urllib.parse import urljoin, urlsplit

from onrecord.capture.fetch import Exchange, Fetcher, describe_status
from onrecord.capture.limits import parse_http_date
from onrecord.errors import UnreadableError, UsageError
from onrecord.types import Json, Observed

_ORDER: tuple[Observed, ...] = ("suspended", "deleted", "private", "age-gated", "rate-limited", "absent")
_BY_STATUS: dict[int, Observed] = {401: "private", 404: "absent", 410: "deleted", 429: "rate-limited"}
_NOTICE = 3000  # characters: what is longer is a page, in which anybody may write anything
_READ = 400_000  # characters of a page that are looked at
_MOST_WORDS = 200  # characters of known words that are looked for
_MOST_MEMENTOS = 100_000
_MOST_PAGES = 10  # of one TimeMap
_UNSEEN = re.compile(r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.I)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_OWN_ADDRESS = re.compile(
    r"<(?:link\b[^<>]{0,500}?\brel=[\"']?canonical\b|meta\b[^<>]{0,500}?\bproperty=[\"']?og:url\b)[^<>]{0,500}>", re.I
)
_ATTRIBUTE = re.compile(r"\b(?:href|content)\s*=\s*[\"']([^\"'<>]{1,2000})", re.I)
_LOG_IN = re.compile(r"/(?:log-?in|sign-?in|accounts?/login|checkpoint|i/flow/login|authorize)\b", re.I)
_LINK = re.compile(r"<([^<>]{1,4000})>((?:\s*;\s*[\w*-]{1,40}\s*=\s*(?:\"[^\"]{0,1000}\"|[^\",;\s]{1,1000}))*)\s*(?:,|\Z)")
_PARAMETER = re.compile(r";\s*([\w*-]{1,40})\s*=\s*(?:\"([^\"]*)\"|([^\",;\s]+))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One look at a post: when, how, and what came back. `digest` is of the answer's decoded body, `sha256:…`."""

    url: str
    time: datetime
    method: Literal["page", "memento"]
    status: Observed
    reason: str  # what the status was told from, one line
    http_status: int | None = None
    answered: str | None = None  # the address that answered in the end
    digest: str | None = None

    def to_dict(self) -> Json:
        """The observation as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"time": self.time.isoformat()}


@dataclass(frozen=True, slots=True)
class Memento:
    """A capture that an archive holds: its address, and when it was made."""

    url: str
    time: datetime


def observe(url: str, fetcher: Fetcher, *, words: str | None = None, timemaps: Sequence[str] = ()) -> tuple[Observation, ...]:
    """Look at a post once, and at what archives hold of it; nothing is raised, what fails is an observation too.

    `words` are the post's own, as far as they are known; `timemaps` are addresses that the post's is put behind, such as
    `https://web.archive.org/web/timemap/link/`.
    """
    return (_look(url, fetcher, words), *(found for timemap in timemaps for found in _ask_archive(url, timemap, fetcher)))


def _look(url: str, fetcher: Fetcher, words: str | None) -> Observation:
    try:
        hops = fetcher.fetch(url, retries=0)
    except (UnreadableError, UsageError) as error:
        return Observation(url=url, time=datetime.now(UTC), method="page", status="unknown", reason=str(error))
    answer = hops[-1]
    status, reason = judge(answer, url, words)
    return Observation(
        url=url,
        time=answer.started,
        method="page",
        status=status,
        reason=reason,
        http_status=answer.status,
        answered=answer.url,
        digest=f"sha256:{sha256(answer.content).hexdigest()}",
    )


def judge(answer: Exchange, url: str, words: str | None) -> tuple[Observed, str]:
    """What an answer shows of the post at `url`, and what that was told from."""
    source = answer.content[: 4 * _READ].decode("utf-8", "replace")[:_READ]
    text = _fold(_read_text(source))
    said, fine = describe_status(answer.status), 200 <= answer.status < 300
    if answer.status == 429:
        return "rate-limited", said
    if words and _fold(words)[:_MOST_WORDS] in text:
        return ("available", f"{said}, with the post's words") if fine else ("unknown", f"{said}, and yet the post's words")
    notice = _find_notice(source, text)
    if notice is not None:
        return notice[0], f"{said}, and the page says “{notice[1]}”"
    if not fine:
        return _BY_STATUS.get(answer.status, "unknown"), said
    if _LOG_IN.search(urlsplit(answer.url).path):
        return "unknown", f"{said}, and asks to log in"
    if not _is_same_post(answer.url, url):
        return "unknown", f"{said}, but at another address: {answer.url[:200]}"
    if words:
        return "unknown", f"{said}, without the post's words"
    if any(_is_same_post(urljoin(answer.url, own), url) for own in _find_own_addresses(source)):
        return "available", f"{said}, and the page gives the post's address as its own"
    return "unknown", f"{said}, with nothing in it that is the post's"


def _read_text(source: str) -> str:
    return html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", source)))


def _fold(text: str) -> str:
    """Letters as they compare: one form, lower case, straight apostrophes, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").lower().split())


def _find_notice(source: str, text: str) -> tuple[Observed, str] | None:
    title = _TITLE.search(source)
    place = text if len(text) <= _NOTICE else _fold(html.unescape(title.group(1))) if title else ""
    return next(((status, phrase) for status in _ORDER for phrase in _load_phrases()[status] if phrase in place), None)


@cache
def _load_phrases() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(files("onrecord.data").joinpath("en-availability.toml").read_text(encoding="utf-8"))
    return {status: tuple(table[status]) for status in _ORDER}


def _find_own_addresses(source: str) -> Iterator[str]:
    for tag in _OWN_ADDRESS.finditer(source):
        if found := _ATTRIBUTE.search(tag.group()):
            yield html.unescape(found.group(1))


def _is_same_post(found: str, url: str) -> bool:
    """Whether two addresses are of one post: the same last part, which is where platforms put a post's number, or the same query."""
    try:
        a, b = urlsplit(found), urlsplit(url)
    except ValueError:
        return False
    name = b.path.rstrip("/").rpartition("/")[2]
    return a.path.rstrip("/").rpartition("/")[2] == name and (bool(re.search(r"\d|\w{9}", name)) or a.query == b.query) and bool(a.netloc)


# --- archives ----------------------------------------------------------------------------------------------------------


def _ask_archive(url: str, timemap: str, fetcher: Fetcher) -> Iterator[Observation]:
    try:
        held = find_mementos(url, fetcher, timemap)
    except (UnreadableError, UsageError) as error:
        yield Observation(url=url, time=datetime.now(UTC), method="memento", status="unknown", reason=str(error))
        return
    reason = "an archive holds a capture of this time; what it shows was not looked at"
    for memento in held:
        yield Observation(url=url, time=memento.time, method="memento", status="unknown", reason=reason, answered=memento.url)


def find_mementos(url: str, fetcher: Fetcher, timemap: str) -> tuple[Memento, ...]:
    """The captures of `url` that an archive's TimeMap lists, oldest first; none where the archive has none.

    Raises:
        UnreadableError: the archive did not answer, or not with a TimeMap.

    """
    waiting, seen, found = [timemap + url], set[str](), set[Memento]()
    while waiting and len(seen) < _MOST_PAGES:
        page = waiting.pop(0)
        seen.add(page)
        answer = fetcher.fetch(page)[-1]
        if answer.status == 404:
            continue
        if answer.status != 200:
            raise UnreadableError(f"{page}: the archive answered {describe_status(answer.status)}")
        mementos, pages = parse_timemap(answer.content.decode("utf-8", "replace"), page)
        found.update(mementos)
        waiting.extend(other for other in pages if other not in seen and other not in waiting)
    return tuple(sorted(found, key=lambda memento: (memento.time, memento.url)))


def parse_timemap(text: str, base: str) -> tuple[list[Memento], list[str]]:
    """The mementos of a TimeMap in link format, and the addresses of its further pages. Raises UnreadableError if it is none."""
    mementos: list[Memento] = []
    pages: list[str] = []
    at, original = 0, False
    while (link := _LINK.match(text, at + len(text[at : at + 200]) - len(text[at : at + 200].lstrip()))) and len(mementos) < _MOST_MEMENTOS:
        at = link.end()
        values = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(link.group(2))}
        relations = values.get("rel", "").lower().split()
        original |= "original" in relations
        time = parse_http_date(values.get("datetime"))
        if "memento" in relations and time is not None:
            mementos.append(Memento(urljoin(base, link.group(1)), time))
        elif "timemap" in relations:
            pages.append(urljoin(base, link.group(1)))
    if not mementos and not original and not pages:
        raise UnreadableError(f"{base}: not a TimeMap in link format")
    return mementos, pages
