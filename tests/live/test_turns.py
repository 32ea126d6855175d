"""Two daemons, one ledger in PostgreSQL: one works, the other waits and takes over, and neither steps on the
other's toes. And a PostgreSQL that dies again and again.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pytest
from tests.live import checker, dovecot, post, postgres
from tests.live.checker import Evidence, Life
from tests.live.daemon import PASSWORD, Daemon, settings
from tests.live.dovecot import Dovecot
from tests.live.gate import Background, Gate
from tests.live.post import Posted
from tests.live.postgres import Postgres
from tests.live.sink import DATA, Sink
from tests.live.supervisor import Supervisor
from tests.office import BOX

DEATHS = int(os.environ.get("TWINPOST_POSTGRES_DEATHS", "20"))
SEED = int(os.environ.get("TWINPOST_SEED", "7"))

LETTERS = 100
LANES = 2
REST = 120.0
"""Seconds until a letter's closing is done as well."""

TAKEOVER = 30.0
"""Seconds, on a machine that has other things to do; what is promised is ten."""

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class Machine:
    """A daemon with an outgoing server of its own, so that it can be told who sent what."""

    daemon: Daemon
    gate: Gate
    sink: Sink
    supervisor: Supervisor

    def status(self) -> str:
        """What it has told its supervisor last."""
        return [line for line in self.supervisor.lines() if line.startswith("STATUS=")][-1]

    def waits(self) -> bool:
        lines = self.supervisor.lines()
        return "READY=1" in lines and self.status().startswith("STATUS=waiting: another daemon works")


@dataclass
class Pair:
    """Machines that share a mailbox, a ledger and a folder of originals."""

    folder: Path
    store: Dovecot
    database: Postgres
    machines: Sequence[Machine]
    posted: list[Posted] = field(default_factory=list)

    def post(self, letters: Sequence[Sequence[Posted]]) -> None:
        for mail in chain.from_iterable(letters):
            self.store.deliver(mail.octets, BOX)
            self.posted.append(mail)

    @contextmanager
    def posting(self, letters: Sequence[Sequence[Posted]]) -> Iterator[None]:
        """Letters arrive while the block runs."""
        poster = threading.Thread(target=self.post, args=(letters,))
        poster.start()
        yield
        poster.join()

    def rest(self, machine: Machine) -> None:
        """Until nothing is left to do, a letter's closing included."""
        machine.daemon.until(lambda: self._at_rest(machine), "everything is done", REST)

    def _at_rest(self, machine: Machine) -> bool:
        status = machine.daemon.data("status")
        done = set(status["outbox"]) <= {"sent"} and status["messages"] == {"processed": len(self.posted)}
        return done and status["next_due"] is None

    def problems(self, *lives: Life) -> list[str]:
        """What the checker finds; `lives` are numbered as the sinks were told."""
        evidence = Evidence(
            self.posted,
            checker.mailbox(self.store.imap_port, BOX, PASSWORD),
            self.folder / "shared" / "no-file.db",
            [connection for machine in self.machines for connection in machine.sink.connections],
            lives,
            post.everybody(),
            dsn=self.database.dsn(),
        )
        return checker.problems(evidence)


@contextmanager
def a_machine(stack: ExitStack, folder: Path, number: int, store: Dovecot, url: str) -> Iterator[Machine]:
    background = stack.enter_context(Background())
    gate = Gate(background)
    sink = Sink(background, gate)
    sink.life = number
    data = settings(
        store.imap_port,
        sink.port,
        ledger={"url": url, "originals": str(folder / "shared" / "originals")},
        limits={"receipt_quiet_minutes": 0.04},
    )
    with tempfile.TemporaryDirectory() as short, Daemon(folder / f"machine-{number}", data) as daemon:
        listening = Supervisor(Path(short) / "notify")
        daemon.environment["NOTIFY_SOCKET"] = f"{short}/notify"
        yield Machine(daemon, gate, sink, listening)
        listening.close()


@contextmanager
def sharing(folder: Path, count: int) -> Iterator[Pair]:
    """So many machines, founded and live, none of them started."""
    (folder / "shared").mkdir()
    with ExitStack() as stack:
        store = stack.enter_context(dovecot.running())
        store.add_user(BOX, PASSWORD)
        database = stack.enter_context(postgres.running())
        machines = [
            stack.enter_context(a_machine(stack, folder, number, store, database.url()))
            for number in range(count)
        ]
        machines[0].daemon.found(*post.exchange_files())
        yield Pair(folder, store, database, machines)


def letters(count: int) -> list[list[Posted]]:
    return list(post.term(count, random.Random(SEED)))


