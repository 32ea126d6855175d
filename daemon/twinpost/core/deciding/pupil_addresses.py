"""A pupil's name under an address that nobody gave: her teachers are asked, ADD or NO. She hears nothing."""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.deciding.about import answer_mail
from twinpost.core.deciding.alarms import alarms
from twinpost.core.deciding.case import Case, names, where_for
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.inspecting.guard import pupils_in
from twinpost.core.model.effect import AddAddress, Again, Ask, Decision, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.known import AskedMail
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.notice import Done, PupilAddress
from twinpost.core.model.people import Exchange, Membership, Person, SchoolClass
from twinpost.core.model.question import QuestionKind


def ask_about_pupil(case: Case, pupil: Membership, budget: str) -> Decision:
    """Put the question to each teacher of her class; `budget`: what its mails count in."""
    teachers, exchange = pupil.school_class.teachers, pupil.exchange
    ask = Ask(
        kind=QuestionKind.PUPIL_ADDRESS,
        exchange_id=exchange.id,
        asked=tuple(teacher.id for teacher in teachers),
        message=case.kept.id,
        choices=(Choice("add", "ADD", words=case.address, person=pupil.person.id), Choice("no", "NO")),
        again_at=next_school_opening(teachers[0], exchange, case.now),
    )
    tells = tuple(
        Tell(
            key=f"question/{{question}}/1/{teacher.id}",
            notice=pupil_address(case.reading, case.kept, pupil.person.name, exchange, teacher),
            to=teacher,
            exchange_id=exchange.id,
            provoked_by=budget,
            asks=True,
        )
        for teacher in teachers
    )
    reason = "It bears the name of a pupil: her teachers are asked whether the address is hers."
    return Decision(effects=(ask, *tells), because=(reason,), sorted=case.sorted)


def pupil_address(
    reading: Reading, kept: Kept, pupil: str, exchange: Exchange, to: Person, again: int = 1
) -> PupilAddress:
    """The mail that asks one teacher, with what the unknown address wrote."""
    return PupilAddress(
        pupil=pupil,
        address=reading.from_[0].address,
        subject=reading.subject,
        arrived_at=kept.arrived_at,
        where=where_for(to, exchange),
        said=reading.written,
        files=sum(not file.inline for file in reading.files),
        again=again,
    )


def pupil_meant(asked: AskedMail, exchange: Exchange) -> str:
    """The name of the pupil whom a question is about; "" when she has left."""
    meant = {choice.person for choice in asked.question.choices}
    pupils = (pupil for one in exchange.classes for pupil in one.pupils)
    return next((pupil.name for pupil in pupils if pupil.id in meant), "")


def add_address(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """ADD: the address is hers from now on, and what came from it is read again."""
    exchange = case.known.directory.exchange(asked.question.exchange_id)
    pupil = pupil_meant(asked, exchange)
    done = Done("pupil-address-added", asked.reading.subject, (pupil, choice.words))
    return Decision(
        effects=(
            AddAddress(choice.person, choice.words),
            Again(choice.words),
            answer_mail(case, done, exchange.id),
        )
    )


def not_hers(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """NO: somebody writes in a pupil's name. If it was to pupils, that is an alarm like any stranger's."""
    exchange = case.known.directory.exchange(asked.question.exchange_id)
    older = replace(case, kept=asked.kept, reading=asked.reading)
    pupils = [p for p in pupils_in(asked.reading, case.known.directory) if p.exchange.id == exchange.id]
    named: dict[int, SchoolClass] = {p.school_class.id: p.school_class for p in pupils}
    people = tuple({p.person.id: p.person for p in pupils}.values())
    tells = (
        alarms(
            older,
            exchange,
            tuple(named.values()),
            asked.reading.from_,
            people,
            wrote=True,
            denied=True,
            but=(case.sender.id,),
        )
        if people
        else ()
    )
    told = names(tell.to for tell in tells)
    done = Done("pupil-address-refused", asked.reading.subject, told)
    return Decision(effects=(*tells, answer_mail(case, done, exchange.id)))
