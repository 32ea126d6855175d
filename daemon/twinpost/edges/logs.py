"""Logs: one line per event, identifiers only. No name, address, subject, text or secret of anybody."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, TextIO

import structlog

_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""syslog's numbers: the journal sorts lines that begin with <4> by them (sd-daemon(3))."""

_NOISY = ("imapclient", "aiosmtplib", "apscheduler", "alembic", "sqlalchemy", "asyncio", "msal", "urllib3")
"""Libraries whose lines hold whole mails, or say nothing that an admin could use."""


def set_up(*, debug: bool = False, stream: TextIO | None = None) -> None:
    """`key=value` lines, ours and the libraries', on stderr or `stream`; the journal gets priority marks."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.PositionalArgumentsFormatter()]
    under_systemd = "JOURNAL_STREAM" in os.environ
    if not under_systemd:
        shared.append(structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    render = structlog.processors.KeyValueRenderer(key_order=["at", "level", "event"], drop_missing=True)
    last = _with_priority(render) if under_systemd else render
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("twinpost").setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)


def _with_priority(render: Any) -> Any:
    def rendered(logger: Any, name: str, event: Any) -> str:
        return f"<{_PRIORITY.get(str(event.get('level')), 6)}>{render(logger, name, event)}"

    return rendered


def log() -> Any:
    """The program's logger: `log().info("kept", messages=3)`."""
    return structlog.get_logger("twinpost")
