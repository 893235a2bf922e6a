"""What the store promises, on both databases: nothing twice, nothing lost, nothing changed, and back as it went in."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from onrecord.capture import build_capture
from onrecord.cli import main
from onrecord.errors import OnRecordError, StoreError, UsageError
from onrecord.pipeline import read
from onrecord.store import Checked, Kept, Query, Store, add, add_captures, load_report, open_store, reread, search, verify
from onrecord.store.connect import describe
from onrecord.store.digests import clean, pack, unpack
from onrecord.store.keep import load_reading
from onrecord.store.migrations import STEPS, migrate
from onrecord.store.schema import (
    APPEND_ONLY,
    audit,
    capture,
    content,
    document,
    exchange,
    judgement,
    log,
    migration,
    observation,
    reading,
    review,
    stamp,
    statement,
)
from onrecord.store.values import format_report, parse_report
from onrecord.types import Report, Skipped
from tests.invented import build_report
from tests.store.servers import Server
from tests.store.stand_in import read_stand_in

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
OWN = [name for name, _ in STEPS]
Reader = Callable[[str], None]


def count(store: Store) -> dict[str, int]:
    with store.looking() as connection:
        tables = (content, capture, document, reading, statement, log)
        return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def find_wrong(store: Store) -> list[str]:
    return [f"{finding.where}: {finding.what}" for finding in verify(store, Checked())]


def outcomes(kept: list[Kept]) -> list[str]:
    return [k.outcome for k in kept]


def test_adding_again_changes_nothing(filled: Store, articles: Path) -> None:
    before = count(filled)
    assert before == {"content": 6, "capture": 6, "document": 6, "reading": 6, "statement": 6, "log": 12}
    assert outcomes(list(add(filled, [str(articles)]))) == ["known"] * 6
    assert count(filled) == before
    assert find_wrong(filled) == []


def test_same_bytes_elsewhere_are_one_document(filled: Store, articles: Path) -> None:
    (articles / "again.txt").write_bytes((articles / "0.txt").read_bytes())
    assert outcomes(list(add(filled, [str(articles / "again.txt")]))) == ["known"]
    assert count(filled) == {"content": 6, "capture": 7, "document": 6, "reading": 6, "statement": 6, "log": 13}
    assert find_wrong(filled) == []


def test_same_bytes_twice_in_one_call(store: Store, reader: Reader, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text("Title\n\nMara Quill said it rained.\n")
    assert outcomes(list(add(store, [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]))) == ["added", "known"]
    assert find_wrong(store) == []


def test_bad_documents_are_skipped_with_the_reason(store: Store, articles: Path, reader: Reader) -> None:
    (articles / "3.txt").write_text("bad")
    kept = list(add(store, [str(articles)]))
    assert outcomes(kept) == ["added"] * 3 + ["skipped"] + ["added"] * 2
    assert kept[3].reason == "a PDF; convert it to text first"
    assert outcomes(list(add(store, [str(articles / "3.txt")], force=True))) == ["added"]


def test_captures_from_elsewhere(store: Store, reader: Reader) -> None:
    page = build_capture(b"Title\n\nMara Quill said it rained.\n", "http://x.example/", url="http://x.example/", media_type="text/plain")
    given = [page, Skipped("http://y.example/", "no answer")]
    assert outcomes(list(add_captures(store, given))) == ["added", "skipped"]
    with store.looking() as connection:
        row = connection.execute(select(capture)).one()
    assert (row.url, row.media_type) == ("http://x.example/", "text/plain")
    assert page.captured is not None
    assert row.captured == page.captured.isoformat()


DAYS = {  # what the page says, the days given one after the other, and what becomes of each
    "a day, then another": ("", [date(2022, 1, 1), date(2022, 1, 2)], ["added", "added"], "2022-01-02"),
    "none, then a day": ("", [None, date(2022, 1, 1)], ["added", "added"], "2022-01-01"),
    "a day, then none": ("", [date(2022, 1, 1), None], ["added", "known"], "2022-01-01"),
    "a day, and the same": ("", [date(2022, 1, 1), date(2022, 1, 1)], ["added", "known"], "2022-01-01"),
    "the page has one": ("Published: 2021-05-05\n", [None, date(2022, 1, 1)], ["added", "known"], "2021-05-05"),
}


@pytest.mark.parametrize("name", DAYS)
def test_given_days(store: Store, reader: Reader, tmp_path: Path, name: str) -> None:
    line, days, expected, published = DAYS[name]
    path = tmp_path / "a.txt"
    path.write_text(f"Title\n{line}\nMara Quill said it rained.\n")
    assert [next(add(store, [str(path)], published=day)).outcome for day in days] == expected
    assert [hit.published for hit in search(store, Query(words="rained"))] == [published]
    assert [hit.published for hit in search(store, Query(words="rained", articles=True))] == [published]
    assert find_wrong(store) == []


def test_reread(filled: Store, reader: Reader) -> None:
    assert list(reread(filled)) == []
    reader("2")
    assert outcomes(list(reread(filled))) == ["reread"] * 6
    assert outcomes(list(reread(filled))) == []
    assert count(filled) == {"content": 6, "capture": 6, "document": 6, "reading": 12, "statement": 6, "log": 18}
    with filled.looking() as connection:
        assert sorted(connection.scalars(select(reading.c.reader))) == ["1"] * 6 + ["2"] * 6
    assert [hit.source for hit in search(filled, Query(words='"number 3"'))] == ["Mara Quill"]
    assert len(list(search(filled, Query(words="robbery", articles=True)))) == 6
    assert find_wrong(filled) == []


def test_two_writers(place: str, articles: Path, reader: Reader) -> None:
    open_store(place, make=True).close()
    found: list[list[str]] = []

    def write() -> None:
        store = open_store(place, make=True)
        found.append(outcomes(list(add(store, [str(articles)]))))
        store.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(o for each in found for o in each) == ["added"] * 6 + ["known"] * 12
    store = open_store(place)
    assert find_wrong(store) == []
    store.close()


def test_reports_come_back_as_they_went_in(store: Store) -> None:
    source = EXAMPLES / "harbour-offer.html"
    (kept,) = add(store, [str(source)])
    report, statement_id = load_report(store, f"{kept.document}/s3")
    assert (report, statement_id) == (read(str(source)), "s3")


@pytest.mark.parametrize("report", [build_report(), read_stand_in(build_capture("Ä\0\n\nMé said é\ud800.\n".encode("utf-8", "replace")))])
def test_payloads(report: Report) -> None:
    assert parse_report(format_report(report)) == report


@given(st.text())
def test_cleaned_text_can_be_stored(words: str) -> None:
    assert "\0" not in clean(words).encode().decode()
    assert unpack(pack(words.encode("utf-8", "surrogatepass"))).decode("utf-8", "surrogatepass") == words


def test_odd_characters_are_kept(store: Store, reader: Reader) -> None:
    page = build_capture("Na\0me\n\nMara Quïll said it r\0ained, 雨 too.\n".encode(), "odd\udcff.txt")
    assert outcomes(list(add_captures(store, [page]))) == ["added"]
    assert [hit.source for hit in search(store, Query(source="quill"))] == ["Mara Quïll"]
    assert find_wrong(store) == []
    report, _ = load_report(store, page.sha256[:8])
    assert report == read_stand_in(page)


@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda t: t.name)
@pytest.mark.parametrize("command", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_append_only_tables_refuse(filled: Store, table: object, command: str) -> None:
    name, column = str(table), next(iter(table.c)).name  # type: ignore[attr-defined]
    with filled.writing() as connection:
        connection.execute(insert(stamp).values(id="ab" * 32, seq=1, head="cd" * 32, authority="x", time="2022", token=b"x"))
        connection.execute(insert(exchange).values(id="ab" * 32, records=b"x"))
        seen = {"url": "x", "time": "2022", "method": "page", "status": "absent", "reason": "404"}
        connection.execute(insert(observation).values(id="ab" * 32, **seen))
        decided = {"kind": "join", "a": "x", "b": "y", "by": "z", "at": "2022", "note": ""}
        connection.execute(insert(judgement).values(id="ab" * 32, **decided))
        connection.execute(insert(review).values(id="ab" * 32, subject="x", verdict="accept", by="z", at="2022", note=""))
        connection.execute(insert(audit).values(at="2022", who="x", what="y", where="z", detail=""))
    with pytest.raises(StoreError, match=f"{name} is append-only"), filled.writing() as connection:
        connection.execute(text(command.format(name, column)))


def allow_changes(store: Store) -> None:
    """What somebody with the database in hand can do."""
    with store.writing() as connection:
        for table in APPEND_ONLY:
            for event in ("update", "delete"):
                on = "" if store.is_sqlite else f" ON {table.name}"
                connection.execute(text(f"DROP TRIGGER {table.name}_no_{event}{on}"))
        connection.execute(text("PRAGMA foreign_keys")) if store.is_sqlite else None


CHANGES = {  # what is done by hand, and what verify says
    "bytes": ("UPDATE content SET packed = :packed WHERE sha256 = :first", "the bytes were changed: their SHA-256 is"),
    "damaged bytes": ("UPDATE content SET packed = :rubbish WHERE sha256 = :first", "the bytes cannot be unpacked"),
    "a place": ("UPDATE capture SET location = 'x' WHERE content = :first", "location was changed: 'x' is stored"),
    "a clock": ("UPDATE capture SET captured = '1999' WHERE content = :first", "captured was changed: '1999' is stored"),
    "a report": ("UPDATE reading SET packed = :rubbish WHERE document = :first", "the report cannot be unpacked"),
    "a reader": ("UPDATE reading SET reader = '0' WHERE document = :first", "reader was changed: '0' is stored, '1' was logged"),
    "a statement": ("UPDATE statement SET source = 'Nobody' WHERE document = :first", "source was changed: 'Nobody' is stored"),
    "a statement gone": ("DELETE FROM statement WHERE document = :first", "0 statements can be searched, the report has 1"),
    "an entry": (
        "UPDATE log SET entry = replace(entry, 'capture', 'kapture') WHERE seq = 3",
        "log entry 3: was changed: its hash is another",
    ),
    "an entry gone": ("DELETE FROM log WHERE seq = 3", "log entry 4: entries 3 to 3 are missing before it"),
    "a reading gone": ("DELETE FROM reading WHERE document = :first", "is in the log and no longer in the store"),
    "the log's end gone": ("DELETE FROM log WHERE seq = 12", "is not in the log"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_verify_says_what_is_wrong(filled: Store, name: str) -> None:
    command, words = CHANGES[name]
    allow_changes(filled)
    with filled.writing() as connection:
        first = connection.scalar(select(capture.c.content).where(capture.c.location.like("%0.txt")))
        given = {"first": first, "packed": pack(b"other"), "rubbish": b"rubbish"}
        connection.execute(text(command), {k: v for k, v in given.items() if f":{k}" in command})
    wrong = find_wrong(filled)
    assert any(words in line for line in wrong), wrong
    assert len(wrong) <= 6, wrong


def test_verify_reslices_spans(filled: Store) -> None:
    with filled.writing() as connection:
        row = connection.execute(select(reading).limit(1)).one()
        changed = unpack(bytes(row.packed)).replace(b'"text":"Mara Quill"', b'"text":"Mara Quilt"')
        connection.execute(reading.update().where(reading.c.id == row.id).values(packed=pack(changed)))
    wrong = find_wrong(filled)
    assert sum("the span 11 to 21 is not 'Mara Quilt'" in line for line in wrong) == 2, wrong
    assert sum("the report was changed: its SHA-256 is" in line for line in wrong) == 1, wrong


def test_verify_knows_an_earlier_head(filled: Store) -> None:
    checked = Checked()
    assert list(verify(filled, checked)) == []
    assert list(verify(filled, Checked(), head=checked.head)) == []
    (finding,) = verify(filled, Checked(), head="ab" * 32)
    assert "is not in it" in finding.what


def test_verify_tells_how_far_it_is(filled: Store) -> None:
    seen: list[tuple[int, int]] = []
    assert list(verify(filled, Checked(watch=lambda done, total: seen.append((done, total))))) == []
    assert seen == [(done, 30) for done in range(1, 31)]


def test_verify_has_a_bar_on_a_terminal(
    filled: Store, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--store", place]) == 0
    plain = capsys.readouterr()
    assert plain.err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")  # what rich takes for a terminal
    assert main(["verify", "--store", place]) == 0
    shown = capsys.readouterr()
    assert shown.out == plain.out
    assert "verifying" in shown.err


def test_a_newer_store_is_refused(filled: Store, place: str) -> None:
    with filled.writing() as connection:
        connection.execute(insert(migration).values(name="0099_later", at="2030"))
    for make in (True, False):
        with pytest.raises(StoreError, match="made by a newer onrecord \\(step 0099_later\\)"):
            open_store(place, make=make)


def test_somebody_elses_database_is_refused(place: str) -> None:
    store = open_store(place, make=True)
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE migration RENAME TO other"))
    store.close()
    with pytest.raises(StoreError, match="not a store of onrecord"):
        open_store(place, make=True)


@pytest.mark.parametrize("place", ["", ":memory:", "mysql://somewhere"])
def test_what_is_no_place_of_a_store(place: str) -> None:
    with pytest.raises(UsageError, match="not a store"):
        open_store(place, make=True)


def test_an_older_store_takes_the_steps_that_it_lacks(store: Store) -> None:
    def change(connection: object) -> None:
        connection.execute(text("ALTER TABLE document ADD COLUMN later TEXT"))  # type: ignore[attr-defined]

    steps = (*STEPS, ("0099_later", change))
    with store.writing() as connection:
        migrate(connection, "here", steps)
        assert sorted(connection.scalars(select(migration.c.name))) == [*OWN, "0099_later"]
        migrate(connection, "here", steps)  # and none twice


def test_a_step_that_fails_leaves_nothing(store: Store) -> None:
    def fail(connection: object) -> None:
        connection.execute(text("ALTER TABLE document ADD COLUMN later TEXT"))  # type: ignore[attr-defined]
        raise RuntimeError

    with pytest.raises(RuntimeError), store.writing() as connection:
        migrate(connection, "here", (*STEPS, ("0099_later", fail)))
    with store.looking() as connection:
        assert sorted(connection.scalars(select(migration.c.name))) == OWN
    with pytest.raises(StoreError), store.looking() as connection:
        connection.execute(text("SELECT later FROM document"))


def test_nothing_stored_yet(place: str) -> None:
    with pytest.raises(UsageError, match=r"no such store|nothing is stored"):
        open_store(place)


def test_a_server_that_goes_away_is_waited_for(server: Server, articles: Path, reader: Reader) -> None:
    store = open_store(server.make_database("gone"), make=True)
    adding = add(store, [str(articles)])
    assert next(adding).outcome == "added"
    server.drop_connections()
    assert next(adding).outcome == "added"
    server.stop()
    threading.Timer(0.7, server.start).start()
    assert outcomes(list(adding)) == ["added"] * 4
    assert find_wrong(store) == []
    store.close()


def test_a_server_that_stays_away(server: Server, articles: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["onrecord.store.add"], "_PAUSES", (0.01, 0.01))
    place = server.make_database("away")
    store = open_store(place, make=True)
    adding = add(store, [str(articles)])
    assert next(adding).outcome == "added"
    server.stop()
    with pytest.raises(StoreError, match="the database does not answer") as caught:
        list(adding)
    server.start()
    assert caught.value.again
    assert "\n" not in str(caught.value)
    assert outcomes(list(add(store, [str(articles)])))[0] == "known"
    assert find_wrong(store) == []
    store.close()


def test_a_locked_file(tmp_path: Path, articles: Path, reader: Reader) -> None:
    place = str(tmp_path / "kept.db")
    one, other = open_store(place, make=True), open_store(place, make=True, wait=0.1)
    with one.writing(), pytest.raises(StoreError, match="another process keeps the store locked"):
        list(add(other, [str(articles)]))
    one.close()
    other.close()


def test_a_full_disk(tmp_path: Path, articles: Path, reader: Reader) -> None:
    (articles / "3.txt").write_bytes(
        ("Title\n\nMara Quill said " + "".join(chr(0x4E00 + i * 7919 % 20000) for i in range(60_000)) + ".").encode()
    )
    store = open_store(str(tmp_path / "kept.db"), make=True)
    with store.looking() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    from sqlalchemy import event

    event.listen(store.engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count = {pages + 12}"))
    store.engine.dispose()
    adding = add(store, [str(articles)])
    with pytest.raises(StoreError, match="the disk is full: free some space"):
        list(adding)
    store.close()
    again = open_store(str(tmp_path / "kept.db"))
    assert count(again)["document"] == 3
    assert find_wrong(again) == []
    assert outcomes(list(add(again, [str(articles)]))) == ["known"] * 3 + ["added"] * 3
    again.close()


def test_a_damaged_file(tmp_path: Path, articles: Path, reader: Reader) -> None:
    place = tmp_path / "kept.db"
    store = open_store(str(place), make=True)
    list(add(store, [str(articles)]))
    store.close()
    held = bytearray(place.read_bytes())
    page = held.rindex(b"Quill") // 4096 * 4096  # one of those that hold statements
    held[page : page + 4096] = bytes(4096)
    place.write_bytes(held)
    damaged = open_store(str(place))
    assert find_wrong(damaged)
    damaged.close()


PLACES = {
    "a folder": (".", "a folder: give a file's path"),
    "no such file": ("none.db", "no such store: make it with onrecord add"),
    "a web page": ("http://x.example/", "not a store: give a file's path or a postgresql:// URL"),
    "a password": ("mysql://me:secret@x/y", "mysql://…@x/y: not a store"),
    "no server": ("postgresql://me:secret@/none?host=/nowhere", r"postgresql://me:\*\*\*@/none.*the database does not answer"),
}


@pytest.mark.parametrize("name", PLACES)
def test_places(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place, words = PLACES[name]
    with pytest.raises(OnRecordError, match=words) as caught:
        open_store(place)
    assert "secret" not in str(caught.value)


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("These are notes and not a database at all. " * 40)
    with pytest.raises(StoreError, match="not a store of onrecord"):
        open_store(str(tmp_path / "notes.db"), make=True)


COMPLAINTS = {
    "attempt to write a readonly database": "cannot be written: check who owns",
    "disk I/O error": "the disk cannot be written or read",
    "unable to open database file": "the file cannot be opened or made",
    "something\nnew": "the database complains: something new",
    'could not extend file "base/1": No space left on device': "the disk is full",
    "canceling statement due to lock timeout": "another process keeps the store locked",
}


@pytest.mark.parametrize("words", COMPLAINTS)
def test_complaints(words: str) -> None:
    error = describe(DBAPIError("SELECT 1", None, Exception(words)), "kept.db")
    assert COMPLAINTS[words] in str(error)
    assert not error.again


def test_a_reading_that_is_gone_says_so(filled: Store) -> None:
    with filled.writing() as connection:
        key, name = connection.execute(select(reading.c.id, reading.c.document).limit(1)).one()
        connection.execute(reading.update().where(reading.c.id == key).values(packed=b"x"))
    with pytest.raises(StoreError, match="the stored report is damaged"):
        load_report(filled, name)
    with filled.looking() as connection, pytest.raises(ValueError, match="cannot be unpacked"):
        load_reading(connection, key)


def test_captures_differ_by_where_they_were_found() -> None:
    from onrecord.store.rows import build_capture_row

    page = build_capture(b"x", "a")
    assert build_capture_row(page)["id"] == build_capture_row(replace(page, captured=None))["id"]
    assert build_capture_row(page)["id"] != build_capture_row(replace(page, location="b"))["id"]
