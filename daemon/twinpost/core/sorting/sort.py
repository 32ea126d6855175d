"""Every message ends as exactly one of nine kinds, with its reasons.

The detectors stand in a row; the first that is certain decides. Machines come first, so that nothing
they write can pass for a person's; then who writes; then what she may want.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twinpost.core.model.kind import Kind, Sorted
from twinpost.core.model.people import Role
from twinpost.core.sorting.automatic import Mark, marks
from twinpost.core.sorting.bounces import report
from twinpost.core.sorting.directions import readings
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.letters import letter
from twinpost.core.sorting.phrases import AutomaticWords, opens_with
from twinpost.core.sorting.strangers import stranger

OUR_MARK = "x-twinpost"
"""The header that every mail of ours carries."""


def sort(facts: Facts, words: AutomaticWords) -> Sorted:
    """The kind of a message, with everything that led to it."""
    for detector in DETECTORS:
        found = detector(facts, words)
        if found:
            proof = (facts.proof.because,) if facts.proof.because and found.sender else ()
            return replace(found, because=(*found.because, *proof), subject=facts.subject)
    return _other(facts)


def _own_mail(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    if facts.known.ours or facts.reading.header(OUR_MARK):
        return Sorted(Kind.AUTOMATIC, ("It is a mail of our own that came back.",))
    shared = facts.known.address.casefold()
    if any(sender.address == shared for sender in facts.reading.from_):
        return Sorted(Kind.AUTOMATIC, ("Its sender is the shared address itself.",))
    return None


def _report(facts: Facts, words: AutomaticWords) -> Sorted | None:
    known, names_ours = bool(facts.memberships), bool(facts.known.reported)
    verdict = report(facts.reading, words, known_sender=known, names_ours=names_ours)
    return Sorted(verdict[0], (verdict[1],)) if verdict else None


def _names_machine(facts: Facts, words: AutomaticWords) -> bool:
    """Whether the subject begins, behind a Fwd:, like that of an away note or a report."""
    kinds = (words.away, words.undelivered, words.delayed, words.delivered)
    return any(opens_with(facts.subject.cleaned, phrases) for phrases in kinds)


def _machine(facts: Facts, words: AutomaticWords) -> Sorted | None:
    known = bool(facts.memberships)
    found = marks(facts.reading, words, known_sender=known, shared=facts.known.address)
    counting = [mark for mark in found if not _excused(mark, facts, words)]
    if found and not (facts.memberships and not counting):
        because = tuple(dict.fromkeys(mark.because for mark in counting or found))
        return Sorted(Kind.AUTOMATIC, because, away=facts.away)
    return None


def _excused(mark: Mark, facts: Facts, words: AutomaticWords) -> bool:
    """A list may carry a certain letter, or what a pupil wrote, which the guard has to see; letters, orders
    and forwards may hold words that machines use.
    """
    places = facts.places(Role.TEACHER)
    certain = facts.subject.exact and bool(readings(facts.subject, places))
    if mark.of_list:
        return certain or bool(facts.places(Role.PUPIL) and not places)
    fresh = certain and bool(facts.new_files) and not facts.subject.is_reply
    hers = bool(facts.order) or facts.subject.is_forward or (fresh and not _names_machine(facts, words))
    return mark.of_words and bool(places) and hers


def _stranger(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    return stranger(facts)


def _pupil(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    """A pupil who has the address for herself: a teacher's address given for a pupil stays the teacher's."""
    places = facts.places(Role.PUPIL)
    if not places or facts.places(Role.TEACHER):
        return None
    return Sorted(Kind.PUPIL_MAIL, (f"The sender is a pupil of {places[0].school_class.name}.",), places[0])


def _leader(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    places = facts.places(Role.LEADER)
    if not places or facts.places(Role.TEACHER):
        return None
    kind = Kind.REPLY if _converses(facts) else Kind.OTHER
    return Sorted(kind, (f"The sender is a head of {places[0].school_class.name}.",), places[0])


def _saying(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    """A word in answer to a mail of ours: ARRIVED, LATER, PAUSE, WHY. Files mean that a letter comes."""
    places, thread = facts.places(Role.TEACHER), facts.known.thread
    if not places or facts.said.word is None or thread is None or not thread.notice:
        return None
    if facts.reading.via or facts.brings_something:
        return None
    word = facts.said.word.value.upper().replace("_", " ")
    because = (_teacher(facts), f"It answers a mail of ours with the word {word}.")
    return Sorted(Kind.COMMAND, because, places[0], order=word, said=facts.said)


def _answer(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    """A direct answer of the person asked; whether its text answers is decided later.

    What a platform says that she wrote is talk: anybody could have had it say so.
    """
    people = {place.person.id: place for place in facts.places(Role.TEACHER)}
    put_to_her = [mail.question for mail in facts.known.asked if people.keys() & set(mail.question.asked)]
    if not put_to_her or facts.reading.via or _brings_letters(facts):
        return None
    question = next((q for q in put_to_her if not q.answered_by), put_to_her[0])
    place = next(
        (p for p in facts.places(Role.TEACHER) if p.exchange.id == question.exchange_id),
        facts.places(Role.TEACHER)[0],
    )
    because = "It is a direct answer to our question by somebody whom we asked."
    return Sorted(Kind.REPLY, (because,), place, question=question.id)


def _brings_letters(facts: Facts) -> bool:
    """Whether an answer carries letters: files under a new and certain subject, or sent to our receipt."""
    to_receipt = facts.known.thread is not None and facts.known.thread.notice == "receipt"
    renamed = facts.subject.exact and not facts.subject.is_reply
    return bool(facts.new_files) and (to_receipt or renamed)


def _shown(facts: Facts, words: AutomaticWords) -> Sorted | None:
    """Somebody shows us what a machine wrote: "Fwd: Undeliverable: Letter 1 …" brings no letter 1.

    With files of its own it may: "Undelivered: Letter 1 …, once more".
    """
    brings = bool(facts.new_files) and not facts.subject.is_forward
    if facts.subject.is_reply or brings or not _names_machine(facts, words):
        return None
    if facts.away is not None:
        return _tells_of_absence(facts)
    because = (_teacher(facts), "Its subject begins like that of a machine's mail, so it brings no letter.")
    kind = Kind.REPLY if _converses(facts) else Kind.OTHER
    return Sorted(kind, because, facts.places(Role.TEACHER)[0])


def _tells_of_absence(facts: Facts) -> Sorted:
    because = (_teacher(facts), "It says from when until when somebody is away.")
    return Sorted(Kind.COMMAND, because, facts.places(Role.TEACHER)[0], order="AWAY", away=facts.away)


def _absence(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    """Her own words about an absence, in a mail that brings nothing else."""
    if facts.away is None or facts.brings_something or facts.reading.via:
        return None
    return _tells_of_absence(facts)


def _letter(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    found = letter(facts)
    if found is None or found.sender is None:
        return found
    return replace(found, because=(_teacher(facts), *found.because))


def _command(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    if not facts.order:
        return None
    because = (_teacher(facts), f"It consists of the order {facts.order}.")
    place = facts.places(Role.TEACHER)[0]
    return Sorted(Kind.COMMAND, because, place, order=facts.order, said=facts.said)


def _conversation(facts: Facts, _words: AutomaticWords) -> Sorted | None:
    if not _converses(facts):
        return None
    because = (_teacher(facts), "It belongs to a conversation and brings no letter.")
    return Sorted(Kind.REPLY, because, facts.places(Role.TEACHER)[0])


def _other(facts: Facts) -> Sorted:
    places = facts.places(Role.TEACHER)
    because = (_teacher(facts), "It names no letter, answers nothing and asks for nothing.")
    return Sorted(Kind.OTHER, because, places[0], subject=facts.subject)


def _converses(facts: Facts) -> bool:
    return facts.known.thread is not None or facts.subject.is_reply


def _teacher(facts: Facts) -> str:
    classes = dict.fromkeys(place.school_class.name for place in facts.places(Role.TEACHER))
    return f"The sender is a teacher of {' and '.join(classes)}."


Detector = Callable[[Facts, AutomaticWords], Sorted | None]

DETECTORS: tuple[Detector, ...] = (
    _own_mail,
    _report,
    _machine,
    _stranger,
    _pupil,
    _leader,
    _saying,
    _answer,
    _shown,
    _letter,
    _absence,
    _command,
    _conversation,
)
"""Asked in this order. Behind `_leader` only teachers are left; who is none of these gets `_other`."""
