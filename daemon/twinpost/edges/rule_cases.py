"""Test cases of rules: YAML files beside the rules, read with every problem at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from twinpost.core.model.filed import ExchangeAsFiled
from twinpost.core.model.letter import DeliveredMail, Delivery, Letter
from twinpost.core.model.numbered import numbered
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import History, Said, Statement
from twinpost.core.model.rule_case import ExpectedMail, RuleCase
from twinpost.edges import fields
from twinpost.edges.exchange_file import read_exchange
from twinpost.edges.exchange_plan import MOST_LETTERS, Names
from twinpost.edges.marked import Marked, load_yaml
from twinpost.edges.rule_file import FOLDER
from twinpost.edges.sections import Read, Section, Unfit
from twinpost.errors import ConfigError, Problem

TESTS = "tests"


def case_files(folder: Path) -> list[Path]:
    """The files of cases in a folder of rules: its `tests`, and that of the shipped kind."""
    return sorted(
        path for place in (folder / TESTS, folder / FOLDER / TESTS) for path in place.glob("*.y*ml")
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the tests of a file stand on."""

    filed: ExchangeAsFiled
    exchange: Exchange
    names: Names
    products: Sequence[str]
    rules: Collection[str]

    @property
    def zone(self) -> ZoneInfo:
        """Where times are meant that no reader's clock tells."""
        return ZoneInfo(self.exchange.classes[0].timezone)

    def moment(self, at: datetime | date | None) -> datetime | None:
        """A wall clock time where the first class is; a day alone is its midnight."""
        if at is None:
            return None
        clock = at.time() if isinstance(at, datetime) else time()
        return datetime.combine(at, clock, self.zone)

    def class_id(self, name: str) -> int:
        return next((one.id for one in self.exchange.classes if one.name == name), 0)

    def people(self) -> Mapping[str, int]:
        """Teachers and leaders by address."""
        groups = [group for one in self.exchange.classes for group in (one.teachers, one.leaders)]
        return {address: person.id for group in groups for person in group for address in person.addresses}


