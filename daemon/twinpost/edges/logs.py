"""Logs: one line per event, identifiers only. No name, address, subject, text or secret of anybody."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog

_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""syslog's numbers: the journal sorts lines that begin with <4> by them (sd-daemon(3))."""

_NOISY = ("imapclient", "aiosmtplib", "apscheduler", "alembic", "sqlalchemy")
"""Libraries whose debug lines hold whole mails, or say nothing that an admin could use."""


def set_up(*, debug: bool = False) -> None:
    """Plain `key=value` lines on stderr; with the journal's priority marks under systemd."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING, force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    level = logging.DEBUG if debug else logging.INFO
    processors: list[Any] = [structlog.processors.add_log_level]
    if "JOURNAL_STREAM" in os.environ:
        processors.append(_journal_priority)
    else:
        processors.append(structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"))
    processors.append(
        structlog.processors.KeyValueRenderer(key_order=["at", "level", "event"], drop_missing=True)
    )
    structlog.configure(
        processors=[*processors[:-1], _prefix(processors[-1])],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _journal_priority(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    event["_mark"] = f"<{_PRIORITY.get(str(event.get('level')), 6)}>"
    return event


def _prefix(render: Any) -> Any:
    def rendered(logger: Any, name: str, event: dict[str, Any]) -> str:
        mark = event.pop("_mark", "")
        return f"{mark}{render(logger, name, event)}"

    return rendered


def log() -> Any:
    """The program's logger: `log().info("kept", messages=3)`."""
    return structlog.get_logger()
