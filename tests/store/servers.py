"""A PostgreSQL server of the tests' own: in a temporary folder, on a Unix socket, gone when the tests are.

A system's PostgreSQL is taken if there is one (on PATH, or where Debian puts it), else the one in the `pgserver` wheel. It will not run
as root, so that it is started as the user `postgres` or `nobody` there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

_MISSING = "no PostgreSQL server programs: apt-get install postgresql, or pip install pgserver"


@dataclass(frozen=True)
class Server:
    programs: Path
    folder: Path
    as_user: tuple[str, ...]  # what commands are prefixed with

    def start(self) -> None:
        options = f"-c listen_addresses='' -c fsync=off -c max_connections=40 -k {self.folder}"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", how, "stop")

    def make_database(self, name: str) -> str:
        """The URL of a new, empty database."""
        self.sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        return f"postgresql://onrecord@/{name}?host={self.folder}"

    def drop_connections(self) -> None:
        """End every session, as an administrator would."""
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL")

    def sql(self, command: str) -> None:
        with psycopg.connect(host=str(self.folder), user="onrecord", dbname="postgres", autocommit=True) as connection:
            connection.execute(command)  # type: ignore[call-overload]

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(self.programs / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")


def find_programs() -> Path:
    """The folder of PostgreSQL's server programs."""
    beside = shutil.which("initdb")
    candidates = [Path(beside).parent] if beside else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    spec = find_spec("pgserver")
    if spec and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    for candidate in candidates:
        if (candidate / "initdb").exists() and (candidate / "pg_ctl").exists():
            return candidate
    raise RuntimeError(_MISSING)


def build_server() -> Server:
    """A new server, not started."""
    programs, folder = find_programs(), Path(tempfile.mkdtemp(prefix="onrecord-pg-"))
    as_user: tuple[str, ...] = ()
    if os.geteuid() == 0:
        user = "postgres" if "postgres" in {p.pw_name for p in pwd.getpwall()} else "nobody"
        shutil.chown(folder, user)
        folder.chmod(0o755)
        as_user = ("setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups")
    server = Server(programs, folder, as_user)
    server._run("initdb", "-D", server._data, "-U", "onrecord", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    return server


def remove_server(server: Server) -> None:
    """Stop the server, whatever state it is in, and take its files away."""
    pid = Path(server._data) / "postmaster.pid"
    if pid.exists():
        os.kill(int(pid.read_text().split()[0]), signal.SIGQUIT)
        time.sleep(0.3)  # an immediate end leaves the file there
    shutil.rmtree(server.folder, ignore_errors=True)