def load_cases(
    file: Path, rules: Collection[str], products: Sequence[str] = ("letter",)
) -> tuple[RuleCase, ...]:
    """The cases of a file; `rules` are the ids that they may name. Raises ConfigError."""
    problems: list[Problem] = []
    marked = load_yaml(file)
    top = Section.top(marked, problems)
    entries = top.sections("tests", "a test with name, now and mails")
    filed = _exchange(top, marked, file, products)
    if not top.has("tests") and not top.lost:
        top.note("`tests` is missing: a list of tests, each with name, now and mails")
    top.finish()
    cases: list[RuleCase] = []
    if filed:
        ground = _Ground(filed, numbered(filed), Names.of(filed.classes), products, rules)
        cases = [_case(entry, ground) for entry in entries]
    if problems:
        raise ConfigError(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
    return tuple(cases)


def _exchange(top: Section, marked: Marked, file: Path, products: Sequence[str]) -> ExchangeAsFiled | None:
    """The exchange of the tests, which stands in this file or in one that it names."""
    held = top.data.get("exchange")
    try:
        if isinstance(held, Mapping):
            top.known.append("exchange")
            return read_exchange(_below(marked, "exchange"), file, products=products).filed
        what = "what an exchange file holds, or the name of one"
        named = top.need("exchange", fields.path_beside(file.parent, must_be="file"), None, what)
        return read_exchange(load_yaml(named), named, products=products).filed if named else None
    except ConfigError as error:
        top.problems.extend(error.problems)
        return None


def _below(marked: Marked, key: str) -> Marked:
    """What stands under a key, as if it were a file."""
    marks = {path[1:]: mark for path, mark in marked.marks.items() if path[:1] == (key,)}
    return Marked(marked.file, marked.data[key], marks)


# -- one test ------------------------------------------------------------------------------------


def _case(entry: Section, ground: _Ground) -> RuleCase:
    name = entry.need("name", fields.text, "", "what the test shows, as a sentence")
    now = ground.moment(entry.take("now", _day_or_clock, None)) or datetime(2000, 1, 1, tzinfo=ground.zone)
    if not entry.has("now"):
        entry.note("`now` is missing: the moment at which is planned, as 2026-10-01T09:00")
    applied = ground.moment(entry.take("applied", _day_or_clock, None)) or now
    rules = entry.several("rules", fields.one_of([*ground.rules, *_PLANNED_BY_ITSELF]), "rules")
    history = History(
        applied_at=applied,
        in_force=dict.fromkeys(ground.rules, applied),
        deliveries=tuple(_deliveries(entry, ground)),
        statements=tuple(filter(None, (_statement(one, ground) for one in entry.sections("said", "a word")))),
        last_contact=ground.moment(entry.take("last_contact", _day_or_clock, None)),
    )
    mails = entry.sections("mails", "such as {at: 2026-10-13T08:15, send: …, to: …}")
    if not isinstance(entry.data.get("mails"), list):
        entry.note("`mails` is missing: the mails that follow, or [] for none")
    case = RuleCase(
        name=name,
        file=entry.marked.file,
        line=entry.marked.marks.get(entry.path, (0, 0))[0],
        exchange=ground.exchange,
        history=history,
        now=now,
        until=entry.take("until", fields.day, None),
        rules=rules,
        mails=tuple(_mail(one, ground) for one in mails),
    )
    entry.finish()
    return case


_PLANNED_BY_ITSELF = ("date-closed", "calendar-unknown", "later-noted")
"""What the plan asks and tells without a rule."""


def _day_or_clock(value: Any) -> datetime | date:
    try:
        return fields.wall_clock(value) if isinstance(value, str) and ":" in value else fields.day(value)
    except Unfit as unfit:
        raise Unfit("a day such as 2026-10-13, or a time such as 2026-10-13T08:15") from unfit


def _deliveries(entry: Section, ground: _Ground) -> list[Delivery]:
    found: list[Delivery] = []
    for one in entry.sections("arrived", "such as {letter: 1, from: Oslo, to: Lyon, at: 2026-10-08}"):
        at = ground.moment(one.take("at", _day_or_clock, None))
        if at is None:
            one.note("`at` is missing: when it came, as 2026-10-08T09:00")
            at = datetime(2000, 1, 1, tzinfo=ground.zone)
        product, number, sender, receiver = _letter(one, ground)
        one.finish()
        id_ = len(found) + 1
        letter = Letter(ground.exchange.id, product, (number,), sender, (receiver,))
        found.append(Delivery(id_, letter, (DeliveredMail(id_, f"<{id_}@case.example>", 0, at),)))
    return found


def _letter(entry: Section, ground: _Ground) -> tuple[str, int, int, int]:
    product = next((one for one in ground.products if one in entry.data), ground.products[0])
    number = entry.need(product, fields.whole(1, MOST_LETTERS), 0, "which letter, as in `letter: 1`")
    sender = entry.need("from", ground.names.read, "", "the class that writes")
    receiver = entry.need("to", ground.names.read, "", "the class that the letter is for")
    return product, number, ground.class_id(sender), ground.class_id(receiver)


def _statement(entry: Section, ground: _Ground) -> Statement | None:
    said = entry.need("word", fields.member(Said), None, f"one of {', '.join(Said)}")
    by = entry.need("by", _person(ground), 0, "the address of who said it")
    at = ground.moment(entry.take("at", _day_or_clock, None))
    until = entry.take("until", fields.day, None)
    of_letter = said in (Said.ARRIVED, Said.LATER)
    letter = _letter(entry, ground) if of_letter else ("", 0, 0, 0)
    entry.finish()
    if at is None:
        entry.note("`at` is missing: when it was said, as 2026-10-08T09:00")
    if said is None or at is None:
        return None
    return Statement(said, by, at, *letter, until=until)


def _person(ground: _Ground) -> Read[int]:
    people = ground.people()
    choose = fields.one_of(list(people))
    return lambda value: people[choose(value)]


def _mail(entry: Section, ground: _Ground) -> ExpectedMail:
    at = entry.need("at", _day_or_clock, date(2000, 1, 1), "when it goes, by the reader's clock")
    send = entry.take("send", fields.text, "")
    digest = entry.take("digest", fields.text, "")
    if bool(send) == bool(digest):
        entry.note("a mail has `send`, or `digest` for a line of the digest")
    to = entry.need("to", fields.one_of(list(ground.people())), "", "the address of a teacher")
    because = entry.take("because", fields.text, "")
    entry.finish()
    return ExpectedMail(at, send or digest, to, bool(digest), because)
