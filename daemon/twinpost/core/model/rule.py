"""Rules: what follows when, as rule files say it. The words of the language are the values of the enums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Event(StrEnum):
    """What a rule may wait for."""

    LETTER_DUE = "letter.due"
    LETTER_ARRIVED = "letter.arrived"
    LETTER_ANSWERED = "letter.answered"
    ANSWER_DUE = "answer.due"  # a letter arrived, and the schedule has no date for its answer
    COPIES_MISSING = "copies.missing"
    EXCHANGE_QUIET = "exchange.quiet"  # nothing has come from anybody since …
    CALENDAR_CLOSURE = "calendar.closure"  # a class has no school, from its first day on
    SESSION_START = "session.start"
    MEETING = "meeting"
    PHASE_EXECUTION = "phase.execution"
    PHASE_REFLECTION = "phase.reflection"
    PHASE_DISSEMINATION = "phase.dissemination"
    EXCHANGE_START = "exchange.start"
    EXCHANGE_MIDDLE = "exchange.middle"
    EXCHANGE_END = "exchange.end"
    TERM_START = "term.start"
    EVERY = "every"  # week, month: `when: every monday`, `when: every month`


class Counting(StrEnum):
    """Whose calendar counts."""

    SENDER = "sender"
    RECEIVER = "receiver"
    BOTH = "both"


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    SCHOOL_DAYS = "school days"


class Group(StrEnum):
    """To whom a step goes. Events that concern one class call it the sender, the others the receiver."""

    SENDERS = "sender.teachers"
    RECEIVERS = "receiver.teachers"
    TEACHERS = "teachers"  # of every class
    LEADERS = "leaders"


@dataclass(frozen=True, slots=True)
class Offset:
    """How long after the event, or after the step before was sent; negative: before the event."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Step:
    """One mail, or one line of the digest. `notice` names its template."""

    offset: Offset
    notice: str
    to: tuple[Group, ...]
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """For `every`: each week or month on a weekday; `week` of the month, 1 to 4 or -1 for the last."""

    weekday: int
    monthly: bool = False
    week: int = 1
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """An `if`, compiled once. `holds` takes the values of the words that it uses."""

    text: str
    words: frozenset[str]
    holds: Callable[[Mapping[str, object]], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows when."""

    id: str
    when: Event
    steps: tuple[Step, ...]
    counted_on: Counting = Counting.SENDER
    condition: Condition | None = None
    unless: tuple[Event, ...] = ()  # whatever of these has happened settles all steps
    rhythm: Rhythm | None = None  # for EVERY
    file: str = ""
    line: int = 0
