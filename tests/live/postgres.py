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
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from tests.live.needs import free_port, need

ACCOUNT = "twinpost"
"""The user of the database."""

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": 50,
    "shared_buffers": "32MB",
    # No power is cut in these tests: the server's own death loses nothing that it has handed to the system.
    "fsync": "off",
    "full_page_writes": "off",
}
PATIENCE = 60.0


def programs() -> Path:
    """The folder of Debian's newest server programs; without one the test is skipped, or fails."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        need("PostgreSQL is not installed (Debian: postgresql)")
    return found[-1].parent


def _as_owner() -> dict[str, Any]:
    """For subprocess, who runs the server where we are root: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    owner = accounts.get("postgres") or accounts["nobody"]
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


class Postgres:
    """A server with an empty database, its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._data = folder / "data"
        self._bin = programs()
        self._owner = _as_owner()
        self._process: subprocess.Popen[bytes] | None = None
        if self._owner:
            os.chown(folder, self._owner["user"], self._owner["group"])
        words = ("-A", "trust", "-U", ACCOUNT, "--no-sync", "-E", "UTF8", "--locale", "C")
        command = [str(self._bin / "initdb"), "-D", str(self._data), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=60, **self._owner)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{self.port}/{database}"

    def dsn(self, database: str = "postgres") -> str:
        """The same for psycopg itself."""
        return self.url(database).replace("+psycopg", "")

    def start(self) -> None:
        """Start it, and wait until it takes connections. Raises RuntimeError with its last words."""
        options = {**OPTIONS, "port": self.port, "unix_socket_directories": self.folder}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(self._data), *words]
        log = self.folder / "log"
        with log.open("ab") as file:
            self._process = subprocess.Popen(command, stdout=file, stderr=file, cwd="/", **self._owner)
        ends_at = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends_at:
                raise RuntimeError(f"PostgreSQL does not come up:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn()).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would, with all its sessions."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)  # else it would have new children for the dead ones
        for child in psutil.Process(self._process.pid).children():
            child.kill()
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> None:
        """End it at once, with all its sessions; it may lie dead already."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(PATIENCE)

    def do(self, statement: str, database: str = "postgres") -> None:
        """One statement outside any transaction, or several."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


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
