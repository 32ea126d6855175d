"""`twinpost once`: process what is there, send what is due, and exit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from twinpost.cli.opening import become_service_user, settings_for
from twinpost.cli.output import config_option, counted, emit, json_option, say
from twinpost.cli.run import require_secrets


@click.command()
@config_option
@json_option
def once(config: Path | None, as_json: bool) -> None:
    """Process what is there, send what is due, and exit. For cron, or to see what happens."""
    from twinpost.edges.lock import only_one
    from twinpost.edges.logs import set_up
    from twinpost.one_turn import one_turn
    from twinpost.wiring import build

    set_up()
    settings = settings_for(config)
    require_secrets(settings)
    become_service_user(settings)
    with only_one(settings.ledger.originals.parent):
        counts = asyncio.run(one_turn(build(settings)))

    def human() -> None:
        say(
            f"{counted(counts['kept'], 'message')} read, {counts['processed']} processed, "
            f"{counted(counts['sent'], 'mail')} sent, {counts['waiting']} waiting."
        )
        if not counts["live"]:
            say("No mail is sent before `twinpost go-live`.")

    emit(counts, as_json, human)
