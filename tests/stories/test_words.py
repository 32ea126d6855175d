"""Words in answer to our mails: ARRIVED, LATER, PAUSE, RESUME, WHY and HELP, through the whole office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.office import BOX, KARI, LUC, OLA, Office, an_office, mails, the
from tests.stories.test_follow_ups import KNOWN, SEPTEMBER, hand_over, overdue, until

from twinpost.app.enact import Told
from twinpost.app.process import Processed
from twinpost.core.model.kind import Kind
from twinpost.ledger import amendments, people, statements
from twinpost.ledger.engine import transaction


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, rules=None, now=SEPTEMBER, exchange=KNOWN) as office:
        yield office


def reminded(office: Office, name: str = "letter-overdue", to: str = KARI) -> Told:
    """Letter 1 from Oslo is late: the mail that says so."""
    found = until(office, "2026-10-13T08:00")
    return next(one for _, one in found if (one.tell.notice.name, one.tell.to.address) == (name, to))


def answer(office: Office, mail: Told, text: str, sender: str = KARI, *, proven: bool = True) -> Processed:
    return office.receive(sender, f"Re: {mail.subject}", text=text, answers=mail, proven=proven)


def said(office: Office) -> list[tuple[str, date | None]]:
    with transaction(office.engine) as connection:
        (exchange,) = people.load_directory(connection).exchanges
        return [(one.said.value, one.until) for one in statements.said(connection, exchange.id)]


def flat(mail: Told) -> str:
    """A mail's text in one line."""
    return " ".join(mail.text.split())


def noted(done: Processed) -> list[tuple[str, str]]:
    hand = [(one.tell.notice.name, one.tell.to.address) for one in done.told]
    assert done.sorted.kind is Kind.COMMAND
    return hand


# -- ARRIVED -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["ARRIVED", "Yes, they are here! Thanks, Kari", "Ja, brevene er kommet.", "Sie sind angekommen"],
)
def test_that_it_has_arrived_ends_the_reminders(office: Office, text: str) -> None:
    mail = reminded(office)
    done = answer(office, mail, text)
    assert noted(done) == [("noted", KARI)]
    assert said(office) == [("arrived", None)]
    assert overdue(until(office, "2026-11-05T08:00")) == []


def test_a_mere_thanks_settles_nothing(office: Office) -> None:
    done = office.receive(
        KARI, "Re: …", text="Thank you so much, dear post office!", answers=reminded(office), to=(BOX, LUC)
    )
    assert done.told == ()
    assert said(office) == []
    assert overdue(until(office, "2026-10-21T08:00"))[:1] == [("letter-overdue-again", KARI)]


def test_no_takes_back_what_was_noted(office: Office) -> None:
    done = answer(office, reminded(office), "It has arrived.")
    undone = answer(office, the(done.told, "noted", KARI), "No, that was the other class's parcel")
    assert mails(undone.told) == [("done", KARI)]
    assert said(office) == []
    assert overdue(until(office, "2026-10-21T08:00"))[:1] == [("letter-overdue-again", KARI)]


def test_thanks_for_what_was_noted_lead_to_nothing(office: Office) -> None:
    done = answer(office, reminded(office), "It has arrived.")
    thanks = office.receive(
        KARI, "Re: noted", text="Thanks!", answers=the(done.told, "noted", KARI), to=(BOX, LUC)
    )
    assert thanks.told == ()
    assert said(office) == [("arrived", None)]


# -- LATER ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["LATER 23 October", "We need more time, it comes on 23.10.", "Friday the 23rd"]
)
def test_later_with_a_day_waits_until_then_and_tells_who_waits(office: Office, text: str) -> None:
    mail = reminded(office)
    done = answer(office, mail, text)
    assert noted(done) == [("noted", KARI)]
    assert "Friday 23 October" in flat(done.told[0])
    assert "Luc Martin" in flat(done.told[0])
    assert said(office) == [("later", date(2026, 10, 23))]
    told = until(office, "2026-10-26T23:00")
    assert overdue(told) == []
    assert [one.tell.to.address for _, one in told if one.tell.notice.name == "later-noted"] in ([LUC], [])
    assert overdue(until(office, "2026-10-28T08:00"))[:1] == [("letter-overdue", KARI)]


def test_later_without_a_day_is_asked_for_one(office: Office) -> None:
    done = answer(office, reminded(office), "LATER")
    question = the(done.told, "word-question", KARI)
    assert said(office) == []
    assert "By when" in question.subject
    asked = answer(office, question, "hm, let me see")
    assert mails(asked.told) == [("not-understood", KARI)]
    done = answer(office, question, "On 23 October.")
    assert mails(done.told) == [("noted", KARI)]
    assert said(office) == [("later", date(2026, 10, 23))]


