"""`twinpost forget`: somebody is removed from everything that can be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import Exit, ask, config_option, counted, emit, json_option, say
from twinpost.cli.person import TITLES, as_data, is_empty, not_searched
from twinpost.cli.searching import meant, searched
from twinpost.edges import clock

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    import sqlalchemy as sa

    from twinpost.app.traces import Search
    from twinpost.edges.settings import Settings


@click.command()
@click.argument("who")
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@json_option
def forget(who: str, dry_run: bool, yes: bool, config: Path | None, as_json: bool) -> int:
    """Remove WHO (a name, a class, an address, or "message 17") from everything that can be reached."""
    settings = settings_for(config)
    become_service_user(settings)
    with ledger(settings) as engine:
        search = searched(engine, settings, meant(engine, who))
        data = _data(engine, settings, search)
        emit(data, as_json, lambda: _print(data))
        for line in not_searched(data["not_searched"]):
            say(line)
        if data["nothing"]:
            _finish(engine)
            say(f"Nothing is stored about “{who}”: there is nothing to forget.")
            _say_out_of_reach(data)
            return Exit.DONE
        _say_out_of_reach(data)
        if dry_run or not ask("Forget this for good?", yes=yes):
            say("Nothing was changed.")
            return Exit.DONE if dry_run else Exit.PROBLEMS
        _forget(engine, search)
    return Exit.DONE


def _forget(engine: sa.Engine, search: Search) -> None:
    from twinpost.app import forget as use

    told = use.forget(engine, search.house, search, clock.now)
    say("Forgotten.")
    if told:
        waits = "" if any(mail.state == "waiting" for mail in told) else ", once the post office is live"
        say(f"{counted(len(told), 'teacher')} will be told by mail which originals are gone{waits}.")


def _finish(engine: sa.Engine) -> None:
    """What an earlier time was interrupted in."""
    from twinpost.ledger.forgetting import wipe

    wipe(engine)


def _data(engine: sa.Engine, settings: Settings, search: Search) -> dict[str, Any]:
    from twinpost.edges.names_in_files import lines_naming
    from twinpost.ledger.engine import transaction
    from twinpost.ledger.traces import rows_of, where_it_lies

    with transaction(engine) as connection:
        rows = rows_of(connection, search.whom, search.found, search.naming)
        lying = where_it_lies(connection, search.found)
    data = as_data(search, rows)
    return {
        **data,
        "nothing": is_empty(data),
        "out_of_reach": {
            "mailbox": lying,
            "purge_mailbox": settings.privacy.purge_mailbox,
            "delivered": sum(mail["state"] == "sent" for mail in rows.outbox),
            "files": [str(one) for one in lines_naming(settings.exchanges, search.mentions)],
            "exchanges_folder": settings.exchanges,
        },
    }


# -- for people ----------------------------------------------------------------------------------

GOES = {
    "wrote": "of their own, original and all",
    "letter": "with a file that bears their name",
    "named": "that name them",
    "maybe": "of their class with a file that bears nobody's name, which may be theirs",
    "itself": "and the text of ours about it",
}


def _print(data: Mapping[str, Any]) -> None:
    click.echo(f"To be forgotten: {data['who']}")
    mails = Counter(mail["why"] for mail in data["mails"])
    for why, words in GOES.items():
        if mails[why]:
            click.echo(f"  {counted(mails[why], 'mail')} {words}")
    for name, title in TITLES.items():
        if name != "mails" and data[name]:
            click.echo(f"  {title}: {len(data[name])}")
    shared = [mail for mail in data["mails"] if mail["shared"] and mail["original"]]
    if shared:
        others = "" if mails["itself"] else "With others' letters in them; "
        line = f"{others}the log keeps date, letter, classes and counts:"
        click.echo(f"\n{line[0].upper()}{line[1:]}")
    for mail in shared:
        files = counted(len(mail["files"]), "file")
        click.echo(f"  {mail['arrived_at']:%Y-%m-%d}  {mail['letter']}, {files} (message {mail['message']})")


def _say_out_of_reach(data: Mapping[str, Any]) -> None:
    lines = list(_out_of_reach(data["out_of_reach"]))
    if lines:
        say("\nWhat this cannot reach:")
    for line in lines:
        say(f"- {line}")


def _out_of_reach(reach: Mapping[str, Any]) -> Iterator[str]:
    total, folders = sum(reach["mailbox"].values()), ", ".join(reach["mailbox"])
    if total and reach["purge_mailbox"]:
        yield (
            f"The mailbox ({folders}): the daemon removes {counted(total, 'mail')} from the inbox once live, "
            "if the server can; `twinpost status` tells what stays."
        )
    elif total:
        yield f"The mailbox ({folders}): {counted(total, 'mail')} still there. Delete them by hand."
    if reach["delivered"]:
        yield f"What has been delivered to others: {counted(reach['delivered'], 'mail')} of ours."
    for place in reach["files"]:
        yield f"{place} names them: `twinpost exchange apply` would bring them back. Correct it."
    if reach["exchanges_folder"] is None:
        yield (
            "Exchange files and lists of pupils, whose folder the configuration does not name: if they still "
            "stand there, `twinpost exchange apply` brings them back."
        )
    yield "Backups, and files in which a name stands only inside; first names alone in the text of a mail."
