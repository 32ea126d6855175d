"""Pupils write to each other: both teachers, always; and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.office import BOX, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, an_office, mails, the
from tests.pupils import ANA, DANYLO, HEAD, HUGO, MAX, TOMAS, ZOE, with_pupils

from twinpost.app.enact import Told
from twinpost.app.refused_lines import instead
from twinpost.core.model.effect import Decision, Tell
from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import TakenUp
from twinpost.core.model.people import Directory
from twinpost.ledger import people, rereading
from twinpost.ledger.engine import transaction
from twinpost.ledger.history import history
from twinpost.ledger.outbox import State
from twinpost.ledger.parcels import Parcel

pytestmark = pytest.mark.slow

DIRECT = with_pupils()
ONE_MORE = "      - {{name: Pupil {0}, email: p{0}@elever.fagerborg.example}}\n"
CLASS_OF_28 = DIRECT.replace(
    "  - name: CM2 Lyon", "".join(ONE_MORE.format(number) for number in range(26)) + "  - name: CM2 Lyon"
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, exchange=DIRECT) as office:
        yield office


def waiting(office: Office, notice: str = "") -> list[Parcel]:
    return [one for one in office.outbox(State.WAITING) if notice in ("", one.notice)]


def going(told: tuple[Told, ...]) -> list[tuple[str, str]]:
    """(notice, recipient) of what goes."""
    return mails([one for one in told if one.state == "waiting"])


def writes(office: Office, sender: str = ANA, **mail: Any) -> list[tuple[str, str]]:
    done = office.receive(sender, mail.pop("subject", "My dog"), text="Hello!\n", **mail)
    assert done.sorted.kind is Kind.PUPIL_MAIL
    return going(done.told)


# -- both teachers -------------------------------------------------------------------------------


def test_with_a_teacher_of_each_class_in_copy_nobody_is_written_to(office: Office) -> None:
    assert writes(office, to=[ZOE], cc=[KARI, LUC, BOX]) == []
    assert office.outbox() == []


def test_the_partner_teacher_who_was_missing_gets_the_original_and_the_pupil_a_line(office: Office) -> None:
    assert writes(office, to=[ZOE], cc=[KARI, BOX]) == [("guard-original", LUC), ("guard-line", ANA)]
    original, line = waiting(office)
    assert [parts for _, parts in original.attach] == [()]
    assert line.copies == (KARI,)
    assert line.mail.cc == (("Kari Nordmann", KARI),)
    assert line.attach == ()
    assert f"{KARI}, {LUC}, {BOX}" in line.mail.text
    assert "Luc Martin was not in copy" in line.mail.text


def test_her_own_teacher_who_was_missing_gets_the_original_with_the_line(office: Office) -> None:
    assert writes(office, to=[ZOE], cc=[LUC, BOX]) == [("guard-line", ANA)]
    (line,) = waiting(office)
    assert line.recipients == (ANA, KARI, OLA)
    assert [parts for _, parts in line.attach] == [()]


def test_with_both_missing_one_mail_goes_to_each_side(office: Office) -> None:
    assert writes(office, to=[ZOE], cc=[BOX]) == [("guard-original", LUC), ("guard-line", ANA)]
    assert waiting(office, "guard-line")[0].copies == (KARI, OLA)


def test_a_line_is_answered_to_her_own_teacher_and_the_box(office: Office) -> None:
    writes(office, to=[ZOE], cc=[BOX])
    (line,) = waiting(office, "guard-line")
    assert [address for _, address in line.mail.reply_to] == [KARI, OLA, BOX]
    (original,) = waiting(office, "guard-original")
    assert [address for _, address in original.mail.reply_to] == [KARI, OLA, BOX]


def test_where_all_teachers_are_wanted_each_absent_one_is_missing(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=with_pupils(more="copies: all\n")) as office:
        assert writes(office, to=[ZOE], cc=[KARI, LUC, BOX]) == [("guard-line", ANA)]
        (line,) = waiting(office)
        assert line.copies == (KARI, OLA)
        assert f"{KARI}, {OLA}, {LUC}, {BOX}" in " ".join(line.mail.text.split())


def test_an_exchange_that_only_reminds_passes_nothing_on(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=with_pupils(more="guard: remind-only\n")) as office:
        assert writes(office, to=[ZOE], cc=[BOX]) == [("guard-line", ANA)]
        (line,) = waiting(office)
        assert line.attach == ()
        assert "Please send it to these teachers as well" in " ".join(line.mail.text.split())


def test_a_mail_among_pupils_of_one_class_needs_her_own_teacher_only(office: Office) -> None:
    assert writes(office, to=[TOMAS], cc=[KARI, BOX]) == []
    assert writes(office, TOMAS, to=[ANA], cc=[BOX]) == [("guard-line", TOMAS)]


def test_each_of_three_classes_that_it_names_needs_a_teacher(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=with_pupils(WITH_KYIV)) as office:
        assert writes(office, to=[ZOE, OLENA], cc=[KARI, BOX]) == [
            ("guard-original", LUC),
            ("guard-line", ANA),
        ]
        assert writes(office, TOMAS, to=[ZOE], cc=[KARI, LUC, BOX]) == []


def test_a_head_in_copy_is_no_teacher_and_no_stranger(office: Office) -> None:
    told = writes(office, to=[ZOE], cc=[KARI, HEAD, BOX])
    assert told == [("guard-original", LUC), ("guard-line", ANA)]


def test_what_is_too_large_is_told_and_not_attached(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=DIRECT) as office:
        writes(office, to=[ZOE], cc=[KARI, BOX], files=[("film.mp4", bytes(26_000_000))])
        assert all(one.attach == () for one in waiting(office))
        assert "too large for me" in waiting(office, "guard-original")[0].mail.text


def test_the_line_is_in_the_thread_of_her_mail(office: Office) -> None:
    writes(office, to=[ZOE], cc=[BOX])
    assert {one.mail.in_reply_to for one in waiting(office)} == {"<1@story.example>"}


def test_before_go_live_all_waits(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=DIRECT, live=False) as office:
        assert writes(office, to=[ZOE], cc=[BOX]) == []
        assert {one.state for one in office.receive(ANA, "Hi", to=[ZOE]).told} <= {"held", "cancelled"}
        assert office.outbox(State.WAITING) == []


def test_why_to_a_mail_of_the_guards_is_answered(office: Office) -> None:
    writes(office, to=[ZOE], cc=[KARI, BOX])
    done = office.receive(ANA, "My cat", to=[ZOE], cc=[KARI, BOX])
    answer = office.receive(LUC, "Re: x", text="WHY\n", answers=the(done.told, "guard-original", LUC))
    assert mails(answer.told) == [("why", LUC)]
    assert "A mail of a pupil" in answer.told[0].text


def test_a_pupil_of_two_exchanges_has_one_line(office: Office) -> None:
    other = with_pupils().replace("oslo-lyon", "oslo-kyiv").replace("CM2 Lyon", "5A Kyiv")
    other = other.replace("CM2, Lyon, École Lyon", "5A, Kyiv").replace(LUC, OLENA).replace("Luc", "Olena")
    other = (
        other.replace(ZOE, DANYLO).replace("Zoé Petit", "Danylo Bondar").replace(HUGO, "iva@uchni.example")
    )
    office.apply(other.replace("Hugo Roux", "Iva Hai"))
    told = writes(office, to=[ZOE, DANYLO], cc=[KARI, BOX])
    assert sorted(told) == [("guard-line", ANA), ("guard-original", LUC), ("guard-original", OLENA)]
    assert writes(office, TOMAS, to=[DANYLO], cc=[KARI, BOX]) == [
        ("guard-original", OLENA),
        ("guard-line", TOMAS),
    ]


def test_a_thank_you_to_the_line_is_silence(office: Office) -> None:
    done = office.receive(ANA, "My dog", to=[ZOE], cc=[KARI, BOX])
    line = the(done.told, "guard-line", ANA)
    office.now += timedelta(minutes=5)
    assert office.receive(ANA, "Re: Please", text="Sorry!\n", to=[KARI, BOX], answers=line).told == ()


def test_a_pupils_machine_that_answers_every_line_ends_with_her_teachers(office: Office) -> None:
    """It strips every mark; a line a day is all that it can have."""
    writes(office, to=[ZOE], cc=[KARI, BOX])
    for number in range(12):
        office.now += timedelta(minutes=5)
        lines = [one for one in waiting(office, "guard-line") if one.recipient == ANA]
        assert len(lines) == 1
        office.receive(ANA, f"I am at the sea {number}", text="Back on Monday.\n", to=[BOX])
    assert {one.recipient for one in waiting(office)} <= {ANA, KARI, OLA, LUC}


def test_a_line_that_no_server_takes_leaves_the_original_to_her_teachers(office: Office) -> None:
    writes(office, to=[ZOE], cc=[LUC, BOX])
    (line,) = waiting(office, "guard-line")
    with transaction(office.engine) as connection:
        directory = people.load_directory(connection)
        decision = instead(connection, office.house, directory, line)
    tells = [one for one in decision.effects if isinstance(one, Tell)]
    assert [(one.notice.name, one.to.address, bool(one.attach)) for one in tells] == [
        ("guard-original", KARI, True),
        ("guard-original", OLA, True),
    ]


def test_another_mail_that_no_server_takes_leaves_nothing(office: Office) -> None:
    writes(office, to=[ZOE], cc=[KARI, BOX])
    parcels = waiting(office)
    with transaction(office.engine) as connection:
        directory = people.load_directory(connection)
        left = [instead(connection, office.house, directory, one) for one in parcels]
    assert left == [Decision(), Decision()]


# -- how often -----------------------------------------------------------------------------------


def test_a_pupil_has_one_line_a_day_and_the_teachers_have_every_mail(office: Office) -> None:
    writes(office, to=[ZOE], cc=[BOX])
    office.now += timedelta(hours=3)
    again = writes(office, to=[ZOE], cc=[BOX], subject="My cat")
    assert sorted(again) == [("guard-original", KARI), ("guard-original", LUC), ("guard-original", OLA)]
    office.now += timedelta(days=1)
    assert ("guard-line", ANA) in writes(office, to=[ZOE], cc=[BOX], subject="My bird")
    assert len(waiting(office, "guard-line")) == 2


def test_a_class_of_28_in_one_lesson_loses_nothing_and_its_teacher_has_one_list(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=CLASS_OF_28) as office:
        pupils = [ANA, TOMAS, *(f"p{number}@elever.fagerborg.example" for number in range(26))]
        for pupil in pupils:
            office.now += timedelta(minutes=1)
            writes(office, pupil, to=[ZOE], cc=[BOX], subject=f"Hello from {pupil}")
        assert len(waiting(office, "guard-line")) == 2
        assert office.outbox(State.WITHHELD) == []
        reached = [one.cause for one in waiting(office) if LUC in one.recipients]
        assert len(set(reached)) == 28
        with_kari = [one.cause for one in waiting(office) if KARI in one.recipients and one.attach]
        assert len(set(with_kari)) == 28
        assert office.wait(minutes=9) == []
        told = office.wait(minutes=2)
        assert mails(told) == [("guard-list", KARI), ("guard-list", OLA)]
        assert "26 mails" in told[0].text
        assert "Pupil 25" in told[0].text
        assert "Ana Berg" not in told[0].text
        assert office.wait(hours=3) == []


def test_a_list_of_the_evening_waits_for_school_hours(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=CLASS_OF_28) as office:
        office.now = office.now.replace(hour=19)
        for pupil in (ANA, TOMAS, "p0@elever.fagerborg.example"):
            writes(office, pupil, to=[ZOE], cc=[BOX])
        office.wait(minutes=11)
        (first, _) = waiting(office, "guard-list")
        assert "Pupil 0" in first.mail.text


def test_a_repeated_case_is_recorded_with_the_class_that_was_left_out(office: Office) -> None:
    writes(office, to=[ZOE], cc=[KARI, BOX])
    writes(office, to=[ZOE], cc=[BOX], subject="My cat")
    with transaction(office.engine) as connection:
        exchange = people.load_directory(connection).exchanges[0]
        found = history(connection, exchange.id, office.now).missing_copies
    oslo, lyon = (one.id for one in exchange.classes)
    assert [(message, left_out) for message, left_out, _ in found] == [(1, lyon), (2, oslo), (2, lyon)]


def test_a_mail_that_is_read_again_leads_to_nothing_twice(office: Office) -> None:
    writes(office, to=[ZOE], cc=[BOX, MAX])
    before = [one.key for one in office.outbox()]
    with transaction(office.engine) as connection:
        rereading.take_up(connection, [1], TakenUp.ADMIN, office.now)
    office.now += timedelta(days=2)
    office.process_waiting()
    assert [one.key for one in office.outbox()] == before


# -- whose mail it is ----------------------------------------------------------------------------


def test_a_forged_mail_reaches_the_teachers_with_a_warning_and_the_pupil_hears_nothing(
    office: Office,
) -> None:
    forged = "dmarc=fail header.from=elever.fagerborg.example"
    told = writes(office, to=[ZOE], cc=[BOX], verdict=forged)
    assert sorted(told) == [("guard-original", KARI), ("guard-original", LUC), ("guard-original", OLA)]
    assert all("Please do not trust this mail" in one.mail.text for one in waiting(office))
    (line,) = [one for one in office.outbox() if one.notice == "guard-line"]
    assert (line, office.outbox(State.CANCELLED)) == (line, [line])


def test_a_mail_for_which_nobody_vouches_is_explained_and_the_teachers_know_it(office: Office) -> None:
    told = writes(office, to=[ZOE], cc=[KARI, BOX], proven=False)
    assert told == [("guard-original", LUC), ("guard-line", ANA)]
    assert "could not be sure" in waiting(office, "guard-original")[0].mail.text


def test_through_a_list_that_rewrites_the_from_no_line_goes_to_the_pupil(office: Office) -> None:
    done = office.receive(
        "Ana Berg via Klasse <klasse@lists.example>",
        "My dog",
        to=[ZOE],
        cc=[BOX],
        headers=[("List-Id", "<klasse.lists.example>"), ("Reply-To", f"Ana Berg <{ANA}>")],
        proven=False,
    )
    assert done.sorted.kind is Kind.PUPIL_MAIL
    assert sorted(going(done.told)) == [
        ("guard-original", KARI),
        ("guard-original", LUC),
        ("guard-original", OLA),
    ]


def test_another_spelling_of_a_pupils_mailbox_is_hers(office: Office) -> None:
    told = writes(office, "ana+school@elever.fagerborg.example", to=[ZOE], cc=[KARI, LUC, BOX])
    assert told == []


@pytest.mark.parametrize("copy", ["kari+7b@fagerborg.example", "KARI@Fagerborg.Example", f"Kari N. <{KARI}>"])
def test_a_teacher_in_another_spelling_is_in_copy(office: Office, copy: str) -> None:
    assert writes(office, to=[ZOE], cc=[copy, LUC, BOX]) == []


def test_a_blind_copy_to_us_is_looked_at_like_any_other(office: Office) -> None:
    assert writes(office, to=[ZOE], cc=[KARI]) == [("guard-original", LUC), ("guard-line", ANA)]
    assert writes(office, TOMAS, to=[HUGO], cc=[KARI, LUC]) == []


def test_a_group_in_to_counts_by_its_members(office: Office) -> None:
    assert writes(office, to=[f"Friends: {ZOE}, {LUC};"], cc=[KARI, BOX]) == []


def test_a_mail_to_somebody_who_is_not_the_pair_is_recorded_and_no_more(office: Office) -> None:
    done = office.receive(ANA, "My dog", to=[HUGO], cc=[KARI, LUC, BOX])
    assert done.told == ()
    assert "Hugo Roux is not the pair of Ana Berg." in done.decision.because
    assert [finding.code for finding in done.decision.findings] == ["not-the-pair"]


# -- strangers -----------------------------------------------------------------------------------


def test_a_stranger_in_a_pupils_mail_alarms_both_sides_and_hears_nothing(office: Office) -> None:
    told = writes(office, to=[ZOE], cc=[KARI, LUC, MAX, BOX])
    assert told == [("stranger-alert", KARI), ("stranger-alert", OLA), ("stranger-alert", LUC)]
    assert all(MAX in one.mail.text for one in waiting(office))
    assert {one.recipient for one in waiting(office) if one.attach} == {OLA}


def test_a_teacher_who_was_missing_gets_the_original_with_the_alarm_and_not_twice(office: Office) -> None:
    told = writes(office, to=[ZOE], cc=[KARI, MAX, BOX])
    assert [notice for notice, to in told if to == LUC] == ["stranger-alert"]
    assert ("guard-line", ANA) in told


def test_of_the_same_stranger_a_teacher_hears_once_a_day(office: Office) -> None:
    writes(office, to=[ZOE], cc=[KARI, LUC, MAX, BOX])
    office.now += timedelta(hours=2)
    assert writes(office, TOMAS, to=[ZOE], cc=[KARI, LUC, MAX, BOX]) == []
    other = writes(office, TOMAS, to=[ZOE], cc=[KARI, LUC, MAX, "mia@other.example", BOX], subject="Two")
    assert [notice for notice, _ in other] == ["stranger-alert"] * 3
    assert all(MAX not in one.mail.text for one in waiting(office)[-3:])
    office.now += timedelta(days=1)
    assert len(writes(office, to=[ZOE], cc=[KARI, LUC, MAX, BOX], subject="Three")) == 3


def test_a_stranger_who_writes_to_a_pupil_is_an_alarm(office: Office) -> None:
    done = office.receive(f"Max <{MAX}>", "Hello little one", to=[ZOE], cc=[BOX])
    assert done.sorted.kind is Kind.STRANGER
    assert going(done.told) == [("stranger-alert", KARI), ("stranger-alert", OLA), ("stranger-alert", LUC)]
    assert "has written to Zoé Petit" in done.told[0].text
    assert all(told.tell.attach for told in done.told)
    assert office.receive(f"Max <{MAX}>", "Hello again", to=[ZOE], cc=[BOX]).told == ()


AS_A_MACHINE = (
    [("Precedence", "bulk"), ("List-Unsubscribe", "<mailto:out@other.example>")],
    [("Auto-Submitted", "auto-generated")],
    [("X-Twinpost", "receipt")],
)


@pytest.mark.parametrize("marks", AS_A_MACHINE)
def test_the_marks_of_a_machine_hide_no_stranger(office: Office, marks: list[tuple[str, str]]) -> None:
    text = "I am away from 12 October until 16 October 2026.\n"
    done = office.receive(f"Max <{MAX}>", "Hello little one", to=[ZOE], cc=[BOX], headers=marks, text=text)
    assert done.sorted.kind is Kind.AUTOMATIC
    assert going(done.told) == [("stranger-alert", KARI), ("stranger-alert", OLA), ("stranger-alert", LUC)]
    assert "anybody can make a mail look so" in done.told[0].text
    assert office.receive(MAX, "Offer", to=[KARI], cc=[BOX], headers=marks).told == ()


def test_what_a_known_persons_machine_writes_is_no_strangers(office: Office) -> None:
    away = [("Auto-Submitted", "auto-replied")]
    assert office.receive(LUC, "Absent", to=[ZOE], cc=[BOX], headers=away, text="Bye\n").told == ()
    assert office.receive(BOX, "Hello", to=[ZOE], cc=[BOX]).told == ()


def test_of_a_flood_of_strangers_the_teachers_have_five_mails_and_one_that_joins_the_rest(
    office: Office,
) -> None:
    for number in range(30):
        office.receive(f"max{number}@other.example", f"Hello {number}", to=[ZOE], cc=[BOX])
    assert len([one for one in waiting(office, "stranger-alert") if one.recipient == LUC]) == 5
    office.join(hours=2)
    joined = [one for one in waiting(office, "joined") if one.recipient == LUC]
    assert len(joined) == 1


def test_a_stranger_who_writes_to_teachers_only_is_none(office: Office) -> None:
    assert office.receive(MAX, "Offer", to=[KARI], cc=[BOX]).told == ()


def test_a_teachers_name_under_an_unknown_address_is_asked_and_alarms_the_others(office: Office) -> None:
    done = office.receive("Kari Nordmann <kari@private.example>", "Hello", to=[ZOE], cc=[BOX])
    assert going(done.told) == [("was-this-you", KARI), ("stranger-alert", OLA), ("stranger-alert", LUC)]


# -- a pupil's other address ---------------------------------------------------------------------

PRIVATE = "Ana Berg <ana@home.example>"


def test_a_pupils_name_under_an_unknown_address_is_asked_of_her_teachers(office: Office) -> None:
    done = office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[LUC, BOX])
    assert going(done.told) == [("pupil-address", KARI), ("pupil-address", OLA)]
    assert office.receive(PRIVATE, "Hello once more", to=[ZOE], cc=[LUC, BOX]).told == ()


@pytest.mark.parametrize("word", ["ADD\n", "add\n", "Add.\n", "Yes\n", "1\n", "ADD\n\n> quoted\n"])
def test_add_makes_the_address_hers_and_the_mail_is_read_again(office: Office, word: str) -> None:
    asked = office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[KARI, BOX])
    answer = office.receive(KARI, "Re: x", text=word, answers=the(asked.told, "pupil-address", KARI))
    assert mails(answer.told) == [("done", KARI)]
    (again,) = office.process_waiting()
    assert again.sorted.kind is Kind.PUPIL_MAIL
    assert ("guard-original", LUC) in going(again.told)
    with transaction(office.engine) as connection:
        assert _known(people.load_directory(connection), "ana@home.example") == ["Ana Berg"]


def _known(directory: Directory, address: str) -> list[str]:
    return [place.person.name for place in directory.who(address)]


def test_the_line_after_add_goes_to_the_address_that_the_file_gives(office: Office) -> None:
    asked = office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[KARI, BOX])
    office.receive(KARI, "Re: x", text="ADD\n", answers=the(asked.told, "pupil-address", KARI))
    office.process_waiting()
    assert [one.recipient for one in waiting(office, "guard-line")] == [ANA]


def test_no_alarms_the_others_where_it_was_to_a_pupil(office: Office) -> None:
    asked = office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[BOX])
    answer = office.receive(KARI, "Re: x", text="NO\n", answers=the(asked.told, "pupil-address", KARI))
    assert mails(answer.told) == [("stranger-alert", OLA), ("stranger-alert", LUC), ("done", KARI)]
    assert "her teacher says that it is not hers" in answer.told[0].text
    more = office.receive(PRIVATE, "Hello once more", to=[ZOE], cc=[BOX])
    assert {notice for notice, _ in mails(more.told)} == {"stranger-alert"}


def test_no_to_a_mail_that_was_to_nobody_is_filed(office: Office) -> None:
    asked = office.receive(PRIVATE, "Hello")
    answer = office.receive(KARI, "Re: x", text="No\n", answers=the(asked.told, "pupil-address", KARI))
    assert mails(answer.told) == [("done", KARI)]
    assert office.receive(PRIVATE, "Hello once more").told == ()


def test_her_teachers_are_asked_once_more_on_the_next_school_day(office: Office) -> None:
    office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[BOX])
    again = office.wait(days=1)
    assert mails(again) == [("pupil-address", KARI), ("pupil-address", OLA)]
    assert "I have asked before" in " ".join(again[0].text.split())
    assert office.wait(days=10) == []


def test_the_second_answerer_is_told_who_was_first(office: Office) -> None:
    asked = office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[BOX])
    office.receive(KARI, "Re: x", text="ADD\n", answers=the(asked.told, "pupil-address", KARI))
    late = office.receive(OLA, "Re: x", text="NO\n", answers=the(asked.told, "pupil-address", OLA))
    assert "Kari Nordmann has already answered" in late.told[0].text


@pytest.mark.parametrize(
    "sender",
    [
        '"Berg, Ana" <a.b@home.example>',
        "Ана Берг <ana@home.example>",
        "ana.berg@home.example",
        "A. Berg <ab@home.example>",
    ],
)
def test_her_name_is_known_in_any_order_and_script(office: Office, sender: str) -> None:
    done = office.receive(sender, "Hello Zoé", to=[ZOE], cc=[BOX])
    assert ("pupil-address", KARI) in going(done.told)


def test_a_name_that_two_pupils_bear_is_nobodys(tmp_path: Path) -> None:
    with an_office(tmp_path, exchange=DIRECT.replace("Hugo Roux", "Ana Berg")) as office:
        done = office.receive(PRIVATE, "Hello Zoé", to=[ZOE], cc=[BOX])
        assert {notice for notice, _ in mails(done.told)} == {"stranger-alert"}


# -- through the teachers ------------------------------------------------------------------------


@pytest.fixture
def through(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, exchange=with_pupils(mode="through-teachers")) as office:
        yield office


def test_where_letters_go_through_teachers_a_direct_mail_is_reported_to_both_sides(through: Office) -> None:
    told = writes(through, to=[ZOE], cc=[KARI, BOX])
    assert told == [("direct-mail", KARI), ("direct-mail", OLA), ("direct-mail", LUC)]
    assert {one.recipient for one in waiting(through) if one.attach} == {LUC}
    assert not [one for one in waiting(through) if ANA in one.recipients]


def test_those_who_have_them_are_told_of_her_mails_once_a_day(through: Office) -> None:
    writes(through, to=[ZOE], cc=[KARI, BOX])
    assert writes(through, to=[ZOE], cc=[KARI, BOX], subject="My cat") == [("direct-mail", LUC)]
    assert ("direct-mail", KARI) in writes(through, TOMAS, to=[ZOE], cc=[KARI, BOX])


def test_what_she_writes_to_her_own_class_is_no_direct_mail(through: Office) -> None:
    assert writes(through, to=[TOMAS], cc=[KARI, BOX]) == []
    told = writes(through, to=[TOMAS], cc=[BOX])
    assert sorted(told) == [("guard-original", KARI), ("guard-original", OLA)]


def test_several_files_go_along_in_the_original(office: Office) -> None:
    writes(office, to=[ZOE], cc=[KARI, BOX], files=[("a.pdf", PDF), ("b.pdf", PDF)])
    (original,) = waiting(office, "guard-original")
    files = office.house.reader.enclosures(*original.attach[0])
    assert [file.media_type for file in files] == ["message/rfc822"]
    assert files[0].content.count(b"a.pdf") >= 1
