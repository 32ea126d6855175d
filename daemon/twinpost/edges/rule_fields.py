"""One rule of a rule file: its keys and its steps, every problem noted with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from twinpost.core.model.rule import Condition, Event, Group, Offset, Rhythm, Rule, Step, Unit
from twinpost.core.rules.expression import compile_condition
from twinpost.core.rules.language import EVENTS, RULE_HINTS, STEP_HINTS, WORDS, Told, words_of
from twinpost.core.rules.parse import WrongWording, is_rhythm, offset, rhythm
from twinpost.core.rules.tokens import WrongExpression
from twinpost.edges import fields
from twinpost.edges.sections import Odd, Read, Section, Unfit, did_you_mean, shown

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

MOST_STEPS = 10

ANYTHING = Told("", one_class=True, settled_by=tuple(Event))
"""What is assumed of an event that could not be read: one mistake is not told as several."""


class Texts(Protocol):
    """Knows which texts there are for rules to name."""

    def follow_ups(self) -> frozenset[str]: ...
    def digest_lines(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Names:
    """What steps may name: texts of mails, and lines of the digest."""

    send: Collection[str]
    digest: Collection[str]

    @classmethod
    def of(cls, texts: Texts) -> Names:
        return cls(texts.follow_ups(), texts.digest_lines())


def read_rule(entry: Section, id_: str, names: Names) -> Rule:
    """The rule of this entry, whose `id` and `enabled` have been taken. What is wrong is noted."""
    unread: tuple[Event | None, Rhythm | None] = (None, None)
    event, every = entry.need("when", _when, unread, "the event that it waits for")
    told = EVENTS[event] if event else ANYTHING
    line, _ = entry.marked.marks.get(entry.path, (0, 0))
    rule = Rule(
        id=id_,
        when=event or Event.LETTER_DUE,
        steps=(),
        counted_on=entry.take("counted_on", _of_event(told.countings, event), told.countings[0]),
        condition=entry.take("if", _condition(event), None),
        unless=entry.several("unless", _settling(event), "events"),
        rhythm=every,
        file=entry.marked.file,
        line=line,
    )
    steps = entry.sections("steps", "a step such as {after: 2 school days, send: …, to: […]}")
    if not entry.has("steps"):
        entry.note("`steps` is missing: what is sent, when and to whom")
    elif not 1 <= len(steps) <= MOST_STEPS:
        entry.note(f"`steps` must be a list of 1 to {MOST_STEPS} steps", "steps")
    entry.finish({key: _hint(key, word) for key, word in RULE_HINTS.items()})
    return replace(rule, steps=_steps(steps, event, names))


def _hint(key: str, word: str) -> str:
    return f"unknown key `{key}` (did you mean `{word}`?)"


# -- when, if, unless ----------------------------------------------------------------------------


def _when(value: Any) -> tuple[Event | None, Rhythm | None]:
    text = fields.text(value)
    if is_rhythm(text):
        return Event.EVERY, _worded(rhythm)(text)
    known = [event.value for event in Event if event is not Event.EVERY]
    if text in known:
        return Event(text), None
    raise Unfit("an event, such as letter.due, or `every monday`", did_you_mean(text, known))


def _worded(read: Callable[[str], T]) -> Read[T]:
    """A reader of one line of text that is refused with a sentence of its own."""

    def one(value: Any) -> T:
        text = fields.text(value)
        try:
            return read(text)
        except WrongWording as wrong:
            raise Odd(f"{shown(text)} is not understood: {wrong}") from wrong

    return one


def _of_event(choices: Sequence[E], event: Event | None) -> Read[E]:
    """A reader of words of which this event has only some."""
    everything = type(choices[0])

    def read(value: Any) -> E:
        if value in choices:
            return choices[choices.index(value)]
        if isinstance(value, str) and value in list(everything):
            raise Odd(f"`{event}` has no {value}: use {_either(choices)}")
        near = did_you_mean(value, choices) if isinstance(value, str) else ""
        raise Unfit(_either(choices), near)

    return read


def _either(choices: Sequence[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else str(last)


def _condition(event: Event | None) -> Read[Condition]:
    def read(value: Any) -> Condition:
        if not isinstance(value, str):
            raise Unfit('a comparison in quotes, such as "letter.number >= 2"')
        try:
            return compile_condition(value, words_of(event) if event else WORDS)
        except WrongExpression as wrong:
            raise Odd(f"{wrong.sentence} (character {wrong.column})") from wrong

    return read


def _settling(event: Event | None) -> Read[Event]:
    choices = EVENTS[event].settled_by if event else ANYTHING.settled_by

    def read(value: Any) -> Event:
        if not choices:
            raise Odd(f"nothing can settle `{event}`: leave it out")
        return _of_event(choices, event)(value)

    return read


# -- steps ---------------------------------------------------------------------------------------


def _steps(entries: Sequence[Section], event: Event | None, names: Names) -> tuple[Step, ...]:
    steps = tuple(_step(entry, event, names) for entry in entries)
    for entry, step, earlier in zip(entries[1:], steps[1:], steps, strict=False):
        if trouble := _order(earlier.offset, step.offset):
            entry.note(trouble, "before")
    return steps


def _order(earlier: Offset, later: Offset) -> str:
    """What is wrong with a step that comes `before` the event, as the step before it stands."""
    if later.count >= 0:
        return ""
    if earlier.count >= 0:
        return "`before` cannot follow `after`: put what comes before the event first"
    if later.unit is earlier.unit and later.count <= earlier.count:
        return "this step is no later than the one above it: put what comes first at the top"
    return ""


def _step(entry: Section, event: Event | None, names: Names) -> Step:
    told = EVENTS[event] if event else ANYTHING
    digest, notice = _notice(entry, names)
    step = Step(
        offset=_offset(entry, told, event),
        notice=notice,
        to=tuple(dict.fromkeys(entry.several("to", _group(told, event), "groups"))),
        digest=digest,
    )
    if not entry.has("to") or entry.data["to"] == []:
        entry.note(f"`to` is missing: to whom it goes, as in [{told.groups[0]}]", *_known(entry, "to"))
    entry.finish({key: _hint(key, word) for key, word in STEP_HINTS.items()})
    return step


def _known(entry: Section, key: str) -> Sequence[str]:
    return (key,) if key in entry.data else ()


def _offset(entry: Section, told: Told, event: Event | None) -> Offset:
    """Negative for `before`."""
    after = entry.take("after", _worded(offset), None)
    before = entry.take("before", _worded(offset), None)
    if entry.has("after") and entry.has("before"):
        entry.note("a step has `after` or `before`, not both", "before")
    elif not entry.has("after") and not entry.has("before"):
        entry.note("`after` or `before` is missing: how long, as in `after: 2 school days`")
    if before and not told.foreseen:
        entry.note(f"nobody knows beforehand when `{event}` will be: use `after`", "before")
    if before and not before.count:
        entry.note("`before`: write `after: 0 days` for the day itself", "before")
    if before and not after:
        return replace(before, count=-max(before.count, 1))
    return after or Offset(0, Unit.DAYS)


def _notice(entry: Section, names: Names) -> tuple[bool, str]:
    """Whether it is a line of the digest, and its text's name."""
    send = entry.take("send", _named(names.send, "templates/en/follow-ups"), "")
    digest = entry.take("digest", _named(names.digest, "templates/en/digest"), "")
    if entry.has("send") and entry.has("digest"):
        entry.note("a step has `send` (a mail) or `digest` (a line), not both: make two steps", "digest")
    elif not entry.has("send") and not entry.has("digest"):
        entry.note("`send` or `digest` is missing: the text that it sends")
    return (True, digest) if digest and not send else (False, send)


