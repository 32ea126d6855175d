"""Two readings remain, or a mail contradicts what we know: one question with numbered answers."""

from __future__ import annotations

from twinpost.core.deciding.case import Case, where_for
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.model.effect import Ask, Decision, Priority, Tell
from twinpost.core.model.notice import WhichLetter
from twinpost.core.model.question import QuestionKind


def decide_unclear(case: Case) -> Decision:
    """Ask the sender at once; until the answer the letter counts as arrived, not yet named."""
    member = case.sorted.sender
    assert member is not None
    ask = Ask(
        kind=QuestionKind.WHICH_LETTER,
        exchange_id=member.exchange.id,
        asked=(case.sender.id,),
        message=case.kept.id,
        choices=case.sorted.choices,
        again_at=next_school_opening(case.sender, member.exchange, case.now),
    )
    tell = Tell(
        key=f"question/{{question}}/1/{case.sender.id}",
        notice=WhichLetter(
            subject=case.reading.subject,
            arrived_at=case.kept.arrived_at,
            where=where_for(case.sender, member.exchange),
            sender=case.sender.name,
            own=True,
            choices=tuple(choice.text for choice in case.sorted.choices),
            why=case.sorted.why,
            files=sum(not file.inline for file in case.reading.files),
        ),
        to=case.sender,
        exchange_id=member.exchange.id,
        priority=Priority.ANSWER,
        parent=case.reading.message_id,
        references=case.reading.references,
        provoked_by=case.address,
        asks=True,
    )
    return Decision(
        effects=(ask, tell), because=("Its sender is asked which letter it is.",), sorted=case.sorted
    )
