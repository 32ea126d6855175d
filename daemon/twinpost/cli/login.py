"""`twinpost login`: somebody lets us into the mailbox, once, at any screen."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from twinpost.cli.opening import become_service_user, ledger, settings_for
from twinpost.cli.output import config_option, fail, say
from twinpost.edges.oauth.issuers import is_delegated, log_in, login_of, providers
from twinpost.edges.settings import Provider, Settings
from twinpost.errors import LedgerError

NAMES: dict[Provider, str] = {"microsoft": "Microsoft", "google": "Google"}


@click.command()
@config_option
@click.option("--provider", type=click.Choice(list(NAMES)), help="Which, where the configuration names both.")
@click.option("--paste", is_flag=True, help="With Google, where the browser runs on another machine.")
def login(config: Path | None, provider: Provider | None, paste: bool) -> None:
    """Sign in with Microsoft or Google as the shared mailbox (flow = "delegated")."""
    settings = settings_for(config)
    name = provider or _only_one(settings)
    if not is_delegated(settings, name):
        raise fail(
            f'Nobody needs to sign in: [{name}] does not say flow = "delegated". '
            "`twinpost check` tests what it says."
        )
    become_service_user(settings)
    account, file = login_of(settings, name)
    say(f"Sign in as {account}.")
    log_in(settings, name, _show, _pasted if paste else None)
    _let_in(settings)
    say(f"{account} has signed in; {file.path} keeps it, and is worth as much as a password.")


def _only_one(settings: Settings) -> Provider:
    asked = [name for name in providers(settings) if is_delegated(settings, name)]
    if len(asked) == 1:
        return asked[0]
    if asked:
        raise fail("The configuration names two: say --provider microsoft or --provider google.")
    raise fail(
        'Nobody needs to sign in: no server says sign_in = "microsoft" or "google" with flow = "delegated".'
    )


def _show(address: str, code: str) -> None:
    say(f"Open {address}" + (f"\nand type the code {code}" if code else ""))
    say("Waiting …")


def _pasted() -> str:
    say("At the end the browser shows an address that begins with http://127.0.0.1 and cannot be opened.")
    return str(click.prompt("Paste it here", err=True, hide_input=True))  # it holds a code


def _let_in(settings: Settings) -> None:
    """The service need not wait any longer for what was refused before."""
    from twinpost.ledger.engine import transaction
    from twinpost.ledger.signins import forget

    with suppress(LedgerError), ledger(settings) as engine, transaction(engine) as connection:
        forget(connection)