def test_a_question_about_a_word_is_asked_once_more_in_school_hours(office: Office) -> None:
    answer(office, reminded(office), "Later, please")
    told = office.wait(days=1)
    assert ("word-question", KARI) in mails(told)
    assert "I have asked before" in flat(the(told, "word-question", KARI))
    assert ("word-question", KARI) not in mails(office.wait(days=3))


# -- PAUSE and RESUME ----------------------------------------------------------------------------


def test_a_pause_holds_everything_until_resume_and_the_others_hear_of_it(office: Office) -> None:
    mail = reminded(office)
    done = answer(office, mail, "Let us pause, please.")
    assert sorted(noted(done)) == [("noted", KARI), ("noted", LUC), ("noted", OLA)]
    assert "Kari Nordmann has asked for a pause" in flat(the(done.told, "noted", LUC))
    assert until(office, "2026-11-20T08:00") == []
    resumed = answer(office, the(done.told, "noted", LUC), "RESUME", LUC)
    assert sorted(noted(resumed)) == [("noted", KARI), ("noted", LUC), ("noted", OLA)]
    assert overdue(until(office, "2026-12-01T08:00")) != []


def test_an_order_in_a_mail_of_its_own_counts_as_well(office: Office) -> None:
    until(office, "2026-10-12T08:00")
    done = office.receive(KARI, "PAUSE until 1 December", text="")
    assert sorted(noted(done)) == [("noted", KARI), ("noted", LUC), ("noted", OLA)]
    assert said(office) == [("pause", date(2026, 12, 1))]


# -- whose word counts ---------------------------------------------------------------------------


def test_a_word_that_nobody_vouches_for_is_asked_about_at_the_stored_address(office: Office) -> None:
    until(office, "2026-10-12T08:00")
    done = office.receive(KARI, "PAUSE", text="", proven=False)
    question = the(done.told, "word-question", KARI)
    assert said(office) == []
    done = answer(office, question, "YES", proven=False)
    assert ("noted", KARI) in mails(done.told)
    assert said(office) == [("pause", None)]


def test_a_forged_word_changes_nothing(office: Office) -> None:
    mail = reminded(office)
    done = office.receive(
        KARI,
        f"Re: {mail.subject}",
        text="PAUSE",
        answers=mail,
        verdict="dmarc=fail header.from=fagerborg.example",
    )
    assert said(office) == []
    assert "noted" not in [name for name, _ in mails(done.told)]


def test_the_answer_to_a_mail_that_went_to_a_colleague_proves_nothing_by_itself(office: Office) -> None:
    mail = reminded(office)  # it went to Kari; Luc has it quoted in her reply
    done = answer(office, mail, "ARRIVED", LUC, proven=False)
    assert mails(done.told) == [("word-question", LUC)]
    assert said(office) == []


# -- which letter --------------------------------------------------------------------------------


def test_of_several_letters_she_is_asked_which(office: Office) -> None:
    office.apply(KNOWN + "  - {video: 1, from: 7B Oslo, to: CM2 Lyon, due: 2026-10-09}\n")
    told = until(office, "2026-10-13T08:00")
    mail = next(one for _, one in told if (one.tell.notice.name, one.tell.to.address) == ("bundle", KARI))
    done = answer(office, mail, "It has arrived.")
    question = the(done.told, "word-question", KARI)
    assert "1. Letter 1 from 7B Oslo to CM2 Lyon" in flat(question)
    done = answer(office, question, "1")
    assert mails(done.told) == [("noted", KARI)]
    assert said(office) == [("arrived", None)]


def test_the_letter_may_be_named(office: Office) -> None:
    until(office, "2026-11-20T08:00")
    done = office.receive(LUC, "Letter 1", text="ARRIVED")
    assert done.sorted.kind in (Kind.UNCLEAR, Kind.COMMAND, Kind.LETTER, Kind.OTHER)


def test_a_letter_attached_to_the_answer_is_that_letter(office: Office) -> None:
    mail = reminded(office)
    done = office.receive(
        KARI,
        f"Re: {mail.subject}",
        to=(BOX, LUC),
        text="Sorry, here they are!",
        answers=mail,
        files=[("ana.pdf", b"%PDF-1.4\n%%EOF\n")],
    )
    assert done.sorted.kind is Kind.LETTER
    assert [line.numbers for line in office.log()] == [(1,)]
    assert overdue(until(office, "2026-11-01T08:00")) == []


