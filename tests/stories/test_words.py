"""Words in answer to our mails: ARRIVED, LATER, PAUSE, RESUME, WHY and HELP, through the whole office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.office import BOX, KARI, LUC, OLA, Office, an_office, mails, the
from tests.stories.test_follow_ups import KNOWN, SEPTEMBER, hand_over, overdue, until

from twinpost.app import administer
from twinpost.app.enact import Told
from twinpost.app.process import Processed
from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import TakenUp
from twinpost.edges.exchange_file import load_exchange
from twinpost.ledger import amendments, people, rereading, statements
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


def test_another_word_settles_the_question_for_a_day(office: Office) -> None:
    done = answer(office, reminded(office), "LATER")
    answer(office, the(done.told, "word-question", KARI), "ARRIVED")
    assert said(office) == [("arrived", None)]
    assert "word-question" not in [name for name, _ in mails(office.wait(days=1))]


@pytest.mark.parametrize("text", ["No, 30 October", "Sorry, I meant 30 October", "NO, it will be 30 October"])
def test_another_day_in_answer_to_what_was_noted_is_noted_instead(office: Office, text: str) -> None:
    done = answer(office, reminded(office), "LATER 23 October")
    corrected = answer(office, the(done.told, "noted", KARI), text)
    assert mails(corrected.told) == [("noted", KARI)]
    assert said(office) == [("later", date(2026, 10, 30))]
    answer(office, the(corrected.told, "noted", KARI), "NO")
    assert said(office) == []


def test_tomorrow_is_that_of_her_own_place(tmp_path: Path) -> None:
    auckland = KNOWN.replace("Europe/Oslo", "Pacific/Auckland")
    with an_office(tmp_path, rules=None, now=SEPTEMBER, exchange=auckland) as office:
        mail = reminded(office)
        office.now = datetime(2026, 10, 13, 20, tzinfo=UTC)  # Wednesday morning in Auckland
        question = the(answer(office, mail, "LATER").told, "word-question", KARI)
        answer(office, question, "tomorrow")
        assert said(office) == [("later", date(2026, 10, 15))]


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


def test_what_changes_nothing_is_told_to_nobody_else(office: Office) -> None:
    mail = reminded(office)
    assert mails(answer(office, mail, "RESUME").told) == [("done", KARI)]
    answer(office, mail, "PAUSE")
    assert mails(answer(office, mail, "PAUSE").told) == [("noted", KARI)]


def test_whoever_was_told_of_a_pause_hears_that_it_was_not_meant(office: Office) -> None:
    done = answer(office, reminded(office), "PAUSE")
    undone = answer(office, the(done.told, "noted", KARI), "NO")
    assert mails(undone.told) == [("done", KARI), ("noted", OLA), ("noted", LUC)]
    assert "Kari Nordmann has ended the pause" in flat(the(undone.told, "noted", LUC))


def test_a_pause_that_is_read_again_after_its_end_does_not_begin_anew(office: Office) -> None:
    mail = reminded(office)
    done = answer(office, mail, "PAUSE")
    office.now += timedelta(hours=1)
    answer(office, mail, "RESUME")
    office.now += timedelta(hours=1)
    sent = len(office.outbox())
    with transaction(office.engine) as connection:
        rereading.take_up(connection, [done.kept.id], TakenUp.INBOX, office.now)
    office.process_waiting()
    assert said(office) == [("pause", None), ("resume", None)]
    assert len(office.outbox()) == sent


def test_a_question_to_a_colleague_is_no_order(office: Office) -> None:
    done = office.receive(KARI, "Pause?", to=(BOX, LUC), text="Dear Luc, shall we meet in November?")
    assert done.told == ()
    assert said(office) == []


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


def test_a_word_about_a_letter_that_came_meanwhile_is_of_no_other_letter(office: Office) -> None:
    mail = reminded(office)
    office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=(BOX, LUC))
    until(office, "2026-10-20T08:00")  # Lyon's letter 1 is due in less than three weeks
    for text in ("They have arrived.", "LATER 23 October"):
        done = answer(office, mail, text)
        assert "has come meanwhile" in flat(the(done.told, "done", KARI))
    assert said(office) == []


BERN = """
exchange: oslo-bern
title: Oslo and Bern
classes:
  - name: 7B Oslo
    country: NO
    timezone: Europe/Oslo
    calendar: [{closed: 2027-06-19..2027-08-15, name: Summer}]
    teachers: [{name: Kari Nordmann, email: kari@fagerborg.example}]
  - name: 5C Bern
    country: CH
    timezone: Europe/Zurich
    calendar: [{closed: 2027-06-19..2027-08-15, name: Summer}]
    teachers: [{name: Urs Meier, email: urs@bern.example}]
