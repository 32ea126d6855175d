"""Is it a letter, and which one? The subject, the sender's places, her thread and the log say it together.

Whatever contradicts them, or leaves two readings, is asked: nothing is logged by guessing.
"""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.model.kind import Choice, Kind, Sorted
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Certainty, Letter
from twinpost.core.model.people import Role
from twinpost.core.model.subject import SubjectReading
from twinpost.core.sorting.asking import Places, ask, place_in, unclear
from twinpost.core.sorting.choices import in_words, letter_choices, letter_of
from twinpost.core.sorting.directions import (
    Direction,
    due_numbers,
    exchanges_of,
    her_own,
    lines_of,
    own_classes,
    readings,
)
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.here_already import here_already


def letter(facts: Facts) -> Sorted | None:
    """A teacher's letter, or the question which letter it is; None for what is no letter at all."""
    places = facts.places(Role.TEACHER)
    if not places:
        return None
    subject = facts.subject
    if subject.is_reply and not (subject.is_forward and facts.brings_something):
        return _in_a_reply(facts, places)
    if _letter_like(facts):
        return None if _answers_in_words(facts) else _named(facts, places)
    if facts.brings_something and not subject.is_forward:
        return _by_reminder(facts, places) or _by_thread(facts, places)
    return None


def _answers_in_words(facts: Facts) -> bool:
    """Whether it answers a mail that we know, under a subject of its own: "Letter 1 was wonderful"."""
    return bool(facts.known.thread) and not facts.brings_something and _only_talks(facts)


def _letter_like(facts: Facts) -> bool:
    """Whether the subject names a letter, or at least a product while the mail brings something."""
    subject = facts.subject
    if subject.looks_like_letter or (subject.numbers and subject.from_ and subject.to):
        return True
    if not subject.product or not facts.brings_something or facts.order:
        return False
    return not subject.talk or _comes_late(subject)


def _comes_late(subject: SubjectReading) -> bool:
    """Whether a letter may come with words that speak of it: "Letter 2, sorry for the delay"."""
    return bool(subject.numbers) and not (subject.spoken_of or subject.is_forward)


def _in_a_reply(facts: Facts, places: Places) -> Sorted | None:
    """A prefix decides little; sender and files decide."""
    if not facts.brings_something:
        return None
    hers = any(_from_her(direction, places) for direction in readings(facts.subject, places))
    if hers and (facts.subject.exact or _another_number(facts)):
        return _named(facts, places)
    by_thread = _by_reminder(facts, places) or _by_thread(facts, places)
    if by_thread or not facts.subject.looks_like_letter:
        return by_thread
    return _named(facts, places) if hers else _reply_with_files(facts, places)


def _another_number(facts: Facts) -> bool:
    """Whether the subject names another letter than the thread: the thread was only used to write from."""
    found = _letter_of_thread(facts)
    return bool(found and set(facts.subject.numbers) - set(found[0].numbers))


def _by_thread(facts: Facts, places: Places) -> Sorted | None:
    """Files in answer to a letter's mails: to her own letter they belong, the others' are a question."""
    found = _letter_of_thread(facts)
    if found is None:
        return None
    answered, lines = found
    direction = _direction(answered, places)
    if direction is None or not _from_her(direction, places):
        return _reply_with_files(facts, places)
    answered = replace(answered, part=facts.subject.part, certainty=Certainty.INFERRED)
    because = f"It answers a mail about {in_words(answered, direction)} and brings files of the same class."
    return here_already(facts, places, answered, direction, lines, because)


def _by_reminder(facts: Facts, places: Places) -> Sorted | None:
    """Files in answer to our reminder of a letter of hers are that letter; of several she is asked which."""
    owed = dict.fromkeys(
        (Direction(exchange, one.from_class, (one.to_class,)), one.product, one.number)
        for one in facts.known.reminded
        for exchange in exchanges_of(places)
        if one.product and exchange.id == one.exchange_id and one.from_class in own_classes(places, exchange)
    )
    letters = [
        (Letter(d.exchange.id, product, (number,), d.from_class, d.to_classes, facts.subject.part), d)
        for d, product, number in owed
    ]
    if len(letters) == 1:
        named, direction = letters[0]
        named = replace(named, certainty=Certainty.INFERRED)
        because = f"It answers our reminder of {in_words(named, direction)}, and brings files."
        return _placed(facts, places, named, direction, because)
    choices = tuple(Choice("letter", _sentence(in_words(named, d)), named) for named, d in letters)
    because = "It brings files in answer to our reminder of several letters."
    return unclear(places, "ambiguous", choices=choices, because=because) if choices else None


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _letter_of_thread(facts: Facts) -> tuple[Letter, tuple[Arrived, ...]] | None:
    """The letter that the answered mail belongs to, with its lines in the log."""
    delivery = facts.known.thread.delivery if facts.known.thread else 0
    lines = tuple(line for line in facts.known.arrived if line.delivery == delivery) if delivery else ()
    if not lines:
        return None
    numbers = tuple(sorted({line.number for line in lines}))
    to_classes = tuple(dict.fromkeys(line.to_class for line in lines))
    first = lines[0]
    return Letter(first.exchange_id, first.product, numbers, first.from_class, to_classes), lines


