"""The installed program in a folder of its own: configured, started, stopped, killed, and asked."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.office import BOX, EXCHANGE

from twinpost.edges.rule_file import load_rules
from twinpost.edges.shipped import shipped

PROGRAM = Path(sys.executable).with_name("twinpost")
ADMIN = "it@school.example"
PASSWORD = "blåbær og brunost"
QUIET = "quiet-rules"
"""A folder of rules that switches the shipped ones off: what they send depends on today's date."""

PATIENCE = 60.0
"""Seconds until something that did not happen is a failure; nothing here is that slow."""

PRIVATE = (
    *("Kari Nordmann", "Ola Hansen", "Luc Martin", "Nordmann", "Ana Berg", "Zoé Petit"),
    *("7B Oslo", "CM2 Lyon", "Oslo and Lyon write", "Letter 1 from", "Dear Luc", "here you are", ".pdf"),
    PASSWORD,
)
"""What the tests' mails, exchanges and sign-ins say, and no log may."""

ADDRESS = re.compile(r"[\w.+-]+@(?!school\.example)[\w-]+\.[\w.-]+")
URL = re.compile(r"\w+(?:\+\w+)?://\S+")
"""Anybody's address but those of the configuration."""

Settings = Mapping[str, Any]


def settings(imap_port: int, smtp_port: int, **changes: Settings) -> dict[str, Any]:
    """A configuration for servers on this machine; `changes` are added to its sections."""
    sections: dict[str, Any] = {
        "imap": {"host": "127.0.0.1", "port": imap_port, "security": "none", "user": BOX, "poll_seconds": 5},
        "smtp": {"host": "127.0.0.1", "port": smtp_port, "security": "none"},
        "ledger": {"url": "sqlite:///ledger/twinpost.db"},
        "trust": {"authserv_id": "mx.school.example"},
        "limits": {"answers_per_hour": 1000, "answers_per_day": 10_000, "receipt_quiet_minutes": 0.02},
    }
    top = {
        "address": BOX,
        "admin": ADMIN,
        "timezone": "Europe/Oslo",
        "rules": QUIET,
        **changes.pop("top", {}),
    }
    return {**top, **{name: {**section, **changes.get(name, {})} for name, section in sections.items()}}


def toml(data: Settings) -> str:
    """Plain data as TOML; JSON writes strings, numbers and truth in the same way."""
    tables = {name: value for name, value in data.items() if isinstance(value, dict)}
    lines = [f"{name} = {_value(value)}" for name, value in data.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _timed(condition: Callable[[], object]) -> bool:
    """Whether it is true; if not, after a rest."""
    began = time.monotonic()
    if condition():
        return True
    time.sleep(max(0.01, time.monotonic() - began))
    return False


class Daemon:
    """`twinpost run` with the configuration in `folder`, through as many lives as the test wants."""

    def __init__(self, folder: Path, data: Settings, password: str = PASSWORD) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "twinpost.toml"
        self.ledger = folder / "ledger" / "twinpost.db"
        self.log_file = folder / "daemon.log"
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process: subprocess.Popen[bytes] | None = None
        self.configure(data)
        self.set_password(password)
        self.ledger.parent.mkdir(exist_ok=True)
        (folder / QUIET).mkdir(exist_ok=True)
        off = "".join(f"  - {{id: {rule.id}, enabled: false}}\n" for rule in load_rules(shipped("rules")))
        (folder / QUIET / "off.yaml").write_text(f"rules:\n{off}", encoding="utf-8")

    def configure(self, data: Settings) -> None:
        """Write the configuration; a running daemon learns of it by `hang_up`."""
        self.config.write_text(toml(data), encoding="utf-8")

    def set_password(self, password: str) -> None:
        """What the daemon tells the mailbox server from its next sign-in on."""
        (self.folder / "imap-password").write_text(f"{password}\n", encoding="utf-8")

    def found(self, *exchanges: str, live: bool = True) -> None:
        """Make the ledger, apply the exchanges (oslo-lyon if none is given), and go live."""
        self.tell("db", "upgrade")
        files = []
        for number, text in enumerate(exchanges or (EXCHANGE,)):
            files.append(self.folder / f"exchange-{number}.yaml")
            files[-1].write_text(text, encoding="utf-8")
        self.tell("exchange", "apply", "--yes", *map(str, files))
        if live:
            self.tell("go-live", "--yes")

    # -- the other commands ----------------------------------------------------------------------

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the program beside the daemon."""
        command = [str(PROGRAM), *words, "--config", str(self.config)]
        environment = {name: value for name, value in self.environment.items() if name != "NOTIFY_SOCKET"}
        return subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, env=environment, check=False
        )

    def tell(self, *words: str) -> str:
        """Run a command that has to succeed. Returns what it said on stdout."""
        done = self.ask(*words)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def data(self, *words: str) -> Any:
        """What a command says as JSON."""
        return json.loads(self.tell(*words, "--json"))

    # -- lives -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a life, without waiting for anything."""
        assert self.process is None, "it is running already"
        with self.log_file.open("ab") as log:
            self._log_from = log.tell()
            command = [str(PROGRAM), "run", "--config", str(self.config)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)

    def serve(self) -> None:
        """Begin a life, and wait until it says that it serves."""
        self.start()
        self.until(lambda: "serving" in self.log(), "the daemon serves")

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Ask it to read its configuration anew."""
        self.signal(signal.SIGHUP)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)
        self.wait()

    def terminate(self) -> None:
        """Ask it to end, as systemd does."""
        self.signal(signal.SIGTERM)

    def stop(self, seconds: float = PATIENCE) -> int:
        """Ask it to end, and wait until it has. Returns its exit code."""
        self.terminate()
        return self.wait(seconds)

    def wait(self, seconds: float = PATIENCE) -> int:
        """Until it has ended by itself. Returns its exit code."""
        assert self.process is not None
        code = self.process.wait(seconds)
        self.process = None
        return code

    def end(self) -> None:
        """For the end of a test, whatever state it is in."""
        if self.process is not None:
            self.kill()

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
        if error[0] is None:
            assert self.betrayed() == [], "the log tells what it must not"

    def betrayed(self, private: Sequence[str] = ()) -> list[str]:
        """What the log, in all lives, tells of anybody: lines with a name, an address, a text, a password."""
        if not self.log_file.exists():
            return []
        text = self.log_file.read_text("utf-8", "replace")
        lines = URL.sub("…", text).splitlines()  # "postgresql://twinpost@127.0.0.1" names nobody
        words = (*PRIVATE, *private)
        return [line for line in lines if ADDRESS.search(line) or any(word in line for word in words)]

    # -- looking on ------------------------------------------------------------------------------

    def log(self) -> str:
        """What it has said in this life."""
        with self.log_file.open("rb") as log:
            log.seek(self._log_from)
            return log.read().decode("utf-8", "replace")

    def until(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait for `condition`; fail with the end of the log when it does not come true.

        Between looks it rests as long as one takes: a command of the program is a second's work.
        """
        ends_at = time.monotonic() + seconds
        while not _timed(condition):
            if time.monotonic() > ends_at:
                pytest.fail(
                    f"{what}: did not happen within {seconds:.0f} s. The log ends with:\n{self.log()[-3000:]}"
                )
