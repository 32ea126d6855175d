"""`twinpost once`: process what is there, send what is due, and exit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from twinpost.cli.opening import become_service_user, settings_for
from twinpost.cli.output import config_option, counted, emit, json_option, say
from twinpost.cli.run import require_secrets
from twinpost.edges.settings import Settings


@click.command()
@config_option
@json_option
def once(config: Path | None, as_json: bool) -> None:
    """Process what is there, send what is due, and exit. For cron, or to see what happens."""
    from twinpost.edges.logs import set_up
    from twinpost.wiring import alone_here

    set_up()
    settings = settings_for(config)
    require_secrets(settings)
    become_service_user(settings)
    with alone_here(settings):
        counts = asyncio.run(_turn(settings))

    def human() -> None:
        say(
            f"{counted(counts['kept'], 'message')} read, {counts['processed']} processed, "
            f"{counted(counts['sent'], 'mail')} sent, {counts['waiting']} waiting."
        )
        if not counts["live"]:
            say("No mail is sent before `twinpost go-live`.")

    emit(counts, as_json, human)


async def _turn(settings: Settings) -> dict[str, Any]:
    """One turn, which nobody else may have at the same time. Raises LedgerError."""
    from twinpost.errors import LedgerError
    from twinpost.one_turn import one_turn
    from twinpost.wiring import build, lease_of

    lease = lease_of(settings)
    try:
        parts = build(settings, lease)
        if not await lease.take():
            raise LedgerError(f"A twinpost daemon is running with this ledger already: {lease.in_the_way}.")
        async with lease.kept():
            return await one_turn(parts)
    finally:
        lease.close()
