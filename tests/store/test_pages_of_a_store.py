"""What the pages ask of a store: its state and newest documents, what is repeated, receipts, facets, reviews; on both databases."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from onrecord.errors import StoreError, UsageError
from onrecord.store import (
    Checked,
    Query,
    Store,
    add,
    check_receipt,
    count_facets,
    find_document,
    find_doubtful,
    find_doubtful_joins,
    find_latest,
    find_repeated,
    find_state,
    judge,
    load_content,
    load_receipt,
    load_reviews,
    open_store,
    read_reviews,
    reread,
    review,
    search,
    verify,
)
from onrecord.store.migrations import STEPS
from onrecord.store.schema import migration

TEXTS = {
    "a": "Fees\nPublished: 2022-03-17\n\nMara Quill said the harbour fees were daylight robbery by the council.\n",
    "b": "Fees again\nPublished: 2022-01-02\n\nMara Quill said nobody had asked her. Oswin Pell said nothing would change.\n",
    "c": "Undated\n\nQuill said boats would not charge a fee.\n",
}


@pytest.fixture
def kept(store: Store, reader: Callable[[str], None], tmp_path: Path) -> Store:
    for name, words in TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(words)
    list(add(store, [str(tmp_path / f"{name}.txt") for name in TEXTS]))
    return store


@pytest.fixture
def subject(kept: Store) -> str:
    return next(iter(search(kept, Query(words="robbery")))).id


def test_state(store: Store, kept: Store) -> None:
    state = find_state(kept)
    assert (state.entries, state.documents, state.statements) == (6, 3, 4)
    assert len(state.head) == 64


def test_an_empty_store_has_a_state(store: Store) -> None:
    assert find_state(store).head == "0" * 64
    assert find_latest(store) == find_repeated(store) == find_doubtful(store) == find_doubtful_joins(store) == ()
    assert count_facets(store, Query()).total == 0


def test_latest(kept: Store) -> None:
    listed = find_latest(kept)
    assert [(each.title, each.statements) for each in listed] == [("Undated", 1), ("Fees again", 2), ("Fees", 1)]
    assert [each.title for each in find_latest(kept, before=listed[1].key)] == ["Fees"]
    assert [each.title for each in find_latest(kept, limit=1)] == ["Undated"]


def test_repeated(store: Store, reader: Callable[[str], None], tmp_path: Path) -> None:
    for number in range(4):
        words = "the northern breakwater would be rebuilt in limestone" if number else "something else entirely about the weather station"
        (tmp_path / f"{number}.txt").write_text(f"Piece {number}\nPublished: 2022-03-1{number}\n\nMara Quill said {words}.\n")
    list(add(store, [str(tmp_path)]))
    with store.writing() as connection:
        connection.execute(text("UPDATE statement SET outlet = 'Herald ' || key"))
    (repeated,) = find_repeated(store)
    assert (repeated.versions, repeated.articles) == (3, 3)
    assert repeated.to_dict()["source"] == "Mara Quill"


def test_documents_by_their_beginning(kept: Store) -> None:
    full = find_latest(kept)[0].document
    assert find_document(kept, full[:6]) == find_document(kept, f"sha256:{full.upper()}") == full
    for wrong in ("", "zzzz", "0", "f" * 65, "0" * 12, "\0\0\0\0"):
        with pytest.raises(UsageError):
            find_document(kept, wrong)


def test_receipt(kept: Store) -> None:
    document = find_latest(kept)[0].document
    receipt = load_receipt(kept, document[:8])
    assert (receipt.document, receipt.sha256, receipt.length) == (document, document, 6)
    assert [capture.seq for capture in receipt.captures] == [5]
    assert [(reading.seq, reading.is_current) for reading in receipt.readings] == [(6, True)]
    assert receipt.to_dict()["document"] == f"sha256:{document}"
    assert load_content(kept, document)[0].decode() == TEXTS["c"]
    assert all(check.ok for check in check_receipt(kept, document))


@pytest.mark.parametrize(
    ("table", "change", "what"),
    [
        ("content", "UPDATE content SET packed = :other", "the captured bytes"),
        ("capture", "UPDATE capture SET location = 'elsewhere'", "the capture of elsewhere"),
        ("reading", "UPDATE reading SET packed = :other", "the report of"),
        ("reading", "UPDATE reading SET reader = 'another'", "the reading of"),
        ("log", "UPDATE log SET previous = hash WHERE seq = 5", "the capture of"),
        ("log", "UPDATE log SET entry = 'torn' WHERE seq = 5", "the capture of"),
        ("log", "UPDATE log SET entry = '[]' WHERE seq = 5", "the capture of"),
        ("logged", "UPDATE logged SET seq = 6 WHERE seq = 5", "the capture of"),
        ("logged", "UPDATE logged SET seq = 3 WHERE seq = 5", "the capture of"),
        ("logged", "DELETE FROM logged WHERE seq = 6", "the reading of"),
    ],
)
def test_receipt_of_what_was_changed(kept: Store, table: str, change: str, what: str) -> None:
    document = find_latest(kept)[0].document
    with kept.writing() as connection:
        drop = f"DROP TRIGGER IF EXISTS {table}_no_update" + ("" if kept.is_sqlite else f" ON {table}")
        connection.execute(text(drop))
        connection.execute(text(change), {"other": zlib.compress(b"other words")} if ":other" in change else {})
    wrong = [check for check in check_receipt(kept, document) if not check.ok]
    assert any(check.what.startswith(what) for check in wrong), wrong
    assert list(verify(kept, Checked()))


def test_facets(kept: Store) -> None:
    facets = count_facets(kept, Query(words="mara"))
    assert (facets.total, facets.is_capped) == (2, False)
    assert facets.counts["source"] == (("Mara Quill", 2),)
    assert facets.counts["year"] == (("2022", 2),)
    assert count_facets(kept, Query(source="pell")).total == 1
    assert count_facets(kept, Query(words="fees", articles=True)).counts["outlet"] == (("The Strait Observer", 3),)
    assert facets.to_dict()["counts"]["medium"] == [{"value": "Twitter", "hits": 2}]


# --- reviews ---------------------------------------------------------------------------------------------------------------


def test_reviews(kept: Store, subject: str) -> None:
    first = review(kept, subject, "reject", by="Ana", note="a caption\0")
    second = review(kept, subject, "mend", mended={"source": "Oswin Pell", "content": [[0, 4], [6, 9]], "certainty": -1}, by="Mara")
    document, statement = subject.split("/")
    assert load_reviews(kept, document) == {statement: (first, second)}
    assert list(read_reviews(kept)) == [first, second]
    assert second.to_dict()["mended"] == {"source": "Oswin Pell", "content": [[0, 4], [6, 9]], "certainty": -1}
    checked = Checked()
    assert not list(verify(kept, checked))
    assert checked.counts["reviews"] == 2


def test_reviews_stay_after_reading_anew(kept: Store, reader: Callable[[str], None], subject: str) -> None:
    review(kept, subject, "accept", by="Ana")
    reader("2")
    list(reread(kept))
    assert [said.verdict for said in load_reviews(kept, subject[:12])[subject[13:]]] == ["accept"]


def test_reviews_cannot_be_changed(kept: Store, subject: str) -> None:
    review(kept, subject, "accept", by="Ana")
    for command in ("UPDATE review SET verdict = 'reject'", "DELETE FROM review"):
        with pytest.raises(Exception, match="append-only"), kept.writing() as connection:
            connection.execute(text(command))


@pytest.mark.parametrize(
    ("verdict", "mended", "words"),
    [
        ("praise", None, "not a verdict"),
        ("mend", None, "what is mended goes with the verdict mend"),
        ("accept", {"source": "Ana"}, "goes with the verdict mend"),
        ("mend", {"sauce": "Ana"}, "sauce: cannot be mended"),
        ("mend", {"source": " "}, "source: give up to"),
        ("mend", {"source": 3}, "source: give up to"),
        ("mend", {"kind": "shouted"}, "kind: give one of direct"),
        ("mend", {"certainty": 4}, "certainty: give a number"),
        ("mend", {"certainty": True}, "certainty"),
        ("mend", {"certainty": float("nan")}, "certainty"),
        ("mend", {"content": []}, "content: give spans"),
        ("mend", {"content": [[4, 2]]}, "content"),
        ("mend", {"content": [[0, 4], [2, 6]]}, "content"),
        ("mend", {"content": [[0, 100_000]]}, "content"),
        ("mend", {"content": "all"}, "content"),
        ("mend", {"content": [[0, True]]}, "content"),
    ],
)
def test_no_review(kept: Store, subject: str, verdict: str, mended: dict[str, object] | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        review(kept, subject, verdict, mended=mended, by="Ana")  # type: ignore[arg-type]
    assert not list(read_reviews(kept))


@pytest.mark.parametrize("subject_given", ["0123456789ab/s1", "nothing", "", "{document}", "{document}/s99"])
def test_no_such_statement(kept: Store, subject: str, subject_given: str) -> None:
    with pytest.raises(UsageError):
        review(kept, subject_given.format(document=subject[:12]), "accept", by="Ana")


def test_doubtful(kept: Store, subject: str) -> None:
    assert not find_doubtful(kept)
    doubtful = find_doubtful(kept, below=0.95)
    assert len(doubtful) == 4
    assert [told.id for told in find_doubtful(kept, below=0.95, before=doubtful[1].key)] == [told.id for told in doubtful[2:]]
    review(kept, subject, "accept", by="Ana")
    assert subject not in {told.id for told in find_doubtful(kept, below=0.95)}


def test_doubtful_joins(kept: Store) -> None:
    joins = find_doubtful_joins(kept)
    assert joins
    assert {join.name for join in joins} <= {"Mara Quill", "Quill"}
    for join in joins:
        judge(kept, "split", join.a.id, join.b.id, by="Ana")
    assert not {(j.a.id, j.b.id) for j in joins} & {(j.a.id, j.b.id) for j in find_doubtful_joins(kept)}


def make_older(store: Store) -> None:
    """Take back what the last step brought."""
    with store.writing() as connection:
        for table in ("token", "session", "review", "account", "audit", "logged"):
            connection.execute(text(f"DROP TABLE {table}"))
        for index in ("statement_document", "statement_doubtful"):
            connection.execute(text(f"DROP INDEX {index}"))
        connection.execute(text("CREATE INDEX ix_statement_document ON statement (document)"))
        connection.execute(migration.delete().where(migration.c.name == "0006_people"))


def test_an_older_store_whose_log_was_damaged(place: str, kept: Store, subject: str) -> None:
    make_older(kept)
    with kept.writing() as connection:
        connection.execute(text("DROP TRIGGER log_no_update" + ("" if kept.is_sqlite else " ON log")))
        connection.execute(text("UPDATE log SET entry = 'torn' WHERE seq = 5"))
    reopened = open_store(place)
    try:
        assert {finding.where for finding in verify(reopened, Checked())} >= {"log entry 5"}
        assert [check.ok for check in check_receipt(reopened, find_latest(reopened)[0].document)].count(False) == 1
    finally:
        reopened.close()


def test_an_older_store_is_brought_up_to_date(place: str, kept: Store, subject: str) -> None:
    make_older(kept)
    reopened = open_store(place)
    try:
        with reopened.looking() as connection:
            assert set(connection.scalars(select(migration.c.name))) == {name for name, _ in STEPS}
        assert all(check.ok for check in check_receipt(reopened, subject[:12]))
        assert load_receipt(reopened, subject[:12]).captures[0].seq
        review(reopened, subject, "accept", by="Ana")
        assert not list(verify(reopened, Checked()))
    finally:
        reopened.close()


def test_a_store_of_a_newer_version(place: str, kept: Store) -> None:
    with kept.writing() as connection:
        connection.execute(insert(migration).values(name="0099_later", at="2030"))
    with pytest.raises(StoreError, match="newer onrecord"):
        open_store(place)