def _named(known: Collection[str], folder: str) -> Read[str]:
    def read(value: Any) -> str:
        name = fields.text(value)
        if name in known:
            return name
        if near := did_you_mean(name, known):
            raise Unfit("the name of a text that there is", near)
        raise Odd(f"there is no text {shown(name)}: one of yours is a file in {folder}, in your templates")

    return read


_NO_GROUPS: Mapping[str, str] = {
    "pupils": "no rule writes to pupils",
    "sender.pupils": "no rule writes to pupils",
    "receiver.pupils": "no rule writes to pupils",
    "parents": "we know no parents: write to the teachers",
    "admin": "the admin is told of trouble, not of letters",
}


_SHORT: Mapping[str, Group] = {
    **dict.fromkeys(("sender", "senders", "sender.teacher"), Group.SENDERS),
    **dict.fromkeys(("receiver", "receivers", "receiver.teacher"), Group.RECEIVERS),
    **dict.fromkeys(("teacher", "all", "both", "everybody"), Group.TEACHERS),
}


def _group(told: Told, event: Event | None) -> Read[Group]:
    choose = _of_event(told.groups, event)

    def read(value: Any) -> Group:
        word = value.strip().casefold() if isinstance(value, str) else ""
        if word in _NO_GROUPS:
            raise Odd(_NO_GROUPS[word])
        if "@" in word:
            raise Odd(f"a group, not an address: {_either(told.groups)}")
        if (near := _SHORT.get(word)) in told.groups:
            raise Unfit(_either(told.groups), str(near))
        return choose(value)

    return read
