"""`twinpost once`: the daemon's loops, each once, in order."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from twinpost.app import agenda, planning
from twinpost.app.clock_watch import ClockWatch
from twinpost.app.collect import Purged
from twinpost.app.enact import is_live
from twinpost.app.joined import join_withheld
from twinpost.app.standing import mailbox_read
from twinpost.errors import SignInRefused, WireError
from twinpost.ledger import outbox
from twinpost.wiring import Parts, go_live_if_told


async def one_turn(parts: Parts) -> dict[str, Any]:
    """Read the mailbox, process, do what is due, send. Returns counts.

    Raises WireError or SignInRefused when the mailbox cannot be read; what waits is sent nevertheless.
    """
    trouble: WireError | None = None
    kept = 0

    def begin(connection: Any) -> None:
        go_live_if_told(parts.settings, connection, parts.clock.now())
        planning.take_rules(connection, parts.house.rules, parts.clock.now())

    await parts.desk.do(begin)
    try:
        kept = await _read(parts)
    except WireError as error:
        trouble = error
    processed = await parts.processing.run()
    now = parts.clock.now()

    def due(connection: Any) -> bool:
        directory = parts.processing.directory(connection)
        ClockWatch().look(connection, parts.house, directory, now, parts.clock.steady())
        while planning.derive_stale(connection, parts.house, directory, now):
            continue
        agenda.whats_due(connection, parts.house, directory, now)
        join_withheld(connection, parts.house, directory, now)
        return is_live(connection)

    live = await parts.desk.do(due)
    while await parts.housekeeping.turn():
        continue
    tally = await parts.dispatch.drain()
    counts = await parts.desk.do(outbox.counts)
    await parts.postman.close()
    parts.desk.close()
    if trouble is not None:
        raise trouble
    waiting = sum(counts.get(state, 0) for state in (outbox.State.WAITING, outbox.State.SENDING))
    return {"kept": kept, "processed": processed, **asdict(tally), "waiting": waiting, "live": live}


async def _read(parts: Parts) -> int:
    """Keep what is in the mailbox, move what has been dealt with, and look into the junk folder."""
    until = await parts.imap_sign_ins.wait_until()
    if until is not None:
        raise WireError(f"The last sign-ins were refused: the next one is tried at {until:%H:%M} UTC.")
    folders = parts.settings.imap.folders
    names = {key: name for key, name in asdict(folders).items() if name} if folders else {}
    live = await parts.desk.do(is_live)

    def work() -> int:
        parts.collector.open()
        try:
            kept = parts.collector.collect()
            if live:
                parts.collector.tidy(names)
                while parts.settings.privacy.purge_mailbox and parts.collector.purge() != Purged():
                    continue
            parts.junk.look()
            return kept
        finally:
            parts.collector.mailbox.close()

    try:
        kept = await asyncio.to_thread(work)
    except SignInRefused:
        await parts.imap_sign_ins.refused()
        raise
    await parts.desk.do(lambda connection: mailbox_read(connection, parts.clock.now()))
    return kept
