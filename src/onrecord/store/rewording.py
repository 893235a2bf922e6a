"""Statements of a store that say the same as a given one in other words: translations and paraphrases.

Those that share its rarest words are scored by meaning (`trace.scoring`). One that scores well is taken only if each is the other's best
or nearly so: of all that is said on a subject, the versions of one utterance are nearer to one another than to the rest. One of the same
source that scores very well is taken without that, as of three translations two are nearer to each other than the third.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.engine import Connection

from onrecord.extract.vectors import measure_shared, read_meanings, weigh_word
from onrecord.store.near import rank_near
from onrecord.trace.comparing import compare
from onrecord.trace.scoring import NAMES, Profile, build_profile, load_weights, measure, score, weigh_shared
from onrecord.trace.told import Told, count_days, find_numbers, find_proper, find_tie

_NEAR = 200  # statements that are looked at: those that share the rarest words
_READ = 64  # of those, whose meaning is read: those whose words have most in common
_BEST = 3  # that may be versions, of one statement
_NEARLY = 1.0  # log-odds less than the best that is nearly as good
_DAYS = 14  # apart, at most: what is said again later in other words is said anew
_SURE = 7.5  # log-odds from which on it need not be the best, where both name one source
_REST = 0.48  # of what only one of two quotations has, that is meant in the other then
_MORE = 2.0  # log-odds that it takes more where both name one source
_SHARED = 0.8  # of what the shorter tells, that is in the longer then
_LESS = 1.0  # that it takes less where one is said to be a translation
_FEWEST = 3  # telling words that a quotation must have to be told by its meaning
_FEWEST_TOLD = 6  # the same where one of two statements is in a reporter's words
_AT_ONCE = 2  # days apart, at most, where both are in the reporters' words


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement, and the log-odds that it renders the utterance that was asked for."""

    told: Told
    log_odds: float
    shared: float  # of what the words of the shorter tell, in the longer
    rest: float  # how much of what only the one has is meant in what only the other has, of that of which less is


def find_reworded(connection: Connection, start: Told, known: Collection[int]) -> list[Told]:
    """Statements in other words of the utterance of `start`; `known` are the keys of versions that are known already."""
    if len(start.wording.core) < _FEWEST:
        return []
    near = score_near(connection, start, _may_be_version)
    likely = [s for s in near if s.told.key not in known and _is_likely(start, s)]
    sure = [s for s in likely if start.source and s.log_odds >= _SURE and s.rest >= _REST]
    nearly = [s for s in likely[:_BEST] if s not in sure and s.log_odds >= likely[0].log_odds - _NEARLY]
    return [s.told for s in (*sure, *(s for s in nearly if _is_mutual(connection, start, s, known)))]


def _is_likely(one: Told, other: Scored) -> bool:
    """Whether the words are near enough in meaning. What is said to be a translation has an original. Who is named speaks of a subject
    again and again, so that it takes more: most of what the shorter tells must be in the longer, but for quotations that score very well.
    """
    least = load_weights()[1]
    if one.translated or other.told.translated:
        return other.log_odds >= least - _LESS
    if not one.source:
        return other.log_odds >= least
    if one.kind == other.told.kind == "direct" and other.log_odds >= _SURE and other.rest >= _REST:
        return True
    return other.log_odds >= least + _MORE and other.shared >= _SHARED


def find_related(connection: Connection, start: Told, known: Collection[int], most: int) -> list[Told]:
    """Statements on the matter of `start` that are not of its utterance, the likeliest first."""
    least = load_weights()[1] - 3 * _NEARLY
    return [s.told for s in score_near(connection, start, _is_another) if s.told.key not in known and s.log_odds >= least][:most]


def score_near(connection: Connection, start: Told, allowed: Callable[[Told, Told], bool]) -> list[Scored]:
    """The statements that share its rarest words and are `allowed`, by how likely they render the same, the likeliest first."""
    near = [told for told, _ in rank_near(connection, start.words, _NEAR) if allowed(start, told)]
    mine = _build_profile(start.words)
    profiles = {told.key: _build_profile(told.words) for told in near}
    by_words = sorted(near, key=lambda told: (-sum(weigh_shared(mine, profiles[told.key])), told.key))[:_READ]
    if not by_words:
        return []
    asked, *meanings = read_meanings([start.words, *(told.words for told in by_words)])
    scored = []
    for told, meant in zip(by_words, measure_shared(asked, meanings).tolist(), strict=True):
        measures = measure(mine, profiles[told.key], meant)
        scored.append(Scored(told, score(measures), measures[NAMES.index("shared of the shorter")], min(meant[2:])))
    return sorted(scored, key=lambda s: (-s.log_odds, s.told.key))


@lru_cache(maxsize=8192)
def _build_profile(words: str) -> Profile:
    return build_profile(words, weigh_word)


def _may_be_version(one: Told, other: Told) -> bool:
    """Whether nothing but the words could speak against it: a source that is not shown to be the same, another time, other numbers, no
    name in common; or the same article, as a report that says a thing twice says it in one way. Too few words tell nothing by their
    meaning, nor do a reporter's words of nobody.
    """
    if one.document == other.document or count_days(one, other) > (_AT_ONCE if one.kind == other.kind == "indirect" else _DAYS):
        return False
    named = one.source or other.source
    if find_tie(one, other) != "same" if named else "indirect" in (one.kind, other.kind):
        return False
    fewest = _FEWEST if one.kind == other.kind == "direct" else _FEWEST_TOLD
    if min(len(one.wording.core), len(other.wording.core)) < fewest:
        return False
    numbers, names = ((find(one), find(other)) for find in (find_numbers, find_proper))
    return not (_are_different(*numbers) or (_are_different(*names) and not names[0] & names[1]))


def _are_different(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether each has something that the other has not."""
    return bool(a - b) and bool(b - a)


def _is_another(one: Told, other: Told) -> bool:
    return one.key != other.key


def _is_mutual(connection: Connection, start: Told, found: Scored, known: Collection[int]) -> bool:
    """Whether nothing else that may be one with it is nearer to the statement that was found, but those that have its very words."""
    for other in score_near(connection, found.told, _may_be_version):
        if other.log_odds <= found.log_odds + _NEARLY / 2:
            return True
        if other.told.key != start.key and other.told.key not in known and compare(found.told, other.told) is None:
            return False
    return True
