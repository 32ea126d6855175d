"""Finding out whom the admin means, and looking for them in everything that is kept."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twinpost.cli.output import fail

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from twinpost.app.traces import Search
    from twinpost.edges.settings import Settings
    from twinpost.ledger.whom import Whom

MANY = 200
"""Mails from which on it is shown how far the search is."""


def meant(engine: sa.Engine, who: str) -> Whom:
    """The one whom the admin means. Raises a sentence with all whom it could be."""
    from twinpost.ledger.engine import transaction
    from twinpost.ledger.whom import by_name_alone, whom

    with transaction(engine) as connection:
        found = whom(connection, who)
    if len(found.meant) == 1:
        return found.meant[0]
    if could_be := found.meant or found.near:
        lines = "\n".join(f"  {one.word:<8} {one.title}" for one in could_be)
        what = "Several are called" if found.meant else "Nobody is called"
        raise fail(f"{what} “{who}”. Say one of these instead:\n{lines}")
    return by_name_alone(who)


def searched(engine: sa.Engine, settings: Settings, whom: Whom) -> Search:
    """Everything that concerns them. Shows how far it is where that takes long."""
    from twinpost.app.traces import Search
    from twinpost.edges.vault import FileVault
    from twinpost.wiring import build_house

    house = build_house(settings, FileVault(settings.ledger.originals))
    search = Search(house, whom)
    total = search.total(engine)
    with _progress(total) as beat:
        return search.through(engine, beat)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    if total < MANY or not sys.stderr.isatty():
        yield lambda up_to: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking through mails", total=total)
        yield lambda up_to: bar.update(task, completed=up_to)
