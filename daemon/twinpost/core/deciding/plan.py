"""Every mail still to come, derived from the facts: nothing is remembered but what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from twinpost.core.deciding.facts import Facts
from twinpost.core.deciding.occurrences import occurrences
from twinpost.core.deciding.planned_questions import questions
from twinpost.core.deciding.series import Series
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import History, Planned
from twinpost.core.model.rule import Rule


def plan(exchange: Exchange, history: History, rules: Sequence[Rule], now: datetime) -> tuple[Planned, ...]:
    """What the rules will send in this exchange from `now` (aware) on, by time; what is late goes at once.

    A rule that has not come into force counts from when the exchange was applied. As long as nothing else
    happens the plan stays what it is: later steps are estimates until the one before was sent.
    """
    if not exchange.classes:
        return ()
    facts = Facts(exchange, history, now)
    found = list(questions(facts, rules))
    for rule in rules:
        since = max(history.applied_at, history.in_force.get(rule.id, history.applied_at))
        for one in occurrences(rule, facts, since):
            found += Series(rule, one, facts, since).planned()
    return tuple(sorted(found, key=in_order))


def in_order(one: Planned) -> tuple[datetime, str]:
    """By time, and then always in the same order."""
    return one.at.astimezone(UTC), one.key
