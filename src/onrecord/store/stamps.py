"""Time stamps on the log's head: somebody else's word that this log, up to here, was there at that time.

The chain shows that nothing in a log was changed, but whoever holds the store could make it anew as a whole. What an authority has
signed they cannot make: the head of the new log is another. A stamp is of the entry that was last when it was asked for; others
may be added while the authority answers. Asked and checked first, stored then, in one transaction with its own entry in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from onrecord.errors import FetchError, UsageError
from onrecord.store import log, tokens
from onrecord.store.connect import Store
from onrecord.store.digests import clean
from onrecord.store.schema import stamp as stamps

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from onrecord.capture.fetch import Fetcher

_SENT, _ANSWERED = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A stamped entry of the log: `head` is its hash, `token` the DER bytes that were signed."""

    seq: int
    head: str
    authority: str
    signer: str
    time: datetime
    token: bytes


def stamp(store: Store, authority: str, fetcher: Fetcher, *, roots: Sequence[Certificate] = ()) -> Stamp:
    """Have the authority at an address stamp the log's head, and store its token. `roots`: what its certificate must lead to, if any.

    Raises:
        UsageError: nothing is in the log yet, the address is none, or the extra `stamps` is not installed.
        FetchError: the authority does not answer, refuses, or its token does not hold.
        StoreError: the store cannot be written.

    """
    from onrecord.capture.fetch import check_status, parse_url

    if not tokens.can_check():
        raise UsageError(f"time stamps need more than is installed: {tokens.INSTALL}")
    url = str(parse_url(authority))
    with store.looking() as connection:
        head = log.find_head(connection)
    if head is None:
        raise UsageError(f"{store.name}: nothing is stored there yet, so that there is nothing to stamp")
    request, nonce = tokens.build_request(head.hash)
    answer = fetcher.post(url, request, media_type=_SENT, accept=_ANSWERED)
    check_status(answer, url)
    try:
        raw = tokens.parse_answer(answer.content, nonce)
        said = tokens.check_token(raw, head.hash, roots)
    except tokens.TokenError as error:
        raise FetchError(f"{url}: {error}; nothing was stored", again=False) from None
    made = Stamp(seq=head.seq, head=head.hash, authority=clean(url), signer=said.signer, time=said.time, token=raw)
    _keep(store, made)
    return made


def _keep(store: Store, made: Stamp) -> None:
    row = {"id": sha256(made.token).hexdigest(), "seq": made.seq, "head": made.head, "authority": made.authority}
    row["time"] = made.time.isoformat()
    with store.writing() as connection:
        if connection.scalar(select(stamps.c.id).where(stamps.c.id == row["id"])) is None:
            connection.execute(insert(stamps).values(**row, token=made.token))
            log.append(connection, "stamp", {"stamp": row})
