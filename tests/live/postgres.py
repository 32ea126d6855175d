"""A private PostgreSQL for tests: made, started and thrown away within seconds."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from tests.live.needs import free_port, need

ACCOUNT = "twinpost"
"""The user of the database."""

WITHOUT_DISK = "-c fsync=off -c full_page_writes=off"
"""No power is cut in these tests: the server's own death loses nothing that it has handed to the system."""


def programs() -> Path:
    """The folder of Debian's newest server programs; without one the test is skipped, or fails."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        need("PostgreSQL is not installed (Debian: postgresql)")
    return found[-1].parent


def _owner() -> str | None:
    """Who runs the server where we are root: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"


class Postgres:
    """A server with an empty database, its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._bin = programs()
        self._owner = _owner()
        if self._owner:
            shutil.chown(folder, self._owner)
        encoding = ("-E", "UTF8", "--locale", "C")
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", ACCOUNT, "--no-sync", *encoding)

    def _run(self, program: str, *words: str) -> None:
        before = ["runuser", "-u", self._owner, "--"] if self._owner else []
        command = [*before, str(self._bin / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=60)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{self.port}/{database}"

    def dsn(self, database: str = "postgres") -> str:
        """The same for psycopg itself."""
        return self.url(database).replace("+psycopg", "")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} "
            f"-c max_connections=50 -c shared_buffers=32MB {WITHOUT_DISK}"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start")

    def kill(self) -> None:
        """End it as a power cut would, with all its sessions."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        for child in self._children(pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        while any(_lives(one) for one in (pid, *self._children(pid))):
            time.sleep(0.01)

    @staticmethod
    def _children(pid: int) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
        return [int(word) for word in found.stdout.split()]

    def stop(self) -> None:
        with suppress(subprocess.CalledProcessError):  # it may lie dead already
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def do(self, statement: str, database: str = "postgres") -> None:
        """One statement outside any transaction, or several."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def running() -> Iterator[Postgres]:
    """A server that is up, in a folder of its own."""
    programs()
    folder = Path(tempfile.mkdtemp(prefix="twinpost-postgres-"))
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
