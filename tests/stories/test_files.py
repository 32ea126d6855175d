"""Letters as classes send them: scans, archives, telephones' pictures, links; told once, and rightly."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from tests.office import BOX, EXCHANGE, KARI, LUC, PDF, Office, the

from twinpost.core.model.notice import LetterArrived, Receipt

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
SCAN = PDF.replace(b"/Type/Catalog", b"/Type/Pages/Count 28")
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x0cmdatpict"
FILM = b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x0cmdatfilm"


def test_what_a_file_holds_is_told_in_the_update_as_well(office: Office) -> None:
    first = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("letters.pdf", SCAN)])
    assert "All in one PDF with 28 pages" in " ".join(the(first.told, "receipt", KARI).text.split())
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("map.pdf", PDF)])
    text = the(office.wait(minutes=10), "receipt", KARI).text
    assert "letters.pdf" in text
    assert "28 pages" in text
    assert "All in one PDF" not in text


def test_a_live_photo_is_one_photo_in_the_log_too(office: Office) -> None:
    pair = [("IMG_1.HEIC", HEIC), ("IMG_1.MOV", FILM)]
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=pair)
    receipt = the(done.told, "receipt", KARI).tell.notice
    assert isinstance(receipt, Receipt)
    assert [(file.name, file.size, file.film) for file in receipt.files] == [
        ("IMG_1.HEIC", len(HEIC) + len(FILM), True)
    ]
    assert [line.files for line in office.log()] == [1]


def test_the_film_of_a_live_photo_is_passed_on_with_it(office: Office) -> None:
    done = office.receive(KARI, LETTER, files=[("IMG_1.HEIC", HEIC), ("IMG_1.MOV", FILM)])
    assert [len(one.parts) for one in the(done.told, "letter-arrived", LUC).tell.attach] == [2]


def test_the_end_of_a_link_is_what_the_receiver_reads_first(office: Office) -> None:
    text = "Dear Luc,\n\nhttps://we.tl/t-AbCdEf\nExpires on 15 October 2026\n"
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], text=text)
    arrived = the(done.told, "letter-arrived", LUC)
    assert " ".join(arrived.text.split()).startswith("Please fetch the files by Thursday 15 October:")
    assert "It works until Thursday 15 October." in " ".join(the(done.told, "receipt", KARI).text.split())
    assert "we.tl" not in arrived.text


def test_the_end_of_a_link_is_not_told_again_in_the_update(office: Office) -> None:
    text = "https://we.tl/t-AbCdEf\nExpires on 15 October 2026\n"
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], text=text)
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("map.pdf", PDF)])
    assert "15 October" not in the(office.wait(minutes=10), "letter-arrived", LUC).text


TWO_LINES = """      - {name: Ana Berg}
      - {name: Tomas Lie}
"""
CLASS = "".join(
    f"      - {{name: {name}}}\n"
    for name in ("Анна Белова", "Tomasz Wilk", "Ana Berg", "Ana Lie", "Jörg Müller", "William Stone")
)


def test_the_final_list_claims_by_nicknames_and_scripts_and_leaves_open_what_is_open(office: Office) -> None:
    text = EXCHANGE.replace(TWO_LINES, CLASS).split("pairs:")[0] + "pairs:\n  - [Ana Berg, Zoé Petit]\n"
    office.apply(text)
    names = ("Аня.pdf", "Tomek.pdf", "Mueller_Joerg.pdf", "Ana.pdf", "Anna Belova 2.pdf")
    files = [(name, PDF + name.encode()) for name in names]
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=files)
    told = office.wait(hours=2)
    receipt = the(told, "receipt", KARI)
    assert isinstance(receipt.tell.notice, Receipt)
    claim = receipt.tell.notice.complete
    assert claim is not None
    assert (claim.found, claim.expected, claim.missing) == (3, 6, ("William Stone",))
    assert claim.unsure == ("Ana Berg", "Ana Lie")
    said = " ".join(receipt.text.split())
    assert "none found for William Stone; I cannot tell about Ana Berg and Ana Lie." in said
    assert "If a letter of William Stone is still to come, please send it as a reply" in said


def test_a_class_that_names_no_file_is_claimed_nothing_about(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("IMG_1.pdf", PDF), ("IMG_2.pdf", PDF + b"x")])
    assert office.wait(hours=2) == []


def _seven_pictures(number: int, size: int) -> bytes:
    """One of four mails with seven pictures of a phone."""
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.school.example; dmarc=pass header.from=fagerborg.example"
    mail["From"], mail["To"], mail["Subject"] = KARI, BOX, f"{LETTER}, part {number} of 4"
    mail["Date"], mail["Message-ID"] = (
        f"Thu, 8 Oct 2026 09:1{number}:00 +0200",
        f"<p{number}@fagerborg.example>",
    )
    mail.set_content("Dear Luc,\n\npictures of our letters.\n")
    for picture in range(7):
        octets = b"\xff\xd8\xff\xda\0\2" + bytes([number, picture]) * (size // 2) + b"\xff\xd9"
        mail.add_attachment(
            octets, maintype="image", subtype="jpeg", filename=f"IMG_{7 * number + picture:04}.JPG"
        )
    return mail.as_bytes()


def test_28_pictures_in_four_mails_are_one_letter_and_all_are_passed_on(office: Office) -> None:
    for number in (1, 2, 3, 4):
        done = office.process(_seven_pictures(number, 3000))
        passed_on = the(done.told, "letter-arrived", LUC).tell
        assert [len(one.parts) for one in passed_on.attach] == [7]
        office.sent += 1
        office.now += timedelta(minutes=2)
    notice = the(office.wait(minutes=10), "receipt", KARI).tell.notice
    assert isinstance(notice, Receipt)
    assert (len(notice.files), notice.mails, sum(file.size for file in notice.files)) == (28, 4, 28 * 3008)
    assert [(line.mails, line.files) for line in office.log()] == [(4, 28)]


@pytest.mark.slow
def test_pictures_too_large_to_pass_on_are_told_with_the_way_out(office: Office) -> None:
    done = office.process(_seven_pictures(1, 4_000_000))
    receipt, arrived = the(done.told, "receipt", KARI), the(done.told, "letter-arrived", LUC)
    assert isinstance(arrived.tell.notice, LetterArrived)
    assert arrived.tell.notice.too_large
    assert not arrived.tell.attach
    assert "straight to the other class in several smaller mails" in " ".join(receipt.text.split())
    assert "7 files, 28 MB" in receipt.text
