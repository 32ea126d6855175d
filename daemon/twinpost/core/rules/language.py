"""The closed language of rule files as tables: events, words of an `if`, units, groups.

docs/rules.md names every entry. Whoever adds one sees to it that `core/deciding` has its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from twinpost.core.model.people import Mode
from twinpost.core.model.rule import Counting, Event, Group, Unit


@dataclass(frozen=True, slots=True)
class Told:
    """An event, as a rule may use it."""

    what: str
    one_class: bool = False  # it concerns one class, the sender; the others are the receivers
    foreseen: bool = True  # its day is known beforehand: there can be a `before`
    settled_by: tuple[Event, ...] = ()  # what `unless` may name

    @property
    def groups(self) -> tuple[Group, ...]:
        """To whom its steps may go."""
        return tuple(Group) if self.one_class else (Group.TEACHERS, Group.LEADERS)

    @property
    def countings(self) -> tuple[Counting, ...]:
        """Whose school days may be counted; the first is meant where nothing is said."""
        return tuple(Counting) if self.one_class else (Counting.BOTH,)


EVENTS: Mapping[Event, Told] = {
    Event.LETTER_DUE: Told(
        "the agreed date of a letter; the sender is the class that it comes from",
        one_class=True,
        settled_by=(Event.LETTER_ARRIVED,),
    ),
    Event.LETTER_ARRIVED: Told(
        "a letter arrived; the sender is the class that it comes from",
        one_class=True,
        foreseen=False,
        settled_by=(Event.LETTER_ANSWERED,),
    ),
    Event.LETTER_ANSWERED: Told(
        "the answer to a letter arrived; the sender is the class that answered",
        one_class=True,
        foreseen=False,
    ),
    Event.ANSWER_DUE: Told(
        "a letter arrived, and the plan has no date for its answer; the sender is the class that owes it",
        one_class=True,
        foreseen=False,
        settled_by=(Event.LETTER_ANSWERED,),
    ),
    Event.COPIES_MISSING: Told(
        "a pupil's mail left the teachers of a class out; the sender is that class",
        one_class=True,
        foreseen=False,
    ),
    Event.EXCHANGE_QUIET: Told("the last mail of anybody, after which nothing has come", foreseen=False),
    Event.CALENDAR_CLOSURE: Told(
        "a break begins in which three or more days of lessons fall out; the sender is the class that has it",
        one_class=True,
    ),
    Event.SESSION_START: Told("a live meeting of the classes begins"),
    Event.MEETING: Told("the teachers' regular meeting begins"),
    Event.PHASE_EXECUTION: Told("the first letter is due"),
    Event.PHASE_REFLECTION: Told("the last letter is due"),
    Event.PHASE_DISSEMINATION: Told("the last date of the plan, if letters have come"),
    Event.EXCHANGE_START: Told("the first date of the plan, or the day on which a later plan was applied"),
    Event.EXCHANGE_MIDDLE: Told("the middle between the first and the last date of the plan"),
    Event.EXCHANGE_END: Told("the last date of the plan"),
    Event.TERM_START: Told(
        "a term begins for a class whose calendar names terms; the sender is that class", one_class=True
    ),
    Event.EVERY: Told("each week or each month: `every monday`, `every first tuesday 14:30`"),
}


class Type(StrEnum):
    """What a part of an expression is, as a problem says it."""

    NUMBER = "a number"
    TEXT = "a text"
    TRUTH = "true or false"
    NUMBERS = "a list of numbers"
    TEXTS = "a list of texts"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that an `if` may use. `events` is empty where every event has it."""

    type: Type
    what: str
    events: frozenset[Event] = frozenset()
    values: tuple[str, ...] = ()  # all that a text can be


_LETTERS = frozenset({Event.LETTER_DUE, Event.LETTER_ARRIVED, Event.LETTER_ANSWERED, Event.ANSWER_DUE})
_OF_ONE_CLASS = frozenset(event for event, told in EVENTS.items() if told.one_class)

