"""Through whom: the chain of each statement, from its originator out to the publisher."""

from __future__ import annotations

from collections.abc import Container, Sequence

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
    people: Container[str] = (),
) -> tuple[Hop, ...]:
    """The hops of one statement: whose words it passes on, if that is somebody else; itself and who passed it on; the statements
    that hold it, from the inside out, and who passed those on; the publisher. `speakers` are ids of sources, `people` those
    of persons: one who quotes his earlier self is two hops, a body or a document that does so is one.
    """
    origin = originators[index]
    hops = [origin] if origin is not None and origin.source != speakers[index] else []
    at: int | None = index
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        speaker, holder = speakers[at], readings[at].within
        if speaker is None or at == index or speaker != hops[-1].source or speaker in people:
            hops.append(Hop(speaker, f"s{at + 1}", media[at]))
        relay = through[at]
        if (
            relay is not None
            and relay.id not in {h.source for h in hops}
            and not _is_further_out(relay.id, holder, readings, speakers, through)
        ):
            hops.append(Hop(relay.id, None, name_relay(relay.name)))
        at = holder
    return (*hops, PUBLISHER)


def _is_further_out(
    relay: str, at: int | None, readings: Sequence[Reading], speakers: Sequence[str | None], through: Sequence[Source | None]
) -> bool:
    """Whether a statement that holds another is passed on by the same relay, or is the relay's own."""
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        passed = through[at]
        if speakers[at] == relay or (passed is not None and passed.id == relay):
            return True
        at = readings[at].within
    return False
