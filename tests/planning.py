"""Plans for tests: an exchange with known calendars, shipped rules, what is planned as short lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from tests.builders import LYON, OSLO, a_class, a_delivery, a_letter, an_exchange
from tests.school_years import entry

from twinpost.core.deciding.bundles import Bundle, bundles
from twinpost.core.deciding.plan import plan
from twinpost.core.model.letter import DeliveredMail, Delivery
from twinpost.core.model.people import Exchange, SchoolClass
from twinpost.core.model.plan import History, Planned, Said, Statement
from twinpost.core.model.rule import Event, Group, Offset, Rule, Step, Unit
from twinpost.edges.rule_file import load_rules
from twinpost.edges.shipped import shipped

APPLIED = datetime(2026, 9, 1, 8, tzinfo=UTC)
"""Tuesday 1 September 2026, 10:00 in Oslo and Lyon."""

OSLO_CALENDAR = (
    entry("closed", "2026-09-28..2026-10-02", "Autumn holiday"),
    entry("closed", "2026-12-21..2027-01-01", "Christmas"),
)
LYON_CALENDAR = (
    entry("closed", "2026-10-17..2026-11-01", "Toussaint"),
    entry("closed", "2026-12-19..2027-01-03", "Noël"),
)


def classes() -> tuple[SchoolClass, SchoolClass]:
    """7B Oslo and CM2 Lyon with the calendars of a school year."""
    return a_class("7B Oslo", calendar=OSLO_CALENDAR), a_class("CM2 Lyon", calendar=LYON_CALENDAR)


def a_year(**changes: Any) -> Exchange:
    """oslo-lyon with four agreed letters from 9 October to 22 January."""
    return replace(an_exchange(classes=classes()), **changes)


@cache
def shipped_rules() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in load_rules(shipped("rules"))}


def shipped_rule(*ids: str) -> tuple[Rule, ...]:
    return tuple(shipped_rules()[id_] for id_ in ids)


def every_rule() -> tuple[Rule, ...]:
    return tuple(shipped_rules().values())


def a_rule(when: Event, *steps: Step, **changes: Any) -> Rule:
    return replace(Rule("a-rule", when, steps), **changes)


def a_step(
    count: int,
    unit: Unit = Unit.SCHOOL_DAYS,
    *to: Group,
    notice: str = "letter-overdue",
    digest: bool = False,
) -> Step:
    """A step after (below 0: before) so much; to the senders where nobody is named."""
    return Step(Offset(count, unit), notice, to or (Group.SENDERS,), digest)


def a_history(**changes: Any) -> History:
    return replace(History(APPLIED), **changes)


def came(
    number: int = 1, from_class: int = OSLO, to_class: int = LYON, at: str = "2026-10-09T10:00", id_: int = 0
) -> Delivery:
    """A letter's arrival; the time is UTC."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    id_ = id_ or 10 * number + from_class
    mail = DeliveredMail(id_, f"<{id_}@a.example>", 0, moment)
    return replace(a_delivery(a_letter(number, from_class, to_class), id_), mails=(mail,))


def said(
    what: str,
    at: str,
    *,
    by: int = 1,
    until: str = "",
    letter: tuple[str, int, int, int] = ("letter", 1, OSLO, LYON),
) -> Statement:
    """A teacher's word; ARRIVED and LATER are of letter 1 from 7B Oslo unless another is given."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    day = date.fromisoformat(until) if until else None
    word = Said(what)
    if word in (Said.PAUSE, Said.RESUME):
        return Statement(word, by, moment, until=day)
    return Statement(word, by, moment, *letter, until=day)


def lines(planned: Iterable[Planned]) -> list[str]:
    """ "Tue 13 Oct 08:00 Kari: letter-overdue 1", "~" before an estimate, "…" behind a digest line."""
    return [_line(one) for one in planned]


def _line(one: Planned) -> str:
    first = one.to.name.split()[0]
    mark, dots = "~" if one.after_step else "", "…" if one.digest else ""
    return f"{mark}{one.at:%a} {one.at.day} {one.at:%b %H:%M} {first}: {one.notice} {one.step}{dots}"


def planned_for(
    rules: Sequence[Rule],
    exchange: Exchange | None = None,
    history: History | None = None,
    now: datetime | None = None,
) -> list[str]:
    """The plan of a year as lines."""
    history = history or a_history()
    return lines(plan(exchange or a_year(), history, rules, now or history.applied_at))


@dataclass
class Daemon:
    """Sends what is planned at its moment, as the real one will, with days on which it is down."""

    exchange: Exchange
    rules: Sequence[Rule]
    history: History = field(default_factory=lambda: History(APPLIED))
    down: tuple[datetime, datetime] | None = None
    mails: list[Bundle] = field(default_factory=list)
    notes: list[Bundle] = field(default_factory=list)
    uncaused: dict[int, list[datetime]] = field(default_factory=dict)

    def run(self, until: datetime) -> None:
        """From the moment of applying until nothing is left or `until` has come."""
        now = self.history.applied_at
        for _ in range(2000):
            found = bundles(plan(self.exchange, self.history, self.rules, now), self.uncaused)
            if not found or found[0][0].at >= until:
                return
            now = self._up(max(now, found[0][0].at.astimezone(UTC)))
            found = bundles(plan(self.exchange, self.history, self.rules, now), self.uncaused)
            for bundle in (one for one in found if one[0].at.astimezone(UTC) <= now):
                self._send(bundle, now)
            now += timedelta(seconds=1)
        raise AssertionError("it never ends")

    def _up(self, moment: datetime) -> datetime:
        if self.down and self.down[0] <= moment < self.down[1]:
            return self.down[1]
        return moment

    def _send(self, bundle: Bundle, now: datetime) -> None:
        sent = {one.key: now for one in bundle}
        assert sent.keys().isdisjoint(self.history.sent)
        self.history = replace(self.history, sent={**self.history.sent, **sent})
        if bundle[0].digest:
            self.notes.append(bundle)
            return
        self.mails.append(bundle)
        self.uncaused.setdefault(bundle[0].to.id, []).append(now)

    def sent_at(self) -> Iterator[tuple[datetime, Planned]]:
        for bundle in (*self.mails, *self.notes):
            for one in bundle:
                yield self.history.sent[one.key], one
