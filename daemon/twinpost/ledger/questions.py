"""Open questions: rows in, model values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.effect import Ask, AskAgain, Settle
from twinpost.core.model.kind import Choice
from twinpost.core.model.letter import Certainty, Letter
from twinpost.core.model.notice import PassOnQuestion, PupilAddress, WasThisYou, WhichLetter, WordQuestion
from twinpost.core.model.question import ONLY_NO, OpenQuestion, QuestionKind
from twinpost.ledger.outbox import MAY_BE_CANCELLED, State
from twinpost.ledger.tables import messages, outbox, questions

ONLY_ASK = tuple(
    notice.name for notice in (WhichLetter, PassOnQuestion, WasThisYou, WordQuestion, PupilAddress)
)
"""Mails that say nothing else; a receipt that asks goes for what it tells."""


def open_question(connection: sa.Connection, effect: Ask, now: datetime) -> int:
    """Open a question; returns its id."""
    number: int = connection.execute(
        sa.insert(questions)
        .values(
            kind=effect.kind.value,
            exchange_id=effect.exchange_id,
            message_id=effect.message,
            asked=list(effect.asked),
            choices=[asdict(choice) for choice in effect.choices],
            asked_at=now,
            times=1,
            again_at=effect.again_at,
            state="open",
            answer="",
        )
        .returning(questions.c.id)
    ).scalar_one()
    return number


def ask_again(connection: sa.Connection, effect: AskAgain) -> None:
    """The question was asked again, of `asked` too; without a next time it has expired."""
    row = connection.execute(sa.select(questions.c.asked).where(questions.c.id == effect.question)).one()
    values: dict[str, Any] = {
        "times": effect.times,
        "asked": list(dict.fromkeys([*row.asked, *effect.asked])),
        "again_at": effect.again_at,
    }
    if effect.again_at is None:
        values["state"] = "expired"
    connection.execute(sa.update(questions).where(questions.c.id == effect.question).values(values))


def settle(connection: sa.Connection, effect: Settle, now: datetime) -> None:
    """The first answer counts."""
    connection.execute(
        sa.update(questions)
        .where(questions.c.id == effect.question, questions.c.answered_by.is_(None))
        .values(
            state="answered",
            answer=effect.answer[:500],
            answered_by=effect.by or None,
            answered_at=now,
            again_at=None,
        )
    )


def about(connection: sa.Connection, message_id: int) -> tuple[OpenQuestion, ...]:
    """Every question that was ever opened about a message."""
    return _load(connection, questions.c.message_id == message_id)


def withdraw(connection: sa.Connection, ids: Sequence[int]) -> None:
    """These questions are not asked any more; an answer that comes all the same still counts."""
    _close(connection, ids, "expired")


def settle_by_facts(connection: sa.Connection, ids: Sequence[int]) -> None:
    """These questions need no answer any more; a mail that asks one and has not left stays here."""
    _close(connection, ids, "settled")
    if ids:
        connection.execute(
            sa.update(outbox)
            .where(
                outbox.c.question_id.in_(ids),
                outbox.c.notice.in_(ONLY_ASK),
                outbox.c.state.in_([state.value for state in MAY_BE_CANCELLED]),
            )
            .values(state=State.CANCELLED.value, why="its question has settled itself")
        )


def _close(connection: sa.Connection, ids: Sequence[int], state: str) -> None:
    if ids:
        connection.execute(
            sa.update(questions)
            .where(questions.c.id.in_(ids), questions.c.state == "open")
            .values(state=state, again_at=None)
        )


def put_first(connection: sa.Connection, question: int, now: datetime, again_at: datetime) -> None:
    """A question that had to wait is put now; where it is asked again at all, that is due at `again_at`."""
    connection.execute(
        sa.update(questions)
        .where(questions.c.id == question, questions.c.again_at.is_not(None))
        .values(asked_at=now, again_at=again_at)
    )


def postpone(connection: sa.Connection, question: int, until: datetime) -> None:
    """The question is due again at `until`."""
    connection.execute(sa.update(questions).where(questions.c.id == question).values(again_at=until))


def questions_by_id(connection: sa.Connection, ids: Sequence[int]) -> tuple[OpenQuestion, ...]:
    """Questions, answered or not, in the order of their ids."""
    return _load(connection, questions.c.id.in_(ids)) if ids else ()


def due(connection: sa.Connection, now: datetime, limit: int) -> tuple[OpenQuestion, ...]:
    """Open questions that are to be asked again, shown to more people, or given up."""
    return _load(connection, questions.c.state == "open", questions.c.again_at <= now, limit=limit)


def still_open(connection: sa.Connection) -> tuple[OpenQuestion, ...]:
    """Every question without an answer, but those that only a "no" would answer."""
    return _load(connection, questions.c.state == "open", questions.c.kind.not_in(ONLY_NO))


def next_due(connection: sa.Connection) -> datetime | None:
    """When the next question is to be asked again."""
    return connection.execute(
        sa.select(sa.func.min(questions.c.again_at)).where(questions.c.state == "open")
    ).scalar()


def proposed_absences(connection: sa.Connection, exchanges: Sequence[int]) -> frozenset[tuple[int, str]]:
    """The absences that were asked about in these exchanges: person and days."""
    if not exchanges:
        return frozenset()
    asked = (questions.c.kind == QuestionKind.ABSENCE.value, questions.c.exchange_id.in_(exchanges))
    rows = connection.execute(sa.select(questions.c.choices).where(*asked)).scalars()
    return frozenset((choices[0]["person"], choices[0]["until"]) for choices in rows)


def asked_about(connection: sa.Connection, address: str) -> dict[QuestionKind, str]:
    """What teachers are being asked ("open") about a mail from this address, or have "answered" of it."""
    query = (
        sa.select(questions.c.kind, questions.c.state)
        .join(messages, messages.c.id == questions.c.message_id)
        .where(questions.c.state.in_(("open", "answered")), messages.c.sender == address)
        .order_by(questions.c.id)
    )
    return {QuestionKind(row.kind): row.state for row in connection.execute(query)}


def _load(
    connection: sa.Connection, *where: sa.ColumnElement[bool], limit: int | None = None
) -> tuple[OpenQuestion, ...]:
    rows = connection.execute(sa.select(questions).where(*where).order_by(questions.c.id).limit(limit)).all()
    mails: dict[int, list[str]] = {}
    query = sa.select(outbox.c.question_id, outbox.c.message_id).where(
        outbox.c.question_id.in_([row.id for row in rows])
    )
    for row in connection.execute(query) if rows else ():
        mails.setdefault(row.question_id, []).append(row.message_id)
    return tuple(_question(row, tuple(mails.get(row.id, ()))) for row in rows)


def _question(row: Any, mail_ids: tuple[str, ...]) -> OpenQuestion:
    return OpenQuestion(
        id=row.id,
        kind=QuestionKind(row.kind),
        exchange_id=row.exchange_id,
        asked=tuple(row.asked),
        message=row.message_id,
        choices=tuple(_choice(choice) for choice in row.choices),
        asked_at=row.asked_at,
        times=row.times,
        expires_at=row.again_at,
        answered_by=row.answered_by or 0,
        answered_at=row.answered_at,
        settled=row.state == "settled",
        open=row.state == "open",
        mail_ids=mail_ids,
    )


def _choice(data: dict[str, Any]) -> Choice:
    letter = data.pop("letter", None)
    return Choice(**data, letter=_letter(letter) if letter else None)


def _letter(data: dict[str, Any]) -> Letter:
    part = data["part"]
    return Letter(
        exchange_id=data["exchange_id"],
        product=data["product"],
        numbers=tuple(data["numbers"]),
        from_class=data["from_class"],
        to_classes=tuple(data["to_classes"]),
        part=(part[0], part[1]) if part else None,
        certainty=Certainty(data["certainty"]),
    )
