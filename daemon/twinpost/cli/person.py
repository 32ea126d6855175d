"""`twinpost person`: everything that is stored about somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import Exit, config_option, emit, json_option, say
from twinpost.cli.searching import meant, searched

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from twinpost.app.traces import Search
    from twinpost.ledger.traces import Rows


@click.command()
@click.argument("who")
@config_option
@json_option
def person(who: str, config: Path | None, as_json: bool) -> int:
    """Everything that is stored about WHO: a name, a class, an address, or "message 17"."""
    from twinpost.ledger.engine import transaction
    from twinpost.ledger.traces import rows_of

    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine:
        search = searched(engine, settings, meant(engine, who))
        with transaction(engine) as connection:
            rows = rows_of(connection, search.whom, search.found, search.naming)
    data = as_data(search, rows)
    emit(data, as_json, lambda: _print(data, ZoneInfo(settings.timezone)))
    if is_empty(data):
        say(f"Nothing is stored about “{who}”.")
        return Exit.PROBLEMS
    return Exit.DONE


STORED = (
    *("people", "mails", "questions", "statements", "amendments"),
    *("outbox", "digest_lines", "agenda", "junk", "failing"),
)


def as_data(search: Search, rows: Rows) -> dict[str, Any]:
    """Everything that was found, for programs."""
    whom = search.whom
    return {
        "who": whom.title,
        "word": whom.word,
        "places": [
            {"exchange": one.exchange, "class": one.school_class, "role": one.role, "active": one.active}
            for one in whom.places
        ],
        "mails": [
            {
                "message": trace.line.id,
                "arrived_at": trace.line.arrived_at,
                "exchange": trace.line.exchange,
                "kind": trace.line.kind,
                "sender": trace.line.sender,
                "subject": trace.line.subject,
                "letter": trace.line.letter,
                "files": [file.name for file in trace.line.files],
                "theirs": list(trace.files),
                "why": trace.why.value,
                "shared": trace.shared,
                "original": trace.line.kept,
            }
            for trace in search.in_order()
        ],
        **asdict(rows),
        "not_searched": search.missing,
    }


def is_empty(data: Mapping[str, Any]) -> bool:
    return not any(data[name] for name in STORED)


# -- for people ----------------------------------------------------------------------------------

TITLES = {
    "people": "People",
    "mails": "Mails of the journal",
    "questions": "Questions",
    "statements": "What they said of letters and exchanges",
    "amendments": "What they changed by mail",
    "outbox": "Mails of ours to them, or that name them",
    "digest_lines": "Lines for their next digest",
    "agenda": "Planned for them",
    "junk": "In the junk folder",
    "failing": "Addresses from which mail came back",
}
WHY = {
    "wrote": "their own",
    "letter": "a file bears their name",
    "named": "names them",
    "maybe": "may hold a letter of theirs",
    "itself": "the mail itself",
}


def _print(data: Mapping[str, Any], zone: ZoneInfo) -> None:
    click.echo(data["who"])
    for place in data["places"]:
        former = "" if place["active"] else ", formerly"
        click.echo(f"  {place['role'] or 'class'}: {place['class']} ({place['exchange']}){former}")
    for name, title in TITLES.items():
        if data[name]:
            click.echo(f"\n{title}: {len(data[name])}")
        for row in data[name]:
            show = _mail if name == "mails" else _row
            click.echo(f"  {show(row, zone)}")
    for line in not_searched(data["not_searched"]):
        say(line)


def not_searched(missing: Sequence[int]) -> Iterator[str]:
    """A sentence where originals are not where they should be."""
    if missing:
        yield (
            f"The originals of {len(missing)} messages are not in the folder of originals, and were not "
            "looked into: put the folder back (is it mounted?) and say this once more."
        )


def _mail(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    files = f"; files: {', '.join(row['files'])}" if row["files"] else ""
    kept = "" if row["original"] else "; its original is kept no more"
    about = row["letter"] or row["kind"]
    subject = f" “{row['subject']}”" if row["subject"] else ""
    sender = f" from {row['sender']}" if row["sender"] else ""
    return (
        f"{row['message']}  {_plain(row['arrived_at'], zone)}  {about}{subject}{sender} "
        f"({WHY[row['why']]}){files}{kept}"
    )


def _row(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    return ", ".join(
        f"{key} {_plain(value, zone)}" for key, value in row.items() if value not in (None, "", [], {})
    )


def _plain(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"({_row(value, zone)})"
    if isinstance(value, list | tuple):
        return "; ".join(_plain(one, zone) for one in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
