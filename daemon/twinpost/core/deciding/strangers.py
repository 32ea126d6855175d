"""Mail from an address that nobody gave us: no answer, ever; at most a question to a stored address."""

from __future__ import annotations

from twinpost.core.deciding.case import Case, where_for
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.model.effect import Ask, Decision, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.notice import WasThisYou
from twinpost.core.model.people import Role
from twinpost.core.model.question import QuestionKind

STRANGERS = "strangers"
"""All strangers share one loop budget: a flood of forged senders asks a teacher five times at most."""


def decide_stranger(case: Case) -> Decision:
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
