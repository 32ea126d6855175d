"""How much memory large letters take, in the office and its children."""

from __future__ import annotations

from bench.letters import BOX, FLOOR_BOX, RECEIPTS, Letter, mail
from bench.memory import MB, MemoryWatch, watched
from bench.report import Line, Report
from bench.town import OfficeRun, Program, Town, a_town, bare_program

LARGE = 35 * MB
PASSED_ON = 24 * MB
"""Just below what may go on in one mail."""

_IN_BASE64 = 0.73
"""Octets of a file in each octet of a mail that carries it."""


def large() -> Report:
    """A letter of 35 MB is received, then one of 24 MB passed on to a teacher who was not in copy."""
    with a_town() as town:
        office = OfficeRun(town, "office")
        office.found(1)
        with office.running() as process:
            office.until_read()
            received = _peak(town, process, _letter(1, LARGE, copied=True))
            passed_on = _peak(town, process, _letter(2, PASSED_ON, copied=False))
        floor = _floor_peak(town)
    return Report(
        "Large letters: most memory, MB",
        (
            Line("35 MB: the office and its child", received.peak / MB, floor.peak / MB, "≤ 350"),
            Line("the office", received.own_peak / MB),
            Line("the child", received.children_peak / MB),
            Line("24 MB passed on: the office and its child", passed_on.peak / MB),
        ),
    )


def _letter(number: int, octets: int, *, copied: bool, box: str = BOX) -> bytes:
    return mail(Letter(0, number, there=True), box, files=(int(octets * _IN_BASE64),), copied=copied)


def _peak(town: Town, process: Program, octets: bytes) -> MemoryWatch:
    wanted = town.sink.count + RECEIPTS
    with watched(process.pid) as memory:
        town.dovecot.deliver(octets, BOX)
        town.sink.until(wanted)
    return memory


def _floor_peak(town: Town) -> MemoryWatch:
    town.fill([_letter(1, LARGE, copied=True, box=FLOOR_BOX)], FLOOR_BOX)
    wanted = town.sink.count + RECEIPTS
    with bare_program(town, "backlog", 1) as process, watched(process.pid) as memory:
        town.sink.until(wanted)
    return memory
