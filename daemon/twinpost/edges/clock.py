"""The only place that asks what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Of Linux: goes on while the machine sleeps."""


def now() -> datetime:
    """This instant, aware, UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Seconds of a clock that nobody can set; only differences mean something."""
    return time.clock_gettime(_STEADY)
