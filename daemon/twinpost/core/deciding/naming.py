"""The answer to "which letter is this?": the mail is named, or it is no letter at all."""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.deciding.about import answer_mail, author, older
from twinpost.core.deciding.case import Case, class_names
from twinpost.core.deciding.conversation import decide_conversation
from twinpost.core.deciding.letters import carried, decide_letter
from twinpost.core.deciding.report import concerned
from twinpost.core.model.effect import LATEST, Ask, Decision, Effect, Forget, Learn, Resort, Tell
from twinpost.core.model.kind import Choice, Kind, Proof, Sorted
from twinpost.core.model.known import AskedMail
from twinpost.core.model.letter import Certainty, Letter
from twinpost.core.model.notice import Done
from twinpost.core.reading.subject import read_subject


def name_letter(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """Log the mail as the letter that was chosen, with what came along with the answer."""
    letter = choice.letter
    assert letter is not None
    sorted_ = Sorted(
        kind=Kind.LETTER,
        because=("A teacher said which letter it is.",),
        sender=author(case, asked, letter.exchange_id),
        letter=replace(letter, certainty=Certainty.INFERRED),
        delivery=choice.delivery,
    )
    mail = older(case, asked, sorted_)
    learned = _nickname(mail, letter)
    words = (learned.words, _class_name(case, learned)) if learned else None
    decision = decide_letter(mail, words)
    shown = any(isinstance(effect, Ask) for effect in decision.effects)
    resort = Resort(asked.kept.id, Kind.LETTER, "A teacher said which letter it is.")
    effects: tuple[Effect, ...] = (resort, learned) if learned and shown else (resort,)
    further = _files_of_the_answer(case, sorted_, letter)
    return replace(decision, effects=(*effects, *decision.effects, *further, *_thanks(case, asked, letter)))


def _files_of_the_answer(case: Case, named: Sorted, letter: Letter) -> tuple[Effect, ...]:
    """What a teacher of the class that wrote the letter attached to her answer belongs to it."""
    exchange = case.known.directory.exchange(letter.exchange_id)
    writing = exchange.class_by_id(letter.from_class).teachers
    if not carried(case.kept, case.reading) or all(one.id != case.sender.id for one in writing):
        return ()
    more = replace(
        case,
        sorted=replace(named, sender=case.sorted.sender, delivery=LATEST),
        proof=Proof(True, "It answers our question."),
    )
    return decide_letter(more).effects


def _thanks(case: Case, asked: AskedMail, letter: Letter) -> tuple[Tell, ...]:
    """A word to whoever named a letter of which she gets no receipt."""
    exchange = case.known.directory.exchange(letter.exchange_id)
    if any(reader.id == case.sender.id for reader in concerned(letter, exchange)):
        return ()
    return (answer_mail(case, Done("named", asked.reading.subject), exchange.id),)


def _class_name(case: Case, learned: Learn) -> str:
    return case.known.directory.exchange(learned.exchange_id).class_by_id(learned.class_id).name


def _nickname(case: Case, letter: Letter) -> Learn | None:
    """The one name in the subject of a letter that nobody knew and that its naming explains."""
    exchange = case.known.directory.exchange(letter.exchange_id)
    subject = read_subject(case.reading.subject, class_names(exchange), case.words.subjects)
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


def no_letter(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """An ordinary mail: filed, or "shall I pass this on?"."""
    sender = author(case, asked, asked.question.exchange_id)
    sorted_ = Sorted(Kind.OTHER, ("A teacher said that it is no letter.",), sender=sender)
    decision = decide_conversation(older(case, asked, sorted_))
    resort = Resort(asked.kept.id, Kind.OTHER, "A teacher said that it is no letter.")
    told = any(isinstance(effect, Tell) and effect.to.id == case.sender.id for effect in decision.effects)
    done = Done("no-letter", asked.reading.subject)
    thanks = () if told else (answer_mail(case, done, asked.question.exchange_id),)
    return replace(decision, effects=(resort, *decision.effects, *thanks))


def forget(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """She does not mean that class by these words."""
    done = Done("nickname-forgotten", choice.words)
    return Decision(
        effects=(
            Forget(case.sender.id, choice.words),
            answer_mail(case, done, asked.question.exchange_id),
        )
    )
