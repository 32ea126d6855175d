"""A letter has arrived: log it, look into it, tell everybody concerned, reach who was left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

from twinpost.core.calendars.hours import school_morning
from twinpost.core.deciding.case import Case, distinct
from twinpost.core.deciding.report import LetterState, arrival_for, receipts
from twinpost.core.inspecting.attachments import Contents, good_order
from twinpost.core.inspecting.copies import InCopy, copies
from twinpost.core.inspecting.sequence import sequence
from twinpost.core.model.effect import Ask, Attach, Decision, LogLetter, Tell
from twinpost.core.model.finding import Finding
from twinpost.core.model.kind import Choice
from twinpost.core.model.letter import Certainty, DeliveredMail, Delivery, Letter
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.people import Exchange, Person
from twinpost.core.model.question import QuestionKind
from twinpost.core.reading.expiry import expiry
from twinpost.core.sorting.directions import lines_of

LATEST_UPDATE = 6
"""Gathered news wait this many quiet times at most: an hour, where ten minutes are quiet."""

MOST_UPDATES = 6
"""So many receipts of one letter while it is open, then its final list alone: gathered ones do not count in
the loop budget, and a machine that answers each with one more file would never end."""

CLOSED_AFTER = 12
"""A letter is closed when so many quiet times have passed without a further mail: two hours."""


def decide_letter(case: Case, learned: tuple[str, str] | None = None) -> Decision:
    """What follows from one mail of a letter. `learned` is a nickname that its naming taught us."""
    letter = case.sorted.letter
    assert letter is not None
    case = replace(case, sorted=replace(case.sorted, delivery=case.sorted.delivery or _logged(case, letter)))
    exchange = case.known.directory.exchange(letter.exchange_id)
    in_copy = copies(letter, case.reading, exchange)
    state = LetterState(
        letter=letter,
        exchange=exchange,
        sender=case.sender,
        address=case.address,
        first_at=case.kept.arrived_at,
        now=case.now,
        files=case.reading.files,
        links=case.reading.links,
        mails=1,
        arrived=case.known.arrived,
        findings=(*in_copy.findings, *_in_order(case, letter, exchange)),
        said=case.reading.written,
        read_as=case.reading.subject if letter.certainty is Certainty.INFERRED else "",
        learned=learned,
        missing=left_out(in_copy),
        proven=case.proof.proven is True,
        too_large=case.kept.size > case.known.largest_mail,
        attach=carried(case.kept, case.reading),
        parent=case.reading.message_id,
        references=case.reading.references,
    )
    if case.sorted.delivery:
        return _one_more_mail(case, state)
    return _first_mail(case, state)


def _logged(case: Case, letter: Letter) -> int:
    """The delivery of a letter that came meanwhile, while a question about this mail was open; else 0."""
    lines = lines_of(letter, case.known.arrived)
    here = {(line.number, line.to_class) for line in lines}
    wanted = set(product(letter.numbers, letter.to_classes))
    return lines[-1].delivery if lines and here >= wanted else 0


def carried(kept: Kept, reading: Reading) -> tuple[Attach, ...]:
    """What of a mail is passed on beside its text: every file, decoration left out."""
    parts = tuple(file.part for file in reading.files if not file.inline)
    return (Attach(kept.id, parts),) if parts else ()


def left_out(in_copy: InCopy) -> tuple[Person, ...]:
    """Everybody whom we have to reach."""
    return distinct(person for people in in_copy.missing.values() for person in people)


def delivered(case: Case, letter: Letter) -> DeliveredMail:
    """The message as one of the mails of a letter."""
    return DeliveredMail(
        message=case.kept.id,
        message_id=case.reading.message_id,
        person=case.sender.id,
        arrived_at=case.kept.arrived_at,
        files=case.reading.files,
        links=case.reading.links,
        links_until=_links_until(case),
        part=letter.part,
    )


def _links_until(case: Case) -> date | None:
    """Until when the links of this mail work, where it says so."""
    if not case.reading.links:
        return None
    return expiry(case.reading.text, case.kept.arrived_at.date(), case.words.expiry)


def _in_order(case: Case, letter: Letter, exchange: Exchange) -> tuple[Finding, ...]:
    opens = [exchange.class_by_id(class_id).opens for class_id in letter.to_classes]
    return (
        *good_order(
            Contents(
                files=tuple(file for file in case.reading.files if not file.inline),
                links=case.reading.links,
                links_until=_links_until(case),
                opens=frozenset.intersection(*opens),
                before=_before(case, exchange),
                size=case.kept.size,
                largest_mail=case.known.largest_mail,
            )
        ),
        *sequence(letter, exchange, case.known.arrived).findings,
    )


def _before(case: Case, exchange: Exchange) -> dict[str, int]:
    """Which files came with another letter of the same exchange."""
    others = {line.delivery for line in case.known.arrived if line.exchange_id == exchange.id}
    others.discard(case.sorted.delivery)
    return {sha256: other for sha256, other in case.known.files_before.items() if other in others}


def _first_mail(case: Case, state: LetterState) -> Decision:
    quiet = timedelta(minutes=case.known.quiet_minutes)
    log = LogLetter(
        letter=state.letter,
        mail=delivered(case, state.letter),
        close_due=case.now + CLOSED_AFTER * quiet,
        told=tuple(finding.code for finding in state.findings),
    )
    question = _question(case, state)
    tells = receipts(state)
    return Decision(
        effects=(log, *question, *tells),
        because=_reasons(state),
        findings=state.findings,
        sorted=case.sorted,
    )


def _question(case: Case, state: LetterState) -> tuple[Ask, ...]:
    """What the sender's receipt asks: was this you, so that it may be passed on; or a nickname's "no"."""
    sending = {teacher.id for teacher in state.from_class.teachers}
    if state.missing and not state.proven and state.sender.id in sending:
        return (
            Ask(
                kind=QuestionKind.WAS_THIS_YOU,
                exchange_id=state.exchange.id,
                asked=(state.sender.id,),
                message=case.kept.id,
                choices=(Choice("confirm", "Yes, it was me", state.letter), Choice("no", "No")),
                again_at=next_school_opening(case.sender, state.exchange, case.now),
            ),
        )
    if state.learned:
        return (
            Ask(
                kind=QuestionKind.NICKNAME,
                exchange_id=state.exchange.id,
                asked=(state.sender.id,),
                message=case.kept.id,
                choices=(Choice("forget", "No", words=state.learned[0]),),
            ),
        )
    return ()


def next_school_opening(person: Person, exchange: Exchange, now: datetime, days: int = 1) -> datetime:
    """The opening of school hours of a teacher's class, so many of its school days from now."""
    for school_class in exchange.classes:
        if any(person.id == teacher.id for teacher in school_class.teachers):
            return school_morning(school_class.school_calendar(), now, days)
    return now + timedelta(days=days)


