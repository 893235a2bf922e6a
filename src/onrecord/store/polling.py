"""What is known of the lists that are watched, kept beside what came of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from onrecord.store.digests import format_canonical
from onrecord.store.schema import polling

if TYPE_CHECKING:
    from onrecord.capture.poll import PollState


def load_state(connection: Connection) -> PollState:
    """What is known of all lists that were watched."""
    from onrecord.capture.poll import PollState

    rows = connection.execute(select(polling)).all()
    versions = {row.url: json.loads(row.version) for row in rows}
    return PollState.from_dict({"versions": versions, "seen": {row.url: json.loads(row.seen) for row in rows}})


def keep_state(connection: Connection, *, state: PollState, before: PollState) -> None:
    """Store what is known now, where it differs from what was known before; in the caller's transaction."""
    new, old = state.to_dict(), before.to_dict()
    for url in {*new["versions"], *new["seen"]}:
        values = {"version": new["versions"].get(url, [None, None]), "seen": new["seen"].get(url, [])}
        if values == {"version": old["versions"].get(url), "seen": old["seen"].get(url)}:
            continue
        connection.execute(delete(polling).where(polling.c.url == url))
        connection.execute(insert(polling).values(url=url, **{name: format_canonical(value) for name, value in values.items()}))