# -- WHY and HELP --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["WHY", "Why do I get this?", "Hvorfor får jeg denne?", "Pourquoi ce mail ?"]
)
def test_why_tells_which_letter_which_rule_and_which_day(office: Office, text: str) -> None:
    done = answer(office, reminded(office), text)
    told = the(done.told, "why", KARI)
    assert "letter 1 from 7B Oslo to CM2 Lyon, due on Friday 9 October" in flat(told)
    assert "letter-overdue" in flat(told)
    assert "2 of your school days after Friday 9 October" in flat(told)


def test_why_nothing_was_written_is_told_too(office: Office) -> None:
    done = answer(office, reminded(office), "Why did you not write about letter 2?")
    told = the(done.told, "why", KARI)
    assert "did not write" in told.subject
    assert "letter-due-soon" in flat(told)
    assert "it is not time yet" in flat(told)


def test_why_of_a_receipt_is_its_letter(office: Office) -> None:
    receipt = the(
        office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=(BOX, LUC)).told, "receipt", KARI
    )
    done = answer(office, receipt, "why?")
    assert "every letter that arrives is told" in flat(the(done.told, "why", KARI))


def test_help_is_answered(office: Office) -> None:
    done = office.receive(LUC, "help", text="")
    assert "LATER 12 October" in flat(the(done.told, "help", LUC))


def test_who_asks_for_the_reason_has_not_settled_anything(office: Office) -> None:
    answer(office, reminded(office), "WHY")
    hand_over(office)
    assert overdue(until(office, "2026-10-21T08:00"))[:1] == [("letter-overdue-again", KARI)]
    assert office.now >= datetime(2026, 10, 20, tzinfo=UTC) + timedelta(hours=6)


# -- another day for a letter --------------------------------------------------------------------

CLOSED = KNOWN.replace(
    "      - {closed: 2026-12-21",
    "      - {closed: 2026-12-04, name: Planning day}\n      - {closed: 2026-12-21",
)
"""Letter 2 is due on 4 December, on which Oslo has no school since the plan was made."""


def proposals(office: Office) -> dict[str, Told]:
    """The mails that ask for another day, by their readers."""
    office.apply(CLOSED)
    told = office.wait(hours=1)
    return {one.tell.to.address: one for one in told if one.tell.notice.name == "date-closed"}


def due_days(office: Office) -> dict[tuple[int, str], date]:
    with transaction(office.engine) as connection:
        (exchange,) = people.load_directory(connection).exchanges
        names = {one.id: one.name for one in exchange.classes}
        return {(line.number, names[line.from_class]): line.due for line in exchange.schedule}


def test_a_date_that_is_a_closed_day_moves_when_both_sides_say_yes(office: Office) -> None:
    asked = proposals(office)
    assert set(asked) == {KARI, OLA, LUC}
    assert "Please answer YES if Monday 7 December suits you" in flat(asked[KARI])
    first = answer(office, asked[KARI], "YES")
    assert ("noted", KARI) in mails(first.told)
    assert due_days(office)[2, "7B Oslo"] == date(2026, 12, 4)
    second = answer(office, asked[LUC], "Oui, ça nous va", LUC)
    assert sorted(mails(second.told)) == [("noted", KARI), ("noted", LUC), ("noted", OLA)]
    assert "due on Monday 7 December instead of Friday 4 December" in flat(the(second.told, "noted", OLA))
    assert due_days(office)[2, "7B Oslo"] == date(2026, 12, 7)


def test_another_day_is_put_to_the_other_side(office: Office) -> None:
    asked = proposals(office)
    first = answer(office, asked[KARI], "Better 10 December")
    question = the(first.told, "word-question", LUC)
    assert "Does Thursday 10 December suit you for letter 2?" in question.subject
    office.wait(hours=1)
    second = answer(office, question, "yes, fine", LUC)
    assert ("noted", KARI) in mails(second.told)
    assert due_days(office)[2, "7B Oslo"] == date(2026, 12, 10)


def test_an_agreed_change_lies_above_the_file_and_is_shown_there(office: Office) -> None:
    asked = proposals(office)
    answer(office, asked[KARI], "yes")
    answer(office, asked[LUC], "yes", LUC)
    office.apply(CLOSED.replace("title: Oslo and Lyon write letters", "title: Letters"))
    assert due_days(office)[2, "7B Oslo"] == date(2026, 12, 7)
    with transaction(office.engine) as connection:
        kept = amendments.kept_amendments(connection, "oslo-lyon")
    assert kept == ("change 1: letter 2 from 7B Oslo to CM2 Lyon is due on 2026-12-07",)


def test_one_side_alone_moves_nothing(office: Office) -> None:
    asked = proposals(office)
    answer(office, asked[KARI], "yes")
    answer(office, asked[OLA], "yes", OLA)
    assert due_days(office)[2, "7B Oslo"] == date(2026, 12, 4)
