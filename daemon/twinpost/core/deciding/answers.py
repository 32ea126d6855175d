"""A direct answer of the person asked takes effect: a number, a word or a plain sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twinpost.core.deciding.case import Case, class_names, colleagues, names, where_for
from twinpost.core.deciding.conversation import decide_conversation
from twinpost.core.deciding.letters import carried, decide_letter, left_out
from twinpost.core.deciding.report import LetterState, arrival_for
from twinpost.core.inspecting.copies import copies
from twinpost.core.model.effect import (
    AddAddress,
    Again,
    Attach,
    Decision,
    Effect,
    Forget,
    Learn,
    Priority,
    Resort,
    Settle,
    Strike,
    Tell,
)
from twinpost.core.model.kind import Choice, Kind, Proof, Sorted
from twinpost.core.model.known import AskedMail
from twinpost.core.model.letter import Certainty, Letter
from twinpost.core.model.notice import Done, FileLine, NotUnderstood, PassedOn, Where
from twinpost.core.model.people import Membership, Person
from twinpost.core.model.question import QuestionKind
from twinpost.core.reading.answer import read_answer
from twinpost.core.reading.subject import read_subject


def decide_answer(case: Case) -> Decision:
    """What follows from a direct reply to a question of ours."""
    asked = next(a for a in case.known.asked if a.question.id == case.sorted.question)
    question = asked.question
    if question.answered_by:
        return _too_late(case, asked)
    choice = _chosen(case, asked)
    if choice is None and question.kind is QuestionKind.NICKNAME:
        return decide_conversation(case)
    if choice is None:
        return _not_understood(case, asked)
    settle = Settle(question.id, case.sender.id, case.reading.written)
    decision = ACTIONS[choice.action](case, asked, choice)
    return replace(
        decision,
        effects=(settle, *decision.effects),
        because=(f'She chose "{choice.text}".', *decision.because),
        sorted=case.sorted,
    )


def _chosen(case: Case, asked: AskedMail) -> Choice | None:
    """The choice that her words mean. A plain yes is the only way forward, a plain no the way out."""
    choices = asked.question.choices
    answer = read_answer(case.reading.written, [choice.text for choice in choices], case.words.answers)
    if answer.index is not None:
        return choices[answer.index]
    forward = [choice for choice in choices if choice.action not in ("no", "other", "forget")]
    if answer.yes and len(forward) == 1:
        return forward[0]
    if answer.no:
        return next((c for c in choices if c.action in ("no", "other", "forget")), None)
    return None


def _too_late(case: Case, asked: AskedMail) -> Decision:
    question = asked.question
    by = _person(case, question.exchange_id, question.answered_by)
    notice = Done(
        what="already-answered",
        about=asked.reading.subject,
        by="" if question.answered_by == case.sender.id or by is None else by.name,
        at=question.answered_at,
        where=_where(case, question.exchange_id),
    )
    return Decision(
        effects=(_answer_mail(case, notice, question.exchange_id),),
        because=("The question had its answer already.",),
        sorted=case.sorted,
    )


def _not_understood(case: Case, asked: AskedMail) -> Decision:
    question = asked.question
    notice = NotUnderstood(
        answer=case.reading.written[:300],
        subject=asked.reading.subject,
        choices=tuple(choice.text for choice in question.choices),
    )
    tell = replace(_answer_mail(case, notice, question.exchange_id), asks=True, question=question.id)
    return Decision(
        effects=(tell,),
        because=("Her answer fits none of the choices: asked once more.",),
        sorted=case.sorted,
    )


def _answer_mail(case: Case, notice: Done | NotUnderstood, exchange_id: int) -> Tell:
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


def _person(case: Case, exchange_id: int, person_id: int) -> Person | None:
    exchange = case.known.directory.exchange(exchange_id)
    teachers = (teacher for school_class in exchange.classes for teacher in school_class.teachers)
    return next((teacher for teacher in teachers if teacher.id == person_id), None)


def _where(case: Case, exchange_id: int) -> tuple[Where, ...]:
    return where_for(case.sender, case.known.directory.exchange(exchange_id))


def _older(case: Case, asked: AskedMail, sorted_: Sorted) -> Case:
    """The mail that the question was about, on the table again; the answer proves its sender."""
    return replace(
        case,
        kept=asked.kept,
        reading=asked.reading,
        sorted=sorted_,
        proof=Proof(True, "Its sender answered our question."),
        known=replace(case.known, asked=(), thread=None),
    )


def _author(case: Case, asked: AskedMail, exchange_id: int) -> Membership | None:
    """Who wrote the mail that was asked about, in its exchange."""
    address = asked.reading.from_[0].address if asked.reading.from_ else ""
    members = case.known.directory.who(address)
    return next((m for m in members if m.exchange.id == exchange_id), None) or case.sorted.sender


def _name_letter(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    letter = choice.letter
    assert letter is not None
    sorted_ = Sorted(
        kind=Kind.LETTER,
        because=("Its sender said which letter it is.",),
        sender=_author(case, asked, letter.exchange_id),
        letter=replace(letter, certainty=Certainty.INFERRED),
        delivery=choice.delivery,
    )
    learned = _nickname(case, asked, letter)
    words = (learned.words, _class_name(case, learned)) if learned else None
    decision = decide_letter(_older(case, asked, sorted_), words)
    effects: tuple[Effect, ...] = (learned,) if learned else ()
    resort = Resort(asked.kept.id, Kind.LETTER, "Its sender said which letter it is.")
    return replace(decision, effects=(resort, *effects, *decision.effects))


def _class_name(case: Case, learned: Learn) -> str:
    return case.known.directory.exchange(learned.exchange_id).class_by_id(learned.class_id).name


def _nickname(case: Case, asked: AskedMail, letter: Letter) -> Learn | None:
    """The one name in the subject that nobody knew and that the answer explains."""
    exchange = case.known.directory.exchange(letter.exchange_id)
    subject = read_subject(asked.reading.subject, class_names(exchange), case.words.subjects)
    unknown = [
        (mention.words, class_id)
        for mentions, ids in ((subject.from_, (letter.from_class,)), (subject.to, letter.to_classes))
        for mention, class_id in zip(mentions, ids, strict=False)
        if len(mention.class_ids) != 1 and len(mentions) == len(ids)
    ]
    if len(unknown) != 1:
        return None
    words, class_id = unknown[0]
    return Learn(case.sender.id, exchange.id, words, class_id)


def _other(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    sender = _author(case, asked, asked.question.exchange_id)
    sorted_ = Sorted(Kind.OTHER, ("Its sender said that it is no letter.",), sender=sender)
    decision = decide_conversation(_older(case, asked, sorted_))
    resort = Resort(asked.kept.id, Kind.OTHER, "Its sender said that it is no letter.")
    return replace(decision, effects=(resort, *decision.effects))


def _pass_on(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    exchange = case.known.directory.exchange(choice.exchange or asked.question.exchange_id)
    reading, kept = asked.reading, asked.kept
    too_large = kept.size > case.known.largest_mail
    parts = tuple(file.part for file in reading.files if not file.inline)
    to = colleagues(case.sender, exchange)
    tells = tuple(
        Tell(
            key=f"passed-on/{kept.id}/{person.id}",
            notice=PassedOn(
                sender=case.sender.name,
                subject=reading.subject,
                arrived_at=kept.arrived_at,
                where=where_for(person, exchange),
                said=reading.written,
                files=tuple(FileLine(f.name, f.size, f.kind) for f in reading.files if not f.inline),
                too_large=too_large,
            ),
            to=person,
            exchange_id=exchange.id,
            reply_to=(case.sender,),
            parent=reading.message_id,
            references=reading.references,
            attach=() if too_large or not parts else (Attach(kept.id, parts),),
            provoked_by=case.address,
            counts=False,
        )
        for person in to
    )
    done = Done("passed-on-too-large" if too_large and parts else "passed-on", reading.subject, names(to))
    return Decision(effects=(*tells, _answer_mail(case, done, exchange.id)))


def _confirm(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """It was her: the letter is passed on; or the address is hers too, and its mail is read again."""
    if choice.letter is not None:
        return _pass_on_letter(case, asked, choice.letter)
    done = Done("address-added", asked.reading.subject, (choice.words,))
    return Decision(
        effects=(
            AddAddress(case.sender.id, choice.words),
            Again(asked.kept.id),
            _answer_mail(case, done, asked.question.exchange_id),
        )
    )


def _pass_on_letter(case: Case, asked: AskedMail, letter: Letter) -> Decision:
    exchange = case.known.directory.exchange(letter.exchange_id)
    missing = left_out(copies(letter, asked.reading, exchange))
    delivery = _delivery_of(case, letter)
    older = _older(case, asked, case.sorted)
    state = LetterState(
        letter=letter,
        exchange=exchange,
        sender=case.sender,
        address=case.address,
        first_at=asked.kept.arrived_at,
        now=case.now,
        files=asked.reading.files,
        links=asked.reading.links,
        mails=1,
        arrived=case.known.arrived,
        said=asked.reading.written,
        missing=missing,
        too_large=asked.kept.size > case.known.largest_mail,
        attach=(Attach(asked.kept.id, carried(older)),),
        parent=asked.reading.message_id,
        references=asked.reading.references,
        key=f"passed-on/{asked.kept.id}",
        delivery=delivery,
    )
    what = "passed-on-too-large" if state.too_large else "passed-on"
    done = Done(what, asked.reading.subject, names(missing))
    return Decision(
        effects=(
            *(arrival_for(state, person) for person in missing),
            _answer_mail(case, done, exchange.id),
        )
    )


def _delivery_of(case: Case, letter: Letter) -> int:
    """The delivery under which a letter was logged; 0 when it is not."""
    for logged in case.known.arrived:
        if (logged.exchange_id, logged.product, logged.from_class) == (
            letter.exchange_id,
            letter.product,
            letter.from_class,
        ) and logged.number in letter.numbers:
            return logged.delivery
    return 0


def _no(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    question = asked.question
    if question.kind is QuestionKind.PASS_ON:
        done = Done("not-passed-on", asked.reading.subject)
        return Decision(effects=(_answer_mail(case, done, question.exchange_id),))
    letter = question.choices[0].letter
    if letter is None:
        done = Done("address-refused", asked.reading.subject)
        return Decision(effects=(_answer_mail(case, done, question.exchange_id),))
    return _withdraw(case, asked, letter)


def _withdraw(case: Case, asked: AskedMail, letter: Letter) -> Decision:
    """The teacher says that a logged letter was not hers: somebody forged it, and all must know."""
    exchange = case.known.directory.exchange(letter.exchange_id)
    delivery = _delivery_of(case, letter)
    told = (case.sender, *colleagues(case.sender, exchange))
    tells = tuple(
        Tell(
            key=f"withdrawn/{asked.kept.id}/{person.id}",
            notice=Done(
                "letter-withdrawn",
                asked.reading.subject,
                (case.sender.name,),
                at=asked.kept.arrived_at,
                where=where_for(person, exchange),
            ),
            to=person,
            exchange_id=exchange.id,
            provoked_by=case.address,
            counts=False,
        )
        for person in told
    )
    resort = Resort(asked.kept.id, Kind.STRANGER, "The teacher whose name it bears says that it is not hers.")
    strike = (Strike(delivery),) if delivery else ()
    return Decision(effects=(resort, *strike, *tells))


def _forget(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    done = Done("nickname-forgotten", choice.words)
    return Decision(
        effects=(
            Forget(case.sender.id, choice.words),
            _answer_mail(case, done, asked.question.exchange_id),
        )
    )


ACTIONS: dict[str, Callable[[Case, AskedMail, Choice], Decision]] = {
    "letter": _name_letter,
    "more": _name_letter,
    "other": _other,
    "pass-on": _pass_on,
    "confirm": _confirm,
    "no": _no,
    "forget": _forget,
}
"""What each choice of a question does."""
