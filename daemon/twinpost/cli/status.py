"""`twinpost status`: what was read, what waits, what needs the admin."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import config_option, counted, emit, json_option, now_option
from twinpost.core.model.bounce import IN_WORDS, Cause
from twinpost.edges import clock

SILENCE = 10
"""Seconds after which a daemon on PostgreSQL should have been heard of."""

MOST_NEXT = 5
"""Follow-ups that are shown one by one."""

MOST_HELD = 10
"""Mails that wait for go-live and are shown one by one."""


@click.command()
@config_option
@json_option
@now_option
def status(config: Path | None, as_json: bool, now: datetime | None) -> None:
    """What was read, what waits, what needs you."""
    from twinpost.app.standing import standing
    from twinpost.ledger.engine import transaction

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine, transaction(engine) as connection:
        data = standing(connection, now or clock.now(), settings.answered_since)
    emit(data, as_json, lambda: _print(data, ZoneInfo(settings.timezone)))


def _print(data: dict[str, Any], zone: ZoneInfo) -> None:
    for label, value in _lines(data, zone):
        click.echo(f"{label:<18}{value}")
    _print_follow_ups(data["follow_ups"], zone)
    _print_held(data["held"])


def _print_follow_ups(lines: list[dict[str, Any]], zone: ZoneInfo) -> None:
    """What the rules will send next, as long as nothing changes."""
    if lines:
        click.echo("\nNext follow-ups")
    for line in lines[:MOST_NEXT]:
        to = f"{line['to']}, in the digest" if line["digest"] else line["to"]
        click.echo(f"  {_time(line['at'], zone)}  {line['exchange']}: {line['notice']} to {to}")


def _print_held(held: list[dict[str, Any]]) -> None:
    """What would have been sent, were the office live."""
    if not held:
        return
    people = counted(len({mail["recipient"] for mail in held}), "person")
    click.echo(f"\nWould have been sent: {counted(len(held), 'mail')} to {people}, until `twinpost go-live`")
    for mail in held[-MOST_HELD:]:
        why = f" (will stay unsent: {mail['why']})" if mail["why"] else ""
        click.echo(f"  to {mail['recipient']}: {mail['subject']}{why}")
    if len(held) > MOST_HELD:
        click.echo(f"  and {len(held) - MOST_HELD} more: `twinpost go-live --dry-run` shows them all")


def _lines(data: dict[str, Any], zone: ZoneInfo) -> list[tuple[str, str]]:
    live = data["live_since"]
    lines = [
        ("mails are sent", f"since {_time(live, zone)}" if live else "not yet: say `twinpost go-live`"),
        ("daemon", _daemon(data["daemon"], zone)),
        ("mailbox read", _ago(data["mailbox_read_at"], data["now"], zone)),
        ("last message", _time(data["last_message_at"], zone)),
        ("messages", _counts(data["kinds"], {"": "not processed yet"})),
        ("outbox", _counts(data["outbox"], {})),
        ("open questions", str(len(data["open_questions"]))),
        ("next due", _time(data["next_due"], zone)),
        ("junk folder", _junk(data["junk"], zone)),
        ("originals", _originals(data["originals"], zone)),
    ]
    if data["mailbox_trouble"]:
        lines.append(("MAILBOX", _trouble(data["mailbox_trouble"], zone)))
    if data["outgoing_trouble"]:
        lines.append(("OUTGOING", _trouble(data["outgoing_trouble"], zone)))
    if data["planned_held_until"]:
        until = _time(data["planned_held_until"], zone)
        lines.append(("CLOCK", f"it has jumped: nothing planned is sent until {until}"))
    lines += [
        ("NOT READABLE", f"UID {one['uid']} in {one['mailbox']}: the server lists it and does not give it")
        for one in data["not_handed_over"]
    ]
    if data["junk"]["trouble"]:
        lines.append(("JUNK FOLDER", data["junk"]["trouble"]))
    lines += [
        ("JUNK", f"{one['exchange']}: “{one['subject']}”, from {one['sender']}, in {one['folder']}")
        for one in data["junk"]["mails"]
    ]
    if data["junk"]["mails"]:
        lines.append(("", "drag what is no junk into the inbox: then it is read"))
    lines += [("BOUNCING", _bouncing(one, zone)) for one in data["bouncing"]]
    lines += [("bounced before", _recovered(one, zone)) for one in data["recovered"]]
    lines += [
        ("SET ASIDE", f"message {one['id']}: {one['reason']} (`twinpost aside retry {one['id']}`)")
        for one in data["set_aside"]
    ]
    return lines


RECOVERED = {"mail": "a mail came from it", "silence": "nothing comes back any more"}


def _bouncing(one: dict[str, Any], zone: ZoneInfo) -> str:
    """An address whose mails come back, and why by the server's word."""
    code = f", {one['status']}" if one["status"] else ""
    return f"{one['address']}: since {_time(one['since'], zone)} ({IN_WORDS[Cause(one['reason'])]}{code})"


def _recovered(one: dict[str, Any], zone: ZoneInfo) -> str:
    return f"{one['address']}: well again since {_time(one['at'], zone)} ({RECOVERED[one['by']]})"


def _junk(junk: dict[str, Any], zone: ZoneInfo) -> str:
    """Where and when junk was looked for."""
    if junk["looked_at"] is None:
        return "not looked into yet"
    where = ", ".join(junk["folders"]) or "none is looked into"
    return f"{where} ({_time(junk['looked_at'], zone)})"


def _originals(originals: dict[str, Any], zone: ZoneInfo) -> str:
    """What has left since it was kept long enough or forgotten, and what of it still lies in the mailbox."""
    if not originals["purged"]:
        return "all are kept"
    left = f"{counted(originals['purged'], 'mail')} kept no more"
    when = f" (last looked through {_time(originals['looked_at'], zone)})" if originals["looked_at"] else ""
    lying = originals["in_mailbox"] + sum(originals["in_folders"].values())
    return f"{left}{when}" + (f"; {lying} of them still in the mailbox" if lying else "")


def _daemon(daemon: dict[str, Any] | None, zone: ZoneInfo) -> str:
    if daemon is None:
        return "none is running"
    silent = int(daemon["silent_seconds"])
    heard = f"; silent for {counted(silent, 'second')}: has it died?" if silent > SILENCE else ""
    return f"{daemon['host']}, process {daemon['pid']}, since {_time(daemon['since'], zone)}{heard}"


def _time(value: str | datetime | None, zone: ZoneInfo) -> str:
    if value is None:
        return "-"
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M}"


def _ago(value: str | None, now: datetime, zone: ZoneInfo) -> str:
    if value is None:
        return "never: is the daemon running?"
    minutes = int((now - datetime.fromisoformat(value)).total_seconds() // 60)
    late = " - longer ago than it should be: is the daemon running?" if minutes > 15 else ""
    return f"{_time(value, zone)} ({counted(minutes, 'minute')} ago){late}"


def _counts(counts: dict[str, int], names: dict[str, str]) -> str:
    return ", ".join(f"{count} {names.get(key, key)}" for key, count in counts.items()) or "none"


def _trouble(text: str, zone: ZoneInfo) -> str:
    """Facts about trouble begin with the moment at which it was seen."""
    at, _, sentence = text.partition(" ")
    try:
        return f"{sentence} (since {_time(at, zone)})"
    except ValueError:
        return text
