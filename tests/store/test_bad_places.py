"""Stores in bad places: disks full or read-only, files cut off or written over, locks held, rights missing.

What is asked each time: one line that says what is wrong and what to do, the right exit code, and a store that verifies and goes on
once the place is good again. Disks are small file systems in memory, which only root can mount; elsewhere those tests are skipped.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from onrecord.cli import main
from onrecord.errors import StoreError
from onrecord.store import Query, add, open_store, search
from onrecord.store import connect as connecting
from tests.store.servers import Server
from tests.store.test_store import Reader, count, find_wrong, outcomes

Say = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """The command line: exit code, lines of output, lines of complaint."""
    monkeypatch.setenv("COLUMNS", "200")

    def say(*arguments: str) -> tuple[int, list[str], list[str]]:
        capsys.readouterr()
        code = main(arguments)
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err.splitlines()

    return say


class Disk:
    """A file system of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.change("size=1200k", "-t", "tmpfs", "tmpfs")

    def change(self, options: str, *what: str) -> None:
        done = subprocess.run(["mount", *what, "-o", options, str(self.folder)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("file systems cannot be mounted here")

    def remove(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount file systems")
    made = Disk(tmp_path / "disk")
    yield made
    made.remove()


def write_large(folder: Path, many: int) -> None:
    """Articles of 60,000 characters that zlib does not make small."""
    for number in range(many):
        draw = random.Random(number)
        words = "".join(chr(draw.randrange(0x4E00, 0x9000)) for _ in range(60_000))
        (folder / f"large{number}.txt").write_text(f"Title {number}\n\nMara Quill said {words}.\n")


def test_a_full_disk(disk: Disk, articles: Path, reader: Reader, say: Say) -> None:
    write_large(articles, 5)
    place = str(disk.folder / "kept.db")
    code, out, err = say("add", str(articles), "--store", place)
    assert (code, len(out), len(err)) == (1, 1, 1)
    assert err == [f"onrecord: {place}: the disk is full: free some space and run the same again; nothing stored is lost"]
    added = int(out[0].split()[0])
    assert 6 <= added < 11
    code, out, _ = say("verify", "--store", place)
    assert (code, out[0].split(",")[0]) == (0, f"{added} captures")
    disk.change("remount,size=20m")
    assert say("add", str(articles), "--store", place)[1][0].startswith(f"{11 - added} added, {added} known")
    assert say("verify", "--store", place)[0] == 0


def test_a_disk_too_small_for_any_store(disk: Disk, articles: Path, reader: Reader, say: Say) -> None:
    disk.change("remount,size=16k")
    place = str(disk.folder / "kept.db")
    code, _, err = say("add", str(articles), "--store", place)
    assert (code, len(err)) == (1, 1)
    assert "the disk is full" in err[0] or "cannot be written" in err[0]
    disk.change("remount,size=20m")
    assert say("add", str(articles), "--store", place)[0] == 0
    assert say("verify", "--store", place)[0] == 0


def test_a_full_disk_of_a_server(disk: Disk, server: Server, articles: Path, reader: Reader, say: Say) -> None:
    write_large(articles, 20)
    owner = "postgres" if "postgres" in {p.pw_name for p in pwd.getpwall()} else "nobody"
    disk.change("remount,size=5m")
    for folder in (disk.folder, *disk.folder.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o755)
    shutil.chown(disk.folder, owner)
    place = server.make_database("full")
    try:
        server.sql(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
        open_store(place, make=True).close()
        for table in ("content", "reading"):
            with psycopg.connect(place) as connection:
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE small")  # type: ignore[call-overload]
        code, out, err = say("add", str(articles), "--store", place)
        assert (code, len(out), len(err)) == (1, 1, 1)
        assert err[0].endswith("the disk is full: free some space and run the same again; nothing stored is lost")
        added = int(out[0].split()[0])
        assert say("verify", "--store", place)[0] == 0
        disk.change("remount,size=60m")
        assert say("add", str(articles), "--store", place)[1][0].startswith(f"{26 - added} added, {added} known")
        assert say("verify", "--store", place)[0] == 0
    finally:
        server.drop_connections()
        server.sql('DROP DATABASE "full" WITH (FORCE)')
        server.sql("DROP TABLESPACE IF EXISTS small")


def test_a_read_only_disk(disk: Disk, articles: Path, reader: Reader, say: Say) -> None:
    """It can be searched and verified as it lies there, and not be written."""
    disk.change("remount,size=20m")
    folder = disk.folder / "odd name? 100%"
    folder.mkdir()
    place, other = str(folder / "kept.db"), str(folder / "other.db")
    assert say("add", str(articles / "0.txt"), "--store", place)[0] == 0
    disk.change("remount,ro")
    assert say("verify", "--store", place)[0] == 0
    assert say("search", "robbery", "--store", place, "--csv")[1][1:]
    code, out, err = say("add", str(articles), "--store", place)
    assert (code, out) == (1, [f"1 known: {place}"])
    assert err == [f"onrecord: {place}: the store cannot be written: check who owns the file and its folder"]
    assert say("add", str(articles), "--store", other)[::2] == (
        1,
        [f"onrecord: {other}: the file cannot be opened or made: check the folder and its permissions"],
    )
    disk.change("remount,rw")
    assert say("add", str(articles), "--store", place)[0] == 0
    assert say("verify", "--store", place)[0] == 0


def test_a_read_only_file(tmp_path: Path, articles: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """For root every file can be written, so that SQLite is told to refuse."""
    place = str(tmp_path / "kept.db")
    store = open_store(place, make=True)
    list(add(store, [str(articles / "0.txt")]))
    store.close()
    real = sqlite3.connect
    monkeypatch.setattr("sqlite3.dbapi2.connect", lambda path, **given: real(f"{Path(path).as_uri()}?mode=ro", uri=True, **given))
    store = open_store(place)
    with pytest.raises(StoreError, match="the store cannot be written: check who owns"):
        list(add(store, [str(articles)]))
    assert len(list(search(store, Query(words="robbery")))) == 1
    assert find_wrong(store) == []
    store.close()


RIGHTS = {
    "a read-only database": ('ALTER DATABASE "{0}" SET default_transaction_read_only = on', "the database is read-only, or this user is"),
    "a user without rights": ('GRANT CONNECT ON DATABASE "{0}" TO onlooker', "this user lacks the rights to its tables"),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_a_server_that_may_not_be_written(name: str, server: Server, articles: Path, reader: Reader, say: Say) -> None:
    command, words = RIGHTS[name]
    database = "rights" + str(len(name))
    place = server.make_database(database)
    assert say("add", str(articles / "0.txt"), "--store", place)[0] == 0
    server.sql("DO $$BEGIN CREATE ROLE onlooker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$")
    server.sql(command.format(database))
    limited = place.replace("onrecord@", "onlooker@") if "onlooker" in command else place
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker")
    code, out, err = say("add", str(articles), "--store", limited)
    assert (code, len(out), len(err)) == (1, 1, 1)
    assert words in err[0]
    assert say("verify", "--store", limited)[0] == 0
    server.sql(f'ALTER DATABASE "{database}" SET default_transaction_read_only = off')
    assert say("add", str(articles), "--store", place)[0] == 0
    assert say("verify", "--store", place)[0] == 0


HOLD = """import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
input()"""


def test_locked_by_another_process(place: str, articles: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_WAIT", 0.2)
    store = open_store(place, make=True, wait=0.2)
    started = time.monotonic()
    if store.is_sqlite:
        with subprocess.Popen([sys.executable, "-c", HOLD, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            with pytest.raises(StoreError, match="another process keeps the store locked: try again when it is done"):
                list(add(store, [str(articles)]))
            process.communicate(b"\n")
    else:
        with psycopg.connect(place) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [connecting._LOCK])
            with pytest.raises(StoreError, match="another process keeps the store locked: try again when it is done"):
                list(add(store, [str(articles)]))
    assert time.monotonic() - started < 20
    assert find_wrong(store) == []
    assert outcomes(list(add(store, [str(articles)]))) == ["added"] * 6
    assert find_wrong(store) == []
    store.close()


# --- files that were cut off or written over ---------------------------------------------------------------------------


def _write_over(at: float, many: int) -> Callable[[bytes], bytes]:
    def change(held: bytes) -> bytes:
        start = int(len(held) * at)
        return held[:start] + random.Random(at).randbytes(many) + held[start + many :]

    return change


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda held: held[: len(held) // 2],
    "cut after a page": lambda held: held[:4096],
    "cut within a page": lambda held: held[:-1000],
    "cut in its head": lambda held: held[:50],
    "nothing left": lambda held: b"",
    "another head": _write_over(0, 100),
    "garbage at the start": _write_over(0.001, 20_000),
    "garbage in the middle": _write_over(0.5, 5_000),
    "garbage at the end": lambda held: held[:-9000] + random.Random(1).randbytes(9000),
    "garbage behind": lambda held: held + random.Random(2).randbytes(5_000),
    "zeros": lambda held: held[: len(held) // 3] + bytes(len(held) - len(held) // 3),
    **{f"spots {seed}": (lambda held, seed=seed: _spot(held, seed)) for seed in range(12)},
}


def _spot(held: bytes, seed: int) -> bytes:
    draw, changed = random.Random(seed), bytearray(held)
    for _ in range(30):
        changed[draw.randrange(100, len(held))] = draw.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("name", HARMS)
def test_harmed_files(name: str, tmp_path: Path, articles: Path, reader: Reader, say: Say) -> None:
    place = tmp_path / "kept.db"
    assert say("add", str(articles), "--store", str(place))[0] == 0
    place.write_bytes(HARMS[name](place.read_bytes()))
    code, out, err = say("verify", "--store", str(place))
    assert code in (0, 1) if name == "garbage behind" or name.startswith("spots") else code in (1, 2), out + err
    assert len(err) == (not out)
    (articles / "later.txt").write_text("Later\n\nMara Quill said it rained.\n")
    code, out, err = say("add", str(articles), "--store", str(place))
    assert len(err) <= 1, err
    assert code == bool(err), out + err
    assert not any("unexpected" in line for line in err), err
    for arguments in (("search", "robbery"), ("show", "00"), ("reread",)):
        code, _, err = say(*arguments, "--store", str(place))
        assert len(err) <= 1, err
        assert not any("unexpected" in line for line in err), err


def test_a_log_of_changes_that_was_deleted(tmp_path: Path, articles: Path, reader: Reader, say: Say) -> None:
    """What was only in SQLite's -wal file is gone; what is left is whole, says so, and can be added to. An earlier head shows the loss."""
    place, left = str(tmp_path / "kept.db"), str(tmp_path / "left.db")
    store = open_store(place, make=True)
    list(add(store, [str(articles / "0.txt")]))
    store.close()
    store = open_store(place)
    assert outcomes(list(add(store, [str(articles)]))) == ["known"] + ["added"] * 5
    assert Path(f"{place}-wal").stat().st_size
    shutil.copy(place, left)  # without its -wal, as if that had been deleted after a kill
    head = say("verify", "--store", place)[1][-1].split()[4]
    store.close()
    code, out, _ = say("verify", "--store", left)
    assert (code, out[0].split(",")[0]) == (0, "1 capture")
    code, out, _ = say("verify", "--store", left, "--head", head)
    assert code == 1
    assert "the store was cut back" in out[0]
    assert say("add", str(articles), "--store", left)[1][0].startswith("5 added, 1 known")
    assert say("verify", "--store", left)[0] == 0
    store = open_store(left)
    assert count(store)["document"] == 6
    store.close()


def test_exit_code_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "onrecord", "verify", "--store", str(tmp_path / "none.db")], capture_output=True, check=False
    )
    assert done.returncode == 2
