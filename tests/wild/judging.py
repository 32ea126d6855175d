"""Takes mutants through the daemon's own stations, one after the other, and keeps what became of each."""

from __future__ import annotations

import json
import resource
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from tests.ledgers import SQLITE, Choice
from tests.office import EXCHANGE, KARI, LUC, OLA, PDF, Office, an_office, the
from tests.wild.mutants import ANSWERED, all_seeds, mutant

from twinpost.app.explain import as_json
from twinpost.app.process import Processed, process
from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import Place
from twinpost.core.model.people import Directory
from twinpost.ledger import journal, people
from twinpost.ledger.tables import messages

MOST_SECONDS = 2.0
"""Of processor time, the reading child's included."""
MOST_MEMORY = 256 * 1024
"""Kilobytes resident, in this process or in a reading child."""
EVERY_SO_MANY = 50
"""Mutants after which a good letter shows that the office is well."""

_IN_MEMORY = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)
"""No mutant is worth waiting for a disk."""

NEXT = 1_000_000_000
_NEXT_LETTER = b"""\
Authentication-Results: mx.school.example; dmarc=pass header.from=ecole-lyon.example
From: Luc Martin <luc@ecole-lyon.example>
To: letters@school.example
Cc: kari@fagerborg.example
Subject: Letter 4 from CM2 Lyon to 7B Oslo
Message-ID: <next@ecole-lyon.example>
Date: Thu, 8 Oct 2026 09:15:00 +0200

here it is
"""

WITH_PUPILS = EXCHANGE.replace("{name: Ana Berg}", "{name: Ana Berg, email: ana@pupils.fagerborg.example}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant. `trouble` is empty, or what went wrong."""

    number: int
    kind: str
    seconds: float
    memory: int  # kilobytes: the most that this process or a child of its has ever needed, so far
    trouble: str = ""


def judge(
    folder: Path, numbers: Sequence[int], octets_of: Callable[[int], bytes], every: int = EVERY_SO_MANY
) -> Iterator[Verdict]:
    """Each numbered mail by itself, in an office in the middle of its year; `every` so many a good letter."""
    with a_busy_office(folder) as (office, answered), office.engine.connect() as connection:
        connection.begin()
        directory = people.load_directory(connection)
        for number in numbers:
            octets = octets_of(number).replace(ANSWERED, answered)
            begun = _processor_time()
            kind, trouble = _verdict(office, connection, directory, number, octets)
            if not trouble and number % every == 0:
                _, trouble = _verdict(office, connection, directory, NEXT, _NEXT_LETTER)
            seconds = _processor_time() - begun
            if not trouble and seconds > MOST_SECONDS:
                trouble = f"it took {seconds:.1f} s"
            if not trouble and (memory := most_memory()) > MOST_MEMORY:
                trouble = f"it took {memory} kB of memory"
            yield Verdict(number, kind, seconds, most_memory(), trouble)


def judge_row(seed: int, numbers: Sequence[int], database: str = SQLITE) -> list[Verdict]:
    """The mutants of one seed with these numbers, in an office of their own with a ledger of this kind."""
    Choice.database = database
    with TemporaryDirectory(prefix="twinpost-wild-", dir=_IN_MEMORY) as folder:
        return list(judge(Path(folder), numbers, lambda number: mutant(seed, number, all_seeds())))


@contextmanager
def a_busy_office(folder: Path) -> Iterator[tuple[Office, bytes]]:
    """An office in which letters have arrived, with an open question, and the Message-ID of that."""
    with an_office(folder) as office:
        office.apply(WITH_PUPILS)
        office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", cc=[LUC], files=[("letter-1.pdf", PDF)])
        office.receive(LUC, "Lettre 1 de CM2 Lyon", cc=[OLA], files=[("lettre.pdf", PDF)])
        unclear = office.receive(KARI, "Letter from Toronto", files=[("letter-2.pdf", PDF)])
        yield office, office.message_id(the(unclear.told, "which-letter", KARI)).encode()


def most_memory() -> int:
    """Kilobytes: the most that this process or one of its children ever had resident.

    Its own is read from /proc: what getrusage tells begins with what the process that started it had.
    """
    status = Path("/proc/self/status").read_text("ascii")
    own = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return max(int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _processor_time() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _verdict(
    office: Office, connection: sa.Connection, directory: Directory, number: int, octets: bytes
) -> tuple[str, str]:
    """The mail's kind, and what went wrong on the way to it."""
    savepoint = connection.begin_nested()
    try:
        done = _processed(office, connection, directory, number, octets)
        json.dumps(as_json("mutant.eml", done))
        if trouble := _record_trouble(connection, done):
            return "", trouble
        if number == NEXT and done.sorted.kind is not Kind.LETTER:
            return "", f"the next letter is {done.sorted.kind}: {done.decision.because}"
        return (done.decision.sorted or done.sorted).kind.value, ""
    except Exception:
        return "", traceback.format_exc()
    finally:
        savepoint.rollback()
        office.house.vault.path(sha256(octets).hexdigest()).unlink(missing_ok=True)


def _processed(
    office: Office, connection: sa.Connection, directory: Directory, uid: int, octets: bytes
) -> Processed:
    """As the daemon does it: kept, read, then everything that follows."""
    name = office.house.vault.put(octets)
    place = Place("INBOX", 7, uid + 1)
    journal.keep(connection, [journal.Arrival(place, name, len(octets), office.now)], office.now)
    reading = office.house.reader.read(name, octets)
    kept = journal.by_hash(connection, name)
    return process(connection, office.house, directory, kept, reading, office.now)


def _record_trouble(connection: sa.Connection, done: Processed) -> str:
    """Whether the journal says exactly once what became of the mail."""
    rows = connection.execute(
        sa.select(messages.c.state, messages.c.kind).where(messages.c.sha256 == done.kept.sha256)
    ).all()
    kinds = {kind.value for kind in Kind}
    fine = len(rows) == 1 and rows[0].state == "processed" and rows[0].kind in kinds
    return "" if fine else f"the journal says {rows}"
