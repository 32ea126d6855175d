"""What follows from a message that has been sorted."""

from __future__ import annotations

from collections.abc import Callable

from twinpost.core.deciding.absences import decide_absence
from twinpost.core.deciding.answers import decide_answer
from twinpost.core.deciding.bounces import decide_bounce, recovered_by_mail
from twinpost.core.deciding.case import Case
from twinpost.core.deciding.conversation import decide_conversation
from twinpost.core.deciding.letters import decide_letter
from twinpost.core.deciding.pupils import decide_pupil_mail
from twinpost.core.deciding.sayings import decide_saying
from twinpost.core.deciding.strangers import alarm_for_machine, decide_stranger
from twinpost.core.deciding.unclear import decide_unclear
from twinpost.core.model.effect import Decision, Priority, Tell
from twinpost.core.model.kind import Kind
from twinpost.core.model.notice import CannotYet


def decide(case: Case) -> Decision:
    """The effects of one message and the reasons, those of the sorting first."""
    if case.known.same_as:
        decision = Decision(because=("The same mail came before, by another way.",), sorted=case.sorted)
    else:
        decision = BY_KIND[case.sorted.kind](case)
    return Decision(
        effects=(*recovered_by_mail(case), *decision.effects),
        because=(*case.sorted.because, *decision.because),
        findings=decision.findings,
        sorted=decision.sorted or case.sorted,
    )


def _reply(case: Case) -> Decision:
    return decide_answer(case) if case.sorted.question else decide_conversation(case)


def _command(case: Case) -> Decision:
    """A word about letters takes effect; of other orders she is told that they are not carried out yet."""
    if case.sorted.away is not None:
        return decide_absence(case)
    if case.sorted.said.word is not None:
        return decide_saying(case)
    member = case.sorted.sender
    assert member is not None
    tell = Tell(
        key=f"answer/{case.kept.id}/{case.sender.id}",
        notice=CannotYet(case.sorted.order),
        to=case.sender,
        exchange_id=member.exchange.id,
        priority=Priority.ANSWER,
        parent=case.reading.message_id,
        references=case.reading.references,
        provoked_by=case.address,
    )
    return Decision(effects=(tell,), because=("Orders are not carried out by mail yet.",), sorted=case.sorted)


def _automatic(case: Case) -> Decision:
    """A machine is never answered; of an absence that it tells of a colleague is asked."""
    silence = Decision(because=("Recorded; its sender gets no answer.",), sorted=case.sorted)
    return alarm_for_machine(case, decide_absence(case) if case.sorted.away is not None else silence)


def _bounce(case: Case) -> Decision:
    return alarm_for_machine(case, decide_bounce(case))


BY_KIND: dict[Kind, Callable[[Case], Decision]] = {
    Kind.LETTER: decide_letter,
    Kind.PUPIL_MAIL: decide_pupil_mail,
    Kind.REPLY: _reply,
    Kind.COMMAND: _command,
    Kind.UNCLEAR: decide_unclear,
    Kind.AUTOMATIC: _automatic,
    Kind.BOUNCE: _bounce,
    Kind.OTHER: decide_conversation,
    Kind.STRANGER: decide_stranger,
}
