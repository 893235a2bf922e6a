"""Captures kept so that they cannot change, and what was read from them, to be searched.

    store = open_store("onrecord.db", make=True)          # or a postgresql:// URL
    for kept in add(store, ["articles/"]): ...
    for hit in search(store, Query(words="harbour fees")): ...

`schema` has the tables and what is append-only among them, `add` the way in, `verify` what is promised.
"""

from onrecord.store.accounts import (
    ROLES,
    Account,
    Noted,
    RefusedError,
    Role,
    Token,
    Visitor,
    change_account,
    check_password,
    check_session,
    check_token,
    close_session,
    load_accounts,
    load_audit,
    load_tokens,
    make_account,
    make_link,
    make_token,
    note,
    open_session,
    revoke_token,
    use_link,
)
from onrecord.store.add import Kept, add, add_captures, count_stale, reread, watch
from onrecord.store.archive import load_archived, read_archived
from onrecord.store.connect import DEFAULT, Store, check_version, open_store
from onrecord.store.dump import Imported, load_dump, open_dump, write_dump
from onrecord.store.facets import Facets, count_facets
from onrecord.store.latest import Listed, Repeated, State, find_document, find_latest, find_repeated, find_state
from onrecord.store.observations import Address, find_addresses, find_last, find_shown, keep_observations, load_history
from onrecord.store.receipts import CaptureFacts, Check, ReadingFacts, Receipt, StampFacts, check_receipt, load_content, load_receipt
from onrecord.store.reviews import (
    DoubtfulJoin,
    Review,
    Verdict,
    find_doubtful,
    find_doubtful_joins,
    load_reviews,
    read_reviews,
    review,
)
from onrecord.store.search import Hit, Query, search
from onrecord.store.show import load_records, load_report
from onrecord.store.stamps import Stamp, stamp
from onrecord.store.tracing import Trace, Version, trace
from onrecord.store.verify import Checked, Finding, verify
from onrecord.store.who import Found, Person, judge, load_judgements, who

__all__ = [
    "DEFAULT",
    "ROLES",
    "Account",
    "Address",
    "CaptureFacts",
    "Check",
    "Checked",
    "DoubtfulJoin",
    "Facets",
    "Finding",
    "Found",
    "Hit",
    "Imported",
    "Kept",
    "Listed",
    "Noted",
    "Person",
    "Query",
    "ReadingFacts",
    "Receipt",
    "RefusedError",
    "Repeated",
    "Review",
    "Role",
    "Stamp",
    "StampFacts",
    "State",
    "Store",
    "Token",
    "Trace",
    "Verdict",
    "Version",
    "Visitor",
    "add",
    "add_captures",
    "change_account",
    "check_password",
    "check_receipt",
    "check_session",
    "check_token",
    "check_version",
    "close_session",
    "count_facets",
    "count_stale",
    "find_addresses",
    "find_document",
    "find_doubtful",
    "find_doubtful_joins",
    "find_last",
    "find_latest",
    "find_repeated",
    "find_shown",
    "find_state",
    "judge",
    "keep_observations",
    "load_accounts",
    "load_archived",
    "load_audit",
    "load_content",
    "load_dump",
    "load_history",
    "load_judgements",
    "load_receipt",
    "load_records",
    "load_report",
    "load_reviews",
    "load_tokens",
    "make_account",
    "make_link",
    "make_token",
    "note",
    "open_dump",
    "open_session",
    "open_store",
    "read_archived",
    "read_reviews",
    "reread",
    "review",
    "revoke_token",
    "search",
    "stamp",
    "trace",
    "use_link",
    "verify",
    "watch",
    "who",
    "write_dump",
]