def test_when_the_one_dies_the_other_takes_over_and_nothing_is_lost_or_doubled(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with sharing(tmp_path, 2) as pair:
        one, two = pair.machines
        one.daemon.serve()
        two.daemon.start()
        two.daemon.until(two.waits, "the second waits")
        holder = one.daemon.data("status")["daemon"]
        assert one.daemon.process
        assert (holder["pid"], holder["number"]) == (one.daemon.process.pid, 1)
        with pair.posting(letters(LETTERS)):
            one.daemon.until(lambda: len(one.sink.taken()) > LETTERS, "the first is in the middle")
            one.daemon.kill()
            died_at = time.monotonic()
            two.daemon.until(lambda: two.sink.taken(), "the second sends", TAKEOVER)
            seconds = two.sink.taken()[0].at - died_at
        late = [mail for mail in one.sink.taken() if mail.at > died_at - 10.0]
        pair.rest(two)
        assert pair.problems(Life(min(LANES, len(late))), Life(0)) == []
        assert two.daemon.data("status")["daemon"]["number"] == 2
    record_property("told", f"the first died, and {seconds:.1f} s later the second sent a mail")


def test_who_stood_still_sends_nothing_any_more_and_waits_for_its_turn(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """It is stopped when it has announced a mail and is about to be told to hand it over."""
    term = letters(40)
    with sharing(tmp_path, 2) as pair:
        one, two = pair.machines
        one.daemon.serve()
        two.daemon.start()
        two.daemon.until(two.waits, "the second waits")
        one.gate.close(DATA)
        with pair.posting(term[:30]):
            assert one.gate.reached(30)
            one.daemon.signal(signal.SIGSTOP)
            stopped_at = time.monotonic()
            two.daemon.until(lambda: two.sink.taken(), "the second sends", TAKEOVER)
            seconds = two.sink.taken()[0].at - stopped_at
        pair.rest(two)
        before = one.sink.taken()
        one.gate.open()
        one.daemon.signal(signal.SIGCONT)
        one.daemon.until(one.waits, "the first waits in its turn")
        pair.post(term[30:35])
        pair.rest(two)
        assert one.sink.taken() == before
        assert two.daemon.stop() == 0
        one.daemon.until(lambda: one.daemon.log().count("serving") == 2, "the first serves again", TAKEOVER)
        pair.post(term[35:])
        pair.rest(one)
        assert len(one.sink.taken()) > len(before)
        # What the first had handed over in its last moments it may not have written down.
        assert pair.problems(Life(LANES), Life(0)) == []
    record_property(
        "told", f"the first stood still, and {seconds:.1f} s later the second sent its first mail"
    )


def test_who_is_stopped_again_and_again_leaves_the_work_to_the_other(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with sharing(tmp_path, 2) as pair:
        one, two = pair.machines
        one.daemon.serve()
        two.daemon.start()
        two.daemon.until(two.waits, "the second waits")
        working, waiting = one, two
        term = letters(60)
        for number in range(4):
            served = waiting.daemon.log().count("serving")
            waiting.sink.life = number + 1
            with pair.posting(term[number * 15 : number * 15 + 15]):
                time.sleep(chance.uniform(0, 1.5))
                working.daemon.signal(signal.SIGSTOP)
                waiting.daemon.until(
                    lambda w=waiting, s=served: w.daemon.log().count("serving") > s, "it serves", TAKEOVER
                )  # type: ignore[misc]
                before = working.sink.taken()
                working.daemon.signal(signal.SIGCONT)
            working.daemon.until(working.waits, "it waits")
            assert working.sink.taken() == before
            working, waiting = waiting, working
        pair.rest(working)
        assert pair.problems(*[Life(LANES)] * 5) == []


def test_a_postgresql_that_dies_again_and_again_costs_nothing_but_time(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    began = time.monotonic()
    with sharing(tmp_path, 1) as pair:
        (machine,) = pair.machines
        machine.daemon.serve()
        term = letters(DEATHS * 10)
        for number in range(DEATHS):
            with pair.posting(term[number * 10 : number * 10 + 10]):
                time.sleep(chance.uniform(0.1, 2.5))
                pair.database.kill()
                time.sleep(chance.uniform(0, 1.0) if chance.random() < 0.8 else 8.0)
                pair.database.start()
        pair.rest(machine)
        assert pair.problems(Life(0)) == []
        assert machine.daemon.stop() == 0
        sent = len(machine.sink.taken())
    seconds = time.monotonic() - began
    record_property(
        "told", f"{seconds:.0f} s: PostgreSQL died {DEATHS} times, {sent} mails were sent once each"
    )
