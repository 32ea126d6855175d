"""A letter arrives: who is told what."""

from __future__ import annotations

from pathlib import Path

from tests.office import BOX, KARI, LUC, OLA, PDF, Office, an_office, mails, the

from twinpost.core.model.kind import Kind

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"


def test_every_teacher_of_both_classes_gets_one_receipt(office: Office) -> None:
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    assert done.sorted.kind is Kind.LETTER
    assert mails(done.told) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
    assert the(done.told, "receipt", KARI).subject == "Letter 1 from 7B Oslo has arrived"
    (line,) = office.log()
    assert (line.product, line.numbers, line.from_class, line.to_classes) == (
        "letter",
        (1,),
        "7B Oslo",
        ("CM2 Lyon",),
    )


def test_a_teacher_who_was_left_out_has_the_letter_with_its_files(office: Office) -> None:
    done = office.receive(KARI, LETTER, files=[("ana.pdf", PDF)])
    passed_on = the(done.told, "letter-arrived", LUC)
    assert passed_on.tell.attach[0].parts
    assert not passed_on.tell.counts
    assert "Luc Martin" in the(done.told, "receipt", KARI).text


def test_an_unproven_letter_is_passed_on_only_after_a_yes(office: Office) -> None:
    done = office.receive(KARI, LETTER, files=[("ana.pdf", PDF)], proven=False)
    assert not the(done.told, "letter-arrived", LUC).tell.attach
    receipt = the(done.told, "receipt", KARI)
    answer = office.receive(KARI, "Re: " + receipt.subject, text="YES\n", answers=receipt)
    assert mails(answer.told) == [("letter-arrived", LUC), ("done", KARI)]
    assert the(answer.told, "letter-arrived", LUC).tell.attach


def test_a_no_to_was_this_you_withdraws_the_letter_and_tells_both_sides(office: Office) -> None:
    done = office.receive(KARI, LETTER, files=[("ana.pdf", PDF)], proven=False)
    receipt = the(done.told, "receipt", KARI)
    answer = office.receive(KARI, "Re: " + receipt.subject, text="No, that was not me.\n", answers=receipt)
    assert mails(answer.told) == [("done", KARI), ("done", OLA), ("done", LUC)]
    assert office.log() == []
    again = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("real.pdf", PDF + b"x")])
    assert again.sorted.kind is Kind.LETTER


def test_the_second_mail_of_a_letter_is_gathered_into_one_update_after_ten_quiet_minutes(
    office: Office,
) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    assert office.wait(minutes=2) == []
    second = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("tomas.pdf", PDF + b"2")])
    assert mails(second.told) == []
    assert office.wait(minutes=9) == []
    update = office.wait(minutes=2)
    assert mails(update) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
    assert "tomas.pdf" in the(update, "letter-arrived", LUC).text
    assert len(office.log()) == 1


def test_mails_that_never_stop_are_told_after_an_hour_at_the_latest(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("0.pdf", PDF)])
    told = []
    for number in range(1, 9):
        office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[(f"{number}.pdf", PDF + bytes([number]))])
        told.append(bool(office.wait(minutes=9)))
    assert told == [False] * 6 + [True, False]


def test_a_second_mail_that_left_a_teacher_out_reaches_her_at_once(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    second = office.receive(KARI, LETTER, files=[("tomas.pdf", PDF + b"2")])
    assert mails(second.told) == [("letter-arrived", LUC)]
    assert second.told[0].tell.attach


def test_a_letter_closed_by_quiet_tells_who_is_missing_where_that_can_be_claimed(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("Ana Berg.pdf", PDF)])
    closing = office.wait(hours=3)
    assert "Tomas Lie" in the(closing, "receipt", KARI).text
    (line,) = office.log()
    assert line.closed


def test_nothing_is_claimed_where_files_bear_no_names(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("scan0001.pdf", PDF)])
    assert office.wait(hours=3) == []


def test_the_same_mail_by_two_ways_is_one_delivery_and_one_receipt(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    octets = next((office.folder / "originals").rglob("*.eml")).read_bytes()
    copy = office.process(
        b"Received: from list.example by mx.school.example; Thu, 8 Oct 2026 07:15:00 +0000\n" + octets
    )
    assert mails(copy.told) == []
    assert len(office.log()) == 1


def test_letters_one_to_three_in_one_mail_are_three_lines_and_one_receipt_each(office: Office) -> None:
    done = office.receive(KARI, "Letters 1-3 from 7B Oslo to CM2 Lyon", to=[LUC], cc=[BOX])
    assert mails(done.told) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
    assert office.log()[0].numbers == (1, 2, 3)


def test_a_letter_out_of_sequence_says_which_has_not_been_seen(office: Office) -> None:
    done = office.receive(KARI, "Letter 3 from 7B Oslo to CM2 Lyon", to=[LUC], cc=[BOX])
    assert [finding.code for finding in done.decision.findings if finding.code == "gap"] == ["gap"]
    assert "letters 1 and 2" in the(done.told, "receipt", KARI).text


def test_before_go_live_everything_is_decided_and_nothing_sent(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX])
        assert {told.state for told in done.told} == {"held"}
        assert len(office.log()) == 1


def test_a_letter_by_a_forwarding_receiver_counts_as_arrival(office: Office) -> None:
    done = office.receive(LUC, "Fwd: " + LETTER, files=[("ana.pdf", PDF)])
    assert done.sorted.kind is Kind.LETTER
    assert office.log()[0].from_class == "7B Oslo"


def test_three_letters_each_in_two_mails_within_one_hour_withhold_nothing(office: Office) -> None:
    told = []
    for number in (1, 2, 3):
        subject = f"Letter {number} from 7B Oslo to CM2 Lyon"
        for half in "ab":
            name = f"{number}{half}.pdf"
            told += office.receive(
                KARI, subject, to=[LUC], cc=[BOX], files=[(name, PDF + name.encode())]
            ).told
        told += office.wait(minutes=12)
    assert len(told) == 18
    assert {one.state for one in told} == {"waiting"}


def test_a_class_that_names_its_city_reads_its_time_there(office: Office) -> None:
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX])
    assert "09:15 in Lyon and Oslo" in the(done.told, "letter-arrived", LUC).text
