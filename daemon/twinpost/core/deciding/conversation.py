"""A mail without a letter in it: filed, or "shall I pass this on?" when it reached only us."""

from __future__ import annotations

from twinpost.core.deciding.case import Case, colleagues, names, where_for
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.model.effect import Ask, Decision, Priority, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.notice import PassOnQuestion
from twinpost.core.model.people import Exchange, Membership, Role
from twinpost.core.model.question import QuestionKind

FILED = "It is conversation, and the people whom it is for have it: filed."


def decide_conversation(case: Case) -> Decision:
    """What follows from a reply or any other mail of a person whom we know."""
    member = case.sorted.sender
    if member is None or member.role is not Role.TEACHER:
        return Decision(because=("Filed.",), sorted=case.sorted)
    exchanges = _exchanges(case, member)
    if _reached_somebody(case, exchanges):
        return Decision(because=(FILED,), sorted=case.sorted)
    return _ask(case, exchanges)


def _exchanges(case: Case, member: Membership) -> tuple[Exchange, ...]:
    """The exchange that the thread belongs to, else every exchange of the sender."""
    places = case.known.directory.who(case.address)
    known = {place.exchange.id: place.exchange for place in places if place.role is Role.TEACHER}
    thread = case.known.thread
    if thread is not None and thread.exchange_id in known:
        return (known[thread.exchange_id],)
    return tuple(known.values()) or (member.exchange,)


def _reached_somebody(case: Case, exchanges: tuple[Exchange, ...]) -> bool:
    """Whether a colleague, of whichever class, was in To or Cc."""
    seen = {one_mailbox(to.address) for to in (*case.reading.to, *case.reading.cc)}
    people = (teacher for exchange in exchanges for c in exchange.classes for teacher in c.teachers)
    return any(
        one_mailbox(address) in seen
        for person in people
        if person.id != case.sender.id
        for address in person.addresses
    )


def _ask(case: Case, exchanges: tuple[Exchange, ...]) -> Decision:
    """Ask the sender; with several exchanges each is one numbered choice."""
    exchange = exchanges[0]
    to = {other.id: names(colleagues(case.sender, other)) for other in exchanges}
    choices = tuple(
        Choice("pass-on", _choice_text(to[other.id], other, len(exchanges)), exchange=other.id)
        for other in exchanges
    )
    ask = Ask(
        kind=QuestionKind.PASS_ON,
        exchange_id=exchange.id,
        asked=(case.sender.id,),
        message=case.kept.id,
        choices=(*choices, Choice("no", "No, it was for the post office only")),
        again_at=next_school_opening(case.sender, exchange, case.now),
    )
    tell = Tell(
        key=f"question/{{question}}/1/{case.sender.id}",
        notice=PassOnQuestion(
            subject=case.reading.subject,
            arrived_at=case.kept.arrived_at,
            where=where_for(case.sender, exchange),
            to=to[exchange.id],
            choices=tuple(choice.text for choice in ask.choices) if len(exchanges) > 1 else (),
        ),
        to=case.sender,
        exchange_id=exchange.id,
        priority=Priority.ANSWER,
        parent=case.reading.message_id,
        references=case.reading.references,
        provoked_by=case.address,
        asks=True,
    )
    reason = "It reached only the post office, so its sender is asked whether it shall be passed on."
    return Decision(effects=(ask, tell), because=(reason,), sorted=case.sorted)


def _choice_text(to: tuple[str, ...], exchange: Exchange, of: int) -> str:
    people = ", ".join(to)
    return f"Yes, to {people}" if of == 1 else f"Yes, to {people} ({exchange.title})"
