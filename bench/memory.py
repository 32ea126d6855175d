"""How much memory a program and its children take while they work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]

PAUSE = 0.01
MB = 1_000_000


class MemoryWatch:
    """Looks every hundredth of a second; RSS in octets."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self.samples: list[tuple[float, int, int]] = []  # (moment, the program, its children)

    @property
    def peak(self) -> int:
        """The most that the program and its children took at one moment."""
        return max((own + children for _, own, children in self.samples), default=0)

    @property
    def own_peak(self) -> int:
        """The most that the program itself took."""
        return max((own for _, own, _ in self.samples), default=0)

    @property
    def children_peak(self) -> int:
        """The most that its children took."""
        return max((children for _, _, children in self.samples), default=0)

    def at(self, moment: float) -> int:
        """What the program itself took at a moment of the monotonic clock."""
        return next((own for when, own, _ in self.samples if when >= moment), self.own_peak)

    def run(self) -> None:
        """Look until `end`."""
        while not self._ended.wait(PAUSE):
            try:
                own = self._process.memory_info().rss
                children = self._process.children(recursive=True)
                self.samples.append((time.monotonic(), own, sum(map(_rss, children))))
            except psutil.Error:
                return

    def end(self) -> None:
        self._ended.set()


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has ended
        return 0


@contextmanager
def watched(pid: int) -> Iterator[MemoryWatch]:
    """Watch a program for as long as the block lasts."""
    watch = MemoryWatch(pid)
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()


def cpu_seconds(pid: int) -> float:
    """Processor time that a program and its children, also those that ended, have used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
