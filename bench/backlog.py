"""A mailbox full of letters: how many a second are recorded and answered with two receipts each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median

from bench.letters import BOX, FLOOR_BOX, RECEIPTS, exchanges_for, letters, mail
from bench.memory import MB, cpu_seconds, watched
from bench.report import Line, Report
from bench.town import OfficeRun, Program, Town, a_town, bare_program


@dataclass(frozen=True, slots=True)
class Run:
    """One program on the whole mailbox: seconds from its start to its last mail, its imports included."""

    seconds: float
    cpu: float
    peak: int
    growth: float  # its memory at the last mail, beside that at the tenth part of them


@dataclass(frozen=True, slots=True)
class Round:
    """Both programs on the same mails, one after the other."""

    floor: Run
    office: Run


def backlog(count: int, rounds: int) -> Report:
    """`count` letters wait in the mailbox when the program starts."""
    with a_town() as town:
        founded = OfficeRun(town, "founded")
        founded.found(exchanges_for(count))
        done = [_round(town, founded, number, count) for number in range(rounds)]

    def line(what: str, figure: Callable[[Run], float]) -> Line:
        return Line(
            what, median(figure(one.office) for one in done), median(figure(one.floor) for one in done)
        )

    return Report(
        f"{count} letters wait (median of {rounds})",
        (
            line("letters a second", lambda run: count / run.seconds),
            Line("share of the floor", _share(done), goal="≥ 0.4"),
            line("processor time, ms a letter", lambda run: 1000 * run.cpu / count),
            line("most memory, MB", lambda run: run.peak / MB),
            Line("memory, end / tenth part", max(one.office.growth for one in done), goal="flat"),
        ),
    )


def _share(done: Sequence[Round]) -> float:
    return median(one.floor.seconds / one.office.seconds for one in done)


def _round(town: Town, founded: OfficeRun, number: int, count: int) -> Round:
    for box in (BOX, FLOOR_BOX):
        town.empty(box)
        town.fill((mail(letter, box) for letter in letters(count)), box)
    office = OfficeRun(town, f"office-{number}")
    office.copied_from(founded)
    return Round(
        floor=_run(town, count, lambda: bare_program(town, "backlog", count)),
        office=_run(town, count, office.running),
    )


def _run(town: Town, count: int, program: Callable[[], AbstractContextManager[Program]]) -> Run:
    before = town.sink.count
    begun = time.monotonic()
    with program() as process, watched(process.pid) as memory:
        town.sink.until(before + RECEIPTS * count)
        cpu = cpu_seconds(process.pid)
    times = town.sink.times(before)
    early = memory.at(times[len(times) // 10])
    return Run(times[-1] - begun, cpu, memory.peak, memory.at(times[-1]) / early)
