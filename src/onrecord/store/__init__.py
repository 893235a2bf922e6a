"""Captures kept so that they cannot change, and what was read from them, to be searched.

    store = open_store("onrecord.db", make=True)          # or a postgresql:// URL
    for kept in add(store, ["articles/"]): ...
    for hit in search(store, Query(words="harbour fees")): ...

`schema` has the tables and what is append-only among them, `add` the way in, `verify` what is promised.
"""

from onrecord.store.add import Kept, add, add_captures, count_stale, reread, watch
from onrecord.store.connect import DEFAULT, Store, open_store
from onrecord.store.observations import Address, find_addresses, find_last, keep_observations, load_history
from onrecord.store.search import Hit, Query, search
from onrecord.store.show import load_records, load_report
from onrecord.store.stamps import Stamp, stamp
from onrecord.store.tracing import Trace, Version, trace
from onrecord.store.verify import Checked, Finding, verify
from onrecord.store.who import Found, Person, judge, who

__all__ = [
    "DEFAULT",
    "Address",
    "Checked",
    "Finding",
    "Found",
    "Hit",
    "Kept",
    "Person",
    "Query",
    "Stamp",
    "Store",
    "Trace",
    "Version",
    "add",
    "add_captures",
    "count_stale",
    "find_addresses",
    "find_last",
    "judge",
    "keep_observations",
    "load_history",
    "load_records",
    "load_report",
    "open_store",
    "reread",
    "search",
    "stamp",
    "trace",
    "verify",
    "watch",
    "who",
]
