"""A private PostgreSQL for tests: made, started and thrown away within seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.needs import free_port

ACCOUNT = "postgres"


def programs() -> Path | None:
    """The folder of Debian's newest server programs, or None where there is no PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _run(*command: str | Path) -> None:
    """As its own account where we are root: the server refuses to run as root."""
    before = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    subprocess.run([*before, *map(str, command)], check=True, capture_output=True, cwd="/", timeout=60)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database on a free port of loopback. Raises FileNotFoundError without a server."""
    bin_ = programs()
    if bin_ is None:
        raise FileNotFoundError("PostgreSQL is not installed (Debian: postgresql)")
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="twinpost-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT)
    data = folder / "data"
    _run(bin_ / "initdb", "-D", data, "-A", "trust", "-U", ACCOUNT, "--no-sync", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    try:
        _run(bin_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{port}/postgres"
    finally:
        _run(bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
