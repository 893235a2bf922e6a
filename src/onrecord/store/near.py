"""Which statements of a store are near to given words: by pairs of words that they share, and by single words that are in few statements.

Each token's statements are fetched up to a limit, so that the work is bounded however often something is repeated. Tokens that are in
more statements than that are asked for three together: whoever renders the same words has all three.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import islice
from math import log
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection, Engine, Row

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
_MOST_KEPT = 8_192  # statements
_KEPT: WeakKeyDictionary[Engine, dict[int, Told]] = WeakKeyDictionary()
_COMMON: WeakKeyDictionary[Engine, defaultdict[str, set[str]]] = WeakKeyDictionary()
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
]


def find_near(connection: Connection, words: str) -> list[Told]:
    """The statements that share so many pairs of words with `words` that they may render the same, in the order of their storing."""
    pairs = find_pairs(words)
    asked = _spread(pairs, _ASKED)
    weights = _weigh_shared(connection, asked)
    full = _NEARLY * max(weights.values(), default=0)
    keys = sorted({*_find_best(weights, _LOOKED), *(key for key, weight in weights.items() if weight >= full)})
    mine = set(pairs)
    near = [row.key for row in _load(connection, ("key", "pairs"), keys) if _is_near(mine, set((row.pairs or "").split()))]
    return load_told(connection, near)


def _is_near(mine: set[str], theirs: set[str]) -> bool:
    return len(mine & theirs) >= _SHARE * max(1, min(len(mine), len(theirs)))


def _find_best(weights: Mapping[int, float], most: int) -> list[int]:
    """The keys with the greatest weights, the greatest first; of those that weigh the same the ones that were stored first."""
    least = nlargest(most, weights.values())[-1:]
    rest = [(-weight, key) for key, weight in weights.items() if least and weight >= least[0]]
    return [key for _, key in sorted(rest)[:most]]


def _weigh_shared(connection: Connection, pairs: Sequence[str]) -> dict[int, float]:
    """How much of the pairs each statement has that has any: rare ones weigh more. Those that are in very many are asked for by threes."""
    weights: defaultdict[int, float] = defaultdict(float)
    known = _find_common(connection, "pairs")
    asked = [pair for pair in pairs if pair not in known]
    for pair, keys in zip(asked, _fetch(connection, asked, _ENOUGH + 1), strict=True):
        if len(keys) > _ENOUGH:
            known.add(pair)
            continue
        weight = log(_MOST / max(1, len(keys)))
        for key in keys:
            weights[key] += weight
    triples = _cut_triples([pair for pair in pairs if pair in known])
    weight = 3 * log(_MOST / _ENOUGH)
    for keys in _fetch(connection, [" ".join(triple) for triple in triples], _MOST):
        for key in keys:
            weights[key] += weight
    return weights


def _find_common(connection: Connection, kind: str) -> set[str]:
    """The tokens of a database that were found to be in too many statements: they stay so, and to count them takes longest."""
    return _COMMON.setdefault(connection.engine, defaultdict(set))[kind]


def _cut_triples(pairs: Sequence[str]) -> Sequence[Sequence[str]]:
    """Common pairs that stand beside one another in the words, three together, or all where they are fewer."""
    triples = [pairs[at : at + 3] for at in range(0, max(1, len(pairs) - 2), 2)] if pairs else []
    return _spread(triples, _TRIPLES)


def _spread(items: Sequence[Any], most: int) -> Sequence[Any]:
    """At most so many items, evenly from all over."""
    return items if len(items) <= most else [items[at * len(items) // most] for at in range(most)]


def _fetch(connection: Connection, asked: Sequence[str], most: int) -> Sequence[Sequence[int]]:
    """For each of the `asked`, pairs with spaces between them, the keys of the first statements that have all of them."""
    if connection.dialect.name == "sqlite":
        return [_fetch_keys(connection, "statement_pairs", pairs, most) for pairs in asked]
    return _fetch_at_once(connection, f"{PAIRS_IN_POSTGRESQL} @> string_to_array(t.asked, ' ')", asked, most)


# --- rows ------------------------------------------------------------------------------------------------------------------


def _load(connection: Connection, names: Sequence[str], keys: Sequence[int]) -> Iterator[Row[Any]]:
    """Columns of the statements of `keys`, in their order."""
    columns = [statements.c[name] for name in names]
    for at in range(0, len(keys), _AT_ONCE):
        asked = select(*columns).where(statements.c.key.in_(keys[at : at + _AT_ONCE])).order_by(statements.c.key)
        yield from connection.execute(asked).all()


def load_told(connection: Connection, keys: Iterable[int]) -> list[Told]:
    """The statements of `keys` as they are compared, in the order in which they were stored. Those of a file that does not change (the
    execution option `unchanging`) are kept a while, with what comparing them has found out about their words.
    """
    asked = sorted(keys)
    if not connection.get_execution_options().get("unchanging"):
        return [_build_told(row) for row in _load(connection, _COLUMNS, asked)]
    kept = _KEPT.setdefault(connection.engine, {})
    known = {key: kept.pop(key) for key in asked if key in kept}
    known |= {row.key: _build_told(row) for row in _load(connection, _COLUMNS, [key for key in asked if key not in known])}
    kept |= known  # those asked for last stand last
    for old in list(islice(kept, max(0, len(kept) - _MOST_KEPT))):
        del kept[old]
    return [known[key] for key in asked if key in known]


def _build_told(row: Row[Any]) -> Told:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["statement"], values["words"] = values.pop("id"), values.pop("content")
    values["chain"] = tuple(Relay(name, medium) for name, medium in _parse_list(row.chain))
    values["through"] = tuple(Passing(name, sure) for name, sure in _parse_list(row.through))
    values["translated"] = bool(row.translated)
    return Told(**values)


def _parse_list(stored: str | None) -> list[Any]:
    parsed: list[Any] = json.loads(stored) if stored and stored != "[]" else []
    return parsed


# --- single words ----------------------------------------------------------------------------------------------------------

_RARE = 1_500  # statements with one word, up to which it tells something


def rank_near(connection: Connection, words: str, most: int) -> list[tuple[Told, float]]:
    """The statements that share the most telling of their words with `words`, the best first, and how much: the sum of the logarithms of
    how rare each shared word is.
    """
    count = connection.scalar(select(func.max(statements.c.key))) or 1
    weights: defaultdict[int, float] = defaultdict(float)
    known = _find_common(connection, "words")
    asked = [token for token in _spread(list(dict.fromkeys(find_tokens(words))), _ASKED) if token not in known]
    for token, keys in zip(asked, _fetch_words(connection, asked), strict=True):
        if len(keys) > _RARE:
            known.add(token)
            continue
        weight = log(1 + count / max(1, len(keys)))
        for key in keys:
            weights[key] += weight
    best = _find_best(weights, most)
    told = {one.key: one for one in load_told(connection, best)}
    return [(told[key], weights[key]) for key in best if key in told]


def _fetch_words(connection: Connection, asked: Sequence[str]) -> Sequence[Sequence[int]]:
    """For each of the `asked` words, the keys of the first statements whose content has it."""
    if connection.dialect.name == "sqlite":
        return [_fetch_keys(connection, "statement_words", f'content : "{token}"', _RARE + 1) for token in asked]
    return _fetch_at_once(connection, "words @@ to_tsquery('onrecord', t.asked || '\\:A')", asked, _RARE + 1)


def _fetch_at_once(connection: Connection, has: str, asked: Sequence[str], most: int) -> Sequence[Sequence[int]]:
    """The first keys of the statements of PostgreSQL for which the condition `has` holds, for each of the `asked` (`t.asked` in it)."""
    keys = f"ARRAY(SELECT key FROM statement WHERE {has} LIMIT :most)"
    every = text(f"SELECT {keys} FROM unnest(CAST(:asked AS text[])) WITH ORDINALITY AS t(asked, at) ORDER BY t.at")
    return connection.scalars(every, {"asked": list(asked), "most": most}).all()


def _fetch_keys(connection: Connection, index: str, asked: str, most: int) -> Sequence[int]:
    """The first keys that an index of SQLite finds, all of them in one value: as rows they take three times as long."""
    found = f"SELECT rowid FROM {index} WHERE {index} MATCH ? ORDER BY rowid LIMIT ?"
    keys: list[int] = json.loads(
        connection.exec_driver_sql(f"SELECT json_group_array(rowid) FROM ({found})", (asked, most)).scalar() or "[]"
    )
    return keys
