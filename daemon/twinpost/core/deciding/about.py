"""What the decisions about answers share: the mail in question on the table again, and a word back."""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.deciding.case import Case
from twinpost.core.model.effect import Ask, Priority, Tell
from twinpost.core.model.kind import Choice, Proof, Sorted
from twinpost.core.model.known import AskedMail
from twinpost.core.model.letter import Letter
from twinpost.core.model.notice import Notice
from twinpost.core.model.people import Membership
from twinpost.core.model.question import QuestionKind
from twinpost.core.model.saying import Word


def answer_mail(case: Case, notice: Notice, exchange_id: int) -> Tell:
    """The one mail to whoever answered that says what became of it."""
    return Tell(
        key=f"answer/{case.kept.id}/{case.sender.id}",
        notice=notice,
        to=case.sender,
        exchange_id=exchange_id,
        priority=Priority.ANSWER,
        parent=case.reading.message_id,
        references=case.reading.references,
        provoked_by=case.address,
    )


def may_be_undone(case: Case, exchange_id: int, word: Word, letter: Letter | None) -> Ask:
    """The question that only her own NO answers: it takes back what we have just noted."""
    return Ask(
        kind=QuestionKind.UNDO,
        exchange_id=exchange_id,
        asked=(case.sender.id,),
        message=case.kept.id,
        choices=(Choice("unsay", "No", letter, exchange=exchange_id, words=word.value),),
    )


def older(case: Case, asked: AskedMail, sorted_: Sorted) -> Case:
    """The mail that the question was about, on the table again. Only its own sender's answer proves it."""
    hers = sorted_.sender is not None and sorted_.sender.person.id == case.sender.id
    return replace(
        case,
        kept=asked.kept,
        reading=asked.reading,
        sorted=sorted_,
        proof=Proof(True, "Its sender answered our question.")
        if hers
        else Proof(None, "Somebody else named it."),
        known=replace(case.known, asked=(), thread=None),
    )


def author(case: Case, asked: AskedMail, exchange_id: int) -> Membership | None:
    """Who wrote the mail that was asked about, in its exchange."""
    address = asked.reading.from_[0].address if asked.reading.from_ else ""
    members = case.known.directory.who(address)
    return next((m for m in members if m.exchange.id == exchange_id), None) or case.sorted.sender
