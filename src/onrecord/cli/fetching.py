"""What is asked for on the command line about fetching."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onrecord.capture.fetch import Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Whether private addresses may be asked, as whom, and the WARC file in which what comes back is kept."""

    allow_private: bool = False
    agent: str | None = None
    warc: str | None = None


@contextmanager
def open_fetcher(web: Web) -> Iterator[Fetcher]:
    """What fetches as it is asked for, and keeps what comes back where that is said."""
    from onrecord.capture.fetch import Fetcher
    from onrecord.capture.guard import Guard
    from onrecord.capture.warc import WarcFile

    with ExitStack() as stack:
        keep = stack.enter_context(WarcFile(web.warc)).write if web.warc else None
        guard = Guard(allow_private=web.allow_private)
        yield stack.enter_context(Fetcher(guard=guard, agent=web.agent, keep=keep))