def _reply_with_files(facts: Facts, places: Places) -> Sorted:
    """The receiving class answers with files: probably its own letter."""
    subject = replace(facts.subject, numbers=(), number_trouble="", part=None)
    own = [d for d in her_own(places) if d.exchange.id == places[0].exchange.id]
    choices = letter_choices(replace(facts, subject=subject), own)
    because = "It brings files in answer to a letter of another class: probably a letter of its own."
    return unclear(places, "reply-with-files", choices=tuple(choices), because=because)


def _named(facts: Facts, places: Places) -> Sorted:
    """The letter that the subject names, with what it leaves out filled in where one reading is possible."""
    subject = facts.subject
    possible = readings(subject, places)
    fitting = [d for d in possible if _from_her(d, places) or _forwarded(facts, d, places)]
    if any(mention.lookalike for mention in (*subject.from_, *subject.to)):
        why = "A class name in the subject only looks like one that we know."
        return ask(facts, places, "lookalike", [*fitting, *her_own(places)], why)
    if not fitting:
        return _contradiction(facts, places, possible)
    if _only_talks(facts):
        return ask(facts, places, "talk", fitting, "It may only talk about a letter.")
    if subject.number_trouble:
        why = f"The number in the subject is {subject.number_trouble}."
        return ask(facts, places, "number", fitting, why)
    chosen = fitting if len(fitting) == 1 else [d for d in fitting if _due(facts, d)]
    if len(chosen) != 1:
        why = "The subject leaves more than one reading of the classes."
        return ask(facts, places, "ambiguous", fitting, why)
    return _numbered(facts, places, chosen[0], narrowed=len(fitting) > 1)


def _only_talks(facts: Facts) -> bool:
    """Whether a subject only refers to a letter ("Question about letter 2 from Oslo to Lyon"), or has,
    without files, words that may be the point; with files where it speaks of one: "Letter 2, a bit late".

    "Letter 2 almost ready" is no letter; that of "Here comes letter 2" may stand in the mail's text.
    """
    subject = facts.subject
    if subject.spoken_of:
        return True
    if facts.files or facts.reading.links:
        return subject.talk and not subject.names_both_ends
    if subject.talk or subject.names_both_ends:
        return subject.talk
    return subject.unread > 0


def _contradiction(facts: Facts, places: Places, possible: tuple[Direction, ...]) -> Sorted:
    mentions = (*facts.subject.from_, *facts.subject.to)
    unknown = any(not mention.class_ids for mention in mentions)
    if unknown:
        why = "The subject names a class that is not known."
    else:
        why = "The classes in the subject contradict what we know of the sender."
    return ask(
        facts, places, "unknown-class" if unknown else "contradiction", [*her_own(places), *possible], why
    )


def _due(facts: Facts, direction: Direction) -> bool:
    """Whether what the subject says is due in this direction, so that it is the one meant."""
    due = due_numbers(direction, facts.subject.product or "letter", facts.known.arrived, facts.arrived_at)
    return set(facts.subject.numbers) <= set(due) if facts.subject.numbers else len(due) == 1


def _numbered(facts: Facts, places: Places, direction: Direction, *, narrowed: bool) -> Sorted:
    """One direction is left: its number is given, or exactly one is due and the subject names a class."""
    subject = facts.subject
    if subject.numbers:
        certainty = Certainty.EXACT if subject.exact and not narrowed else Certainty.INFERRED
        named = letter_of(facts, direction, subject.numbers, certainty)
        return _placed(facts, places, named, direction, _says(facts, named, direction))
    due = due_numbers(direction, subject.product, facts.known.arrived, facts.arrived_at)
    if len(due) != 1 or not (subject.from_ or subject.to or subject.to_all or subject.loose):
        why = "The subject gives no number, and not exactly one letter is due."
        return ask(facts, places, "no-number", [direction], why)
    inferred = letter_of(facts, direction, due, Certainty.INFERRED)
    because = f"The subject gives no number; only {in_words(inferred, direction)} is due."
    return _placed(facts, places, inferred, direction, because)


def _says(facts: Facts, named: Letter, direction: Direction) -> str:
    verb = "names" if named.certainty is Certainty.EXACT else "is read as"
    forwarded = " forwarded:" if facts.subject.is_forward else ""
    return f"The subject{forwarded} {verb} {in_words(named, direction)}."


def _placed(facts: Facts, places: Places, named: Letter, direction: Direction, because: str) -> Sorted:
    """A letter that is new, or more of one that is here."""
    lines = lines_of(named, facts.known.arrived)
    if {line.number for line in lines} >= set(named.numbers):
        return here_already(facts, places, named, direction, lines, because)
    return Sorted(Kind.LETTER, (because,), place_in(places, direction), named)


def _forwarded(facts: Facts, direction: Direction, places: Places) -> bool:
    """A forward by a teacher of the class that it was for, as good as by one of the class that wrote it."""
    addressed = set(direction.to_classes) & set(own_classes(places, direction.exchange))
    return facts.subject.is_forward and bool(addressed)


def _from_her(direction: Direction, places: Places) -> bool:
    return direction.from_class in own_classes(places, direction.exchange)


def _direction(named: Letter, places: Places) -> Direction | None:
    """A letter's direction, when the sender has a place in its exchange."""
    exchange = next((x for x in exchanges_of(places) if x.id == named.exchange_id), None)
    return Direction(exchange, named.from_class, named.to_classes) if exchange else None
