"""Which statements of a store are near to given words: by pairs of words that they share, and by single words that are in few statements.

Each token's statements are fetched up to a limit, so that the work is bounded however often something is repeated. Tokens that are in
more statements than that are asked for three together: whoever renders the same words has all three.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text
from sqlalchemy.engine import Connection, Row

from onrecord.store.schema import PAIRS_IN_POSTGRESQL
from onrecord.store.schema import statement as statements
from onrecord.store.words import find_tokens
from onrecord.trace.credits import Passing
from onrecord.trace.pairs import find_pairs
from onrecord.trace.told import Relay, Told

_ENOUGH = 500  # statements with one token, up to which all of them are looked at
_MOST = 10_000  # statements with the same three tokens, up to which they are
_TRIPLES = 8  # of tokens that are in more statements than enough
_ASKED = 60  # tokens of one statement that are asked for, spread over it: more of a long one tell nothing new
_LOOKED = 600  # statements that share anything, that are looked at
_NEARLY = 0.6  # of what the nearest has, from which on all are looked at
_SHARE = 0.34  # of the pairs of the shorter of two statements, that both must have to be compared
_AT_ONCE = 500  # keys in one question
_COLUMNS = [
    "key",
    "document",
    "content",
    "id",
    "kind",
    "source",
    "source_kind",
    "chain",
    "through",
    "within",
    "translated",
    "title",
    "outlet",
    "url",
    "published",
    "said_from",
    "said_to",
    "certainty",
    "confidence",
    "pairs",
]


def find_near(connection: Connection, words: str) -> list[Told]:
    """The statements that share so many pairs of words with `words` that they may render the same, in the order of their storing."""
    pairs = find_pairs(words)
    asked = _spread(pairs, _ASKED)
    weights = _weigh_shared(connection, asked)
    best = sorted(weights, key=lambda key: (-weights[key], key))
    full = _NEARLY * sum(sorted(weights.values())[-1:])
    keys = sorted({*best[:_LOOKED], *(key for key in best if weights[key] >= full)})
    mine = set(pairs)
    return [_build_told(row) for row in load_rows(connection, keys) if _is_near(mine, set((row.pairs or "").split()))]


def _is_near(mine: set[str], theirs: set[str]) -> bool:
    return len(mine & theirs) >= _SHARE * max(1, min(len(mine), len(theirs)))


def _weigh_shared(connection: Connection, pairs: Sequence[str]) -> dict[int, float]:
    """How much of the pairs each statement has that has any: rare ones weigh more. Those that are in very many are asked for by threes."""
    weights: defaultdict[int, float] = defaultdict(float)
    common: list[str] = []
    for pair in pairs:
        keys = _fetch(connection, (pair,), _ENOUGH + 1)
        if len(keys) > _ENOUGH:
            common.append(pair)
            continue
        weight = log(_MOST / max(1, len(keys)))
        for key in keys:
            weights[key] += weight
    for triple in _cut_triples(common):
        for key in _fetch(connection, triple, _MOST):
            weights[key] += 3 * log(_MOST / _ENOUGH)
    return weights


def _cut_triples(pairs: Sequence[str]) -> Sequence[Sequence[str]]:
    """Common pairs that stand beside one another in the words, three together, or all where they are fewer."""
    triples = [pairs[at : at + 3] for at in range(0, max(1, len(pairs) - 2), 2)] if pairs else []
    return _spread(triples, _TRIPLES)


def _spread(items: Sequence[Any], most: int) -> Sequence[Any]:
    """At most so many items, evenly from all over."""
    return items if len(items) <= most else [items[at * len(items) // most] for at in range(most)]


def _fetch(connection: Connection, pairs: Sequence[str], most: int) -> Sequence[int]:
    """The keys of the first statements that have all of the pairs."""
    if connection.dialect.name == "sqlite":
        return _fetch_keys(connection, "statement_pairs", " ".join(pairs), most)
    held: ColumnElement[Any] = literal_column(PAIRS_IN_POSTGRESQL)
    return connection.scalars(select(statements.c.key).where(held.op("@>")(list(pairs))).limit(most)).all()


# --- rows ------------------------------------------------------------------------------------------------------------------


def load_rows(connection: Connection, keys: Sequence[int]) -> Iterator[Row[Any]]:
    """The statements of `keys`, in their order."""
    columns = [statements.c[name] for name in _COLUMNS]
    for at in range(0, len(keys), _AT_ONCE):
        yield from connection.execute(select(*columns).where(statements.c.key.in_(keys[at : at + _AT_ONCE])).order_by(statements.c.key))


def load_told(connection: Connection, keys: Iterable[int]) -> list[Told]:
    """The statements of `keys` as they are compared, in the order in which they were stored."""
    return [_build_told(row) for row in load_rows(connection, sorted(keys))]


def _build_told(row: Row[Any]) -> Told:
    values = {
        name: value for name, value in row._mapping.items() if name not in ("id", "content", "chain", "through", "pairs", "translated")
    }
    chain = tuple(Relay(name, medium) for name, medium in json.loads(row.chain or "[]"))
    through = tuple(Passing(name, sure) for name, sure in json.loads(row.through or "[]"))
    return Told(**values, statement=row.id, words=row.content, chain=chain, through=through, translated=bool(row.translated))


# --- single words ----------------------------------------------------------------------------------------------------------

_RARE = 1_500  # statements with one word, up to which it tells something


def rank_near(connection: Connection, words: str, most: int) -> list[tuple[Told, float]]:
    """The statements that share the most telling of their words with `words`, the best first, and how much: the sum of the logarithms of
    how rare each shared word is.
    """
    count = connection.scalar(select(func.max(statements.c.key))) or 1
    weights: defaultdict[int, float] = defaultdict(float)
    for token in _spread(list(dict.fromkeys(find_tokens(words))), _ASKED):
        keys = _fetch_word(connection, token)
        if len(keys) <= _RARE:
            weight = log(1 + count / max(1, len(keys)))
            for key in keys:
                weights[key] += weight
    best = sorted(weights, key=lambda key: (-weights[key], key))[:most]
    told = {one.key: one for one in load_told(connection, best)}
    return [(told[key], weights[key]) for key in best if key in told]


def _fetch_word(connection: Connection, token: str) -> Sequence[int]:
    if connection.dialect.name == "sqlite":
        return _fetch_keys(connection, "statement_words", f'content : "{token}"', _RARE + 1)
    vector: ColumnElement[Any] = literal_column("statement.words")
    query: Select[Any] = select(statements.c.key).where(vector.op("@@")(func.to_tsquery("onrecord", f"{token}:A")))
    return connection.scalars(query.limit(_RARE + 1)).all()


def _fetch_keys(connection: Connection, index: str, asked: str, most: int) -> Sequence[int]:
    """The first keys that an index of SQLite finds, all of them in one value: as rows they take three times as long."""
    found = f"SELECT rowid FROM {index} WHERE {index} MATCH :asked ORDER BY rowid LIMIT :most"
    keys: list[int] = json.loads(
        connection.scalar(text(f"SELECT json_group_array(rowid) FROM ({found})"), {"asked": asked, "most": most}) or "[]"
    )
    return keys