WORDS: Mapping[str, Word] = {
    "letter.number": Word(Type.NUMBER, "the number of the letter", _LETTERS),
    "letter.product": Word(Type.TEXT, "what is sent: letter, video, postcard …", _LETTERS),
    "letter.from": Word(Type.TEXT, "the name of the class that the letter comes from", _LETTERS),
    "letter.to": Word(Type.TEXT, "the name of the class that the letter goes to", _LETTERS),
    "letter.planned": Word(Type.NUMBER, "letters planned each way; 0 where the file says nothing", _LETTERS),
    "days_late": Word(
        Type.NUMBER,
        "days from the date (or a later one that was promised) to the day of the step; below 0 before it",
        frozenset({Event.LETTER_DUE, Event.ANSWER_DUE}),
    ),
    "letters_owed": Word(
        Type.NUMBER,
        "letters of the sender's to the reader's class, due by the end of the break, that have not arrived",
        frozenset({Event.CALENDAR_CLOSURE}),
    ),
    "closure.name": Word(Type.TEXT, "what the break is called", frozenset({Event.CALENDAR_CLOSURE})),
    "closure.days": Word(
        Type.NUMBER,
        "how many days it has, the first and the last included",
        frozenset({Event.CALENDAR_CLOSURE}),
    ),
    "session.title": Word(Type.TEXT, "the title of the live meeting", frozenset({Event.SESSION_START})),
    "session.minutes": Word(Type.NUMBER, "how long it lasts", frozenset({Event.SESSION_START})),
    "sender.name": Word(Type.TEXT, "the name of the sender class", _OF_ONE_CLASS),
    "sender.country": Word(Type.TEXT, "its country code, such as NO", _OF_ONE_CLASS),
    "receiver.name": Word(
        Type.TEXT, "the name of the receiver class, of the reader's where several", _LETTERS
    ),
    "receiver.country": Word(Type.TEXT, "its country code, such as FR", _LETTERS),
    "exchange.code": Word(Type.TEXT, "the short code of the exchange"),
    "exchange.classes": Word(Type.NUMBER, "how many classes take part"),
    "mode": Word(Type.TEXT, "how the exchange writes", values=tuple(Mode)),
    "step": Word(Type.NUMBER, "which step of the rule it is: 1, 2, 3"),
}


def words_of(event: Event) -> Mapping[str, Word]:
    """The words that an `if` may use for this event."""
    return {name: word for name, word in WORDS.items() if not word.events or event in word.events}


UNITS: Mapping[str, Unit] = {
    **{unit.value: unit for unit in Unit},
    **{unit.value.removesuffix("s"): unit for unit in Unit},
}
"""How units are written: "1 school day", "2 school days"."""

MOST: Mapping[Unit, int] = {
    Unit.MINUTES: 10_080,
    Unit.HOURS: 720,
    Unit.DAYS: 400,
    Unit.WEEKS: 60,
    Unit.SCHOOL_DAYS: 250,
}
"""More of a unit is a mistake: no exchange lasts so long."""

RULE_HINTS: Mapping[str, str] = {
    "on": "when",
    "trigger": "when",
    "triggers": "when",
    "event": "when",
    "cron": "when: every monday 07:30",
    "every": "when: every monday 07:30",
    "schedule": "when: every monday 07:30",
    "then": "steps",
    "do": "steps",
    "action": "steps",
    "actions": "steps",
    "condition": "if",
    "conditions": "if",
    "only_if": "if",
    "until": "unless",
    "except": "unless",
    "stop": "unless",
    "name": "id",
    "alias": "id",
    "disabled": "enabled: false",
    "calendar": "counted_on",
}
"""Words of other systems, where a rule has its keys, and what they are called here."""

STEP_HINTS: Mapping[str, str] = {
    "delay": "after",
    "wait": "after",
    "in": "after",
    "for": "after",
    "ahead": "before",
    "mail": "send",
    "email": "send",
    "notice": "send",
    "template": "send",
    "notify": "send",
    "line": "digest",
    "recipient": "to",
    "recipients": "to",
    "who": "to",
    "cc": "to",
}
"""The same where a step has its keys."""
