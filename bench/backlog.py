"""A mailbox full of letters: how many a second are recorded and answered with two receipts each."""

from __future__ import annotations

import signal
import time
from statistics import median
from typing import Any

from bench.letters import BOX, FLOOR_BOX, RECEIPTS, exchanges_for, letters, mail
from bench.memory import cpu_seconds, watched
from bench.town import OfficeRun, Town, a_town, start_floor, wait_for

MB = 1_000_000


def backlog(count: int, rounds: int, profile: str = "") -> dict[str, Any]:
    """`count` letters wait; the clock runs from the start of the process to the last receipt.

    `profile` is a command, with its words parted by blanks, that runs the office.
    """
    with a_town() as town:
        first = OfficeRun(town, "founded")
        first.found(exchanges_for(count))
        results = [_round(town, first, number, count, profile) for number in range(rounds)]
    return {
        "letters": count,
        "rounds": results,
        "office_per_second": median(result["office_per_second"] for result in results),
        "floor_per_second": median(result["floor_per_second"] for result in results),
        "ratio": median(result["ratio"] for result in results),
        "peak_mb": max(result["peak_mb"] for result in results),
        "growth": max(result["growth"] for result in results),
    }


def _round(town: Town, founded: OfficeRun, number: int, count: int, profile: str) -> dict[str, Any]:
    for box in (BOX, FLOOR_BOX):
        town.empty(box)
        town.fill((mail(letter, box) for letter in letters(count)), box)
    floor_seconds, floor_cpu = _floor(town, count)
    office = OfficeRun(town, f"office-{number}")
    office.copied_from(founded)
    before = town.sink.count
    wanted = before + RECEIPTS * count
    begun = time.monotonic()
    process = office.start(*profile.split())
    with watched(process.pid) as memory:
        wait_for(lambda: town.sink.count >= wanted or office.has_ended(process), "every receipt")
        cpu = cpu_seconds(process.pid)
        process.send_signal(signal.SIGINT)
        process.wait()
    times = town.sink.times(before)
    if len(times) != RECEIPTS * count:
        raise RuntimeError(f"{len(times)} receipts instead of {RECEIPTS * count}: {office.status()}")
    seconds = times[-1] - begun
    early, late = memory.at(times[len(times) // 10]), memory.at(times[-1])
    return {
        "office_per_second": count / seconds,
        "floor_per_second": count / floor_seconds,
        "ratio": floor_seconds / seconds,
        "office_cpu_ms": 1000 * cpu / count,
        "floor_cpu_ms": 1000 * floor_cpu / count,
        "first_receipt": times[0] - begun,
        "peak_mb": memory.peak / MB,
        "growth": late / early,
    }


def _floor(town: Town, count: int) -> tuple[float, float]:
    """Seconds until the bare program has answered everything, and its processor time."""
    before = town.sink.count
    begun = time.monotonic()
    process = start_floor(town, "backlog", count)
    cpu = 0.0
    while process.poll() is None:
        cpu = max(cpu, cpu_seconds(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError("the bare program failed")
    return town.sink.times(before)[-1] - begun, cpu
