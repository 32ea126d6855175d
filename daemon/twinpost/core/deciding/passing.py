"""The answers yes and no: a mail is passed on or stays, was hers or somebody else's."""

from __future__ import annotations

from twinpost.core.deciding.about import answer_mail
from twinpost.core.deciding.case import Case, colleagues, distinct, names, where_for
from twinpost.core.deciding.letters import carried, left_out
from twinpost.core.deciding.report import LetterState, arrival_for, concerned, file_lines
from twinpost.core.inspecting.copies import copies
from twinpost.core.model.effect import AddAddress, Again, Decision, Resort, Strike, Tell
from twinpost.core.model.kind import Choice, Kind
from twinpost.core.model.known import AskedMail
from twinpost.core.model.letter import Letter
from twinpost.core.model.notice import Done, PassedOn
from twinpost.core.model.question import QuestionKind
from twinpost.core.sorting.directions import lines_of


def pass_on(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """The colleagues get the mail, and what she attached to her answer."""
    exchange = case.known.directory.exchange(choice.exchange or asked.question.exchange_id)
    reading, kept = asked.reading, asked.kept
    files = tuple(file for mail in (reading, case.reading) for file in mail.files if not file.inline)
    attach = (*carried(kept, reading), *carried(case.kept, case.reading))
    sizes = {kept.id: kept.size, case.kept.id: case.kept.size}
    too_large = sum(sizes[one.message] for one in attach) > case.known.largest_mail
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
                files=file_lines(files),
                too_large=too_large,
            ),
            to=person,
            exchange_id=exchange.id,
            reply_to=(case.sender,),
            parent=reading.message_id,
            references=reading.references,
            attach=() if too_large else attach,
            provoked_by=case.address,
            counts=False,
        )
        for person in to
    )
    done = Done("passed-on-too-large" if too_large else "passed-on", reading.subject, names(to))
    return Decision(effects=(*tells, answer_mail(case, done, exchange.id)))


def confirm(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """It was her: the letter is passed on; or the address is hers too, and its mail is read again."""
    if choice.letter is not None:
        return _pass_on_letter(case, asked, choice.letter)
    done = Done("address-added", asked.reading.subject, (choice.words,))
    return Decision(
        effects=(
            AddAddress(case.sender.id, choice.words),
            Again(choice.words),
            answer_mail(case, done, asked.question.exchange_id),
        )
    )


def _pass_on_letter(case: Case, asked: AskedMail, letter: Letter) -> Decision:
    exchange = case.known.directory.exchange(letter.exchange_id)
    missing = left_out(copies(letter, asked.reading, exchange))
    lines = lines_of(letter, case.known.arrived)
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
        attach=carried(asked.kept, asked.reading),
        parent=asked.reading.message_id,
        references=asked.reading.references,
        key=f"passed-on/{asked.kept.id}",
        delivery=lines[-1].delivery if lines else 0,
    )
    what = "passed-on-too-large" if state.too_large else "passed-on"
    done = Done(what, asked.reading.subject, names(missing))
    return Decision(
        effects=(
            *(arrival_for(state, person) for person in missing),
            answer_mail(case, done, exchange.id),
        )
    )


def refuse(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """It stays here; the address is not hers; or the letter was forged."""
    question = asked.question
    if question.kind is QuestionKind.PASS_ON:
        done = Done("not-passed-on", asked.reading.subject)
        return Decision(effects=(answer_mail(case, done, question.exchange_id),))
    letter = question.choices[0].letter
    if letter is None:
        done = Done("address-refused", asked.reading.subject)
        return Decision(effects=(answer_mail(case, done, question.exchange_id),))
    return _withdraw(case, asked, letter)


def _withdraw(case: Case, asked: AskedMail, letter: Letter) -> Decision:
    """The teacher says that a logged mail was not hers: somebody forged it, and all must know."""
    exchange = case.known.directory.exchange(letter.exchange_id)
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
        for person in distinct((case.sender, *concerned(letter, exchange)))
    )
    resort = Resort(asked.kept.id, Kind.STRANGER, "The teacher whose name it bears says that it is not hers.")
    return Decision(effects=(resort, Strike(asked.kept.id), *tells))