schedule: [{letter: 1, from: 7B Oslo, to: 5C Bern, due: 2026-10-09}]
"""


def apply_bern(office: Office, text: str = BERN) -> None:
    """A second exchange of Kari's."""
    file = office.folder / "bern.yaml"
    file.write_text(text, encoding="utf-8")
    with transaction(office.engine) as connection:
        administer.apply(connection, [load_exchange(file, shared=BOX).filed], office.now, reread=False)


def test_an_exchange_that_she_has_left_meanwhile_is_not_meant(office: Office) -> None:
    apply_bern(office)
    until(office, "2026-10-12T08:00")
    question = the(office.receive(KARI, "LATER 23 October", text="").told, "word-question", KARI)
    apply_bern(office, BERN.replace("Kari Nordmann", "Per Dahl").replace("kari@", "per@"))
    assert mails(answer(office, question, "2").told) == [("pass-on-question", KARI)]
    assert mails(answer(office, question, "1").told) == [("noted", KARI)]


def test_the_letters_of_all_her_exchanges_may_be_meant(office: Office) -> None:
    apply_bern(office)
    told = until(office, "2026-10-13T08:00")
    mail = [one for _, one in told if (one.tell.notice.name, one.tell.to.address) == ("bundle", KARI)][-1]
    for done in (answer(office, mail, "LATER 23 October"), office.receive(KARI, "LATER 23 October", text="")):
        question = flat(the(done.told, "word-question", KARI))
        assert "1. Letter 1 from 7B Oslo to CM2 Lyon 2. Letter 1 from 7B Oslo to 5C Bern" in question
    answer(office, the(done.told, "word-question", KARI), "2")
    with transaction(office.engine) as connection:
        words = {
            one.code: len(statements.said(connection, one.id))
            for one in people.load_directory(connection).exchanges
        }
    assert words == {"oslo-lyon": 0, "oslo-bern": 1}


def test_a_letter_of_a_class_that_has_left_is_not_meant(office: Office) -> None:
    bern = BERN[BERN.index("  - name: 5C Bern") : BERN.index("schedule")]
    line = "schedule:\n  - {letter: 3, from: 7B Oslo, to: 5C Bern, due: 2026-10-09}\n"
    office.apply(KNOWN.replace("pairs:\n", f"{bern}pairs:\n").replace("schedule:\n", line))
    told = until(office, "2026-10-13T08:00")
    asked = [one for _, one in told if one.tell.to.address == KARI and "5C Bern" in one.text]
    office.apply(KNOWN)
    for mail in asked:
        assert "5C Bern" not in "".join(one.text for one in answer(office, mail, "LATER 23 October").told)


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


def test_the_same_yes_is_not_put_to_the_others_again_and_moves_nothing_twice(office: Office) -> None:
    asked = proposals(office)
    answer(office, asked[KARI], "yes")
    assert mails(answer(office, asked[OLA], "yes", OLA).told) == [("noted", OLA)]
    answer(office, asked[LUC], "oui", LUC)
    again = answer(office, asked[OLA], "YES", OLA)
    assert mails(again.told) == [("noted", OLA)]
    assert "instead of" not in flat(again.told[0])
    with transaction(office.engine) as connection:
        kept = amendments.kept_amendments(connection, "oslo-lyon")
    assert kept == ("change 1: letter 2 from 7B Oslo to CM2 Lyon is due on 2026-12-07",)


def test_a_yes_can_be_taken_back(office: Office) -> None:
    asked = proposals(office)
    first = answer(office, asked[KARI], "YES")
    answer(office, the(first.told, "noted", KARI), "NO")
    answer(office, asked[LUC], "yes", LUC)
    assert due_days(office)[2, "7B Oslo"] == date(2026, 12, 4)


def test_a_yes_to_the_day_of_a_letter_that_is_here_is_of_no_other_letter(office: Office) -> None:
    asked = proposals(office)
    office.receive(KARI, "Letter 2 from 7B Oslo to CM2 Lyon", to=(BOX, LUC))
    office.now += timedelta(days=20)  # letter 1 is due soon
    assert mails(answer(office, asked[KARI], "YES").told) == [("done", KARI)]
    assert said(office) == []
