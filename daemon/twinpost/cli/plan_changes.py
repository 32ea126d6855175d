"""What another folder of rules would change in a plan, as `twinpost plan --rules` shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinpost.cli.output import line, say, table
from twinpost.cli.times import when

if TYPE_CHECKING:  # the command's help must not wait for SQLAlchemy
    from twinpost.app.rehearsal import Rehearsal
    from twinpost.core.deciding.plan_difference import Changed
    from twinpost.core.model.people import Exchange

SIGNS = {"added": "+", "removed": "-", "moved": "→"}


def changes(old: Rehearsal, new: Rehearsal, until: datetime | None) -> tuple[Changed, ...]:
    """How the two differ, up to a day: of what moves over it, both sides are told."""
    from twinpost.core.deciding.plan_difference import plan_difference

    before, after = ([one for items in found.mails for one in items] for found in (old, new))
    return tuple(
        one
        for one in plan_difference(before, after)
        if until is None
        or min(side.at.date() for side in (one.planned, one.was or one.planned)) <= until.date()
    )


def print_changes(old: Rehearsal, new: Rehearsal, found: Sequence[Changed], folder: Path) -> None:
    """A table with a sign for each, and how many there are of each sort."""
    for one in new.held:
        say(f"{one.rule} would be held: {one.text}.")
    if not found:
        say(f"No difference: with {folder} the same is sent at the same times.")
        return
    table(("", "when", "to", "mail", "rule", "why"), (_row(one, new.exchange) for one in found))
    counts = Counter(one.change.value for one in found)
    told = ", ".join(f"{counts[change]} {change} ({sign})" for change, sign in SIGNS.items())
    say(f"With {folder}: {told}, if nothing else happens. Rules that are new or changed count from now on.")
    if not old.live:
        say("Nothing is sent before `twinpost go-live`.")


def print_changes_json(new: Rehearsal, found: Sequence[Changed]) -> None:
    """An object for each: that of `twinpost plan --json` with its `change`; `was`: where a moved one was."""
    for one in found:
        line(_data(one, new.exchange))


def _data(one: Changed, exchange: Exchange) -> dict[str, Any]:
    from twinpost.app.rehearsal import as_json

    was = as_json(one.was, exchange) if one.was else {}
    moved = {"was": {"at": was["at"], "utc": was["utc"]}} if was else {}
    return {"change": one.change, **as_json(one.planned, exchange), **moved}


def _row(one: Changed, exchange: Exchange) -> Iterator[str]:
    from twinpost.core.deciding.reason import because

    planned = one.planned
    moments = [when(side, exchange) for side in (one.was, planned) if side]
    yield SIGNS[one.change]
    yield " → ".join(moments)
    yield planned.to.name
    yield f"{planned.notice}{' …' if planned.digest else ''}"
    yield f"{planned.rule} {planned.step}"
    yield because(planned, exchange)
