"""Mail from an address that nobody gave us: no answer, ever; at most a question to a stored address.

If it goes to a pupil, the teachers of both sides know at once.
"""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.deciding.alarms import STRANGERS, alarms
from twinpost.core.deciding.case import Case, distinct, where_for
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.deciding.pupil_addresses import ask_about_pupil
from twinpost.core.inspecting.guard import pupils_in
from twinpost.core.model.effect import Ask, Decision, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.mail import Address
from twinpost.core.model.notice import WasThisYou
from twinpost.core.model.people import Membership, Role
from twinpost.core.model.question import QuestionKind


def decide_stranger(case: Case) -> Decision:
    """Silence; or a question to whose name it bears, or to her teachers; and an alarm if it is to a pupil."""
    pupil = case.sorted.may_be
    if pupil and case.known.asked_about_pupil == "open":
        return Decision(because=("Her teachers are being asked about this address.",), sorted=case.sorted)
    if pupil and not case.known.asked_about_pupil:
        return ask_about_pupil(case, pupil, STRANGERS)
    return _with_alarm(case, _was_this_you(case))


def alarm_for_machine(case: Case, decision: Decision) -> Decision:
    """The alarm also where a stranger's mail has the marks of a machine: anybody can write them into his.

    Nobody is answered by it. Mail of ours that comes back, and a known person's away note, are none.
    """
    ours = case.known.ours or any(one.address == case.known.address.casefold() for one in case.reading.from_)
    known = any(case.known.directory.who(one.address) for one in case.reading.from_)
    return decision if ours or known else _with_alarm(case, decision)


def _with_alarm(case: Case, decision: Decision) -> Decision:
    """The alarm to everybody else than the teacher who is asked whether it was she."""
    asked = {one.to.id for one in decision.effects if isinstance(one, Tell)}
    tells: list[Tell] = []
    by_exchange: dict[int, list[Membership]] = {}
    for place in pupils_in(case.reading, case.known.directory):
        by_exchange.setdefault(place.exchange.id, []).append(place)
    unknown = [one for one in case.reading.from_ if not case.known.directory.who(one.address)]
    writers = unknown or case.reading.from_ or (Address(""),)
    for places in by_exchange.values():
        classes = tuple({place.school_class.id: place.school_class for place in places}.values())
        people = distinct(place.person for place in places)
        tells += alarms(case, places[0].exchange, classes, writers, people, wrote=True, but=asked)
    if not by_exchange:
        return decision
    because = ("A stranger writes to a pupil: both sides' teachers are told, once a day.",)
    return replace(decision, effects=(*decision.effects, *tells), because=(*decision.because, *because))


def _was_this_you(case: Case) -> Decision:
    """Silence; or "was this you?" to the teacher whose name or letter the mail bears."""
    places = case.known.directory.who(case.sorted.heard_from) if case.sorted.heard_from else ()
    members = [place for place in places if place.role is Role.TEACHER]
    if not members or len(case.reading.from_) != 1 or case.known.directory.who(case.address):
        return Decision(because=("Strangers get no answer.",), sorted=case.sorted)
    if case.known.asked_about_sender:
        return Decision(because=("A teacher has been asked about this address already.",), sorted=case.sorted)
    member = members[0]
    person, exchange = member.person, member.exchange
    ask = Ask(
        kind=QuestionKind.WAS_THIS_YOU,
        exchange_id=exchange.id,
        asked=(person.id,),
        message=case.kept.id,
        choices=(Choice("confirm", "Yes, it was me", words=case.address), Choice("no", "No")),
        again_at=next_school_opening(person, exchange, case.now),
    )
    tell = Tell(
        key=f"question/{{question}}/1/{person.id}",
        notice=WasThisYou(
            subject=case.reading.subject,
            arrived_at=case.kept.arrived_at,
            where=where_for(person, exchange),
            address=case.address,
        ),
        to=person,
        exchange_id=exchange.id,
        provoked_by=STRANGERS,
        asks=True,
    )
    reason = "It may be from a teacher whom we know: she is asked at her stored address."
    return Decision(effects=(ask, tell), because=(reason,), sorted=case.sorted)
