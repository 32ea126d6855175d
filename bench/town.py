"""The servers of a measurement, the office, and the bare program beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.live.dovecot import Dovecot

from bench.floor import PASSWORD
from bench.letters import ADMIN, AUTHSERV_ID, BOX, FLOOR_BOX, exchange_file
from bench.sink import Sink, running_sink

PROGRAM = Path(sys.executable).with_name("twinpost")
CONNECTIONS = 4
"""Over which the office may send at a time: an admin's choice, and worth it where much is sent."""

Program = subprocess.Popen[bytes]
APPLIED_AT_ONCE = 200


@dataclass
class Town:
    """A Dovecot with two mailboxes, a sink, and a folder for everything else."""

    dovecot: Dovecot
    sink: Sink
    folder: Path
    _filed: int = field(default=0)

    def fill(self, mails: Iterable[bytes], *boxes: str) -> int:
        """Put mails into the INBOX of each box, as delivered, past the server. Returns how many."""
        count = 0
        for octets in mails:
            self._filed += 1
            count += 1
            for box in boxes:
                self._file(self._inbox(box), octets)
        return count

    def empty(self, box: str) -> None:
        """Throw a mailbox away, its index and UIDs included."""
        shutil.rmtree(self.dovecot.folder / "mail" / box, ignore_errors=True)

    def _inbox(self, box: str) -> Path:
        inbox = self.dovecot.folder / "mail" / box
        for folder in (inbox, *(inbox / name for name in ("new", "cur", "tmp"))):
            if not folder.is_dir():
                folder.mkdir()
                _give_away(folder, inbox.parent)
        return inbox / "new"

    def _file(self, inbox: Path, octets: bytes) -> None:
        # Dovecot numbers new mails in the order of their names' first number.
        path = inbox / f"{1_700_000_000 + self._filed}.M1P1.bench,S={len(octets)},W={len(octets)}"
        path.write_bytes(octets)
        _give_away(path, inbox.parent.parent)


def _give_away(path: Path, like: Path) -> None:
    """To whom Dovecot reads mail as."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def a_town() -> Iterator[Town]:
    """Everything up; gone at the end. The folder lies where Dovecot's own user may go."""
    with tempfile.TemporaryDirectory(prefix="twinpost-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        dovecot = Dovecot(folder / "dovecot")
        (folder / "dovecot").mkdir()
        folder.chmod(0o755)
        for box in (BOX, FLOOR_BOX):
            dovecot.add_user(box, PASSWORD)
        dovecot.start()
        try:
            with running_sink(folder) as sink:
                yield Town(dovecot, sink, folder)
        finally:
            dovecot.stop()


class OfficeRun:
    """The installed program with a configuration, a ledger and originals of its own."""

    def __init__(self, town: Town, name: str) -> None:
        self.folder = town.folder / name
        self.ledger = self.folder / "twinpost.db"
        self._config = self.folder / "twinpost.toml"
        self._town = town

    def found(self, exchanges: int) -> None:
        """Configure it, apply so many exchanges, and go live."""
        self._configure()
        self._tell("db", "upgrade")
        files = []
        for number in range(exchanges):
            files.append(self.folder / f"pair-{number}.yaml")
            files[-1].write_text(exchange_file(number), encoding="utf-8")
        for start in range(0, exchanges, APPLIED_AT_ONCE):
            self._tell("exchange", "apply", "--yes", *map(str, files[start : start + APPLIED_AT_ONCE]))
        self._tell("go-live", "--yes")

    def copied_from(self, other: OfficeRun) -> None:
        """Begin where another office stood before its first letter."""
        self._configure()
        for path in other.folder.glob("twinpost.db*"):
            shutil.copy(path, self.folder)

    @contextmanager
    def running(self) -> Iterator[Program]:
        """`twinpost run`, ended with the block. Where it ended before, its log is shown."""
        with (self.folder / "daemon.log").open("w+b") as log:
            process = subprocess.Popen(
                [str(PROGRAM), "run", "--config", str(self._config)], stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                if process.poll() is not None:
                    print((self.folder / "daemon.log").read_text()[-3000:], file=sys.stderr)
                process.terminate()
                process.wait()

    def until_read(self) -> None:
        """Wait until it has looked into the mailbox and listens."""
        while self._data("status")["mailbox_read_at"] is None:
            time.sleep(0.1)

    def _configure(self) -> None:
        self.folder.mkdir()
        imap, smtp = self._town.dovecot.imap_port, self._town.sink.port
        self._config.write_text(
            f"""\
address = "{BOX}"
admin = "{ADMIN}"
timezone = "Europe/Oslo"

[imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{BOX}"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
connections = {CONNECTIONS}

[ledger]
url = "sqlite:///{self.ledger}"
originals = "{self.folder / "originals"}"

[trust]
authserv_id = "{AUTHSERV_ID}"
""",
            encoding="utf-8",
        )
        (self.folder / "imap-password").write_text(PASSWORD, encoding="utf-8")

    def _tell(self, *words: str) -> str:
        done = subprocess.run(
            [str(PROGRAM), *words, "--config", str(self._config)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"twinpost {' '.join(words[:3])}: {done.stdout}{done.stderr}")
        return done.stdout

    def _data(self, *words: str) -> Any:
        return json.loads(self._tell(*words, "--json"))


@contextmanager
def bare_program(town: Town, mode: str, count: int) -> Iterator[Program]:
    """The floor, in a folder of its own, ended with the block."""
    folder = Path(tempfile.mkdtemp(dir=town.folder, prefix="floor-"))
    words = (town.dovecot.imap_port, town.sink.port, FLOOR_BOX, folder, count)
    command = [sys.executable, "-m", "bench.floor", mode, *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.terminate()


def until_ready(program: Program) -> None:
    """Wait for the word of a bare program that watches."""
    assert program.stdout is not None
    if program.stdout.readline() != b"ready\n":
        raise RuntimeError("the bare program has ended")
