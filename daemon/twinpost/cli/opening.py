"""What most commands begin with: the configuration, the right user, the ledger."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from twinpost.edges.secrets import remember_secrets
from twinpost.edges.settings import Settings, find_config, load_settings
from twinpost.edges.shipped import shipped
from twinpost.errors import TwinpostError

if TYPE_CHECKING:  # SQLAlchemy takes a second to import: only for commands that open the ledger
    import sqlalchemy as sa

    from twinpost.core.model.people import Exchange


def settings_for(config: Path | None) -> Settings:
    """The configuration that the options name. Raises ConfigError with every problem."""
    return load_settings(find_config(config))


def become_service_user(settings: Settings) -> None:
    """Root becomes the owner of the ledger's folder: no file of the service may end up as root's.

    The passwords, which are root's own files, are read before.
    """
    if os.geteuid() != 0:
        return
    owner = _owner(settings)
    if owner is None or owner.pw_uid == 0:
        return
    remember_secrets(settings)
    os.initgroups(owner.pw_name, owner.pw_gid)
    os.setgid(owner.pw_gid)
    os.setuid(owner.pw_uid)
    os.environ["HOME"] = owner.pw_dir


def _owner(settings: Settings) -> pwd.struct_passwd | None:
    folder = settings.ledger.originals.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return pwd.getpwuid(folder.stat().st_uid)
    except (KeyError, OSError):
        return None


@contextmanager
def ledger(settings: Settings) -> Iterator[sa.Engine]:
    """The ledger, at the version of this program. Raises LedgerError with the remedy."""
    from twinpost.ledger.engine import open_engine
    from twinpost.ledger.migrate import require_current

    engine = open_engine(settings.ledger.url)
    try:
        require_current(engine, shipped("migrations"))
        yield engine
    finally:
        engine.dispose()


def exchange_of(settings: Settings, code: str) -> Exchange:
    """The exchange with this code, as the ledger has it. Raises a sentence with those that there are."""
    from twinpost.ledger import people
    from twinpost.ledger.engine import transaction

    with ledger(settings) as engine, transaction(engine) as connection:
        exchanges = people.load_directory(connection, settings.language).exchanges
    codes = [exchange.code for exchange in exchanges]
    if code not in codes:
        raise TwinpostError(f"There is no exchange {code}. There are: {', '.join(codes) or 'none yet'}.")
    return exchanges[codes.index(code)]


def need(found: object, text: str) -> None:
    """Raise a sentence unless something was found."""
    if not found:
        raise TwinpostError(text)
