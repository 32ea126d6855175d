"""`twinpost run`: the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from twinpost.cli.opening import become_service_user, settings_for
from twinpost.cli.output import config_option
from twinpost.edges.oauth.issuers import is_delegated, login_of, providers
from twinpost.edges.secrets import application_secret, secret
from twinpost.edges.settings import Settings


@click.command()
@config_option
@click.pass_context
def run(ctx: click.Context, config: Path | None) -> None:
    """Run the post office until it is told to stop (SIGTERM); SIGHUP reads the configuration anew."""
    from twinpost import office
    from twinpost.edges.logs import log, set_up
    from twinpost.errors import ConfigError, Problem, TwinpostError
    from twinpost.wiring import Parts, alone_here, build, lease_of

    set_up(debug=bool(ctx.find_root().params.get("debug")))
    settings = settings_for(config)
    require_secrets(settings)
    become_service_user(settings)

    def rebuild() -> Parts | None:
        try:
            changed = settings_for(config)
            if changed.ledger != settings.ledger:
                raise ConfigError([Problem(str(changed.file), 0, "[ledger] changes with a restart only")])
            return build(changed, lease)
        except TwinpostError as error:
            for line in str(error).splitlines():
                log().error("the new configuration is wrong", problem=line)
            return None

    with alone_here(settings):
        lease = lease_of(settings)
        asyncio.run(office.run(build(settings, lease), lease, rebuild))


def require_secrets(settings: Settings) -> None:
    """Say at once which secret is missing, and where it was looked for. Raises ConfigError."""
    for _, need in needed_secrets(settings):
        need()


def needed_secrets(settings: Settings) -> Iterator[tuple[str, Callable[[], object]]]:
    """What each sign-in needs, by its name; calling it raises ConfigError when that is missing."""
    if settings.imap.sign_in == "password":
        yield "imap password", lambda: secret(settings, "imap")
    if settings.smtp.sign_in == "password" and settings.smtp.user:
        yield "smtp password", lambda: secret(settings, "smtp")
    for name in providers(settings):
        if name == "google" or not is_delegated(settings, name):
            yield f"{name} key", partial(application_secret, settings, name)
        if is_delegated(settings, name):
            account, file = login_of(settings, name)
            yield f"{name} login", partial(file.read, account=account)
