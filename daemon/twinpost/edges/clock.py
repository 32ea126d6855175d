"""The only place that asks what time it is: this machine's clock, as the module's functions."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What a running office goes by: this module, unless whoever builds it in code brings another.

    No setting, option or variable of the environment leads to another one.
    """

    def now(self) -> datetime: ...

    def steady(self) -> float: ...


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Of Linux: goes on while the machine sleeps."""


def now() -> datetime:
    """This instant, aware, UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Seconds of a clock that nobody can set; only differences mean something."""
    return time.clock_gettime(_STEADY)
