"""The daemon is killed again and again while a term's letters arrive: nothing is lost or goes astray."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import pytest
from tests.live import checker, dovecot, imap_line, post, postgres, sink
from tests.live.checker import Evidence, Life
from tests.live.daemon import PASSWORD, Daemon, settings
from tests.live.dovecot import Dovecot
from tests.live.gate import Background, Gate
from tests.live.imap_line import ImapLine
from tests.live.post import Posted
from tests.live.sink import Sink
from tests.office import BOX

from twinpost.ledger.lease import SILENCE

KILLS = int(os.environ.get("TWINPOST_KILLS", "100"))
LETTERS = int(os.environ.get("TWINPOST_LETTERS", "500"))
SEED = int(os.environ.get("TWINPOST_SEED", "7"))

STARTING, PROCESSING, ANYWHERE, QUIET = "starting", "processing", "anywhere", "quiet"
AIMS = {
    STARTING: 14, PROCESSING: 14, ANYWHERE: 9,
    imap_line.SIGN_IN: 3, imap_line.OPEN: 2, imap_line.LIST: 3, imap_line.FETCH: 9,
    sink.MAIL: 8, sink.RCPT: 5, sink.DATA: 6, sink.CONTENT: 7, sink.DOT: 12, sink.ACCEPTED: 8,
}  # fmt: skip
"""Where the kills are to strike, out of a hundred."""

SMTP_GATES = (*sink.INSIDE, sink.ACCEPTED)
GATES = (*SMTP_GATES, *(stage for _, stage in imap_line.STAGES))

LANES = 2
"""`connections` in [smtp]: so many mails are on their way at the same time."""

WRITTEN_DOWN = 10.0
"""Seconds after which the daemon has surely noted that a mail was taken, however slow the machine."""

START_SECONDS = 1.5
"""A start takes about so long: kills while it starts are spread over it."""

PATIENCE = 20.0
"""Seconds after which a life in which nobody came to the gate ends all the same."""

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass
class Assassin:
    """One life after the other, each ended at an instant drawn from the aims."""

    daemon: Daemon
    store: Dovecot
    gate: Gate
    sink: Sink
    line: ImapLine
    chance: random.Random
    patience: float = PATIENCE
    dsn: str = ""  # of a ledger in PostgreSQL
    posted: list[Posted] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    def one_life(self, aim: str, letters: Sequence[list[Posted]]) -> None:
        """Start the daemon, post letters meanwhile, kill it at the aim."""
        self.sink.life = len(self.lives)
        if aim in GATES:
            self.gate.close(aim, self.chance.randint(1, 5) if aim in SMTP_GATES else 1)
        post_after = self.chance.uniform(0, START_SECONDS)
        poster = threading.Thread(target=self._post, args=(letters, post_after))
        poster.start()
        self.daemon.start()
        stands_there = self._wait_for(aim)
        self.found[aim if stands_there else self._state()] += 1
        self.daemon.kill()
        died_at = time.monotonic()
        self.gate.open()
        poster.join()
        self._bury(died_at)

    def _post(self, letters: Sequence[list[Posted]], after: float) -> None:
        time.sleep(after)
        for mail in chain.from_iterable(letters):
            self.store.deliver(mail.octets, BOX)
            self.posted.append(mail)

    def _wait_for(self, aim: str) -> bool:
        """Until the moment has come. True where the daemon stands exactly at the aim, and cannot go on."""
        if aim in GATES:
            return self.gate.reached(self.patience)
        if aim == STARTING:
            time.sleep(self.chance.uniform(0, START_SECONDS))
        elif aim == PROCESSING:
            count = self.chance.randint(1, 4)
            self._patiently(lambda: self.daemon.log().count("event='processed'") >= count)
            time.sleep(self.chance.uniform(0, 0.03))
        else:
            self._patiently(lambda: "serving" in self.daemon.log())
            time.sleep(self.chance.uniform(0, 2.0))
        return False

    def _patiently(self, condition: Callable[[], bool]) -> None:
        ends_at = time.monotonic() + self.patience
        while not condition() and time.monotonic() < ends_at:
            time.sleep(0.002)

    def _state(self) -> str:
        """What the daemon is doing, as far as it can be seen from outside."""
        visits = [visit for visit in self.sink.visits() if visit.open]
        inside = [visit.stage for visit in visits if visit.stage in sink.INSIDE]
        if inside:
            return max(inside, key=sink.INSIDE.index)
        if any(visit.stage == sink.ACCEPTED and time.monotonic() - visit.since < 0.05 for visit in visits):
            return sink.ACCEPTED
        if "serving" not in self.daemon.log():
            return STARTING
        if self.line.stage != imap_line.IDLE:
            return self.line.stage or STARTING
        return PROCESSING if self._processed() < len(self.posted) else QUIET

    def _processed(self) -> int:
        log = self.daemon.log_file.read_text(errors="replace")
        return len(set(re.findall(r"event='processed' message=(\d+)", log)))

    def _bury(self, died_at: float) -> None:
        """What the dead one had sent into the line is still taken, as it would be by a real server.

        Each lane leaves its last mail in doubt, unless that was taken long before.
        """
        visits = self.sink.visits()
        self.daemon.until(lambda: not any(visit.open for visit in visits), "the sink notices")
        late = [mail for visit in visits for mail in visit.taken if mail.at > died_at - WRITTEN_DOWN]
        self.lives.append(Life(min(LANES, len(late))))
        self._help()

    def last_life(self) -> None:
        """Serve undisturbed until nothing is left to do, and stop."""
        self.sink.life = len(self.lives)
        self.daemon.serve()
        self.daemon.until(self._at_rest, "everything is done", 180)
        assert self.daemon.stop() == 0
        self.lives.append(Life(unsettled=0))

    def _at_rest(self) -> bool:
        self._send_what_rests()
        status = self.daemon.data("status")
        for message in status["set_aside"]:
            self.found["(set aside)"] += 1
            self.daemon.tell("aside", "retry", str(message["id"]))
        done = set(status["outbox"]) <= {"sent"} and status["messages"] == {"processed": len(self.posted)}
        return done and status["next_due"] is None

    def _help(self) -> None:
        """What was being looked at in three deaths is set aside: the admin knows that it was not to blame."""
        for message in re.findall(r"event='set aside' message=(\d+)", self.daemon.log()):
            self.found["(set aside)"] += 1
            self.daemon.tell("aside", "retry", message)

    def _send_what_rests(self) -> None:
        """A mail that was on its way in three deaths rests for an hour: the admin lets it go."""
        for mail in self.daemon.data("outbox", "list"):
            if mail["state"] == "waiting" and mail["tries"] >= 3:
                self.found["(rested)"] += 1
                self.daemon.tell("outbox", "retry", str(mail["id"]))

    def account(self) -> str:
        """The histogram of the states in which it died, for the reader of the report."""
        connections = self.sink.connections
        sent = sum(len(connection.taken) for connection in connections)
        lines = [f"{len(self.posted)} mails came, {len(self.lives) - 1} times it died:"]
        lines += [f"{count:>5}  {state}" for state, count in self.found.most_common()]
        return "\n".join(
            [*lines, f"{sent} mails were handed over, {checker.copies(connections)} of them again"]
        )

    def evidence(self) -> Evidence:
        """For the checker."""
        return Evidence(
            self.posted,
            checker.mailbox(self.store.imap_port, BOX, PASSWORD),
            self.daemon.ledger,
            self.sink.connections,
            self.lives,
            post.everybody(),
            notes=self.found["(set aside)"],
            dsn=self.dsn,
        )


@contextmanager
def assassin(folder: Path, *, patience: float = PATIENCE, **ledger: str) -> Iterator[Assassin]:
    """Everything that a daemon needs to live and to die; `ledger` is its section of the configuration."""
    with dovecot.running() as store, Background() as background:
        store.add_user(BOX, PASSWORD)
        gate = Gate(background)
        sink = Sink(background, gate)
        line = ImapLine(background, gate, store.imap_port)
        quiet = {"receipt_quiet_minutes": 0.04}  # a letter is closed after half a minute
        data = settings(line.port, sink.port, limits=quiet, ledger=ledger)
        with Daemon(folder, data) as daemon:
            daemon.found(*post.exchange_files())
            dsn = ledger.get("url", "").replace("+psycopg", "")
            yield Assassin(daemon, store, gate, sink, line, random.Random(SEED), patience, dsn)


def kill(assassin: Assassin, kills: int, letters: int) -> str:
    """Kill so often while so many letters arrive; fail where anything is not as it has to be."""
    aims = assassin.chance.choices([*AIMS], [*AIMS.values()], k=kills)
    term = post.term(letters, random.Random(SEED))
    began = time.monotonic()
    for aim in aims:
        assassin.one_life(aim, [*islice(term, -(-letters // kills))])
    assassin.last_life()
    seconds = time.monotonic() - began
    if found := checker.problems(assassin.evidence()):
        pytest.fail("\n".join((assassin.account(), *found)))
    return f"{seconds:.0f} s, {assassin.account()}"


def test_a_daemon_that_is_killed_anywhere_loses_nothing_and_repeats_only_what_was_in_doubt(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with assassin(tmp_path / "office") as found:
        record_property("told", kill(found, KILLS, LETTERS))
        if KILLS >= 100:
            assert sum(found.found[stage] for stage in sink.INSIDE) >= 20


def test_a_daemon_on_postgresql_loses_as_little(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with (
        postgres.running() as server,
        assassin(
            tmp_path / "office", url=server.url(), originals="ledger/originals", patience=PATIENCE + SILENCE
        ) as found,
    ):
        record_property("told", kill(found, -(-KILLS // 10), -(-LETTERS // 10)))