def _one_more_mail(case: Case, state: LetterState) -> Decision:
    """A further mail of the same letter: gathered, but whoever was left out has its files at once."""
    quiet = timedelta(minutes=case.known.quiet_minutes)
    delivery = _delivery(case)
    since = (delivery.gathering_since if delivery else None) or case.now
    close_due = case.now + CLOSED_AFTER * quiet
    many = delivery is not None and delivery.version >= MOST_UPDATES
    log = LogLetter(
        letter=state.letter,
        mail=delivered(case, state.letter),
        delivery=case.sorted.delivery,
        gathering_since=since,
        update_due=close_due if many else min(case.now + quiet, since + LATEST_UPDATE * quiet),
        close_due=close_due,
    )
    passed = _passed_on_at_once(case, state)
    return Decision(
        effects=(log, *passed),
        because=(*_reasons(state), "Further mails of one letter are gathered into one receipt."),
        findings=state.findings,
        sorted=case.sorted,
    )


def _delivery(case: Case) -> Delivery | None:
    return next((d for d in case.known.deliveries if d.id == case.sorted.delivery), None)


def _passed_on_at_once(case: Case, state: LetterState) -> tuple[Ask | Tell, ...]:
    if not state.missing:
        return ()
    delivery = max(case.sorted.delivery, 0)  # 0: the letter logged just before
    state = replace(state, version=2, key=f"passed-on/{case.kept.id}", delivery=delivery)
    if state.proven:
        return tuple(arrival_for(state, reader) for reader in state.missing)
    sender = next(tell for tell in receipts(state) if tell.to.id == case.sender.id)
    return (*_question(case, state), sender)


def _reasons(state: LetterState) -> tuple[str, ...]:
    found = [finding.text for finding in state.findings if finding.text]
    if state.missing and state.proven:
        found.append("Whoever was not in copy gets the letter from us, files attached.")
    if state.missing and not state.proven:
        found.append("The sender is not proven, so the letter is passed on only after a YES.")
    return tuple(found)
