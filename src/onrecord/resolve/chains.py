"""Through whom: the chain of each statement, from its originator out to the publisher."""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.resolve.media import name_relay
from onrecord.types import Hop, Reading, Source

PUBLISHER = Hop("publisher", None, None)


def build_chain(
    index: int,
    readings: Sequence[Reading],
    speakers: Sequence[str | None],
    media: Sequence[str | None],
    originators: Sequence[Hop | None],
    through: Sequence[Source | None],
) -> tuple[Hop, ...]:
    """The hops of one statement: whose words it passes on, if that is somebody else; itself and who passed it on; the statements
    that hold it, from the inside out, and who passed those on; the publisher. `speakers` are ids of sources.
    """
    origin = originators[index]
    hops = [origin] if origin is not None and origin.source != speakers[index] else []
    at: int | None = index
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        hops.append(Hop(speakers[at], f"s{at + 1}", media[at]))
        relay = through[at]
        if relay is not None and relay.id not in {h.source for h in hops}:
            hops.append(Hop(relay.id, None, name_relay(relay.name)))
        at = readings[at].within
    return (*hops, PUBLISHER)
